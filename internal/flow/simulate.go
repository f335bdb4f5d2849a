package flow

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// Draft is what a programme would be: versions of rules in place of those of
// their rules, ladders in place of those with their ids.
type Draft struct {
	Rules   []earn.Version
	Ladders []tier.Ladder
}

// Outcome is where a programme would stand after its past. Points are in the
// smallest unit of the first wallet.
type Outcome struct {
	Issued     int64 `json:"issued"`
	ClawedBack int64 `json:"clawed_back"`
	Expired    int64 `json:"expired"`
	Spent      int64 `json:"spent"`
	Liability  int64 `json:"liability"`
	// LiabilityMinor is what the liability is worth, in minor units.
	LiabilityMinor int64 `json:"liability_minor"`
	// Ranks counts members by the code of their rank on the first ladder.
	Ranks map[string]int64 `json:"ranks"`
}

// Mover is a member whom the draft would treat most differently.
type Mover struct {
	MemberID id.ID `json:"member_id"`
	// Now and Draft are the points that the member was given.
	Now   int64 `json:"now"`
	Draft int64 `json:"draft"`
}

// Simulation sets what is beside what would have been. Budgets of rules are
// taken as unlimited, and profiles that were merged are replayed apart.
type Simulation struct {
	Members int64   `json:"members"`
	Sales   int64   `json:"sales"`
	Now     Outcome `json:"now"`
	Draft   Outcome `json:"draft"`
	// Cut is how many points were taken by hand, or paid, that would not have
	// been there.
	Cut    int64   `json:"cut"`
	Movers []Mover `json:"movers"`
}

// movers is how many of the members most affected are named.
const movers = 10

// Simulate replays the programme's whole past as it is and as the draft would
// have it, by the same decisions as live traffic, and changes nothing. It needs
// simulate.run.
func (s *Service) Simulate(ctx context.Context, a auth.Actor, programme id.ID, d Draft, progress func(done, total int64)) (Simulation, error) {
	if err := a.Can(programme, auth.SimulateRun); err != nil {
		return Simulation{}, err
	}
	sim := &simulator{until: s.now(), progress: progress, shops: map[id.ID]string{}}
	err := s.db.View(ctx, func(q db.Queryer) (err error) {
		if sim.now, err = loadSetup(ctx, q, programme, s.setups.limits); err != nil {
			return err
		}
		for code, shop := range sim.now.shops {
			sim.shops[shop.ID] = code
		}
		if sim.draft, err = sim.now.with(d); err != nil {
			return err
		}
		if sim.total, err = journal.Count(ctx, q, programme); err != nil {
			return err
		}
		if sim.people, err = member.EveryTrait(ctx, q, programme); err != nil {
			return err
		}
		return journal.EachByMember(ctx, q, programme, sim.take)
	})
	if err != nil {
		return Simulation{}, fmt.Errorf("simulating: %w", err)
	}
	if err := sim.finish(); err != nil {
		return Simulation{}, err
	}
	return sim.result()
}

