package challenge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// ReadJob is the kind of job that learns of every committed batch.
const ReadJob = "challenge.read"

// Read marks what the events count for and settles what was reached by them.
// A mark is made of the sale as it stands, so it does not matter how often, or
// in which order, events are read.
func (s *Service) Read(ctx context.Context, j *jobs.Job) error {
	var c flow.Committed
	if err := j.Read(&c); err != nil {
		return err
	}
	mine := map[id.ID][]flow.CommittedEvent{}
	var programmes []id.ID
	for _, e := range c.Events {
		if concerns(e.Kind) {
			if mine[e.ProgrammeID] == nil {
				programmes = append(programmes, e.ProgrammeID)
			}
			mine[e.ProgrammeID] = append(mine[e.ProgrammeID], e)
		}
	}
	for _, p := range programmes {
		list, err := begun(ctx, s.d.Reader(), p)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		if err := s.d.InTxAgain(ctx, func(tx *db.Tx) error { return s.take(ctx, tx, p, mine[p]) }); err != nil {
			return fmt.Errorf("reading what counts for challenges: %w", err)
		}
	}
	return nil
}

// concerns reports whether an event may count, or makes that what was done
// before does: somebody enrols, or two profiles come together.
func concerns(k journal.Kind) bool {
	switch k {
	case journal.Purchase, journal.Return, journal.Visit, journal.SignUp, journal.Merge:
		return true
	}
	return strings.HasPrefix(string(k), journal.Custom)
}

// take reads events of one programme. The customers are locked first, so that
// of two readings of one sale the later sees what has come back of it.
func (s *Service) take(ctx context.Context, tx *db.Tx, programme id.ID, events []flow.CommittedEvent) error {
	p, err := program.Load(ctx, tx, programme)
	if err != nil {
		return err
	}
	people, sets, err := lock(ctx, tx, events)
	if err != nil {
		return err
	}
	list, err := begun(ctx, tx, programme)
	if err != nil {
		return err
	}
	f, err := find(ctx, tx, events, sets)
	if err != nil {
		return err
	}
	if err := setMarks(ctx, tx, programme, f.events, f.marks(list)); err != nil {
		return err
	}
	for _, m := range people {
		who, err := meet(ctx, tx, p, m, sets[m.ID], s.clock())
		if err != nil {
			return err
		}
		if err := s.settle(ctx, tx, who, list); err != nil {
			return err
		}
	}
	return nil
}

// lock holds the customers of the events, each once, and returns all the ids
// of each by the ids that the events name and by their own.
func lock(ctx context.Context, tx *db.Tx, events []flow.CommittedEvent) ([]*member.Member, map[id.ID][]id.ID, error) {
	ids := make([]id.ID, len(events))
	for i, e := range events {
		ids[i] = e.MemberID
	}
	found, err := member.Load(ctx, tx, ids, true)
	if err != nil {
		return nil, nil, err
	}
	var people []*member.Member
	var own []id.ID
	for _, m := range found {
		if !slices.Contains(own, m.ID) {
			own, people = append(own, m.ID), append(people, m)
		}
	}
	slices.SortFunc(people, func(a, b *member.Member) int { return int(min(1, max(-1, a.ID-b.ID))) })
	sets, err := member.AliasSets(ctx, tx, own)
	if err != nil {
		return nil, nil, err
	}
	for asked, m := range found {
		sets[asked] = sets[m.ID]
	}
	return people, sets, nil
}

// findings are the sales and visits that events are about.
type findings struct {
	events map[id.ID][]id.ID // by member: what shall be marked anew
	sales  map[id.ID]*sale.Sale
	visits []*journal.Event
}

func (f *findings) about(member, event id.ID) {
	if !slices.Contains(f.events[member], event) {
		f.events[member] = append(f.events[member], event)
	}
}

// find reads what the events are about. A return is about the sales of which
// it brought something back.
func find(ctx context.Context, q db.Queryer, events []flow.CommittedEvent, sets map[id.ID][]id.ID) (*findings, error) {
	f := &findings{events: map[id.ID][]id.ID{}}
	var sold, returns []sale.SaleKey
	for _, e := range events {
		switch e.Kind {
		case journal.Purchase:
			sold = append(sold, sale.SaleKey{MemberID: e.MemberID, ID: e.ID})
		case journal.Return:
			for _, m := range sets[e.MemberID] {
				returns = append(returns, sale.SaleKey{MemberID: m, ID: e.ID})
			}
		case journal.Visit:
			v, err := journal.Get(ctx, q, e.MemberID, e.ID)
			if err != nil {
				return nil, err
			}
			f.visits = append(f.visits, v)
			f.about(e.MemberID, e.ID)
		}
	}
	if len(returns) > 0 {
		backs, err := sale.LoadReturns(ctx, q, returns)
		if err != nil {
			return nil, err
		}
		for _, b := range backs {
			sold = append(sold, sale.SaleKey{MemberID: b.MemberID, ID: b.SaleID})
		}
	}
	for _, k := range sold {
		f.about(k.MemberID, k.ID)
	}
	if len(sold) == 0 {
		return f, nil
	}
	var err error
	f.sales, err = sale.LoadSales(ctx, q, sold)
	return f, err
}

// marks returns what the sales and visits count for in the challenges.
func (f *findings) marks(list []Challenge) []Mark {
	var marks []Mark
	for i := range list {
		c := &list[i]
		for _, b := range f.sales {
			if m := c.ofSale(b); m != nil {
				m.ChallengeID = c.ID
				marks = append(marks, *m)
			}
		}
		for _, v := range f.visits {
			if m := c.ofVisit(v); m != nil {
				m.ChallengeID = c.ID
				marks = append(marks, *m)
			}
		}
	}
	return marks
}
