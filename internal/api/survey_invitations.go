package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/survey"
)

func (s *server) addSurveyInvitations() {
	read(s, operation{
		id: "list-survey-invitations", method: http.MethodGet, path: "/v1/surveys/{survey}/invitations", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "List whom a survey asked and how far they are, the latest first",
	}, s.listSurveyInvitations)
	write(s, operation{
		id: "bounce-survey-invitation", method: http.MethodPost, path: "/v1/survey-invitations/{invitation}/bounce", tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Say that an invitation did not reach its member",
		text:    "Who was not reached does not count among those asked. It changes nothing for who has begun to answer. What our own mail server refuses for good is noted by itself.",
	}, func(ctx context.Context, c *call, in *invitationIn, _ *nothing) (string, error) {
		n, err := parseID(id.SurveyInvitation, "invitation", string(in.Invitation))
		if err != nil {
			return "", err
		}
		return n.In(id.SurveyInvitation), s.Surveys.Bounce(ctx, c.actor, c.programme(), n)
	}, func(ctx context.Context, c *call, subject string) (surveyInvitation, error) {
		n, err := parseID(id.SurveyInvitation, "invitation", subject)
		if err != nil {
			return surveyInvitation{}, err
		}
		found, err := s.Surveys.Invitation(ctx, watcher, c.programme(), n)
		return invitationOf(found), err
	})
	read(s, operation{
		id: "get-survey-settings", method: http.MethodGet, path: "/v1/survey-settings", tag: tagSurveys, needs: needs(auth.SurveysRead),
		summary: "Get what holds for all surveys",
	}, func(ctx context.Context, c *call, _ *nothing) (surveySettings, error) {
		n, err := s.Surveys.NeverShare(ctx, c.actor, c.programme())
		return surveySettings{n}, err
	})
	write(s, operation{
		id: "set-survey-settings", method: http.MethodPut, path: "/v1/survey-settings", tag: tagSurveys, needs: needs(auth.SurveysWrite),
		summary: "Say how many members are never surveyed", text: "Those who were never asked stay so when the share grows.", example: `{"never_share": 500}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *surveySettings) (string, error) {
		return "", s.Surveys.SetNeverShare(ctx, c.actor, c.programme(), body.NeverShare)
	}, func(ctx context.Context, c *call, _ string) (surveySettings, error) {
		n, err := s.Surveys.NeverShare(ctx, watcher, c.programme())
		return surveySettings{n}, err
	})
}

type surveySettings struct {
	NeverShare int `json:"never_share" minimum:"0" maximum:"5000" doc:"How many of 10,000 members are never surveyed." example:"500"`
}

// invitationIn names an invitation in an address.
type invitationIn struct {
	Invitation invitationID `path:"invitation"`
}

type invitationID string

// Schema describes it for the document.
func (invitationID) Schema(huma.Registry) *huma.Schema {
	return shown(id.SurveyInvitation, "The invitation.")
}

// surveyInvitation is somebody whom a survey asked.
type surveyInvitation struct {
	Invitation string    `json:"invitation" example:"svi_01h9x3k7q2v5n"`
	Survey     string    `json:"survey" example:"svy_01h9x3k7q2v5n"`
	Member     string    `json:"member" example:"mem_01h9x3k7q2v5n"`
	State      string    `json:"state" enum:"drawn,invited,opened,started,completed,bounced,declined"`
	Made       time.Time `json:"made"`
	Expires    time.Time `json:"expires" doc:"Until when the link works."`
	Changed    time.Time `json:"changed"`
	Touchpoint string    `json:"touchpoint,omitempty" enum:"shop,parcel,site,phone,event" doc:"What it asks about; left out where nobody knows."`
}

func invitationOf(n survey.Invitation) surveyInvitation {
	return surveyInvitation{
		n.ID.In(id.SurveyInvitation), n.SurveyID.In(id.Survey), n.MemberID.In(id.Member), string(n.State), n.Made, n.Expires, n.Changed, string(n.Touchpoint),
	}
}

func (s *server) listSurveyInvitations(ctx context.Context, c *call, in *surveyResponsesIn) (page[surveyInvitation], error) {
	var none page[surveyInvitation]
	n, err := parseID(id.Survey, "survey", string(in.Survey))
	if err != nil {
		return none, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return none, err
	}
	at, err := inInvitations.read(in.Cursor, 1)
	if err != nil {
		return none, err
	}
	list, err := s.Surveys.Invitations(ctx, c.actor, c.programme(), n, id.ID(at[0]), size+1)
	return paged(inInvitations, list, size, invitationOf, func(n survey.Invitation) []int64 { return []int64{int64(n.ID)} }), err
}
