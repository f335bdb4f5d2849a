package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/plan"
)

const plansAt = "/p/bean/plans"

// planShop is a town with plans in every state and members in them.
type planShop struct {
	*town
	club, draft *plan.Plan
	ann, bob    id.ID
}

func newPlanShop(t testing.TB) *planShop {
	t.Helper()
	w := &planShop{town: newTown(t)}
	c, p := w.console.Plans, w.programme.ID
	spec := plan.Spec{
		Names:        map[string]string{"en": "Bean Club", "ru": "Кофейный клуб", "pl": "Klub Ziarno"},
		Descriptions: map[string]string{"en": "Gold from the first cup, whatever you spend."},
		Price:        9_99, Interval: plan.Month, TrialDays: 14, GraceDays: 10, LadderID: w.ladder.ID, Rank: "gold", WalletID: w.wallet.ID, Welcome: 500, Renewal: 50,
	}
	_, err := c.Create(ctx, system, p, "club", spec)
	check(t, err)
	w.club, err = c.Publish(ctx, system, p, "club")
	check(t, err)
	spec.Names, spec.TrialDays, spec.Price, spec.Interval = map[string]string{"en": "A year of tea"}, 0, 99_00, plan.Year
	w.draft, err = c.Create(ctx, system, p, "year", spec)
	check(t, err)
	w.ann, w.bob = w.join("Anna", "Wiśniewska", "anna@example.com"), w.join("Bob", "Brown", "bob@example.com")
	for _, m := range []id.ID{w.ann, w.bob} {
		_, err = c.Join(ctx, system, p, m, "club")
		check(t, err)
	}
	w.clock = w.clock.Add(14 * 24 * time.Hour)
	_, err = c.Sweep(ctx)
	check(t, err)
	v, err := c.Of(ctx, system, p, w.bob)
	check(t, err)
	_, err = c.Note(ctx, system, p, v[0].Charges[0].ID, plan.MarkPaid, "")
	check(t, err)
	return w
}

func planAt(p *plan.Plan) string { return plansAt + "/" + p.ID.In(id.Plan) }

func TestPlansAreShown(t *testing.T) {
	w := newPlanShop(t)
	b := w.as(auth.Manager)
	b.get(plansAt).is(t, 200).shows(t, "There are 2 plans.", "2 members pay for one or try one out.", "£9.99 came in.", "Bean Club", "£99.00 a year", "draft")
	b.get(planAt(w.club)).is(t, 200).shows(t, "2 members are in it.", "2 trials have ended, 1 of them paid afterwards.", "It costs £9.99 a month and is to be paid within 10 days.",
		"The first 14 days are free", "Members hold the rank Gold", "500 Points with the first payment.", "plan:club").hides(t, "95 %")
	b.get(planAt(w.draft)).is(t, 200).shows(t, "Draft", "Nobody has joined yet", "£99.00 a year")
	b.get(plansAt+"/members").is(t, 200).shows(t, "Bean Club", "Anna Wiśniewska", "active", "unpaid, within the time to pay")
	b.get(plansAt+"/members?state=active").is(t, 200).hides(t, `<td>unpaid`)
	b.get(plansAt+"/charges").is(t, 200).shows(t, "£9.99", "asked for")
	b.get(plansAt+"/charges?state=refund_due").is(t, 200).shows(t, "No such charges")
	b.get(plansAt+"/pln_01h9x3k7q2v5n").is(t, 404)
}

// TestAChargeIsNoted in the console, and the money that is to go back.
func TestAChargeIsNoted(t *testing.T) {
	w := newPlanShop(t)
	b := w.as(auth.Manager)
	v, err := w.console.Plans.Of(ctx, system, w.programme.ID, w.ann)
	check(t, err)
	charge := plansAt + "/charges/" + v[0].Charges[0].ID.In(id.Charge)
	b.post(charge+"/refunded").is(t, 422).shows(t, "Nothing is to be given back")
	b.post(charge+"/paid").is(t, 200).shows(t, "The charge is noted as paid.")
	_, err = w.console.Plans.Leave(ctx, system, w.programme.ID, w.ann)
	check(t, err)
	b.get(plansAt+"/charges?state=refund_due").is(t, 200).shows(t, "£9.99 of £9.99", "Given back")
	b.post(charge+"/refunded").is(t, 200).shows(t, "The money is noted as given back.")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Noted a charge as paid", "Noted that money was given back", "A member left a plan")
}

