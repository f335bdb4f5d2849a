package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"regulars/internal/fault"
)

// Schema is what a room keeps in the database: files named like
// 0001_<what>.sql, numbered from 1 without gaps, in any folder of Files. A file
// that was released is never changed; a change is a new file.
//
// A file is written in the words of PostgreSQL, each statement ending with a
// semicolon at the end of a line, with two words of ours: {member} before the
// id in the primary key of a member's table, {clustered} after a table whose
// rows lie in the order of the primary key.
type Schema struct {
	Room  string
	Files fs.FS
	// Formerly gives, by number, the SHA-256 of another text that a file had before
	// it was released, in hexadecimal: a database made by it is whole as it is.
	Formerly map[int64]string
}

//go:embed schema/*.sql
var ownFiles embed.FS

var ownSchema = Schema{Room: "db", Files: ownFiles}

// migration is one file of a schema.
type migration struct {
	room     string
	number   int64
	name     string
	text     string
	checksum string
	formerly string
}

type migrationKey struct {
	room   string
	number int64
}

const migrationTable = "schema_migration"

const makeMigrationTable = `CREATE TABLE IF NOT EXISTS schema_migration (
	room TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL,
	PRIMARY KEY (room, number))`

// Migrate brings the tables of the rooms up to date, in the order given, each
// file in a transaction of its own, and takes a process number for IDs. Several
// processes may do so at once. It refuses a database that is newer than the
// program, and one whose applied files differ from the program's.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	if err := d.migrate(ctx, nil, schemas); err != nil {
		return err
	}
	if d.readOnly {
		return nil
	}
	return d.lease.take(ctx)
}

// migrate applies the files up to the number that limit gives for a room; a nil
// limit means all.
func (d *DB) migrate(ctx context.Context, limit map[string]int64, schemas []Schema) error {
	wanted, err := migrations(append([]Schema{ownSchema}, schemas...))
	if err != nil {
		return err
	}
	applied, err := d.applied(ctx)
	if err != nil {
		return err
	}
	if err := compare(wanted, applied); err != nil {
		return err
	}
	for _, m := range wanted {
		if _, ok := applied[migrationKey{m.room, m.number}]; ok || (limit != nil && m.number > limit[m.room]) {
			continue
		}
		if d.readOnly {
			return fault.Conflict("database_older", "the database was written by an earlier version: start regulars serve once to bring it up to date")
		}
		if err := d.apply(ctx, m); err != nil {
			return fmt.Errorf("migrating %s to %d (%s): %w", m.room, m.number, m.name, err)
		}
	}
	return nil
}

// applied returns the checksums of what the database has.
func (d *DB) applied(ctx context.Context) (map[migrationKey]string, error) {
	if !d.readOnly {
		err := d.housekeep(ctx, func(tx *Tx) error {
			if err := d.alone(ctx, tx); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, makeMigrationTable)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("preparing migrations: %w", err)
		}
	}
	applied := map[migrationKey]string{}
	rows, err := d.pool.QueryContext(ctx, "SELECT room, number, checksum FROM schema_migration")
	if err != nil {
		return nil, Fault(fmt.Errorf("reading migrations: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		var k migrationKey
		var checksum string
		if err := rows.Scan(&k.room, &k.number, &checksum); err != nil {
			return nil, fmt.Errorf("reading migrations: %w", err)
		}
		applied[k] = checksum
	}
	return applied, Fault(rows.Err())
}

// housekeep runs a transaction that needs no process number and is not counted.
func (d *DB) housekeep(ctx context.Context, fn func(tx *Tx) error) error {
	var uncounted atomic.Uint64
	return d.transact(ctx, &uncounted, fn)
}

// alone lets one process at a time through to what follows in the transaction.
func (d *DB) alone(ctx context.Context, tx *Tx) error {
	if d.dialect != Postgres {
		return nil
	}
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(7236821, hashtext(current_schema()))")
	return err
}

// apply runs one migration unless another process was quicker.
func (d *DB) apply(ctx context.Context, m migration) error {
	return d.housekeep(ctx, func(tx *Tx) error {
		if err := d.alone(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO schema_migration (room, number, name, checksum, applied_at)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT (room, number) DO NOTHING`, m.room, m.number, m.name, m.checksum, Micros(d.now()))
		if err != nil || n == 0 {
			return err
		}
		for _, s := range d.dialect.statements(m.text) {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("running %q: %w", s, err)
			}
		}
		return nil
	})
}

// compare refuses what cannot be migrated forward.
func compare(wanted []migration, applied map[migrationKey]string) error {
	last := map[string]int64{}
	for _, m := range wanted {
		last[m.room] = m.number
		if sum, ok := applied[migrationKey{m.room, m.number}]; ok && sum != m.checksum && sum != m.formerly {
			return fault.Conflict("migration_changed", "the tables of %q were made from another text of migration %d (%s) than this program holds: use the program that made them",
				m.room, m.number, m.name).With("room", m.room).With("number", m.number)
		}
	}
	for k := range applied {
		if n, ok := last[k.room]; ok && k.number > n {
			return fault.Conflict("database_newer", "the database was written by a newer version (%s has migration %d, this program knows %d): use the newer version, or restore a backup from before",
				k.room, k.number, n).With("room", k.room).With("number", k.number)
		}
	}
	return nil
}

// migrations reads the files of all schemas in order.
func migrations(schemas []Schema) ([]migration, error) {
	var all []migration
	for _, s := range schemas {
		list, err := s.migrations()
		if err != nil {
			return nil, fmt.Errorf("reading the schema of %s: %w", s.Room, err)
		}
		all = append(all, list...)
	}
	return all, nil
}

func (s Schema) migrations() ([]migration, error) {
	var list []migration
	err := fs.WalkDir(s.Files, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(file) != ".sql" {
			return err
		}
		m, err := s.migration(file)
		list = append(list, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b migration) int { return int(a.number - b.number) })
	for i, m := range list {
		if m.number != int64(i+1) {
			return nil, fmt.Errorf("file %s should have number %d", m.name, i+1)
		}
	}
	return list, nil
}

func (s Schema) migration(file string) (migration, error) {
	text, err := fs.ReadFile(s.Files, file)
	if err != nil {
		return migration{}, err
	}
	number, name, ok := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "_")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return migration{}, fmt.Errorf("file %s is not named like 0001_name.sql", file)
	}
	sum := sha256.Sum256(text)
	return migration{room: s.Room, number: n, name: name, text: string(text), checksum: hex.EncodeToString(sum[:]), formerly: s.Formerly[n]}, nil
}
