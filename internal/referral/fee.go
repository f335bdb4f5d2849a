package referral

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sheet"
)

// Payment is what an influencer was paid by hand, in minor units.
type Payment struct {
	ID, InfluencerID id.ID
	At               time.Time
	Amount           int64
	Note             string
	By               string
}

const maxNote = 300

// PayFee notes that an influencer was paid some of what is owed; paying itself is
// the shop's. It needs referrals.write.
func (s *Service) PayFee(ctx context.Context, a auth.Actor, programme, influencer id.ID, amount int64, note string) (Payment, error) {
	var p Payment
	if err := a.Can(programme, auth.ReferralsWrite); err != nil {
		return p, err
	}
	note = strings.TrimSpace(note)
	switch {
	case amount <= 0 || amount > money.MaxMinor:
		return p, fault.Invalid("influencer_amount", "the sum that was paid is above 0").At("/amount")
	case !line(note, maxNote):
		return p, fault.Invalid("influencer_note", "the note takes one line of at most %d letters", maxNote).At("/note").With("most", maxNote)
	}
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		r, err := resultsOf(ctx, tx, programme, influencer)
		if err != nil {
			return err
		}
		if amount > r.Owed() {
			return fault.Invalid("influencer_overpaid", "not more is owed than %d minor units", r.Owed()).At("/amount").With("owed", r.Owed())
		}
		p = Payment{ID: tx.IDs().New(), InfluencerID: r.InfluencerID, At: db.Time(db.Micros(s.now())), Amount: amount, Note: note, By: a.String()}
		if err := tx.Insert(ctx, paymentTable, [][]any{{p.ID, programme, p.InfluencerID, db.Micros(p.At), p.Amount, p.Note, p.By}}); err != nil {
			return fmt.Errorf("noting what an influencer was paid: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "referral.influencer_pay", Subject: r.Shown(), Detail: map[string]any{"amount": amount},
		})
	})
	return p, err
}

// Due is a line of an influencer's statement: a fee that came to be owed, or what
// was paid.
type Due struct {
	At time.Time
	// ReferralID and SaleID are those of a fee; a payment has neither.
	ReferralID, SaleID id.ID
	// Amount is above zero for a fee, below it for a payment, Balance what is owed
	// after it, both in minor units.
	Amount, Balance int64
	Note            string
}

// FeeStatement returns all that an influencer was ever owed for and paid, in
// order. It needs referrals.read.
func (s *Service) FeeStatement(ctx context.Context, a auth.Actor, programme, influencer id.ID) ([]Due, error) {
	if err := a.Can(programme, auth.ReferralsRead); err != nil {
		return nil, err
	}
	var list []Due
	err := s.d.View(ctx, func(q db.Queryer) error {
		sum, err := reckon(ctx, q, programme)
		if err != nil {
			return err
		}
		of, err := sum.who(ctx, q, influencer)
		if err != nil {
			return err
		}
		if err := EachReferral(ctx, q, programme, func(r *Referral) error {
			terms := sum.by[r.Terms]
			if fee := terms.fee(); fee > 0 && sum.of(r.Terms) == of && r.State == Paid && r.InviterOutcome == OutcomePaid {
				list = append(list, Due{At: r.Closed, ReferralID: r.ID, SaleID: r.SaleID, Amount: fee})
			}
			return nil
		}); err != nil {
			return err
		}
		paid, err := payments(ctx, q, programme, of.InfluencerID)
		for _, p := range paid {
			list = append(list, Due{At: p.At, Amount: -p.Amount, Note: p.Note})
		}
		return err
	})
	slices.SortStableFunc(list, func(a, b Due) int { return a.At.Compare(b.At) })
	balance := int64(0)
	for i := range list {
		balance += list[i].Amount
		list[i].Balance = balance
	}
	return list, err
}

// FeesCSV writes a statement for programs: sums as decimals with a point, times
// in UTC.
func FeesCSV(list []Due, currency money.Currency, to io.Writer) error {
	out := sheet.NewWriter(to)
	out.Row("at", "what", "referral", "purchase", "amount", "balance", "note")
	for _, d := range list {
		row := []string{d.At.UTC().Format(time.RFC3339), "payment", "", "", money.Plain(d.Amount, currency.Decimals()), money.Plain(d.Balance, currency.Decimals()), d.Note}
		if d.ReferralID != 0 {
			row[1], row[2], row[3] = "fee", d.ReferralID.In(id.Referral), d.SaleID.In(id.Sale)
		}
		out.Row(row...)
	}
	return out.Flush()
}

// resultsOf returns what one influencer came to.
func resultsOf(ctx context.Context, q db.Queryer, programme, influencer id.ID) (*InfluencerResults, error) {
	sum, err := reckon(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	return sum.who(ctx, q, influencer)
}

// who finds an influencer by the id of any profile of theirs.
func (s *reach) who(ctx context.Context, q db.Queryer, influencer id.ID) (*InfluencerResults, error) {
	p, err := meet(ctx, q, s.programme, influencer)
	if err != nil {
		return nil, err
	}
	for _, m := range append([]id.ID{influencer}, p.aliases...) {
		if r := s.found[m]; r != nil {
			return r, nil
		}
	}
	return nil, fault.Missing("unknown_influencer", "this is no influencer of the programme")
}

// paid adds what was paid to each.
func (s *reach) paid(ctx context.Context, q db.Queryer) error {
	list, err := payments(ctx, q, s.programme, 0)
	for _, p := range list {
		if of := s.found[p.InfluencerID]; of != nil {
			of.Paid += p.Amount
		}
	}
	return err
}

var paymentTable = db.NewTable("influencer_payment", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "influencer_id", Kind: db.Int},
	db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "note", Kind: db.Text},
	db.Column{Name: "done_by", Kind: db.Text})

// payments reads those of an influencer, or of all for 0, in their order.
func payments(ctx context.Context, q db.Queryer, programme, influencer id.ID) ([]Payment, error) {
	rows, err := q.Query(ctx, `SELECT id, influencer_id, at, amount, note, done_by FROM influencer_payment
		WHERE programme_id = $1 AND (influencer_id = $2 OR $2 = 0) ORDER BY id`, programme, influencer)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Payment, error) {
		var p Payment
		var at int64
		err := r.Scan(&p.ID, &p.InfluencerID, &at, &p.Amount, &p.Note, &p.By)
		p.At = db.Time(at)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what influencers were paid: %w", err)
	}
	return list, nil
}
