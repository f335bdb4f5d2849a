package flow

import (
	"encoding/json"
	"fmt"

	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// replayer replays one member after the other, in every world, and adds up what
// becomes of them.
type replayer struct {
	sim  *simulator
	last id.ID // of the identifiers that nothing keeps

	worlds []*account // of the member at hand
	// sold are the member's sales so far, early the returns that cite a sale
	// which business order has after them.
	sold  map[journal.Key]*journal.Event
	early map[journal.Key][]*fact

	members, sales int64
	tallies        []*tally
	groups         map[groupKey]*group
}

func newReplayer(s *simulator) *replayer {
	r := &replayer{sim: s, groups: map[groupKey]*group{}}
	for range s.worlds {
		r.tallies = append(r.tallies, &tally{Outcome: Outcome{Ranks: map[string]int64{}}})
	}
	return r
}

// add adds what another replayer found.
func (r *replayer) add(o *replayer) {
	r.members += o.members
	r.sales += o.sales
	for i, t := range o.tallies {
		r.tallies[i].add(t)
	}
	for key, g := range o.groups {
		r.group(key).add(g)
	}
}

func (r *replayer) group(key groupKey) *group {
	g := r.groups[key]
	if g == nil {
		g = &group{worlds: make([]kept, len(r.sim.worlds)), changes: make([]Change, len(r.sim.drafts))}
		r.groups[key] = g
	}
	return g
}

func (g *group) add(o *group) {
	g.members += o.members
	for i, k := range o.worlds {
		g.worlds[i].add(k)
	}
	for i, c := range o.changes {
		g.changes[i].Gained += c.Gained
		g.changes[i].Lost += c.Lost
	}
}

// replay replays all events of one member.
func (r *replayer) replay(events []*journal.Event) error {
	r.begin(events[0].MemberID)
	for _, e := range events {
		if err := r.take(e); err != nil {
			return err
		}
	}
	return r.finish(events[0].MemberID)
}

// begin makes a member's empty accounts in every world.
func (r *replayer) begin(m id.ID) {
	r.sold, r.early = map[journal.Key]*journal.Event{}, map[journal.Key][]*fact{}
	r.members++
	r.worlds = r.worlds[:0]
	for _, set := range r.sim.worlds {
		r.worlds = append(r.worlds, r.account(set, m))
	}
}

func (r *replayer) account(set *setup, m id.ID) *account {
	known := r.sim.people[m]
	person := member.Member{
		ID: m, ProgrammeID: set.programme.ID, Status: member.Known, Tags: known.Tags, Attributes: known.Attributes, Enrolled: known.Enrolled, Birth: known.Birth,
	}
	a := &account{member: &person, fresh: true, tally: &sale.Tally{MemberID: m}}
	for i := range set.wallets {
		a.wallets = append(a.wallets, ledger.New(&set.wallets[i], m, r.sim.until, r.pick))
	}
	for i := range set.ladders {
		a.ladders = append(a.ladders, tier.NewAccount(&set.ladders[i], m))
	}
	return a
}

func (r *replayer) pick() id.ID {
	r.last++
	return r.last
}

// take replays the next event.
func (r *replayer) take(e *journal.Event) error {
	f := &fact{
		id: e.ID, kind: e.Kind, occurred: e.Occurred, shop: r.sim.shops[e.ShopID], shopID: e.ShopID, channel: e.Channel, ref: e.ExternalID,
	}
	if err := json.Unmarshal(e.Body, &f.payload); err != nil {
		return fmt.Errorf("reading event %s: %w", e.ID.In(id.Event), err)
	}
	if r.sim.goods != nil {
		f.till.items = itemsOf(f.payload, r.sim.goods)
	}
	if !r.remembers(e, f) {
		return nil
	}
	if err := r.all(f); err != nil || e.Kind != journal.Purchase {
		return err
	}
	r.sales++
	r.sold[e.Key()] = e
	for _, back := range r.early[e.Key()] {
		back.sold, back.occurred = e.ID, later(back.occurred, e.Occurred)
		if err := r.all(back); err != nil {
			return err
		}
	}
	return nil
}

// remembers finds the sale that a return cites among those replayed. One that
// is not there yet makes the return wait.
func (r *replayer) remembers(e *journal.Event, f *fact) bool {
	if e.Kind != journal.Return || f.payload.Return.SaleReference == "" {
		return true
	}
	cited := f.payload.Return.cited(e.ProgrammeID, e.Source)
	sold := r.sold[cited]
	if sold == nil {
		r.early[cited] = append(r.early[cited], f)
		return false
	}
	f.sold, f.occurred = sold.ID, later(f.occurred, sold.Occurred)
	return true
}

// all decides one event in every world.
func (r *replayer) all(f *fact) error {
	for i := range r.worlds {
		if err := r.one(i, *f); err != nil {
			return fmt.Errorf("replaying event %s: %w", f.id.In(id.Event), err)
		}
	}
	return nil
}

// one decides one event in one world.
func (r *replayer) one(world int, f fact) error {
	set, a := r.sim.worlds[world], r.worlds[world]
	f.enrol = !a.member.Enrolled.IsZero() && !f.occurred.Before(a.member.Enrolled)
	f.replayed = true
	switch f.kind {
	case journal.Merge, journal.Unmerge:
		return nil
	case journal.Transfer, journal.TransferUndo:
		return r.pass(world, f)
	case journal.Adjustment:
		f.payload.Adjustment = r.cut(world, f)
		if f.payload.Adjustment.Points == 0 {
			return nil
		}
	}
	if _, err := decide(set, a, &f); err != nil {
		return err
	}
	if then := f.payload.Settled; then != nil {
		r.tallies[world].cut += then.points() - a.settled[f.id].points()
	}
	if then := f.payload.Redeemed; then != nil && f.kind == journal.Redemption {
		r.tallies[world].cut += set.trial.costOf(&f) - a.paid[f.id]
	}
	return nil
}

// cut lowers what was taken by hand to what would have been there.
func (r *replayer) cut(world int, f fact) *Adjustment {
	d, a := *f.payload.Adjustment, r.worlds[world]
	w := a.wallet(d.WalletID)
	switch {
	case w == nil:
		d.Points = 0
		return &d
	case d.Undoes != 0:
		return &d
	}
	if err := a.post(f.occurred); err != nil || d.Points >= 0 {
		return &d
	}
	if there := w.Balance()[ledger.Available]; -d.Points > there {
		r.tallies[world].cut += -d.Points - there
		d.Points = -there
	}
	return &d
}

// finish lets happen what is due until now on all accounts of a member, and adds
// them up.
func (r *replayer) finish(m id.ID) error {
	keys, all := []groupKey(nil), make([]kept, len(r.worlds))
	for i, a := range r.worlds {
		if err := a.post(r.sim.until); err != nil {
			return err
		}
		r.tallies[i].stand(a)
		all[i] = r.keeps(a)
		r.tallies[i].kept.add(all[i])
		if i == 0 {
			keys = append(keys, groupKey{"purchases", frequency(a.tally.Purchases)})
			if len(a.ladders) > 0 {
				keys = append(keys, groupKey{"rank", a.ladders[0].Rank()})
			}
		}
	}
	changes, err := r.compare(m, all)
	if err != nil {
		return err
	}
	for _, key := range keys {
		r.group(key).add(&group{members: 1, worlds: all, changes: changes})
	}
	return nil
}

// compare says for each draft whether the member gains by it.
func (r *replayer) compare(m id.ID, all []kept) ([]Change, error) {
	changes := make([]Change, len(all)-1)
	wallets := r.sim.worlds[0].wallets
	now, err := all[0].figures(wallets)
	if err != nil {
		return nil, err
	}
	for i, k := range all[1:] {
		draft, err := k.figures(wallets)
		if err != nil {
			return nil, err
		}
		mv := Mover{MemberID: m, Now: now.Cost(), Draft: draft.Cost(), NowPoints: first(all[0].points), DraftPoints: first(k.points)}
		if mv.Now == mv.Draft && mv.NowPoints == mv.DraftPoints {
			continue
		}
		if c := &changes[i]; mv.Draft > mv.Now || mv.Draft == mv.Now && mv.DraftPoints > mv.NowPoints {
			c.Gained++
		} else {
			c.Lost++
		}
		t := r.tallies[i+1]
		t.Gained += changes[i].Gained
		t.Lost += changes[i].Lost
		t.moves(mv)
	}
	return changes, nil
}

func first(points []int64) int64 {
	if len(points) == 0 {
		return 0
	}
	return points[0]
}

// stand adds where one account stands.
func (t *tally) stand(a *account) {
	if len(a.ladders) > 0 {
		t.Ranks[a.ladders[0].Rank()]++
	}
	if len(a.wallets) == 0 {
		return
	}
	b := a.wallets[0].Balance()
	t.Issued += b[ledger.Earned]
	t.ClawedBack += b[ledger.ClawedBack]
	t.Expired += b[ledger.Expired]
	t.Spent += b[ledger.Spent]
	t.Liability += b.Liability()
}
