package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// surveyForm is the editor of a draft.
type surveyForm struct {
	*visit
	id   id.ID
	spec survey.Spec
	errs web.FormErrors
}

func (c *Console) meetDraft(v *visit) (*surveyForm, error) {
	which, err := v.pathID("survey", id.Survey)
	if err != nil {
		return nil, err
	}
	n, err := c.Surveys.Get(v.ctx(), v.actor, v.programme.ID, which)
	if err == nil && n.State != survey.Draft {
		err = fault.Conflict("survey_published", "the survey was published, and its questions stay; make a new one")
	}
	return &surveyForm{visit: v, id: which, spec: n.Spec}, err
}

func (c *Console) editSurvey(v *visit) error {
	f, err := c.meetDraft(v)
	if err != nil {
		return err
	}
	return v.render(surveyEditor(f))
}

func (c *Console) saveSurvey(v *visit) error {
	f, err := c.meetDraft(v)
	if err != nil {
		return err
	}
	if f.read(); len(f.errs) > 0 {
		return v.mendAll(f.errs, func(web.FormErrors) component { return surveyEditor(f) })
	}
	if _, err := c.Surveys.Update(v.ctx(), v.actor, v.programme.ID, f.id, f.spec); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return surveyEditor(f)
		})
	}
	return v.done(v.surveyAt(f.id, ""), "console.survey.saved")
}

// typedNumber reads a whole number that may be left out.
func typedNumber(v *visit, name string, errs web.FormErrors) int {
	typed := v.field(name)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 {
		errs[name] = v.T("fault.survey_range", "from", 0, "to", 1_000_000)
	}
	return n
}

func (f *surveyForm) wordsOf(name string) survey.Words {
	w := survey.Words{}
	for _, l := range i18n.Langs() {
		if said := f.field(name + "_" + string(l)); said != "" {
			w[string(l)] = said
		}
	}
	return w
}

// read takes the questions as they were typed; those without words are dropped.
func (f *surveyForm) read() {
	f.errs = web.FormErrors{}
	old := f.spec
	f.spec = survey.Spec{Kind: old.Kind, Names: f.wordsOf("name"), Intro: f.wordsOf("intro"), Thanks: f.wordsOf("thanks")}
	var places []int // of the typed questions that stay
	for i := range survey.MaxQuestions {
		n := strconv.Itoa(i)
		q := survey.Question{Form: survey.Form(f.field("form_" + n)), Words: f.wordsOf("words_" + n), Optional: f.field("optional_"+n) != ""}
		if len(q.Words) == 0 {
			continue
		}
		if i < len(old.Questions) {
			q.Code, q.Low, q.High = old.Questions[i].Code, old.Questions[i].Low, old.Questions[i].High
		}
		if q.Code == "" || slices.ContainsFunc(f.spec.Questions, func(o survey.Question) bool { return o.Code == q.Code }) {
			q.Code = "q" + strconv.Itoa(i+1) + "x"
		}
		switch q.Form {
		case survey.Scale:
			q.From, q.To = typedNumber(f.visit, "from_"+n, f.errs), typedNumber(f.visit, "to_"+n, f.errs)
		case survey.Single, survey.Multiple:
			q.Options = f.options(n)
		}
		if q.Form != survey.Scale {
			q.Low, q.High = nil, nil
		}
		f.spec.Questions = append(f.spec.Questions, q)
		places = append(places, i)
	}
	for at, i := range places {
		f.branch(at, strconv.Itoa(i), places)
	}
}

// options are typed one a line in each language, in the same order.
func (f *surveyForm) options(n string) []survey.Option {
	var list []survey.Option
	for _, l := range i18n.Langs() {
		i := 0
		for line := range strings.Lines(f.r.FormValue("options_" + n + "_" + string(l))) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			if i == len(list) {
				list = append(list, survey.Option{Code: "o" + strconv.Itoa(i+1), Words: survey.Words{}})
			}
			list[i].Words[string(l)] = line
			i++
		}
	}
	return list
}

// branch reads the one turn that the editor offers of each question.
func (f *surveyForm) branch(at int, n string, places []int) {
	then := f.field("then_" + n)
	if then == "" {
		return
	}
	q := &f.spec.Questions[at]
	b := survey.Branch{Then: survey.End}
	if then != survey.End {
		to, err := strconv.Atoi(then)
		place := slices.Index(places, to)
		if err != nil || place < 0 {
			f.errs["then_"+n] = f.T("fault.survey_branch")
			return
		}
		b.Then = f.spec.Questions[place].Code
	}
	if q.Form == survey.Scale {
		b.From, b.To = typedNumber(f.visit, "if_from_"+n, f.errs), typedNumber(f.visit, "if_to_"+n, f.errs)
	}
	for _, number := range strings.FieldsFunc(f.field("if_options_"+n), func(r rune) bool { return r == ',' || r == ' ' }) {
		if q.Form == survey.Single || q.Form == survey.Multiple {
			b.Options = append(b.Options, "o"+number)
		}
	}
	q.Branches = []survey.Branch{b}
}

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

func optionLines(q *survey.Question, lang string) string {
	var b strings.Builder
	for _, o := range q.Options {
		b.WriteString(o.Words[lang] + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// turn is the branch of a question as the editor shows it.
func (f *surveyForm) turn(q *survey.Question) (from, to, options, then string) {
	if len(q.Branches) == 0 {
		return "", "", "", ""
	}
	b := q.Branches[0]
	var numbers []string
	for _, o := range b.Options {
		numbers = append(numbers, strings.TrimPrefix(o, "o"))
	}
	if q.Form == survey.Scale {
		from, to = strconv.Itoa(b.From), strconv.Itoa(b.To)
	}
	then = survey.End
	if i := slices.IndexFunc(f.spec.Questions, func(o survey.Question) bool { return o.Code == b.Then }); i >= 0 {
		then = strconv.Itoa(i)
	}
	return from, to, strings.Join(numbers, ", "), then
}

func (f *surveyForm) thens(at int, chosen string) []web.Option {
	options := []web.Option{{Label: f.T("console.survey.then_next")}}
	for i := at + 1; i < len(f.spec.Questions); i++ {
		options = append(options, web.Option{Value: strconv.Itoa(i), Label: f.T("console.survey.question", "n", i+1)})
	}
	options = append(options, web.Option{Value: survey.End, Label: f.T("console.survey.then_end")})
	return web.Choose(options, chosen)
}

func (f *surveyForm) wrong(i int) string {
	for at, said := range f.errs {
		if strings.HasPrefix(at, "questions/"+strconv.Itoa(i)) {
			return said
		}
	}
	return cmp.Or(f.errs["from_"+strconv.Itoa(i)], f.errs["to_"+strconv.Itoa(i)], f.errs["then_"+strconv.Itoa(i)])
}
