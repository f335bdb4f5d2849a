package guest_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// lively is a town in which Anna has points and things to choose from.
type lively struct {
	*town
	anna, ewa id.ID
	// max is in the household of Anna, where there is one.
	max     id.ID
	tasting id.ID // a service that can be booked
	coffee  reward.Reward
}

func newLively(w *town) *lively {
	w.t.Helper()
	l := &lively{town: w, anna: w.join("Anna", "Nowak", "anna@example.com"), ewa: w.join("Ewa", "Kowalska", "ewa@example.com")}
	w.buy(l.anna, 300, 500)
	w.buy(l.anna, 3, 80)
	w.buy(l.ewa, 40, 300)
	l.coffee = w.offer(reward.Spec{Name: "A coffee", Kind: reward.KindGoods, Points: 40, PickUpDays: 14})
	w.offer(reward.Spec{Name: "A machine", Kind: reward.KindGoods, Points: 90_000})
	return l
}

// TestARewardOpensEarlyForARank: who holds the rank can take it before everybody
// else, and both are told when.
func TestARewardOpensEarlyForARank(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		ewa := w.join("Ewa", "Lis", "ewa@example.com")
		w.buy(anna, 40, 1200)
		w.buy(ewa, 40, 200)
		jar := w.offer(reward.Spec{
			Name: "The new jar", Kind: reward.KindGoods, Points: 40, Begins: noon.AddDate(0, 0, 3), EarlyRanks: []string{"silver"}, Early: noon.AddDate(0, 0, -1),
		})
		p := w.signedIn("ewa@example.com")
		p.get("/me/bean/rewards").is(200).shows("The new jar", "This reward can be had from 18 March 2026.").hides("Take it")
		silver := w.signedIn("anna@example.com")
		page := silver.get("/me/bean/rewards").is(200).shows("Early for your rank; for everybody else from 18 March 2026.", "Take it")
		take := []string{"reward", jar.ID.In(id.Reward), "nonce", page.value("nonce"), "points", "40", "money", "0"}
		p.post("/me/bean/rewards", take...).shows("This reward can be had from 18 March 2026.")
		silver.post("/me/bean/rewards", take...).is(200).shows("To be picked up")
	})
}

// TestPerksOfARank: the card says what the rank brings, and what the next would.
func TestPerksOfARank(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna := w.join("Anna", "Nowak", "anna@example.com")
		w.join("Ewa", "Lis", "ewa@example.com")
		w.buy(anna, 40, 1200)
		w.signedIn("ewa@example.com").get("/me/bean/").is(200).shows("As Silver you would have: A seat at tastings Warranty of <three> years Returns 16 days longer Warranties 1 month longer").hides("you have:")
		w.signedIn("anna@example.com").get("/me/bean/").is(200).shows("As Silver you have: A seat at tastings Warranty of <three> years Returns 16 days longer Warranties 1 month longer").hides("would have")
	})
}

func TestHomeSaysHowOneStands(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		_, err := w.members.Update(ctx, system, w.programme.ID, l.anna, member.Edit{Add: []member.Identity{{Kind: member.Card, Value: "260012345678"}}})
		check(t, err)
		p := w.signedIn("anna@example.com")
		home := p.get("/me/bean/").is(200).shows("Points: 500 to use, worth £5.00.", "can be used until 19 May 2026", "Your rank is Regular", "£420.00 more", "Silver", "26 March 2026", "2600 1234 5678")
		if !strings.Contains(home.body, `hx-trigger="every 30s`) || !strings.Contains(home.body, "<svg viewBox") {
			t.Error("the card does not renew itself")
		}
		first := p.get("/me/bean/card", "HX-Request", "true").is(200)
		w.pass(time.Minute)
		if second := p.get("/me/bean/card", "HX-Request", "true").is(200); first.body == second.body || strings.Contains(second.body, "<html") {
			t.Error("the card stays the same, or is a whole page")
		}
	})
}

