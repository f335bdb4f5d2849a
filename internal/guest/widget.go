package guest

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"regulars/internal/i18n"
	"regulars/internal/touch"
	"regulars/internal/web"

	_ "embed" // the script
)

//go:embed widget.js
var widgetScript []byte

// widgetRoutes are what other sites show of the reviews: a page for a frame and
// a script that makes one. Nobody signs in for them.
func (g *Guest) widgetRoutes() map[string]web.Handler {
	if g.Touch == nil {
		return nil
	}
	return map[string]web.Handler{"GET /w/{slug}/reviews": g.board, "GET /w/{slug}/reviews.js": g.boardScript}
}

const (
	// boardCache is how long a browser shows a board as it was, in seconds.
	boardCache = "300"
	// scriptCache is that of the script, which never tells anything.
	scriptCache = "86400"
)

// boardPage is the reviews of a programme in a frame of another site.
type boardPage struct {
	*web.Page
	*touch.Board
}

func (g *Guest) board(w http.ResponseWriter, r *http.Request) error {
	b, err := g.Touch.Board(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	fallback := i18n.English
	if len(b.Programme.Languages) > 0 {
		fallback = i18n.Lang(b.Programme.Languages[0])
	}
	lang, chosen := i18n.ParseLang(r.FormValue("lang"))
	if !chosen {
		lang = web.LangOf(r, fallback)
	}
	// The page is the same for everybody, so that it may be kept between: no
	// message, and no theme but the device's.
	pg := &web.Page{
		Printer: g.Texts.Printer(lang, b.Programme.Zone, b.Programme.Currency), Theme: web.ThemeAuto, Path: r.URL.Path, Return: r.URL.RequestURI(),
		Brand: web.Brand{Name: b.Programme.Name, Hue: b.Programme.Hue},
	}
	h := w.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors *", 1))
	h.Del("X-Frame-Options")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp") // a site that is isolated so frames nothing that is not
	h.Del("Cross-Origin-Opener-Policy")                   // a frame has no opener; with both a browser would begin a process of its own for the page
	h.Set("Cache-Control", "public, max-age="+boardCache)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Language, Cookie")
	var whole bytes.Buffer // so that a failure does not leave half a page
	if err := boardShown(&boardPage{pg, b}).Render(r.Context(), &whole); err != nil {
		return fmt.Errorf("showing reviews: %w", err)
	}
	_, err = whole.WriteTo(w)
	return err
}

// boardScript is the same for all programmes: where it came from says which.
func (g *Guest) boardScript(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age="+scriptCache)
	_, err := w.Write(widgetScript)
	return err
}

// mean says the mean rating in words.
func (p *boardPage) mean() string {
	mean, n := p.Mean()
	if n == 0 {
		return p.T("guest.board.none")
	}
	return p.T("guest.board.mean", "mean", p.Decimal(mean/10, 1), "n", n)
}

// marks shows a rating as stars.
func marks(rating int64) string {
	rating = min(max(rating, 0), 5)
	return strings.Repeat("★", int(rating)) + strings.Repeat("☆", int(5-rating))
}

// byline says who said it, where and when.
func (p *boardPage) byline(s touch.Said) string {
	return cmp.Or(s.Author, p.T("guest.board.somebody")) + " · " + p.Say(s.Platform.Text()) + " · " + p.Date(s.Occurred)
}
