package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// offers makes and publishes an offer.
func (h *house) offers(name string, spec promo.Spec) promo.Version {
	h.Helper()
	ctx, s := context.Background(), promo.New(h.db, h.now)
	v, err := s.Create(ctx, boss, promo.Offer{ProgrammeID: h.prog.ID, Name: name}, spec)
	h.ok(err)
	v, err = s.Publish(ctx, boss, h.prog.ID, v.OfferID, long, time.Time{})
	h.ok(err)
	return v
}

// code makes one shared code of an offer.
func (h *house) code(of promo.Version, text string, uses int64) {
	h.Helper()
	_, err := promo.New(h.db, h.now).CreateBatch(context.Background(), boss, promo.Batch{
		ProgrammeID: h.prog.ID, OfferID: of.OfferID, Name: text, Kind: promo.SharedCode, MaxUses: uses,
	}, text)
	h.ok(err)
}

// card sells a gift card and returns its number.
func (h *house) card(value int64) string {
	h.Helper()
	ctx, s := context.Background(), giftcard.New(h.db, h.now)
	_, err := s.Issue(ctx, boss, h.prog.ID, giftcard.Order{Count: 1, Value: value})
	h.ok(err)
	list, err := s.List(ctx, boss, giftcard.Query{ProgrammeID: h.prog.ID, Limit: 100})
	h.ok(err)
	slices.SortFunc(list, func(a, b *giftcard.Card) int { return int(b.ID - a.ID) })
	return list[0].Number
}

func (h *house) left(number string) int64 {
	h.Helper()
	c, err := giftcard.New(h.db, h.now).Get(context.Background(), boss, h.prog.ID, number)
	h.ok(err)
	return c.Balance
}

// percent takes so many per cent off goods with these SKUs, or off all.
func percent(n int64, skus ...string) promo.Spec {
	s := promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(n, 1)}}
	if len(skus) > 0 {
		s.Lines = &earn.Lines{SKUs: skus}
	}
	return s
}

// withCode takes an amount off the sale for who has a code.
func withCode(amount int64) promo.Spec {
	return promo.Spec{Benefit: promo.Benefit{Kind: promo.Amount, Amount: amount}, WithCode: true, RestoreCode: true}
}

func (h *house) paysWith(e *Event, c Checkout) *Event {
	e.Payload.Checkout = &c
	return e
}

func (h *house) byPoints(n int64) []PointsPayment { return []PointsPayment{{h.wallet.ID, n}} }

// TestSaleIsPricedAndPaid reckons one sale by hand. List £20.00 + £10.00 + £4.00
// postage. 10 % off goods a: −£2.00. The code takes £3.00 off the goods, which
// stand at £18.00 and £10.00: −£1.93 and −£1.07 (floors 1.92 and 1.07, the
// penny over to the larger). That leaves £16.07 + £8.93 + £4.00 = £29.00.
// 500 points pay £5.00, the card its £10.00, money £14.00; £25 of goods earn 25.
func TestSaleIsPricedAndPaid(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("10 % off a", percent(10, "a"))
		forSilver := percent(50)
		forSilver.Condition = condition.Condition{Field: "rank", Op: condition.Eq, Value: []byte(`"silver"`)}
		silver := h.offers("Half price for silver", forSilver)
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 5)
		number := h.card(10_00)
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		sells := func() *Event {
			e := h.buys("s1", "ann", noon, 20_00, 10_00, 4_00)
			e.Payload.Lines[2].Fee = true
			return h.paysWith(e, Checkout{Codes: []string{"three", "nothing"}, Points: h.byPoints(500), GiftCards: []CardPayment{{Number: number}}})
		}
		quoted, err := h.flow.Quote(context.Background(), sells())
		h.ok(err)
		why := slices.IndexFunc(quoted.Sale.Refused, func(r RefusedOffer) bool { return r.VersionID == silver.ID && r.Why != "" })
		if why < 0 {
			t.Errorf("the quote does not say why ann has no discount for silver: %+v", quoted.Sale.Refused)
		} else {
			quoted.Sale.Refused = slices.Delete(quoted.Sale.Refused, why, why+1)
		}
		if h.left(number) != 10_00 || h.count("event") != 1 {
			t.Fatalf("the quote left %d on the card, and %d events", h.left(number), h.count("event"))
		}
		h.has(ann, "adjusted_up 600, available 600")
		got := h.must(sells())[0]
		n := got.Sale
		if n.Total != 29_00 || n.Due != 14_00 || len(n.Refused) != 1 || n.Refused[0].Code != "N0TH1NG" {
			t.Errorf("total %d, due %d, refused %+v", n.Total, n.Due, n.Refused)
		}
		taken := map[int]int64{}
		for _, d := range n.Discounts {
			taken[d.Line] += d.Amount
		}
		if diff := cmp.Diff(map[int]int64{1: 3_93, 2: 1_07}, taken); diff != "" {
			t.Errorf("discounts by line (-want +got):\n%s", diff)
		}
		if len(n.Tenders) != 2 || n.Tenders[0].Amount != 5_00 || n.Tenders[1].Amount != 10_00 || sum(n.Tenders[0].PointShares) != 500 || sum(n.Tenders[1].Shares) != 10_00 {
			t.Errorf("tenders %+v", n.Tenders)
		}
		if diff := cmp.Diff(written(t, quoted.Sale), written(t, n)); diff != "" {
			t.Errorf("the sale differs from its quote (-quote +sale):\n%s", diff)
		}
		h.has(ann, "adjusted_up 600, available 125, spent 500")
		if h.left(number) != 0 {
			t.Errorf("%d are left on the card", h.left(number))
		}
		again := h.must(sells())[0]
		if diff := cmp.Diff(written(t, n), written(t, again.Sale)); diff != "" || !again.Repeated {
			t.Errorf("sent again it is answered otherwise (-first +second):\n%s", diff)
		}
		for _, row := range h.rowsOf("SELECT body FROM event") {
			if strings.Contains(row, number) {
				t.Error("the journal keeps the number of the card")
			}
		}
		h.clean()
	})
}

