package dbtest_test

import (
	"testing"
	"testing/fstest"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// What a test leaves behind is not there for the next one, also where both use
// the same tables on the same server.
func TestTheNextTestFindsEmptyTables(t *testing.T) {
	schema := db.Schema{Room: "shelf", Files: fstest.MapFS{"0001_shelf.sql": {Data: []byte(
		"CREATE TABLE book (id BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE shelf (id BIGINT NOT NULL PRIMARY KEY);\n")}}}
	for _, name := range []string{"first", "second", "third"} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				for _, table := range []string{"book", "shelf"} {
					var n int
					if err := d.Reader().QueryRow(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil || n != 0 {
						t.Errorf("%d rows in %s: %v", n, table, err)
					}
				}
				err := d.InTx(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(t.Context(), "INSERT INTO book (id) VALUES (1), (2)")
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}, schema)
		})
	}
}
