package till

import (
	"testing"
	"time"

	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/reward"
)

func TestACustomerIsFoundInEveryWay(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		m := k.shopper("Anna Wiśniewska", "+44 20 7946 0018", 150)
		_, err := k.c.Members.Update(ctx, system, k.programme.ID, m, member.Edit{
			Change: func(p *member.Member) { p.Birth = member.Birth{Day: 20, Month: 3, Year: 1990} },
			Add:    []member.Identity{{Kind: member.Email, Value: "anna@example.com"}, {Kind: member.Card, Value: "770042"}},
		})
		k.ok(err)
		k.shopper("Anna Smith", "+44 20 7946 9999", 0)
		k.reward("Coffee", 100, 0)
		k.reward("Mug", 190, 2_50)
		b := k.staffed(k.ann)
		shown := m.In(id.Member)
		for name, text := range map[string]string{
			"a card": "770042", "a card with spaces": "77 00 42", "a phone": "+44 20 7946 0018", "a phone as at home": "020 7946 0018",
			"an e-mail": "Anna@Example.com", "digits and a name": "0018 anna", "a part of a name": "wisniew", "the wallet's code": member.SignPass([]byte(k.programme.Salt), m, k.clock),
		} {
			var found scanned
			b.scan(text).is(200).shows("Anna Wiśniewska").into(&found)
			if found.Kind != "member" || found.Member != shown {
				t.Errorf("%s finds %q %q", name, found.Kind, found.Member)
			}
		}
		b.scan("770042").shows("•••• 0018", "Regular", "<strong>150</strong> Points", "worth £1.50",
			"There are enough points for “Coffee”.", "“Mug” is 40 Points away.", "£50.00 more", "Their birthday is in 5 days.").hides("7946", "anna@", "1990")
		b.scan("anna").is(200).shows("Which one?", "Anna Wiśniewska", "•••• 9999", "•••• 0018")
		b.scan("+44 20 7946 1111").is(200).shows("Nobody and nothing is found", "New member with +44 20 7946 1111")
		b.scan(member.SignPass([]byte("forged"), m, k.clock)).fails(403, "pass_refused")
		b.scan(member.SignPass([]byte(k.programme.Salt), m, k.clock.Add(-time.Hour))).fails(403, "pass_expired")
		b.scan("  ").fails(422, "till_scan_empty")
	})
}

func TestGoodsCodesAndCardsAreScanned(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		b := k.staffed(k.ann)
		var found scanned
		if b.scan("COF").is(200).into(&found); found.Kind != "product" || found.Product.Name != "Flat white" || found.Product.Category != "coffee" {
			t.Errorf("the code of coffee is %+v", found)
		}
		if b.scan("darjee").is(200).into(&found); found.Kind != "product" || found.Product.SKU != "TEA" {
			t.Errorf("a part of a name is %+v", found)
		}
		b.scan("OLD").is(200).hides("product")
		k.code("SPRING", 2_00, 3)
		if b.scan("spring").is(200).into(&found); found.Kind != "code" || found.Text != "SPRING" {
			t.Errorf("a code is %+v", found)
		}
		number := k.card(15_00)
		found = scanned{}
		if b.scan(number).is(200).shows("£15.00 left").into(&found); found.Kind != "card" || found.Text != number {
			t.Errorf("a gift card is %+v", found)
		}
		b.scan("9-9-9").fails(404, "till_no_receipt")
	})
}

func TestSomebodyOfAnotherProgrammeIsNobody(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		other, err := program.New(k.c.DB).Create(ctx, system, program.Programme{
			Slug: "other", Name: "Other", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
		})
		k.ok(err)
		m := k.shopper("Anna", "+442079460018", 0)
		here := k.programme
		k.programme = other
		stranger := k.shopper("Zoe", "+442079460077", 0)
		k.programme = here
		b := k.staffed(k.ann)
		b.get("/till/members/" + m.In(id.Member)).is(200)
		b.get("/till/members/" + stranger.In(id.Member)).is(404)
		b.scan("+442079460077").is(200).hides("Zoe")
		b.get("/till/sales?member=" + stranger.In(id.Member)).is(404)
	})
}

