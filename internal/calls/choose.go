package calls

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/campaign"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// atOnce is how many are looked at in one step.
const atOnce = 500

// chooser says whom a list is for.
type chooser struct {
	*List
	programme program.Programme
	now       time.Time
	reward    *reward.Reward // nil for none
	stock     *reward.Stock
	ladder    id.ID // 0 for none
	lowest    string
}

func newChooser(ctx context.Context, q db.Queryer, l *List, now time.Time) (*chooser, error) {
	c := &chooser{List: l, now: now}
	var err error
	if c.programme, err = program.Load(ctx, q, l.ProgrammeID); err != nil {
		return nil, err
	}
	if l.Spec.RewardID == 0 {
		return c, nil
	}
	r, err := reward.Load(ctx, q, l.ProgrammeID, l.Spec.RewardID)
	if err != nil {
		return nil, err
	}
	stocks, err := reward.LoadStocks(ctx, q, []id.ID{r.ID})
	if err != nil {
		return nil, err
	}
	c.reward, c.stock = &r, stocks[r.ID]
	ladders, err := tier.LoadLadders(ctx, q, l.ProgrammeID)
	if err != nil || len(ladders) == 0 {
		return c, err
	}
	if v := ladders[0].At(now); v != nil && len(v.Ranks) > 0 {
		c.ladder, c.lowest = ladders[0].ID, v.Ranks[0].Code
	}
	return c, nil
}

// least is how many points somebody needs to be meant.
func (c *chooser) least() int64 {
	if c.reward != nil && c.reward.WalletID == c.Spec.WalletID {
		return max(c.Spec.Least, c.reward.Points)
	}
	return c.Spec.Least
}

func (c *chooser) count(ctx context.Context, q db.Queryer) (int64, error) {
	return ledger.CountHoldings(ctx, q, c.Spec.WalletID, c.least())
}

// Next says what the list has for those after a member.
func (c *chooser) Next(ctx context.Context, q db.Queryer, after id.ID) ([]campaign.Fate[Left], id.ID, error) {
	list, err := ledger.Holdings(ctx, q, c.Spec.WalletID, c.least(), after, atOnce)
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	ids := make([]id.ID, len(list))
	for i, h := range list {
		ids[i] = h.MemberID
	}
	f, err := c.facts(ctx, q, ids)
	if err != nil {
		return nil, 0, err
	}
	var fates []campaign.Fate[Left]
	for _, h := range list {
		if m := f.people[h.MemberID]; m != nil && m.ID == h.MemberID && m.Status != member.Erased {
			left := c.leftOff(f, m)
			fates = append(fates, campaign.Fate[Left]{Who: h.MemberID, Points: h.Available, Left: left, Held: left == "" && heldBack(c.List, h.MemberID)})
		}
	}
	return fates, ids[len(ids)-1], nil
}

// leftOff says why somebody is left off, or nothing.
func (c *chooser) leftOff(f *facts, m *member.Member) Left {
	switch {
	case experiment.Held(m.Bucket, c.programme.ControlShare):
		return LeftControl
	case f.spent[m.ID]:
		return LeftSpent
	case !f.phones[m.ID]:
		return LeftPhone
	case !member.Allowed(f.consents[m.ID], member.Marketing, member.ByCall):
		return LeftConsent
	case f.wronged[m.ID]:
		return LeftWronged
	case f.other[m.ID]:
		return LeftOther
	case !c.mayHave(f, m):
		return LeftReward
	case f.tasted != nil && !f.tasted[m.ID]:
		return LeftTaste
	}
	return ""
}

// mayHave reports whether the reward, if it is about one, is somebody's to have.
func (c *chooser) mayHave(f *facts, m *member.Member) bool {
	return c.reward == nil || c.reward.Refuse(reward.Standing{
		At: c.now, Zone: c.programme.Zone, Joined: m.Status == member.Enrolled, Rank: f.ranks[m.ID], Had: f.had[m.ID], Stock: c.stock,
	}) == nil
}

// facts are what is known of some persons, by the account that they have today.
type facts struct {
	people                        map[id.ID]*member.Member
	spent, phones, wronged, other map[id.ID]bool
	tasted                        map[id.ID]bool // nil where taste does not matter
	consents                      map[id.ID][]member.Consent
	ranks                         map[id.ID]string
	had                           map[id.ID][]time.Time
}

