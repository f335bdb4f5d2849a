package world

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/intake"
	"regulars/internal/sale"
)

// golden is what recount.py counted of the same rows.
type golden struct {
	RowsRead            int64            `json:"rows_read"`
	RowsWithoutCustomer int64            `json:"rows_without_customer"`
	RowsLeftOut         map[string]int64 `json:"rows_left_out"`
	Members             int              `json:"members"`
	Sales               int64            `json:"sales"`
	Returns             struct {
		Lines, Matched, Partly, Unmatched int64
		UnitsMatched                      int64 `json:"units_matched"`
		UnitsUnmatched                    int64 `json:"units_unmatched"`
		FeeLines                          int64 `json:"fee_lines"`
	}
	GoodsMinor int64 `json:"goods_minor"`
}

func readGolden(t *testing.T, name string) (g golden) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestIntakeAgreesWithRecount takes the rows as the demo does and matches the
// returns with the plain matcher of sale; the counts must be recount.py's.
func TestIntakeAgreesWithRecount(t *testing.T) {
	for _, c := range []struct {
		file  string
		limit int
	}{{"online_retail.json", 0}, {"online_retail_2000.json", 2000}} {
		t.Run(c.file, func(t *testing.T) {
			want := readGolden(t, c.file)
			got := countIntake(t, c.limit)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("intake differs from recount.py (-recount +intake):\n%s", d)
			}
		})
	}
}

func countIntake(t *testing.T, limit int) (g golden) {
	t.Helper()
	run, err := intake.New(OnlineRetailSource(limit), OnlineRetailSettings(), intake.Options{Now: AsOf})
	if err != nil {
		t.Fatal(err)
	}
	books := map[string][]*sale.Sale{}
	var last time.Time
	for record, err := range run.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if s := record.Sale; s != nil {
			last = inOrder(t, last, s.Occurred)
			customer := s.Identities[0].Value
			books[customer] = append(books[customer], book(s))
		} else {
			last = inOrder(t, last, record.Return.Occurred)
			giveBack(&g, record.Return, books)
		}
	}
	r := run.Report()
	g.RowsRead, g.Sales, g.Returns.FeeLines = r.Rows, r.Sales, r.ReturnFees
	g.RowsWithoutCustomer = r.LeftOut[intake.NoCustomer]
	g.RowsLeftOut = map[string]int64{"duplicate": r.LeftOut[intake.Duplicate]}
	if n := len(r.LeftOut); n != 2 {
		t.Errorf("rows were left out for %d reasons, want two: %v", n, r.LeftOut)
	}
	g.Members = len(books)
	for _, sales := range books {
		for _, s := range sales {
			g.GoodsMinor += s.Goods - s.Returned
		}
	}
	return g
}

func inOrder(t *testing.T, last, now time.Time) time.Time {
	t.Helper()
	if now.Before(last) {
		t.Fatalf("%s comes after %s", now, last)
	}
	return now
}

func book(s *intake.SaleRecord) *sale.Sale {
	b := &sale.Sale{Occurred: s.Occurred, Reference: s.ExternalID, Lines: s.Lines}
	for _, l := range s.Lines {
		if !l.Fee {
			b.Goods += l.Amount
		}
	}
	return b
}

func giveBack(g *golden, r *intake.ReturnRecord, books map[string][]*sale.Sale) {
	customer := r.Identities[0].Value
	if _, met := books[customer]; !met {
		books[customer] = nil // a member all the same
	}
	matches, missed := sale.MatchReturn(sale.Return{At: r.Occurred, Lines: r.Lines}, books[customer])
	found, lost := map[int]int64{}, map[int]int64{}
	for _, m := range matches {
		found[m.Return] += m.Quantity / 1000
	}
	for _, m := range missed {
		lost[m.Return] += m.Quantity / 1000
	}
	for i, l := range r.Lines {
		if l.Fee {
			continue
		}
		n := &g.Returns
		n.Lines++
		n.UnitsMatched += found[i]
		n.UnitsUnmatched += lost[i]
		switch {
		case lost[i] == 0:
			n.Matched++
		case found[i] > 0:
			n.Partly++
		default:
			n.Unmatched++
		}
	}
}
