package console

import (
	"testing"
	"time"

	"regulars/internal/condition"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// tenOff is the spec of a plain offer: ten per cent off all goods.
func tenOff() promo.Spec {
	return promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}}
}

// draftOffer writes the draft of an offer.
func (w *town) draftOffer(name string, spec promo.Spec) id.ID {
	w.t.Helper()
	made, err := w.console.Promo.Create(ctx, w.owner.Actor(), promo.Offer{ProgrammeID: w.programme.ID, Name: name}, spec)
	check(w.t, err)
	return made.OfferID
}

// putOffer puts an offer in force since so many days ago.
func (w *town) putOffer(name string, days int, spec promo.Spec) id.ID {
	w.t.Helper()
	offer := w.draftOffer(name, spec)
	_, err := w.console.Promo.Publish(ctx, w.owner.Actor(), w.programme.ID, offer, w.clock.AddDate(0, 0, -days), time.Time{})
	check(w.t, err)
	return offer
}

// offerAt is the address of a page about an offer.
func (w *town) offerAt(offer id.ID, path string) string {
	return "/p/" + w.programme.Slug + "/offers/" + offer.In(id.Offer) + path
}

// makeCodes makes a batch and draws its codes.
func (w *town) makeCodes(b promo.Batch, text string) id.ID {
	w.t.Helper()
	b.ProgrammeID = w.programme.ID
	made, err := w.console.Promo.CreateBatch(ctx, w.owner.Actor(), b, text)
	check(w.t, err)
	w.work()
	return made.ID
}

func (w *town) batchAt(batch id.ID, path string) string {
	return "/p/" + w.programme.Slug + "/codes/batches/" + batch.In(id.Batch) + path
}

// codesIn returns the codes of a batch.
func (w *town) codesIn(batch id.ID) []*promo.Code {
	w.t.Helper()
	var list []*promo.Code
	check(w.t, w.console.Promo.Export(ctx, w.owner.Actor(), w.programme.ID, batch, func(c *promo.Code) error {
		list = append(list, c)
		return nil
	}))
	return list
}

// checkOut sells goods at the prices that the offers make.
func (w *town) checkOut(m id.ID, codes []string, lines ...sale.Line) flow.Answer {
	w.t.Helper()
	return w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: m}, Occurred: w.clock.Add(-time.Hour), Channel: "till", Payload: flow.Payload{Lines: lines, Checkout: &flow.Checkout{Codes: codes}}})
}

// stock puts products into the catalogue.
func (w *town) stock() {
	w.t.Helper()
	check(w.t, w.console.Products.Upsert(ctx, system, w.programme.ID, []product.Product{
		{SKU: "TEA", Name: "Darjeeling, first flush", Category: "tea", Brand: "Makaibari", Cost: 300, Active: true},
		{SKU: "MUG", Name: "Mug", Category: "china", Brand: "Spode", Cost: 900, Active: true},
	}))
}

// richOffer is a spec in which everything is filled.
func richOffer(t testing.TB) promo.Spec {
	t.Helper()
	c, err := condition.Parse([]byte(`{"all":[{"field":"weekday","op":"in","value":[6,7]},{"any":[{"field":"sale.goods","op":"gte","value":2000},{"field":"rank","op":"in","value":["silver","gold"]}]}]}`))
	check(t, err)
	return promo.Spec{
		Lines: &earn.Lines{SKUs: []string{"TEA", "MUG"}, Categories: []string{"china"}}, Brands: []string{"Spode"}, Condition: c, Minimum: 2000,
		Benefit:  promo.Benefit{Kind: promo.Tiered, Most: 5000, Tiers: []promo.Tier{{From: 2000, Percent: money.NewRate(5, 1)}, {From: 6000, Amount: 900}}},
		WithCode: true, RestoreCode: true, Priority: 3, Group: "spring", Exclusive: true, AtCost: true, MostOff: money.NewRate(40, 1),
		PerMember: []promo.Cap{{Period: earn.Month, Times: 2, Amount: 3000}, {Period: earn.Ever, Times: 9}}, Budget: promo.Budget{Uses: 500, Amount: 200_000},
	}
}

