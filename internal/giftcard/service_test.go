package giftcard

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

func TestAnOrderIsDoneOnce(t *testing.T) {
	each(t, func(w *town) {
		o := Order{Key: "order-1", Count: 3, Value: 2500, Campaign: " Spring "}
		first, err := w.Issue(w.Context(), system, w.programme, o)
		w.ok(err)
		again, err := w.Issue(w.Context(), system, w.programme, o)
		w.ok(err)
		if again.ID != first.ID || !again.Repeated || first.Repeated || again.Cards != 3 || again.Campaign != "Spring" || again.CampaignID != first.CampaignID {
			w.Errorf("got %+v and %+v", first, again)
		}
		o.Value++
		_, err = w.Issue(w.Context(), system, w.programme, o)
		w.refuses(err, "card_order_reused")
		other := w.makeProgramme("elsewhere")
		if b, err := w.Issue(w.Context(), system, other, o); err != nil || b.Repeated {
			w.Errorf("another programme: %+v, %v", b, err)
		}
		list, err := w.List(w.Context(), system, Query{ProgrammeID: w.programme, Limit: 10})
		w.ok(err)
		if len(list) != 3 || list[0].ID < list[2].ID || list[0].Balance != 2500 || list[0].State != Active {
			w.Errorf("got %d cards: %+v", len(list), list[0])
		}
		w.addsUp()
	})
}