func TestSomebodyJoinsInTenSeconds(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		b := k.staffed(k.ann)
		n := newcomer{Number: b.next(), Contact: "020 7946 0018", Name: "Nina Kowalska-Nowak", Consent: true}
		var found scanned
		b.post("/till/sign-up", n).is(200).shows("Nina Kowalska-Nowak").into(&found)
		b.post("/till/sign-up", n).is(200)
		m, err := id.Parse(id.Member, found.Member)
		k.ok(err)
		p, err := k.c.Members.Get(ctx, system, k.programme.ID, m)
		k.ok(err)
		if p.Status != member.Enrolled || p.GivenName != "Nina" || len(p.Consents) != 1 {
			t.Fatalf("joined as %+v with %+v", p.Member, p.Consents)
		}
		if c := p.Consents[0]; !c.Given || c.Source != "till Till of Ann" || c.TextVersion != "till-1-en" || c.By != k.ann.Actor().String() {
			t.Errorf("the consent is %+v", c)
		}
		b.post("/till/sign-up", newcomer{Number: b.next(), Contact: "+442079460019", Name: "Olaf"}).is(200).into(&found)
		m, err = id.Parse(id.Member, found.Member)
		k.ok(err)
		if p, err = k.c.Members.Get(ctx, system, k.programme.ID, m); err != nil || len(p.Consents) != 0 {
			t.Errorf("who was not asked has consents %+v, %v", p.Consents, err)
		}
		b.post("/till/sign-up", newcomer{Number: b.next(), Name: "Nobody"}).fails(422, "till_no_contact")
		b.post("/till/sign-up", newcomer{Number: b.next(), Contact: "12", Name: "Nobody"}).is(422)
	})
}

// TestADonationHasNothingToPickUp: it is made as soon as the points are taken.
func TestADonationHasNothingToPickUp(t *testing.T) {
	k := onlyCounter(t)
	m := k.shopper("Anna", "+442079460018", 500)
	r, err := k.c.Rewards.Create(ctx, system, k.programme.ID, reward.Spec{Name: "The lifeboat", Kind: reward.KindDonation, Partner: "Lifeboats", WalletID: k.wallet.ID, Points: 200, Gives: 2_00})
	k.ok(err)
	_, err = k.c.Rewards.Publish(ctx, system, k.programme.ID, r.ID)
	k.ok(err)
	b := k.staffed(k.ann)
	w := wish{Number: b.next(), Member: m.In(id.Member), Reward: r.ID.In(id.Reward), Points: 200}
	b.post("/till/redeem", w).is(200).shows("the donation is made", "Undo").hides("pick-up code", "handed out", "Hand out")
}

func TestARewardIsRedeemedHandedOutAndUndone(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		m := k.shopper("Anna", "+442079460018", 500)
		r := k.reward("Mug", 200, 2_50)
		b := k.staffed(k.ann)
		w := wish{Number: b.next(), Member: m.In(id.Member), Reward: r.ID.In(id.Reward), Points: 200, Money: 2_50}
		b.post("/till/redeem", w).is(200).shows("pick-up code", "Mug", "Take £2.50 in money first.")
		b.post("/till/redeem", w).is(200)
		if left := k.points(m); left != 300 {
			t.Fatalf("%d points are left, not 300: it was taken twice", left)
		}
		list, err := k.c.Rewards.Redemptions(ctx, system, reward.Query{ProgrammeID: k.programme.ID, State: reward.Redeemed, Limit: 10})
		k.ok(err)
		code := list[0].Code
		b.scan(reward.ShowCode(code)).is(200).shows("Mug", "Hand out")
		b.post("/till/hand-out", named{code}).is(200).shows("It is handed out.").hides("Hand out")
		b.post("/till/hand-out", named{code}).is(409)
		b.post("/till/undo", named{code}).is(200).shows("Give back £2.50 in money.")
		if left := k.points(m); left != 500 {
			t.Errorf("%d points after undoing, not 500", left)
		}
		w = wish{Number: b.next(), Member: m.In(id.Member), Reward: r.ID.In(id.Reward), Points: 100}
		b.post("/till/redeem", w).is(409)
		k.sound()
	})
}
