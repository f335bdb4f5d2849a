package basket

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/stats"
)

// Tally is how many of a whole are of one kind.
type Tally[K ~string] struct {
	Kind  K
	N, Of int64
}

// Share is N of Of with its 95 % score interval (Wilson).
func (t Tally[K]) Share() stats.Interval { return stats.Wilson(t.N, t.Of, stats.Confidence) }

// Shown reports whether a share may be shown at all.
func (t Tally[K]) Shown() bool { return t.Of >= promise.FewestShown }

// Preliminary reports whether the share is of so few that it is marked so.
func (t Tally[K]) Preliminary() bool { return t.Of < promise.FewestFirm }

// Comeback is who came back of those whose days are over. A basket counts by
// itself: who left three and bought once came back to each.
type Comeback struct {
	// Known are the baskets of members, Waiting those of them whose days are not
	// over.
	Known, Waiting int64
	Tally[Back]
	// Grew are those whose price had grown since it was first shown, Same those
	// whose had not; where the first price is not known they are of neither.
	Grew, Same Tally[Back]
	// Difference of their shares, with Newcombe's interval. Nobody drew whose
	// price grew, so it is an association and no effect.
	Difference stats.Interval
}

// Compared reports whether both groups have enough for the difference.
func (r *Comeback) Compared() bool { return r.Grew.Shown() && r.Same.Shown() }

// Report is what is known of the baskets that were left in a span.
type Report struct {
	From, To time.Time
	// Days is within how many days a purchase counts as coming back.
	Days int
	Left int64
	// Steps has every step, of all that were left.
	Steps []Tally[Step]
	// Reasons has those that were given, the most frequent first, of all of which
	// a reason is known; Silent is of how many nobody knows any.
	Reasons []Tally[Reason]
	Silent  int64
	// Asked has, for each way of asking, how many answered of those who were
	// asked; Told is the reasons that staff wrote down.
	Asked []Tally[Way]
	Told  int64
	Back  Comeback
	// Price is how the whole price moved between first shown and left, where the
	// first is known; Parts how its parts did, of the ByParts baskets that were told
	// by parts.
	Price   Growth
	ByParts int64
	Parts   []Growth
}

// Growth is how one part of prices moved between first shown and left, among Of
// baskets of which it can be known.
type Growth struct {
	promise.PartRate
	Of int64
}

// Grown is how many stood higher when the basket was left.
func (g Growth) Grown() Tally[promise.Part] { return Tally[promise.Part]{g.Part, g.Grew, g.Of} }

// Unshown is how many of them had not been shown at first at all.
func (g Growth) Unshown() Tally[promise.Part] { return Tally[promise.Part]{g.Part, g.Hidden, g.Of} }

// Response is how many of all who were asked answered.
func (r *Report) Response() Tally[Way] {
	var t Tally[Way]
	for _, a := range r.Asked {
		t.N, t.Of = t.N+a.N, t.Of+a.Of
	}
	return t
}

// Report returns what is known of the baskets that were left in a span that ends
// now at the latest; the last year for zero times. It needs baskets.read.
func (s *Service) Report(ctx context.Context, a auth.Actor, programme id.ID, from, to time.Time) (*Report, error) {
	if err := a.Can(programme, auth.BasketsRead); err != nil {
		return nil, err
	}
	from, to, err := s.span(from, to)
	if err != nil {
		return nil, err
	}
	r := &Report{From: from, To: to}
	return r, s.DB.View(ctx, func(q db.Queryer) error {
		set, _, err := loadSettings(ctx, q, programme)
		if err != nil {
			return err
		}
		r.Days = set.Days
		if err := r.count(ctx, q, programme); err != nil {
			return err
		}
		if err := r.readBack(ctx, q, programme, set.window(), s.clock()); err != nil {
			return err
		}
		return r.readPrices(ctx, q, programme)
	})
}

// inSpan are the baskets of a report; its values are the programme and the span.
const inSpan = ` b.programme_id = $1 AND b.left_at >= $2 AND b.left_at < $3`

func (r *Report) args(programme id.ID, more ...any) []any {
	return append([]any{programme, db.Micros(r.From), db.Micros(r.To)}, more...)
}

