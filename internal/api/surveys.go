package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/survey"
)

const exampleSurvey = `{"kind": "nps", "names": {"en": "Would you recommend us?"}, "questions": [
  {"code": "score", "form": "scale", "from": 0, "to": 10, "words": {"en": "How likely are you to recommend us?"}},
  {"code": "why", "form": "text", "optional": true, "words": {"en": "What is the main reason for your answer?"}}]}`

func (s *server) addSurveys() {
	read(s, operation{
		id: "list-surveys", method: http.MethodGet, path: "/v1/surveys", tag: tagSurveys, needs: needs(auth.SurveysRead), summary: "List surveys, the latest first",
	}, s.listSurveys)
	read(s, operation{
		id: "get-survey", method: http.MethodGet, path: "/v1/surveys/{survey}", tag: tagSurveys, needs: needs(auth.SurveysRead), summary: "Get a survey",
	}, func(ctx context.Context, c *call, in *surveyIn) (surveyView, error) {
		n, err := in.id()
		if err != nil {
			return surveyView{}, err
		}
		found, err := s.Surveys.Get(ctx, c.actor, c.programme(), n)
		return surveyOf(&found), err
	})
	write(s, operation{
		id: "create-survey", method: http.MethodPost, path: "/v1/surveys", tag: tagSurveys, needs: needs(auth.SurveysWrite), created: true,
		summary: "Write a survey, as a draft", example: exampleSurvey,
	}, func(ctx context.Context, c *call, _ *nothing, body *surveySpec) (string, error) {
		n, err := s.Surveys.Create(ctx, c.actor, c.programme(), body.spec())
		return n.ID.In(id.Survey), err
	}, s.showSurvey)
	write(s, operation{
		id: "change-survey", method: http.MethodPut, path: "/v1/surveys/{survey}", tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Rewrite a draft", text: "What was published stays as it is: answers to two questions are no answers to one.", example: exampleSurvey,
	}, func(ctx context.Context, c *call, in *surveyIn, body *surveySpec) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Surveys.Update(ctx, c.actor, c.programme(), n, body.spec())
		return string(in.Survey), err
	}, s.showSurvey)
	write(s, operation{
		id: "discard-survey", method: http.MethodDelete, path: "/v1/surveys/{survey}", tag: tagSurveys, needs: needs(auth.SurveysWrite), summary: "Throw a draft away",
	}, func(ctx context.Context, c *call, in *surveyIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return string(in.Survey), s.Surveys.Discard(ctx, c.actor, c.programme(), n)
	}, func(_ context.Context, _ *call, subject string) (discardedSurvey, error) {
		return discardedSurvey{subject}, nil
	})
	s.addSurveyTurn("publish-survey", "publish", "Open a survey to answers", s.Surveys.Publish)
	s.addSurveyTurn("close-survey", "close", "Close a survey", s.Surveys.Close)
	s.addSurveyAnswers()
	s.addSurveyReasons()
	s.addSurveySamples()
	s.addSurveyInvitations()
	s.addSurveySheets()
	s.addSurveyCounts()
	s.addSurveyStandings()
}

func (s *server) addSurveyTurn(name, verb, summary string, turn func(context.Context, auth.Actor, id.ID, id.ID) (survey.Survey, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/surveys/{survey}/" + verb, tag: tagSurveys, needs: needs(auth.SurveysWrite), summary: summary,
	}, func(ctx context.Context, c *call, in *surveyIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = turn(ctx, c.actor, c.programme(), n)
		return string(in.Survey), err
	}, s.showSurvey)
}

// surveyIn names a survey in an address.
type surveyIn struct {
	Survey surveyID `path:"survey"`
}

func (in surveyIn) id() (id.ID, error) { return parseID(id.Survey, "survey", string(in.Survey)) }

type surveyID string

// Schema describes it for the document.
func (surveyID) Schema(huma.Registry) *huma.Schema { return shown(id.Survey, "The survey.") }

