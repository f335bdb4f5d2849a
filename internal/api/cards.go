package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/touch"
)

func (s *server) addCards() {
	read(s, operation{
		id: "list-card-batches", method: http.MethodGet, path: "/v1/card-batches", tag: tagTouch, needs: needs(auth.TouchRead), summary: "List batches of cards, the newest first",
	}, func(ctx context.Context, c *call, _ *nothing) (cardBatchList, error) {
		list, err := s.Touch.Batches(ctx, c.actor, c.programme())
		v := cardBatchList{Items: make([]cardBatchView, len(list))}
		for i := range list {
			v.Items[i] = cardBatchOf(&list[i])
		}
		return v, err
	})
	write(s, operation{
		id: "create-card-batch", method: http.MethodPost, path: "/v1/card-batches", tag: tagTouch, needs: needs(auth.TouchWrite), created: true,
		summary: "Make cards",
		text: "Each card gets a code of its own. Words that ask only the contented, ask for stars or pay for a review are refused, in English, Russian and Polish; " +
			"what is left out is said in our words.",
		example: `{"touchpoint": "tch_01h9x3k7q2v5n", "name": "Spring", "cards": 500, "design": {"layout": "band", "language": "en"}}`,
	}, s.createCards, func(ctx context.Context, c *call, subject string) (cardBatchView, error) {
		n, err := parseID(id.CardBatch, "batch", subject)
		if err != nil {
			return cardBatchView{}, err
		}
		b, err := s.Touch.Batch(ctx, watcher, c.programme(), n)
		return cardBatchOf(&b), err
	})
	download(s, operation{
		id: "print-cards", method: http.MethodGet, path: "/v1/card-batches/{batch}/cards.pdf", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "Print cards",
		text:    "A PDF: a6 with 3 mm of bleed and crop marks for a printing house, or a4 with four cards a page to be cut. Up to 250 cards a part.",
	}, "cards.pdf", func(ctx context.Context, c *call, in *printIn, out io.Writer) error {
		n, err := parseID(id.CardBatch, "batch", in.Batch)
		if err != nil {
			return err
		}
		part := 1
		if in.Part > 0 {
			part = in.Part
		}
		paper := touch.A6
		if in.Paper != "" {
			paper = touch.Paper(in.Paper)
		}
		return s.Touch.Print(ctx, c.actor, c.programme(), n, paper, part-1, "https://"+c.r.Host, out)
	})
	read(s, operation{
		id: "get-card", method: http.MethodGet, path: "/v1/cards/{code}", tag: tagTouch, needs: needs(auth.TouchRead), summary: "Get a card", text: "By its code, as it is printed or typed.",
	}, func(ctx context.Context, c *call, in *cardIn) (cardView, error) {
		found, err := s.Touch.Card(ctx, c.actor, c.programme(), in.Code)
		return cardOf(&found), err
	})
	read(s, operation{
		id: "list-cards", method: http.MethodGet, path: "/v1/card-batches/{batch}/cards", tag: tagTouch, needs: needs(auth.TouchRead),
		summary: "List the cards of a batch by their codes", text: "Up to 1,000 at once; the next ones come after the last code.",
	}, func(ctx context.Context, c *call, in *cardListIn) (cardList, error) {
		n, err := parseID(id.CardBatch, "batch", in.Batch)
		if err != nil {
			return cardList{}, err
		}
		list, err := s.Touch.Cards(ctx, c.actor, c.programme(), n, in.After, 1000)
		v := cardList{Items: make([]cardView, len(list))}
		for i := range list {
			v.Items[i] = cardOf(&list[i])
		}
		return v, err
	})
	s.addCardVerbs()
}

type cardListIn struct {
	Batch string `path:"batch" example:"tcb_01h9x3k7q2v5n"`
	After string `query:"after" doc:"The last code of the page before; from the beginning when left out."`
}

type cardList struct {
	Items []cardView `json:"items" nullable:"false"`
}

