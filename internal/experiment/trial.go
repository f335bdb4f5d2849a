package experiment

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/stats"
)

const (
	// LeastInGroup is how many each group of a trial must have for a figure.
	LeastInGroup = 10
	// FewInGroup is below how many figures are preliminary.
	FewInGroup = 30
	// boughtAtOnce is how many accounts' purchases are read at once.
	boughtAtOnce = 1000
)

// Subject is somebody whom chance put into one of the two groups of a trial.
type Subject struct {
	// MemberID is the member at the time; merges do not rewrite it.
	MemberID id.ID
	Held     bool
	// What is bought after At and before Until counts.
	At, Until time.Time
	// Cost is what was spent on them, in minor units.
	Cost int64
}

// ripe reports whether somebody's window is over.
func (s *Subject) ripe(now time.Time) bool { return !now.Before(s.Until) }

// Group is one of the two groups of a trial.
type Group struct {
	// Chosen are all, Ripe those whose window is over; of these so many came back:
	// bought something in it that they kept. Goods is what they bought and kept in
	// it, of all of them together, in minor units.
	Chosen, Ripe, Back, Goods int64
}

// Share is the share of the ripe who came back, with Wilson's interval.
func (g *Group) Share() stats.Interval { return stats.Wilson(g.Back, g.Ripe, stats.Confidence) }

// Comparison is what came of a trial. Chance alone parts the two groups, and
// whoever was to be asked counts as asked, whether they could be reached or not,
// so that the difference may be called an effect.
type Comparison struct {
	Asked, Held Group
	// Mixed became one person with somebody of the other group, and are in
	// neither.
	Mixed int64
	// Waiting are those of both groups whose window is not over.
	Waiting int64
	// NextAt is when the first of these windows ends.
	NextAt time.Time
	// Given is what was spent on all who were asked so far, Cost of that what was
	// on those of the ripe, in minor units.
	Given, Cost int64
	// Share is the share of the asked who came back less that of the held back, with
	// Newcombe's interval; Extra by how much more they bought, in minor units for
	// each, with Welch's. Shown is false with fewer than LeastInGroup in a group.
	Shown        bool
	Share, Extra stats.Interval
}

// Sure reports whether more came back for having been asked than chance explains.
func (c *Comparison) Sure() bool { return c.Shown && c.Share.Low > 0 }

// MoneyShown reports whether it can be told how much more was bought: not where
// nobody bought anything, or all alike.
func (c *Comparison) MoneyShown() bool { return c.Shown && !math.IsInf(c.Extra.Low, -1) }

// Few reports whether the figures are preliminary.
func (c *Comparison) Few() bool { return min(c.Asked.Ripe, c.Held.Ripe) < FewInGroup }

// WonBack is how many came back who would not have otherwise, with its bounds;
// it means nothing where Shown is false.
func (c *Comparison) WonBack() stats.Interval {
	n := float64(c.Asked.Ripe)
	return stats.Interval{Value: n * c.Share.Value, Low: n * c.Share.Low, High: n * c.Share.High}
}

// CostEach is what was spent for each customer truly won back, in minor units,
// with its bounds; false where it cannot be told, as it is not sure that anybody
// was.
func (c *Comparison) CostEach() (stats.Interval, bool) {
	if !c.Sure() {
		return stats.Interval{}, false
	}
	won, cost := c.WonBack(), float64(c.Cost)
	return stats.Interval{Value: cost / won.Value, Low: cost / won.High, High: cost / won.Low}, true
}

// Trial is two groups, each person in one of them once.
type Trial struct {
	// Persons are the places, in the list that it was made of, of those who count.
	Persons  []int
	subjects []Subject
	mixed    int64
	root     map[id.ID]id.ID
	losers   map[id.ID][]id.ID
}