type discardedSurvey struct {
	Survey string `json:"survey" doc:"The survey that is gone." example:"svy_01h9x3k7q2v5n"`
}

func (s *server) showSurvey(ctx context.Context, c *call, subject string) (surveyView, error) {
	n, err := parseID(id.Survey, "survey", subject)
	if err != nil {
		return surveyView{}, err
	}
	found, err := s.Surveys.Get(ctx, watcher, c.programme(), n)
	return surveyOf(&found), err
}

type surveyList struct {
	Items []surveyView `json:"items" nullable:"false" doc:"The latest first."`
}

func (s *server) listSurveys(ctx context.Context, c *call, _ *nothing) (surveyList, error) {
	v := surveyList{Items: []surveyView{}}
	list, err := s.Surveys.List(ctx, c.actor, c.programme())
	for i := range list {
		v.Items = append(v.Items, surveyOf(&list[i]))
	}
	return v, err
}

func (s *server) addSurveySamples() {
	write(s, operation{
		id: "sample-survey", method: http.MethodPost, path: "/v1/surveys/{survey}/samples", tag: tagSurveys, needs: needs(auth.SurveysWrite), created: true,
		summary: "Draw members and have them asked",
		text: "The drawing is done by a job; the sample tells how far it is. The same seed draws the same members of the same eligible. " +
			"The contact policy decides for each whether and when the invitation goes out. Members of the part that is never surveyed are not drawn.",
		example: `{"method": "random", "wanted": 500, "seed": 20260101, "bought": 30}`,
	}, func(ctx context.Context, c *call, in *surveyIn, body *samplePlan) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		drawn, err := s.Surveys.Ask(ctx, c.actor, c.programme(), n, body.plan())
		return drawn.ID.In(id.SurveySample), err
	}, func(ctx context.Context, c *call, subject string) (sampleView, error) {
		n, err := parseID(id.SurveySample, "sample", subject)
		if err != nil {
			return sampleView{}, err
		}
		found, err := s.Surveys.Sample(ctx, watcher, c.programme(), n)
		return sampleOf(&found), err
	})
	read(s, operation{
		id: "list-survey-samples", method: http.MethodGet, path: "/v1/surveys/{survey}/samples", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "List the samples of a survey, the latest first, with how far they are",
		text:    "A standing question makes one a day: only=standing leaves these, only=once those that somebody asked for.",
	}, s.listSurveySamples)
}

// surveySamplesIn narrows a page of samples.
type surveySamplesIn struct {
	Survey surveyID `path:"survey"`
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	Only   string   `query:"only" enum:"standing,once" doc:"standing: the days of a standing question. once: the others."`
}

