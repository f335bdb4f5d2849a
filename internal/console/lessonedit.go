package console

import (
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lesson"
	"regulars/internal/web"
)

// lessonForm is the editor of a draft.
type lessonForm struct {
	*visit
	id    id.ID
	edit  int64
	spec  lesson.Spec
	shops []web.Option
	// causes of complaints that the lesson can be about.
	causes []web.Option
	errs   web.FormErrors
}

// spareQuestions is how many empty rows the editor offers.
const spareQuestions = 2

func (c *Console) meetLessonForm(v *visit) (*lessonForm, error) {
	which, err := v.pathID("lesson", id.Lesson)
	if err != nil {
		return nil, err
	}
	n, err := c.Lessons.Get(v.ctx(), v.actor, v.programme.ID, which)
	if err != nil {
		return nil, err
	}
	f := &lessonForm{visit: v, id: which, edit: n.Edit, spec: n.Spec, errs: web.FormErrors{}}
	if n.Draft != nil {
		f.spec = *n.Draft
	}
	return f, nil
}

// lessonChoices offers the shops and causes, those of the draft chosen.
func (c *Console) lessonChoices(f *lessonForm) error {
	causes, err := c.causesOf(f.visit)
	if err != nil {
		return err
	}
	known, err := c.Lessons.Causes(f.ctx(), f.actor, f.programme.ID)
	if err != nil {
		return err
	}
	f.causes = causes.options(known, f.spec.Cause)
	var chosen []string
	for _, n := range f.spec.Shops {
		chosen = append(chosen, n.In(id.Shop))
	}
	f.shops, err = c.shopChoices(f.visit, chosen...)
	return err
}

func (c *Console) editLesson(v *visit) error {
	f, err := c.meetLessonForm(v)
	if err != nil {
		return err
	}
	if err := c.lessonChoices(f); err != nil {
		return err
	}
	return v.render(lessonEditor(f))
}

func (c *Console) saveLesson(v *visit) error {
	f, err := c.meetLessonForm(v)
	if err != nil {
		return err
	}
	f.read()
	f.edit, _ = strconv.ParseInt(v.field("edit"), 10, 64)
	if f.edit < 1 {
		f.edit = -1 // of no change: a conflict
	}
	if _, err := c.Lessons.Save(v.ctx(), v.actor, v.programme.ID, f.id, f.edit, f.spec); err != nil {
		if err := c.lessonChoices(f); err != nil {
			return err
		}
		return v.mend(err, func(errs web.FormErrors) component {
			for at, said := range errs {
				f.errs.Add(lessonField(at), said)
			}
			return lessonEditor(f)
		})
	}
	if v.field("do") == "more" {
		return v.done(v.lessonAt(f.id, "/edit"), "console.standard.saved")
	}
	return v.done(v.lessonAt(f.id, ""), "console.standard.saved")
}

// lessonField is the field that a part of a lesson is typed in.
func lessonField(pointer string) string {
	first := "_" + string(i18n.Langs()[0])
	parts := strings.Split(pointer, "/")
	if parts[0] != "questions" || len(parts) < 3 {
		if name, words := map[string]string{"titles": "title" + first, "text": "text" + first, "questions": "words_0" + first}[parts[0]]; words {
			return name
		}
		return parts[0]
	}
	name := parts[2]
	if name == "code" {
		name = "words"
	}
	return name + "_" + parts[1] + first
}

// read takes the lesson as it was typed; questions without words are dropped.
func (f *lessonForm) read() {
	words := &standardForm{visit: f.visit}
	of := func(name string) lesson.Words { return lesson.Words(words.wordsOf(name)) }
	f.spec = lesson.Spec{Titles: of("title"), Text: of("text"), Pass: words.whole("pass"), Days: words.whole("days"), Cause: f.field("cause")}
	for _, r := range f.r.PostForm["roles"] {
		f.spec.Roles = append(f.spec.Roles, auth.Role(r))
	}
	for _, shown := range f.r.PostForm["shops"] {
		if n, err := id.Parse(id.Shop, shown); err == nil {
			f.spec.Shops = append(f.spec.Shops, n)
		}
	}
	for i := range lesson.MaxQuestions + spareQuestions {
		n := "_" + strconv.Itoa(i)
		q := lesson.Question{Code: "q" + strconv.Itoa(len(f.spec.Questions)+1), Words: of("words" + n), Why: of("why" + n), Options: f.options("options" + n)}
		if len(q.Words) > 0 {
			f.spec.Questions = append(f.spec.Questions, q)
		}
	}
}

// options are typed one a line in each language, in the same order; a star before
// one says that it is right.
func (f *lessonForm) options(name string) []lesson.Option {
	var list []lesson.Option
	for _, l := range i18n.Langs() {
		i := 0
		for line := range strings.Lines(f.r.FormValue(name + "_" + string(l))) {
			line, right := strings.CutPrefix(strings.TrimSpace(line), "*")
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			if i == len(list) {
				list = append(list, lesson.Option{Code: "o" + strconv.Itoa(i+1), Words: lesson.Words{}})
			}
			list[i].Words[string(l)], list[i].Right = line, list[i].Right || right
			i++
		}
	}
	return list
}

// lessonLines are the options of a question as the editor has them.
func lessonLines(q *lesson.Question) lesson.Words {
	w := lesson.Words{}
	for _, l := range i18n.Langs() {
		var lines []string
		for _, o := range q.Options {
			if said := o.Words[string(l)]; said != "" && o.Right {
				lines = append(lines, "* "+said)
			} else if said != "" {
				lines = append(lines, said)
			}
		}
		w[string(l)] = strings.Join(lines, "\n")
	}
	return w
}

// rows are the questions with the empty ones to be filled in.
func (f *lessonForm) rows() []lesson.Question {
	return append(slices.Clone(f.spec.Questions), make([]lesson.Question, min(spareQuestions, lesson.MaxQuestions-len(f.spec.Questions)))...)
}

func (f *lessonForm) roleOptions() []web.Option {
	var list []web.Option
	for _, r := range auth.Roles() {
		list = append(list, web.Option{Value: string(r), Label: f.Say(r.Text()), Chosen: slices.Contains(f.spec.Roles, r)})
	}
	return list
}
