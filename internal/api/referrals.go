package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/referral"
)

func (s *server) addReferrals() {
	s.addInfluencers()
	read(s, operation{
		id: "get-referral-terms", method: http.MethodGet, path: "/v1/referral-terms", tag: tagReferrals, needs: needs(auth.ReferralsRead),
		summary: "Get what inviters and friends are promised",
	}, func(ctx context.Context, c *call, _ *nothing) (referralTermsView, error) {
		t, err := s.Referrals.Terms(ctx, c.actor, c.programme())
		return c.terms(t), err
	})
	write(s, operation{
		id: "write-referral-terms", method: http.MethodPut, path: "/v1/referral-terms", tag: tagReferrals, needs: needs(auth.ReferralsWrite),
		summary: "Write what inviters and friends are promised",
		text:    "It holds for friends who come from now on; who came before keeps what was promised then. What is left out is not said any more.",
		example: `{"state": "on", "inviter": {"points": 500, "months": 12}, "friend": {"points": 100}, "minimum": 2000, "return_days": 14, "limits": [{"times": 10, "period": "year"}], "new_only": true}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *ReferralSpec) (string, error) {
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		_, err = s.Referrals.SaveTerms(ctx, c.actor, c.programme(), referral.TermsState(body.State), spec)
		return c.programme().In(id.Programme), err
	}, func(ctx context.Context, c *call, _ string) (referralTermsView, error) {
		t, err := s.Referrals.Terms(ctx, watcher, c.programme())
		return c.terms(t), err
	})
	read(s, operation{
		id: "get-member-referral", method: http.MethodGet, path: "/v1/members/{member}/referral", tag: tagReferrals, needs: needs(auth.MembersRead),
		summary: "Get a member's code and link, and what became of the friends",
		text:    "The code is made when it is first asked for and stays.",
	}, s.getInviter)
	read(s, operation{
		id: "list-referrals", method: http.MethodGet, path: "/v1/referrals", tag: tagReferrals, needs: needs(auth.ReferralsRead),
		summary: "List referrals, the latest first",
	}, s.listReferrals)
	read(s, operation{
		id: "get-referral-results", method: http.MethodGet, path: "/v1/referrals/results", tag: tagReferrals, needs: needs(auth.ReferralsRead),
		summary: "Get what referrals came to, month by month",
	}, s.listReferralResults)
	s.addReferralVerbs()
}

func (s *server) addReferralVerbs() {
	write(s, operation{
		id: "record-referral", method: http.MethodPost, path: "/v1/referrals", tag: tagReferrals, needs: needs(auth.ReferralsWrite),
		summary: "Record that a friend came by a code",
		text: "A sign-up or purchase may carry the code as its attribute `referral` instead. The first referrer wins. Sent again it is answered alike. " +
			"Where the two look like one person it is kept as refused, with the evidence, for staff to decide.",
		example: `{"code": "7M2-K9Q-4TX", "member": "mem_01h9x3k7q2v5n"}`,
	}, s.recordReferral, s.showReferral)
	for _, verb := range []struct {
		name, summary, text string
		do                  func(context.Context, auth.Actor, id.ID, id.ID, string) (*referral.Referral, error)
	}{
		{"refuse", "Refuse a referral that was not paid", "", s.Referrals.Refuse},
		{"allow", "Let a refused referral pass", "In spite of what the two have in common. Nobody can allow a ring, or somebody who invites themselves.", s.Referrals.Allow},
	} {
		write(s, operation{
			id: verb.name + "-referral", method: http.MethodPost, path: "/v1/referrals/{referral}/" + verb.name, tag: tagReferrals, needs: needs(auth.ReferralsWrite),
			summary: verb.summary, text: verb.text, example: `{"reason": "Two flats of one house."}`,
		}, func(ctx context.Context, c *call, in *referralIn, body *decision) (string, error) {
			n, err := in.id()
			if err != nil {
				return "", err
			}
			_, err = verb.do(ctx, c.actor, c.programme(), n, body.Reason)
			return n.In(id.Referral), err
		}, s.showReferral)
	}
}

// referralIn names a referral in an address.
type referralIn struct {
	Referral referralID `path:"referral"`
}

func (in referralIn) id() (id.ID, error) {
	return parseID(id.Referral, "referral", string(in.Referral))
}

type referralID string

// Schema describes it for the document.
func (referralID) Schema(huma.Registry) *huma.Schema { return shown(id.Referral, "The referral.") }

// decision is what a member of staff says.
type decision struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why; it stays in the audit trail." example:"Two flats of one house."`
}

// newReferral says who came by which code.
type newReferral struct {
	Code       string         `json:"code" minLength:"1" maxLength:"40" doc:"As it was typed." example:"7M2-K9Q-4TX"`
	Member     string         `json:"member,omitempty" maxLength:"40" doc:"The friend, by the id here; or name identities." example:"mem_01h9x3k7q2v5n"`
	Identities []identityView `json:"identities,omitempty" nullable:"false" maxItems:"20" doc:"The friend, by anything that they are known by."`
}

func (s *server) recordReferral(ctx context.Context, c *call, _ *nothing, body *newReferral) (string, error) {
	friend, err := s.friendOf(ctx, c, body)
	if err != nil {
		return "", err
	}
	r, err := s.Referrals.Record(ctx, c.actor, referral.Claim{ProgrammeID: c.programme(), Code: body.Code, FriendID: friend, Source: referral.FromAPI})
	if err != nil {
		return "", err
	}
	return r.ID.In(id.Referral), nil
}

// friendOf finds whom a request names.
func (s *server) friendOf(ctx context.Context, c *call, body *newReferral) (id.ID, error) {
	if body.Member != "" {
		m, err := id.Parse(id.Member, body.Member)
		return m, fault.At("/member", err)
	}
	list, err := c.normalised(body.Identities)
	if err != nil {
		return 0, err
	}
	if len(list) == 0 {
		return 0, fault.Invalid("required", "a value is needed").At("/member")
	}
	found, err := member.Recognise(ctx, s.DB.Reader(), []member.Ask{{ProgrammeID: c.programme(), Identities: list}})
	switch {
	case err != nil:
		return 0, err
	case found[0].Err != nil:
		return 0, found[0].Err
	case found[0].MemberID == 0:
		return 0, fault.At("/identities", nobody())
	}
	return found[0].MemberID, nil
}

func (s *server) showReferral(ctx context.Context, c *call, subject string) (referralView, error) {
	n, err := parseID(id.Referral, "referral", subject)
	if err != nil {
		return referralView{}, err
	}
	r, err := s.Referrals.Get(ctx, watcher, c.programme(), n)
	if err != nil {
		return referralView{}, err
	}
	return c.referral(r), nil
}

func (s *server) getInviter(ctx context.Context, c *call, in *memberIn) (inviterView, error) {
	v := inviterView{Brought: []referralView{}}
	m, err := in.Member.id()
	if err != nil {
		return v, err
	}
	st, err := s.Referrals.Standing(ctx, c.actor, c.programme(), m)
	if err != nil {
		return v, err
	}
	if st.Code != "" {
		v.Code, v.Link = referral.ShowCode(st.Code), referral.LinkPath(st.Code)
	}
	for _, r := range st.Referrals {
		v.Brought = append(v.Brought, c.referral(r))
	}
	if st.Came != nil {
		came := c.referral(st.Came)
		v.Came = &came
	}
	return v, nil
}

type referralListIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	State  string   `query:"state" doc:"recorded, bought, paying, paid or refused; all when left out."`
	Member memberID `query:"member"`
}

func (s *server) listReferrals(ctx context.Context, c *call, in *referralListIn) (page[referralView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[referralView]{}, err
	}
	query := referral.Query{ProgrammeID: c.programme(), State: referral.State(in.State), Limit: size + 1}
	if err := oneOf("state", in.State, referral.States()); err != nil {
		return page[referralView]{}, err
	}
	at, err := inReferrals.read(in.Cursor, 1)
	if err != nil {
		return page[referralView]{}, err
	}
	query.Before = id.ID(at[0])
	if in.Member != "" {
		m, err := in.Member.id()
		if err != nil {
			return page[referralView]{}, err
		}
		if query.Members, err = s.aliases(ctx, c, m); err != nil {
			return page[referralView]{}, err
		}
	}
	list, err := s.Referrals.List(ctx, c.actor, query)
	return paged(inReferrals, list, size, c.referral, func(r *referral.Referral) []int64 { return []int64{int64(r.ID)} }), err
}
