package factor

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/survey"
)

// Ask asks for a map.
type Ask struct {
	Period
	Basis Basis
	// SurveyID is the questionnaire of a map by ratings; 0 takes the one that
	// most people answered.
	SurveyID id.ID
}

// Map says how much each factor matters and how well it is done.
type Map struct {
	Ask
	// Before began the period of the same length that is compared with.
	Before     time.Time
	Importance Weighing
	// ImportanceLine and PerformanceLine part the quadrants: the importance that
	// each factor had if all mattered alike, and the performance of all.
	ImportanceLine, PerformanceLine float64
	// Figures are of the factors in use, the greatest priority first.
	Figures []Figure
	Count   *Count
	// R2 is how much of the main answer's variance the marks explain, over
	// Answers that rated every factor; of derived importance alone.
	R2      float64
	Answers int
	// Questionnaires are those that rate two factors at least.
	Questionnaires []survey.Survey

	on []Code
}

// Map reckons importance and performance of every factor in a period, beside
// the performance of the period of the same length before. It needs
// factors.read.
func (s *Service) Map(ctx context.Context, a auth.Actor, ask Ask) (*Map, error) {
	if err := a.Can(ask.ProgrammeID, auth.FactorsRead); err != nil {
		return nil, err
	}
	if err := ask.check(); err != nil {
		return nil, err
	}
	surveys, err := s.mains(ctx, ask.ProgrammeID)
	if err != nil {
		return nil, err
	}
	m := &Map{Ask: ask, Before: ask.before().From, Importance: Stated}
	err = s.DB.View(ctx, func(q db.Queryer) error {
		set, _, err := loadSettings(ctx, q, ask.ProgrammeID)
		if err != nil {
			return err
		}
		m.on, m.Questionnaires = set.On(), set.questionnaires(surveys)
		if m.Count, err = ask.span().count(ctx, q, surveys, &set); err != nil {
			return err
		}
		before, err := ask.before().span().count(ctx, q, surveys, &set)
		if err != nil {
			return err
		}
		m.state(m.Count, before)
		if ask.Basis == ByRatings {
			return m.rate(ctx, q, &set)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.finish()
	return m, nil
}

// questionnaires are the surveys with a main question that rate two factors in
// use at least, the latest first.
func (s *Settings) questionnaires(surveys mains) []survey.Survey {
	var list []survey.Survey
	for _, n := range surveys {
		rated := map[Code]bool{}
		for _, r := range s.Ratings {
			if r.SurveyID == n.ID && s.on(r.Factor) {
				rated[r.Factor] = true
			}
		}
		if n.Main() != nil && len(rated) >= leastOn {
			list = append(list, *n)
		}
	}
	slices.SortFunc(list, func(a, b survey.Survey) int { return int(min(max(b.ID-a.ID, -1), 1)) })
	return list
}
