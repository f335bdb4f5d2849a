package lesson

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "lessons" }

// Erase has nothing to forget: lessons are for staff, and hold nothing of members.
func (room) Erase(context.Context, *db.Tx, id.ID, []id.ID) error { return nil }

// Export returns nothing: lessons are for staff.
func (room) Export(context.Context, db.Queryer, id.ID, []id.ID) (any, error) { return nil, nil }

// Check notes attempts whose marks are not what their answers come to, and
// certificates that end at another time than their version says.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	versions, err := versionsOf(ctx, q, programme)
	if err != nil {
		return err
	}
	specs := map[[2]int64]*Spec{}
	for i := range versions {
		specs[[2]int64{int64(versions[i].lesson), versions[i].Version}] = versions[i].Spec
	}
	list, err := selectAttempts(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	for _, n := range list {
		name, spec := n.ID.In(id.LessonAttempt), specs[[2]int64{int64(n.LessonID), n.Version}]
		if spec == nil {
			note(name + " is of a version that there is not")
			continue
		}
		if score, passed := spec.Marks(n.Answers); score != n.Score || passed != n.Passed {
			note(name + " has other marks than its answers come to")
		}
		ends := time.Time{}
		if n.Passed && spec.Days > 0 {
			ends = n.At.AddDate(0, 0, spec.Days)
		}
		if !ends.Equal(n.Expires) {
			note(name + " ends at another time than its version says")
		}
	}
	return err
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"lessons", "lesson_attempts"} }

type versionRecord struct {
	Lesson    string    `json:"lesson"`
	Version   int64     `json:"version"`
	Published time.Time `json:"published"`
	Spec      *Spec     `json:"spec"`

	lesson id.ID
}

type attemptRecord struct {
	Attempt string              `json:"attempt"`
	Lesson  string              `json:"lesson"`
	Version int64               `json:"version"`
	Staff   string              `json:"staff"`
	At      time.Time           `json:"at"`
	Answers map[string][]string `json:"answers"`
	Score   int64               `json:"score"`
	Passed  bool                `json:"passed"`
	Expires *time.Time          `json:"expires,omitempty"`
}

// Dump gives lessons in every version, and attempts.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	versions, err := versionsOf(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, n := range versions {
		if err := to("lessons", n); err != nil {
			return err
		}
	}
	list, err := selectAttempts(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	for _, n := range list {
		r := attemptRecord{n.ID.In(id.LessonAttempt), n.LessonID.In(id.Lesson), n.Version, n.StaffID.In(id.Staff), n.At, n.Answers, n.Score, n.Passed, nil}
		if !n.Expires.IsZero() {
			r.Expires = &n.Expires
		}
		if err := to("lesson_attempts", r); err != nil {
			return err
		}
	}
	return err
}
