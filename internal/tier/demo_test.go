package tier

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// told carries out steps and fails the test at the first that fails.
func told(t *testing.T, steps ...error) {
	t.Helper()
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
}

func TestDemoLadder(t *testing.T) {
	a := NewAccount(demo(), 7)
	first, second := local("2010-12-01 08:26"), local("2011-03-01 12:00")
	told(t, a.Credit(first, first, 1, 60_000), a.Credit(second, second, 2, 40_000))
	if s := a.Standing(); s.Rank != "silver" || !s.Since.Equal(second) || !a.NextDue().Equal(local("2011-12-01 08:26")) {
		t.Fatalf("after £1,000: %+v, due %s", s, a.NextDue())
	}
	told(t, a.Post(local("2011-12-01 08:25")))
	if a.Rank() != "silver" {
		t.Error("a credit counts up to the same clock time 12 months later")
	}
	told(t, a.Post(local("2012-05-01 00:00")))
	if s := a.Standing(); s.Rank != "regular" || !s.Since.Equal(local("2011-12-01 08:26")) || s.Metric != 0 {
		t.Errorf("afterwards: %+v", s)
	}
	want := []string{"2011-03-01: regular to silver", "2011-12-01: silver to regular"}
	if diff := cmp.Diff(want, moves(a.Changes())); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestReturnsAreTakenOffAtTheSale(t *testing.T) {
	a := NewAccount(demo(), 7)
	sold, back := local("2010-12-01 10:00"), local("2011-02-01 10:00")
	told(t, a.Credit(sold, sold, 1, 500_000), a.Credit(back, back, 2, 100), a.TakeOff(back, Sold{1, sold}, 3, 200))
	if s := a.Standing(); s.Rank != "silver" || s.Metric != 499_900 {
		t.Fatalf("after the return: %+v", s)
	}
	told(t, a.TakeOff(back, Sold{1, sold}, 4, 1_000_000))
	if s := a.Standing(); s.Metric != 100 {
		t.Errorf("more came back than was bought: metric %d", s.Metric)
	}
	late := local("2012-01-01 10:00")
	told(t, a.Credit(late, late, 5, 10), a.TakeOff(late, Sold{1, sold}, 6, 10))
	if s := a.Standing(); s.Metric != 110 {
		t.Errorf("what has left is not taken off again: metric %d", s.Metric)
	}
}

func TestWhatWasCreditedHereNeedNotBeLoaded(t *testing.T) {
	a := NewAccount(demo(), 7)
	sold, late := local("2010-12-01 10:00"), local("2012-01-01 10:00")
	a.partial, a.kept = true, local("2011-01-01 10:00")
	told(t, a.Credit(sold, sold, 1, 100), a.Credit(sold, sold, 2, 0), a.Post(late))
	told(t, a.TakeOff(late, Sold{1, sold}, 9, 10), a.TakeOff(late, Sold{2, sold}, 9, 10), a.TakeOff(late, Sold{3, sold}, 9, 0), a.TakeOff(late, Sold{4, late}, 9, 10))
	if err := a.TakeOff(late, Sold{5, sold}, 9, 10); err == nil || a.Standing().Metric != 0 {
		t.Errorf("took off what is not loaded: %v, metric %d", err, a.Standing().Metric)
	}
}

func TestLateCredit(t *testing.T) {
	a := NewAccount(demo(), 7)
	now := local("2011-10-01 10:00")
	told(t, a.Credit(now, local("2011-06-01 10:00"), 1, 100_000), a.Credit(now, local("2010-09-30 10:00"), 2, 900_000))
	if s := a.Standing(); s.Rank != "silver" || !s.Since.Equal(now) || s.Metric != 100_000 {
		t.Errorf("a late sale raises from now, one too old not at all: %+v", s)
	}
	if rank, err := a.RankAt(local("2011-07-01 10:00")); err != nil || rank != "regular" {
		t.Errorf("the rank in July: %s, %v", rank, err)
	}
	if !a.NextDue().Equal(local("2012-06-01 10:00")) {
		t.Errorf("leaves %s", a.NextDue())
	}
}

func TestLadderThatBeginsLater(t *testing.T) {
	l := demo()
	l.Versions[0].From = local("2011-01-01 00:00")
	a := NewAccount(l, 7)
	told(t, a.Credit(local("2010-12-31 10:00"), local("2010-12-31 10:00"), 1, 900_000), a.Credit(local("2011-01-02 10:00"), local("2011-01-02 10:00"), 2, 100_000))
	if s := a.Standing(); s.Rank != "silver" || s.Metric != 100_000 {
		t.Errorf("only what was bought since counts: %+v", s)
	}
}

func TestSoftFallGoesStepByStep(t *testing.T) {
	for name, c := range map[string]struct {
		window Window
		grace  int
		want   []string
	}{
		"with grace":    {Window{RollingMonths, 12}, 30, []string{"2010-12-01: regular to gold", "2011-12-31: gold to silver", "2012-01-30: silver to regular"}},
		"a window each": {Window{RollingMonths, 12}, 0, []string{"2010-12-01: regular to gold", "2011-12-01: gold to silver", "2012-12-01: silver to regular"}},
		"a year each":   {Window{Kind: CalendarYear}, 0, []string{"2010-12-01: regular to gold", "2011-01-01: gold to silver", "2012-01-01: silver to regular"}},
	} {
		l := demo()
		l.Versions[0].Drop, l.Versions[0].Window, l.Versions[0].GraceDays = Soft, c.window, c.grace
		a := NewAccount(l, 7)
		told(t, a.Credit(local("2010-12-01 10:00"), local("2010-12-01 10:00"), 1, 500_000), a.Post(local("2013-12-31 00:00")))
		if diff := cmp.Diff(c.want, moves(a.Changes())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSoftFallEndsOnWhatWasGiven(t *testing.T) {
	l := demo()
	l.Versions[0].Drop, l.Versions[0].GraceDays = Soft, 30
	a := NewAccount(l, 7)
	bought := local("2010-12-01 10:00")
	told(t, a.Credit(bought, bought, 1, 500_000), a.SetByHand(bought, "silver", time.Time{}, "x", ""), a.Post(local("2011-12-31 10:00")))
	if s := a.Standing(); s.Rank != "silver" || !s.FallsAt.IsZero() {
		t.Errorf("after the first step: %+v", s)
	}
}

func TestGraceIsCancelledByBuying(t *testing.T) {
	l := demo()
	l.Versions[0].GraceDays = 30
	l.Versions[0].Ranks[1].Keep = new(int64(80_000))
	a := NewAccount(l, 7)
	told(t, a.Credit(local("2010-12-01 10:00"), local("2010-12-01 10:00"), 1, 100_000), a.Post(local("2011-12-01 10:00")))
	p, err := a.Progress(local("2011-12-05 10:00"))
	told(t, err)
	if p.Rank != "silver" || p.Keep != 80_000 || p.FallsTo != "regular" || !p.FallsAt.Equal(local("2011-12-31 10:00")) {
		t.Errorf("in grace: %+v", p)
	}
	told(t, a.Credit(local("2011-12-30 10:00"), local("2011-12-30 10:00"), 2, 80_000), a.Post(local("2012-12-01 00:00")))
	if s := a.Standing(); s.Rank != "silver" || !s.FallsAt.IsZero() {
		t.Errorf("after buying in grace: %+v", s)
	}
}

func TestRankByHandIsAFloor(t *testing.T) {
	a := NewAccount(demo(), 7)
	now, end := local("2011-01-01 10:00"), local("2011-04-01 00:00")
	told(t, a.SetByHand(now, "gold", end, "staff:stf_1", "status match"), a.Credit(now, now, 1, 100_000))
	if s := a.Standing(); s.Rank != "gold" || s.Hand != "gold" {
		t.Fatalf("given: %+v", s)
	}
	told(t, a.TakeOff(local("2011-02-01 10:00"), Sold{1, now}, 2, 10), a.Post(end))
	if s := a.Standing(); s.Rank != "regular" || s.Hand != "" || !s.Since.Equal(end) {
		t.Errorf("ended: %+v", s)
	}
	told(t, a.SetByHand(end, "regular", time.Time{}, "staff:stf_1", ""), a.TakeHandBack(end, "staff:stf_2", ""))
	last := a.Changes()[len(a.Changes())-1]
	if last.From != last.To || last.Actor != "staff:stf_2" || len(a.Changes()) != 4 {
		t.Errorf("every doing by hand stands in the history: %+v", a.Changes())
	}
	for name, err := range map[string]error{
		"unknown_rank":    a.SetByHand(end, "black", time.Time{}, "", ""),
		"rank_until_past": a.SetByHand(end, "gold", end, "", ""),
		"no_rank_by_hand": a.TakeHandBack(end, "", ""),
	} {
		if f := fault.As(err); f == nil || f.Code != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSaid(t *testing.T) {
	texts, err := i18n.New()
	if texts == nil {
		t.Fatal(err)
	}
	a := NewAccount(demo(), 7)
	bought := local("2011-01-01 10:00")
	told(t, a.Credit(bought, bought, 1, 501_240), a.TakeOff(bought, Sold{1, bought}, 2, 5_040), a.SetByHand(bought, "gold", local("2011-04-01 00:00"), "x", "VIP"))
	p, err := a.Progress(bought)
	told(t, err)
	told(t, a.TakeHandBack(bought, "x", ""))
	lower, err := a.Progress(bought)
	told(t, err, a.SetByHand(bought, "gold", time.Time{}, "x", ""), a.TakeOff(bought, Sold{1, bought}, 2, 400_000), a.TakeHandBack(bought, "x", "moved away"))
	c := a.Changes()
	for _, want := range []struct {
		said i18n.Text
		all  [3]string
	}{
		{c[0].Reason, [3]string{"£5,012.40 of goods in the last 12 months", "товаров на 5 012,40 £ за последние 12 месяцев", "towary za 5012,40 £ w ostatnich 12 miesiącach"}},
		{c[1].Reason, [3]string{"Goods came back, which leaves £4,962.00 of goods in the last 12 months; the rank takes £5,000.00", "", ""}},
		{c[2].Reason, [3]string{"Given by hand until 31 March 2011: VIP", "Присвоен вручную по 31 марта 2011 г.: VIP", "Nadany ręcznie do 31 marca 2011: VIP"}},
		{c[len(c)-1].Reason, [3]string{"The rank given by hand was taken back: moved away", "Статус, присвоенный вручную, отозван: moved away", "Status nadany ręcznie został cofnięty: moved away"}},
		{p.Words, [3]string{"Gold is the highest rank", "«Gold» — высший статус", "Gold to najwyższy status"}},
		{lower.Words, [3]string{"£38.00 more by 31 December 2011 for Gold", "Ещё 38,00 £ по 31 декабря 2011 г. — и статус «Gold»", "Jeszcze 38,00 £ do 31 grudnia 2011 do statusu Gold"}},
	} {
		for i, l := range []i18n.Lang{"en", "ru", "pl"} {
			if got := plainSpaces(texts.Printer(l, london, "GBP").Say(want.said)); want.all[i] != "" && got != want.all[i] {
				t.Errorf("%s: %q, want %q", l, got, want.all[i])
			}
		}
	}
}

func plainSpaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, s)
}
