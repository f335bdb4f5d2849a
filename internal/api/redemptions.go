package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/reward"
)

func (s *server) addRedemptions() {
	take(s, operation{
		id: "redeem-reward", method: http.MethodPost, path: "/v1/redemptions", tag: tagRewards, needs: needs(auth.RedemptionsWrite),
		summary: "Take a reward for a member's points",
		text: "Points, stock and limits are settled in one transaction. Send it again when no answer came: a redemption of the same source and number with the same content " +
			"changes nothing and is answered alike, with other content it is refused (409).",
		example: `{"source": "shop", "external_id": "rd-881", "member": "mem_01h9x3k7q2v5n", "reward": "rwd_01h9x3k7q2v5n", "points": 500, "money": 200}`,
	}, s.redeem)
	read(s, operation{
		id: "list-redemptions", method: http.MethodGet, path: "/v1/redemptions", tag: tagRewards, needs: needs(auth.RewardsRead),
		summary: "List what members took, the latest first",
	}, s.listRedemptions)
	read(s, operation{
		id: "get-redemption", method: http.MethodGet, path: "/v1/redemptions/{redemption}", tag: tagRewards, needs: needs(auth.RewardsRead),
		summary: "Get a redemption by its pick-up code or id",
	}, func(ctx context.Context, c *call, in *redemptionIn) (redemptionView, error) {
		n, err := s.Rewards.Find(ctx, c.actor, c.programme(), string(in.Redemption))
		if err != nil {
			return redemptionView{}, err
		}
		return c.redemption(n), nil
	})
	write(s, operation{
		id: "hand-out-reward", method: http.MethodPost, path: "/v1/redemptions/{redemption}/hand-out", tag: tagRewards, needs: needs(auth.RedemptionsWrite),
		summary: "Mark that the member has picked it up",
	}, func(ctx context.Context, c *call, in *redemptionIn, _ *nothing) (string, error) {
		n, err := s.Rewards.HandOut(ctx, c.actor, c.programme(), string(in.Redemption))
		if err != nil {
			return "", err
		}
		return n.ID.In(id.Redemption), nil
	}, s.showRedemption)
	write(s, operation{
		id: "undo-redemption", method: http.MethodPost, path: "/v1/redemptions/{redemption}/undo", tag: tagRewards, needs: needs(auth.RedemptionsWrite),
		summary: "Take a redemption back",
		text: "The points go back to the lots that they came from; what has expired since expires at once. The stock has one more, unless it came back before, " +
			"and what was paid on top in money is for the till to give back.",
	}, s.undoRedemption, s.showRedemption)
}

// newRedemption asks for a reward. Its fields are named as flow points at them,
// where it does.
type newRedemption struct {
	Source     string         `json:"source" minLength:"1" maxLength:"200" doc:"The system that asks." example:"shop"`
	ExternalID string         `json:"external_id" minLength:"1" maxLength:"200" doc:"The redemption's number there. The pair is taken once." example:"rd-881"`
	Occurred   time.Time      `json:"occurred,omitzero" doc:"When it happened; now when it is left out."`
	Member     string         `json:"member,omitempty" maxLength:"40" doc:"Who takes it, by the id here; or name identities." example:"mem_01h9x3k7q2v5n"`
	Identities []identityView `json:"identities,omitempty" nullable:"false" maxItems:"20" doc:"Who takes it, by anything that they are known by."`
	Reward     string         `json:"reward" maxLength:"40" example:"rwd_01h9x3k7q2v5n"`
	Points     *int64         `json:"points,omitempty" doc:"What the member was told that it costs. If it costs otherwise it is refused (409, reward_price_changed)." example:"500"`
	Money      *int64         `json:"money,omitempty" doc:"Likewise what is paid on top, in minor units." example:"200"`
	Shop       string         `json:"shop,omitempty" maxLength:"200" doc:"The code of the shop." example:"high-street"`
	Channel    string         `json:"channel,omitempty" maxLength:"200" doc:"How it was taken, in your words." example:"app"`
}

// redeemedView is what came of a redemption.
type redeemedView struct {
	Outcome    string         `json:"outcome" enum:"taken,repeated" doc:"repeated: it was taken before and changed nothing now."`
	Redemption redemptionView `json:"redemption" doc:"What was taken, as it stands now."`
	Movements  []movementView `json:"movements" nullable:"false" doc:"The points that paid."`
	Balances   []balanceShort `json:"balances" nullable:"false" doc:"What the member has now."`
}

