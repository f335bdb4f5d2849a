package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/survey"
)

const exampleReason = `{"code": "delivery", "names": {"en": "Delivery", "pl": "Dostawa"}, "hints": {"en": "delivery late parcel", "pl": "dostawa paczka"}}`

func (s *server) addSurveyReasons() {
	const all, one = "/v1/survey-reasons", "/v1/survey-reasons/{reason}"
	read(s, operation{
		id: "list-survey-reasons", method: http.MethodGet, path: all, tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "List the reasons that own words are grouped by",
	}, func(ctx context.Context, c *call, _ *nothing) (surveyReasonList, error) {
		v := surveyReasonList{Items: []surveyReason{}}
		list, err := s.Surveys.Reasons(ctx, c.actor, c.programme())
		for i := range list {
			v.Items = append(v.Items, reasonKept(&list[i]))
		}
		return v, err
	})
	write(s, operation{
		id: "add-survey-reason", method: http.MethodPost, path: all, tag: tagSurveys, needs: needs(auth.SurveysWrite), created: true,
		summary: "Add a reason", text: "Answers that come from now on may hint at it; those that are there keep what they hinted at.", example: exampleReason,
	}, func(ctx context.Context, c *call, _ *nothing, body *surveyReason) (string, error) {
		return body.Code, s.Surveys.AddReason(ctx, c.actor, c.programme(), body.reason(body.Code))
	}, s.showReason)
	write(s, operation{
		id: "change-survey-reason", method: http.MethodPut, path: one, tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Rewrite the names and hints of a reason", example: `{"names": {"en": "Delivery"}, "hints": {"en": "delivery late parcel"}}`,
	}, func(ctx context.Context, c *call, in *surveyReasonIn, body *surveyReasonWords) (string, error) {
		n := surveyReason{Names: body.Names, Hints: body.Hints}
		return in.Reason, s.Surveys.ChangeReason(ctx, c.actor, c.programme(), n.reason(in.Reason))
	}, s.showReason)
	write(s, operation{
		id: "retire-survey-reason", method: http.MethodDelete, path: one, tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Retire a reason", text: "It is suggested and offered no more. Answers that were confirmed to be about it stay so.",
	}, func(ctx context.Context, c *call, in *surveyReasonIn, _ *nothing) (string, error) {
		return in.Reason, s.Surveys.RetireReason(ctx, c.actor, c.programme(), in.Reason)
	}, func(_ context.Context, _ *call, subject string) (retiredReason, error) {
		return retiredReason{subject}, nil
	})
	write(s, operation{
		id: "confirm-survey-reason", method: http.MethodPut, path: "/v1/survey-responses/{response}/reasons/{question}", tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Say what an answer in own words is about",
		text:    "Confirms what is suggested, or says otherwise; an empty reason takes it back. Only what a person confirmed is counted.",
		example: `{"reason": "delivery"}`,
	}, func(ctx context.Context, c *call, in *surveyAnswerIn, body *confirmedReason) (string, error) {
		n, err := parseID(id.SurveyResponse, "response", string(in.Response))
		if err != nil {
			return "", err
		}
		return n.In(id.SurveyResponse), s.Surveys.Confirm(ctx, c.actor, c.programme(), n, in.Question, body.Reason)
	}, func(ctx context.Context, c *call, subject string) (surveyResponse, error) {
		n, err := parseID(id.SurveyResponse, "response", subject)
		if err != nil {
			return surveyResponse{}, err
		}
		r, err := s.Surveys.Response(ctx, watcher, c.programme(), n)
		if err != nil {
			return surveyResponse{}, err
		}
		return responseOf(r), nil
	})
}

// surveyReason is a reason that the programme keeps.
type surveyReason struct {
	Code  string            `json:"code" minLength:"1" maxLength:"40" pattern:"^[a-z0-9][a-z0-9_]*$" example:"delivery"`
	Names map[string]string `json:"names" doc:"By language."`
	Hints map[string]string `json:"hints,omitempty" doc:"Words that hint at it, by language, parted by spaces or commas. They are met in every form of theirs."`
}

func (n *surveyReason) reason(code string) survey.Reason {
	r := survey.Reason{Code: code, Names: n.Names, Hints: n.Hints}
	if r.Hints == nil {
		r.Hints = survey.Words{}
	}
	return r
}

func reasonKept(r *survey.Reason) surveyReason { return surveyReason{r.Code, r.Names, r.Hints} }

type surveyReasonWords struct {
	Names map[string]string `json:"names" doc:"By language."`
	Hints map[string]string `json:"hints,omitempty" doc:"By language; left out, nothing hints at it."`
}

type surveyReasonList struct {
	Items []surveyReason `json:"items" nullable:"false" doc:"By code."`
}

type retiredReason struct {
	Reason string `json:"reason" doc:"The code that is kept no more." example:"delivery"`
}

type confirmedReason struct {
	Reason string `json:"reason" maxLength:"40" doc:"The code of a reason; empty takes it back." example:"delivery"`
}

// surveyReasonIn names a reason in an address.
type surveyReasonIn struct {
	Reason string `path:"reason" maxLength:"40" doc:"The code of the reason." example:"delivery"`
}

// surveyAnswerIn names an answer in an address.
type surveyAnswerIn struct {
	Response responseID `path:"response"`
	Question string     `path:"question" maxLength:"40" doc:"The code of the question." example:"why"`
}

type responseID string

// Schema describes it for the document.
func (responseID) Schema(huma.Registry) *huma.Schema {
	return shown(id.SurveyResponse, "The response.")
}

func (s *server) showReason(ctx context.Context, c *call, subject string) (surveyReason, error) {
	list, err := s.Surveys.Reasons(ctx, watcher, c.programme())
	for i := range list {
		if list[i].Code == subject {
			return reasonKept(&list[i]), err
		}
	}
	return surveyReason{Code: subject, Names: map[string]string{}}, err
}
