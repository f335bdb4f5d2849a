package plan

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Moment says when another plan takes over.
type Moment string

// The moments.
const (
	// AtOnce is within a trial.
	AtOnce Moment = "at_once"
	// WhenPaid is for a dearer plan, and before the first payment.
	WhenPaid Moment = "when_paid"
	// NextPeriod is for a plan that costs no more.
	NextPeriod Moment = "next_period"
	// Stays takes back what was chosen for later.
	Stays Moment = "stays"
)

// Turn is what going over to another plan comes to.
type Turn struct {
	From, To *Plan
	// Here is what holds now, There what will hold.
	Here, There *Version
	When        Moment
	// Starts is when the other plan takes over, AtOnce or at the NextPeriod;
	// zero when that depends on a payment.
	Starts time.Time
	// Charge is asked now, in minor units, to be paid by Due; Credit is what the
	// rest of the present period pays of the price.
	Charge, Credit int64
	Due            time.Time
	// Pays is when the price is paid next if nothing is asked now.
	Pays time.Time
}

// Seen is what a member was shown before they said yes.
type Seen struct {
	Version int
	Charge  int64
}

// Preview says what Change would come to now, and changes nothing. It needs
// plans.read.
func (s *Service) Preview(ctx context.Context, a auth.Actor, programme, m id.ID, plan string) (*Turn, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return nil, err
	}
	var t *Turn
	err := s.db.View(ctx, func(q db.Queryer) error {
		who, err := member.Of(ctx, q, programme, m)
		if err != nil {
			return err
		}
		aliases, err := member.Aliases(ctx, q, who.ID)
		if err != nil {
			return err
		}
		p, err := s.opened(ctx, q, who, aliases)
		if err != nil {
			return err
		}
		_, t, err = p.turn(plan)
		return err
	})
	return t, err
}

// Change moves a member to another plan. It needs subscriptions.write.
func (s *Service) Change(ctx context.Context, a auth.Actor, programme, m id.ID, plan string) (View, error) {
	return s.do(ctx, a, programme, m, "subscription.change", func(_ *db.Tx, p *person) (*book, error) {
		b, _, err := p.turn(plan)
		return b, err
	})
}

// ChangeAsSeen moves a member to another plan as they were shown it: another
// version, or a higher charge, is refused with "plan_turn_moved". It needs
// subscriptions.write.
func (s *Service) ChangeAsSeen(ctx context.Context, a auth.Actor, programme, m id.ID, plan string, seen Seen) (View, error) {
	return s.do(ctx, a, programme, m, "subscription.change", func(_ *db.Tx, p *person) (*book, error) {
		b, t, err := p.turn(plan)
		if err == nil && (t.There.Number != seen.Version || t.Charge > seen.Charge) {
			err = fault.Conflict("plan_turn_moved", "the plan or what is to be paid has changed since it was shown; look at it again")
		}
		return b, err
	})
}

// turn changes the plan of the person's present book and says what that comes
// to.
func (p *person) turn(plan string) (*book, *Turn, error) {
	b := p.live()
	if b == nil {
		return nil, nil, noSubscription()
	}
	chosen, err := p.chosen(b, plan)
	if err != nil {
		return nil, nil, err
	}
	t := &Turn{From: b.plans[b.sub.PlanID], To: chosen, Here: b.version(), There: chosen.Latest()}
	before := len(b.charges)
	if err := b.change(chosen); err != nil {
		return nil, nil, err
	}
	t.fill(b, b.charges[before:])
	return b, t, nil
}

// chosen is a plan that can be joined, or the present one, in which a member
// may stay also when it is no longer sold.
func (p *person) chosen(b *book, plan string) (*Plan, error) {
	if here := b.plans[b.sub.PlanID]; here.Code == plan || here.ID.In(id.Plan) == plan {
		return here, nil
	}
	return p.sold(plan)
}

// fill says when the other plan takes over and what is paid, out of the book
// after the change and the charges that it asked for.
func (t *Turn) fill(b *book, asked []*Charge) {
	s := b.sub
	switch {
	case len(asked) > 0:
		c := asked[0]
		t.When, t.Charge, t.Credit, t.Due = WhenPaid, c.Amount, c.Credit, c.Due
	case t.To.ID == t.From.ID:
		t.When, t.There, t.Pays = Stays, t.Here, s.Ends
	case s.NextPlan == t.To.ID:
		t.When, t.Starts, t.Pays = NextPeriod, s.Ends, s.Ends
	default:
		t.When, t.Starts, t.Pays = AtOnce, b.now, s.Ends
	}
}
