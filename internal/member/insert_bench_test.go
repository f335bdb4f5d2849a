package member

import (
	"context"
	"fmt"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// BenchmarkInsert measures a new member in batches of 256, whose name others
// have already.
func BenchmarkInsert(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...db.Schema) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := open(b, auth.Schema, Schema)
			next := 0
			for b.Loop() {
				newcomers := make([]Newcomer, 256)
				for i := range newcomers {
					next++
					m := &Member{ProgrammeID: here, Status: Known, Created: dbtest.Start, GivenName: fmt.Sprint("Anna", i%16), FamilyName: fmt.Sprint("Kowalska", i%64)}
					newcomers[i] = Newcomer{m, []Identity{tel(next), ext(next)}}
				}
				err := d.InTx(b.Context(), func(tx *db.Tx) error { return Insert(context.Background(), tx, newcomers) })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(next), "µs/member")
		})
	}
}
