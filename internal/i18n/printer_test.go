package i18n

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/fault"
	"regulars/internal/money"
)

func printers(t *testing.T, zone string) map[Lang]*Printer {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	out := map[Lang]*Printer{}
	for _, l := range Langs() {
		out[l] = c.Printer(l, loc, "GBP")
	}
	return out
}

func TestFigures(t *testing.T) {
	p := printers(t, "UTC")
	for _, tc := range []struct {
		name string
		say  func(*Printer) string
		want [3]string // en, ru, pl
	}{
		{"number", func(p *Printer) string { return p.Number(1234567) }, [3]string{"1,234,567", "1\u202f234\u202f567", "1\u202f234\u202f567"}},
		{"four digits", func(p *Printer) string { return p.Number(-1234) }, [3]string{"−1,234", "−1\u202f234", "−1234"}},
		{"least", func(p *Printer) string { return p.Number(math.MinInt64) }, [3]string{"−9,223,372,036,854,775,808", "−9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808", "−9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808"}},
		{"signed", func(p *Printer) string { return p.Signed(5) + p.Signed(-5) + p.Signed(0) }, [3]string{"+5−50", "+5−50", "+5−50"}},
		{"decimal", func(p *Printer) string { return p.Decimal(-5, 2) }, [3]string{"−0.05", "−0,05", "−0,05"}},
		{"trimmed", func(p *Printer) string { return p.Trimmed(1500, 3) + " " + p.Trimmed(2000, 3) }, [3]string{"1.5 2", "1,5 2", "1,5 2"}},
		{"rate", func(p *Printer) string { return p.Rate(money.NewRate(5, 4)) + " " + p.Rate(money.NewRate(1, 3)) }, [3]string{"1.25 1/3", "1,25 1/3", "1,25 1/3"}},
		{"pounds", func(p *Printer) string { return p.Money(123450, "") }, [3]string{"£1,234.50", "1\u202f234,50\u00a0£", "1234,50\u00a0£"}},
		{"debt", func(p *Printer) string { return p.Money(-5, "EUR") }, [3]string{"−€0.05", "−0,05\u00a0€", "−0,05\u00a0€"}},
		{"zloty", func(p *Printer) string { return p.Money(1000, "PLN") }, [3]string{"zł\u00a010.00", "10,00\u00a0zł", "10,00\u00a0zł"}},
		{"roubles", func(p *Printer) string { return p.Money(1000, "RUB") }, [3]string{"₽10.00", "10,00\u00a0₽", "10,00\u00a0₽"}},
		{"yen", func(p *Printer) string { return p.Money(1000, "JPY") }, [3]string{"¥1,000", "1\u202f000\u00a0¥", "1000\u00a0¥"}},
		{"francs", func(p *Printer) string { return p.Money(100, "CHF") }, [3]string{"CHF\u00a01.00", "1,00\u00a0CHF", "1,00\u00a0CHF"}},
		{"signed money", func(p *Printer) string { return p.SignedMoney(100, "") }, [3]string{"+£1.00", "+1,00\u00a0£", "+1,00\u00a0£"}},
		{"percent", func(p *Printer) string { return p.Percent(1, 8, 1) }, [3]string{"12.5%", "12,5\u00a0%", "12,5%"}},
		{"percent up", func(p *Printer) string { return p.Percent(2, 3, 0) + p.Percent(-1, 1000, 0) }, [3]string{"67%0%", "67\u00a0%0\u00a0%", "67%0%"}},
		{"percent of nothing", func(p *Printer) string { return p.Percent(1, 0, 0) }, [3]string{"—", "—", "—"}},
		{"compact", func(p *Printer) string { return p.Compact(9999) + " " + p.Compact(12500) + " " + p.Compact(-3000000) }, [3]string{"9,999 12.5k −3m", "9\u202f999 12,5\u00a0тыс. −3\u00a0млн", "9999 12,5\u00a0tys. −3\u00a0mln"}},
		{"compact money", func(p *Printer) string { return p.CompactMoney(1250000, "") + " " + p.CompactMoney(50, "") }, [3]string{"£12.5k £0.50", "12,5\u00a0тыс.\u00a0£ 0,50\u00a0£", "12,5\u00a0tys.\u00a0£ 0,50\u00a0£"}},
		{"list", func(p *Printer) string {
			return p.List([]string{"A", "B"}) + p.Either([]string{"A", "B"}) + p.List(nil)
		}, [3]string{"A and BA or B", "A и BA или B", "A i BA lub B"}},
	} {
		for i, l := range Langs() {
			if got := tc.say(p[l]); got != tc.want[i] {
				t.Errorf("%s in %s: got %q, want %q", tc.name, l, got, tc.want[i])
			}
		}
	}
}

