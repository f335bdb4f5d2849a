package world

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/touch"
)

// Every parcel that arrived has a card in it. Some are scanned, and some who
// scan them leave a review; a few leave one without the card.
const (
	scanShare    = 40 // per cent of the cards are scanned
	privateShare = 15 // per cent of those go to the private word
	writeShare   = 45 // per cent of the others leave a review
	ownShare     = 8  // per cent of all orders are reviewed without the card
	answerShare  = 85 // per cent of the reviews have an answer
	placeName    = simulated
)

// opinions are what reviews say, by stars.
var opinions = [...][]string{
	1: {"It never came."},
	2: {"Came late, nobody told me."},
	3: {"Nice goods, slow parcel.", "It is all right."},
	4: {"Lovely things, well packed.", "Good value."},
	5: {"Charming gifts, will order again.", "Fast and carefully packed.", "Just as on the picture."},
}

// review hands out cards with parcels and makes what comes of them.
func (b *behaviour) review(ctx context.Context) error {
	b.clock = opens
	cards := touch.New(touch.Config{DB: b.d.DB, Now: b.now, Log: b.d.Log})
	point, err := cards.CreateTouchpoint(ctx, actor, b.programme, touch.TouchpointSpec{
		Kind: touch.InParcel, Name: "Parcels (" + simulated + ")",
		Links: []touch.Link{{Platform: touch.Google, Place: placeName}, {Platform: touch.OwnPage, Template: "https://shop.example/reviews"}},
	})
	if err != nil || len(b.sent) == 0 {
		return err
	}
	batch, err := cards.CreateBatch(ctx, actor, b.programme, point.ID, "Winter ("+simulated+")", int64(len(b.sent)), touch.Design{Layout: touch.Band, Language: i18n.English})
	if err != nil {
		return err
	}
	all, err := cards.Cards(ctx, actor, b.programme, batch.ID, "", len(b.sent))
	if err != nil {
		return err
	}
	var seen []touch.Seen
	for i := range b.sent {
		r, err := b.opinion(ctx, cards, &b.sent[i], all[i].Code)
		if err != nil {
			return err
		}
		if r != nil && r.Occurred.Before(AsOf) {
			r.ExternalID = fmt.Sprint(simulated, " ", len(seen)+1)
			seen = append(seen, *r)
		}
	}
	if err := cards.Flush(ctx); err != nil {
		return err
	}
	b.clock = AsOf
	return b.answerReviews(ctx, cards, seen)
}

// opinion is what one customer does with the card of their parcel: the review
// that they leave, or nil.
func (b *behaviour) opinion(ctx context.Context, cards *touch.Service, o *order, code string) (*touch.Seen, error) {
	b.clock = o.at.Add(time.Hour)
	if _, err := cards.Bind(ctx, actor, b.programme, code, o.ref); err != nil {
		return nil, err
	}
	at := o.arrived.Add(time.Duration(1+b.random.IntN(60)) * time.Hour)
	scans, private, writes, own := b.chance(scanShare), b.chance(privateShare), b.chance(writeShare), b.chance(ownShare)
	r := touch.Seen{Platform: touch.Google, Place: placeName, Occurred: at.Add(20 * time.Minute), Author: fmt.Sprintf("Customer (%s)", simulated), Rating: int64(b.stars(o.member))}
	said := opinions[r.Rating]
	r.Text = said[b.random.IntN(len(said))]
	if b.chance(50) { // the shop's own page knows the order
		r.Platform, r.Place, r.Order = touch.OwnPage, "", o.ref
	}
	if o.arrived.IsZero() || !at.Before(AsOf) {
		return nil, nil
	}
	if scans {
		if err := b.scan(ctx, cards, code, at, private, r.Platform); err != nil {
			return nil, err
		}
	}
	if scans && !private && writes || own {
		return &r, nil
	}
	return nil, nil
}

// scan opens a card and goes through one of its doors.
func (b *behaviour) scan(ctx context.Context, cards *touch.Service, code string, at time.Time, private bool, to touch.Platform) error {
	b.clock = at
	place, err := cards.Place(ctx, code)
	if err != nil {
		return err
	}
	cards.Visit(&place, touch.Landing, "")
	if private {
		cards.Visit(&place, touch.PrivateDoor, "")
		return nil
	}
	cards.Visit(&place, touch.ReviewDoor, to)
	return nil
}

// stars draws a rating; whoever had trouble gives few.
func (b *behaviour) stars(m id.ID) int {
	few, many := b.random.IntN(3), b.random.IntN(100)
	switch {
	case b.trouble[m]:
		return 1 + few
	case many < 60:
		return 5
	case many < 87:
		return 4
	}
	return 3
}

// answerReviews takes the reviews in, and answers most of them within a day.
func (b *behaviour) answerReviews(ctx context.Context, cards *touch.Service, seen []touch.Seen) error {
	if len(seen) == 0 {
		return nil
	}
	taken, err := cards.Take(ctx, actor, b.programme, seen)
	if err != nil {
		return err
	}
	for i, t := range taken {
		if !b.chance(answerShare) {
			continue
		}
		if b.clock = seen[i].Occurred.Add(time.Duration(1+b.random.IntN(24)) * time.Hour); !b.clock.Before(AsOf) {
			continue
		}
		words := "Thank you for telling everybody. (" + simulated + ")"
		if !seen[i].Positive() {
			words = "We are sorry. Please write to us, and we will put it right. (" + simulated + ")"
		}
		if _, err := cards.Answer(ctx, actor, b.programme, t.ReviewID, words); err != nil {
			return err
		}
	}
	return nil
}
