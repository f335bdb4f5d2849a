package console

import (
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/recovery"
	"regulars/internal/referral"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/trust"
	"regulars/internal/web"
)

// person is a member as the pages about them show it.
type person struct {
	member.Person
	name string
	now  time.Time
	// tally adds up what they bought.
	tally   sale.Tally
	wallets []purse
	ladders []rung
	// friends is what they have to do with referrals, names whom it is about.
	friends referral.Standing
	names   map[id.ID]string
	// cases are what they complained of that is not put right, by what is due.
	cases []*complaint.Case
	// issues are known ones of what they bought of late.
	issues []trust.Hint
	// stands is how they stand, nil while nothing can be said, and changes how that
	// changed, the latest first.
	stands  *churn.Standing
	changes []churn.Change
	measure churn.Measure
	// campaigns are those that asked them back, or held them back, the latest first.
	campaigns []recovery.ChosenRecord
}

// purse is what the person has in one wallet.
type purse struct {
	ledger.Wallet
	ledger.Balance
	// worth is what the available and pending points are worth, in minor units.
	worth int64
	// open are the lots that can or will be used, those that expire first first.
	open []ledger.Lot
}

// rung is where the person stands on one ladder.
type rung struct {
	*tier.Ladder
	tier.Standing
	tier.Progress
}

// shownLots bounds the open lots on a page.
const shownLots = 50

// meetMember reads the member of the address. Somebody merged into another is
// shown as that other: then the answer is given already, and done.
func (c *Console) meetMember(v *visit) (p *person, done bool, err error) {
	asked, err := v.pathID("member", id.Member)
	if err != nil {
		return nil, false, err
	}
	if p, err = c.readPerson(v, asked); err != nil {
		return nil, false, err
	}
	if p.ID != asked && v.r.Method == http.MethodGet {
		return nil, true, v.redirect(v.at("/members/" + p.ID.In(id.Member)))
	}
	return p, false, nil
}

// readPerson reads a member, or who they were merged into.
func (c *Console) readPerson(v *visit, wanted id.ID) (*person, error) {
	found, err := c.Members.Get(v.ctx(), v.actor, v.programme.ID, wanted)
	if err != nil {
		return nil, err
	}
	p := &person{Person: found, name: shownName(v, found.Member, found.Identities), now: c.Now()}
	if err := c.readFriends(v, p); err != nil {
		return nil, err
	}
	if err := c.readCases(v, p); err != nil {
		return nil, err
	}
	if err := c.readIssues(v, p); err != nil {
		return nil, err
	}
	if err := c.readCampaigns(v, p); err != nil {
		return nil, err
	}
	if err := c.readStanding(v, p); err != nil {
		return nil, err
	}
	return p, c.DB.View(v.ctx(), func(q db.Queryer) error {
		if err := p.readTally(v, q); err != nil {
			return err
		}
		if err := p.readPurses(v, q); err != nil {
			return err
		}
		return p.readRungs(v, q)
	})
}

func (p *person) readTally(v *visit, q db.Queryer) error {
	tallies, err := sale.LoadTallies(v.ctx(), q, p.Aliases)
	if err != nil {
		return err
	}
	all := make([]*sale.Tally, 0, len(tallies))
	for _, t := range tallies {
		all = append(all, t)
	}
	p.tally = sale.Together(all...)
	return nil
}

func (p *person) readPurses(v *visit, q db.Queryer) error {
	wallets, err := ledger.Wallets(v.ctx(), q, v.programme.ID)
	if err != nil {
		return err
	}
	balances, err := ledger.Balances(v.ctx(), q, accountKeys([]id.ID{p.ID}, wallets), p.now)
	if err != nil {
		return err
	}
	for _, w := range wallets {
		key := ledger.AccountKey{MemberID: p.ID, WalletID: w.ID}
		one := purse{Wallet: w, Balance: balances[key]}
		if one.worth, err = w.Liability(one.Balance.Liability()); err != nil {
			return err
		}
		if one.open, err = ledger.OpenLots(v.ctx(), q, key, p.now, shownLots); err != nil {
			return err
		}
		p.wallets = append(p.wallets, one)
	}
	return nil
}

func (p *person) readRungs(v *visit, q db.Queryer) error {
	ladders, err := tier.LoadLadders(v.ctx(), q, v.programme.ID)
	if err != nil {
		return err
	}
	asks := make([]tier.Ask, len(ladders))
	for i := range ladders {
		asks[i] = tier.Ask{MemberID: p.ID, Ladder: &ladders[i], Until: p.now}
	}
	accounts, err := tier.Load(v.ctx(), q, asks)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		progress, err := a.Progress(p.now)
		if err != nil {
			return err
		}
		p.ladders = append(p.ladders, rung{a.Ladder(), a.Standing(), progress})
	}
	return nil
}

// at returns the address of a page about the person.
func (p *person) at(v *visit, path string, query ...string) string {
	return v.at("/members/"+p.ID.In(id.Member)+path, query...)
}

