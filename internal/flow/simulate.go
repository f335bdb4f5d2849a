package flow

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/tier"
)

// Draft is what a programme would be: versions of rules in place of those of
// their rules, ladders and rewards in place of those with their ids, offers as
// if they had been open from the first day.
type Draft struct {
	// Name tells it from another that is compared with it.
	Name    string          `json:"name,omitempty"`
	Rules   []earn.Version  `json:"rules,omitempty"`
	Ladders []tier.Ladder   `json:"ladders,omitempty"`
	Offers  []promo.Version `json:"offers,omitempty"`
	Rewards []reward.Reward `json:"rewards,omitempty"`
}

// MaxDrafts is how many drafts may be compared at once.
const MaxDrafts = 4

// Simulation sets what is beside what would have been. Budgets of rules and
// offers are taken as unlimited, and profiles that were merged are replayed
// apart. Who received points from another member receives them as then; who gave
// them gives what would have been there. Customers are taken to have bought what
// they bought: nobody can know whom an offer would have brought.
type Simulation struct {
	Members int64   `json:"members"`
	Sales   int64   `json:"sales"`
	Now     Outcome `json:"now"`
	// Drafts stand in the order in which they were asked for.
	Drafts []Comparison `json:"drafts"`
	// Segments part the members by their rank now on the first ladder, and by
	// how often they bought.
	Segments []Segment `json:"segments"`
}

// Comparison is what one draft would have made of the past.
type Comparison struct {
	Name string `json:"name,omitempty"`
	Outcome
	Change
	// Cut is how many points were taken by hand, or paid, that would not have
	// been there.
	Cut    int64   `json:"cut"`
	Movers []Mover `json:"movers"`
}

// Simulate replays the programme's whole past as it is and as each draft would
// have it, by the same decisions as live traffic, and changes nothing. It needs
// simulate.run.
func (s *Service) Simulate(ctx context.Context, a auth.Actor, programme id.ID, drafts []Draft, progress func(done, total int64)) (Simulation, error) {
	if err := a.Can(programme, auth.SimulateRun); err != nil {
		return Simulation{}, err
	}
	if len(drafts) == 0 || len(drafts) > MaxDrafts {
		return Simulation{}, fault.Invalid("drafts_number", "compare between one and %d drafts at once", MaxDrafts).At("/drafts").With("most", MaxDrafts)
	}
	sim := &simulator{until: s.now(), limits: s.setups.limits, drafts: drafts, progress: progress, shops: map[id.ID]string{}}
	err := s.db.View(ctx, func(q db.Queryer) error {
		if err := sim.load(ctx, q, programme); err != nil {
			return err
		}
		return sim.walk(ctx, q, programme)
	})
	if err != nil {
		return Simulation{}, fmt.Errorf("simulating: %w", err)
	}
	return sim.result()
}

// load reads what the programme is, and what the drafts would make of it.
func (s *simulator) load(ctx context.Context, q db.Queryer, programme id.ID) error {
	now, err := loadSetup(ctx, q, programme, s.limits)
	if err != nil {
		return err
	}
	s.worlds = []*setup{now}
	for code, shop := range now.shops {
		s.shops[shop.ID] = code
	}
	for _, d := range s.drafts {
		draft, err := now.with(d)
		if err != nil {
			return err
		}
		s.worlds = append(s.worlds, draft)
		if len(d.Offers) > 0 && s.goods == nil {
			s.goods = map[string]product.Product{}
			if err := product.Each(ctx, q, programme, func(p product.Product) error {
				s.goods[p.SKU] = p
				return nil
			}); err != nil {
				return err
			}
		}
	}
	if s.total, err = journal.Count(ctx, q, programme); err != nil {
		return err
	}
	s.people, err = member.EveryTrait(ctx, q, programme)
	return err
}

// with returns the setup as the draft would have it.
func (s *setup) with(d Draft) (*setup, error) {
	other := *s
	for i, v := range d.Rules {
		apart(&v.Rule.ID, &v.ID, i)
		rules, err := other.rules.WithDraft(v)
		if err != nil {
			return nil, err
		}
		other.rules = rules
	}
	other.ladders = slices.Clone(s.ladders)
	for _, l := range d.Ladders {
		i := slices.IndexFunc(other.ladders, func(o tier.Ladder) bool { return o.ID == l.ID })
		if i < 0 {
			other.ladders = append(other.ladders, l)
			continue
		}
		other.ladders[i] = l
	}
	var err error
	if other.trial, err = trialOf(s, d); err != nil {
		return nil, err
	}
	for i, v := range d.Offers { // asked of what is kept after a return
		apart(&v.OfferID, &v.ID, i)
		if other.offers, err = other.offers.WithDraft(v); err != nil {
			return nil, err
		}
	}
	return &other, nil
}

// apart tells new rules and offers of a draft from one another: all come with
// the highest id, so that they stand behind those that are there.
func apart(of, version *id.ID, i int) {
	if *of == math.MaxInt64 {
		*of -= id.ID(i)
		*version -= id.ID(i)
	}
}

// simulator replays a programme's past in several worlds: as it is, and as each
// draft would have it.
type simulator struct {
	drafts      []Draft
	worlds      []*setup // the programme as it is, then the drafts
	until       time.Time
	people      map[id.ID]member.Traits
	shops       map[id.ID]string           // codes
	goods       map[string]product.Product // where a draft has offers
	limits      ShopLimits
	progress    func(done, total int64)
	done, total int64
	parts       []*replayer
}

// walk gives each member's events to whoever is free. Members have nothing to
// do with one another, so the order does not matter.
func (s *simulator) walk(ctx context.Context, q db.Queryer, programme id.ID) error {
	work, ctx := errgroup.WithContext(ctx)
	members := make(chan []*journal.Event, 2*runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		r := newReplayer(s)
		s.parts = append(s.parts, r)
		work.Go(func() error {
			for events := range members {
				if err := r.replay(events); err != nil {
					return err
				}
			}
			return nil
		})
	}
	work.Go(func() error {
		defer close(members)
		var one []*journal.Event
		send := func() error {
			if len(one) == 0 {
				return nil
			}
			select {
			case members <- one:
				one = nil
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := journal.EachByMember(ctx, q, programme, func(e *journal.Event) error {
			if s.done++; s.progress != nil && s.done%1000 == 0 {
				s.progress(s.done, s.total)
			}
			if len(one) > 0 && one[0].MemberID != e.MemberID {
				if err := send(); err != nil {
					return err
				}
			}
			one = append(one, e)
			return nil
		})
		if err != nil {
			return err
		}
		return send()
	})
	return work.Wait()
}

// result adds up what the parts found.
func (s *simulator) result() (Simulation, error) {
	if s.progress != nil {
		s.progress(s.total, s.total)
	}
	sum := newReplayer(s)
	for _, p := range s.parts {
		sum.add(p)
	}
	return sum.told()
}
