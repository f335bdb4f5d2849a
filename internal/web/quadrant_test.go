package web

import "testing"

// TestQuadrantsLieWithinTheirPlot places what is best above, what matters most
// to the right, and nothing outside.
func TestQuadrantsLieWithinTheirPlot(t *testing.T) {
	c := QuadrantChart{
		LineAcross: 0.2, LineUp: 0.5, Figure: func(int64) string { return "" },
		Spots: []QuadrantSpot{
			{Number: "1", X: 0.4, XLow: 0.3, XHigh: 0.43, Y: 1, YLow: 0.9, YTop: 1.2},
			{Number: "2", X: 0.1, XLow: -0.1, XHigh: 0.2, Y: 0, YLow: -0.1, YTop: 0.1},
		},
	}
	d := c.draw()
	if len(d.spots) != 2 || d.spots[1].number != "1" {
		t.Fatalf("the first is not drawn last: %v", d.spots)
	}
	best, worst := d.spots[1], d.spots[0]
	if best.y != px(quadrantTop) || best.y2 != px(quadrantTop) || worst.y != d.bottom || worst.x1 != "0%" {
		t.Errorf("the best lies at %v, the worst at %v", best, worst)
	}
	if best.x != "66.67%" || d.lineX != "33.33%" || best.textY != px(quadrantTop+18) {
		t.Errorf("across to 60 per cent, the best lies at %v and the line at %v", best, d.lineX)
	}
}