func TestDates(t *testing.T) {
	p := printers(t, "Europe/Warsaw")
	at := time.Date(2011, 12, 8, 23, 5, 0, 0, time.UTC) // five past midnight in Warsaw
	for _, tc := range []struct {
		name string
		say  func(*Printer) string
		want [3]string
	}{
		{"date", func(p *Printer) string { return p.Date(at) }, [3]string{"9 December 2011", "9 декабря 2011\u00a0г.", "9 grudnia 2011"}},
		{"datetime", func(p *Printer) string { return p.DateTime(at) }, [3]string{"9 December 2011, 00:05", "9 декабря 2011\u00a0г., 00:05", "9 grudnia 2011, 00:05"}},
		{"axis", func(p *Printer) string { return p.DayMonth(at) }, [3]string{"9\u00a0Dec", "9\u00a0дек.", "9\u00a0gru"}},
		{"short", func(p *Printer) string { return p.ShortDate(at) }, [3]string{"9\u00a0Dec\u00a02011", "9\u00a0дек.\u00a02011", "9\u00a0gru\u00a02011"}},
		{"month", func(p *Printer) string { return p.Month(at) }, [3]string{"December 2011", "декабрь 2011\u00a0г.", "grudzień 2011"}},
		{"short month", func(p *Printer) string { return p.ShortMonth(time.May) + p.ShortMonth(time.October) }, [3]string{"MayOct", "майокт", "majpaź"}},
		{"weekdays", func(p *Printer) string { return p.Weekday(1) + " " + p.Weekday(7) }, [3]string{"Monday Sunday", "понедельник воскресенье", "poniedziałek niedziela"}},
		{"clock", func(p *Printer) string { return p.Clock(at) }, [3]string{"00:05", "00:05", "00:05"}},
		{"birthday", func(p *Printer) string { return p.Civil(0, time.May, 3) }, [3]string{"3 May", "3 мая", "3 maja"}},
		{"never", func(p *Printer) string { return p.Date(time.Time{}) + p.ShortDate(time.Time{}) + p.Month(time.Time{}) }, [3]string{"———", "———", "———"}},
	} {
		for i, l := range Langs() {
			if got := tc.say(p[l]); got != tc.want[i] {
				t.Errorf("%s in %s: got %q, want %q", tc.name, l, got, tc.want[i])
			}
		}
	}
}

// TestSayAfterJSON holds that a stored message reads as it did when it was
// made, whatever JSON made of its arguments.
func TestSayAfterJSON(t *testing.T) {
	p := printerOf(t, Russian, "{n} {n, number} {r, number} {sum, money} {at, datetime} {day, date} {in} {list} {n, plural, one {a} few {b} many {c} other {d}} {k, select, true {yes} other {no}}")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		was := Text{Key: "m", Args: map[string]any{
			"n": n, "r": money.NewRate(rapid.Int64Range(-1e9, 1e9).Draw(t, "rate"), 64), "sum": n,
			"at": time.UnixMicro(rapid.Int64Range(1, 1<<52).Draw(t, "at")), "day": "2011-12-09",
			"in": Text{Key: "inner", Args: map[string]any{"x": n}}, "list": []string{"a", "b"}, "k": rapid.Bool().Draw(t, "k"),
		}}
		raw, err := json.Marshal(was)
		if err != nil {
			t.Fatal(err)
		}
		var is Text
		if err := json.Unmarshal(raw, &is); err != nil {
			t.Fatal(err)
		}
		if got, want := p.Say(is), p.Say(was); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestMicrosecondsAreTimes(t *testing.T) {
	p := printerOf(t, English, "{at, date}")
	at := time.Date(2011, 12, 9, 0, 0, 0, 0, time.UTC).UnixMicro()
	for _, v := range []any{at, float64(at), json.Number("1323388800000000")} {
		if got := p.T("m", "at", v); got != "9 December 2011" {
			t.Errorf("%T: got %q", v, got)
		}
	}
	if got := p.T("m", "at", 0); got != "—" {
		t.Errorf("zero: got %q", got)
	}
}

func TestSayNeverFails(t *testing.T) {
	p := printers(t, "UTC")[Polish]
	circle := Text{Key: "fault.malformed_number", Args: map[string]any{}}
	circle.Args["value"] = &circle
	for _, s := range []string{
		p.T("no.such.key"), p.T("no.such.key", "odd"), p.Say(circle), p.Say(Text{}),
		p.T("fault.malformed_number", "value", (*Text)(nil)), p.T("fault.malformed_number", "value", (*money.Rate)(nil)),
	} {
		t.Log(s)
	}
	if got := p.T("no.such.key", "n", 1); got != "no.such.key" {
		t.Errorf("got %q, want the key", got)
	}
}

func TestFault(t *testing.T) {
	p := printers(t, "UTC")[Polish]
	_, err := money.ParseRate("x")
	if got, want := p.Fault(fault.As(err)), "„x” nie jest liczbą w postaci 1.25 ani ułamkiem w postaci 5/4."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := p.Fault(fault.Busy("not_in_the_catalog", "come back later")); got != "come back later" {
		t.Errorf("got %q", got)
	}
}

func TestParseLang(t *testing.T) {
	for tag, want := range map[string]Lang{"pl": Polish, "PL-pl": Polish, "ru_RU": Russian, "en": English} {
		if got, ok := ParseLang(tag); got != want || !ok {
			t.Errorf("%s: got %s %v", tag, got, ok)
		}
	}
	for _, tag := range []string{"", "p", "pol", "de", "deutsch"} {
		if got, ok := ParseLang(tag); got != English || ok {
			t.Errorf("%s: got %s %v, want English and false", tag, got, ok)
		}
	}
}
