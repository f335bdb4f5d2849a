package ledger

import (
	"cmp"
	"slices"
)

// The oracle is a slow and obvious model of the ledger, written from the rules
// and not from the code: every single point is a dot that is somewhere. It
// knows nothing of lots, buckets, entries or SQL. Moments are minutes; never is
// the end of time.

const endOfTime = 1 << 40

// gift is points given together, and what may be asked back for them.
type gift struct {
	event                      int
	earned, activates, expires int
	amount, clawed             int  // what was given and what has been asked back
	lapsed                     int  // expired, and not yet an excuse for not giving back
	owner                      int  // the person who would be asked
	from                       int  // the person from whom it came by a merge, or -1
	leftBehind                 bool // what could be passed on has been, and nobody is asked
	order                      int
}

// dot is one point.
type dot struct {
	gift   *gift
	person int
	where  string // pending, available, held, spent, expired, taken, clawed, repaid
}

// pile is dots set aside or spent together, in the order in which they were
// taken.
type pile struct {
	person int
	lapses int
	dots   []*dot
}

// oracle is two people with one wallet each.
type oracle struct {
	policy Policy
	now    int
	dots   []*dot
	gifts  []*gift
	holds  map[int]*pile
	spends map[int]*pile
	debt   [2]int
	// count holds what dots cannot tell: earned, adjusted up, moved in and out,
	// clawed back.
	count [2]map[string]int
	paid  []*dot // by the last merge, of debt
	moved int    // debt moved by the last merge
}

func newOracle(p Policy) *oracle {
	return &oracle{policy: p, holds: map[int]*pile{}, spends: map[int]*pile{}, count: [2]map[string]int{{}, {}}}
}

// find returns the dots of a person that are at one of the places.
func (o *oracle) find(person int, where ...string) []*dot {
	var list []*dot
	for _, d := range o.dots {
		if d.person == person && slices.Contains(where, d.where) {
			list = append(list, d)
		}
	}
	return list
}

// available returns the dots that a person may use, in the order of use.
func (o *oracle) available(person int) []*dot {
	list := o.find(person, "available")
	slices.SortStableFunc(list, func(a, b *dot) int { return a.gift.compare(b.gift) })
	return list
}

func (g *gift) compare(h *gift) int {
	return cmp.Or(cmp.Compare(g.expires, h.expires), cmp.Compare(g.earned, h.earned), cmp.Compare(g.order, h.order))
}

// state returns where a usable dot of the gift is at a moment.
func (g *gift) state(now int) string {
	if g.activates <= now {
		return "available"
	}
	return "pending"
}

// advance lets time pass: at each moment points are released, holds lapse, and
// then points expire.
func (o *oracle) advance(to int) {
	o.now = to
	for {
		next := o.next()
		if next > to {
			return
		}
		o.happen(next)
	}
}

func (o *oracle) next() int {
	next := endOfTime
	for _, d := range o.dots {
		if d.where == "pending" {
			next = min(next, d.gift.activates)
		}
		if d.where == "pending" || d.where == "available" {
			next = min(next, d.gift.expires)
		}
	}
	for _, h := range o.holds {
		next = min(next, h.lapses)
	}
	return next
}

func (o *oracle) happen(now int) {
	for _, g := range o.gifts {
		for person := range 2 {
			released := false
			for _, d := range o.of(g, person, "pending") {
				if g.activates == now {
					d.where, released = "available", true
				}
			}
			if released {
				o.repay(person, o.of(g, person, "available"))
			}
		}
	}
	for n, h := range o.holds {
		if h.lapses == now {
			o.release(n, now)
		}
	}
	for _, d := range o.dots {
		if (d.where == "pending" || d.where == "available") && d.gift.expires == now {
			o.expire(d)
		}
	}
}

// of returns the dots of a gift that a person has at a place.
func (o *oracle) of(g *gift, person int, where string) []*dot {
	var list []*dot
	for _, d := range o.dots {
		if d.gift == g && d.person == person && d.where == where {
			list = append(list, d)
		}
	}
	return list
}

func (o *oracle) expire(d *dot) {
	d.where = "expired"
	if d.person == d.gift.owner && !d.gift.leftBehind {
		d.gift.lapsed++
	}
}

