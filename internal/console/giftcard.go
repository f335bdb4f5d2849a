package console

import (
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/web"
)

// giftPath is the address of the list of gift cards.
const giftPath = inProgramme + "/gift-cards"

func (c *Console) giftCardRoutes() []route {
	card := giftPath + "/{card}"
	return []route{
		{pattern: "GET " + giftPath, permission: auth.GiftCardsRead, do: c.giftCards},
		{pattern: "GET " + giftPath + "/campaigns", permission: auth.GiftCardsRead, do: c.giftCampaigns},
		{pattern: "GET " + giftPath + "/issue", permission: auth.GiftCardsIssue, do: c.showGiftIssue},
		{pattern: "POST " + giftPath + "/issue", permission: auth.GiftCardsIssue, do: c.issueGiftCards},
		{pattern: "GET " + giftPath + "/numbers.csv", permission: auth.GiftCardsIssue, do: c.giftNumbers},
		{pattern: "GET " + card, permission: auth.GiftCardsRead, do: c.giftCard},
		{pattern: "POST " + card + "/activate", permission: auth.GiftCardsSell, do: c.activateGiftCard},
		{pattern: "POST " + card + "/top-up", permission: auth.GiftCardsSell, do: c.topUpGiftCard},
		{pattern: "POST " + card + "/block", permission: auth.GiftCardsBlock, do: c.blockGiftCard},
		{pattern: "POST " + card + "/unblock", permission: auth.GiftCardsBlock, do: c.unblockGiftCard},
	}
}

// giftsShown is how many cards a page of the list has.
const giftsShown = 30

// giftList is a page of gift cards.
type giftList struct {
	*visit
	query     giftcard.Query
	trail     trail
	cards     []*giftcard.Card
	next      id.ID
	campaigns []giftcard.Campaign
	all       giftcard.Results
	now       time.Time
}

func (c *Console) giftCards(v *visit) error {
	l := &giftList{visit: v, trail: v.trail(), now: c.Now()}
	var err error
	if l.query, err = v.giftQuery(); err != nil {
		return err
	}
	l.query.Limit = giftsShown + 1
	if mark := l.trail.mark(); mark != "" {
		if l.query.Before, err = id.Parse(id.GiftCard, mark); err != nil {
			return err
		}
	}
	if l.cards, err = c.GiftCards.List(v.ctx(), v.actor, l.query); err != nil {
		return err
	}
	if len(l.cards) > giftsShown {
		l.cards = l.cards[:giftsShown]
		l.next = l.cards[giftsShown-1].ID
	}
	if web.IsFragment(v.r) {
		if l.campaigns, err = c.GiftCards.CampaignNames(v.ctx(), v.actor, v.programme.ID); err != nil {
			return err
		}
		return v.render(giftTable(l))
	}
	if l.campaigns, l.all, err = c.GiftCards.Campaigns(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(giftListPage(l))
}

// giftQuery reads which cards the address asks for.
func (v *visit) giftQuery() (giftcard.Query, error) {
	query := giftcard.Query{ProgrammeID: v.programme.ID, Text: v.field("q"), State: giftcard.State(v.field("state"))}
	if !slices.Contains(giftcard.States(), query.State) {
		query.State = ""
	}
	var err error
	if shown := v.field("campaign"); shown != "" {
		if query.CampaignID, err = id.Parse(id.GiftCampaign, shown); err != nil {
			return query, err
		}
	}
	if shown := v.field("batch"); shown != "" {
		query.BatchID, err = id.Parse(id.GiftBatch, shown)
	}
	return query, err
}

// giftCampaignPage is what campaigns of gift cards came to.
type giftCampaignPage struct {
	*visit
	campaigns []giftcard.Campaign
	all       giftcard.Results
}

func (c *Console) giftCampaigns(v *visit) error {
	p := &giftCampaignPage{visit: v}
	var err error
	if p.campaigns, p.all, err = c.GiftCards.Campaigns(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(giftCampaignsPage(p))
}

// giftNumbers sends the numbers of a batch or a campaign, for print.
func (c *Console) giftNumbers(v *visit) error {
	query, err := v.giftQuery()
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="gift-cards.csv"`)
	h.Set("Cache-Control", "no-store")
	if err = c.GiftCards.NumbersCSV(v.ctx(), v.actor, query, v.w); err != nil {
		h.Del("Content-Disposition") // of a failure before the first line there is a page
	}
	return err
}

func campaignName(list []giftcard.Campaign, campaign id.ID) string {
	at := slices.IndexFunc(list, func(k giftcard.Campaign) bool { return k.ID == campaign })
	if at < 0 {
		return ""
	}
	return list[at].Name
}
