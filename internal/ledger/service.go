package ledger

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Service is what can be done with the wallets of programmes. Points are moved
// by flow, through Load and Save.
type Service struct{ d *db.DB }

// NewService returns the service over a migrated database.
func NewService(d *db.DB) *Service { return &Service{d: d} }

// CreateWallet makes a wallet in its programme; the id is made here. It needs
// programmes.write and refuses a code that is taken ("wallet_code_taken").
func (s *Service) CreateWallet(ctx context.Context, a auth.Actor, w Wallet) (Wallet, error) {
	if err := a.Can(w.ProgrammeID, auth.ProgrammesWrite); err != nil {
		return Wallet{}, err
	}
	if err := w.check(); err != nil {
		return Wallet{}, err
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, w.ProgrammeID); err != nil {
			return err
		}
		if err := codeFree(ctx, tx, w); err != nil {
			return err
		}
		w.ID = tx.IDs().New()
		if err := insertWallet(ctx, tx, w); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, walletEntry("wallet.create", w))
	})
	return w, err
}

// UpdateWallet changes a wallet of the programme. The change sees it as it
// stands and may set its name, what a point is worth, its policy and its
// position; what else it sets is ignored. It needs programmes.write.
func (s *Service) UpdateWallet(ctx context.Context, a auth.Actor, programme, wallet id.ID, change func(*Wallet)) (Wallet, error) {
	if err := a.Can(programme, auth.ProgrammesWrite); err != nil {
		return Wallet{}, err
	}
	var w Wallet
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		old, err := LoadWallet(ctx, tx, programme, wallet)
		if err != nil {
			return err
		}
		w = old
		change(&w)
		w.ID, w.ProgrammeID, w.Code, w.Decimals = old.ID, old.ProgrammeID, old.Code, old.Decimals
		if err := w.check(); err != nil {
			return err
		}
		if err := updateWallet(ctx, tx, w); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, walletEntry("wallet.update", w))
	})
	return w, err
}

func walletEntry(action string, w Wallet) auth.Entry {
	return auth.Entry{ProgrammeID: w.ProgrammeID, Action: action, Subject: w.ID.In(id.Wallet), Detail: map[string]any{
		"code": w.Code, "unit": w.Unit.String(), "clawback": string(w.Clawback),
	}}
}

// Wallets returns the wallets of a programme in their order. It needs
// programmes.read.
func (s *Service) Wallets(ctx context.Context, a auth.Actor, programme id.ID) ([]Wallet, error) {
	if err := a.Can(programme, auth.ProgrammesRead); err != nil {
		return nil, err
	}
	return Wallets(ctx, s.d.Reader(), programme)
}

func takenCode(w Wallet) error {
	return fault.Conflict("wallet_code_taken", "the programme has a wallet with the code %q already; choose another", w.Code).
		At("/code").With("code", w.Code)
}

func unknownWallet(wallet id.ID) error {
	return fault.Missing("unknown_wallet", "the programme has no wallet %s", wallet.In(id.Wallet)).
		At("/wallet").With("wallet", wallet.In(id.Wallet))
}
