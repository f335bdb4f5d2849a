package console

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/web/webtest"
)

// lively is a town in which everything has happened that the pages show: names
// short and long in three scripts, returns, adjustments, a merge, consents.
type lively struct {
	*town
	anna, agrafena, guest id.ID
	sale                  id.ID
}

func newLively(t testing.TB) *lively {
	t.Helper()
	w := &lively{town: newTown(t)}
	c, owner := w.console, w.owner.Actor()
	w.anna = w.join("Anna", "Wiśniewska", "anna@example.com")
	for i := range 24 {
		w.sale = w.buy(w.anna, 300-12*i, tea(int64(20+9*i)), sale.Line{SKU: "POST", Name: "Postage", Quantity: 1000, Amount: 350, Fee: true}).EventID
	}
	w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: w.anna}, Payload: flow.Payload{Return: returnOf("TEA")}})
	w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: w.anna}, Payload: flow.Payload{Return: returnOf("CHINA-TEAPOT-1.5L-WILLOW-PATTERN")}})
	w.take(flow.Event{Kind: journal.Return, ExternalID: "R-2026-000123", Payload: flow.Payload{Return: &flow.Return{SaleReference: "S-2026-000099", Whole: true}}})
	old := w.join("A.", "Wiśniewska", "old@example.com")
	w.buy(old, 40, tea(300))
	_, err := c.Flow.Merge(ctx, owner, w.programme.ID, w.anna, old)
	check(t, err)
	_, err = c.Members.Update(ctx, owner, w.programme.ID, w.anna, member.Edit{Change: func(m *member.Member) {
		m.Birth, m.Tags, m.Attributes = member.Birth{Day: 3, Month: 5, Year: 1984}, []string{"tea lover", "vip"}, map[string]string{"size": "M"}
	}, Add: []member.Identity{{Kind: member.Phone, Value: "+442079460018"}}})
	check(t, err)
	_, err = c.Members.SetConsents(ctx, owner, w.programme.ID, w.anna, member.Consent{Purpose: member.Marketing, Channel: member.ByEmail, Given: true, Source: "form at till 4", TextVersion: "newsletter 2026-01"})
	check(t, err)
	w.agrafena = w.join("Аграфена", strings.TrimSuffix(strings.Repeat("Преображенская-", 5), "-"), "someone.with.a.very.long.address.indeed@subdomain.of.a.very-long-domain-name.example.com")
	w.buy(w.agrafena, 3, tea(5200))
	w.guest = w.take(flow.Event{Kind: journal.Purchase, Payload: flow.Payload{Lines: list(tea(3))}}).MemberID
	for i := range 60 {
		w.join("Zoë", fmt.Sprintf("Number %d", i), fmt.Sprintf("zoe%d@example.com", i))
	}
	return w
}

// paths are the pages that are looked at, by name.
func (w *lively) paths() map[string]string {
	with := w.guest.In(id.Member)
	return map[string]string{
		"overview": "/p/bean", "members": "/p/bean/members", "nobody": "/p/bean/members?q=xyz", "unmatched": "/p/bean/unmatched",
		"member": w.member(w.anna, ""), "member-long": w.member(w.agrafena, ""), "member-guest": w.member(w.guest, ""),
		"points": w.member(w.anna, "/points"), "purchases": w.member(w.anna, "/purchases"), "purchase": w.member(w.anna, "/purchases?sale="+w.sale.In(id.Sale)),
		"profile": w.member(w.anna, "/profile"), "adjust": w.member(w.anna, "/adjust"), "rank": w.member(w.anna, "/rank"), "erase": w.member(w.agrafena, "/erase"),
		"merge": w.member(w.anna, "/merge?q=zo"), "compare": w.member(w.agrafena, "/merge?with="+with),
		"account": "/account", "programmes": "/programmes", "new-programme": "/programmes/new", "missing": "/p/bean/nowhere",
	}
}

// browse opens a browser in which the owner is signed in.
func browse(t *testing.T, handler http.Handler) *webtest.Browser {
	t.Helper()
	b := webtest.New(t, handler)
	b.Open(t, webtest.Desktop, "/sign-in")
	b.Run(t, webtest.Type("#f-email", "olga@example.com"), webtest.Type("#f-password", password), webtest.Click("main button[type=submit]"), webtest.Seen("#rail"))
	return b
}

// prefer chooses language and look, as the menu does.
func prefer(t *testing.T, b *webtest.Browser, lang, theme string) {
	t.Helper()
	webtest.Script[bool](t, b, fmt.Sprintf(`fetch("/preferences", {method: "POST", body: new URLSearchParams({lang: %q, theme: %q, return: "/account"})}).then(r => r.ok)`, lang, theme))
}

