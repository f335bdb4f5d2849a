package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

func (s *server) addReturns() {
	read(s, operation{
		id: "list-unmatched-returns", method: http.MethodGet, path: "/v1/returns/unmatched", tag: tagEvents, needs: needs(auth.PointsRead),
		summary: "List returned goods for which no sale was found, the latest first",
		text:    "They have moved no points.",
	}, s.listUnmatched)
	read(s, operation{
		id: "list-waiting-returns", method: http.MethodGet, path: "/v1/returns/waiting", tag: tagEvents, needs: needs(auth.PointsRead),
		summary: "List returns that wait for their sale, the first first",
	}, s.listWaiting)
}

type unmatchedView struct {
	Event    string    `json:"event" doc:"The return."`
	Member   string    `json:"member"`
	Line     int       `json:"line" doc:"The number of the return's line, from 1."`
	Occurred time.Time `json:"occurred"`
	SKU      string    `json:"sku,omitempty"`
	Quantity quantity  `json:"quantity" doc:"What no sale was found for."`
}

func unmatchedOf(u sale.UnmatchedReturn) unmatchedView {
	return unmatchedView{u.EventID.In(id.Event), u.MemberID.In(id.Member), u.Line, u.Occurred, u.SKU, quantity(u.Quantity)}
}

func (s *server) listUnmatched(ctx context.Context, c *call, in *pageIn) (page[unmatchedView], error) {
	if err := c.can(auth.PointsRead); err != nil {
		return page[unmatchedView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[unmatchedView]{}, err
	}
	at, err := inUnmatched.read(in.Cursor, 2)
	if err != nil {
		return page[unmatchedView]{}, err
	}
	before := sale.UnmatchedCursor{EventID: id.ID(at[0]), Line: int(at[1])}
	rows, err := sale.ListUnmatched(ctx, s.DB.Reader(), c.programme(), before, size+1)
	return paged(inUnmatched, rows, size, unmatchedOf, func(u sale.UnmatchedReturn) []int64 {
		return []int64{int64(u.EventID), int64(u.Line)}
	}), err
}

type waitingView struct {
	Event         string     `json:"event" doc:"The return."`
	Source        string     `json:"source"`
	ExternalID    string     `json:"external_id"`
	SaleSource    string     `json:"sale_source" doc:"The source of the sale that it waits for."`
	SaleReference string     `json:"sale_reference" doc:"The number of that sale there."`
	Occurred      time.Time  `json:"occurred"`
	Recorded      time.Time  `json:"recorded"`
	Return        *newReturn `json:"return,omitempty"`
}

func waitingOf(w *journal.Waiting) (waitingView, error) {
	var p flow.Payload
	if err := json.Unmarshal(w.Body, &p); err != nil {
		return waitingView{}, fmt.Errorf("reading the body of event %s: %w", w.ID.In(id.Event), err)
	}
	return waitingView{
		Event: w.ID.In(id.Event), Source: w.Source, ExternalID: w.ExternalID, SaleSource: w.Awaited.Source, SaleReference: w.Awaited.ExternalID,
		Occurred: w.Occurred, Recorded: w.Recorded, Return: returnOf(p.Return),
	}, nil
}

func (s *server) listWaiting(ctx context.Context, c *call, in *pageIn) (page[waitingView], error) {
	if err := c.can(auth.PointsRead); err != nil {
		return page[waitingView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[waitingView]{}, err
	}
	at, err := inWaiting.read(in.Cursor, 1)
	if err != nil {
		return page[waitingView]{}, err
	}
	rows, err := journal.ListWaiting(ctx, s.DB.Reader(), c.programme(), id.ID(at[0]), size+1)
	if err != nil {
		return page[waitingView]{}, err
	}
	views := make([]waitingView, len(rows))
	for i, w := range rows {
		if views[i], err = waitingOf(w); err != nil {
			return page[waitingView]{}, err
		}
	}
	p := paged(inWaiting, rows, size, func(w *journal.Waiting) *journal.Waiting { return w }, func(w *journal.Waiting) []int64 { return []int64{int64(w.ID)} })
	return page[waitingView]{Items: views[:len(p.Items)], Next: p.Next}, nil
}
