package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/money"
)

const walletColumns = `id, programme_id, code, name, decimals, unit_num, unit_den, clawback, position`

// Wallets returns the wallets of a programme in their order.
func Wallets(ctx context.Context, q db.Queryer, programme id.ID) ([]Wallet, error) {
	rows, err := q.Query(ctx, `SELECT `+walletColumns+` FROM wallet WHERE programme_id = $1 ORDER BY position, id`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Wallet, error) { return scanWallet(r) })
	if err != nil {
		return nil, fmt.Errorf("reading wallets: %w", err)
	}
	return list, nil
}

// LoadWallet returns a wallet of the programme; fault "unknown_wallet" when
// there is none.
func LoadWallet(ctx context.Context, q db.Queryer, programme, wallet id.ID) (Wallet, error) {
	w, err := scanWallet(q.QueryRow(ctx, `SELECT `+walletColumns+` FROM wallet WHERE programme_id = $1 AND id = $2`, programme, wallet))
	if errors.Is(err, sql.ErrNoRows) {
		return w, unknownWallet(wallet)
	}
	return w, db.Fault(err)
}

func scanWallet(r interface{ Scan(...any) error }) (Wallet, error) {
	var w Wallet
	var num, den int64
	err := r.Scan(&w.ID, &w.ProgrammeID, &w.Code, &w.Name, &w.Decimals, &num, &den, &w.Clawback, &w.Position)
	if err == nil {
		w.Unit = money.NewRate(num, den)
	}
	return w, err
}

// codeFree refuses the code of another wallet of the programme.
func codeFree(ctx context.Context, tx *db.Tx, w Wallet) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM wallet WHERE programme_id = $1 AND code = $2`, w.ProgrammeID, w.Code).Scan(&n); err != nil {
		return fmt.Errorf("looking for the wallet's code: %w", err)
	}
	if n > 0 {
		return takenCode(w)
	}
	return nil
}

func insertWallet(ctx context.Context, tx *db.Tx, w Wallet) error {
	_, err := tx.Exec(ctx, `INSERT INTO wallet (`+walletColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		w.ID, w.ProgrammeID, w.Code, w.Name, w.Decimals, w.Unit.Num(), w.Unit.Den(), string(w.Clawback), w.Position)
	if err != nil {
		return fmt.Errorf("inserting a wallet: %w", err)
	}
	return nil
}

func updateWallet(ctx context.Context, tx *db.Tx, w Wallet) error {
	_, err := tx.Exec(ctx, `UPDATE wallet SET name = $1, unit_num = $2, unit_den = $3, clawback = $4, position = $5 WHERE id = $6`,
		w.Name, w.Unit.Num(), w.Unit.Den(), string(w.Clawback), w.Position, w.ID)
	if err != nil {
		return fmt.Errorf("updating a wallet: %w", err)
	}
	return nil
}
