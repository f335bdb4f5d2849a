package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/survey"
)

func (s *server) addSurveyReasons() {
	const path = "/v1/survey-reasons"
	show := func(ctx context.Context, c *call, _ string) (surveyReasons, error) {
		return s.surveyReasons(ctx, c, watcher)
	}
	read(s, operation{
		id: "list-survey-reasons", method: http.MethodGet, path: path, tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "List the reasons that answers in own words are coded by",
	}, func(ctx context.Context, c *call, _ *nothing) (surveyReasons, error) {
		return s.surveyReasons(ctx, c, c.actor)
	})
	write(s, operation{
		id: "set-survey-reasons", method: http.MethodPut, path: path, tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Write all the reasons", text: "What is left out is no reason any more; what was confirmed by it stays.",
		example: `{"reasons": [{"code": "wait", "names": {"en": "Waiting"}, "hints": {"en": "queue, wait, slow"}}]}`,
	}, func(ctx context.Context, c *call, _ *nothing, b *surveyReasonSet) (string, error) {
		list := make([]survey.Reason, len(b.Reasons))
		for i, r := range b.Reasons {
			list[i] = survey.Reason{Code: r.Code, Names: r.Names, Hints: r.Hints}
		}
		return "", s.Surveys.SetReasons(ctx, c.actor, c.programme(), list)
	}, show)
	write(s, operation{
		id: "confirm-survey-reason", method: http.MethodPut, path: "/v1/survey-responses/{response}/reasons/{question}", tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Say by which reason an answer in own words is coded", text: "An empty reason takes back what was said before.", example: `{"reason": "wait"}`,
	}, func(ctx context.Context, c *call, in *spokenIn, b *confirmedReason) (string, error) {
		n, err := parseID(id.SurveyResponse, "response", string(in.Response))
		if err != nil {
			return "", err
		}
		return b.Reason, s.Surveys.Confirm(ctx, c.actor, c.programme(), n, in.Question, b.Reason)
	}, func(_ context.Context, _ *call, reason string) (confirmedReason, error) {
		return confirmedReason{reason}, nil
	})
	take(s, operation{
		id: "count-survey-sample", method: http.MethodPost, path: "/v1/survey-counts", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Count whom a survey would ask, and ask nobody", example: `{"survey": "svy_01h9x3k7q2v5n", "plan": {"method": "random", "wanted": 500, "seed": 20260101}}`,
	}, s.countSurvey)
}

// surveyReason is a reason that the manager keeps.
type surveyReason struct {
	Code  string       `json:"code" maxLength:"40" doc:"Small letters, digits and _." example:"wait"`
	Names survey.Words `json:"names" doc:"By language."`
	Hints survey.Words `json:"hints,omitempty" doc:"Words by which it is suggested, by language, parted by commas; they are met in every form of theirs."`
}

type surveyReasonSet struct {
	Reasons []surveyReason `json:"reasons" nullable:"false" maxItems:"40"`
}

type surveyReasons struct {
	Items []surveyReason `json:"items" nullable:"false"`
}

func (s *server) surveyReasons(ctx context.Context, c *call, a auth.Actor) (surveyReasons, error) {
	v := surveyReasons{Items: []surveyReason{}}
	list, err := s.Surveys.Reasons(ctx, a, c.programme())
	for _, r := range list {
		v.Items = append(v.Items, surveyReason{r.Code, r.Names, r.Hints})
	}
	return v, err
}

type spokenIn struct {
	Response surveyResponseID `path:"response"`
	Question string           `path:"question" doc:"The code of the question." example:"why"`
}

type surveyResponseID string

// Schema describes it for the document.
func (surveyResponseID) Schema(huma.Registry) *huma.Schema {
	return shown(id.SurveyResponse, "The response.")
}

type confirmedReason struct {
	Reason string `json:"reason" maxLength:"40" doc:"The code of a reason; empty for none." example:"wait"`
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
		return surveyCount{}, under("/survey", err)
	}
	if _, err := s.Surveys.Get(ctx, c.actor, c.programme(), n); err != nil {
		if f := fault.As(err); f != nil && f.Kind == fault.KindMissing {
			return surveyCount{}, f.At("/survey")
		}
		return surveyCount{}, err
	}
	found, err := s.Surveys.Count(ctx, c.actor, c.programme(), n, b.Plan.plan())
	return surveyCount(found), err
}
