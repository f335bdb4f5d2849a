package flow

import (
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/id"
	"regulars/internal/promo"
)

// The records of offers, codes and what they gave. Amounts are in minor units.
type (
	// OfferRecord is a version of an offer.
	OfferRecord struct {
		Offer  string          `json:"offer"`
		Terms  string          `json:"terms"`
		Name   string          `json:"name"`
		Number int             `json:"number"`
		State  string          `json:"state"`
		Begins *time.Time      `json:"begins"`
		Ends   *time.Time      `json:"ends"`
		Spec   json.RawMessage `json:"spec"`
	}
	// CodeRecord is a code as it is stored; one whose time is over may not be
	// marked as expired yet.
	CodeRecord struct {
		ID        string     `json:"id"`
		Code      string     `json:"code"`
		Offer     string     `json:"offer"`
		Batch     string     `json:"batch"`
		Member    string     `json:"member"`
		Occasion  string     `json:"occasion"`
		State     string     `json:"state"`
		Uses      int64      `json:"uses"`
		MaxUses   int64      `json:"max_uses"`
		Begins    *time.Time `json:"begins"`
		Expires   *time.Time `json:"expires"`
		Issued    time.Time  `json:"issued"`
		Delivered *time.Time `json:"delivered"`
		Seen      *time.Time `json:"seen"`
		Cancelled *time.Time `json:"cancelled"`
	}
	// RedemptionRecord is one use of an offer by a purchase.
	RedemptionRecord struct {
		Event  string    `json:"event"`
		Member string    `json:"member"`
		No     int       `json:"no"`
		Offer  string    `json:"offer"`
		Terms  string    `json:"terms"`
		Code   string    `json:"code"` // its id
		Shop   string    `json:"shop"`
		Amount int64     `json:"amount"`
		At     time.Time `json:"at"`
	}
)

func codeRecord(c *promo.Code) CodeRecord {
	return CodeRecord{
		ID: c.ID.In(id.Code), Code: c.Printed, Offer: c.OfferID.In(id.Offer), Batch: c.BatchID.In(id.Batch), Member: shownMember(c.MemberID),
		Occasion: c.Occasion, State: string(c.State), Uses: c.Uses, MaxUses: c.MaxUses, Begins: moment(c.Begins), Expires: moment(c.Expires),
		Issued: c.Issued, Delivered: moment(c.Delivered), Seen: moment(c.Seen), Cancelled: moment(c.Cancelled),
	}
}

func redemptionRecord(r promo.Redemption) RedemptionRecord {
	record := RedemptionRecord{
		Event: r.EventID.In(id.Event), Member: r.MemberID.In(id.Member), No: r.No, Offer: r.OfferID.In(id.Offer), Terms: r.VersionID.In(id.Terms),
		Amount: r.Amount, At: r.At,
	}
	if r.CodeID != 0 {
		record.Code = r.CodeID.In(id.Code)
	}
	if r.ShopID != 0 {
		record.Shop = r.ShopID.In(id.Shop)
	}
	return record
}

func (e *exporter) offers() error {
	offers, err := promo.Histories(e.ctx, e.q, e.programme)
	if err != nil {
		return err
	}
	for _, h := range offers {
		for _, v := range h.Versions {
			spec, err := json.Marshal(v.Spec)
			if err != nil {
				return fmt.Errorf("exporting the offer version %s: %w", v.ID.In(id.Terms), err)
			}
			record := OfferRecord{h.ID.In(id.Offer), v.ID.In(id.Terms), h.Name, v.Number, string(v.State), moment(v.Begins), moment(v.Ends), spec}
			if err := e.to("offers", record); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *exporter) codes() error {
	return promo.EachCode(e.ctx, e.q, e.programme, func(c *promo.Code) error { return e.to("codes", codeRecord(c)) })
}

func (e *exporter) redemptions() error {
	return promo.EachRedemption(e.ctx, e.q, e.programme, func(r promo.Redemption) error { return e.to("redemptions", redemptionRecord(r)) })
}
