package standard

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Service is what can be done with standards and visits.
type Service struct {
	d   *db.DB
	now func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d, now} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.now())) }

// FirstLang is the language in which the words of a programme must be there.
func FirstLang(p *program.Programme) string {
	if len(p.Languages) == 0 {
		return "en"
	}
	return p.Languages[0]
}

// write runs a verb in a transaction with its audit row, after the permission was
// asked for.
func (s *Service) write(ctx context.Context, a auth.Actor, programme id.ID, needs auth.Permission, fn func(tx *db.Tx, p *program.Programme) (auth.Entry, error)) error {
	if err := a.Can(programme, needs); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		e, err := fn(tx, &p)
		if err != nil {
			return err
		}
		e.ProgrammeID = programme
		return auth.Record(ctx, tx, a, e)
	})
}

// changed is the fault of a form that shows what somebody has changed since.
func changed() *fault.Error {
	return fault.Conflict("standard_changed", "somebody changed this meanwhile; look at it again")
}
