package survey

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Mode is how an answer came.
type Mode string

// The modes.
const (
	Web    Mode = "web"    // the personal link
	Link   Mode = "link"   // the link that anybody may use
	Phone  Mode = "phone"  // asked on the telephone
	Import Mode = "import" // brought in from elsewhere
)

// Modes returns every mode.
func Modes() []Mode { return []Mode{Web, Link, Phone, Import} }

// Text names the mode in words.
func (m Mode) Text() i18n.Text { return i18n.Text{Key: "survey.mode." + string(m)} }

// ResponseState says whether all was answered.
type ResponseState string

// The states of a response.
const (
	Partial ResponseState = "partial"
	Whole   ResponseState = "complete"
)

// Response is one questionnaire that was begun, with its answers.
type Response struct {
	ID, ProgrammeID, SurveyID id.ID
	// MemberID is 0 where nobody knows who answered.
	MemberID, InvitationID id.ID
	State                  ResponseState
	Lang                   string
	Mode                   Mode
	ShopID                 id.ID
	// Touchpoint is where what is answered was felt; empty where nobody knows.
	Touchpoint Touchpoint
	// Cell is what was known of the member when they were drawn; empty for
	// others.
	Cell Cell
	// Occurred is when the last answer was given, Recorded when we learnt of it.
	Occurred, Recorded time.Time
	Answers            Answers
	// Weight was brought in with the answers, in millionths; 0 for none.
	Weight int64
	// Reasons are those of the answers in own words, by question.
	Reasons map[string]Reasoned
}

// Reasoned is what somebody's own words are about.
type Reasoned struct {
	// Suggested is the code of the reason that the words hint at, or empty when
	// they hint at none or at several; Confirmed is what a person says.
	Suggested, Confirmed string
}
