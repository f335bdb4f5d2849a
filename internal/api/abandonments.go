package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/money"
)

const exampleAbandonment = `{"source": "shop", "external_id": "cart-1001", "identities": [{"kind": "email", "value": "nina@example.com"}], "channel": "site", "step": "delivery", "items": 2,
  "first_parts": [{"part": "goods", "amount": 1250}, {"part": "delivery", "amount": 0}], "last_parts": [{"part": "goods", "amount": 1250}, {"part": "delivery", "amount": 240}], "asked": "link"}`

func (s *server) addAbandonments() {
	read(s, operation{
		id: "list-abandonments", method: http.MethodGet, path: "/v1/abandonments", tag: tagBaskets, needs: needs(auth.BasketsRead),
		summary: "List the baskets that customers left before paying, the latest first",
	}, s.listAbandonments)
	write(s, operation{
		id: "tell-abandonment", method: http.MethodPost, path: "/v1/abandonments", tag: tagBaskets, needs: needs(auth.BasketsWrite), created: true,
		summary: "Tell that a basket was left",
		text: "The same source and external_id give the same basket, as it stands by now; another telling under them is a conflict (409). Identities that belong to nobody make it an unknown visitor's and are not kept. " +
			"Both prices in minor units: the one that was shown first, and the one at which it was left; by parts, what is in the last and not in the first was hidden (a part that was shown as 0 was not). " +
			"With asked link the answer has the link of a page that asks why; send it, it can be answered once. With a reason say by origin where it is known from.",
		example: exampleAbandonment,
	}, s.tellAbandonment, s.showAbandonmentLink)
	read(s, operation{
		id: "get-abandonment", method: http.MethodGet, path: "/v1/abandonments/{abandonment}", tag: tagBaskets, needs: needs(auth.BasketsRead), summary: "Get a basket that was left, with what followed",
	}, func(ctx context.Context, c *call, in *abandonmentIn) (abandonmentView, error) {
		return s.abandonment(ctx, c, c.actor, string(in.Abandonment))
	})
	write(s, operation{
		id: "ask-abandonment", method: http.MethodPost, path: "/v1/abandonments/{abandonment}/ask", tag: tagBaskets, needs: needs(auth.BasketsWrite),
		summary: "Have the customer asked why, by a link that you send",
		text:    "The customer counts as asked from now on, so ask for the link only when you send it. Who has said why is not asked again (409).",
	}, func(ctx context.Context, c *call, in *abandonmentIn, _ *nothing) (string, error) {
		which, err := parseID(id.Basket, "abandonment", string(in.Abandonment))
		if err != nil {
			return "", err
		}
		_, err = s.Baskets.Ask(ctx, c.actor, c.programme(), which)
		return string(in.Abandonment), err
	}, s.showAbandonmentLink)
	write(s, operation{
		id: "explain-abandonment", method: http.MethodPost, path: "/v1/abandonments/{abandonment}/reason", tag: tagBaskets, needs: needs(auth.BasketsWrite),
		summary: "Say why a basket was left", text: "What the customer said themselves stays (409); what staff noted may be said anew.",
		example: `{"reason": "delivery_time", "words": "It was a present for tomorrow.", "origin": "staff"}`,
	}, func(ctx context.Context, c *call, in *abandonmentIn, body *abandonmentReason) (string, error) {
		which, err := parseID(id.Basket, "abandonment", string(in.Abandonment))
		if err != nil {
			return "", err
		}
		_, err = s.Baskets.Explain(ctx, c.actor, c.programme(), which, basket.Why{Reason: basket.Reason(body.Reason), Words: body.Words, Origin: basket.Way(body.Origin)})
		return string(in.Abandonment), err
	}, func(ctx context.Context, c *call, subject string) (abandonmentView, error) {
		return s.abandonment(ctx, c, watcher, subject)
	})
	read(s, operation{
		id: "get-abandonment-report", method: http.MethodGet, path: "/v1/abandonment-report", tag: tagBaskets, needs: needs(auth.BasketsRead),
		summary: "Get why baskets were left, how prices grew, and who came back",
		text: "Of the baskets that were left in the span. A share is to be read with the number behind it: low and high bound it at 95 % (Wilson). Under 10 there is no share; under 30 it is preliminary. " +
			"Reasons are of those baskets of which one is known; silent is of how many none is. growth_and_return compares those whose price had grown with those whose had not: nobody drew whose did, so the difference (Newcombe's interval) is an association and no effect.",
	}, s.abandonmentReport)
	s.addAbandonmentSettings()
}