// written is a settlement as the journal keeps it.
func written(t *testing.T, n *Settlement) (kept any) {
	t.Helper()
	text, err := json.Marshal(n)
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func sum(list []int64) (n int64) {
	for _, v := range list {
		n += v
	}
	return n
}

// TestPartsOfAPaidSaleComeBack brings a sale back in parts, in any order: it
// always ends where one whole return ends, to the penny and the point.
func TestPartsOfAPaidSaleComeBack(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.offers("7 % off", percent(7))
		offer := h.offers("A pound and a penny off", withCode(1_01))
		for round := range 12 {
			who, ref := fmt.Sprint("kim", round), fmt.Sprint("s", round)
			h.code(offer, fmt.Sprint("ONE", round), 1)
			card := h.card(7_77)
			h.must(h.adjusts("gift"+ref, who, noon, 333))
			e := h.buys(ref, who, noon, 9_99, 3_33, 7_01)
			for i := range e.Payload.Lines {
				e.Payload.Lines[i].Quantity = int64(i+1) * 1000
			}
			h.paysWith(e, Checkout{Codes: []string{fmt.Sprint("one", round)}, Points: h.byPoints(333), GiftCards: []CardPayment{{Number: card}}})
			sold := h.must(e)[0]
			money := h.comesBack(e, ref, who, round)
			if money != sold.Sale.Due {
				t.Errorf("round %d: %d was paid in money and %d came back", round, sold.Sale.Due, money)
			}
			if left := h.left(card); left != 7_77 {
				t.Errorf("round %d: %d of 777 are on the card", round, left)
			}
			h.has(sold.MemberID, "adjusted_up 333, available 333, clawed_back "+fmt.Sprint(sold.Movements[len(sold.Movements)-1].Points))
			h.must(h.paysWith(h.buys("again"+ref, who, noon, 5_00), Checkout{Codes: []string{fmt.Sprint("one", round)}}))
		}
		h.clean()
	})
}

// comesBack returns all goods of the sale: at once in round 0, then unit by unit
// in random order. It returns the money that came back.
func (h *house) comesBack(e *Event, ref, who string, round int) int64 {
	h.Helper()
	if round == 0 {
		return h.must(h.whole("r"+ref, who, ref, noon))[0].Refund.Money
	}
	var units []sale.ReturnLine
	for i, l := range e.Payload.Lines {
		for range l.Quantity / 500 {
			units = append(units, sale.ReturnLine{Line: i + 1, Quantity: 500})
		}
	}
	rand.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	total := int64(0)
	for k, u := range units {
		back := h.event(journal.Return, fmt.Sprint("r", ref, ".", k), who, noon)
		back.Payload.Return = &Return{SaleReference: ref, Lines: []sale.ReturnLine{u}}
		total += h.must(back)[0].Refund.Money
	}
	return total
}

