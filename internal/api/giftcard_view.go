package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
)

// giftCardIn names a gift card in an address.
type giftCardIn struct {
	Card giftCardName `path:"card"`
}

type giftCardName string

// Schema describes it for the document.
func (giftCardName) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The gift card, by its number, with or without dashes, or by its id.", Examples: []any{"K7Q2-V5N8-M3XR-9D6A"}}
}

// cardFault places the failure of a name that is no card's.
func cardFault(err error) error {
	if noCard(err) {
		return param("card", err)
	}
	return err
}

// noCard reports whether a name was no card's.
func noCard(err error) bool {
	f := fault.As(err)
	return f != nil && (f.Code == "malformed_card_number" || f.Code == "unknown_gift_card")
}

// giftCardView is stored value. Sums are minor units; balance is as of now.
type giftCardView struct {
	Card      string     `json:"card" example:"gft_01h9x3k7q2v5n"`
	Number    string     `json:"number" doc:"Whole for keys with the scope giftcards:issue, else its last four letters." example:"K7Q2-V5N8-M3XR-9D6A"`
	State     string     `json:"state" enum:"active,inactive,blocked,expired" doc:"Only active cards pay."`
	Balance   int64      `json:"balance" doc:"What is left now." example:"2500"`
	Held      int64      `json:"held,omitempty" doc:"What of it is set aside for open purchases."`
	Value     int64      `json:"value,omitempty" doc:"What an inactive card is worth once it is activated; 0 when that is said then."`
	Given     bool       `json:"given,omitempty" doc:"Nobody paid for it."`
	Added     int64      `json:"added" doc:"Put on the card so far." example:"5000"`
	Spent     int64      `json:"spent" doc:"Paid with it, less refunds." example:"2500"`
	Expired   int64      `json:"expired" doc:"What ran out."`
	Months    int        `json:"months,omitempty" doc:"How long money lasts after it was put on; missing for ever."`
	Activated *time.Time `json:"activated,omitempty"`
	Claimed   *time.Time `json:"claimed,omitempty" doc:"When a member took it as theirs or somebody paid with it first."`
	Expires   *time.Time `json:"expires,omitempty" doc:"The first moment at which it pays no more; missing when it never ends."`
	Campaign  string     `json:"campaign,omitempty" example:"gcm_01h9x3k7q2v5n"`
	Batch     string     `json:"batch" example:"gbt_01h9x3k7q2v5n"`
	Member    string     `json:"member,omitempty" doc:"Whom it is meant for, or who claimed it." example:"mem_01h9x3k7q2v5n"`
	Label     string     `json:"label,omitempty" doc:"Your word for the recipient."`
}

// giftCard shows a card, its number to those alone who may have it.
func (c *call) giftCard(card *giftcard.Card) giftCardView {
	now := c.s.Now()
	v := giftCardView{
		Held: card.BalanceAt(now) - card.AvailableAt(now),
		Card: card.ID.In(id.GiftCard), Number: giftcard.MaskNumber(card.Number), State: string(card.StateAt(now)), Balance: card.BalanceAt(now),
		Given: card.Given, Added: card.Added, Spent: card.Spent, Expired: card.Expired + card.Balance - card.BalanceAt(now), Months: card.Months,
		Activated: moment(card.Activated), Claimed: moment(card.Claimed), Expires: moment(card.Expires), Batch: card.BatchID.In(id.GiftBatch), Label: card.Label,
	}
	if c.can(auth.GiftCardsIssue) == nil {
		v.Number = giftcard.ShowNumber(card.Number)
	}
	if card.State == giftcard.Inactive {
		v.Value = card.Face
	}
	if card.CampaignID != 0 {
		v.Campaign = card.CampaignID.In(id.GiftCampaign)
	}
	if card.MemberID != 0 {
		v.Member = card.MemberID.In(id.Member)
	}
	return v
}

// giftEntryView is one movement of money on a card.
type giftEntryView struct {
	Entry  string    `json:"entry" example:"ent_01h9x3k7q2v5n"`
	Kind   string    `json:"kind" enum:"issue,top_up,charge,refund,expire"`
	Name   string    `json:"name" doc:"The kind in words." example:"Payment"`
	Amount int64     `json:"amount" doc:"What it did to the balance, in minor units; below 0 when it took." example:"-1500"`
	At     time.Time `json:"at"`
	Event  string    `json:"event,omitempty" doc:"The purchase or return behind it." example:"evt_01h9x3k7q2v5n"`
	Sale   string    `json:"sale,omitempty" doc:"The purchase that was paid, also for a refund."`
}

func (c *call) giftEntry(e giftcard.Entry) giftEntryView {
	v := giftEntryView{Entry: e.ID.In(id.Entry), Kind: string(e.Kind), Name: c.print.Say(e.Kind.Text()), Amount: e.Signed(), At: e.At}
	if e.EventID != 0 {
		v.Event, v.Sale = e.EventID.In(id.Event), e.SaleID.In(id.Sale)
	}
	return v
}

// giftResultsView is what cards came to: cards = claimed + unclaimed +
// expired, added = spent + left + lapsed.
type giftResultsView struct {
	Cards     int64 `json:"cards" example:"200"`
	Claimed   int64 `json:"claimed" doc:"A member took them as theirs, or somebody paid with them." example:"120"`
	Unclaimed int64 `json:"unclaimed" doc:"Not yet, and they still could." example:"60"`
	Expired   int64 `json:"expired" doc:"Not in time." example:"20"`
	Inactive  int64 `json:"inactive" doc:"Of the unclaimed: wait to be activated."`
	Added     int64 `json:"added" doc:"Put on the cards, in minor units; so all sums here." example:"200000"`
	Sold      int64 `json:"sold" doc:"What of it customers paid for."`
	Spent     int64 `json:"spent" doc:"Paid with the cards, less refunds." example:"90000"`
	Left      int64 `json:"left" example:"90000"`
	Lapsed    int64 `json:"lapsed" doc:"Ran out unspent." example:"20000"`
	Cost      int64 `json:"cost" doc:"What cards that nobody paid for have bought." example:"90000"`
}

func giftResultsOf(r giftcard.Results) giftResultsView {
	return giftResultsView{
		Cards: r.Cards, Claimed: r.Claimed, Unclaimed: r.Unclaimed, Expired: r.Expired, Inactive: r.Inactive,
		Added: r.Added, Sold: r.Sold, Spent: r.Spent, Left: r.Left, Lapsed: r.Lapsed, Cost: r.Cost,
	}
}

type giftCampaignView struct {
	Campaign string          `json:"campaign" example:"gcm_01h9x3k7q2v5n"`
	Name     string          `json:"name" example:"Christmas 2026"`
	Results  giftResultsView `json:"results"`
}

type giftCampaignList struct {
	Items []giftCampaignView `json:"items" nullable:"false"`
	All   giftResultsView    `json:"all" doc:"All cards of the programme, those of no campaign too."`
}

func (s *server) listGiftCampaigns(ctx context.Context, c *call, _ *nothing) (giftCampaignList, error) {
	list, all, err := s.GiftCards.Campaigns(ctx, c.actor, c.programme())
	v := giftCampaignList{Items: make([]giftCampaignView, len(list)), All: giftResultsOf(all)}
	for i, k := range list {
		v.Items[i] = giftCampaignView{k.ID.In(id.GiftCampaign), k.Name, giftResultsOf(k.Results)}
	}
	return v, err
}
