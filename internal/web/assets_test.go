package web

import (
	"compress/gzip"
	"io"
	"math"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

func TestAssets(t *testing.T) {
	for path, kind := range map[string]string{
		stylePath(): "text/css; charset=utf-8", scriptPath(): "text/javascript; charset=utf-8",
		iconPath(): "image/svg+xml", huePath(-10): "text/css; charset=utf-8",
	} {
		w := serve(Assets(), httptest.NewRequest("GET", path, nil))
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("%s: got %d %v", path, w.Code, w.Header())
		}
	}
}

func TestAssetsAreCompressed(t *testing.T) {
	r := httptest.NewRequest("GET", stylePath(), nil)
	r.Header.Set("Accept-Encoding", "br, gzip")
	w := serve(Assets(), r)
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("got %v", w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if plain := serve(Assets(), httptest.NewRequest("GET", stylePath(), nil)).Body.String(); string(got) != plain {
		t.Error("the compressed sheet differs from the plain one")
	}
}

func TestUnknownAssets(t *testing.T) {
	for _, name := range []string{"", "app.css", "hue-360.css", "hue--1.css", "hue-x.css", "hue-007.css.css", "../assets.go", "dist"} {
		if w := serve(Assets(), httptest.NewRequest("GET", AssetsPath+name, nil)); w.Code != 404 {
			t.Errorf("%q: got %d", name, w.Code)
		}
	}
}

// TestAccentsRead holds every hue to the contrast of WCAG AA: text and links
// in the accent on the grounds, and words on a button in it.
func TestAccentsRead(t *testing.T) {
	tokens, err := os.ReadFile("tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	if want := "--accent: light-dark(oklch(0.47 var(--chroma-light) var(--hue)), oklch(0.8 var(--chroma-dark) var(--hue)))"; !strings.Contains(string(tokens), want) {
		t.Fatal("tokens.css and accent.go disagree on the lightness of the accent")
	}
	for hue := range 360 {
		light, dark := chroma(lightAccent, hue, lightChroma), chroma(darkAccent, hue, darkChroma)
		if light < 0.05 || dark < 0.05 {
			t.Errorf("hue %d is grey: %.3f, %.3f", hue, light, dark)
		}
		h := float64(hue)
		for name, ratio := range map[string]float64{
			"on white": contrast(linearRGB(lightAccent, light, h), [3]float64{1, 1, 1}),
			"on dark":  contrast(linearRGB(darkAccent, dark, h), linearRGB(0.205, 0.007, h)),
			"button":   contrast(linearRGB(darkAccent, dark, h), linearRGB(0.19, 0.02, h)),
			"soft":     contrast(linearRGB(lightAccent, light, h), linearRGB(0.955, 0.022, h)),
		} {
			if ratio < 4.5 {
				t.Errorf("hue %d %s: %.2f", hue, name, ratio)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2 between two colours of linear sRGB.
func contrast(a, b [3]float64) float64 {
	y := func(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] + 0.05 }
	return max(y(a), y(b)) / min(y(a), y(b))
}

func TestLinearRGB(t *testing.T) {
	for _, tc := range []struct {
		lightness, chroma, hue float64
		want                   [3]float64
	}{
		{1, 0, 0, [3]float64{1, 1, 1}},
		{0, 0, 0, [3]float64{0, 0, 0}},
		{0.627955, 0.257683, 29.2339, [3]float64{1, 0, 0}}, // CSS Color 4: red
		{0.452014, 0.313214, 264.052, [3]float64{0, 0, 1}}, // blue
	} {
		got := linearRGB(tc.lightness, tc.chroma, tc.hue)
		for i := range got {
			if math.Abs(got[i]-tc.want[i]) > 0.001 {
				t.Errorf("oklch(%v %v %v): got %v, want %v", tc.lightness, tc.chroma, tc.hue, got, tc.want)
			}
		}
	}
}
