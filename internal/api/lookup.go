package api

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// lookupIn names a customer by one identity.
type lookupIn struct {
	Phone    string `query:"phone" doc:"With the country code, or without it where the programme names its country." example:"+442079460018"`
	Card     string `query:"card" doc:"The number of the card." example:"2600 1234 5678"`
	Email    string `query:"email" example:"nina@example.com"`
	External string `query:"external" doc:"The customer's number in a system of yours." example:"17850"`
	Pass     string `query:"pass" doc:"The number of the wallet pass."`
}

// asked returns the one identity that was given.
func (in *lookupIn) asked() (member.IdentityKind, string, error) {
	var kind member.IdentityKind
	var value string
	for _, p := range [...]struct {
		kind  member.IdentityKind
		value string
	}{
		{member.Phone, in.Phone}, {member.Card, in.Card}, {member.Email, in.Email}, {member.External, in.External}, {member.Pass, in.Pass},
	} {
		if p.value == "" {
			continue
		}
		if kind != "" {
			return "", "", param(string(p.kind), fault.Invalid("one_identity", "look a member up by exactly one of phone, card, email, external and pass"))
		}
		kind, value = p.kind, p.value
	}
	if kind == "" {
		return "", "", param("phone", fault.Invalid("one_identity", "look a member up by exactly one of phone, card, email, external and pass"))
	}
	return kind, value, nil
}

// lookupView is what a till shows of a member.
type lookupView struct {
	Member     string         `json:"member" example:"mem_01h9x3k7q2v5n"`
	Status     string         `json:"status" enum:"known,enrolled,erased"`
	GivenName  string         `json:"given_name,omitempty" example:"Nina"`
	FamilyName string         `json:"family_name,omitempty" example:"Kowalska"`
	Language   string         `json:"language,omitempty" example:"pl"`
	Tags       []string       `json:"tags" nullable:"false"`
	Balances   []balanceShort `json:"balances" nullable:"false"`
	Ranks      []rankShort    `json:"ranks" nullable:"false"`
}

func (s *server) lookUp(ctx context.Context, c *call, in *lookupIn) (lookupView, error) {
	if err := c.can(auth.MembersRead); err != nil {
		return lookupView{}, err
	}
	if err := c.can(auth.PointsRead); err != nil {
		return lookupView{}, err
	}
	m, err := s.recognise(ctx, c, in)
	if err != nil {
		return lookupView{}, err
	}
	members, err := member.Read(ctx, s.DB.Reader(), []id.ID{m})
	if err != nil {
		return lookupView{}, err
	}
	balances, ranks, err := s.Flow.Standing(ctx, c.programme(), m)
	if err != nil {
		return lookupView{}, err
	}
	who := members[m]
	if who == nil {
		return lookupView{}, nobody()
	}
	return lookupView{
		Member: who.ID.In(id.Member), Status: string(who.Status), GivenName: who.GivenName, FamilyName: who.FamilyName, Language: who.Language,
		Tags: append([]string{}, who.Tags...), Balances: c.balances(balances), Ranks: c.ranks(ranks),
	}, nil
}

// recognise returns the member whom the identity names.
func (s *server) recognise(ctx context.Context, c *call, in *lookupIn) (id.ID, error) {
	kind, value, err := in.asked()
	if err != nil {
		return 0, err
	}
	one, err := s.Members.Normalise(kind, value, c.setting.Region)
	if err != nil {
		return 0, param(string(kind), err)
	}
	found, err := member.Recognise(ctx, s.DB.Reader(), []member.Ask{{ProgrammeID: c.programme(), Identities: []member.Identity{one}}})
	if err != nil {
		return 0, err
	}
	if found[0].MemberID == 0 {
		return 0, param(string(kind), nobody())
	}
	return found[0].MemberID, nil
}

func nobody() error { return fault.Missing("nobody_found", "nobody is known by this") }
