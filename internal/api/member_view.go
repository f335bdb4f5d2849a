package api

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
)

// merging prefixes the ids of merges, which only the API shows.
const merging id.Prefix = "mrg"

// memberView is a member with what is known of them.
type memberView struct {
	ID         string            `json:"id" example:"mem_01h9x3k7q2v5n"`
	Status     string            `json:"status" enum:"known,enrolled,erased" doc:"known: not in the programme yet, so they do not earn. erased: nothing personal is left."`
	GivenName  string            `json:"given_name,omitempty" example:"Nina"`
	FamilyName string            `json:"family_name,omitempty" example:"Kowalska"`
	Language   string            `json:"language,omitempty" doc:"A BCP 47 tag; the programme's when missing." example:"pl"`
	Zone       string            `json:"zone,omitempty" doc:"An IANA time zone; the programme's when missing." example:"Europe/Warsaw"`
	Birth      *birthday         `json:"birth,omitempty"`
	Created    *time.Time        `json:"created,omitempty"`
	Enrolled   *time.Time        `json:"enrolled,omitempty"`
	Tags       []string          `json:"tags" nullable:"false"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Identities []identityView    `json:"identities" nullable:"false" doc:"What they are recognised by."`
	Consents   []consentView     `json:"consents,omitempty" nullable:"false" doc:"The statements in force."`
	Merges     []mergeView       `json:"merges,omitempty" nullable:"false" doc:"Profiles that were merged into this one, also those parted again."`
	Version    int64             `json:"version" doc:"Grows with every change; the ETag." example:"3"`
}

func (v memberView) version() int64 { return v.Version }

// birthday may lack the year alone.
type birthday struct {
	Day   int `json:"day" minimum:"0" maximum:"31" example:"24"`
	Month int `json:"month" minimum:"0" maximum:"12" example:"5"`
	Year  int `json:"year,omitempty" minimum:"0" maximum:"9999" example:"1990"`
}

type mergeView struct {
	Merge    string     `json:"merge" doc:"Names the merge, to undo it." example:"mrg_01h9x3k7q2v5n"`
	Survivor string     `json:"survivor" doc:"Who has everything now."`
	Other    string     `json:"other" doc:"The profile that was merged into the survivor's."`
	At       time.Time  `json:"at"`
	By       string     `json:"by" doc:"Who did it." example:"key:key_01h9x3k7q2v5n"`
	Undone   *time.Time `json:"undone,omitempty" doc:"When it was undone."`
}

func mergeOf(m member.Merging) mergeView {
	return mergeView{m.ID.In(merging), m.SurvivorID.In(id.Member), m.LoserID.In(id.Member), m.At, m.By, moment(m.Undone)}
}

func memberOf(m *member.Member, identities []member.Identity) memberView {
	v := memberView{
		ID: m.ID.In(id.Member), Status: string(m.Status), GivenName: m.GivenName, FamilyName: m.FamilyName, Language: m.Language,
		Zone: m.Zone, Created: moment(m.Created), Enrolled: moment(m.Enrolled), Tags: append([]string{}, m.Tags...), Attributes: m.Attributes,
		Identities: make([]identityView, len(identities)), Version: m.Version,
	}
	if m.Birth != (member.Birth{}) {
		v.Birth = &birthday{m.Birth.Day, m.Birth.Month, m.Birth.Year}
	}
	for i, one := range identities {
		v.Identities[i] = identityView{string(one.Kind), one.Value}
	}
	return v
}

func personOf(p member.Person) memberView {
	v := memberOf(p.Member, p.Identities)
	for _, c := range p.Consents {
		v.Consents = append(v.Consents, consentOf(c))
	}
	for _, m := range p.Mergings {
		v.Merges = append(v.Merges, mergeOf(m))
	}
	return v
}

// watcher reads what a verb has changed, for its answer: who may change
// something may see what became of it.
var watcher = auth.System("api")

// showMember returns the member that a verb has changed.
func (s *server) showMember(ctx context.Context, c *call, subject string) (memberView, error) {
	m, err := id.Parse(id.Member, subject)
	if err != nil {
		return memberView{}, err
	}
	p, err := s.Members.Get(ctx, watcher, c.programme(), m)
	if err != nil {
		return memberView{}, err
	}
	return personOf(p), nil
}
