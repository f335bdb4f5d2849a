package intake

import (
	"strings"
	"time"

	"regulars/internal/member"
)

// Date is a day of birth; a part that is not known is 0.
type Date struct {
	Year  int `json:"year,omitempty"`
	Month int `json:"month,omitempty"`
	Day   int `json:"day,omitempty"`
}

// MemberRecord is a customer as a file of members tells of them. The
// identities are as written there.
type MemberRecord struct {
	// Line is where the row begins in its file.
	Line       int64             `json:"line"`
	Source     string            `json:"source"`
	Identities []member.Identity `json:"identities"`
	GivenName  string            `json:"given_name,omitempty"`
	FamilyName string            `json:"family_name,omitempty"`
	Birth      Date              `json:"birth,omitzero"`
	Language   string            `json:"language,omitempty"`
	// Joined is when the customer joined the programme; zero if not told.
	Joined     time.Time         `json:"joined,omitzero"`
	Tags       []string          `json:"tags,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

const maxPersonName = 200

func (s *sieve) takeMember(row Row, t Taken) (Taken, Refusal) {
	r := &reading{sieve: s, fields: row.Fields}
	m := &MemberRecord{Line: row.Line, Source: s.Source, Identities: t.Identities}
	m.GivenName, m.FamilyName = r.text(GivenName, maxPersonName), r.text(FamilyName, maxPersonName)
	if full := r.text(FullName, maxPersonName); full != "" {
		m.GivenName, m.FamilyName = splitName(full, s.NameOrder)
	}
	m.Birth = r.birth()
	m.Language = strings.ToLower(r.text(Language, maxCode))
	if s.has(Joined) {
		m.Joined = r.joined()
	}
	m.Tags = splitTags(r.text(Tags, maxProduct))
	for _, a := range s.attributes {
		if v := strings.TrimSpace(row.Fields[a.column]); v != "" {
			if m.Attributes == nil {
				m.Attributes = map[string]string{}
			}
			m.Attributes[a.name] = strings.Clone(v)
		}
	}
	t.Member = m
	return t, r.refusal
}

// splitName parts a full name: the family name is its last word, or its first
// where family names are written first.
func splitName(full string, order NameOrder) (given, family string) {
	words := strings.Fields(full)
	if len(words) < 2 {
		return full, ""
	}
	if order == FamilyFirst {
		return strings.Join(words[1:], " "), words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], " "), words[last]
}

func splitTags(text string) []string {
	var tags []string
	for tag := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || c == ';' }) {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

func (r *reading) birth() Date {
	text := r.value(Birth)
	if text == "" {
		return Date{}
	}
	t, ok := r.births.parse(text)
	if !ok {
		r.refuse(Birth, MalformedDate)
		return Date{}
	}
	if t.Year() < 1900 || t.After(r.latest) {
		r.refuse(Birth, AbsurdDate)
	}
	return Date{t.Year(), int(t.Month()), t.Day()}
}

// joined may be empty, unlike the time of a sale.
func (r *reading) joined() time.Time {
	text := r.value(Joined)
	if text == "" {
		return time.Time{}
	}
	t, ok := r.dates.parse(text)
	if !ok {
		r.refuse(Joined, MalformedDate)
	}
	if ok && (t.Before(earliest) || t.After(r.latest)) {
		r.refuse(Joined, AbsurdDate)
	}
	return t
}
