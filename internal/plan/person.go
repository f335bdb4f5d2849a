package plan

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// person is a member with every subscription of theirs, under the lock of the
// member. Rows are kept under the profile that joined, and read by all aliases.
type person struct {
	*member.Member
	now       time.Time
	programme program.Programme
	settings  Settings
	plans     map[id.ID]*Plan
	ids       *id.Maker
	aliases   []id.ID
	past      []*Subscription
	// books are those that have not ended, or had not when they were opened.
	books []*book
}

// open locks a member, loads what is theirs and lets happen what is due.
func (s *Service) open(ctx context.Context, tx *db.Tx, programme, m id.ID) (*person, error) {
	who, err := member.Changeable(ctx, tx, programme, m)
	if err != nil {
		return nil, err
	}
	aliases, err := member.Aliases(ctx, tx, who.ID)
	if err != nil {
		return nil, err
	}
	return s.opened(ctx, tx, who, aliases)
}

// opened loads what is a member's and lets happen what is due.
func (s *Service) opened(ctx context.Context, q db.Queryer, who *member.Member, aliases []id.ID) (*person, error) {
	p, err := load(ctx, q, s.db.IDs(), who.ProgrammeID, aliases, s.moment())
	if err != nil {
		return nil, err
	}
	p.Member = who
	for _, b := range p.books {
		b.post()
	}
	return p, nil
}

// load reads what a person, whose aliases the members are, has of the room.
func load(ctx context.Context, q db.Queryer, ids *id.Maker, programme id.ID, aliases []id.ID, now time.Time) (*person, error) {
	p := &person{now: now, ids: ids, aliases: aliases}
	var err error
	if p.programme, err = program.Load(ctx, q, programme); err != nil {
		return nil, err
	}
	if p.settings, err = loadSettings(ctx, q, programme); err != nil {
		return nil, err
	}
	plans, err := All(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	p.plans = byID(plans)
	subscriptions, err := ofMembers(ctx, q, aliases)
	if err != nil {
		return nil, err
	}
	for _, sub := range subscriptions {
		if sub.State == Ended {
			p.past = append(p.past, sub)
			continue
		}
		b, err := p.book(ctx, q, sub)
		if err != nil {
			return nil, err
		}
		p.books = append(p.books, b)
	}
	return p, nil
}

// book opens a subscription.
func (p *person) book(ctx context.Context, q db.Queryer, sub *Subscription) (*book, error) {
	b := &book{
		now: p.now, zone: p.programme.Zone, language: p.programme.Languages[0], settings: p.settings, plans: p.plans, ids: p.ids, sub: sub,
		periods: map[int]Period{}, touched: map[*Charge]bool{},
	}
	if sub.due.IsZero() && sub.State == "" {
		return b, nil // a new one
	}
	var err error
	if b.charges, err = chargesOf(ctx, q, sub.MemberID, sub.ID); err != nil {
		return nil, err
	}
	periods, err := periodsOf(ctx, q, sub.MemberID, sub.ID)
	if err != nil {
		return nil, err
	}
	if n := len(periods); n > 0 {
		b.period = &periods[n-1]
	}
	return b, nil
}

// live returns the subscription that is told of: the latest that has not ended,
// else the latest at all, else nil.
func (p *person) live() *book {
	for i := len(p.books) - 1; i >= 0; i-- {
		if p.books[i].sub.State != Ended {
			return p.books[i]
		}
	}
	return nil
}

// had reports what has happened once for the person already.
func (p *person) had() (trialled, welcomed bool) {
	all := p.past
	for _, b := range p.books {
		all = append(all, b.sub)
	}
	for _, s := range all {
		trialled, welcomed = trialled || s.Trialled, welcomed || s.Welcomed
	}
	return trialled, welcomed
}

// save writes what has changed and brings the benefits in line with it.
func (s *Service) save(ctx context.Context, tx *db.Tx, p *person) error {
	for _, b := range p.books {
		if err := b.save(ctx, tx); err != nil {
			return fmt.Errorf("keeping subscription %s: %w", b.sub.ID.In(id.Subscription), err)
		}
	}
	return p.hold(ctx, tx)
}
