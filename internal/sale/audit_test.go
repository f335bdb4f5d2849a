package sale

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/journal"
)

func TestCheckFinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tally := &Tally{MemberID: 7}
		s := bought(tally, 101, noon, Line{SKU: "A", Quantity: 2, Amount: 9}, Line{SKU: "F", Quantity: 1, Amount: 1, Fee: true})
		back := bring(tally, 102, Return{At: noon, Lines: []ReturnLine{{SKU: "A", Quantity: 1}}}, []*Sale{s})
		save(t, d, Changes{New: []*Sale{s}, Returns: []Returned{back}, Tallies: []*Tally{tally}})
		for _, c := range []struct{ harm, mend string }{
			{`UPDATE sale SET goods = goods + 1`, `UPDATE sale SET goods = goods - 1`},
			{`UPDATE sale SET returned = returned + 1`, `UPDATE sale SET returned = returned - 1`},
			{`UPDATE sale_line SET amount = amount + 1 WHERE no = 2`, `UPDATE sale_line SET amount = amount - 1 WHERE no = 2`},
			{`UPDATE sale_line SET no = 3 WHERE no = 2`, `UPDATE sale_line SET no = 2 WHERE no = 3`},
			{`UPDATE sale_line SET returned_quantity = 2 WHERE no = 1`, `UPDATE sale_line SET returned_quantity = 1 WHERE no = 1`},
			{`UPDATE return_match SET amount = 3`, `UPDATE return_match SET amount = 4`},
			{`UPDATE return_match SET sale_line = 2`, `UPDATE return_match SET sale_line = 1`},
			{`UPDATE sale_tally SET goods = goods + 1`, `UPDATE sale_tally SET goods = goods - 1`},
			{`UPDATE sale_tally SET purchases = 2`, `UPDATE sale_tally SET purchases = 1`},
			{`UPDATE sale_tally SET last_at = last_at + 1`, `UPDATE sale_tally SET last_at = last_at - 1`},
			{`UPDATE event SET occurred = occurred + 1`, `UPDATE event SET occurred = occurred - 1`},
			{`UPDATE event SET member_id = 8`, `UPDATE event SET member_id = 7`},
			{`UPDATE sale_tally SET member_id = 8`, `UPDATE sale_tally SET member_id = 7`},
		} {
			run(t, d, c.harm)
			if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) == 0 {
				t.Errorf("nothing found after %s", c.harm)
			}
			run(t, d, c.mend)
			if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) > 0 {
				t.Fatalf("after %s: %v", c.mend, faults)
			}
		}
	}, journal.Schema, Schema)
}

func run(t testing.TB, d *db.DB, statement string) {
	t.Helper()
	err := d.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAccountsComeTogether counts the sales of two members as one account's,
// and parts them again.
func TestAccountsComeTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := &Tally{ProgrammeID: 1, MemberID: 7}, &Tally{ProgrammeID: 1, MemberID: 8}
		sales := []*Sale{
			bought(a, 101, noon, Line{SKU: "A", Quantity: 2, Amount: 9}),
			bought(b, 102, noon.Add(-time.Hour), Line{SKU: "A", Quantity: 1, Amount: 5}),
			bought(b, 103, noon.Add(time.Hour), Line{SKU: "A", Quantity: 1, Amount: 6}),
		}
		save(t, d, Changes{New: sales, Tallies: []*Tally{a, b}})
		one := must(Recount(ctx, d.Reader(), 1, 7, 8))(t)
		if diff := cmp.Diff(Together(a, b), one, cmpopts.IgnoreUnexported(Tally{})); diff != "" {
			t.Errorf("recounted (-want +got):\n%s", diff)
		}
		merged := map[id.ID]id.ID{8: 7}
		save(t, d, Changes{Tallies: []*Tally{&one, {ProgrammeID: 1, MemberID: 8}}})
		back := bring(&one, 110, Return{At: noon.Add(2 * time.Hour), Lines: []ReturnLine{{SKU: "A", Quantity: 1}}}, sales)
		save(t, d, Changes{Returns: []Returned{back}, Tallies: []*Tally{&one}})
		if faults := must(Check(ctx, d.Reader(), 1, merged))(t); len(faults) > 0 {
			t.Errorf("one account: %v", faults)
		}
		if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) != 2 {
			t.Errorf("as two accounts: %v", faults)
		}
		if s := must(Summarise(ctx, d.Reader(), 1))(t); s != (Summary{Customers: 1, Returning: 1, Sales: 3, Goods: 20, Returned: 6, RepeatGoods: 0}) {
			t.Errorf("summary %+v", s)
		}
		first, second := must(Recount(ctx, d.Reader(), 1, 7))(t), must(Recount(ctx, d.Reader(), 1, 8))(t)
		save(t, d, Changes{Tallies: []*Tally{&first, &second}})
		if faults := must(Check(ctx, d.Reader(), 1, nil))(t); len(faults) > 0 {
			t.Errorf("parted: %v", faults)
		}
	}, journal.Schema, Schema)
}
