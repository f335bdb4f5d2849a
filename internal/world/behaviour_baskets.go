package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/basket"
	"regulars/internal/id"
	"regulars/internal/promise"
)

// Baskets that are left in these two weeks, and what is declared of them.
const (
	visitorsLeft = 90 // by nobody known
	buyersLeft   = 60 // by people who then bought, from a day to five before
	othersLeft   = 90 // by people who bought nothing more
	// Per cent of baskets whose price grows on the way: of those who come back,
	// and of all others.
	grewBack = 45
	grewElse = 70
	hidFee   = 40 // of prices that grow, a service fee was not shown at first
	// Per cent who are asked on the spot, of whom so many answer; the others are
	// sent a link where they are known.
	askedSpot   = 45
	answersSpot = 40
	sentLink    = 60
	answersLink = 25
	forItsCost  = 75 // of answers, where the price grew
)

// whyGrown and whyElse are the reasons that are given, each as often as it
// stands there.
var (
	whyGrown = []basket.Reason{basket.DeliveryCost, basket.DeliveryCost, basket.DeliveryCost, basket.TotalTooHigh, basket.TotalTooHigh, basket.TotalUnclear}
	whyElse  = []basket.Reason{
		basket.JustLooking, basket.JustLooking, basket.JustLooking, basket.DeliveryTime, basket.DeliveryTime, basket.HadToRegister, basket.HadToRegister,
		basket.PaymentMethod, basket.PaymentFailed, basket.TooLong, basket.UnclearReturns, basket.Error, basket.Elsewhere, basket.NoTrust, basket.OtherReason,
	}
)

// leaver is somebody who leaves a basket, 0 for nobody known.
type leaver struct {
	member id.ID
	at     time.Time
	back   bool
}

// leaveBaskets has people leave before they pay. What they buy later is bought
// anyway: none of it comes from here. It draws by a seed of its own.
func (b *behaviour) leaveBaskets(ctx context.Context) error {
	random := rand.New(rand.NewPCG(seed, seed+5))
	moment := func() time.Time { return day(random.IntN(13), time.Duration(random.IntN(12*3600))*time.Second) }
	var list []leaver
	for range visitorsLeft {
		list = append(list, leaver{at: moment()})
	}
	buyers := slices.Clone(b.orders)
	sortOrders(buyers)
	for _, i := range random.Perm(len(buyers))[:min(buyersLeft, len(buyers))] {
		before := time.Duration(24+random.IntN(4*24)) * time.Hour
		list = append(list, leaver{buyers[i].member, buyers[i].at.Add(-before), true})
	}
	for _, i := range random.Perm(len(b.people))[:min(othersLeft, len(b.people))] {
		list = append(list, leaver{member: b.people[i].MemberID, at: moment()})
	}
	slices.SortStableFunc(list, func(one, other leaver) int { return one.at.Compare(other.at) })
	room := basket.New(basket.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})
	for i, l := range list {
		if err := b.leave(ctx, room, random, fmt.Sprint("basket-", i+1), l); err != nil {
			return err
		}
	}
	b.clock = opens
	return b.d.settle(ctx)
}

// leave has one basket left and asked after.
func (b *behaviour) leave(ctx context.Context, room *basket.Service, random *rand.Rand, named string, l leaver) error {
	b.clock = l.at
	n := basket.Leaving{
		ProgrammeID: b.programme, MemberID: l.member, Source: simulated, ExternalID: named, Channel: simulated, Left: l.at,
		Step: basket.AtBasket, Items: 1 + random.Int64N(8),
	}
	goods, share := 6_00+random.Int64N(70_00), grewElse
	if l.back {
		share = grewBack
	}
	grew := random.IntN(100) < share
	n.FirstParts = []promise.Amount{{Part: promise.PartGoods, Minor: goods}, {Part: promise.PartDelivery}}
	n.LastParts = slices.Clone(n.FirstParts)
	if grew {
		n.Step = basket.Steps()[2+random.IntN(3)] // where the delivery is chosen, or later
		n.LastParts[1].Minor = 2_95 + 50*random.Int64N(8)
		if random.IntN(100) < hidFee {
			n.LastParts = append(n.LastParts, promise.Amount{Part: promise.PartService, Minor: 95 + 20*random.Int64N(6)})
		}
	} else {
		n.Step = basket.Steps()[random.IntN(5)]
	}
	why := &basket.Why{Reason: whyElse[random.IntN(len(whyElse))], Origin: basket.OnTheSpot, Words: simulated}
	if costs := whyGrown[random.IntN(len(whyGrown))]; grew && random.IntN(100) < forItsCost {
		why.Reason = costs
	}
	asked, answers := random.IntN(100), random.IntN(100)
	switch {
	case asked < askedSpot && answers < answersSpot:
		n.Why = why
	case asked < askedSpot:
		n.Asked = basket.OnTheSpot
	case l.member != 0 && asked < askedSpot+(100-askedSpot)*sentLink/100:
		n.Asked = basket.ByLink
	}
	left, err := room.Leave(ctx, actor, n)
	if err != nil || n.Asked != basket.ByLink || answers >= answersLink {
		return err
	}
	b.clock = l.at.Add(time.Duration(2+answers) * time.Hour)
	why.Origin = basket.ByLink
	_, err = room.Explain(ctx, actor, b.programme, left.ID, *why)
	return err
}
