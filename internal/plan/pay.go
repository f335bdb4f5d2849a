package plan

import (
	"strconv"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

func decimal(n int) string { return strconv.Itoa(n) }

// join begins a subscription: with a trial if the person never had one, else
// when it is paid.
func (b *book) join(p *Plan) {
	v, s := p.Latest(), b.sub
	if v.TrialDays == 0 || s.Trialled {
		b.ask(p, v)
		return
	}
	s.PlanID, s.Version, s.Price, s.OnTrial, s.Trialled = p.ID, v.Number, 0, true, true
	s.State, s.Period, s.Begins, s.Ends = Trial, 1, b.now, b.now.In(b.zone).AddDate(0, 0, v.TrialDays)
	b.open()
}

// ask asks for the first payment; the membership begins with it.
func (b *book) ask(p *Plan, v *Version) {
	s := b.sub
	s.State, s.PlanID, s.Version = Waiting, p.ID, v.Number
	b.charge(&Charge{Purpose: ForJoining, No: 1, PlanID: p.ID, Version: v.Number, Amount: v.Price, Made: b.now,
		Due: b.now.In(b.zone).AddDate(0, 0, v.GraceDays)})
}

// pay notes that a charge was paid. What was cancelled meanwhile is to be given
// back; what is noted already changes nothing.
func (b *book) pay(c *Charge, reference string) {
	switch {
	case c.State == Cancelled:
		c.State, c.Paid, c.Refund = RefundDue, b.now, c.Amount
	case c.open():
		c.State, c.Paid = Paid, b.now
		b.paid(c)
	default:
		return
	}
	if reference != "" {
		c.Reference = reference
	}
	b.touched[c] = true
}

// paid lets a payment take effect.
func (b *book) paid(c *Charge) {
	s, p := b.sub, b.plans[c.PlanID]
	v := p.Version(c.Version)
	switch c.Purpose {
	case ForJoining:
		s.FirstPaid, s.State = b.now, Active
		b.begin(p, v, b.now)
	case ForUpgrade:
		s.Anchor, s.Count = b.now, 0
		b.begin(p, v, b.now)
	case ForRenewal:
		if s.State == Grace && b.unpaid() == nil {
			s.State = Active
		}
	}
	if !s.Welcomed {
		s.Welcomed = true
		b.give("welcome", c, v, v.Welcome)
	} else if c.Purpose != ForUpgrade {
		b.give("renewal:"+c.ID.In(id.Charge), c, v, v.Renewal)
	}
}

// give has points given with a payment.
func (b *book) give(name string, c *Charge, v *Version, points int64) {
	c.Points = points
	if points > 0 {
		reason := "plan.reason.renewal"
		if name == "welcome" {
			reason = "plan.reason.welcome"
		}
		b.gifts = append(b.gifts, gift{b.sub.ID.In(id.Subscription) + ":" + name, reason, points, &v.Spec})
	}
}

// fail notes that a payment did not come about; it can still be made in time,
// so the member is told.
func (b *book) fail(c *Charge, reference string) error {
	switch {
	case c.State == Failed || c.State == Cancelled:
		return nil
	case !c.open():
		return fault.Conflict("charge_paid", "the charge is paid")
	}
	c.State, c.Settled = Failed, b.now
	b.ring("plan_failed", c.ID.In(id.Charge)+":failed", c)
	if reference != "" {
		c.Reference = reference
	}
	b.touched[c] = true
	return nil
}

// refunded notes that what was due to be given back was.
func (b *book) refunded(c *Charge, reference string) error {
	switch c.State {
	case Refunded:
		return nil
	case RefundDue:
		c.State, c.Settled = Refunded, b.now
		if reference != "" {
			c.Reference = reference
		}
		b.touched[c] = true
		return nil
	}
	return fault.Conflict("no_refund_due", "nothing is to be given back of this charge")
}

// leave ends the agreement, at once or with the period. Within the days of
// withdrawal the money is to be given back: all of it where the benefits were
// not used, else the part of the time that is left.
func (b *book) leave(used bool) {
	s := b.sub
	if s.State == Ended || s.State == Left {
		return
	}
	s.LeftAt, s.NextPlan, s.NextVersion = b.now, 0, 0
	b.cancelUpgrade()
	switch {
	case s.State == Waiting || s.State == Grace:
		b.end(b.now, EndLeft)
	case b.withdraws():
		value := s.Price
		if used {
			value = b.worth()
		}
		b.end(b.now, EndWithdrawn)
		b.refund(value)
	default:
		s.State = Left
	}
	figures := map[string]int64{"refund": b.refunding()}
	day := s.Ends
	if s.State == Ended {
		day = s.Ended
	}
	b.tell("plan_left", decimal(s.Period), b.version(), figures, day)
}

func (b *book) withdraws() bool { return b.sub.Withdraws(b.settings.WithdrawalDays, b.now.In(b.zone)) }

// refund spreads what is given back over what was paid, the latest first.
func (b *book) refund(value int64) {
	for i := len(b.charges) - 1; i >= 0 && value > 0; i-- {
		c := b.charges[i]
		if c.State != Paid {
			continue
		}
		c.Refund = min(value, c.Amount)
		value -= c.Refund
		c.State = RefundDue
		b.touched[c] = true
	}
}

func (b *book) refunding() int64 {
	sum := int64(0)
	for _, c := range b.charges {
		if c.State == RefundDue {
			sum += c.Refund
		}
	}
	return sum
}

// worth is the part of the present period's price that is not used yet, rounded
// down.
func (b *book) worth() int64 {
	s := b.sub
	if s.OnTrial || !s.Ends.After(b.now) {
		return 0
	}
	left, whole := s.Ends.Sub(later(b.now, s.Begins)), s.Ends.Sub(s.Begins)
	return money.Part(s.Price, left.Microseconds(), whole.Microseconds())
}

// resume takes leaving back while the period lasts.
func (b *book) resume() {
	s := b.sub
	s.LeftAt, s.State = time.Time{}, Active
	if s.OnTrial {
		s.State = Trial
	}
}

// change goes to another plan: to a dearer one as soon as the difference is
// paid, to another when the period ends, within a trial at once. Choosing the
// present one takes back what was chosen for later.
func (b *book) change(p *Plan) error {
	s, v := b.sub, p.Latest()
	switch {
	case p.ID == s.PlanID && s.NextPlan == 0 && b.upgrade() == nil:
		return fault.Conflict("plan_same", "the member is in this plan already")
	case s.State == Ended || s.State == Left:
		return fault.Conflict("subscription_left", "the member has left; let them join again first")
	case s.State == Grace:
		return fault.Conflict("subscription_unpaid", "the period is not paid yet; let it be paid first")
	}
	b.cancelUpgrade()
	switch {
	case p.ID == s.PlanID:
		s.NextPlan, s.NextVersion = 0, 0
	case s.State == Waiting:
		b.cancel(b.unpaid())
		b.ask(p, v)
	case s.State == Trial:
		ends := s.Ends
		b.cut(b.now)
		b.agree(p, v)
		s.Period, s.Begins, s.Ends = s.Period+1, b.now, ends
		b.open()
	default:
		b.switchTo(p, v)
	}
	return nil
}

// upgrade is the open charge for going over to a dearer plan, or nil.
func (b *book) upgrade() *Charge {
	for _, c := range b.charges {
		if c.open() && c.Purpose == ForUpgrade {
			return c
		}
	}
	return nil
}

// switchTo asks for what a dearer plan costs beyond what is left of the present
// period, or notes the plan for the next one.
func (b *book) switchTo(p *Plan, v *Version) {
	s, credit := b.sub, b.worth()
	if v.yearly() <= b.version().yearly() || v.Price <= credit {
		s.NextPlan, s.NextVersion = p.ID, v.Number
		return
	}
	s.NextPlan, s.NextVersion = 0, 0
	due := earlier(s.Ends, b.now.In(b.zone).AddDate(0, 0, v.GraceDays))
	b.charge(&Charge{Purpose: ForUpgrade, No: s.Period + 1, PlanID: p.ID, Version: v.Number, Amount: v.Price - credit, Credit: credit, Made: b.now, Due: due})
}
