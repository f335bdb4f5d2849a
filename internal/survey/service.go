package survey

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/link"
	"regulars/internal/program"
)

// Service is what can be done with surveys.
type Service struct {
	d          *db.DB
	flow       *flow.Service
	deliveries Deliveries
	consents   Consents
	now        func() time.Time
}

// New returns the service over a migrated database. Answers get onto the
// timeline through flow.
func New(d *db.DB, f *flow.Service, now func() time.Time) *Service {
	return &Service{d: d, flow: f, now: now}
}

// WithDeliveries lets standing questions follow deliveries, and returns the
// service. It is called before the first use.
func (s *Service) WithDeliveries(d Deliveries) *Service {
	s.deliveries = d
	return s
}

// WithConsents lets standing questions draw among those who may be asked, and
// returns the service. It is called before the first use.
func (s *Service) WithConsents(c Consents) *Service {
	s.consents = c
	return s
}

// system is who draws, and who takes what the public pages send.
var system = auth.System("survey")

func unknownSurvey() *fault.Error {
	return fault.Missing("unknown_survey", "there is no such survey; list them to see which there are")
}

// List returns the surveys of a programme, the latest first. It needs
// surveys.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]Survey, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return nil, err
	}
	return selectSurveys(ctx, s.d.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
}

// Get returns a survey; fault "unknown_survey". It needs surveys.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, survey id.ID) (Survey, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return Survey{}, err
	}
	return loadSurvey(ctx, s.d.Reader(), programme, survey, "")
}

// Create keeps a draft. It needs surveys.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (Survey, error) {
	n := Survey{ProgrammeID: programme, State: Draft, Spec: spec, Version: 1}
	err := s.change(ctx, a, programme, "survey.create", func(tx *db.Tx) (*Survey, error) {
		if err := s.fits(ctx, tx, programme, &spec); err != nil {
			return nil, err
		}
		n.ID, n.Made = tx.IDs().New(), db.Time(db.Micros(s.now()))
		return &n, insertSurvey(ctx, tx, &n)
	})
	return n, err
}

// fits checks a spec against the programme.
func (s *Service) fits(ctx context.Context, q db.Queryer, programme id.ID, spec *Spec) error {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return err
	}
	return spec.Check(p.Languages[0])
}

// Update rewrites a draft. It needs surveys.write.
func (s *Service) Update(ctx context.Context, a auth.Actor, programme, survey id.ID, spec Spec) (Survey, error) {
	return s.turn(ctx, a, programme, survey, "survey.change", func(tx *db.Tx, n *Survey) error {
		if n.State != Draft {
			return fault.Conflict("survey_published", "the survey was published, and its questions stay; make a new one")
		}
		n.Spec = spec
		return s.fits(ctx, tx, programme, &spec)
	})
}

// Publish lets a draft be answered, and gives it a link that anybody may use. It
// needs surveys.write.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, survey id.ID) (Survey, error) {
	return s.turn(ctx, a, programme, survey, "survey.publish", func(_ *db.Tx, n *Survey) error {
		if n.State != Draft {
			return fault.Conflict("survey_published", "the survey was published, and its questions stay; make a new one")
		}
		n.State, n.Published, n.Open = Published, db.Time(db.Micros(s.now())), randomCode(openBytes)
		return nil
	})
}

// Close ends a survey: nobody is asked any more, and no answer is taken. It
// needs surveys.write.
func (s *Service) Close(ctx context.Context, a auth.Actor, programme, survey id.ID) (Survey, error) {
	return s.turn(ctx, a, programme, survey, "survey.close", func(_ *db.Tx, n *Survey) error {
		if n.State != Published {
			return fault.Conflict("survey_not_open", "only a published survey is closed")
		}
		n.State, n.Closed = Closed, db.Time(db.Micros(s.now()))
		return nil
	})
}

// Discard throws a draft away. It needs surveys.write.
func (s *Service) Discard(ctx context.Context, a auth.Actor, programme, survey id.ID) error {
	return s.change(ctx, a, programme, "survey.discard", func(tx *db.Tx) (*Survey, error) {
		n, err := loadSurvey(ctx, tx, programme, survey, tx.ForUpdate())
		if err == nil && n.State != Draft {
			err = fault.Conflict("survey_published", "the survey was published, and its questions stay; close it instead")
		}
		if err != nil {
			return nil, err
		}
		return &n, deleteSurvey(ctx, tx, survey)
	})
}

// turn changes one survey under a lock.
func (s *Service) turn(ctx context.Context, a auth.Actor, programme, survey id.ID, action string, do func(*db.Tx, *Survey) error) (Survey, error) {
	var n Survey
	err := s.change(ctx, a, programme, action, func(tx *db.Tx) (_ *Survey, err error) {
		if n, err = loadSurvey(ctx, tx, programme, survey, tx.ForUpdate()); err != nil {
			return nil, err
		}
		if err := do(tx, &n); err != nil {
			return nil, err
		}
		n.Version++
		return &n, updateSurvey(ctx, tx, &n)
	})
	return n, err
}

// change runs a verb that needs surveys.write, with its trace.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, action string, do func(*db.Tx) (*Survey, error)) error {
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		n, err := do(tx)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: n.ID.In(id.Survey)})
	})
}

const openBytes = 10 // of the code of an open link, 80 bits

// randomCode returns so many random bytes as letters and digits that can be
// read out.
func randomCode(bytes int) string {
	raw := make([]byte, bytes)
	_, _ = rand.Read(raw) // it never fails
	return link.Letters.EncodeToString(raw)
}

// FindOpen returns the survey behind an open link, whatever its state; fault
// "unknown_survey".
func (s *Service) FindOpen(ctx context.Context, code string) (Survey, error) {
	code = strings.ToLower(code)
	if len(code) != link.Letters.EncodedLen(openBytes) {
		return Survey{}, unknownSurvey()
	}
	list, err := selectSurveys(ctx, s.d.Reader(), `open_code = $1 AND open_code <> ''`, code)
	if err == nil && len(list) != 1 {
		err = unknownSurvey()
	}
	if err != nil {
		return Survey{}, err
	}
	return list[0], nil
}

// DefaultNever is the share of members, per 10,000, who are never asked until
// the programme says otherwise.
const DefaultNever = 500

// NeverShare returns how many of 10,000 members are never asked. It needs
// surveys.read.
func (s *Service) NeverShare(ctx context.Context, a auth.Actor, programme id.ID) (int, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return 0, err
	}
	return neverShare(ctx, s.d.Reader(), programme)
}

// SetNeverShare says how many of 10,000 members are never asked. Those who were
// never asked stay so when the share grows. It needs surveys.write.
func (s *Service) SetNeverShare(ctx context.Context, a auth.Actor, programme id.ID, share int) error {
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return err
	}
	if share < 0 || share > 5_000 {
		return fault.Invalid("survey_never_share", "the share who are never asked is 0 to 5,000 of 10,000").At("/never_share")
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := saveNeverShare(ctx, tx, programme, share); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "survey.settings", Subject: programme.In(id.Programme), Detail: map[string]any{"never_share": share}})
	})
}