func TestOrdersThatNeedMending(t *testing.T) {
	each(t, func(w *town) {
		stranger := id.ID(4711)
		for name, tc := range map[string]struct {
			o    Order
			want string
		}{
			"none":                {Order{Value: 100}, "card_count"},
			"too many":            {Order{Count: MaxCards + 1, Value: 100}, "card_count"},
			"fewer than none":     {Order{Count: -1, Value: 100}, "card_count"},
			"count and list":      {Order{Count: 2, Value: 100, Recipients: []Recipient{{}}}, "card_count_twice"},
			"no value":            {Order{Count: 1}, "card_amount"},
			"below zero":          {Order{Count: 1, Value: -1, Inactive: true}, "card_amount"},
			"too much":            {Order{Count: 1, Value: MaxValue + 1}, "card_amount"},
			"months":              {Order{Count: 1, Value: 100, Months: MaxMonths + 1}, "card_months"},
			"given months":        {Order{Count: 1, Value: 100, Months: -1, Given: true}, "card_months"},
			"until, sold":         {Order{Count: 1, Value: 100, Until: w.clock.AddDate(1, 0, 0)}, "card_until_sold"},
			"until and months":    {Order{Count: 1, Value: 100, Months: 1, Until: w.clock.AddDate(1, 0, 0), Given: true}, "card_two_ends"},
			"until the past":      {Order{Count: 1, Value: 100, Until: w.clock, Given: true}, "card_until_past"},
			"America":             {Order{Count: 1, Value: 100, Months: 59, Country: "US"}, "card_term_unlawful"},
			"Ireland":             {Order{Count: 1, Value: 100, Months: 59, Country: "IE"}, "card_term_unlawful"},
			"Australia":           {Order{Count: 1, Value: 100, Months: 35, Country: "AU"}, "card_term_unlawful"},
			"campaign":            {Order{Count: 1, Value: 100, Campaign: strings.Repeat("x", 101)}, "card_text"},
			"label":               {Order{Value: 100, Recipients: []Recipient{{Label: "a\nb"}}}, "card_text"},
			"address":             {Order{Value: 100, Recipients: []Recipient{{Label: "row 1"}, {Label: "ewa@example.com"}}}, "card_label_address"},
			"somebody else":       {Order{Value: 100, Recipients: []Recipient{{}, {MemberID: stranger}}}, "unknown_member"},
			"a key without bound": {Order{Key: strings.Repeat("x", 301), Count: 1, Value: 100}, "card_key_too_long"},
		} {
			_, err := w.Issue(w.Context(), system, w.programme, tc.o)
			if got := codeOf(err); got != tc.want {
				w.Errorf("%s: got %q, want %q", name, got, tc.want)
			}
		}
		for name, o := range map[string]Order{
			"five years": {Count: 1, Value: 100, Months: 60, Country: "US"}, "for ever": {Count: 1, Value: 100, Country: "US"},
			"given": {Count: 1, Value: 100, Months: 1, Given: true, Country: "US"}, "elsewhere": {Count: 1, Value: 100, Months: 12},
		} {
			if _, err := w.Issue(w.Context(), system, w.programme, o); err != nil {
				w.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestPrintedCardsAreSold(t *testing.T) {
	each(t, func(w *town) {
		ctx := w.Context()
		fixed, open := w.issue(Order{Count: 1, Value: 2500, Inactive: true, Months: 12})[0], w.issue(Order{Count: 1, Inactive: true})[0]
		w.refuses(w.charge(fixed, 1, 1), "card_not_active")
		_, err := w.TopUp(ctx, system, w.programme, fixed.Number, 100, Unseen)
		w.refuses(err, "card_not_active")
		w.clock = w.clock.AddDate(0, 3, 0)
		c, err := w.Activate(ctx, system, w.programme, strings.ToLower(ShowNumber(fixed.Number)), 0)
		w.ok(err)
		if want := time.Date(2027, 4, 2, 0, 0, 0, 0, time.UTC); c.Balance != 2500 || !c.Expires.Equal(want) || !c.Activated.Equal(w.clock) {
			w.Errorf("got %+v, want the end %v", c, want)
		}
		_, err = w.Activate(ctx, system, w.programme, fixed.Number, 0)
		w.refuses(err, "card_active_already")
		_, err = w.Activate(ctx, system, w.programme, open.Number, 0)
		w.refuses(err, "card_value_needed")
		_, err = w.Activate(ctx, system, w.programme, open.ID.In(id.GiftCard), 4200)
		w.ok(err)
		w.clock = w.clock.AddDate(0, 1, 0)
		c, err = w.TopUp(ctx, system, w.programme, fixed.Number, 500, 2500)
		w.ok(err)
		_, err = w.TopUp(ctx, system, w.programme, fixed.Number, 500, 2500) // the same form again
		w.refuses(err, "card_changed")
		if want := time.Date(2027, 5, 2, 0, 0, 0, 0, time.UTC); c.Balance != 3000 || !c.Expires.Equal(want) {
			w.Errorf("after the top-up %+v, want the end %v", c, want)
		}
		_, err = w.Get(ctx, system, w.programme, "0000-0000-0000-0001")
		w.refuses(err, "malformed_card_number")
		_, err = w.Get(ctx, system, w.programme, newNumber())
		w.refuses(err, "unknown_gift_card")
		_, err = w.Get(ctx, system, w.programme, id.ID(1).In(id.GiftCard))
		w.refuses(err, "unknown_gift_card")
		_, err = w.Get(ctx, system, w.makeProgramme("elsewhere"), fixed.Number)
		w.refuses(err, "unknown_gift_card")
		w.sound()
	})
}

func TestBlockedCardsKeepTheirMoney(t *testing.T) {
	each(t, func(w *town) {
		ctx := w.Context()
		card := w.issue(Order{Count: 1, Value: 1000})[0]
		w.ok(w.charge(card, 400, 1))
		_, err := w.Unblock(ctx, system, w.programme, card.Number)
		w.refuses(err, "card_not_blocked")
		_, err = w.Block(ctx, system, w.programme, card.Number)
		w.ok(err)
		_, err = w.Block(ctx, system, w.programme, card.Number)
		w.refuses(err, "card_not_blockable")
		w.refuses(w.charge(card, 1, 2), "card_blocked")
		w.ok(w.refund(card, 100, 1, 3)) // it takes what comes back
		c, err := w.Unblock(ctx, system, w.programme, card.Number)
		w.ok(err)
		if c.Balance != 700 || c.State != Active {
			w.Errorf("got %+v", c)
		}
		trail, err := auth.New(w.db, auth.Config{Now: w.now}).Audit(ctx, system, auth.AuditFilter{ProgrammeID: w.programme, Subject: card.ID.In(id.GiftCard)})
		w.ok(err)
		if len(trail) != 2 || trail[0].Action != "giftcard.unblock" || trail[1].Action != "giftcard.block" {
			w.Errorf("the trail is %+v", trail)
		}
	})
}

func TestACampaignIsReckoned(t *testing.T) {
	each(t, func(w *town) {
		ctx := w.Context()
		anna := w.join()
		given := Order{Value: 1000, Given: true, Until: w.clock.AddDate(0, 1, 0), Campaign: "Sorry", Recipients: []Recipient{{Label: "1"}, {Label: "2", MemberID: anna}, {Label: "3"}, {Label: "4"}}}
		cards := w.issue(given)
		sold := w.issue(Order{Count: 2, Value: 5000, Campaign: "Christmas", Inactive: true})
		_, err := w.Activate(ctx, system, w.programme, sold[0].Number, 0)
		w.ok(err)
		if cards[1].MemberID != anna || cards[1].Label != "2" || !cards[1].Claimed.IsZero() {
			w.Errorf("got %+v", cards[1])
		}
		w.ok(w.charge(cards[0], 700, 1))
		w.ok(w.refund(cards[0], 200, 1, 2))
		w.ok(w.charge(sold[0], 1500, 3))
		boris := w.join()
		_, err = w.Claim(ctx, system, w.programme, boris, cards[1].Number)
		w.refuses(err, "card_not_yours")
		_, err = w.Claim(ctx, auth.Actor{Kind: auth.KindMember, ID: anna, ProgrammeID: w.programme}, w.programme, anna, cards[1].Number)
		w.ok(err)
		_, err = w.Claim(ctx, auth.Actor{Kind: auth.KindMember, ID: anna, ProgrammeID: w.programme}, w.programme, boris, cards[2].Number)
		w.refuses(err, "not_permitted")
		_, err = w.TopUp(ctx, system, w.programme, cards[0].Number, 100, Unseen)
		w.refuses(err, "card_given")
		want := []Campaign{
			{Name: "Christmas", Results: Results{Cards: 2, Claimed: 1, Unclaimed: 1, Inactive: 1, Added: 5000, Sold: 5000, Spent: 1500, Left: 3500}},
			{Name: "Sorry", Results: Results{Cards: 4, Claimed: 2, Unclaimed: 2, Added: 4000, Spent: 500, Left: 3500, Cost: 500}},
		}
		compare := func() {
			w.Helper()
			list, _, err := w.Campaigns(ctx, system, w.programme)
			w.ok(err)
			for i := range list {
				list[i].ID = 0
			}
			if diff := cmp.Diff(want, list); diff != "" {
				w.Error(diff)
			}
			w.addsUp()
		}
		compare()
		w.clock = w.clock.AddDate(0, 2, 0)
		want[1].Results = Results{Cards: 4, Claimed: 2, Expired: 2, Added: 4000, Spent: 500, Lapsed: 3500, Cost: 500}
		compare()
		_, err = w.Expire(ctx, w.clock)
		w.ok(err)
		compare()
		mine, err := w.List(ctx, system, Query{ProgrammeID: w.programme, Members: []id.ID{anna}, Limit: 5})
		w.ok(err)
		if len(mine) != 1 {
			w.Errorf("Anna has %d cards", len(mine))
		}
		w.ok(w.db.InTx(ctx, func(tx *db.Tx) error { return Erase(ctx, tx, w.programme, []id.ID{anna}) }))
		if c := w.get(cards[1]); c.MemberID != 0 || c.Label != "" {
			w.Errorf("after erasure %+v", c)
		}
		w.sound()
	})
}

func TestCardsAreFound(t *testing.T) {
	each(t, func(w *town) {
		a, b := w.issue(Order{Count: 5, Value: 100, Months: 1, Campaign: "A"}), w.issue(Order{Count: 4, Value: 100, Inactive: true})
		_, err := w.Block(w.Context(), system, w.programme, a[0].Number)
		w.ok(err)
		w.clock = w.clock.AddDate(0, 2, 0)
		w.issue(Order{Count: 1, Value: 100})
		for name, tc := range map[string]struct {
			q    Query
			want int
		}{
			"all": {Query{}, 10}, "by id": {Query{IDs: []id.ID{a[1].ID, b[2].ID, 7}}, 2}, "number": {Query{Text: ShowNumber(a[2].Number)}, 1}, "no such": {Query{Text: "0000000"}, 0},
			"campaign": {Query{CampaignID: a[0].CampaignID}, 5}, "batch": {Query{BatchID: b[0].BatchID}, 4}, "blocked": {Query{State: Blocked}, 1},
			"expired": {Query{State: Expired}, 4}, "inactive": {Query{State: Inactive}, 4}, "active": {Query{State: Active}, 1},
			"tail": {Query{Text: strings.ToLower(tailOf(a[1].Number)), CampaignID: a[1].CampaignID, State: Expired}, 1}, "before": {Query{Before: a[4].ID}, 4},
		} {
			tc.q.ProgrammeID, tc.q.Limit = w.programme, 50
			list, err := w.List(w.Context(), system, tc.q)
			w.ok(err)
			if len(list) != tc.want {
				w.Errorf("%s: %d cards, want %d", name, len(list), tc.want)
			}
		}
	})
}

// TestWhoMayDoWhat goes through the verbs with every role.
func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(w *town) {
		card := w.issue(Order{Count: 1, Value: 100})[0]
		for verb, tc := range map[string]struct {
			need auth.Permission
			do   func(ctx context.Context, a auth.Actor) error
		}{
			"issue": {auth.GiftCardsIssue, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Issue(ctx, a, w.programme, Order{Count: 1, Value: 1})
				return err
			}},
			"activate": {auth.GiftCardsSell, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Activate(ctx, a, w.programme, card.Number, 1)
				return err
			}},
			"top up": {auth.GiftCardsSell, func(ctx context.Context, a auth.Actor) error {
				_, err := w.TopUp(ctx, a, w.programme, card.Number, 1, Unseen)
				return err
			}},
			"claim": {auth.GiftCardsSell, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Claim(ctx, a, w.programme, 1, card.Number)
				return err
			}},
			"block": {auth.GiftCardsBlock, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Block(ctx, a, w.programme, card.Number)
				return err
			}},
			"unblock": {auth.GiftCardsBlock, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Unblock(ctx, a, w.programme, card.Number)
				return err
			}},
			"get": {auth.GiftCardsRead, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Get(ctx, a, w.programme, card.Number)
				return err
			}},
			"movements": {auth.GiftCardsRead, func(ctx context.Context, a auth.Actor) error {
				_, err := w.Movements(ctx, a, card.Key(), 0, 1)
				return err
			}},
			"list": {auth.GiftCardsRead, func(ctx context.Context, a auth.Actor) error {
				_, err := w.List(ctx, a, Query{ProgrammeID: w.programme, Limit: 1})
				return err
			}},
			"campaigns": {auth.GiftCardsRead, func(ctx context.Context, a auth.Actor) error {
				_, _, err := w.Campaigns(ctx, a, w.programme)
				return err
			}},
		} {
			for _, role := range auth.Roles() {
				a := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.programme, Role: role}}}
				refused := codeOf(tc.do(w.Context(), a)) == "not_permitted"
				if may := a.Can(w.programme, tc.need) == nil; refused == may {
					w.Errorf("%s by %s: refused %v", verb, role, refused)
				}
			}
		}
		w.sound()
	})
}
