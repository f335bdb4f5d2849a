package lesson

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

var boss = auth.System("test")

func en(text string) Words { return Words{"en": text} }

// tea is a lesson of two questions, one with several right answers.
func tea() Spec {
	return Spec{
		Titles: en("Brewing tea"), Text: en("Warm the pot first.\n\nBoiling water spoils green tea."), Pass: 100, Days: 90, Roles: []auth.Role{auth.Till, auth.Agent},
		Questions: []Question{
			{Code: "pot", Words: en("What comes first?"), Why: en("A cold pot cools the water."), Options: []Option{{Code: "warm", Words: en("Warm the pot"), Right: true}, {Code: "milk", Words: en("Milk")}}},
			{Code: "spoils", Words: en("What spoils tea?"), Options: []Option{{Code: "boiling", Words: en("Boiling water, if it is green"), Right: true}, {Code: "long", Words: en("Too long"), Right: true}, {Code: "pot", Words: en("A pot")}}},
		},
	}
}

func right() map[string][]string {
	return map[string][]string{"pot": {"warm"}, "spoils": {"long", "boiling"}}
}
func wrong() map[string][]string { return map[string][]string{"pot": {"milk"}, "spoils": {"long"}} }

// town is a programme with a shop, a clock that the test moves, and staff.
type town struct {
	*testing.T
	*Service
	auth  *auth.Service
	g     program.Programme
	shop  id.ID
	clock time.Time
	heard *heard
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &town{T: t, clock: dbtest.Start}
		now := func() time.Time { return w.clock }
		w.heard = &heard{}
		w.Service = New(Config{DB: d, Now: now, Complaints: w.heard})
		w.auth = auth.New(d, auth.Config{Now: now, Log: slog.New(slog.DiscardHandler), Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
		var err error
		w.g, err = program.New(d).Create(w.Context(), boss, program.Programme{
			Slug: "bean", Name: "Bean", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
		})
		w.ok(err)
		shop, err := program.New(d).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.g.ID, Code: "soho", Name: "Soho"})
		w.ok(err)
		w.shop = shop.ID
		fn(w)
	}, jobs.Schema, auth.Schema, program.Schema, Schema)
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

func (w *town) hires(name string, role auth.Role) auth.Actor {
	w.Helper()
	s, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.g.ID, Role: role}}})
	w.ok(err)
	return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: name, Roles: []auth.Assignment{{ProgrammeID: w.g.ID, Role: role}}}
}

// works lets somebody have had a shift at the shop.
func (w *town) works(who auth.Actor) {
	w.Helper()
	w.exec(`INSERT INTO till_device (id, programme_id, shop_id, number, name, secret, code_until) VALUES (1, $1, $2, 1, 'Till', 'x', 0)`, w.g.ID, w.shop)
	w.exec(`INSERT INTO till_shift (id, device_id, staff_id, opened, seen) VALUES (1, 1, $1, 1, 1)`, who.ID)
}

func (w *town) exec(text string, args ...any) {
	w.Helper()
	w.ok(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), text, args...)
		return err
	}))
}

// teaches publishes a lesson.
func (w *town) teaches(s Spec) *Lesson {
	w.Helper()
	n, err := w.Save(w.Context(), boss, w.g.ID, 0, 0, s)
	w.ok(err)
	n, err = w.Publish(w.Context(), boss, w.g.ID, n.ID)
	w.ok(err)
	return n
}

// stands says how somebody stands with their only lesson.
func (w *town) stands(a auth.Actor, want State) Standing {
	w.Helper()
	list, err := w.Mine(w.Context(), a, w.g.ID)
	w.ok(err)
	if len(list) != 1 || list[0].State != want {
		w.Fatalf("%s stands %+v, want %s", a.Name, list, want)
	}
	return list[0]
}