func (s *server) listSurveySamples(ctx context.Context, c *call, in *surveySamplesIn) (page[sampleView], error) {
	n, err := parseID(id.Survey, "survey", string(in.Survey))
	if err != nil {
		return page[sampleView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[sampleView]{}, err
	}
	if err := oneOf("only", in.Only, []string{"standing", "once"}); err != nil {
		return page[sampleView]{}, err
	}
	at, err := inSamples.read(in.Cursor, 1)
	if err != nil {
		return page[sampleView]{}, err
	}
	list, err := s.Surveys.Samples(ctx, c.actor, survey.SampleQuery{
		ProgrammeID: c.programme(), SurveyID: n, Standing: in.Only == "standing", Once: in.Only == "once", Before: id.ID(at[0]), Limit: size + 1,
	})
	return paged(inSamples, list, size, func(n survey.Sample) sampleView { return sampleOf(&n) }, func(n survey.Sample) []int64 { return []int64{int64(n.ID)} }), err
}

func (s *server) addSurveyAnswers() {
	read(s, operation{
		id: "get-survey-results", method: http.MethodGet, path: "/v1/surveys/{survey}/results", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Get what a survey came to, with how sure it is",
		text:    "No figure is given under 10 answers; shown is false then. Under 30 it is preliminary. Each figure says itself in a sentence, in the language asked for.",
	}, s.surveyResults)
	read(s, operation{
		id: "get-survey-effect", method: http.MethodGet, path: "/v1/surveys/{survey}/effect", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Get what asking itself did",
		text:    "Compares how many bought again within 90 days of the first draw: of those who were asked, and of those whom chance keeps from ever being asked. Where there is nothing to compare, shown is false and the sentence says why.",
	}, s.surveyEffect)
	read(s, operation{
		id: "list-survey-responses", method: http.MethodGet, path: "/v1/surveys/{survey}/responses", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "List whole responses, those given last first",
		text:    "With only=open they are the comments whose reason nobody has confirmed; suggested is what the words of each hint at.",
	}, s.listSurveyResponses)
	take(s, operation{
		id: "bring-survey-responses", method: http.MethodPost, path: "/v1/survey-responses", tag: tagSurveys, needs: needs(auth.SurveysWrite), bulk: true,
		summary: "Bring up to 500 responses in that were given elsewhere",
		text:    "Each is answered by itself, in the order sent. One of the same source and external id is taken once; with other content it is refused.",
		example: `{"survey": "svy_01h9x3k7q2v5n", "responses": [{"source": "old-tool", "external_id": "17", "occurred": "2026-01-01T11:30:00Z", "answers": {"score": {"number": 9}}}]}`,
	}, s.bringResponses)
}

// surveyResponsesIn asks for a page of responses.
type surveyResponsesIn struct {
	Survey surveyID `path:"survey"`
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
}

// surveyCommentsIn narrows a page of responses.
type surveyCommentsIn struct {
	Survey surveyID `path:"survey"`
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	Only   string   `query:"only" enum:"words,open" doc:"words: those with an answer in own words. open: those of them whose reason nobody has confirmed."`
}

func (s *server) listSurveyResponses(ctx context.Context, c *call, in *surveyCommentsIn) (page[surveyResponse], error) {
	n, err := parseID(id.Survey, "survey", string(in.Survey))
	if err != nil {
		return page[surveyResponse]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[surveyResponse]{}, err
	}
	if err := oneOf("only", in.Only, []string{"words", "open"}); err != nil {
		return page[surveyResponse]{}, err
	}
	at, err := inSurvey.read(in.Cursor, 2)
	if err != nil {
		return page[surveyResponse]{}, err
	}
	list, err := s.Surveys.Responses(ctx, c.actor, survey.ResponseQuery{
		ProgrammeID: c.programme(), SurveyID: n, Words: in.Only == "words", Open: in.Only == "open", Limit: size + 1,
		Before: survey.Place{Given: db.Time(at[1]), ID: id.ID(at[0])},
	})
	return paged(inSurvey, list, size, responseOf, func(r *survey.Response) []int64 { return []int64{int64(r.ID), db.Micros(r.Occurred)} }), err
}

func (s *server) bringResponses(ctx context.Context, c *call, body *broughtResponses) (takenResponses, error) {
	v := takenResponses{Results: []takenResponse{}}
	n, err := id.Parse(id.Survey, body.Survey)
	if err != nil {
		return v, fault.At("/survey", err)
	}
	list := make([]survey.Brought, len(body.Responses))
	failed := map[int]error{}
	for i := range body.Responses {
		if list[i], err = body.Responses[i].brought(); err != nil {
			failed[i] = err
		}
	}
	taken, err := s.Surveys.Bring(ctx, c.actor, c.programme(), n, list)
	for i, t := range taken {
		if failed[i] != nil {
			t.Err = failed[i]
		}
		if t.Err != nil {
			one := c.refused(t.Err)
			v.Results = append(v.Results, takenResponse{Status: one.Status, Problem: one.Problem})
			continue
		}
		v.Results = append(v.Results, takenResponse{Status: http.StatusOK, Response: t.ResponseID.In(id.SurveyResponse), Repeated: t.Repeated})
	}
	return v, err
}