// TestSaleIsCancelled takes everything back, postage and code included.
func TestSaleIsCancelled(t *testing.T) {
	each(t, plan{}, func(h *house) {
		spec := withCode(1_00)
		spec.RestoreCode = false
		h.code(h.offers("A pound off", spec), "POUND", 1)
		card := h.card(50_00)
		e := h.buys("s1", "ann", noon, 20_00, 4_00)
		e.Payload.Lines[1].Fee = true
		h.must(h.paysWith(e, Checkout{Codes: []string{"POUND"}, GiftCards: []CardPayment{{Number: card}}}))
		if h.left(card) != 27_00 {
			t.Fatalf("%d are left on the card", h.left(card))
		}
		undo := h.event(journal.Return, "r1", "ann", noon)
		undo.Payload.Return = &Return{SaleReference: "s1", Cancel: true}
		r := h.must(undo)[0].Refund
		if r.Amount != 23_00 || r.Money != 0 || !slices.Equal(r.Codes, []string{"P0UND"}) {
			t.Errorf("refund %+v", r)
		}
		if h.left(card) != 50_00 {
			t.Errorf("%d are back on the card", h.left(card))
		}
		h.must(h.paysWith(h.buys("s2", "bob", noon, 5_00), Checkout{Codes: []string{"pound"}}))
		h.clean()
	})
}

// TestCheckoutsAreRefused holds that a payment which cannot be made refuses the
// sale and leaves nothing behind.
func TestCheckoutsAreRefused(t *testing.T) {
	each(t, plan{}, func(h *house) {
		card := h.card(5_00)
		h.must(h.adjusts("gift", "ann", noon, 100))
		rows := h.count("event")
		due := int64(9_99)
		for code, c := range map[string]Checkout{
			"not_enough_points": {Points: h.byPoints(101)},
			"points_over_due":   {Points: h.byPoints(100_000)},
			"no_such_card":      {GiftCards: []CardPayment{{Number: "0000-0000-0000-0000"}}},
			"card_too_low":      {GiftCards: []CardPayment{{Number: card, Amount: 5_01}}},
			"card_over_due":     {GiftCards: []CardPayment{{Number: card, Amount: 10_01}}},
			"price_changed":     {Due: &due},
			"named_twice":       {Codes: []string{"a-b", "AB"}},
		} {
			h.refused(code, h.paysWith(h.buys("s-"+code, "ann", noon, 10_00), c))
		}
		if n := h.count("event"); n != rows || h.left(card) != 5_00 {
			t.Errorf("%d events after %d, and %d on the card", n, rows, h.left(card))
		}
		e := h.event(journal.Visit, "v", "ann", noon)
		h.refused("checkout_without_purchase", h.paysWith(e, Checkout{}))
		e = h.buys("forged", "ann", noon, 10_00)
		e.Payload.Settled = &Settlement{}
		h.refused("not_yours_to_say", e)
		h.clean()
	})
}

// TestLastUseOfACode lets 64 tills race for a code that may be used ten times,
// and for a card that pays ten sales.
func TestLastUseOfACode(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.code(h.offers("A pound off", withCode(1_00)), "TEN", 10)
		card := h.card(10_00)
		var won, paid atomic.Int64
		var wait sync.WaitGroup
		for i := range 64 {
			wait.Go(func() {
				e := h.buys(fmt.Sprint("s", i), fmt.Sprint("who", i), noon, 2_00)
				answer, err := h.flow.TakeOne(context.Background(), h.paysWith(e, Checkout{Codes: []string{"ten"}}))
				if err != nil {
					t.Error(err)
				}
				won.Add(int64(len(answer.Sale.Applied)))
				e = h.buys(fmt.Sprint("c", i), fmt.Sprint("who", i), noon, 1_00)
				_, err = h.flow.TakeOne(context.Background(), h.paysWith(e, Checkout{GiftCards: []CardPayment{{Number: card, Amount: 1_00}}}))
				if f := fault.As(err); err == nil {
					paid.Add(1)
				} else if f == nil || f.Code != "card_too_low" {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 10 || paid.Load() != 10 || h.left(card) != 0 {
			t.Errorf("%d used the code and %d the card, on which %d are left", won.Load(), paid.Load(), h.left(card))
		}
		h.clean()
	})
}