func (w *town) sound(want string) {
	w.Helper()
	var found []string
	w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(context.WithoutCancel(w.Context()), q, w.g.ID, func(what string) { found = append(found, what) })
	}))
	if got := strings.Join(found, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
		w.Errorf("the check finds %q, want %q", got, want)
	}
}

// TestALessonFromDueToRenewal goes the whole way.
func TestALessonFromDueToRenewal(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Till)
		l := w.teaches(tea())
		w.stands(ola, Due)
		w.clock = w.clock.AddDate(0, 0, graceDays)
		w.stands(ola, Overdue)
		_, err := w.Take(w.Context(), ola, w.g.ID, l.ID, 1, map[string][]string{"pot": {"warm"}})
		w.refuses(err, "lesson_unanswered")
		_, err = w.Take(w.Context(), ola, w.g.ID, l.ID, 1, map[string][]string{"pot": {"sugar"}, "spoils": {"long"}})
		w.refuses(err, "lesson_answer")
		n, err := w.Take(w.Context(), ola, w.g.ID, l.ID, 1, wrong())
		w.ok(err)
		if n.Passed || n.Score != 0 || !n.Expires.IsZero() {
			w.Errorf("wrong answers make %+v", n)
		}
		n, err = w.Take(w.Context(), ola, w.g.ID, l.ID, 1, right())
		w.ok(err)
		if !n.Passed || n.Score != 10_000 || !n.Expires.Equal(w.clock.AddDate(0, 0, 90)) {
			w.Errorf("right answers make %+v", n)
		}
		if s := w.stands(ola, Passed); s.Tries != 2 || s.Last.ID != n.ID {
			w.Errorf("she stands %+v", s)
		}
		marked, err := w.Result(w.Context(), ola, w.g.ID, n.ID)
		w.ok(err)
		if marked.Spec.Questions[0].Why.In("en") == "" {
			w.Error("nothing explains the answer")
		}
		w.clock = n.Expires.AddDate(0, 0, -soonDays)
		w.stands(ola, Soon)
		w.clock = n.Expires
		w.stands(ola, Overdue)
		w.sound("")
		w.exec(`UPDATE lesson_attempt SET passed = FALSE WHERE programme_id = $1 AND id = $2`, w.g.ID, n.ID)
		w.sound("other marks than its answers")
	})
}

// TestWhoComesLaterHasTheirTime: somebody who came long after a lesson was published
// is not late on the first day.
func TestWhoComesLaterHasTheirTime(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Till)
		came := ola.ID.Time()
		w.clock = came.AddDate(0, -3, 0)
		w.teaches(tea())
		w.clock = came
		if s := w.stands(ola, Due); !s.By.Equal(came.AddDate(0, 0, graceDays)) {
			w.Errorf("she came on %v and has until %v", came, s.By)
		}
		w.clock = w.clock.AddDate(0, 0, graceDays+1)
		w.stands(ola, Overdue)
	})
}

// TestANewVersionIsTakenAnew, and quizzes of the one before are not marked.
func TestANewVersionIsTakenAnew(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Till)
		l := w.teaches(tea())
		_, err := w.Take(w.Context(), ola, w.g.ID, l.ID, 1, right())
		w.ok(err)
		w.stands(ola, Passed)
		next := tea()
		next.Text = en("Warm the pot, always.")
		_, err = w.Save(w.Context(), boss, w.g.ID, l.ID, 99, next)
		w.refuses(err, "lesson_changed")
		_, err = w.Save(w.Context(), boss, w.g.ID, l.ID, 0, next)
		w.ok(err)
		w.stands(ola, Passed)
		_, err = w.Publish(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		w.stands(ola, Due)
		_, err = w.Take(w.Context(), ola, w.g.ID, l.ID, 1, right())
		w.refuses(err, "lesson_changed")
		_, err = w.Publish(w.Context(), boss, w.g.ID, l.ID)
		w.refuses(err, "lesson_no_draft")
		_, err = w.Retire(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		if list, err := w.Mine(w.Context(), ola, w.g.ID); err != nil || len(list) != 0 {
			w.Errorf("of what is retired she owes %v: %v", list, err)
		}
		_, err = w.Open(w.Context(), ola, w.g.ID, l.ID)
		w.refuses(err, "unknown_lesson")
	})
}

