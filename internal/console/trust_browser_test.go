package console

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/trust"
	"regulars/internal/web/webtest"
)

// TestPagesOfTrustInTheBrowser looks at the pages, full and empty.
func TestPagesOfTrustInTheBrowser(t *testing.T) {
	w, empty := newTown(t), newTown(t)
	n := w.knows(func(s *trust.Spec) { s.What["ru"] = strings.Repeat(longWord+" ", 5) })
	w.knows(func(s *trust.Spec) { s.Expected, s.Published = "2026-03-10", false })
	w.knows(func(s *trust.Spec) { s.State = trust.Mended })
	_, err := w.console.Trust.Publish(ctx, system, w.programme.ID, "2026-02", nil)
	check(t, err)
	var drawn bytes.Buffer
	check(t, png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 60, 40))))
	for _, removed := range []bool{true, false} {
		stood, err := w.console.Trust.Attest(ctx, system, w.programme.ID, trust.Attestation{Signal: "legal_details", Holds: true, Evidence: longWord, Day: "2026-03-15", Renew: "2026-09-15"}, drawn.Bytes())
		check(t, err)
		if removed {
			check(t, w.console.Trust.RemovePhoto(ctx, system, w.programme.ID, stood.ID))
		}
	}
	at := "/p/bean/known-issues/" + n.ID.In(id.KnownIssue)
	for name, pages := range map[string]map[string]string{
		"full": {"known": "/p/bean/known-issues", "issue": at, "form": at + "/edit", "periods": "/p/bean/transparency", "figures": "/p/bean/transparency/2026-02", "publish": "/p/bean/transparency/2026-01",
			"trust": "/p/bean/trust", "attest": "/p/bean/trust/legal_details"},
		"none": {"known": "/p/bean/known-issues", "trust": "/p/bean/trust"},
	} {
		from := map[string]*town{"full": w, "none": empty}[name]
		b := browse(t, from.console.Handler())
		for _, look := range []struct {
			name, lang, theme string
			width             webtest.Step
		}{{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone}} {
			prefer(t, b, look.lang, look.theme)
			for page, path := range pages {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+page+"-"+name)
			}
		}
	}
}
