package plan

import (
	"maps"
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// book is a subscription while it is being changed: pure and in memory. What
// is due happens first, each thing at its own instant, and what follows from
// it is gathered here.
type book struct {
	now      time.Time
	zone     *time.Location
	language string
	settings Settings
	plans    map[id.ID]*Plan
	ids      *id.Maker

	sub *Subscription
	// period is the present one, or nil; charges are all of the subscription.
	period  *Period
	charges []*Charge

	periods map[int]Period // to be written
	touched map[*Charge]bool
	wants   []want
	gifts   []gift
}

// want is a message to the member.
type want struct {
	message, name string
	args          map[string]i18n.Text
	figures       map[string]int64
}

// gift is points to be given.
type gift struct {
	name, reason string
	points       int64
	spec         *Spec
}

// version is what the present period, or the one that waits, is agreed on.
func (b *book) version() *Version { return b.plans[b.sub.PlanID].Version(b.sub.Version) }

// nextDue returns when something next happens by itself, or zero.
func (b *book) nextDue() time.Time {
	s := b.sub
	switch s.State {
	case Ended:
		return time.Time{}
	case Waiting:
		return b.unpaid().Due
	}
	t := s.Ends
	if at := b.remindAt(); !at.IsZero() {
		t = earlier(t, at)
	}
	if c := b.unpaid(); c != nil {
		t = earlier(t, c.Due)
	}
	return t
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// unpaid returns the open charge that falls due first, or nil.
func (b *book) unpaid() *Charge {
	var first *Charge
	for _, c := range b.charges {
		if c.open() && (first == nil || c.Due.Before(first.Due)) {
			first = c
		}
	}
	return first
}

// post lets happen what is due by now.
func (b *book) post() {
	for t := b.nextDue(); !t.IsZero() && !t.After(b.now); t = b.nextDue() {
		b.tick(t)
	}
	b.announce()
}

// tick lets happen what is due at one instant: what was not paid in time ends
// before a period is renewed.
func (b *book) tick(t time.Time) {
	c := b.unpaid()
	switch {
	case c != nil && !c.Due.After(t) && c.Purpose == ForUpgrade:
		b.cancel(c)
	case c != nil && !c.Due.After(t):
		b.end(t, EndUnpaid)
	case b.sub.Ends.After(t):
		b.remind()
	case b.sub.State == Left:
		b.end(t, EndLeft)
	default:
		b.renew(t)
	}
}

// renew begins the next period, on the plan that was chosen for it.
func (b *book) renew(t time.Time) {
	b.cancelUpgrade()
	s := b.sub
	p, v := b.plans[s.PlanID], b.renewed()
	if s.NextPlan != 0 && s.NextPlan != s.PlanID {
		p = b.plans[s.NextPlan]
		v = b.follows()
	}
	if p.ID != s.PlanID || v.Interval != b.version().Interval || s.OnTrial {
		s.Anchor, s.Count = t, 0
	}
	s.NextPlan, s.NextVersion = 0, 0
	b.begin(p, v, t)
	if s.FirstPaid.IsZero() {
		s.FirstPaid = t
	}
	s.State = Grace
	b.charge(&Charge{Purpose: ForRenewal, No: s.Period, PlanID: p.ID, Version: v.Number, Amount: v.Price, Made: b.now,
		Due: b.now.In(b.zone).AddDate(0, 0, v.GraceDays)})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// renewed is the version that the next period of the same plan is agreed on:
// the latest, unless it costs more and that was not announced in time.
func (b *book) renewed() *Version {
	s, latest := b.sub, b.plans[b.sub.PlanID].Latest()
	here := b.version()
	if b.dearer(here, latest) && (s.NoticeVersion != latest.Number || s.Ends.Before(b.noticeEnd())) {
		return here
	}
	return latest
}

// follows is the version of the plan that takes over at which it was chosen,
// or the latest where that costs no more.
func (b *book) follows() *Version { return follows(b.plans[b.sub.NextPlan], b.sub.NextVersion) }

func follows(p *Plan, agreed int) *Version {
	latest, v := p.Latest(), p.Version(agreed)
	if v != nil && (latest.Price > v.Price || latest.Interval != v.Interval) {
		return v
	}
	return latest
}

// dearer reports whether going from one version to the other needs a notice.
func (b *book) dearer(from, to *Version) bool {
	return to.Number != from.Number && (to.Price > from.Price || to.Interval != from.Interval)
}

// noticeEnd is the first moment at which an announced price may hold.
func (b *book) noticeEnd() time.Time {
	return b.sub.Noticed.In(b.zone).AddDate(0, 0, b.settings.NoticeDays)
}

// announce tells of a higher price as soon as it is known.
func (b *book) announce() {
	s := b.sub
	if !s.State.InForce() || s.State == Left {
		return
	}
	latest := b.plans[s.PlanID].Latest()
	if !b.dearer(b.version(), latest) || s.NoticeVersion == latest.Number {
		return
	}
	s.NoticeVersion, s.Noticed = latest.Number, b.now
	from, anchor, n := s.Ends, s.Anchor, s.Count
	if s.OnTrial {
		anchor, n = s.Ends, 0
	}
	for from.Before(b.noticeEnd()) {
		n++
		from = b.version().end(anchor, n, b.zone)
	}
	b.tell("plan_price", s.PlanID.In(id.Plan)+"."+decimal(s.NoticeVersion), latest, map[string]int64{"amount": latest.Price, "before": s.Price}, from)
}

// remindDays before a trial or a year ends the member is reminded.
const remindDays = 7

// remindAt is when, or zero.
func (b *book) remindAt() time.Time {
	s := b.sub
	if s.Reminded == s.Period || s.State != Trial && s.State != Active || !s.OnTrial && b.version().Interval != Year {
		return time.Time{}
	}
	return later(s.Begins, s.Ends.In(b.zone).AddDate(0, 0, -remindDays))
}

func (b *book) remind() {
	s := b.sub
	s.Reminded = s.Period
	v := b.renewed()
	if s.NextPlan != 0 {
		v = b.follows()
	}
	b.tell("plan_renews", decimal(s.Period), v, map[string]int64{"amount": v.Price}, s.Ends)
}

// begin ends the present period, if any, at t and begins the next one there.
func (b *book) begin(p *Plan, v *Version, t time.Time) {
	b.cut(t)
	s := b.sub
	b.agree(p, v)
	s.Price, s.OnTrial = v.Price, false
	if s.Anchor.IsZero() {
		s.Anchor, s.Count = t, 0
	}
	s.Count++
	s.Period++
	s.Begins, s.Ends = t, v.end(s.Anchor, s.Count, b.zone)
	b.open()
}

// agree notes what the next period is agreed on. What was announced of another
// plan says nothing of this one.
func (b *book) agree(p *Plan, v *Version) {
	s := b.sub
	if s.PlanID != p.ID {
		s.NoticeVersion, s.Noticed = 0, time.Time{}
	}
	s.PlanID, s.Version = p.ID, v.Number
}

// open writes down the present period.
func (b *book) open() {
	s := b.sub
	b.period = &Period{SubscriptionID: s.ID, MemberID: s.MemberID, No: s.Period, PlanID: s.PlanID, Version: s.Version,
		Trial: s.OnTrial, Begins: s.Begins, Ends: s.Ends, Price: s.Price}
	b.periods[s.Period] = *b.period
}

// cut ends the present period at t.
func (b *book) cut(t time.Time) {
	if b.period == nil {
		return
	}
	b.period.Ends, b.sub.Ends = t, t
	b.periods[b.period.No] = *b.period
}

// end ends the subscription and what is asked for it.
func (b *book) end(t time.Time, why Ending) {
	b.cut(t)
	for _, c := range b.charges {
		if c.open() {
			b.cancel(c)
		}
	}
	s := b.sub
	s.State, s.Ended, s.Why, s.NextPlan, s.NextVersion = Ended, t, why, 0, 0
	if why == EndUnpaid {
		b.tell("plan_ended", decimal(s.Period), b.version(), nil, t)
	}
}

// charge asks for money.
func (b *book) charge(c *Charge) {
	s := b.sub
	c.ID, c.ProgrammeID, c.MemberID, c.SubscriptionID = b.ids.New(), s.ProgrammeID, s.MemberID, s.ID
	c.State, c.Method = Due, b.settings.Method
	b.charges = append(b.charges, c)
	b.touched[c] = true
	b.ring("plan_due", c.ID.In(id.Charge), c)
}

// ring writes to the member about a charge.
func (b *book) ring(message, name string, c *Charge) {
	v := b.plans[c.PlanID].Version(c.Version)
	b.wants = append(b.wants, want{message, name, b.named(v, c.Due), map[string]int64{"amount": c.Amount}})
}

func (b *book) cancel(c *Charge) {
	c.State, c.Void = Cancelled, true
	b.touched[c] = true
}

func (b *book) cancelUpgrade() {
	for _, c := range b.charges {
		if c.open() && c.Purpose == ForUpgrade {
			b.cancel(c)
		}
	}
}

// tell asks that the member be written to, once for each occasion.
func (b *book) tell(message, occasion string, v *Version, figures map[string]int64, day time.Time) {
	name := b.sub.ID.In(id.Subscription) + ":" + message + ":" + occasion
	b.wants = append(b.wants, want{message, name, b.named(v, day), figures})
}

func (b *book) named(v *Version, day time.Time) map[string]i18n.Text {
	args := make(map[string]i18n.Text)
	args["plan"] = named(v.Name(b.language))
	args["day"] = i18n.Text{Key: "plan.day", Args: map[string]any{"day": day.UTC().Format(time.RFC3339)}}
	return args
}

// named is a plan's name as a kept text.
func named(name string) i18n.Text {
	return i18n.Text{Key: "plan.named", Args: map[string]any{"name": name}}
}

// changed returns the charges and periods to be written, in their order.
func (b *book) changed() ([]*Charge, []Period) {
	charges := slices.SortedFunc(maps.Keys(b.touched), func(x, y *Charge) int { return int(min(1, max(-1, x.ID-y.ID))) })
	var periods []Period
	for _, no := range slices.Sorted(maps.Keys(b.periods)) {
		periods = append(periods, b.periods[no])
	}
	return charges, periods
}
