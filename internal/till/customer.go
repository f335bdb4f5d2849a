package till

import (
	"context"
	"errors"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// customer is somebody at the counter, with no more of them than is needed
// there.
type customer struct {
	id     id.ID
	name   string
	number string // the last digits of a phone or another number
	// joined is whether they are enrolled.
	joined  bool
	ranks   []string
	perks   []string // what the ranks bring, in the shop's words
	purses  []purse
	choices []flow.Choice
	codes   []usableCode
	// next are what to say next, most important first. More of it urges them to buy
	// or take something, which nobody says to who waits for us to make good.
	next, more []string
	feature
}

// purse is what the customer has in a wallet.
type purse struct {
	wallet    *ledger.Wallet
	available int64
	pending   int64
	worth     int64
	// pool is what the household pays where the points fall short.
	pool int64
}

// usableCode is a personal code that can be used now.
type usableCode struct{ text, about string }

// showMember answers with the customer of an address.
func (t *till) showMember(v *visit) (any, error) {
	m, err := v.pathID("member", id.Member)
	if err != nil {
		return nil, err
	}
	return t.meetMember(v, m)
}

// meetMember answers with a customer.
func (t *till) meetMember(v *visit, m id.ID) (any, error) {
	c, err := t.customer(v, m)
	if err != nil {
		return nil, err
	}
	html, err := v.html(customerPart(v, c))
	return scanned{Kind: "member", HTML: html, Member: c.id.In(id.Member), Name: c.name}, err
}

func (t *till) customer(v *visit, m id.ID) (*customer, error) {
	p, err := t.Members.Get(v.ctx(), v.actor, v.programme.ID, m)
	if err != nil {
		return nil, err
	}
	if p.Status == member.Erased {
		return nil, fault.Missing("till_nobody", "there is no such customer any more")
	}
	c := &customer{id: p.ID, name: v.nameOf(p.Member), number: maskedNumber(p.Identities), joined: p.Status == member.Enrolled}
	if c.choices, err = t.Flow.Choices(v.ctx(), v.actor, v.programme.ID, p.ID); err != nil {
		return nil, err
	}
	now := t.Now()
	err = t.DB.View(v.ctx(), func(q db.Queryer) error {
		return errors.Join(c.readPurses(v, q, now), c.readCodes(v, q, p.Aliases, now), c.readRanks(v, q, now), t.readFeatures(v, q, c, p.Aliases, now))
	})
	if err != nil {
		return nil, err
	}
	if err := t.readGestures(v, c); err != nil {
		return nil, err
	}
	if err := t.readReasons(v, c); err != nil {
		return nil, err
	}
	c.sayRewards(v)
	if c.cases == 0 {
		c.next = append(c.more, c.next...)
	}
	c.sayBirthday(v, p.Birth, now)
	return c, nil
}

func (c *customer) readPurses(v *visit, q db.Queryer, now time.Time) error {
	keys := make([]ledger.AccountKey, len(v.wallets))
	for i := range v.wallets {
		keys[i] = ledger.AccountKey{MemberID: c.id, WalletID: v.wallets[i].ID}
	}
	sums, err := ledger.Balances(v.ctx(), q, keys, now)
	if err != nil {
		return err
	}
	for i := range v.wallets {
		b := sums[keys[i]]
		p := purse{wallet: &v.wallets[i], available: b[ledger.Available], pending: b[ledger.Pending]}
		if p.worth, err = p.wallet.Liability(p.available); err != nil {
			return err
		}
		c.purses = append(c.purses, p)
	}
	return nil
}

func (c *customer) readCodes(v *visit, q db.Queryer, aliases []id.ID, now time.Time) error {
	list, err := promo.CodesOf(v.ctx(), q, v.programme.ID, aliases)
	if err != nil {
		return err
	}
	names, err := offerNames(v.ctx(), q, v.programme.ID, list)
	for _, code := range list {
		if code.Usable(aliases, now) == nil {
			c.codes = append(c.codes, usableCode{firstOf(code.Printed, code.Text), names[code.OfferID]})
		}
	}
	return err
}

// offerNames returns what the offers of codes are called.
func offerNames(ctx context.Context, q db.Queryer, programme id.ID, codes []*promo.Code) (map[id.ID]string, error) {
	names := map[id.ID]string{}
	if len(codes) == 0 {
		return names, nil
	}
	histories, err := promo.Histories(ctx, q, programme)
	for _, h := range histories {
		names[h.ID] = h.Name
	}
	return names, err
}

// readRanks says where the customer stands and what leads further.
func (c *customer) readRanks(v *visit, q db.Queryer, now time.Time) error {
	ladders, err := tier.LoadLadders(v.ctx(), q, v.programme.ID)
	if err != nil {
		return err
	}
	asks := make([]tier.Ask, len(ladders))
	for i := range ladders {
		asks[i] = tier.Ask{MemberID: c.id, Ladder: &ladders[i], Until: now}
	}
	accounts, err := tier.Load(v.ctx(), q, asks)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		progress, err := a.Progress(now)
		if err != nil {
			return err
		}
		if name := rankName(a.Ladder().At(now), progress.Rank); name != "" {
			c.ranks = append(c.ranks, name)
		}
		if version := a.Ladder().At(now); version != nil {
			held, _ := version.Rank(progress.Rank)
			c.perks = append(c.perks, held.PerkList()...)
			for _, t := range held.Texts() {
				c.perks = append(c.perks, v.Say(t))
			}
		}
		if progress.Warning.Key != "" {
			c.more = append(c.more, v.Say(progress.Warning))
		}
		if progress.Next != "" {
			c.more = append(c.more, v.Say(progress.Words))
		}
	}
	return nil
}

