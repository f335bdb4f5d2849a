package gallery

import (
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/web/webtest"
)

func newBrowser(t *testing.T) *webtest.Browser {
	t.Helper()
	handler, err := New(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return webtest.New(t, handler)
}

var widths = map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop}

// TestPages opens every page at both widths and in both looks and measures it.
// With -artifacts it keeps the pictures.
func TestPages(t *testing.T) {
	b := newBrowser(t)
	for _, path := range Paths {
		for _, look := range []string{"theme=light&lang=en", "theme=dark&lang=pl", "theme=light&lang=ru"} {
			for device, width := range widths {
				name := device + path + "?" + look
				t.Run(name, func(t *testing.T) {
					b.Open(t, width, path+"?"+look)
					b.Check(t)
					b.Picture(t, name)
				})
			}
		}
	}
}

// TestEveryHueReads measures the text on a page in accents all around the
// circle.
func TestEveryHueReads(t *testing.T) {
	b := newBrowser(t)
	for hue := 0; hue < 360; hue += 40 {
		for _, theme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d/%s", hue, theme), func(t *testing.T) {
				b.Open(t, webtest.Desktop, fmt.Sprintf("/parts?theme=%s&hue=%d", theme, hue))
				b.Check(t, "contrast")
			})
		}
	}
}

// TestFocusIsSeen walks with the Tab key through pages with everything that
// can have the focus.
func TestFocusIsSeen(t *testing.T) {
	b := newBrowser(t)
	for _, path := range []string{"/members", "/form"} {
		b.Open(t, webtest.Desktop, path)
		for range 28 {
			b.Run(t, webtest.Key(kb.Tab))
			b.Check(t, "focus")
		}
	}
}
