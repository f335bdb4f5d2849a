package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"regulars/internal/fault"
)

// postgresStatements bounds the prepared statements kept per connection.
const postgresStatements = 1024

func openPostgres(url string, connections int) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fault.Invalid("database_url", "the database address is not of the form postgres://user:password@host:port/name").Because(err)
	}
	config.StatementCacheCapacity = postgresStatements
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "regulars"
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		return preferIndexes(ctx, c, config.RuntimeParams)
	}))
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool, nil
}

// preferIndexes tells the planner that a page found by an index costs little
// more than the next one, as it does in memory and on disks without moving
// parts. PostgreSQL reckons with four times as much, and reads all the members
// to find forty of twenty thousand. The database's address may say otherwise.
func preferIndexes(ctx context.Context, c *pgx.Conn, said map[string]string) error {
	const setting, cost = "random_page_cost", "1.1"
	if said[setting] != "" {
		return nil
	}
	if _, err := c.Exec(ctx, "SET "+setting+" = "+cost); err != nil {
		return fmt.Errorf("setting %s: %w", setting, err)
	}
	return nil
}

func postgresFault(err error) *fault.Error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case e.Code == "53100":
			return diskFull("the disk of the database server is full: free some space there, then try again")
		case e.Code == "25006":
			return fault.Refused("database_read_only", "the database server takes no writes now (it is a standby or was set to read only): give the address of the primary server")
		case e.Code == "28P01" || e.Code == "28000" || e.Code == "3D000" || e.Code == "42501":
			return fault.Refused("database_refused", "the database server refused: %s (check name, password and rights in the database address)", e.Message)
		case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57P"), e.Code == "53300":
			return unavailable()
		}
		return nil
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return unavailable()
	}
	return nil
}

func unavailable() *fault.Error {
	return fault.Busy("database_unavailable", "the database server cannot be reached now: try again shortly")
}

// lost reports whether an error out of the driver says that a connection to the
// server broke; not, that none could be made.
func lost(err error) bool {
	if err == nil || ended(err) {
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	for _, e := range []error{driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return strings.HasPrefix(postgresCode(err), "57P") ||
		strings.Contains(err.Error(), "conn closed") // pgconn has no error value for it
}

// whileLost repeats what nothing depends on yet as long as it meets connections
// that died while they were idle. Each try takes one out of the pool, so that
// after a restart of the server nobody sees them.
func whileLost(do func() error) {
	for range 32 {
		if !lost(do()) {
			return
		}
	}
}

func postgresCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
