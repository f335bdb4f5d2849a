package promo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// sell prices a sale of a member and keeps it, as a batch of one.
func (o *office) sell(ctx context.Context, s *promo.Offerset, member id.ID, b promo.Basket) (promo.Pricing, error) {
	var p promo.Pricing
	err := o.d.InTx(ctx, func(tx *db.Tx) error {
		slots, offers := s.Limits(b.Facts.Occurred)
		counts, err := promo.LoadUsage(ctx, tx, promo.Wants{member: slots})
		if err != nil {
			return err
		}
		budgets, err := promo.LoadBudgets(ctx, tx, offers)
		if err != nil {
			return err
		}
		shops, err := promo.LoadShopBudgets(ctx, tx, s.ShopLimits(b.Facts.Occurred, b.ShopID, b.Facts.Shop))
		if err != nil {
			return err
		}
		u := promo.Usage{Counts: counts[member], Budgets: budgets, Shops: shops}
		p = s.Price(b, u)
		u.Apply(&p)
		if err := promo.ReserveShopBudgets(ctx, tx, u.Shops); err != nil {
			return err
		}
		return keep(ctx, tx, map[id.ID]promo.Counts{member: u.Counts}, u.Budgets, p.Redemptions(promo.Redemption{ProgrammeID: o.programme, MemberID: member, EventID: tx.IDs().New(), ShopID: b.ShopID, At: b.Facts.Occurred}))
	})
	return p, err
}

func keep(ctx context.Context, tx *db.Tx, counts map[id.ID]promo.Counts, budgets promo.Budgets, list []promo.Redemption) error {
	if err := promo.SaveUsage(ctx, tx, counts); err != nil {
		return err
	}
	if err := promo.ReserveBudgets(ctx, tx, budgets); err != nil {
		return err
	}
	return promo.SaveRedemptions(ctx, tx, list)
}

func (o *office) must(t *testing.T, s *promo.Offerset, member id.ID, b promo.Basket, want int64) {
	t.Helper()
	p, err := o.sell(t.Context(), s, member, b)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Facts.Lines[0].Amount - p.Amounts[0]; got != want {
		t.Errorf("member %d had %d off, want %d", member, got, want)
	}
}

func TestCountersAreKept(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		v := o.create(t, "Spring", off(t, "300", `,"per_member":[{"period":"day","times":2},{"period":"month","amount":700}],"budget":{"amount":1000}`))
		o.create(t, "Always", off(t, "1", ""))
		s, b := o.set(t), saleOf(10000, o.now)
		o.must(t, s, 1, b, 301)
		o.must(t, s, 1, b, 301)
		o.must(t, s, 1, b, 1) // twice a day
		o.must(t, s, 1, saleOf(10000, o.now.AddDate(0, 0, 1)), 101)
		o.must(t, s, 2, b, 301)
		o.must(t, s, 2, b, 1) // the budget is used up
		o.must(t, s, 1, saleOf(10000, o.now.AddDate(0, 1, 0)), 1)
		o.sound(t)
		results, err := promo.Results(t.Context(), o.d.Reader(), o.programme)
		if err != nil || len(results) != 2 {
			t.Fatalf("got %+v, %v", results, err)
		}
		want := promo.Result{OfferID: v.OfferID, VersionID: v.ID, Uses: 4, Amount: 1000, First: o.now, Last: o.now.AddDate(0, 0, 1)}
		if results[0] != want || results[1].Uses != 7 {
			t.Errorf("got %+v", results)
		}
	})
}

// TestLimitsGoOnOverVersions lets a new version find what the old one gave, and
// a version without limits count nothing.
func TestLimitsGoOnOverVersions(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		limits := func(n string) string {
			return `,"per_member":[{"period":"year","times":` + n + `}],"budget":{"uses":` + n + `}`
		}
		v := o.create(t, "Spring", off(t, "100", limits("3")))
		next := func(more string) {
			o.now = o.now.Add(time.Hour)
			if _, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "100", more)); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Publish(ctx, boss, o.programme, v.OfferID, time.Time{}, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			o.must(t, o.set(t), 1, saleOf(10000, o.now), 100)
		}
		next(``)
		for range 3 {
			o.must(t, o.set(t), 1, saleOf(10000, o.now), 100)
		}
		next(limits("3"))
		o.must(t, o.set(t), 1, saleOf(10000, o.now), 100)
		o.must(t, o.set(t), 1, saleOf(10000, o.now), 0)
		next(limits("2")) // lower than what was given: nothing is wrong with that
		o.must(t, o.set(t), 2, saleOf(10000, o.now), 0)
		o.sound(t)
	})
}