func (n *newRedemption) event(c *call) (*flow.Event, error) {
	e := &flow.Event{
		ProgrammeID: c.programme(), Source: n.Source, ExternalID: n.ExternalID, Kind: journal.Redemption, Occurred: n.Occurred,
		Shop: n.Shop, Channel: n.Channel, Actor: c.actor,
	}
	for _, i := range n.Identities {
		e.Who.Identities = append(e.Who.Identities, member.Identity{Kind: member.IdentityKind(i.Kind), Value: i.Value})
	}
	var err error
	if n.Member != "" {
		if e.Who.MemberID, err = id.Parse(id.Member, n.Member); err != nil {
			return nil, fault.At("/member", err)
		}
	}
	e.Payload.Redemption = &flow.Redemption{Points: n.Points, Money: n.Money}
	if e.Payload.Redemption.RewardID, err = id.Parse(id.Reward, n.Reward); err != nil {
		return nil, fault.At("/reward", err)
	}
	return e, nil
}

func (s *server) redeem(ctx context.Context, c *call, body *newRedemption) (redeemedView, error) {
	e, err := body.event(c)
	if err != nil {
		return redeemedView{}, err
	}
	answer, err := s.Flow.TakeOne(ctx, e)
	if err != nil {
		s.meters.took(e, "refused")
		return redeemedView{}, here(err)
	}
	told := c.answer(&answer)
	s.meters.took(e, told.Outcome)
	return redeemedView{told.Outcome, c.redemption(answer.Redemption), told.Movements, told.Balances}, nil
}

// here points a failure of flow at the fields of the request.
func here(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	c := *f
	c.Field = strings.TrimPrefix(f.Field, "/redemption")
	return &c
}

// redemptionIn names a redemption in an address.
type redemptionIn struct {
	Redemption redemptionName `path:"redemption"`
}

type redemptionName string

// Schema describes it for the document.
func (redemptionName) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The redemption, by its pick-up code, with or without the dash, or by its id.", Examples: []any{"K7Q2-V5N8"}}
}

func (s *server) showRedemption(ctx context.Context, c *call, subject string) (redemptionView, error) {
	n, err := s.Rewards.Find(ctx, watcher, c.programme(), subject)
	if err != nil {
		return redemptionView{}, err
	}
	return c.redemption(n), nil
}

// undoRedemption names the event by the redemption that it undoes, so that one
// is undone once whoever asks.
func (s *server) undoRedemption(ctx context.Context, c *call, in *redemptionIn, _ *nothing) (string, error) {
	if err := c.can(auth.RedemptionsWrite); err != nil {
		return "", err
	}
	n, err := s.Rewards.Find(ctx, watcher, c.programme(), string(in.Redemption))
	if err != nil {
		return "", err
	}
	e := flow.UndoOf(n, c.actor)
	if _, err := s.Flow.TakeOne(ctx, e); err != nil {
		s.meters.took(e, "refused")
		return "", err
	}
	s.meters.took(e, "taken")
	return n.ID.In(id.Redemption), nil
}

type redemptionListIn struct {
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	State  string   `query:"state" doc:"redeemed, handed_out, undone or lapsed."`
	Reward string   `query:"reward" doc:"Only of this reward, by its id."`
	Member memberID `query:"member"`
}

func (s *server) listRedemptions(ctx context.Context, c *call, in *redemptionListIn) (page[redemptionView], error) {
	if err := c.can(auth.RewardsRead); err != nil {
		return page[redemptionView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[redemptionView]{}, err
	}
	query, err := in.query(ctx, s, c, size)
	if err != nil {
		return page[redemptionView]{}, err
	}
	list, err := s.Rewards.Redemptions(ctx, c.actor, query)
	return paged(inRedemptions, list, size, c.redemption, func(n *reward.Redemption) []int64 { return []int64{int64(n.ID)} }), err
}

func (in *redemptionListIn) query(ctx context.Context, s *server, c *call, size int) (reward.Query, error) {
	query := reward.Query{ProgrammeID: c.programme(), State: reward.Progress(in.State), Limit: size + 1}
	at, err := inRedemptions.read(in.Cursor, 1)
	if err != nil {
		return query, err
	}
	query.Before = id.ID(at[0])
	if err := oneOf("state", in.State, reward.Progresses()); err != nil {
		return query, err
	}
	if in.Reward != "" {
		if query.RewardID, err = parseID(id.Reward, "reward", in.Reward); err != nil {
			return query, err
		}
	}
	if in.Member != "" {
		m, err := in.Member.id()
		if err != nil {
			return query, err
		}
		if query.Members, err = s.aliases(ctx, c, m); err != nil {
			return query, err
		}
	}
	return query, nil
}
