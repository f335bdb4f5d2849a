package earn

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/id"
)

func TestCapsCutAndRefuse(t *testing.T) {
	s := rules(t, `{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}],
		"caps":[{"period":"day","points":50},{"period":"week","times":3},{"period":"ever","points":120}]}`)
	monday := time.Date(2011, 6, 13, 9, 0, 0, 0, time.UTC)
	var u Usage
	for i, c := range []struct {
		day  int
		want int64
		why  string
	}{
		{0, 40, "earn.grant"}, {0, 10, "earn.grant_cut"}, {0, 0, "earn.skip.cap"}, // 50 a day
		{1, 40, "earn.grant"}, {2, 0, "earn.skip.cap"}, // three times a week
		{7, 30, "earn.grant_cut"}, {8, 0, "earn.skip.cap"}, // 120 in all
	} {
		f := purchase(4000)
		f.Occurred = monday.AddDate(0, 0, c.day)
		d := s.Decide(f, u)
		var got int64
		var why string
		if len(d.Grants) > 0 {
			got, why = d.Grants[0].Amount, d.Grants[0].Reason.Key
			if sum := d.Grants[0].Shares[0]; sum != got {
				t.Errorf("purchase %d: %d points, %d on its line", i, got, sum)
			}
		} else {
			why = d.Skipped[0].Reason.Key
		}
		if got != c.want || why != c.why {
			t.Errorf("purchase %d: %d by %s, want %d by %s", i, got, why, c.want, c.why)
		}
		u.Apply(&d)
	}
}

// A day ends at midnight in the zone of the programme: in June an hour before
// that of UTC.
func TestCapsFollowTheZone(t *testing.T) {
	s := rules(t, `{"wallet":"WALLET","effects":[{"kind":"fixed","points":1}],"caps":[{"period":"day","times":1}]}`)
	var u Usage
	for when, want := range []int{1, 0, 1} {
		f := purchase(100)
		f.Occurred = time.Date(2011, 6, 15, 22, 30*(when), 0, 0, time.UTC)
		d := s.Decide(f, u)
		if len(d.Grants) != want {
			t.Errorf("at %s: %d grants, want %d", f.Occurred, len(d.Grants), want)
		}
		u.Apply(&d)
	}
}

func TestBudgetCutsTheLastGrant(t *testing.T) {
	s := rules(t, `{"wallet":"WALLET","effects":[{"kind":"fixed","points":40}],"budget":{"points":100}}`)
	shared := Budgets{}
	for i, want := range []int64{40, 40, 20, 0} {
		u := Usage{Budgets: shared} // each time another member
		d := s.Decide(purchase(100), u)
		if got := points(d)[1]; got != want {
			t.Errorf("member %d gets %d, want %d", i, got, want)
		}
		u.Apply(&d)
	}
	if got := shared[1].Points; got != 100 {
		t.Errorf("spent %d", got)
	}
}

