package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
)

func (s *server) addConsents() {
	read(s, operation{
		id: "list-consents", method: http.MethodGet, path: "/v1/members/{member}/consents", tag: tagMembers, needs: needs(auth.MembersRead),
		summary: "List what a member said of their consents",
		text:    "Every statement with its evidence, the earliest first. The latest about a purpose and channel is in force.",
	}, s.listConsents)
	write(s, operation{
		id: "add-consents", method: http.MethodPost, path: "/v1/members/{member}/consents", tag: tagMembers, needs: needs(auth.MembersWrite),
		summary: "Record that a member gave or withdrew consent",
		text:    "Statements are only ever added. The answer is the member with the statements in force.",
	}, s.addStatements, s.showMember)
}

// consentView is one statement of a customer.
type consentView struct {
	Purpose     string    `json:"purpose" enum:"marketing,survey,profiling,partners"`
	Channel     string    `json:"channel" enum:"email,sms,call,messenger,push,post,every" doc:"every stands for all of them, and for purposes that need none."`
	Given       bool      `json:"given" doc:"false when it was withdrawn or refused."`
	At          time.Time `json:"at" doc:"When the customer said so."`
	Source      string    `json:"source,omitempty" doc:"Where they said it." example:"checkout"`
	TextVersion string    `json:"text_version,omitempty" doc:"Which text they agreed to." example:"2026-01"`
	IP          string    `json:"ip,omitempty" doc:"The address that it came from."`
	By          string    `json:"by,omitempty" doc:"Who recorded it." example:"key:key_01h9x3k7q2v5n"`
}

func consentOf(c member.Consent) consentView {
	return consentView{string(c.Purpose), string(c.Channel), c.Given, c.At, c.Source, c.TextVersion, c.IP, c.By}
}

// newConsents are statements to be recorded.
type newConsents struct {
	Consents []newConsent `json:"consents" nullable:"false" minItems:"1" maxItems:"50"`
}

type newConsent struct {
	Purpose     string    `json:"purpose" enum:"marketing,survey,profiling,partners"`
	Channel     string    `json:"channel" enum:"email,sms,call,messenger,push,post,every"`
	Given       bool      `json:"given"`
	At          time.Time `json:"at,omitzero" doc:"When the customer said so; now when it is left out." example:"2026-01-01T11:30:00Z"`
	Source      string    `json:"source,omitempty" maxLength:"200" doc:"Where they said it." example:"checkout"`
	TextVersion string    `json:"text_version,omitempty" maxLength:"200" doc:"Which text they agreed to." example:"2026-01"`
	IP          string    `json:"ip,omitempty" maxLength:"45" example:"203.0.113.7"`
}

type consentList struct {
	Items []consentView `json:"items" nullable:"false"`
}

func (s *server) listConsents(ctx context.Context, c *call, in *memberIn) (consentList, error) {
	list := consentList{Items: []consentView{}}
	if err := c.can(auth.MembersRead); err != nil {
		return list, err
	}
	m, err := in.Member.id()
	if err != nil {
		return list, err
	}
	aliases, err := s.aliases(ctx, c, m)
	if err != nil {
		return list, err
	}
	history, err := member.Consents(ctx, s.DB.Reader(), aliases)
	for _, one := range history {
		list.Items = append(list.Items, consentOf(one))
	}
	return list, err
}

func (s *server) addStatements(ctx context.Context, c *call, in *memberIn, body *newConsents) (string, error) {
	m, err := in.Member.id()
	if err != nil {
		return "", err
	}
	list := make([]member.Consent, len(body.Consents))
	for i, one := range body.Consents {
		list[i] = member.Consent{
			Purpose: member.Purpose(one.Purpose), Channel: member.Channel(one.Channel), Given: one.Given, At: one.At,
			Source: one.Source, TextVersion: one.TextVersion, IP: one.IP,
		}
	}
	p, err := s.Members.SetConsents(ctx, c.actor, c.programme(), m, list...)
	if err != nil {
		return "", err
	}
	return p.ID.In(id.Member), s.Flow.NoteProfile(ctx, c.programme(), p.ID)
}
