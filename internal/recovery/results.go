package recovery

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/stats"
)

const (
	// LeastInGroup is how many each group must have for a figure.
	LeastInGroup = 10
	// FewInGroup is below how many figures are preliminary.
	FewInGroup = 30
	// boughtAtOnce is how many accounts' purchases are read at once.
	boughtAtOnce = 1000
)

// Group is one of the two groups of a campaign.
type Group struct {
	// Chosen are all, Ripe those whose window is over; of these so many came back:
	// bought something in it that they kept. Goods is what they bought and kept in
	// it, of all of them together, in minor units.
	Chosen, Ripe, Back, Goods int64
}

// Share is the share of the ripe who came back, with Wilson's interval.
func (g *Group) Share() stats.Interval { return stats.Wilson(g.Back, g.Ripe, stats.Confidence) }

// Outcome is what came of a campaign. Chance alone parts the two groups, and
// whoever was to be asked counts as asked, whether they could be reached or not,
// so that the difference may be called an effect.
type Outcome struct {
	*Campaign
	Asked, Held Group
	// Pending are those who were chosen and not yet asked; Unmet those who were not,
	// by why. Mixed became one person with somebody of the other group, and are in
	// neither.
	Pending int64
	Unmet   map[string]int64
	Mixed   int64
	// Waiting are those of both groups whose window is not over.
	Waiting int64
	// NextAt is when the first of these windows ends.
	NextAt time.Time
	// Given is what the gifts of all who were asked cost so far, Cost of that what
	// those of the ripe cost, in minor units: points by what they are worth, codes
	// by what they took off.
	Given, Cost int64
	// Share is the share of the asked who came back less that of the held back, with
	// Newcombe's interval; Extra by how much more they bought, in minor units for
	// each, with Welch's. Shown is false with fewer than LeastInGroup in a group.
	Shown        bool
	Share, Extra stats.Interval
}

// Sure reports whether more came back for having been asked than chance explains.
func (o *Outcome) Sure() bool { return o.Shown && o.Share.Low > 0 }

// MoneyShown reports whether it can be told how much more was bought: not where
// nobody bought anything, or all alike.
func (o *Outcome) MoneyShown() bool { return o.Shown && !math.IsInf(o.Extra.Low, -1) }

// Few reports whether the figures are preliminary.
func (o *Outcome) Few() bool { return min(o.Asked.Ripe, o.Held.Ripe) < FewInGroup }

// WonBack is how many came back who would not have otherwise, with its bounds;
// it means nothing where Shown is false.
func (o *Outcome) WonBack() stats.Interval {
	n := float64(o.Asked.Ripe)
	return stats.Interval{Value: n * o.Share.Value, Low: n * o.Share.Low, High: n * o.Share.High}
}

// CostEach is what the gifts cost for each customer truly won back, in minor
// units, with its bounds; false where it cannot be told, as it is not sure that
// anybody was.
func (o *Outcome) CostEach() (stats.Interval, bool) {
	if !o.Sure() {
		return stats.Interval{}, false
	}
	won, cost := o.WonBack(), float64(o.Cost)
	return stats.Interval{Value: cost / won.Value, Low: cost / won.High, High: cost / won.Low}, true
}

// Outcome returns what came of a campaign. It needs churn.read.
func (s *Service) Outcome(ctx context.Context, a auth.Actor, programme, n id.ID) (*Outcome, error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return nil, err
	}
	var o *Outcome
	return o, s.DB.View(ctx, func(q db.Queryer) error {
		r, err := load(ctx, q, programme, n, s.Now(), "")
		if err != nil {
			return err
		}
		o = &Outcome{Campaign: r, Unmet: map[string]int64{}}
		if r.Started.IsZero() {
			return nil
		}
		w := &weighing{Outcome: o, q: q, now: s.clock()}
		if err := w.read(ctx); err != nil {
			return err
		}
		return w.compare(ctx)
	})
}

// weighing is what the outcome is reckoned from.
type weighing struct {
	*Outcome
	q       db.Queryer
	now     time.Time
	losers  map[id.ID][]id.ID
	root    map[id.ID]id.ID
	persons []*Chosen // each person once
}

// who is the person as whom somebody counts today.
func (w *weighing) who(n *Chosen) id.ID { return cmp.Or(w.root[n.MemberID], n.MemberID) }

// read reads who was chosen, and leaves out whoever is in both groups by now.
func (w *weighing) read(ctx context.Context) (err error) {
	if w.root, err = member.Survivors(ctx, w.q, w.ProgrammeID); err != nil {
		return err
	}
	w.losers = map[id.ID][]id.ID{}
	for loser, survivor := range w.root {
		w.losers[survivor] = append(w.losers[survivor], loser)
	}
	list, err := selectChosen(ctx, w.q, `recovery_id = $1 AND programme_id = $2 ORDER BY member_id`, w.ID, w.ProgrammeID)
	if err != nil {
		return err
	}
	first, mixed := map[id.ID]*Chosen{}, map[id.ID]bool{}
	for _, n := range list {
		switch was := first[w.who(n)]; {
		case was == nil:
			first[w.who(n)] = n
		case was.Held != n.Held:
			mixed[w.who(n)] = true
		}
	}
	w.Mixed = int64(len(mixed))
	for _, n := range list {
		if first[w.who(n)] == n && !mixed[w.who(n)] {
			w.persons = append(w.persons, n)
			w.count(n)
		}
	}
	return nil
}

