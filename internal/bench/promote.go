package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
)

// promotions is how many offers, and how many rules, a programme has published
// when its checkouts are measured.
const promotions = 200

// basketLines is how many lines a measured basket has.
const basketLines = 20

// sharedCode may be used by everybody as often as they like.
const sharedCode = "BENCH"

// promote publishes so many offers, of all kinds, and so many rules: about one
// in ten concerns a basket, and a few apply.
func (h Host) promote(ctx context.Context, programme id.ID) error {
	began := h.Now().AddDate(-2, 0, 0)
	for i := range promotions {
		if err := h.offer(ctx, programme, i, began); err != nil {
			return fmt.Errorf("publishing offer %d: %w", i, err)
		}
		if err := h.extraRule(ctx, programme, i, began); err != nil {
			return fmt.Errorf("publishing rule %d: %w", i, err)
		}
	}
	return nil
}

func (h Host) offer(ctx context.Context, programme id.ID, n int, began time.Time) error {
	benefits := []promo.Benefit{
		{Kind: promo.Percent, Percent: money.NewRate(5, 1)},
		{Kind: promo.FixedPrice, Price: 900},
		{Kind: promo.BuyGet, Buy: 2000, Get: 1000, Percent: money.NewRate(50, 1)},
		{Kind: promo.CheapestFree, Buy: 3000, Get: 1000},
	}
	spec := promo.Spec{
		Benefit: benefits[n%len(benefits)], Lines: &earn.Lines{Categories: []string{category(n)}}, Priority: n,
		PerMember: []promo.Cap{{Period: earn.Month, Times: 1_000_000}},
	}
	if n%10 == 0 { // of orders, for some ranks
		spec.Lines, spec.Minimum = nil, 20_00
		spec.Benefit = promo.Benefit{Kind: promo.Amount, Amount: 1_00}
		spec.Condition = forRank("silver")
	}
	if n == 0 {
		spec.Condition, spec.WithCode = condition.Condition{}, true
	}
	v, err := h.Offers.Create(ctx, actor, promo.Offer{ProgrammeID: programme, Name: fmt.Sprintf("Offer %d", n)}, spec)
	if err != nil {
		return err
	}
	if _, err := h.Offers.Publish(ctx, actor, programme, v.OfferID, began, time.Time{}); err != nil || n > 0 {
		return err
	}
	_, err = h.Offers.CreateBatch(ctx, actor, promo.Batch{ProgrammeID: programme, OfferID: v.OfferID, Name: "Everybody", Kind: promo.SharedCode}, sharedCode)
	return err
}

func forRank(code string) condition.Condition {
	return condition.Condition{Field: "rank", Op: condition.Eq, Value: []byte(`"` + code + `"`)}
}

// extraRule gives more points for one category.
func (h Host) extraRule(ctx context.Context, programme id.ID, n int, began time.Time) error {
	all, err := h.Rules.List(ctx, actor, programme)
	if err != nil {
		return err
	}
	if len(all) == 0 || len(all[0].Versions) == 0 {
		return errors.New("the programme has no rule to follow")
	}
	v, err := h.Rules.Create(ctx, actor, earn.Rule{ProgrammeID: programme, Name: fmt.Sprintf("Bonus %d", n), Trigger: earn.Purchase}, earn.Spec{
		WalletID: all[0].Versions[0].Spec.WalletID,
		Effects:  []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 10_00, Basis: earn.MatchingLines, Lines: &earn.Lines{Categories: []string{category(n)}}}},
	})
	if err == nil {
		_, err = h.Rules.Publish(ctx, actor, programme, v.Rule.ID, began)
	}
	return err
}

func category(n int) string { return fmt.Sprintf("category %d", n) }

// basket is the n-th purchase with a checkout, of twenty lines in twenty
// categories and with a code.
func basket(source string, n, customer int) string {
	lines := make([]string, basketLines)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"sku":"sku-%d","category":%q,"quantity":%d,"amount":%d}`, i, category((n+i*7)%promotions), 1+i%4, 1000+(n+i)%40*100)
	}
	return fmt.Sprintf(`{"source":%q,"external_id":"%d","kind":"purchase","channel":"till","currency":"GBP","identities":[{"kind":"phone","value":%q}],`+
		`"lines":[%s],"checkout":{"codes":[%q]}}`, source, n, phone(customer), strings.Join(lines, ","), sharedCode)
}

// checkout measures how long a till waits for a quote and for a sale, of a
// basket with codes among many offers and rules.
func (b *Bench) checkout(ctx context.Context) error {
	for _, on := range b.databases() {
		err := b.hosted(ctx, on, func(r *remote) error {
			members := 100_000
			if b.Options.Members < 20_000 { // a glance
				members = b.Options.Members
			}
			if _, err := r.order(command{Do: "fill", From: b.Options.Members, To: max(members, b.Options.Members), Members: members}); err != nil {
				return err
			}
			if _, err := r.order(command{Do: "promote"}); err != nil {
				return err
			}
			for _, step := range []struct{ path, what, aim string }{{"/v1/quotes", "quotes", "p99 < 10 ms"}, {"/v1/events", "sales", "p99 < 25 ms"}} {
				for _, clients := range []int{1, 8} {
					f := Figure{Section: "checkout", Name: fmt.Sprintf("%s, %s, %s", on, step.what, counted(clients)), Unit: step.what, Aim: step.aim}
					f, err := b.measured(r, f, 1, func() (run, error) {
						return b.closed(ctx, r.Addr, clients, func(client, n int) []byte {
							return post(step.path, keyOf(r, client), basket(f.Name, n, b.anyone()))
						})
					})
					if err != nil {
						return err
					}
					b.add(f)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
