package console

import (
	"net/http"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/lesson"
)

const lessonsAt = "/p/bean/lessons"

// taught publishes a lesson for tills and owners.
func (w *town) taught() *lesson.Lesson {
	w.t.Helper()
	n, err := w.console.Lessons.Save(ctx, system, w.programme.ID, 0, 0, lesson.Spec{
		Titles: lesson.Words{"en": "Brewing tea", "ru": "Как заваривать чай: " + longWord}, Text: lesson.Words{"en": "Warm the pot first.\n\nBoiling water spoils green tea.", "ru": "Сначала прогрейте чайник."}, Pass: 100, Days: 90, Roles: []auth.Role{auth.Till, auth.Owner},
		Questions: []lesson.Question{
			{Code: "pot", Words: lesson.Words{"en": "What comes first?", "ru": "Что сначала?"}, Why: lesson.Words{"en": "A cold pot cools the water."}, Options: []lesson.Option{{Code: "warm", Words: lesson.Words{"en": "Warm the <pot>"}, Right: true}, {Code: "milk", Words: lesson.Words{"en": "Milk"}}}},
			{Code: "spoils", Words: lesson.Words{"en": "What spoils tea?"}, Options: []lesson.Option{{Code: "boiling", Words: lesson.Words{"en": "Boiling water"}, Right: true}, {Code: "long", Words: lesson.Words{"en": "Too long"}, Right: true}, {Code: "cup", Words: lesson.Words{"en": "A cup"}}}},
		},
	})
	check(w.t, err)
	n, err = w.console.Lessons.Publish(ctx, system, w.programme.ID, n.ID)
	check(w.t, err)
	return n
}

func TestALessonIsWrittenByItsForm(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(lessonsAt+"/all").is(t, 200).shows(t, "No lesson yet")
	b.post(lessonsAt+"/all", "title", "").is(t, http.StatusUnprocessableEntity)
	b.post(lessonsAt+"/all", "title", "Returns").is(t, 200).shows(t, "Edit the lesson", "* The right answer")
	list, err := w.console.Lessons.List(ctx, system, w.programme.ID)
	check(t, err)
	one := lessonsAt + "/" + list[0].ID.In(id.Lesson)
	form := []string{
		"edit", "1", "title_en", "Returns", "text_en", "Be kind.", "pass", "80", "days", "0", "roles", "till",
		"words_0_en", "When?", "options_0_en", "* Within 14 days\nNever\n", "options_0_pl", "W ciągu 14 dni\nNigdy", "why_0_en", "It is the law.",
		"words_1_en", "How?", "options_1_en", "* Kindly\n* At once\nSlowly",
	}
	b.post(one+"/edit", append([]string{"options_1_en", "Kindly\nSlowly"}, form...)...).is(t, http.StatusUnprocessableEntity).shows(t, "At least one answer is right")
	b.post(one+"/edit", form...).is(t, 200).shows(t, "Saved.", "Be kind.")
	b.post(one+"/edit", form...).is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed this lesson")
	b.post(one+"/publish").is(t, 200).shows(t, "The lesson is in force")
	n, err := w.console.Lessons.Get(ctx, system, w.programme.ID, list[0].ID)
	check(t, err)
	if q := n.Spec.Questions; len(q) != 2 || q[0].Multiple() || !q[1].Multiple() || q[0].Options[0].Words["pl"] != "W ciągu 14 dni" || n.Spec.Roles[0] != auth.Till {
		t.Errorf("in force is %+v", n.Spec)
	}
	b.post(one+"/retire").is(t, 200).shows(t, "out of use")
}

func TestStaffTakeTheirLessons(t *testing.T) {
	w := newTown(t)
	l := w.taught()
	b := w.as(auth.Till)
	b.get(lessonsAt).is(t, 200).shows(t, "Brewing tea", "to be taken", "1 lesson to take, the first by").hides(t, "All lessons")
	one := lessonsAt + "/" + l.ID.In(id.Lesson)
	b.get(one+"/read").is(t, 200).shows(t, "Warm the pot first.", "2 questions follow; 100% must be right")
	b.get(one+"/quiz").is(t, 200).shows(t, "What comes first?", "Several are right.").hides(t, "A cold pot cools the water")
	b.post(one+"/quiz", "version", "1", "q_pot", "warm").is(t, http.StatusUnprocessableEntity).shows(t, "Choose an answer")
	b.post(one+"/quiz", "version", "1", "q_pot", "milk", "q_spoils", "long").is(t, 200).shows(t, "Not passed yet", "Right would be: Warm the <pot>", "A cold pot cools the water")
	b.post(one+"/quiz", "version", "7", "q_pot", "warm", "q_spoils", "long").is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed this lesson")
	b.get(lessonsAt+"/all").is(t, http.StatusForbidden)
	b.get(one).is(t, http.StatusForbidden)
	owner := w.as(auth.Owner)
	staff, err := w.console.Auth.ListStaff(ctx, system, w.programme.ID)
	check(t, err)
	for _, s := range staff {
		a := s.Actor()
		_, err := w.console.Lessons.Take(ctx, a, w.programme.ID, l.ID, 1, map[string][]string{"pot": {"warm"}, "spoils": {"long", "boiling"}})
		check(t, err)
	}
	b.get(lessonsAt).is(t, 200).shows(t, "You have passed your lesson.")
	mine, err := w.console.Lessons.Standings(ctx, system, w.programme.ID)
	check(t, err)
	for _, n := range mine {
		path := one + "/attempts/" + n.Last.ID.In(id.LessonAttempt)
		owner.get(path).is(t, 200).shows(t, "Certificate", n.Name+" passed “Brewing tea”", "It holds until")
		if n.StaffID == w.owner.ID {
			b.get(path).is(t, http.StatusNotFound)
		}
	}
	owner.get(one).is(t, 200).shows(t, "Hardest questions", "too few")
	owner.get(lessonsAt+"/staff").is(t, 200).shows(t, "none is overdue")
	w.as(auth.Marketer).get(lessonsAt).is(t, 200).shows(t, "Nothing to learn")
}

