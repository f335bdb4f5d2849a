package household

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
)

// Ask is points that somebody passes on, or staff for them.
type Ask struct {
	ProgrammeID, From, To, WalletID id.ID

	Points             int64 // smallest units, above 0
	Source, ExternalID string
	Note               string
}

// Transfer passes points on within what the programme lets: who may receive
// them, how many at once and in a month, and from whom. The limits are counted
// in the transaction that moves the points, while the giver is held. Told again
// it does nothing and is answered alike. It needs points.transfer.
func (s *Service) Transfer(ctx context.Context, a auth.Actor, t Ask) (*Transfer, error) {
	var made *Transfer
	done, err := s.flow.Transfer(ctx, a, flow.Transfer{
		ProgrammeID: t.ProgrammeID, From: t.From, To: t.To, WalletID: t.WalletID, Points: t.Points,
		Source: t.Source, ExternalID: t.ExternalID, For: string(Gift), Note: t.Note,
		Within: func(ctx context.Context, tx *db.Tx, done flow.Transferred) error {
			made = transferOf(t.ProgrammeID, Gift, done)
			if err := s.within(ctx, tx, made); err != nil {
				return err
			}
			return insertTransfer(ctx, tx, made)
		},
	})
	if err != nil {
		return nil, err
	}
	if !done.Repeated {
		return made, nil
	}
	return loadTransfer(ctx, s.d.Reader(), t.ProgrammeID, done.Out)
}

func transferOf(programme id.ID, what Purpose, d flow.Transferred) *Transfer {
	return &Transfer{
		ID: d.Out, ProgrammeID: programme, From: d.From, To: d.To, WalletID: d.WalletID, InEvent: d.In, Purpose: what, Points: d.Points, At: d.At,
	}
}

// within refuses a transfer that the settings do not let, and notes the
// household of one that stays inside.
func (s *Service) within(ctx context.Context, tx *db.Tx, t *Transfer) error {
	set, err := LoadSettings(ctx, tx, t.ProgrammeID)
	if err != nil {
		return err
	}
	if set.Transfers == Nobody {
		return fault.Refused("transfer_off", "the programme does not let members pass points on")
	}
	from, err := meet(ctx, tx, t.ProgrammeID, t.From)
	if err != nil {
		return err
	}
	to, err := aliasesOf(ctx, tx, t.To)
	if err != nil {
		return err
	}
	h, err := Current(ctx, tx, from.aliases)
	if err != nil {
		return err
	}
	if h != nil && h.Has(to) {
		t.HouseholdID = h.ID
	} else if set.Transfers == WithinHousing {
		return fault.Refused("transfer_outside", "points are passed on within a household alone, and the two do not share one").At("/to")
	}
	if from.Enrolled.AddDate(0, 0, set.MinDays).After(t.At) {
		return fault.Refused("transfer_too_new", "who joined less than %d days ago passes no points on yet", set.MinDays).At("/from").With("days", set.MinDays)
	}
	if err := s.owes(ctx, tx, t); err != nil {
		return err
	}
	return s.limits(ctx, tx, set, t, from.aliases)
}

// owes refuses a giver who owes points in any wallet.
func (s *Service) owes(ctx context.Context, tx *db.Tx, t *Transfer) error {
	wallets, err := ledger.Wallets(ctx, tx, t.ProgrammeID)
	if err != nil {
		return err
	}
	var keys []ledger.AccountKey
	for _, w := range wallets {
		keys = append(keys, ledger.AccountKey{MemberID: t.From, WalletID: w.ID})
	}
	balances, err := ledger.Balances(ctx, tx, keys, t.At)
	for _, b := range balances {
		if b[ledger.Debt] > 0 {
			return fault.Refused("transfer_in_debt", "who owes points passes none on").At("/from")
		}
	}
	return err
}

// limits refuses what is too much at once or in a month, and says so in points
// as people read them.
func (s *Service) limits(ctx context.Context, tx *db.Tx, set Settings, t *Transfer, aliases []id.ID) error {
	w, err := ledger.LoadWallet(ctx, tx, t.ProgrammeID, t.WalletID)
	if err != nil {
		return err
	}
	if t.Points > set.PerTransfer && set.PerTransfer > 0 {
		most := w.Points(set.PerTransfer)
		return fault.Refused("transfer_too_much", "at most %s points are passed on at once", most).At("/points").With("most", most)
	}
	if set.PerMonth == 0 {
		return nil
	}
	p, err := program.Load(ctx, tx, t.ProgrammeID)
	if err != nil {
		return err
	}
	before, err := Given(ctx, tx, aliases, t.WalletID, t.At, p.Zone)
	if err == nil && before+t.Points > set.PerMonth {
		most, gone := w.Points(set.PerMonth), w.Points(before)
		err = fault.Refused("transfer_month_over", "at most %s points are passed on in a month, and %s have been", most, gone).
			At("/points").With("most", most).With("given", gone)
	}
	return err
}

// monthOf returns when the calendar month of a moment began.
func monthOf(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	return time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, zone)
}

// Undo takes a transfer back, as far as the points are still there, within the
// time that the settings give. It needs points.transfer.
func (s *Service) Undo(ctx context.Context, a auth.Actor, programme, transfer id.ID, note string) (*Transfer, error) {
	t, err := loadTransfer(ctx, s.d.Reader(), programme, transfer)
	if err != nil {
		return nil, err
	}
	set, err := LoadSettings(ctx, s.d.Reader(), programme)
	if err != nil {
		return nil, err
	}
	if s.now().After(t.At.AddDate(0, 0, set.UndoDays)) {
		return nil, fault.Refused("transfer_undo_late", "a transfer is taken back within %d days; adjust the points instead", set.UndoDays).With("days", set.UndoDays)
	}
	return t, s.takeBack(ctx, a, t, note)
}

func (s *Service) takeBack(ctx context.Context, a auth.Actor, t *Transfer, note string) error {
	_, err := s.flow.UndoTransfer(ctx, a, flow.TransferUndo{
		ProgrammeID: t.ProgrammeID, From: t.From, Event: t.ID, Note: note,
		Within: func(ctx context.Context, tx *db.Tx, done flow.Transferred) error {
			t.Returned, t.Undone = done.Points, done.At
			return markUndone(ctx, tx, t)
		},
	})
	return err
}

// Transfers returns transfers, the latest first. It needs points.read.
func (s *Service) Transfers(ctx context.Context, a auth.Actor, what TransferQuery) ([]*Transfer, error) {
	if err := a.Can(what.ProgrammeID, auth.PointsRead); err != nil {
		return nil, err
	}
	return listTransfers(ctx, s.d.Reader(), what)
}

// TransferByID returns one transfer. It needs points.read.
func (s *Service) TransferByID(ctx context.Context, a auth.Actor, programme, transfer id.ID) (*Transfer, error) {
	if err := a.Can(programme, auth.PointsRead); err != nil {
		return nil, err
	}
	return loadTransfer(ctx, s.d.Reader(), programme, transfer)
}
