package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/i18n"
)

func TestScale(t *testing.T) {
	for _, tc := range []struct {
		low, high int64
		want      []int64
	}{
		{0, 0, []int64{0, 1}},
		{0, 3, []int64{0, 1, 2, 3}},
		{0, 97, []int64{0, 50, 100}},
		{12, 80, []int64{0, 20, 40, 60, 80}},
		{-30, 100, []int64{-50, 0, 50, 100}},
		{-7, -3, []int64{-8, -6, -4, -2, 0}},
		{0, 116181770, []int64{0, 50000000, 100000000, 150000000}},
	} {
		if diff := cmp.Diff(tc.want, newScale(tc.low, tc.high, 4).ticks); diff != "" {
			t.Errorf("%d to %d: %s", tc.low, tc.high, diff)
		}
	}
}

func TestScaleHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Int64Range(-1<<50, 1<<50).Draw(t, "low")
		high := rapid.Int64Range(low, 1<<50).Draw(t, "high")
		s := newScale(low, high, 4)
		if s.low > low || s.high < high || s.low > 0 || s.high < 0 {
			t.Fatalf("%d to %d is not within %v", low, high, s)
		}
		if n := len(s.ticks); n < 2 || n > 7 {
			t.Fatalf("%d ticks: %v", n, s.ticks)
		}
		for i := 2; i < len(s.ticks); i++ {
			if s.ticks[i]-s.ticks[i-1] != s.ticks[1]-s.ticks[0] {
				t.Fatalf("uneven ticks: %v", s.ticks)
			}
		}
		if y := s.y(s.high, 100); y != 0 {
			t.Fatalf("the highest lies at %v", y)
		}
	})
}

func sample(labels int, series ...[]int64) Chart {
	c := Chart{ID: "c", Title: "Points", Sentence: "They rose.", LabelHead: "Month", Figure: func(v int64) string { return strconv.FormatInt(v, 10) }}
	for i := range labels {
		c.Labels = append(c.Labels, fmt.Sprintf("m%d", i+1))
	}
	for i, v := range series {
		c.Series = append(c.Series, Series{Name: fmt.Sprintf("s%d", i+1), Values: v})
	}
	return c
}

// TestStacksAddUp finds the parts of a column on one another without gap, as
// tall together as their sum.
func TestStacksAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(1, 1_000_000), 2, 6).Draw(t, "parts")
		var series [][]int64
		sum := int64(0)
		for _, p := range parts {
			series = append(series, []int64{p})
			sum += p
		}
		d := sample(1, series...).stackDrawing()
		bottom := plotTop + plotHeight
		for i, b := range d.bars {
			y, tall := number(t, b.y), number(t, b.tall)
			if tall < 1 {
				t.Fatalf("part %d cannot be seen: %v", i, b)
			}
			if tall > 1 && math.Abs(y+tall-bottom) > 1.1 {
				t.Fatalf("part %d does not stand on the one below: %v, %v", i, b, bottom)
			}
			bottom = y
		}
		if want := plotTop + d.scale.y(sum, plotHeight); math.Abs(bottom-want) > 1.1 {
			t.Fatalf("the column ends at %v, not %v", bottom, want)
		}
	})
}

