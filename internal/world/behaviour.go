package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/referral"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// The declared behaviour. The shop's own customers did nothing of this: it is
// there so that every part of the programme can be seen at work. It happens in
// the last two weeks, to customers whose last real purchase or return lies
// before them, so that no real sale is decided otherwise than without it. Who
// does what is drawn with a fixed seed.
const (
	seed        = 20111126
	simulated   = "simulated" // source and channel of all of it
	redeemShare = 25          // per cent of those who can afford a reward take one
	undoEvery   = 10          // and every tenth brings it back
	codesMade   = 500
	codesShown  = 120 // are presented at a purchase
	codesVoid   = 20  // are cancelled
	cardsSold   = 60
	cardValue   = 20_00
	cardsUsed   = 45
	friends     = 40
	cafeGuests  = 60
)

// opens is when it begins, codesEnd when the codes that nobody used end.
var (
	opens    = time.Date(2011, 11, 26, 9, 0, 0, 0, time.UTC)
	codesEnd = time.Date(2011, 12, 4, 0, 0, 0, 0, time.UTC)
)

// behaviour simulates what customers do beside buying.
type behaviour struct {
	d         *Demo
	programme id.ID
	wallet    id.ID
	random    *rand.Rand
	clock     time.Time
	// people are those who bought last before it begins, by id, with what they
	// bought last.
	people []*sale.Sale
}

// lastName is the external id of the last event of it.
const lastName = "the last"

// behave does all of it, once. It reports whether it was there already.
func (d *Demo) behave(ctx context.Context, programme id.ID) (there bool, err error) {
	last := journal.Key{ProgrammeID: programme, Source: simulated, ExternalID: lastName}
	known, err := journal.Known(ctx, d.DB.Reader(), []journal.Key{last})
	if err != nil || len(known) > 0 {
		return err == nil, err
	}
	wallets, err := ledger.Wallets(ctx, d.DB.Reader(), programme)
	if err != nil {
		return false, err
	}
	b := &behaviour{d: d, programme: programme, wallet: wallets[0].ID, random: rand.New(rand.NewPCG(seed, seed)), clock: opens}
	if b.people, err = b.regulars(ctx); err != nil {
		return false, err
	}
	steps := []func(context.Context) error{b.invite, b.takeRewards, b.useCodes, b.payByCards, b.visitTheCafe}
	for i, step := range steps {
		d.tell("simulated", int64(i), int64(len(steps)))
		if err := step(ctx); err != nil {
			return false, fmt.Errorf("simulating what customers do (begin in a new folder): %w", err)
		}
	}
	return false, nil
}

func (b *behaviour) now() time.Time { return b.clock }

// at is a moment some days after the beginning, drawn within opening hours.
func (b *behaviour) at(day int) time.Time {
	return opens.AddDate(0, 0, day).Add(time.Duration(b.random.IntN(9*3600)) * time.Second)
}

// regulars returns the last sale, before the beginning, of everybody who did
// nothing real since.
func (b *behaviour) regulars(ctx context.Context) ([]*sale.Sale, error) {
	last := map[id.ID]*sale.Sale{}
	err := b.d.DB.View(ctx, func(q db.Queryer) error {
		if err := sale.Each(ctx, q, b.programme, func(s *sale.Sale) error {
			if old := last[s.MemberID]; old == nil || old.Occurred.Before(s.Occurred) {
				last[s.MemberID] = s
			}
			return nil
		}); err != nil {
			return err
		}
		return journal.Each(ctx, q, b.programme, func(e *journal.Event) error {
			if !e.Occurred.Before(opens) {
				delete(last, e.MemberID)
			}
			return nil
		})
	})
	var list []*sale.Sale
	for _, s := range last {
		list = append(list, s)
	}
	slices.SortFunc(list, func(one, other *sale.Sale) int { return int(one.MemberID - other.MemberID) })
	return list, err
}

// some draws n of the customers, or as many as there are, each once.
func (b *behaviour) some(n int) []*sale.Sale {
	order := b.random.Perm(len(b.people))
	list := make([]*sale.Sale, 0, n)
	for _, i := range order[:min(n, len(order))] {
		list = append(list, b.people[i])
	}
	return list
}

// event begins an event of a member, or of nobody known yet for 0.
func (b *behaviour) event(kind journal.Kind, named string, m id.ID, at time.Time) *flow.Event {
	return &flow.Event{
		ProgrammeID: b.programme, Source: simulated, ExternalID: named, Kind: kind, Occurred: at, Channel: simulated,
		Who: flow.Who{MemberID: m}, Actor: actor,
	}
}