// TestBudgetMoved lets two decide on the same budget; the second is told.
func TestBudgetMoved(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v := o.create(t, "Spring", off(t, "400", `,"budget":{"amount":700}`))
		s := o.set(t)
		read, err := promo.LoadBudgets(ctx, o.d.Reader(), []id.ID{v.OfferID})
		if err != nil {
			t.Fatal(err)
		}
		reserve := func(budgets promo.Budgets) error {
			u := promo.Usage{Budgets: budgets}
			p := s.Price(saleOf(10000, o.now), u)
			u.Apply(&p)
			return o.d.InTx(ctx, func(tx *db.Tx) error {
				return keep(ctx, tx, nil, u.Budgets, p.Redemptions(promo.Redemption{ProgrammeID: o.programme, MemberID: 1, EventID: tx.IDs().New(), At: o.now}))
			})
		}
		second := maps.Clone(read)
		if err := reserve(read); err != nil {
			t.Fatal(err)
		}
		denied(t, reserve(second), "offer_budget_moved", "")
		if fault.KindOf(reserve(promo.Budgets{v.OfferID: {}})) != fault.KindBusy {
			t.Error("it is no reason to try again")
		}
		o.sound(t)
	})
}

// TestBudgetRace sells from many sides at once until two budgets are used up.
func TestBudgetRace(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		const sellers, sales = 8, 12
		v := o.create(t, "Spring", off(t, "90", `,"budget":{"amount":2000}`))
		w := o.create(t, "Summer", off(t, "10", `,"budget":{"uses":31}`))
		s := o.set(t)
		var wg sync.WaitGroup
		for seller := range sellers {
			wg.Go(func() {
				for range sales {
					for {
						_, err := o.sell(context.Background(), s, id.ID(seller+1), saleOf(10000, o.now))
						if fault.KindOf(err) == fault.KindBusy || db.Retryable(err) {
							continue
						}
						if err != nil {
							t.Error(err)
						}
						break
					}
				}
			})
		}
		wg.Wait()
		budgets, err := promo.LoadBudgets(t.Context(), o.d.Reader(), []id.ID{v.OfferID, w.OfferID})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := budgets[v.OfferID], budgets[w.OfferID]; a.Amount != 1980 || a.Uses != 22 || b.Uses != 31 || b.Amount != 310 {
			t.Errorf("the budgets gave %+v and %+v", a, b)
		}
		o.sound(t)
	})
}

// TestStatementsDoNotGrow counts the statements of small and large batches.
func TestStatementsDoNotGrow(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		o.create(t, "Spring", off(t, "3", `,"per_member":[{"period":"day","times":200},{"period":"ever","amount":90000}],"budget":{"amount":700000}`))
		o.create(t, "Summer", off(t, "4", `,"budget":{"uses":700000}`))
		s := o.set(t)
		batch := func(members int) uint64 {
			before := o.d.Statements()
			err := o.d.InTx(ctx, func(tx *db.Tx) error {
				slots, offers := s.Limits(o.now)
				wants := promo.Wants{}
				for m := range members {
					wants[id.ID(m+1)] = slots
				}
				all, err := promo.LoadUsage(ctx, tx, wants)
				if err != nil {
					return err
				}
				budgets, err := promo.LoadBudgets(ctx, tx, offers)
				if err != nil {
					return err
				}
				var list []promo.Redemption
				for _, m := range slices.Sorted(maps.Keys(wants)) {
					u := promo.Usage{Counts: all[m], Budgets: budgets}
					p := s.Price(saleOf(1000, o.now), u)
					u.Apply(&p)
					all[m] = u.Counts
					list = append(list, p.Redemptions(promo.Redemption{ProgrammeID: o.programme, MemberID: m, EventID: tx.IDs().New(), At: o.now})...)
				}
				return keep(ctx, tx, all, budgets, list)
			})
			if err != nil {
				t.Fatal(err)
			}
			return o.d.Statements() - before
		}
		if one, many := batch(1), batch(100); one != many {
			t.Errorf("a batch of one takes %d statements, of a hundred %d", one, many)
		}
		o.sound(t)
		before := o.d.Statements()
		err := o.d.InTx(ctx, func(tx *db.Tx) error {
			if _, err := promo.LoadUsage(ctx, tx, promo.Wants{1: nil}); err != nil {
				return err
			}
			if _, err := promo.LoadBudgets(ctx, tx, nil); err != nil {
				return err
			}
			return keep(ctx, tx, map[id.ID]promo.Counts{1: {}}, promo.Budgets{}, nil)
		})
		if n := o.d.Statements() - before; err != nil || n > 2 {
			t.Errorf("nothing to do takes %d statements (%v)", n, err)
		}
	})
}

