package sale

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
)

var ctx = context.Background()

func save(t testing.TB, d *db.DB, c Changes) {
	t.Helper()
	if err := d.InTx(ctx, func(tx *db.Tx) error { return record(tx, c) }); err != nil {
		t.Fatalf("saving: %v", err)
	}
}

// record saves what was sold with the events by which sales are found.
func record(tx *db.Tx, c Changes) error {
	var events []*journal.Event
	for _, s := range c.New {
		events = append(events, &journal.Event{
			ID: s.ID, ProgrammeID: s.ProgrammeID, MemberID: s.MemberID, Kind: journal.Purchase, Source: "till", ExternalID: fmt.Sprint(s.ID),
			Occurred: s.Occurred, Recorded: s.Occurred, Body: []byte("{}"), Hash: []byte{1},
		})
	}
	if err := journal.Append(ctx, tx, events); err != nil {
		return err
	}
	return Save(ctx, tx, c)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// bought returns a sale of a member and counts it in the tally.
func bought(tally *Tally, sale id.ID, at time.Time, lines ...Line) *Sale {
	s := &Sale{ID: sale, ProgrammeID: 1, MemberID: tally.MemberID, Occurred: at, ShopID: 4, Channel: "web", Reference: fmt.Sprint(sale), Lines: lines}
	s.Reckon()
	s.Nth = tally.Purchases + 1
	tally.Add(s)
	return s
}

// bring matches a return, counts it in the tally and returns it for saving.
func bring(tally *Tally, event id.ID, r Return, book []*Sale) Returned {
	matches, unmatched := MatchReturn(r, book)
	for _, m := range matches {
		tally.TakeBack(m)
	}
	return Returned{EventID: event, ProgrammeID: 1, MemberID: tally.MemberID, Occurred: r.At, Matches: matches, Unmatched: unmatched}
}

func TestSaveAndLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tally := &Tally{MemberID: 7}
		first := bought(tally, 101, noon, Line{SKU: "A", Name: "Чайник", Category: "kitchen", Quantity: 2500, Amount: 999}, Line{SKU: "POST", Quantity: 1000, Amount: 50, Fee: true})
		second := bought(tally, 102, noon.Add(time.Hour), Line{SKU: "B", Quantity: 1000, Amount: 10})
		save(t, d, Changes{New: []*Sale{first, second}, Tallies: []*Tally{tally}})

		keys := []SaleKey{{7, 101}, {7, 102}, {7, 103}}
		got := must(LoadSales(ctx, d.Reader(), keys))(t)
		if diff := cmp.Diff(map[id.ID]*Sale{101: first, 102: second}, got); diff != "" {
			t.Errorf("sales (-want +got):\n%s", diff)
		}
		tallies := must(LoadTallies(ctx, d.Reader(), []id.ID{7, 8}))(t)
		want := &Tally{ProgrammeID: 1, MemberID: 7, Purchases: 2, Goods: 1009, RepeatGoods: 10, First: noon, Last: noon.Add(time.Hour)}
		if diff := cmp.Diff(map[id.ID]*Tally{7: want, 8: {MemberID: 8}}, tallies, cmpopts.IgnoreUnexported(Tally{})); diff != "" {
			t.Errorf("tallies (-want +got):\n%s", diff)
		}

		book := []*Sale{got[101], got[102]}
		r := Return{At: noon.Add(2 * time.Hour), Lines: []ReturnLine{{SKU: "A", Quantity: 1000}, {SKU: "B", Quantity: 3000}}}
		back := bring(tally, 103, r, book)
		save(t, d, Changes{Returns: []Returned{back}, Tallies: []*Tally{tally}})
		again := must(LoadSales(ctx, d.Reader(), keys))(t)
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("after the return (-want +got):\n%s", diff)
		}
		if want := (Tally{ProgrammeID: 1, MemberID: 7, Purchases: 2, Goods: 1009, Returned: 409, RepeatGoods: 0, First: noon, Last: noon.Add(time.Hour)}); *tally != want {
			t.Errorf("tally %+v, want %+v", *tally, want)
		}
		checkKeptReturn(t, d)
		if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) > 0 {
			t.Errorf("faults: %v", faults)
		}
	}, journal.Schema, Schema)
}

func checkKeptReturn(t *testing.T, d *db.DB) {
	t.Helper()
	want := []Back{
		{EventID: 103, Line: 1, MemberID: 7, SaleID: 101, SaleLine: 1, Quantity: 1000, Amount: 399},
		{EventID: 103, Line: 2, MemberID: 7, SaleID: 102, SaleLine: 1, Quantity: 1000, Amount: 10},
	}
	if diff := cmp.Diff(want, must(LoadReturns(ctx, d.Reader(), []SaleKey{{7, 103}}))(t)); diff != "" {
		t.Errorf("what the return brought (-want +got):\n%s", diff)
	}
	unmatched := []UnmatchedReturn{{EventID: 103, Line: 2, ProgrammeID: 1, MemberID: 7, Occurred: noon.Add(2 * time.Hour), SKU: "B", Quantity: 2000}}
	if diff := cmp.Diff(unmatched, must(LoadUnmatched(ctx, d.Reader(), []SaleKey{{7, 103}}))(t)); diff != "" {
		t.Errorf("unmatched (-want +got):\n%s", diff)
	}
}

func TestSoldAndReturnedInOneBatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tally := &Tally{MemberID: 7}
		s := bought(tally, 101, noon, Line{SKU: "A", Quantity: 2000, Amount: 999})
		r := Return{At: noon, Lines: []ReturnLine{{SKU: "A", Quantity: 1000}}}
		backs := []Returned{bring(tally, 102, r, []*Sale{s}), bring(tally, 103, r, []*Sale{s})}
		save(t, d, Changes{New: []*Sale{s}, Returns: backs, Tallies: []*Tally{tally}})
		if diff := cmp.Diff(s, must(Get(ctx, d.Reader(), []id.ID{6, 7}, 101))(t)); diff != "" {
			t.Errorf("the sale (-want +got):\n%s", diff)
		}
		if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) > 0 {
			t.Errorf("faults: %v", faults)
		}
	}, journal.Schema, Schema)
}

func TestReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := &Tally{MemberID: 7}, &Tally{MemberID: 8}
		var c Changes
		for i := range 5 {
			c.New = append(c.New, bought(a, id.ID(100+i), noon.AddDate(0, 0, i/2), Line{SKU: "A", Quantity: 1, Amount: 10}))
		}
		c.New = append(c.New, bought(b, 110, noon.AddDate(0, 0, 1), Line{SKU: "A", Quantity: 1, Amount: 7}))
		for i := range 3 {
			c.Returns = append(c.Returns, bring(a, id.ID(120+i), Return{At: noon, Lines: []ReturnLine{{SKU: "X", Quantity: 1}, {SKU: "A", Quantity: 1}}}, c.New[:5]))
		}
		c.Tallies = []*Tally{a, b}
		save(t, d, c)

		var ids []id.ID
		for cursor := (Cursor{}); ; {
			page := must(List(ctx, d.Reader(), []id.ID{7, 8}, cursor, 2))(t)
			if len(page) == 0 {
				break
			}
			for _, s := range page {
				ids = append(ids, s.ID)
			}
			cursor = After(page[len(page)-1])
		}
		if diff := cmp.Diff([]id.ID{104, 110, 103, 102, 101, 100}, ids); diff != "" {
			t.Errorf("sales (-want +got):\n%s", diff)
		}
		checkUnmatchedPages(t, d)
		want := Summary{Customers: 2, Returning: 1, Sales: 6, Goods: 57, Returned: 20, RepeatGoods: 30}
		if got := must(Summarise(ctx, d.Reader(), 1))(t); got != want {
			t.Errorf("summary %+v, want %+v", got, want)
		}
		if got := must(Summarise(ctx, d.Reader(), 2))(t); got != (Summary{}) {
			t.Errorf("another programme: %+v", got)
		}
		if _, err := Get(ctx, d.Reader(), []id.ID{8}, 101); fault.KindOf(err) != fault.KindMissing {
			t.Errorf("a sale of somebody else: %v", err)
		}
		if got := Together(a, b); got.Purchases != 6 || got.Goods != 57 || got.MemberID != 7 || !got.First.Equal(noon) || !got.Last.Equal(noon.AddDate(0, 0, 2)) {
			t.Errorf("together %+v", got)
		}
	}, journal.Schema, Schema)
}

func checkUnmatchedPages(t *testing.T, d *db.DB) {
	t.Helper()
	var got []UnmatchedCursor
	for cursor := (UnmatchedCursor{}); ; {
		page := must(ListUnmatched(ctx, d.Reader(), 1, cursor, 3))(t)
		if len(page) == 0 {
			break
		}
		for _, u := range page {
			got = append(got, UnmatchedCursor{u.EventID, u.Line})
		}
		cursor = got[len(got)-1]
	}
	if diff := cmp.Diff([]UnmatchedCursor{{122, 2}, {122, 1}, {121, 1}, {120, 1}}, got); diff != "" {
		t.Errorf("unmatched returns (-want +got):\n%s", diff)
	}
}

// TestStatements holds the number of statements constant whatever the number
// of events.
func TestStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		next := id.ID(1000)
		count := func(n int) uint64 {
			before := d.Statements()
			err := d.InTx(ctx, func(tx *db.Tx) error { return trade(tx, n, &next) })
			if err != nil {
				t.Fatal(err)
			}
			return d.Statements() - before
		}
		count(256)                                                      // new accounts and known ones are written apart
		if one, many := count(1), count(256); one != many || one > 14 { // two are those of the events
			t.Errorf("%d statements for one member, %d for 256", one, many)
		}
		if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) > 0 {
			t.Errorf("faults: %v", faults)
		}
	}, journal.Schema, Schema)
}

// trade lets n members buy, and bring something back of what they bought and of
// what they bought the time before.
func trade(tx *db.Tx, n int, next *id.ID) error {
	var c Changes
	members := make([]id.ID, n)
	keys := make([]BookKey, n)
	for i := range n {
		members[i] = id.ID(i + 1)
		keys[i] = BookKey{Members: members[i : i+1], Returns: []Return{
			{At: noon, Lines: []ReturnLine{{SKU: "A", Quantity: 1}, {SKU: "Z", Quantity: 1}}}, {SaleID: *next - 1, Lines: []ReturnLine{{SKU: "A", Quantity: 1}}},
		}}
	}
	tallies, err := LoadTallies(ctx, tx, members)
	if err != nil {
		return err
	}
	books, err := LoadBooks(ctx, tx, keys)
	if err != nil {
		return err
	}
	for i, m := range members {
		*next += 2
		c.Returns = append(c.Returns, bring(tallies[m], *next, keys[i].Returns[0], books[i]))
		c.New = append(c.New, bought(tallies[m], *next+1, noon, Line{SKU: "A", Quantity: 2, Amount: 9}))
		c.Tallies = append(c.Tallies, tallies[m])
	}
	return record(tx, c)
}