// count counts somebody in.
func (w *weighing) count(n *Chosen) {
	switch n.State {
	case LotChosen:
		w.Pending++
	case LotUnmet:
		w.Unmet[n.Why]++
	}
	g := w.group(n)
	g.Chosen++
	if !n.ripe(w.now) {
		w.Waiting++
		if w.NextAt.IsZero() || n.Until.Before(w.NextAt) {
			w.NextAt = n.Until
		}
	}
}

// ripe reports whether somebody's window is over.
func (n *Chosen) ripe(now time.Time) bool { return !now.Before(n.Until) }

func (w *weighing) group(n *Chosen) *Group {
	if n.Held {
		return &w.Held
	}
	return &w.Asked
}

// kept is what somebody bought and kept in their window.
type kept struct{ times, goods int64 }

// compare compares what both groups bought.
func (w *weighing) compare(ctx context.Context) error {
	var asked, held []float64
	for some := range slices.Chunk(w.persons, boughtAtOnce) {
		bought, err := w.boughtBy(ctx, some)
		if err != nil {
			return err
		}
		codes, err := w.tookOff(ctx, some)
		if err != nil {
			return err
		}
		for _, n := range some {
			cost := n.Cost + codes[n.CodeID]
			w.Given += cost
			if !n.ripe(w.now) {
				continue
			}
			g, b := w.group(n), bought[w.who(n)]
			g.Ripe, g.Goods = g.Ripe+1, g.Goods+b.goods
			if b.times > 0 {
				g.Back++
			}
			if n.Held {
				held = append(held, float64(b.goods))
			} else {
				asked = append(asked, float64(b.goods))
				w.Cost += cost
			}
		}
	}
	if w.Shown = min(w.Asked.Ripe, w.Outcome.Held.Ripe) >= LeastInGroup; w.Shown {
		w.Share = stats.ShareDifference(w.Asked.Back, w.Asked.Ripe, w.Outcome.Held.Back, w.Outcome.Held.Ripe, stats.Confidence)
		w.Extra = stats.MeanDifference(asked, held)
	}
	return nil
}

// boughtBy returns what persons bought in their windows and kept.
func (w *weighing) boughtBy(ctx context.Context, some []*Chosen) (map[id.ID]kept, error) {
	var args db.Args
	since, by := w.now, map[id.ID]*Chosen{}
	var accounts []id.ID
	for _, n := range some {
		by[w.who(n)] = n
		if n.At.Before(since) {
			since = n.At
		}
		accounts = append(append(accounts, w.who(n)), w.losers[w.who(n)]...)
	}
	type bought struct {
		who       id.ID
		at, goods int64
	}
	all := map[id.ID]kept{}
	rows, err := w.q.Query(ctx, `SELECT e.member_id, e.occurred, s.goods - s.returned FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(accounts)+
		` AND e.occurred > `+args.Add(db.Micros(since))+` AND s.goods > s.returned`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (b bought, err error) { return b, r.Scan(&b.who, &b.at, &b.goods) }, func(b bought) error {
		who := cmp.Or(w.root[b.who], b.who)
		if n, at := by[who], db.Time(b.at); n != nil && at.After(n.At) && at.Before(n.Until) {
			all[who] = kept{all[who].times + 1, all[who].goods + b.goods}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who came back: %w", err)
	}
	return all, nil
}

// tookOff returns what the codes took off that were given.
func (w *weighing) tookOff(ctx context.Context, some []*Chosen) (map[id.ID]int64, error) {
	var args db.Args
	var accounts, codes []id.ID
	for _, n := range some {
		if n.CodeID != 0 {
			codes = append(codes, n.CodeID)
			accounts = append(append(accounts, w.who(n)), w.losers[w.who(n)]...)
		}
	}
	all := map[id.ID]int64{}
	if len(codes) == 0 {
		return all, nil
	}
	type used struct {
		code   id.ID
		amount int64
	}
	rows, err := w.q.Query(ctx, `SELECT code_id, CAST(SUM(amount) AS BIGINT) FROM promo_redemption WHERE member_id IN `+args.In(accounts)+` AND code_id IN `+args.In(codes)+` GROUP BY code_id`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (u used, err error) { return u, r.Scan(&u.code, &u.amount) }, func(u used) error {
		all[u.code] = u.amount
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what codes took off: %w", err)
	}
	return all, nil
}
