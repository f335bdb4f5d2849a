package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// BenchmarkCommit measures durable commits of equally large batches, each
// beside what the disk itself can flush.
func BenchmarkCommit(b *testing.B) {
	b.Run("disk", benchmarkFlush)
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("sqlite/%d", n), func(b *testing.B) { benchmarkCommit(b, dbtest.SQLite(b, schema), n) })
		b.Run(fmt.Sprintf("postgres/%d", n), func(b *testing.B) { benchmarkCommit(b, dbtest.Postgres(b, schema), n) })
	}
}

func benchmarkCommit(b *testing.B, d *db.DB, n int) {
	ctx, next := context.Background(), 0
	rows := make([][]any, n)
	b.ReportAllocs()
	for b.Loop() {
		for i := range rows {
			next++
			rows[i] = []any{next, next % 1000, "a name of common length", true, []byte("0123456789abcdef")}
		}
		if err := d.InTx(ctx, func(tx *db.Tx) error { return tx.Insert(ctx, things, rows) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "rows/s")
}

// benchmarkFlush appends a page and flushes it.
func benchmarkFlush(b *testing.B) {
	file, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	page := make([]byte, 4096)
	for b.Loop() {
		if _, err := file.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLookUp measures one prepared read by key.
func BenchmarkLookUp(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...db.Schema) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d, ctx := open(b, schema), context.Background()
			err := d.InTx(ctx, func(tx *db.Tx) error { return tx.Insert(ctx, tallies, [][]any{{1, 1, 1}}) })
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				var n int64
				if err := d.Reader().QueryRow(ctx, "SELECT amount FROM tally WHERE member_id = $1 AND wallet_id = $2", 1, 1).Scan(&n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
