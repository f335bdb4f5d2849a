package sale

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/journal"
)

// shop is an account of two members, kept in the database and, whole, in
// memory.
type shop struct {
	d       *db.DB
	members []id.ID
	tallies map[id.ID]*Tally
	sales   map[id.ID]*Sale
	next    id.ID
}

func newShop(d *db.DB, base id.ID) *shop {
	s := &shop{d: d, members: []id.ID{base + 1, base + 2}, tallies: map[id.ID]*Tally{}, sales: map[id.ID]*Sale{}, next: base + 10}
	for _, m := range s.members {
		s.tallies[m] = &Tally{MemberID: m}
	}
	return s
}

func (s *shop) id() id.ID {
	s.next++
	return s.next
}

// buy makes some sales.
func (s *shop) buy(t *rapid.T, c *Changes) {
	for range rapid.IntRange(0, 20).Draw(t, "sales") {
		tally := s.tallies[rapid.SampledFrom(s.members).Draw(t, "member")]
		var lines []Line
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			lines = append(lines, Line{
				SKU: rapid.SampledFrom([]string{"A", "B", "C", "C", "C", "D"}).Draw(t, "sku"), Fee: rapid.IntRange(0, 6).Draw(t, "fee") == 0,
				Quantity: rapid.Int64Range(1, 3).Draw(t, "quantity"), Amount: rapid.Int64Range(0, 20).Draw(t, "amount"),
			})
		}
		sold := bought(tally, s.id(), noon.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "hour"))*time.Hour), lines...)
		s.sales[sold.ID] = sold
		c.New = append(c.New, sold)
	}
}

func (s *shop) save(t *rapid.T, c Changes) {
	for _, m := range s.members {
		c.Tallies = append(c.Tallies, s.tallies[m])
	}
	if err := s.d.InTx(ctx, func(tx *db.Tx) error { return record(tx, c) }); err != nil {
		t.Fatalf("saving: %v", err)
	}
}

func (s *shop) draw(t *rapid.T) Return {
	r := Return{At: noon.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "back at")) * time.Hour)}
	if len(s.sales) > 0 && rapid.IntRange(0, 2).Draw(t, "cites") == 0 {
		r.SaleID = rapid.SampledFrom(slices.Sorted(maps.Keys(s.sales))).Draw(t, "cited")
	}
	for range rapid.IntRange(1, 2).Draw(t, "return lines") {
		l := ReturnLine{SKU: rapid.SampledFrom([]string{"A", "B", "C", "Z"}).Draw(t, "back"), Quantity: rapid.Int64Range(1, 4).Draw(t, "much")}
		if r.SaleID != 0 && rapid.Bool().Draw(t, "by line") {
			l.SKU, l.Line = "", rapid.IntRange(1, 3).Draw(t, "line")
		}
		r.Lines = append(r.Lines, l)
	}
	return r
}

// trade is one batch: sales, and returns that are matched against the book that
// was loaded and against all there is. Both must find the same.
func (s *shop) trade(t *rapid.T) {
	key := BookKey{Members: s.members}
	for range rapid.IntRange(1, 5).Draw(t, "returns") {
		key.Returns = append(key.Returns, s.draw(t))
	}
	books, err := loadBooks(ctx, s.d.Reader(), []BookKey{key}, rapid.SampledFrom([]int{1, 2, 3, firstPage}).Draw(t, "page"), 1)
	if err != nil {
		t.Fatal(err)
	}
	var c Changes
	s.buy(t, &c)
	book := append(books[0], cloneBook(c.New)...)
	kept := slices.Clone(book[len(books[0]):])
	all := slices.Collect(maps.Values(s.sales))
	for _, r := range key.Returns {
		matches, unmatched := MatchReturn(r, book)
		want, wantUnmatched := MatchReturn(r, all)
		if diff := cmp.Diff(said(want, wantUnmatched), said(matches, unmatched)); diff != "" {
			t.Fatalf("return %+v (-want +got):\n%s", r, diff)
		}
		for _, m := range matches {
			s.tallies[m.Sale.MemberID].TakeBack(m)
		}
		c.Returns = append(c.Returns, Returned{EventID: s.id(), ProgrammeID: 1, MemberID: s.members[0], Occurred: r.At, Matches: matches, Unmatched: unmatched})
	}
	c.New = kept
	s.save(t, c)
}

func TestBooksHoldWhatIsNeeded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		base := id.ID(0)
		rapid.Check(t, func(t *rapid.T) {
			base += 10_000
			s := newShop(d, base)
			for range rapid.IntRange(1, 5).Draw(t, "steps") {
				s.trade(t)
			}
			keys := make([]SaleKey, 0, len(s.sales))
			for _, sold := range s.sales {
				keys = append(keys, SaleKey{sold.MemberID, sold.ID})
			}
			kept, err := LoadSales(ctx, d.Reader(), keys)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.sales, kept); diff != "" {
				t.Fatalf("kept sales (-want +got):\n%s", diff)
			}
		})
		if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) > 0 {
			t.Errorf("faults: %v", faults)
		}
	}, journal.Schema, Schema)
}

// TestBooksOfManyAccounts keeps accounts apart, walks far back for one of them
// and stops early for the others.
func TestBooksOfManyAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		hot, cold := &Tally{MemberID: 7}, &Tally{MemberID: 8}
		var c Changes
		for i := range 700 {
			sku := "A"
			if i == 0 {
				sku = "rare"
			}
			c.New = append(c.New, bought(hot, id.ID(1000+i), noon.Add(time.Duration(i)*time.Minute), Line{SKU: sku, Quantity: 1000, Amount: 5}))
		}
		c.New = append(c.New, bought(cold, 5000, noon, Line{SKU: "A", Quantity: 1000, Amount: 5}, Line{SKU: "rare", Quantity: 1000, Amount: 5}))
		c.Tallies = []*Tally{hot, cold}
		save(t, d, c)
		late := noon.AddDate(0, 0, 9)
		ask := func(member id.ID, sku string) BookKey {
			return BookKey{Members: []id.ID{member}, Returns: []Return{{At: late, Lines: []ReturnLine{{SKU: sku, Quantity: 1000}}}}}
		}
		before := d.Statements()
		books := must(LoadBooks(ctx, d.Reader(), []BookKey{ask(7, "A"), ask(8, "A")}))(t)
		if n := d.Statements() - before; n != 2 || len(books[0]) != firstPage || len(books[1]) != 1 || len(books[1][0].Lines) != 1 {
			t.Errorf("%d statements for books of %d and %d sales", n, len(books[0]), len(books[1]))
		}
		books = must(LoadBooks(ctx, d.Reader(), []BookKey{ask(7, "rare"), ask(8, "Z"), {Members: []id.ID{9}}}))(t)
		if len(books[0]) != 1 || books[0][0].ID != 1000 || len(books[1]) != 0 || len(books[2]) != 0 {
			t.Errorf("books %s", fmt.Sprint(books))
		}
	}, journal.Schema, Schema)
}
