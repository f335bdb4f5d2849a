package promo

import (
	"database/sql"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// TestCountingWhatIsHeldDoesNotReadEveryCode: a batch has a million codes, and few
// of them are held.
func TestCountingWhatIsHeldDoesNotReadEveryCode(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	rows, err := d.Reader().Query(t.Context(), `EXPLAIN QUERY PLAN `+heldQuery("$1", "($2,$3)"), 5, 1, 2)
	plan, err := db.Collect(rows, err, func(r *sql.Rows) (step string, err error) {
		var a, b, c int64
		err = r.Scan(&a, &b, &c, &step)
		return step, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if whole := strings.Join(plan, "\n"); !strings.Contains(plan[0], " h ") || !strings.Contains(whole, "c USING PRIMARY KEY") {
		t.Errorf("it is counted so:\n%s", whole)
	}
}
