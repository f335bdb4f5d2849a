package giftcard

import (
	"context"
	"fmt"
	"io"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/sheet"
)

// NumbersCSV writes the cards of a batch or a campaign as a table for print:
// number, value in the currency, last day in the programme's zone, campaign and
// label, the latest first. It needs what Numbers needs, and leaves its trace.
func (s *Service) NumbersCSV(ctx context.Context, a auth.Actor, query Query, out io.Writer) error {
	if err := a.Can(query.ProgrammeID, auth.GiftCardsIssue); err != nil {
		return err
	}
	query = Query{ProgrammeID: query.ProgrammeID, BatchID: query.BatchID, CampaignID: query.CampaignID}
	if query.BatchID == 0 && query.CampaignID == 0 {
		return fault.Invalid("no_gift_cards_chosen", "choose a campaign or a batch whose numbers you want")
	}
	p, campaigns, err := s.printed(ctx, &query)
	if err != nil {
		return err
	}
	w := sheet.NewWriter(out)
	w.Row("number", "value", "expires", "campaign", "label")
	err = s.Numbers(ctx, a, query, func(c *Card) error {
		w.Row(ShowNumber(c.Number), money.Plain(c.worth(), p.Currency.Decimals()), c.lastDay(p.Zone), campaigns[c.CampaignID], c.Label)
		return w.Err()
	})
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing gift cards: %w", err)
	}
	return nil
}

// printed returns what stands beside the numbers of a query, once its batch or
// campaign is known to be the programme's.
func (s *Service) printed(ctx context.Context, query *Query) (p program.Programme, campaigns map[id.ID]string, err error) {
	err = s.d.View(ctx, func(q db.Queryer) error {
		if p, err = program.Load(ctx, q, query.ProgrammeID); err != nil {
			return err
		}
		if query.BatchID != 0 {
			if _, err := LoadBatch(ctx, q, query.ProgrammeID, query.BatchID); err != nil {
				return err
			}
		}
		list, err := campaignNames(ctx, q, query.ProgrammeID)
		campaigns = make(map[id.ID]string, len(list))
		for _, k := range list {
			campaigns[k.ID] = k.Name
		}
		if _, known := campaigns[query.CampaignID]; err == nil && query.CampaignID != 0 && !known {
			return fault.Missing("unknown_gift_campaign", "the programme has no campaign %s", query.CampaignID.In(id.GiftCampaign)).
				With("campaign", query.CampaignID.In(id.GiftCampaign))
		}
		return err
	})
	return p, campaigns, err
}

// worth is what a card is sold for, or what it holds.
func (c *Card) worth() int64 {
	if c.State == Inactive {
		return c.Face
	}
	return c.Balance
}

// lastDay is the last day of a card for a file, empty when it has none yet.
func (c *Card) lastDay(zone *time.Location) string {
	if c.Expires.IsZero() {
		return ""
	}
	return c.Expires.Add(-time.Microsecond).In(zone).Format(time.DateOnly)
}