// TestRedeemOnce sends the same form twice, and then a fresh one.
func TestRedeemOnce(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		before := w.available(l.anna)
		shelf := p.get("/me/bean/rewards").is(200).shows("You can take 1 reward now", "A coffee", "You have 500 of 90,000")
		form := []string{"reward", shelf.value("reward"), "nonce", shelf.value("nonce"), "points", shelf.value("points"), "money", shelf.value("money")}
		p.post("/me/bean/rewards", form...).is(200).shows("It is yours", "Code to pick it up", "Pick it up by 29 March 2026")
		p.post("/me/bean/rewards", form...).is(200)
		if got := w.available(l.anna); got != before-40 {
			t.Errorf("%d points after the form came twice, were %d", got, before)
		}
		fresh := p.get("/me/bean/rewards").value("nonce")
		p.post("/me/bean/rewards", "reward", l.coffee.ID.In(id.Reward), "nonce", fresh, "points", "40", "money", "0").is(200)
		if got := w.available(l.anna); got != before-80 {
			t.Errorf("%d points after two rewards", got)
		}
		p.post("/me/bean/rewards", "reward", l.coffee.ID.In(id.Reward), "nonce", "other", "points", "30", "money", "0").is(422)
		p.post("/me/bean/rewards", "reward", "nonsense", "nonce", "x", "points", "40", "money", "0").is(404)
	})
}

func TestUndo(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		n := l.take(p)
		before := w.available(l.anna)
		p.post("/me/bean/rewards/undo", "redemption", n.ID.In(id.Redemption)).is(200).shows("Taken back")
		if got := w.available(l.anna); got != before+40 {
			t.Errorf("%d points, were %d", got, before)
		}
		n = l.take(p)
		_, err := w.rewards.HandOut(ctx, system, w.programme.ID, n.ID.In(id.Redemption))
		check(t, err)
		p.post("/me/bean/rewards/undo", "redemption", n.ID.In(id.Redemption)).is(422).shows("was handed out")
	})
}

// take redeems a coffee and returns what came of it.
func (l *lively) take(p *phone) *reward.Redemption {
	l.t.Helper()
	p.post("/me/bean/rewards", "reward", l.coffee.ID.In(id.Reward), "nonce", p.get("/me/bean/rewards").value("nonce"), "points", "40", "money", "0").is(200)
	list, err := l.rewards.Redemptions(ctx, system, reward.Query{ProgrammeID: l.programme.ID, Limit: 1})
	check(l.t, err)
	return list[0]
}

// TestNobodyReachesAnother tries Anna's things from Ewa's phone.
func TestNobodyReachesAnother(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		n := l.take(w.signedIn("anna@example.com"))
		before := w.available(l.anna)
		_, err := w.giftCards.Issue(ctx, system, w.programme.ID, giftcard.Order{Value: 1000, Given: true, Until: noon.AddDate(0, 6, 0), Recipients: []giftcard.Recipient{{MemberID: l.anna}}})
		check(t, err)
		cards, err := w.giftCards.List(ctx, system, giftcard.Query{ProgrammeID: w.programme.ID, Limit: 1})
		check(t, err)
		ewa := w.signedIn("ewa@example.com")
		ewa.post("/me/bean/rewards/undo", "redemption", n.ID.In(id.Redemption)).is(404)
		if w.available(l.anna) != before {
			t.Error("Ewa undid what Anna took")
		}
		ewa.post("/me/bean/codes/claim", "number", cards[0].Number).is(422)
		for _, path := range []string{"/", "/rewards", "/codes", "/history", "/history/gained", "/profile", "/profile/privacy", "/profile/consents", "/card/offline"} {
			answer := ewa.get("/me/bean"+path).is(200).hides("Anna", "anna@example.com", cards[0].Number, reward.ShowCode(n.Code))
			if answer.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s may be stored", path)
			}
		}
		// Fields that name another member change nothing about whom it is.
		ewa.post("/me/bean/profile?member="+l.anna.In(id.Member), "member", l.anna.In(id.Member), "given", "Mallory", "version", "0").is(200)
		person, err := w.members.Get(ctx, system, w.programme.ID, l.anna)
		check(t, err)
		if person.GivenName != "Anna" {
			t.Errorf("Anna is called %q", person.GivenName)
		}
		export := ewa.post("/me/bean/profile/export").is(200)
		if !strings.Contains(export.body, l.ewa.In(id.Member)) || strings.Contains(export.body, l.anna.In(id.Member)) || strings.Contains(export.body, "anna@") {
			t.Error("the export is not Ewa's alone")
		}
	})
}

