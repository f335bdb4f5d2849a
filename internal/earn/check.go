package earn

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/condition"
	"regulars/internal/fault"
	"regulars/internal/money"
)

var customTrigger = regexp.MustCompile(`^custom\.[a-z0-9][a-z0-9_.-]{0,99}$`)

// check refuses a kind of event that no rule can answer.
func (t Trigger) check() error {
	switch t {
	case Purchase, Return, SignUp, Birthday, Profile:
		return nil
	}
	if !customTrigger.MatchString(string(t)) {
		return fault.Invalid("rule_trigger", "a rule answers purchase, return, sign_up, birthday, profile or custom.<name>").At("/trigger").With("trigger", string(t))
	}
	return nil
}

const maxRuleName = 100

// checkName refuses a name that cannot be shown; spaces at its ends must be
// gone.
func checkName(name string) error {
	if name == "" || name != strings.TrimSpace(name) || utf8.RuneCountInString(name) > maxRuleName ||
		!utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Invalid("rule_name", "a name takes 1–%d letters, with no spaces at its ends and no line breaks", maxRuleName).
			At("/name").With("most", maxRuleName)
	}
	return nil
}

// Check refuses a spec whose parts do not fit each other or the trigger, with
// the JSON pointer of the place.
func (s *Spec) Check(t Trigger) error {
	_, err := compile(&Version{Rule: Rule{Trigger: t}, Spec: *s})
	return err
}

// checkParts refuses what could not be compiled.
func (s *Spec) checkParts(t Trigger) error {
	if s.WalletID == 0 {
		return required("/wallet")
	}
	if !slices.Contains([]money.Rounding{"", money.Floor, money.Ceil, money.HalfUp, money.HalfEven}, s.Rounding) {
		return unknownWord("/rounding", s.Rounding, []money.Rounding{money.Floor, money.Ceil, money.HalfUp, money.HalfEven})
	}
	if err := s.checkTimes(); err != nil {
		return err
	}
	if err := checkCaps(s.Caps); err != nil {
		return err
	}
	return checkEffects(s.Effects, t)
}

// checkTimes refuses points that would be gone before they are usable, with
// every month as short as can be.
func (s *Spec) checkTimes() error {
	e := s.Expiry
	if e.Months > 0 && e.Days > 0 {
		return fault.Invalid("rule_two_expiries", "points last for months or for days, not both").At("/expiry")
	}
	if e.EndOfDay && e.Months == 0 && e.Days == 0 {
		return required("/expiry/months")
	}
	shortest := (e.Months*28 + e.Days) * 24
	if shortest > 0 && s.Activation.Hours >= shortest {
		return fault.Invalid("rule_never_usable", "points would expire before they can be used; let them last longer or begin sooner").At("/expiry")
	}
	return nil
}

func checkCaps(caps []Cap) error {
	for i, c := range caps {
		at := "/caps/" + strconv.Itoa(i)
		if !slices.Contains(Periods(), c.Period) {
			return unknownWord(at+"/period", c.Period, Periods())
		}
		if (c.Points > 0) == (c.Times > 0) {
			return fault.Invalid("rule_cap_one", "a limit counts either points or times").At(at)
		}
		same := func(o Cap) bool { return o.Period == c.Period && (o.Points > 0) == (c.Points > 0) }
		if slices.ContainsFunc(caps[:i], same) {
			return fault.Invalid("rule_cap_twice", "there is such a limit for this period already; leave the lower one").At(at)
		}
	}
	return nil
}

func checkEffects(effects []Effect, t Trigger) error {
	if len(effects) == 0 {
		return required("/effects")
	}
	ranked := false
	for i := range effects {
		e, at := &effects[i], "/effects/"+strconv.Itoa(i)
		if err := e.check(t, at); err != nil {
			return err
		}
		if e.Kind == ProductBonus && e.Points == 0 && !slices.ContainsFunc(effects[:i], Effect.countsLines) {
			return fault.Invalid("rule_bonus_on_nothing", "there is nothing before it that the goods earn; give points for amounts first").At(at)
		}
		if e.PerRank != nil && ranked {
			return fault.Invalid("rule_two_ranks", "one multiplier of a rule may depend on the rank; put both into one").At(at + "/per_rank")
		}
		ranked = ranked || e.PerRank != nil
	}
	return checkLeader(effects)
}

