package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/lesson"
)

const exampleLesson = `{"titles": {"en": "Brewing tea"}, "text": {"en": "Warm the pot first."}, "pass": 80, "days": 365, "roles": ["till"], "questions": [
  {"code": "first", "words": {"en": "What comes first?"}, "why": {"en": "A cold pot cools the water."}, "options": [
    {"code": "warm", "words": {"en": "Warm the pot"}, "right": true}, {"code": "milk", "words": {"en": "Milk"}}]}]}`

func (s *server) addLessons() {
	read(s, operation{
		id: "list-lessons", method: http.MethodGet, path: "/v1/lessons", tag: tagLessons, needs: needs(auth.LessonsRead), summary: "List lessons, the latest first",
	}, func(ctx context.Context, c *call, _ *nothing) (lessonList, error) {
		v := lessonList{Items: []lessonView{}}
		list, err := s.Lessons.List(ctx, c.actor, c.programme())
		for _, n := range list {
			v.Items = append(v.Items, lessonOf(n))
		}
		return v, err
	})
	read(s, operation{
		id: "get-lesson", method: http.MethodGet, path: "/v1/lessons/{lesson}", tag: tagLessons, needs: needs(auth.LessonsRead), summary: "Get a lesson with its quiz and what is right",
	}, func(ctx context.Context, c *call, in *lessonIn) (lessonView, error) {
		return s.lesson(ctx, c, c.actor, string(in.Lesson))
	})
	write(s, operation{
		id: "create-lesson", method: http.MethodPost, path: "/v1/lessons", tag: tagLessons, needs: needs(auth.LessonsWrite), created: true,
		summary: "Write a lesson, as a draft", example: exampleLesson,
	}, func(ctx context.Context, c *call, _ *nothing, body *lessonSpec) (string, error) {
		return s.saveLesson(ctx, c, 0, body)
	}, s.showLesson)
	write(s, operation{
		id: "change-lesson", method: http.MethodPut, path: "/v1/lessons/{lesson}", tag: tagLessons, needs: needs(auth.LessonsWrite),
		summary: "Rewrite the draft of a lesson", text: "What was published stays in force until the draft is.", example: exampleLesson,
	}, func(ctx context.Context, c *call, in *lessonIn, body *lessonSpec) (string, error) {
		n, err := parseID(id.Lesson, "lesson", string(in.Lesson))
		if err != nil {
			return "", err
		}
		return s.saveLesson(ctx, c, n, body)
	}, s.showLesson)
	s.addLessonTurn("publish-lesson", "publish", "Put the draft in force", "Whoever passed a version before takes it anew.", s.Lessons.Publish)
	s.addLessonTurn("retire-lesson", "retire", "Take a lesson out of use", "Certificates stay.", s.Lessons.Retire)
	read(s, operation{
		id: "list-lesson-standings", method: http.MethodGet, path: "/v1/lesson-standings", tag: tagLessons, needs: needs(auth.LessonsRead),
		summary: "List how the staff stand with the lessons that they must take, the most urgent first",
		text:    "A lesson is overdue 14 days after it was published, or once a certificate has ended; it is to be renewed soon in the 30 days before.",
	}, s.lessonStandings)
	read(s, operation{
		id: "list-lesson-questions", method: http.MethodGet, path: "/v1/lessons/{lesson}/questions", tag: tagLessons, needs: needs(auth.LessonsRead),
		summary: "List the questions of a lesson by how seldom they are right, the hardest first",
		text:    "Of everybody's first attempt at the version in force, with Wilson's interval at 95 %. No share is given under 10.",
	}, s.lessonQuestions)
	s.addLessonAttempts()
	s.addLessonCauses()
}

