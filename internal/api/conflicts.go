package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/sale"
)

func (s *server) addConflicts() {
	read(s, operation{
		id: "list-till-conflicts", method: http.MethodGet, path: "/v1/till-conflicts", tag: tagEvents, needs: needs(auth.ConflictsRead),
		summary: "List what tills that were offline gave differently, the latest first",
		text:    "One row for each difference: of a sale that was taken with it, or, where the programme refuses such sales, of one that was refused for it.",
	}, s.listConflicts)
	read(s, operation{
		id: "get-till-conflict", method: http.MethodGet, path: "/v1/till-conflicts/{conflict}", tag: tagEvents, needs: needs(auth.ConflictsRead),
		summary: "Get a till conflict",
	}, func(ctx context.Context, c *call, in *conflictIn) (conflictView, error) {
		n, err := in.id()
		if err != nil {
			return conflictView{}, err
		}
		found, err := s.Flow.ConflictByID(ctx, c.actor, c.programme(), n)
		if err != nil {
			return conflictView{}, err
		}
		return c.conflict(found), nil
	})
	write(s, operation{
		id: "settle-till-conflict", method: http.MethodPost, path: "/v1/till-conflicts/{conflict}/settle", tag: tagEvents, needs: needs(auth.ConflictsWrite),
		summary: "Note how a till conflict was settled",
		text:    "Nothing else changes: points are given or taken by an adjustment. The note must name nobody.",
		example: `{"note": "written off"}`,
	}, func(ctx context.Context, c *call, in *conflictIn, body *settling) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return string(in.Conflict), s.Flow.SettleConflict(ctx, c.actor, c.programme(), n, body.Note)
	}, func(ctx context.Context, c *call, subject string) (conflictView, error) {
		n, err := id.Parse(id.Conflict, subject)
		if err != nil {
			return conflictView{}, err
		}
		found, err := s.Flow.ConflictByID(ctx, watcher, c.programme(), n)
		if err != nil {
			return conflictView{}, err
		}
		return c.conflict(found), nil
	})
}

// conflictIn names a conflict in an address.
type conflictIn struct {
	Conflict conflictID `path:"conflict"`
}

func (in conflictIn) id() (id.ID, error) {
	return parseID(id.Conflict, "conflict", string(in.Conflict))
}

type conflictID string

// Schema describes it for the document.
func (conflictID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Conflict, "The till conflict.")
}

type settling struct {
	Note string `json:"note" minLength:"1" maxLength:"500" doc:"How it was settled." example:"written off"`
}

// conflictView is a difference between what a till gave and what could be given.
type conflictView struct {
	Conflict   string      `json:"conflict" example:"cnf_01h9x3k7q2v5n"`
	Source     string      `json:"source" doc:"The till."`
	ExternalID string      `json:"external_id" doc:"What it calls the sale."`
	Event      string      `json:"event,omitempty" doc:"The sale; missing where it was refused."`
	Member     string      `json:"member,omitempty"`
	Occurred   time.Time   `json:"occurred"`
	Recorded   time.Time   `json:"recorded"`
	Kind       string      `json:"kind" enum:"code,points,card,price"`
	Code       string      `json:"code,omitempty"`
	Card       string      `json:"card,omitempty" doc:"The gift card's id."`
	Wallet     string      `json:"wallet,omitempty" doc:"The wallet's code."`
	Points     int64       `json:"points,omitempty" doc:"The points that were not there, in the wallet's smallest unit."`
	Amount     int64       `json:"amount" doc:"What the customer had for it, in minor units; below zero what the till took too much."`
	Reason     *reasonView `json:"reason,omitempty"`
	State      string      `json:"state" enum:"open,settled"`
	Settled    *time.Time  `json:"settled,omitempty"`
	By         string      `json:"by,omitempty"`
	Note       string      `json:"note,omitempty"`
}

func (c *call) conflict(n *sale.Conflict) conflictView {
	v := conflictView{
		Conflict: n.ID.In(id.Conflict), Source: n.Source, ExternalID: n.ExternalID, Occurred: n.Occurred, Recorded: n.Recorded, Kind: string(n.Kind),
		Code: n.Code, Points: n.Points, Amount: n.Amount, Reason: c.reason(n.Reason), State: "open", Settled: moment(n.Settled), By: n.By, Note: n.Note,
	}
	if !n.Settled.IsZero() {
		v.State = "settled"
	}
	if n.EventID != 0 {
		v.Event = n.EventID.In(id.Event)
	}
	if n.MemberID != 0 {
		v.Member = n.MemberID.In(id.Member)
	}
	if n.CardID != 0 {
		v.Card = n.CardID.In(id.GiftCard)
	}
	v.Wallet = c.walletCode(n.WalletID)
	return v
}

// walletCode is the code of a wallet, empty for none.
func (c *call) walletCode(wallet id.ID) string {
	if wallet == 0 {
		return ""
	}
	if w, err := c.setting.wallet(wallet.In(id.Wallet)); err == nil {
		return w.Code
	}
	return ""
}

type conflictListIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	Open   bool     `query:"open" doc:"Only those that nobody has settled."`
	Member memberID `query:"member"`
}

func (s *server) listConflicts(ctx context.Context, c *call, in *conflictListIn) (page[conflictView], error) {
	if err := c.can(auth.ConflictsRead); err != nil {
		return page[conflictView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[conflictView]{}, err
	}
	at, err := inConflicts.read(in.Cursor, 1)
	if err != nil {
		return page[conflictView]{}, err
	}
	query := sale.ConflictQuery{ProgrammeID: c.programme(), Open: in.Open, Before: id.ID(at[0]), Limit: size + 1}
	if in.Member != "" {
		m, err := in.Member.id()
		if err != nil {
			return page[conflictView]{}, err
		}
		if query.Members, err = s.aliases(ctx, c, m); err != nil {
			return page[conflictView]{}, err
		}
	}
	list, err := s.Flow.Conflicts(ctx, c.actor, query)
	return paged(inConflicts, list, size, c.conflict, func(n *sale.Conflict) []int64 { return []int64{int64(n.ID)} }), err
}

// tillConflict is a difference as the answer to the till tells it.
type tillConflict struct {
	Kind   string      `json:"kind" enum:"code,points,card,price"`
	Code   string      `json:"code,omitempty"`
	Wallet string      `json:"wallet,omitempty" doc:"The wallet's code."`
	Points int64       `json:"points,omitempty" doc:"The points that were not there."`
	Amount int64       `json:"amount" doc:"In minor units; below zero what the till took too much."`
	Reason *reasonView `json:"reason,omitempty"`
}

func (c *call) tillConflicts(list []flow.Conflict) []tillConflict {
	var views []tillConflict
	for _, n := range list {
		views = append(views, tillConflict{string(n.Kind), n.Code, c.walletCode(n.WalletID), n.Points, n.Amount, c.reason(n.Reason)})
	}
	return views
}
