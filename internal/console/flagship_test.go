package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/sale"
	"regulars/internal/web/webtest"
)

// haloTown is a town in which the lamp is a flagship: so many began with it,
// each beside one who began with a chair.
func haloTown(t testing.TB, pairs int) *town {
	t.Helper()
	w := newTown(t)
	w.stock()
	_, err := w.console.Products.SetFlagship(ctx, system, w.programme.ID, "TEA", true)
	check(t, err)
	began := w.clock.AddDate(0, -5, 0)
	sells := func(m string, days int, lines ...sale.Line) {
		for i := range lines {
			lines[i].Quantity = 1000
		}
		w.take(flow.Event{
			Kind: journal.Purchase, Who: flow.Who{MemberID: w.join(m, "Doe", strings.ToLower(m)+"@example.com")}, Occurred: began.Add(time.Duration(days) * 24 * time.Hour), Channel: "web",
			Payload: flow.Payload{Lines: lines},
		})
	}
	for i := range pairs {
		sells(fmt.Sprint("Ann", i), i%20, sale.Line{SKU: "TEA", Name: "Darjeeling, first flush", Amount: 900}, sale.Line{SKU: "POT", Name: "A tea pot of blue china with a lid that stays on", Amount: 2500 + int64(i)})
		sells(fmt.Sprint("Bob", i), i%20, sale.Line{SKU: "MUG", Name: "Mug", Amount: 1200}, sale.Line{SKU: "SPOON", Name: "Spoon", Amount: 300})
	}
	return w
}

func TestFlagshipsAreMarked(t *testing.T) {
	w := newTown(t)
	w.stock()
	who := w.as(auth.Owner)
	who.get("/p/bean/flagships").is(t, 200).shows(t, "No flagships yet", "Mark a product")
	who.post("/p/bean/flagships", "sku", "NOPE").is(t, 422).shows(t, "The catalogue has no product “NOPE”. Add it first.")
	who.post("/p/bean/flagships", "sku", "TEA").is(t, 200).shows(t, "Darjeeling, first flush is a flagship now.")
	who.get("/p/bean/flagships/halo?sku=TEA").is(t, 200).shows(t, "What goes with Darjeeling, first flush", "Nobody can be compared so far. Figures are shown from ten on.")
	who.get("/p/bean/flagships/halo?sku=TEA&days=0").is(t, 422)
	who.get("/p/bean/flagships/halo?sku=NOPE").is(t, 404)
	reader := w.as(auth.ReadOnly)
	reader.get("/p/bean/flagships").is(t, 200).shows(t, "Darjeeling").hides(t, "Remove the mark", "Mark a product")
	reader.post("/p/bean/flagships/remove", "sku", "TEA").is(t, 403)
	who.post("/p/bean/flagships/remove", "sku", "TEA").is(t, 200).shows(t, "is a product like others now.", "No flagships yet")
	has(t, w.audited(), "product.flagship")
	has(t, w.audited(), "product.no_flagship")
}

func TestHaloIsTold(t *testing.T) {
	w := haloTown(t, 12)
	w.as(auth.Owner).get("/p/bean/flagships/halo?sku=TEA&days=30").is(t, 200).shows(t,
		"12 customers began with it; 12 could be compared.", "Preliminary: fewer than 30 pairs", "it does not show that the product is the cause",
		"In the same basket £25.06 £3.00 £22.06", "A tea pot of blue china with a lid that stays on POT 100.0% 0.0%")
}

// TestPagesOfFlagshipsInTheBrowser looks at them, with little and with enough.
func TestPagesOfFlagshipsInTheBrowser(t *testing.T) {
	full, few := haloTown(t, 32), haloTown(t, 3)
	for name, w := range map[string]*town{"full": full, "few": few} {
		b := browse(t, w.console.Handler())
		for _, look := range []struct {
			name, lang, theme string
			width             webtest.Step
		}{{"desktop-en", "en", "light", webtest.Desktop}, {"phone-pl-dark", "pl", "dark", webtest.Phone}, {"phone-ru", "ru", "light", webtest.Phone}} {
			prefer(t, b, look.lang, look.theme)
			for page, path := range map[string]string{"flagships": "/p/bean/flagships", "halo": "/p/bean/flagships/halo?sku=TEA"} {
				b.Open(t, look.width, path)
				b.Check(t)
				b.Picture(t, look.name+"-"+page+"-"+name)
			}
		}
	}
}
