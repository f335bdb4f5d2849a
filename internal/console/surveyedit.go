package console

import (
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
	id    id.ID
	spec  survey.Spec
	slips map[string]string // what was typed but is no number, by field
	errs  web.FormErrors
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
	return &surveyForm{visit: v, id: which, spec: n.Spec, slips: map[string]string{}, errs: web.FormErrors{}}, err
}

// editSurvey shows the editor, or the draft alone if the editor would lose a
// part of it.
func (c *Console) editSurvey(v *visit) error {
	f, err := c.meetDraft(v)
	if err != nil {
		return err
	}
	if !draftHeld(&f.spec) {
		return v.render(surveyUneditable(f))
	}
	return v.render(surveyEditor(f))
}

func (c *Console) saveSurvey(v *visit) error {
	f, err := c.meetDraft(v)
	if err != nil {
		return err
	}
	if !draftHeld(&f.spec) {
		return fault.Conflict("survey_not_editable", "the draft has line ends in its name or its options, which the editor would lose; change it over the API")
	}
	if f.read(); len(f.errs) > 0 {
		return v.mendAll(f.errs, func(web.FormErrors) component { return surveyEditor(f) })
	}
	if _, err := c.Surveys.Update(v.ctx(), v.actor, v.programme.ID, f.id, f.spec); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			for at, said := range errs {
				f.errs.Add(surveyField(at), said)
			}
			return surveyEditor(f)
		})
	}
	return v.done(v.surveyAt(f.id, ""), "console.survey.saved")
}

// draftHeld reports whether the editor holds all of a draft: names are typed in
// one line, and options one a line.
func draftHeld(s *survey.Spec) bool {
	broken := func(w survey.Words) bool {
		for _, said := range w {
			if strings.ContainsAny(said, "\r\n") {
				return true
			}
		}
		return false
	}
	return !broken(s.Names) && !slices.ContainsFunc(s.Questions, func(q survey.Question) bool {
		return slices.ContainsFunc(q.Options, func(o survey.Option) bool { return broken(o.Words) })
	})
}