// TestCheckFindsWhatIsWrong breaks each thing that Check looks at, and takes
// that back.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		v := o.create(t, "Spring", off(t, "300", `,"per_member":[{"period":"month","times":2}],"budget":{"amount":1000}`))
		o.must(t, o.set(t), 1, saleOf(10000, o.now), 300)
		o.now = o.now.Add(time.Hour)
		if _, err := o.SaveDraft(ctx, boss, o.programme, v.OfferID, off(t, "1", "")); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Publish(ctx, boss, o.programme, v.OfferID, time.Time{}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		o.sound(t)
		for _, tc := range []struct{ breaks, found string }{
			{`UPDATE promo_budget SET uses = uses + 1`, "the budget says 2 uses"},
			{`UPDATE promo_budget SET amount = 5000`, "overdrawn"},
			{`DELETE FROM promo_redemption`, "the redemptions say 0 and 0"},
			{`UPDATE promo_usage SET times = 9`, "over the limit per month"},
			{`UPDATE promo_usage SET amount = 1`, "says 1 times and 1"},
			{`DELETE FROM promo_usage`, "says 0 times and 0"},
			{`UPDATE promo_version SET spec = '{"benefit":{"kind":"percent"}}' WHERE number = 1`, "cannot price"},
			{`UPDATE promo_version SET ends = begins + 99999999999 WHERE number = 1`, "at the same time"},
		} {
			errBack := errors.New("taken back")
			err := o.d.InTx(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, tc.breaks); err != nil {
					return err
				}
				faults, err := promo.Check(ctx, tx, o.programme)
				if err != nil {
					return err
				}
				if said := fmt.Sprint(faults); len(faults) == 0 || faults[0].OfferID != v.OfferID || !strings.Contains(said, tc.found) {
					t.Errorf("%s: found %s", tc.breaks, said)
				}
				return errBack
			})
			if !errors.Is(err, errBack) {
				t.Fatalf("%s: %v", tc.breaks, err)
			}
		}
	})
}

// TestPeriodsAreThoseOfTheProgramme counts by the clock of London.
func TestPeriodsAreThoseOfTheProgramme(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		if _, err := o.Create(t.Context(), boss, o.offer("Spring"), off(t, "100", `,"per_member":[{"period":"day","times":1}]`)); err != nil {
			t.Fatal(err)
		}
		list, err := o.List(t.Context(), boss, o.programme)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Publish(t.Context(), boss, o.programme, list[0].ID, o.now.AddDate(-1, 0, 0), time.Time{}); err != nil {
			t.Fatal(err)
		}
		// In July the day of London begins at 23:00 UTC.
		night := time.Date(2025, 7, 10, 22, 30, 0, 0, time.UTC)
		s := o.set(t)
		if slots, _ := s.Limits(night); len(slots) != 1 || slots[0].Start != db.Micros(time.Date(2025, 7, 9, 23, 0, 0, 0, time.UTC)) {
			t.Errorf("got %+v", slots)
		}
		o.must(t, s, 1, saleOf(1000, night), 100)
		o.must(t, s, 1, saleOf(1000, night.Add(time.Hour)), 100)
		o.must(t, s, 1, saleOf(1000, night.Add(2*time.Hour)), 0)
		o.sound(t)
	})
}
