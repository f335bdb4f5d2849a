package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// replayYears is over how many years the sales are spread that are replayed, so
// that points expire and ranks are lost as in life.
const replayYears = 2

// past takes so many purchases, spread evenly over the last years until now, by
// the members in turn.
func (h Host) past(ctx context.Context, programme id.ID, c command) error {
	until := h.Now()
	since := until.AddDate(-replayYears, 0, 0)
	step := until.Sub(since) / time.Duration(max(1, c.To))
	return h.takeAll(ctx, c, func(n int) *flow.Event {
		e := Purchase(programme, "past", n, n%c.Members)
		e.Occurred = since.Add(time.Duration(n) * step)
		return e
	})
}

// simulate replays the whole past with a rule that gives twice as much, and
// returns the number of sales.
func (h Host) simulate(ctx context.Context, programme id.ID) (int64, error) {
	v, err := h.doubled(ctx, programme)
	if err != nil {
		return 0, err
	}
	return h.replayed(ctx, programme, flow.Draft{Rules: []earn.Version{v}})
}

// compare replays the whole past under two drafts at once: the rule that gives
// twice as much; and a tenth off one of the goods, with a gold rank that is
// reached sooner.
func (h Host) compare(ctx context.Context, programme id.ID) (int64, error) {
	v, err := h.doubled(ctx, programme)
	if err != nil {
		return 0, err
	}
	tenth, err := h.Offers.Create(ctx, actor, promo.Offer{ProgrammeID: programme, Name: "A tenth off"}, promo.Spec{
		Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}, Lines: &earn.Lines{SKUs: []string{"22423"}},
	})
	if err != nil {
		return 0, err
	}
	ladders, err := h.Ladders.List(ctx, actor, programme)
	if err != nil {
		return 0, err
	}
	if len(ladders) == 0 || len(ladders[0].Versions) == 0 {
		return 0, errors.New("the programme has no ranks to change")
	}
	sooner := ladders[0].Ladder
	said := sooner.Versions[0].Definition
	said.Ranks = slices.Clone(said.Ranks)
	said.Ranks[len(said.Ranks)-1].Threshold /= 4
	sooner.Versions = []tier.Version{{Number: 1, Definition: said}}
	return h.replayed(ctx, programme, flow.Draft{Rules: []earn.Version{v}}, flow.Draft{Offers: []promo.Version{tenth}, Ladders: []tier.Ladder{sooner}})
}

// doubled is the programme's first rule, giving twice as much.
func (h Host) doubled(ctx context.Context, programme id.ID) (earn.Version, error) {
	rules, err := h.Rules.List(ctx, actor, programme)
	if err != nil {
		return earn.Version{}, err
	}
	if len(rules) == 0 || len(rules[0].Versions) == 0 {
		return earn.Version{}, errors.New("the programme has no rule to change")
	}
	v := rules[0].Versions[0]
	v.Spec.Effects = append(slices.Clone(v.Spec.Effects), earn.Effect{Kind: earn.Multiplier, Rate: money.NewRate(2, 1)})
	return v, nil
}

// replayed returns how many sales were replayed. A draft that made no difference
// was not replayed as one, which is an error.
func (h Host) replayed(ctx context.Context, programme id.ID, drafts ...flow.Draft) (int64, error) {
	s, err := h.Flow.Simulate(ctx, actor, programme, drafts, nil)
	if err != nil {
		return 0, err
	}
	for i, d := range s.Drafts {
		if s.Sales > 0 && d.Gained == 0 {
			return 0, fmt.Errorf("draft %d of the simulation made no difference", i+1)
		}
	}
	return s.Sales, nil
}

// simulation measures how fast two drafts are compared over a long past, of
// twenty sales a member.
func (b *Bench) simulation(ctx context.Context) (err error) {
	sales := b.Options.Growth
	if sales == 0 { // a glance
		sales = b.Options.Members
	}
	for _, on := range b.databases() {
		if err := b.simulateOn(ctx, on, sales); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bench) simulateOn(ctx context.Context, on db.Dialect, sales int) (err error) {
	p, err := b.fresh(ctx, on)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.drop()) }()
	if err := b.order(p, command{Do: "past", To: sales, Members: max(1, sales/20)}, nil); err != nil {
		return err
	}
	f := Figure{
		Section: "simulate", Name: fmt.Sprintf("%s, two drafts side by side over %s sales", on, grouped(float64(sales))), Unit: "sales",
		Aim: "1,000,000 in < 60 s: ≥ 16,667/s",
	}
	if err := b.order(p, command{Do: "compare"}, &f); err != nil {
		return err
	}
	b.add(f)
	return nil
}
