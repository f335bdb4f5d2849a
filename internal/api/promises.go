package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promise"
)

func (s *server) addPromises() {
	read(s, operation{
		id: "list-promises", method: http.MethodGet, path: "/v1/promises", tag: tagPromises, needs: needs(auth.PromisesRead),
		summary: "List what customers were promised, the latest first",
	}, s.listPromises)
	read(s, operation{
		id: "get-promise", method: http.MethodGet, path: "/v1/promises/{promise}", tag: tagPromises, needs: needs(auth.PromisesRead),
		summary: "Get a promise with what replaced it",
	}, func(ctx context.Context, c *call, in *promiseIn) (promiseView, error) {
		return s.showPromiseTo(ctx, c, c.actor, string(in.Promise))
	})
	read(s, operation{
		id: "get-promise-rates", method: http.MethodGet, path: "/v1/promises/rates", tag: tagPromises, needs: needs(auth.PromisesRead),
		summary: "Get how many promises were kept, by shop, kind and month",
		text: "Counted are the promises whose time was over in the span, each by its first time. A share is to be read with the number behind it: low and high bound it at 95 % (Wilson). " +
			"Under 10 there is no share; under 30 it is preliminary. by_part tells by which part prices grew, of those that were shown and charged by parts; hidden is what was charged and had not been shown.",
	}, s.promiseRates)
	write(s, operation{
		id: "make-promise", method: http.MethodPost, path: "/v1/promises", tag: tagPromises, needs: needs(auth.PromisesWrite), created: true,
		summary: "Keep what a customer was promised",
		text: "The same source and external_id give the same promise; other terms under them are a conflict (409). A price has shown and no promised_by, everything else the other way round. " +
			"A price can be shown by parts: each names what the customer saw, 0 too (free delivery); what is left out here and charged later was hidden from them. " +
			"Without a member the promise belongs to whoever bought the order that the source sent.",
		example: `{"kind": "delivery", "source": "shop", "external_id": "d-1001", "order": "1001", "promised_by": "2026-11-24T18:00:00Z", "what": "A teapot"}`,
	}, s.makePromise, s.showPromise)
	s.addPromiseVerbs()
	s.addPromiseSettings()
}

func (s *server) addPromiseVerbs() {
	turn(s, "replace-promise", "replace", "Give another time, openly; the first still counts", `{"expected": "2026-11-26T18:00:00Z", "reason": "The ship is late"}`,
		func(ctx context.Context, c *call, p id.ID, body *replacedPromise) (*promise.Promise, error) {
			return s.Promises.Replace(ctx, c.actor, c.programme(), p, body.Expected, body.Reason)
		})
	turn(s, "keep-promise", "done", "Say when it came true; of several times the earliest counts", `{"actual": "2026-11-24T15:30:00Z"}`,
		func(ctx context.Context, c *call, p id.ID, body *donePromise) (*promise.Promise, error) {
			return s.Promises.Done(ctx, c.actor, c.programme(), p, body.Actual)
		})
	turn(s, "charge-promise", "charge", "Say what was charged where a price had been shown, and by which parts",
		`{"charged": 1490, "parts": [{"part": "goods", "amount": 1250}, {"part": "delivery", "amount": 240}]}`,
		func(ctx context.Context, c *call, p id.ID, body *chargedPromise) (*promise.Promise, error) {
			return s.Promises.Charge(ctx, c.actor, c.programme(), p, body.Charged, amountsOf(body.Parts))
		})
	turn(s, "withdraw-promise", "withdraw", "Take an open promise back, with the reason", `{"reason": "The customer cancelled"}`,
		func(ctx context.Context, c *call, p id.ID, body *promiseReason) (*promise.Promise, error) {
			return s.Promises.Withdraw(ctx, c.actor, c.programme(), p, body.Reason)
		})
	turn(s, "mend-promise", "mend", "Say how a broken promise was put right", `{"reason": "Sent another by courier, and flowers"}`,
		func(ctx context.Context, c *call, p id.ID, body *promiseReason) (*promise.Promise, error) {
			return s.Promises.Mend(ctx, c.actor, c.programme(), p, body.Reason)
		})
}

// turn adds a verb that changes one promise.
func turn[B any](s *server, name, verb, summary, example string, do func(context.Context, *call, id.ID, *B) (*promise.Promise, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/promises/{promise}/" + verb, tag: tagPromises, needs: needs(auth.PromisesWrite), summary: summary, example: example,
	}, func(ctx context.Context, c *call, in *promiseIn, body *B) (string, error) {
		n, err := parseID(id.Promise, "promise", string(in.Promise))
		if err != nil {
			return "", err
		}
		p, err := do(ctx, c, n, body)
		if err != nil {
			return "", err
		}
		return p.ID.In(id.Promise), nil
	}, s.showPromise)
}

type promiseIn struct {
	Promise promiseID `path:"promise"`
}

type promiseID string

// Schema describes it for the document.
func (promiseID) Schema(huma.Registry) *huma.Schema { return shown(id.Promise, "The promise.") }

type replacedPromise struct {
	Expected time.Time `json:"expected"`
	Reason   string    `json:"reason" minLength:"1" maxLength:"500"`
}

