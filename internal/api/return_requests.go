package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/returns"
)

func (s *server) addReturnRequests() {
	read(s, operation{
		id: "list-return-requests", method: http.MethodGet, path: "/v1/return-requests", tag: tagPromises, needs: needs(auth.ReturnsRead),
		summary: "List what customers ask to send back, the latest first",
	}, s.listReturnRequests)
	read(s, operation{
		id: "get-return-request", method: http.MethodGet, path: "/v1/return-requests/{return}", tag: tagPromises, needs: needs(auth.ReturnsRead),
		summary: "Get a return with its items and the promise that runs for it",
	}, func(ctx context.Context, c *call, in *returnIn) (returnRequest, error) {
		return s.returnTo(ctx, c, c.actor, string(in.Return))
	})
	write(s, operation{
		id: "ask-return", method: http.MethodPost, path: "/v1/return-requests", tag: tagPromises, needs: needs(auth.ReturnsWrite), created: true, bulk: true,
		summary: "Ask for a return in a customer's place",
		text: "The order is named as its source sent it. The rules of the programme hold; the page of the customers may be closed. The same external_id gives the same return; " +
			"other items under it are a conflict (409). Photos are drawn anew, so that place and camera are gone; the whole body takes 8 MB.",
		example: `{"source": "shop", "order": "1001", "external_id": "call-77", "items": [{"line": 1, "quantity": "2", "outcome": "refund", "comment": "Too small"}]}`,
	}, s.askReturn, s.showReturn)
	write(s, operation{
		id: "link-return", method: http.MethodPost, path: "/v1/return-requests/link", tag: tagPromises, needs: needs(auth.ReturnsWrite),
		summary: "Make a link by which a customer sends something back without signing in",
		text:    "It is good for 30 days, for whoever has it: send it to the customer of the order alone.",
		example: `{"source": "shop", "order": "1001"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *orderNamed) (string, error) {
		return s.Returns.Link(ctx, c.actor, c.programme(), body.Source, body.Order)
	}, func(_ context.Context, _ *call, path string) (returnLink, error) { return returnLink{path}, nil })
	s.addReturnVerbs()
	s.addReturnFiles()
}

func (s *server) addReturnVerbs() {
	turnReturn(s, "decide-return", "decide", "Accept or decline items, each once", `{"items": [{"no": 1, "accept": true}, {"no": 2, "accept": false, "answer": "It was worn"}]}`,
		func(ctx context.Context, c *call, r id.ID, body *returnDecisions) (*returns.Return, error) {
			list := make([]returns.Decision, len(body.Items))
			for i, d := range body.Items {
				list[i] = returns.Decision{No: d.No, Accept: d.Accept, Answer: d.Answer}
			}
			return s.Returns.Decide(ctx, c.actor, c.programme(), r, list)
		})
	turnReturn(s, "receive-return", "arrive", "Say that the goods are here; the clock of the refund begins", "",
		func(ctx context.Context, c *call, r id.ID, _ *nothing) (*returns.Return, error) {
			return s.Returns.Arrive(ctx, c.actor, c.programme(), r)
		})
	turnReturn(s, "settle-return", "settle", "Book the goods back, give points and cards, and note what is owed in money", "",
		func(ctx context.Context, c *call, r id.ID, _ *nothing) (*returns.Return, error) {
			return s.Returns.Settle(ctx, c.actor, c.programme(), r)
		}, auth.EventsWrite)
	turnReturn(s, "fulfil-return", "fulfil", "Say by what money was paid and an exchange sent", `{"by": "Till receipt 7"}`,
		func(ctx context.Context, c *call, r id.ID, body *returnBy) (*returns.Return, error) {
			return s.Returns.Fulfil(ctx, c.actor, c.programme(), r, body.By)
		})
	turnReturn(s, "cancel-return", "cancel", "Take a return back while nothing has arrived", `{"reason": "The customer keeps it"}`,
		func(ctx context.Context, c *call, r id.ID, body *promiseReason) (*returns.Return, error) {
			return s.Returns.Cancel(ctx, c.actor, c.programme(), r, body.Reason)
		})
}

// turnReturn adds a verb that changes one return.
func turnReturn[B any](s *server, name, verb, summary, example string, do func(context.Context, *call, id.ID, *B) (*returns.Return, error), more ...auth.Permission) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/return-requests/{return}/" + verb, tag: tagPromises, needs: needs(append([]auth.Permission{auth.ReturnsWrite}, more...)...),
		summary: summary, example: example, text: "Said again, it changes nothing.",
	}, func(ctx context.Context, c *call, in *returnIn, body *B) (string, error) {
		n, err := parseID(id.Return, "return", string(in.Return))
		if err != nil {
			return "", err
		}
		r, err := do(ctx, c, n, body)
		if err != nil {
			return "", err
		}
		return r.Number(), nil
	}, s.showReturn)
}

type returnIn struct {
	Return returnID `path:"return"`
}

type returnID string

// Schema describes it for the document.
func (returnID) Schema(huma.Registry) *huma.Schema { return shown(id.Return, "The return.") }

type orderNamed struct {
	Source string `json:"source" minLength:"1" maxLength:"200" doc:"Who named the order." example:"shop"`
	Order  string `json:"order" minLength:"1" maxLength:"200" example:"1001"`
}

type returnLink struct {
	Path string `json:"path" doc:"From the root of this installation." example:"/return/corner/AbC"`
}

type returnBy struct {
	By string `json:"by" minLength:"1" maxLength:"200" doc:"A receipt, a transfer or a parcel's number; nobody's account."`
}

type returnDecisions struct {
	Items []returnDecision `json:"items" minItems:"1" maxItems:"500"`
}

type returnDecision struct {
	No     int    `json:"no" minimum:"1"`
	Accept bool   `json:"accept"`
	Answer string `json:"answer,omitempty" maxLength:"1000" doc:"The customer reads it; needed where the item is declined."`
}

type returnAsked struct {
	Source     string      `json:"source" minLength:"1" maxLength:"200" example:"shop"`
	Order      string      `json:"order" minLength:"1" maxLength:"200" example:"1001"`
	ExternalID string      `json:"external_id" minLength:"1" maxLength:"190" example:"call-77"`
	Items      []askedItem `json:"items" minItems:"1" maxItems:"500"`
}

type askedItem struct {
	Line     int           `json:"line" minimum:"1" doc:"The line of the order, from 1."`
	Quantity quantity      `json:"quantity"`
	Outcome  string        `json:"outcome" enum:"refund,points,gift_card,exchange,keep"`
	Comment  string        `json:"comment,omitempty" maxLength:"2000"`
	Photos   []base64Photo `json:"photos,omitempty" maxItems:"3"`
}

func (s *server) askReturn(ctx context.Context, c *call, _ *nothing, body *returnAsked) (string, error) {
	ask := returns.Ask{Name: "api:" + body.ExternalID}
	for i, t := range body.Items {
		photos, err := decoded(t.Photos)
		if err != nil {
			return "", within(fmt.Sprintf("/items/%d", i), err)
		}
		ask.Items = append(ask.Items, returns.ItemAsk{Line: t.Line, Quantity: int64(t.Quantity), Outcome: returns.Outcome(t.Outcome), Comment: t.Comment, Photos: photos})
	}
	r, err := s.Returns.AskFor(ctx, c.actor, c.programme(), body.Source, body.Order, ask)
	if err != nil {
		return "", err
	}
	return r.Number(), nil
}

type returnListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	State  string `query:"state" doc:"asked, accepted, arrived, settling, owed, done, declined or cancelled; all when left out."`
	Order  string `query:"order" doc:"The reference of an order."`
	Only   string `query:"only" doc:"waiting for those for which staff have to do something."`
}

func (s *server) listReturnRequests(ctx context.Context, c *call, in *returnListIn) (page[returnRequest], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[returnRequest]{}, err
	}
	at, err := inReturns.read(in.Cursor, 1)
	if err != nil {
		return page[returnRequest]{}, err
	}
	if err := oneOf("state", in.State, returns.States()); err != nil {
		return page[returnRequest]{}, err
	}
	if err := oneOf("only", in.Only, []string{"waiting"}); err != nil {
		return page[returnRequest]{}, err
	}
	list, err := s.Returns.List(ctx, c.actor, returns.Query{
		ProgrammeID: c.programme(), State: returns.State(in.State), Order: in.Order, Waiting: in.Only != "", Before: id.ID(at[0]), Limit: size + 1,
	})
	return paged(inReturns, list, size, returnRequestOf, func(r *returns.Return) []int64 { return []int64{int64(r.ID)} }), err
}

func (s *server) showReturn(ctx context.Context, c *call, subject string) (returnRequest, error) {
	return s.returnTo(ctx, c, watcher, subject)
}

func (s *server) returnTo(ctx context.Context, c *call, a auth.Actor, subject string) (returnRequest, error) {
	n, err := parseID(id.Return, "return", subject)
	if err != nil {
		return returnRequest{}, err
	}
	r, err := s.Returns.Get(ctx, a, c.programme(), n)
	if err != nil {
		return returnRequest{}, err
	}
	v := returnRequestOf(r)
	by, err := s.Returns.Clock(ctx, a, r)
	if err == nil && by != nil {
		v.PromisedBy = moment(by.Due)
	}
	return v, err
}
