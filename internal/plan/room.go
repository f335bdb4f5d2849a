package plan

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

type room struct{}

// Room returns what flow asks of this room.
func Room() flow.Room { return room{} }

// Name is the room's name.
func (room) Name() string { return "plan" }

// Erase ends a person's subscriptions and cancels what is asked for them. The
// rows stay, so that sums stay true; the provider's references go, but for
// those by which money is still to be given back.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	now := tx.IDs().New().Time()
	p, err := load(ctx, tx, tx.IDs(), programme, members, now)
	if err != nil {
		return err
	}
	for _, b := range p.books {
		b.end(later(now, b.sub.Begins), EndErased)
		b.wants = nil
		if err := b.save(ctx, tx); err != nil {
			return err
		}
	}
	var args db.Args
	query := `UPDATE charge SET reference = '' WHERE member_id IN ` + args.In(members) + ` AND state <> 'refund_due' AND reference <> ''`
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return err
	}
	if len(p.books) == 0 {
		return nil
	}
	return p.hold(ctx, tx)
}

// Check notes what contradicts itself.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	return check(ctx, q, programme, note)
}

// subscriptionRecord is a subscription as it is exported.
type subscriptionRecord struct {
	Subscription string         `json:"subscription"`
	Member       string         `json:"member"`
	Plan         string         `json:"plan"`
	State        string         `json:"state"`
	Why          string         `json:"why"`
	Joined       time.Time      `json:"joined"`
	Left         *time.Time     `json:"left"`
	Ended        *time.Time     `json:"ended"`
	Begins       *time.Time     `json:"begins"`
	Ends         *time.Time     `json:"ends"`
	Charges      []chargeRecord `json:"charges,omitempty"`
}

// chargeRecord is a charge as it is exported. Sums are in minor units.
type chargeRecord struct {
	Charge       string     `json:"charge"`
	Subscription string     `json:"subscription"`
	Invoice      int64      `json:"invoice"`
	Purpose      string     `json:"purpose"`
	State        string     `json:"state"`
	Amount       int64      `json:"amount"`
	Credit       int64      `json:"credit"`
	Refund       int64      `json:"refund"`
	Points       int64      `json:"points"`
	Method       string     `json:"method"`
	Reference    string     `json:"reference"`
	Made         time.Time  `json:"made"`
	Due          time.Time  `json:"due"`
	Paid         *time.Time `json:"paid"`
	Settled      *time.Time `json:"settled"`
}

// periodRecord is a period as it is exported.
type periodRecord struct {
	Subscription string    `json:"subscription"`
	No           int       `json:"no"`
	Plan         string    `json:"plan"`
	Version      int       `json:"version"`
	Trial        bool      `json:"trial"`
	Begins       time.Time `json:"begins"`
	Ends         time.Time `json:"ends"`
	Price        int64     `json:"price"`
}

// planRecord is a version of a plan as it is exported.
type planRecord struct {
	Plan      string     `json:"plan"`
	Code      string     `json:"code"`
	State     string     `json:"state"`
	Version   int        `json:"version"`
	Published bool       `json:"published"`
	From      *time.Time `json:"from"`
	Says      Spec       `json:"says"`
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Subscription) record() subscriptionRecord {
	return subscriptionRecord{
		Subscription: s.ID.In(id.Subscription), Member: s.MemberID.In(id.Member), Plan: s.PlanID.In(id.Plan), State: string(s.State), Why: string(s.Why),
		Joined: s.Joined, Left: optional(s.LeftAt), Ended: optional(s.Ended), Begins: optional(s.Begins), Ends: optional(s.Ends),
	}
}

func (c *Charge) record() chargeRecord {
	return chargeRecord{
		Charge: c.ID.In(id.Charge), Subscription: c.SubscriptionID.In(id.Subscription), Invoice: c.Invoice, Purpose: string(c.Purpose), State: string(c.State),
		Amount: c.Amount, Credit: c.Credit, Refund: c.Refund, Points: c.Points, Method: string(c.Method), Reference: c.Reference,
		Made: c.Made, Due: c.Due, Paid: optional(c.Paid), Settled: optional(c.Settled),
	}
}

// Export returns a person's subscriptions with their charges.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	subs, err := ofMembers(ctx, q, members)
	if err != nil {
		return nil, err
	}
	var list []subscriptionRecord
	for _, s := range subs {
		if s.ProgrammeID != programme {
			continue
		}
		r := s.record()
		charges, err := chargesOf(ctx, q, s.MemberID, s.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range charges {
			r.Charges = append(r.Charges, c.record())
		}
		list = append(list, r)
	}
	if list == nil {
		return nil, nil
	}
	return list, nil
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"plans", "subscriptions", "plan_periods", "charges"} }

// Dump gives everything but the secret, which is nobody's to read.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	plans, err := All(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, p := range plans {
		for _, v := range p.everyVersion() {
			r := planRecord{Plan: p.ID.In(id.Plan), Code: p.Code, State: string(p.State()), Version: v.Number, Published: p.Draft == nil || v.Number != p.Draft.Number,
				From: optional(v.From), Says: v.Spec}
			if err := to("plans", r); err != nil {
				return err
			}
		}
	}
	rows, err := q.Query(ctx, `SELECT `+subscriptionColumns+` FROM subscription AS s WHERE s.programme_id = $1 ORDER BY s.member_id, s.id`, programme)
	if err := db.Each(rows, err, scanSubscription, func(s *Subscription) error { return to("subscriptions", s.record()) }); err != nil {
		return err
	}
	rows, err = q.Query(ctx, `SELECT `+periodColumns+` FROM plan_period AS p JOIN subscription AS s ON s.member_id = p.member_id AND s.id = p.subscription_id
		WHERE s.programme_id = $1 ORDER BY p.member_id, p.subscription_id, p.no`, programme)
	if err := db.Each(rows, err, scanPeriod, func(p Period) error {
		return to("plan_periods", periodRecord{p.SubscriptionID.In(id.Subscription), p.No, p.PlanID.In(id.Plan), p.Version, p.Trial, p.Begins, p.Ends, p.Price})
	}); err != nil {
		return err
	}
	rows, err = q.Query(ctx, `SELECT `+chargeColumns+` FROM charge AS c WHERE c.programme_id = $1 ORDER BY c.member_id, c.id`, programme)
	return db.Each(rows, err, scanCharge, func(c *Charge) error { return to("charges", c.record()) })
}

// everyVersion returns the published versions and the draft.
func (p *Plan) everyVersion() []Version {
	list := append([]Version{}, p.Versions...)
	if p.Draft != nil {
		list = append(list, *p.Draft)
	}
	return list
}
