package complaint

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/promo"
)

var choices = program.Choices[Settings]{Table: "complaint_settings", What: "the settings of cases", Action: "case.settings", Changed: "case_settings_changed"}

// loadSettings returns what is in force and its version, 0 for the default.
func loadSettings(ctx context.Context, q db.Queryer, p *program.Programme) (Settings, int64, error) {
	var s Settings
	version, err := choices.Load(ctx, q, p.ID, &s)
	if version == 0 {
		s = DefaultSettings(p.Region)
	}
	return s, version, err
}

// Calendar returns the clock of hours other than the cases' own, which rests on
// the same holidays and works on the same exceptions.
func Calendar(ctx context.Context, q db.Queryer, p *program.Programme, zone *time.Location, week Week) (*Clock, error) {
	s, _, err := loadSettings(ctx, q, p)
	if err != nil {
		return nil, err
	}
	s.Week, s.Shops = week, nil
	return NewClock(&s, zone, ""), nil
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
	return version + 1, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := n.known(ctx, tx, programme); err != nil {
			return err
		}
		_, err := choices.Put(ctx, tx, a, programme, version, s.Now(), &n, nil)
		return err
	})
}

// known refuses all shops, staff, a wallet and codes that the programme does not
// have.
func (s *Settings) known(ctx context.Context, q db.Queryer, programme id.ID) error {
	shops, err := program.Shops(ctx, q, programme)
	if err != nil {
		return err
	}
	var wrong []error
	for _, code := range slices.Sorted(maps.Keys(s.Shops)) {
		if !slices.ContainsFunc(shops, func(n program.Shop) bool { return n.Code == code }) {
			wrong = append(wrong, fault.Invalid("case_shop", "the programme has no such shop").At("/shops/"+code))
		}
	}
	for i, n := range s.Superiors {
		wrong = append(wrong, staffKnown(ctx, q, n, fmt.Sprintf("/superiors/%d", i)))
	}
	wallets, err := ledger.Wallets(ctx, q, programme)
	if err != nil {
		return err
	}
	if s.WalletID != 0 && !slices.ContainsFunc(wallets, func(n ledger.Wallet) bool { return n.ID == s.WalletID }) {
		wrong = append(wrong, fault.Invalid("case_wallet", "the programme has no such wallet").At("/wallet"))
	}
	if s.BatchID == 0 {
		return fault.Gather(wrong...)
	}
	batches, err := promo.PersonalBatches(ctx, q, programme)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(batches, func(n promo.PersonalBatch) bool { return n.ID == s.BatchID }) {
		wrong = append(wrong, fault.Invalid("case_batch", "the programme has no such personal codes").At("/batch"))
	}
	return fault.Gather(wrong...)
}
