package till

import (
	"strings"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/promo"
	"regulars/internal/reward"
)

// scanned is what a text that was scanned or typed turned out to be.
type scanned struct {
	// Kind is "member", "product", "code", "card", or "part": something to look
	// at and choose from.
	Kind string `json:"kind"`
	HTML string `json:"html,omitempty"`
	// Member and Name are of a customer, Product of goods, Text is a code or
	// the number of a gift card as it goes into the basket.
	Member  string        `json:"member,omitempty"`
	Name    string        `json:"name,omitempty"`
	Product *foundProduct `json:"product,omitempty"`
	Text    string        `json:"text,omitempty"`
}

type foundProduct struct {
	SKU      string `json:"sku"`
	Name     string `json:"name"`
	Category string `json:"category,omitempty"`
}

// maxScan bounds what the field takes.
const maxScan = 200

// scan finds out what a text is: the code of a customer's wallet, a receipt,
// goods by their code, a gift card, a promotion code, a pick-up code, somebody
// by card, phone or e-mail, and else people and goods by name. The first that
// fits is taken; what is exact comes before what is only like it.
func (t *till) scan(v *visit) (any, error) {
	text := v.field("q")
	if text == "" || len(text) > maxScan {
		return nil, fault.Invalid("till_scan_empty", "scan or type something").At("/q")
	}
	if member.IsPass(strings.ToUpper(text)) {
		m, err := member.ReadPass([]byte(v.programme.Salt), text, t.Now())
		if err != nil {
			return nil, err
		}
		return t.meetMember(v, m)
	}
	for _, look := range []func(*visit, string) (any, error){t.scanReceipt, t.scanProduct, t.scanCard, t.scanCode, t.scanPickUp, t.scanPerson} {
		if found, err := look(v, text); err != nil || found != nil {
			return found, err
		}
	}
	return t.search(v, text)
}

func (t *till) scanReceipt(v *visit, text string) (any, error) {
	if !number.MatchString(text) {
		return nil, nil
	}
	same, err := t.known(v.ctx(), v.programme.ID, text)
	if err != nil {
		return nil, err
	}
	if same == nil {
		return nil, fault.Missing("till_no_receipt", "there is no sale with the number %s", text).With("number", text)
	}
	return t.saleOf(v, same.MemberID, same.EventID)
}

func (t *till) scanProduct(v *visit, text string) (any, error) {
	found, err := product.Lookup(v.ctx(), t.DB.Reader(), v.programme.ID, []string{text})
	if err != nil {
		return nil, err
	}
	p, there := found[text]
	if !there || !p.Active {
		return nil, nil
	}
	return scanned{Kind: "product", Product: &foundProduct{p.SKU, p.Name, p.Category}}, nil
}

func (t *till) scanCard(v *visit, text string) (any, error) {
	named := giftcard.NormaliseNumber(text)
	if giftcard.CheckNumber(named) != nil {
		return nil, nil //nolint:nilerr // something else was scanned
	}
	card, err := t.GiftCards.Get(v.ctx(), v.actor, v.programme.ID, named)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := card.Usable(t.Now()); err != nil {
		return nil, err
	}
	left := v.T("till.card_left", "left", v.Money(card.BalanceAt(t.Now()), ""))
	return scanned{Kind: "card", Text: card.Number, Name: giftcard.MaskNumber(card.Number) + " · " + left}, nil
}

func (t *till) scanCode(v *visit, text string) (any, error) {
	key := promo.CodeKey{ProgrammeID: v.programme.ID, Text: promo.NormaliseCode(text)}
	if key.Text == "" {
		return nil, nil
	}
	found, err := promo.LoadCodes(v.ctx(), t.DB.Reader(), []promo.CodeKey{key})
	if err != nil || found[key] == nil {
		return nil, err
	}
	return scanned{Kind: "code", Text: firstOf(found[key].Printed, found[key].Text)}, nil
}

func (t *till) scanPickUp(v *visit, text string) (any, error) {
	const letters = 8
	if len(reward.NormaliseCode(text)) != letters {
		return nil, nil
	}
	n, err := t.Rewards.Find(v.ctx(), v.actor, v.programme.ID, text)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t.showRedemption(v, n, "")
}

// missing reports whether a failure says that there is no such thing, or that
// no such thing can be.
func missing(err error) bool {
	f := fault.As(err)
	return f != nil && (f.Kind == fault.KindMissing || f.Kind == fault.KindInvalid)
}

// scanPerson finds somebody by exactly what identifies them.
func (t *till) scanPerson(v *visit, text string) (any, error) {
	who, err := v.named(text, t.Now())
	if err != nil || len(who.Identities) == 0 {
		return nil, nil //nolint:nilerr // what cannot identify anybody may still be a name
	}
	asks := []flow.Who{who}
	if who.Identities[0].Kind == member.Phone { // the digits may be a card's
		if card, err := member.Normalise(member.Card, text, v.programme.Region); err == nil {
			asks = append(asks, flow.Who{Identities: []member.Identity{card}})
		}
	}
	for _, ask := range asks {
		found, err := member.Recognise(v.ctx(), t.DB.Reader(), []member.Ask{{ProgrammeID: v.programme.ID, Identities: ask.Identities}})
		if err != nil {
			return nil, err
		}
		if found[0].Err == nil && found[0].MemberID != 0 {
			return t.meetMember(v, found[0].MemberID)
		}
	}
	return nil, nil
}

// choiceCount is how many people, and how many goods, are offered to choose
// from.
const choiceCount = 8

// choice is what a text may mean.
type choice struct {
	text     string
	people   []foundPerson
	products []product.Product
	// phone is set where somebody new may be signed up under the text.
	phone, email bool
}

type foundPerson struct{ id, name, number string }

// search offers people and goods that are like the text; or to sign somebody
// up.
func (t *till) search(v *visit, text string) (any, error) {
	c := choice{text: text, phone: looksLikePhone(text), email: strings.Contains(text, "@")}
	page, err := t.Members.Search(v.ctx(), v.actor, member.Query{ProgrammeID: v.programme.ID, Text: text, Region: v.programme.Region, Limit: choiceCount})
	if err != nil {
		return nil, err
	}
	goods, err := t.Products.List(v.ctx(), v.actor, product.Query{ProgrammeID: v.programme.ID, Text: text, Active: true, Limit: choiceCount})
	if err != nil {
		return nil, err
	}
	c.products = goods.Products
	if len(page.Members) == 1 && len(c.products) == 0 {
		return t.meetMember(v, page.Members[0].ID)
	}
	if len(page.Members) == 0 && len(c.products) == 1 {
		p := c.products[0]
		return scanned{Kind: "product", Product: &foundProduct{p.SKU, p.Name, p.Category}}, nil
	}
	for _, m := range page.Members {
		c.people = append(c.people, foundPerson{m.ID.In(id.Member), v.nameOf(m), maskedNumber(page.Identities[m.ID])})
	}
	html, err := v.html(choices(v, &c))
	return scanned{Kind: "part", HTML: html}, err
}
