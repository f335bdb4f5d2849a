package console

import (
	"slices"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
)

// showRule returns the form that stands for a version of a rule.
func showRule(v *earn.Version, desk ruleDesk) (*ruleForm, error) {
	s := &v.Spec
	f := &ruleForm{
		Name: v.Rule.Name, Wallet: s.WalletID.In(id.Wallet),
		Rounding: string(s.Rounding), Budget: desk.optional(s.Budget.Points, desk.decimals),
		Priority: desk.optional(int64(s.Priority), 0), Group: s.Group,
	}
	f.fixTrigger(v.Rule.Trigger)
	f.showTimes(s, desk)
	for i := range s.Effects {
		f.Effects = append(f.Effects, showEffect(&s.Effects[i], desk))
	}
	for _, c := range s.Caps {
		f.Caps = append(f.Caps, showCap(c, desk))
	}
	var err error
	f.If, err = conditionFormOf(s.Condition, earn.Catalog(v.Rule.Trigger).Fields(), desk.currency, desk.figures)
	return f, err
}

func (f *ruleForm) showTimes(s *earn.Spec, desk ruleDesk) {
	f.WaitUnit, f.Wait = unitDays, desk.show(int64(s.Activation.Hours/24), 0)
	if s.Activation.Hours%24 != 0 {
		f.WaitUnit, f.Wait = unitHours, desk.show(int64(s.Activation.Hours), 0)
	}
	f.EndOfDay = s.Expiry.EndOfDay
	switch {
	case s.Expiry.Months > 0:
		f.LastsUnit, f.Lasts = unitMonths, desk.show(int64(s.Expiry.Months), 0)
	case s.Expiry.Days > 0:
		f.LastsUnit, f.Lasts = unitDays, desk.show(int64(s.Expiry.Days), 0)
	}
}

func showCap(c earn.Cap, desk ruleDesk) ruleCap {
	if c.Times > 0 {
		return ruleCap{string(c.Period), unitTimes, desk.show(c.Times, 0)}
	}
	return ruleCap{string(c.Period), unitPoints, desk.trim(c.Points, desk.decimals)}
}

func showEffect(e *earn.Effect, desk ruleDesk) ruleEffect {
	out := ruleEffect{
		Kind: string(e.Kind), Points: desk.optional(e.Points, desk.decimals), Basis: string(e.Basis), Ranks: map[string]string{},
	}
	if e.Per > 0 {
		out.Per = desk.show(e.Per, desk.currency.Decimals())
	}
	if !e.Rate.IsZero() {
		out.Rate = desk.rate(e.Rate)
	}
	if e.Lines != nil {
		out.SKUs, _ = joinList(e.Lines.SKUs)
		out.Categories, _ = joinList(e.Lines.Categories)
		out.Except = e.Lines.Except
	}
	for code, r := range e.PerRank {
		out.Ranks[code] = desk.rate(r)
	}
	if e.Kind == earn.ProductBonus {
		out.Kind = givesUnits
		if e.Points == 0 {
			out.Kind = givesBonus
		}
	}
	return out
}

// starts are the beginnings that a new rule is offered, the usual one first.
var starts = []string{"purchase", "weekend", "product", "welcome", "birthday"}

// newRule returns a form filled with one of the starts.
func newRule(start string, wallet id.ID, desk ruleDesk) *ruleForm {
	if !slices.Contains(starts, start) {
		start = starts[0]
	}
	f := &ruleForm{
		Trigger: string(earn.Purchase), Wallet: wallet.In(id.Wallet), If: conditionForm{Join: joinAll}, Rounding: string(money.Floor),
		Wait: "0", WaitUnit: unitDays, Lasts: "12", LastsUnit: unitMonths, EndOfDay: true,
	}
	unit := desk.show(desk.currency.Unit(), desk.currency.Decimals())
	perAmount := ruleEffect{Kind: givesPerAmount, Points: "1", Per: unit, Basis: string(earn.Goods)}
	switch start {
	case "weekend":
		weekend := ruleTest{Field: "weekday", Op: string(condition.In), Values: []string{"6", "7"}}
		f.If.Items = []ruleItem{{Join: joinAll, Tests: []ruleTest{weekend}}}
		f.Effects = []ruleEffect{{Kind: givesTimes, Rate: "2"}}
	case "product":
		f.Effects = []ruleEffect{{Kind: givesUnits, Points: "10"}}
	case "welcome":
		f.Trigger, f.Effects = string(earn.SignUp), []ruleEffect{{Kind: givesFixed, Points: "100"}}
	case "birthday":
		f.Trigger, f.Effects = string(earn.Birthday), []ruleEffect{{Kind: givesFixed, Points: "100"}}
		f.Lasts, f.LastsUnit = "30", unitDays
	default:
		f.Effects = []ruleEffect{perAmount}
	}
	return f
}