func (s *server) addCardVerbs() {
	write(s, operation{
		id: "bind-card", method: http.MethodPost, path: "/v1/cards/{code}/bind", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Say that a card goes out with an order",
		text: "At packing, by a scan of the card: the code alone, or its whole address encoded for a path. Sent again it changes nothing. " +
			"Where the order was drawn to get no card, this is refused (403, order_without_card).",
		example: `{"order": "R-10052"}`,
	}, func(ctx context.Context, c *call, in *cardIn, body *orderIn) (string, error) {
		bound, err := s.Touch.Bind(ctx, c.actor, c.programme(), in.Code, body.Order)
		return bound.Code, err
	}, func(ctx context.Context, c *call, subject string) (cardView, error) {
		found, err := s.Touch.Card(ctx, watcher, c.programme(), subject)
		return cardOf(&found), err
	})
	take(s, operation{
		id: "draw-card-order", method: http.MethodPost, path: "/v1/card-orders", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Ask whether an order gets a card", text: "Drawn once for each order and never changed, so it can be asked as often as one likes.", example: `{"order": "R-10052"}`,
	}, func(ctx context.Context, c *call, body *orderIn) (drawnView, error) {
		o, err := s.Touch.Draw(ctx, c.actor, c.programme(), body.Order)
		return drawnView{o.Ref, o.Card, o.Code}, err
	})
	write(s, operation{
		id: "set-card-trial", method: http.MethodPut, path: "/v1/card-trial", tag: tagTouch, needs: needs(auth.TouchWrite),
		summary: "Say how many orders get no card", text: "A random part of the orders goes without, so that what cards add can be measured.", example: `{"share": 1000}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *trialBody) (string, error) {
		_, err := s.Touch.SetTrial(ctx, c.actor, c.programme(), body.Share)
		return c.programme().In(id.Programme), err
	}, func(ctx context.Context, c *call, _ string) (trialView, error) {
		t, err := s.Touch.Trial(ctx, watcher, c.programme())
		return trialView{t.Share, t.Seed}, err
	})
}

type printIn struct {
	Batch string `path:"batch" example:"tcb_01h9x3k7q2v5n"`
	Paper string `query:"paper" doc:"a6 or a4; a6 when left out."`
	Part  int    `query:"part" doc:"The part, counted from 1." minimum:"1"`
}

type cardIn struct {
	Code string `path:"code" doc:"What is printed on the card." example:"7M2K9Q4TX"`
}

type orderIn struct {
	Order string `json:"order" minLength:"1" maxLength:"200" doc:"The number of the order as its purchase is known by: the external_id of the event." example:"R-10052"`
}

type trialBody struct {
	Share int64 `json:"share" minimum:"0" maximum:"5000" doc:"How many of 10,000 orders get no card." example:"1000"`
}

type trialView struct {
	Share int64  `json:"share" example:"1000"`
	Seed  string `json:"seed" doc:"It and the order's number decide about the order."`
}

type drawnView struct {
	Order string `json:"order" example:"R-10052"`
	Card  bool   `json:"card" doc:"Whether the order gets a card."`
	Code  string `json:"code,omitempty" doc:"The card that it got." example:"7M2K9Q4TX"`
}

type newCards struct {
	Touchpoint string     `json:"touchpoint" maxLength:"40" example:"tch_01h9x3k7q2v5n"`
	Name       string     `json:"name" minLength:"1" maxLength:"400" example:"Spring"`
	Cards      int64      `json:"cards" minimum:"1" maximum:"5000" example:"500"`
	Design     cardDesign `json:"design"`
}

type cardDesign struct {
	Layout   string `json:"layout" enum:"band,frame,calm"`
	Language string `json:"language" enum:"en,ru,pl"`
	Heading  string `json:"heading,omitempty" maxLength:"240" example:"How was it?"`
	Review   string `json:"review,omitempty" maxLength:"160" example:"Leave a review"`
	Private  string `json:"private,omitempty" maxLength:"160" example:"Tell us privately"`
	Foot     string `json:"foot,omitempty" maxLength:"480"`
}

func (s *server) createCards(ctx context.Context, c *call, _ *nothing, body *newCards) (string, error) {
	n, err := id.Parse(id.Touchpoint, body.Touchpoint)
	if err != nil {
		return "", fault.At("/touchpoint", err)
	}
	b, err := s.Touch.CreateBatch(ctx, c.actor, c.programme(), n, body.Name, body.Cards, touch.Design{
		Layout: touch.Layout(body.Design.Layout), Language: i18n.Lang(body.Design.Language),
		Words: touch.Words{Heading: body.Design.Heading, Review: body.Design.Review, Private: body.Design.Private, Foot: body.Design.Foot},
	})
	return b.ID.In(id.CardBatch), err
}

type cardBatchView struct {
	Batch      string     `json:"batch" example:"tcb_01h9x3k7q2v5n"`
	Touchpoint string     `json:"touchpoint" example:"tch_01h9x3k7q2v5n"`
	Name       string     `json:"name" example:"Spring"`
	Cards      int64      `json:"cards" example:"500"`
	Bound      int64      `json:"bound" doc:"How many went out with an order." example:"120"`
	Parts      int        `json:"parts" doc:"How many PDF files they fill." example:"2"`
	Design     cardDesign `json:"design"`
	Made       time.Time  `json:"made"`
}

type cardBatchList struct {
	Items []cardBatchView `json:"items" nullable:"false"`
}

func cardBatchOf(b *touch.Batch) cardBatchView {
	d := b.Design
	return cardBatchView{
		Batch: b.ID.In(id.CardBatch), Touchpoint: b.TouchpointID.In(id.Touchpoint), Name: b.Name, Cards: b.Cards, Bound: b.Bound, Parts: b.Parts(), Made: b.Made,
		Design: cardDesign{string(d.Layout), string(d.Language), d.Heading, d.Review, d.Private, d.Foot},
	}
}

type cardView struct {
	Code       string     `json:"code" example:"7M2K9Q4TX"`
	Batch      string     `json:"batch" example:"tcb_01h9x3k7q2v5n"`
	Touchpoint string     `json:"touchpoint" example:"tch_01h9x3k7q2v5n"`
	Order      string     `json:"order,omitempty" doc:"The order that it went out with." example:"R-10052"`
	Bound      *time.Time `json:"bound,omitempty"`
}

func cardOf(n *touch.Card) cardView {
	return cardView{Code: n.Code, Batch: n.BatchID.In(id.CardBatch), Touchpoint: n.TouchpointID.In(id.Touchpoint), Order: n.Order, Bound: moment(n.Bound)}
}
