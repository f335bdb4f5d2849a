package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// How long a quote may hold, in minutes.
const (
	HoldMinutes    = 15 // when nothing else is asked
	maxHoldMinutes = 60
)

// QuoteHold says what a quote holds until when.
type QuoteHold struct {
	ID    id.ID
	Until time.Time
}

// Hold quotes a purchase as Quote does, as of now, and holds for it what it
// would use: the codes that applied, the points and the money of gift cards that
// pay. The purchase of the same source and external id then finds them,
// whatever others want meanwhile; it uses what it needs, and the rest is free
// again. A quote of the same purchase that holds replaces what was held. The
// time is in minutes, 0 for HoldMinutes; when it is over the holds end by
// themselves. Offers' budgets are not held. It needs events.write.
func (s *Service) Hold(ctx context.Context, e *Event, minutes int) (Answer, error) {
	if minutes == 0 {
		minutes = HoldMinutes
	}
	if minutes < 1 || minutes > maxHoldMinutes {
		return Answer{}, fault.Invalid("hold_minutes", "a quote holds for 1–%d minutes", maxHoldMinutes).At("/hold/minutes").With("most", maxHoldMinutes)
	}
	if e.Payload.Checkout == nil {
		return Answer{}, fault.Invalid("hold_without_checkout", "only a purchase with a checkout can hold something").At("/hold")
	}
	now := *e
	now.Occurred = time.Time{}
	return s.quoted(ctx, &now, nil, func(b *batch, it *item) error {
		if it.state != settled {
			return nil
		}
		return b.hold(ctx, it, time.Duration(minutes)*time.Minute)
	})
}

// hold holds what a sale that was priced would use.
func (b *batch) hold(ctx context.Context, it *item, length time.Duration) error {
	old := it.till.hold
	o := &openSale{row: &sale.Hold{HoldKey: sale.HoldKey(it.event.key()), ID: b.tx.IDs().New()}}
	if old != nil {
		o.row = old.row
	}
	h := &holding{tx: b.tx, set: it.set, at: it.occurred, until: it.occurred.Add(length), channel: it.event.Channel, actor: it.actor, now: b.s.now()}
	member := it.acct.member.ID
	if it.acct.fresh {
		member = 0
	}
	if err := h.replace(ctx, old, o, member, it.answer.Sale); err != nil {
		return err
	}
	o.row.MemberID, o.row.Until = member, h.until
	it.answer.Hold = &QuoteHold{o.row.ID, h.until}
	return o.save(ctx, b.tx)
}

func (o *openSale) save(ctx context.Context, tx *db.Tx) error {
	body, err := json.Marshal(o.parts)
	if err != nil {
		return fmt.Errorf("writing what is held under %s: %w", o.row.ID.In(id.Quote), err)
	}
	o.row.Body = body
	return sale.SaveHold(ctx, tx, o.row)
}

// holding places and ends holds within a transaction, by a number of statements
// that does not grow with theirs.
type holding struct {
	tx             *db.Tx
	set            *setup
	at, until, now time.Time
	channel, actor string
}

// replace ends what an open sale holds, old or nil, and holds what the
// settlement n uses, or nothing where n is nil.
func (h *holding) replace(ctx context.Context, old, o *openSale, member id.ID, n *Settlement) error {
	if n == nil {
		n = &Settlement{}
	}
	if err := h.cards(ctx, old, o, n); err != nil {
		return err
	}
	points, err := h.points(ctx, old, o, member, n)
	if err != nil {
		return err
	}
	codes, err := h.codes(ctx, old, o, n)
	if err != nil {
		return err
	}
	cards := heldParts{}
	for _, t := range n.Tenders {
		if t.Kind == ByGiftCard {
			cards.Cards = append(cards.Cards, heldCard{t.CardID, t.Amount})
		}
	}
	o.parts = heldParts{Points: points, Codes: codes, Cards: cards.Cards}
	return nil
}

func (h *holding) cards(ctx context.Context, old, o *openSale, n *Settlement) error {
	var ids []id.ID
	if old != nil {
		for _, c := range old.parts.Cards {
			ids = append(ids, c.CardID)
		}
	}
	for _, t := range n.Tenders {
		if t.Kind == ByGiftCard {
			ids = append(ids, t.CardID)
		}
	}
	keys, err := giftcard.Keys(ctx, h.tx, o.row.ProgrammeID, ids)
	if err != nil {
		return err
	}
	loaded, err := giftcard.LoadCards(ctx, h.tx, keys)
	if err != nil {
		return err
	}
	var list []*giftcard.Card
	for _, c := range loaded {
		c.Release(o.holder())
		for _, t := range n.Tenders {
			if t.CardID != c.ID || t.Kind != ByGiftCard {
				continue
			}
			if err := c.Hold(giftcard.Hold{Holder: o.holder(), Amount: t.Amount, Until: h.until}, h.at); err != nil {
				return err
			}
		}
		list = append(list, c)
	}
	return giftcard.Save(ctx, h.tx, list)
}

