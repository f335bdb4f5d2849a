package world

import (
	"context"
	"math/rand/v2"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/gesture"
	"regulars/internal/program"
)

// Gestures that the crew means to give, and the most minor units that a tip
// keeps for a customer.
const (
	favours  = 160
	mostKept = 6_00
)

// favour has the library written, and the crew give from it. The draw holds some
// out of the first gesture; whom goes by their id, so that it comes out otherwise
// in every installation. A refusal is what the room is for: then nothing is given.
func (b *behaviour) favour(ctx context.Context) error {
	random := rand.New(rand.NewPCG(seed, seed+4))
	cases := complaint.New(complaint.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})
	room := gesture.New(gesture.Config{DB: b.d.DB, Flow: b.d.Flow, Cases: cases, Now: b.now})
	var specs []gesture.Spec
	if err := scene("gestures.json", &specs); err != nil {
		return err
	}
	b.clock = day(0, time.Hour)
	var library []*gesture.Gesture
	for _, s := range specs {
		g, err := room.Add(ctx, actor, b.programme, s)
		if err != nil {
			return err
		}
		library = append(library, g)
	}
	shops, err := program.Shops(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return err
	}
	var where []program.Shop
	for _, s := range shops {
		if s.Code == places[0].Code || s.Code == places[1].Code {
			where = append(where, s)
		}
	}
	for i := range favours {
		b.clock = day(1+i*12/favours, time.Duration(random.IntN(8*60))*time.Minute)
		g := library[i%len(library)]
		w := gesture.Wish{GestureID: g.ID, MemberID: b.people[random.IntN(len(b.people))].MemberID, Shop: where[random.IntN(len(where))].ID, Channel: simulated, Note: simulated}
		if g.Spec.Kind == gesture.Tip {
			w.Saved = 50 + random.Int64N(mostKept)
		}
		if _, err := room.Give(ctx, b.crew[random.IntN(len(b.crew))].Actor(), b.programme, w); err != nil && fault.As(err) == nil {
			return err
		}
	}
	b.clock = opens
	return nil
}
