package sale

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/journal"
)

// TestHaloByHand: twelve begin with the lamp (£50) and a bulb (£4); each has a
// neighbour who begins an hour later with a chair (£40) and a mat (£1). Ten of
// the lamp's buyers come back within 30 days and spend £6 on bulbs, of which
// one takes all back; one comes too late. Of the others three come back for £2.
func TestHaloByHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		var sales []*Sale
		sell := func(m, n id.ID, when time.Time, lines ...Line) *Sale {
			for i := range lines {
				lines[i].No, lines[i].Quantity = i+1, 1000
			}
			s := &Sale{ID: m*10 + n, ProgrammeID: 1, MemberID: m, Occurred: when, Nth: int64(n), ShopID: 4, Channel: "web", Reference: "x", Lines: lines}
			s.Reckon()
			sales = append(sales, s)
			return s
		}
		for i := range id.ID(12) {
			when := at.Add(time.Duration(i) * 24 * time.Hour)
			lamp, chair := 100+2*i, 101+2*i
			sell(lamp, 1, when, Line{SKU: "lamp", Name: "Lamp", Amount: 5000}, Line{SKU: "bulb", Name: "Bulb", Amount: 400}, Line{SKU: "POST", Amount: 300, Fee: true})
			sell(chair, 1, when.Add(time.Hour), Line{SKU: "mat", Name: "Mat", Amount: 100}, Line{SKU: "chair", Name: "Chair", Amount: 4000})
			if i < 10 {
				again := sell(lamp, 2, when.AddDate(0, 0, 29), Line{SKU: "bulb", Name: "Bulb", Amount: 600}, Line{SKU: "lamp", Name: "Lamp", Amount: 5000})
				if i == 0 {
					again.Lines[0].ReturnedQuantity, again.Lines[0].ReturnedAmount = 1000, 600
					again.Lines[1].ReturnedQuantity, again.Lines[1].ReturnedAmount = 1000, 5000
				}
			}
			if i == 10 {
				sell(lamp, 2, when.AddDate(0, 0, 30), Line{SKU: "bulb", Name: "Bulb", Amount: 600})
			}
			if i < 3 {
				sell(chair, 2, when.AddDate(0, 0, 5), Line{SKU: "mat", Name: "Mat", Amount: 200})
			}
		}
		sell(900, 1, at.AddDate(0, 2, 0), Line{SKU: "lamp", Amount: 5000})            // nobody is like her
		sell(901, 1, at.AddDate(0, 3, -5), Line{SKU: "lamp", Amount: 5000})           // her days are not over
		sell(902, 1, at, Line{SKU: "lamp", Amount: 5000})                             // was merged
		sell(903, 1, at.AddDate(-2, 0, 0), Line{SKU: "lamp", Amount: 5000})           // too long ago
		sell(904, 1, at, Line{SKU: "sofa", Amount: 90000}).Channel = "phone"          // another channel
		sell(905, 1, at.Add(time.Minute), Line{SKU: "lamp", Amount: 5000, Fee: true}) // a fee is no flagship
		sales[len(sales)-1].ShopID = 9                                                // and was elsewhere
		save(t, d, Changes{New: sales})
		var h Halo
		err := d.View(context.Background(), func(q db.Queryer) (err error) {
			h, err = FindHalo(context.Background(), q, HaloQuery{
				ProgrammeID: 1, SKU: "lamp", From: at.AddDate(-1, 0, 0), Until: at.AddDate(1, 0, 0), Days: 30, Now: at.AddDate(0, 3, 0), Zone: time.UTC,
			}, map[id.ID]id.ID{902: 100000})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if h.Firsts != 15 || h.Recent != 1 || h.Merged != 1 || h.Unpaired != 1 || h.Pairs != 12 || !h.Enough() || !h.Preliminary() {
			t.Fatalf("counted %+v", h)
		}
		if h.Basket.Flagship != 400 || h.Basket.Others != 100 || h.Basket.Difference.Value != 300 {
			t.Errorf("in the basket %+v", h.Basket)
		}
		if h.After.Flagship != 450 || h.After.Others != 50 || h.After.Difference.Value != 400 || h.After.Difference.Low <= 0 { // 9 × £6 and 3 × £2 of 12
			t.Errorf("after it %+v", h.After)
		}
		if h.Back.Flagship != 9 || h.Back.Others != 3 || math.Abs(h.Back.Difference.Value-0.5) > 1e-9 {
			t.Errorf("again %+v", h.Back)
		}
		if len(h.Goods) != 1 || h.Goods[0].SKU != "bulb" || h.Goods[0].Name != "Bulb" || h.Goods[0].Flagship != 12 || h.Goods[0].Others != 0 || h.Goods[0].Difference.Low <= 0 {
			t.Errorf("goods %+v", h.Goods)
		}
	}, journal.Schema, Schema)
}

// TestCouples holds that everybody is paired at most once, within the stratum,
// and that nobody stays alone while somebody like them is free.
func TestCouples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []began
		for i := range rapid.IntRange(0, 30).Draw(t, "customers") {
			list = append(list, began{
				member: id.ID(i + 1), at: time.Date(2026, 1, 1, rapid.IntRange(0, 1500).Draw(t, "hour"), 0, 0, 0, time.UTC),
				shop: id.ID(rapid.IntRange(1, 2).Draw(t, "shop")), with: rapid.Bool().Draw(t, "with"),
			})
		}
		slices.SortFunc(list, func(a, b began) int { return a.at.Compare(b.at) })
		taken := map[id.ID]bool{}
		for _, c := range couplesOf(list, time.UTC) {
			a, b := c.flagship, c.other
			if !a.with || b.with || a.shop != b.shop || a.at.Month() != b.at.Month() || taken[a.member] || taken[b.member] {
				t.Fatalf("paired %+v with %+v", a, b)
			}
			taken[a.member], taken[b.member] = true, true
		}
		for _, a := range list {
			for _, b := range list {
				if a.with && !b.with && a.shop == b.shop && a.at.Month() == b.at.Month() && !taken[a.member] && !taken[b.member] {
					t.Fatalf("%+v and %+v are both alone", a, b)
				}
			}
		}
	})
}

// TestNearest takes who is nearest and still free.
func TestNearest(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	pairs := nearest([]began{{at: day(5)}, {at: day(6)}, {at: day(7)}}, []began{{at: day(1)}, {at: day(4)}, {at: day(9)}, {at: day(20)}})
	var got []int
	for _, p := range pairs {
		got = append(got, p.other.at.Day())
	}
	if !slices.Equal(got, []int{4, 9, 1}) {
		t.Errorf("paired with %v", got)
	}
}
