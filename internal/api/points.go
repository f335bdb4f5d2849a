package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

func (s *server) addPoints() {
	read(s, operation{
		id: "get-balance", method: http.MethodGet, path: "/v1/members/{member}/balance", tag: tagPoints, needs: needs(auth.PointsRead),
		summary: "Get a member's balance in every wallet",
	}, s.balance)
	read(s, operation{
		id: "list-lots", method: http.MethodGet, path: "/v1/members/{member}/lots", tag: tagPoints, needs: needs(auth.PointsRead),
		summary: "List a member's open lots, those that expire first first",
		text:    "A lot is points that were earned together. Only the first limit of them are shown.",
	}, s.lots)
	read(s, operation{
		id: "get-statement", method: http.MethodGet, path: "/v1/members/{member}/statement", tag: tagPoints, needs: needs(auth.PointsRead),
		summary: "Get a member's statement of one wallet",
		text: "Every movement of points with its reason, the latest first. The period is reckoned by the time of recording, so that a statement of the past never changes. " +
			"The first page says the balances at both ends.",
	}, s.statement)
	read(s, operation{
		id: "get-timeline", method: http.MethodGet, path: "/v1/members/{member}/timeline", tag: tagPoints, needs: needs(auth.PointsRead),
		summary: "Get what happened to a member, the latest first",
	}, s.timeline)
}

// person returns the aliases of a member whose points the key may read, the
// survivor of merges first.
func (s *server) person(ctx context.Context, c *call, member memberID) ([]id.ID, error) {
	if err := c.can(auth.PointsRead); err != nil {
		return nil, err
	}
	m, err := member.id()
	if err != nil {
		return nil, err
	}
	return s.aliases(ctx, c, m)
}

type balanceList struct {
	Member  string        `json:"member"`
	Wallets []balanceView `json:"wallets" nullable:"false"`
}

// balanceView says how many points of one wallet are where. What came in and
// what it became are equal: earned + adjusted_up + moved_in + debt is the sum
// of all others.
type balanceView struct {
	Wallet   string `json:"wallet" doc:"The wallet's code." example:"points"`
	Name     string `json:"name" example:"Points"`
	Decimals int    `json:"decimals" doc:"How many of the digits below stand after the point." example:"0"`

	Available int64 `json:"available" doc:"Usable now."`
	Pending   int64 `json:"pending" doc:"Earned and not usable yet."`
	Held      int64 `json:"held" doc:"Set aside for an open sale."`
	Debt      int64 `json:"debt" doc:"Owed after goods came back whose points had been used."`

	Earned       int64 `json:"earned"`
	AdjustedUp   int64 `json:"adjusted_up"`
	MovedIn      int64 `json:"moved_in" doc:"Come from a profile that was merged into this one."`
	Spent        int64 `json:"spent"`
	MovedOut     int64 `json:"moved_out"`
	AdjustedDown int64 `json:"adjusted_down"`
	Expired      int64 `json:"expired"`
	ClawedBack   int64 `json:"clawed_back" doc:"Taken back with goods that came back."`
}

func balanceOf(w *ledger.Wallet, b ledger.Balance) balanceView {
	return balanceView{
		Wallet: w.Code, Name: w.Name, Decimals: w.Decimals,
		Available: b[ledger.Available], Pending: b[ledger.Pending], Held: b[ledger.Held], Debt: b[ledger.Debt],
		Earned: b[ledger.Earned], AdjustedUp: b[ledger.AdjustedUp], MovedIn: b[ledger.MovedIn], Spent: b[ledger.Spent],
		MovedOut: b[ledger.MovedOut], AdjustedDown: b[ledger.AdjustedDown], Expired: b[ledger.Expired], ClawedBack: b[ledger.ClawedBack],
	}
}

func (s *server) balance(ctx context.Context, c *call, in *memberIn) (balanceList, error) {
	aliases, err := s.person(ctx, c, in.Member)
	if err != nil {
		return balanceList{}, err
	}
	keys := make([]ledger.AccountKey, len(c.setting.wallets))
	for i, w := range c.setting.wallets {
		keys[i] = ledger.AccountKey{MemberID: aliases[0], WalletID: w.ID}
	}
	found, err := ledger.Balances(ctx, s.DB.Reader(), keys, s.Now())
	if err != nil {
		return balanceList{}, err
	}
	list := balanceList{Member: aliases[0].In(id.Member), Wallets: make([]balanceView, len(keys))}
	for i, k := range keys {
		list.Wallets[i] = balanceOf(&c.setting.wallets[i], found[k])
	}
	return list, nil
}