// surveyField is the field that a part of a survey is typed in.
func surveyField(pointer string) string {
	first := "_" + string(i18n.Langs()[0])
	parts := strings.Split(pointer, "/")
	if len(parts) < 2 || parts[0] != "questions" {
		return map[string]string{"names": "name" + first, "intro": "intro" + first, "thanks": "thanks" + first}[parts[0]]
	}
	n := "_" + parts[1]
	switch {
	case len(parts) < 3:
		return "form" + n
	case parts[2] == "branches" && len(parts) > 3:
		return "then" + n + "_" + parts[3]
	case parts[2] == "options":
		return "options" + n + first
	case parts[2] == "to" || parts[2] == "form":
		return parts[2] + n
	}
	return "words" + n + first
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

// number reads a number typed in one field for another, which the question
// has once those before it without words are gone.
func (f *surveyForm) number(name, becomes string) int {
	slip := web.FormErrors{}
	n := typedNumber(f.visit, name, slip)
	if said := slip[name]; said != "" {
		f.slips[becomes], f.errs[becomes] = f.field(name), said
	}
	return n
}

func (f *surveyForm) wordsOf(name string) survey.Words {
	w := survey.Words{}
	for _, l := range i18n.Langs() {
		if said := strings.ReplaceAll(f.field(name+"_"+string(l)), "\r\n", "\n"); said != "" {
			w[string(l)] = said
		}
	}
	return w
}

// read takes the questions as they were typed; those without words are dropped.
func (f *surveyForm) read() {
	old := f.spec
	f.spec = survey.Spec{Kind: old.Kind, Names: f.wordsOf("name"), Intro: f.wordsOf("intro"), Thanks: f.wordsOf("thanks")}
	var places []int // of the typed questions that stay
	for i := range survey.MaxQuestions {
		var was survey.Question
		if i < len(old.Questions) {
			was = old.Questions[i]
		}
		if q, there := f.question(i, was); there {
			f.spec.Questions = append(f.spec.Questions, q)
			places = append(places, i)
		}
	}
	for at, i := range places {
		f.branches(at, i, places)
	}
}

// question reads a question, which was another until now.
func (f *surveyForm) question(i int, was survey.Question) (survey.Question, bool) {
	n, at := strconv.Itoa(i), strconv.Itoa(len(f.spec.Questions))
	q := survey.Question{Code: was.Code, Form: survey.Form(f.field("form_" + n)), Words: f.wordsOf("words_" + n), Optional: f.field("optional_"+n) != ""}
	if len(q.Words) == 0 {
		return q, false
	}
	for k := i + 1; q.Code == "" || f.spec.Question(q.Code) != nil; k++ {
		q.Code = "q" + strconv.Itoa(k) + "x"
	}
	switch q.Form {
	case survey.Scale:
		q.From, q.To = f.number("from_"+n, "from_"+at), f.number("to_"+n, "to_"+at)
		q.Low, q.High = was.Low, was.High
	case survey.Single, survey.Multiple:
		q.Options = f.options(n)
		coded(q.Options, was.Options)
	}
	return q, true
}

// options are typed one a line in each language, in the same order; an empty
// line is an option that has no words in that language.
func (f *surveyForm) options(n string) []survey.Option {
	var list []survey.Option
	for _, l := range i18n.Langs() {
		i := 0
		for line := range strings.Lines(f.r.FormValue("options_" + n + "_" + string(l))) {
			if i == len(list) {
				list = append(list, survey.Option{Words: survey.Words{}})
			}
			if line = strings.TrimSpace(line); line != "" {
				list[i].Words[string(l)] = line
			}
			i++
		}
	}
	return slices.DeleteFunc(list, func(o survey.Option) bool { return len(o.Words) == 0 })
}

// coded gives options the codes that they had: by their words or else by their
// place, so that branches hold and codes given over the API stay.
func coded(list, old []survey.Option) {
	taken := map[string]bool{"": true}
	take := func(i int, code string) {
		if list[i].Code == "" && !taken[code] {
			list[i].Code, taken[code] = code, true
		}
	}
	for i := range list {
		for _, o := range old {
			if alike(list[i].Words, o.Words) {
				take(i, o.Code)
			}
		}
	}
	for i := range list[:min(len(list), len(old))] {
		take(i, old[i].Code)
	}
	for i := range list {
		for n := i + 1; list[i].Code == ""; n++ {
			take(i, "o"+strconv.Itoa(n))
		}
	}
}

// alike reports whether two options have the same words in some language.
func alike(a, b survey.Words) bool {
	for l, said := range a {
		if b[l] == said {
			return true
		}
	}
	return false
}

// branches reads where a question leads, in the order that it is asked in.
func (f *surveyForm) branches(at, i int, places []int) {
	q := &f.spec.Questions[at]
	for row := 0; q.Form != survey.Text; row++ {
		n := "_" + strconv.Itoa(i) + "_" + strconv.Itoa(row)
		if !f.r.Form.Has("then" + n) {
			return
		}
		if f.field("then"+n) != "" {
			b := f.branch(q, n, "_"+strconv.Itoa(at)+"_"+strconv.Itoa(len(q.Branches)), places)
			q.Branches = append(q.Branches, b)
		}
	}
}

// branch reads one row of the form, which becomes another.
func (f *surveyForm) branch(q *survey.Question, n, becomes string, places []int) survey.Branch {
	b := survey.Branch{Then: survey.End}
	if then := f.field("then" + n); then != survey.End {
		to, err := strconv.Atoi(then)
		place := slices.Index(places, to)
		if err != nil || place < 0 {
			f.errs["then"+becomes] = f.T("fault.survey_branch")
			return b
		}
		b.Then = f.spec.Questions[place].Code
	}
	if q.Numbered() {
		b.From, b.To = f.number("if_from"+n, "if_from"+becomes), f.number("if_to"+n, "if_to"+becomes)
		return b
	}
	for _, typed := range strings.FieldsFunc(f.field("if_options"+n), func(r rune) bool { return r == ',' || r == ' ' }) {
		place, err := strconv.Atoi(typed)
		if err != nil || place < 1 || place > len(q.Options) {
			f.slips["if_options"+becomes] = f.field("if_options" + n)
			f.errs["if_options"+becomes] = f.T("fault.survey_range", "from", 1, "to", len(q.Options))
			return b
		}
		b.Options = append(b.Options, q.Options[place-1].Code)
	}
	return b
}
