package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/member"
)

func (s *server) addMembers() {
	write(s, operation{
		id: "save-member", method: http.MethodPost, path: "/v1/members", tag: tagMembers, needs: needs(auth.MembersWrite, auth.EventsWrite),
		summary: "Take a member in, or bring one up to date",
		text: "Who has one of the identities already gets the others and the profile sent, and joins the programme if they had not; else a new member joins. " +
			"What rules give for joining they give once.",
		tagged: true,
	}, s.saveMember, s.showMember)
	read(s, operation{
		id: "list-members", method: http.MethodGet, path: "/v1/members", tag: tagMembers, needs: needs(auth.MembersRead),
		summary: "List or search members, the latest first",
	}, s.listMembers)
	read(s, operation{
		id: "look-up-member", method: http.MethodGet, path: "/v1/members/lookup", tag: tagMembers, needs: needs(auth.MembersRead, auth.PointsRead),
		summary: "Look a member up at the till",
		text:    "By exactly one identity. Answers who it is, what they have and where they stand, in one quick request.",
	}, s.lookUp)
	read(s, operation{
		id: "get-member", method: http.MethodGet, path: "/v1/members/{member}", tag: tagMembers, needs: needs(auth.MembersRead),
		summary: "Get a member", tagged: true,
	}, s.getMember)
	write(s, operation{
		id: "change-member", method: http.MethodPatch, path: "/v1/members/{member}", tag: tagMembers, needs: needs(auth.MembersWrite),
		summary: "Change a profile",
		text:    "Fields left out stay, null clears. With If-Match the change is made only if nobody else changed the member since you read that version (412).",
		tagged:  true,
	}, s.changeMember, s.showMember)
	s.addErasing()
}

// addErasing adds what the law gives every person.
func (s *server) addErasing() {
	write(s, operation{
		id: "erase-member", method: http.MethodDelete, path: "/v1/members/{member}", tag: tagMembers, needs: needs(auth.MembersErase),
		summary: "Erase a person",
		text:    "Everything personal goes, of merged profiles too, and cannot be brought back. Sales and points stay under an id that names nobody, so that sums stay true.",
	}, s.eraseMember, s.showMember)
	read(s, operation{
		id: "export-member", method: http.MethodGet, path: "/v1/members/{member}/export", tag: tagMembers, needs: needs(auth.MembersExport),
		summary: "Export everything that is kept of a person",
	}, func(ctx context.Context, c *call, in *memberIn) (flow.Export, error) {
		m, err := in.Member.id()
		if err != nil {
			return flow.Export{}, err
		}
		return s.Flow.Export(ctx, c.actor, c.programme(), m)
	})
}

func (s *server) getMember(ctx context.Context, c *call, in *memberIn) (memberView, error) {
	m, err := in.Member.id()
	if err != nil {
		return memberView{}, err
	}
	p, err := s.Members.Get(ctx, c.actor, c.programme(), m)
	if err != nil {
		return memberView{}, err
	}
	return personOf(p), nil
}

// searchIn chooses members.
type searchIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
	Text   string `query:"q" doc:"A name or the beginning of one, an identity, or the last four digits of a phone." example:"kowal"`
	Status string `query:"status" enum:"known,enrolled,erased"`
	Tag    string `query:"tag" doc:"Only members with this tag."`
}

func (s *server) listMembers(ctx context.Context, c *call, in *searchIn) (page[memberView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[memberView]{}, err
	}
	at, err := inMembers.read(in.Cursor, 1)
	if err != nil {
		return page[memberView]{}, err
	}
	if err := oneOf("status", in.Status, member.Statuses()); err != nil {
		return page[memberView]{}, err
	}
	found, err := s.Members.Search(ctx, c.actor, member.Query{
		ProgrammeID: c.programme(), Text: in.Text, Region: c.setting.Region, Status: member.Status(in.Status), Tag: in.Tag, Before: id.ID(at[0]), Limit: size,
	})
	if err != nil {
		return page[memberView]{}, err
	}
	p := page[memberView]{Items: make([]memberView, len(found.Members))}
	for i, m := range found.Members {
		p.Items[i] = memberOf(m, found.Identities[m.ID])
	}
	if found.Next != 0 {
		p.Next = inMembers.write(int64(found.Next))
	}
	return p, nil
}

// memberPatch is a change of a profile.
type memberPatch struct {
	Version    int64                        `json:"version,omitempty" minimum:"0" doc:"The version that you read; another one by now is a conflict (409). Or send If-Match."`
	GivenName  optional[string]             `json:"given_name,omitzero" maxLength:"200" example:"Nina"`
	FamilyName optional[string]             `json:"family_name,omitzero" maxLength:"200" example:"Kowalska"`
	Language   optional[string]             `json:"language,omitzero" maxLength:"40" example:"pl"`
	Zone       optional[string]             `json:"zone,omitzero" maxLength:"60" example:"Europe/Warsaw"`
	Birth      optional[birthday]           `json:"birth,omitzero"`
	Tags       optional[[]string]           `json:"tags,omitzero" maxItems:"100" doc:"All tags anew."`
	Attributes optional[map[string]*string] `json:"attributes,omitzero" doc:"Those named are set; null drops one, and null for all drops all."`
}

func (p *memberPatch) apply(m *member.Member) {
	p.GivenName.set(&m.GivenName)
	p.FamilyName.set(&m.FamilyName)
	p.Language.set(&m.Language)
	p.Zone.set(&m.Zone)
	p.Tags.set(&m.Tags)
	if b := p.Birth.value; p.Birth.given {
		m.Birth = member.Birth{Day: b.Day, Month: b.Month, Year: b.Year}
	}
	if p.Attributes.given && p.Attributes.value == nil {
		m.Attributes = nil
	}
	for name, value := range p.Attributes.value {
		if value == nil {
			delete(m.Attributes, name)
			continue
		}
		if m.Attributes == nil {
			m.Attributes = map[string]string{}
		}
		m.Attributes[name] = *value
	}
}

// changeIn is the input of a change that may be made conditional.
type changeIn struct {
	Member  memberID `path:"member"`
	IfMatch string   `header:"If-Match" doc:"The ETag that you read." example:"\"3\""`
}

func (s *server) changeMember(ctx context.Context, c *call, in *changeIn, body *memberPatch) (string, error) {
	m, err := in.Member.id()
	if err != nil {
		return "", err
	}
	version := body.Version
	if in.IfMatch != "" {
		if version, err = matched(in.IfMatch); err != nil {
			return "", err
		}
	}
	p, err := s.Members.Update(ctx, c.actor, c.programme(), m, member.Edit{Version: version, Change: body.apply})
	if f := fault.As(err); f != nil && f.Code == "member_changed" && in.IfMatch != "" {
		return "", param("If-Match", &fault.Error{Kind: f.Kind, Code: "version_passed", Message: f.Message, Args: f.Args})
	}
	if err != nil {
		return "", err
	}
	return p.ID.In(id.Member), s.Flow.NoteProfile(ctx, c.programme(), p.ID)
}

func (s *server) eraseMember(ctx context.Context, c *call, in *memberIn, _ *nothing) (string, error) {
	m, err := in.Member.id()
	if err != nil {
		return "", err
	}
	return m.In(id.Member), s.Flow.Erase(ctx, c.actor, c.programme(), m)
}
