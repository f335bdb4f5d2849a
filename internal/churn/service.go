package churn

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/survey"
)

// ReckonJob is the kind of job that looks at every member of a programme.
const ReckonJob = "churn.reckon"

// Config is what a service needs.
type Config struct {
	DB      *db.DB
	Surveys *survey.Service
	Now     func() time.Time
}

// Service is what can be done about silent customers.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// reckoning is the payload of a ReckonJob.
type reckoning struct {
	ProgrammeID id.ID `json:"programme"`
	// Learn has it learn anew how customers buy.
	Learn bool `json:"learn,omitempty"`
}

func job(r reckoning) jobs.New {
	return jobs.New{Kind: ReckonJob, Unique: r.ProgrammeID.In(id.Programme), Payload: r}
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, programme id.ID) error {
	return jobs.Add(ctx, tx, s.Now(), job(reckoning{ProgrammeID: programme}))
}

// Nightly has every programme looked at. It is meant to run once a day, once for
// all processes.
func (s *Service) Nightly(ctx context.Context) error {
	all, err := program.List(ctx, s.DB.Reader())
	if err != nil {
		return err
	}
	var list []jobs.New
	for _, p := range all {
		list = append(list, job(reckoning{ProgrammeID: p.ID}))
	}
	return s.DB.InTx(ctx, func(tx *db.Tx) error { return jobs.Add(ctx, tx, s.Now(), list...) })
}

// Ask has everybody of a programme looked at now, and how they buy learnt anew.
// Asking again while that waits is asking once. It needs churn.read and
// churn.write.
func (s *Service) Ask(ctx context.Context, a auth.Actor, programme id.ID) error {
	if err := a.Can(programme, auth.ChurnRead, auth.ChurnWrite); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := jobs.Add(ctx, tx, s.Now(), job(reckoning{programme, true})); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "churn.asked", Subject: programme.In(id.Programme)})
	})
}

// Reckon does a ReckonJob.
func (s *Service) Reckon(ctx context.Context, j *jobs.Job) error {
	var r reckoning
	if err := j.Read(&r); err != nil {
		return err
	}
	err := s.reckon(ctx, r, func(done, total int64) error { return j.Progress(ctx, done, total, "") })
	if fault.KindOf(err) == fault.KindMissing {
		return jobs.Permanent(err)
	}
	return err
}