// A grant that a limit cut is a whole number from then on: what multiplies it
// does not bring back what was cut.
func TestMultiplierRaisesWhatTheLimitLeft(t *testing.T) {
	s := rules(t,
		`{"wallet":"WALLET","priority":1,"effects":[{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}],"caps":[{"period":"day","points":10}]}`,
		`{"wallet":"WALLET","effects":[{"kind":"multiplier","rate":"2"}]}`)
	if diff := cmp.Diff(map[id.ID]int64{1: 10, 2: 10}, points(s.Decide(purchase(9999), Usage{}))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLimitsNamesWhatMustBeLoaded(t *testing.T) {
	s := rules(t, demo,
		`{"wallet":"WALLET","effects":[{"kind":"fixed","points":1}],"caps":[{"period":"month","points":9},{"period":"month","times":3},{"period":"ever","times":9}],"budget":{"points":5}}`)
	slots, budgets := s.Limits("purchase", sold)
	june := at(t, zone(t, "Europe/London"), "2011-06-01 00:00").UnixMicro()
	if diff := cmp.Diff([]Slot{{2, Month, june}, {2, Ever, 0}}, slots); diff != "" {
		t.Errorf("slots (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]id.ID{2}, budgets); diff != "" {
		t.Errorf("budgets (-want +got):\n%s", diff)
	}
	if slots, budgets := s.Limits("sign_up", sold); slots != nil || budgets != nil {
		t.Errorf("for another kind: %v, %v", slots, budgets)
	}
}

// However purchases of several members are mixed, no member passes a cap and
// all together do not pass the budget; what Decide does not change, Apply does.
func TestLimitsHoldInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		perDay := rapid.Int64Range(1, 60).Draw(rt, "points a day")
		perWeek := rapid.Int64Range(1, 8).Draw(rt, "times a week")
		budget := rapid.Int64Range(1, 300).Draw(rt, "budget")
		s := rules(t, fmt.Sprintf(`{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}],
			"caps":[{"period":"day","points":%d},{"period":"week","times":%d}],"budget":{"points":%d}}`, perDay, perWeek, budget))
		shared, members := Budgets{}, map[int]*Usage{}
		day, week, all := map[string]int64{}, map[string]int64{}, int64(0)
		for range rapid.IntRange(1, 40).Draw(rt, "purchases") {
			who := rapid.IntRange(0, 2).Draw(rt, "member")
			if members[who] == nil {
				members[who] = &Usage{Budgets: shared}
			}
			f := purchase(rapid.Int64Range(0, 5000).Draw(rt, "goods"))
			f.Occurred = sold.Add(time.Duration(rapid.IntRange(0, 20*24).Draw(rt, "hour")) * time.Hour)
			d := s.Decide(f, *members[who])
			if again := s.Decide(f, *members[who]); !cmp.Equal(points(d), points(again)) {
				rt.Fatalf("decided twice: %v, then %v", points(d), points(again))
			}
			members[who].Apply(&d)
			n := points(d)[1]
			local := f.Occurred.In(zone(t, "Europe/London"))
			y, w := local.ISOWeek()
			thatDay, thatWeek := fmt.Sprint(who, local.Format(time.DateOnly)), fmt.Sprint(who, y, w)
			day[thatDay] += n
			week[thatWeek] += int64(len(d.Grants))
			all += n
			if day[thatDay] > perDay || week[thatWeek] > perWeek || all > budget {
				rt.Fatalf("%d points a day, %d times a week, %d in all", day[thatDay], week[thatWeek], all)
			}
		}
	})
}

func TestOneRuleOfAGroupGives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var versions []Version
		group := map[id.ID]string{}
		for i := range rapid.IntRange(1, 8).Draw(rt, "rules") {
			n := id.ID(i + 1)
			v := Version{ID: n, Rule: Rule{ID: n, Trigger: Purchase}, State: Published, Spec: Spec{
				WalletID: spendable, Effects: []Effect{{Kind: Fixed, Points: int64(n)}},
				Priority: rapid.IntRange(0, 3).Draw(rt, "priority"),
				Group:    rapid.SampledFrom([]string{"", "g", "h"}).Draw(rt, "group"),
			}}
			group[n] = v.Spec.Group
			versions = append(versions, v)
		}
		d := ruleset(t, versions...).Decide(purchase(100), Usage{})
		gave := map[string]int{}
		for _, g := range d.Grants {
			gave[group[g.RuleVersion]]++
		}
		if gave["g"] > 1 || gave["h"] > 1 {
			rt.Fatalf("groups gave %v", gave)
		}
		if len(d.Grants)+len(d.Skipped) != len(versions) {
			rt.Fatalf("%d rules, %d gave, %d were skipped", len(versions), len(d.Grants), len(d.Skipped))
		}
		for i := 1; i < len(d.Grants); i++ {
			a, b := d.Grants[i-1].RuleVersion, d.Grants[i].RuleVersion
			pa, pb := versions[a-1].Spec.Priority, versions[b-1].Spec.Priority
			if pa < pb || pa == pb && a > b {
				rt.Fatalf("rule %d of priority %d came before %d of %d", a, pa, b, pb)
			}
		}
	})
}