// repay lets dots pay what the person owes.
func (o *oracle) repay(person int, dots []*dot) []*dot {
	var paid []*dot
	for _, d := range dots {
		if o.debt[person] > 0 {
			d.where = "repaid"
			o.debt[person]--
			paid = append(paid, d)
		}
	}
	return paid
}

// give makes a gift at a moment, perhaps long ago; new points pay debt at once.
func (o *oracle) give(person int, g gift, how string) {
	g.owner, g.from, g.order = person, -1, len(o.gifts)
	o.gifts = append(o.gifts, &g)
	o.count[person][how] += g.amount
	var dots []*dot
	for range g.amount {
		dots = append(dots, &dot{&g, person, g.state(g.earned)})
	}
	o.dots = append(o.dots, dots...)
	o.repay(person, dots)
	o.advance(o.now)
}

// spend takes available dots to a place; it reports whether there were enough.
func (o *oracle) spend(person, n int, where string) ([]*dot, bool) {
	dots := o.available(person)
	if n > len(dots) {
		return nil, false
	}
	for _, d := range dots[:n] {
		d.where = where
	}
	return dots[:n], true
}

// release ends a hold: its dots come back.
func (o *oracle) release(hold, now int) {
	dots := o.holds[hold].dots
	delete(o.holds, hold)
	o.comeBack(dots, now)
}

// comeBack returns dots to the gifts that they are of. The soonest to expire
// pay what is owed; then what is over expires.
func (o *oracle) comeBack(dots []*dot, now int) {
	dots = slices.Clone(dots)
	for _, d := range dots {
		d.where = d.gift.state(now)
	}
	slices.SortStableFunc(dots, func(a, b *dot) int { return a.gift.compare(b.gift) })
	for _, d := range dots {
		if d.where == "available" {
			o.repay(d.person, []*dot{d})
		}
	}
	for _, d := range dots {
		if d.where != "repaid" && d.gift.expires <= now {
			o.expire(d)
		}
	}
}

func (o *oracle) capture(hold, n, spend int) bool {
	h := o.holds[hold]
	if n > len(h.dots) {
		return false
	}
	o.spends[spend] = &pile{person: h.person, dots: h.dots[:n:n]}
	for _, d := range h.dots[:n] {
		d.where = "spent"
	}
	h.dots = h.dots[n:]
	o.release(hold, o.now)
	return true
}

// refund gives back the dots of a payment that were taken last.
func (o *oracle) refund(spend, n int) bool {
	s := o.spends[spend]
	if n > len(s.dots) {
		return false
	}
	back := s.dots[len(s.dots)-n:]
	s.dots = s.dots[:len(s.dots)-n]
	o.comeBack(back, o.now)
	return true
}

// clawBack asks for points of a gift back.
func (o *oracle) clawBack(g *gift, n int) Clawed {
	var k Clawed
	for ; n > 0 && g.clawed < g.amount; n-- {
		g.clawed++
		usable := o.of(g, g.owner, "pending")
		if o.policy != PolicyPendingOnly {
			usable = append(usable, o.of(g, g.owner, "available")...)
		}
		switch {
		case len(usable) > 0:
			usable[0].where = "clawed"
			o.count[g.owner]["clawed_back"]++
			k.Taken++
		case g.lapsed > 0:
			g.lapsed--
			k.Excused++
		case o.policy == PolicyDebt, o.policy == PolicyToZero && len(o.available(g.owner)) > 0:
			o.debt[g.owner]++
			o.count[g.owner]["clawed_back"]++
			o.repay(g.owner, o.available(g.owner))
			k.Owed++
		default:
			k.Forgiven++
		}
	}
	return k
}

// balance counts a person's points by bucket.
func (o *oracle) balance(person int) map[string]int64 {
	m := map[string]int64{}
	add := func(name string, n int) {
		if n != 0 {
			m[name] += int64(n)
		}
	}
	for name, n := range o.count[person] {
		add(name, n)
	}
	add("debt", o.debt[person])
	for _, where := range []string{"pending", "available", "held", "spent", "expired"} {
		add(where, len(o.find(person, where)))
	}
	add("adjusted_down", len(o.find(person, "taken")))
	return m
}