// member shows who it is and what happened.
func (c *Console) member(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	story, err := c.readStory(v, p)
	if err != nil {
		return err
	}
	bought, err := c.readPaid(v, p)
	if err != nil {
		return err
	}
	with, err := c.readShared(v, p)
	if err != nil {
		return err
	}
	gestures, err := c.readGestures(v, p)
	if err != nil {
		return err
	}
	return v.render(memberPage(v, p, story, bought, with, gestures))
}

// head is the head of every page about the person: who it is, and in one
// sentence how they stand.
func (p *person) head(v *visit) web.Head {
	h := web.Head{
		Title: p.name, Lead: p.lead(v),
		Crumbs: []web.Crumb{{Label: v.T("console.members.title"), Href: v.at("/members")}, {Label: p.name}},
	}
	if p.Status == member.Erased {
		return h
	}
	var buttons []web.Button
	if v.can(auth.PointsAdjust) && len(p.wallets) > 0 {
		buttons = append(buttons, web.Button{Label: v.T("console.adjust.title"), Kind: web.Primary, Href: p.at(v, "/adjust")})
	}
	if v.can(auth.MembersMerge) {
		buttons = append(buttons, web.Button{Label: v.T("console.merge.button"), Icon: web.IconMerge, Href: p.at(v, "/merge")})
	}
	if len(buttons) > 0 {
		h.Actions = web.Actions(buttons...)
	}
	return h
}

func (p *person) lead(v *visit) string {
	if p.Status == member.Erased {
		return v.T("console.member.erased_lead")
	}
	if p.tally.Purchases == 0 {
		return v.T("console.member.lead_new")
	}
	return v.T("console.member.lead", "n", p.tally.Purchases, "sum", v.Money(p.tally.Goods-p.tally.Returned, ""), "last", p.tally.Last)
}

// tabs are the pages about the person.
func (p *person) tabs(v *visit, current string) []web.Tab {
	list := []web.Tab{
		{Label: v.T("console.member.tab_story"), Href: p.at(v, "")},
		{Label: v.T("console.member.tab_points"), Href: p.at(v, "/points")},
		{Label: v.T("console.member.tab_purchases"), Href: p.at(v, "/purchases"), Count: v.Number(p.tally.Purchases)},
		{Label: v.T("console.member.tab_profile"), Href: p.at(v, "/profile")},
	}
	for i, name := range []string{"story", "points", "purchases", "profile"} {
		list[i].Current = name == current
	}
	return list
}

// tiles say what the person has and has brought.
func (p *person) tiles(v *visit) []web.Stat {
	var list []web.Stat
	for i := range p.wallets {
		list = append(list, p.wallets[i].tile(v))
	}
	for _, l := range p.ladders {
		list = append(list, web.Stat{
			Sentence: ladderName(l.Ladder, p.now), Figure: rankName(l.Ladder, l.Standing.Rank, p.now), Note: l.words(v),
		})
	}
	return append(list, web.Stat{
		Sentence: v.T("console.member.bought"), Figure: v.Money(p.tally.Goods-p.tally.Returned, ""), Note: p.boughtNote(v),
	})
}

func (p *person) boughtNote(v *visit) string {
	if p.tally.Returned == 0 {
		return v.T("console.member.bought_note", "n", p.tally.Purchases)
	}
	return v.T("console.member.bought_back", "n", p.tally.Purchases, "sum", v.Money(p.tally.Returned, ""))
}

func (w *purse) tile(v *visit) web.Stat {
	s := web.Stat{
		Sentence: v.T("console.member.usable", "wallet", w.Name), Figure: v.Decimal(w.Balance[ledger.Available], w.Decimals),
		Note: v.T("console.member.worth", "sum", v.Money(w.worth, "")),
	}
	if n := w.Balance[ledger.Pending]; n > 0 {
		s.Note = v.T("console.member.worth_pending", "sum", v.Money(w.worth, ""), "pending", v.Decimal(n, w.Decimals))
	}
	if n := w.Balance[ledger.Held]; n > 0 {
		s.Note += " · " + v.T("console.member.held", "points", v.Decimal(n, w.Decimals))
	}
	if n := w.Balance[ledger.Debt]; n > 0 {
		s.Change, s.ChangeTone = v.T("console.member.debt", "points", v.Decimal(n, w.Decimals)), web.Bad
	}
	return s
}

// words say how far it is to the next rank, or what keeps this one.
func (r *rung) words(v *visit) string {
	if r.Warning.Key != "" {
		return v.Say(r.Warning)
	}
	return v.Say(r.Words)
}

func ladderName(l *tier.Ladder, at time.Time) string {
	if now := l.At(at); now != nil {
		return now.Name
	}
	return l.Code
}

// lastDay is the last day on which something can be used that ends at an
// instant.
func lastDay(ends time.Time) time.Time { return ends.Add(-time.Microsecond) }
