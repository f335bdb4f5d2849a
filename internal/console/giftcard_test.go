package console

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/giftcard"
	"regulars/internal/id"
)

// giftShop is a town with gift cards in every state.
type giftShop struct {
	*town
	active, printed, open, blocked, given, ended *giftcard.Card
}

func newGiftShop(t testing.TB) *giftShop {
	t.Helper()
	w := &giftShop{town: newTown(t)}
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	w.active = w.cards(giftcard.Order{Count: 3, Value: 5000, Months: 60})[0]
	w.printed = w.cards(giftcard.Order{Count: 40, Value: 2500, Inactive: true, Months: 12, Campaign: "Christmas, printed for the shop in the High Street"})[0]
	w.open = w.cards(giftcard.Order{Count: 1, Inactive: true})[0]
	w.blocked = w.cards(giftcard.Order{Count: 1, Value: 12_345_67})[0]
	_, err := w.console.GiftCards.Block(ctx, system, w.programme.ID, w.blocked.Number)
	check(t, err)
	w.clock = noon.AddDate(0, -3, 0)
	w.ended = w.cards(giftcard.Order{Count: 2, Value: 1000, Given: true, Until: noon.AddDate(0, -1, 0), Campaign: "Sorry for the delay"})[0]
	w.clock = noon
	w.given = w.cards(giftcard.Order{Value: 1000, Given: true, Until: noon.AddDate(0, 1, 0), Campaign: "Sorry for the delay", Recipients: []giftcard.Recipient{{MemberID: anna}, {Label: "row 2 of the list of complaints in February"}}})[0]
	w.pay(w.active, 1250, 71)
	w.pay(w.active, 320, 72)
	w.pay(w.given, 700, 73)
	_, err = w.console.GiftCards.TopUp(ctx, system, w.programme.ID, w.active.Number, 2000, giftcard.Unseen)
	check(t, err)
	return w
}

// cards issues cards and returns them.
func (w *giftShop) cards(o giftcard.Order) []*giftcard.Card {
	w.t.Helper()
	b, err := w.console.GiftCards.Issue(ctx, system, w.programme.ID, o)
	check(w.t, err)
	list, err := w.console.GiftCards.List(ctx, system, giftcard.Query{ProgrammeID: w.programme.ID, BatchID: b.ID, Limit: 100})
	check(w.t, err)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// pay charges a card, as a sale will.
func (w *giftShop) pay(card *giftcard.Card, amount int64, sale id.ID) {
	w.t.Helper()
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		cards, err := giftcard.LoadCards(ctx, tx, []giftcard.Key{card.Key()})
		if err != nil {
			return err
		}
		if err := cards[card.Key()].Charge(amount, sale, w.clock); err != nil {
			return err
		}
		return giftcard.Save(ctx, tx, []*giftcard.Card{cards[card.Key()]})
	}))
}

const gifts = "/p/bean/gift-cards"

func giftAt(card *giftcard.Card) string { return gifts + "/" + card.ID.In(id.GiftCard) }

func tailOf(card *giftcard.Card) string { return card.Number[12:] }

func TestGiftCardsAreListedAndFound(t *testing.T) {
	w := newGiftShop(t)
	b := w.as(auth.Manager)
	p := b.get(gifts).is(t, 200).shows(t, "49 gift cards have been issued", "Christmas, printed", "blocked")
	if strings.Contains(p.body, w.active.Number) || strings.Contains(p.body, giftcard.ShowNumber(w.active.Number)) {
		t.Error("the list tells whole numbers")
	}
	second := b.get(gifts+"?page="+w.printed.ID.In(id.GiftCard)).is(t, 200).shows(t, tailOf(w.active)).hides(t, tailOf(w.blocked))
	if second.status != 200 {
		t.Error("no second page")
	}
	b.get(gifts+"?q="+giftcard.ShowNumber(w.open.Number)).is(t, 200).shows(t, tailOf(w.open), "Said when it is sold").hides(t, tailOf(w.active))
	b.get(gifts+"?q="+tailOf(w.given)).is(t, 200).shows(t, tailOf(w.given), "£3.00")
	b.get(gifts+"?state=expired").is(t, 200).shows(t, tailOf(w.ended)).hides(t, tailOf(w.active), tailOf(w.given))
	b.get(gifts+"?q=zzzz-none").is(t, 200).shows(t, "No such card")
	b.get(gifts+"/campaigns").is(t, 200).shows(t, "“Sorry for the delay”: of 4 cards 1 has been claimed, 2 expired unclaimed. They have paid for £7.00, all of it at your cost.", "All cards")
}

