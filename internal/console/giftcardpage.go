package console

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// giftMoves is how many movements a page of a card has.
const giftMoves = 40

// giftPage is one gift card with its movements.
type giftPage struct {
	*visit
	card     *giftcard.Card
	now      time.Time
	moves    []giftcard.Entry
	trail    trail
	next     id.ID
	campaign string
	// owner is what the member is called whose card it is.
	owner string
	// amount is what was typed, errs what must be put right in it; the dialog
	// named open is shown while there is something.
	amount, open string
	errs         web.FormErrors
}

// meetGiftCard reads the card that the address names.
func (c *Console) meetGiftCard(v *visit) (*giftPage, error) {
	which, err := v.pathID("card", id.GiftCard)
	if err != nil {
		return nil, err
	}
	p := &giftPage{visit: v, now: c.Now(), trail: v.trail()}
	if p.card, err = c.GiftCards.Get(v.ctx(), v.actor, v.programme.ID, which.In(id.GiftCard)); err != nil {
		return nil, err
	}
	var before id.ID
	if mark := p.trail.mark(); mark != "" {
		if before, err = id.Parse(id.Entry, mark); err != nil {
			return nil, err
		}
	}
	if p.moves, err = c.GiftCards.Movements(v.ctx(), v.actor, p.card.Key(), before, giftMoves+1); err != nil {
		return nil, err
	}
	if len(p.moves) > giftMoves {
		p.moves = p.moves[:giftMoves]
		p.next = p.moves[giftMoves-1].ID
	}
	if p.card.CampaignID != 0 {
		campaigns, err := c.GiftCards.CampaignNames(v.ctx(), v.actor, v.programme.ID)
		if err != nil {
			return nil, err
		}
		p.campaign = campaignName(campaigns, p.card.CampaignID)
	}
	return p, c.nameOwner(p)
}

// nameOwner finds what the member is called whose card it is.
func (c *Console) nameOwner(p *giftPage) error {
	m := p.card.MemberID
	if m == 0 || !p.can(auth.MembersRead) {
		return nil
	}
	return c.DB.View(p.ctx(), func(q db.Queryer) error {
		found, err := member.Read(p.ctx(), q, []id.ID{m})
		if err != nil || found[m] == nil {
			return err
		}
		identities, err := member.Identities(p.ctx(), q, []id.ID{found[m].ID})
		p.owner = shownName(p.visit, found[m], identities[found[m].ID])
		return err
	})
}

func (c *Console) giftCard(v *visit) error {
	p, err := c.meetGiftCard(v)
	if err != nil {
		return err
	}
	return v.render(giftCardPage(p))
}

// changeGiftCard does something to a card and goes back to its page; a dialog
// opens again where something must be put right.
func (c *Console) changeGiftCard(v *visit, dialog, key string, do func(p *giftPage, name string, amount int64) error) error {
	p, err := c.meetGiftCard(v)
	if err != nil {
		return err
	}
	p.amount = v.field("amount")
	amount, err := v.figures().read(p.amount, v.programme.Currency.Decimals())
	if err == nil {
		err = do(p, p.card.ID.In(id.GiftCard), amount)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.open, p.errs = dialog, web.FormErrors{}
			for at, text := range errs {
				if at == "value" || at == "" && dialog != "" {
					at = "amount"
				}
				p.errs.Add(at, text)
			}
			return giftCardPage(p)
		})
	}
	return v.done(v.at("/gift-cards/"+p.card.ID.In(id.GiftCard)), key)
}

func (c *Console) activateGiftCard(v *visit) error {
	return c.changeGiftCard(v, "activate", "console.giftcard.activated", func(_ *giftPage, name string, amount int64) error {
		_, err := c.GiftCards.Activate(v.ctx(), v.actor, v.programme.ID, name, amount)
		return err
	})
}

func (c *Console) topUpGiftCard(v *visit) error {
	return c.changeGiftCard(v, "top-up", "console.giftcard.topped_up", func(_ *giftPage, name string, amount int64) error {
		seen, err := strconv.ParseInt(v.field("seen"), 10, 64)
		if err != nil {
			seen = giftcard.Unseen
		}
		_, err = c.GiftCards.TopUp(v.ctx(), v.actor, v.programme.ID, name, amount, seen)
		return err
	})
}

func (c *Console) blockGiftCard(v *visit) error {
	return c.changeGiftCard(v, "", "console.giftcard.blocked", func(_ *giftPage, name string, _ int64) error {
		_, err := c.GiftCards.Block(v.ctx(), v.actor, v.programme.ID, name)
		return err
	})
}

func (c *Console) unblockGiftCard(v *visit) error {
	return c.changeGiftCard(v, "", "console.giftcard.unblocked", func(_ *giftPage, name string, _ int64) error {
		_, err := c.GiftCards.Unblock(v.ctx(), v.actor, v.programme.ID, name)
		return err
	})
}
