package console

import (
	"strings"
	"testing"

	"regulars/internal/auth"
)

// TestAPartnerIsEdited: name, contact and what it may do, but not its terms.
func TestAPartnerIsEdited(t *testing.T) {
	w := newMarket(t)
	reader := w.as(auth.ReadOnly)
	reader.get(w.at()+"/edit").is(t, 403)
	reader.post(w.at()+"/edit", "name", "X").is(t, 403)
	reader.get(w.at()).is(t, 200).shows(t, "Contact and rights", "1 Market Street").hides(t, "rights Edit")
	b := w.as(auth.Manager)
	b.get(w.at()).is(t, 200).shows(t, "rights Edit", "how many points a member has")
	ticked := func(p page) int { return strings.Count(p.body, " checked") }
	form := b.get(w.at()+"/edit").is(t, 200).shows(t, "1 Market Street")
	if !strings.Contains(form.body, `value="Bakery on the Square"`) || ticked(form) != 3 {
		t.Error("the form does not hold what is kept")
	}
	wrong := b.post(w.at()+"/edit", "name", "", "contact", "2 Market Street", "may", "see").is(t, 422).shows(t, "2 Market Street", "A partner needs a name")
	if ticked(wrong) != 1 {
		t.Error("the form does not hold what was typed")
	}
	b.post(w.at()+"/edit", "name", "Old Bakery", "contact", "2 Market Street", "may", "accept").is(t, 200).
		shows(t, "The partner is saved.", "Old Bakery", "2 Market Street", "Its shops take your points.", "They learn nothing about members")
	p := w.now()
	if p.MayGrant || !p.MayAccept || p.MaySee || len(p.Terms) != 1 {
		t.Errorf("kept is %+v", p)
	}
	b.get("/p/bean/audit").is(t, 200).shows(t, "Changed a partner")
	_, err := w.console.Partners.End(ctx, system, w.programme.ID, w.baker.ID)
	check(t, err)
	b.get(w.at()).is(t, 200).hides(t, "rights Edit")
}