// NewTrial leaves out whoever is in both groups by now, and counts once whoever
// is twice in one.
func NewTrial(ctx context.Context, q db.Queryer, programme id.ID, subjects []Subject) (*Trial, error) {
	root, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	t := &Trial{subjects: subjects, root: root, losers: map[id.ID][]id.ID{}}
	for loser, survivor := range root {
		t.losers[survivor] = append(t.losers[survivor], loser)
	}
	first, mixed := map[id.ID]int{}, map[id.ID]bool{}
	for i := range subjects {
		was, met := first[t.who(i)]
		switch {
		case !met:
			first[t.who(i)] = i
		case subjects[was].Held != subjects[i].Held:
			mixed[t.who(i)] = true
		}
	}
	t.mixed = int64(len(mixed))
	for i := range subjects {
		if first[t.who(i)] == i && !mixed[t.who(i)] {
			t.Persons = append(t.Persons, i)
		}
	}
	return t, nil
}

// who is the person as whom somebody counts today.
func (t *Trial) who(i int) id.ID {
	return cmp.Or(t.root[t.subjects[i].MemberID], t.subjects[i].MemberID)
}

// Accounts are those that somebody has today: their own and all that were merged
// into it.
func (t *Trial) Accounts(i int) []id.ID { return append([]id.ID{t.who(i)}, t.losers[t.who(i)]...) }

// Spend says what was spent on somebody, in minor units.
func (t *Trial) Spend(i int, cost int64) { t.subjects[i].Cost = cost }

// Compare compares what both groups bought in their windows and kept.
func (t *Trial) Compare(ctx context.Context, q db.Queryer, now time.Time) (*Comparison, error) {
	c := &Comparison{Mixed: t.mixed}
	var asked, held []float64
	for some := range slices.Chunk(t.Persons, boughtAtOnce) {
		bought, err := t.bought(ctx, q, some, now)
		if err != nil {
			return nil, err
		}
		for _, i := range some {
			s, g := &t.subjects[i], &c.Asked
			if s.Held {
				g = &c.Held
			}
			g.Chosen++
			c.Given += s.Cost
			if !s.ripe(now) {
				c.wait(s.Until)
				continue
			}
			goods := bought[t.who(i)]
			g.Ripe, g.Goods = g.Ripe+1, g.Goods+goods
			if goods > 0 {
				g.Back++
			}
			if s.Held {
				held = append(held, float64(goods))
			} else {
				asked = append(asked, float64(goods))
				c.Cost += s.Cost
			}
		}
	}
	if c.Shown = min(c.Asked.Ripe, c.Held.Ripe) >= LeastInGroup; c.Shown {
		c.Share = stats.ShareDifference(c.Asked.Back, c.Asked.Ripe, c.Held.Back, c.Held.Ripe, stats.Confidence)
		c.Extra = stats.MeanDifference(asked, held)
	}
	return c, nil
}

// wait counts somebody whose window ends then.
func (c *Comparison) wait(until time.Time) {
	c.Waiting++
	if c.NextAt.IsZero() || until.Before(c.NextAt) {
		c.NextAt = until
	}
}

// bought returns for how much persons bought in their windows and kept, in minor
// units.
func (t *Trial) bought(ctx context.Context, q db.Queryer, some []int, now time.Time) (map[id.ID]int64, error) {
	var args db.Args
	since, by := now, map[id.ID]*Subject{}
	var accounts []id.ID
	for _, i := range some {
		s := &t.subjects[i]
		by[t.who(i)] = s
		if s.At.Before(since) {
			since = s.At
		}
		accounts = append(accounts, t.Accounts(i)...)
	}
	type purchase struct {
		who       id.ID
		at, goods int64
	}
	all := map[id.ID]int64{}
	rows, err := q.Query(ctx, `SELECT e.member_id, e.occurred, s.goods - s.returned FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(accounts)+
		` AND e.occurred > `+args.Add(db.Micros(since))+` AND s.goods > s.returned`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (b purchase, err error) { return b, r.Scan(&b.who, &b.at, &b.goods) }, func(b purchase) error {
		who := cmp.Or(t.root[b.who], b.who)
		if s, at := by[who], db.Time(b.at); s != nil && at.After(s.At) && at.Before(s.Until) {
			all[who] += b.goods
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who came back: %w", err)
	}
	return all, nil
}
