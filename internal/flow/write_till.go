package flow

import (
	"cmp"
	"context"
	"slices"

	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// writeOffers keeps what the sales of the batch used of offers, codes and
// cards.
func (b *batch) writeOffers(ctx context.Context) error {
	var redemptions []promo.Redemption
	var codes []promo.CodeUse
	counts := map[id.ID]promo.Counts{}
	for _, a := range b.touched() {
		redemptions, codes = append(redemptions, a.redemptions...), append(codes, a.codeUses...)
		if len(a.offers.Counts) > 0 {
			counts[a.member.ID] = a.offers.Counts
		}
	}
	if err := b.endOpenSales(ctx); err != nil {
		return err
	}
	if err := promo.UseCodes(ctx, b.tx, codes); err != nil {
		return err
	}
	if err := promo.SaveRedemptions(ctx, b.tx, redemptions); err != nil {
		return err
	}
	if err := promo.SaveUsage(ctx, b.tx, counts); err != nil {
		return err
	}
	if err := promo.ReserveBudgets(ctx, b.tx, b.offerBudgets); err != nil {
		return err
	}
	return promo.ReserveShopBudgets(ctx, b.tx, b.shopBudgets)
}

func (b *batch) writeCards(ctx context.Context) error {
	var changed []*giftcard.Card
	for _, c := range b.cards {
		if c.Changed() {
			changed = append(changed, c)
		}
	}
	slices.SortFunc(changed, func(a, b *giftcard.Card) int { return cmp.Compare(a.ID, b.ID) })
	return giftcard.Save(ctx, b.tx, changed)
}
