package survey

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/link"
)

// InvitationState says how far somebody who is asked has come.
type InvitationState string

// The states of an invitation. A link may be opened by a mail program that
// looks ahead, so opened says little; started and completed need an answer that
// was sent.
const (
	Chosen    InvitationState = "drawn"
	Invited   InvitationState = "invited"
	Opened    InvitationState = "opened"
	Started   InvitationState = "started"
	Completed InvitationState = "completed"
	Bounced   InvitationState = "bounced"
	Declined  InvitationState = "declined"
)

// Text names the state in words.
func (s InvitationState) Text() i18n.Text {
	return i18n.Text{Key: "survey.invitation." + string(s)}
}

// Invitation asks one member one survey.
type Invitation struct {
	ID, ProgrammeID, MemberID, SurveyID, SampleID id.ID
	State                                         InvitationState
	Cell                                          Cell
	// Touchpoint is what the member met last when that led to the asking.
	Touchpoint             Touchpoint
	Made, Expires, Changed time.Time
	ResponseID             id.ID
}

// over returns why the link cannot be used any more, or nil.
func (n *Invitation) over(now time.Time) error {
	switch {
	case n.State == Declined:
		return fault.Refused("survey_declined", "you asked not to be asked any more; nothing is needed from you")
	case n.State != Completed && !now.Before(n.Expires):
		return fault.Refused("survey_expired", "the link has ended; thank you all the same")
	}
	return nil
}

// SampleState says how far a draw is.
type SampleState string

// The states of a sample.
const (
	SampleWaiting SampleState = "waiting" // to be drawn
	SampleDrawn   SampleState = "drawn"   // invitations go out
	SampleDone    SampleState = "done"
)

// Text names the state in words.
func (s SampleState) Text() i18n.Text { return i18n.Text{Key: "survey.sample." + string(s)} }

// Sample is one draw of members who are asked.
type Sample struct {
	ID, ProgrammeID, SurveyID id.ID
	Plan                      Plan
	State                     SampleState
	// Eligible could have been drawn, and Never more if they were not among
	// those who are never asked. Drawn were chosen, Invited of them passed on
	// to the contact policy so far.
	Eligible, Never, Drawn, Invited int64
	// Cells counts the eligible.
	Cells      Cells
	Made, Done time.Time
}

// links are those of invitations.
var links = link.Kind{Name: "survey", Path: Path, Opens: id.SurveyInvitation, Bytes: 16}

// Token returns the secret of an invitation's personal link.
func Token(salt string, invitation id.ID) string { return links.Secret(salt, invitation) }

// Paths of the public pages; the token or the code of an open link follows.
const (
	Path     = "/s/"
	OpenPath = "/s/o/"
	// DeclinePath is where somebody says that they will not be asked.
	DeclinePath = "/s/d/"
	// Scheme begins a contact's path that stands for a personal link, followed
	// by the invitation.
	Scheme = "survey"
)

// LinkPath makes the path of a personal link when a message is written, of the
// programme's salt and the invitation's shown id; empty for another id.
func LinkPath(salt, invitation string) string { return links.To(salt, invitation) }
