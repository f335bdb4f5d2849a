package console

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/lesson"
	"regulars/internal/web"
)

func (v *visit) lessonTabs(current string) []web.Tab {
	tabs := []web.Tab{{Label: v.T("console.lesson.tab.mine"), Href: v.at("/lessons"), Current: current == "mine"}}
	if v.can(auth.LessonsRead) {
		tabs = append(tabs, web.Tab{Label: v.T("console.lesson.tab.all"), Href: v.at("/lessons/all"), Current: current == "all"}, web.Tab{Label: v.T("console.lesson.tab.staff"), Href: v.at("/lessons/staff"), Current: current == "staff"})
	}
	return tabs
}

func lessonState(v *visit, n lesson.State) templ.Component {
	tone := map[lesson.State]web.Tone{lesson.Overdue: web.Bad, lesson.Due: web.Warn, lesson.Soon: web.Warn, lesson.Passed: web.Good}[n]
	return web.Badge(tone, v.Say(n.Text()))
}

// byOf says until when a lesson is to be taken or renewed.
func (v *visit) byOf(n lesson.Standing) string {
	if n.By.IsZero() {
		return "—"
	}
	return v.ShortDate(n.By)
}

// mineLead says what is to be taken before anything else, and until when.
func (l *lessonStandings) mineLead() string {
	n, late := 0, 0
	var by time.Time
	for _, s := range l.list {
		if s.State == lesson.Passed {
			continue
		}
		n++
		if s.State == lesson.Overdue {
			late++
		}
		if by.IsZero() || s.By.Before(by) {
			by = s.By
		}
	}
	switch {
	case n == 0:
		return l.T("console.lesson.mine_done", "n", len(l.list))
	case late > 0:
		return l.T("console.lesson.mine_late", "n", n, "late", late)
	}
	return l.T("console.lesson.mine_due", "n", n, "by", l.ShortDate(by))
}

// passMark is how much must be right.
func (v *visit) passMark(s lesson.Spec) string { return v.Percent(int64(s.Pass), 100, 0) }