func number(t *rapid.T, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestBarsHangFromZero(t *testing.T) {
	d := sample(2, []int64{50, -50}).barDrawing()
	zero := plotTop + d.scale.y(0, plotHeight)
	up, down := d.bars[0], d.bars[1]
	if down.y != px(zero) || up.tall != down.tall || up.y != px(plotTop) {
		t.Errorf("got %v and %v around %v", up, down, zero)
	}
}

// TestLimitsAreDrawnAndInTheTable: the steps lie where their figures do, the
// axis holds them, a figure beyond them is marked, and the table has them all.
func TestLimitsAreDrawnAndInTheTable(t *testing.T) {
	c := sample(3, []int64{20, 50, 210})
	c.Limits = []Limit{{Name: "Lower", Values: []int64{-40, -30, -30}}, {Name: "Upper", Values: []int64{707, 180, 180}}}
	c.Outside = []bool{false, false, true}
	d := c.lineDrawing(false)
	if d.scale.low > -40 || d.scale.high < 707 {
		t.Errorf("the axis from %d to %d does not hold the limits", d.scale.low, d.scale.high)
	}
	y := func(v int64) string { return px(plotTop + d.scale.y(v, plotHeight)) }
	if want := "M0 " + y(707) + "H333.33V" + y(180) + "H666.67V" + y(180) + "H1000"; len(d.limits) != 2 || d.limits[1] != want {
		t.Errorf("the limits are drawn as %v, want %s", d.limits, want)
	}
	if diff := cmp.Diff([]spot{{percent(c.middle(2)), y(210)}}, d.odd, cmp.AllowUnexported(spot{})); diff != "" {
		t.Errorf("marked (-want +got):\n%s", diff)
	}
	_, table, _ := strings.Cut(html(t, LineChart(newPage(t, i18n.English), c)), "<details")
	for _, figure := range []string{"Lower", "Upper", "-40", "-30", "707", "180", "210"} {
		if !strings.Contains(table, figure) {
			t.Errorf("the table lacks %s", figure)
		}
	}
}

func TestLabelsAreThinned(t *testing.T) {
	for labels, want := range map[int][2]int{1: {1, 1}, 6: {6, 6}, 12: {6, 12}, 13: {5, 13}, 24: {6, 12}, 60: {6, 12}, 365: {5, 13}} {
		d := sample(labels, make([]int64, labels)).barDrawing()
		always := 0
		for _, l := range d.labels {
			if !strings.Contains(l.class, "roomy") {
				always++
			}
		}
		if got := [2]int{always, len(d.labels)}; got != want {
			t.Errorf("%d labels: %v are shown, want %v", labels, got, want)
		}
	}
}

// TestEveryChartHasItsTable finds every figure in the table below each kind of
// chart.
func TestEveryChartHasItsTable(t *testing.T) {
	pg := newPage(t, i18n.Polish)
	c := sample(3, []int64{101, 202, 303}, []int64{404, 505}) // the second series is one short
	for name, page := range map[string]string{
		"bar": html(t, BarChart(pg, c)), "stack": html(t, StackedBars(pg, c)), "line": html(t, LineChart(pg, c)),
		"area": html(t, AreaChart(pg, c)), "horizontal": html(t, HorizontalBars(pg, c)),
	} {
		_, table, found := strings.Cut(page, "<details")
		if !found || !strings.Contains(table, "<table") || !strings.Contains(page, "They rose.") {
			t.Errorf("%s has no table or no sentence", name)
		}
		for _, figure := range []string{"Month", "m1", "m3", "s1", "s2", ">101<", ">303<", ">505<", ">0<"} {
			if !strings.Contains(table, figure) {
				t.Errorf("%s: %s is not in the table", name, figure)
			}
		}
		if got := strings.Contains(table, ">707<") && strings.Contains(table, "Razem"); got != (name == "stack") {
			t.Errorf("%s: sums are shown: %v", name, got)
		}
		if strings.Contains(page, "style=") || strings.Contains(page, "NaN") {
			t.Errorf("%s: %s", name, page)
		}
	}
}

// TestAChartsOwnTableIsItsOnlyOne: a table that tells more stands in place of
// that of the bare figures, open.
func TestAChartsOwnTableIsItsOnlyOne(t *testing.T) {
	c := sample(2, []int64{101, 202})
	c.Table = &Table{Caption: "Shares", Columns: []Column{{Head: "Share"}}, Rows: []Row{{Cells: []templ.Component{Words("a third of 303")}}}}
	page := html(t, HorizontalBars(newPage(t, i18n.English), c))
	if strings.Count(page, "<table") != 1 || strings.Contains(page, "<details") || !strings.Contains(page, "a third of 303") || !strings.Contains(page, "They rose.") {
		t.Error(page)
	}
}

func TestChartsWithoutFigures(t *testing.T) {
	pg := newPage(t, i18n.English)
	for name, c := range map[string]Chart{"no labels": sample(0, []int64{}), "no series": sample(2)} {
		for _, page := range []string{html(t, BarChart(pg, c)), html(t, AreaChart(pg, c)), html(t, HorizontalBars(pg, c))} {
			if !strings.Contains(page, "no figures to show yet") || strings.Contains(page, "<svg") {
				t.Errorf("%s: %s", name, page)
			}
		}
	}
}
