package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/lesson"
)

const exampleAttempt = `{"staff": "stf_01h9x3k7q2v5n", "version": 1, "answers": {"first": ["warm"]}}`

// addLessonAttempts adds what a system needs in which the staff learn.
func (s *server) addLessonAttempts() {
	read(s, operation{
		id: "get-lesson-quiz", method: http.MethodGet, path: "/v1/lessons/{lesson}/quiz", tag: tagLessons, needs: needs(auth.LessonsRead),
		summary: "Get a lesson as one of the staff takes it",
		text:    "The version in force. Questions and options stand in an order of their own for each of the staff and each attempt; nothing says what is right.",
	}, s.lessonQuiz)
	write(s, operation{
		id: "take-lesson", method: http.MethodPost, path: "/v1/lessons/{lesson}/attempts", tag: tagLessons, needs: needs(auth.LessonsWrite), created: true,
		summary: "Send the answers that somebody of the staff gave",
		text: "They are marked and kept as theirs, and one that passes is their certificate; the audit trail says which key sent them. Every question takes an answer. " +
			"The version is that of the lesson that they read.",
		example: exampleAttempt,
	}, s.takeLesson, s.showLessonAttempt)
	read(s, operation{
		id: "list-lesson-attempts", method: http.MethodGet, path: "/v1/lessons/{lesson}/attempts", tag: tagLessons, needs: needs(auth.LessonsRead),
		summary: "List how often somebody of the staff tried a lesson, the latest first",
	}, s.lessonAttempts)
	read(s, operation{
		id: "get-lesson-attempt", method: http.MethodGet, path: "/v1/lesson-attempts/{attempt}", tag: tagLessons, needs: needs(auth.LessonsRead),
		summary: "Get an attempt with what was right, and why",
	}, func(ctx context.Context, c *call, in *attemptIn) (lessonResult, error) {
		if err := c.can(auth.LessonsRead); err != nil {
			return lessonResult{}, err
		}
		return s.lessonResult(ctx, c, c.actor, string(in.Attempt))
	})
}

type attemptIn struct {
	Attempt attemptID `path:"attempt"`
}

type attemptID string

// Schema describes it for the document.
func (attemptID) Schema(huma.Registry) *huma.Schema { return shown(id.LessonAttempt, "The attempt.") }

// learnerIn names a lesson and who of the staff it is about.
type learnerIn struct {
	Lesson lessonID `path:"lesson"`
	Staff  staffID  `query:"staff" required:"true"`
}

func (in *learnerIn) ids() (which, staff id.ID, err error) {
	if which, err = parseID(id.Lesson, "lesson", string(in.Lesson)); err == nil {
		staff, err = parseID(id.Staff, "staff", string(in.Staff))
	}
	return which, staff, err
}

type quizOption struct {
	Code  string       `json:"code"`
	Words lesson.Words `json:"words"`
}

type quizQuestion struct {
	Code    string       `json:"code"`
	Words   lesson.Words `json:"words"`
	Several bool         `json:"several" doc:"More than one option is right: all of them are to be chosen, and no other."`
	Options []quizOption `json:"options" nullable:"false"`
}

type lessonQuiz struct {
	Lesson    string         `json:"lesson" example:"lsn_01h9x3k7q2v5n"`
	Version   int64          `json:"version" doc:"Answers are sent with it." example:"1"`
	Titles    lesson.Words   `json:"titles"`
	Text      lesson.Words   `json:"text" doc:"What is read before the quiz."`
	Pass      int            `json:"pass" doc:"How many per cent must be right." example:"80"`
	Tries     int            `json:"tries" doc:"How often they tried before."`
	Questions []quizQuestion `json:"questions" nullable:"false"`
}

func (s *server) lessonQuiz(ctx context.Context, c *call, in *learnerIn) (lessonQuiz, error) {
	which, staff, err := in.ids()
	if err != nil {
		return lessonQuiz{}, err
	}
	n, err := s.Lessons.OpenFor(ctx, c.actor, c.programme(), staff, which)
	if err != nil {
		return lessonQuiz{}, err
	}
	v := lessonQuiz{Lesson: n.ID.In(id.Lesson), Version: n.Version, Titles: n.Spec.Titles, Text: n.Spec.Text, Pass: n.Spec.Pass, Tries: len(n.Attempts), Questions: []quizQuestion{}}
	for i := range n.Questions {
		q := &n.Questions[i]
		one := quizQuestion{Code: q.Code, Words: q.Words, Several: q.Multiple(), Options: []quizOption{}}
		for _, o := range q.Options {
			one.Options = append(one.Options, quizOption{o.Code, o.Words})
		}
		v.Questions = append(v.Questions, one)
	}
	return v, nil
}

