package lesson

import (
	"context"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// works returns what refuses somebody who is not of the staff of a programme, or
// no longer ("unknown_staff").
func works(programme, staff id.ID) func(context.Context, db.Queryer) error {
	return func(ctx context.Context, q db.Queryer) error {
		people, err := workers(ctx, q, programme)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(people, func(w *worker) bool { return w.id == staff }) {
			who := staff.In(id.Staff)
			return fault.Missing("unknown_staff", "there is nobody %s on the staff", who).With("staff", who)
		}
		return nil
	}
}

// OpenFor returns a lesson as Open does, for a system where somebody of the staff
// learns. It needs lessons.read.
func (s *Service) OpenFor(ctx context.Context, a auth.Actor, programme, staff, which id.ID) (*Quiz, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	return s.open(ctx, programme, which, staff, works(programme, staff))
}

// TakeFor marks and keeps answers as Take does, which somebody of the staff gave
// elsewhere; the audit trail says who sent them. It needs lessons.write.
func (s *Service) TakeFor(ctx context.Context, a auth.Actor, programme, staff, which id.ID, version int64, answers map[string][]string) (*Attempt, error) {
	if err := a.Can(programme, auth.LessonsWrite); err != nil {
		return nil, err
	}
	return s.mark(ctx, a, &Attempt{ProgrammeID: programme, LessonID: which, StaffID: staff, Version: version}, answers, works(programme, staff))
}

// Attempts returns how often somebody of the staff tried a lesson, the latest
// first. It needs lessons.read.
func (s *Service) Attempts(ctx context.Context, a auth.Actor, programme, staff, which id.ID) ([]*Attempt, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, a, programme, which); err != nil {
		return nil, err
	}
	return attemptsOf(ctx, s.DB.Reader(), programme, which, staff)
}

// StandingsOf returns how one of the staff stands, as Mine shows it to them. It
// needs lessons.read.
func (s *Service) StandingsOf(ctx context.Context, a auth.Actor, programme, staff id.ID) ([]Standing, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	return s.standings(ctx, programme, func(w *worker) bool { return w.id == staff })
}
