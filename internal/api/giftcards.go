package api

import (
	"context"
	"net/http"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
)

func (s *server) addGiftCards() {
	read(s, operation{
		id: "list-gift-cards", method: http.MethodGet, path: "/v1/gift-cards", tag: tagGiftCards, needs: needs(auth.GiftCardsRead),
		summary: "List or search gift cards, the latest first",
		text:    "Whoever has a number can spend the card, so numbers are shown whole to keys with the scope giftcards:issue alone.",
	}, s.listGiftCards)
	read(s, operation{
		id: "get-gift-card", method: http.MethodGet, path: "/v1/gift-cards/{card}", tag: tagGiftCards, needs: needs(auth.GiftCardsRead),
		summary: "Get a gift card with its balance",
	}, s.getGiftCard)
	read(s, operation{
		id: "list-gift-card-entries", method: http.MethodGet, path: "/v1/gift-cards/{card}/entries", tag: tagGiftCards, needs: needs(auth.GiftCardsRead),
		summary: "List the movements of a gift card, the latest first",
	}, s.listGiftEntries)
	read(s, operation{
		id: "list-gift-campaigns", method: http.MethodGet, path: "/v1/gift-card-campaigns", tag: tagGiftCards, needs: needs(auth.GiftCardsRead),
		summary: "List campaigns of gift cards with what became of them, the latest first",
	}, s.listGiftCampaigns)
	download(s, operation{
		id: "export-gift-card-numbers", method: http.MethodGet, path: "/v1/gift-cards/numbers.csv", tag: tagGiftCards, needs: needs(auth.GiftCardsRead, auth.GiftCardsIssue),
		summary: "Export the numbers of a batch or a campaign as a table for print",
		text: "CSV with a header: number, value, expires, campaign, label. Whoever has a number has the money, so this needs giftcards:issue too and stands in the audit trail. " +
			"A table that is not whole ends with a broken connection.",
	}, "gift-cards.csv", s.exportGiftNumbers)
	s.addGiftIssue()
	s.addGiftVerbs()
}

func (s *server) addGiftVerbs() {
	write(s, operation{
		id: "activate-gift-card", method: http.MethodPost, path: "/v1/gift-cards/{card}/activate", tag: tagGiftCards, needs: needs(auth.GiftCardsSell),
		summary: "Activate a gift card that was sold", text: "Puts its value on the card and lets its term begin.",
	}, func(ctx context.Context, c *call, in *giftCardIn, body *giftActivation) (string, error) {
		return cardDone(s.GiftCards.Activate(ctx, c.actor, c.programme(), string(in.Card), body.Value))
	}, s.showGiftCard)
	write(s, operation{
		id: "top-up-gift-card", method: http.MethodPost, path: "/v1/gift-cards/{card}/top-up", tag: tagGiftCards, needs: needs(auth.GiftCardsSell),
		summary: "Add what a customer paid to a gift card", text: "The term of all that is on the card begins anew.",
	}, func(ctx context.Context, c *call, in *giftCardIn, body *giftTopUp) (string, error) {
		return cardDone(s.GiftCards.TopUp(ctx, c.actor, c.programme(), string(in.Card), body.Amount, giftcard.Unseen))
	}, s.showGiftCard)
	write(s, operation{
		id: "claim-gift-card", method: http.MethodPost, path: "/v1/gift-cards/{card}/claim", tag: tagGiftCards, needs: needs(auth.GiftCardsSell),
		summary: "Make a gift card a member's", text: "A card that is meant for somebody can be claimed by nobody else.",
	}, func(ctx context.Context, c *call, in *giftCardIn, body *giftClaim) (string, error) {
		m, err := id.Parse(id.Member, body.Member)
		if err != nil {
			return "", fault.At("/member", err)
		}
		return cardDone(s.GiftCards.Claim(ctx, c.actor, c.programme(), m, string(in.Card)))
	}, s.showGiftCard)
	write(s, operation{
		id: "block-gift-card", method: http.MethodPost, path: "/v1/gift-cards/{card}/block", tag: tagGiftCards, needs: needs(auth.GiftCardsBlock),
		summary: "Block a gift card, as when it was lost", text: "It keeps its money, takes refunds and pays nothing.",
	}, func(ctx context.Context, c *call, in *giftCardIn, _ *nothing) (string, error) {
		return cardDone(s.GiftCards.Block(ctx, c.actor, c.programme(), string(in.Card)))
	}, s.showGiftCard)
	write(s, operation{
		id: "unblock-gift-card", method: http.MethodPost, path: "/v1/gift-cards/{card}/unblock", tag: tagGiftCards, needs: needs(auth.GiftCardsBlock),
		summary: "Let a blocked gift card pay again",
	}, func(ctx context.Context, c *call, in *giftCardIn, _ *nothing) (string, error) {
		return cardDone(s.GiftCards.Unblock(ctx, c.actor, c.programme(), string(in.Card)))
	}, s.showGiftCard)
}

