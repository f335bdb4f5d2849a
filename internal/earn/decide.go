package earn

import (
	"math/big"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Decision is what the rules make of one event.
type Decision struct {
	Grants []Grant
	// Skipped are the rules in force that answer the event and give nothing.
	Skipped []Skip

	uses   []use
	claims []claim
}

// Grant is points that a rule gives.
type Grant struct {
	RuleVersion, WalletID id.ID
	Amount                int64 // smallest units, above 0
	// Shares are the points by line of the sale, at line number − 1, and sum up
	// to Amount; nil when no line earned them.
	Shares []int64
	// The points are usable while Activates ≤ now < Expires; a zero Expires
	// never comes.
	Activates, Expires time.Time
	Reason             i18n.Text
}

// Skip is a rule that gives nothing, and why. Its reason is shared: it must
// not be changed.
type Skip struct {
	RuleVersion id.ID
	Reason      i18n.Text
}

type use struct {
	slot   Slot
	points int64
}

type claim struct {
	rule          id.ID
	points, limit int64
}

// Decide says what an event earns: the versions in force at its business time
// are asked in order of priority. It is pure: it looks at the facts and at
// what has been used of the limits, and changes neither.
func (s *Ruleset) Decide(f *Facts, u Usage) Decision {
	rules := s.rules[Trigger(f.Kind)]
	if len(rules) == 0 {
		return Decision{}
	}
	d := decider{facts: &lookup{Facts: f, local: f.Occurred.In(s.zone)}, usage: u, zone: s.zone, rules: len(rules)}
	for _, c := range rules {
		if c.inForce(f.Occurred) {
			d.consider(c)
		}
	}
	return d.Decision
}

// decider is a decision on its way.
type decider struct {
	Decision
	facts *lookup
	usage Usage
	zone  *time.Location
	rules int         // how many may be asked
	taken []*compiled // the rules that gave
	gave  []exactly   // what each of them gave
}

// exactly is the sum of a grant before rounding; num ÷ den, or rat.
type exactly struct {
	num wide
	den uint64
	rat *big.Rat
}

func (e exactly) value() *big.Rat {
	if e.rat != nil {
		return e.rat
	}
	return e.num.over(e.den)
}

// consider lets one version give, or notes why it does not.
func (d *decider) consider(c *compiled) {
	if d.facts.Again {
		d.skip(c, c.skips.again)
		return
	}
	holds, err := c.when.Match(d.facts)
	switch {
	case err != nil:
		d.skip(c, c.skips.formula)
		return
	case !holds:
		d.skip(c, c.skips.condition)
		return
	}
	if first := d.ofGroup(c.spec.Group); first != nil {
		d.skip(c, i18n.Text{Key: "earn.skip.group", Args: map[string]any{"rule": c.rule.Name, "other": first.rule.Name, "group": c.spec.Group}})
		return
	}
	form := c.formFor(d.facts.Rank)
	points, sum, ok := d.reckon(c, form)
	switch {
	case !ok:
		d.skip(c, c.skips.tooLarge)
	case points <= 0:
		d.skip(c, c.skips.nothing)
	default:
		d.limit(c, form, points, sum)
	}
}

func (d *decider) skip(c *compiled, why i18n.Text) {
	if d.Skipped == nil {
		d.Skipped = make([]Skip, 0, d.rules)
	}
	d.Skipped = append(d.Skipped, Skip{c.id, why})
}

// ofGroup returns the rule of the group that gave already, or nil.
func (d *decider) ofGroup(group string) *compiled {
	for _, c := range d.taken {
		if group != "" && c.spec.Group == group {
			return c
		}
	}
	return nil
}

// reckon returns what the version would give without limits; false when that
// is more than can be kept.
func (d *decider) reckon(c *compiled, f *form) (int64, exactly, bool) {
	if !f.rate.IsZero() {
		return d.raise(c, f.rate)
	}
	lines, apart := f.sum(d.facts.Facts)
	sum := exactly{num: lines.plus(apart), den: f.den}
	points, ok := round(sum.num, f.den, c.spec.Rounding)
	return points, sum, ok
}

// raise multiplies what the rules before gave into the wallet, as one exact
// sum, and returns the difference.
func (d *decider) raise(c *compiled, rate money.Rate) (int64, exactly, bool) {
	sum, granted := new(big.Rat), int64(0)
	for i := range d.Grants {
		if d.Grants[i].WalletID == c.spec.WalletID {
			sum.Add(sum, d.gave[i].value())
			granted += d.Grants[i].Amount
		}
	}
	raised := new(big.Rat).Mul(sum, ratio(rate))
	points, ok := roundRat(raised, c.spec.Rounding)
	return points - granted, exactly{rat: raised.Sub(raised, sum)}, ok
}

// limit cuts the points to what caps and budget leave, and grants the rest.
func (d *decider) limit(c *compiled, f *form, points int64, sum exactly) {
	left, binding := c.room(points, d.usage, d.facts.Occurred, d.zone)
	funds := c.funds(left, d.usage)
	switch {
	case left == 0:
		d.skip(c, c.skips.caps[binding])
		return
	case funds == 0:
		d.skip(c, c.skips.budget)
		return
	case funds < points:
		sum = exactly{num: wide{0, uint64(funds)}, den: 1}
	}
	d.grant(c, f, funds, sum, c.cut(points, left, funds, binding))
}

// cut returns the limit that cut the points, or nil.
func (c *compiled) cut(points, left, funds int64, binding int) *i18n.Text {
	switch {
	case funds < left:
		return &i18n.Text{Key: "earn.limit.budget", Args: map[string]any{"points": shown(c.spec.Budget.Points, c.decimals)}}
	case left < points:
		t := c.spec.Caps[binding].text(c.decimals)
		return &t
	}
	return nil
}

func (d *decider) grant(c *compiled, f *form, points int64, sum exactly, cut *i18n.Text) {
	facts := d.facts.Facts
	var shares []int64
	if f.rate.IsZero() {
		shares = f.share(points, facts)
	} else {
		shares = d.raisedShares(c, points)
	}
	d.Grants = append(d.Grants, Grant{
		RuleVersion: c.id, WalletID: c.spec.WalletID, Amount: points, Shares: shares,
		Activates: c.spec.Activation.At(facts.Occurred), Expires: c.spec.Expiry.At(facts.Occurred, d.zone),
		Reason: c.reason(facts, f, cut),
	})
	d.taken, d.gave = append(d.taken, c), append(d.gave, sum)
	for _, p := range c.periods {
		d.uses = append(d.uses, use{c.slot(p, facts.Occurred, d.zone), points})
	}
	if limit := c.spec.Budget.Points; limit > 0 {
		d.claims = append(d.claims, claim{c.rule.ID, points, limit})
	}
}

// raisedShares splits points over the lines as the grants that they raise.
func (d *decider) raisedShares(c *compiled, points int64) []int64 {
	weights := make([]int64, len(d.facts.Lines))
	for _, g := range d.Grants {
		if g.WalletID != c.spec.WalletID {
			continue
		}
		for i, n := range g.Shares {
			weights[i] += n
		}
	}
	return whole(points, money.Split(points, weights))
}