func (s *server) addLessonTurn(name, verb, summary, text string, turn func(context.Context, auth.Actor, id.ID, id.ID) (*lesson.Lesson, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/lessons/{lesson}/" + verb, tag: tagLessons, needs: needs(auth.LessonsWrite), summary: summary, text: text,
	}, func(ctx context.Context, c *call, in *lessonIn, _ *nothing) (string, error) {
		n, err := parseID(id.Lesson, "lesson", string(in.Lesson))
		if err != nil {
			return "", err
		}
		_, err = turn(ctx, c.actor, c.programme(), n)
		return string(in.Lesson), err
	}, s.showLesson)
}

// lessonIn names a lesson in an address.
type lessonIn struct {
	Lesson lessonID `path:"lesson"`
}

type lessonID string

// Schema describes it for the document.
func (lessonID) Schema(huma.Registry) *huma.Schema { return shown(id.Lesson, "The lesson.") }

// lessonSpec is what a manager says of a lesson.
type lessonSpec struct {
	Titles    lesson.Words      `json:"titles" doc:"By language; at least in the programme's first."`
	Text      lesson.Words      `json:"text" doc:"What is read before the quiz."`
	Questions []lesson.Question `json:"questions" nullable:"false" minItems:"1" maxItems:"30" doc:"With several right options all of them must be chosen, and no other."`
	Pass      int               `json:"pass" minimum:"1" maximum:"100" doc:"How many per cent of the questions must be right."`
	Days      int               `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"How long a certificate holds; for ever when left out."`
	Roles     []string          `json:"roles" nullable:"false" minItems:"1" maxItems:"6" doc:"Who must take it."`
	Shops     []string          `json:"shops,omitempty" nullable:"false" maxItems:"1000" doc:"Only those of them who worked at tills there."`
	Cause     string            `json:"cause,omitempty" maxLength:"40" doc:"The code of the cause of complaints that it is about." example:"training"`
}

func (s *server) saveLesson(ctx context.Context, c *call, which id.ID, body *lessonSpec) (string, error) {
	spec := lesson.Spec{Titles: body.Titles, Text: body.Text, Questions: body.Questions, Pass: body.Pass, Days: body.Days, Cause: body.Cause}
	for _, r := range body.Roles {
		spec.Roles = append(spec.Roles, auth.Role(r))
	}
	var err error
	if spec.Shops, err = shopIDs("/shops", body.Shops); err != nil {
		return "", err
	}
	n, err := s.Lessons.Save(ctx, c.actor, c.programme(), which, 0, spec)
	if err != nil {
		return "", err
	}
	return n.ID.In(id.Lesson), nil
}

func (s *server) showLesson(ctx context.Context, c *call, subject string) (lessonView, error) {
	return s.lesson(ctx, c, watcher, subject)
}

func (s *server) lesson(ctx context.Context, c *call, a auth.Actor, subject string) (lessonView, error) {
	n, err := parseID(id.Lesson, "lesson", subject)
	if err != nil {
		return lessonView{}, err
	}
	found, err := s.Lessons.Get(ctx, a, c.programme(), n)
	if err != nil {
		return lessonView{}, err
	}
	return lessonOf(found), nil
}

type lessonView struct {
	ID        string      `json:"id" example:"lsn_01h9x3k7q2v5n"`
	Version   int64       `json:"version" doc:"The latest that was published; 0 for none."`
	Published *time.Time  `json:"published,omitempty"`
	Spec      *lessonSpec `json:"spec,omitempty" doc:"What is in force."`
	Draft     *lessonSpec `json:"draft,omitempty" doc:"What is worked on."`
	Retired   *time.Time  `json:"retired,omitempty"`
	Made      time.Time   `json:"made"`
}

type lessonList struct {
	Items []lessonView `json:"items" nullable:"false" doc:"The latest first."`
}

func lessonOf(n *lesson.Lesson) lessonView {
	v := lessonView{ID: n.ID.In(id.Lesson), Version: n.Version, Published: momentOf(n.Published), Retired: momentOf(n.Retired), Made: n.Made}
	if n.Version > 0 {
		v.Spec = lessonSpecOf(&n.Spec)
	}
	if n.Draft != nil {
		v.Draft = lessonSpecOf(n.Draft)
	}
	return v
}

