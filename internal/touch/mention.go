package touch

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lexicon"
)

// MentionState says what was done about a mention.
type MentionState string

// The states of a mention. None of them takes it away.
const (
	MentionNew      MentionState = "new"
	MentionAnswered MentionState = "answered"
	MentionReview   MentionState = "review"
	MentionAside    MentionState = "aside"
)

// MentionStates returns every state.
func MentionStates() []MentionState {
	return []MentionState{MentionNew, MentionAnswered, MentionReview, MentionAside}
}

// Text returns the state in words.
func (s MentionState) Text() i18n.Text { return i18n.Text{Key: "touch.mention_state." + string(s)} }

// Entry is what a feed says of one piece.
type Entry struct {
	// GUID tells it from others of its feed: a hash.
	GUID                         string
	Title, Excerpt, Link, Author string
	Published                    time.Time
}

// Mention is a piece in which a watched word stands, with what was done about
// it.
type Mention struct {
	ID, ProgrammeID, FeedID id.ID
	Found                   time.Time
	// Suggested is the tone that the lexicon hears, Tone what a person says of
	// it; empty before.
	Suggested, Tone lexicon.Tone
	State           MentionState
	// Answer is where we answered, Why the reason for which it was set aside.
	Answer, Why string
	// ReviewID is the review that it was made, MemberID whose it is, where a
	// person says so; 0 otherwise.
	ReviewID, MemberID id.ID
	Settled            time.Time
	SettledBy          string
	// Erased says that words and name were taken out when the customer asked to
	// be forgotten.
	Erased bool
	Entry
}

// Meant is the tone that counts: a person's word before the suggestion.
func (m *Mention) Meant() lexicon.Tone {
	if m.Tone != "" {
		return m.Tone
	}
	return m.Suggested
}

const (
	maxTitle   = 300
	maxExcerpt = 2000
	maxWhy     = 500
)

// forget takes words and names out of a mention.
func (m *Mention) forget() {
	m.Title, m.Excerpt, m.Link, m.Author, m.Answer, m.Why, m.Erased = "", "", "", "", "", "", true
}

// settle says what was done about a mention. What became a review is done about
// there.
func (m *Mention) settle(to MentionState, now time.Time, by string) error {
	if m.State == MentionReview {
		return fault.Conflict("mention_is_review", "the mention became a review; answer it there")
	}
	m.State, m.Settled, m.SettledBy = to, now, by
	if to != MentionAnswered {
		m.Answer = ""
	}
	if to != MentionAside {
		m.Why = ""
	}
	return nil
}

// webLink returns an address of the web as it stands, or nothing: no other kind
// is ever shown as a link.
func webLink(raw string) string {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(raw) > maxAddress {
		return ""
	}
	return raw
}

// checkTone refuses what a person cannot say of a mention; an empty tone takes
// their word back.
func checkTone(t lexicon.Tone) error {
	if t != "" && !slices.Contains(lexicon.Tones(), t) {
		return fault.Invalid("mention_tone", "the tone is negative, neutral or positive").At("/tone")
	}
	return nil
}

func checkWhy(why string) error {
	if why == "" || utf8.RuneCountInString(why) > maxWhy {
		return fault.Invalid("mention_why", "say in up to %d letters why it is set aside", maxWhy).With("most", maxWhy).At("/why")
	}
	return nil
}

// cut shortens a text to so many letters.
func cut(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-1]) + "…"
}
