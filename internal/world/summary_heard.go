package world

import (
	"context"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/returns"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

// Heard sums up what customers said of the shop and what the shop did about it,
// all of it simulated.
type Heard struct {
	NPS NPS `json:"nps"`
	// SupportIndex is the share, from 0 to 1, of the customers since the
	// simulation begins who left a positive review in public: Lower is sure,
	// Upper counts whatever review may be theirs.
	SupportIndex struct {
		Lower float64 `json:"lower"`
		Upper float64 `json:"upper"`
	} `json:"support_index"`
	Cases struct {
		Opened int64 `json:"opened"`
		Solved int64 `json:"solved"`
		// MedianHours lie between opening and solution, by the clock on the wall.
		MedianHours float64 `json:"median_hours"`
		// CompensatedPoints were given to make good.
		CompensatedPoints int64 `json:"compensated_points"`
	} `json:"cases"`
	Promises struct {
		Made   int64 `json:"made"`
		Kept   int64 `json:"kept"`
		Broken int64 `json:"broken"`
	} `json:"promises"`
	Looked Looked `json:"looked_after"`
}

// NPS is the score of the survey, from -100 to 100. Figures are left out under
// ten answers.
type NPS struct {
	Respondents int64 `json:"respondents"`
	// Score is that of those who answered; chance alone moves it from Low to
	// High.
	Score *float64 `json:"score"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	// BoundLow and BoundHigh are how far the score of all who were asked could
	// lie from it, whatever those think who did not answer.
	BoundLow  *float64 `json:"bound_low"`
	BoundHigh *float64 `json:"bound_high"`
	// Weighted speaks for all who could be asked, as surely as EffectiveN answers
	// of a random sample would.
	Weighted   *float64 `json:"weighted"`
	EffectiveN *float64 `json:"effective_n"`
}

// hear reads it from the rooms.
func (d *Demo) hear(ctx context.Context, programme id.ID, s *Heard) error {
	now := func() time.Time { return AsOf }
	if err := d.hearSurvey(ctx, programme, &s.NPS); err != nil {
		return err
	}
	support, err := touch.New(touch.Config{DB: d.DB, Now: now, Log: d.Log}).Support(ctx, actor, programme, opens, AsOf)
	if err != nil {
		return err
	}
	s.SupportIndex.Lower, s.SupportIndex.Upper = support.ByCustomers.Low, support.ByCustomers.High
	cases, err := complaint.New(complaint.Config{DB: d.DB, Flow: d.Flow, Now: now}).Report(ctx, actor, programme)
	if err != nil {
		return err
	}
	s.Cases.Opened, s.Cases.Solved, s.Cases.MedianHours, s.Cases.CompensatedPoints = cases.All.Complaints, cases.Solved, cases.MedianHours, cases.GivenPoints
	if err := d.hearPromises(ctx, programme, s); err != nil {
		return err
	}
	return d.lookAfter(ctx, programme, &s.Looked)
}

// hearSurvey reads the figures of the first survey of the programme that asks
// for a recommendation.
func (d *Demo) hearSurvey(ctx context.Context, programme id.ID, n *NPS) error {
	surveys := survey.New(d.DB, d.Flow, func() time.Time { return AsOf })
	all, err := surveys.List(ctx, actor, programme)
	if err != nil {
		return err
	}
	var first *survey.Survey
	for i := range all { // the latest stands first
		if all[i].Kind == survey.NPS && all[i].State != survey.Draft {
			first = &all[i]
		}
	}
	if first == nil {
		return nil
	}
	r, err := surveys.Results(ctx, actor, programme, first.ID)
	if err != nil {
		return err
	}
	f := r.Figures
	n.Respondents = f.N
	if f.Score.Shown {
		n.Score, n.Low, n.High = &f.Score.Value, &f.Score.Low, &f.Score.High
	}
	if f.Bounds.Shown {
		n.BoundLow, n.BoundHigh = &f.Bounds.Low, &f.Bounds.High
	}
	if f.Weighted.Shown {
		n.Weighted, n.EffectiveN = &f.Weighted.Value, &f.Weighted.Effective
	}
	return nil
}

// hearPromises counts the promises of parcels by what came of them; those that
// returns make are for the console.
func (d *Demo) hearPromises(ctx context.Context, programme id.ID, s *Heard) error {
	const page = 500
	promises := promise.NewService(promise.Config{DB: d.DB, Flow: d.Flow, Now: func() time.Time { return AsOf }})
	for query := (promise.Query{ProgrammeID: programme, Limit: page}); ; {
		list, err := promises.List(ctx, actor, query)
		if err != nil {
			return err
		}
		for _, p := range list {
			if query.Before = p.ID; p.Source == returns.Source {
				continue
			}
			s.Promises.Made++
			switch p.State {
			case promise.Kept:
				s.Promises.Kept++
			case promise.Broken:
				s.Promises.Broken++
			}
		}
		if len(list) < page {
			return nil
		}
	}
}
