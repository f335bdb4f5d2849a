package guest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/id"
	"regulars/internal/plan"
)

// sells puts a plan on sale.
func (w *town) sells(code string, spec plan.Spec) *plan.Plan {
	w.t.Helper()
	spec.Interval, spec.GraceDays = plan.Month, 7
	p, err := w.plans.Create(ctx, system, w.programme.ID, code, spec)
	check(w.t, err)
	p, err = w.plans.Publish(ctx, system, w.programme.ID, p.ID.In(id.Plan))
	check(w.t, err)
	return p
}

// memberships returns those of a member, the latest first.
func (w *town) memberships(m id.ID) []plan.View {
	w.t.Helper()
	list, err := w.plans.Of(ctx, system, w.programme.ID, m)
	check(w.t, err)
	return list
}

// pays notes the only open charge as paid.
func (w *town) pays(m id.ID) {
	w.t.Helper()
	for _, c := range w.memberships(m)[0].Charges {
		if c.State == plan.Due || c.State == plan.Requested {
			_, err := w.plans.Note(ctx, system, w.programme.ID, c.ID, plan.MarkPaid, "transfer 1")
			check(w.t, err)
		}
	}
}

// TestPlansAreJoinedAndLeftByOneTap: what is asked is said before, the same
// form does nothing twice, and the way out is as short as the way in.
func TestPlansAreJoinedAndLeftByOneTap(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/").hides("Paid membership")
		p.get("/me/bean/plan").is(http.StatusOK).shows("There is no plan now")
		w.sells("plus", plan.Spec{Names: map[string]string{"en": "Bean Plus 🫘"}, Descriptions: map[string]string{"en": "The <i>first</i> cup is ours."}, Price: 500, WalletID: w.wallet.ID, Welcome: 100, Renewal: 20})
		p.get("/me/bean/").shows("Paid membership")
		page := p.get("/me/bean/plan").is(http.StatusOK).shows("Bean Plus 🫘", "The <i>first</i> cup is ours.", "£5.00 a month", "100 Points with the first payment", "within 14 days after the first payment you get money back", "Join and pay £5.00")
		join := []string{"nonce", page.value("nonce"), "plan", page.value("plan"), "version", page.value("version")}
		for range 2 {
			p.post("/me/bean/plan", join...).is(http.StatusOK).shows("You have joined.", "begins when £5.00 is paid, by 22 March 2026", "To be paid by 22 March 2026. Invoice 1.", "you pay nothing")
		}
		w.pays(anna)
		page = p.get("/me/bean/plan").shows("is paid until 15 April 2026", "Paid on 15 March 2026", "you get your money back")
		leave := []string{"nonce", page.value("nonce")}
		for range 2 {
			p.post("/me/bean/plan/leave", leave...).is(http.StatusOK).shows("You have left.", "We will give back £5.00.")
		}
		// The form that joined, sent again from the history of the browser, does
		// not join again.
		p.post("/me/bean/plan", join...).is(http.StatusOK)
		if all := w.memberships(anna); len(all) != 1 || all[0].State != plan.Ended {
			t.Fatalf("there are %d memberships, the latest %s", len(all), all[0].State)
		}
		p.post("/me/bean/plan/leave", "nonce", "n9").is(http.StatusOK)
	})
}

// TestGainsCountWhatAPlanCost: what was paid to be a member is no gain, until it
// is to be given back.
func TestGainsCountWhatAPlanCost(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		p := w.signedIn("anna@example.com")
		w.sells("plus", plan.Spec{Names: map[string]string{"en": "Bean Plus"}, Price: 500})
		w.buy(anna, 3, 100)
		p.get("/me/bean/history/gained").is(http.StatusOK).shows("paid £100.00 for goods and gained £1.00: 1.0% of it came back").hides("Paid membership")
		_, err := w.plans.Join(ctx, system, w.programme.ID, anna, "plus")
		check(t, err)
		p.get("/me/bean/history/gained").hides("Paid membership")
		w.pays(anna)
		p.get("/me/bean/history/gained").shows("Your membership cost £4.00 more than you gained.", "Paid membership −£5.00 −£5.00", "You gained −£4.00 −£4.00")
		_, err = w.plans.Leave(ctx, system, w.programme.ID, anna)
		check(t, err)
		p.get("/me/bean/history/gained").shows("gained £1.00: 1.0%").hides("Paid membership")
	})
}

// TestPlansKeepTheirPrice: a plan that changed meanwhile is not joined unseen,
// who left late keeps what was paid for, and may stay after all.
func TestPlansKeepTheirPrice(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, ewa := w.join("Anna", "Nowak", "anna@example.com"), w.join("Ewa", "Kowalska", "ewa@example.com")
		sold := w.sells("plus", plan.Spec{Names: map[string]string{"en": "Plus"}, Price: 500, TrialDays: 10})
		p := w.signedIn("anna@example.com")
		page := p.get("/me/bean/plan").shows("The first 10 days are free", "Join; later £5.00")
		_, err := w.plans.SaveDraft(ctx, system, w.programme.ID, "plus", plan.Spec{Names: map[string]string{"en": "Plus"}, Price: 900, Interval: plan.Month, GraceDays: 7, TrialDays: 10})
		check(t, err)
		_, err = w.plans.Publish(ctx, system, w.programme.ID, "plus")
		check(t, err)
		p.post("/me/bean/plan", "nonce", page.value("nonce"), "plan", sold.ID.In(id.Plan), "version", "1", "member", ewa.In(id.Member)).
			is(http.StatusConflict, http.StatusUnprocessableEntity).shows("The plan has changed", "£9.00 a month")
		p.post("/me/bean/plan", "nonce", page.value("nonce"), "plan", sold.ID.In(id.Plan), "version", "2").is(http.StatusOK).shows("is free until 25 March 2026", "If you leave, you keep everything until 25 March 2026")
		p.post("/me/bean/plan", "nonce", "n5", "plan", sold.ID.In(id.Plan), "version", "2").is(http.StatusUnprocessableEntity).shows("You are in a plan already")
		if len(w.memberships(ewa)) != 0 {
			t.Error("Ewa was joined by Anna's form")
		}
		w.pass(24 * time.Hour)
		p.post("/me/bean/plan/leave", "nonce", "n6").is(http.StatusOK).shows("You have left “Plus”. You keep everything until 25 March 2026", "Stay after all")
		p.post("/me/bean/plan", "nonce", "n7", "plan", sold.ID.In(id.Plan), "version", "2").is(http.StatusOK).shows("is free until")
		for lang, want := range map[string]string{"ru": "бесплатно до 25 марта 2026", "pl": "jest bezpłatny do 25 marca 2026"} {
			p.get("/me/bean/plan", "Accept-Language", lang, "Cookie", "lang="+lang).shows(want)
		}
		if all := w.memberships(anna); len(all) != 1 || all[0].State != plan.Trial {
			t.Errorf("Anna has %d memberships", len(all))
		}
		if at := w.phone().post("/me/bean/plan", "nonce", "n8", "plan", "plus", "version", "2").path; !strings.HasSuffix(at, "/sign-in") {
			t.Errorf("nobody is led to %s", at)
		}
	})
}

// TestFormsAreThrottled: who sends forms without end is told to wait.
func TestFormsAreThrottled(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		w.shares(household30)
		p := w.signedIn("anna@example.com")
		status := 0
		for i := range 25 {
			status = p.post("/me/bean/household/join", "nonce", fmt.Sprint("n", i), "code", "AAAAA-AAAAA").status
		}
		if status != http.StatusTooManyRequests {
			t.Errorf("the 25th guess at a household is answered with %d", status)
		}
	})
}
