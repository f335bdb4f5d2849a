package till

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"regulars/internal/booking"
	"regulars/internal/challenge"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/gesture"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/plan"
	"regulars/internal/trust"
	"regulars/internal/web"
)

// feature is what the counter is to know of a customer beside points and ranks.
type feature struct {
	// plan is the paid membership that is in force, by name.
	plan string
	// visits are what the customer is expected for in this shop today.
	visits []booking.Visit
	// cases is how many complaints are open.
	cases int
	// complaints are what can be complained of here, empty for who may take none.
	complaints complaint.Settings
	// issues are known ones of what they bought of late.
	issues []trust.Hint
	// challenges are those that the customer takes part in.
	challenges []challenge.Progress
	// gestures may be given to them here and now.
	gestures []*gesture.Gesture
}

// readFeatures says what else the shop has with the customer.
func (t *till) readFeatures(v *visit, q db.Queryer, c *customer, aliases []id.ID, now time.Time) (err error) {
	if c.cases, err = t.Complaints.OpenCount(v.ctx(), q, v.programme.ID, aliases); err != nil {
		return err
	}
	if c.visits, err = booking.Today(v.ctx(), q, &v.programme, v.shop, aliases, now); err != nil {
		return err
	}
	if c.issues, err = t.Trust.Bought(v.ctx(), q, v.programme.ID, aliases); err != nil {
		return err
	}
	all, err := challenge.Open(v.ctx(), q, v.programme.ID, aliases, now)
	for i := range all {
		if all[i].Joined && !all[i].Complete {
			c.challenges = append(c.challenges, all[i])
		}
	}
	return errors.Join(err, c.readPlan(v, q), c.readPool(v, q, aliases, now))
}

// readPlan names the plan, and what is to be paid for it.
func (c *customer) readPlan(v *visit, q db.Queryer) error {
	all, err := plan.Current(v.ctx(), q, v.programme.ID, []id.ID{c.id})
	m, in := all[c.id]
	if err != nil || !in {
		return err
	}
	spec := plan.Spec{Names: m.Names}
	name := spec.Name(append([]string{string(v.Lang())}, v.programme.Languages...)...)
	if m.State.InForce() {
		c.plan = name
	}
	if m.Amount > 0 {
		c.next = append(c.next, v.T("till.plan_due", "plan", name, "sum", v.Money(m.Amount, ""), "day", m.Due))
	}
	return nil
}

// readPool adds what the customer's household shares, which is on its owner's
// account.
func (c *customer) readPool(v *visit, q db.Queryer, aliases []id.ID, now time.Time) error {
	set, err := household.LoadSettings(v.ctx(), q, v.programme.ID)
	if err != nil || !set.On || !set.Pooling {
		return err
	}
	h, err := household.Current(v.ctx(), q, aliases)
	if err != nil || h == nil || slices.Contains(aliases, h.OwnerID) {
		return err
	}
	owner, err := member.Read(v.ctx(), q, []id.ID{h.OwnerID})
	if err != nil || owner[h.OwnerID] == nil {
		return err
	}
	keys := make([]ledger.AccountKey, len(c.purses))
	for i, p := range c.purses {
		keys[i] = ledger.AccountKey{MemberID: owner[h.OwnerID].ID, WalletID: p.wallet.ID}
	}
	sums, err := ledger.Balances(v.ctx(), q, keys, now)
	for i := range c.purses {
		c.purses[i].pool = sums[keys[i]][ledger.Available]
	}
	return err
}

// payable reports whether there are points to pay with that are worth
// something.
func (p purse) payable() bool {
	worth, err := p.wallet.Liability(p.available + p.pool)
	return err == nil && worth > 0
}

// work is how far the customer is in a challenge.
func work(v *visit, p *challenge.Progress) web.Work {
	return web.Work{Label: p.Challenge.Name(string(v.Lang())), Done: p.Done, Total: p.Goal, Note: p.Words(v.Printer)}
}

// price says what a basket comes to, with the household's points where it says
// so.
func (t *till) price(v *visit, b *basket, e *flow.Event) (flow.Answer, error) {
	if b.Pool {
		return t.Households.Quote(v.ctx(), v.actor, e)
	}
	return t.Flow.Quote(v.ctx(), e)
}

// take takes a sale, with the household's points where it says so.
func (t *till) take(ctx context.Context, b *basket, e *flow.Event) (flow.Answer, error) {
	if b.Pool && !b.Listed {
		return t.Households.Pay(ctx, e.Actor, e)
	}
	return t.Flow.TakeOne(ctx, e)
}

// visitSays tells what the customer is expected for, and when by the shop's clock.
func visitSays(v *visit, n booking.Visit) string {
	return v.T("till.visit", "time", booking.Clock(n.Begins, n.Zone), "service", v.own(n.Service).Text, "noted", n.Note != "", "note", n.Note)
}

// issueSays tells a known issue of what the customer bought, with what helps
// meanwhile.
func issueSays(v *visit, h trust.Hint) string {
	said := v.T("till.issue_of", "product", cmp.Or(h.Product, h.SKU), "what", v.own(h.Title).Text, "state", h.State.Text())
	if help := v.own(h.Workaround).Text; help != "" {
		said += " " + help
	}
	if !h.Published {
		said += " " + v.T("till.issue_internal")
	}
	return said
}
