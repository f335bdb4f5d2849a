package console

import (
	"strings"
	"testing"

	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/web/webtest"
)

// TestPagesWithNothingYet opens the pages of a programme in which nothing was
// set up yet: each says so, and how to begin.
func TestPagesWithNothingYet(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"desktop-pl", "pl", "light", webtest.Desktop}, {"phone-ru-dark", "ru", "dark", webtest.Phone}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"partners": partnersAt, "partner-new": partnersAt + "/new", "plans": plansAt, "plan-new": plansAt + "/new", "plan-members": plansAt + "/members", "charges": plansAt + "/charges",
			"plan-payment": plansAt + "/payment", "challenges": challengesAt, "challenge-new": challengesAt + "/new", "referrals": referralsAt, "referral-results": referralsAt + "/results",
			"terms": referralsAt + "/terms", "fraud": fraudAt, "fraud-rules": fraudAt + "/rules", "tills": tillsAt, "till-pin": "/p/bean/till-pin", "conflicts": conflictsAt,
			"simulator": "/p/bean/simulator", "messages": messagesAt, "policy": messagesAt + "/policy", "households": householdsAt, "household-settings": householdsAt + "/settings",
		} {
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

// TestPagesOfSharedPointsInTheBrowser opens what belongs to households and to
// points passed on, full, with long names and with something to be mended.
func TestPagesOfSharedPointsInTheBrowser(t *testing.T) {
	spec := sharing()
	spec.Pooling, spec.Transfers, spec.PerMonth = true, household.Anyone, 500
	w := newFamily(t, spec)
	h := w.together()
	_, err := w.console.Households.Transfer(ctx, system, household.Ask{ProgrammeID: w.programme.ID, From: w.anna, To: w.bob, WalletID: w.wallet.ID, Points: 120, Source: "till", ExternalID: "t"})
	check(t, err)
	long := w.join("Maria Magdalena Aleksandra", "Brzęczyszczykiewicz-Konstantynopolitańska", "maria@example.com")
	_, err = w.console.Households.Add(ctx, system, w.programme.ID, h.ID, long)
	check(t, err)
	one := householdsAt + "/" + h.ID.In(id.Household)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"desktop-en", "en", "light", webtest.Desktop}, {"phone-ru-dark", "ru", "dark", webtest.Phone}, {"phone-pl", "pl", "light", webtest.Phone}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{
			"households": householdsAt, "household": one, "settings": householdsAt + "/settings", "into": w.member(w.eve, "/household"), "transfer": w.member(w.anna, "/transfer"), "member": w.member(w.anna, ""),
		} {
			b.Open(t, look.width, path)
			b.Check(t)
			b.Picture(t, look.name+"-"+name)
		}
		b.Open(t, look.width, w.member(w.anna, "/transfer"))
		b.Run(t, webtest.Type("#f-who", "eve@example.com"), webtest.Type("#f-points", "40"), webtest.Click("main .form .button-primary"), webtest.Seen(".notice"))
		b.Check(t)
		b.Picture(t, look.name+"-sure")
		b.Open(t, look.width, one)
		b.Run(t, webtest.Click("[commandfor=add]"), webtest.Seen("#add"), webtest.Type("#f-who", "nobody"), webtest.Click("#add .button-primary"), webtest.Seen("#add[open] .field-error"))
		b.Check(t)
		b.Picture(t, look.name+"-add")
	}
}

// TestTheNavigationShowsWhereOneIs, however far down its list, and on a phone
// once it is opened.
func TestTheNavigationShowsWhereOneIs(t *testing.T) {
	w := newTown(t)
	b := browse(t, w.console.Handler())
	const inSight = `(() => { const here = document.querySelector("#rail [aria-current]").getBoundingClientRect(); return here.height > 0 && here.top >= 0 && here.bottom <= innerHeight })()`
	for _, path := range []string{"/p/bean", conflictsAt, "/p/bean/audit"} {
		b.Open(t, webtest.Desktop, path)
		if !webtest.Script[bool](t, b, inSight) {
			t.Errorf("%s: its place is out of sight", path)
		}
	}
	b.Picture(t, "desktop")
	b.Open(t, webtest.Phone, "/p/bean/audit")
	b.Run(t, webtest.Click(".topbar-menu"), webtest.Seen("#rail"), webtest.Until(inSight)) // it is brought into sight once it is open
	b.Picture(t, "phone")
}
