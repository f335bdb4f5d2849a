package console

import (
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// cart is the form of a basket with tea and a mug, as a browser sends it.
func cart(more ...string) []string {
	return append([]string{
		"do", "price", "customer", "member", "rank", "", "member", "", "when", "", "codes", "",
		"line.0.sku", "TEA", "line.0.category", "", "line.0.quantity", "2", "line.0.price", "10",
		"line.1.sku", "MUG", "line.1.category", "", "line.1.quantity", "1", "line.1.price", "12.00",
	}, more...)
}

func TestADraftIsTriedOnABasket(t *testing.T) {
	w := newPromoTown(t)
	who, at := w.as(auth.Marketer), w.offerAt(w.draft, "/preview")
	who.get(at).is(t, 200).shows(t, "if the draft were in force", "Of each 3 units of MUG the cheapest is free.")
	who.post(at, set(cart(), "line.1.quantity", "3")...).is(t, 200).shows(t,
		"This basket would cost £39.60 instead of £56.00: £16.40 less.", "This offer applies and takes off £12.00.",
		"Darjeeling, first flush TEA 2 £20.00 −£2.00 £18.00", "Mug MUG 3 £36.00", "Together £56.00 −£16.40 £39.60")
	who.post(at, cart()...).is(t, 200).shows(t, "This offer does not apply here.", "Three for two: 2 more units of the chosen goods", "Ten off for members: 10 % off, £3.20")
	w.as(auth.Owner).get(w.offerAt(w.draft, "")).is(t, 200).shows(t, "Never published")
}

func TestCodesAreTriedOnABasket(t *testing.T) {
	w := newPromoTown(t)
	who, at := w.as(auth.Owner), w.offerAt(w.tea, "/preview")
	who.post(at, cart("as_with_code", "on")...).is(t, 200).shows(t, "This offer applies and takes off £5.00.")
	who.post(at, cart()...).is(t, 200).shows(t, "This offer does not apply here.")
	who.post(at, set(cart(), "codes", "spring-26\n"+w.cancelled.Printed+"\nNOSUCH77")...).is(t, 200).
		shows(t, "This offer applies and takes off £5.00.", "was cancelled", "There is no code “NOSUCH77”")
	before := w.codesIn(w.shared)[0].Uses
	if after := w.codesIn(w.shared)[0].Uses; after != before {
		t.Errorf("trying used the code %d times", after-before)
	}
}

// TestABasketCostsWhatASaleWould holds the preview against flow, which sells.
func TestABasketCostsWhatASaleWould(t *testing.T) {
	w := newPromoTown(t)
	answer, err := w.console.Flow.Quote(ctx, &flow.Event{
		ProgrammeID: w.programme.ID, Source: "till-1", ExternalID: "Q-1", Kind: journal.Purchase, Occurred: w.clock, Actor: system, Who: flow.Who{MemberID: w.anna},
		Payload: flow.Payload{Lines: list(
			sale.Line{SKU: "TEA", Category: "tea", Quantity: 2000, Amount: 2000}, sale.Line{SKU: "MUG", Category: "china", Quantity: 1000, Amount: 1200},
		), Checkout: &flow.Checkout{Codes: []string{"SPRING26"}}},
	})
	check(t, err)
	who := w.as(auth.Owner)
	p := who.post(w.offerAt(w.tea, "/preview"), set(cart(), "member", "anna@example.com", "codes", "SPRING26")...).is(t, 200)
	if answer.Sale.Total != 2380 {
		t.Errorf("flow quotes %d", answer.Sale.Total)
	}
	p.shows(t, "This basket would cost £23.80 instead of £32.00", "Reckoned for Anna Wiśniewska.")
}

// TestLimitsCountInABasket: who has used up what a member may, gets no more, nor
// does who was somebody else when they did.
func TestLimitsCountInABasket(t *testing.T) {
	w := newPromoTown(t)
	once := tenOff()
	once.PerMember = []promo.Cap{{Period: "ever", Times: 1}}
	offer := w.putOffer("Only once", 10, once)
	w.checkOut(w.anna, nil, tea(10))
	who := w.as(auth.Owner)
	who.post(w.offerAt(offer, "/preview"), cart()...).is(t, 200).shows(t, "This offer applies")
	who.post(w.offerAt(offer, "/preview"), set(cart(), "member", "anna@example.com")...).is(t, 200).shows(t, "This offer does not apply here.", "Only once: the limit of once in all is reached")
	now, before := w.join("Olga", "Nowak", "now@example.com"), w.join("Olga", "Nowak", "before@example.com")
	w.checkOut(before, nil, tea(10))
	_, err := w.console.Flow.Merge(ctx, w.owner.Actor(), w.programme.ID, now, before)
	check(t, err)
	who.post(w.offerAt(offer, "/preview"), set(cart(), "member", "now@example.com")...).is(t, 200).shows(t, "Only once: the limit of once in all is reached")
}

func TestTheOccasionCountsInABasket(t *testing.T) {
	w := newPromoTown(t)
	who := w.as(auth.Owner)
	at := w.offerAt(w.ahead, "/preview")
	who.get(at).is(t, 200).shows(t, "Who buys")
	who.post(at, set(cart(), "customer", "newcomer")...).is(t, 200).shows(t, "This offer does not apply here.")
	who.post(at, set(cart(), "customer", "newcomer", "when", "2026-04-20T10:00")...).is(t, 200).shows(t, "This offer applies and takes off £4.80.", "Ten off for members: only for members")
	rich := w.offerAt(w.rich, "/preview")
	form := set(cart("as_with_code", "on"), "line.1.quantity", "5", "rank", "gold")
	who.post(rich, set(form, "when", "2026-03-16T10:00")...).is(t, 200).shows(t, "Everything at once: only")
	who.post(rich, set(form, "when", "2026-03-14T10:00")...).is(t, 200).shows(t, "it applies only alone and would take off £9.00; the other offers take off £15.20")
}

func TestMistakesInABasket(t *testing.T) {
	w := newPromoTown(t)
	who, at := w.as(auth.Owner), w.offerAt(w.tea, "/preview")
	for want, form := range map[string][]string{
		"“lots” is not a number":        set(cart(), "line.0.price", "lots"),
		"A value is needed here":        set(cart(), "line.1.price", ""),
		"Give a quantity above zero":    set(cart(), "line.0.quantity", "0"),
		"A price cannot be below zero":  set(cart(), "line.0.price", "-1"),
		"Put something into the basket": {"do", "price", "line.0.sku", "", "line.0.category", "", "line.0.quantity", "1", "line.0.price", ""},
		"Nobody is known by this":       set(cart(), "member", "+447700900999"),
		"This is not a day":             set(cart(), "when", "tomorrow"),
	} {
		who.post(at, form...).is(t, http.StatusUnprocessableEntity).shows(t, want)
	}
	w.join("Anna", "Nowak", "nowak@example.com")
	who.post(at, set(cart(), "member", "Anna")...).is(t, http.StatusUnprocessableEntity).shows(t, "Several members fit.")
	who.post(at, set(cart(), "do", "add-line")...).is(t, 200).shows(t, "Product code optional")
	who.post(at, set(cart(), "do", "drop-line.1")...).is(t, 200)
}
