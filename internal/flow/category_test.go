package flow

import (
	"context"
	"testing"

	"regulars/internal/earn"
	"regulars/internal/product"
)

// TestGoodsAreInTheCategoryOfTheCatalogue sells goods a and b by their codes
// alone: only a is tea there, and a till that says otherwise is believed. Ten
// per cent off tea and nine points for a unit of it; the same sale sent
// again is the same, and one that waits in a quote is priced alike.
func TestGoodsAreInTheCategoryOfTheCatalogue(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx, tea := context.Background(), &earn.Lines{Categories: []string{"tea"}}
		h.ok(product.New(h.db).Upsert(ctx, boss, h.prog.ID, []product.Product{
			{SKU: "a", Name: "Assam", Category: "tea", Active: true}, {SKU: "b", Name: "Cup", Category: "cups", Active: true},
		}))
		spec := percent(10)
		spec.Lines = tea
		h.offers("Tea week", spec)
		h.addRule("Tea", earn.Purchase, earn.Spec{WalletID: h.wallet.ID, Effects: []earn.Effect{{Kind: earn.ProductBonus, Points: 9, Lines: tea}}})
		sells := func() *Event { return h.paysWith(h.buys("1", "ann", noon, 20_00, 30_00), Checkout{}) }
		quoted, err := h.flow.Quote(ctx, sells())
		h.ok(err)
		sold := h.must(sells())[0]
		if quoted.Sale.Total != 48_00 || sold.Sale.Total != 48_00 {
			t.Errorf("quoted %d, sold for %d", quoted.Sale.Total, sold.Sale.Total)
		}
		h.has(sold.MemberID, "available 57") // 48 and 9
		if again := h.must(sells())[0]; !again.Repeated || again.EventID != sold.EventID {
			t.Errorf("sent again: %+v", again)
		}
		said := h.paysWith(h.buys("2", "ann", noon, 20_00, 30_00), Checkout{})
		said.Payload.Lines[0].Category, said.Payload.Lines[1].Category = "gifts", "tea"
		if n := h.must(said)[0].Sale; n.Total != 47_00 || len(n.Discounts) != 1 || n.Discounts[0].Line != 2 {
			t.Errorf("a till that says so itself: %+v", n)
		}
		h.clean()
	})
}
