package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// FileName is the name of SQLite's database file in the data folder.
const FileName = "regulars.db"

// Config says which database to open and how.
type Config struct {
	URL      string           // "postgres://…"; empty for SQLite
	Dir      string           // the data folder of SQLite, made if it is missing
	ReadOnly bool             // read beside a process that serves; nothing can be written
	Now      func() time.Time // the real clock, of identifiers and leases; required
	Log      *slog.Logger     // nil logs nothing

	// Readers and Writers bound the connections: of SQLite the reading ones
	// (it has one writer), of PostgreSQL each of two pools, kept apart so that
	// reading never starves writing. Zero means a sensible number.
	Readers, Writers int
}

func (c Config) withDefaults() Config {
	if c.Readers <= 0 {
		c.Readers = max(4, 2*runtime.GOMAXPROCS(0))
		if c.URL != "" { // which wait for a server, not for a processor of ours
			c.Readers = max(16, c.Readers)
		}
	}
	if c.Writers <= 0 {
		c.Writers = max(8, 2*runtime.GOMAXPROCS(0))
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect  Dialect
	readOnly bool
	dir      string
	now      func() time.Time
	log      *slog.Logger

	pool         *sql.DB // reads
	writes       *sql.DB // PostgreSQL's writing pool
	reader       *reader
	warmer       *warmer       // nil on PostgreSQL
	writer       *writer       // SQLite only, nil when read-only
	checkpointer *checkpointer // likewise
	lock         *folderLock   // likewise
	lease        *lease
	sent         atomic.Uint64
	signals      signals
	texts        sync.Map // batchText → the statement that the batch writer sends
}

// Open opens the database that the configuration names. A data folder that
// another process uses is a conflict, a folder that cannot be written or a
// server that refuses is said so.
func Open(ctx context.Context, c Config) (*DB, error) {
	c = c.withDefaults()
	d := &DB{dialect: SQLite, readOnly: c.ReadOnly, dir: c.Dir, now: c.Now, log: c.Log}
	d.reader = &reader{db: d}
	d.lease = newLease(d)
	open := d.openSQLite
	if c.URL != "" {
		d.dialect = Postgres
		open = d.openPostgres
	}
	if err := open(ctx, c); err != nil {
		return nil, errors.Join(Fault(err), d.Close())
	}
	return d, nil
}

func (d *DB) openPostgres(ctx context.Context, c Config) (err error) {
	if !strings.HasPrefix(c.URL, "postgres://") && !strings.HasPrefix(c.URL, "postgresql://") {
		return fault.Invalid("database_url", "the database address must begin with postgres://; leave it out to use SQLite in a data folder")
	}
	if d.pool, err = openPostgres(c.URL, c.Readers); err != nil {
		return err
	}
	if !c.ReadOnly {
		if d.writes, err = openPostgres(c.URL, c.Writers); err != nil {
			return err
		}
	}
	if err := d.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reaching the database server: %w", err)
	}
	return nil
}

func (d *DB) openSQLite(ctx context.Context, c Config) (err error) {
	file := filepath.Join(c.Dir, FileName)
	if c.ReadOnly {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return fault.Missing("no_database", "the folder %s holds no data yet: run regulars serve or regulars demo with it first", c.Dir).With("folder", c.Dir)
		}
		return d.openReaders(ctx, file, c.Readers)
	}
	if d.lock, err = lockFolder(c.Dir); err != nil {
		return err
	}
	if err := makeFile(file); err != nil {
		return err
	}
	pool, err := openSQLite(file, "rwc", 1, writerPragmas...)
	if err != nil {
		return err
	}
	d.writer = newWriter(pool)
	if err := d.writer.transact(ctx, func() error { return nil }); err != nil {
		return err
	}
	if err := d.openReaders(ctx, file, c.Readers); err != nil {
		return err
	}
	d.checkpointer, err = newCheckpointer(file, d.writer, d.log)
	return err
}

// openReaders opens the reading pool. A process that writes opens it without
// mode=ro, so that the first reader may make the shared memory file anew.
func (d *DB) openReaders(ctx context.Context, file string, connections int) (err error) {
	mode := "rw"
	if d.readOnly {
		mode = "ro"
	}
	if d.pool, err = openSQLite(file, mode, connections, readerPragmas...); err != nil {
		return err
	}
	d.reader.stmts = newStatements(d.pool, readerStatements)
	d.warmer = newWarmer(d.reader.stmts)
	return d.pool.PingContext(ctx)
}

// Dialect tells which database it is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Statements returns how many statements were sent so far, those of the
// database room's own housekeeping left out.
func (d *DB) Statements() uint64 { return d.sent.Load() }

// IDs returns the maker of identifiers, whose process number no other living
// process holds. There is none before Migrate or when opened for reading.
func (d *DB) IDs() *id.Maker { return d.lease.maker.Load() }

// Close ends the background work, gives the process number back, waits for the
// transaction under way and closes the connections and the folder.
func (d *DB) Close() error {
	d.lease.close()
	if d.checkpointer != nil {
		d.checkpointer.close()
	}
	if d.warmer != nil {
		d.warmer.close()
		d.reader.stmts.close()
	}
	var errs []error
	for _, p := range []*sql.DB{d.pool, d.writes} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if d.writer != nil {
		d.writer.close()
	}
	return errors.Join(append(errs, d.lock.release())...)
}