// TestAFailedChargeStaysInSight: what can still be paid is shown first, whether
// its payment has failed or not; what is paid is not.
func TestAFailedChargeStaysInSight(t *testing.T) {
	w := newPlanShop(t)
	b := w.as(auth.Manager)
	v, err := w.console.Plans.Of(ctx, system, w.programme.ID, w.ann)
	check(t, err)
	charge := v[0].Charges[0].ID
	_, err = w.console.Plans.Note(ctx, system, w.programme.ID, charge, plan.MarkFailed, "")
	check(t, err)
	paid := plansAt + "/charges/" + charge.In(id.Charge) + "/paid"
	b.get(plansAt+"/charges").is(t, 200).shows(t, "To be paid", "Anna Wiśniewska", "failed", "Note it when").hides(t, "Bob Brown")
	b.get(plansAt+"/charges?state=requested").is(t, 200).shows(t, "No such charges")
	b.get(plansAt+"/charges?state=paid").is(t, 200).shows(t, "Bob Brown").hides(t, "Anna Wiśniewska")
	b.get(plansAt+"/charges?state=all").is(t, 200).shows(t, "Bob Brown", "Anna Wiśniewska")
	b.post(paid).is(t, 200)
	b.get(plansAt+"/charges").is(t, 200).shows(t, "No such charges").hides(t, "Anna Wiśniewska")
}

func TestAPlanIsWritten(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(plansAt).is(t, 200).shows(t, "No plans yet")
	b.get(plansAt+"/new").is(t, 200).shows(t, "Free days", "Gold")
	form := []string{"code", "club", "names/en", "Club", "names/pl", "Klub", "price", "9.99", "interval", "month", "trial_days", "7", "grace_days", "10",
		"rank", w.ladder.ID.In(id.Ladder) + ":gold", "welcome", "100"}
	p := b.post(plansAt+"/new", form...).is(t, 200).shows(t, "The draft is saved.", "£9.99 a month", "Members hold the rank Gold")
	edit := b.get(p.path+"/edit").is(t, 200)
	for _, want := range []string{`value="9.99"`, `value="Klub"`, `value="7"`} {
		if !strings.Contains(edit.body, want) {
			t.Errorf("no field holds %s", want)
		}
	}
	for _, c := range []struct{ field, value, want string }{
		{"price", "many", "is not a number"}, {"price", "0", "costs more than nothing"}, {"names/en", " ", "name"}, {"grace_days", "40", "1–27 days"},
		{"trial_days", "9999", "A trial lasts"}, {"interval", "week", "by the month or by the year"}, {"rank", "lad_x:gold", "lad_x"},
	} {
		changed := append([]string{c.field, c.value}, form...)
		if c.field == "names/en" {
			continue // one of the languages is enough
		}
		b.post(p.path+"/edit", changed...).is(t, 422).shows(t, c.want)
	}
	b.post(plansAt+"/new", form...).is(t, 422).shows(t, "Choose another")
	b.post(p.path+"/publish").is(t, 200).shows(t, "The plan is on sale.")
	b.post(p.path+"/publish").is(t, 422).shows(t, "no draft")
	b.post(p.path+"/edit", append([]string{"price", "12.99"}, form...)...).is(t, 200).shows(t, "£12.99 a month", "£9.99 a month")
	b.post(p.path+"/retire").is(t, 200).shows(t, "The plan is off sale.")
}

// TestTheSecretIsShownOnce when payments go by webhook.
func TestTheSecretIsShownOnce(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	at := plansAt + "/payment"
	b.get(at).is(t, 200).shows(t, "How members pay")
	b.post(at, "method", "webhook", "url", "ftp://x", "withdrawal_days", "14", "notice_days", "30").is(t, 422).shows(t, "whole https address")
	b.post(at, "method", "webhook", "url", "https://pay.example.com", "withdrawal_days", "14", "notice_days", "30").is(t, 200).shows(t, "whsec_", "Copy the secret now")
	b.get(at).is(t, 200).shows(t, "Draw a new secret").hides(t, "whsec_")
	b.post(at, "method", "webhook", "url", "https://pay.example.com", "withdrawal_days", "20", "notice_days", "30").is(t, 200).shows(t, "Saved.").hides(t, "whsec_")
}

// TestWhoMayDoWhatWithPlans goes to the pages with other roles.
func TestWhoMayDoWhatWithPlans(t *testing.T) {
	w := newPlanShop(t)
	till, marketer := w.as(auth.Till), w.as(auth.Marketer)
	till.get(planAt(w.club)).is(t, 200).hides(t, "Take off sale")
	till.get(plansAt+"/new").is(t, http.StatusForbidden)
	till.post(planAt(w.club)+"/retire").is(t, http.StatusForbidden)
	marketer.get(plansAt+"/payment").is(t, 200).hides(t, "Days to withdraw")
	marketer.post(plansAt+"/payment", "method", "invoice").is(t, http.StatusForbidden)
	marketer.get(plansAt+"/charges").is(t, 200).hides(t, "Note it when")
}