func (s *server) addAbandonmentSettings() {
	show := func(ctx context.Context, c *call, a auth.Actor) (abandonmentSettings, error) {
		set, version, err := s.Baskets.Settings(ctx, a, c.programme())
		return abandonmentSettings{version, abandonmentSettingsBody(set)}, err
	}
	read(s, operation{
		id: "get-abandonment-settings", method: http.MethodGet, path: "/v1/abandonment-settings", tag: tagBaskets, needs: needs(auth.BasketsRead), summary: "Get what holds for left baskets",
	}, func(ctx context.Context, c *call, _ *nothing) (abandonmentSettings, error) {
		return show(ctx, c, c.actor)
	})
	write(s, operation{
		id: "set-abandonment-settings", method: http.MethodPut, path: "/v1/abandonment-settings", tag: tagBaskets, needs: needs(auth.BasketsWrite, auth.ProgrammesWrite),
		summary: "Change what holds for left baskets", text: "Give the version that you read: if somebody changed the settings since, nothing is changed (409).",
		example: `{"version": 0, "settings": {"days": 7, "letters": true, "wait_hours": 24}}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *abandonmentSettings) (string, error) {
		return "", within("/settings", s.Baskets.SetSettings(ctx, c.actor, c.programme(), body.Version, basket.Settings(body.Settings)))
	}, func(ctx context.Context, c *call, _ string) (abandonmentSettings, error) {
		return show(ctx, c, watcher)
	})
}

// abandonmentIn names a left basket in an address.
type abandonmentIn struct {
	Abandonment basketID `path:"abandonment"`
}

type basketID string

// Schema describes it for the document.
func (basketID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Basket, "The basket that was left.")
}

type abandonmentBody struct {
	Source     string         `json:"source" minLength:"1" maxLength:"200" example:"shop"`
	ExternalID string         `json:"external_id" minLength:"1" maxLength:"200" example:"cart-1001"`
	Member     string         `json:"member,omitempty" maxLength:"40" doc:"Whose it was; an unknown visitor's when neither this nor identities are given." example:"mem_01h9x3k7q2v5n"`
	Identities []identityView `json:"identities,omitempty" nullable:"false" maxItems:"20" doc:"Whose it was, by anything that they are known by. What belongs to nobody is not kept."`
	Shop       string         `json:"shop,omitempty" maxLength:"40" doc:"The code of a shop." example:"web"`
	Channel    string         `json:"channel,omitempty" maxLength:"40" example:"site"`
	Left       time.Time      `json:"left,omitzero" doc:"When it was left; now when left out."`
	Step       string         `json:"step" enum:"basket,address,delivery,payment,review" doc:"The last step that they reached."`
	Items      int64          `json:"items,omitempty" minimum:"0" maximum:"100000" doc:"How many things were in it." example:"2"`
	Currency   string         `json:"currency,omitempty" doc:"The programme's, also when left out." example:"GBP"`
	First      int64          `json:"first_price,omitempty" minimum:"0" doc:"The price that was shown first, in minor units; 0 where it is not known. With parts it may be left out; it is their sum." example:"1250"`
	Last       int64          `json:"last_price,omitempty" minimum:"0" doc:"The price at which it was left, in minor units. With parts it may be left out." example:"1490"`
	FirstParts []pricePart    `json:"first_parts,omitempty" maxItems:"5" doc:"By which parts the first price was shown. Tell both prices by parts, or neither."`
	LastParts  []pricePart    `json:"last_parts,omitempty" maxItems:"5" doc:"By which parts it was left."`
	Asked      string         `json:"asked,omitempty" enum:"on_the_spot,link" doc:"How they were asked why without having answered, or by a link that you are about to send; nobody has asked them when left out."`
	Reason     string         `json:"reason,omitempty" enum:"total_too_high,delivery_cost,total_unclear,delivery_time,payment_method,payment_failed,no_trust,had_to_register,too_long,unclear_returns,error,just_looking,bought_elsewhere,other" doc:"Why they left, where it is known."`
	Words      string         `json:"words,omitempty" maxLength:"500" doc:"In their own words."`
	Origin     string         `json:"origin,omitempty" enum:"on_the_spot,link,staff" doc:"From where the reason is known; on_the_spot when left out."`
}

func (b *abandonmentBody) leaving(programme id.ID) (basket.Leaving, error) {
	n := basket.Leaving{
		ProgrammeID: programme, Source: b.Source, ExternalID: b.ExternalID, Shop: b.Shop, Channel: b.Channel, Left: b.Left, Step: basket.Step(b.Step), Items: b.Items,
		Currency: money.Currency(b.Currency), First: b.First, Last: b.Last, FirstParts: amountsOf(b.FirstParts), LastParts: amountsOf(b.LastParts), Asked: basket.Way(b.Asked),
	}
	for _, i := range b.Identities {
		n.Identities = append(n.Identities, member.Identity{Kind: member.IdentityKind(i.Kind), Value: i.Value})
	}
	if b.Reason != "" || b.Words != "" || b.Origin != "" {
		n.Why = &basket.Why{Reason: basket.Reason(b.Reason), Words: b.Words, Origin: basket.Way(b.Origin)}
		if b.Origin == "" {
			n.Why.Origin = basket.OnTheSpot
		}
	}
	if b.Member == "" {
		return n, nil
	}
	if len(b.Identities) > 0 {
		return n, fault.Invalid("basket_whose", "name the member by id or by identities, not by both").At("/identities")
	}
	var err error
	if n.MemberID, err = id.Parse(id.Member, b.Member); err != nil {
		return n, fault.At("/member", err)
	}
	return n, nil
}

type abandonmentReason struct {
	Reason string `json:"reason" enum:"total_too_high,delivery_cost,total_unclear,delivery_time,payment_method,payment_failed,no_trust,had_to_register,too_long,unclear_returns,error,just_looking,bought_elsewhere,other"`
	Words  string `json:"words,omitempty" maxLength:"500" doc:"In the customer's own words."`
	Origin string `json:"origin" enum:"on_the_spot,link,staff" doc:"From where it is known."`
}

func (s *server) tellAbandonment(ctx context.Context, c *call, _ *nothing, body *abandonmentBody) (string, error) {
	n, err := body.leaving(c.programme())
	if err != nil {
		return "", err
	}
	b, err := s.Baskets.Leave(ctx, c.actor, n)
	if err != nil {
		return "", err
	}
	return b.ID.In(id.Basket), nil
}

type abandonmentsIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	From   instant  `query:"from" doc:"Only those left from then on."`
	To     instant  `query:"to" doc:"Only those left before."`
	Step   string   `query:"step" doc:"basket, address, delivery, payment or review; all when left out."`
	Reason string   `query:"reason" doc:"Why they were left, or unknown for those of which nobody knows; all when left out."`
	Member memberID `query:"member"`
}

// unknownReason asks for baskets of which nobody knows why they were left.
const unknownReason = "unknown"

func (s *server) listAbandonments(ctx context.Context, c *call, in *abandonmentsIn) (page[abandonmentView], error) {
	v := page[abandonmentView]{Items: []abandonmentView{}}
	size, err := in.Limit.size()
	if err != nil {
		return v, err
	}
	at, err := inBaskets.read(in.Cursor, 2)
	if err != nil {
		return v, err
	}
	if err := oneOf("step", in.Step, basket.Steps()); err != nil {
		return v, err
	}
	if err := oneOf("reason", in.Reason, append(basket.Reasons(), unknownReason)); err != nil {
		return v, err
	}
	query := basket.Query{ProgrammeID: c.programme(), Step: basket.Step(in.Step), Limit: size + 1}
	if query.Unknown = in.Reason == unknownReason; !query.Unknown {
		query.Reason = basket.Reason(in.Reason)
	}
	if in.Cursor != "" {
		query.Before = basket.Cursor{ID: id.ID(at[0]), Left: time.UnixMicro(at[1]).UTC()}
	}
	if query.From, err = in.From.time("from"); err != nil {
		return v, err
	}
	if query.To, err = in.To.time("to"); err != nil {
		return v, err
	}
	if in.Member != "" {
		if query.MemberID, err = in.Member.id(); err != nil {
			return v, err
		}
	}
	list, err := s.Baskets.List(ctx, c.actor, query)
	return paged(inBaskets, list, size, c.abandonmentOf, func(b basket.Seen) []int64 { return []int64{int64(b.ID), b.Left.UnixMicro()} }), err
}
