package ledger

// merge makes all that one person has the other's.
func (o *oracle) merge(from, to int) {
	for _, g := range o.gifts[:len(o.gifts):len(o.gifts)] {
		if g.owner == from {
			o.pass(g, from, to)
		}
	}
	o.moved = o.passDebt(from, to, o.debt[from])
	o.paid = o.repay(to, o.available(to))
}

// sweep lets what came back to the old person follow.
func (o *oracle) sweep(from, to int) {
	for _, g := range o.gifts[:len(o.gifts):len(o.gifts)] {
		if g.owner == from {
			o.pass(g, from, to)
		}
	}
	o.repay(to, o.available(to))
}

// pass hands a gift on: its usable dots go, and so does the duty to give back.
// Dots that are held or spent stay behind with a gift for which nobody is asked
// any more.
func (o *oracle) pass(g *gift, from, to int) {
	usable := append(o.of(g, from, "pending"), o.of(g, from, "available")...)
	if len(usable) == 0 && (g.leftBehind || g.clawed == g.amount) {
		return
	}
	next := *g
	next.owner, next.from, next.order = to, from, len(o.gifts)
	o.gifts = append(o.gifts, &next)
	for _, d := range usable {
		d.person, d.gift = to, &next
	}
	g.leftBehind = true
	o.count[from]["moved_out"] += len(usable)
	o.count[to]["moved_in"] += len(usable)
}

func (o *oracle) passDebt(from, to, n int) int {
	o.debt[from] -= n
	o.debt[to] += n
	o.count[from]["moved_in"] += n
	o.count[to]["moved_out"] += n
	return n
}

// unmerge gives back what came from the other person and is left of it.
func (o *oracle) unmerge(from, to int) {
	for _, d := range o.paid {
		o.debt[from]++
		if d.where = d.gift.state(o.now); d.gift.expires <= o.now {
			o.expire(d)
		}
	}
	for _, g := range o.gifts[:len(o.gifts):len(o.gifts)] {
		if g.owner == from && g.from == to {
			o.pass(g, from, to)
		}
	}
	o.passDebt(from, to, min(o.debt[from], o.moved))
	o.repay(from, o.available(from))
	o.repay(to, o.available(to))
	o.paid, o.moved = nil, 0
}
