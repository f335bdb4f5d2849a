package promo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/program"
)

// Offerset is every version of a programme's offers that was ever published,
// ready to price. It does not change and is safe for concurrent use.
type Offerset struct {
	zone     *time.Location
	currency money.Currency
	terms    []*terms // in the order in which they apply
}

// NewOfferset compiles versions; zone and currency are the programme's. Drafts
// are left out. It fails when a version does not pass Check.
func NewOfferset(zone *time.Location, currency money.Currency, versions []Version) (*Offerset, error) {
	s := &Offerset{zone: zone, currency: currency}
	for i := range versions {
		v := &versions[i]
		if v.State == Draft {
			continue
		}
		t, err := compile(v)
		if err != nil {
			return nil, fmt.Errorf("compiling version %d of the offer %q: %w", v.Number, v.Name, err)
		}
		s.terms = append(s.terms, t)
	}
	slices.SortStableFunc(s.terms, before)
	return s, nil
}

// LoadOfferset returns every version of the programme's offers that was ever
// published, compiled. It does not change with later publications: whoever
// keeps it watches the programme's version.
func LoadOfferset(ctx context.Context, q db.Queryer, programme id.ID) (*Offerset, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	versions, err := selectVersions(ctx, q, `v.programme_id = $1 AND v.state <> 'draft'`, programme)
	if err != nil {
		return nil, err
	}
	return NewOfferset(p.Zone, p.Currency, versions)
}

// WithDraft returns the set as if this version, in whatever state, were all
// that its offer has ever said. Previews and the simulator price with it.
func (s *Offerset) WithDraft(v Version) (*Offerset, error) {
	v.State, v.Begins, v.Ends = Published, time.Time{}, time.Time{}
	t, err := compile(&v)
	if err != nil {
		return nil, err
	}
	with := &Offerset{zone: s.zone, currency: s.currency}
	for _, o := range s.terms {
		if o.offer != v.OfferID {
			with.terms = append(with.terms, o)
		}
	}
	with.terms = append(with.terms, t)
	slices.SortStableFunc(with.terms, before)
	return with, nil
}

// Currency returns the currency of all amounts.
func (s *Offerset) Currency() money.Currency { return s.currency }

// Limits returns the counters and the budgets that pricing a sale of the moment
// looks at, to be loaded before it; nothing for most sets of offers.
func (s *Offerset) Limits(occurred time.Time) (slots []Slot, budgets []id.ID) {
	for _, t := range s.terms {
		if !t.inForce(occurred) {
			continue
		}
		for _, c := range t.spec.PerMember {
			slots = append(slots, t.slot(c.Period, occurred, s.zone))
		}
		if !t.spec.Budget.IsZero() {
			budgets = append(budgets, t.offer)
		}
	}
	return slots, budgets
}

// ShopLimits returns the budgets of shops that pricing a sale of the moment in
// the shop looks at, to be loaded before it; nothing for most sets of offers.
func (s *Offerset) ShopLimits(occurred time.Time, shop id.ID, code string) []ShopSlot {
	var slots []ShopSlot
	for _, t := range s.terms {
		if len(t.spec.PerShop) == 0 || !t.inForce(occurred) {
			continue
		}
		for _, f := range t.shopFunds(shop, code, occurred, s.zone) {
			slots = append(slots, f.Slot)
		}
	}
	return slots
}