// TestWhoMustLearn: by role and by shop; staff see their own alone.
func TestWhoMustLearn(t *testing.T) {
	each(t, func(w *town) {
		ola, jan, eva := w.hires("Ola", auth.Till), w.hires("Jan", auth.Till), w.hires("Eva", auth.Marketer)
		w.works(ola)
		s := tea()
		s.Shops = []id.ID{w.shop}
		l := w.teaches(s)
		w.stands(ola, Due)
		for _, a := range []auth.Actor{jan, eva} {
			if list, err := w.Mine(w.Context(), a, w.g.ID); err != nil || len(list) != 0 {
				w.Errorf("%s owes %v: %v", a.Name, list, err)
			}
		}
		all, err := w.Standings(w.Context(), boss, w.g.ID)
		w.ok(err)
		if len(all) != 1 || all[0].Name != "Ola" || !cmp.Equal(all[0].Shops, []id.ID{w.shop}) {
			w.Errorf("all stand %+v", all)
		}
		n, err := w.Take(w.Context(), jan, w.g.ID, l.ID, 1, right()) // of his own will
		w.ok(err)
		_, err = w.Result(w.Context(), ola, w.g.ID, n.ID)
		w.refuses(err, "unknown_attempt")
		_, err = w.Result(w.Context(), w.hires("Max", auth.Manager), w.g.ID, n.ID)
		w.ok(err)
		for _, err := range []error{second(w.Standings(w.Context(), ola, w.g.ID)), second(w.List(w.Context(), ola, w.g.ID)), second(w.Save(w.Context(), eva, w.g.ID, 0, 0, tea()))} {
			w.refuses(err, "not_permitted")
		}
		_, err = w.Take(w.Context(), auth.Actor{Kind: auth.KindKey, ID: 5}, w.g.ID, l.ID, 1, right())
		w.refuses(err, "lesson_not_staff")
		s.Shops = []id.ID{5}
		_, err = w.Save(w.Context(), boss, w.g.ID, 0, 0, s)
		w.refuses(err, "lesson_shop")
	})
}

func second[T any](_ T, err error) error { return err }

// TestTheQuizTellsNothing: what is right is nowhere in what is asked, and the
// order is anybody's own and another after each attempt.
func TestTheQuizTellsNothing(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Till)
		s := tea()
		for i := range 8 {
			q := s.Questions[0]
			q.Code = string(rune('a' + i))
			s.Questions = append(s.Questions, q)
		}
		l := w.teaches(s)
		order := func() (codes []string) {
			n, err := w.Open(w.Context(), ola, w.g.ID, l.ID)
			w.ok(err)
			for _, q := range n.Questions {
				if q.Why != nil || q.Code != "spoils" && q.Options[0].Right || q.Code == "spoils" != q.Multiple() {
					w.Errorf("the quiz tells %+v", q)
				}
				codes = append(codes, q.Code)
			}
			return codes
		}
		first := order()
		if again := order(); !cmp.Equal(first, again) {
			w.Error("the order changes while it is answered")
		}
		answers := map[string][]string{}
		for _, q := range l.Spec.Questions {
			answers[q.Code] = []string{q.Options[0].Code}
		}
		_, err := w.Take(w.Context(), ola, w.g.ID, l.ID, 1, answers)
		w.ok(err)
		if again := order(); cmp.Equal(first, again) {
			w.Error("the order is the same after an attempt")
		}
	})
}

