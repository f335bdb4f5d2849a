package bench

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"regulars/internal/db"
)

//go:embed schema/*.sql
var files embed.FS

var (
	schema = db.Schema{Room: "bench", Files: files}
	bare   = db.NewTable("bench_row", []string{"member_id", "id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text},
		db.Column{Name: "occurred", Kind: db.Int}, db.Column{Name: "body", Kind: db.Text})
)

const page = 4096

// flushes returns how many times a second the folder's disk takes one page
// more and has it safe.
func (b *Bench) flushes(ctx context.Context, dir string) (perSec float64, err error) {
	file, err := os.Create(filepath.Join(dir, "flush"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	content, n, begun := make([]byte, page), int64(0), b.Now()
	for b.Now().Sub(begun) < b.Options.Duration && ctx.Err() == nil {
		if _, err := file.Write(content); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			return 0, err
		}
		n++
	}
	return perSecond(n, b.Now().Sub(begun)), ctx.Err()
}

// inserts returns how many rows a second the database takes when nothing is
// done but to insert them, in commits of so many.
func (b *Bench) inserts(ctx context.Context, c db.Config, size int) (perSec float64, err error) {
	c.Now = b.Now
	d, err := db.Open(ctx, c)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Migrate(ctx, schema); err != nil {
		return 0, err
	}
	rows, body, n, begun := make([][]any, size), strings.Repeat("x", 200), int64(0), b.Now()
	for b.Now().Sub(begun) < b.Options.Duration {
		for i := range rows {
			rows[i] = []any{d.IDs().New(), i, "purchase", db.Micros(begun), body}
		}
		if err := d.InTx(ctx, func(tx *db.Tx) error { return tx.Insert(ctx, bare, rows) }); err != nil {
			return 0, fmt.Errorf("inserting bare rows: %w", err)
		}
		n += int64(size)
	}
	return perSecond(n, b.Now().Sub(begun)), nil
}
