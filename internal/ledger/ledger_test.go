package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// start is when the tests begin; at is so many days later.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func at(days int) time.Time { return start.AddDate(0, 0, days) }

// counter makes identifiers 1, 2, 3…
func counter() func() id.ID {
	n := id.ID(0)
	return func() id.ID { n++; return n }
}

func wallet(p Policy) *Wallet {
	return &Wallet{ID: 7, ProgrammeID: 3, Code: "points", Name: "Points", Clawback: p}
}

func account(p Policy) *Account { return New(wallet(p), 100, start, counter()) }

// sell gives points for the sale that is that event.
func sell(a *Account, day int, event id.ID, amount int64, activates, expires time.Time) *Lot {
	return a.Earn(at(day), Grant{EventID: event, Amount: amount, Activates: activates, Expires: expires, RuleVersion: 55})
}

var never time.Time

func because(event id.ID) Cause { return Cause{Event: event, Kind: CauseEvent} }

// shown returns the buckets that count something, by name.
func shown(b Balance) map[string]int64 {
	m := map[string]int64{}
	for _, k := range Buckets() {
		if b[k] != 0 {
			m[k.String()] = b[k]
		}
	}
	return m
}

// want compares the balance, and holds the account against its own entries.
func want(t *testing.T, a *Account, b Balance) {
	t.Helper()
	if diff := cmp.Diff(shown(b), shown(a.Balance())); diff != "" {
		t.Errorf("balance (-want +got):\n%s", diff)
	}
	for _, fault := range unsound(a, a.Entries()) {
		t.Error(fault)
	}
}

// unsound says what is wrong with an account whose whole history is given.
func unsound(a *Account, history []Entry) []string {
	var faults []string
	if err := a.sound(); err != nil {
		faults = append(faults, err.Error())
	}
	b := a.Balance()
	if b[Debt] > 0 && b[Available] > 0 {
		faults = append(faults, "points are available while some are owed")
	}
	var folded Balance
	lots := map[id.ID]*Lot{}
	for _, l := range a.Lots() {
		lots[l.ID] = &Lot{}
	}
	for _, e := range history {
		if !e.Kind.lawful(e.From, e.To) || e.Amount <= 0 {
			faults = append(faults, "unlawful: "+e.Kind.String()+" "+e.From.String()+" "+e.To.String())
		}
		folded.move(e.From, e.To, e.Amount)
		if l := lots[e.LotID]; l != nil {
			l.apply(&e)
		}
	}
	if folded != b {
		faults = append(faults, "the balance is not the fold of the entries: "+cmp.Diff(shown(folded), shown(b)))
	}
	var sum Balance
	for _, l := range a.Lots() {
		sum[l.Bucket()] += l.Remaining
		sum[Held] += l.Held
		sum[Expired] += l.Expired
		f := lots[l.ID]
		if figures(l) != figures(f) {
			faults = append(faults, "a lot is not the fold of its entries: "+cmp.Diff(f, l, justLots))
		}
	}
	for _, k := range []Bucket{Pending, Available, Held, Expired} {
		if sum[k] != b[k] {
			faults = append(faults, "the lots do not make up what is "+k.String())
		}
	}
	return faults
}

func figures(l *Lot) [5]int64 { return [5]int64{l.Remaining, l.Held, l.Expired, l.Exempt, l.Clawed} }

// justLots compares lots without the bookkeeping of their account.
var justLots = cmpopts.IgnoreUnexported(Lot{})

// refused checks that a verb refused with a code and changed nothing.
func refused(t *testing.T, a *Account, code string, verb func() error) {
	t.Helper()
	before, entries := a.Balance(), len(a.Entries())
	err := verb()
	if f := fault.As(err); f == nil || f.Code != code {
		t.Errorf("got %v, want a refusal %q", err, code)
	}
	if a.Balance() != before || len(a.Entries()) != entries {
		t.Errorf("a refusal changed the account: %v, then %v", shown(before), shown(a.Balance()))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ids returns the identifiers of the entries of a kind.
func ids(a *Account, kind EntryKind) []id.ID {
	var list []id.ID
	for _, e := range a.Entries() {
		if e.Kind == kind {
			list = append(list, e.ID)
		}
	}
	return list
}

// said returns the entries as kind, way and amount.
func said(entries []Entry) []Turnover {
	var list []Turnover
	for _, e := range entries {
		list = append(list, Turnover{e.Kind, e.From, e.To, e.Amount})
	}
	return list
}

func idsOf(entries []Entry, wanted func(Entry) bool) []id.ID {
	var list []id.ID
	for _, e := range entries {
		if wanted(e) {
			list = append(list, e.ID)
		}
	}
	return list
}
