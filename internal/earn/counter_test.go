package earn_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// batch decides about one purchase of each member in one transaction, as flow
// does, and returns what each got.
func (w *world) batch(ctx context.Context, when time.Time, members ...id.ID) (map[id.ID]int64, error) {
	set, err := earn.LoadRuleset(ctx, w.d.Reader(), w.programme)
	if err != nil {
		return nil, err
	}
	got := map[id.ID]int64{}
	err = w.d.InTx(ctx, func(tx *db.Tx) error {
		wants := earn.Wants{}
		slots, rules := set.Limits("purchase", when)
		for _, m := range members {
			wants[m] = slots
		}
		counts, err := earn.LoadUsage(ctx, tx, wants)
		if err != nil {
			return err
		}
		budgets, err := earn.LoadBudgets(ctx, tx, rules)
		if err != nil {
			return err
		}
		for _, m := range members {
			u := earn.Usage{Counts: counts[m], Budgets: budgets}
			d := set.Decide(&earn.Facts{Kind: "purchase", Occurred: when}, u)
			u.Apply(&d)
			counts[m] = u.Counts
			for _, g := range d.Grants {
				got[m] += g.Amount
			}
		}
		if err := earn.ReserveBudgets(ctx, tx, budgets); err != nil {
			return err
		}
		return earn.SaveUsage(ctx, tx, w.now, counts)
	})
	return got, err
}

func TestUsageIsKeptByMemberRuleAndPeriod(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.create(t, "Daily", fixed(t, "10", `,"caps":[{"period":"day","points":15},{"period":"month","times":3}]`))
		w.create(t, "Once", fixed(t, "100", `,"caps":[{"period":"ever","times":1}]`))
		// 1 January 2026, a Thursday: the day and the month begin at one instant.
		for i, c := range []struct {
			day  int
			want map[id.ID]int64
		}{
			{0, map[id.ID]int64{1: 110, 2: 110}},
			{0, map[id.ID]int64{1: 5, 2: 5}},
			{1, map[id.ID]int64{1: 10, 2: 10}},
			{2, map[id.ID]int64{}}, // three times that month
			{31, map[id.ID]int64{1: 10, 2: 10}},
		} {
			got, err := w.batch(t.Context(), w.now.AddDate(0, 0, c.day), 1, 2)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("batch %d (-want +got):\n%s", i, diff)
			}
		}
	})
}

// Counters belong to the rule: its next version goes on with them.
func TestUsageOutlivesVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.create(t, "Once", fixed(t, "1", `,"caps":[{"period":"ever","times":1}],"budget":{"points":5}`))
		if _, err := w.batch(ctx, w.now, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SaveDraft(ctx, system, w.programme, v.Rule.ID, fixed(t, "9", `,"caps":[{"period":"ever","times":1}],"budget":{"points":5}`)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Publish(ctx, system, w.programme, v.Rule.ID, time.Time{}); err != nil {
			t.Fatal(err)
		}
		got, err := w.batch(ctx, w.now, 1, 2)
		if diff := cmp.Diff(map[id.ID]int64{2: 4}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestLoadUsageReturnsOnlyWhatIsWanted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		rule := w.create(t, "Daily", fixed(t, "10", `,"caps":[{"period":"day","times":5}]`)).Rule.ID
		for day := range 3 {
			if _, err := w.batch(ctx, w.now.AddDate(0, 0, day), 1, 2); err != nil {
				t.Fatal(err)
			}
		}
		want := earn.Slot{RuleID: rule, Period: earn.Day, Start: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).UnixMicro()}
		got, err := earn.LoadUsage(ctx, w.d.Reader(), earn.Wants{2: {want}, 3: {want}, 4: nil})
		if diff := cmp.Diff(map[id.ID]earn.Counts{2: {want: {Times: 1, Points: 10}}}, got, cmpopts.IgnoreUnexported(earn.Count{})); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

// The number of statements depends neither on the members nor, without
// limits, on anything.
func TestStatementsOfABatch(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.create(t, "Plain", fixed(t, "1", ""))
		sent := func(when time.Time, members ...id.ID) uint64 {
			before := w.d.Statements()
			if _, err := w.batch(t.Context(), when, members...); err != nil {
				t.Fatal(err)
			}
			return w.d.Statements() - before
		}
		if n := sent(w.now, 1, 2, 3); n != 2 { // the programme and its rules
			t.Errorf("without limits %d statements were sent", n)
		}
		w.create(t, "Limited", fixed(t, "1", `,"caps":[{"period":"day","times":1},{"period":"ever","points":9}],"budget":{"points":900}`))
		many := make([]id.ID, 256)
		for i := range many {
			many[i] = id.ID(i + 1)
		}
		if one, all := sent(w.now.AddDate(0, 0, 1), 1), sent(w.now.AddDate(0, 0, 2), many...); one != all || one != 6 {
			t.Errorf("%d statements for one member, %d for 256", one, all)
		}
	})
}

