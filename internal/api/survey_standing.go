package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/survey"
)

// surveyStandingDays is how many days' draws are shown with a standing question.
const surveyStandingDays = 14

func (s *server) addSurveyStandings() {
	path := "/v1/surveys/{survey}/standing"
	write(s, operation{
		id: "set-survey-standing", method: http.MethodPut, path: path, tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Have a survey ask day by day",
		text: "Every day at the hour, by the programme's clock, some are drawn by chance of those whose last purchase, or whose parcel, was `wait` days ago. " +
			"Only members who allow questions are drawn; nobody is asked twice by one survey, nor within `rest` days after any survey drew them, and the contact policy decides as ever. " +
			"Each day's draw is a sample with a seed of its own, made of `seed` and the day.",
		example: `{"after": "delivery", "wait": 3, "hour": 10, "most": 50, "rest": 30, "seed": 20260101}`,
	}, func(ctx context.Context, c *call, in *surveyIn, b *surveyStandingPlan) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Surveys.SetStanding(ctx, c.actor, c.programme(), n, b.plan())
		return string(in.Survey), err
	}, s.showStanding)
	read(s, operation{
		id: "get-survey-standing", method: http.MethodGet, path: path, tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Get how a survey asks day by day, with the last draws",
	}, func(ctx context.Context, c *call, in *surveyIn) (surveyStandingView, error) {
		if err := c.can(auth.SurveysRead); err != nil {
			return surveyStandingView{}, err
		}
		return s.showStanding(ctx, c, string(in.Survey))
	})
	take(s, operation{
		id: "count-survey-standing", method: http.MethodPost, path: "/v1/survey-standing-counts", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Count whom a survey would have asked day by day, and ask nobody",
		text: "Plays the draws of the last 28 days as the plan would have made them, as if it had begun before them. Consents and who is never surveyed are those of today; " +
			"those whom the survey asked already count as not asked.",
		example: `{"survey": "svy_01h9x3k7q2v5n", "plan": {"after": "delivery", "wait": 3, "hour": 10, "most": 50, "rest": 30, "seed": 20260101}}`,
	}, s.countStanding)
	s.addStandingTurn("pause-survey-standing", path+"/pause", "Ask nobody day by day until it is resumed", true)
	s.addStandingTurn("resume-survey-standing", path+"/resume", "Ask day by day again, of what happens from now on", false)
}

func (s *server) addStandingTurn(name, path, summary string, paused bool) {
	write(s, operation{
		id: name, method: http.MethodPost, path: path, tag: tagSurveys, needs: needs(auth.SurveysWrite), summary: summary,
	}, func(ctx context.Context, c *call, in *surveyIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		_, err = s.Surveys.PauseStanding(ctx, c.actor, c.programme(), n, paused)
		return string(in.Survey), err
	}, s.showStanding)
}

// surveyStandingPlan says whom a survey asks day by day.
type surveyStandingPlan struct {
	After      string `json:"after" enum:"purchase,delivery" doc:"What lets a member be asked: the last purchase, or a parcel that arrived."`
	Wait       int    `json:"wait" minimum:"1" maximum:"90" doc:"How many days after it."`
	Hour       int    `json:"hour" minimum:"0" maximum:"23" doc:"When the draw is made, by the programme's clock."`
	Most       int    `json:"most" minimum:"1" doc:"How many are drawn a day."`
	Rest       *int   `json:"rest,omitempty" minimum:"0" maximum:"3650" doc:"How many days must have passed since any survey drew a member; 30 when left out."`
	Seed       int64  `json:"seed,omitempty" minimum:"0" doc:"Makes the seeds of the days."`
	Days       int    `json:"days,omitempty" minimum:"0" maximum:"365" doc:"How long a link works; 14 days when left out."`
	Touchpoint string `json:"touchpoint,omitempty" enum:"shop,parcel,site,phone,event" doc:"What it asks about. Left out, a delivery is the parcel, and a purchase tells its own."`
}

func (n *surveyStandingPlan) plan() survey.StandingPlan {
	rest := survey.DefaultRest
	if n.Rest != nil {
		rest = *n.Rest
	}
	return survey.StandingPlan{
		After: survey.Trigger(n.After), Wait: n.Wait, Hour: n.Hour, Most: n.Most, Rest: rest, Seed: n.Seed, Days: n.Days, Touchpoint: survey.Touchpoint(n.Touchpoint),
	}
}

type surveyStandingView struct {
	Survey string             `json:"survey" example:"svy_01h9x3k7q2v5n"`
	Plan   surveyStandingPlan `json:"plan"`
	Paused bool               `json:"paused"`
	Next   time.Time          `json:"next" doc:"When the next draw is due, unless it is paused or the survey closed."`
	Days   []sampleView       `json:"days" nullable:"false" doc:"The draws of the last 14 days on which there was one, the latest first."`
}

type standingCountAsk struct {
	Survey string             `json:"survey" maxLength:"40" example:"svy_01h9x3k7q2v5n"`
	Plan   surveyStandingPlan `json:"plan"`
}

type standingCount struct {
	Days     int   `json:"days" doc:"How many days back it looked."`
	Happened int64 `json:"happened" doc:"Members to whom it happened, each once a day, over all these days."`
	May      int64 `json:"may" doc:"Those of them who could have been drawn."`
	Drawn    int64 `json:"drawn" doc:"Those who would have been."`
}

func (s *server) countStanding(ctx context.Context, c *call, b *standingCountAsk) (standingCount, error) {
	n, err := id.Parse(id.Survey, b.Survey)
	if err != nil {
		return standingCount{}, fault.At("/survey", err)
	}
	found, err := s.Surveys.PreviewStanding(ctx, c.actor, c.programme(), n, b.Plan.plan())
	return standingCount{survey.PreviewDays, found.Happened, found.May, found.Drawn}, inCount(err)
}

// occasionView is what the draw of a standing question looked at.
type occasionView struct {
	After string    `json:"after" enum:"purchase,delivery"`
	From  time.Time `json:"from" doc:"Purchases or deliveries at this moment or later."`
	Until time.Time `json:"until" doc:"Those before this moment."`
	Rest  int       `json:"rest" doc:"How many days nobody of the drawn had been drawn by any survey."`
}

func occasionOf(o *survey.Occasion) *occasionView {
	if o == nil {
		return nil
	}
	return &occasionView{string(o.After), o.From, o.Until, o.Rest}
}

func (s *server) showStanding(ctx context.Context, c *call, subject string) (surveyStandingView, error) {
	which, err := parseID(id.Survey, "survey", subject)
	if err != nil {
		return surveyStandingView{}, err
	}
	n, err := s.Surveys.Standing(ctx, watcher, c.programme(), which)
	if err != nil {
		return surveyStandingView{}, err
	}
	days, err := s.Surveys.Samples(ctx, watcher, survey.SampleQuery{ProgrammeID: c.programme(), SurveyID: which, Standing: true, Limit: surveyStandingDays})
	v := surveyStandingView{
		Survey: subject, Paused: n.Paused, Next: n.Next, Days: []sampleView{},
		Plan: surveyStandingPlan{string(n.After), n.Wait, n.Hour, n.Most, &n.Rest, n.Seed, n.StandingPlan.Days, string(n.Touchpoint)},
	}
	for i := range days {
		v.Days = append(v.Days, sampleOf(&days[i]))
	}
	return v, err
}
