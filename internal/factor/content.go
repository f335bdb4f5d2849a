package factor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/sale"
	"regulars/internal/stats"
	"regulars/internal/survey"
)

// Content sets what members said of their satisfaction beside what they then
// did. Neither causes the other as far as this tells: who is content may stay
// away, and who is not may have nowhere else to go.
type Content struct {
	// Days is how long after the answer a purchase counts; From and To bound the
	// answers, of which so many days have passed.
	Days     int
	From, To time.Time
	// Satisfied gave 4 or 5, the Others 1 to 3; each person counts once, with
	// the last answer.
	Satisfied, Others Came
	// Difference is the share of the former who bought again less that of the
	// latter, with Newcombe's interval.
	Difference stats.Interval
}

// Came counts people, and those of them who bought again.
type Came struct{ People, Back int64 }

// Share is the part that bought again, with Wilson's interval.
func (c Came) Share() stats.Interval { return stats.Wilson(c.Back, c.People, stats.Confidence) }

// Shown reports whether there are people enough for a share.
func (c Came) Shown() bool { return c.People >= LeastPieces }

// Early reports whether the share is preliminary.
func (c Came) Early() bool { return c.People < Preliminary }

// satisfiedFrom is the answer from which somebody counts as satisfied, of five.
const satisfiedFrom = 4

// contentYear is over how long answers are looked at.
const contentYear = 365

// Content returns how many of the satisfied, and of the others, bought again
// within a window after their last answer to how satisfied they were. It needs
// factors.read.
func (s *Service) Content(ctx context.Context, a auth.Actor, programme id.ID) (*Content, error) {
	if err := a.Can(programme, auth.FactorsRead); err != nil {
		return nil, err
	}
	surveys, err := s.mains(ctx, programme)
	if err != nil {
		return nil, err
	}
	c := s.contentNow()
	last, bought, err := s.answered(ctx, c, programme, surveys)
	if err != nil {
		return nil, err
	}
	c.fold(last, bought)
	return c, nil
}

// contentNow is the content of the year whose windows are over, still empty.
func (s *Service) contentNow() *Content {
	to := s.clock().AddDate(0, 0, -Window)
	return &Content{Days: Window, From: to.AddDate(0, 0, -contentYear), To: to}
}

// answered reads everybody's last answer, and when they bought.
func (s *Service) answered(ctx context.Context, c *Content, programme id.ID, surveys mains) (last map[id.ID]opinion, bought map[id.ID][]time.Time, err error) {
	err = s.DB.View(ctx, func(q db.Queryer) error {
		if last, err = c.opinions(ctx, q, programme, surveys); err != nil || len(last) == 0 {
			return err
		}
		bought, err = c.purchases(ctx, q, programme, surveys)
		return err
	})
	return last, bought, err
}

// opinion is how satisfied somebody was, and when.
type opinion struct {
	who    id.ID
	at     time.Time
	number int64
}

func (c *Content) fold(last map[id.ID]opinion, bought map[id.ID][]time.Time) {
	for who, o := range last {
		came := &c.Others
		if o.number >= satisfiedFrom {
			came = &c.Satisfied
		}
		came.People++
		if c.cameBack(o, bought[who]) {
			came.Back++
		}
	}
	c.Difference = stats.ShareDifference(c.Satisfied.Back, c.Satisfied.People, c.Others.Back, c.Others.People, stats.Confidence)
}

// cameBack reports whether somebody bought within the window after an answer.
func (c *Content) cameBack(o opinion, bought []time.Time) bool {
	until := o.at.AddDate(0, 0, c.Days)
	return slices.ContainsFunc(bought, func(t time.Time) bool { return t.After(o.at) && !t.After(until) })
}

// asked begins a statement over the answers to how satisfied somebody was, each
// under the account that its member is today.
func (c *Content) asked(args *db.Args, programme id.ID, surveys mains) string {
	var rows [][]any
	for _, n := range surveys {
		if n.Kind == survey.CSAT {
			rows = append(rows, []any{n.ID, n.Main().Code})
		}
	}
	return `WITH mains(survey_id, main) AS ` + args.Tuples([]db.Kind{db.Int, db.Text}, rows) + `, asked AS (
		SELECT CASE WHEN m.merged_into = 0 THEN m.id ELSE m.merged_into END AS root, r.occurred AS at, a.number AS number
		FROM survey_response AS r JOIN mains AS v ON v.survey_id = r.survey_id
			JOIN survey_answer AS a ON a.member_id = r.member_id AND a.response_id = r.id AND a.question = v.main
			JOIN member AS m ON m.id = r.member_id
		WHERE r.programme_id = ` + args.Add(programme) + ` AND r.state = 'complete' AND r.member_id <> 0 AND NOT a.skipped
			AND r.occurred >= ` + args.Add(db.Micros(c.From)) + ` AND r.occurred < ` + args.Add(db.Micros(c.To)) + `)`
}

// opinions returns the last answer of each person.
func (c *Content) opinions(ctx context.Context, q db.Queryer, programme id.ID, surveys mains) (map[id.ID]opinion, error) {
	var args db.Args
	rows, err := q.Query(ctx, c.asked(&args, programme, surveys)+` SELECT root, at, number FROM asked ORDER BY at`, args.Values()...)
	last := map[id.ID]opinion{}
	err = db.Each(rows, err, func(r *sql.Rows) (o opinion, err error) {
		var at int64
		err = r.Scan(&o.who, &at, &o.number)
		o.at = db.Time(at)
		return o, err
	}, func(o opinion) error {
		last[o.who] = o
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading how satisfied people were: %w", err)
	}
	return last, nil
}

// purchases returns when those who answered bought, under every account that
// became theirs.
func (c *Content) purchases(ctx context.Context, q db.Queryer, programme id.ID, surveys mains) (map[id.ID][]time.Time, error) {
	var args db.Args
	rows, err := q.Query(ctx, c.asked(&args, programme, surveys)+`, roots AS (SELECT DISTINCT root FROM asked), accounts AS (
			SELECT root, root AS id FROM roots
			UNION ALL SELECT o.root, m.id FROM roots AS o JOIN member AS m ON m.merged_into = o.root WHERE m.merged_into <> 0)
		SELECT o.root, s.occurred FROM accounts AS o CROSS JOIN `+sale.ByMember+` WHERE e.member_id = o.id AND e.occurred >= `+args.Add(db.Micros(c.From)), args.Values()...)
	bought := map[id.ID][]time.Time{}
	err = db.Each(rows, err, func(r *sql.Rows) (o opinion, err error) {
		var at int64
		err = r.Scan(&o.who, &at)
		o.at = db.Time(at)
		return o, err
	}, func(o opinion) error {
		bought[o.who] = append(bought[o.who], o.at)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what those who answered bought: %w", err)
	}
	return bought, nil
}
