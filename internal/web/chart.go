package web

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Chart is figures over labels: months, shops, ranks. It is drawn on the
// server and always has its table.
type Chart struct {
	// ID is unique on the page.
	ID string
	// Title names the picture; Sentence says what it shows, for those who do
	// not see it too.
	Title, Sentence string
	// LabelHead is the head of the labels' column: Month.
	LabelHead string
	Labels    []string
	// Ticks are shorter labels for the axis; Labels when nil.
	Ticks  []string
	Series []Series
	// Limits are lines that a figure beyond them is told by: those of a control
	// chart. Only a LineChart draws them; every table has them.
	Limits []Limit
	// Outside marks the labels whose figure of the first series lies beyond its
	// limits; nil marks none.
	Outside []bool
	// Figure prints a figure in full, Axis for the axis; see Printer.Money and
	// Printer.CompactMoney. Axis defaults to Figure.
	Figure, Axis func(int64) string
	// Table tells more of the figures than that of labels and figures would, and
	// stands open in its place.
	Table *Table
}

// Series is one row of figures, one per label.
type Series struct {
	Name   string
	Values []int64
}

// Limit is a line of limits: one figure per label, as a limit may move with how
// much stands behind a figure.
type Limit struct {
	Name   string
	Values []int64
}

// The measures of a plot, in CSS pixels. Above it is room for the figures
// under the pointer, below it for the labels.
const (
	plotTop    = 24.0
	plotHeight = 180.0
	plotBottom = 24.0
	chartTall  = plotTop + plotHeight + plotBottom
	axisSteps  = 4
	letter     = 7.2 // the width of an average figure of the axis
	lineWide   = 1000.0
)

// drawing is a chart laid out. Lengths across are in per cent of the plot, so
// that it is as wide as its place while its words keep their size.
type drawing struct {
	scale  scale
	wide   string // of the axis
	grid   []gridLine
	labels []xLabel
	bars   []bar
	lines  []line
	limits []string // paths
	odd    []spot
	hovers []hover
}

// spot is where a figure lies.
type spot struct{ x, y string }

type gridLine struct {
	y, textY, text string
	zero           bool
}

type xLabel struct{ x, class, text string }

type bar struct{ x, y, wide, tall, class string }

type line struct{ class, path, area, dotX, dotY string }

// hover is a band of the plot that shows its figures under the pointer.
type hover struct{ x, wide, middle, textX, anchor, text string }

func (c Chart) axis(v int64) string {
	if c.Axis != nil {
		return c.Axis(v)
	}
	return c.Figure(v)
}

func (c Chart) tick(i int) string {
	if c.Ticks != nil {
		return c.Ticks[i]
	}
	return c.Labels[i]
}

// value returns a figure, 0 where a series is too short.
func (s Series) value(i int) int64 {
	if i < len(s.Values) {
		return s.Values[i]
	}
	return 0
}

// layout makes what all upright charts share: axis, grid, labels, hovers.
func (c Chart) layout(low, high int64) drawing {
	d := drawing{scale: newScale(low, high, axisSteps)}
	widest := 0
	for _, t := range d.scale.ticks {
		text := c.axis(t)
		widest = max(widest, utf8.RuneCountInString(text))
		y := plotTop + d.scale.y(t, plotHeight)
		d.grid = append(d.grid, gridLine{px(y), px(y + 4), text, t == 0})
	}
	d.wide = px(float64(widest)*letter + 14)
	for i := range c.Labels {
		if l, ok := c.xLabel(i); ok {
			d.labels = append(d.labels, l)
		}
		d.hovers = append(d.hovers, c.hover(i))
	}
	return d
}

// band is the share of the plot that a label has, in per cent.
func (c Chart) band() float64 { return 100 / float64(len(c.Labels)) }

func (c Chart) middle(i int) float64 { return c.band() * (float64(i) + 0.5) }

// xLabel returns a label of the horizontal axis: about six where there is
// little room, about twelve where there is more.
func (c Chart) xLabel(i int) (xLabel, bool) {
	roomy := (len(c.Labels) + 12) / 13
	always := roomy * ((len(c.Labels) + 6*roomy - 1) / (6 * roomy))
	l := xLabel{percent(c.middle(i)), "x-label", c.tick(i)}
	if i%always != 0 {
		l.class = "x-label x-roomy"
	}
	return l, i%roomy == 0
}

