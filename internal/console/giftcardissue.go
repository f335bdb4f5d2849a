package console

import (
	"cmp"
	"crypto/rand"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/web"
)

// giftIssue is the form that issues gift cards, as it was filled in. The nonce
// names the order, so that a double click makes the cards once.
type giftIssue struct {
	*visit
	nonce, count, list, value, kind, months, until, campaign string
	campaigns                                                []giftcard.Campaign
	errs                                                     web.FormErrors
}

// The ways in which cards come among people.
const (
	sellNow   = "sell"
	sellLater = "print"
	giveAway  = "give"
)

func (c *Console) giftIssue(v *visit) (*giftIssue, error) {
	f := &giftIssue{
		visit: v, nonce: cmp.Or(v.field("nonce"), rand.Text()), count: v.field("count"), list: v.field("list"), value: v.field("value"),
		kind: cmp.Or(v.field("kind"), sellNow), months: v.field("months"), until: v.field("until"), campaign: v.field("campaign"),
	}
	var err error
	f.campaigns, err = c.GiftCards.CampaignNames(v.ctx(), v.actor, v.programme.ID)
	return f, err
}

func (c *Console) showGiftIssue(v *visit) error {
	f, err := c.giftIssue(v)
	if err != nil {
		return err
	}
	return v.render(giftIssuePage(f))
}

func (c *Console) issueGiftCards(v *visit) error {
	f, err := c.giftIssue(v)
	if err != nil {
		return err
	}
	order, err := f.order()
	var made giftcard.Batch
	if err == nil {
		made, err = c.GiftCards.Issue(v.ctx(), v.actor, v.programme.ID, order)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			f.errs = web.FormErrors{}
			for at, text := range errs {
				if strings.HasPrefix(at, "recipients") {
					at = "list"
				}
				f.errs.Add(at, text)
			}
			return giftIssuePage(f)
		})
	}
	return v.done(v.at("/gift-cards", "batch", made.ID.In(id.GiftBatch)), "console.giftcard.issued", "n", made.Cards)
}

// order turns the form into an order.
func (f *giftIssue) order() (giftcard.Order, error) {
	o := giftcard.Order{
		Key: "console " + f.nonce, Campaign: f.campaign, Inactive: f.kind == sellLater, Given: f.kind == giveAway, Recipients: f.recipients(),
	}
	read := func(text, name string, decimals int) (int64, error) {
		n, err := f.figures().read(text, decimals)
		if err != nil {
			return 0, fault.As(err).At("/" + name)
		}
		return n, nil
	}
	count, err := read(f.count, "count", 0)
	if err != nil {
		return o, err
	}
	months, err := read(f.months, "months", 0)
	if err != nil {
		return o, err
	}
	if o.Value, err = read(f.value, "value", f.programme.Currency.Decimals()); err != nil {
		return o, err
	}
	o.Count, o.Months = int(count), int(months)
	o.Until, err = f.day("until")
	if !o.Until.IsZero() {
		o.Until = o.Until.AddDate(0, 0, 1) // the day itself is the last
	}
	return o, err
}

// recipients reads the list: a line for each card, a member's id or a word of
// the shop's own.
func (f *giftIssue) recipients() []giftcard.Recipient {
	var list []giftcard.Recipient
	for line := range strings.Lines(f.list) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		r := giftcard.Recipient{Label: line}
		if m, err := id.Parse(id.Member, line); err == nil {
			r = giftcard.Recipient{MemberID: m}
		}
		list = append(list, r)
	}
	return list
}

func (f *giftIssue) kindOptions() []web.Option {
	var list []web.Option
	for _, kind := range []string{sellNow, sellLater, giveAway} {
		key := "console.giftcard.kind_" + kind
		list = append(list, web.Option{Value: kind, Label: f.T(key), Help: f.T(key + ".help")})
	}
	return web.Choose(list, f.kind)
}
