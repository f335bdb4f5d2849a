package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"regulars/internal/db"
)

var claimTable = db.NewTable("api_idempotency", []string{"programme_id", "request_key"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "request_key", Kind: db.Text}, db.Column{Name: "hash", Kind: db.Bytes},
	db.Column{Name: "leased", Kind: db.Int}, db.Column{Name: "expires", Kind: db.Int})

// claim takes a key for a request, or returns what stands of it when the
// request was done before. Keys that have expired are forgotten on the way.
func (s *server) claim(ctx context.Context, cl claim) (*kept, error) {
	var before *kept
	err := s.DB.InTx(ctx, func(tx *db.Tx) error {
		before = nil
		now := s.Now()
		if _, err := tx.Exec(ctx, `DELETE FROM api_idempotency WHERE programme_id = $1 AND expires <= $2`, cl.programme, db.Micros(now)); err != nil {
			return err
		}
		n, err := tx.InsertNew(ctx, claimTable, [][]any{{cl.programme, cl.key, cl.hash, db.Micros(now.Add(keyLease)), db.Micros(now.Add(keyKept))}})
		if err != nil || n == 1 {
			return err
		}
		if before, err = readClaim(ctx, tx, cl); err != nil {
			return err
		}
		return before.judge(cl, now)
	})
	if err != nil {
		return nil, fmt.Errorf("claiming an idempotency key: %w", err)
	}
	return before, nil
}

func readClaim(ctx context.Context, q db.Queryer, cl claim) (*kept, error) {
	var k kept
	var leased int64
	err := q.QueryRow(ctx, `SELECT hash, subject, leased FROM api_idempotency WHERE programme_id = $1 AND request_key = $2`, cl.programme, cl.key).
		Scan(&k.hash, &k.subject, &leased)
	if errors.Is(err, sql.ErrNoRows) { // let go between the two statements
		return nil, inUse()
	}
	k.leased = db.Time(leased)
	return &k, err
}

// endClaim ends the lease of a key and keeps what the request changed; empty
// when nobody knows.
func (s *server) endClaim(ctx context.Context, cl claim, subject string) error {
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE api_idempotency SET subject = $3, leased = 0 WHERE programme_id = $1 AND request_key = $2`,
			cl.programme, cl.key, subject)
		return err
	})
}

// dropClaim lets a key go, as its request has changed nothing.
func (s *server) dropClaim(ctx context.Context, cl claim) error {
	return s.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM api_idempotency WHERE programme_id = $1 AND request_key = $2`, cl.programme, cl.key)
		return err
	})
}
