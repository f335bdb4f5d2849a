package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
)

// newDatabase makes a database on the server and returns its address and what
// drops it. The driver is that of the db room.
func newDatabase(ctx context.Context, server string) (address string, drop func() error, err error) {
	at, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("reading the address of the PostgreSQL server: %w", err)
	}
	name := fmt.Sprintf("regulars_bench_%d_%d", os.Getpid(), rand.Uint64())
	if err := onServer(ctx, server, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	at.Path = "/" + name
	return at.String(), func() error {
		return onServer(context.WithoutCancel(ctx), server, "DROP DATABASE "+name+" WITH (FORCE)")
	}, nil
}

func onServer(ctx context.Context, server, text string) (err error) {
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if _, err := pool.ExecContext(ctx, text); err != nil {
		return fmt.Errorf("making or dropping a database: %w", err)
	}
	return nil
}
