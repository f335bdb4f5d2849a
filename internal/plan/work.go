package plan

import (
	"context"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// The kinds of job that this room leaves: a charge to be told to the provider,
// and points to be given.
const (
	RequestJob = "plan.request"
	AwardJob   = "plan.award"
)

// requestWork names the charge.
type requestWork struct {
	ProgrammeID id.ID `json:"programme"`
	ChargeID    id.ID `json:"charge"`
}

// awardWork is one gift of points.
type awardWork struct {
	ProgrammeID id.ID     `json:"programme"`
	MemberID    id.ID     `json:"member"`
	WalletID    id.ID     `json:"wallet"`
	Points      int64     `json:"points"`
	Months      int       `json:"months,omitempty"`
	Name        string    `json:"name"`
	For         string    `json:"for"`
	Reason      i18n.Text `json:"reason"`
}

// save writes what has changed in a book and leaves the work that follows.
func (b *book) save(ctx context.Context, tx *db.Tx) error {
	charges, periods := b.changed()
	var work []jobs.New
	fresh := 0
	for _, c := range charges {
		if c.Invoice == 0 {
			fresh++
		}
	}
	if fresh > 0 {
		next, err := invoiceNumbers(ctx, tx, b.sub.ProgrammeID, fresh)
		if err != nil {
			return err
		}
		for _, c := range charges {
			if c.Invoice == 0 {
				c.Invoice = next
				next++
			}
		}
	}
	for _, c := range charges {
		if j, told := c.request(); told {
			work = append(work, j)
		}
	}
	if err := upsertSubscription(ctx, tx, b.sub, b.nextDue()); err != nil {
		return err
	}
	if err := upsertPeriods(ctx, tx, periods); err != nil {
		return err
	}
	if err := upsertCharges(ctx, tx, charges); err != nil {
		return err
	}
	return jobs.Add(ctx, tx, b.now, append(work, b.work()...)...)
}

// request notes an invoice as asked for, and leaves for the provider what it is
// to be told.
func (c *Charge) request() (jobs.New, bool) {
	if c.State == Due && c.Method == ByInvoice {
		c.State = Requested
	}
	return jobs.New{Kind: RequestJob, Unique: c.ID.In(id.Charge) + ":" + string(c.State), Payload: requestWork{c.ProgrammeID, c.ID}},
		c.Method == ByWebhook && (c.State == Due || c.State == RefundDue)
}

// work is what is left to the rooms that write to members and give points.
func (b *book) work() []jobs.New {
	var list []jobs.New
	s := b.sub
	for _, w := range b.wants {
		list = append(list, jobs.New{Kind: flow.ContactWanted, Unique: w.name, Payload: flow.Contact{
			ProgrammeID: s.ProgrammeID, MemberID: s.MemberID, Class: flow.ServiceContact, Message: w.message, Args: w.args, Figures: w.figures, Name: w.name,
		}})
	}
	for _, g := range b.gifts {
		name := "plan:" + g.name
		list = append(list, jobs.New{Kind: AwardJob, Unique: name, Payload: awardWork{
			ProgrammeID: s.ProgrammeID, MemberID: s.MemberID, WalletID: g.spec.WalletID, Points: g.points, Months: g.spec.PointsMonths, Name: name,
			For: s.ID.In(id.Subscription), Reason: i18n.Text{Key: g.reason, Args: map[string]any{"plan": named(g.spec.Name(b.language))}},
		}})
	}
	return list
}

// Award gives the points of a job. Who cannot be given any, as the erased, gets
// none.
func (s *Service) Award(ctx context.Context, j *jobs.Job) error {
	var w awardWork
	if err := j.Read(&w); err != nil {
		return err
	}
	_, err := s.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: w.ProgrammeID, Source: "regulars", ExternalID: w.Name, Kind: journal.Award, Who: flow.Who{MemberID: w.MemberID}, Actor: auth.System("plans"),
		Payload: flow.Payload{Award: &flow.Award{WalletID: w.WalletID, Points: w.Points, ExpiresMonths: w.Months, For: w.For, Reason: w.Reason}},
	})
	if f := fault.As(err); f != nil && f.Kind == fault.KindRefused {
		return nil
	}
	return err
}

// Request tells the provider of the charge of a job, and keeps its reference. A
// charge that was settled or cancelled meanwhile is not told.
func (s *Service) Request(ctx context.Context, j *jobs.Job) error {
	var w requestWork
	if err := j.Read(&w); err != nil {
		return err
	}
	c, err := findCharge(ctx, s.db.Reader(), w.ProgrammeID, w.ChargeID)
	if err != nil {
		return jobs.Permanent(err)
	}
	if c.State != Due && c.State != RefundDue {
		return nil
	}
	payer, err := s.payer(ctx, w.ProgrammeID)
	if err != nil {
		return err
	}
	receipt, err := payer.Request(ctx, *c)
	if f := fault.As(err); f != nil {
		return jobs.Permanent(err)
	} else if err != nil {
		return err
	}
	return s.noteRequest(ctx, c, receipt)
}

// payer is how the programme asks for money now.
func (s *Service) payer(ctx context.Context, programme id.ID) (Payer, error) {
	settings, err := loadSettings(ctx, s.db.Reader(), programme)
	if err != nil || settings.Method == ByInvoice {
		return invoices{}, err
	}
	p, err := program.Load(ctx, s.db.Reader(), programme)
	return provider{s.client, s.now, settings, p.Currency}, err
}

// noteRequest keeps that a charge was told, unless it changed meanwhile.
func (s *Service) noteRequest(ctx context.Context, c *Charge, r Receipt) error {
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := member.Load(ctx, tx, []id.ID{c.MemberID}, true); err != nil { // its lock keeps the charge still
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE charge SET state = 'requested' WHERE member_id = $1 AND id = $2 AND state = 'due'`, c.MemberID, c.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE charge SET reference = $3 WHERE member_id = $1 AND id = $2 AND reference = ''`, c.MemberID, c.ID, r.Reference)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that a charge was asked for: %w", err)
	}
	return nil
}
