package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
)

// maxBulk is how many events one request may carry.
const maxBulk = 1000

// exampleEvent is a purchase as a till may send it.
const exampleEvent = `{
  "source": "shop",
  "external_id": "10045",
  "kind": "purchase",
  "occurred": "2026-01-01T11:30:00Z",
  "identities": [{"kind": "phone", "value": "+44 20 7946 0018"}],
  "shop": "high-street",
  "channel": "till",
  "currency": "GBP",
  "lines": [
    {"sku": "85123A", "name": "Hanging heart T-light holder", "category": "candles", "quantity": 6, "amount": 1530},
    {"sku": "22423", "name": "Regency cakestand", "quantity": "1", "amount": 1095},
    {"sku": "POST", "name": "Postage", "quantity": 1, "amount": 400, "fee": true}
  ]
}`

func (s *server) addEvents() {
	take(s, operation{
		id: "take-event", method: http.MethodPost, path: "/v1/events", tag: tagEvents, needs: needs(auth.EventsWrite), partners: true,
		summary: "Record an event",
		text: "The answer comes after the event is on disk. Send it again when no answer came: an event of the same source and number with the same content changes " +
			"nothing and is answered alike, with other content it is refused (409).",
		example: exampleEvent,
	}, s.takeEvent)
	_, s.eventShape = s.shapes.of(reflect.TypeFor[newEvent]())
	take(s, operation{
		id: "take-events", method: http.MethodPost, path: "/v1/events/bulk", tag: tagEvents, needs: needs(auth.EventsWrite), bulk: true, partners: true,
		summary: "Record up to 1,000 events",
		text:    "Each event is answered by itself, in the order sent; one that is refused leaves the others untouched. The status is 200 even when some were refused.",
		example: `{"events": [` + exampleEvent + `]}`,
	}, s.takeEvents)
	read(s, operation{
		id: "find-event", method: http.MethodGet, path: "/v1/events/lookup", tag: tagEvents, needs: needs(auth.PointsRead), partners: true,
		summary: "Find an event by its source and number",
	}, s.findEvent)
	read(s, operation{
		id: "get-event", method: http.MethodGet, path: "/v1/events/{event}", tag: tagEvents, needs: needs(auth.PointsRead),
		summary: "Get an event of a member",
	}, s.getEvent)
}

func (s *server) takeEvent(ctx context.Context, c *call, body *newEvent) (eventAnswer, error) {
	e, err := body.event(c)
	if err != nil {
		return eventAnswer{}, err
	}
	if err := s.partnerMaySend(ctx, c, body, e); err != nil {
		return eventAnswer{}, err
	}
	answer, err := s.Flow.TakeOne(ctx, e)
	if err != nil {
		s.meters.took(e, "refused")
		return eventAnswer{}, err
	}
	view := c.answer(&answer)
	s.meters.took(e, view.Outcome)
	return view, nil
}

// newEvents are read one by one, so that one that is wrong does not hold up
// the others.
type newEvents struct {
	Events []rawEvent `json:"events" minItems:"1" maxItems:"1000" nullable:"false"`
}

type bulkAnswer struct {
	Answers []oneAnswer `json:"answers" nullable:"false" doc:"One for each event, in the order sent."`
}

type oneAnswer struct {
	Status  int          `json:"status" doc:"The status that the event alone would have had." example:"200"`
	Answer  *eventAnswer `json:"answer,omitempty" doc:"What the event did, when it was taken."`
	Problem *problem     `json:"problem,omitempty" doc:"Why it was not taken."`
}

