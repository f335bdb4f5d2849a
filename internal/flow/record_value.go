package flow

import (
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/reward"
)

// The records of gift cards and rewards. Sums are in minor units.
type (
	// GiftCardRecord is a card with its whole number: whoever has the record
	// can spend the card.
	GiftCardRecord struct {
		ID        string     `json:"id"`
		Number    string     `json:"number"`
		State     string     `json:"state"`
		Given     bool       `json:"given"`
		Face      int64      `json:"face"`
		Months    int        `json:"months"`
		Balance   int64      `json:"balance"`
		Added     int64      `json:"added"`
		Spent     int64      `json:"spent"`
		Expired   int64      `json:"expired"`
		Activated *time.Time `json:"activated"`
		Expires   *time.Time `json:"expires"`
		Claimed   *time.Time `json:"claimed"`
		Batch     string     `json:"batch"`
		Member    string     `json:"member"`
		Label     string     `json:"label"`
	}
	// GiftMovementRecord is one movement of money on a card.
	GiftMovementRecord struct {
		Card   string    `json:"card"`
		Kind   string    `json:"kind"`
		Amount int64     `json:"amount"`
		Event  string    `json:"event"`
		Sale   string    `json:"sale"`
		At     time.Time `json:"at"`
	}
	// RewardPictureRecord is the picture of a reward; JPEG is in base64.
	RewardPictureRecord struct {
		Reward string            `json:"reward"`
		Hash   string            `json:"hash"`
		Width  int               `json:"width"`
		Height int               `json:"height"`
		Alts   map[string]string `json:"alts"`
		JPEG   []byte            `json:"jpeg"`
	}

	// RewardRecord is a reward as it stands.
	RewardRecord struct {
		Reward string          `json:"reward"`
		State  string          `json:"state"`
		Terms  json.RawMessage `json:"terms"`
	}
	// RewardRedemptionRecord is one reward that a member took.
	RewardRedemptionRecord struct {
		Redemption string     `json:"redemption"`
		Member     string     `json:"member"`
		Reward     string     `json:"reward"`
		State      string     `json:"state"`
		Wallet     string     `json:"wallet"`
		Points     int64      `json:"points"` // smallest units
		Money      int64      `json:"money"`
		Given      int64      `json:"given"`
		Matched    int64      `json:"matched"`
		Occurred   time.Time  `json:"occurred"`
		Due        *time.Time `json:"due"`
		Closed     *time.Time `json:"closed"`
	}
)

func (e *exporter) giftCards() error {
	return giftcard.EachCard(e.ctx, e.q, e.programme, func(c *giftcard.Card) error {
		return e.to("gift_cards", GiftCardRecord{
			ID: c.ID.In(id.GiftCard), Number: c.Number, State: string(c.State), Given: c.Given, Face: c.Face, Months: c.Months,
			Balance: c.Balance, Added: c.Added, Spent: c.Spent, Expired: c.Expired,
			Activated: moment(c.Activated), Expires: moment(c.Expires), Claimed: moment(c.Claimed),
			Batch: c.BatchID.In(id.GiftBatch), Member: shownMember(c.MemberID), Label: c.Label,
		})
	})
}

func (e *exporter) giftMovements() error {
	return giftcard.EachMovement(e.ctx, e.q, e.programme, func(m giftcard.Movement) error {
		record := GiftMovementRecord{Card: m.CardID.In(id.GiftCard), Kind: string(m.Kind), Amount: m.Amount, At: m.At}
		if m.EventID != 0 {
			record.Event, record.Sale = m.EventID.In(id.Event), m.SaleID.In(id.Sale)
		}
		return e.to("gift_movements", record)
	})
}

func (e *exporter) rewards() error {
	all, err := reward.All(e.ctx, e.q, e.programme)
	if err != nil {
		return err
	}
	for i := range all {
		terms, err := json.Marshal(all[i].Spec)
		if err != nil {
			return fmt.Errorf("exporting the reward %s: %w", all[i].ID.In(id.Reward), err)
		}
		if err := e.to("rewards", RewardRecord{all[i].ID.In(id.Reward), string(all[i].State), terms}); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) rewardPictures() error {
	return reward.EachPicture(e.ctx, e.q, e.programme, func(f reward.File) error {
		return e.to("reward_pictures", RewardPictureRecord{f.RewardID.In(id.Reward), f.Hash, f.Width, f.Height, f.Alts, f.JPEG})
	})
}

func (e *exporter) rewardRedemptions() error {
	return reward.EachRedemption(e.ctx, e.q, e.programme, func(n *reward.Redemption) error {
		return e.to("reward_redemptions", RewardRedemptionRecord{
			Redemption: n.ID.In(id.Redemption), Member: n.MemberID.In(id.Member), Reward: n.RewardID.In(id.Reward), State: string(n.State),
			Wallet: e.wallets[n.WalletID], Points: n.Points, Money: n.Money, Given: n.Given, Matched: n.Matched,
			Occurred: n.Occurred, Due: moment(n.Due), Closed: moment(n.Closed),
		})
	})
}
