package complaint

import (
	"context"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/promo"
)

// source is the name under which the journal knows what we give.
const source = "regulars"

// Name names a compensation in the journal, among gift cards and codes.
func (r *Remedied) Name() string { return "complaint:" + r.ID.In(id.CaseRemedy) }

// Pay gives what was approved. A repetition gives nothing: points go by the
// event's name, a gift card by its order's, a code by its occasion.
func (s *Service) Pay(ctx context.Context, j *jobs.Job) error {
	var what payment
	if err := j.Read(&what); err != nil {
		return err
	}
	list, err := selectRemedies(ctx, s.DB.Reader(), `r.programme_id = $1 AND r.case_id = $2 AND r.id = $3`, what.ProgrammeID, what.CaseID, what.RemedyID)
	if err != nil || len(list) == 0 {
		return err
	}
	return s.pay(ctx, list[0])
}

// settle gives at once what is approved; when that fails the job does it.
func (s *Service) settle(ctx context.Context, r *Remedied) (*Remedied, error) {
	if r.State != RemedyApproved {
		return r, nil
	}
	if err := s.pay(ctx, r); err != nil {
		list, err := selectRemedies(ctx, s.DB.Reader(), `r.programme_id = $1 AND r.case_id = $2 AND r.id = $3`, r.ProgrammeID, r.CaseID, r.ID)
		if err != nil || len(list) == 0 {
			return r, err
		}
		return list[0], nil
	}
	return r, nil
}

func (s *Service) pay(ctx context.Context, r *Remedied) error {
	if r.State != RemedyApproved {
		return nil
	}
	var err error
	switch r.Kind {
	case Points:
		r.EventID, err = s.payPoints(ctx, r)
	case GiftCard:
		r.GiftBatchID, err = s.payCard(ctx, r)
	case Code:
		r.CodeID, err = s.payCode(ctx, r)
	}
	r.State = RemedyPaid
	if f := fault.As(err); f != nil && (f.Kind == fault.KindRefused || f.Kind == fault.KindMissing || f.Kind == fault.KindInvalid || f.Code == "batch_not_open") {
		r.State, r.Why, err = RemedyFailed, f.Code, nil
	}
	if err != nil {
		r.State = RemedyApproved
		return err
	}
	r.Paid = s.clock()
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE complaint_remedy SET state = $1, why = $2, paid = $3, event_id = $4, code_id = $5, batch_id = $6
			WHERE programme_id = $7 AND case_id = $8 AND id = $9 AND state = $10`,
			string(r.State), r.Why, db.Micros(r.Paid), r.EventID, r.CodeID, r.GiftBatchID, r.ProgrammeID, r.CaseID, r.ID, string(RemedyApproved))
		if err != nil {
			return fmt.Errorf("writing a compensation: %w", err)
		}
		if n == 0 {
			return nil // paid by the job meanwhile
		}
		return auth.Record(ctx, tx, ourselves, auth.Entry{ProgrammeID: r.ProgrammeID, Action: "case.pay", Subject: r.CaseID.In(id.Case), Detail: map[string]any{
			"compensation": r.ID.In(id.CaseRemedy), "kind": string(r.Kind), "amount": r.Amount, "points": r.Points, "compensation_state": string(r.State), "why": r.Why,
		}})
	})
}

func (s *Service) payPoints(ctx context.Context, r *Remedied) (id.ID, error) {
	answer, err := s.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: r.ProgrammeID, Source: source, ExternalID: r.Name(), Kind: journal.Award, Occurred: r.Decided, Who: flow.Who{MemberID: r.MemberID}, Actor: ourselves,
		Payload: flow.Payload{Award: &flow.Award{
			WalletID: r.WalletID, Points: r.Points, For: r.CaseID.In(id.Case), By: r.AskedBy, Reason: i18n.Text{Key: "complaint.award"},
		}},
	})
	return answer.EventID, err
}

func (s *Service) payCard(ctx context.Context, r *Remedied) (id.ID, error) {
	set, _, err := s.Settings(ctx, ourselves, r.ProgrammeID)
	if err != nil {
		return 0, err
	}
	b, err := s.GiftCards.Issue(ctx, ourselves, r.ProgrammeID, giftcard.Order{
		Key: r.Name(), Value: r.Amount, Given: true, Months: set.GiftMonths, Recipients: []giftcard.Recipient{{MemberID: r.MemberID, Label: r.CaseID.In(id.Case)}},
	})
	if f := fault.As(err); f != nil && f.Code == "card_order_reused" {
		return 0, fmt.Errorf("giving a gift card: the order of %s was made with other months: %w", r.Name(), err)
	}
	return b.ID, err
}

func (s *Service) payCode(ctx context.Context, r *Remedied) (id.ID, error) {
	ask := promo.PersonalAsk{MemberID: r.MemberID, Occasion: r.Name()}
	var code id.ID
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		codes, err := promo.IssueCodes(ctx, tx, r.ProgrammeID, r.GiftBatchID, s.clock(), []promo.PersonalAsk{ask})
		if err != nil {
			return err
		}
		code = codes[ask].ID
		return nil
	})
	return code, err
}

// Tell puts what happened to a case on its member's timeline.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var what telling
	if err := j.Read(&what); err != nil {
		return err
	}
	list, err := selectCases(ctx, s.DB.Reader(), `c.programme_id = $1 AND c.id = $2`, what.ProgrammeID, what.CaseID)
	if err != nil || len(list) == 0 || list[0].MemberID == 0 {
		return err
	}
	c := list[0]
	at := c.Opened
	if event := journal.Kind(journal.Custom + what.What); (event == EventSolved || event == EventAmends) && !c.Solved.IsZero() {
		at = c.Solved
	}
	_, err = s.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: c.ProgrammeID, Source: source, ExternalID: fmt.Sprintf("complaint:%s:%s:%d", c.ID.In(id.Case), what.What, what.No),
		Kind: journal.Kind(journal.Custom + what.What), Occurred: at, Who: flow.Who{MemberID: c.MemberID}, Actor: ourselves,
		Payload: flow.Payload{Attributes: map[string]string{"case": c.ID.In(id.Case), "reason": c.Reason}},
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}
