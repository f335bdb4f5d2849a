package plan

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// View is a subscription with what belongs to it.
type View struct {
	*Subscription
	Plan    *Plan
	Periods []Period
	Charges []*Charge
	// Next is the plan that takes over when the period ends, or nil.
	Next *Plan
	// Refund is what is to be given back, in minor units.
	Refund int64
}

// Follows is what the plan that takes over will be agreed on, or nil.
func (v *View) Follows() *Version {
	if v.Next == nil {
		return nil
	}
	return follows(v.Next, v.NextVersion)
}

// Upgrade is the open charge for going over to a dearer plan, or nil.
func (v *View) Upgrade() *Charge { return (&book{charges: v.Charges}).upgrade() }

// Joinable returns the plans that are on sale, those first that were made first.
func Joinable(plans []*Plan) []*Plan {
	var list []*Plan
	for _, p := range plans {
		if p.State() == Published {
			list = append(list, p)
		}
	}
	return list
}

// Join begins a member's paid membership in a plan, or takes leaving it back. A
// trial begins at once; else the membership begins when it is paid. It needs
// subscriptions.write.
func (s *Service) Join(ctx context.Context, a auth.Actor, programme, m id.ID, plan string) (View, error) {
	return s.do(ctx, a, programme, m, "subscription.join", func(tx *db.Tx, p *person) (*book, error) {
		chosen, err := p.sold(plan)
		if err != nil {
			return nil, err
		}
		if p.Status != member.Enrolled {
			return nil, fault.Refused("not_enrolled", "only who has joined the programme can join a plan").At("/member")
		}
		if b := p.live(); b != nil {
			if b.sub.State != Left || b.sub.PlanID != chosen.ID {
				return nil, fault.Conflict("subscription_live", "the member is in a plan already; change it instead").With("state", string(b.sub.State))
			}
			b.resume()
			return b, nil
		}
		trialled, welcomed := p.had()
		sub := &Subscription{ID: tx.IDs().New(), ProgrammeID: programme, MemberID: p.ID, Joined: p.now, Terms: Terms{Trialled: trialled, Welcomed: welcomed}}
		b, err := p.book(ctx, tx, sub)
		if err != nil {
			return nil, err
		}
		b.join(chosen)
		p.books = append(p.books, b)
		return b, nil
	})
}

// sold returns a plan that can be joined.
func (p *person) sold(name string) (*Plan, error) {
	for _, plan := range p.plans {
		if plan.ID.In(id.Plan) != name && plan.Code != name {
			continue
		}
		if plan.State() != Published {
			return nil, fault.Refused("plan_not_on_sale", "the plan cannot be joined").At("/plan")
		}
		return plan, nil
	}
	return nil, fault.Missing("unknown_plan", "the programme has no plan %s", name).At("/plan").With("plan", name)
}

// Leave ends a member's paid membership: with its period, or at once within the
// days of withdrawal or while nothing is paid. Who has left already is left as
// they are. It needs subscriptions.write.
func (s *Service) Leave(ctx context.Context, a auth.Actor, programme, m id.ID) (View, error) {
	return s.do(ctx, a, programme, m, "subscription.leave", func(tx *db.Tx, p *person) (*book, error) {
		last := p.live()
		if last == nil {
			return nil, noSubscription()
		}
		for _, b := range p.books { // after a merge there may be two
			if b.sub.State == Ended {
				continue
			}
			used, err := p.used(ctx, tx, b.sub.FirstPaid)
			if err != nil {
				return nil, err
			}
			b.leave(used)
		}
		return last, nil
	})
}

func noSubscription() error {
	return fault.Missing("no_subscription", "the member is in no plan")
}

// used reports whether the person bought something since a moment, with the
// benefits of their plan.
func (p *person) used(ctx context.Context, tx *db.Tx, since time.Time) (bool, error) {
	if since.IsZero() {
		return false, nil
	}
	latest, err := journal.Timeline(ctx, tx, p.aliases, journal.Cursor{}, 1, journal.Purchase)
	return len(latest) > 0 && !latest[0].Occurred.Before(since), err
}