type donePromise struct {
	Actual time.Time `json:"actual"`
}

type chargedPromise struct {
	Charged int64       `json:"charged" minimum:"0" doc:"In minor units." example:"1490"`
	Parts   []pricePart `json:"parts,omitempty" maxItems:"5" doc:"By which parts, of a price that was shown by parts; they make up what was charged. A part that was shown and is left out was not charged."`
}

type promiseReason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

type promiseListIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	Member memberID `query:"member"`
	State  string   `query:"state" doc:"open, kept, broken or withdrawn; all when left out."`
	Kind   string   `query:"kind" doc:"delivery, price, refund, repair, warranty, call_back or answer; all when left out."`
	Order  string   `query:"order" doc:"The reference of an order."`
	Only   string   `query:"only" doc:"soon for open ones that are about to break, unmended for broken ones that nobody has put right."`
}

func (s *server) listPromises(ctx context.Context, c *call, in *promiseListIn) (page[promiseView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[promiseView]{}, err
	}
	at, err := inPromises.read(in.Cursor, 1)
	if err != nil {
		return page[promiseView]{}, err
	}
	if err := oneOf("state", in.State, promise.States()); err != nil {
		return page[promiseView]{}, err
	}
	if err := oneOf("kind", in.Kind, promise.Kinds()); err != nil {
		return page[promiseView]{}, err
	}
	if err := oneOf("only", in.Only, []string{"soon", "unmended"}); err != nil {
		return page[promiseView]{}, err
	}
	query := promise.Query{
		ProgrammeID: c.programme(), State: promise.State(in.State), Kind: promise.Kind(in.Kind), Order: in.Order, Soon: in.Only == "soon", Unmended: in.Only == "unmended",
		Before: id.ID(at[0]), Limit: size + 1,
	}
	if in.Member != "" {
		if query.MemberID, err = in.Member.id(); err != nil {
			return page[promiseView]{}, err
		}
	}
	list, err := s.Promises.List(ctx, c.actor, query)
	return paged(inPromises, list, size, promiseOf, func(p *promise.Promise) []int64 { return []int64{int64(p.ID)} }), err
}

type newPromise struct {
	Member     string    `json:"member,omitempty" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Shop       string    `json:"shop,omitempty" maxLength:"40" doc:"The code of a shop." example:"soho"`
	Kind       string    `json:"kind" enum:"delivery,price,refund,repair,warranty,call_back,answer"`
	What       string    `json:"what,omitempty" maxLength:"500" doc:"What it is about, in your words." example:"A teapot"`
	Source     string    `json:"source" minLength:"1" maxLength:"200" example:"shop"`
	ExternalID string    `json:"external_id" minLength:"1" maxLength:"200" example:"d-1001"`
	Order      string    `json:"order,omitempty" maxLength:"200" doc:"The reference of the order, as its source named it." example:"1001"`
	Made       time.Time `json:"made,omitzero" doc:"When it was given; now when left out."`
	PromisedBy time.Time `json:"promised_by,omitzero" doc:"By when; not for a price. Of a warranty without what the member's rank adds."`
	Grace      *int      `json:"grace_minutes,omitempty" minimum:"0" doc:"How much later still counts as kept; the programme's setting when left out."`
	Shown      int64     `json:"shown,omitempty" minimum:"0" doc:"The price that was shown, in minor units. With parts it may be left out; it is their sum." example:"1250"`

	Parts []pricePart `json:"parts,omitempty" maxItems:"5" doc:"By which parts a price was shown."`
}

func (s *server) makePromise(ctx context.Context, c *call, _ *nothing, body *newPromise) (string, error) {
	n := promise.New{
		ProgrammeID: c.programme(), Shop: body.Shop, Kind: promise.Kind(body.Kind), What: body.What, Source: body.Source, ExternalID: body.ExternalID,
		Order: body.Order, Made: body.Made, Due: body.PromisedBy, GraceMinutes: body.Grace, Shown: body.Shown, Parts: amountsOf(body.Parts),
	}
	if body.Member != "" {
		m, err := id.Parse(id.Member, body.Member)
		if err != nil {
			return "", fault.At("/member", err)
		}
		n.MemberID = m
	}
	p, err := s.Promises.Make(ctx, c.actor, n)
	if err != nil {
		return "", promisedBy(err)
	}
	return p.ID.In(id.Promise), nil
}

func (s *server) showPromise(ctx context.Context, c *call, subject string) (promiseView, error) {
	return s.showPromiseTo(ctx, c, watcher, subject)
}

func (s *server) showPromiseTo(ctx context.Context, c *call, a auth.Actor, subject string) (promiseView, error) {
	n, err := parseID(id.Promise, "promise", subject)
	if err != nil {
		return promiseView{}, err
	}
	p, changes, err := s.Promises.Get(ctx, a, c.programme(), n)
	if err != nil {
		return promiseView{}, err
	}
	v := promiseOf(p)
	for _, one := range changes {
		v.Changes = append(v.Changes, promiseChange{one.Expected, one.At, one.Reason})
	}
	return v, nil
}

type promiseRatesIn struct {
	From instant `query:"from" doc:"From when; a year before the end when left out."`
	To   instant `query:"to" doc:"Until when; now when left out or later."`
}
