package survey

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// Headline is the score of one recommendation survey.
type Headline struct {
	SurveyID id.ID
	Names    Words
	// Score is the NPS of those who answered.
	Score Figure
	// Last is when the latest answer came.
	Last time.Time
}

// Headline returns the score of the recommendation survey that was published
// last, of those with enough answers for a figure; nil where none has them. It
// needs surveys.read.
func (s *Service) Headline(ctx context.Context, a auth.Actor, programme id.ID) (*Headline, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return nil, err
	}
	var h *Headline
	err := s.d.View(ctx, func(q db.Queryer) error {
		list, err := selectSurveys(ctx, q, `programme_id = $1 AND published > 0 ORDER BY published DESC, id DESC`, programme)
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].Kind != NPS {
				continue
			}
			votes, last, err := votesOf(ctx, q, &list[i])
			if err != nil {
				return err
			}
			if n := votes.N(); n >= LeastAnswers {
				h = &Headline{SurveyID: list[i].ID, Names: list[i].Names, Score: said("nps", stats.NPS(votes, stats.Confidence), n, nil), Last: last}
				return nil
			}
		}
		return nil
	})
	return h, err
}

// votesOf counts the answers to the main question of a survey, and says when the
// latest came.
func votesOf(ctx context.Context, q db.Queryer, n *Survey) (votes stats.Votes, latest time.Time, err error) {
	type counted struct {
		number      int
		times, last int64
	}
	rows, err := q.Query(ctx, `SELECT a.number, COUNT(*), MAX(r.occurred) FROM survey_response AS r
		JOIN survey_answer AS a ON a.member_id = r.member_id AND a.response_id = r.id
		WHERE r.survey_id = $1 AND r.state = $2 AND a.question = $3 AND NOT a.skipped GROUP BY a.number`, n.ID, string(Whole), n.Main().Code)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (c counted, err error) { return c, r.Scan(&c.number, &c.times, &c.last) })
	if err != nil {
		return votes, latest, fmt.Errorf("counting answers: %w", err)
	}
	for _, c := range list {
		votes.Add(c.number, c.times)
		if at := db.Time(c.last); at.After(latest) {
			latest = at
		}
	}
	return votes, latest, nil
}