type newAttempt struct {
	Staff   string              `json:"staff" maxLength:"40" doc:"Whose answers they are." example:"stf_01h9x3k7q2v5n"`
	Version int64               `json:"version" minimum:"1" doc:"Of the lesson that they read." example:"1"`
	Answers map[string][]string `json:"answers" doc:"The codes of the options chosen, by the code of the question."`
}

func (s *server) takeLesson(ctx context.Context, c *call, in *lessonIn, body *newAttempt) (string, error) {
	which, err := parseID(id.Lesson, "lesson", string(in.Lesson))
	if err != nil {
		return "", err
	}
	staff, err := id.Parse(id.Staff, body.Staff)
	if err != nil {
		return "", fault.At("/staff", err)
	}
	n, err := s.Lessons.TakeFor(ctx, c.actor, c.programme(), staff, which, body.Version, body.Answers)
	if f := fault.As(err); f != nil && f.Code == "unknown_staff" {
		return "", f.At("/staff")
	}
	if err != nil {
		return "", err
	}
	return n.ID.In(id.LessonAttempt), nil
}

// AttemptView is an attempt as lists show it; it is exported so that the document
// sees through the embedding.
type AttemptView struct {
	ID      string     `json:"id" example:"lat_01h9x3k7q2v5n"`
	Lesson  string     `json:"lesson" example:"lsn_01h9x3k7q2v5n"`
	Version int64      `json:"version"`
	Staff   string     `json:"staff" example:"stf_01h9x3k7q2v5n"`
	At      time.Time  `json:"at"`
	Score   float64    `json:"score" doc:"The share of questions that were right." example:"0.8"`
	Passed  bool       `json:"passed"`
	Expires *time.Time `json:"expires,omitempty" doc:"When the certificate ends; missing for never, and for what is none."`
}

func attemptOf(n *lesson.Attempt) AttemptView {
	return AttemptView{
		ID: n.ID.In(id.LessonAttempt), Lesson: n.LessonID.In(id.Lesson), Version: n.Version, Staff: n.StaffID.In(id.Staff), At: n.At, Score: float64(n.Score) / 10_000,
		Passed: n.Passed, Expires: momentOf(n.Expires),
	}
}

type attemptList struct {
	Items []AttemptView `json:"items" nullable:"false"`
}

func (s *server) lessonAttempts(ctx context.Context, c *call, in *learnerIn) (attemptList, error) {
	v := attemptList{Items: []AttemptView{}}
	which, staff, err := in.ids()
	if err != nil {
		return v, err
	}
	list, err := s.Lessons.Attempts(ctx, c.actor, c.programme(), staff, which)
	for _, n := range list {
		v.Items = append(v.Items, attemptOf(n))
	}
	return v, err
}

type markedQuestion struct {
	Code    string       `json:"code"`
	Right   bool         `json:"right"`
	Chosen  []string     `json:"chosen" nullable:"false"`
	Correct []string     `json:"correct" nullable:"false"`
	Why     lesson.Words `json:"why,omitempty"`
}

type lessonResult struct {
	AttemptView
	Questions []markedQuestion `json:"questions" nullable:"false" doc:"By the version that was marked."`
}

func (s *server) showLessonAttempt(ctx context.Context, c *call, subject string) (lessonResult, error) {
	return s.lessonResult(ctx, c, watcher, subject)
}

func (s *server) lessonResult(ctx context.Context, c *call, a auth.Actor, subject string) (lessonResult, error) {
	which, err := parseID(id.LessonAttempt, "attempt", strings.ToLower(subject))
	if err != nil {
		return lessonResult{}, err
	}
	n, err := s.Lessons.Result(ctx, a, c.programme(), which)
	if err != nil {
		return lessonResult{}, err
	}
	v := lessonResult{AttemptView: attemptOf(n.Attempt), Questions: []markedQuestion{}}
	for i := range n.Spec.Questions {
		q := &n.Spec.Questions[i]
		one := markedQuestion{Code: q.Code, Right: q.Right(n.Answers[q.Code]), Chosen: append([]string{}, n.Answers[q.Code]...), Correct: []string{}, Why: q.Why}
		for _, o := range q.Options {
			if o.Right {
				one.Correct = append(one.Correct, o.Code)
			}
		}
		v.Questions = append(v.Questions, one)
	}
	return v, nil
}
