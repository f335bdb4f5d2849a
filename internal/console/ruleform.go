package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/earn"
)

// ruleForm is a rule as the editor holds it: everything as it is typed, so that
// nothing is lost while it is being mended.
type ruleForm struct {
	Name string
	// Trigger is a named one, or "custom" with the event's name in Custom.
	Trigger, Custom string
	Wallet          string
	If              conditionForm
	Effects         []ruleEffect
	Rounding        string
	// Wait is how long points are pending, in WaitUnit; Lasts how long they
	// can be used, in LastsUnit, which is empty for ever.
	Wait, WaitUnit   string
	Lasts, LastsUnit string
	EndOfDay         bool
	Caps             []ruleCap
	Budget           string
	Priority, Group  string
}

// ruleEffect is one thing that a rule gives.
type ruleEffect struct {
	Kind             string
	Points, Per      string
	Basis            string
	SKUs, Categories string
	Except           bool
	Rate             string
	Ranks            map[string]string // rates by code of the rank
}

// ruleCap is a limit for one member.
type ruleCap struct {
	Period string
	Unit   string // points or times
	Limit  string
}

// The kinds of effect as the form tells them apart.
const (
	givesPerAmount = "points_per_amount"
	givesFixed     = "fixed"
	givesTimes     = "multiplier"
	givesUnits     = "units"
	givesBonus     = "bonus"
)

// Units of times and limits in the form.
const (
	customTrigger = "custom"
	unitHours     = "hours"
	unitDays      = "days"
	unitMonths    = "months"
	unitTimes     = "times"
	unitPoints    = "points"
)

// trigger returns what starts the rule.
func (f *ruleForm) trigger() earn.Trigger {
	if f.Trigger == customTrigger {
		return earn.Trigger("custom." + strings.TrimSpace(f.Custom))
	}
	return earn.Trigger(f.Trigger)
}

// ofSales reports whether the events of the rule have goods.
func (f *ruleForm) ofSales() bool {
	return f.Trigger == string(earn.Purchase) || f.Trigger == string(earn.Return)
}

// readRuleForm reads what the editor sent.
func readRuleForm(in url.Values) *ruleForm {
	return &ruleForm{
		Name: strings.TrimSpace(in.Get("name")), Trigger: in.Get("trigger"), Custom: strings.TrimSpace(in.Get("custom")),
		Wallet: in.Get("wallet"), If: readConditionForm(in),
		Effects: readEffects(in), Rounding: in.Get("rounding"),
		Wait: in.Get("wait"), WaitUnit: in.Get("wait.unit"), Lasts: in.Get("lasts"), LastsUnit: in.Get("lasts.unit"),
		EndOfDay: in.Get("end_of_day") != "", Caps: readCaps(in), Budget: in.Get("budget"),
		Priority: in.Get("priority"), Group: strings.TrimSpace(in.Get("group")),
	}
}

// most bounds the rows of a kind that a form is read for; what a rule may hold
// is for the rules to say.
const mostRows = 50

// place names a field of a row: place("if", 0, 1, "op") is "if.0.1.op".
func rowField(parts ...any) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		switch p := p.(type) {
		case int:
			words[i] = strconv.Itoa(p)
		case string:
			words[i] = p
		}
	}
	return strings.Join(words, ".")
}

func readEffects(in url.Values) []ruleEffect {
	var effects []ruleEffect
	for i := 0; i < mostRows && in.Has(rowField("do", i, "kind")); i++ {
		of := func(name string) string { return in.Get(rowField("do", i, name)) }
		e := ruleEffect{
			Kind: of("kind"), Points: of("points"), Per: of("per"), Basis: of("basis"), SKUs: of("skus"), Categories: of("categories"),
			Except: of("except") != "", Rate: of("rate"), Ranks: map[string]string{},
		}
		for key, values := range in {
			if code, isRank := strings.CutPrefix(key, rowField("do", i, "rank")+"."); isRank && len(values) > 0 {
				e.Ranks[code] = values[0]
			}
		}
		effects = append(effects, e)
	}
	return effects
}

func readCaps(in url.Values) []ruleCap {
	var caps []ruleCap
	for i := 0; i < mostRows && in.Has(rowField("cap", i, "period")); i++ {
		caps = append(caps, ruleCap{in.Get(rowField("cap", i, "period")), in.Get(rowField("cap", i, "unit")), in.Get(rowField("cap", i, "limit"))})
	}
	return caps
}

// change does to the form what a button of the editor asks for: add-test,
// add-test.2 (to a group), add-group, add-effect, add-cap, drop-if.1,
// drop-if.1.0, drop-do.0, drop-cap.0, drop-kept. It ignores anything else.
func (f *ruleForm) change(what string) {
	verb, where, _ := strings.Cut(what, ".")
	at := numbers(where)
	switch verb {
	case "add-effect":
		f.Effects = append(f.Effects, f.nextEffect())
	case "add-cap":
		f.Caps = append(f.Caps, ruleCap{Period: string(earn.Month), Unit: unitPoints})
	case "drop-do":
		f.Effects = without(f.Effects, at)
	case "drop-cap":
		f.Caps = without(f.Caps, at)
	default:
		f.If.change(verb, at)
	}
}

// numbers reads "1.0"; what is no number ends it.
func numbers(s string) []int {
	var list []int
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		list = append(list, n)
	}
	return list
}

// without returns the list without the row that at names.
func without[T any](list []T, at []int) []T {
	if len(at) == 0 || at[0] < 0 || at[0] >= len(list) {
		return list
	}
	return slices.Delete(list, at[0], at[0]+1)
}

// nextEffect is what is most likely wanted after the effects that are there.
func (f *ruleForm) nextEffect() ruleEffect {
	if f.ofSales() && len(f.Effects) > 0 {
		return ruleEffect{Kind: givesTimes, Rate: "2", Basis: string(earn.Goods)}
	}
	return ruleEffect{Kind: givesFixed, Points: "100", Basis: string(earn.Goods)}
}
