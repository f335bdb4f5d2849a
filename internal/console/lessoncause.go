package console

import (
	"math"
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/lesson"
	"regulars/internal/web"
)

// lessonCauses are what lessons could be about, in words.
type lessonCauses struct {
	*visit
	settings complaint.Settings
	// wanted are the causes without a lesson; nil for who may not see complaints.
	wanted *lesson.Suggestions
}

// causesOf loads how causes are called, for whoever may see complaints.
func (c *Console) causesOf(v *visit) (n lessonCauses, err error) {
	n.visit = v
	if v.can(auth.CasesRead) {
		n.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID)
	}
	return n, err
}

func (n *lessonCauses) name(cause string) string {
	return n.Say(n.settings.CauseText(cause, n.Lang()))
}

// tenth says a rate with one decimal.
func (v *visit) tenth(x float64) string { return v.Decimal(int64(math.Round(x*10)), 1) }

func (v *visit) perOrders(r lesson.Rate) string {
	return v.T("console.standard.figure", "value", v.tenth(r.Value), "low", v.tenth(r.Low), "high", v.tenth(r.High))
}

// rate says how many complaints there were for 1,000 orders, as far as it may.
func (n *lessonCauses) rate(r lesson.Rate) string {
	switch {
	case r.Cases < lesson.LeastAnswers:
		return n.T("console.standard.too_few", "n", r.Cases)
	case r.Orders == 0:
		return n.T("console.lesson.no_orders")
	}
	said := n.perOrders(r)
	if r.Cases < lesson.Preliminary {
		said += " " + n.T("console.standard.preliminary")
	}
	return said
}

func (n *lessonCauses) table() web.Table {
	t := web.Table{
		Caption: n.T("console.lesson.suggested"),
		Columns: []web.Column{
			{Head: n.T("console.lesson.cause_short")}, {Head: n.T("console.lesson.complaints"), Figures: true}, {Head: n.T("console.lesson.share"), Figures: true},
			{Head: n.T("console.lesson.rate"), Figures: true}, {Head: n.T("console.lesson.write_about"), Hidden: true},
		},
	}
	for _, s := range n.wanted.List {
		write := web.Words("")
		if n.can(auth.LessonsWrite) {
			write = lessonAbout(n, s.Cause)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(n.name(s.Cause)), web.Words(n.Number(s.Cases)), web.Words(n.Percent(s.Cases, n.wanted.All, 0)), web.Words(n.rate(s.Rate)), write,
		}})
	}
	return t
}

// options are the causes to choose from; one that the lesson has stays, whatever
// became of it.
func (n *lessonCauses) options(known []string, chosen string) []web.Option {
	list := []web.Option{{Label: n.T("console.lesson.no_cause")}}
	if chosen != "" && !slices.Contains(known, chosen) {
		known = append(known, chosen)
	}
	for _, code := range known {
		list = append(list, web.Option{Value: code, Label: n.name(code)})
	}
	return web.Choose(list, chosen)
}

// lessonEffect is what followed a lesson.
type lessonEffect struct {
	lessonCauses
	*lesson.Effect
}

// lessonEffect loads what followed a lesson, nil for one that is about no cause.
func (c *Console) lessonEffect(v *visit, which id.ID) (*lessonEffect, error) {
	e, err := c.Lessons.Effect(v.ctx(), v.actor, v.programme.ID, which)
	if err != nil || e == nil {
		return nil, err
	}
	causes, err := c.causesOf(v)
	return &lessonEffect{causes, e}, err
}

// sentences say what followed a lesson, what it is worth, and how many know it.
func (n *lessonEffect) sentences() []string {
	var list []string
	b, a := n.Before, n.After
	switch {
	case n.Days < 1:
		list = append(list, n.T("console.lesson.effect_early"))
	case !n.Shown:
		list = append(list, n.T("console.lesson.effect_few", "days", n.Days, "before", b.Cases, "after", a.Cases))
	default:
		list = append(list, n.T("console.lesson.effect_says", "days", n.Days, "before", n.tenth(b.Value), "after", n.tenth(a.Value)))
	}
	list = append(list, n.T("console.lesson.effect_have", "have", n.Have, "must", n.Must))
	if n.Shown && n.Early {
		list = append(list, n.T("console.lesson.effect_preliminary", "n", b.Cases+a.Cases))
	}
	if b.Unfound+a.Unfound > 0 {
		list = append(list, n.T("console.lesson.effect_unfound", "before", b.Unfound, "after", a.Unfound))
	}
	return list
}

func (n *lessonEffect) table() web.Table {
	t := web.Table{
		Caption: n.T("console.lesson.effect"),
		Columns: []web.Column{{Head: n.T("console.lesson.when")}, {Head: n.T("console.lesson.complaints"), Figures: true}, {Head: n.T("console.lesson.orders"), Figures: true}, {Head: n.T("console.lesson.rate"), Figures: true}},
	}
	for _, side := range []struct {
		key string
		lesson.Rate
	}{{"before", n.Before}, {"after", n.After}} {
		rate := n.T("console.standard.too_few", "n", side.Cases)
		if n.Shown {
			rate = n.perOrders(side.Rate)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(n.T("console.lesson." + side.key)), web.Words(n.Number(side.Cases)), web.Words(n.Number(side.Orders)), web.Words(rate),
		}})
	}
	return t
}
