package console

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/partner"
)

func (w *market) now() *partner.Partner {
	w.t.Helper()
	p, err := w.console.Partners.Get(ctx, system, w.programme.ID, w.baker.ID)
	check(w.t, err)
	return &p
}

// TestNewTermsAreAgreed for a day to come, with prices for a whole point.
func TestNewTermsAreAgreed(t *testing.T) {
	w := newMarket(t)
	b := w.as(auth.Manager)
	at := w.at() + "/terms"
	day := func(days int) string { return w.clock.AddDate(0, 0, days).Format(time.DateOnly) }
	b.post(at, "begins", "", "issue_price", "2", "redeem_price", "1").is(t, 422)
	b.post(at, "begins", day(-1), "issue_price", "2", "redeem_price", "1").is(t, 422)
	b.post(at, "begins", day(3), "issue_price", "many", "redeem_price", "1").is(t, 422)
	b.post(at, "begins", day(3), "issue_price", "2", "redeem_price", "1", "issue_fee", "101").is(t, 422)
	if n := len(w.now().Terms); n != 1 {
		t.Fatalf("there are %d terms", n)
	}
	b.post(at, "begins", day(3), "issue_price", "2,5", "redeem_price", "1", "issue_fee", "4").is(t, 200).shows(t, "The new terms are noted.", "From 18 March 2026", "it pays us 0.025 GBP", "4 %", "From the beginning")
	b.post(at, "begins", day(2), "issue_price", "2", "redeem_price", "1").is(t, 422)
}

// TestAnOfferIsShared with the partner, and no more.
func TestAnOfferIsShared(t *testing.T) {
	w := newMarket(t)
	offer := w.draftOffer("Spring bread", tenOff())
	b := w.as(auth.Manager)
	b.get(w.at()).is(t, 200).shows(t, "No offers are shared", "Spring bread")
	share := func(percent string) page {
		return b.post(w.at()+"/offers", "offer", offer.In(id.Offer), "share", percent)
	}
	share("120").is(t, 422)
	share("some").is(t, 422)
	share("40").is(t, 200).shows(t, "The share is noted.", "40 %", "For sales since", "15 March 2026")
	list, err := w.console.Partners.OfferShares(ctx, system, w.programme.ID, w.baker.ID)
	check(t, err)
	if len(list) != 1 || list[0].Part.String() != "0.4" {
		t.Errorf("the shares are %v", list)
	}
	share("0").is(t, 200).shows(t, "No offers are shared")
}

// TestAPartnershipEnds, after a shop was taken back; who may only look does neither.
func TestAPartnershipEnds(t *testing.T) {
	w := newMarket(t)
	shops, err := w.console.Partners.Shops(ctx, system, w.programme.ID, w.baker.ID)
	check(t, err)
	reader := w.as(auth.ReadOnly)
	reader.get(w.at()).is(t, 200).hides(t, "Take back", "End the partnership", "New terms")
	for _, path := range []string{"/terms", "/offers", "/shops/release", "/end"} {
		reader.post(w.at()+path).is(t, 403)
	}
	b := w.as(auth.Owner)
	b.post(w.at()+"/shops/release", "shop", shops[0].ShopID.In(id.Shop)).is(t, 200).shows(t, "The shop is ours again.")
	b.post(w.at()+"/shops/release", "shop", shops[0].ShopID.In(id.Shop)).is(t, 422)
	b.post(w.at()+"/end").is(t, 200).shows(t, "The partnership has ended.", "It ended on 15 March 2026.").hides(t, "End the partnership with", "New terms")
	if w.now().State() != partner.Ended {
		t.Error("it goes on")
	}
	b.post(w.at()+"/terms", "begins", "2027-01-01", "issue_price", "2", "redeem_price", "1").is(t, 422).shows(t, "This partnership has ended.")
}