// TestFormsFromElsewhere posts as another site would make a browser do.
func TestFormsFromElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		before := w.available(l.anna)
		r, err := http.NewRequest(http.MethodPost, w.server.URL+"/me/bean/rewards", strings.NewReader("reward="+l.coffee.ID.In(id.Reward)+"&nonce=n&points=40&money=0"))
		check(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		p.do(r).is(403)
		if w.available(l.anna) != before {
			t.Error("another site took a reward")
		}
	})
}

func TestCodesAndGiftCards(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		offer, err := w.offers.Create(ctx, system, promo.Offer{ProgrammeID: w.programme.ID, Name: "Ten off"}, promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: rate(10)}, WithCode: true})
		check(t, err)
		_, err = w.offers.Publish(ctx, system, w.programme.ID, offer.OfferID, noon, time.Time{})
		check(t, err)
		b, err := w.offers.CreateBatch(ctx, system, promo.Batch{ProgrammeID: w.programme.ID, OfferID: offer.OfferID, Name: "Thanks", Kind: promo.PersonalCodes, Length: 8, MaxUses: 1, ValidDays: 10}, "")
		check(t, err)
		c, err := w.offers.Personal(ctx, system, w.programme.ID, b.ID, promo.PersonalAsk{MemberID: l.anna})
		check(t, err)
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/codes").is(200).shows("You have 1 code to use now", "Ten off", c.Printed, "usable", "Until 25 March 2026")
		life, err := w.offers.Code(ctx, system, w.programme.ID, c.Text)
		check(t, err)
		if life.Seen.IsZero() {
			t.Error("the code is not marked as seen")
		}
		w.pass(11 * 24 * time.Hour)
		p.get("/me/bean/codes").is(200).shows("You have no codes to use now", "Ended on 25 March 2026")

		_, err = w.giftCards.Issue(ctx, system, w.programme.ID, giftcard.Order{Count: 1, Value: 5000, Months: 60})
		check(t, err)
		cards, err := w.giftCards.List(ctx, system, giftcard.Query{ProgrammeID: w.programme.ID, Limit: 1})
		check(t, err)
		p.post("/me/bean/codes/claim", "number", "ABCD").is(422)
		p.post("/me/bean/codes/claim", "number", strings.ToLower(cards[0].Number)).is(200).shows("in your wallet", "£50.00", giftcard.ShowNumber(cards[0].Number))
		last := 0
		for range 40 {
			last = p.post("/me/bean/codes/claim", "number", "ABCD").status
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("numbers can be tried for ever: %d", last)
		}
	})
}

func TestHistoryAndGains(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		l.take(w.signedIn("anna@example.com"))
		w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: l.anna}, Payload: flow.Payload{Return: oneTea()}})
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/history").is(200).shows("Purchase for £500.00", "Purchase for £80.00", "Return of goods worth £40.00", "Took a reward", "Darjeeling", "−40")
		// 580 points less 40 for what came back, each worth a penny; paid 580 less 40 pounds.
		p.get("/me/bean/history/gained").is(200).shows("In the last 12 months you paid £540.00 for goods and gained £5.40: 1.0% of it came back", "Rewards taken 1 1")
		for i := range 25 {
			w.buy(l.anna, 200-i, 10)
		}
		first := p.get("/me/bean/history").is(200)
		if !strings.Contains(first.body, "before=") {
			t.Error("there is no second page")
		}
		p.get("/me/bean/history?before=nonsense").is(422)
		if oldest := p.get("/me/bean" + next(t, first)).is(200); !strings.Contains(oldest.text(), "Purchase for £500.00") {
			t.Errorf("the second page:\n%s", oldest.text())
		}
	})
}