// points ends the old holds, of whosever they are, and places the new.
func (h *holding) points(ctx context.Context, old, o *openSale, member id.ID, n *Settlement) ([]heldPoints, error) {
	need := ledger.Need{Wallets: map[id.ID]*ledger.Wallet{}, Recorded: h.now, Until: h.at, Open: map[ledger.AccountKey]int64{}}
	keys := map[ledger.AccountKey]bool{}
	for i := range h.set.wallets {
		need.Wallets[h.set.wallets[i].ID] = &h.set.wallets[i]
	}
	if old != nil && old.row.MemberID != 0 {
		for _, p := range old.parts.Points {
			keys[ledger.AccountKey{MemberID: old.row.MemberID, WalletID: p.WalletID}] = true
			need.Holds = append(need.Holds, ledger.HoldKey{MemberID: old.row.MemberID, ID: p.HoldID})
		}
	}
	for _, t := range n.Tenders {
		if t.Kind == ByPoints {
			k := ledger.AccountKey{MemberID: member, WalletID: t.WalletID}
			keys[k], need.Open[k] = true, t.Points
		}
	}
	accounts, err := h.load(ctx, keys, need)
	if err != nil || len(accounts) == 0 {
		return nil, err
	}
	if old != nil {
		for _, p := range old.parts.Points {
			if err := letGoOf(accounts[ledger.AccountKey{MemberID: old.row.MemberID, WalletID: p.WalletID}], p.HoldID, h.at); err != nil {
				return nil, err
			}
		}
	}
	var held []heldPoints
	for _, t := range n.Tenders {
		if t.Kind != ByPoints {
			continue
		}
		placed, err := accounts[ledger.AccountKey{MemberID: member, WalletID: t.WalletID}].Hold(h.at, t.Points, h.until, setAside(o))
		if err != nil {
			return nil, err
		}
		held = append(held, heldPoints{t.WalletID, placed.ID, t.Points})
	}
	return held, ledger.Save(ctx, h.tx, listOf(accounts))
}

func (h *holding) load(ctx context.Context, wanted map[ledger.AccountKey]bool, need ledger.Need) (map[ledger.AccountKey]*ledger.Account, error) {
	var keys []ledger.AccountKey
	for k := range wanted {
		if need.Wallets[k.WalletID] != nil {
			keys = append(keys, k)
		}
	}
	return ledger.Load(ctx, h.tx, keys, need)
}

func listOf(accounts map[ledger.AccountKey]*ledger.Account) []*ledger.Account {
	var list []*ledger.Account
	for _, a := range accounts {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *ledger.Account) int {
		x, y := a.Key(), b.Key()
		return slices.Compare([]id.ID{x.MemberID, x.WalletID}, []id.ID{y.MemberID, y.WalletID})
	})
	return list
}

// letGoOf releases a hold of an account, if it is open still.
func letGoOf(a *ledger.Account, hold id.ID, at time.Time) error {
	if a == nil {
		return nil
	}
	a.Post(at, ledger.Releases|ledger.Expiries)
	if h, err := a.HoldByID(hold); err == nil && h.Left > 0 {
		return a.Release(at, h, letGo(0))
	}
	return nil
}

func setAside(o *openSale) ledger.Cause {
	return ledger.Cause{Kind: ledger.CauseHold, ID: o.row.ID, Reason: i18n.Text{Key: "flow.set_aside"}}
}

// codes holds the codes that applied, and ends the holds of others.
func (h *holding) codes(ctx context.Context, old, o *openSale, n *Settlement) ([]string, error) {
	mark := func(text string) promo.CodeMark {
		return promo.CodeMark{ProgrammeID: o.row.ProgrammeID, Text: text, At: h.at, Channel: h.channel, Actor: h.actor}
	}
	var texts []string
	var asks []promo.HoldAsk
	for _, a := range n.Applied {
		if a.CodeID != 0 {
			texts = append(texts, a.Code)
			asks = append(asks, promo.HoldAsk{CodeMark: mark(a.Code), CodeHold: promo.CodeHold{Holder: o.holder(), Times: 1, Until: h.until}})
		}
	}
	var over []promo.Release
	if old != nil {
		for _, text := range old.parts.Codes {
			if !slices.Contains(texts, text) {
				over = append(over, promo.Release{CodeMark: mark(text), Holder: o.holder()})
			}
		}
	}
	if len(over) > 0 {
		if err := promo.ReleaseCodes(ctx, h.tx, over); err != nil {
			return nil, err
		}
	}
	if len(asks) == 0 {
		return nil, nil
	}
	return texts, promo.HoldCodes(ctx, h.tx, asks)
}

// Release ends what a quote holds. What is held no more is released already. It
// needs events.write.
func (s *Service) Release(ctx context.Context, a auth.Actor, programme, hold id.ID) error {
	if err := a.Can(programme, auth.EventsWrite); err != nil {
		return err
	}
	return s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		row, err := sale.FindHold(ctx, tx, programme, hold)
		if err != nil || row == nil {
			return err
		}
		if row.MemberID != 0 { // members are locked before all that is theirs
			if _, err := member.Load(ctx, tx, []id.ID{row.MemberID}, true); err != nil {
				return err
			}
		}
		rows, err := sale.LoadHolds(ctx, tx, []sale.HoldKey{row.HoldKey})
		if err != nil || rows[row.HoldKey] == nil {
			return err
		}
		o, err := openSaleOf(rows[row.HoldKey])
		if err != nil {
			return err
		}
		sets, err := s.setups.fresh(ctx, tx, []id.ID{programme})
		if err != nil {
			return err
		}
		h := &holding{tx: tx, set: sets[programme], at: s.now(), now: s.now(), actor: a.String()}
		if err := h.replace(ctx, o, o, 0, nil); err != nil {
			return err
		}
		return sale.DropHolds(ctx, tx, []sale.HoldKey{row.HoldKey})
	})
}

// forgetOpenSales drops the notes of holds whose time is over; what they held
// lapses in its own room.
func (s *Service) forgetOpenSales(ctx context.Context, until time.Time) error {
	lapsed, err := sale.HoldsLapsed(ctx, s.db.Reader(), until)
	if err != nil || !lapsed {
		return err
	}
	return s.db.InTx(ctx, func(tx *db.Tx) error { return sale.DropLapsed(ctx, tx, until) })
}
