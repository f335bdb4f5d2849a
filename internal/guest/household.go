package guest

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/web"
)

// householdPath is the page of who shares points, and of passing some on.
const householdPath = "/household"

// shownTransfers bounds what is told of points that were passed on.
const shownTransfers = 30

func (g *Guest) householdRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + householdPath, do: g.showHousehold},
		{pattern: "POST " + inProgramme + householdPath + "/make", do: g.makeHousehold},
		{pattern: "POST " + inProgramme + householdPath + "/join", do: g.joinHousehold},
		{pattern: "POST " + inProgramme + householdPath + "/leave", do: g.leaveHousehold},
		{pattern: "POST " + inProgramme + householdPath + "/pass", do: g.passOn},
		{pattern: "GET " + inProgramme + removePath, do: g.showRemove},
		{pattern: "POST " + inProgramme + removePath, do: g.removeOne},
	}
}

// hearth is the page of the household; home is nil for who has none.
type hearth struct {
	*visit
	home     *household.Household
	settings household.Settings
	aliases  []id.ID
	people   map[id.ID]*member.Member
	wallets  []ledger.Wallet
	// pool is what the household can use of each wallet, own what the customer
	// can pass on, given what they passed on this month where that is limited.
	pool, own, given []int64
	passed           []*household.Transfer
	nonce            string
	wrong            string
	errs             web.FormErrors
}

func (g *Guest) readHearth(v *visit) (*hearth, error) {
	h := &hearth{visit: v, nonce: nonce(), errs: web.FormErrors{}}
	err := g.DB.View(v.ctx(), func(q db.Queryer) error { return errors.Join(h.readWho(q), h.readPoints(q)) })
	if err != nil {
		return nil, err
	}
	h.passed, err = g.Households.Transfers(v.ctx(), wallet, household.TransferQuery{ProgrammeID: v.programme.ID, Members: h.aliases, Limit: shownTransfers})
	return h, err
}

func (h *hearth) readWho(q db.Queryer) (err error) {
	if h.settings, err = household.LoadSettings(h.ctx(), q, h.programme.ID); err != nil {
		return err
	}
	if h.aliases, err = member.Aliases(h.ctx(), q, h.who.ID); err != nil {
		return err
	}
	if h.home, err = household.Current(h.ctx(), q, h.aliases); err != nil || h.home == nil {
		return err
	}
	ids := []id.ID{h.home.OwnerID}
	for _, m := range h.home.Members {
		ids = append(ids, m.MemberID)
	}
	h.people, err = member.Read(h.ctx(), q, ids)
	return err
}

func (h *hearth) readPoints(q db.Queryer) (err error) {
	if h.wallets, err = ledger.Wallets(h.ctx(), q, h.programme.ID); err != nil {
		return err
	}
	if h.own, err = availableOf(h.ctx(), q, h.who.ID, h.wallets, h.now); err != nil {
		return err
	}
	if err = h.readGiven(q); err != nil || !h.pools() {
		return err
	}
	h.pool, err = availableOf(h.ctx(), q, h.people[h.home.OwnerID].ID, h.wallets, h.now)
	return err
}

func (h *hearth) readGiven(q db.Queryer) error {
	h.given = make([]int64, len(h.wallets))
	if h.settings.PerMonth == 0 {
		return nil
	}
	for i := range h.wallets {
		n, err := household.Given(h.ctx(), q, h.aliases, h.wallets[i].ID, h.now, h.programme.Zone)
		if err != nil {
			return err
		}
		h.given[i] = n
	}
	return nil
}

// availableOf returns what a member can use of each wallet.
func availableOf(ctx context.Context, q db.Queryer, m id.ID, wallets []ledger.Wallet, now time.Time) ([]int64, error) {
	keys := make([]ledger.AccountKey, len(wallets))
	for i := range wallets {
		keys[i] = ledger.AccountKey{MemberID: m, WalletID: wallets[i].ID}
	}
	balances, err := ledger.Balances(ctx, q, keys, now)
	list := make([]int64, len(wallets))
	for i, key := range keys {
		list[i] = balances[key][ledger.Available]
	}
	return list, err
}

// pools reports whether the household shares what its owner's account holds.
func (h *hearth) pools() bool {
	return h.home != nil && h.settings.On && h.settings.Pooling && h.people[h.home.OwnerID] != nil
}

func (g *Guest) showHousehold(v *visit) error {
	h, err := g.readHearth(v)
	if err != nil {
		return err
	}
	return v.render(householdPage(h))
}

// householdDoor leads to the household where there are any, or where points can
// be passed on.
func householdDoor(v *visit, q db.Queryer) (*web.Button, error) {
	set, err := household.LoadSettings(v.ctx(), q, v.programme.ID)
	if err != nil {
		return nil, err
	}
	there := set.On || set.Transfers == household.Anyone
	if !there && set.Number > 0 {
		aliases, err := member.Aliases(v.ctx(), q, v.who.ID)
		if err != nil {
			return nil, err
		}
		home, err := household.Current(v.ctx(), q, aliases)
		if err != nil {
			return nil, err
		}
		there = home != nil
	}
	if !there {
		return nil, nil
	}
	title := "guest.house.nav"
	if !set.On && set.Transfers == household.Anyone {
		title = "guest.house.pass_title"
	}
	return &web.Button{Label: v.T(title), Href: v.at(householdPath), Icon: web.IconMembers}, nil
}