type giftActivation struct {
	Value int64 `json:"value,omitempty" minimum:"1" doc:"What it was sold for, in minor units; only for cards without a value of their own."`
}

type giftTopUp struct {
	Amount int64 `json:"amount" minimum:"1" doc:"In minor units." example:"1000"`
}

type giftClaim struct {
	Member string `json:"member" example:"mem_01h9x3k7q2v5n"`
}

// cardDone names the card that a verb has changed.
func cardDone(c *giftcard.Card, err error) (string, error) {
	if err != nil {
		return "", cardFault(err)
	}
	return c.ID.In(id.GiftCard), nil
}

func (s *server) showGiftCard(ctx context.Context, c *call, subject string) (giftCardView, error) {
	card, err := s.GiftCards.Get(ctx, watcher, c.programme(), subject)
	if err != nil {
		return giftCardView{}, err
	}
	return c.giftCard(card), nil
}

func (s *server) getGiftCard(ctx context.Context, c *call, in *giftCardIn) (giftCardView, error) {
	card, err := s.GiftCards.Get(ctx, c.actor, c.programme(), string(in.Card))
	if noCard(err) {
		if err := s.Fraud.Tried(ctx, c.actor, c.programme()); err != nil {
			return giftCardView{}, err
		}
	}
	if err != nil {
		return giftCardView{}, cardFault(err)
	}
	return c.giftCard(card), nil
}

type giftListIn struct {
	Cursor   cursor   `query:"cursor"`
	Limit    limit    `query:"limit"`
	Text     string   `query:"q" doc:"A whole number, or its last four letters." example:"7Q4Z"`
	State    string   `query:"state" doc:"active, inactive, blocked or expired."`
	Campaign string   `query:"campaign" doc:"Only cards of this campaign, by its id."`
	Batch    string   `query:"batch" doc:"Only cards that were made together, by the id of the batch."`
	Member   memberID `query:"member"`
}

func (in *giftListIn) query(ctx context.Context, s *server, c *call, size int) (giftcard.Query, error) {
	query := giftcard.Query{ProgrammeID: c.programme(), Text: in.Text, State: giftcard.State(in.State), Limit: size + 1}
	at, err := inGiftCards.read(in.Cursor, 1)
	if err != nil {
		return query, err
	}
	query.Before = id.ID(at[0])
	if err := oneOf("state", in.State, giftcard.States()); err != nil {
		return query, err
	}
	if in.Campaign != "" {
		if query.CampaignID, err = parseID(id.GiftCampaign, "campaign", in.Campaign); err != nil {
			return query, err
		}
	}
	if in.Batch != "" {
		if query.BatchID, err = parseID(id.GiftBatch, "batch", in.Batch); err != nil {
			return query, err
		}
	}
	if in.Member != "" {
		m, err := in.Member.id()
		if err != nil {
			return query, err
		}
		query.Members, err = s.aliases(ctx, c, m)
		return query, err
	}
	return query, nil
}

func (s *server) listGiftCards(ctx context.Context, c *call, in *giftListIn) (page[giftCardView], error) {
	if err := c.can(auth.GiftCardsRead); err != nil {
		return page[giftCardView]{}, err
	}
	size, err := in.Limit.size()
	if err != nil {
		return page[giftCardView]{}, err
	}
	query, err := in.query(ctx, s, c, size)
	if err != nil {
		return page[giftCardView]{}, err
	}
	list, err := s.GiftCards.List(ctx, c.actor, query)
	return paged(inGiftCards, list, size, c.giftCard, func(card *giftcard.Card) []int64 { return []int64{int64(card.ID)} }), err
}

type giftEntriesIn struct {
	Card   giftCardName `path:"card"`
	Cursor cursor       `query:"cursor"`
	Limit  limit        `query:"limit"`
}

func (s *server) listGiftEntries(ctx context.Context, c *call, in *giftEntriesIn) (page[giftEntryView], error) {
	size, err := in.Limit.size()
	if err != nil {
		return page[giftEntryView]{}, err
	}
	at, err := inGiftEntries.read(in.Cursor, 1)
	if err != nil {
		return page[giftEntryView]{}, err
	}
	card, err := s.GiftCards.Get(ctx, c.actor, c.programme(), string(in.Card))
	if err != nil {
		return page[giftEntryView]{}, cardFault(err)
	}
	list, err := s.GiftCards.Movements(ctx, c.actor, card.Key(), id.ID(at[0]), size+1)
	return paged(inGiftEntries, list, size, c.giftEntry, func(e giftcard.Entry) []int64 { return []int64{int64(e.ID)} }), err
}
