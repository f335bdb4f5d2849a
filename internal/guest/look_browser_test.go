package guest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/plan"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/web/webtest"
)

// newRich returns a town in which Anna has something of everything, with words
// short and long.
func newRich(t *testing.T) *lively {
	t.Helper()
	l := newLively(newTown(t, dbtest.SQLite(t, schemas()...)))
	_, err := l.members.Update(ctx, system, l.programme.ID, l.anna, member.Edit{Add: []member.Identity{{Kind: member.Card, Value: "2600123456789012"}, {Kind: member.Phone, Value: "+442079460018"}}})
	check(t, err)
	for i := range 22 {
		l.buy(l.anna, 290-12*i, int64(20+3*i))
	}
	l.take(l.signedIn("anna@example.com"))
	l.town.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: l.anna}, Payload: flow.Payload{Return: oneTea()}})
	l.offer(reward.Spec{
		Name: "Afternoon tea for two with a view of the river, scones, clotted cream and a table", Kind: reward.KindService, Points: 200, Money: 1250, Stock: 3,
		Description: "On any weekday from three to five. Tell us a day before, and whether somebody does not eat milk, eggs or nuts.",
	})
	l.picture(l.coffee.ID, 640, 480, map[string]string{"en": "A cup of coffee with milk", "pl": "Filiżanka kawy z mlekiem"})
	l.offer(reward.Spec{Name: "Plant a tree", Kind: reward.KindDonation, Partner: "Woods of the North", Points: 100, Gives: 100, Match: money.NewRate(1, 1)})
	for name, code := range map[string]bool{"A tenth off everything, for those who come again": true, "Tea week": false} {
		v, err := l.offers.Create(ctx, system, promo.Offer{ProgrammeID: l.programme.ID, Name: name}, promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: rate(10)}, WithCode: code})
		check(t, err)
		_, err = l.offers.Publish(ctx, system, l.programme.ID, v.OfferID, noon.AddDate(0, 0, 0), time.Time{})
		check(t, err)
		if !code {
			continue
		}
		b, err := l.offers.CreateBatch(ctx, system, promo.Batch{ProgrammeID: l.programme.ID, OfferID: v.OfferID, Name: "Thanks", Kind: promo.PersonalCodes, Length: 8, MaxUses: 1, ValidDays: 10}, "")
		check(t, err)
		_, err = l.offers.Personal(ctx, system, l.programme.ID, b.ID, promo.PersonalAsk{MemberID: l.anna})
		check(t, err)
	}
	l.invite("Five purchases before the month is over, whatever you buy 🫖🍰", "", false)
	l.invite("Tea lovers", "Buy five times this month.", true)
	l.sells("plus", plan.Spec{Names: map[string]string{"en": "Friends of the house, with a cup of tea every morning"}, Descriptions: map[string]string{"en": "A cup of the day is ours, every day 🍵. Bring your own cup and it is a large one."}, Price: 700, WalletID: l.wallet.ID, Welcome: 100, Renewal: 20})
	_, err = l.plans.Join(ctx, system, l.programme.ID, l.anna, "plus")
	check(t, err)
	l.sells("small", plan.Spec{Names: map[string]string{"en": "Small"}, Price: 300, TrialDays: 14})
	shared := household30
	shared.Transfers = household.Anyone
	l.shares(shared)
	l.expects(l.anna)
	_, err = l.households.Make(ctx, system, l.programme.ID, l.anna)
	check(t, err)
	house, err := l.households.Of(ctx, system, l.programme.ID, l.anna)
	check(t, err)
	ewa := l.join("Ewa-Maximiliana Aleksandra 🌻", "Kowalska", "max@example.com")
	_, err = l.households.Join(ctx, system, l.programme.ID, ewa, house.Code)
	l.max = ewa
	check(t, err)
	_, err = l.households.Transfer(ctx, system, household.Ask{ProgrammeID: l.programme.ID, From: l.anna, To: ewa, WalletID: l.wallet.ID, Points: 5, Source: "test", ExternalID: "1"})
	check(t, err)
	_, err = l.complaints.Answer(ctx, system, l.programme.ID, l.complains(l.anna, "The tea was cold, and nobody was there to tell 🫖.").ID, complaint.Answer{Text: "We are sorry. Which shop was it?", Wait: true})
	check(t, err)
	l.invites()
	l.brings(l.anna, l.join("Zoë", "Long", "zoe@example.com"))
	_, err = l.giftCards.Issue(ctx, system, l.programme.ID, giftcard.Order{Value: 1000, Given: true, Until: noon.AddDate(0, 6, 0), Recipients: []giftcard.Recipient{{MemberID: l.anna}}})
	check(t, err)
	return l
}

// browse opens a browser in which somebody is signed in by a code.
func (w *town) browse(t *testing.T, email string) *webtest.Browser {
	t.Helper()
	return w.browseIn(t, w.handler(), email)
}

// browseIn does so before a handler that is in front of the town's.
func (w *town) browseIn(t *testing.T, handler http.Handler, email string) *webtest.Browser {
	t.Helper()
	b := webtest.New(t, handler)
	b.Open(t, webtest.Phone, "/me/bean/sign-in")
	b.Check(t)
	b.Run(t, webtest.Type("#f-email", email), webtest.Click("main button[type=submit]"), webtest.Seen("#f-code"))
	b.Check(t)
	b.Picture(t, "code")
	b.Run(t, webtest.Type("#f-code", w.last().code), webtest.Click("main button[type=submit]"), webtest.Seen(".pass-code svg"))
	return b
}

