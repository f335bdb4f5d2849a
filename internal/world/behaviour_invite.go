package world

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/referral"
	"regulars/internal/sale"
)

// invite lets members bring friends, who buy at once; both sides are rewarded a
// week later.
func (b *behaviour) invite(ctx context.Context) error {
	referrals := referral.New(b.d.DB, b.d.Flow, promo.New(b.d.DB, b.now), b.now)
	if _, err := referrals.SaveTerms(ctx, actor, b.programme, referral.On, referral.Spec{
		Inviter: referral.Gift{WalletID: b.wallet, Points: 200, Months: 12}, Friend: referral.Gift{WalletID: b.wallet, Points: 100, Months: 12},
		Minimum: 10_00, ReturnDays: 7, NewOnly: true,
	}); err != nil {
		return err
	}
	inviters := b.some(friends)
	sold, err := b.linesOf(ctx, inviters)
	if err != nil {
		return err
	}
	for i, s := range inviters {
		code, err := referrals.Code(ctx, actor, b.programme, s.MemberID)
		if err != nil {
			return err
		}
		at := b.at(b.random.IntN(3))
		joins := b.event(journal.SignUp, fmt.Sprint("friend ", i+1), 0, at)
		joins.Who = friend(i)
		answers, err := b.take(ctx, []*flow.Event{joins})
		if err != nil {
			return err
		}
		if _, err := referrals.Record(ctx, actor, referral.Claim{ProgrammeID: b.programme, Code: code, FriendID: answers[0].MemberID, Source: referral.Simulated, At: at}); err != nil {
			return err
		}
		buys := b.buysAgain(fmt.Sprint("friend's ", i+1), s, sold[s.ID].Lines, at.Add(time.Hour), nil)
		buys.Who.MemberID = answers[0].MemberID
		for k := range buys.Payload.Lines { // a box of ten
			buys.Payload.Lines[k].Quantity *= 10
			buys.Payload.Lines[k].Amount *= 10
		}
		if len(buys.Payload.Lines) == 0 {
			continue
		}
		if _, err := b.take(ctx, []*flow.Event{buys}); err != nil {
			return err
		}
	}
	if err := b.d.settle(ctx); err != nil { // the readers note who bought
		return err
	}
	b.clock = AsOf
	if _, err = referrals.Pay(ctx, AsOf); err != nil {
		return err
	}
	b.clock = opens
	return b.d.settle(ctx)
}

// openTheCafe makes a partner with a shop.
func (b *behaviour) openTheCafe(ctx context.Context) error {
	shop, err := b.d.Programmes.AddShop(ctx, actor, program.Shop{ProgrammeID: b.programme, Code: cafe, Name: "Café on the corner (simulated)"})
	if err != nil {
		return err
	}
	partners := partner.New(b.d.DB, b.d.Auth, b.now)
	p, err := partners.Create(ctx, actor, b.programme, partner.NewPartner{
		Spec: partner.Spec{Name: "Café on the corner (simulated)", MayGrant: true, MayAccept: true, MaySee: true}, WalletID: b.wallet,
		Terms: partner.TermsSpec{
			IssuePrice: money.NewRate(1, 1), RedeemPrice: money.NewRate(1, 1), IssueFee: money.NewRate(5, 100), RedeemFee: money.NewRate(0, 1),
			Rounding: money.HalfEven,
		},
	})
	if err != nil {
		return err
	}
	b.partner = p.ID
	_, err = partners.AssignShop(ctx, actor, b.programme, p.ID, shop.ID, opens)
	return err
}

// visitTheCafe has members earn and spend at the partner's: every second of them
// in November, whose statement is closed later, unless the points to pay with are
// others then. So how much is spent does not depend on who comes when.
func (b *behaviour) visitTheCafe(ctx context.Context) error {
	var events []*flow.Event
	for i, s := range b.some(cafeGuests) {
		at := b.at(12)
		there, err := b.points(ctx, s.MemberID, at)
		if err != nil {
			return err
		}
		if early := at.AddDate(0, 0, -8).Add(2 * time.Hour); i%2 == 0 { // when the survey has chosen whom to ask
			before, err := b.points(ctx, s.MemberID, early)
			if err != nil {
				return err
			}
			if before == there {
				at = early
			}
		}
		e := b.event(journal.Purchase, fmt.Sprint("coffee ", i+1), s.MemberID, at)
		e.Shop = cafe
		e.Payload.Lines = []sale.Line{{SKU: "coffee", Name: "Coffee and cake", Quantity: 1000, Amount: 6_40}}
		if there >= 100 {
			e.Payload.Checkout = &flow.Checkout{Points: []flow.PointsPayment{{WalletID: b.wallet, Points: 100}}}
		}
		events = append(events, e)
	}
	if _, err := b.take(ctx, events); err != nil {
		return err
	}
	return b.d.settle(ctx)
}

// closeMonths closes the partner's statement of every month that is over.
func (b *behaviour) closeMonths(ctx context.Context) error {
	b.clock = AsOf
	programme, err := program.Load(ctx, b.d.DB.Reader(), b.programme)
	if err != nil {
		return err
	}
	partners := partner.New(b.d.DB, b.d.Auth, b.now)
	months, err := partners.Statements(ctx, actor, b.programme, b.partner)
	if err != nil {
		return err
	}
	for _, s := range slices.Backward(months) {
		if AsOf.Before(s.Month.End(programme.Zone)) {
			continue
		}
		if _, err := partners.Close(ctx, actor, b.programme, b.partner, s.Month); err != nil {
			return err
		}
	}
	return nil
}

// friend names somebody who comes by a friend.
func friend(i int) flow.Who {
	return flow.Who{Identities: []member.Identity{{Kind: member.External, Value: fmt.Sprint("friend-", i+1)}}, Enrol: true}
}
