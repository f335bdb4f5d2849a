package tier

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// demo is the ladder of the demo programme.
func demo() *Ladder {
	return &Ladder{ID: 5, ProgrammeID: 1, Code: "status", Zone: london, Versions: []Version{{Number: 1, Definition: demoDefinition()}}}
}

func demoDefinition() Definition {
	return Definition{
		Name: "Status", Metric: Spend, Window: Window{RollingMonths, 12}, Drop: Hard,
		Ranks: []Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 100_000}, {Code: "gold", Name: "Gold", Threshold: 500_000}},
	}
}

func local(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, london)
	if err != nil {
		panic(err)
	}
	return t
}

func TestWindowLeaves(t *testing.T) {
	for _, c := range []struct {
		window   Window
		at, want string
	}{
		{Window{RollingMonths, 12}, "2010-12-09 14:05", "2011-12-09 14:05"},
		{Window{RollingMonths, 1}, "2011-01-31 10:00", "2011-02-28 10:00"},
		{Window{RollingMonths, 1}, "2012-01-31 10:00", "2012-02-29 10:00"},
		{Window{RollingMonths, 12}, "2012-02-29 10:00", "2013-02-28 10:00"},
		{Window{RollingMonths, 14}, "2010-12-31 23:59", "2012-02-29 23:59"},
		{Window{RollingMonths, 6}, "2011-01-15 09:30", "2011-07-15 09:30"}, // winter time to summer time
		{Window{RollingMonths, 1}, "2011-08-31 00:00", "2011-09-30 00:00"},
		{Window{CalendarYear, 0}, "2011-01-01 00:00", "2012-01-01 00:00"},
		{Window{CalendarYear, 0}, "2011-12-31 23:59", "2012-01-01 00:00"},
	} {
		if got := c.window.leaves(local(c.at), london); !got.Equal(local(c.want)) {
			t.Errorf("%v from %s: %s, want %s", c.window, c.at, got, c.want)
		}
	}
	if got := (Window{Kind: Lifetime}).leaves(local("2011-01-01 00:00"), london); !got.IsZero() {
		t.Errorf("lifetime ends %s", got)
	}
	if got := (Window{CalendarYear, 0}).leaves(time.Date(2011, 12, 31, 22, 30, 0, 0, time.UTC), mustZone(t, "Asia/Tokyo")); got.Year() != 2013 {
		t.Errorf("the year of the zone: %s", got)
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestVersionInForce(t *testing.T) {
	l := &Ladder{Versions: []Version{{Number: 1, From: midnight(10)}, {Number: 3, From: midnight(20)}, {Number: 2, From: midnight(20)}}}
	for day, want := range map[int]int{9: 0, 10: 1, 19: 1, 20: 2, 99: 2} {
		got := 0
		if v := l.At(midnight(day)); v != nil {
			got = v.Number
		}
		if got != want {
			t.Errorf("day %d: version %d, want %d", day, got, want)
		}
	}
	if v := l.from(midnight(0)); v.Number != 1 {
		t.Errorf("before the beginning: version %d", v.Number)
	}
	if next := l.next(midnight(10)); !next.Equal(midnight(20)) || !l.next(midnight(20)).IsZero() {
		t.Errorf("next version at %s", next)
	}
}

func TestDefinitionCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Definition)
		want   string
	}{
		"the demo":            {func(*Definition) {}, ""},
		"keep at threshold":   {func(d *Definition) { d.Ranks[1].Keep = new(int64(100_000)) }, ""},
		"points of a wallet":  {func(d *Definition) { d.Metric, d.WalletID, d.Decimals = Points, 4, 2 }, ""},
		"one rank":            {func(d *Definition) { d.Ranks = d.Ranks[:1] }, ""},
		"soft for ever":       {func(d *Definition) { d.Drop, d.Window, d.GraceDays = Soft, Window{Kind: Lifetime}, 1 }, ""},
		"no name":             {func(d *Definition) { d.Name = "" }, "ladder_name /name"},
		"no metric":           {func(d *Definition) { d.Metric = "" }, "ladder_metric /metric"},
		"points of nothing":   {func(d *Definition) { d.Metric = Points }, "ladder_wallet /wallet"},
		"a wallet of visits":  {func(d *Definition) { d.Metric, d.WalletID = Visits, 4 }, "ladder_wallet /wallet"},
		"no months":           {func(d *Definition) { d.Window.Months = 0 }, "ladder_window /window"},
		"too many months":     {func(d *Definition) { d.Window.Months = MaxMonths + 1 }, "ladder_window /window"},
		"months of a year":    {func(d *Definition) { d.Window.Kind = CalendarYear }, "ladder_window /window"},
		"minus grace":         {func(d *Definition) { d.GraceDays = -1 }, "ladder_grace /grace_days"},
		"no drop":             {func(d *Definition) { d.Drop = "" }, "ladder_drop /drop"},
		"soft, no grace":      {func(d *Definition) { d.Drop, d.Window = Soft, Window{Kind: Lifetime} }, "ladder_soft_without_grace /grace_days"},
		"no ranks":            {func(d *Definition) { d.Ranks = nil }, "ladder_rank_count /ranks"},
		"bad code":            {func(d *Definition) { d.Ranks[1].Code = "Silver!" }, "rank_code /ranks/1/code"},
		"the same code":       {func(d *Definition) { d.Ranks[2].Code = "silver" }, "rank_code_twice /ranks/2/code"},
		"no rank's name":      {func(d *Definition) { d.Ranks[0].Name = " " }, "ladder_name /ranks/0/name"},
		"not from 0":          {func(d *Definition) { d.Ranks[0].Threshold = 1 }, "rank_order /ranks/0/threshold"},
		"not rising":          {func(d *Definition) { d.Ranks[2].Threshold = 100_000 }, "rank_order /ranks/2/threshold"},
		"keep above":          {func(d *Definition) { d.Ranks[1].Keep = new(int64(100_001)) }, "rank_keep /ranks/1/keep"},
		"minus keep":          {func(d *Definition) { d.Ranks[1].Keep = new(int64(-1)) }, "rank_keep /ranks/1/keep"},
		"perks":               {func(d *Definition) { d.Ranks[1].Perks = strings.Repeat("Tea\r\n\n", 10) }, ""},
		"too many perks":      {func(d *Definition) { d.Ranks[1].Perks = strings.Repeat("Tea\n", 11) }, "rank_perks /ranks/1/perks"},
		"perks too long":      {func(d *Definition) { d.Ranks[1].Perks = strings.Repeat("ż", 1001) }, "rank_perks /ranks/1/perks"},
		"longer times":        {func(d *Definition) { d.Ranks[1].Terms = Terms{MaxReturnDays, MaxWarrantyMonths} }, ""},
		"too many days":       {func(d *Definition) { d.Ranks[1].ReturnDays = 367 }, "rank_return_days /ranks/1/return_days"},
		"minus days":          {func(d *Definition) { d.Ranks[1].ReturnDays = -1 }, "rank_return_days /ranks/1/return_days"},
		"too long a warranty": {func(d *Definition) { d.Ranks[1].WarrantyMonths = 121 }, "rank_warranty /ranks/1/warranty_months"},
		"perks of what":       {func(d *Definition) { d.Ranks[1].Perks = "a\x00" }, "rank_perks /ranks/1/perks"},
		"threshold too large": {func(d *Definition) { d.Ranks[2].Threshold = money.MaxMinor + 1 }, "rank_threshold /ranks/2/threshold"},
	} {
		d := demoDefinition()
		c.change(&d)
		got := ""
		if f := fault.As(d.Check()); f != nil {
			got = f.Code + " " + f.Field
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
