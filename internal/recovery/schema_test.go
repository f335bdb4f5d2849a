package recovery

import (
	"slices"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// TestCampaignsOfTheRoomAboveAreKept opens a database whose campaigns were made
// when they belonged to churn.
func TestCampaignsOfTheRoomAboveAreKept(t *testing.T) {
	keeps := func(t *testing.T, c db.Config) {
		d := dbtest.Open(t, c, above...)
		err := d.InTx(t.Context(), func(tx *db.Tx) error {
			for _, text := range []string{
				`INSERT INTO churn_recovery (programme_id, id, version, state, spec, seed, made, made_by, changed, started, started_by, until, ended_by, seen, chosen, tally)
					VALUES (7, 8, 3, 'running', '{"name": "Spring", "whom": ["silent"]}', 'seed', 1, 'x', 1, 1, 'x', 9, '', 0, 2, '{"asked": 1}')`,
				`INSERT INTO churn_recovered (member_id, recovery_id, programme_id, held, state, why, at, until, event_id, code_id, cost) VALUES (5, 8, 7, FALSE, 'asked', '', 2, 3, 0, 0, 12)`,
			} {
				if _, err := tx.Exec(t.Context(), text); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // and it opens again
			if err := d.Migrate(t.Context(), append(slices.Clone(above), Schema)...); err != nil {
				t.Fatal(err)
			}
		}
		r, err := kind.Load(t.Context(), d.Reader(), 7, 8, dbtest.Start, "")
		if err != nil || r.Spec.Name != "Spring" || r.Version != 3 || r.Tally.Asked != 1 {
			t.Errorf("the campaign is %+v, %v", r, err)
		}
		list, err := selectChosen(t.Context(), d.Reader(), `recovery_id = $1`, id.ID(8))
		if err != nil || len(list) != 1 || list[0].MemberID != 5 || list[0].Cost != 12 {
			t.Errorf("chosen are %v, %v", list, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { keeps(t, db.Config{Dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { keeps(t, db.Config{URL: dbtest.PostgresURL(t)}) })
}