// count adds up how far they came, who was asked, and why they left.
func (r *Report) count(ctx context.Context, q db.Queryer, programme id.ID) error {
	type group struct {
		step          Step
		reason        Reason
		asked, origin Way
		known         bool
		n             int64
	}
	rows, err := q.Query(ctx, `SELECT b.step, b.reason, b.asked, b.origin, b.member_id <> 0, COUNT(*) FROM basket AS b WHERE`+inSpan+`
		GROUP BY b.step, b.reason, b.asked, b.origin, b.member_id <> 0`, r.args(programme)...)
	steps, reasons, asked, answered := map[Step]int64{}, map[Reason]int64{}, map[Way]int64{}, map[Way]int64{}
	err = db.Each(rows, err, func(row *sql.Rows) (g group, err error) {
		return g, row.Scan(&g.step, &g.reason, &g.asked, &g.origin, &g.known, &g.n)
	}, func(g group) error {
		r.Left += g.n
		steps[g.step] += g.n
		if g.reason == "" {
			r.Silent += g.n
		} else {
			reasons[g.reason] += g.n
		}
		asked[g.asked] += g.n
		answered[g.origin] += g.n
		if g.known {
			r.Back.Known += g.n
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting left baskets: %w", err)
	}
	for _, k := range Steps() {
		r.Steps = append(r.Steps, Tally[Step]{k, steps[k], r.Left})
	}
	for _, k := range Reasons() {
		if reasons[k] > 0 {
			r.Reasons = append(r.Reasons, Tally[Reason]{k, reasons[k], r.Left - r.Silent})
		}
	}
	slices.SortStableFunc(r.Reasons, func(a, b Tally[Reason]) int { return int(b.N - a.N) })
	for _, k := range Asking() {
		r.Asked = append(r.Asked, Tally[Way]{k, answered[k], asked[k]})
	}
	r.Told = answered[ByStaff]
	return nil
}

// readBack counts who came back, and whose price had grown.
func (r *Report) readBack(ctx context.Context, q db.Queryer, programme id.ID, window time.Duration, now time.Time) error {
	type group struct {
		priced, grew, back bool
		n                  int64
	}
	rows, err := q.Query(ctx, `SELECT y.priced, y.grew, y.back, COUNT(*) FROM (
			SELECT b.first > 0 AS priced, b.first > 0 AND b.last > b.first AS grew, `+cameBack("$4")+` AS back FROM basket AS b
			WHERE`+inSpan+` AND b.member_id <> 0 AND b.left_at <= $5) AS y
		GROUP BY y.priced, y.grew, y.back`, r.args(programme, window.Microseconds(), db.Micros(now.Add(-window)))...)
	back := &r.Back
	back.Kind, back.Grew.Kind, back.Same.Kind = CameBack, CameBack, CameBack
	err = db.Each(rows, err, func(row *sql.Rows) (g group, err error) {
		return g, row.Scan(&g.priced, &g.grew, &g.back, &g.n)
	}, func(g group) error {
		sides := []*Tally[Back]{&back.Tally}
		switch {
		case g.grew:
			sides = append(sides, &back.Grew)
		case g.priced:
			sides = append(sides, &back.Same)
		}
		for _, t := range sides {
			t.Of += g.n
			if g.back {
				t.N += g.n
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting who came back: %w", err)
	}
	back.Waiting = back.Known - back.Of
	if back.Compared() {
		back.Difference = stats.ShareDifference(back.Grew.N, back.Grew.Of, back.Same.N, back.Same.Of, stats.Confidence)
	}
	return nil
}

// readPrices tells how prices moved between first shown and left.
func (r *Report) readPrices(ctx context.Context, q db.Queryer, programme id.ID) error {
	whole, err := promise.ReadPartRates(ctx, q, `FROM (SELECT 'total' AS part, TRUE AS was_shown, b.first AS shown, b.last AS charged FROM basket AS b
		WHERE`+inSpan+` AND b.first > 0) AS c WHERE TRUE`, r.args(programme)...)
	if err != nil {
		return err
	}
	if len(whole) > 0 {
		r.Price = Growth{whole[0], whole[0].N()}
	}
	const byParts = `FROM basket AS b JOIN basket_part AS c ON c.programme_id = b.programme_id AND c.basket_id = b.id WHERE` + inSpan
	if err := q.QueryRow(ctx, `SELECT COUNT(DISTINCT b.id) `+byParts, r.args(programme)...).Scan(&r.ByParts); err != nil {
		return fmt.Errorf("counting baskets by parts: %w", err)
	}
	parts, err := promise.ReadPartRates(ctx, q, byParts, r.args(programme)...)
	for _, p := range parts {
		r.Parts = append(r.Parts, Growth{p, r.ByParts})
	}
	return err
}
