package api

import (
	"cmp"
	"context"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// newMember takes a member in.
type newMember struct {
	Identities []identityView    `json:"identities" nullable:"false" minItems:"1" maxItems:"20" doc:"What they are known by."`
	GivenName  string            `json:"given_name,omitempty" maxLength:"200" example:"Nina"`
	FamilyName string            `json:"family_name,omitempty" maxLength:"200" example:"Kowalska"`
	Language   string            `json:"language,omitempty" maxLength:"40" example:"pl"`
	Zone       string            `json:"zone,omitempty" maxLength:"60" example:"Europe/Warsaw"`
	Birth      *birthday         `json:"birth,omitempty"`
	Tags       []string          `json:"tags,omitempty" nullable:"false" maxItems:"100" doc:"Added to those that they have."`
	Attributes map[string]string `json:"attributes,omitempty" doc:"Added to those that they have."`
	Shop       string            `json:"shop,omitempty" maxLength:"200" doc:"The code of the shop where they joined."`
	Channel    string            `json:"channel,omitempty" maxLength:"200" example:"till"`
}

// apiSource is the source of the sign-ups that come by this way.
const apiSource = "api"

// saveMember brings a member up to date who has joined, and takes in anybody
// else.
func (s *server) saveMember(ctx context.Context, c *call, _ *nothing, body *newMember) (string, error) {
	if err := c.can(auth.MembersWrite); err != nil {
		return "", err
	}
	identities, err := c.normalised(body.Identities)
	if err != nil {
		return "", err
	}
	found, err := member.Recognise(ctx, s.DB.Reader(), []member.Ask{{ProgrammeID: c.programme(), Identities: identities}})
	if err != nil {
		return "", err
	}
	m, unknown := found[0].MemberID, found[0].Unknown
	if found[0].Err != nil {
		return "", found[0].Err
	}
	joined, err := s.joined(ctx, m)
	if err != nil {
		return "", err
	}
	if !joined {
		known := m != 0
		if m, err = s.signUp(ctx, c, body); err != nil {
			return "", err
		}
		if !known && body.Zone == "" { // all that was sent is there
			return m.In(id.Member), nil
		}
		unknown = nil
	}
	p, err := s.Members.Update(ctx, c.actor, c.programme(), m, member.Edit{Change: body.apply, Add: unknown})
	if err != nil {
		return "", err
	}
	return p.ID.In(id.Member), s.Flow.NoteProfile(ctx, c.programme(), p.ID)
}

// normalised returns identities in the form in which they are kept.
func (c *call) normalised(list []identityView) ([]member.Identity, error) {
	identities := make([]member.Identity, len(list))
	for i, one := range list {
		var err error
		if identities[i], err = member.Normalise(member.IdentityKind(one.Kind), one.Value, c.setting.Region); err != nil {
			return nil, fault.At(pointerTo("identities", i), err)
		}
	}
	return identities, nil
}

// joined reports whether somebody is in the programme.
func (s *server) joined(ctx context.Context, m id.ID) (bool, error) {
	if m == 0 {
		return false, nil
	}
	members, err := member.Read(ctx, s.DB.Reader(), []id.ID{m})
	return members[m] != nil && members[m].Status == member.Enrolled, err
}

func (s *server) signUp(ctx context.Context, c *call, body *newMember) (id.ID, error) {
	answer, err := s.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: c.programme(), Source: apiSource, ExternalID: s.DB.IDs().New().In(id.Event), Kind: journal.SignUp, Actor: c.actor,
		Shop: body.Shop, Channel: body.Channel,
		Who: flow.Who{Identities: identitiesOf(body.Identities), Enrol: true, Profile: body.profile()},
	})
	if f := fault.As(err); f != nil {
		at := *f
		at.Field = strings.TrimPrefix(f.Field, "/profile")
		return 0, &at
	}
	return answer.MemberID, err
}

func (n *newMember) profile() *flow.Profile {
	p := &flow.Profile{GivenName: n.GivenName, FamilyName: n.FamilyName, Language: n.Language, Tags: n.Tags, Attributes: n.Attributes}
	if n.Birth != nil {
		p.BirthDay, p.BirthMonth, p.BirthYear = n.Birth.Day, n.Birth.Month, n.Birth.Year
	}
	return p
}

// apply sets what was sent and leaves the rest.
func (n *newMember) apply(m *member.Member) {
	m.GivenName, m.FamilyName = cmp.Or(n.GivenName, m.GivenName), cmp.Or(n.FamilyName, m.FamilyName)
	m.Language, m.Zone = cmp.Or(n.Language, m.Language), cmp.Or(n.Zone, m.Zone)
	if n.Birth != nil {
		m.Birth = member.Birth{Day: n.Birth.Day, Month: n.Birth.Month, Year: n.Birth.Year}
	}
	m.Tags = append(m.Tags, n.Tags...)
	for name, value := range n.Attributes {
		if m.Attributes == nil {
			m.Attributes = map[string]string{}
		}
		m.Attributes[name] = value
	}
}