// TestGainsAreNoMoreThanWasKept counts neither points that ended unused nor a
// discount that was lost with goods that came back: £10 off from £50, of which
// £20 of £60 come back, so that £10 are kept of the refund.
func TestGainsAreNoMoreThanWasKept(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		w.pass(500 * 24 * time.Hour)
		_, err := w.flow.Sweep(ctx, w.now(), nil)
		check(t, err)
		w.signedIn("anna@example.com").get("/me/bean/history/gained").is(200).shows("In all you paid £580.00 for goods and gained £0.00: 0.0% of it came back", "ended unused 80 580")

		offer, err := w.offers.Create(ctx, system, promo.Offer{ProgrammeID: w.programme.ID, Name: "Ten from fifty"}, promo.Spec{
			Benefit: promo.Benefit{Kind: promo.Amount, Amount: 10_00}, Minimum: 50_00, AfterReturn: promo.Recompute,
		})
		check(t, err)
		_, err = w.offers.Publish(ctx, system, w.programme.ID, offer.OfferID, w.now(), time.Time{})
		check(t, err)
		w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: l.anna}, Payload: flow.Payload{
			Currency: "GBP", Checkout: &flow.Checkout{}, Lines: []sale.Line{{SKU: "TEA", Quantity: 1000, Amount: 40_00}, {SKU: "POT", Quantity: 1000, Amount: 20_00}},
		}})
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/history/gained").is(200).shows("Discounts £10.00 £10.00", "ended unused 80 580 Worth of what did not end £0.50 £0.50")
		w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: l.anna}, Payload: flow.Payload{
			Return: &flow.Return{SaleReference: fmt.Sprint(10_000 + w.events), Lines: []sale.ReturnLine{{SKU: "POT", Quantity: 1000}}},
		}})
		p.get("/me/bean/history/gained").is(200).shows("Discounts £0.00 £0.00")
	})
}

func TestProfileAndConsents(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		version := p.get("/me/bean/profile").is(200).shows("anna@example.com").value("version")
		p.post("/me/bean/profile", "version", version, "given", "Anna", "family", "Nowak", "birth_day", "31", "birth_month", "2").is(422).shows("A birthday needs a day")
		p.post("/me/bean/profile", "version", version, "given", "Anna", "family", "Nowak", "birth_day", "3", "birth_month", "5", "language", "pl").is(200).shows("Zapisano", "Profil")
		p.post("/me/bean/profile", "version", version, "given", "Late", "family", "Nowak").is(422)
		p.post("/me/bean/profile/consents", "marketing", "email", "marketing", "sms", "profiling", "every").is(200)
		p.post("/me/bean/profile/consents", "marketing", "sms", "profiling", "every").is(200)
		history, err := member.Consents(ctx, w.db.Reader(), []id.ID{l.anna})
		check(t, err)
		if len(history) != 4 {
			t.Fatalf("%d statements: %+v", len(history), history)
		}
		for ch, want := range map[member.Channel]bool{member.ByEmail: false, member.BySMS: true, member.ByPost: false} {
			if got := member.Allowed(history, member.Marketing, ch); got != want {
				t.Errorf("%s: %v", ch, got)
			}
		}
		if c := history[0]; c.Source != "wallet" || c.TextVersion == "" || c.At.IsZero() {
			t.Errorf("the evidence is %+v", c)
		}
	})
}

