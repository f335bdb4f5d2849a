package flow

import (
	"cmp"
	"maps"
	"slices"

	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// Figures are what a group of members bought and what they were given back. All
// sums are in minor units.
type Figures struct {
	// Goods is what was paid for goods, less what came back.
	Goods int64 `json:"goods"`
	// Discounts is what offers took off, less its part of what came back, and
	// what was kept back of refunds as the rest did not deserve it.
	Discounts int64 `json:"discounts"`
	// Points is what the points are worth that were given and neither taken
	// back nor expired: spent, or owed still.
	Points int64 `json:"points"`
	// Year is the same for the last twelve months alone.
	YearGoods     int64 `json:"year_goods"`
	YearDiscounts int64 `json:"year_discounts"`
	YearPoints    int64 `json:"year_points"`
	// Owed is what the points are worth that could still be spent.
	Owed int64 `json:"owed"`
}

// Cost is what was given back, in minor units.
func (f Figures) Cost() int64 { return f.Discounts + f.Points }

// ShareOfSales is the cost per 10,000 of the goods paid for, rounded half to
// even; 0 without sales.
func (f Figures) ShareOfSales() int64 { return share(f.Cost(), f.Goods) }

// ShareOfValue is what was given back in the last twelve months per 10,000 of
// what the customers were worth in them: the goods they paid for. Rounded half
// to even; 0 without sales.
func (f Figures) ShareOfValue() int64 { return share(f.YearDiscounts+f.YearPoints, f.YearGoods) }

func share(part, whole int64) int64 {
	if whole <= 0 {
		return 0
	}
	n, err := money.NewRate(10_000, whole).Apply(part, money.HalfEven)
	if err != nil {
		return 0
	}
	return n
}

// Band is the part of customers' value that a programme means to give back, per
// 10,000.
type Band struct {
	Low  int64 `json:"low"`
	High int64 `json:"high"`
}

// DefaultBand is around a twentieth.
func DefaultBand() Band { return Band{300, 700} }

// Place says whether a share lies below, within or above the band.
func (b Band) Place(share int64) string {
	switch {
	case share < b.Low:
		return "below"
	case share > b.High:
		return "above"
	}
	return "within"
}

// Outcome is where a programme would stand after its past. Points are in the
// smallest unit of the first wallet.
type Outcome struct {
	Issued     int64 `json:"issued"`
	ClawedBack int64 `json:"clawed_back"`
	Expired    int64 `json:"expired"`
	Spent      int64 `json:"spent"`
	Liability  int64 `json:"liability"`
	// Ranks counts members by the code of their rank on the first ladder.
	Ranks   map[string]int64 `json:"ranks"`
	Figures Figures          `json:"figures"`
}

// Change counts the members who would have got more by a draft, and less.
type Change struct {
	Gained int64 `json:"gained"`
	Lost   int64 `json:"lost"`
}

// Mover is a member whom the draft would treat most differently: what they were
// given by offers and points, less what was taken back or expired.
type Mover struct {
	MemberID id.ID `json:"member_id"`
	// Now and Draft are in minor units.
	Now   int64 `json:"now"`
	Draft int64 `json:"draft"`
	// NowPoints and DraftPoints are those of the first wallet, in its smallest
	// unit.
	NowPoints   int64 `json:"now_points"`
	DraftPoints int64 `json:"draft_points"`
}

// movers is how many of the members most affected are named.
const movers = 10

// Segment is a group of members in all worlds.
type Segment struct {
	// By is "rank" or "purchases", Value the rank's code or how many, as "2–4".
	By      string         `json:"by"`
	Value   string         `json:"value"`
	Members int64          `json:"members"`
	Now     Figures        `json:"now"`
	Drafts  []SegmentDraft `json:"drafts"`
}

// SegmentDraft is what a draft would have made of a segment.
type SegmentDraft struct {
	Figures
	Change
}

// The segments by purchases.
var frequencies = []struct {
	most int64
	name string
}{{0, "0"}, {1, "1"}, {4, "2–4"}, {9, "5–9"}, {1<<63 - 1, "10+"}}

func frequency(purchases int64) string {
	for _, f := range frequencies {
		if purchases <= f.most {
			return f.name
		}
	}
	return ""
}

// kept is what a member, or a group of them, was given in one world. Points are
// by wallet, in their smallest units, so that they are made money only once.
type kept struct {
	goods, discounts, yearGoods, yearDiscounts int64
	points, yearPoints, owed                   []int64
}

func (k *kept) add(o kept) {
	k.goods += o.goods
	k.discounts += o.discounts
	k.yearGoods += o.yearGoods
	k.yearDiscounts += o.yearDiscounts
	k.points, k.yearPoints, k.owed = plus(k.points, o.points), plus(k.yearPoints, o.yearPoints), plus(k.owed, o.owed)
}

func plus(a, b []int64) []int64 {
	if len(a) < len(b) {
		a = append(a, make([]int64, len(b)-len(a))...)
	}
	for i, n := range b {
		a[i] += n
	}
	return a
}

// figures makes money of the points, rounded half to even by wallet.
func (k kept) figures(wallets []ledger.Wallet) (Figures, error) {
	f := Figures{Goods: k.goods, Discounts: k.discounts, YearGoods: k.yearGoods, YearDiscounts: k.yearDiscounts}
	var err error
	if f.Points, err = worth(wallets, k.points); err != nil {
		return f, err
	}
	if f.YearPoints, err = worth(wallets, k.yearPoints); err != nil {
		return f, err
	}
	f.Owed, err = worth(wallets, k.owed)
	return f, err
}

// worth returns what points by wallet are worth, rounded half to even in each.
func worth(wallets []ledger.Wallet, points []int64) (int64, error) {
	sum := int64(0)
	for i, n := range points {
		minor, err := wallets[i].Unit.Apply(n, money.HalfEven)
		if err != nil {
			return 0, err
		}
		sum += minor
	}
	return sum, nil
}

// keeps adds up what a member was given by the end of the replay.
func (r *replayer) keeps(a *account) kept {
	k := kept{}
	since := r.sim.until.AddDate(-1, 0, 0)
	for _, s := range a.book {
		goods, off := s.Goods-s.Returned, a.settled[s.ID].left(s)
		k.goods += goods
		k.discounts += off
		if !s.Occurred.Before(since) {
			k.yearGoods += goods
			k.yearDiscounts += off
		}
	}
	for _, w := range a.wallets {
		all, year := int64(0), int64(0)
		for _, l := range w.Lots() {
			n := l.Amount - l.Expired - l.Clawed
			all += n
			if !l.Earned.Before(since) {
				year += n
			}
		}
		k.points, k.yearPoints, k.owed = append(k.points, all), append(k.yearPoints, year), append(k.owed, w.Balance().Liability())
	}
	return k
}

// left returns what of the discounts stays with the customer after what came
// back of the sale and what was kept back for it, in minor units.
func (n *Settlement) left(s *sale.Sale) int64 {
	if n == nil {
		return 0
	}
	sum := int64(0)
	for _, d := range n.Discounts {
		l := s.Lines[d.Line-1]
		sum += d.Amount - money.Part(d.Amount, l.ReturnedQuantity, max(1, l.Quantity))
	}
	return sum - Withheld(s, n)
}

// closest orders movers: those most affected first.
func closest(a, b Mover) int {
	return cmp.Or(cmp.Compare(b.distance(), a.distance()), cmp.Compare(b.steps(), a.steps()), cmp.Compare(a.MemberID, b.MemberID))
}

func (m Mover) distance() int64 { return max(m.Now-m.Draft, m.Draft-m.Now) }
func (m Mover) steps() int64    { return max(m.NowPoints-m.DraftPoints, m.DraftPoints-m.NowPoints) }

// tally is what the members replayed so far add up to in one world.
type tally struct {
	Outcome
	kept
	Change
	cut    int64
	movers []Mover
}

func (t *tally) add(o *tally) {
	t.Issued += o.Issued
	t.ClawedBack += o.ClawedBack
	t.Expired += o.Expired
	t.Spent += o.Spent
	t.Liability += o.Liability
	t.Gained += o.Gained
	t.Lost += o.Lost
	t.cut += o.cut
	t.kept.add(o.kept)
	for code, n := range o.Ranks {
		t.Ranks[code] += n
	}
	for _, m := range o.movers {
		t.moves(m)
	}
}

// moves keeps the members most affected, and counts them all.
func (t *tally) moves(m Mover) {
	t.movers = append(t.movers, m)
	slices.SortFunc(t.movers, closest)
	t.movers = t.movers[:min(movers, len(t.movers))]
}

// outcome makes money of what was added up.
func (t *tally) outcome(wallets []ledger.Wallet) (Outcome, error) {
	o := t.Outcome
	var err error
	o.Figures, err = t.kept.figures(wallets)
	return o, err
}

// group is a segment as it is added up.
type group struct {
	members int64
	worlds  []kept
	changes []Change // of the drafts
}

type groupKey struct{ by, value string }

// told makes the answer of what was added up.
func (r *replayer) told() (Simulation, error) {
	wallets := r.sim.worlds[0].wallets
	out := Simulation{Members: r.members, Sales: r.sales}
	for i, t := range r.tallies {
		o, err := t.outcome(wallets)
		if err != nil {
			return Simulation{}, err
		}
		if i == 0 {
			out.Now = o
			continue
		}
		out.Drafts = append(out.Drafts, Comparison{Name: r.sim.drafts[i-1].Name, Outcome: o, Change: t.Change, Cut: t.cut, Movers: t.movers})
	}
	for _, key := range r.segmentOrder() {
		s, err := r.groups[key].segment(key, wallets)
		if err != nil {
			return Simulation{}, err
		}
		out.Segments = append(out.Segments, s)
	}
	return out, nil
}

func (g *group) segment(key groupKey, wallets []ledger.Wallet) (Segment, error) {
	s := Segment{By: key.by, Value: key.value, Members: g.members}
	for i, k := range g.worlds {
		f, err := k.figures(wallets)
		if err != nil {
			return s, err
		}
		if i == 0 {
			s.Now = f
			continue
		}
		s.Drafts = append(s.Drafts, SegmentDraft{f, g.changes[i-1]})
	}
	return s, nil
}

// segmentOrder puts ranks in the order of their ladder, and then frequencies.
func (r *replayer) segmentOrder() []groupKey {
	place := map[groupKey]int{}
	for _, l := range r.sim.worlds[0].ladders[:min(1, len(r.sim.worlds[0].ladders))] {
		if v := l.At(r.sim.until); v != nil {
			for i, rank := range v.Ranks {
				place[groupKey{"rank", rank.Code}] = i + 1
			}
		}
	}
	for i, f := range frequencies {
		place[groupKey{"purchases", f.name}] = i + 1
	}
	keys := slices.Collect(maps.Keys(r.groups))
	slices.SortFunc(keys, func(a, b groupKey) int {
		return cmp.Or(cmp.Compare(b.by, a.by), cmp.Compare(place[a], place[b]), cmp.Compare(a.value, b.value))
	})
	return keys
}
