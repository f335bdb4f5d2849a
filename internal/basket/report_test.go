package basket

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/promise"
)

// TestTheReportOfADay reckons one by hand.
func TestTheReportOfADay(t *testing.T) {
	each(t, func(w *town) {
		ann, _ := w.joins()
		put := func(who id.ID, change func(n *Leaving)) {
			t.Helper()
			n := w.cart(who)
			change(&n)
			w.leaves(n)
		}
		put(ann, func(n *Leaving) { n.Why = &Why{Reason: DeliveryCost, Origin: OnTheSpot} }) // grew by 390
		put(ann, func(n *Leaving) {                                                          // fell
			n.FirstParts, n.LastParts, n.First, n.Last, n.Step, n.Asked = nil, nil, 1000, 900, AtPayment, ByLink
		})
		put(0, func(n *Leaving) { // grew by 241, which was shown as 0 at first
			n.LastParts = []promise.Amount{{Part: promise.PartGoods, Minor: 1250}, {Part: promise.PartDelivery, Minor: 241}}
			n.Why = &Why{Reason: DeliveryCost, Origin: ByStaff}
		})
		put(0, func(n *Leaving) { n.FirstParts, n.LastParts, n.Last, n.Step = nil, nil, 500, AtBasket }) // the first price is not known
		put(0, func(n *Leaving) { n.Why = &Why{Reason: Error, Origin: ByLink} })                         // grew by 390
		put(ann, func(n *Leaving) { n.Left = noon.Add(-400 * day) })                                     // of another year
		w.buys(ann, noon.Add(time.Hour))
		w.set(noon.Add(8 * day))
		put(ann, func(*Leaving) {}) // its days are not over
		r, err := w.Report(t.Context(), boss, w.g.ID, time.Time{}, time.Time{})
		w.ok(err)
		if r.Left != 5 {
			t.Errorf("left now is not before now: %d were left", r.Left)
		}
		w.passes(time.Second)
		r, err = w.Report(t.Context(), boss, w.g.ID, time.Time{}, time.Time{})
		w.ok(err)
		if r.Left != 6 || r.Silent != 3 || r.Told != 1 || r.Days != 7 {
			t.Errorf("left %d, silent %d, told by staff %d, days %d", r.Left, r.Silent, r.Told, r.Days)
		}
		if want := []Tally[Step]{{AtBasket, 1, 6}, {AtAddress, 0, 6}, {AtDelivery, 4, 6}, {AtPayment, 1, 6}, {AtReview, 0, 6}}; !slices.Equal(r.Steps, want) {
			t.Errorf("steps %+v", r.Steps)
		}
		if want := []Tally[Reason]{{DeliveryCost, 2, 3}, {Error, 1, 3}}; !slices.Equal(r.Reasons, want) {
			t.Errorf("reasons %+v", r.Reasons)
		}
		// Three were asked: one on the spot and two by link, of whom one is silent.
		if want := []Tally[Way]{{OnTheSpot, 1, 1}, {ByLink, 1, 2}}; !slices.Equal(r.Asked, want) || r.Response() != (Tally[Way]{"", 2, 3}) {
			t.Errorf("asked %+v", r.Asked)
		}
		if b := r.Back; b.Known != 3 || b.Waiting != 1 || b.N != 2 || b.Of != 2 || b.Grew.Of != 1 || b.Same.N != 1 || b.Compared() {
			t.Errorf("back %+v", b)
		}
		// The whole price: 390, 241, 390 and 390 up, one down, one unknown.
		if p := r.Price; p.Grew != 4 || p.Kept != 1 || p.Median != 390 || p.Total != 1411 {
			t.Errorf("prices %+v", p)
		}
		if r.ByParts != 4 || len(r.Parts) != 3 {
			t.Fatalf("parts %+v", r.Parts)
		}
		if d := r.Parts[1]; d.Part != promise.PartDelivery || d.Grew != 4 || d.Kept != 0 || d.Hidden != 0 || d.Median != 240 {
			t.Errorf("delivery %+v", d)
		}
		if f := r.Parts[2]; f.Part != promise.PartService || f.Hidden != 3 || f.N() != 3 || f.Unshown() != (Tally[promise.Part]{promise.PartService, 3, 4}) || f.Unshown().Shown() {
			t.Errorf("fee %+v", f)
		}
		if s := r.Steps[2].Share(); math.Abs(s.Value-4.0/6) > 1e-12 || s.Low > 0.31 || s.High < 0.89 {
			t.Errorf("the share of delivery is %+v", s) // Wilson for 4 of 6: 0.300 to 0.903
		}
		for _, wrong := range [][2]time.Time{{noon, noon}, {noon.AddDate(-11, 0, 0), noon}} {
			_, err := w.Report(t.Context(), boss, w.g.ID, wrong[0], wrong[1])
			w.refuses(err, "basket_span")
		}
	})
}

