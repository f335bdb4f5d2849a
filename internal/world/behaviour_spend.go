package world

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/promo"
	"regulars/internal/reward"
)

// takeRewards lets a quarter of those who can afford a reward take the dearest
// that they can; every tenth brings it back.
func (b *behaviour) takeRewards(ctx context.Context) error {
	catalogue := reward.New(b.d.DB, b.now, flow.RewardTerms)
	var rewards []reward.Reward
	for _, s := range []reward.Spec{
		{Name: "Gift box", Kind: reward.KindGoods, Points: 1_000},
		{Name: "Five pounds to charity", Kind: reward.KindDonation, Partner: "A charity of the town", Points: 500, Gives: 5_00, Match: money.NewRate(1, 1)},
		{Name: "Mug", Kind: reward.KindGoods, Points: 300},
	} {
		s.WalletID = b.wallet
		r, err := catalogue.Create(ctx, actor, b.programme, s)
		if err != nil {
			return err
		}
		if r, err = catalogue.Publish(ctx, actor, b.programme, r.ID); err != nil {
			return err
		}
		rewards = append(rewards, r)
	}
	var events []*flow.Event
	for _, s := range b.people {
		at := b.at(2 + b.random.IntN(9))
		if b.random.IntN(100) >= redeemShare {
			continue
		}
		there, err := b.points(ctx, s.MemberID, at)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rewards, func(r reward.Reward) bool { return r.Points <= there })
		if i < 0 {
			continue
		}
		e := b.event(journal.Redemption, fmt.Sprint("reward ", len(events)+1), s.MemberID, at)
		e.Payload.Redemption = &flow.Redemption{RewardID: rewards[i].ID}
		events = append(events, e)
	}
	answers, err := b.take(ctx, events)
	if err != nil {
		return err
	}
	var undone []*flow.Event
	for i, a := range answers {
		if n := a.Redemption; i%undoEvery == undoEvery-1 && n.Code != "" {
			e := flow.UndoOf(n, actor)
			e.Occurred = n.Occurred.Add(time.Hour)
			undone = append(undone, e)
		}
	}
	_, err = b.take(ctx, undone)
	return err
}

// useCodes makes an offer with codes, some of which are used, some cancelled,
// and the others end unused. The partner bears three tenths of what they cost.
func (b *behaviour) useCodes(ctx context.Context) error {
	offers := promo.New(b.d.DB, b.now)
	v, err := offers.Create(ctx, actor, promo.Offer{ProgrammeID: b.programme, Name: "A tenth off with a code"},
		promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}, WithCode: true, RestoreCode: true})
	if err != nil {
		return err
	}
	if _, err = offers.Publish(ctx, actor, b.programme, v.OfferID, opens, time.Time{}); err != nil {
		return err
	}
	share := partner.Share{OfferID: v.OfferID, PartnerID: b.partner, Part: money.NewRate(3, 10)}
	if _, err = partner.New(b.d.DB, b.d.Auth, b.now).ShareOffer(ctx, actor, b.programme, share); err != nil {
		return err
	}
	batch, err := offers.CreateBatch(ctx, actor, promo.Batch{
		ProgrammeID: b.programme, OfferID: v.OfferID, Name: "Winter", Kind: promo.UniqueCodes, Prefix: "WINTER", Length: 8,
		Wanted: codesMade, MaxUses: 1, Begins: opens, Expires: codesEnd,
	}, "")
	if err != nil {
		return err
	}
	if err := offers.Generate(ctx, batch.ID, func(int64, int64) error { return nil }); err != nil {
		return err
	}
	var codes []string
	if err := offers.Export(ctx, actor, b.programme, batch.ID, func(c *promo.Code) error {
		codes = append(codes, c.Text)
		return nil
	}); err != nil {
		return err
	}
	buyers := b.some(codesShown)
	sold, err := b.linesOf(ctx, buyers)
	if err != nil {
		return err
	}
	var events []*flow.Event
	for i, s := range buyers {
		e := b.buysAgain(fmt.Sprint("code ", i+1), s, sold[s.ID].Lines, b.at(b.random.IntN(7)), &flow.Checkout{Codes: codes[i : i+1]})
		if len(e.Payload.Lines) > 0 {
			events = append(events, e)
		}
	}
	if _, err := b.take(ctx, events); err != nil {
		return err
	}
	for _, text := range codes[codesMade-codesVoid:] {
		if err := offers.CancelCode(ctx, actor, b.programme, text, "printed wrongly"); err != nil {
			return err
		}
	}
	b.clock = AsOf
	_, err = offers.ExpireCodes(ctx, AsOf)
	b.clock = opens
	return err
}

// payByCards sells gift cards, most of which pay for a part of something.
func (b *behaviour) payByCards(ctx context.Context) error {
	cards := giftcard.New(b.d.DB, b.now)
	if _, err := cards.Issue(ctx, actor, b.programme, giftcard.Order{Key: simulated, Count: cardsSold, Value: cardValue, Campaign: "Winter"}); err != nil {
		return err
	}
	var numbers []string
	if err := b.d.DB.View(ctx, func(q db.Queryer) error {
		return giftcard.EachCard(ctx, q, b.programme, func(c *giftcard.Card) error {
			numbers = append(numbers, c.Number)
			return nil
		})
	}); err != nil {
		return err
	}
	buyers := b.some(cardsUsed)
	sold, err := b.linesOf(ctx, buyers)
	if err != nil {
		return err
	}
	var events []*flow.Event
	for i, s := range buyers {
		e := b.buysAgain(fmt.Sprint("card ", i+1), s, sold[s.ID].Lines, b.at(3+b.random.IntN(9)), &flow.Checkout{GiftCards: []flow.CardPayment{{Number: numbers[i]}}})
		if len(e.Payload.Lines) > 0 {
			events = append(events, e)
		}
	}
	_, err = b.take(ctx, events)
	return err
}
