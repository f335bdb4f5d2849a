package factor

import (
	"database/sql"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/survey"
)

// TestAPeriodOfAnswersIsReadByItsIndex, where SQLite tells how it reads: neither
// the whole table nor every answer to a survey.
func TestAPeriodOfAnswersIsReadByItsIndex(t *testing.T) {
	each(t, func(w *town) {
		if w.DB.Dialect() != db.SQLite {
			return
		}
		n := w.publishes(survey.Spec{Kind: survey.CSAT, Names: survey.Words{"en": "How was it?"}, Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, From: 1, To: 5, Words: survey.Words{"en": "How satisfied?"}},
		}})
		var args db.Args
		table, where := span{programme: w.Programme.ID, from: w.Now().AddDate(0, -3, 0), to: w.Now()}.begin(&args, mains{n.ID: &n})
		rows, err := w.DB.Reader().Query(t.Context(), `EXPLAIN QUERY PLAN `+table+` SELECT COUNT(*) FROM p WHERE `+where, args.Values()...)
		steps, err := db.Collect(rows, err, func(r *sql.Rows) (step string, err error) {
			var a, b, c int
			return step, r.Scan(&a, &b, &c, &step)
		})
		w.OK(err)
		if plan := strings.Join(steps, "\n"); !strings.Contains(plan, "SEARCH r USING INDEX survey_response_period (programme_id=? AND occurred>? AND occurred<?)") {
			t.Errorf("it is read by\n%s", plan)
		}
	})
}
