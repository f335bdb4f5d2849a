package partner

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Statements returns the statements of a partner, the latest month first:
// closed ones, and drafts of the months in which there is something to settle.
// They come without lines. It needs partners.read.
func (s *Service) Statements(ctx context.Context, a auth.Actor, programme, partner id.ID) ([]Statement, error) {
	p, err := s.Get(ctx, a, programme, partner)
	if err != nil {
		return nil, err
	}
	var list []Statement
	err = s.d.View(ctx, func(q db.Queryer) (err error) {
		if list, err = selectStatements(ctx, q, `partner_id = $1`, partner); err != nil {
			return err
		}
		months, err := openMonths(ctx, q, partner)
		if err != nil {
			return err
		}
		for _, m := range months {
			if slices.ContainsFunc(list, func(one Statement) bool { return one.Month == m }) {
				continue
			}
			d, err := draft(ctx, q, &p, m)
			if err != nil {
				return err
			}
			d.Lines = nil
			list = append(list, d)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b Statement) int { return cmp.Compare(b.Month, a.Month) })
	return list, err
}

// Statement returns the statement of a month with its lines: the closed one, or
// the draft as it stands. A closed one never changes. It needs partners.read.
func (s *Service) Statement(ctx context.Context, a auth.Actor, programme, partner id.ID, m Month) (Statement, error) {
	p, err := s.Get(ctx, a, programme, partner)
	if err != nil {
		return Statement{}, err
	}
	var found Statement
	err = s.d.View(ctx, func(q db.Queryer) (err error) {
		if found, err = statement(ctx, q, &p, m); err != nil {
			return err
		}
		return found.name(ctx, q)
	})
	return found, err
}

func statement(ctx context.Context, q db.Queryer, p *Partner, m Month) (Statement, error) {
	closed, err := selectStatements(ctx, q, `partner_id = $1 AND month = $2`, p.ID, int64(m))
	if err != nil {
		return Statement{}, err
	}
	if len(closed) == 0 {
		return draft(ctx, q, p, m)
	}
	return closed[0], withLines(ctx, q, &closed[0])
}

func draft(ctx context.Context, q db.Queryer, p *Partner, m Month) (Statement, error) {
	d := Statement{ProgrammeID: p.ProgrammeID, PartnerID: p.ID, Month: m, Name: p.Name, Contact: p.Contact}
	var err error
	if d.Lines, err = linesOf(ctx, q, p.ID, m); err != nil {
		return d, err
	}
	return d, d.reckon(p)
}

// Close closes the statement of a month that is over, for good: it gets its
// number and never changes. Closing it again does nothing and returns it as it
// was closed. Whatever belongs to the month and comes later is settled with the
// first month that is open. It needs partners.settle.
func (s *Service) Close(ctx context.Context, a auth.Actor, programme, partner id.ID, m Month) (Statement, error) {
	if err := may(a, programme, partner, auth.PartnersSettle); err != nil {
		return Statement{}, err
	}
	if err := s.closable(ctx, programme, partner, m); err != nil {
		return Statement{}, err
	}
	// What the reader has not come to yet belongs in, if it is there.
	if err := s.Collect(ctx, programme); err != nil {
		return Statement{}, err
	}
	var closed Statement
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		// One number after the other.
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		if err := lock(ctx, tx, partner); err != nil {
			return err
		}
		p, err := Load(ctx, tx, programme, partner)
		if err != nil {
			return err
		}
		if closed, err = statement(ctx, tx, &p, m); err != nil || closed.Number != 0 {
			return err
		}
		return s.close(ctx, tx, a, &closed)
	})
	return closed, err
}

// closable refuses a month that is not over, or lies before the partnership's
// first line.
func (s *Service) closable(ctx context.Context, programme, partner id.ID, m Month) error {
	if _, err := Load(ctx, s.d.Reader(), programme, partner); err != nil {
		return err
	}
	p, err := program.Load(ctx, s.d.Reader(), programme)
	if err != nil {
		return err
	}
	if s.now().Before(m.End(p.Zone)) {
		return fault.Refused("month_open", "the month %s is not over; close it then", m).At("/month").With("month", m.String())
	}
	return nil
}

func (s *Service) close(ctx context.Context, tx *db.Tx, a auth.Actor, closed *Statement) error {
	number, previous, err := lastNumber(ctx, tx, closed.ProgrammeID)
	if err != nil {
		return err
	}
	closed.ID, closed.Number, closed.Previous = tx.IDs().New(), number+1, previous
	closed.Closed, closed.By = s.moment(), a.String()
	if closed.Hash, err = closed.seal(); err != nil {
		return err
	}
	if err := insertStatement(ctx, tx, closed); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: closed.ProgrammeID, Action: "partner.close", Subject: closed.PartnerID.In(id.Partner),
		Detail: map[string]any{"statement": closed.ID.In(id.PartnerStatement), "month": closed.Month.String(), "number": closed.Number, "total": closed.Total},
	})
}

// Prepare readies the drafts of programmes in which a month has begun today:
// what readers have missed is noted. It is to be called some times a day.
func (s *Service) Prepare(ctx context.Context) error {
	list, err := program.List(ctx, s.d.Reader())
	if err != nil {
		return err
	}
	for _, p := range list {
		if s.now().In(p.Zone).Day() != 1 {
			continue
		}
		if err := s.Collect(ctx, p.ID); err != nil {
			return fmt.Errorf("preparing the statements of %s: %w", p.Slug, err)
		}
	}
	return nil
}
