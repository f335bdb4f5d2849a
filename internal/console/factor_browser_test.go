package console

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"regulars/internal/factor"
	"regulars/internal/program"
	"regulars/internal/web/webtest"
)

// TestFactorPagesInTheBrowser opens the work list, the map and the actions on a
// phone and on a desk, and codes a piece by keyboard alone.
func TestFactorPagesInTheBrowser(t *testing.T) {
	w := newTown(t)
	_, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(t, err)
	w.hears(24, 40, 13)
	pieces, err := w.console.Factors.List(ctx, system, factor.Query{ProgrammeID: w.programme.ID, Limit: 11})
	check(t, err)
	for _, n := range pieces {
		_, err := w.console.Factors.Code(ctx, system, w.programme.ID, n.Key, factor.Value)
		check(t, err)
	}
	for i, title := range []string{"A second till from five to seven, and somebody who takes orders along the queue", "Ask what people paid elsewhere"} {
		_, err := w.console.Factors.Add(ctx, system, w.programme.ID, factor.Spec{
			Factor: []factor.Code{factor.Speed, factor.Value}[i], Title: title, Why: "Every third complaint is about the queue", Expected: "Half as many complaints", OwnerID: w.owner.ID,
			Cost: 120000, Effort: factor.Weeks, Due: w.clock.AddDate(0, 0, 9*i-3),
		})
		check(t, err)
	}
	list, err := w.console.Factors.Backlog(ctx, system, w.programme.ID)
	check(t, err)
	action := "/actions/" + list[0].Action.ID.In("fca")
	w.content(4)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"phone-ru", "ru", "light", webtest.Phone}, {"desktop-pl", "pl", "dark", webtest.Desktop}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"desk": "/factors", "coded": "/factors/coded", "settings": "/factors/settings", "map": "/factor-map", "content": "/factor-map/satisfaction", "answerers": "/factor-map/satisfaction/members?cell=satisfied_gone", "actions": "/actions", "action": action,
		} {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, "/p/bean"+path)
				b.Check(t)
				b.Picture(t, look.name+"-factor-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
	b.Open(t, webtest.Desktop, "/p/bean/factors")
	webtest.Script[bool](t, b, `(document.querySelector("input[name=factor]:checked") || document.querySelector("input[name=factor]")).focus() || true`)
	b.Run(t, webtest.Key(kb.ArrowDown), webtest.Key("\r"), webtest.Seen(".flashes .notice"))
	if n, err := w.console.Factors.Count(ctx, system, factor.Lately(w.programme.ID, w.clock)); err != nil || n.ByHand != 12 {
		t.Errorf("by keyboard %d pieces are coded (%v), not 12", n.ByHand, err)
	}
}