// walletName chooses a wallet.
type walletName string

// Schema describes it for the document.
func (walletName) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The wallet, by id or code; the programme's first when left out.", Examples: []any{"points"}}
}

// wallet returns the wallet that a parameter chooses.
func (c *call) wallet(name walletName) (*ledger.Wallet, error) {
	w, err := c.setting.wallet(string(name))
	if err != nil {
		return nil, param("wallet", err)
	}
	return w, nil
}

type lotsIn struct {
	Member memberID   `path:"member"`
	Wallet walletName `query:"wallet"`
	Limit  limit      `query:"limit"`
}

type lotList struct {
	Items []lotView `json:"items" nullable:"false"`
}

// lotView is points that were earned together.
type lotView struct {
	Lot       string      `json:"lot" example:"lot_01h9x3k7q2v5n"`
	Event     string      `json:"event" doc:"The event that gave them."`
	Amount    int64       `json:"amount" doc:"What was given."`
	Remaining int64       `json:"remaining" doc:"What is left of it."`
	Held      int64       `json:"held" doc:"What is set aside for an open sale."`
	State     string      `json:"state" enum:"pending,available"`
	Earned    time.Time   `json:"earned"`
	Usable    *time.Time  `json:"usable,omitempty" doc:"From when they can be used."`
	Expires   *time.Time  `json:"expires,omitempty" doc:"The first moment at which they are gone; missing when they never expire."`
	Reason    *reasonView `json:"reason,omitempty"`
}

func (s *server) lots(ctx context.Context, c *call, in *lotsIn) (lotList, error) {
	aliases, err := s.person(ctx, c, in.Member)
	if err != nil {
		return lotList{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return lotList{}, err
	}
	w, err := c.wallet(in.Wallet)
	if err != nil {
		return lotList{}, err
	}
	found, err := ledger.OpenLots(ctx, s.DB.Reader(), ledger.AccountKey{MemberID: aliases[0], WalletID: w.ID}, s.Now(), size)
	list := lotList{Items: make([]lotView, len(found))}
	for i := range found {
		l := &found[i]
		list.Items[i] = lotView{
			Lot: l.ID.In(id.Lot), Event: l.EventID.In(id.Event), Amount: l.Amount, Remaining: l.Remaining, Held: l.Held, State: l.Bucket().String(),
			Earned: l.Earned, Usable: moment(l.Activates), Expires: moment(l.Expires), Reason: c.reason(l.Reason),
		}
	}
	return list, err
}

type timelineIn struct {
	Member memberID `path:"member"`
	Cursor cursor   `query:"cursor"`
	Limit  limit    `query:"limit"`
	Kinds  string   `query:"kinds" doc:"Only events of these kinds, separated by commas." example:"purchase,return"`
}

func (s *server) timeline(ctx context.Context, c *call, in *timelineIn) (page[eventView], error) {
	aliases, err := s.person(ctx, c, in.Member)
	if err != nil {
		return page[eventView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[eventView]{}, err
	}
	at, err := inTimeline.read(in.Cursor, 2)
	if err != nil {
		return page[eventView]{}, err
	}
	kinds, err := kindsIn(in.Kinds)
	if err != nil {
		return page[eventView]{}, err
	}
	list, err := journal.Timeline(ctx, s.DB.Reader(), aliases, eventCursor(at), size+1, kinds...)
	if err != nil {
		return page[eventView]{}, err
	}
	p := paged(inTimeline, list, size, func(e *journal.Event) *journal.Event { return e }, eventPlace)
	views, err := c.events(ctx, s.DB.Reader(), p.Items)
	return page[eventView]{Items: views, Next: p.Next}, err
}

func unknownKind(kind string) error {
	return param("kinds", fault.Invalid("unknown_kind", "%q is not a kind of event", clip(kind)).With("kind", clip(kind)))
}
