package flow

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// agreement is a draft, and a programme that was so from its first day.
type agreement struct {
	plan   plan
	offers []promo.Spec
	draft  func(h *house, other *house) Draft
}

// agreements are drafts of each kind.
var agreements = map[string]agreement{
	"a rule": {
		plan: plan{lanes: 1, spec: generous},
		draft: func(h, _ *house) Draft {
			v := h.rule
			v.Spec.Effects = slices.Clone(v.Spec.Effects)
			generous(&v.Spec)
			return Draft{Rules: []earn.Version{v}}
		},
	},
	"ranks": {
		plan: plan{lanes: 1, ladder: sooner},
		draft: func(h, other *house) Draft {
			found, err := tier.New(other.db, other.now).Get(context.Background(), boss, other.prog.ID, other.ladder)
			h.ok(err)
			l := found.Ladder
			l.ID, l.Zone = h.ladder, h.prog.Zone
			return Draft{Ladders: []tier.Ladder{l}}
		},
	},
	"offers": {
		plan:   plan{lanes: 1},
		offers: promotions,
		draft: func(h, other *house) Draft {
			var d Draft
			for i, spec := range promotions {
				d.Offers = append(d.Offers, h.drafted(names[i], spec))
			}
			return d
		},
	},
}

// promotions take off, are looked at again when something comes back, and multiply.
var promotions = []promo.Spec{
	{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}, Lines: &earn.Lines{SKUs: []string{"a"}}, PerMember: []promo.Cap{{Period: earn.Month, Times: 1}}},
	{Benefit: promo.Benefit{Kind: promo.Amount, Amount: 7_77}, Minimum: 300_00, AfterReturn: promo.Recompute},
	{Benefit: promo.Benefit{Kind: promo.PointsMultiplier, Rate: money.NewRate(3, 1)}, Minimum: 100_00},
}

var names = []string{"first", "second", "third"}

// generous gives three points for two pounds, which do not live long.
func generous(s *earn.Spec) {
	s.Effects[0].Points, s.Effects[0].Per = 3, 2_00
	s.Expiry = earn.Expiry{Days: 45}
	s.Caps = []earn.Cap{{Period: earn.Month, Points: 1700}}
}

func sooner(d *tier.Definition) {
	d.Ranks[1].Threshold, d.Ranks[2].Threshold = 500_00, 1_500_00
}

// TestADraftComesToWhatIsThere sells the same to two programmes: one that was as
// the draft from its first day, and one over whose past the draft is simulated.
// What the simulator says is what the other's ledger and sales say, in all and
// of each member.
func TestADraftComesToWhatIsThere(t *testing.T) {
	for name, a := range agreements {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(4) {
				each(t, plan{lanes: 1}, func(h *house) {
					there := furnish(h.TB, dbtest.SQLite(h.TB, rooms...), a.plan)
					for i, spec := range a.offers {
						there.offers(names[i], spec)
					}
					there.checkout = len(a.offers) > 0
					h.past(seed)
					there.past(seed)
					sim := h.simulate(a.draft(h, there))
					got, want := sim.Drafts[0], there.real()
					want.Figures = got.Figures
					if d := cmp.Diff(want, got.Outcome); d != "" {
						h.Errorf("the simulator differs (-there +simulated):\n%s", d)
					}
					h.real()            // posts what is due
					list, _ := h.sold() // nothing was taken off there
					goods, withheld := there.sold()
					figures := Figures{Goods: goods, Discounts: list - goods - withheld, Owed: want.Liability}
					then, now, who := there.gave(), h.gave(), h.called()
					for _, n := range then {
						figures.Points += n
					}
					for _, m := range got.Movers {
						if m.NowPoints != now[who[m.MemberID]] || m.DraftPoints != then[who[m.MemberID]] {
							h.Errorf("%s has %d points and would have %d, the simulator says %+v", who[m.MemberID], now[who[m.MemberID]], then[who[m.MemberID]], m)
						}
					}
					got.Figures.YearGoods, got.Figures.YearDiscounts, got.Figures.YearPoints = 0, 0, 0
					if d := cmp.Diff(figures, got.Figures); d != "" {
						h.Errorf("the figures differ (-there +simulated):\n%s", d)
					}
					if got.Gained+got.Lost == 0 {
						h.Error("the draft makes no difference")
					}
				})
			}
		})
	}
}

// sold adds up what customers paid for goods that they keep, and what was kept
// back of refunds, by the sales as they are stored.
func (h *house) sold() (goods, withheld int64) {
	h.Helper()
	sales, err := sale.LoadSales(context.Background(), h.db.Reader(), h.everySale())
	h.ok(err)
	for _, s := range sales {
		goods += s.Goods - s.Returned
		for i := 0; i < len(s.Withheld); i += 2 {
			withheld += s.Withheld[i]
		}
	}
	return goods, withheld
}

func (h *house) everySale() []sale.SaleKey {
	h.Helper()
	rows, err := h.db.Reader().Query(context.Background(), `SELECT member_id, id FROM sale`)
	keys := []sale.SaleKey(nil)
	h.ok(db.Each(rows, err, func(r *sql.Rows) (k sale.SaleKey, err error) { return k, r.Scan(&k.MemberID, &k.ID) },
		func(k sale.SaleKey) error { keys = append(keys, k); return nil }))
	return keys
}

// gave is by customer what points were given and neither taken back nor expired,
// by the lots.
func (h *house) gave() map[string]int64 {
	h.Helper()
	given := map[string]int64{}
	rows, err := h.db.Reader().Query(context.Background(), `SELECT i.value, CAST(COALESCE(SUM(l.amount - l.expired - l.clawed), 0) AS BIGINT) AS points
		FROM member_identity AS i LEFT JOIN lot AS l ON l.member_id = i.member_id GROUP BY i.value`)
	type one struct {
		who    string
		points int64
	}
	h.ok(db.Each(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.who, &o.points) },
		func(o one) error { given[o.who] = o.points; return nil }))
	return given
}

// called are the customers by the name that the till has for them.
func (h *house) called() map[id.ID]string {
	h.Helper()
	names := map[id.ID]string{}
	rows, err := h.db.Reader().Query(context.Background(), `SELECT member_id, value FROM member_identity`)
	type one struct {
		m   id.ID
		who string
	}
	h.ok(db.Each(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.m, &o.who) },
		func(o one) error { names[o.m] = o.who; return nil }))
	return names
}
