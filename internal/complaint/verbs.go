package complaint

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// reopenDays is how long after it was solved a customer may say that it is not.
const reopenDays = 30

// Assign gives a case an owner, who may not be whom it concerns. It needs
// cases.read and cases.write.
func (s *Service) Assign(ctx context.Context, a auth.Actor, programme, n, owner id.ID) (*Case, error) {
	return s.change(ctx, a, programme, n, "case.assign", func(d *desk) error {
		if owner != 0 {
			if err := staffKnown(ctx, d.tx, owner, "/owner"); err != nil {
				return err
			}
			if owner == d.SubjectID {
				return fault.Invalid("case_owner", "the case concerns this person; give it to somebody else").At("/owner")
			}
			d.detail["owner"] = owner.In(id.Staff)
		}
		d.OwnerID = owner
		return nil
	}, auth.CasesRead, auth.CasesWrite)
}

// Judgement is what we think of a case; empty fields stay as they are.
type Judgement struct {
	Reason    string
	Cause     string
	Severity  Severity
	SubjectID id.ID
	Price     int64
}

// Judge says what a case is about. Another severity moves what is due. It needs
// cases.read and cases.write.
func (s *Service) Judge(ctx context.Context, a auth.Actor, programme, n id.ID, j Judgement) (*Case, error) {
	return s.change(ctx, a, programme, n, "case.judge", func(d *desk) error { return d.judge(ctx, j) }, auth.CasesRead, auth.CasesWrite)
}

func (d *desk) judge(ctx context.Context, j Judgement) error {
	var wrong []error
	if _, known := d.settings.ReasonOf(j.Reason); j.Reason != "" && !known {
		wrong = append(wrong, fault.Invalid("case_reason", "the programme has no such reason").At("/reason"))
	}
	if j.Cause != "" && !slices.ContainsFunc(d.settings.Causes, func(c Cause) bool { return c.Code == j.Cause }) {
		wrong = append(wrong, fault.Invalid("case_cause", "the programme has no such cause").At("/cause"))
	}
	if j.Severity != "" && !slices.Contains(Severities(), j.Severity) {
		wrong = append(wrong, fault.Invalid("case_choice", "this is none of the choices").At("/severity"))
	}
	if j.Price < 0 || j.Price > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("case_choice", "this is none of the choices").At("/price"))
	}
	if j.Price != 0 && d.SaleID != 0 && j.Price > d.Price {
		wrong = append(wrong, fault.Invalid("case_price", "what went wrong cannot have cost more than the sale").At("/price"))
	}
	if j.SubjectID != 0 {
		wrong = append(wrong, staffKnown(ctx, d.tx, j.SubjectID, "/subject"))
	}
	if err := fault.Gather(wrong...); err != nil {
		return err
	}
	if j.SubjectID != 0 {
		d.SubjectID = j.SubjectID
		if d.OwnerID == j.SubjectID {
			d.OwnerID = 0
		}
	}
	set(&d.Reason, j.Reason)
	set(&d.Cause, j.Cause)
	set(&d.Price, j.Price)
	if j.Severity != "" && j.Severity != d.Severity && d.Kind == Complaint {
		d.Severity = j.Severity
		if d.FirstAnswered.IsZero() && d.now.Before(d.FirstDue) { // else it was answered in time or not, whatever is said of it now
			d.FirstDue = d.clock.After(d.Opened, d.settings.Targets[d.Severity].first())
		}
		d.Due = time.Time{}
		d.reckon(d.clock, &d.settings)
	}
	d.detail["reason"], d.detail["cause"], d.detail["severity"] = d.Reason, d.Cause, string(d.Severity)
	return nil
}

func set[T comparable](to *T, v T) {
	var zero T
	if v != zero {
		*to = v
	}
}

// Solve says that a complaint was put right; the customer may disagree for 30
// days. It needs cases.read and cases.write.
func (s *Service) Solve(ctx context.Context, a auth.Actor, programme, n id.ID) (*Case, error) {
	return s.change(ctx, a, programme, n, "case.solve", func(d *desk) error {
		if d.Kind == Wish {
			return fault.Conflict("case_kind", "a wish is planned, done or declined, and not solved")
		}
		if err := d.toward(Solved, Open, Reopened, Waiting); err != nil {
			return err
		}
		if d.FirstAnswered.IsZero() {
			d.FirstAnswered = d.now
		}
		if d.Kind == Praise {
			return nil
		}
		if err := d.tell(ctx, d.ends()); err != nil {
			return err
		}
		return d.write(ctx, "case_solved")
	}, auth.CasesRead, auth.CasesWrite)
}

// Close ends a case that is solved. It needs cases.read and cases.write.
func (s *Service) Close(ctx context.Context, a auth.Actor, programme, n id.ID) (*Case, error) {
	return s.change(ctx, a, programme, n, "case.close", func(d *desk) error {
		if d.Kind == Praise {
			return d.toward(Closed, Open, Reopened, Waiting, Solved)
		}
		return d.toward(Closed, Solved)
	}, auth.CasesRead, auth.CasesWrite)
}

// Reopen takes a case up again. It needs cases.read and cases.write.
func (s *Service) Reopen(ctx context.Context, a auth.Actor, programme, n id.ID) (*Case, error) {
	return s.change(ctx, a, programme, n, "case.reopen", func(d *desk) error {
		return d.toward(Reopened, Solved, Closed, Waiting)
	}, auth.CasesRead, auth.CasesWrite)
}

// Decide says what becomes of a wish: planned, done or declined; its author is
// told. It needs cases.read and cases.write.
func (s *Service) Decide(ctx context.Context, a auth.Actor, programme, n id.ID, to State) (*Case, error) {
	return s.change(ctx, a, programme, n, "case.decide", func(d *desk) error {
		if d.Kind != Wish {
			return fault.Conflict("case_kind", "only a wish is planned, done or declined")
		}
		if !slices.Contains([]State{Planned, Done, Declined}, to) || to == d.State {
			return fault.Invalid("case_choice", "this is none of the choices").At("/state")
		}
		d.turn(to, d.clock, &d.settings, d.now)
		return d.write(ctx, "wish_"+string(to))
	}, auth.CasesRead, auth.CasesWrite)
}
