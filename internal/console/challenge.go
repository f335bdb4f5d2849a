package console

import (
	"context"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/challenge"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// challengePath is the address of the challenges.
const challengePath = inProgramme + "/challenges"

func (c *Console) challengeRoutes() []route {
	one := challengePath + "/{challenge}"
	return []route{
		{pattern: "GET " + challengePath, permission: auth.ChallengesRead, do: c.challenges},
		{pattern: "GET " + challengePath + "/new", permission: auth.ChallengesWrite, do: c.newChallenge},
		{pattern: "POST " + challengePath + "/new", permission: auth.ChallengesWrite, do: c.createChallenge},
		{pattern: "GET " + one, permission: auth.ChallengesRead, do: c.challenge},
		{pattern: "GET " + one + "/edit", permission: auth.ChallengesWrite, do: c.editChallenge},
		{pattern: "POST " + one + "/edit", permission: auth.ChallengesWrite, do: c.saveChallenge},
		{pattern: "POST " + one + "/publish", permission: auth.ChallengesPublish, do: c.turnChallenge(c.Challenges.Publish, "console.challenge.published")},
		{pattern: "POST " + one + "/end", permission: auth.ChallengesPublish, do: c.turnChallenge(c.Challenges.End, "console.challenge.ended")},
		{pattern: "POST " + one + "/discard", permission: auth.ChallengesWrite, do: c.discardChallenge},
	}
}

// challengeNames are what challenges refer to, by name.
type challengeNames struct {
	wallets wallets
	ranks   []tier.Rank
	batches []promo.BatchSummary
}

func (c *Console) challengeNames(v *visit) (challengeNames, error) {
	var n challengeNames
	err := c.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		if n.wallets, err = walletsOf(v.ctx(), q, v.programme.ID); err != nil {
			return err
		}
		ladders, err := tier.LoadLadders(v.ctx(), q, v.programme.ID)
		if err == nil && len(ladders) > 0 {
			if now := ladders[0].At(c.Now()); now != nil {
				n.ranks = now.Ranks
			}
		}
		return err
	})
	if err != nil || !v.can(auth.CodesRead) {
		return n, err
	}
	all, err := c.Promo.Batches(v.ctx(), v.actor, promo.BatchQuery{ProgrammeID: v.programme.ID, Limit: maxListed})
	for _, b := range all {
		if b.Kind == promo.PersonalCodes {
			n.batches = append(n.batches, b)
		}
	}
	return n, err
}

// maxListed is how many batches of codes there are to choose from.
const maxListed = 200

// names are these for a sentence.
func (n *challengeNames) names(v *visit) challenge.Names {
	return challenge.Names{
		Points: func(wallet id.ID, amount int64) string {
			w := n.wallets.get(wallet)
			if w == nil || w.Decimals == 0 && len(n.wallets) == 1 {
				return v.T("challenge.reward.points", "n", amount)
			}
			return v.T("challenge.reward.wallet", "points", v.Trimmed(amount, w.Decimals), "wallet", w.Name)
		},
		Batch: func(wanted id.ID) string {
			for i := range n.batches {
				if n.batches[i].ID == wanted {
					return n.batches[i].Name
				}
			}
			return wanted.In(id.Batch)
		},
		Rank: func(code string) string {
			for _, r := range n.ranks {
				if r.Code == code {
					return r.Name
				}
			}
			return code
		},
	}
}

// challengeList is every challenge with what became of it.
type challengeList struct {
	*visit
	state   string
	now     func(*challenge.Challenge) challenge.State
	all     []challenge.Challenge
	results map[id.ID]*challenge.Results
	names   challengeNames
}

func (c *Console) challenges(v *visit) error {
	l := &challengeList{visit: v, state: v.field("state"), now: func(n *challenge.Challenge) challenge.State { return n.StateAt(c.Now()) }}
	var err error
	if l.all, err = c.Challenges.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.results, err = c.Challenges.Results(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.names, err = c.challengeNames(v); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(challengeTable(l))
	}
	return v.render(challengeListPage(l))
}

