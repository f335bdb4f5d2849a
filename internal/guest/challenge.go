package guest

import (
	"regulars/internal/challenge"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/web"
)

// challengePath is the page of the challenges.
const challengePath = "/challenges"

func (g *Guest) challengeRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + challengePath, do: g.showChallenges},
		{pattern: "POST " + inProgramme + challengePath, do: g.joinChallenge},
	}
}

// challenges is the page of what the shop invites the customer to do.
type challenges struct {
	*visit
	open    []challenge.Progress
	wallets []ledger.Wallet
	nonce   string
	// wrong says why joining was refused.
	wrong string
}

func (g *Guest) readChallenges(v *visit) (*challenges, error) {
	c := &challenges{visit: v, nonce: nonce()}
	return c, g.DB.View(v.ctx(), func(q db.Queryer) error {
		aliases, err := member.Aliases(v.ctx(), q, v.who.ID)
		if err != nil {
			return err
		}
		if c.open, err = challenge.Open(v.ctx(), q, v.programme.ID, aliases, v.now); err != nil {
			return err
		}
		c.wallets, err = ledger.Wallets(v.ctx(), q, v.programme.ID)
		return err
	})
}

func (g *Guest) showChallenges(v *visit) error {
	c, err := g.readChallenges(v)
	if err != nil {
		return err
	}
	return v.render(challengesPage(c))
}

// joinChallenge lets the customer of the session, and nobody else, take part.
func (g *Guest) joinChallenge(v *visit) error {
	wanted, err := id.Parse(id.Challenge, v.field("challenge"))
	if err != nil {
		return web.NotFound(v.w, v.r)
	}
	err = g.once(v, "join:"+wanted.In(id.Challenge), func() error {
		_, err := g.Challenges.Join(v.ctx(), wallet, v.programme.ID, v.who.ID, wanted)
		return err
	})
	if err == nil {
		return v.done(v.at(challengePath), "guest.challenge.joined")
	}
	c, failed := g.readChallenges(v)
	if failed != nil {
		return failed
	}
	return v.refused(err, func(why string) component {
		c.wrong = why
		return challengesPage(c)
	})
}

// challengesDoor leads to the challenges where some are open.
func challengesDoor(v *visit, q db.Queryer) (*web.Button, error) {
	all, err := challenge.All(v.ctx(), q, v.programme.ID)
	for i := range all {
		if all[i].StateAt(v.now) == challenge.Published {
			return &web.Button{Label: v.T("guest.challenge.nav"), Href: v.at(challengePath), Icon: web.IconRank}, err
		}
	}
	return nil, err
}

// lead says how many the customer takes part in.
func (c *challenges) lead() string {
	if len(c.open) == 0 {
		return ""
	}
	in := 0
	for i := range c.open {
		if c.open[i].Joined {
			in++
		}
	}
	return c.T("guest.challenge.lead", "n", in, "free", len(c.open)-in)
}

// ware is a challenge as it is laid out.
func (c *challenges) ware(p *challenge.Progress) web.Ware {
	name := p.Challenge.Named(string(c.Lang()))
	w := web.Ware{ID: p.Challenge.ID.In(id.Challenge), Name: name.Text, Lang: name.Lang, Own: p.Challenge.Described(string(c.Lang()))}
	if w.Own.Text == "" {
		w.About = p.Challenge.Sentence(c.Printer, challenge.Names{Points: c.points})
	}
	switch {
	case p.Complete:
		w.Badge = web.Badge(web.Good, c.T("guest.challenge.complete"))
	case !p.Joined:
		w.Note = p.Words(c.Printer)
	}
	if next := c.next(p); next != "" {
		w.Price = next
	}
	return w
}

// points says what a challenge gives of a wallet.
func (c *challenges) points(wallet id.ID, amount int64) string {
	return c.price(walletOf(c.wallets, wallet), amount, 0)
}

// next says what comes next; a tag is the shop's own mark, and nothing to say.
func (c *challenges) next(p *challenge.Progress) string {
	switch {
	case p.Reward == nil:
		return ""
	case p.Reward.Kind == challenge.Points:
		return c.points(p.Reward.WalletID, p.Reward.Points)
	case p.Reward.Kind == challenge.Code:
		return c.T("guest.challenge.code")
	}
	return ""
}

// had says how often the customer was rewarded.
func (c *challenges) had(p *challenge.Progress) string {
	if p.Times == 0 {
		return ""
	}
	return c.T("guest.challenge.had", "n", p.Times)
}
