package web

import (
	"slices"
	"strconv"
)

// QuadrantChart lays things out by two measures, each between 0 and 1, with a
// line across each: four fields with a name. It is drawn on the server; its
// table stands with it on the page, where each thing has its number.
type QuadrantChart struct {
	// ID is unique on the page.
	ID string
	// Title names the picture; Sentence says what it shows, for those who do not
	// see it too.
	Title, Sentence string
	// Across and Up name the measures.
	Across, Up string
	// LineAcross and LineUp part the fields.
	LineAcross, LineUp float64
	// Corners name the fields: above left, above right, below left, below right.
	Corners [4]string
	Spots   []QuadrantSpot
	// Figure prints per cent for the axes.
	Figure func(percent int64) string
}

// QuadrantSpot is one thing with the intervals of its measures.
type QuadrantSpot struct {
	// Number is what it is called in the picture, Name in full.
	Number, Name                  string
	X, XLow, XHigh, Y, YLow, YTop float64
}

// The measures of the plot, in CSS pixels.
const (
	quadrantTall   = 340.0
	quadrantTop    = 26.0
	quadrantBottom = 46.0
	quadrantPlot   = quadrantTall - quadrantTop - quadrantBottom
)

type quadrantTick struct{ at, textAt, text string }

type quadrantDrawing struct {
	wide         string
	up, across   []quadrantTick
	lineX, lineY string
	spots        []quadrantMark
	bottom       string
}

type quadrantMark struct{ x, x1, x2, y, y1, y2, textY, number, name string }

// draw lays the chart out. The measure across reaches to the greatest bound,
// rounded up; the one up to the whole.
func (c QuadrantChart) draw() quadrantDrawing {
	most := c.LineAcross
	for _, s := range c.Spots {
		most = max(most, s.XHigh)
	}
	scale := newScale(0, int64(min(most, 1)*100+0.999), axisSteps)
	d := quadrantDrawing{bottom: px(quadrantTall - quadrantBottom)}
	x := func(v float64) string { return percent(100 * min(max(v*100/float64(scale.high), 0), 1)) }
	y := func(v float64) float64 { return quadrantTop + quadrantPlot*(1-min(max(v, 0), 1)) }
	for _, t := range scale.ticks {
		d.across = append(d.across, quadrantTick{x(float64(t) / 100), px(quadrantTall - quadrantBottom + 18), c.Figure(t)})
	}
	for t := int64(0); t <= 100; t += 25 {
		at := y(float64(t) / 100)
		d.up = append(d.up, quadrantTick{px(at), px(at + 4), c.Figure(t)})
	}
	d.wide = px(6*letter + 8)
	d.lineX, d.lineY = x(c.LineAcross), px(y(c.LineUp))
	for _, s := range c.Spots {
		number := y(s.Y) - 8
		if number < quadrantTop { // the fields' names stand there
			number = y(s.Y) + 18
		}
		d.spots = append(d.spots, quadrantMark{
			x(s.X), x(s.XLow), x(s.XHigh), px(y(s.Y)), px(y(s.YLow)), px(y(s.YTop)), px(number), s.Number, s.Name,
		})
	}
	slices.Reverse(d.spots) // what is first is drawn last, above the others
	return d
}

// anchor says how the text of a tick stands: the first and the last within the
// plot.
func (d quadrantDrawing) anchor(i int) string {
	switch i {
	case 0:
		return "start"
	case len(d.across) - 1:
		return "end"
	}
	return "middle"
}

// Numbered names the i-th spot, the first with 1.
func Numbered(i int) string { return strconv.Itoa(i + 1) }
