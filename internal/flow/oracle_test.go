package flow

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"regulars/internal/earn"
)

// batchOf is one grant as the oracle sees it.
type batchOf struct {
	earned, activates, expires time.Time
	amount, left, expired      int64
	excused, clawed            int64
	released                   bool
}

// oracle keeps one customer's points in the slow and obvious way.
type oracle struct {
	grants                 []*batchOf
	sold                   map[string]*batchOf
	debt, paid, down, back int64
}

// pay lets what has just come pay what is owed.
func (o *oracle) pay(g *batchOf) {
	n := min(o.debt, g.left)
	g.left, o.debt, o.paid = g.left-n, o.debt-n, o.paid+n
}

// until lets everything due by a moment happen, the earliest first.
func (o *oracle) until(t time.Time) {
	for {
		var next *batchOf
		var at time.Time
		for _, g := range o.grants {
			due := g.expires
			if !g.released {
				due = g.activates
			}
			if g.left > 0 && !due.IsZero() && !due.After(t) && (next == nil || due.Before(at)) {
				next, at = g, due
			}
		}
		switch {
		case next == nil:
			return
		case !next.released:
			next.released = true
			o.pay(next)
		default:
			next.expired, next.left = next.expired+next.left, 0
		}
	}
}

func (o *oracle) earn(g *batchOf) {
	g.left = g.amount
	o.grants = append(o.grants, g)
	o.pay(g)
}

// take takes available points, the soonest to expire first.
func (o *oracle) take(n int64) (short int64) {
	open := slices.DeleteFunc(slices.Clone(o.grants), func(g *batchOf) bool { return !g.released })
	never := func(t time.Time) int64 {
		if t.IsZero() {
			return 1 << 62
		}
		return t.UnixMicro()
	}
	slices.SortStableFunc(open, func(a, b *batchOf) int {
		return cmp.Or(cmp.Compare(never(a.expires), never(b.expires)), a.earned.Compare(b.earned))
	})
	for _, g := range open {
		m := min(n, g.left)
		g.left, n = g.left-m, n-m
	}
	return n
}

func (o *oracle) available() (n int64) {
	for _, g := range o.grants {
		if g.released {
			n += g.left
		}
	}
	return n
}

// then returns what will be available at a moment; a refused event leaves not
// even what was due.
func (o *oracle) then(t time.Time) int64 {
	c := oracle{debt: o.debt}
	for _, g := range o.grants {
		like := *g
		c.grants = append(c.grants, &like)
	}
	c.until(t)
	return c.available()
}

func (o *oracle) adjust(at time.Time, n int64) {
	if n > 0 {
		o.earn(&batchOf{earned: at, amount: n, released: true})
		return
	}
	o.down -= n
	o.take(-n)
}

// comesBack takes back the whole sale's points.
func (o *oracle) comesBack(g *batchOf) {
	n := g.amount - g.clawed
	g.clawed += n
	m := min(n, g.left)
	g.left, o.back, n = g.left-m, o.back+m, n-m
	m = min(n, g.expired-g.excused)
	g.excused, n = g.excused+m, n-m
	o.back += n
	o.debt += o.take(n)
}

// sums are the figures that can be compared.
func (o *oracle) sums() string {
	var pending, expired int64
	for _, g := range o.grants {
		if expired += g.expired; !g.released {
			pending += g.left
		}
	}
	return fmt.Sprintf("available %d pending %d debt %d down %d expired %d back %d", o.available(), pending, o.debt, o.down, expired, o.back)
}

// TestOracle tells random histories of one customer, a part of them late, and
// compares the points after every event with what the oracle thinks.
func TestOracle(t *testing.T) {
	for seed := range uint64(4) {
		each(t, plan{spec: func(s *earn.Spec) {
			s.Effects = s.Effects[:1]
			s.Activation, s.Expiry = earn.Activation{Hours: 240}, earn.Expiry{Days: 40}
		}}, func(h *house) {
			r := rand.New(rand.NewPCG(seed, 4))
			o := &oracle{sold: map[string]*batchOf{}}
			last := noon.Add(-days(300))
			h.must(h.buys("first", "ann", last, 0))
			for i := range 70 {
				last = last.Add(time.Duration(r.IntN(8*24*60)) * time.Minute)
				at, number := last, fmt.Sprint(i)
				if r.IntN(5) == 0 {
					at = at.Add(-time.Duration(r.IntN(60*24*60)) * time.Minute)
				}
				at = later(at, noon.Add(-days(300)))
				what := ""
				switch k := r.IntN(6); {
				case k < 3:
					price := r.Int64N(300_00)
					what = fmt.Sprint("buys ", price)
					o.until(at)
					g := &batchOf{earned: at, activates: at.Add(240 * time.Hour), expires: h.spell(at), amount: price / 100}
					o.sold[number] = g
					o.earn(g)
					h.must(h.buys(number, "ann", at, price))
				case k == 3:
					sold := fmt.Sprint(r.IntN(i + 1))
					if g := o.sold[sold]; g != nil && !at.Before(g.earned) {
						what = "returns " + sold
						o.until(at)
						o.comesBack(g)
						h.must(h.whole(number, "ann", sold, at))
					}
				default:
					n := r.Int64N(160) - 100
					what = fmt.Sprint("adjusts ", n)
					enough := n > 0 || n < 0 && -n <= o.then(at)
					if enough {
						o.until(at)
						o.adjust(at, n)
					}
					e := h.adjusts(number, "ann", at, cmp.Or(n, -1_000_000))
					if got := h.take(e)[0].Err; (got == nil) != enough {
						h.Fatalf("%d: %s: %v, the oracle has %s", i, what, got, o.sums())
					}
				}
				got := h.rowsOf(`SELECT 'available ' || available || ' pending ' || pending || ' debt ' || debt || ' down ' || adjusted_down ||
					' expired ' || expired || ' back ' || clawed_back FROM balance`)[0]
				if want := `"` + o.sums() + `"`; got != want {
					h.Fatalf("seed %d, event %d (%s at %s): points are %s, the oracle has %s", seed, i, what, at, got, want)
				}
			}
			h.clean()
		})
	}
}

// spell is when points earned at a moment are gone.
func (h *house) spell(at time.Time) time.Time {
	return earn.Expiry{Days: 40}.At(at, h.prog.Zone)
}