// complained opens complaints of a cause, each with an order of its own.
func (w *town) complained(n int, cause string) {
	w.t.Helper()
	for range n {
		o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, Source: complaint.FromWeb, Text: "Not good."})
		check(w.t, err)
		_, err = w.console.Complaints.Judge(ctx, system, w.programme.ID, o.ID, complaint.Judgement{Cause: cause})
		check(w.t, err)
	}
}

// followed lets the lesson be about a cause and 20 days old, with complaints and
// orders on both sides.
func (w *town) followed(cause string) {
	w.t.Helper()
	w.complained(9, cause)
	w.complained(1, "")
	const days = 24 * time.Hour
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		for _, change := range []struct {
			text string
			back time.Duration
		}{
			{`UPDATE lesson_version SET spec = REPLACE(spec, '"roles"', '"cause":"` + cause + `","roles"'), published = published - $1`, 20 * days},
			{`UPDATE complaint_case SET opened = opened - $1 WHERE cause <> 'process'`, 30 * days},
		} {
			if _, err := tx.Exec(ctx, change.text, change.back.Microseconds()); err != nil {
				return err
			}
		}
		return nil
	}))
	w.complained(3, cause)
	check(w.t, w.console.DB.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE complaint_case SET opened = opened - $1 WHERE cause = '`+cause+`' AND opened > $2`, (10 * days).Microseconds(), db.Micros(noon.Add(-days)))
		return err
	}))
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	for _, ago := range []int{35, 30, 25, 22, 18, 12, 6, 3} {
		w.buy(anna, ago, tea(20))
	}
}

// TestALessonShowsWhatFollowed in figures.
func TestALessonShowsWhatFollowed(t *testing.T) {
	w := newTown(t)
	l := w.taught()
	w.followed("training")
	w.as(auth.Owner).get(lessonsAt+"/"+l.ID.In(id.Lesson)).is(t, 200).shows(t,
		"there were 2,250.0 such complaints in the 20 days before the lesson and 750.0 in the 20 days after", "2,250.0 (1,028.8 to 4,271.2)",
		"0 of 1 who must take it", "Preliminary: 12 complaints", "1 before, 0 after", "no proof")
}

// TestALessonIsWrittenAboutWhatIsComplainedOf goes from the suggestion to what
// followed.
func TestALessonIsWrittenAboutWhatIsComplainedOf(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(lessonsAt+"/all").is(t, 200).shows(t, "Lessons that complaints ask for", "0 complaints in all", "Every cause that customers complained of has its lesson")
	w.complained(6, "training")
	w.complained(2, "process")
	w.complained(1, "other")
	b.get(lessonsAt+"/all").is(t, 200).shows(t, "9 complaints in all", "training", "67", "too few (6)", "Write a lesson about this").hides(t, "other")
	b.post(lessonsAt+"/all", "cause", "moon").is(t, http.StatusUnprocessableEntity).shows(t, "no such cause")
	b.post(lessonsAt+"/all", "cause", "training").is(t, 200).holds(t, `value="Fewer complaints: training"`, `<option value="training" selected`)
	list, err := w.console.Lessons.List(ctx, system, w.programme.ID)
	check(t, err)
	one := lessonsAt + "/" + list[0].ID.In(id.Lesson)
	b.get(lessonsAt+"/all").is(t, 200).shows(t, "process").hides(t, "67")
	b.get(one).is(t, 200).hides(t, "What followed")
	b.post(one+"/publish").is(t, 200).shows(t, "What followed", "not a day old", "0 of 0 who must take it", "no proof that the lesson did it")
	w.as(auth.Marketer).get(lessonsAt+"/all").is(t, http.StatusForbidden)
}

// TestLessonsInTheBrowser opens every page on a phone and on a desk.
func TestLessonsInTheBrowser(t *testing.T) {
	w := newTown(t)
	l := w.taught()
	n, err := w.console.Lessons.Take(ctx, w.owner.Actor(), w.programme.ID, l.ID, 1, map[string][]string{"pot": {"warm"}, "spoils": {"long"}})
	check(t, err)
	one := lessonsAt + "/" + l.ID.In(id.Lesson)
	w.complained(11, "process")
	w.followed("training")
	walk(t, browse(t, w.console.Handler()), map[string]string{
		"lessons-mine": lessonsAt, "lessons-all": lessonsAt + "/all", "lessons-staff": lessonsAt + "/staff", "lesson": one, "lesson-edit": one + "/edit",
		"lesson-read": one + "/read", "lesson-quiz": one + "/quiz", "lesson-attempt": one + "/attempts/" + n.ID.In(id.LessonAttempt),
	})
}