func rankName(version *tier.Version, code string) string {
	if version == nil {
		return ""
	}
	for _, r := range version.Ranks {
		if r.Code == code {
			return firstOf(r.Name, r.Code)
		}
	}
	return ""
}

// available returns what the customer has of a wallet.
func (c *customer) available(wallet id.ID) int64 {
	for _, p := range c.purses {
		if p.wallet.ID == wallet {
			return p.available
		}
	}
	return 0
}

// sayRewards names the best reward that the points suffice for, and the nearest
// that they do not.
func (c *customer) sayRewards(v *visit) {
	var best, nearest *flow.Choice
	missing := func(r *flow.Choice) int64 { return r.Points - c.available(r.WalletID) }
	for i := range c.choices {
		r := &c.choices[i]
		f := fault.As(r.Refused)
		switch {
		case r.Refused == nil && (best == nil || r.Points > best.Points):
			best = r
		case f != nil && f.Code == "not_enough_points" && (nearest == nil || missing(r) < missing(nearest)):
			nearest = r
		}
	}
	if nearest != nil {
		c.more = append([]string{v.T("till.next_reward", "reward", nearest.Name, "points", v.points(nearest.WalletID, missing(nearest)))}, c.more...)
	}
	if best != nil {
		c.more = append([]string{v.T("till.next_have", "reward", best.Name)}, c.more...)
	}
}

// birthdaySoon is how many days ahead a birthday is spoken of.
const birthdaySoon = 14

func (c *customer) sayBirthday(v *visit, born member.Birth, now time.Time) {
	if born.Day == 0 || born.Month == 0 {
		return
	}
	now = now.In(v.programme.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	for _, year := range []int{now.Year(), now.Year() + 1} {
		day := time.Date(year, time.Month(born.Month), born.Day, 0, 0, 0, 0, time.UTC)
		if day.Day() != born.Day { // 29 February in another year
			day = day.AddDate(0, 0, -1)
		}
		switch days := int(day.Sub(today).Hours() / 24); {
		case days == 0:
			c.next = append([]string{v.T("till.birthday_today")}, c.next...)
		case days > 0 && days <= birthdaySoon:
			c.next = append(c.next, v.T("till.birthday_soon", "days", days))
		}
	}
}

// nameOf is what a customer is called, or that they are a customer.
func (v *visit) nameOf(m *member.Member) string { return firstOf(m.Name(), v.T("till.customer")) }

// maskedNumber shows the last four digits of a phone, or else of the card or the
// number by which another system knows the customer.
func maskedNumber(identities []member.Identity) string {
	const shown = 4
	for _, kind := range []member.IdentityKind{member.Phone, member.Card, member.External} {
		for _, i := range identities {
			if i.Kind == kind && len(i.Value) > shown {
				return "•••• " + i.Value[len(i.Value)-shown:]
			}
		}
	}
	return ""
}
