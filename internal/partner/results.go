package partner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// SmallGroup is the number of people below which no figure about them is shown,
// so that nobody can be made out.
const SmallGroup = 10

// Group is a figure about people: how many, and what they did. Where they are
// fewer than SmallGroup, Few is true and the figures are 0; nobody at all is
// told as such.
type Group struct {
	People int64
	Few    bool
	// Sales and Goods, in minor units less what came back, where they are told.
	Sales, Goods int64
}

func (g Group) shown() Group {
	if g.People > 0 && g.People < SmallGroup {
		return Group{Few: true}
	}
	return g
}

// Results are what a partnership came to in a period, for both sides. People are
// members who have joined; who was merged counts once.
type Results struct {
	From, To time.Time
	// Common are members who bought at the partner's in the period and have
	// bought at ours, then or before.
	Common Group
	// Sales are those to members in the partner's shops.
	Sales Group
	// Brought are members who had bought at ours and came to the partner for
	// the first time; Gained had bought at the partner's and came to us.
	Brought, Gained Group
	// Issued and Redeemed are points, in the smallest unit, by the time at
	// which they moved; IssuedValue and RedeemedValue what is paid for them, in
	// minor units without fees. They are 0 where Sales is of few people.
	Issued, Redeemed           int64
	IssuedValue, RedeemedValue int64
}

// The groups of shops of a report.
const (
	ours = iota
	theirs
	others
)

// Results reckons what the partnership came to from one moment to another. It
// needs partners.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme, partner id.ID, from, to time.Time) (Results, error) {
	p, err := s.Get(ctx, a, programme, partner)
	if err != nil {
		return Results{}, err
	}
	if !from.Before(to) {
		return Results{}, fault.Invalid("period_backwards", "the period ends before it begins").At("/to")
	}
	n := Results{From: from, To: to}
	err = s.d.View(ctx, func(q db.Queryer) error {
		if err := n.people(ctx, q, &p); err != nil {
			return err
		}
		if n.Sales.Few {
			return nil
		}
		return n.points(ctx, q, partner)
	})
	return n, err
}

// person is what one member bought, aliases included.
type person struct {
	first        [others + 1]time.Time
	sales, goods int64 // at the partner's, in the period
}

func (n *Results) people(ctx context.Context, q db.Queryer, p *Partner) error {
	shops, err := Shops(ctx, q, p.ProgrammeID)
	if err != nil {
		return err
	}
	var spans []sale.Span
	for _, s := range shops {
		group := others
		if s.PartnerID == p.ID {
			group = theirs
		}
		spans = append(spans, sale.Span{ShopID: s.ShopID, From: s.Begins, To: s.Ends, Group: group})
	}
	bought, err := sale.ByPlace(ctx, q, p.ProgrammeID, spans, n.From, n.To)
	if err != nil {
		return err
	}
	survivors, err := member.Survivors(ctx, q, p.ProgrammeID)
	if err != nil {
		return err
	}
	people := map[id.ID]*person{}
	for _, c := range bought {
		m := c.MemberID
		if into, merged := survivors[m]; merged {
			m = into
		}
		if people[m] == nil {
			people[m] = &person{}
		}
		people[m].add(c)
	}
	maps.DeleteFunc(people, func(_ id.ID, one *person) bool { return one.first[theirs].IsZero() })
	if err := joined(ctx, q, people); err != nil {
		return err
	}
	for _, one := range people {
		n.count(one)
	}
	n.Common, n.Sales, n.Brought, n.Gained = n.Common.shown(), n.Sales.shown(), n.Brought.shown(), n.Gained.shown()
	return nil
}

func (one *person) add(c sale.Custom) {
	if first := &one.first[c.Group]; first.IsZero() || c.First.Before(*first) {
		*first = c.First
	}
	if c.Group == theirs {
		one.sales += c.Sales
		one.goods += c.Goods
	}
}

func (n *Results) count(one *person) {
	here, there := one.first[ours], one.first[theirs]
	if one.sales > 0 {
		n.Sales.People++
		n.Sales.Sales += one.sales
		n.Sales.Goods += one.goods
		if !here.IsZero() {
			n.Common.People++
		}
	}
	if here.IsZero() {
		return
	}
	if here.Before(there) && !there.Before(n.From) {
		n.Brought.People++
	}
	if there.Before(here) && !here.Before(n.From) {
		n.Gained.People++
	}
}

// chunk is how many members are read at a time.
const chunk = 1000

// joined leaves those who have joined the programme.
func joined(ctx context.Context, q db.Queryer, people map[id.ID]*person) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(people)), chunk) {
		found, err := member.Read(ctx, q, ids)
		if err != nil {
			return err
		}
		for _, m := range ids {
			if who := found[m]; who == nil || who.Status != member.Enrolled {
				delete(people, m)
			}
		}
	}
	return nil
}

// points adds up what is noted by the time at which points moved.
func (n *Results) points(ctx context.Context, q db.Queryer, partner id.ID) error {
	rows, err := q.Query(ctx, `SELECT `+lineColumns+` FROM partner_line WHERE partner_id = $1 AND occurred >= $2 AND occurred < $3`,
		partner, db.Micros(n.From), db.Micros(n.To))
	lines, err := db.Collect(rows, err, scanLine)
	if err != nil {
		return fmt.Errorf("adding up a partnership: %w", err)
	}
	s := Statement{Lines: lines}
	if err := s.reckon(&Partner{}); err != nil {
		return err
	}
	for _, sum := range s.Sums {
		switch sum.Side {
		case Issue:
			n.Issued += sum.Quantity
			n.IssuedValue += sum.Amount
		case Redeem:
			n.Redeemed += sum.Quantity
			n.RedeemedValue -= sum.Amount
		}
	}
	return nil
}