// makeHousehold makes one of which the customer is the owner.
func (g *Guest) makeHousehold(v *visit) error {
	err := g.once(v, "make household", func() error {
		_, err := g.Households.Make(v.ctx(), wallet, v.programme.ID, v.who.ID)
		return at(err, "")
	})
	return g.housed(v, err, "guest.house.made")
}

// joinHousehold lets the customer into the household of a code. Codes are
// guessed no faster than others.
func (g *Guest) joinHousehold(v *visit) error {
	err := g.once(v, "join household", func() error {
		if err := g.charge(v.ctx(), trying(v.r.RemoteAddr)); err != nil {
			return err
		}
		_, err := g.Households.Join(v.ctx(), wallet, v.programme.ID, v.who.ID, v.field("code"))
		return at(err, "/code")
	})
	return g.housed(v, err, "guest.house.joined")
}

// at points a fault at a field of the form, and says to the customer what it
// says of a member.
func at(err error, field string) error {
	f := fault.As(err)
	switch {
	case f == nil:
		return err
	case f.Code == "household_taken":
		return fault.Conflict("guest_household_taken", "you belong to a household already; leave it first")
	case f.Field == "":
		return f.At(field)
	}
	return err
}

func (g *Guest) leaveHousehold(v *visit) error {
	err := g.once(v, "leave household", func() error {
		h, err := g.Households.Of(v.ctx(), wallet, v.programme.ID, v.who.ID)
		if err != nil {
			return err
		}
		_, err = g.Households.Leave(v.ctx(), wallet, v.programme.ID, h.ID, v.who.ID)
		return err
	})
	return g.housed(v, err, "guest.house.left")
}

// housed goes back to the page, or shows there why something was refused.
func (g *Guest) housed(v *visit, err error, done string) error {
	if err == nil {
		return v.done(v.at(householdPath), done)
	}
	h, failed := g.readHearth(v)
	if failed != nil {
		return failed
	}
	return v.mend(err, func(errs web.FormErrors) component {
		for name, said := range errs {
			if name == "to" && len(h.receivers()) == 0 {
				name = "card"
			}
			if slices.Contains([]string{"code", "points", "to", "card"}, name) {
				h.errs[name] = said
			} else {
				h.wrong = said
			}
		}
		return householdPage(h)
	})
}

// title names what there is: a household, or passing on alone.
func (h *hearth) title() string {
	if h.home == nil && !h.settings.On && h.passes() {
		return "guest.house.pass_title"
	}
	return "guest.house.nav"
}

// lead says who shares what.
func (h *hearth) lead() string {
	switch {
	case h.home == nil && !h.settings.On:
		return ""
	case h.home == nil:
		return h.T("guest.house.lead_none", "most", h.settings.Members)
	}
	return h.T("guest.house.lead", "n", len(h.home.Members), "pools", h.pools())
}

// owns reports whether the customer is the owner.
func (h *hearth) owns() bool { return slices.Contains(h.aliases, h.home.OwnerID) }

// called is how the household calls one of its members: by the given name, for
// that is what they tell one another.
func (h *hearth) called(m id.ID) string {
	if slices.Contains(h.aliases, m) {
		return h.T("guest.house.you")
	}
	if p := h.people[m]; p != nil && p.GivenName != "" {
		return p.GivenName
	}
	return h.T("guest.house.somebody")
}

// members are those who belong to the household; its owner can remove the
// others.
func (h *hearth) members() []web.Definition {
	var list []web.Definition
	for _, m := range h.home.Members {
		one := web.Definition{Term: h.called(m.MemberID), About: web.Words(h.T("guest.house.since", "day", m.Joined))}
		switch {
		case m.MemberID == h.home.OwnerID:
			one.About = web.Words(h.T("guest.house.owner"))
		case h.owns():
			one.About = removable(h, m)
		}
		list = append(list, one)
	}
	return list
}

// sums say an amount of each wallet.
func (h *hearth) sums(amounts []int64) []web.Definition {
	var list []web.Definition
	for i, n := range amounts {
		list = append(list, web.Definition{Term: h.wallets[i].Name, About: web.Words(h.Decimal(n, h.wallets[i].Decimals))})
	}
	return list
}

// letter is the address of an e-mail by which somebody is invited.
func (h *hearth) letter() string {
	words := url.Values{
		"subject": {h.T("guest.house.letter_subject", "programme", h.programme.Name)},
		"body":    {h.T("guest.house.letter_body", "programme", h.programme.Name, "code", household.ShowCode(h.home.Code), "link", h.origin()+h.at(householdPath))},
	}
	return "mailto:?" + strings.ReplaceAll(words.Encode(), "+", "%20")
}

// room reports whether somebody else may come in.
func (h *hearth) room() bool {
	return h.settings.On && h.home.Code != "" && len(h.home.Members) < h.settings.Members
}