// TestPagesInTheBrowser opens every page on a phone and on a desk and measures
// it, in both looks and every language. With -artifacts it keeps pictures.
func TestPagesInTheBrowser(t *testing.T) {
	w := newLively(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range w.paths() {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}

// TestPagesDoNotJumpWhileTheyCome opens the pages over a bad connection.
func TestPagesDoNotJumpWhileTheyCome(t *testing.T) {
	w := newLively(t)
	b := browse(t, webtest.InPieces(w.console.Handler()))
	for look, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for name, path := range w.paths() {
			t.Run(look+"/"+name, func(t *testing.T) {
				b.Open(t, width, path)
				b.Check(t, "shifts")
			})
		}
	}
}

// TestPagesBeforeSignIn opens the pages of those who are not signed in.
func TestPagesBeforeSignIn(t *testing.T) {
	w := newHouse(t)
	token, err := w.console.Auth.FirstRunLink(ctx)
	check(t, err)
	b := webtest.New(t, w.console.Handler())
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for _, path := range []string{"/sign-in", "/start/" + token, "/start/used-up", "/nowhere"} {
			b.Open(t, width, path)
			b.Check(t)
			b.Picture(t, name+strings.ReplaceAll(path, token, "link"))
		}
	}
	b.Open(t, webtest.Phone, "/sign-in")
	b.Run(t, webtest.Type("#f-email", "a@example.com"), webtest.Type("#f-password", "wrong"), webtest.Click("main button[type=submit]"), webtest.Seen(".notice-bad"))
	b.Check(t)
	b.Picture(t, "phone-refused")
}

// TestBeginnersPages opens what somebody sees before anything was sold.
func TestBeginnersPages(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for _, path := range []string{"/p/bean", "/p/bean/members", "/p/bean/unmatched"} {
			b.Open(t, width, path)
			b.Check(t)
			b.Picture(t, name+path)
		}
	}
}

// TestSearchWhileTyping types slowly enough for an answer in between. Only the
// answer to the last letter counts: a click on a row that is about to be
// exchanged would go nowhere.
func TestSearchWhileTyping(t *testing.T) {
	w := newLively(t)
	var asked atomic.Int64
	pages := w.console.Handler()
	b := browse(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/p/bean/members" {
			asked.Add(1)
		}
		pages.ServeHTTP(rw, r)
	}))
	b.Open(t, webtest.Phone, "/p/bean/members")
	for _, typed := range []string{"w", "wi", "wisn"} {
		had := webtest.Script[string](t, b, `document.querySelector("input[name=q]").value`)
		b.Run(t, webtest.Type("input[name=q]", strings.TrimPrefix(typed, had)), webtest.Until(fmt.Sprintf(`new URLSearchParams(location.search).get("q") === %q`, typed)))
	}
	rest(t, b)
	if got := webtest.Script[string](t, b, `[...document.querySelectorAll("#found tbody tr td:first-child")].map(e => e.innerText.split("\n")[0]).join("; ") + " " + location.search`); got != "Anna Wiśniewska ?q=wisn&status=&rank=&tag=" {
		t.Errorf("found %q", got)
	}
	b.Check(t, "overflow", "labels")
	before := asked.Load()
	webtest.Script[bool](t, b, `(document.querySelector("input[name=q]").blur(), true)`)
	rest(t, b)
	if n := asked.Load() - before; n != 0 {
		t.Errorf("leaving the search box asked %d times more", n)
	}
	b.Run(t, webtest.Click("#found .row-main"), webtest.Seen(".timeline"))
}

// TestFormsThatNeedMending sends forms with slips in them and looks at the
// answer.
func TestFormsThatNeedMending(t *testing.T) {
	w := newLively(t)
	b := browse(t, w.console.Handler())
	for _, c := range []struct {
		name, path, open, fill, text, send string
	}{
		{"add", "/p/bean/members", "button[commandfor=add]", "#f-phone", "12", "#add .form button[type=submit]"},
		{"identity", w.member(w.anna, "/profile"), "button[commandfor=identity]", "#f-value", "12", "#identity .form button[type=submit]"},
		{"consent", w.member(w.anna, "/profile"), "button[commandfor=consent]", "#f-text", "newsletter", "#consent .form button[type=submit]"},
		{"adjust", w.member(w.anna, "/adjust"), "", "#f-points", "lots", "main .form button[type=submit]"},
		{"erase", w.member(w.anna, "/erase"), "", "#f-typed", "Ann", "main .form button[type=submit]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.Open(t, webtest.Phone, c.path)
			if c.open != "" {
				b.Run(t, webtest.Click(c.open))
			}
			b.Run(t, webtest.Seen(c.fill), webtest.Type(c.fill, c.text), webtest.Click(c.send), webtest.Seen(".field-error"))
			b.Check(t, "overflow", "labels", "contrast", "targets")
			b.Picture(t, "mend-"+c.name)
		})
	}
}

// TestDoubleClickCountsOnce clicks twice on the button that gives points.
func TestDoubleClickCountsOnce(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := browse(t, w.console.Handler())
	b.Open(t, webtest.Desktop, w.member(anna, "/adjust"))
	b.Run(t, webtest.Type("#f-points", "70"), webtest.Type("#f-reason", "Sorry"))
	webtest.Script[bool](t, b, `(() => { const f = document.querySelector("main .form"); const again = new FormData(f); fetch(f.action, {method: "POST", body: new URLSearchParams(again)}); f.requestSubmit(); return true })()`)
	b.Run(t, webtest.Seen(".timeline"))
	p := w.as(auth.Owner).get(w.member(anna, "")).is(t, 200).shows(t, "Points: usable now 70")
	if n := strings.Count(p.text(), "Points adjusted"); n != 1 {
		t.Errorf("%d adjustments", n)
	}
}
