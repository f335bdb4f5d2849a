package console

import (
	"cmp"
	"slices"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/lesson"
	"regulars/internal/web"
)

const lessonPath = inProgramme + "/lessons"

func (c *Console) lessonRoutes() []route {
	one := lessonPath + "/{lesson}"
	return []route{
		{pattern: "GET " + lessonPath, do: c.myLessons},
		{pattern: "GET " + lessonPath + "/all", permission: auth.LessonsRead, do: c.lessons},
		{pattern: "POST " + lessonPath + "/all", permission: auth.LessonsWrite, do: c.createLesson},
		{pattern: "GET " + lessonPath + "/staff", permission: auth.LessonsRead, do: c.lessonStaff},
		{pattern: "GET " + one, permission: auth.LessonsRead, do: c.lesson},
		{pattern: "GET " + one + "/edit", permission: auth.LessonsWrite, do: c.editLesson},
		{pattern: "POST " + one + "/edit", permission: auth.LessonsWrite, do: c.saveLesson},
		{pattern: "POST " + one + "/publish", permission: auth.LessonsWrite, do: c.publishLesson},
		{pattern: "POST " + one + "/retire", permission: auth.LessonsWrite, do: c.retireLesson},
		{pattern: "GET " + one + "/read", do: c.readLesson},
		{pattern: "GET " + one + "/quiz", do: c.askQuiz},
		{pattern: "POST " + one + "/quiz", do: c.takeQuiz},
		{pattern: "GET " + one + "/attempts/{attempt}", do: c.attempt},
	}
}

func (v *visit) lessonAt(n id.ID, more string) string {
	return v.at("/lessons/" + n.In(id.Lesson) + more)
}

// lessonStandings is how somebody, or all the staff, stand.
type lessonStandings struct {
	*visit
	list  []lesson.Standing
	shops map[id.ID]string
}

func (c *Console) myLessons(v *visit) error {
	l := &lessonStandings{visit: v}
	var err error
	if l.list, err = c.Lessons.Mine(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(myLessonsPage(l))
}

func (c *Console) lessonStaff(v *visit) error {
	l := &lessonStandings{visit: v}
	var err error
	if l.list, err = c.Lessons.Standings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.shops, err = shopNames(v, c.DB.Reader()); err != nil {
		return err
	}
	return v.render(lessonStaffPage(l))
}

// lessonShelf is every lesson.
type lessonShelf struct {
	lessonCauses
	all  []*lesson.Lesson
	errs web.FormErrors
}

func (c *Console) meetLessons(v *visit) (*lessonShelf, error) {
	l := &lessonShelf{}
	var err error
	if l.lessonCauses, err = c.causesOf(v); err != nil {
		return nil, err
	}
	if v.can(auth.CasesRead) {
		if l.wanted, err = c.Lessons.Suggest(v.ctx(), v.actor, v.programme.ID); err != nil {
			return nil, err
		}
	}
	l.all, err = c.Lessons.List(v.ctx(), v.actor, v.programme.ID)
	return l, err
}

func (c *Console) lessons(v *visit) error {
	l, err := c.meetLessons(v)
	if err != nil {
		return err
	}
	return v.render(lessonListPage(l))
}

// createLesson writes a draft with a first question, to be gone on with in the
// editor. One about a cause of complaints is called by it where no title is given.
func (c *Console) createLesson(v *visit) error {
	l, err := c.meetLessons(v)
	if err != nil {
		return err
	}
	lang := string(i18n.English)
	if len(v.programme.Languages) > 0 {
		lang = v.programme.Languages[0]
	}
	printer := c.Texts.Printer(i18n.Lang(lang), nil, "")
	say := func(key string) lesson.Words { return lesson.Words{lang: printer.T(key)} }
	title, cause := v.field("title"), v.field("cause")
	if title == "" && cause != "" {
		title = printer.T("console.lesson.title_about", "cause", printer.Say(l.settings.CauseText(cause, i18n.Lang(lang))))
	}
	n, err := c.Lessons.Save(v.ctx(), v.actor, v.programme.ID, 0, 0, lesson.Spec{
		Titles: lesson.Words{lang: title}, Cause: cause, Text: say("console.lesson.first_text"), Pass: 80, Days: 365, Roles: []auth.Role{auth.Till, auth.Agent},
		Questions: []lesson.Question{{Code: "q1", Words: say("console.lesson.first_question"), Options: []lesson.Option{
			{Code: "o1", Words: say("console.lesson.first_right"), Right: true}, {Code: "o2", Words: say("console.lesson.first_wrong")},
		}}},
	})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			l.errs = web.FormErrors{"title": cmp.Or(errs["titles"], errs["cause"])}
			return lessonListPage(l)
		})
	}
	return v.redirect(v.lessonAt(n.ID, "/edit"))
}

