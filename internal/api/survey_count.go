package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
)

func (s *server) addSurveyCounts() {
	take(s, operation{
		id: "count-survey-sample", method: http.MethodPost, path: "/v1/survey-counts", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Count whom a survey would ask, and ask nobody", example: `{"survey": "svy_01h9x3k7q2v5n", "plan": {"method": "random", "wanted": 500, "seed": 20260101}}`,
	}, s.countSurvey)
}

type surveyCountAsk struct {
	Survey string     `json:"survey" maxLength:"40" example:"svy_01h9x3k7q2v5n"`
	Plan   samplePlan `json:"plan"`
}

type surveyCount struct {
	Eligible int64 `json:"eligible" doc:"How many could be drawn."`
	Never    int64 `json:"never" doc:"How many more could be, if they were not among those who are never surveyed."`
	Drawn    int64 `json:"drawn" doc:"How many the plan would choose."`
}

func (s *server) countSurvey(ctx context.Context, c *call, b *surveyCountAsk) (surveyCount, error) {
	n, err := id.Parse(id.Survey, b.Survey)
	if err != nil {
		return surveyCount{}, fault.At("/survey", err)
	}
	if _, err := s.Surveys.Get(ctx, c.actor, c.programme(), n); err != nil {
		return surveyCount{}, inCount(err)
	}
	found, err := s.Surveys.Count(ctx, c.actor, c.programme(), n, b.Plan.plan())
	return surveyCount(found), inCount(err)
}

// inCount says where in the body of a count its fault is.
func inCount(err error) error {
	switch f := fault.As(err); {
	case f != nil && f.Kind == fault.KindMissing:
		return f.At("/survey")
	case f != nil && f.Kind == fault.KindInvalid:
		return f.At("/plan")
	}
	return err
}
