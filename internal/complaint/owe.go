package complaint

import (
	"context"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// OweJob is the kind of job that opens a case for what a member is owed.
const OweJob = "complaint.owe"

// Debt is what a member is owed though they have not complained.
type Debt struct {
	ProgrammeID id.ID `json:"programme"`
	MemberID    id.ID `json:"member"`
	ShopID      id.ID `json:"shop"`
	// Name is its own: told again, it is one case.
	Name string `json:"name"`
	// Reasons are those that fit, the best first; where the programme has none of
	// them it is the last of its reasons.
	Reasons   []string `json:"reasons"`
	Reference string   `json:"reference"`
	// Price is that of what went wrong, in minor units; 0 where nobody knows.
	Price int64 `json:"price"`
}

// OweLater leaves the job that opens a case for a debt.
func (s *Service) OweLater(ctx context.Context, tx *db.Tx, d Debt) error {
	return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: OweJob, Unique: d.Name, Payload: d})
}

// Owe does a job OweJob: it opens a case, and asks for the compensation that the
// table names. Somebody who may approve it decides: what is told later may show
// that nothing is owed. Where the table names none, or it cannot be given, the
// case is opened all the same.
func (s *Service) Owe(ctx context.Context, j *jobs.Job) error {
	var n Debt
	if err := j.Read(&n); err != nil {
		return err
	}
	err := s.owe(ctx, n)
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

func (s *Service) owe(ctx context.Context, n Debt) error {
	set, _, err := s.Settings(ctx, ourselves, n.ProgrammeID)
	if err != nil {
		return err
	}
	reason := Other
	if i := slices.IndexFunc(n.Reasons, func(code string) bool { _, known := set.ReasonOf(code); return known }); i >= 0 {
		reason = n.Reasons[i]
	}
	of, err := saleNamed(ctx, s.DB.Reader(), n.MemberID, n.Reference)
	if err != nil {
		return err
	}
	if of != nil && n.Price > of.Total {
		of = nil // the price was of something else
	}
	var about id.ID
	if of != nil {
		about = of.ID
	}
	opened, err := s.Begin(ctx, ourselves, n.ProgrammeID, Ask{
		Name: n.Name, Kind: Complaint, Reason: reason, Wanted: JustTelling, MemberID: n.MemberID, ShopID: n.ShopID, SaleID: about, Reference: n.Reference, Source: FromPromise, Price: n.Price,
	})
	if err != nil {
		return fmt.Errorf("opening a case for what is owed: %w", err)
	}
	given, err := remediesOf(ctx, s.DB.Reader(), n.ProgrammeID, opened.ID)
	if err != nil || len(given) > 0 {
		return err
	}
	best := set.Suggest(opened.Case, nil)
	if best.Amount == 0 {
		return nil
	}
	_, err = s.change(ctx, ourselves, n.ProgrammeID, opened.ID, "case.compensate", func(d *desk) error {
		_, err := s.ask(ctx, d, ourselves, RemedyAsk{Name: n.Name, Kind: best.Kind, Amount: best.Amount, waits: true})
		return err
	}, auth.CasesRead, auth.CasesCompensate)
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return nil // no wallet, no codes: people see the case and choose
	}
	return err
}

// latestSales is among how many of a member's sales an order is looked for.
const latestSales = 100

// saleNamed returns the latest of a member's sales that goes by a reference; nil
// where there is none.
func saleNamed(ctx context.Context, q db.Queryer, who id.ID, reference string) (*sale.Sale, error) {
	if reference == "" {
		return nil, nil
	}
	all, err := member.Aliases(ctx, q, who)
	if err != nil {
		return nil, err
	}
	list, err := sale.List(ctx, q, all, sale.Cursor{}, latestSales)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(one *sale.Sale) bool { return one.Reference == reference }); i >= 0 {
		return list[i], nil
	}
	return nil, nil
}