// TestTheReportAgainstAModel adds whatever was left up in memory, on both
// databases, and counts the same.
func TestTheReportAgainstAModel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d)
		members := []id.ID{0}
		for range 4 {
			who, _ := w.joins()
			members = append(members, who)
		}
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			start := noon.Add(time.Duration(round) * 60 * day)
			w.set(start.Add(20 * day))
			m := model{bought: map[id.ID][]time.Time{}}
			for range rapid.IntRange(0, 12).Draw(r, "baskets") {
				m.left = append(m.left, m.draw(r, w, members, start))
			}
			for range rapid.IntRange(0, 4).Draw(r, "purchases") {
				who := rapid.SampledFrom(members[1:]).Draw(r, "buyer")
				at := start.Add(time.Duration(rapid.IntRange(0, 20*24-1).Draw(r, "hour")) * time.Hour)
				w.buys(who, at)
				m.bought[who] = append(m.bought[who], at)
			}
			got, err := w.Report(t.Context(), boss, w.g.ID, start, start.Add(20*day))
			w.ok(err)
			m.compare(r, got, w.Now())
			w.sound()
		})
	}, schemas...)
}

// model holds in memory what the database does.
type model struct {
	left   []*Basket
	bought map[id.ID][]time.Time
}

func (m *model) draw(r *rapid.T, w *town, members []id.ID, start time.Time) *Basket {
	n := Leaving{
		ProgrammeID: w.g.ID, Source: "model", ExternalID: fmt.Sprint(w.n), MemberID: rapid.SampledFrom(members).Draw(r, "who"), Step: rapid.SampledFrom(Steps()).Draw(r, "step"),
		Left: start.Add(time.Duration(rapid.IntRange(0, 20*24-1).Draw(r, "left")) * time.Hour), Last: rapid.Int64Range(1, 50).Draw(r, "last"),
	}
	w.n++
	switch rapid.IntRange(0, 2).Draw(r, "prices") {
	case 1:
		n.First = rapid.Int64Range(1, 50).Draw(r, "first")
	case 2:
		n.Last = 0
		for _, p := range []promise.Part{promise.PartGoods, promise.PartDelivery} {
			n.FirstParts = append(n.FirstParts, promise.Amount{Part: p, Minor: rapid.Int64Range(1, 20).Draw(r, "shown")})
		}
		for _, p := range []promise.Part{promise.PartGoods, promise.PartTax} {
			n.LastParts = append(n.LastParts, promise.Amount{Part: p, Minor: rapid.Int64Range(1, 20).Draw(r, "charged")})
		}
	}
	if rapid.Bool().Draw(r, "answered") {
		n.Why = &Why{Reason: rapid.SampledFrom(Reasons()).Draw(r, "reason"), Origin: rapid.SampledFrom(Ways()).Draw(r, "origin")}
	} else if rapid.Bool().Draw(r, "asked") {
		n.Asked = rapid.SampledFrom(Asking()).Draw(r, "asked how")
	}
	b := w.leaves(n)
	if w.leaves(n).ID != b.ID {
		r.Fatalf("told again it is another basket")
	}
	return b
}

func (m *model) compare(r *rapid.T, got *Report, now time.Time) {
	want := Report{From: got.From, To: got.To, Days: 7, Left: int64(len(m.left))}
	var grown []int64
	var steps, reasons, asked int64
	for _, b := range m.left {
		if b.Reason == "" {
			want.Silent++
		}
		if b.Asked != "" {
			asked++
		}
		if minor, known := b.Growth(); known && minor > 0 {
			grown = append(grown, minor)
			want.Price.Total += minor
		} else if known {
			want.Price.Kept++
		}
		if b.MemberID == 0 {
			continue
		}
		want.Back.Known++
		if b.Left.Add(7 * day).After(now) {
			want.Back.Waiting++
			continue
		}
		want.Back.Of++
		if slices.ContainsFunc(m.bought[b.MemberID], func(at time.Time) bool { return at.After(b.Left) && !at.After(b.Left.Add(7*day)) }) {
			want.Back.N++
		}
	}
	for _, s := range got.Steps {
		steps += s.N
	}
	for _, s := range got.Reasons {
		reasons += s.N
	}
	slices.Sort(grown)
	if n := len(grown); n > 0 {
		want.Price.Median = (grown[(n-1)/2] + grown[n/2] + 1) / 2
	}
	response := got.Response()
	switch {
	case got.Left != want.Left || got.Silent != want.Silent || steps != want.Left || reasons != want.Left-want.Silent:
		r.Fatalf("left %d, silent %d, by step %d, by reason %d; want %d and %d", got.Left, got.Silent, steps, reasons, want.Left, want.Silent)
	case response.Of != asked || response.N+got.Told != reasons:
		r.Fatalf("%d of %d answered and staff told of %d; %d were asked", response.N, response.Of, got.Told, asked)
	case got.Back.Known != want.Back.Known || got.Back.Waiting != want.Back.Waiting || got.Back.N != want.Back.N || got.Back.Of != want.Back.Of:
		r.Fatalf("back %+v, want %+v", got.Back, want.Back)
	case got.Back.Grew.Of+got.Back.Same.Of > got.Back.Of || got.Back.Grew.N+got.Back.Same.N > got.Back.N:
		r.Fatalf("the groups are more than the whole: %+v", got.Back)
	case got.Price.Grew != int64(len(grown)) || got.Price.Kept != want.Price.Kept || got.Price.Total != want.Price.Total || got.Price.Median != want.Price.Median:
		r.Fatalf("prices %+v, want %+v and %d grown", got.Price, want.Price, len(grown))
	}
}
