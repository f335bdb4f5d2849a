package lesson

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
)

// TestALessonTakenElsewhere: a system where the staff learn asks and answers in
// their names, by its own permissions, and the audit trail says so.
func TestALessonTakenElsewhere(t *testing.T) {
	each(t, func(w *town) {
		ola, zoe := w.hires("Ola", auth.Till), w.hires("Zoe", auth.Till)
		l := w.teaches(tea())
		key := auth.Actor{Kind: auth.KindKey, ID: 7, ProgrammeID: w.g.ID, Scopes: []auth.Scope{"lessons:read", "lessons:write"}}
		quiz, err := w.OpenFor(w.Context(), key, w.g.ID, ola.ID, l.ID)
		w.ok(err)
		own, err := w.Open(w.Context(), ola, w.g.ID, l.ID)
		w.ok(err)
		if len(quiz.Questions) != 2 || quiz.Questions[0].Why != nil || quiz.Questions[0].Code != own.Questions[0].Code {
			w.Errorf("asked is %+v", quiz.Questions)
		}
		n, err := w.TakeFor(w.Context(), key, w.g.ID, ola.ID, l.ID, 1, right())
		w.ok(err)
		_, err = w.TakeFor(w.Context(), key, w.g.ID, ola.ID, l.ID, 2, right())
		w.refuses(err, "lesson_changed")
		w.stands(ola, Passed)
		w.stands(zoe, Due)
		tried, err := w.Attempts(w.Context(), key, w.g.ID, ola.ID, l.ID)
		w.ok(err)
		if len(tried) != 1 || tried[0].ID != n.ID || !tried[0].Passed || tried[0].StaffID != ola.ID {
			w.Errorf("kept is %+v", tried)
		}
		mine, err := w.Result(w.Context(), ola, w.g.ID, n.ID)
		w.ok(err)
		if mine.StaffID != ola.ID {
			w.Error("her result is not hers")
		}
		if list, err := w.StandingsOf(w.Context(), key, w.g.ID, zoe.ID); err != nil || len(list) != 1 || list[0].StaffID != zoe.ID {
			w.Errorf("Zoe stands %+v, %v", list, err)
		}
		trail, err := w.auth.Audit(w.Context(), boss, auth.AuditFilter{ProgrammeID: w.g.ID, Action: "lesson.take"})
		w.ok(err)
		if len(trail) != 1 || trail[0].Actor != key.String() || trail[0].Detail["staff"] != ola.ID.In(id.Staff) {
			w.Errorf("the trail says %+v", trail)
		}
		for _, stranger := range []id.ID{0, 5, w.g.ID} {
			_, err = w.TakeFor(w.Context(), key, w.g.ID, stranger, l.ID, 1, right())
			w.refuses(err, "unknown_staff")
			_, err = w.OpenFor(w.Context(), key, w.g.ID, stranger, l.ID)
			w.refuses(err, "unknown_staff")
		}
		reads := key
		reads.Scopes = []auth.Scope{"lessons:read"}
		if _, err = w.TakeFor(w.Context(), reads, w.g.ID, ola.ID, l.ID, 1, right()); err == nil {
			w.Error("who may read takes a lesson")
		}
		for _, who := range []auth.Actor{ola, {Kind: auth.KindKey, ID: 8, ProgrammeID: w.g.ID}} {
			if _, err = w.OpenFor(w.Context(), who, w.g.ID, zoe.ID, l.ID); err == nil {
				w.Errorf("%s sees Zoe's", who.Name)
			}
			if _, err = w.Attempts(w.Context(), who, w.g.ID, zoe.ID, l.ID); err == nil {
				w.Errorf("%s sees Zoe's attempts", who.Name)
			}
		}
	})
}
