package trust

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promise"
)

// How far back shares look, how long a review may wait for its answer before it
// counts, and how old the latest published period may be.
const (
	window      = 90 * 24 * time.Hour
	reviewWait  = 7 * 24 * time.Hour
	figuresKeep = 100 * 24 * time.Hour
)

// Scorecard reads every signal as it stands. It needs trust.read.
func (s *Service) Scorecard(ctx context.Context, a auth.Actor, programme id.ID) (*Scorecard, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	c := &Scorecard{At: s.clock()}
	shares := map[string][2]Amount{}
	for i := range 2 {
		until := c.At.Add(-time.Duration(i) * window)
		if err := s.shares(ctx, programme, until.Add(-window), until, func(code string, n Amount) {
			both := shares[code]
			both[i] = n
			shares[code] = both
		}); err != nil {
			return nil, err
		}
	}
	err := s.DB.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		stood, err := attestationsOf(ctx, q, programme)
		if err != nil {
			return err
		}
		for _, signal := range Signals() {
			r := Reading{Signal: signal, At: c.At, Share: shares[signal.Code][0], Before: shares[signal.Code][1]}
			if err := s.read(ctx, q, &p, &r, stood); err != nil {
				return err
			}
			c.Readings = append(c.Readings, r)
		}
		c.count()
		return nil
	})
	return c, err
}

// read gives a reading its verdict.
func (s *Service) read(ctx context.Context, q db.Queryer, p *program.Programme, r *Reading, stood []Attestation) (err error) {
	switch {
	case r.Known == Built:
		r.Verdict, r.Why = Met, "built"
	case r.Known == Attested:
		for i := range stood {
			if stood[i].Signal == r.Code {
				r.Attestation = &stood[i]
				break
			}
		}
		r.stand(s.today(p))
	case r.Code == "issues_current":
		r.Verdict, r.Why, err = issuesCurrent(ctx, q, p.ID, s.today(p))
	case r.Code == "figures_current":
		r.Verdict, r.Why, err = figuresCurrent(ctx, q, p.ID, r.At)
	default:
		r.judge()
	}
	return err
}

// Shares returns by their codes those signals that are shares, of the last 90
// days. It needs trust.read.
func (s *Service) Shares(ctx context.Context, a auth.Actor, programme id.ID) (map[string]Amount, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	list, now := map[string]Amount{}, s.clock()
	return list, s.shares(ctx, programme, now.Add(-window), now, func(code string, n Amount) { list[code] = n })
}

// shares counts those signals that are shares of a span.
func (s *Service) shares(ctx context.Context, programme id.ID, from, until time.Time, note func(string, Amount)) error {
	rates, err := s.Promises.Rates(ctx, ourselves, programme, from, until)
	if err != nil {
		return err
	}
	note("promises_kept", Amount{rates.Whole.Kept, rates.Whole.N()})
	var guarantees Amount
	for _, k := range rates.ByKind {
		switch n := (Amount{k.Kept, k.N()}); k.Kind {
		case promise.Price:
			note("price_as_shown", n)
		case promise.Refund:
			note("refunds_in_time", n)
		case promise.Warranty, promise.Repair:
			guarantees = Amount{guarantees.K + n.K, guarantees.N + n.N}
		}
	}
	note("guarantees_honoured", guarantees)
	return s.DB.View(ctx, func(q db.Queryer) error {
		complaints, err := complaint.Received(ctx, q, programme, from, until)
		if err != nil {
			return err
		}
		cases := countCases(complaints, s.clock())
		note("answers_in_time", Amount{cases.InTime, cases.Due})
		note("history_on_hand", ofMembers(complaints))
		var solved Amount
		if solved.K, solved.N, err = complaint.SolvedForGood(ctx, q, programme, from, until); err != nil {
			return err
		}
		note("solved_first", solved)
		reviews, err := countReviews(ctx, q, programme, Period{From: from.Add(-reviewWait), Until: until.Add(-reviewWait)})
		if err != nil {
			return err
		}
		note("reviews_answered", Amount{reviews.Answered, reviews.Received})
		note("reviews_positive", Amount{reviews.Positive, reviews.Rated})
		for code, text := range counted {
			var n Amount
			if err := q.QueryRow(ctx, text, programme, db.Micros(from), db.Micros(until)).Scan(&n.K, &n.N); err != nil {
				return fmt.Errorf("counting %s: %w", code, db.Fault(err))
			}
			note(code, n)
		}
		return nil
	})
}

// ofMembers is of how many complaints it is known whose they are.
func ofMembers(list []complaint.Grievance) Amount {
	n := Amount{N: int64(len(list))}
	for _, c := range list {
		if c.MemberID != 0 {
			n.K++
		}
	}
	return n
}

// counted are the shares that one statement counts: of how many, how many are
// so.
var counted = map[string]string{
	"consents_evidenced": `SELECT COUNT(CASE WHEN c.source <> '' AND c.text_version <> '' THEN 1 END), COUNT(*) FROM member_consent AS c
		JOIN member AS m ON m.id = c.member_id WHERE m.programme_id = $1 AND c.given AND c.at >= $2 AND c.at < $3`,
}

// issuesCurrent reports whether the list of issues is kept: none was ever
// written, one is overdue, or all are in time.
func issuesCurrent(ctx context.Context, q db.Queryer, programme id.ID, today string) (Verdict, string, error) {
	list, err := selectIssues(ctx, q, `i.programme_id = $1 AND i.published`, programme)
	if err != nil || len(list) == 0 {
		return NotKnown, "none", err
	}
	for _, n := range list {
		if n.Overdue(today) {
			return NotMet, "late", nil
		}
	}
	return Met, "current", nil
}

// figuresCurrent reports whether a period that ended of late is published and
// not withdrawn.
func figuresCurrent(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (Verdict, string, error) {
	var latest sql.NullInt64
	err := q.QueryRow(ctx, `SELECT MAX(ends) FROM trust_report WHERE programme_id = $1 AND state <> 'withdrawn'`, programme).Scan(&latest)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("looking for the latest published figures: %w", db.Fault(err))
	case latest.Valid && now.Sub(db.Time(latest.Int64)) <= figuresKeep:
		return Met, "current", nil
	}
	return NotMet, "late", nil
}
