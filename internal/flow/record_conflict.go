package flow

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/sale"
)

// ConflictRecord is what a till that was offline gave differently. The amount is
// in minor units.
type ConflictRecord struct {
	Conflict   string     `json:"conflict"`
	Source     string     `json:"source"`
	ExternalID string     `json:"external_id"`
	Event      string     `json:"event"` // empty where the sale was refused
	Member     string     `json:"member"`
	Occurred   time.Time  `json:"occurred"`
	Recorded   time.Time  `json:"recorded"`
	Kind       string     `json:"kind"`
	Code       string     `json:"code"`
	Card       string     `json:"card"`
	Wallet     string     `json:"wallet"`
	Points     int64      `json:"points"`
	Amount     int64      `json:"amount"`
	Reason     i18n.Text  `json:"reason"`
	Settled    *time.Time `json:"settled"`
	By         string     `json:"by"`
	Note       string     `json:"note"`
}

func (e *exporter) conflicts() error {
	return sale.EachConflict(e.ctx, e.q, e.programme, func(c *sale.Conflict) error {
		r := ConflictRecord{
			Conflict: c.ID.In(id.Conflict), Source: c.Source, ExternalID: c.ExternalID, Event: shownEvent(c.EventID), Member: shownMember(c.MemberID),
			Occurred: c.Occurred, Recorded: c.Recorded, Kind: string(c.Kind), Code: c.Code, Wallet: e.wallets[c.WalletID], Points: c.Points,
			Amount: c.Amount, Reason: c.Reason, Settled: moment(c.Settled), By: c.By, Note: c.Note,
		}
		if c.CardID != 0 {
			r.Card = c.CardID.In(id.GiftCard)
		}
		return e.to("till_conflicts", r)
	})
}
