package guest_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/id"
	"regulars/internal/plan"
)

// TestChangingThePlanInTheWallet: the customer sees what changes, when and for
// how much, nothing happens before they agree, it happens once, and it can be
// taken back.
func TestChangingThePlanInTheWallet(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		w.sells("plus", plan.Spec{Names: map[string]string{"en": "Plus"}, Price: 500})
		big := w.sells("big", plan.Spec{Names: map[string]string{"en": "Big", "pl": "Duży"}, Price: 900})
		small := w.sells("small", plan.Spec{Names: map[string]string{"en": "Small"}, Price: 300})
		p := w.signedIn("anna@example.com")
		toBig := "/me/bean/plan/change?plan=" + big.ID.In(id.Plan)
		p.get(toBig).is(http.StatusNotFound, http.StatusUnprocessableEntity).shows("There are 3 to choose")
		_, err := w.plans.Join(ctx, system, w.programme.ID, anna, "plus")
		check(t, err)
		w.pays(anna)
		p.get("/me/bean/plan").shows("Other plans", "Big £9.00", "See what changes", "£9.00 a month").hides("after all")
		p.get("/me/bean/plan/change?plan=pln_nowhere").is(http.StatusNotFound, http.StatusUnprocessableEntity)
		page := p.get(toBig).is(http.StatusOK).shows("Change to “Big”?", "“Plus”, £5.00 a month", "“Big”, £9.00 a month", "As soon as £4.00 is paid", "£4.00: the price of £9.00 less £5.00", "leave as before", "Change and pay £4.00")
		if v := w.memberships(anna)[0]; v.Upgrade() != nil || len(v.Charges) != 1 {
			t.Fatalf("looking changed something: %+v", v.Charges)
		}
		form := []string{"nonce", page.value("nonce"), "plan", page.value("plan"), "version", page.value("version"), "charge", page.value("charge")}
		p.post("/me/bean/plan/change", "nonce", "x1", "plan", "big", "version", "1", "charge", "399").is(http.StatusConflict, http.StatusUnprocessableEntity).shows("has changed since this page was shown", "Change and pay £4.00")
		p.post("/me/bean/plan/change", "nonce", "x2", "plan", "big", "version", "one", "charge", "400").is(http.StatusUnprocessableEntity)
		for range 2 {
			p.post("/me/bean/plan/change", form...).is(http.StatusOK).shows("“Big” begins as soon as £4.00 is paid", "Keep “Plus” after all", "you get your money back")
		}
		if v := w.memberships(anna)[0]; v.Upgrade() == nil || len(v.Charges) != 2 {
			t.Fatalf("the charges are %+v", v.Charges)
		}
		page = p.get("/me/bean/plan/change?plan=plus").shows("Keep “Plus”?", "Nothing now. From 15 April 2026: £5.00 a month")
		p.post("/me/bean/plan/change", "nonce", page.value("nonce"), "plan", page.value("plan"), "version", page.value("version"), "charge", "0").is(http.StatusOK).hides("after all")
		page = p.get("/me/bean/plan/change?plan="+small.ID.In(id.Plan)).shows("On 15 April 2026, when what you have paid for ends", "Nothing now. From 15 April 2026: £3.00 a month", "Change to “Small”")
		p.post("/me/bean/plan/change", "nonce", page.value("nonce"), "plan", page.value("plan"), "version", page.value("version"), "charge", page.value("charge")).is(http.StatusOK).shows("From 15 April 2026: “Small”, £3.00 a month")
		for lang, want := range map[string]string{"ru": "Сейчас ничего", "pl": "zapłaceniu"} {
			said := p.get(toBig, "Accept-Language", lang, "Cookie", "lang="+lang).body + p.get("/me/bean/plan/change?plan=plus", "Cookie", "lang="+lang).body
			if !strings.Contains(said, want) {
				t.Errorf("in %s it does not say %q", lang, want)
			}
		}
		p.post("/me/bean/plan/leave", "nonce", "x3").is(http.StatusOK).shows("You have left.")
		if at := w.phone().get(toBig).path; !strings.HasSuffix(at, "/sign-in") {
			t.Errorf("nobody is led to %s", at)
		}
	})
}
