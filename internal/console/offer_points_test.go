package console

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/web/webtest"
)

// doublePoints is the form of an offer that doubles points for tea, with
// budgets for shops.
func doublePoints(more ...string) []string {
	return append([]string{
		"do", "save", "name", "Double tea", "audience", "regulars", "kind", "points_multiplier", "rate", "2", "goods", "chosen", "skus", "TEA", "join", "all",
		"shop.0.shop", "", "shop.0.period", "month", "shop.0.uses", "20", "shop.0.amount", "",
		"shop.1.shop", "york", "shop.1.period", "day", "shop.1.uses", "", "shop.1.amount", "15",
	}, more...)
}

// TestPointsAreMultipliedByAForm writes, tries and mends an offer that doubles
// points.
func TestPointsAreMultipliedByAForm(t *testing.T) {
	w := newPromoTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/offers/new?start=points&name=Double").is(t, 200).shows(t, "Points × 2 for all goods.")
	who.post("/p/bean/offers/new", set(doublePoints(), "rate", "1")...).is(t, 422).shows(t, "Points are multiplied by more than 1")
	who.post("/p/bean/offers/new", set(doublePoints(), "shop.0.uses", "")...).is(t, 422).shows(t, "A value is needed here.")
	who.post("/p/bean/offers/new", set(doublePoints(), "do", "add-shop")...).is(t, 200).shows(t, "Each shop alike")
	p := who.post("/p/bean/offers/new", doublePoints()...).is(t, 200)
	p.shows(t, "Points × 2 for TEA.", "In each shop for all members together at most 20 times a month.", "In the shop", "£15.00 a day.")
	who.get(p.path+"/edit").is(t, 200).shows(t, "Points times")
	who.post(p.path+"/preview", cart()...).is(t, 200).shows(t, "This offer applies and gives 18 points on top.", "Double tea: points × 2")
	who.post(p.path+"/publish").is(t, 200)
	w.clock = w.clock.Add(2 * time.Hour)
	w.checkOut(w.anna, nil, tea(20))
	who.get(p.path).is(t, 200).shows(t, "Sales without a shop, this month: 1 of 20 uses are taken")
	who.post(p.path+"/preview", set(cart(), "customer", "newcomer")...).is(t, 200).shows(t, "This offer does not apply here.")
}

// TestPagesOfPointsOffersInTheBrowser looks at the form, and at what it makes.
func TestPagesOfPointsOffersInTheBrowser(t *testing.T) {
	w := newPromoTown(t)
	at := w.as(auth.Owner).post("/p/bean/offers/new", doublePoints()...).is(t, 200).path
	b := browse(t, w.console.Handler())
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone}} {
		prefer(t, b, look.lang, look.theme)
		for name, path := range map[string]string{"points": at, "points-edit": at + "/edit"} {
			b.Open(t, look.width, path)
			b.Check(t)
			b.Picture(t, look.name+"-"+name)
		}
	}
}
