package sale

import (
	"math"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/stats"
)

// Below MinHalo pairs a halo report gives no figures, below FewHalo they are
// preliminary.
const (
	MinHalo = 10
	FewHalo = 30
	// MaxHaloDays bounds how long after the first purchase a report looks.
	MaxHaloDays = 365
)

// haloGoods is how many products a report names.
const haloGoods = 10

// The quantiles of the standard normal of the intervals: one that holds at
// 95 %, and ten that hold together at 95 % (Bonferroni).
const (
	zOne = 1.9600
	zTen = 2.8070
)

// HaloQuery asks what goes with a flagship.
type HaloQuery struct {
	ProgrammeID id.ID
	SKU         string // the flagship
	// From ≤ first purchase < Until.
	From, Until time.Time
	// Days is how long after the first purchase others count.
	Days int
	// Now bounds what has been seen: whose days are not over is left out.
	Now  time.Time
	Zone *time.Location
}

// Halo is what customers whose first purchase had a flagship bought beside it,
// beside others who began in the same month, shop and channel without it. What
// came back does not count, nor does the flagship itself; of the others the
// dearest line of the first basket is left out in its place. It is association:
// who begins with a flagship may differ from who does not in other ways too.
type Halo struct {
	// Firsts is how many began with the flagship. Recent of them have not been
	// seen for as long as the report looks, Merged are profiles that came
	// together out of several, whose first purchase is not sure, and Unpaired
	// had nobody like them. Pairs is what remains.
	Firsts, Recent, Merged, Unpaired, Pairs int64
	// Basket is the money spent on other goods in the first basket, After in
	// the days after it.
	Basket, After HaloMoney
	// Back is who bought again within the days.
	Back HaloShare
	// Goods are those that most bought of who began with the flagship, in the
	// basket or the days after.
	Goods []HaloGood
}

// HaloMoney compares means per customer, in minor units.
type HaloMoney struct {
	Flagship, Others float64
	// Difference is the mean of the differences within pairs, with Student's
	// interval at 95 %.
	Difference stats.Interval
}

// HaloShare compares how many of the pairs' halves did something. The interval
// takes the halves as independent, as Newcombe's does.
type HaloShare struct {
	Flagship, Others int64
	Difference       stats.Interval
}

// HaloGood is one product; the intervals of all that a report names hold
// together at 95 %.
type HaloGood struct {
	SKU, Name string
	HaloShare
}

// Enough reports whether figures may be shown at all.
func (h *Halo) Enough() bool { return h.Pairs >= MinHalo }

// Preliminary reports whether there is little behind the figures.
func (h *Halo) Preliminary() bool { return h.Pairs < FewHalo }

// began is a customer's first purchase.
type began struct {
	member, sale, shop id.ID
	at                 time.Time
	channel            string
	with               bool // the flagship
}

// stratum is within which customers are paired.
type stratum struct {
	year    int
	month   time.Month
	shop    id.ID
	channel string
}

type couple struct{ flagship, other began }

// couplesOf finds for each who began with the flagship, in the order of time, the
// one who began nearest in time without it, in the same month, shop and
// channel; each is taken once.
func couplesOf(list []began, zone *time.Location) []couple {
	with, without := map[stratum][]began{}, map[stratum][]began{}
	var order []stratum
	for _, b := range list {
		local := b.at.In(zone)
		s := stratum{local.Year(), local.Month(), b.shop, b.channel}
		if b.with {
			if len(with[s]) == 0 {
				order = append(order, s)
			}
			with[s] = append(with[s], b)
		} else {
			without[s] = append(without[s], b)
		}
	}
	var pairs []couple
	for _, s := range order {
		pairs = append(pairs, nearest(with[s], without[s])...)
	}
	return pairs
}

