package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// openSale is what is held for a sale that is being rung up.
type openSale struct {
	row   *sale.Hold
	parts heldParts
	codes []*promo.Code // those of the parts
}

// heldParts are the things held; the rooms of the things keep the holds.
type heldParts struct {
	Points []heldPoints `json:"points,omitempty"`
	Codes  []string     `json:"codes,omitempty"` // as NormaliseCode returns them
	Cards  []heldCard   `json:"cards,omitempty"`
}

type heldPoints struct {
	WalletID id.ID `json:"wallet"`
	HoldID   id.ID `json:"hold"`
	Points   int64 `json:"points"`
}

type heldCard struct {
	CardID id.ID `json:"card"`
	Amount int64 `json:"amount"`
}

func openSaleOf(row *sale.Hold) (*openSale, error) {
	if row == nil {
		return nil, nil
	}
	o := &openSale{row: row}
	if err := json.Unmarshal(row.Body, &o.parts); err != nil {
		return nil, fmt.Errorf("reading what is held under %s: %w", row.ID.In(id.Quote), err)
	}
	return o, nil
}

// holder names the sale to the rooms that hold something for it.
func (o *openSale) holder() string { return o.row.ID.In(id.Quote) }

func (t till) holder() string {
	if t.hold == nil {
		return ""
	}
	return t.hold.holder()
}

func (o *openSale) codeKeys() []promo.CodeKey {
	if o == nil {
		return nil
	}
	keys := make([]promo.CodeKey, len(o.parts.Codes))
	for i, text := range o.parts.Codes {
		keys[i] = promo.CodeKey{ProgrammeID: o.row.ProgrammeID, Text: text}
	}
	return keys
}

// meet finds the codes of the parts among those loaded.
func (o *openSale) meet(codes map[promo.CodeKey]*promo.Code) {
	if o == nil {
		return
	}
	for _, k := range o.codeKeys() {
		if c := codes[k]; c != nil {
			o.codes = append(o.codes, c)
		}
	}
}

// loadOpenSales loads what is held for the sales to be priced, and locks it.
func (b *batch) loadOpenSales(ctx context.Context) error {
	var keys []sale.HoldKey
	for _, it := range b.checkouts() {
		keys = append(keys, sale.HoldKey(it.event.key()))
	}
	rows, err := sale.LoadHolds(ctx, b.tx, keys)
	if err != nil {
		return err
	}
	b.openSales = map[sale.HoldKey]*openSale{}
	for k, row := range rows {
		if b.openSales[k], err = openSaleOf(row); err != nil {
			return err
		}
	}
	for _, it := range b.checkouts() {
		it.till.hold = b.openSales[sale.HoldKey(it.event.key())]
	}
	return nil
}

// heldPoints names the holds of points that sales of the batch may capture.
// Those of another customer than the one who buys stay until their time is
// over.
func (b *batch) heldPoints() []ledger.HoldKey {
	var keys []ledger.HoldKey
	for _, it := range b.checkouts() {
		if o := it.till.hold; o != nil && o.row.MemberID == it.acct.member.ID {
			for _, p := range o.parts.Points {
				keys = append(keys, ledger.HoldKey{MemberID: o.row.MemberID, ID: p.HoldID})
			}
		}
	}
	return keys
}

// unlock lets the sale use the codes and cards that were held for it, those
// after it what it leaves.
func (f *fact) unlock() {
	o := f.till.hold
	if o == nil {
		return
	}
	for _, c := range o.codes {
		c.Holds = slices.DeleteFunc(c.Holds, func(h promo.CodeHold) bool { return h.Holder == o.holder() })
	}
	for _, p := range o.parts.Cards {
		if card := f.cards[p.CardID]; card != nil {
			card.Release(o.holder())
		}
	}
}

// heldOf returns what is still held in a wallet for the sale, or nil.
func (f *fact) heldOf(w *ledger.Account) *ledger.Hold {
	if f.till.hold == nil {
		return nil
	}
	for _, p := range f.till.hold.parts.Points {
		if p.WalletID != w.Wallet().ID {
			continue
		}
		if h, err := w.HoldByID(p.HoldID); err == nil && h.Left > 0 {
			return h
		}
	}
	return nil
}

// spend pays with the points held for the sale, as far as they go, and then
// with others.
func (f *fact) spend(w *ledger.Account, points int64, c ledger.Cause) error {
	h := f.heldOf(w)
	if h == nil {
		return w.Spend(f.occurred, points, c)
	}
	held := min(points, h.Left)
	if points > held {
		if err := w.Spend(f.occurred, points-held, c); err != nil {
			return err
		}
	}
	return w.Capture(f.occurred, h, held, c)
}

// releasePoints gives back the points held for the sale that it did not use.
func (a *account) releasePoints(f *fact) error {
	for _, w := range a.wallets {
		if h := f.heldOf(w); h != nil {
			if err := w.Release(f.occurred, h, letGo(f.id)); err != nil {
				return err
			}
		}
	}
	return nil
}

func letGo(event id.ID) ledger.Cause {
	return ledger.Cause{Event: event, Kind: ledger.CauseClock, Reason: i18n.Text{Key: "flow.let_go"}}
}

// endOpenSales ends what was held for the sales that were taken: codes that they
// did not use may be used by others.
func (b *batch) endOpenSales(ctx context.Context) error {
	var ended []sale.HoldKey
	var unused []promo.Release
	for _, it := range b.items {
		o := it.till.hold
		if o == nil || it.state != settled {
			continue
		}
		ended = append(ended, o.row.HoldKey)
		for _, c := range o.codes {
			if !it.answer.Sale.uses(c.ID) {
				unused = append(unused, o.release(c.Key(), it))
			}
		}
	}
	if len(unused) > 0 {
		if err := promo.ReleaseCodes(ctx, b.tx, unused); err != nil {
			return err
		}
	}
	return sale.DropHolds(ctx, b.tx, ended)
}

func (o *openSale) release(k promo.CodeKey, it *item) promo.Release {
	return promo.Release{
		CodeMark: promo.CodeMark{ProgrammeID: k.ProgrammeID, Text: k.Text, At: it.occurred, Channel: it.event.Channel, Actor: it.actor},
		Holder:   o.holder(),
	}
}

// uses reports whether an offer applied by the code.
func (n *Settlement) uses(code id.ID) bool {
	return slices.ContainsFunc(n.Applied, func(o AppliedOffer) bool { return o.CodeID == code })
}
