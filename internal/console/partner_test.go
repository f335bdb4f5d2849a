package console

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/program"
	"regulars/internal/sale"
)

const partnersAt = "/p/bean/partners"

// market is a town with a partner, whose shop gave some points last month.
type market struct {
	*town
	baker partner.Partner
}

func newMarket(t testing.TB) *market {
	t.Helper()
	w := &market{town: newTown(t)}
	shop, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "bakery", Name: "Bakery on the Square"})
	check(t, err)
	w.baker, err = w.console.Partners.Create(ctx, system, w.programme.ID, partner.NewPartner{
		Spec: partner.Spec{Name: "Bakery on the Square", Contact: "1 Market Street", MayGrant: true, MayAccept: true, MaySee: true}, WalletID: w.wallet.ID,
		Terms: partner.TermsSpec{IssuePrice: money.NewRate(3, 2), RedeemPrice: money.NewRate(4, 5), IssueFee: money.NewRate(1, 20)},
	})
	check(t, err)
	now := w.clock
	_, err = w.console.Partners.AssignShop(ctx, system, w.programme.ID, w.baker.ID, shop.ID, now.AddDate(0, -6, 0))
	check(t, err)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	for range 3 {
		w.take(flow.Event{
			Kind: journal.Purchase, Who: flow.Who{MemberID: anna}, Shop: "bakery", Occurred: now.AddDate(0, -1, 0),
			Payload: flow.Payload{Lines: []sale.Line{{SKU: "bread", Quantity: 1000, Amount: 33_00}}},
		})
	}
	check(t, w.console.Partners.Collect(ctx, w.programme.ID))
	return w
}

func (w *market) at() string { return partnersAt + "/" + w.baker.ID.In(id.Partner) }

func (w *market) month() string { return partner.MonthOf(w.clock, w.programme.Zone).Before().String() }

func TestPartnersAreShownAndSettled(t *testing.T) {
	w := newMarket(t)
	b := w.as(auth.Manager)
	b.get(partnersAt).is(t, 200).shows(t, "1 company gives and takes your points.", "Bakery on the Square", "give points, take points")
	b.get(w.at()).is(t, 200).shows(t, "From the beginning", "For each point given in its shops it pays us 0.015 GBP.", "5 %", "February 2026", "draft", "fewer than 10")
	at := w.at() + "/statements/" + w.month()
	b.get(at).is(t, 200).shows(t, "Bakery on the Square owes us", "Points given", "0.015 GBP", "Fee: Points given", "Close the month")
	reader := w.as(auth.ReadOnly)
	reader.get(at).is(t, 200).hides(t, "Close the month")
	reader.post(at+"/close").is(t, 403)
	b.post(at+"/close").is(t, 200).shows(t, "The statement is closed.", "closed, no. 1").hides(t, "Close the month")
	if file := b.get(at+"/statement.pdf").is(t, 200); !strings.HasPrefix(file.body, "%PDF-") {
		t.Error("the PDF is none")
	}
	b.get(at+"/statement.csv").is(t, 200).shows(t, "issue", "fee_issue", "total")
	b.get(w.at()+"/statements/nonsense").is(t, 422)
	b.get(partnersAt+"/ptn_01h9x3k7q2v5n").is(t, 404)
}

func TestAPartnerIsTakenIn(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(partnersAt).is(t, 200).shows(t, "No partners yet")
	form := []string{"name", "Cinema", "may", "accept", "issue_price", "1.5", "redeem_price", "0,8", "issue_fee", "5"}
	p := b.post(partnersAt+"/new", form...).is(t, 200).shows(t, "The partner is saved.", "Its shops take your points.", "To the settings", "0.008 GBP", "5 %").hides(t, "give and take")
	b.post(partnersAt+"/new", form...).is(t, 422).shows(t, "There is a partner of this name already")
	b.post(partnersAt+"/new", append([]string{"name", "X", "issue_fee", "500"}, form[4:8]...)...).is(t, 422).shows(t, "between 0 and 100 %")
	shop, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "cinema", Name: "Cinema at the river"})
	check(t, err)
	b.post(p.path+"/shops", "shop", shop.ID.In(id.Shop)).is(t, 200).shows(t, "The shop is the partner’s now.", "Cinema at the river")
	b.post(p.path+"/shops", "shop", shop.ID.In(id.Shop)).is(t, 422).shows(t, "Release it first")
	b.post(p.path+"/keys", "name", "cinema till").is(t, 200).shows(t, "rg_", "/v1/"+p.path[strings.Index(p.path, "partners/"):])
	b.get(p.path).is(t, 200).shows(t, "cinema till", "good")
	w.clock = w.clock.Add(time.Minute)
	w.as(auth.Till).get(partnersAt).is(t, 403)
}
