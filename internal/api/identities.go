package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
)

func (s *server) addIdentities() {
	write(s, operation{
		id: "add-identities", method: http.MethodPost, path: "/v1/members/{member}/identities", tag: tagMembers, needs: needs(auth.MembersWrite),
		summary: "Add what a member is recognised by",
		text:    "Identities that they have already are no mistake; those of somebody else are (409).", tagged: true,
	}, s.exchange(func(e *member.Edit, list []member.Identity) { e.Add = list }), s.showMember)
	write(s, operation{
		id: "remove-identities", method: http.MethodPost, path: "/v1/members/{member}/identities/remove", tag: tagMembers, needs: needs(auth.MembersWrite),
		summary: "Remove what a member is recognised by",
		text:    "In the body and not in the address, so that no phone number ends up in the logs of servers on the way.", tagged: true,
	}, s.exchange(func(e *member.Edit, list []member.Identity) { e.Remove = list }), s.showMember)
}

// identities are those to be added or removed.
type identities struct {
	Identities []identityView `json:"identities" nullable:"false" minItems:"1" maxItems:"20"`
}

// exchange returns the verb that adds or removes identities.
func (s *server) exchange(put func(*member.Edit, []member.Identity)) func(context.Context, *call, *memberIn, *identities) (string, error) {
	return func(ctx context.Context, c *call, in *memberIn, body *identities) (string, error) {
		m, err := in.Member.id()
		if err != nil {
			return "", err
		}
		list, err := c.normalised(body.Identities)
		if err != nil {
			return "", err
		}
		var e member.Edit
		put(&e, list)
		p, err := s.Members.Update(ctx, c.actor, c.programme(), m, e)
		if err != nil {
			return "", err
		}
		return p.ID.In(id.Member), s.Flow.NoteProfile(ctx, c.programme(), p.ID)
	}
}
