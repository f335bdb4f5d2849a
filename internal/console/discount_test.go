package console

import (
	"fmt"
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/sale"
	"regulars/internal/web/webtest"
)

// discountTown is a programme of which 18 of 24 sales went at a discount, to a
// limit of 50 % from 20 sales on.
func discountTown(t *testing.T) *town {
	w := newTown(t)
	w.putOffer("Ten per cent off everything, for whoever comes in and buys something", 100, tenOff())
	ann := w.join("Ann", "Field", "ann@example.com")
	for range 18 {
		w.checkOut(ann, nil, sale.Line{SKU: "TEA", Quantity: 1000, Amount: 10_00})
	}
	for i := range 6 {
		w.buy(w.join("Eve", "", fmt.Sprintf("eve%d@example.com", i)), 1, tea(10))
	}
	return w
}

const discountsAt = "/p/bean/offers/discounts"

// TestDiscountsPage says how much went at a discount, warns above the limit, and
// lets the limit be set by who may.
func TestDiscountsPage(t *testing.T) {
	w := discountTown(t)
	b := w.as(auth.Owner)
	b.get(discountsAt).is(t, http.StatusOK).shows(t, "There were 24 sales in the last 28 days. From 100 on a share is told.", "wants a pause", "14 weeks")
	b.post(discountsAt, "version", "0", "limit", "101", "days", "x", "least", "20", "weeks", "8").is(t, http.StatusUnprocessableEntity).shows(t, "Write a number from 0 to 100.", "Write a number from 7 to 366.")
	b.post(discountsAt, "version", "0", "limit", "50", "days", "28", "least", "20", "weeks", "20").is(t, http.StatusOK).shows(t, "Saved.")
	b.get(discountsAt).shows(t, "75.0% of 24 sales went at a discount (55.1% to 88.0%)", "More than 50% of the sales go at a discount", "£18.00 off, 7.5%", "1 of 1 customer").hides(t, "wants a pause")
	b.post(discountsAt, "version", "0", "limit", "60", "days", "28", "least", "20", "weeks", "20").is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed the settings meanwhile.")
	b.get("/p/bean/offers").shows(t, "How much goes at a discount")
	w.as(auth.Marketer).get(discountsAt).is(t, http.StatusOK)
	w.as(auth.Till).get(discountsAt).is(t, http.StatusForbidden)
}

// TestDiscountsInTheBrowser looks at the page with a warning, with what is wrong,
// and with nothing.
func TestDiscountsInTheBrowser(t *testing.T) {
	w := discountTown(t)
	w.as(auth.Owner).post(discountsAt, "version", "0", "limit", "50", "days", "28", "least", "20", "weeks", "8").is(t, http.StatusOK)
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone},
	} {
		t.Run(look.name, func(t *testing.T) {
			prefer(t, b, look.lang, look.theme)
			b.Open(t, look.width, discountsAt)
			b.Check(t)
			b.Axe(t)
			b.Picture(t, look.name)
			b.Run(t, webtest.Type("#f-limit", "x"), webtest.Click("main form .button-primary"), webtest.Seen("#f-limit[aria-invalid=true]"))
			b.Check(t)
			b.Picture(t, look.name+"-wrong")
		})
	}
}
