package guest

import (
	"strings"
	"time"

	"regulars/internal/condition"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (g *Guest) giftRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/codes", do: g.showGifts},
		{pattern: "POST " + inProgramme + "/codes/claim", do: g.claim},
	}
}

// shownGifts bounds the codes and the cards on the page.
const shownGifts = 50

// gifts is the page of what the customer has: offers, codes, gift cards.
type gifts struct {
	*visit
	offers []told
	codes  []*promo.Code
	// names are those of the offers, by id.
	names map[id.ID]string
	cards []*giftcard.Card
	errs  web.FormErrors
}

// told is an offer in words.
type told struct {
	name, words string
	ends        time.Time
}

func (g *Guest) showGifts(v *visit) error {
	p, err := g.readGifts(v)
	if err != nil {
		return err
	}
	if err := g.seen(v, p.codes); err != nil {
		return err
	}
	return v.render(giftsPage(p))
}

func (g *Guest) readGifts(v *visit) (*gifts, error) {
	p := &gifts{visit: v, names: map[id.ID]string{}, errs: web.FormErrors{}}
	var aliases []id.ID
	err := g.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		if aliases, err = member.Aliases(v.ctx(), q, v.who.ID); err != nil {
			return err
		}
		if p.codes, err = promo.CodesOf(v.ctx(), q, v.programme.ID, aliases); err != nil {
			return err
		}
		p.codes = p.codes[:min(len(p.codes), shownGifts)]
		return p.readOffers(q, aliases)
	})
	if err != nil {
		return nil, err
	}
	p.cards, err = g.GiftCards.List(v.ctx(), wallet, giftcard.Query{ProgrammeID: v.programme.ID, Members: aliases, Limit: shownGifts})
	return p, err
}

// readOffers says the offers that are in force now without a code, to whom they
// are for: newcomers' offers to those who have bought nothing yet.
func (p *gifts) readOffers(q db.Queryer, aliases []id.ID) error {
	all, err := promo.Histories(p.ctx(), q, p.programme.ID)
	if err != nil {
		return err
	}
	tallies, err := sale.LoadTallies(p.ctx(), q, aliases)
	if err != nil {
		return err
	}
	bought := int64(0)
	for _, t := range tallies {
		bought += t.Purchases
	}
	names, err := p.offerNames(q)
	if err != nil {
		return err
	}
	for i := range all {
		p.names[all[i].ID] = all[i].Name
		o := all[i].Published()
		if o == nil || o.Spec.WithCode || o.Spec.Audience == promo.Newcomers && bought > 0 {
			continue
		}
		if p.now.Before(o.Begins) || !o.Ends.IsZero() && !p.now.Before(o.Ends) {
			continue
		}
		words, err := o.Summary(p.Printer, names)
		if err != nil {
			words = "" // what it asks for is gone; the name stands alone
		}
		p.offers = append(p.offers, told{o.Name, words, o.Ends})
	}
	return nil
}

// offerNames turn the codes of shops and ranks into what people call them.
func (p *gifts) offerNames(q db.Queryer) (condition.Names, error) {
	known := map[string]string{}
	shops, err := program.Shops(p.ctx(), q, p.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range shops {
		known["shop:"+s.Code] = s.Name
	}
	ladders, err := tier.LoadLadders(p.ctx(), q, p.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range ladders[:min(1, len(ladders))] { // the ladder that offers ask about
		for _, version := range l.Versions {
			for _, r := range version.Ranks {
				known["rank:"+r.Code] = r.Name
			}
		}
	}
	return func(field, code string) string {
		for _, kind := range []string{"shop", "rank"} {
			if name := known[kind+":"+code]; name != "" && strings.Contains(field, kind) {
				return name
			}
		}
		return code
	}, nil
}

// seen notes that the customer has looked at codes for the first time.
func (g *Guest) seen(v *visit, codes []*promo.Code) error {
	var marks []promo.CodeMark
	for _, c := range codes {
		if c.Seen.IsZero() && c.Cancelled.IsZero() {
			marks = append(marks, promo.CodeMark{ProgrammeID: v.programme.ID, Text: c.Text, At: v.now, Channel: source, Actor: actor(v.programme.ID, v.who.ID).String()})
		}
	}
	if len(marks) == 0 {
		return nil
	}
	return g.DB.InTx(v.ctx(), func(tx *db.Tx) error { return promo.MarkSeen(v.ctx(), tx, marks) })
}

// claim makes a gift card the customer's own. Numbers cannot be tried at will.
func (g *Guest) claim(v *visit) error {
	err := g.charge(v.ctx(), trying(v.r.RemoteAddr))
	if err == nil {
		_, err = g.GiftCards.Claim(v.ctx(), actor(v.programme.ID, v.who.ID), v.programme.ID, v.who.ID, v.field("number"))
	}
	if err == nil {
		return v.done(v.at("/codes"), "guest.gift.claimed")
	}
	if fault.As(err) == nil {
		return err
	}
	p, failed := g.readGifts(v)
	if failed != nil {
		return failed
	}
	return v.mendAt("number", err, func(errs web.FormErrors) component {
		p.errs = errs
		return giftsPage(p)
	})
}

// lead says how much there is.
func (p *gifts) lead() string {
	usable, left := 0, int64(0)
	for _, c := range p.codes {
		if p.usable(c) {
			usable++
		}
	}
	for _, c := range p.cards {
		left += c.BalanceAt(p.now)
	}
	return p.T("guest.gift.lead", "codes", usable, "left", p.Money(left, ""), "has", left > 0)
}

func (p *gifts) usable(c *promo.Code) bool {
	switch c.StateAt(p.now) {
	case promo.CodeIssued, promo.CodeDelivered, promo.CodeSeen:
		return c.Begins.IsZero() || !p.now.Before(c.Begins)
	}
	return false
}

// codeWare is a code as it is laid out.
func (p *gifts) codeWare(c *promo.Code) web.Ware {
	w := web.Ware{Name: p.names[c.OfferID], Quiet: !p.usable(c)}
	state := c.StateAt(p.now)
	switch {
	case p.usable(c):
		w.Badge = web.Badge(web.Good, p.T("guest.gift.usable"))
	case state == promo.CodeIssued, state == promo.CodeDelivered, state == promo.CodeSeen:
		w.Badge = web.Badge(web.Neutral, p.T("guest.gift.not_yet"))
	default:
		w.Badge = web.Badge(web.Neutral, p.Say(state.Text()))
	}
	w.Note = p.bounds(c.Begins, c.Expires)
	return w
}

// bounds say from when and until when something can be used.
func (p *gifts) bounds(begins, ends time.Time) string {
	endless := ends.IsZero()
	switch {
	case p.now.Before(begins) && endless:
		return p.T("guest.gift.from", "day", begins)
	case p.now.Before(begins):
		return p.T("guest.gift.between", "first", begins, "last", lastDay(ends))
	case endless:
		return p.T("guest.gift.endless")
	case p.now.Before(ends):
		return p.T("guest.gift.until", "day", lastDay(ends))
	}
	return p.T("guest.gift.ended", "day", lastDay(ends))
}

// cardWare is a gift card as it is laid out.
func (p *gifts) cardWare(c *giftcard.Card) web.Ware {
	state := c.StateAt(p.now)
	w := web.Ware{Name: p.T("guest.gift.card"), Price: p.Money(c.BalanceAt(p.now), ""), Quiet: state != giftcard.Active}
	if state != giftcard.Active {
		w.Badge = web.Badge(web.Neutral, p.Say(state.Text()))
	}
	w.Note = p.bounds(time.Time{}, c.Expires)
	return w
}
