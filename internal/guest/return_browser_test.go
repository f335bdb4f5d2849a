package guest_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/db/dbtest"
	"regulars/internal/returns"
	"regulars/internal/web/webtest"
)

// newSender returns a town that takes back what Anna bought, and the way to her
// order.
func newSender(t *testing.T) (l *lively, at string) {
	t.Helper()
	l = newLively(newTown(t, dbtest.SQLite(t, schemas()...)))
	l.takesBack(t, l.anna)
	link, err := l.returns.FindOrder(ctx, l.programme.ID, "1001", "anna@example.com")
	check(t, err)
	return l, "/return/bean/" + link
}

// TestReturnsInTheBrowser opens every page of a return, with what was mistaken,
// asked, answered and over, and measures it in both looks and every language.
func TestReturnsInTheBrowser(t *testing.T) {
	l, at := newSender(t)
	link := strings.TrimPrefix(at, "/return/bean/")
	b := webtest.New(t, l.handler())
	b.Open(t, webtest.Phone, "/return/bean")
	looks := func(see func(s *stroll, width webtest.Step)) {
		for _, look := range []struct {
			name, lang, theme string
			width             webtest.Step
		}{
			{"phone-en", "en", "light", webtest.Phone}, {"desktop-pl", "pl", "light", webtest.Desktop}, {"phone-ru-dark", "ru", "dark", webtest.Phone},
		} {
			prefer(t, b, look.lang, look.theme)
			see(&stroll{t, b, "return-" + look.name, look.lang}, look.width)
		}
	}
	looks(func(s *stroll, width webtest.Step) {
		b.Open(t, width, "/return/bean")
		s.look("door")
		s.send(url.Values{"order": {"1001"}, "key": {"nobody@example.com"}})
		s.look("door-wrong")
		b.Open(t, width, at)
		s.look("order")
		s.send(nil)
		s.look("nothing-chosen")
		b.Open(t, width, at+"?step=items&q1=2&q2=1")
		s.look("items")
		s.send(url.Values{"c2": {strings.Repeat("too long ", returns.MaxComment/8)}})
		s.look("items-wrong")
	})
	r, err := l.returns.Ask(ctx, l.programme.ID, link, returns.Ask{Name: "1", Items: []returns.ItemAsk{
		{Line: 1, Quantity: 2000, Outcome: returns.ForMoney, Comment: hostile}, {Line: 2, Quantity: 1000, Outcome: returns.ForMoney},
	}})
	check(t, err)
	looks(func(s *stroll, width webtest.Step) {
		b.Open(t, width, at)
		s.look("asked")
	})
	_, err = l.returns.Decide(ctx, system, l.programme.ID, r.ID, []returns.Decision{{No: 1, Accept: true}, {No: 2, Answer: "It was worn, and we can sell it no more. We are sorry."}})
	check(t, err)
	looks(func(s *stroll, width webtest.Step) {
		b.Open(t, width, at)
		s.look("accepted")
	})
	check(t, l.returns.CancelMine(ctx, l.programme.ID, link, r.ID))
	looks(func(s *stroll, width webtest.Step) {
		b.Open(t, width, at)
		s.look("cancelled")
	})
	l.pass(25 * time.Hour)
	looks(func(s *stroll, width webtest.Step) {
		b.Open(t, width, at)
		s.look("over")
	})
}

// TestAReturnByKeyboardAlone opens an order, chooses and asks without a mouse,
// with scripts and without.
func TestAReturnByKeyboardAlone(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			l, _ := newSender(t)
			h := &hands{webtest.New(t, l.handler()), t}
			h.open(scripts, "/return/bean")
			h.TabTo(h.t, "[name=order]")
			h.Run(t, chromedp.KeyEvent("1001"))
			h.TabTo(h.t, "[name=key]")
			h.Run(t, chromedp.KeyEvent("anna@example.com"))
			h.sends("order", "1001")
			h.TabTo(h.t, "[name=q1]")
			h.press(kb.ArrowDown, kb.ArrowDown)
			h.sends("q1", "2")
			h.TabTo(h.t, "[name=o1]")
			h.press(kb.ArrowDown)
			h.TabTo(h.t, "[name=c1]")
			h.Run(t, chromedp.KeyEvent("Loose"))
			h.sends("o1", string(returns.ForExchange))
			list, err := l.returns.List(ctx, system, returns.Query{ProgrammeID: l.programme.ID, Limit: 10})
			check(t, err)
			if len(list) != 1 || len(list[0].Items) != 1 || list[0].Items[0].Quantity != 2000 || list[0].Items[0].Outcome != returns.ForExchange || list[0].Items[0].Comment != "Loose" {
				t.Errorf("asked were %+v", list)
			}
		})
	}
}

// TestAParcelByKeyboardAlone finds a late parcel without a mouse, and goes on to
// whom to write to.
func TestAParcelByKeyboardAlone(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	p := w.sends("1")
	w.pass(25 * time.Hour)
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			h := &hands{webtest.New(t, w.handler()), t}
			h.open(scripts, "/track/in/bean")
			h.TabTo(h.t, "[name=order]")
			h.Run(t, chromedp.KeyEvent("ord-1"))
			h.TabTo(h.t, "[name=key]")
			h.Run(t, chromedp.KeyEvent("E1 6AN"))
			h.sends("order", "ord-1")
			if told := webtest.Script[bool](t, h.Browser, `document.getElementById(document.querySelector("[name=order]").getAttribute("aria-describedby")).innerText !== ""`); !told {
				t.Error("nothing is said of the wrong postcode")
			}
			h.TabTo(h.t, "[name=key]")
			h.Run(t, chromedp.KeyEvent("SW1A 1AA"))
			h.sends("order", "ord-1")
			if at := webtest.Script[string](t, h.Browser, `location.pathname`); at != "/track/"+p.Code {
				t.Fatalf("it leads to %s", at)
			}
			h.TabTo(h.t, "main .notice a")
			h.press(kb.Enter)
			h.Run(t, webtest.Seen("[name=reason]"))
		})
	}
}
