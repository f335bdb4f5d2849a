package referral

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/promo"
)

// Service is what can be done with referrals.
type Service struct {
	d      *db.DB
	flow   *flow.Service
	offers *promo.Service
	now    func() time.Time
}

// New returns the service over a migrated database. Points are given through
// flow, codes through offers.
func New(d *db.DB, f *flow.Service, offers *promo.Service, now func() time.Time) *Service {
	return &Service{d, f, offers, now}
}

// system is who pays, and who takes what the public page sends.
var system = auth.System("referral")

// Terms returns the terms in force, or the default ones as a draft. It needs
// referrals.read.
func (s *Service) Terms(ctx context.Context, a auth.Actor, programme id.ID) (Terms, error) {
	if err := a.Can(programme, auth.ReferralsRead); err != nil {
		return Terms{}, err
	}
	return LoadTerms(ctx, s.d.Reader(), programme)
}

// SaveTerms writes what holds for friends who come from now on, and whether
// members may invite at all. Terms that were on are turned off, not made a
// draft again. It needs referrals.write.
func (s *Service) SaveTerms(ctx context.Context, a auth.Actor, programme id.ID, state TermsState, spec Spec) (Terms, error) {
	if err := a.Can(programme, auth.ReferralsWrite); err != nil {
		return Terms{}, err
	}
	if err := s.checkSpec(ctx, programme, &spec); err != nil {
		return Terms{}, err
	}
	var t Terms
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		last, err := LoadTerms(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := last.State.become(state); err != nil {
			return err
		}
		number, err := lastNumber(ctx, tx, programme)
		if err != nil {
			return err
		}
		spec.Influencer = nil
		t = Terms{ProgrammeID: programme, Number: number + 1, State: state, Made: db.Time(db.Micros(s.now())), Spec: spec}
		if err := insertTerms(ctx, tx, t); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "referral.terms", Subject: programme.In(id.Programme), Detail: map[string]any{"number": t.Number, "state": string(state)},
		})
	})
	return t, err
}

func (s TermsState) become(next TermsState) error {
	if !slices.Contains([]TermsState{Draft, On, Off}, next) {
		return fault.Invalid("referral_terms_state", "the terms are a draft, on or off").At("/state")
	}
	if next == Draft && s != Draft {
		return fault.Conflict("referral_terms_began", "the terms have been on; turn them off instead").At("/state")
	}
	return nil
}

// checkSpec refuses terms that cannot be kept.
func (s *Service) checkSpec(ctx context.Context, programme id.ID, spec *Spec) error {
	if err := spec.Check(); err != nil {
		return err
	}
	for _, side := range []struct {
		at   string
		gift Gift
	}{{"/inviter", spec.Inviter}, {"/friend", spec.Friend}} {
		if side.gift.WalletID != 0 {
			if _, err := ledger.LoadWallet(ctx, s.d.Reader(), programme, side.gift.WalletID); err != nil {
				return fault.At(side.at+"/wallet", err)
			}
		}
		if side.gift.BatchID == 0 {
			continue
		}
		b, err := s.offers.Batch(ctx, system, programme, side.gift.BatchID)
		if err != nil {
			return fault.At(side.at+"/batch", err)
		}
		if b.Kind != promo.PersonalCodes || !b.Cancelled.IsZero() {
			return fault.Invalid("referral_batch", "choose a batch of personal codes that is not cancelled").At(side.at + "/batch")
		}
	}
	return nil
}

// List returns a page of referrals, the latest first. It needs referrals.read.
func (s *Service) List(ctx context.Context, a auth.Actor, what Query) ([]*Referral, error) {
	if err := a.Can(what.ProgrammeID, auth.ReferralsRead); err != nil {
		return nil, err
	}
	return listReferrals(ctx, s.d.Reader(), what)
}

// Get returns one referral. It needs referrals.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, referral id.ID) (*Referral, error) {
	if err := a.Can(programme, auth.ReferralsRead); err != nil {
		return nil, err
	}
	return loadReferral(ctx, s.d.Reader(), programme, referral)
}
