package complaint

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/promo"
)

// loadSettings returns what is in force and its version, 0 for the default.
func loadSettings(ctx context.Context, q db.Queryer, p *program.Programme) (Settings, int64, error) {
	rows, err := q.Query(ctx, `SELECT version, spec FROM complaint_settings WHERE programme_id = $1 ORDER BY version DESC LIMIT 1`, p.ID)
	s := DefaultSettings(p.Region)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (version int64, err error) {
		var spec string
		if err := r.Scan(&version, &spec); err != nil {
			return 0, err
		}
		s = Settings{}
		return version, json.Unmarshal([]byte(spec), &s)
	})
	if err != nil {
		return s, 0, fmt.Errorf("reading the settings of cases: %w", err)
	}
	if len(found) == 0 {
		return s, 0, nil
	}
	return s, found[0], nil
}

// Settings returns what is in force and its version, 0 while it is the default.
// It needs cases.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, int64, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return Settings{}, 0, err
	}
	p, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return Settings{}, 0, err
	}
	return loadSettings(ctx, s.DB.Reader(), &p)
}

// SetSettings puts others in force and keeps those before; version is that of
// those that were looked at, and others by now are a conflict
// ("case_settings_changed"). It needs cases.approve. Clocks that run keep what
// they were set by until the case turns.
func (s *Service) SetSettings(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Settings) (int64, error) {
	if err := a.Can(programme, auth.CasesApprove); err != nil {
		return 0, err
	}
	if err := n.Check(); err != nil {
		return 0, err
	}
	spec, err := json.Marshal(n)
	if err != nil {
		return 0, fmt.Errorf("writing the settings of cases: %w", err)
	}
	return version + 1, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		_, now, err := loadSettings(ctx, tx, &p)
		if err != nil {
			return err
		}
		if now != version {
			return fault.Conflict("case_settings_changed", "somebody changed the settings meanwhile; look at them again")
		}
		if err := n.known(ctx, tx, programme); err != nil {
			return err
		}
		if err := tx.Insert(ctx, settingsTable, [][]any{{programme, version + 1, string(spec), db.Micros(s.Now()), a.String()}}); err != nil {
			return fmt.Errorf("writing the settings of cases: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "case.settings", Subject: programme.In(id.Programme), Detail: map[string]any{"version": version + 1},
		})
	})
}

// known refuses shops, staff, a wallet and codes that the programme does not
// have.
func (s *Settings) known(ctx context.Context, q db.Queryer, programme id.ID) error {
	shops, err := program.Shops(ctx, q, programme)
	if err != nil {
		return err
	}
	for code := range s.Shops {
		if !slices.ContainsFunc(shops, func(n program.Shop) bool { return n.Code == code }) {
			return fault.Invalid("case_shop", "the programme has no such shop").At("/shops/" + code)
		}
	}
	for i, n := range s.Superiors {
		if err := staffKnown(ctx, q, n, fmt.Sprintf("/superiors/%d", i)); err != nil {
			return err
		}
	}
	wallets, err := ledger.Wallets(ctx, q, programme)
	if err != nil {
		return err
	}
	if s.WalletID != 0 && !slices.ContainsFunc(wallets, func(n ledger.Wallet) bool { return n.ID == s.WalletID }) {
		return fault.Invalid("case_wallet", "the programme has no such wallet").At("/wallet")
	}
	if s.BatchID == 0 {
		return nil
	}
	var n int
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM promo_batch WHERE programme_id = $1 AND id = $2 AND kind = $3 AND cancelled = 0`, programme, s.BatchID, string(promo.PersonalCodes)).Scan(&n)
	if err != nil {
		return fmt.Errorf("looking for personal codes: %w", err)
	}
	if n == 0 {
		return fault.Invalid("case_batch", "the programme has no such personal codes").At("/batch")
	}
	return nil
}