func lessonSpecOf(n *lesson.Spec) *lessonSpec {
	v := &lessonSpec{Titles: n.Titles, Text: n.Text, Questions: n.Questions, Pass: n.Pass, Days: n.Days, Cause: n.Cause, Roles: []string{}, Shops: []string{}}
	for _, r := range n.Roles {
		v.Roles = append(v.Roles, string(r))
	}
	for _, x := range n.Shops {
		v.Shops = append(v.Shops, x.In(id.Shop))
	}
	return v
}

type lessonStanding struct {
	Staff  string     `json:"staff" example:"stf_01h9x3k7q2v5n"`
	Name   string     `json:"name"`
	Lesson string     `json:"lesson" example:"lsn_01h9x3k7q2v5n"`
	Shops  []string   `json:"shops" nullable:"false" doc:"At whose tills they worked."`
	State  string     `json:"state" enum:"overdue,due,soon,passed"`
	By     *time.Time `json:"by,omitempty" doc:"When it is to be taken or renewed; missing for never again."`
	Passed *time.Time `json:"passed,omitempty" doc:"When they last did."`
	Tries  int        `json:"tries"`
}

type lessonStandings struct {
	Items []lessonStanding `json:"items" nullable:"false"`
}

// standingsIn narrows standings to one of the staff.
type standingsIn struct {
	Staff string `query:"staff" doc:"Of one of the staff alone." example:"stf_01h9x3k7q2v5n"`
}

func (s *server) lessonStandings(ctx context.Context, c *call, in *standingsIn) (lessonStandings, error) {
	v := lessonStandings{Items: []lessonStanding{}}
	list, err := s.lessonsOf(ctx, c, in.Staff)
	for _, n := range list {
		one := lessonStanding{Staff: n.StaffID.In(id.Staff), Name: n.Name, Lesson: n.Lesson.ID.In(id.Lesson), Shops: []string{}, State: string(n.State), By: momentOf(n.By), Tries: n.Tries}
		for _, x := range n.Shops {
			one.Shops = append(one.Shops, x.In(id.Shop))
		}
		if n.Last != nil {
			one.Passed = momentOf(n.Last.At)
		}
		v.Items = append(v.Items, one)
	}
	return v, err
}

// lessonsOf returns the standings of one of the staff, or of all.
func (s *server) lessonsOf(ctx context.Context, c *call, staff string) ([]lesson.Standing, error) {
	if staff == "" {
		return s.Lessons.Standings(ctx, c.actor, c.programme())
	}
	n, err := parseID(id.Staff, "staff", staff)
	if err != nil {
		return nil, err
	}
	return s.Lessons.StandingsOf(ctx, c.actor, c.programme(), n)
}

type questionShare struct {
	Code  string   `json:"code"`
	Right int64    `json:"right"`
	N     int64    `json:"n"`
	Share *float64 `json:"share,omitempty" doc:"Missing under 10."`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

type questionShares struct {
	Items []questionShare `json:"items" nullable:"false"`
}

func (s *server) lessonQuestions(ctx context.Context, c *call, in *lessonIn) (questionShares, error) {
	v := questionShares{Items: []questionShare{}}
	n, err := parseID(id.Lesson, "lesson", string(in.Lesson))
	if err != nil {
		return v, err
	}
	list, err := s.Lessons.Hardest(ctx, c.actor, c.programme(), n)
	for _, h := range list {
		one := questionShare{Code: h.Question.Code, Right: h.Right, N: h.N}
		if h.Shown {
			one.Share, one.Low, one.High = &h.Share.Value, &h.Share.Low, &h.Share.High
		}
		v.Items = append(v.Items, one)
	}
	return v, err
}