func TestBudgetIsNeverPassed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.create(t, "First", fixed(t, "7", `,"budget":{"points":100}`))
		w.create(t, "Second", fixed(t, "3", `,"budget":{"points":60}`))
		var mu sync.Mutex
		var wg sync.WaitGroup
		sum := int64(0)
		for lane := range 4 {
			wg.Go(func() {
				for i := range 10 {
					got, err := w.untilTaken(ctx, id.ID(lane*10+i+1))
					if err != nil {
						t.Errorf("lane %d: %v", lane, err)
						return
					}
					mu.Lock()
					for _, n := range got {
						sum += n
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if sum != 160 {
			t.Errorf("%d points were given of budgets of 160", sum)
		}
		if faults, err := earn.Check(ctx, w.d.Reader(), w.programme); err != nil || len(faults) > 0 {
			t.Errorf("check: %v, %v", faults, err)
		}
	})
}

// untilTaken repeats a batch that another was faster than.
func (w *world) untilTaken(ctx context.Context, member id.ID) (map[id.ID]int64, error) {
	for {
		got, err := w.batch(ctx, w.now, member)
		if f := fault.As(err); f == nil || f.Code != "budget_moved" {
			return got, err
		}
	}
}

// A claim that was reckoned from what is no longer so takes nothing, not even
// what would still fit of another rule.
func TestReserveRefusesWhatNoLongerFits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := w.create(t, "First", fixed(t, "6", `,"budget":{"points":10}`)).Rule.ID
		second := w.create(t, "Second", fixed(t, "6", `,"budget":{"points":100}`)).Rule.ID
		set, err := earn.LoadRuleset(ctx, w.d.Reader(), w.programme)
		if err != nil {
			t.Fatal(err)
		}
		claim := func() earn.Budgets {
			b := earn.Budgets{}
			u := earn.Usage{Budgets: b}
			d := set.Decide(&earn.Facts{Kind: "purchase", Occurred: w.now}, u)
			u.Apply(&d)
			return b
		}
		reserve := func(b earn.Budgets) error {
			return w.d.InTx(ctx, func(tx *db.Tx) error { return earn.ReserveBudgets(ctx, tx, b) })
		}
		if err := reserve(claim()); err != nil {
			t.Fatal(err)
		}
		err = reserve(claim()) // it does not know of the first
		refused(t, err, "budget_moved", "")
		if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
			t.Errorf("it is %s", f.Kind)
		}
		got, err := earn.LoadBudgets(ctx, w.d.Reader(), []id.ID{second, first, second})
		if err != nil || got[first].Points != 6 || got[second].Points != 6 {
			t.Errorf("kept %+v, %v", got, err)
		}
	})
}

func TestNothingToDoSendsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, before := t.Context(), w.d.Statements()
		err := w.d.InTx(ctx, func(tx *db.Tx) error {
			_, err1 := earn.LoadUsage(ctx, tx, earn.Wants{1: nil})
			_, err2 := earn.LoadBudgets(ctx, tx, nil)
			return errors.Join(err1, err2, earn.SaveUsage(ctx, tx, w.now, map[id.ID]earn.Counts{1: {}}), earn.ReserveBudgets(ctx, tx, earn.Budgets{7: {Points: 3}}))
		})
		if n := w.d.Statements() - before; err != nil || n != 0 {
			t.Errorf("%d statements were sent (%v)", n, err)
		}
	})
}

func TestCheckFindsWhatContradictsItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.create(t, "Points", fixed(t, "1", `,"caps":[{"period":"day","times":1}],"budget":{"points":9}`))
		if _, err := w.batch(ctx, w.now, 1); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
		if _, err := w.SaveDraft(ctx, system, w.programme, v.Rule.ID, fixed(t, "2", "")); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Publish(ctx, system, w.programme, v.Rule.ID, time.Time{}); err != nil {
			t.Fatal(err)
		}
		for _, harm := range []struct {
			statement string
			faults    int
		}{
			{`UPDATE earn_version SET ends = ends + 1 WHERE number = 1`, 1},
			{`UPDATE earn_version SET spec = REPLACE(spec, 'fixed', 'multiplier') WHERE number = 1`, 2},
			{`UPDATE earn_budget SET points = -1`, 3},
			{`UPDATE earn_usage SET times = -1`, 4},
		} {
			err := w.d.InTx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, harm.statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			faults, err := earn.Check(ctx, w.d.Reader(), w.programme)
			if err != nil || len(faults) != harm.faults {
				t.Errorf("after %s: %v (%v), want %d faults", harm.statement, faults, err, harm.faults)
			}
		}
	})
}