func (c Chart) hover(i int) hover {
	h := hover{x: percent(c.band() * float64(i)), wide: percent(c.band()), middle: percent(c.middle(i)), text: c.said(i)}
	switch m := c.middle(i); {
	case m < 33:
		h.textX, h.anchor = "0%", "start"
	case m > 67:
		h.textX, h.anchor = "100%", "end"
	default:
		h.textX, h.anchor = percent(m), "middle"
	}
	return h
}

// said is what stands at a label, in words.
func (c Chart) said(i int) string {
	parts := []string{c.Labels[i]}
	for _, s := range c.Series {
		figure := c.Figure(s.value(i))
		if len(c.Series) > 1 {
			figure = s.Name + " " + figure
		}
		parts = append(parts, figure)
	}
	return strings.Join(parts, " · ")
}

// extent returns the least and the greatest figure.
func (c Chart) extent() (low, high int64) {
	for _, s := range c.Series {
		for _, v := range s.Values {
			low, high = min(low, v), max(high, v)
		}
	}
	for _, l := range c.Limits {
		for _, v := range l.Values {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

const colours = 6

func seriesClass(i int) string { return "series-" + string(rune('1'+i%colours)) }

// barDrawing lays bars of several series side by side.
func (c Chart) barDrawing() drawing {
	d := c.layout(c.extent())
	inner := c.band() * 0.72
	each := inner / float64(len(c.Series))
	for k, s := range c.Series {
		for i := range c.Labels {
			x := c.middle(i) - inner/2 + each*float64(k)
			d.bars = append(d.bars, d.scale.bar(x, each, 0, s.value(i), seriesClass(k)))
		}
	}
	return d
}

// stackDrawing lays bars on one another; figures below zero hang from it.
func (c Chart) stackDrawing() drawing {
	ups, downs := make([]int64, len(c.Labels)), make([]int64, len(c.Labels))
	for _, s := range c.Series {
		for i := range c.Labels {
			ups[i] += max(0, s.value(i))
			downs[i] += min(0, s.value(i))
		}
	}
	d := c.layout(slices.Min(downs), slices.Max(ups))
	clear(ups)
	clear(downs)
	inner := c.band() * 0.72
	for k, s := range c.Series {
		for i := range c.Labels {
			base := &ups[i]
			if s.value(i) < 0 {
				base = &downs[i]
			}
			d.bars = append(d.bars, d.scale.bar(c.middle(i)-inner/2, inner, *base, s.value(i), seriesClass(k)))
			*base += s.value(i)
		}
	}
	return d
}

// bar draws a figure from a base; a figure that is not zero is never thinner
// than a pixel.
func (s scale) bar(x, wide float64, base, v int64, class string) bar {
	from, to := s.y(base, plotHeight), s.y(base+v, plotHeight)
	top, tall := min(from, to), max(from, to)-min(from, to)
	if v != 0 && tall < 1 {
		top, tall = top-1+tall, 1
	}
	return bar{percent(x), px(plotTop + top), percent(wide), px(tall), class}
}

// lineDrawing lays a line per series, with the area below it if asked.
func (c Chart) lineDrawing(area bool) drawing {
	d := c.layout(c.extent())
	zero := px(plotTop + d.scale.y(0, plotHeight))
	for k, s := range c.Series {
		var path strings.Builder
		at := func(i int) (x, y string) {
			return px(c.middle(i) / 100 * lineWide), px(plotTop + d.scale.y(s.value(i), plotHeight))
		}
		for i := range c.Labels {
			x, y := at(i)
			path.WriteString([]string{"L", "M"}[b2i(i == 0)] + x + " " + y)
		}
		last := len(c.Labels) - 1
		first, _ := at(0)
		end, endY := at(last)
		l := line{class: seriesClass(k), path: path.String(), dotX: percent(c.middle(last)), dotY: endY}
		if area {
			l.area = l.path + "L" + end + " " + zero + "L" + first + " " + zero + "Z"
		}
		d.lines = append(d.lines, l)
	}
	c.drawLimits(&d)
	return d
}

// drawLimits lays the limits as steps, each as wide as the place of its label,
// and finds the figures beyond them.
func (c Chart) drawLimits(d *drawing) {
	for _, l := range c.Limits {
		var path strings.Builder
		for i, v := range l.Values {
			path.WriteString([]string{"V", "M0 "}[b2i(i == 0)] + px(plotTop+d.scale.y(v, plotHeight)))
			path.WriteString("H" + px(c.band()*float64(i+1)/100*lineWide))
		}
		d.limits = append(d.limits, path.String())
	}
	for i, odd := range c.Outside {
		if odd {
			d.odd = append(d.odd, spot{percent(c.middle(i)), px(plotTop + d.scale.y(c.Series[0].value(i), plotHeight))})
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