// do changes what a member has of plans and leaves its trace.
func (s *Service) do(ctx context.Context, a auth.Actor, programme, m id.ID, action string, fn func(*db.Tx, *person) (*book, error)) (View, error) {
	if err := a.Can(programme, auth.SubscriptionsWrite); err != nil {
		return View{}, err
	}
	var v View
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := s.open(ctx, tx, programme, m)
		if err != nil {
			return err
		}
		b, err := fn(tx, p)
		if err != nil {
			return err
		}
		if err := s.save(ctx, tx, p); err != nil {
			return err
		}
		if v, err = view(ctx, tx, p.plans, b.sub); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: b.sub.ID.In(id.Subscription), Detail: map[string]any{
			"member": p.ID.In(id.Member), "plan": b.sub.PlanID.In(id.Plan), "state": string(b.sub.State), "refund": v.Refund,
		}})
	})
	return v, err
}

// view reads what belongs to a subscription.
func view(ctx context.Context, q db.Queryer, plans map[id.ID]*Plan, sub *Subscription) (View, error) {
	v := View{Subscription: sub, Plan: plans[sub.PlanID], Next: plans[sub.NextPlan]}
	var err error
	if v.Periods, err = periodsOf(ctx, q, sub.MemberID, sub.ID); err != nil {
		return v, err
	}
	if v.Charges, err = chargesOf(ctx, q, sub.MemberID, sub.ID); err != nil {
		return v, err
	}
	for _, c := range v.Charges {
		if c.State == RefundDue {
			v.Refund += c.Refund
		}
	}
	return v, nil
}

// Of returns a member's subscriptions, the latest first, as of the last sweep.
// It needs plans.read.
func (s *Service) Of(ctx context.Context, a auth.Actor, programme, m id.ID) ([]View, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return nil, err
	}
	var list []View
	err := s.db.View(ctx, func(q db.Queryer) error {
		aliases, err := member.Aliases(ctx, q, m)
		if err != nil {
			return err
		}
		plans, err := All(ctx, q, programme)
		if err != nil {
			return err
		}
		subs, err := ofMembers(ctx, q, aliases)
		if err != nil {
			return err
		}
		for i := len(subs) - 1; i >= 0; i-- {
			if subs[i].ProgrammeID != programme {
				continue
			}
			v, err := view(ctx, q, byID(plans), subs[i])
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		return nil
	})
	return list, err
}

// Query chooses subscriptions or charges; zero fields leave the choice open.
type Query struct {
	ProgrammeID id.ID
	// State is that of a subscription, or of a charge.
	State string
	// Open leaves only charges that can still be paid in time.
	Open bool
	Plan id.ID
	// Before is the id of the last of the page before; 0 begins with the latest.
	Before id.ID
	Limit  int
}

func (w Query) where(args *db.Args, alias string) string {
	where := alias + `.programme_id = ` + args.Add(w.ProgrammeID)
	if w.State != "" {
		where += ` AND ` + alias + `.state = ` + args.Add(w.State)
	}
	if w.Open {
		where += ` AND NOT ` + alias + `.void AND ` + alias + `.state IN (` + args.Add(string(Due)) + `, ` + args.Add(string(Requested)) + `, ` + args.Add(string(Failed)) + `)`
	}
	if w.Plan != 0 {
		where += ` AND ` + alias + `.plan_id = ` + args.Add(w.Plan)
	}
	if w.Before != 0 {
		where += ` AND ` + alias + `.id < ` + args.Add(w.Before)
	}
	return where + ` ORDER BY ` + alias + `.id DESC LIMIT ` + args.Add(w.Limit)
}

// Subscriptions returns a page of subscriptions, the latest first. It needs
// plans.read.
func (s *Service) Subscriptions(ctx context.Context, a auth.Actor, w Query) ([]*Subscription, error) {
	if err := a.Can(w.ProgrammeID, auth.PlansRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := w.where(&args, "s")
	return selectSubscriptions(ctx, s.db.Reader(), where, args.Values()...)
}