// promoTown is a town in which offers and codes are at work.
type promoTown struct {
	*town
	anna                               id.ID
	members, tea, rich, draft, ahead   id.ID
	unique, shared, personal, printing id.ID
	used, cancelled                    *promo.Code
}

func newPromoTown(t testing.TB) *promoTown {
	t.Helper()
	w := &promoTown{town: newTown(t)}
	c, owner := w.console, w.owner.Actor()
	w.addShops()
	w.stock()
	w.anna = w.join("Anna", "Wiśniewska", "anna@example.com")
	budget := tenOff()
	budget.Budget = promo.Budget{Amount: 10_000}
	w.members = w.putOffer("Ten off for members", 400, budget)
	w.tea = w.putOffer("Five pounds off tea with the spring letter", 90, promo.Spec{
		Lines: &earn.Lines{Categories: []string{"tea"}}, Minimum: 1500, Benefit: promo.Benefit{Kind: promo.Amount, Amount: 500}, WithCode: true, RestoreCode: true,
	})
	w.rich = w.putOffer("Everything at once", 30, richOffer(t))
	w.draft = w.draftOffer("Three for two", promo.Spec{
		Lines: &earn.Lines{SKUs: []string{"MUG"}}, Benefit: promo.Benefit{Kind: promo.CheapestFree, Buy: 2000, Get: 1000},
	})
	w.ahead = w.draftOffer("Welcome", promo.Spec{Audience: promo.Newcomers, Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(15, 1)}})
	_, err := c.Promo.Publish(ctx, owner, w.programme.ID, w.ahead, noon.AddDate(0, 1, 0), noon.AddDate(0, 2, 0))
	check(t, err)
	gone := w.putOffer("Last winter", 120, tenOff())
	check(t, c.Promo.Withdraw(ctx, owner, w.programme.ID, gone))
	w.unique = w.makeCodes(promo.Batch{OfferID: w.tea, Name: "Spring letter", Kind: promo.UniqueCodes, Wanted: 40, Length: 8, Prefix: "TEA-", MaxUses: 1, Expires: noon.AddDate(0, 2, 0)}, "")
	w.shared = w.makeCodes(promo.Batch{OfferID: w.tea, Name: "Poster", Kind: promo.SharedCode, MaxUses: 100}, "SPRING26")
	w.personal = w.makeCodes(promo.Batch{OfferID: w.tea, Name: "Sorry", Kind: promo.PersonalCodes, Length: 10, MaxUses: 1, ValidDays: 30}, "")
	codes := w.codesIn(w.unique)
	w.used, w.cancelled = codes[0], codes[1]
	check(t, c.DB.InTx(ctx, func(tx *db.Tx) error {
		mark := promo.CodeMark{ProgrammeID: w.programme.ID, Text: w.used.Text, At: noon, Channel: "letter", Actor: owner.String()}
		if err := promo.MarkDelivered(ctx, tx, []promo.CodeMark{mark}); err != nil {
			return err
		}
		mark.Text = codes[2].Text
		return promo.MarkDelivered(ctx, tx, []promo.CodeMark{mark})
	}))
	check(t, c.Promo.CancelCode(ctx, owner, w.programme.ID, w.cancelled.Text, "printed on the wrong card"))
	w.checkOut(w.anna, []string{w.used.Printed}, tea(20), sale.Line{SKU: "MUG", Name: "Mug", Category: "china", Quantity: 1000, Amount: 1200})
	w.checkOut(w.anna, []string{"spring-26"}, tea(45))
	w.printing = w.orderCodes(promo.Batch{OfferID: w.tea, Name: "Parcels", Kind: promo.UniqueCodes, Wanted: 5000, Length: 8, MaxUses: 1})
	return w
}

// orderCodes makes a batch of which nothing is drawn yet.
func (w *town) orderCodes(b promo.Batch) id.ID {
	w.t.Helper()
	b.ProgrammeID = w.programme.ID
	made, err := w.console.Promo.CreateBatch(ctx, w.owner.Actor(), b, "")
	check(w.t, err)
	return made.ID
}
