package world

import (
	"context"
	"math/rand/v2"
	"path"
	"time"

	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/promise"
	"regulars/internal/returns"
)

// A few of those whose parcel came ask on the page of returns. What is to be paid
// back is not settled, as that would book goods back into real sales: it waits for
// whoever looks at the demo.
const (
	backShare    = 12 // per cent of the parcels that came
	declineShare = 20 // per cent are declined
	backDays     = 30
	keepShare    = 30_00 // of the price, in ten-thousandths
)

// backReasons are what is said, with what is wanted.
var backReasons = []struct {
	text string
	want returns.Outcome
}{
	{"It is smaller than I thought.", returns.ForMoney},
	{"The colour does not go with the others.", returns.ForMoney},
	{"The handle is loose; another one, please.", returns.ForExchange},
	{"A scratch; I keep it for a part of the price.", returns.ForKeeping},
}

// sendBack has some ask for returns and the shop answer. It draws by a source of
// its own, so that all else is drawn as without it.
func (b *behaviour) sendBack(ctx context.Context) error {
	random := rand.New(rand.NewPCG(seed, seed+1))
	promises := promise.NewService(promise.Config{DB: b.d.DB, Flow: b.d.Flow, Now: b.now})
	desk := returns.New(returns.Config{DB: b.d.DB, Flow: b.d.Flow, Promises: promises, Now: b.now})
	err := desk.SetSetting(ctx, actor, b.programme, 0, returns.Setting{
		Open: true, AnswerDays: 2, RefundDays: 10, Address: "Online Retail (" + simulated + ")\nReturns\nLondon", Rules: []returns.Rule{{
			Name: "Standard (" + simulated + ")", Days: backDays, Outcomes: []returns.Outcome{returns.ForMoney, returns.ForExchange, returns.ForKeeping}, KeepShare: keepShare,
		}},
	})
	if err != nil {
		return err
	}
	for i := range b.sent {
		o := &b.sent[i]
		asks, said := random.IntN(100) < backShare, backReasons[random.IntN(len(backReasons))]
		steps := [3]time.Duration{}
		for k := range steps { // until it is asked for, answered, and here
			steps[k] = time.Duration(3+random.IntN(40)) * time.Hour
		}
		declined := random.IntN(100) < declineShare
		if b.clock = o.arrived.Add(steps[0]); !asks || o.arrived.IsZero() || !b.clock.Before(AsOf) {
			continue
		}
		r, err := b.askBack(ctx, desk, o, said.want, said.text+" ("+simulated+")")
		if err == nil && r != nil {
			err = b.handleBack(ctx, desk, r, declined, steps[1], steps[2])
		}
		if err != nil {
			return err
		}
	}
	b.clock = AsOf
	if _, err := promises.Sweep(ctx); err != nil {
		return err
	}
	b.clock = opens
	return b.d.settle(ctx)
}

// askBack asks, as the customer does on the page of the order, for one piece of the
// first line that may come back; nil where none may.
func (b *behaviour) askBack(ctx context.Context, desk *returns.Service, o *order, want returns.Outcome, said string) (*returns.Return, error) {
	sold, err := journal.Get(ctx, b.d.DB.Reader(), o.member, o.sale)
	if err != nil {
		return nil, err
	}
	link, err := desk.Link(ctx, actor, b.programme, sold.Source, o.ref)
	if err != nil {
		return nil, err
	}
	link = path.Base(link)
	page, err := desk.Order(ctx, b.programme, link)
	if err != nil {
		return nil, err
	}
	for _, l := range page.Lines {
		if l.Why == "" && l.Whole() && l.Amount > 0 {
			return desk.Ask(ctx, b.programme, link, returns.Ask{Name: "web:" + o.ref, Items: []returns.ItemAsk{{Line: l.No, Quantity: unit, Outcome: want, Comment: said}}})
		}
	}
	return nil, nil
}

// handleBack takes a return as far as it gets by the end of the data.
func (b *behaviour) handleBack(ctx context.Context, desk *returns.Service, r *returns.Return, declined bool, answer, way time.Duration) error {
	if b.clock = b.clock.Add(answer); !b.clock.Before(AsOf) {
		return nil
	}
	said := returns.Decision{No: 1, Accept: true}
	if declined {
		said = returns.Decision{No: 1, Answer: "It shows that it was used, and we can sell it no more. (" + simulated + ")"}
	}
	r, err := desk.Decide(ctx, actor, b.programme, r.ID, []returns.Decision{said})
	if err != nil || declined {
		return err
	}
	if b.clock = b.clock.Add(way); !b.clock.Before(AsOf) {
		return nil
	}
	if r.CanArrive() {
		if r, err = desk.Arrive(ctx, actor, b.programme, r.ID); err != nil {
			return err
		}
	}
	if r.Items[0].Outcome == returns.ForMoney {
		return nil
	}
	return b.endBack(ctx, desk, r.ID)
}

func (b *behaviour) endBack(ctx context.Context, desk *returns.Service, which id.ID) error {
	if _, err := desk.Settle(ctx, actor, b.programme, which); err != nil {
		return err
	}
	_, err := desk.Fulfil(ctx, actor, b.programme, which, "Paid or sent ("+simulated+")")
	return err
}