// take takes events in the order of time, none of which may be refused.
func (b *behaviour) take(ctx context.Context, events []*flow.Event) ([]flow.Answer, error) {
	slices.SortStableFunc(events, func(one, other *flow.Event) int { return one.Occurred.Compare(other.Occurred) })
	results, err := b.d.Flow.Take(ctx, events)
	if err != nil {
		return nil, err
	}
	answers := make([]flow.Answer, len(results))
	for i, r := range results {
		if r.Err != nil {
			return nil, fmt.Errorf("taking %s %s: %w", events[i].Kind, events[i].ExternalID, r.Err)
		}
		answers[i] = r.Answer
	}
	return answers, nil
}

// buysAgain is a purchase of up to three of the goods that somebody bought last,
// one of each, at the price of then.
func (b *behaviour) buysAgain(named string, s *sale.Sale, lines []sale.Line, at time.Time, c *flow.Checkout) *flow.Event {
	e := b.event(journal.Purchase, named, s.MemberID, at)
	for _, l := range lines {
		if l.Fee || l.Quantity < 1000 || len(e.Payload.Lines) == 3 {
			continue
		}
		price := money.Part(l.Amount, 1000, l.Quantity)
		e.Payload.Lines = append(e.Payload.Lines, sale.Line{SKU: l.SKU, Name: l.Name, Category: l.Category, Quantity: 1000, Amount: price})
	}
	e.Payload.Checkout = c
	return e
}

// linesOf reads what the sales consist of.
func (b *behaviour) linesOf(ctx context.Context, sales []*sale.Sale) (map[id.ID]*sale.Sale, error) {
	keys := make([]sale.SaleKey, len(sales))
	for i, s := range sales {
		keys[i] = sale.SaleKey{MemberID: s.MemberID, ID: s.ID}
	}
	return sale.LoadSales(ctx, b.d.DB.Reader(), keys)
}

// points are those that a member could spend at a moment.
func (b *behaviour) points(ctx context.Context, m id.ID, at time.Time) (int64, error) {
	key := ledger.AccountKey{MemberID: m, WalletID: b.wallet}
	all, err := ledger.Balances(ctx, b.d.DB.Reader(), []ledger.AccountKey{key}, at)
	return all[key][ledger.Available], err
}

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
// and the others end unused.
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
		if _, err := referrals.Record(ctx, actor, referral.Claim{ProgrammeID: b.programme, Code: code, FriendID: answers[0].MemberID, Source: simulated, At: at}); err != nil {
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

// visitTheCafe makes a partner, in whose shop members earn and spend.
func (b *behaviour) visitTheCafe(ctx context.Context) error {
	shop, err := b.d.Programmes.AddShop(ctx, actor, program.Shop{ProgrammeID: b.programme, Code: "cafe", Name: "Café on the corner (simulated)"})
	if err != nil {
		return err
	}
	partners := partner.New(b.d.DB, b.d.Auth, b.now)
	p, err := partners.Create(ctx, actor, b.programme, partner.NewPartner{
		Spec: partner.Spec{Name: "Café on the corner (simulated)", MayGrant: true, MayAccept: true}, WalletID: b.wallet,
		Terms: partner.TermsSpec{
			IssuePrice: money.NewRate(1, 1), RedeemPrice: money.NewRate(1, 1), IssueFee: money.NewRate(5, 100), RedeemFee: money.NewRate(0, 1),
			Rounding: money.HalfEven,
		},
	})
	if err != nil {
		return err
	}
	if _, err := partners.AssignShop(ctx, actor, b.programme, p.ID, shop.ID, opens); err != nil {
		return err
	}
	var events []*flow.Event
	for i, s := range b.some(cafeGuests) {
		at := b.at(12)
		there, err := b.points(ctx, s.MemberID, at)
		if err != nil {
			return err
		}
		e := b.event(journal.Purchase, fmt.Sprint("coffee ", i+1), s.MemberID, at)
		e.Shop = shop.Code
		e.Payload.Lines = []sale.Line{{SKU: "coffee", Name: "Coffee and cake", Quantity: 1000, Amount: 6_40}}
		if there >= 100 {
			e.Payload.Checkout = &flow.Checkout{Points: []flow.PointsPayment{{WalletID: b.wallet, Points: 100}}}
		}
		events = append(events, e)
	}
	// The last of it says that all of it is there.
	last := b.event(journal.Purchase, lastName, 0, AsOf.Add(-time.Minute))
	last.Shop, last.Payload.Lines = shop.Code, []sale.Line{{SKU: "coffee", Name: "Coffee", Quantity: 1000, Amount: 2_80}}
	last.Who = friend(0)
	if _, err = b.take(ctx, append(events, last)); err != nil {
		return err
	}
	return b.d.settle(ctx)
}

// friend names somebody who comes by a friend.
func friend(i int) flow.Who {
	return flow.Who{Identities: []member.Identity{{Kind: member.External, Value: fmt.Sprint("friend-", i+1)}}, Enrol: true}
}
