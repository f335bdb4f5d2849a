package web

import (
	"fmt"
	"image/color"
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

// AccentOf returns the accent of a hue on a light ground, for where there are no
// style sheets: icons, the frame of an installed page.
func AccentOf(hue int) color.RGBA {
	hue = wrapHue(hue)
	rgb := linearRGB(lightAccent, chroma(lightAccent, hue, lightChroma), float64(hue))
	var out [3]uint8
	for i, v := range rgb {
		out[i] = uint8(math.Round(255 * encoded(min(1, max(0, v)))))
	}
	return color.RGBA{R: out[0], G: out[1], B: out[2], A: 255}
}

// encoded is the transfer function of sRGB (IEC 61966-2-1).
func encoded(linear float64) float64 {
	if linear <= 0.0031308 {
		return 12.92 * linear
	}
	return 1.055*math.Pow(linear, 1/2.4) - 0.055
}
