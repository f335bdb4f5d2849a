package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/calls"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func (s *server) addCallDesk() {
	write(s, operation{
		id: "take-next-call", method: http.MethodPost, path: "/v1/call-lists/{list}/next", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsMake, auth.MembersRead), summary: "Take whom to phone next",
		text: "Whoever has most points of those who may be phoned now, as the contact policy decides; they are yours for half an hour, and asking again before you noted what came of it returns them again. call is missing when there is nobody now.",
	}, func(ctx context.Context, c *call, in *callListIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Calls.Next(ctx, c.actor, c.programme(), n)
		return string(in.List), err
	}, func(ctx context.Context, c *call, subject string) (nextCall, error) {
		n, err := parseID(id.CallList, "list", subject)
		if err != nil {
			return nextCall{}, err
		}
		return s.onTheLine(ctx, c, n)
	})
	write(s, operation{
		id: "note-call", method: http.MethodPost, path: "/v1/call-lists/{list}/calls", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsMake), summary: "Note what came of a call that you have on the line",
		text: "agreed and declined end it; later phones again at a time that you give, no_answer four hours later until it was tried often enough; wrong_number ends it; stop ends it and withdraws the consent to calls. " +
			"no is the number of the call as you took it: the same said twice counts once.",
		example: `{"member": "mem_01h9x3k7q2v5n", "no": 1, "outcome": "agreed", "note": "comes on Friday"}`,
	}, func(ctx context.Context, c *call, in *callListIn, body *callWord) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		who, err := id.Parse(id.Member, body.Member)
		if err != nil {
			return "", fault.At("/member", err)
		}
		w := calls.Word{MemberID: who, No: body.No, Outcome: calls.Outcome(body.Outcome), Note: body.Note}
		if body.Again != nil {
			w.Again = *body.Again
		}
		return string(in.List), s.Calls.Note(ctx, c.actor, c.programme(), n, w)
	}, s.showCallList)
	write(s, operation{
		id: "give-call-back", method: http.MethodPost, path: "/v1/call-lists/{list}/give-back", tag: tagCalls, needs: needs(auth.CallsRead, auth.CallsMake), summary: "Give back whom you took and did not phone",
		text: "They can be taken by others four hours later.", example: `{"member": "mem_01h9x3k7q2v5n"}`,
	}, func(ctx context.Context, c *call, in *callListIn, body *givenBackCall) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		who, err := id.Parse(id.Member, body.Member)
		if err != nil {
			return "", fault.At("/member", err)
		}
		return string(in.List), s.Calls.GiveBack(ctx, c.actor, c.programme(), n, who)
	}, s.showCallList)
}

type callWord struct {
	Member  string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	No      int        `json:"no" minimum:"1" doc:"The number of the call, as you took it." example:"1"`
	Outcome string     `json:"outcome" enum:"agreed,declined,later,no_answer,wrong_number,stop"`
	Again   *time.Time `json:"again,omitempty" doc:"When to phone again; with later alone."`
	Note    string     `json:"note,omitempty" maxLength:"2000" doc:"It is erased with the member." example:"comes on Friday"`
}

type givenBackCall struct {
	Member string `json:"member" example:"mem_01h9x3k7q2v5n"`
}

type nextCall struct {
	Call *callLine `json:"call,omitempty" doc:"Missing when there is nobody now."`
}

type callLine struct {
	Member    string     `json:"member" example:"mem_01h9x3k7q2v5n"`
	No        int        `json:"no" doc:"The number of the call." example:"1"`
	Until     time.Time  `json:"until" doc:"Until when they are yours."`
	Name      string     `json:"name" example:"Anna Nowak"`
	Phones    []string   `json:"phones" nullable:"false" example:"[\"+48221234567\"]"`
	Available int64      `json:"available" doc:"Points that they can spend now, in the smallest unit." example:"900"`
	Worth     int64      `json:"worth" doc:"What these are worth, in minor units." example:"900"`
	Reward    string     `json:"reward,omitempty" example:"Afternoon tea"`
	Language  string     `json:"language" enum:"en,ru,pl" doc:"Of the script."`
	Script    string     `json:"script" example:"Hello Anna, 900 points are waiting for you."`
	Before    []callMade `json:"before" nullable:"false" doc:"The calls of this list that were made to them, the latest first."`
}

type callMade struct {
	No      int       `json:"no" example:"1"`
	At      time.Time `json:"at"`
	By      string    `json:"by" example:"staff:stf_01h9x3k7q2v5n"`
	Outcome string    `json:"outcome" enum:"agreed,declined,later,no_answer,wrong_number,stop"`
	Note    string    `json:"note,omitempty"`
}

// onTheLine shows whom the actor has on the line.
func (s *server) onTheLine(ctx context.Context, c *call, list id.ID) (nextCall, error) {
	n, err := s.Calls.OnTheLine(ctx, c.actor, c.programme(), list)
	if err != nil || n == nil {
		return nextCall{}, err
	}
	l, err := s.Calls.Line(ctx, c.actor, n)
	if err != nil {
		return nextCall{}, err
	}
	v := &callLine{
		Member: n.MemberID.In(id.Member), No: l.No(), Until: n.TakenUntil, Name: l.Member.Name(), Phones: append([]string{}, l.Phones...), Available: l.Available, Worth: l.Worth, Reward: l.Reward,
		Language: string(l.Script.Lang), Script: l.Say(s.Catalog.Printer(l.Script.Lang, l.Zone, l.Programme.Currency)), Before: []callMade{},
	}
	for _, m := range l.Before {
		v.Before = append(v.Before, callMade{m.No, m.At, m.By, string(m.Outcome), m.Note})
	}
	return nextCall{v}, nil
}
