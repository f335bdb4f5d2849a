package earn

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"regulars/internal/condition"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Ruleset is every version of a programme's rules that was ever published,
// ready to decide. It does not change and is safe for concurrent use.
type Ruleset struct {
	zone  *time.Location
	rules map[Trigger][]*compiled // in the order in which they apply
}

// NewRuleset compiles versions; the zone is the programme's. Drafts are left
// out. It fails when a version does not pass Check.
func NewRuleset(zone *time.Location, versions []Version) (*Ruleset, error) {
	s := &Ruleset{zone: zone, rules: map[Trigger][]*compiled{}}
	for i := range versions {
		v := &versions[i]
		if v.State == Draft {
			continue
		}
		c, err := compile(v)
		if err != nil {
			return nil, fmt.Errorf("compiling version %d of the rule %q: %w", v.Number, v.Rule.Name, err)
		}
		s.add(c)
	}
	return s, nil
}

func (s *Ruleset) add(c *compiled) {
	t := c.rule.Trigger
	list := append(slices.Clone(s.rules[t]), c)
	slices.SortStableFunc(list, before)
	s.rules[t] = list
}

// before orders versions as they apply: by priority, then the older rule, then
// the older version.
func before(a, b *compiled) int {
	return cmp.Or(cmp.Compare(b.spec.Priority, a.spec.Priority), cmp.Compare(a.rule.ID, b.rule.ID), cmp.Compare(a.id, b.id))
}

// WithDraft returns the ruleset as if this version, in whatever state, were
// all that its rule has ever said. The simulator decides about the past with
// it.
func (s *Ruleset) WithDraft(v Version) (*Ruleset, error) {
	v.State, v.From, v.To = Published, time.Time{}, time.Time{}
	c, err := compile(&v)
	if err != nil {
		return nil, err
	}
	with := &Ruleset{zone: s.zone, rules: make(map[Trigger][]*compiled, len(s.rules)+1)}
	for t, list := range s.rules {
		with.rules[t] = slices.DeleteFunc(slices.Clone(list), func(o *compiled) bool { return o.rule.ID == v.Rule.ID })
	}
	with.add(c)
	return with, nil
}

// compiled is a version that is ready to decide.
type compiled struct {
	id       id.ID
	rule     Rule
	from, to time.Time
	decimals int
	spec     Spec
	when     *condition.Program
	form     *form            // for ranks that are not named
	ranks    map[string]*form // by code
	periods  []Period         // in which caps count, each once
	skips    skips
}

// compile checks a version and readies it.
func compile(v *Version) (*compiled, error) {
	if err := v.Spec.checkParts(v.Rule.Trigger); err != nil {
		return nil, err
	}
	when, err := v.compileCondition()
	if err != nil {
		return nil, err
	}
	c := &compiled{
		id: v.ID, rule: v.Rule, from: v.From, to: v.To, decimals: v.Decimals, spec: v.Spec, when: when,
		ranks: map[string]*form{}, skips: newSkips(v),
	}
	if c.form, err = newForm(v, ""); err != nil {
		return nil, err
	}
	for i := range v.Spec.Effects {
		for rank := range v.Spec.Effects[i].PerRank {
			if c.ranks[rank], err = newForm(v, rank); err != nil {
				return nil, err
			}
		}
	}
	for _, limit := range v.Spec.Caps {
		if !slices.Contains(c.periods, limit.Period) {
			c.periods = append(c.periods, limit.Period)
		}
	}
	return c, nil
}

func (c *compiled) formFor(rank string) *form {
	if f, named := c.ranks[rank]; named {
		return f
	}
	return c.form
}

func (c *compiled) inForce(t time.Time) bool {
	return !t.Before(c.from) && (c.to.IsZero() || t.Before(c.to))
}

// skips are the reasons for giving nothing that are the same every time.
type skips struct {
	again, condition, formula, nothing, tooLarge, budget i18n.Text
	caps                                                 []i18n.Text
}

func newSkips(v *Version) skips {
	say := func(what string) i18n.Text {
		return i18n.Text{Key: "earn.skip." + what, Args: map[string]any{"rule": v.Rule.Name}}
	}
	s := skips{say("signed_up"), say("condition"), say("formula"), say("nothing"), say("too_large"), say("budget"), nil}
	for _, limit := range v.Spec.Caps {
		s.caps = append(s.caps, i18n.Text{Key: "earn.skip.cap", Args: map[string]any{"rule": v.Rule.Name, "limit": limit.text(v.Decimals)}})
	}
	return s
}