func prefer(t *testing.T, b *webtest.Browser, lang, theme string) {
	t.Helper()
	webtest.Script[bool](t, b, fmt.Sprintf(`fetch("/preferences", {method: "POST", body: new URLSearchParams({lang: %q, theme: %q, return: "/me/bean/"})}).then(r => r.ok)`, lang, theme))
}

// pages are the wallet's pages that are looked at.
func (l *lively) pages() []string {
	return []string{"/", "/rewards", "/codes", "/history", "/history/gained", "/profile", "/profile/consents", "/profile/email", "/profile/privacy", "/profile/erase", "/profile/prove", "/challenges", "/plan", "/plan/change?plan=small", "/household", "/household/remove?member=" + l.max.In(id.Member), "/cases", "/cases/" + l.cases()[0].Track, "/friends", "/card/offline", "/nowhere", "/book", "/book?service=" + l.tasting.In(id.Service) + "&day=2026-03-16", "/book?service=" + l.tasting.In(id.Service) + "&day=2026-03-22"}
}

// TestPagesDoNotJumpWhileTheyCome opens the pages over a bad connection.
func TestPagesDoNotJumpWhileTheyCome(t *testing.T) {
	w := newRich(t)
	b := w.browseIn(t, webtest.InPieces(w.handler()), "anna@example.com")
	for name, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for _, path := range w.pages() {
			t.Run(name+path, func(t *testing.T) {
				b.Open(t, width, "/me/bean"+path)
				b.Check(t, "shifts")
			})
		}
	}
}

// TestPagesInTheBrowser opens every page on a phone and on a desk and measures
// it, in both looks and every language. With -artifacts it keeps pictures.
func TestPagesInTheBrowser(t *testing.T) {
	w := newRich(t)
	b := w.browse(t, "anna@example.com")
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"desktop-en", "en", "light", webtest.Desktop},
		{"phone-ru", "ru", "light", webtest.Phone}, {"phone-pl-dark", "pl", "dark", webtest.Phone},
	} {
		prefer(t, b, look.lang, look.theme)
		for _, path := range w.pages() {
			t.Run(look.name+path, func(t *testing.T) {
				b.Open(t, look.width, "/me/bean"+path)
				b.Check(t)
				b.Picture(t, look.name+path)
				if n := webtest.Script[int](t, b, `new TextEncoder().encode(document.documentElement.outerHTML).length`); n > 50<<10 {
					t.Errorf("the page takes %d bytes", n)
				}
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "guest.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}

// TestFromSignInToHistory walks as a customer does with a thumb, and then loses
// the network.
func TestFromSignInToHistory(t *testing.T) {
	w := newRich(t)
	before := w.available(w.anna)
	b := w.browse(t, "anna@example.com")
	made := webtest.Script[string](t, b, `document.querySelector(".pass-code path").getAttribute("d")`)
	w.pass(time.Minute)
	webtest.Script[bool](t, b, `document.dispatchEvent(new Event("visibilitychange"))`)
	b.Run(t, webtest.Until(fmt.Sprintf(`document.querySelector(".pass-code path").getAttribute("d") !== %q`, made)))
	b.Check(t, "shifts", "overflow", "labels")
	b.Run(t, webtest.Click(`.pocket-nav a[href$="/rewards"]`), webtest.Seen(`button[commandfor^="take-"]`), webtest.Click(`button[commandfor="take-`+w.coffee.ID.In(id.Reward)+`"]`), webtest.Seen("dialog[open] .button-primary"))
	b.Check(t, "overflow", "labels", "contrast", "targets")
	b.Picture(t, "take")
	b.Run(t, webtest.Click("dialog[open] .button-primary"), webtest.Seen(".notice-good"))
	b.Check(t)
	b.Picture(t, "taken")
	if got := w.available(w.anna); got != before-40 {
		t.Errorf("%d points, were %d", got, before)
	}
	b.Run(t, webtest.Click(`.pocket-nav a[href$="/history"]`), webtest.Seen(".timeline"))
	if said := webtest.Script[string](t, b, `document.querySelector(".timeline").innerText`); !strings.Contains(said, "Took a reward") {
		t.Errorf("the history says:\n%s", said)
	}
	b.Run(t, webtest.Click(`.pocket-nav a[href$="/profile"]`), webtest.Seen("#f-given_name"))
	settle(t, b, `await caches.match(location.origin + "/me/bean/card/offline")`)
	w.down.Store(true)
	b.Run(t, webtest.Click(`.pocket-nav a[href$="/bean/"]`), webtest.Seen(".pass-code svg"))
	if said := webtest.Script[string](t, b, `document.body.innerText`); !strings.Contains(said, "No network") || !strings.Contains(said, "2600 1234 5678 9012") {
		t.Errorf("without a network it says:\n%s", said)
	}
	b.Picture(t, "offline")
	w.down.Store(false)
	b.Open(t, webtest.Phone, "/me/bean/profile")
	b.Run(t, webtest.Click(`form[action$="/sign-out"] button`), webtest.Seen("#f-email"))
	settle(t, b, `(await caches.keys()).length === 0`)
}

// settle waits until a line of JavaScript, which may await, is true.
func settle(t *testing.T, b *webtest.Browser, line string) {
	t.Helper()
	webtest.Script[bool](t, b, `new Promise(resolve => { const look = async () => `+line+` ? resolve(true) : setTimeout(look, 20); look(); })`)
}
