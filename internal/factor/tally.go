package factor

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
)

// Tally counts the pieces of feedback about a factor by their tone.
type Tally struct {
	Positive, Neutral, Negative, Untold int64
}

// N is how many name the factor.
func (t Tally) N() int64 { return t.Told() + t.Untold }

// Told is how many of them say how it was.
func (t Tally) Told() int64 { return t.Positive + t.Neutral + t.Negative }

func (t *Tally) add(tone Tone, n int64) {
	switch tone {
	case Positive:
		t.Positive += n
	case Neutral:
		t.Neutral += n
	case Negative:
		t.Negative += n
	default:
		t.Untold += n
	}
}

// Count says how far the feedback of a span is coded.
type Count struct {
	All, Coded int64
	// ByHand of the coded were coded by a person, the others follow from
	// reasons.
	ByHand   int64
	BySource map[Source]Share
	// Offered of those coded by hand had a suggestion, and Confirmed of these
	// were coded as it said.
	Offered, Confirmed int64

	of map[Code]*Tally
}

// Share is how many of how many are coded.
type Share struct{ All, Coded int64 }

// Of returns the tally of a factor.
func (c *Count) Of(f Code) Tally {
	if t := c.of[f]; t != nil {
		return *t
	}
	return Tally{}
}

// whole adds up the coded of every factor.
func (c *Count) whole() Tally {
	var all Tally
	for _, t := range c.of {
		all.Positive, all.Neutral, all.Negative, all.Untold = all.Positive+t.Positive, all.Neutral+t.Neutral, all.Negative+t.Negative, all.Untold+t.Untold
	}
	return all
}

// count folds the pieces of a span, by one statement however many they are.
func (n span) count(ctx context.Context, q db.Queryer, m mains, set *Settings) (*Count, error) {
	var args db.Args
	table, where := n.begin(&args, m)
	rows, err := q.Query(ctx, table+`SELECT p.source, p.survey_id, p.kind, p.number, p.reason, p.cause, p.factor, COUNT(*) FROM p WHERE `+where+
		` GROUP BY p.source, p.survey_id, p.kind, p.number, p.reason, p.cause, p.factor`, args.Values()...)
	c := &Count{BySource: map[Source]Share{}, of: map[Code]*Tally{}}
	err = db.Each(rows, err, func(r *sql.Rows) (g group, err error) {
		return g, r.Scan(&g.source, &g.survey, &g.kind, &g.number, &g.reason, &g.cause, &g.by, &g.n)
	}, func(g group) error {
		c.take(g, m, set)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting feedback: %w", err)
	}
	return c, nil
}

// group is how many pieces are alike.
type group struct {
	source        Source
	survey        id.ID
	kind          complaint.Kind
	number        int64
	reason, cause string
	by            Code
	n             int64
}

func (c *Count) take(g group, m mains, set *Settings) {
	share := c.BySource[g.source]
	c.All += g.n
	share.All += g.n
	if f := set.Of(g.source, g.by, g.reason, g.cause); f != "" {
		c.Coded += g.n
		share.Coded += g.n
		if f == g.by {
			c.ByHand += g.n
		}
		if c.of[f] == nil {
			c.of[f] = &Tally{}
		}
		c.of[f].add(m.toneOf(g.source, g.survey, g.kind, g.number), g.n)
	}
	c.BySource[g.source] = share
}

// Count says how far the feedback of a time is coded. It needs factors.read.
func (s *Service) Count(ctx context.Context, a auth.Actor, p Period) (*Count, error) {
	if err := a.Can(p.ProgrammeID, auth.FactorsRead); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	m, err := s.mains(ctx, p.ProgrammeID)
	if err != nil {
		return nil, err
	}
	var c *Count
	return c, s.DB.View(ctx, func(q db.Queryer) error {
		set, _, err := loadSettings(ctx, q, p.ProgrammeID)
		if err != nil {
			return err
		}
		if c, err = p.span().count(ctx, q, m, &set); err != nil {
			return err
		}
		err = q.QueryRow(ctx, `SELECT COUNT(*), COALESCE(CAST(SUM(CASE WHEN suggested = factor THEN 1 ELSE 0 END) AS BIGINT), 0) FROM factor_coding
			WHERE programme_id = $1 AND suggested <> ''`, p.ProgrammeID).Scan(&c.Offered, &c.Confirmed)
		if err != nil {
			return fmt.Errorf("counting suggestions: %w", err)
		}
		return nil
	})
}