func (l *challengeList) head() web.Head {
	open := 0
	for i := range l.all {
		if l.now(&l.all[i]) == challenge.Published {
			open++
		}
	}
	h := web.Head{Title: l.T("console.challenge.title"), Lead: l.T("console.challenge.lead", "n", len(l.all), "open", open)}
	if l.can(auth.ChallengesWrite) && len(l.all) > 0 {
		h.Actions = web.Action(web.Button{Label: l.T("console.challenge.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/challenges/new")})
	}
	return h
}

func (l *challengeList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.challenge.every_state")}}
	for _, s := range challenge.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *challengeList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.challenge.title"),
		Columns: []web.Column{
			{Head: l.T("console.challenge.name")}, {Head: l.T("console.challenge.state")}, {Head: l.T("console.challenge.joined"), Figures: true},
			{Head: l.T("console.challenge.completed"), Figures: true}, {Head: l.T("console.challenge.cost"), Figures: true},
		},
		Empty: web.Empty(l.empty()),
	}
	names := l.names.names(l.visit)
	for i := range l.all {
		n := &l.all[i]
		state := l.now(n)
		if l.state != "" && l.state != string(state) {
			continue
		}
		joined, completed, cost := "—", "—", "—"
		if r := l.results[n.ID]; r != nil {
			joined, completed, cost = l.Number(r.Joined), l.Number(r.Completed), l.Money(r.Cost, l.programme.Currency)
		}
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/challenges/" + n.ID.In(id.Challenge)), Quiet: state == challenge.Ended,
			Cells: []templ.Component{
				twoLines(n.Name(string(l.Lang())), n.Sentence(l.Printer, names)), challengeState(l.visit, state), web.Words(joined), web.Words(completed), web.Words(cost),
			},
		})
	}
	return t
}

func (l *challengeList) empty() web.Hint {
	if len(l.all) > 0 {
		return web.Hint{Icon: web.IconSearch, Title: l.T("console.challenge.not_found"), Text: l.T("console.challenge.not_found_text")}
	}
	h := web.Hint{Icon: web.IconGift, Title: l.T("console.challenge.none"), Text: l.T("console.challenge.none_text")}
	if l.can(auth.ChallengesWrite) {
		h.Next = &web.Button{Label: l.T("console.challenge.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/challenges/new")}
	}
	return h
}

func challengeState(v *visit, s challenge.State) templ.Component {
	tone := web.Neutral
	if s == challenge.Published {
		tone = web.Good
	}
	return web.Badge(tone, v.Say(s.Text()))
}

// challengePage is one challenge: what it says, a look at one member's past,
// what became of it.
type challengePage struct {
	*visit
	challenge challenge.Challenge
	state     challenge.State
	results   *challenge.Results
	names     challengeNames
	// asked is who is looked at, told what they would have been given.
	asked, told string
	errs        web.FormErrors
}

func (c *Console) meetChallenge(v *visit) (*challengePage, error) {
	which, err := v.pathID("challenge", id.Challenge)
	if err != nil {
		return nil, err
	}
	p := &challengePage{visit: v, asked: v.r.URL.Query().Get("member")}
	if p.challenge, err = c.Challenges.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	p.state = p.challenge.StateAt(c.Now())
	all, err := c.Challenges.Results(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	p.results = all[which]
	p.names, err = c.challengeNames(v)
	return p, err
}

func (c *Console) challenge(v *visit) error {
	p, err := c.meetChallenge(v)
	if err != nil {
		return err
	}
	if p.asked != "" && v.can(auth.MembersRead) {
		if err := c.tryChallenge(p); err != nil {
			return err
		}
	}
	return v.render(challengeShown(p))
}

// tryChallenge looks what the challenge would have given the member who is
// found first.
func (c *Console) tryChallenge(p *challengePage) error {
	found, err := c.Members.Search(p.ctx(), p.actor, member.Query{ProgrammeID: p.programme.ID, Text: p.asked, Region: p.programme.Region, Limit: 1})
	if err != nil {
		return err
	}
	if len(found.Members) == 0 {
		p.told = p.T("console.challenge.nobody")
		return nil
	}
	m := found.Members[0]
	trial, err := c.Challenges.Try(p.ctx(), p.actor, p.programme.ID, m.ID, p.challenge.Spec)
	if err != nil {
		return err
	}
	name := m.Name()
	if name == "" {
		name = m.ID.In(id.Member)
	}
	p.told = p.T("console.challenge.tried", "name", name, "n", trial.Rewards, "since", trial.Since, "until", trial.Until)
	return nil
}

// turnChallenge opens or ends a challenge.
func (c *Console) turnChallenge(turn func(context.Context, auth.Actor, id.ID, id.ID) (challenge.Challenge, error), key string) func(*visit) error {
	return c.changeChallenge(key, func(p *challengePage) error {
		_, err := turn(p.ctx(), p.actor, p.programme.ID, p.challenge.ID)
		return err
	})
}

func (c *Console) changeChallenge(key string, do func(*challengePage) error) func(*visit) error {
	return func(v *visit) error {
		p, err := c.meetChallenge(v)
		if err != nil {
			return err
		}
		if err := do(p); err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				p.errs = errs
				return challengeShown(p)
			})
		}
		return v.done(p.path(""), key)
	}
}