func TestAddAnEmail(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		newLively(w)
		p := w.signedIn("anna@example.com")
		p.post("/me/bean/profile/email", "email", "second@example.com").is(200).shows("on its way to second@example.com")
		sent := w.last()
		if sent.link != "" || sent.to.Value != "second@example.com" {
			t.Errorf("sent %+v", sent)
		}
		p.post("/me/bean/profile/email/code", "email", "third@example.com", "code", sent.code).is(422)
		p.post("/me/bean/profile/email/code", "email", "second@example.com", "code", sent.code).is(200).shows("second@example.com")
		w.signedIn("second@example.com").get("/me/bean/").shows("Hello, Anna")
		p.post("/me/bean/profile/email", "email", "ewa@example.com").is(200).shows("on its way")
		p.post("/me/bean/profile/email/code", "email", "ewa@example.com", "code", w.last().code).is(422).shows("belongs to another customer").hides("mem_")
	})
}

func TestErase(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		p := w.signedIn("anna@example.com")
		p.post("/me/bean/profile/erase", "typed", "yes").is(422).shows("Type it exactly")
		w.pass(10 * time.Minute)
		p.post("/me/bean/profile/erase", "typed", "delete").is(200).shows("Is it you?")
		p.get("/me/bean/profile/erase").is(200).shows("Is it you?")
		p.post("/me/bean/profile/prove").is(200).shows("Code of six digits")
		p.post("/me/bean/profile/prove/code", "code", "000").is(422)
		p.post("/me/bean/profile/prove/code", "code", w.last().code).is(200).shows("Leave for good")
		p.post("/me/bean/profile/erase", "typed", " Delete ").is(200).shows("You are forgotten here")
		found, err := member.Read(ctx, w.db.Reader(), []id.ID{l.anna})
		check(t, err)
		if found[l.anna].Status != member.Erased || w.count("guest_session") != 0 {
			t.Error("Anna is not forgotten")
		}
		if len(w.audited("guest.erase")) != 1 || len(w.audited("member.erase")) != 1 {
			t.Error("the trail does not say who asked for it")
		}
	})
}

func TestInstallable(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		newLively(w)
		p := w.phone()
		var manifest struct {
			Name  string `json:"name"`
			Start string `json:"start_url"`
			Scope string `json:"scope"`
			Icons []struct {
				Src string `json:"src"`
			} `json:"icons"`
		}
		check(t, json.Unmarshal([]byte(p.get("/me/bean/manifest.json").is(200).body), &manifest))
		if manifest.Name != "Bean & Leaf" || manifest.Start != "/me/bean/" || manifest.Scope != "/me/bean/" || len(manifest.Icons) != 3 {
			t.Errorf("%+v", manifest)
		}
		for _, i := range manifest.Icons {
			if kind := p.get(i.Src).is(200).header.Get("Content-Type"); kind != "image/png" {
				t.Errorf("%s is %s", i.Src, kind)
			}
		}
		p.get("/me/bean/icon-7.png").is(404)
		if kind := p.get("/me/bean/worker.js").is(200).header.Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") {
			t.Errorf("the worker is %s", kind)
		}
		w.signedIn("anna@example.com").get("/me/bean/card/offline").is(200).shows("No network", "This is how it was on 15 March 2026", "500")
	})
}

func rate(percent int64) money.Rate { return money.NewRate(percent, 1) }

// oneTea is a return of half of the latest purchase.
func oneTea() *flow.Return {
	return &flow.Return{Lines: []sale.ReturnLine{{SKU: "TEA", Quantity: 1000}}}
}

// next is the path of the next page of a list, below the programme.
func next(t *testing.T, p page) string {
	t.Helper()
	found := regexp.MustCompile(`href="/me/bean(/history\?before=[^"]+)"`).FindStringSubmatch(p.body)
	if found == nil {
		t.Fatal("no next page")
	}
	return html.UnescapeString(found[1])
}
