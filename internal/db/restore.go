package db

import (
	"context"
	"errors"
	"os"

	"regulars/internal/fault"
)

// Restore fills a database that was just opened and holds nothing from a backup
// that either database made, and does Migrate's work too: the tables are made as
// they were, filled in one transaction, and then brought up to date. When it
// fails the database holds no rows, and it can be tried again.
func (d *DB) Restore(ctx context.Context, path string, schemas ...Schema) error {
	file, err := os.Open(path)
	if err != nil {
		return fault.Invalid("backup_unreadable", "the backup %s cannot be read", path).With("file", path).Because(err)
	}
	defer file.Close()
	l, err := newLoader(file)
	if err != nil {
		return err
	}
	if d.IDs() != nil {
		return errors.New("restoring into a database that is in use already")
	}
	if err := d.prepare(ctx, l.manifest, schemas); err != nil {
		return err
	}
	if err := d.housekeep(ctx, func(tx *Tx) error { return l.load(ctx, tx) }); err != nil {
		return err
	}
	return d.Migrate(ctx, schemas...)
}

// prepare makes the tables as they were when the backup was made.
func (d *DB) prepare(ctx context.Context, m manifest, schemas []Schema) error {
	wanted, err := migrations(append([]Schema{ownSchema}, schemas...))
	if err != nil {
		return err
	}
	if err := m.fits(wanted); err != nil {
		return err
	}
	if err := d.migrate(ctx, m.Schema, schemas); err != nil {
		return err
	}
	has, err := lastMigrations(ctx, d.Reader())
	if err != nil {
		return err
	}
	for room, n := range has {
		if n != m.Schema[room] {
			return notEmpty()
		}
	}
	return nil
}

// fits refuses a backup from a newer program.
func (m manifest) fits(wanted []migration) error {
	known := map[string]int64{}
	for _, w := range wanted {
		known[w.room] = w.number
	}
	for room, n := range m.Schema {
		if n > known[room] {
			return fault.Conflict("backup_newer", "the backup was made by a newer version (%s has migration %d, this program knows %d): use the newer version",
				room, n, known[room]).With("room", room).With("number", n)
		}
	}
	return nil
}

func notEmpty() error {
	return fault.Conflict("restore_not_empty", "the database holds data already: restore into an empty folder or a new database")
}

func damaged(line int64, why string) *fault.Error {
	return fault.Invalid("backup_damaged", "the backup is damaged at line %d (%s): use another copy", line, why).With("line", line)
}