// TestHardestQuestions counts the first attempt of each, and shows nothing under
// ten.
func TestHardestQuestions(t *testing.T) {
	each(t, func(w *town) {
		l := w.teaches(tea())
		for i := range LeastAnswers {
			if list, err := w.Hardest(w.Context(), boss, w.g.ID, l.ID); err != nil || list[0].Shown {
				w.Errorf("after %d it shows %+v: %v", i, list[0], err)
			}
			a := w.hires(string(rune('a'+i)), auth.Till)
			answers := right()
			if i < 4 {
				answers["spoils"] = []string{"long"}
			}
			for range 2 { // the second does not count
				_, err := w.Take(w.Context(), a, w.g.ID, l.ID, 1, answers)
				w.ok(err)
			}
		}
		list, err := w.Hardest(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		if h := list[0]; h.Question.Code != "spoils" || h.Right != 6 || h.N != 10 || !h.Shown || h.Share.Low > 0.32 || h.Share.High < 0.82 {
			w.Errorf("the hardest is %+v", h)
		}
	})
}

// TestMarks: whatever is chosen, all right is the most, and each question is all
// or nothing.
func TestMarks(t *testing.T) {
	s := tea()
	rapid.Check(t, func(t *rapid.T) {
		answers := map[string][]string{
			"pot": rapid.SliceOf(rapid.SampledFrom([]string{"warm", "milk"})).Draw(t, "pot"), "spoils": rapid.SliceOf(rapid.SampledFrom([]string{"boiling", "long", "pot"})).Draw(t, "spoils"),
		}
		score, passed := s.Marks(answers)
		if score != 0 && score != 5_000 && score != 10_000 || passed != (score == 10_000) {
			t.Fatalf("%v makes %d, passed %v", answers, score, passed)
		}
	})
	if score, passed := s.Marks(right()); score != 10_000 || !passed {
		t.Errorf("right answers make %d", score)
	}
	s.Pass = 50
	if _, passed := s.Marks(map[string][]string{"pot": {"warm"}}); !passed {
		t.Error("half is not enough for half")
	}
}

func TestSpecsAreRefused(t *testing.T) {
	for want, change := range map[string]func(*Spec){
		"lesson_words":     func(s *Spec) { s.Text = Words{"pl": "Herbata"} },
		"lesson_lang":      func(s *Spec) { s.Titles["de"] = "Tee" },
		"lesson_questions": func(s *Spec) { s.Questions = nil },
		"lesson_pass":      func(s *Spec) { s.Pass = 101 },
		"lesson_days":      func(s *Spec) { s.Days = -1 },
		"lesson_nobody":    func(s *Spec) { s.Roles = nil },
		"lesson_role":      func(s *Spec) { s.Roles = []auth.Role{"king"} },
		"lesson_code":      func(s *Spec) { s.Questions[1].Code = "pot" },
		"lesson_options":   func(s *Spec) { s.Questions[0].Options = s.Questions[0].Options[:1] },
		"lesson_right":     func(s *Spec) { s.Questions[0].Options[0].Right = false },
		"lesson_text_long": func(s *Spec) { s.Questions[0].Words = en(strings.Repeat("ł", 501)) },
	} {
		s := tea()
		change(&s)
		if f := fault.As(s.Check("en")); f == nil || f.Code != want {
			t.Errorf("got %v, want %s", f, want)
		}
	}
}

// TestLessonsAreExported with their attempts.
func TestLessonsAreExported(t *testing.T) {
	each(t, func(w *town) {
		l := w.teaches(tea())
		_, err := w.Take(w.Context(), w.hires("Ola", auth.Till), w.g.ID, l.ID, 1, right())
		w.ok(err)
		var tables []string
		w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
			tables = nil
			return Room().Dump(w.Context(), q, w.g.ID, func(table string, record any) error {
				tables = append(tables, table)
				_, err := json.Marshal(record)
				return err
			})
		}))
		if !cmp.Equal(tables, Room().Tables()) {
			w.Errorf("exported are %v", tables)
		}
	})
}
