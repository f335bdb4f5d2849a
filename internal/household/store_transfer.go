package household

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var transferTable = db.NewTable("point_transfer", []string{"member_id", "id"},
	integer("id"), integer("member_id"), integer("programme_id"), integer("to_id"), integer("wallet_id"), integer("household_id"), word("purpose"),
	integer("points"), integer("in_event"), integer("at"), integer("returned"), integer("undone"))

const transferColumns = `t.id, t.member_id, t.programme_id, t.to_id, t.wallet_id, t.household_id, t.purpose, t.points, t.in_event, t.at, t.returned, t.undone`

func insertTransfer(ctx context.Context, tx *db.Tx, t *Transfer) error {
	return tx.Insert(ctx, transferTable, [][]any{{
		t.ID, t.From, t.ProgrammeID, t.To, t.WalletID, t.HouseholdID, string(t.Purpose), t.Points, t.InEvent, db.Micros(t.At), t.Returned, db.Micros(t.Undone),
	}})
}

func scanTransfer(r *sql.Rows) (*Transfer, error) {
	t := &Transfer{}
	var at, undone int64
	err := r.Scan(&t.ID, &t.From, &t.ProgrammeID, &t.To, &t.WalletID, &t.HouseholdID, &t.Purpose, &t.Points, &t.InEvent, &at, &t.Returned, &undone)
	t.At, t.Undone = db.Time(at), db.Time(undone)
	return t, err
}

func selectTransfers(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Transfer, error) {
	rows, err := q.Query(ctx, `SELECT `+transferColumns+` FROM point_transfer AS t WHERE `+where, args...)
	list, err := db.Collect(rows, err, scanTransfer)
	if err != nil {
		return nil, fmt.Errorf("reading transfers: %w", err)
	}
	return list, nil
}

// loadTransfer returns a transfer; fault "unknown_transfer".
func loadTransfer(ctx context.Context, q db.Queryer, programme, transfer id.ID) (*Transfer, error) {
	list, err := selectTransfers(ctx, q, `t.programme_id = $1 AND t.id = $2`, programme, transfer)
	if err == nil && len(list) == 0 {
		err = fault.Missing("unknown_transfer", "the programme has no transfer %s", transfer.In(id.Event)).With("transfer", transfer.In(id.Event))
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func markUndone(ctx context.Context, tx *db.Tx, t *Transfer) error {
	_, err := tx.Exec(ctx, `UPDATE point_transfer SET returned = $1, undone = $2 WHERE member_id = $3 AND id = $4`, t.Returned, db.Micros(t.Undone), t.From, t.ID)
	if err != nil {
		return fmt.Errorf("noting that a transfer was taken back: %w", err)
	}
	return nil
}

// Given returns what somebody gave away of a wallet, in its smallest unit, since
// the calendar month of a moment began in a zone, less what was taken back: what
// counts against Spec.PerMonth.
func Given(ctx context.Context, q db.Queryer, aliases []id.ID, wallet id.ID, at time.Time, zone *time.Location) (int64, error) {
	var args db.Args
	var n int64
	query := `SELECT CAST(COALESCE(SUM(points - returned), 0) AS BIGINT) FROM point_transfer WHERE member_id IN ` + args.In(aliases) +
		` AND wallet_id = ` + args.Add(wallet) + ` AND purpose = 'gift' AND at >= ` + args.Add(db.Micros(monthOf(at, zone)))
	if err := q.QueryRow(ctx, query, args.Values()...).Scan(&n); err != nil {
		return 0, fmt.Errorf("adding up what was given: %w", err)
	}
	return n, nil
}

// TransferQuery chooses transfers, the latest first.
type TransferQuery struct {
	ProgrammeID id.ID
	// Members are the aliases of somebody who gave or received; none for all.
	Members     []id.ID
	HouseholdID id.ID // 0 for all
	Before      id.ID // 0 begins
	Limit       int
}

func listTransfers(ctx context.Context, q db.Queryer, what TransferQuery) ([]*Transfer, error) {
	var args db.Args
	where := `t.programme_id = ` + args.Add(what.ProgrammeID)
	if what.Before != 0 {
		where += ` AND t.id < ` + args.Add(what.Before)
	}
	if what.HouseholdID != 0 {
		where += ` AND t.household_id = ` + args.Add(what.HouseholdID)
	}
	if len(what.Members) > 0 {
		where += ` AND (t.member_id IN ` + args.In(what.Members) + ` OR t.to_id IN ` + args.In(what.Members) + `)`
	}
	return selectTransfers(ctx, q, where+` ORDER BY t.id DESC LIMIT `+args.Add(what.Limit), args.Values()...)
}

// Part is what a member put into the pool of a household and took out of it in
// one wallet, less what was taken back.
type Part struct {
	MemberID, WalletID id.ID
	In, Out            int64
}

// parts returns who put in and took out.
func parts(ctx context.Context, q db.Queryer, household id.ID) ([]Part, error) {
	rows, err := q.Query(ctx, `SELECT p.who, p.wallet_id, CAST(SUM(p.put) AS BIGINT), CAST(SUM(p.took) AS BIGINT) FROM (
			SELECT member_id AS who, wallet_id, points - returned AS put, 0 AS took FROM point_transfer WHERE household_id = $1 AND purpose = 'pool'
			UNION ALL
			SELECT to_id AS who, wallet_id, 0 AS put, points - returned AS took FROM point_transfer WHERE household_id = $1 AND purpose = 'pay'
		) AS p GROUP BY p.who, p.wallet_id ORDER BY p.who, p.wallet_id`, household)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Part, error) {
		var p Part
		err := r.Scan(&p.MemberID, &p.WalletID, &p.In, &p.Out)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who put in and took out: %w", err)
	}
	return list, nil
}
