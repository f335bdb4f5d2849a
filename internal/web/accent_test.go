package web

import (
	"image/color"
	"math"
	"testing"
)

// TestAccentsAsColours holds the accent of every hue against white, as an icon
// shows it (WCAG 2.2: 4.5 to 1).
func TestAccentsAsColours(t *testing.T) {
	for hue := range 360 {
		c := AccentOf(hue)
		if got := 1.05 / (luminance(c) + 0.05); got < 4.5 || c.A != 255 {
			t.Errorf("hue %d: %v stands %.2f to 1 against white", hue, c, got)
		}
	}
	if AccentOf(-10) != AccentOf(350) || AccentOf(0) == AccentOf(120) {
		t.Error("the hues do not go round")
	}
}

func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
