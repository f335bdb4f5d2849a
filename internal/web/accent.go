package web

import (
	"fmt"
	"math"
)

// Accents of every hue keep one lightness, so that text on them reads equally
// well; how strong the colour may be at that lightness differs by hue. The
// style sheet of a hue says both. The lightnesses are those of tokens.css.
const (
	lightAccent = 0.47 // links and buttons on a light ground
	darkAccent  = 0.80 // the same on a dark ground
	lightChroma = 0.170
	darkChroma  = 0.115
)

func wrapHue(hue int) int { return ((hue % 360) + 360) % 360 }

// hueSheet is the style sheet that gives a page its accent.
func hueSheet(hue int) string {
	return fmt.Sprintf(":root{--hue:%d;--chroma-light:%.3f;--chroma-dark:%.3f}\n",
		hue, chroma(lightAccent, hue, lightChroma), chroma(darkAccent, hue, darkChroma))
}

// chroma returns the strongest chroma up to most that sRGB can show at the
// lightness and hue, in thousandths.
func chroma(lightness float64, hue int, most float64) float64 {
	c := most
	for ; c > 0; c -= 0.001 {
		if inGamut(linearRGB(lightness, c, float64(hue))) {
			break
		}
	}
	return max(0, c)
}

func inGamut(rgb [3]float64) bool {
	for _, v := range rgb {
		if v < 0 || v > 1 {
			return false
		}
	}
	return true
}

// linearRGB turns oklch into linear sRGB. The matrices are Björn Ottosson's
// (https://bottosson.github.io/posts/oklab/, public domain).
func linearRGB(lightness, chroma, hue float64) [3]float64 {
	sin, cos := math.Sincos(hue * math.Pi / 180)
	a, b := chroma*cos, chroma*sin
	l := cube(lightness + 0.3963377774*a + 0.2158037573*b)
	m := cube(lightness - 0.1055613458*a - 0.0638541728*b)
	s := cube(lightness - 0.0894841775*a - 1.2914855480*b)
	return [3]float64{
		4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
	}
}

func cube(x float64) float64 { return x * x * x }
