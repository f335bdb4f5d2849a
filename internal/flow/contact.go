package flow

import (
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// ContactWanted is the kind of job by which a room asks that a customer be
// written to. It is added in the transaction that gives the reason; who
// registers for it decides by the contact policy whether and when, and keeps
// the verdict. Where nobody has registered, the jobs wait.
const ContactWanted = "contact.wanted"

// Class is what a message is to the customer; the contact policy goes by it.
type Class string

// The classes of contact.
const (
	ServiceContact      Class = "service"      // about what the customer has or asked for
	RelationshipContact Class = "relationship" // thanks, congratulations
	AskContact          Class = "ask"          // a survey, a review
	StimulusContact     Class = "stimulus"     // a promotion
)

// Words are a message as the shop wrote it, in one language.
type Words struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// Contact is the payload of such a job: what to tell whom. It holds ids and
// figures and no personal data; the words are made when it is sent.
type Contact struct {
	ProgrammeID id.ID `json:"programme"`
	MemberID    id.ID `json:"member"`
	Class       Class `json:"class"`
	// Message names the words: "message.<Message>.subject" and ".body" of the
	// texts, with Args; empty for the shop's own Words.
	Message string               `json:"message"`
	Args    map[string]i18n.Text `json:"args,omitempty"`
	Figures map[string]int64     `json:"figures,omitempty"`
	// Words are the shop's own, by language.
	Words map[i18n.Lang]Words `json:"words,omitempty"`
	// Path is the page of ours that the message leads to, from the root, or
	// empty.
	Path string `json:"path,omitempty"`
	// Name names the contact in its programme: one of a name is made once.
	Name string `json:"name"`
}