func (l *lessonStandings) mine() web.Table {
	t := web.Table{
		Caption: l.T("console.lesson.tab.mine"), Columns: []web.Column{{Head: l.T("console.lesson.lesson")}, {Head: l.T("console.lesson.state")}, {Head: l.T("console.lesson.by"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconLesson, Title: l.T("console.lesson.mine_none"), Text: l.T("console.lesson.mine_none_text")}),
	}
	for _, n := range l.list {
		t.Rows = append(t.Rows, web.Row{Href: l.lessonAt(n.Lesson.ID, "/read"), Quiet: n.State == lesson.Passed, Cells: []templ.Component{
			web.Own(n.Lesson.Spec.Titles.Said(string(l.Lang()))), lessonState(l.visit, n.State), web.Words(l.byOf(n)),
		}})
	}
	return t
}

// standingTable is how people stand; lessons are named where there are several.
func standingTable(v *visit, list []lesson.Standing, shops map[id.ID]string, named bool) web.Table {
	t := web.Table{
		Caption: v.T("console.lesson.tab.staff"), Columns: []web.Column{{Head: v.T("console.lesson.person")}, {Head: v.T("console.lesson.state")}, {Head: v.T("console.lesson.by"), Figures: true}, {Head: v.T("console.lesson.tries"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconLesson, Title: v.T("console.lesson.nobody"), Text: v.T("console.lesson.nobody_text")}),
	}
	for _, n := range list {
		var where []string
		for _, x := range n.Shops {
			where = append(where, shops[x])
		}
		about := strings.Join(where, ", ")
		if named {
			about = strings.TrimSuffix(n.Lesson.Spec.Titles.In(string(v.Lang()))+" · "+about, " · ")
		}
		row := web.Row{Cells: []templ.Component{twoLines(n.Name, about), lessonState(v, n.State), web.Words(v.byOf(n)), web.Words(v.Number(int64(n.Tries)))}}
		if n.Last != nil {
			row.Href = v.lessonAt(n.Lesson.ID, "/attempts/"+n.Last.ID.In(id.LessonAttempt))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// lessonTally says how many stand how.
func lessonTally(v *visit, list []lesson.Standing) string {
	count := map[lesson.State]int{}
	for _, n := range list {
		count[n.State]++
	}
	return v.T("console.lesson.tally", "n", len(list), "passed", count[lesson.Passed]+count[lesson.Soon], "overdue", count[lesson.Overdue])
}

// shopTally says for each shop how many stand how.
func (l *lessonStandings) shopTally() web.Table {
	t := web.Table{Caption: l.T("console.standard.by_shop"), Columns: []web.Column{{Head: l.T("console.standard.shop")}, {Head: l.T("console.lesson.passed"), Figures: true}, {Head: l.T("console.lesson.open"), Figures: true}, {Head: l.T("console.lesson.overdue"), Figures: true}}}
	count := map[id.ID]map[lesson.State]int64{}
	for _, n := range l.list {
		for _, x := range n.Shops {
			if count[x] == nil {
				count[x] = map[lesson.State]int64{}
			}
			count[x][n.State]++
		}
	}
	var ids []id.ID
	for x := range count {
		ids = append(ids, x)
	}
	slices.SortFunc(ids, func(a, b id.ID) int { return byName(l.shops[a], l.shops[b]) })
	for _, x := range ids {
		n := count[x]
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(l.shops[x]), web.Words(l.Number(n[lesson.Passed] + n[lesson.Soon])), web.Words(l.Number(n[lesson.Due])), web.Words(l.Number(n[lesson.Overdue]))}})
	}
	return t
}

func (l *lessonShelf) shelf() web.Table {
	t := web.Table{
		Caption: l.T("console.lesson.title"), Columns: []web.Column{{Head: l.T("console.lesson.lesson")}, {Head: l.T("console.lesson.state")}, {Head: l.T("console.lesson.questions"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconLesson, Title: l.T("console.lesson.none"), Text: l.T("console.lesson.none_text")}),
	}
	for _, n := range l.all {
		state := web.Badge(web.Good, l.T("console.standard.in_force", "n", n.Version))
		switch {
		case !n.Retired.IsZero():
			state = web.Badge(web.Neutral, l.T("console.standard.is_retired"))
		case n.Version == 0:
			state = web.Badge(web.Neutral, l.T("console.standard.is_draft"))
		case n.Draft != nil:
			state = web.Badge(web.Warn, l.T("console.standard.has_draft", "n", n.Version))
		}
		t.Rows = append(t.Rows, web.Row{Href: l.lessonAt(n.ID, ""), Quiet: !n.Retired.IsZero(), Cells: []templ.Component{web.Own(n.Shown().Titles.Said(string(l.Lang()))), state, web.Words(l.Number(int64(len(n.Shown().Questions))))}})
	}
	return t
}

func (p *lessonPage) hardestTable() web.Table {
	t := web.Table{Caption: p.T("console.lesson.hardest"), Columns: []web.Column{{Head: p.T("console.lesson.question")}, {Head: p.T("console.lesson.answered"), Figures: true}, {Head: p.T("console.lesson.right"), Figures: true}}}
	for _, n := range p.hardest {
		said := p.T("console.standard.too_few", "n", n.N)
		if n.Shown {
			said = p.T("console.standard.figure", "value", p.shareOf(n.Share.Value), "low", p.shareOf(n.Share.Low), "high", p.shareOf(n.Share.High))
			if n.N < lesson.Preliminary {
				said += " " + p.T("console.standard.preliminary")
			}
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Own(n.Question.Words.Said(string(p.Lang()))), web.Words(p.Number(n.N)), web.Words(said)}})
	}
	return t
}

// asked is a question as a field.
func (p *quizPage) asked(q *lesson.Question) web.Field {
	f := web.Field{Name: "q_" + q.Code, Label: q.Words.In(string(p.Lang())), Lang: q.Words.Said(string(p.Lang())).Lang, Error: p.errs["q_"+q.Code]}
	if q.Multiple() {
		f.Help = p.T("console.lesson.several")
	}
	return f
}

func (p *quizPage) options(q *lesson.Question) []web.Option {
	var list []web.Option
	for _, o := range q.Options {
		list = append(list, web.Option{Value: o.Code, Label: o.Words.In(string(p.Lang())), Lang: o.Words.Said(string(p.Lang())).Lang})
	}
	return web.Choose(list, p.r.Form["q_"+q.Code]...)
}

// certified is the latest attempt that passed this version, or nil.
func (p *quizPage) certified() *lesson.Attempt {
	for _, n := range p.Attempts {
		if n.Passed && n.Version == p.Version {
			return n
		}
	}
	return nil
}

// words of options by their codes.
func (p *attemptPage) words(q *lesson.Question, codes []string) string {
	var list []string
	for _, o := range q.Options {
		if slices.Contains(codes, o.Code) {
			list = append(list, o.Words.In(string(p.Lang())))
		}
	}
	return strings.Join(list, " · ")
}

func (p *attemptPage) rightWords(q *lesson.Question) string {
	var codes []string
	for _, o := range q.Options {
		if o.Right {
			codes = append(codes, o.Code)
		}
	}
	return p.words(q, codes)
}

// paragraphs are the parts of a text that empty lines part.
func paragraphs(text string) []string {
	var list []string
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