func TestAGiftCardAndWhatIsDoneToIt(t *testing.T) {
	w := newGiftShop(t)
	b := w.as(auth.Owner)
	p := b.get(giftAt(w.active)).is(t, 200).shows(t, giftcard.ShowNumber(w.active.Number), "£54.30 is left. It can be used until 15 March 2031.", "Topped up", "Payment", "−£12.50", "+£20.00")
	seen := p.value(t, "seen")
	b.post(giftAt(w.active)+"/top-up", "amount", "ten", "seen", seen).is(t, 422).shows(t, "is not a number")
	b.post(giftAt(w.active)+"/top-up", "amount", "0", "seen", seen).is(t, 422).shows(t, "An amount must be between £0.01")
	b.post(giftAt(w.active)+"/top-up", "amount", "10.50", "seen", seen).is(t, 200).shows(t, "The card has been topped up.", "£64.80 is left")
	b.post(giftAt(w.active)+"/top-up", "amount", "10.50", "seen", seen).is(t, 422).shows(t, "has been topped up since you looked", "£64.80 is left")
	b.post(giftAt(w.active)+"/block").is(t, 200).shows(t, "The card is blocked.", "It is blocked and pays nothing")
	b.get("/p/bean/audit").is(t, 200).shows(t, "Blocked a gift card", giftcard.MaskNumber(w.active.Number))
	b.post(giftAt(w.active)+"/unblock").is(t, 200).shows(t, "The card pays again.")
	b.get(giftAt(w.printed)).is(t, 200).shows(t, "£25.00 when activated", "12 months from activation", "Nothing has moved yet")
	b.post(giftAt(w.printed)+"/activate").is(t, 200).shows(t, "The card is active.", "£25.00 is left. It can be used until 15 March 2027.")
	b.post(giftAt(w.open)+"/activate", "amount", "").is(t, 422).shows(t, "has no value of its own")
	b.post(giftAt(w.open)+"/activate", "amount", "42").is(t, 200).shows(t, "£42.00 is left, and it never expires.")
	b.get(giftAt(w.given)).is(t, 200).shows(t, "Anna Wiśniewska", "No, it was given away", "Sorry for the delay").hides(t, "Top up")
	b.get(giftAt(w.ended)).is(t, 200).shows(t, "It could be used until 15 February 2026.")
	b.get(gifts+"/gft_01h9x3k7q2v5n").is(t, 404)
	b.get(gifts+"/nonsense").is(t, 404)
	faults, err := giftcard.Check(ctx, w.console.DB.Reader(), w.programme.ID)
	if check(t, err); len(faults) > 0 {
		t.Errorf("found %v", faults)
	}
}

func TestGiftCardsAreIssuedOnce(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(gifts).is(t, 200).shows(t, "No gift cards yet", "Issue gift cards")
	b.get(gifts+"/campaigns").is(t, 200).shows(t, "No campaign yet")
	nonce := b.get(gifts+"/issue").is(t, 200).value(t, "nonce")
	form := []string{"nonce", nonce, "kind", "give", "count", "3", "value", "12.50", "until", "2026-03-31", "campaign", "=Spring"}
	first := b.post(gifts+"/issue", form...).is(t, 200).shows(t, "3 gift cards were made.", "Download the numbers", "31 Mar 2026", "£12.50")
	if again := b.post(gifts+"/issue", form...).is(t, 200); again.path != first.path {
		t.Errorf("sent again: %s, want %s", again.path, first.path)
	}
	file := b.get(strings.Replace(first.path, "gift-cards?", "gift-cards/numbers.csv?", 1)).is(t, 200)
	lines := strings.Split(strings.TrimSpace(file.body), "\n")
	if len(lines) != 4 || lines[0] != "number,value,expires,campaign,label" || !strings.HasSuffix(lines[1], ",12.50,2026-03-31,'=Spring,") || giftcard.CheckNumber(giftcard.NormaliseNumber(lines[1][:19])) != nil {
		t.Errorf("got %q", file.body)
	}
	b.get("/p/bean/audit").is(t, 200).shows(t, "Downloaded numbers of gift cards", "Issued gift cards")
	b.get(gifts+"/numbers.csv").is(t, 422)
	for _, c := range []struct {
		form []string
		want string
	}{
		{[]string{"count", "x", "value", "1"}, "is not a number"}, {[]string{"count", "1"}, "An amount must be between"}, {[]string{"value", "1"}, "One order makes 1–10,000 cards"},
		{[]string{"count", "2", "value", "1", "list", "row 1"}, "The list has 1 recipient"}, {[]string{"count", "1", "value", "1", "until", "2026-04-01"}, "Only cards that are given away"},
		{[]string{"value", "1", "list", "mem_01h9x3k7q2v5n"}, "no member"},
	} {
		b.post(gifts+"/issue", append(c.form, "kind", "sell", "nonce", nonce+c.want)...).is(t, 422).shows(t, c.want)
	}
	b.post(gifts+"/issue", "kind", "print", "value", "5", "list", "row 1\n\n row 2 \r\n", "nonce", "list").is(t, 200).shows(t, "2 gift cards were made.", "row 1", "row 2", "£5.00 when activated")
}

// TestWhoMayDoWhatWithGiftCards goes to the pages with other roles.
func TestWhoMayDoWhatWithGiftCards(t *testing.T) {
	w := newGiftShop(t)
	till := w.as(auth.Till)
	till.get(giftAt(w.active)).is(t, 200).shows(t, "Top up").hides(t, giftcard.ShowNumber(w.active.Number), "Block")
	till.get(gifts).is(t, 200).hides(t, "Issue gift cards")
	for _, path := range []string{gifts + "/issue", gifts + "/numbers.csv?campaign=" + w.given.CampaignID.In(id.GiftCampaign)} {
		till.get(path).is(t, http.StatusForbidden)
	}
	till.post(giftAt(w.active)+"/block").is(t, http.StatusForbidden)
	reader := w.as(auth.ReadOnly)
	reader.get(giftAt(w.active)).is(t, 200).hides(t, "Top up")
	reader.post(giftAt(w.active)+"/top-up", "amount", "1").is(t, http.StatusForbidden)
}
