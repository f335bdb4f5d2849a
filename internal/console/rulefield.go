package console

import (
	"github.com/a-h/templ"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (e *ruleEditor) head() web.Head {
	if e.rule == nil {
		return web.Head{Title: e.T("console.rule.new"), Lead: e.T("console.rule.new_lead"), Crumbs: e.ruleCrumbs(e.T("console.rule.new"))}
	}
	crumbs := append(e.ruleCrumbs(e.rule.Name), web.Crumb{Label: e.T("console.rule.draft")})
	crumbs[1].Href = e.back()
	return web.Head{Title: e.rule.Name, Lead: e.T("console.rule.edit_lead"), Crumbs: crumbs}
}

// back is where cancelling leads.
func (e *ruleEditor) back() string {
	if e.rule == nil {
		return e.at("/programme")
	}
	return e.at("/programme/rules/" + e.rule.ID.In(id.Rule))
}

func (v *visit) ruleCrumbs(last string) []web.Crumb {
	return []web.Crumb{{Label: v.T("console.rule.rules"), Href: v.at("/programme")}, {Label: last}}
}

func nameField(e *ruleEditor) web.Field {
	f := e.field("name", e.T("console.rule.name"), e.form.Name)
	f.Help, f.Width = e.T("console.rule.name_help"), web.Full
	f.Attrs = templ.Attributes{"maxlength": "100", "autocomplete": "off"}
	return f
}

func triggerField(e *ruleEditor) web.Field {
	f := e.field("trigger", e.T("console.rule.trigger"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func customField(e *ruleEditor) web.Field {
	f := e.field("custom", e.T("console.rule.custom"), e.form.Custom)
	f.Prefix, f.Width, f.Help = "custom.", web.Medium, e.T("console.rule.custom_help")
	return f
}

func (e *ruleEditor) kindField(i int) web.Field {
	f := e.field(rowField("do", i, "kind"), e.T("console.rule.give"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func (e *ruleEditor) pointsField(i int, effect ruleEffect) web.Field {
	return e.figure(rowField("do", i, "points"), e.T("console.rule.points"), effect.Points, "")
}

func (e *ruleEditor) basisField(i int) web.Field {
	f := e.field(rowField("do", i, "basis"), e.T("console.rule.basis"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func (e *ruleEditor) timesField(i int, effect ruleEffect) web.Field {
	label := "console.rule.rate"
	if len(e.rankRows(effect)) > 0 {
		label = "console.rule.rate_others"
	}
	return e.figure(rowField("do", i, "rate"), e.T(label), effect.Rate, "×")
}

func (e *ruleEditor) rankField(i int, r tier.Rank, effect ruleEffect) web.Field {
	f := e.figure(rowField("do", i, "rank", r.Code), r.Name, effect.Ranks[r.Code], "×")
	f.Optional, f.Placeholder = true, effect.placeholder()
	return f
}

// choosesGoods reports whether the effect asks which goods it is about.
func (e ruleEffect) choosesGoods() bool {
	return e.Kind == givesUnits || e.Kind == givesBonus || e.Kind == givesPerAmount && e.Basis == string(earn.MatchingLines)
}

func (e *ruleEditor) skusField(i int, effect ruleEffect) web.Field {
	return listField(&e.editor, e.field(rowField("do", i, "skus"), e.T("console.rule.skus"), effect.SKUs))
}

func (e *ruleEditor) categoriesField(i int, effect ruleEffect) web.Field {
	return listField(&e.editor, e.field(rowField("do", i, "categories"), e.T("console.rule.categories"), effect.Categories))
}

func walletField(e *ruleEditor) web.Field {
	f := e.field("wallet", e.T("console.rule.wallet"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func lastsField(e *ruleEditor) web.Field {
	f := e.field("lasts.unit", e.T("console.rule.lasts"), "")
	f.Attrs, f.Width = e.look(), web.Medium
	return f
}

func (e *ruleEditor) lastsOptions() []web.Option {
	return append([]web.Option{{Label: e.T("console.rule.for_ever")}}, e.options("console.rule.unit.", unitMonths, unitDays)...)
}

func budgetField(e *ruleEditor) web.Field {
	f := e.figure("budget", e.T("console.rule.budget"), e.form.Budget, "")
	f.Optional, f.Help = true, e.T("console.rule.budget_help")
	return f
}

func roundingField(e *ruleEditor) web.Field {
	f := e.field("rounding", e.T("console.rule.rounding"), "")
	f.Width = web.Medium
	return f
}

func priorityField(e *ruleEditor) web.Field {
	f := e.figure("priority", e.T("console.rule.priority"), e.form.Priority, "")
	f.Optional, f.Help = true, e.T("console.rule.priority_help")
	return f
}

func groupField(e *ruleEditor) web.Field {
	f := e.field("group", e.T("console.rule.group"), e.form.Group)
	f.Optional, f.Width, f.Help = true, web.Medium, e.T("console.rule.group_help")
	return f
}

// limited reports whether the folded part of the form holds anything.
func (e *ruleEditor) limited() bool {
	f := e.form
	for _, name := range []string{"budget", "rounding", "priority", "group"} {
		if e.errs[name] != "" {
			return true
		}
	}
	return len(f.Caps) > 0 || f.Budget != "" || f.Priority != "" || f.Group != "" || f.Rounding != "" && f.Rounding != "floor"
}