// with returns the setup as the draft would have it.
func (s *setup) with(d Draft) (*setup, error) {
	other := *s
	for _, v := range d.Rules {
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
	return &other, nil
}

// simulator replays one member after the other, in two worlds.
type simulator struct {
	now, draft  *setup
	until       time.Time
	people      map[id.ID]member.Traits
	shops       map[id.ID]string // codes
	progress    func(done, total int64)
	done, total int64
	last        id.ID // of the identifiers that nothing keeps

	member id.ID
	worlds [2]*account
	// sold are the member's sales so far, early the returns that cite a sale
	// which business order has after them.
	sold  map[journal.Key]*journal.Event
	early map[journal.Key][]*fact
	out   Simulation
}

// take replays the next event of a walk by member.
func (s *simulator) take(e *journal.Event) error {
	if e.MemberID != s.member {
		if err := s.finish(); err != nil {
			return err
		}
		s.begin(e.MemberID)
	}
	if s.done++; s.progress != nil && s.done%1000 == 0 {
		s.progress(s.done, s.total)
	}
	f := &fact{
		id: e.ID, kind: e.Kind, occurred: e.Occurred, shop: s.shops[e.ShopID], shopID: e.ShopID, channel: e.Channel, ref: e.ExternalID,
	}
	if err := json.Unmarshal(e.Body, &f.payload); err != nil {
		return fmt.Errorf("reading event %s: %w", e.ID.In(id.Event), err)
	}
	if !s.remembers(e, f) {
		return nil
	}
	if err := s.both(f); err != nil || e.Kind != journal.Purchase {
		return err
	}
	s.out.Sales++
	s.sold[e.Key()] = e
	for _, back := range s.early[e.Key()] {
		back.sold, back.occurred = e.ID, later(back.occurred, e.Occurred)
		if err := s.both(back); err != nil {
			return err
		}
	}
	return nil
}

// remembers finds the sale that a return cites among those replayed. One that
// is not there yet makes the return wait.
func (s *simulator) remembers(e *journal.Event, f *fact) bool {
	if e.Kind != journal.Return || f.payload.Return.SaleReference == "" {
		return true
	}
	cited := f.payload.Return.cited(e.ProgrammeID, e.Source)
	sold := s.sold[cited]
	if sold == nil {
		s.early[cited] = append(s.early[cited], f)
		return false
	}
	f.sold, f.occurred = sold.ID, later(f.occurred, sold.Occurred)
	return true
}

// both decides one event in both worlds.
func (s *simulator) both(f *fact) error {
	for i, set := range []*setup{s.now, s.draft} {
		if err := s.replay(set, s.worlds[i], *f); err != nil {
			return fmt.Errorf("replaying event %s: %w", f.id.In(id.Event), err)
		}
	}
	return nil
}

// begin makes a member's empty accounts in both worlds.
func (s *simulator) begin(m id.ID) {
	s.member = m
	s.sold, s.early = map[journal.Key]*journal.Event{}, map[journal.Key][]*fact{}
	s.out.Members++
	for i, set := range []*setup{s.now, s.draft} {
		s.worlds[i] = s.account(set, m)
	}
}

func (s *simulator) account(set *setup, m id.ID) *account {
	known := s.people[m]
	person := member.Member{
		ID: m, ProgrammeID: set.programme.ID, Status: member.Known, Tags: known.Tags, Attributes: known.Attributes, Enrolled: known.Enrolled,
	}
	a := &account{member: &person, fresh: true, tally: &sale.Tally{MemberID: m}}
	for i := range set.wallets {
		a.wallets = append(a.wallets, ledger.New(&set.wallets[i], m, s.until, s.pick))
	}
	for i := range set.ladders {
		a.ladders = append(a.ladders, tier.NewAccount(&set.ladders[i], m))
	}
	return a
}

func (s *simulator) pick() id.ID {
	s.last++
	return s.last
}

// replay decides one event in one world.
func (s *simulator) replay(set *setup, a *account, f fact) error {
	f.enrol = !a.member.Enrolled.IsZero() && !f.occurred.Before(a.member.Enrolled)
	switch f.kind {
	case journal.Merge, journal.Unmerge:
		return nil
	case journal.Adjustment:
		f.payload.Adjustment = s.cut(a, f)
		if f.payload.Adjustment.Points == 0 {
			return nil
		}
	}
	f.replayed = true
	if _, err := decide(set, a, &f); err != nil {
		return err
	}
	if a != s.worlds[1] {
		return nil
	}
	if then := f.payload.Settled; then != nil {
		s.out.Cut += then.points() - a.settled[f.id].points()
	}
	if then := f.payload.Redeemed; then != nil && f.kind == journal.Redemption {
		s.out.Cut += then.Points - a.paid[f.id]
	}
	return nil
}

// cut lowers what was taken by hand to what would have been there.
func (s *simulator) cut(a *account, f fact) *Adjustment {
	d := *f.payload.Adjustment
	w := a.wallet(d.WalletID)
	if w == nil {
		d.Points = 0
		return &d
	}
	if err := a.post(f.occurred); err != nil || d.Points >= 0 {
		return &d
	}
	if there := w.Balance()[ledger.Available]; -d.Points > there {
		if a == s.worlds[1] {
			s.out.Cut += -d.Points - there
		}
		d.Points = -there
	}
	return &d
}

// finish lets happen what is due until now on both accounts of a member, and
// adds them up.
func (s *simulator) finish() error {
	if s.member == 0 {
		return nil
	}
	var given [2]int64
	for i, o := range []*Outcome{&s.out.Now, &s.out.Draft} {
		a := s.worlds[i]
		if err := a.post(s.until); err != nil {
			return err
		}
		given[i] = o.add(a)
	}
	s.rank(Mover{s.member, given[0], given[1]})
	s.member = 0
	return nil
}

// add adds one account and returns the points that it was given.
func (o *Outcome) add(a *account) int64 {
	if o.Ranks == nil {
		o.Ranks = map[string]int64{}
	}
	if len(a.ladders) > 0 {
		o.Ranks[a.ladders[0].Rank()]++
	}
	if len(a.wallets) == 0 {
		return 0
	}
	b := a.wallets[0].Balance()
	o.Issued += b[ledger.Earned]
	o.ClawedBack += b[ledger.ClawedBack]
	o.Expired += b[ledger.Expired]
	o.Spent += b[ledger.Spent]
	o.Liability += b.Liability()
	return b[ledger.Earned]
}

// rank keeps the members most affected.
func (s *simulator) rank(m Mover) {
	if m.Now == m.Draft {
		return
	}
	s.out.Movers = append(s.out.Movers, m)
	slices.SortStableFunc(s.out.Movers, func(a, b Mover) int { return cmp.Compare(b.distance(), a.distance()) })
	s.out.Movers = s.out.Movers[:min(movers, len(s.out.Movers))]
}

func (m Mover) distance() int64 { return max(m.Now-m.Draft, m.Draft-m.Now) }

func (s *simulator) result() (Simulation, error) {
	if s.progress != nil {
		s.progress(s.total, s.total)
	}
	if len(s.now.wallets) == 0 {
		return s.out, nil
	}
	unit := s.now.wallets[0].Unit
	for _, o := range []*Outcome{&s.out.Now, &s.out.Draft} {
		var err error
		if o.LiabilityMinor, err = unit.Apply(o.Liability, money.HalfEven); err != nil {
			return Simulation{}, err
		}
	}
	return s.out, nil
}
