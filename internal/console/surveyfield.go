package console

import (
	"slices"
	"strconv"
	"strings"

	"regulars/internal/survey"
	"regulars/internal/web"
)

// rows are the questions, with room for one more.
func (f *surveyForm) rows() []survey.Question {
	rows := slices.Clone(f.spec.Questions)
	if len(rows) < survey.MaxQuestions {
		rows = append(rows, survey.Question{Form: survey.Text, Optional: true})
	}
	return rows
}

func (f *surveyForm) forms(q *survey.Question) []web.Option {
	var options []web.Option
	for _, form := range survey.Forms() {
		options = append(options, web.Option{Value: string(form), Label: f.T("survey.form." + string(form))})
	}
	return web.Choose(options, string(q.Form))
}

// bound is a field for a number: what was typed there by mistake, or else what
// is known.
func (f *surveyForm) bound(name, label, known string) web.Field {
	if slip, wrong := f.slips[name]; wrong {
		known = slip
	}
	return web.Field{Name: name, Label: f.T(label), Value: known, Error: f.errs[name], Width: web.Short, Optional: true, Attrs: typedDigits("numeric")}
}

// scaleOf is the range of a question; one that has none is offered the usual.
func scaleOf(q *survey.Question) (from, to string) {
	if q.Form != survey.Scale {
		return "1", "5"
	}
	return strconv.Itoa(q.From), strconv.Itoa(q.To)
}

// optionLines are the options in a language, one a line. What reads a page drops
// a line end that a field begins with, so there it stands twice.
func optionLines(q *survey.Question, lang string) string {
	var b strings.Builder
	for _, o := range q.Options {
		b.WriteString(o.Words[lang] + "\n")
	}
	lines := strings.TrimRight(b.String(), "\n")
	if strings.HasPrefix(lines, "\n") {
		return "\n" + lines
	}
	return lines
}

// turn is a row of the form that says where an answer leads.
type turn struct{ from, to, options, then string }

// turns are the branches of a question, with room for one more.
func (f *surveyForm) turns(q *survey.Question) []turn {
	var rows []turn
	for _, b := range q.Branches {
		row := turn{then: survey.End}
		if q.Numbered() {
			row.from, row.to = strconv.Itoa(b.From), strconv.Itoa(b.To)
		}
		var places []string
		for _, code := range b.Options {
			at := slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.Code == code })
			places = append(places, strconv.Itoa(at+1))
		}
		row.options = strings.Join(places, ", ")
		if i := slices.IndexFunc(f.spec.Questions, func(o survey.Question) bool { return o.Code == b.Then }); i >= 0 {
			row.then = strconv.Itoa(i)
		}
		rows = append(rows, row)
	}
	return append(rows, turn{})
}

func (f *surveyForm) thens(at int, chosen string) []web.Option {
	options := []web.Option{{Label: f.T("console.survey.then_next")}}
	for i := at + 1; i < len(f.spec.Questions); i++ {
		options = append(options, web.Option{Value: strconv.Itoa(i), Label: f.T("console.survey.question", "n", i+1)})
	}
	options = append(options, web.Option{Value: survey.End, Label: f.T("console.survey.then_end")})
	return web.Choose(options, chosen)
}
