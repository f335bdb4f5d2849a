package fraud

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests must not depend on the machine's zones

	"pgregory.net/rapid"

	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestRulesThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct {
		rules []Rule
		code  string
	}{
		{[]Rule{{Kind: "moods", Action: Flag}}, "fraud_kind"},
		{[]Rule{{Kind: PointsDay, Action: Flag}, {Kind: PointsDay, Action: Off}}, "fraud_twice"},
		{[]Rule{{Kind: PointsDay, Action: "shout"}}, "fraud_action"},
		{[]Rule{{Kind: CardTries, Action: Hold}}, "fraud_action"},
		{[]Rule{{Kind: PointsDay, Action: Flag, More: -1}}, "fraud_more"},
		{[]Rule{{Kind: PointsDay, Action: Flag, Times: 2}}, "fraud_times"},
	} {
		s := Spec{Rules: c.rules}
		if f := fault.As(s.Check()); f == nil || f.Code != c.code {
			t.Errorf("%+v: got %v, want %s", c.rules, f, c.code)
		}
	}
	s := Spec{Rules: []Rule{{Kind: StaffGrants, Action: Flag, More: 7, Times: 3}}}
	if err := s.Check(); err != nil || len(s.Rules) != len(Kinds()) || s.Rule(StaffGrants).More != 7 || s.Rule(PointsDay).Action != Off {
		t.Errorf("the rules are %+v (%v), want one of each kind", s.Rules, err)
	}
	d := DefaultSpec()
	if err := d.Check(); err != nil || d.on(PointsDay) {
		t.Errorf("the defaults: %v, watching %t", err, d.on(PointsDay))
	}
}

func TestHoursAreTheZonesAndDaysAreTheCalendars(t *testing.T) {
	calcutta, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 31, 19, 10, 0, 0, time.UTC) // 00:40 on 1 April in Kolkata
	for k, want := range map[Kind]time.Time{
		PointsHour: time.Date(2026, 3, 31, 18, 30, 0, 0, time.UTC), PointsDay: time.Date(2026, 3, 31, 18, 30, 0, 0, time.UTC),
		ReturnsAfterSpending: time.Date(2026, 3, 31, 18, 30, 0, 0, time.UTC), SharedDevice: {},
	} {
		if got := k.Begin(at, calcutta); !got.Equal(want) {
			t.Errorf("%s begins %s, want %s", k, got.UTC(), want)
		}
	}
	first, second := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)
	if PointsHour.Begin(first, berlin).Equal(PointsHour.Begin(second, berlin)) {
		t.Error("the hour that comes twice in autumn is taken for one")
	}
}

func TestStaffAreComparedWithOthersOfTheDay(t *testing.T) {
	r := Rule{Kind: StaffGrants, More: 100, Times: 5}
	for _, c := range []struct {
		figure int64
		others []int64
		want   bool
	}{{100, nil, false}, {101, nil, true}, {500, []int64{100}, false}, {501, []int64{100}, true}, {501, []int64{1, 100, 900}, true}, {501, []int64{200, 300}, false}} {
		if got := r.tooMuch(c.figure, c.others); got != c.want {
			t.Errorf("%d beside %v: %t", c.figure, c.others, got)
		}
	}
	if got, want := usualOf([]int64{9, 1, 5, 7}), (Usual{4, 5, 9}); got != want {
		t.Errorf("usual is %+v, want %+v", got, want)
	}
}

func TestTracesAreAlikeHoweverTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		k        Kind
		one, two string
		same     bool
	}{
		{SharedPhone, "+44 20 7946 0001", "0044-20-79460001", true}, {SharedPhone, "20 7946 0001", "20 7946 0002", false},
		{SharedAddress, "1 Main St.", "1 main st", true}, {SharedDevice, "a-1b2", "A1B2", true},
	} {
		if same := traceOf("s", c.k, c.one) == traceOf("s", c.k, c.two); same != c.same {
			t.Errorf("%q and %q: %t", c.one, c.two, same)
		}
	}
	if traceOf("s", SharedDevice, "a-") != "" || traceOf("s", SharedDevice, "abc") == traceOf("t", SharedDevice, "abc") {
		t.Error("short values leave traces, or two programmes the same")
	}
}

func TestReturnsCountWhenPointsWereSpentBetween(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }
	sold := func(sale, back int) mark {
		return mark{kind: returned, event: id.ID(back), at: day(back), amount: day(sale).UnixMicro()}
	}
	used := func(n int) mark { return mark{kind: spent, event: id.ID(100 + n), at: day(n), amount: 5} }
	for _, c := range []struct {
		marks []mark
		want  int64
	}{
		{[]mark{sold(2, 5)}, 0}, {[]mark{sold(2, 5), used(1)}, 0}, {[]mark{sold(2, 5), used(6)}, 0},
		{[]mark{used(3), sold(2, 5)}, 1}, {[]mark{sold(2, 5), used(3), sold(4, 7)}, 1}, {[]mark{sold(2, 5), used(3), sold(1, 7)}, 2},
	} {
		if got := reckon(ReturnsAfterSpending, c.marks, nil).figure; got != c.want {
			t.Errorf("%v: %d, want %d", c.marks, got, c.want)
		}
	}
}

// TestOrderOfMarksDoesNotMatter reckons marks as drawn and shuffled.
func TestOrderOfMarksDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := rapid.SampledFrom([]Kind{PointsDay, SharedPhone, ReturnsAfterSpending}).Draw(rt, "kind")
		marks := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) mark {
			n := rapid.Int64Range(1, 30).Draw(rt, "at")
			m := mark{kind: k, member: id.ID(rapid.Int64Range(1, 4).Draw(rt, "member")), at: time.UnixMicro(n).UTC(), amount: rapid.Int64Range(1, 30).Draw(rt, "amount")}
			if k == ReturnsAfterSpending {
				m.kind = rapid.SampledFrom([]Kind{spent, returned}).Draw(rt, "mark")
			}
			return m
		}), 0, 12).Draw(rt, "marks")
		for i := range marks {
			marks[i].event = id.ID(i + 1)
		}
		person := func(m id.ID) id.ID { return m }
		one, two := reckon(k, marks, person), reckon(k, rapid.Permutation(marks).Draw(rt, "shuffled"), person)
		if one.figure != two.figure || len(one.marks) != len(two.marks) {
			rt.Fatalf("%+v and %+v", one, two)
		}
		for i := range one.marks {
			if one.marks[i] != two.marks[i] {
				rt.Fatalf("the evidence differs: %+v and %+v", one, two)
			}
		}
	})
}
