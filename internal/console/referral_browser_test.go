package console

import (
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/referral"
	"regulars/internal/web/webtest"
)

// TestReferralPagesInTheBrowser opens the pages of referrals on a phone and on a
// desk and measures them. With -artifacts it keeps pictures.
func TestReferralPagesInTheBrowser(t *testing.T) {
	w := newTown(t)
	_, ben, self := w.invites()
	zoe := w.join("Zoë", "Long", "zoe@example.com")
	terms := referral.DefaultSpec()
	terms.Influencer = &referral.Influencer{Name: "Zoë of the Teapot, who writes of nothing but tea 🫖", Disclose: true, Fee: 5_00}
	_, err := w.console.Referrals.SaveInfluencer(ctx, system, w.programme.ID, zoe, referral.On, terms)
	check(t, err)
	code, err := w.console.Referrals.Code(ctx, system, w.programme.ID, zoe)
	check(t, err)
	b := browse(t, w.console.Handler())
	at := func(n id.ID) string { return referralsAt + "/" + n.In(id.Referral) + "/details" }
	places := map[string]string{
		"referrals": referralsAt, "results": referralsAt + "/results", "terms": referralsAt + "/terms", "open": at(ben.ID), "refused": at(self.ID),
		"influencers": influencersAt, "influencer": influencersAt + "/" + zoe.In(id.Member) + "/terms", "advertising": referral.LinkPath(code),
	}
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-ru", "ru", "light", webtest.Phone}, {"phone-pl-dark", "pl", "dark", webtest.Phone},
	} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range places {
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "referral.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}
