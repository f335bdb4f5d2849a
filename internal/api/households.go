package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
)

func (s *server) addHouseholds() {
	read(s, operation{
		id: "get-household-settings", method: http.MethodGet, path: "/v1/household-settings", tag: tagHouseholds, needs: needs(auth.HouseholdsRead),
		summary: "Get what holds for households and for passing points on",
	}, func(ctx context.Context, c *call, _ *nothing) (householdSettings, error) {
		set, err := s.Households.Settings(ctx, c.actor, c.programme())
		return householdSettingsOf(set), err
	})
	write(s, operation{
		id: "write-household-settings", method: http.MethodPut, path: "/v1/household-settings", tag: tagHouseholds, needs: needs(auth.HouseholdsWrite),
		summary: "Write what holds for households and for passing points on", text: "It holds from now on.",
		example: `{"on": true, "pooling": true, "members": 6, "transfers": "household", "per_transfer": 1000, "per_month": 5000, "min_days": 30, "undo_days": 14}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *householdSpec) (string, error) {
		_, err := s.Households.SaveSettings(ctx, c.actor, c.programme(), body.spec())
		return c.programme().In(id.Programme), err
	}, func(ctx context.Context, c *call, _ string) (householdSettings, error) {
		set, err := s.Households.Settings(ctx, watcher, c.programme())
		return householdSettingsOf(set), err
	})
	read(s, operation{
		id: "list-households", method: http.MethodGet, path: "/v1/households", tag: tagHouseholds, needs: needs(auth.HouseholdsRead),
		summary: "List the households that stand, the latest first",
	}, s.listHouseholds)
	read(s, operation{
		id: "get-household", method: http.MethodGet, path: "/v1/households/{household}", tag: tagHouseholds, needs: needs(auth.HouseholdsRead),
		summary: "Get a household, with who put in and took out",
	}, func(ctx context.Context, c *call, in *householdIn) (householdView, error) {
		return s.showHouseholdAs(ctx, c, c.actor, string(in.Household))
	})
	read(s, operation{
		id: "get-member-household", method: http.MethodGet, path: "/v1/members/{member}/household", tag: tagHouseholds, needs: needs(auth.HouseholdsRead, auth.MembersRead),
		summary: "Get the household of a member", text: "404 when the member belongs to none.",
	}, func(ctx context.Context, c *call, in *memberIn) (householdView, error) {
		if err := c.can(auth.MembersRead); err != nil {
			return householdView{}, err
		}
		m, err := in.Member.id()
		if err != nil {
			return householdView{}, err
		}
		h, err := s.Households.Of(ctx, c.actor, c.programme(), m)
		if err != nil {
			return householdView{}, err
		}
		return c.household(h), nil
	})
	s.addHouseholdVerbs()
}

func (s *server) addHouseholdVerbs() {
	write(s, operation{
		id: "make-household", method: http.MethodPost, path: "/v1/households", tag: tagHouseholds, needs: needs(auth.HouseholdsWrite), created: true,
		summary: "Make a household", text: "The member named is its owner, whose account holds the pool.", example: `{"member": "mem_01h9x3k7q2v5n"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *oneMember) (string, error) {
		m, err := body.id()
		if err != nil {
			return "", err
		}
		return householdDone(s.Households.Make(ctx, c.actor, c.programme(), m))
	}, s.showHousehold)
	write(s, operation{
		id: "join-household", method: http.MethodPost, path: "/v1/households/join", tag: tagHouseholds, needs: needs(auth.HouseholdsWrite),
		summary: "Let a member join the household with a code", example: `{"member": "mem_01h9x3k7q2v5n", "code": "7M2K9-Q4TX0"}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *codeMember) (string, error) {
		m, err := body.id()
		if err != nil {
			return "", err
		}
		return householdDone(s.Households.Join(ctx, c.actor, c.programme(), m, body.Code))
	}, s.showHousehold)
	write(s, operation{
		id: "dissolve-household", method: http.MethodDelete, path: "/v1/households/{household}", tag: tagHouseholds, needs: needs(auth.HouseholdsWrite),
		summary: "Dissolve a household", text: "Everybody keeps what is on their own account; the pool is the owner's.",
	}, func(ctx context.Context, c *call, in *householdIn, _ *nothing) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return householdDone(s.Households.Dissolve(ctx, c.actor, c.programme(), n))
	}, s.showHousehold)
	for _, verb := range []struct {
		name, summary, text string
		do                  func(context.Context, auth.Actor, id.ID, id.ID, id.ID) (*household.Household, error)
	}{
		{"add", "Let a member into a household", "As staff do for who asks for it.", s.Households.Add},
		{"leave", "Take a member out of a household", "Each keeps their own points; the pool stays with the owner. The member and the owner are written to. When the owner leaves, the household is dissolved, and everybody else is written to.", s.Households.TakeOut},
	} {
		write(s, operation{
			id: verb.name + "-household-member", method: http.MethodPost, path: "/v1/households/{household}/" + verb.name, tag: tagHouseholds, needs: needs(auth.HouseholdsWrite),
			summary: verb.summary, text: verb.text, example: `{"member": "mem_01h9x3k7q2v5n"}`,
		}, func(ctx context.Context, c *call, in *householdIn, body *oneMember) (string, error) {
			n, err := in.id()
			if err != nil {
				return "", err
			}
			m, err := body.id()
			if err != nil {
				return "", err
			}
			return householdDone(verb.do(ctx, c.actor, c.programme(), n, m))
		}, s.showHousehold)
	}
	take(s, operation{
		id: "take-pooled-purchase", method: http.MethodPost, path: "/v1/households/purchases", tag: tagHouseholds, needs: needs(auth.EventsWrite),
		summary: "Record a purchase that the household's points pay",
		text: "A purchase with a checkout, of a member that is named by its id. What the member's own points lack is passed on from the owner just before, and goes back when the " +
			"purchase is refused. Points that a return gives back go to the member who paid.",
		example: `{"source": "till", "external_id": "10046", "kind": "purchase", "member": "mem_01h9x3k7q2v5n", "lines": [{"sku": "22423", "quantity": 1, "amount": 1095}], "checkout": {"points": [{"wallet": "points", "points": 500}]}}`,
	}, s.takePooled)
}

func (s *server) takePooled(ctx context.Context, c *call, body *newEvent) (eventAnswer, error) {
	e, err := body.event(c)
	if err != nil {
		return eventAnswer{}, err
	}
	answer, err := s.Households.Pay(ctx, c.actor, e)
	if err != nil {
		s.meters.took(e, "refused")
		return eventAnswer{}, err
	}
	view := c.answer(&answer)
	s.meters.took(e, view.Outcome)
	return view, nil
}

// householdIn names a household in an address.
type householdIn struct {
	Household householdID `path:"household"`
}

func (in householdIn) id() (id.ID, error) {
	return parseID(id.Household, "household", string(in.Household))
}

type householdID string

// Schema describes it for the document.
func (householdID) Schema(huma.Registry) *huma.Schema { return shown(id.Household, "The household.") }

// oneMember names a member in a body.
type oneMember struct {
	Member string `json:"member" minLength:"1" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
}

func (b oneMember) id() (id.ID, error) {
	m, err := id.Parse(id.Member, b.Member)
	return m, fault.At("/member", err)
}

// codeMember names a member and the code that they were given.
type codeMember struct {
	Member string `json:"member" minLength:"1" maxLength:"40" example:"mem_01h9x3k7q2v5n"`
	Code   string `json:"code" minLength:"1" maxLength:"40" doc:"As it was typed." example:"7M2K9-Q4TX0"`
}

func (b codeMember) id() (id.ID, error) { return oneMember{b.Member}.id() }

func householdDone(h *household.Household, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return h.ID.In(id.Household), nil
}

func (s *server) showHousehold(ctx context.Context, c *call, subject string) (householdView, error) {
	return s.showHouseholdAs(ctx, c, watcher, subject)
}

func (s *server) showHouseholdAs(ctx context.Context, c *call, a auth.Actor, subject string) (householdView, error) {
	n, err := parseID(id.Household, "household", subject)
	if err != nil {
		return householdView{}, err
	}
	h, parts, err := s.Households.Get(ctx, a, c.programme(), n)
	if err != nil {
		return householdView{}, err
	}
	return c.household(h, parts...), nil
}

type householdListIn struct {
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
}

func (s *server) listHouseholds(ctx context.Context, c *call, in *householdListIn) (page[householdView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[householdView]{}, err
	}
	at, err := inHouseholds.read(in.Cursor, 1)
	if err != nil {
		return page[householdView]{}, err
	}
	list, err := s.Households.List(ctx, c.actor, c.programme(), id.ID(at[0]), size+1)
	show := func(h *household.Household) householdView { return c.household(h) }
	return paged(inHouseholds, list, size, show, func(h *household.Household) []int64 { return []int64{int64(h.ID)} }), err
}