func (c *chooser) facts(ctx context.Context, q db.Queryer, ids []id.ID) (*facts, error) {
	f := &facts{phones: map[id.ID]bool{}, consents: map[id.ID][]member.Consent{}, had: map[id.ID][]time.Time{}}
	var err error
	if f.people, err = member.Read(ctx, q, ids); err != nil {
		return nil, err
	}
	identities, err := member.Identities(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for m, list := range identities {
		for _, n := range list {
			f.phones[m] = f.phones[m] || n.Kind == member.Phone
		}
	}
	g := &gathering{chooser: c, facts: f, roots: map[id.ID]id.ID{}}
	return f, g.gather(ctx, q, ids)
}

// gathering reads what stands with any account of some persons.
type gathering struct {
	*chooser
	*facts
	roots map[id.ID]id.ID
	all   []id.ID
}

func (g *gathering) gather(ctx context.Context, q db.Queryer, ids []id.ID) error {
	sets, err := member.AliasSets(ctx, q, ids)
	if err != nil {
		return err
	}
	for _, n := range ids {
		for _, alias := range append(sets[n], n) {
			if g.roots[alias] == 0 {
				g.roots[alias] = n
				g.all = append(g.all, alias)
			}
		}
	}
	for _, read := range []func(context.Context, db.Queryer) error{g.readSpent, g.readConsents, g.readWronged, g.readOthers, g.readReward, g.readTaste} {
		if err := read(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) readSpent(ctx context.Context, q db.Queryer) error {
	spenders, err := ledger.Spenders(ctx, q, g.Spec.WalletID, g.all, g.now.AddDate(0, 0, -g.Spec.Idle))
	g.spent = map[id.ID]bool{}
	for alias := range spenders {
		g.spent[g.roots[alias]] = true
	}
	return err
}

func (g *gathering) readConsents(ctx context.Context, q db.Queryer) error {
	list, err := member.Consents(ctx, q, g.all)
	for _, n := range list {
		root := g.roots[n.MemberID]
		g.consents[root] = append(g.consents[root], n)
	}
	return err
}

func (g *gathering) readWronged(ctx context.Context, q db.Queryer) error {
	list, err := complaint.Unsolved(ctx, q, g.ProgrammeID, g.all)
	g.wronged = map[id.ID]bool{}
	for _, n := range list {
		g.wronged[g.roots[n.MemberID]] = true
	}
	return err
}

// readOthers reads whose window of a list is not over.
func (g *gathering) readOthers(ctx context.Context, q db.Queryer) (err error) {
	var args db.Args
	g.other, err = g.marked(ctx, q, `SELECT DISTINCT member_id FROM call_chosen WHERE member_id IN `+args.In(g.all)+` AND (until > `+args.Add(db.Micros(g.now))+
		` OR list_id = `+args.Add(g.ID)+`)`, &args)
	if err != nil {
		return fmt.Errorf("reading who is on a list already: %w", err)
	}
	return nil
}

// marked returns the persons whose accounts a question finds.
func (g *gathering) marked(ctx context.Context, q db.Queryer, question string, args *db.Args) (map[id.ID]bool, error) {
	rows, err := q.Query(ctx, question, args.Values()...)
	found := map[id.ID]bool{}
	return found, db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		found[g.roots[n]] = true
		return nil
	})
}

// readReward reads the ranks, and when the reward was had.
func (g *gathering) readReward(ctx context.Context, q db.Queryer) error {
	if g.reward == nil {
		return nil
	}
	if g.reward.Limit.Times > 0 {
		had, err := reward.LoadHad(ctx, q, g.all, []id.ID{g.reward.ID}, time.Time{})
		if err != nil {
			return err
		}
		for alias, by := range had {
			g.had[g.roots[alias]] = append(g.had[g.roots[alias]], by[g.reward.ID]...)
		}
	}
	g.ranks = map[id.ID]string{}
	if g.ladder == 0 {
		return nil
	}
	type held struct {
		who  id.ID
		rank sql.NullString
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT m.id, `+tier.RankCode(&args, "m.id", g.ladder)+` FROM member AS m WHERE m.id IN `+args.In(g.all), args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (h held, err error) { return h, r.Scan(&h.who, &h.rank) }, func(h held) error {
		if g.roots[h.who] == h.who {
			g.ranks[h.who] = cmp.Or(h.rank.String, g.lowest)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading ranks: %w", err)
	}
	return nil
}

// tasteYear is within how many days a purchase tells a taste.
const tasteYear = 365

// readTaste reads who bought what the list is about, and kept it.
func (g *gathering) readTaste(ctx context.Context, q db.Queryer) (err error) {
	if len(g.Spec.SKUs)+len(g.Spec.Categories) == 0 {
		return nil
	}
	var args db.Args
	g.tasted, err = g.marked(ctx, q, `SELECT DISTINCT s.member_id FROM `+sale.ByMember+` JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id
		WHERE e.member_id IN `+args.In(g.all)+` AND e.occurred >= `+args.Add(db.Micros(g.now.AddDate(0, 0, -tasteYear)))+` AND l.quantity > l.returned_quantity
			AND (l.sku IN `+args.InText(g.Spec.SKUs)+` OR l.category IN `+args.InText(g.Spec.Categories)+`)`, &args)
	if err != nil {
		return fmt.Errorf("reading who bought such things: %w", err)
	}
	return nil
}
