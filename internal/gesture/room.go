package gesture

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "gestures" }

// Erase takes out what staff wrote of a person; that something was given stays,
// for the counts.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `UPDATE gesture_giving SET note = '', reason = '', name = '' WHERE member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme), args.Values()...); err != nil {
		return fmt.Errorf("forgetting what was written of gestures: %w", err)
	}
	return nil
}

// Check notes givings of no gesture or of a version to come, those with times
// that cannot be, and tips that cost something.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectGestures(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	all := map[id.ID]*Gesture{}
	for _, g := range list {
		all[g.ID] = g
		if (g.Spec.Withhold > 0) == g.Measured.IsZero() {
			note(g.ID.In(id.Gesture) + " is held out from some without a day since when, or the other way round")
		}
	}
	return everyGiving(ctx, q, programme, func(n *Giving) error {
		name, g := n.ID.In(id.Giving), all[n.GestureID]
		switch {
		case g == nil:
			note(name + " is of a gesture that there is not")
		case n.Version < 1 || n.Version > g.Version:
			note(name + " is of a version that there is not")
		case !g.Retired.IsZero() && n.At.After(g.Retired):
			note(name + " was given after its gesture was retired")
		case (n.State == TakenBack) == n.Taken.IsZero():
			note(name + " is taken back without a time, or has one and is not")
		case n.State == Withheld && (n.Share == 0 || n.Cost != 0):
			note(name + " was held out where nobody was, or cost something")
		case g.Spec.Kind == Tip && n.Cost != 0:
			note(name + " is a tip that cost something")
		}
		return nil
	})
}

// Record is a giving in exports.
type Record struct {
	Giving   string     `json:"giving"`
	Gesture  string     `json:"gesture"`
	Name     Words      `json:"name,omitempty"`
	Member   string     `json:"member,omitempty"`
	Shop     string     `json:"shop,omitempty"`
	State    State      `json:"state"`
	At       time.Time  `json:"at"`
	By       string     `json:"by"`
	Channel  string     `json:"channel,omitempty"`
	Note     string     `json:"note,omitempty"`
	Cost     int64      `json:"cost"`
	Asked    string     `json:"asked,omitempty"`
	Advised  string     `json:"advised,omitempty"`
	Saved    int64      `json:"saved,omitempty"`
	Share    int        `json:"withhold,omitempty"`
	TakenAt  *time.Time `json:"taken_back,omitempty"`
	TakenBy  string     `json:"taken_back_by,omitempty"`
	TakenFor string     `json:"reason,omitempty"`
}

func (n *Giving) record() Record {
	r := Record{
		Giving: n.ID.In(id.Giving), Gesture: n.GestureID.In(id.Gesture), Member: n.MemberID.In(id.Member), State: n.State, At: n.At, By: n.Actor, Channel: n.Channel, Note: n.Note,
		Cost: n.Cost, Asked: n.Asked, Advised: n.Advised, Saved: n.Saved, Share: n.Share, TakenBy: n.TakenBy, TakenFor: n.Reason,
	}
	if n.ShopID != 0 {
		r.Shop = n.ShopID.In(id.Shop)
	}
	if !n.Taken.IsZero() {
		r.TakenAt = &n.Taken
	}
	return r
}

// Export returns what a person was given, and what was held out from them.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	list, err := selectGivings(ctx, q, `member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` ORDER BY id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	gestures, err := selectGestures(ctx, q, `programme_id = $1`, programme)
	names := map[id.ID]Words{}
	for _, g := range gestures {
		names[g.ID] = g.Spec.Names
	}
	var all []Record
	for _, n := range list {
		r := n.record()
		r.Name = names[n.GestureID]
		all = append(all, r)
	}
	return all, err
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"gestures", "gesture_givings"} }

type gestureRecord struct {
	Gesture  string     `json:"gesture"`
	Version  int64      `json:"version"`
	Measured *time.Time `json:"measured_since,omitempty"`
	Made     time.Time  `json:"made"`
	Changed  time.Time  `json:"changed"`
	Retired  *time.Time `json:"retired,omitempty"`
	Spec     Spec       `json:"spec"`
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Dump gives the library and what was given.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectGestures(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, g := range list {
		if err := to("gestures", gestureRecord{g.ID.In(id.Gesture), g.Version, when(g.Measured), g.Made, g.Changed, when(g.Retired), g.Spec}); err != nil {
			return err
		}
	}
	return everyGiving(ctx, q, programme, func(n *Giving) error { return to("gesture_givings", n.record()) })
}