// nearest pairs two lists that are in the order of time.
func nearest(with, without []began) []couple {
	free := newFree(len(without))
	var pairs []couple
	for _, b := range with {
		at, _ := slices.BinarySearchFunc(without, b.at, func(o began, t time.Time) int { return o.at.Compare(t) })
		after, before := free.from(at), free.until(at-1)
		k := after
		if before >= 0 && (after == len(without) || b.at.Sub(without[before].at) < without[after].at.Sub(b.at)) {
			k = before
		}
		if k == len(without) {
			break
		}
		free.take(k)
		pairs = append(pairs, couple{b, without[k]})
	}
	return pairs
}

// free are the places of a list that nobody has taken; each place points at
// the next free one, to the right and to the left.
type free struct{ right, left []int }

func newFree(n int) free {
	f := free{make([]int, n+1), make([]int, n+1)}
	for i := range f.right {
		f.right[i], f.left[i] = i, i
	}
	return f
}

// from returns the first free place from i on, the length when there is none.
func (f free) from(i int) int {
	for f.right[i] != i {
		f.right[i] = f.right[f.right[i]]
		i = f.right[i]
	}
	return i
}

// until returns the last free place up to i, −1 when there is none. Places are
// counted from 1 in left, so that 0 is the end.
func (f free) until(i int) int {
	k := i + 1
	for f.left[k] != k {
		f.left[k] = f.left[f.left[k]]
		k = f.left[k]
	}
	return k - 1
}

func (f free) take(i int) { f.right[i], f.left[i+1] = i+1, i }

// spent is what a customer bought beside what is left out.
type spent struct {
	basket, after int64
	again         bool
	goods         map[string]string // names by SKU
}

// haloLine is a line of a sale, less what came back.
type haloLine struct {
	member, sale id.ID
	at           time.Time
	sku, name    string
	amount       int64
}

// spentBy adds up the lines of one customer.
func spentBy(b began, lines []haloLine, flagship string, days int) spent {
	s := spent{goods: map[string]string{}}
	until, dearest := b.at.AddDate(0, 0, days), -1
	for i, l := range lines {
		if !b.with && l.sale == b.sale && (dearest < 0 || l.amount > lines[dearest].amount) {
			dearest = i
		}
	}
	for i, l := range lines {
		first := l.sale == b.sale
		if l.amount <= 0 || !first && (l.at.Before(b.at) || !l.at.Before(until)) {
			continue
		}
		s.again = s.again || !first
		if l.sku == flagship || i == dearest {
			continue
		}
		if first {
			s.basket += l.amount
		} else {
			s.after += l.amount
		}
		if l.sku != "" {
			s.goods[l.sku] = l.name
		}
	}
	return s
}

// compare fills a report with what the pairs spent.
func (h *Halo) compare(pairs [][2]spent) {
	h.Pairs = int64(len(pairs))
	if !h.Enough() {
		return
	}
	h.Basket = means(pairs, func(s spent) int64 { return s.basket })
	h.After = means(pairs, func(s spent) int64 { return s.after })
	h.Back = shares(pairs, zOne, func(s spent) bool { return s.again })
	for _, sku := range favourites(pairs) {
		h.Goods = append(h.Goods, HaloGood{sku.sku, sku.name, shares(pairs, zTen, func(s spent) bool { _, did := s.goods[sku.sku]; return did })})
	}
}

func means(pairs [][2]spent, of func(spent) int64) HaloMoney {
	var m HaloMoney
	differences := make([]float64, len(pairs))
	for i, p := range pairs {
		a, b := float64(of(p[0])), float64(of(p[1]))
		m.Flagship, m.Others, differences[i] = m.Flagship+a, m.Others+b, a-b
	}
	n := math.Max(1, float64(len(pairs)))
	m.Flagship, m.Others, m.Difference = m.Flagship/n, m.Others/n, stats.Mean(differences)
	return m
}

func shares(pairs [][2]spent, z float64, did func(spent) bool) HaloShare {
	var s HaloShare
	for _, p := range pairs {
		if did(p[0]) {
			s.Flagship++
		}
		if did(p[1]) {
			s.Others++
		}
	}
	n := int64(len(pairs))
	s.Difference = stats.ShareDifference(s.Flagship, n, s.Others, n, z)
	return s
}
