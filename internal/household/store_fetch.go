package household

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// fetched is points that were passed on for a purchase which is to come.
type fetched struct {
	transfer, programme id.ID
	source, externalID  string
	at                  time.Time
}

var fetchTable = db.NewTable("household_fetch", []string{"transfer_id"},
	integer("transfer_id"), integer("programme_id"), word("source"), word("external_id"), integer("at"))

func insertFetched(ctx context.Context, tx *db.Tx, f fetched) error {
	return tx.Insert(ctx, fetchTable, [][]any{{f.transfer, f.programme, f.source, f.externalID, db.Micros(f.at)}})
}

func selectFetched(ctx context.Context, q db.Queryer, before time.Time) ([]fetched, error) {
	rows, err := q.Query(ctx, `SELECT transfer_id, programme_id, source, external_id, at FROM household_fetch WHERE at < $1 ORDER BY at`, db.Micros(before))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (fetched, error) {
		var f fetched
		var at int64
		err := r.Scan(&f.transfer, &f.programme, &f.source, &f.externalID, &at)
		f.at = db.Time(at)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was fetched from pools: %w", err)
	}
	return list, nil
}

func dropFetched(ctx context.Context, tx *db.Tx, transfer id.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM household_fetch WHERE transfer_id = $1`, transfer)
	return err
}
