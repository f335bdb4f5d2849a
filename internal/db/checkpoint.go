package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// checkpointEvery is how long commits gather in the log before they are
	// copied into the database file. Longer gathers more changes of one page
	// into one write; shorter keeps the log short.
	checkpointEvery = 2 * time.Second
	// truncateAbove is the length of the log in bytes at which it is emptied.
	truncateAbove = 512 << 20
	pageSize      = 4096
)

// checkpointer copies SQLite's log into the database file from a connection of
// its own, so that no commit has to wait for it. Under steady load the log
// never comes to rest and grows; when it is long, the writer stands still for
// the moment that it takes to copy the rest and to empty it.
type checkpointer struct {
	pool   *sql.DB
	writer *writer
	log    *slog.Logger
	dirty  atomic.Bool
	forget atomic.Bool // the log is to be emptied, however short it is
	stop   context.CancelFunc
	done   chan struct{}
}

func newCheckpointer(file string, w *writer, log *slog.Logger) (*checkpointer, error) {
	pool, err := openSQLite(file, "rw", 1, checkpointPragmas...)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{pool: pool, writer: w, log: log, stop: stop, done: make(chan struct{})}
	go c.run(ctx)
	return c, nil
}

// committed notes that there is something to copy. A nil checkpointer, as there
// is while the database is being opened, notes nothing.
func (c *checkpointer) committed() {
	if c != nil {
		c.dirty.Store(true)
	}
}

func (c *checkpointer) run(ctx context.Context) {
	defer close(c.done)
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.once(ctx, truncateAbove); err != nil && ctx.Err() == nil {
			c.log.Warn("copying the write-ahead log failed; it will be tried again", "error", err)
		}
	}
}

// Forget has SQLite's log emptied within seconds, or as soon as no reader is in
// the way, so that what was erased does not stay readable in the file of the
// log. What was committed before is meant. Elsewhere it does nothing: PostgreSQL
// reuses the room of old rows in its own time.
func (d *DB) Forget() {
	if d.checkpointer != nil {
		d.checkpointer.forget.Store(true)
	}
}

// once copies what was committed since the last time and empties the log if it
// is longer than limit bytes, or something in it is to be forgotten.
func (c *checkpointer) once(ctx context.Context, limit int64) error {
	forget := c.forget.Swap(false)
	if !c.dirty.Swap(false) && !forget {
		return nil
	}
	pages, err := c.checkpoint(ctx, "PASSIVE")
	if err == nil && (forget || pages*pageSize > limit) {
		pages, err = c.empty(ctx)
	}
	if forget && (err != nil || pages != 0) {
		c.forget.Store(true)
	}
	return err
}

// empty empties the log while the writer stands still. It returns how many pages
// are left, which is above 0 when readers were in the way.
func (c *checkpointer) empty(ctx context.Context) (pages int64, err error) {
	if err := c.writer.acquire(ctx); err != nil {
		return 0, err
	}
	defer c.writer.release()
	return c.checkpoint(ctx, "TRUNCATE")
}

// checkpoint returns the length of the log in pages. Being kept waiting by
// readers is no failure: the next time does what is left.
func (c *checkpointer) checkpoint(ctx context.Context, mode string) (pages int64, err error) {
	var busy, copied int64
	row := c.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")")
	if err := row.Scan(&busy, &pages, &copied); err != nil {
		c.dirty.Store(true)
		return 0, fmt.Errorf("checkpointing: %w", err)
	}
	if busy != 0 {
		c.dirty.Store(true)
	}
	return pages, nil
}

func (c *checkpointer) close() {
	c.stop()
	<-c.done
	_ = c.pool.Close()
}