func (s *server) takeEvents(ctx context.Context, c *call, body *newEvents) (bulkAnswer, error) {
	if err := c.can(auth.EventsWrite); err != nil {
		return bulkAnswer{}, err
	}
	out := bulkAnswer{Answers: make([]oneAnswer, len(body.Events))}
	var events []*flow.Event
	var at []int
	for i, raw := range body.Events {
		e, err := s.bulkEvent(ctx, c, i, raw)
		if err != nil {
			out.Answers[i] = c.refused(err)
			continue
		}
		events, at = append(events, e), append(at, i)
	}
	results, err := s.Flow.Take(ctx, events)
	if err != nil {
		return bulkAnswer{}, err
	}
	for k, r := range results {
		out.Answers[at[k]] = s.bulkAnswer(c, events[k], pointerTo("events", at[k]), r)
	}
	return out, nil
}

func (s *server) bulkEvent(ctx context.Context, c *call, i int, raw rawEvent) (*flow.Event, error) {
	var n newEvent
	at := pointerTo("events", i)
	if err := decode(raw.RawMessage, s.eventShape, at, &n); err != nil {
		return nil, err
	}
	e, err := n.event(c)
	if err == nil {
		err = s.partnerMaySend(ctx, c, &n, e)
	}
	return e, fault.At(at, err)
}

func (s *server) bulkAnswer(c *call, e *flow.Event, at string, r flow.Result) oneAnswer {
	if r.Err != nil {
		s.meters.took(e, "refused")
		return c.refused(fault.At(at, r.Err))
	}
	view := c.answer(&r.Answer)
	s.meters.took(e, view.Outcome)
	return oneAnswer{Status: http.StatusOK, Answer: &view}
}

func (c *call) refused(err error) oneAnswer {
	f := c.fail(err)
	return oneAnswer{Status: f.Status, Problem: &f.problem}
}

// rawEvent is an event that is not read yet.
type rawEvent struct{ json.RawMessage }

// Schema describes it for the document, where it is an event like any other.
func (rawEvent) Schema(r huma.Registry) *huma.Schema {
	s := r.Schema(reflect.TypeFor[newEvent](), true, "")
	s.Extensions = map[string]any{readAlone: true}
	return s
}

// eventIn names an event of a member.
type eventIn struct {
	Event  string   `path:"event" doc:"The event." example:"evt_01h9x3k7q2v5n"`
	Member memberID `query:"member" required:"true"`
}

// eventKeyIn names an event as its source does.
type eventKeyIn struct {
	Source     string `query:"source" required:"true" doc:"The source of the event." example:"shop"`
	ExternalID string `query:"external_id" required:"true" doc:"Its number there." example:"10045"`
}

func (s *server) getEvent(ctx context.Context, c *call, in *eventIn) (eventView, error) {
	if err := c.can(auth.PointsRead); err != nil {
		return eventView{}, err
	}
	event, err := parseID(id.Event, "event", in.Event)
	if err != nil {
		return eventView{}, err
	}
	m, err := in.Member.id()
	if err != nil {
		return eventView{}, err
	}
	aliases, err := s.aliases(ctx, c, m)
	if err != nil {
		return eventView{}, err
	}
	return s.event(ctx, c, aliases, event)
}

func (s *server) findEvent(ctx context.Context, c *call, in *eventKeyIn) (eventView, error) {
	if err := c.can(auth.PointsRead); err != nil {
		return eventView{}, err
	}
	if err := errors.Join(needed("source", in.Source), needed("external_id", in.ExternalID)); err != nil {
		return eventView{}, err
	}
	key := journal.Key{ProgrammeID: c.programme(), Source: in.Source, ExternalID: in.ExternalID}
	known, err := journal.Known(ctx, s.DB.Reader(), []journal.Key{key})
	if err != nil {
		return eventView{}, err
	}
	same, there := known[key]
	if c.actor.PartnerID != 0 && there {
		return s.partnerEvent(ctx, c, same)
	}
	switch {
	case !there:
		return eventView{}, fault.Missing("unknown_event_key", "no event was taken from this source under this number")
	case same.Waiting:
		return eventView{Event: same.EventID.In(id.Event), Source: in.Source, ExternalID: in.ExternalID, Waiting: true, Movements: []movementView{}}, nil
	}
	return s.event(ctx, c, []id.ID{same.MemberID}, same.EventID)
}
