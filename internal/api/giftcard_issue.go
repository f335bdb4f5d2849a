package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
)

func (s *server) addGiftIssue() {
	write(s, operation{
		id: "issue-gift-cards", method: http.MethodPost, path: "/v1/gift-cards", tag: tagGiftCards, needs: needs(auth.GiftCardsIssue), created: true, bulk: true,
		summary: "Issue one gift card or up to 10,000 alike",
		text: "By count, or one for each recipient of a list. The programme sets no term: leave months out and the cards never expire. " +
			"A term that is shorter than the law of the country allows for cards that are sold is refused, where we know the law; see the handbook. " +
			"An Idempotency-Key of this operation is remembered for good: the cards are never made twice.",
		example: `{"count": 50, "value": 2500, "inactive": true, "months": 60, "campaign": "Christmas 2026"}`,
	}, s.issueGiftCards, s.showGiftBatch)
	read(s, operation{
		id: "get-gift-batch", method: http.MethodGet, path: "/v1/gift-card-batches/{batch}", tag: tagGiftCards, needs: needs(auth.GiftCardsIssue),
		summary: "Get the gift cards that were made together, with their numbers",
	}, func(ctx context.Context, c *call, in *giftBatchIn) (giftBatchView, error) {
		if err := c.can(auth.GiftCardsIssue); err != nil {
			return giftBatchView{}, err
		}
		return s.showGiftBatch(ctx, c, in.Batch)
	})
}

type giftBatchIn struct {
	Batch string `path:"batch" doc:"The batch, by its id." example:"gbt_01h9x3k7q2v5n"`
}

type newGiftCards struct {
	Count      int             `json:"count,omitempty" minimum:"1" maximum:"10000" doc:"How many cards; left out when recipients are given." example:"50"`
	Recipients []giftRecipient `json:"recipients,omitempty" nullable:"false" maxItems:"10000" doc:"A card for each."`
	Value      int64           `json:"value,omitempty" minimum:"1" doc:"What each is worth, in minor units; may be left out for inactive cards whose value is said when they are sold." example:"2500"`
	Inactive   bool            `json:"inactive,omitempty" doc:"They hold no money until they are activated, as printed cards that lie in a shop."`
	Given      bool            `json:"given,omitempty" doc:"Nobody pays for them: a promotion or an excuse. What they pay is counted as a cost."`
	Months     int             `json:"months,omitempty" minimum:"1" maximum:"600" doc:"How long money lasts after it was put on, to the end of the day; for ever when left out." example:"60"`
	Until      time.Time       `json:"until,omitzero" doc:"The moment at which given cards end, in the place of months." example:"2027-01-01T00:00:00Z"`
	Country    string          `json:"country,omitempty" maxLength:"2" doc:"ISO 3166: whose law the term must keep; the programme's region when left out." example:"GB"`
	Campaign   string          `json:"campaign,omitempty" maxLength:"100" doc:"The name under which results are gathered, made when it is new." example:"Christmas 2026"`
}

type giftRecipient struct {
	Label  string `json:"label,omitempty" maxLength:"100" doc:"Your own word for them, such as a line of your list; no names or addresses." example:"row 17"`
	Member string `json:"member,omitempty" doc:"A member for whom alone the card is." example:"mem_01h9x3k7q2v5n"`
}

func (s *server) issueGiftCards(ctx context.Context, c *call, _ *nothing, body *newGiftCards) (string, error) {
	o := giftcard.Order{
		Count: body.Count, Value: body.Value, Inactive: body.Inactive, Given: body.Given, Months: body.Months, Until: body.Until,
		Country: body.Country, Campaign: body.Campaign, Recipients: make([]giftcard.Recipient, len(body.Recipients)),
	}
	for i, r := range body.Recipients {
		o.Recipients[i].Label = r.Label
		if r.Member == "" {
			continue
		}
		m, err := id.Parse(id.Member, r.Member)
		if err != nil {
			return "", fault.At(fmt.Sprintf("/recipients/%d/member", i), err)
		}
		o.Recipients[i].MemberID = m
	}
	if key := c.r.Header.Get(keyHeader); key != "" {
		o.Key = c.actor.String() + " " + key
	}
	b, err := s.GiftCards.Issue(ctx, c.actor, c.programme(), o)
	if err != nil {
		return "", err
	}
	return b.ID.In(id.GiftBatch), nil
}

// giftBatchView is cards that were made together.
type giftBatchView struct {
	Batch    string         `json:"batch" example:"gbt_01h9x3k7q2v5n"`
	Campaign string         `json:"campaign,omitempty" doc:"The campaign's id." example:"gcm_01h9x3k7q2v5n"`
	Name     string         `json:"campaign_name,omitempty" example:"Christmas 2026"`
	Made     time.Time      `json:"made"`
	Items    []giftCardView `json:"items" nullable:"false" doc:"The cards, in the order of the list."`
}

func (s *server) showGiftBatch(ctx context.Context, c *call, subject string) (giftBatchView, error) {
	batch, err := parseID(id.GiftBatch, "batch", subject)
	if err != nil {
		return giftBatchView{}, err
	}
	b, err := giftcard.LoadBatch(ctx, s.DB.Reader(), c.programme(), batch)
	if err != nil {
		return giftBatchView{}, err
	}
	list, err := s.GiftCards.List(ctx, watcher, giftcard.Query{ProgrammeID: c.programme(), BatchID: batch, Limit: giftcard.MaxCards})
	v := giftBatchView{Batch: subject, Name: b.Campaign, Made: b.Made, Items: make([]giftCardView, len(list))}
	if b.CampaignID != 0 {
		v.Campaign = b.CampaignID.In(id.GiftCampaign)
	}
	for i, card := range list {
		v.Items[len(list)-1-i] = c.giftCard(card) // the latest comes first
	}
	return v, err
}

type giftNumbersIn struct {
	Batch    string `query:"batch" doc:"The batch, by its id; this or a campaign is needed." example:"gbt_01h9x3k7q2v5n"`
	Campaign string `query:"campaign" doc:"The campaign, by its id." example:"gcm_01h9x3k7q2v5n"`
}

func (s *server) exportGiftNumbers(ctx context.Context, c *call, in *giftNumbersIn, out io.Writer) (err error) {
	query := giftcard.Query{ProgrammeID: c.programme()}
	if in.Batch != "" {
		if query.BatchID, err = parseID(id.GiftBatch, "batch", in.Batch); err != nil {
			return err
		}
	}
	if in.Campaign != "" {
		if query.CampaignID, err = parseID(id.GiftCampaign, "campaign", in.Campaign); err != nil {
			return err
		}
	}
	return s.GiftCards.NumbersCSV(ctx, c.actor, query, out)
}