func (c *Console) discardChallenge(v *visit) error {
	p, err := c.meetChallenge(v)
	if err != nil {
		return err
	}
	if err := c.Challenges.Discard(v.ctx(), v.actor, v.programme.ID, p.challenge.ID); err != nil {
		return err
	}
	return v.done(v.at("/challenges"), "console.challenge.discarded")
}

func (p *challengePage) path(more string) string {
	return p.at("/challenges/" + p.challenge.ID.In(id.Challenge) + more)
}

func (p *challengePage) name() string { return p.challenge.Name(string(p.Lang())) }

// head says first what the challenge asks and gives.
func (p *challengePage) head() web.Head {
	return web.Head{
		Title: p.name(), Lead: p.challenge.Sentence(p.Printer, p.names.names(p.visit)), Actions: p.actions(),
		Crumbs: []web.Crumb{{Label: p.T("console.challenge.title"), Href: p.at("/challenges")}, {Label: p.name()}},
	}
}

func (p *challengePage) actions() templ.Component {
	var buttons []web.Button
	if p.state == challenge.Draft && p.can(auth.ChallengesPublish) {
		buttons = append(buttons, web.Button{Label: p.T("console.challenge.publish"), Kind: web.Primary, Opens: "publish"})
	}
	if p.can(auth.ChallengesWrite) && editable(&p.challenge.Spec) {
		buttons = append(buttons, web.Button{Label: p.T("console.challenge.edit"), Icon: web.IconEdit, Href: p.path("/edit")})
	}
	if p.state == challenge.Published && p.can(auth.ChallengesPublish) {
		buttons = append(buttons, web.Button{Label: p.T("console.challenge.end"), Opens: "end"})
	}
	if p.state == challenge.Draft && p.can(auth.ChallengesWrite) {
		buttons = append(buttons, web.Button{Label: p.T("console.challenge.discard"), Opens: "discard"})
	}
	if len(buttons) == 0 {
		return nil
	}
	return web.Actions(buttons...)
}

// facts are what became of it.
func (p *challengePage) facts() []web.Definition {
	list := []web.Definition{{Term: p.T("console.challenge.state"), About: challengeState(p.visit, p.state)}}
	r := p.results
	if r == nil {
		return list
	}
	add := func(key, words string) {
		list = append(list, web.Definition{Term: p.T("console.challenge." + key), About: web.Words(words)})
	}
	add("joined", p.Number(r.Joined))
	add("completed", p.T("console.challenge.completed_of", "n", r.Completed, "share", p.Percent(r.Completed, r.Joined, 1)))
	add("rewards", p.Number(r.Rewards))
	add("cost", p.Money(r.Cost, p.programme.Currency))
	for _, n := range []struct {
		key   string
		count int64
	}{{"unfunded", r.Unfunded}, {"refused", r.Refused}, {"reversed", r.Reversed}} {
		if n.count > 0 {
			add(n.key, p.Number(n.count))
		}
	}
	return list
}
