package outreach

import (
	"slices"
	"time"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// State is where a contact stands.
type State string

// The states. Queued, deferred and failed ones were not sent yet or not at all.
const (
	Queued   State = "queued"
	Deferred State = "deferred"
	Sent     State = "sent"
	Failed   State = "failed"
	Refused  State = "refused"
)

// States returns every state, in the order in which they are offered.
func States() []State { return []State{Sent, Queued, Deferred, Refused, Failed} }

// Text names the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "outreach.state." + string(s)} }

// Classes returns every class of contact, in the order in which they are
// offered.
func Classes() []flow.Class {
	return []flow.Class{flow.ServiceContact, flow.RelationshipContact, flow.AskContact, flow.StimulusContact}
}

// ClassText names a class in words.
func ClassText(c flow.Class) i18n.Text { return i18n.Text{Key: "outreach.class." + string(c)} }

func knownClass(c flow.Class) bool { return slices.Contains(Classes(), c) }

// purposeOf is what a member must have allowed to be contacted in a class.
// Thanks and congratulations come under marketing, as the law of many countries
// has it.
func purposeOf(c flow.Class) member.Purpose {
	if c == flow.AskContact {
		return member.Surveys
	}
	return member.Marketing
}

// Words are a message as the shop wrote it, in one language.
type Words struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// Content is what to tell: a message of ours with what fills it, or the shop's
// own words by language. It holds no contact data.
type Content struct {
	Args    map[string]i18n.Text `json:"args,omitempty"`
	Figures map[string]int64     `json:"figures,omitempty"`
	Path    string               `json:"path,omitempty"`
	Words   map[i18n.Lang]Words  `json:"words,omitempty"`
}

// Contact is something that a member is told, or was not, and why.
type Contact struct {
	ID, ProgrammeID, MemberID id.ID
	// Name names the cause; one of a name is made once.
	Name  string
	Class flow.Class
	// Channel is the way that was chosen, empty where there is none.
	Channel member.Channel
	// Message names a message of ours; empty for the shop's own words.
	Message string
	Content Content
	State   State
	Verdict Verdict
	Made    time.Time
	// Decided is the last decision, Due when a deferred contact is decided
	// again, Sent when it was handed over. Zero where that means nothing.
	Decided, Due, Sent time.Time
	Attempts           int
	// ProviderID is what who carried it calls it.
	ProviderID string
	// Failure is why it could not be delivered, without addresses.
	Failure string
	// dayCap and monthCap are the caps by which it was decided.
	dayCap, monthCap int
}

// StateText names in words where it stands; a call is not sent.
func (c *Contact) StateText() i18n.Text {
	if c.Channel == member.ByCall {
		return i18n.Text{Key: "outreach.call." + string(c.State)}
	}
	return c.State.Text()
}

// FailureText says why it could not be delivered: of a call why nobody was spoken
// with.
func (c *Contact) FailureText() i18n.Text {
	if c.Channel == member.ByCall {
		return i18n.Text{Key: "outreach.call.why." + c.Failure}
	}
	return i18n.Text{Key: "outreach.plain", Args: map[string]any{"words": c.Failure}}
}

// Title says what the contact is about, for lists: the subject of a message of
// ours as anybody gets it, or of the shop's own words, in the language if they
// are in it.
func (c *Contact) Title(programme string, lang i18n.Lang) i18n.Text {
	if c.Message != "" {
		args := c.Content.args()
		args["programme"], args["name"] = programme, "…"
		return i18n.Text{Key: "message." + c.Message + ".subject", Args: args}
	}
	for _, l := range append([]i18n.Lang{lang}, i18n.Langs()...) {
		if w, has := c.Content.Words[l]; has {
			return i18n.Text{Key: "outreach.plain", Args: map[string]any{"words": w.Subject}}
		}
	}
	return i18n.Text{Key: "outreach.own_words"} // those of somebody who was erased
}

// args are what fills the texts of a message.
func (c *Content) args() map[string]any {
	args := map[string]any{}
	for name, t := range c.Args {
		args[name] = t
	}
	for name, n := range c.Figures {
		args[name] = n
	}
	return args
}
