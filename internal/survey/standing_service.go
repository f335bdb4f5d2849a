package survey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

// SetStanding lets a published survey ask day by day, or changes how it does.
// What was drawn stays; the next draw is at the hour to come. It needs
// surveys.write.
func (s *Service) SetStanding(ctx context.Context, a auth.Actor, programme, survey id.ID, plan StandingPlan) (Standing, error) {
	n := Standing{ProgrammeID: programme, SurveyID: survey}
	if err := plan.Check(); err != nil {
		return n, err
	}
	err := s.standing(ctx, a, programme, survey, "survey.standing", func(tx *db.Tx, zone *time.Location) error {
		old, err := loadStanding(ctx, tx, programme, survey, tx.ForUpdate())
		if f := fault.As(err); err != nil && (f == nil || f.Kind != fault.KindMissing) {
			return err
		}
		if err == nil {
			n = old
		}
		if n.After != plan.After {
			n.Until = time.Time{}
		}
		n.StandingPlan = plan
		n.Next, n.Changed = n.due(s.now(), zone), db.Time(db.Micros(s.now()))
		return saveStanding(ctx, tx, &n)
	})
	return n, err
}

// PauseStanding lets a survey ask nobody day by day, or go on. What happens
// while it is paused is not made up for. It needs surveys.write.
func (s *Service) PauseStanding(ctx context.Context, a auth.Actor, programme, survey id.ID, paused bool) (Standing, error) {
	var n Standing
	action := "survey.standing_resume"
	if paused {
		action = "survey.standing_pause"
	}
	err := s.standing(ctx, a, programme, survey, action, func(tx *db.Tx, zone *time.Location) (err error) {
		if n, err = loadStanding(ctx, tx, programme, survey, tx.ForUpdate()); err != nil || n.Paused == paused {
			return err
		}
		n.Paused, n.Until = paused, time.Time{}
		n.Next, n.Changed = n.due(s.now(), zone), db.Time(db.Micros(s.now()))
		return saveStanding(ctx, tx, &n)
	})
	return n, err
}

// standing runs a verb on a published survey's standing question.
func (s *Service) standing(ctx context.Context, a auth.Actor, programme, survey id.ID, action string, do func(tx *db.Tx, zone *time.Location) error) error {
	return s.change(ctx, a, programme, action, func(tx *db.Tx) (*Survey, error) {
		v, err := loadSurvey(ctx, tx, programme, survey, tx.ForUpdate())
		if err == nil && v.State != Published {
			err = fault.Conflict("survey_not_open", "only a published survey is asked")
		}
		if err != nil {
			return nil, err
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return nil, err
		}
		return &v, do(tx, p.Zone)
	})
}

// Standing returns a survey's standing question; fault "survey_no_standing". It
// needs surveys.read.
func (s *Service) Standing(ctx context.Context, a auth.Actor, programme, survey id.ID) (Standing, error) {
	if _, err := s.Get(ctx, a, programme, survey); err != nil {
		return Standing{}, err
	}
	return loadStanding(ctx, s.d.Reader(), programme, survey, "")
}

// DrawDue makes the draws of standing questions that are due. However many
// processes do it at once, each draw is made once.
func (s *Service) DrawDue(ctx context.Context) error {
	list, err := selectStandings(ctx, s.d.Reader(), `next <= $1 AND NOT paused ORDER BY next, survey_id`, db.Micros(s.now()))
	if err != nil {
		return err
	}
	var errs error // one that fails keeps no other from its draw
	for _, n := range list {
		if err := s.drawDue(ctx, n.ProgrammeID, n.SurveyID); err != nil {
			errs = errors.Join(errs, fmt.Errorf("drawing for survey %s: %w", n.SurveyID.In(id.Survey), err))
		}
	}
	return errs
}

func (s *Service) drawDue(ctx context.Context, programme, survey id.ID) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		v, err := loadSurvey(ctx, tx, programme, survey, tx.ForUpdate())
		if err != nil {
			return err
		}
		n, err := loadStanding(ctx, tx, programme, survey, tx.ForUpdate())
		if err != nil || n.Paused || n.Next.After(s.now()) { // another process was first
			return err
		}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		if v.State != Published {
			n.Paused = true
			return saveStanding(ctx, tx, &n)
		}
		// Days that were missed are one draw, up to the hour that passed last.
		for due := n.Next; !due.After(s.now()); due = n.dueAfter(due, p.Zone) {
			n.Next = due
		}
		if plan, ok := n.draw(p.Zone); ok {
			if err := s.addSample(ctx, tx, programme, survey, plan); err != nil {
				return err
			}
			n.Until = plan.Occasion.Until
		}
		n.Last = n.Next
		n.Next = n.due(s.now(), p.Zone)
		return saveStanding(ctx, tx, &n)
	})
}

// addSample keeps a sample of a standing question, which a job draws.
func (s *Service) addSample(ctx context.Context, tx *db.Tx, programme, survey id.ID, plan Plan) error {
	n := Sample{
		ID: tx.IDs().New(), ProgrammeID: programme, SurveyID: survey, Plan: plan, State: SampleWaiting, Cells: Cells{}, Made: db.Time(db.Micros(s.now())),
	}
	if err := insertSample(ctx, tx, &n); err != nil {
		return err
	}
	if err := jobs.Add(ctx, tx, s.now(), jobs.New{Kind: DrawJob, Unique: n.ID.In(id.SurveySample), Payload: drawing{programme, n.ID}}); err != nil {
		return err
	}
	return auth.Record(ctx, tx, system, auth.Entry{
		ProgrammeID: programme, Action: "survey.ask", Subject: survey.In(id.Survey), Detail: map[string]any{"sample": n.ID.In(id.SurveySample), "standing": true},
	})
}