// lessonPage is one lesson with how the staff stand.
type lessonPage struct {
	*visit
	n       *lesson.Lesson
	list    []lesson.Standing
	hardest []lesson.Hard
	shops   map[id.ID]string
	effect  *lessonEffect // nil where there is none to see
}

func (c *Console) lesson(v *visit) error {
	which, err := v.pathID("lesson", id.Lesson)
	if err != nil {
		return err
	}
	p := &lessonPage{visit: v}
	if p.n, err = c.Lessons.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	if p.list, err = c.Lessons.Standings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	p.list = slices.DeleteFunc(p.list, func(n lesson.Standing) bool { return n.Lesson.ID != which })
	if p.hardest, err = c.Lessons.Hardest(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	if p.shops, err = shopNames(v, c.DB.Reader()); err != nil {
		return err
	}
	if v.can(auth.CasesRead) {
		if p.effect, err = c.lessonEffect(v, which); err != nil {
			return err
		}
	}
	return v.render(lessonShown(p))
}

func (c *Console) publishLesson(v *visit) error {
	which, err := v.pathID("lesson", id.Lesson)
	if err == nil {
		_, err = c.Lessons.Publish(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.lessonAt(which, ""), "console.lesson.published")
}

func (c *Console) retireLesson(v *visit) error {
	which, err := v.pathID("lesson", id.Lesson)
	if err == nil {
		_, err = c.Lessons.Retire(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.lessonAt(which, ""), "console.lesson.retired")
}

// quizPage is a lesson as somebody of the staff takes it.
type quizPage struct {
	*visit
	*lesson.Quiz
	errs web.FormErrors
}

// Lang is the language of the page.
func (p *quizPage) Lang() i18n.Lang { return p.visit.Lang() }

func (c *Console) meetQuiz(v *visit) (*quizPage, error) {
	which, err := v.pathID("lesson", id.Lesson)
	if err != nil {
		return nil, err
	}
	n, err := c.Lessons.Open(v.ctx(), v.actor, v.programme.ID, which)
	return &quizPage{visit: v, Quiz: n}, err
}

func (c *Console) readLesson(v *visit) error {
	p, err := c.meetQuiz(v)
	if err != nil {
		return err
	}
	return v.render(lessonReadPage(p))
}

func (c *Console) askQuiz(v *visit) error {
	p, err := c.meetQuiz(v)
	if err != nil {
		return err
	}
	return v.render(quizAsked(p))
}

func (c *Console) takeQuiz(v *visit) error {
	p, err := c.meetQuiz(v)
	if err != nil {
		return err
	}
	version := v.seenVersion()
	answers := map[string][]string{}
	for _, q := range p.Questions {
		answers[q.Code] = v.r.PostForm["q_"+q.Code]
	}
	n, err := c.Lessons.Take(v.ctx(), v.actor, v.programme.ID, p.ID, version, answers)
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = web.FormErrors{}
			for at, said := range errs {
				if code, answer := strings.CutPrefix(at, "answers/"); answer {
					at = "q_" + code
				}
				p.errs[at] = said
			}
			return quizAsked(p)
		})
	}
	return v.redirect(v.lessonAt(p.ID, "/attempts/"+n.ID.In(id.LessonAttempt)))
}

// attemptPage is an attempt as it was marked: with what was right, or as the
// certificate.
type attemptPage struct {
	*visit
	*lesson.Marked
	name string
}

// Lang is the language of the page.
func (p *attemptPage) Lang() i18n.Lang { return p.visit.Lang() }

func (c *Console) attempt(v *visit) error {
	which, err := v.pathID("attempt", id.LessonAttempt)
	if err != nil {
		return err
	}
	p := &attemptPage{visit: v}
	if p.Marked, err = c.Lessons.Result(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	actor := auth.Actor{Kind: auth.KindStaff, ID: p.StaffID}.String()
	names, err := auth.Names(v.ctx(), c.DB.Reader(), []string{actor})
	p.name = names[actor]
	if err != nil {
		return err
	}
	return v.render(attemptShown(p))
}