// checkLeader refuses what cannot be done to the points of other rules.
func checkLeader(effects []Effect) error {
	if effects[0].Kind != Multiplier {
		return nil
	}
	if len(effects) > 1 {
		return fault.Invalid("rule_multiplier_alone", "a multiplier that comes first multiplies the points of other rules and must stand alone; put it after what it multiplies").At("/effects/1")
	}
	below := func(r money.Rate) bool { return r.Num() < r.Den() }
	lower := below(effects[0].others())
	for _, r := range effects[0].PerRank {
		lower = lower || below(r)
	}
	if lower {
		return fault.Invalid("rule_multiplier_lowers", "the points of other rules can only be raised; give rates of 1 and more").At("/effects/0")
	}
	return nil
}

// countsLines reports whether the effect earns by what stands on the lines.
func (e Effect) countsLines() bool {
	return e.Kind == PerAmount || e.Kind == ProductBonus && e.Points > 0
}

// others returns the rate of a multiplier for ranks that it does not name.
func (e Effect) others() money.Rate {
	if e.Rate.IsZero() {
		return money.NewRate(1, 1)
	}
	return e.Rate
}

// check refuses an effect that lacks a field of its kind or has one too many.
func (e *Effect) check(t Trigger, at string) error {
	if !slices.Contains(EffectKinds(), e.Kind) {
		return unknownWord(at+"/kind", e.Kind, EffectKinds())
	}
	if !t.ofSales() && e.countsLines() {
		return fault.Invalid("rule_needs_sale", "only purchases and returns have goods; give fixed points").At(at + "/kind")
	}
	given := map[string]bool{
		"points": e.Points > 0, "per": e.Per > 0, "basis": e.Basis != "", "lines": e.Lines != nil,
		"rate": !e.Rate.IsZero(), "per_rank": len(e.PerRank) > 0,
	}
	for _, f := range e.fields() {
		if f.needed && !given[f.name] {
			return required(at + "/" + f.name)
		}
		if f.barred && given[f.name] {
			return fault.Invalid("rule_field_unfit", "%s has no place in an effect of the kind %s", f.name, e.Kind).
				At(at+"/"+f.name).With("field", f.name).With("kind", string(e.Kind))
		}
	}
	if e.Kind == PerAmount && !slices.Contains([]Basis{Goods, Total, MatchingLines}, e.Basis) {
		return unknownWord(at+"/basis", e.Basis, []Basis{Goods, Total, MatchingLines})
	}
	return e.checkLines(at)
}

type fieldRule struct {
	name           string
	needed, barred bool
}

// fields says which fields the effect needs and which it may not have.
func (e *Effect) fields() []fieldRule {
	amount, bonus := e.Kind == PerAmount, e.Kind == ProductBonus
	times := e.Kind == Multiplier
	lines := bonus || amount && e.Basis == MatchingLines
	return []fieldRule{
		{"points", amount || e.Kind == Fixed || bonus && e.Rate.IsZero(), times || bonus && !e.Rate.IsZero()},
		{"per", amount, !amount},
		{"basis", amount, !amount},
		{"lines", lines, !lines},
		{"rate", times && len(e.PerRank) == 0, !times && !bonus},
		{"per_rank", false, !times},
	}
}

func (e *Effect) checkLines(at string) error {
	if e.Lines != nil && len(e.Lines.SKUs)+len(e.Lines.Categories) == 0 {
		return required(at + "/lines/skus")
	}
	if e.Kind == ProductBonus && !e.Rate.IsZero() && e.Rate.Num() < e.Rate.Den() {
		return fault.Invalid("rule_bonus_lowers", "a bonus cannot lower what goods earn; choose the goods that earn instead").At(at + "/rate")
	}
	return nil
}

func required(at string) error {
	return fault.Invalid("rule_required", "a value is needed here").At(at)
}

func unknownWord[T ~string](at string, word T, known []T) error {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	return fault.Invalid("rule_unknown_word", "%q is not known here; choose one of %s", string(word), strings.Join(words, ", ")).
		At(at).With("word", string(word)).With("known", strings.Join(words, ", "))
}

// compileCondition checks the condition against the facts of the trigger.
func (v *Version) compileCondition() (*condition.Program, error) {
	p, err := condition.Compile(v.Spec.Condition, Catalog(v.Rule.Trigger))
	return p, fault.At("/condition", err)
}
