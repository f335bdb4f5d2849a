package guest

import (
	"crypto/rand"
	"slices"
	"strconv"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/reward"
	"regulars/internal/web"
)

func (g *Guest) rewardRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/rewards", do: g.showRewards},
		{pattern: "POST " + inProgramme + "/rewards", do: g.redeem},
		{pattern: "POST " + inProgramme + "/rewards/undo", do: g.undo},
	}
}

// source is that of the events which a customer causes here.
const source = "wallet"

// shownTaken is how many of the rewards that were taken the page shows.
const shownTaken = 20

// shelf is the page of rewards.
type shelf struct {
	*visit
	wallets []ledger.Wallet
	choices []flow.Choice
	taken   []*reward.Redemption
	nonce   string
	errs    web.FormErrors
}

func (g *Guest) showRewards(v *visit) error {
	s, err := g.readShelf(v)
	if err != nil {
		return err
	}
	return v.render(rewardsPage(s))
}

func (g *Guest) readShelf(v *visit) (s *shelf, err error) {
	s = &shelf{visit: v, nonce: rand.Text(), errs: web.FormErrors{}}
	if s.wallets, err = ledger.Wallets(v.ctx(), g.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	if s.choices, err = g.Flow.Choices(v.ctx(), wallet, v.programme.ID, v.who.ID); err != nil {
		return nil, err
	}
	aliases, err := member.Aliases(v.ctx(), g.DB.Reader(), v.who.ID)
	if err != nil {
		return nil, err
	}
	s.taken, err = g.Rewards.Redemptions(v.ctx(), wallet, reward.Query{ProgrammeID: v.programme.ID, Members: aliases, Limit: shownTaken})
	return s, err
}

// waiting are the rewards that can be picked up, or past those that cannot any
// more.
func (s *shelf) waiting(yes bool) []*reward.Redemption {
	var list []*reward.Redemption
	for _, n := range s.taken {
		if (n.State == reward.Redeemed) == yes {
			list = append(list, n)
		}
	}
	return list
}

// redeem takes a reward for points. The form carries a name of its own, so that
// one that is sent twice takes it once.
func (g *Guest) redeem(v *visit) error {
	wanted, err := id.Parse(id.Reward, v.field("reward"))
	nonce := v.field("nonce")
	if err != nil || nonce == "" || len(nonce) > 64 {
		return web.NotFound(v.w, v.r)
	}
	points, errPoints := strconv.ParseInt(v.field("points"), 10, 64)
	money, errMoney := strconv.ParseInt(v.field("money"), 10, 64)
	if errPoints != nil || errMoney != nil {
		return web.NotFound(v.w, v.r)
	}
	_, err = g.Flow.TakeOne(v.ctx(), &flow.Event{
		ProgrammeID: v.programme.ID, Source: source, ExternalID: "redeem:" + v.who.ID.In(id.Member) + ":" + wanted.In(id.Reward) + ":" + nonce,
		Kind: journal.Redemption, Who: flow.Who{MemberID: v.who.ID}, Channel: source, Actor: wallet,
		Payload: flow.Payload{Redemption: &flow.Redemption{RewardID: wanted, Points: &points, Money: &money}},
	})
	return g.shown(v, err, "guest.reward.done")
}

// undo takes back one of the customer's own rewards that was not handed out.
func (g *Guest) undo(v *visit) error {
	wanted, err := id.Parse(id.Redemption, v.field("redemption"))
	if err != nil {
		return web.NotFound(v.w, v.r)
	}
	n, err := g.own(v, wanted)
	if err != nil {
		return err
	}
	if n.State != reward.Redeemed {
		return g.shown(v, fault.Refused("guest_undo_late", "the reward was handed out or has ended, and cannot be taken back any more"), "")
	}
	_, err = g.Flow.TakeOne(v.ctx(), flow.UndoOf(n, wallet))
	return g.shown(v, err, "guest.reward.undone")
}

// own returns a redemption of the customer; anybody else's is not there.
func (g *Guest) own(v *visit, wanted id.ID) (*reward.Redemption, error) {
	aliases, err := member.Aliases(v.ctx(), g.DB.Reader(), v.who.ID)
	if err != nil {
		return nil, err
	}
	var keys []reward.Key
	for _, m := range aliases {
		keys = append(keys, reward.Key{MemberID: m, ID: wanted})
	}
	found, err := reward.LoadRedemptions(v.ctx(), g.DB.Reader(), keys)
	if err != nil {
		return nil, err
	}
	n := found[wanted]
	if n == nil || n.ProgrammeID != v.programme.ID {
		return nil, reward.UnknownRedemption()
	}
	return n, nil
}

// shown goes back to the rewards, or shows there why something was refused.
func (g *Guest) shown(v *visit, err error, done string) error {
	if err == nil {
		return v.done(v.at("/rewards"), done)
	}
	s, failed := g.readShelf(v)
	if failed != nil {
		return failed
	}
	return v.mend(err, func(errs web.FormErrors) component {
		for _, said := range errs {
			s.errs[""] = said
		}
		return rewardsPage(s)
	})
}

// lead says how many rewards can be had now and how many wait.
func (s *shelf) lead() string {
	if len(s.choices) == 0 {
		return ""
	}
	can := 0
	for _, c := range s.choices {
		if c.Refused == nil {
			can++
		}
	}
	said := s.T("guest.reward.lead", "n", can)
	if n := len(s.waiting(true)); n > 0 {
		said += " " + s.T("guest.reward.lead_waiting", "n", n)
	}
	return said
}

// ware is a reward as it is laid out.
func (s *shelf) ware(c *flow.Choice) web.Ware {
	w := web.Ware{
		Name: c.Name, Lang: s.first(), Own: i18n.Said{Text: c.Description, Lang: s.first()}, Price: s.price(walletOf(s.wallets, c.WalletID), c.Points, c.Money),
		Quiet: c.Refused != nil, Note: s.refusal(c),
	}
	if matched, err := c.Matched(); c.Kind == reward.KindDonation && err == nil {
		w.About = s.T("guest.reward.gives", "sum", s.Money(c.Gives, ""), "charity", c.Partner, "matched", s.Money(matched, ""), "doubled", matched > 0)
	}
	if s.pictured() {
		w.Picture = s.picture(&c.Reward)
	}
	if c.Refused == nil && s.now.Before(c.Begins) {
		w.Note = s.T("guest.reward.early", "begins", c.Begins)
	}
	switch {
	case c.Kind == reward.KindDonation, c.Kind == reward.KindPartner:
		w.Badge = web.Badge(web.Accent, c.Partner)
	case c.Left < db.Never:
		w.Badge = web.Badge(web.Neutral, s.T("guest.reward.left", "n", c.Left))
	}
	return w
}

// first is the language of what a shop writes in one language only: the first of
// its programme.
func (v *visit) first() i18n.Lang {
	if len(v.programme.Languages) == 0 {
		return ""
	}
	return i18n.Lang(v.programme.Languages[0])
}

// pictured reports whether any reward has a picture; then the others keep the
// room for one.
func (s *shelf) pictured() bool {
	return slices.ContainsFunc(s.choices, func(c flow.Choice) bool { return c.Picture.Exists() })
}

// picture is what a reward looks like, in the customer's language.
func (v *visit) picture(r *reward.Reward) *web.Picture {
	p := &r.Picture
	alt := p.Alt(string(v.Lang()), v.programme.Languages[0])
	return &web.Picture{Src: p.Address(), Alt: alt.Text, Lang: alt.Lang, Width: p.Width, Height: p.Height}
}

// refusal says to the customer why a reward cannot be had now.
func (s *shelf) refusal(c *flow.Choice) string {
	f := fault.As(c.Refused)
	switch {
	case f == nil:
		return ""
	case f.Code == "not_enough_points":
		return s.T("guest.reward.short", "available", f.Args["available"], "wanted", f.Args["wanted"])
	case f.Code == "reward_limit":
		return s.T("guest.reward.had")
	}
	return s.Fault(f)
}

// takenWare is a reward that was taken.
func (s *shelf) takenWare(n *reward.Redemption) web.Ware {
	w := web.Ware{
		ID: n.ID.In(id.Redemption), Name: n.Name, Lang: s.first(), Price: s.price(walletOf(s.wallets, n.WalletID), n.Points, n.Money),
		About: s.T("guest.reward.on", "when", n.Occurred), Badge: web.Badge(progressTone[n.State], s.Say(n.Text())), Quiet: n.State != reward.Redeemed,
	}
	if n.State == reward.Redeemed && !n.Due.IsZero() {
		w.Note = s.T("guest.reward.due", "day", lastDay(n.Due))
	}
	return w
}

var progressTone = map[reward.Progress]web.Tone{reward.Redeemed: web.Good, reward.HandedOut: web.Neutral, reward.Undone: web.Neutral, reward.Lapsed: web.Warn}
