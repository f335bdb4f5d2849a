package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

type statementIn struct {
	Member memberID   `path:"member"`
	Wallet walletName `query:"wallet"`
	Cursor cursor     `query:"cursor"`
	Limit  limit      `query:"limit"`
	From   instant    `query:"from" doc:"Movements recorded from then on."`
	To     instant    `query:"to" doc:"Movements recorded before then."`
}

// statementView is a page of a statement.
type statementView struct {
	Wallet  string       `json:"wallet" doc:"The wallet's code."`
	Opening *balanceView `json:"opening,omitempty" doc:"What there was at the beginning; on the first page."`
	Closing *balanceView `json:"closing,omitempty" doc:"What there was at the end; on the first page."`
	Items   []entryView  `json:"items" nullable:"false"`
	Next    string       `json:"next,omitempty" doc:"The cursor of the page that follows; missing on the last page."`
}

// entryView is one movement of points.
type entryView struct {
	Entry    string      `json:"entry" example:"ent_01h9x3k7q2v5n"`
	Kind     string      `json:"kind" example:"earn"`
	Name     string      `json:"name" doc:"The kind in words." example:"earned"`
	From     string      `json:"from" doc:"Where the points were."`
	To       string      `json:"to" doc:"Where they are now; the same as from in a note, which moves nothing."`
	Points   int64       `json:"points"`
	Lot      string      `json:"lot,omitempty"`
	Event    string      `json:"event,omitempty" doc:"The event under which it happened; missing when time did it."`
	Occurred time.Time   `json:"occurred" doc:"The business time."`
	Recorded time.Time   `json:"recorded" doc:"When it was taken here."`
	Reason   *reasonView `json:"reason,omitempty"`
}

func (c *call) entry(e ledger.Entry) entryView {
	v := entryView{
		Entry: e.ID.In(id.Entry), Kind: e.Kind.String(), Name: c.print.T("ledger.kind." + e.Kind.String()), From: e.From.String(), To: e.To.String(),
		Points: e.Amount, Occurred: e.Occurred, Recorded: e.Recorded, Reason: c.reason(e.Cause.Reason),
	}
	if e.LotID != 0 {
		v.Lot = e.LotID.In(id.Lot)
	}
	if e.Cause.Event != 0 {
		v.Event = e.Cause.Event.In(id.Event)
	}
	return v
}

func (s *server) statement(ctx context.Context, c *call, in *statementIn) (statementView, error) {
	aliases, err := s.person(ctx, c, in.Member)
	if err != nil {
		return statementView{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return statementView{}, err
	}
	w, err := c.wallet(in.Wallet)
	if err != nil {
		return statementView{}, err
	}
	ask, err := in.ask(aliases, w, size)
	if err != nil {
		return statementView{}, err
	}
	var v statementView
	err = s.DB.View(ctx, func(q db.Queryer) error {
		list, err := ledger.Statement(ctx, q, ask)
		if err != nil {
			return err
		}
		p := paged(inStatement, list, size, c.entry, func(e ledger.Entry) []int64 { return []int64{int64(e.ID)} })
		v = statementView{Wallet: w.Code, Items: p.Items, Next: p.Next}
		if in.Cursor != "" {
			return nil
		}
		sum, err := ledger.Sum(ctx, q, ask)
		opening, closing := balanceOf(w, sum.Opening), balanceOf(w, sum.Closing)
		v.Opening, v.Closing = &opening, &closing
		return err
	})
	return v, err
}

// ask returns what the statement asks of the ledger: one entry more than the
// page holds.
func (in *statementIn) ask(aliases []id.ID, w *ledger.Wallet, size int) (ledger.StatementAsk, error) {
	a := ledger.StatementAsk{Members: aliases, Wallets: []id.ID{w.ID}, Limit: size + 1}
	at, err := inStatement.read(in.Cursor, 1)
	if err != nil {
		return a, err
	}
	a.Before = id.ID(at[0])
	if a.From, err = in.From.time("from"); err != nil {
		return a, err
	}
	if a.To, err = in.To.time("to"); err != nil {
		return a, err
	}
	if !a.From.IsZero() && !a.To.IsZero() && !a.From.Before(a.To) {
		return a, param("to", fault.Invalid("period_backwards", "the period ends before it begins"))
	}
	return a, nil
}

// kindsIn reads the kinds of a timeline.
func kindsIn(s string) ([]journal.Kind, error) {
	if s == "" {
		return nil, nil
	}
	var kinds []journal.Kind
	for name := range strings.SplitSeq(s, ",") {
		k := journal.Kind(strings.TrimSpace(name))
		if !slices.Contains(journal.Kinds(), k) && !strings.HasPrefix(string(k), customKind) {
			return nil, unknownKind(name)
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func eventCursor(at []int64) journal.Cursor {
	if at[1] == 0 {
		return journal.Cursor{}
	}
	return journal.Cursor{Occurred: db.Time(at[0]), ID: id.ID(at[1])}
}

func eventPlace(e *journal.Event) []int64 { return []int64{db.Micros(e.Occurred), int64(e.ID)} }
