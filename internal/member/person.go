package member

import (
	"context"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Person is a member with what else is known of them.
type Person struct {
	*Member
	Identities []Identity
	// Consents are the statements in force, of all aliases together.
	Consents []Consent
	// Aliases are the survivor's id and those of everybody merged into it.
	Aliases []id.ID
	// Mergings are the merges among them, the undone ones included.
	Mergings []Merging
}

// readPerson returns the person behind a member's id.
func readPerson(ctx context.Context, q db.Queryer, programme, member id.ID) (Person, []Consent, error) {
	m, err := Of(ctx, q, programme, member)
	if err != nil {
		return Person{}, nil, err
	}
	p := Person{Member: m}
	if p.Aliases, err = Aliases(ctx, q, m.ID); err != nil {
		return Person{}, nil, err
	}
	identities, err := Identities(ctx, q, p.Aliases)
	if err != nil {
		return Person{}, nil, err
	}
	p.Identities = identities[m.ID]
	if p.Mergings, err = Mergings(ctx, q, p.Aliases); err != nil {
		return Person{}, nil, err
	}
	history, err := Consents(ctx, q, p.Aliases)
	p.Consents = Current(history)
	return p, history, err
}

// Export is everything this room holds of a person, for the person.
type Export struct {
	Member     string            `json:"member"`
	Status     Status            `json:"status"`
	GivenName  string            `json:"given_name,omitempty"`
	FamilyName string            `json:"family_name,omitempty"`
	Language   string            `json:"language,omitempty"`
	Zone       string            `json:"zone,omitempty"`
	Birth      *Birth            `json:"birth,omitempty"`
	Created    time.Time         `json:"created"`
	Enrolled   *time.Time        `json:"enrolled,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Identities []Identity        `json:"identities,omitempty"`
	Consents   []ExportedConsent `json:"consents,omitempty"`
	// Merged are the profiles that were merged into this one, each as it was.
	Merged []Export `json:"merged,omitempty"`
}

// ExportedConsent is one statement of consent as it is exported.
type ExportedConsent struct {
	Purpose     Purpose   `json:"purpose"`
	Channel     Channel   `json:"channel"`
	Given       bool      `json:"given"`
	At          time.Time `json:"at"`
	Source      string    `json:"source,omitempty"`
	TextVersion string    `json:"text_version,omitempty"`
	IP          string    `json:"ip,omitempty"`
}

// profile returns what the member's own row holds, for export.
func (m *Member) profile() Export {
	e := Export{
		Member: m.ID.In(id.Member), Status: m.Status, GivenName: m.GivenName, FamilyName: m.FamilyName,
		Language: m.Language, Zone: m.Zone, Created: m.Created, Tags: m.Tags, Attributes: m.Attributes,
	}
	if m.Birth != (Birth{}) {
		e.Birth = &m.Birth
	}
	if !m.Enrolled.IsZero() {
		e.Enrolled = &m.Enrolled
	}
	return e
}

// export writes out a person with the history of consents and the profiles of
// those merged.
func (p Person) export(history []Consent, losers []*Member) Export {
	e := p.profile()
	e.Identities = p.Identities
	for _, c := range history {
		e.Consents = append(e.Consents, ExportedConsent{c.Purpose, c.Channel, c.Given, c.At, c.Source, c.TextVersion, c.IP})
	}
	for _, m := range losers {
		e.Merged = append(e.Merged, m.profile())
	}
	return e
}

// Edit is a change of a profile by somebody.
type Edit struct {
	// Version is that of the profile that was looked at; another one by now is
	// a conflict. 0 changes whatever stands.
	Version int64
	// Change sets names, language, zone, birth, tags and attributes; what else
	// it sets is ignored. It may be nil.
	Change func(*Member)
	// Add and Remove hold identities as Normalise gives them.
	Add, Remove []Identity
}

// apply changes the member and reports which parts of the profile changed, by
// name and without values.
func (e Edit) apply(m *Member, now time.Time) ([]string, error) {
	old := *m
	old.Tags, old.Attributes = slices.Clone(m.Tags), maps.Clone(m.Attributes)
	if e.Change != nil {
		e.Change(m)
		m.ID, m.ProgrammeID, m.Status, m.Bucket, m.Created = old.ID, old.ProgrammeID, old.Status, old.Bucket, old.Created
		m.Enrolled, m.MergedInto, m.Version, m.kept = old.Enrolled, old.MergedInto, old.Version, old.kept
	}
	m.Tidy()
	if err := m.Check(now); err != nil {
		return nil, err
	}
	return changes(&old, m), nil
}

// changes names what differs between two states of a profile.
func changes(old, m *Member) []string {
	var names []string
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"given_name", old.GivenName != m.GivenName},
		{"family_name", old.FamilyName != m.FamilyName},
		{"language", old.Language != m.Language},
		{"zone", old.Zone != m.Zone},
		{"birth", old.Birth != m.Birth},
		{"tags", !slices.Equal(old.Tags, m.Tags)},
		{"attributes", !maps.Equal(old.Attributes, m.Attributes)},
	} {
		if f.changed {
			names = append(names, f.name)
		}
	}
	return names
}
