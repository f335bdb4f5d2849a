package world

import (
	"context"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/factor"
	"regulars/internal/id"
	"regulars/internal/lesson"
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

// Looked sums up what the shop does for its customers when nobody complains, all
// of it simulated.
type Looked struct {
	// Visits are mystery visits with a sheet, and Score how much of the standard
	// they found kept, from 0 to 1: chance alone moves it from Low to High. It is
	// left out under ten visits.
	Visits int64    `json:"visits"`
	Score  *float64 `json:"score"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	// Agreement is how far two raters of one visit agree beyond chance (kappa).
	Agreement *float64 `json:"agreement"`
	// Certificates are of staff who passed a lesson.
	Certificates int64 `json:"certificates"`
	// KnownIssues are those that everybody reads, Actions what is done about what
	// customers say, Mentions what was found of the shop elsewhere.
	KnownIssues int64 `json:"known_issues"`
	Actions     int64 `json:"actions"`
	Mentions    int64 `json:"mentions"`
}

// lookAfter reads it from the rooms.
func (d *Demo) lookAfter(ctx context.Context, programme id.ID, s *Looked) error {
	now := func() time.Time { return AsOf }
	if err := d.lookStandards(ctx, programme, s); err != nil {
		return err
	}
	standings, err := lesson.New(lesson.Config{DB: d.DB, Now: now}).Standings(ctx, actor, programme)
	if err != nil {
		return err
	}
	for _, n := range standings {
		if n.Last != nil {
			s.Certificates++
		}
	}
	cases := complaint.New(complaint.Config{DB: d.DB, Flow: d.Flow, Now: now})
	listed, err := trust.New(trust.Config{DB: d.DB, Complaints: cases, Now: now}).Public(ctx, programme)
	if err != nil {
		return err
	}
	s.KnownIssues = int64(len(listed.Open) + len(listed.Ended))
	backlog, err := factor.New(factor.Config{DB: d.DB, Surveys: survey.New(d.DB, d.Flow, now), Cases: cases, Now: now}).Backlog(ctx, actor, programme)
	if err != nil {
		return err
	}
	s.Actions = int64(len(backlog))
	found, err := touch.New(touch.Config{DB: d.DB, Now: now, Log: d.Log}).Mentions(ctx, actor, touch.MentionQuery{ProgrammeID: programme, Limit: 500})
	s.Mentions = int64(len(found))
	return err
}

// lookStandards reads what mystery visits found of the first standard in force.
func (d *Demo) lookStandards(ctx context.Context, programme id.ID, s *Looked) error {
	rooms := standard.New(d.DB, func() time.Time { return AsOf })
	all, err := rooms.List(ctx, actor, programme)
	if err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- { // the latest stands first
		if all[i].Version == 0 {
			continue
		}
		r, err := rooms.Results(ctx, actor, programme, standard.Span{StandardID: all[i].ID})
		if err != nil {
			return err
		}
		s.Visits = r.N
		if r.Score.Shown {
			s.Score, s.Low, s.High = &r.Score.Value, &r.Score.Low, &r.Score.High
		}
		if len(r.Agreement) > 0 && r.Agreement[0].Kappa.Shown {
			s.Agreement = &r.Agreement[0].Kappa.Value
		}
		return nil
	}
	return nil
}
