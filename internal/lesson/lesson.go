package lesson

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "lesson", Files: files}

func column(kind db.Kind, name string) db.Column { return db.Column{Name: name, Kind: kind} }

var (
	lessonTable = db.NewTable("lesson", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Text, "draft"), column(db.Int, "version"),
		column(db.Int, "edit"), column(db.Int, "retired"), column(db.Int, "made"))
	versionTable = db.NewTable("lesson_version", []string{"programme_id", "lesson_id", "version"}, column(db.Int, "programme_id"), column(db.Int, "lesson_id"), column(db.Int, "version"),
		column(db.Text, "spec"), column(db.Int, "published"))
	attemptTable = db.NewTable("lesson_attempt", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Int, "lesson_id"), column(db.Int, "version"),
		column(db.Int, "staff_id"), column(db.Text, "answers"), column(db.Int, "score"), column(db.Bool, "passed"), column(db.Int, "at"), column(db.Int, "expires"))
)

// Config is what a service needs.
type Config struct {
	DB  *db.DB
	Now func() time.Time
	// Complaints say what lessons could be about.
	Complaints Complaints
}

// Service is what can be done with lessons.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Lesson is what staff learn: the version that is in force, and the draft of the
// next.
type Lesson struct {
	ID, ProgrammeID id.ID
	// Version is the latest that was published, 0 for none, Spec what it says and
	// Published since when.
	Version   int64
	Spec      Spec
	Published time.Time
	// Draft is what a manager works on, nil for nothing.
	Draft         *Spec
	Edit          int64
	Retired, Made time.Time
}

// Shown is what there is to show: the version in force, else the draft.
func (n *Lesson) Shown() *Spec {
	if n.Version == 0 && n.Draft != nil {
		return n.Draft
	}
	return &n.Spec
}

// Open reports whether staff can take it.
func (n *Lesson) Open() bool { return n.Version > 0 && n.Retired.IsZero() }

// UnknownLesson is the fault of an id that is no lesson's: "unknown_lesson".
func UnknownLesson(n id.ID) *fault.Error {
	return fault.Missing("unknown_lesson", "the programme has no lesson %s", n.In(id.Lesson)).With("lesson", n.In(id.Lesson))
}

func unpacked(text string, into any) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("unpacking what is kept: %w", err)
	}
	return nil
}

func packed(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("packing what is kept: %w", err)
	}
	return string(b), nil
}

func selectLessons(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Lesson, error) {
	rows, err := q.Query(ctx, `SELECT l.programme_id, l.id, l.draft, l.version, l.edit, l.retired, l.made, COALESCE(v.spec, ''), COALESCE(v.published, 0) FROM lesson AS l
		LEFT JOIN lesson_version AS v ON v.programme_id = l.programme_id AND v.lesson_id = l.id AND v.version = l.version WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Lesson, error) {
		n := &Lesson{}
		var retired, made, published int64
		var draft, spec string
		err := r.Scan(&n.ProgrammeID, &n.ID, &draft, &n.Version, &n.Edit, &retired, &made, &spec, &published)
		n.Retired, n.Made, n.Published = db.Time(retired), db.Time(made), db.Time(published)
		if err == nil && draft != "" {
			n.Draft = &Spec{}
			err = unpacked(draft, n.Draft)
		}
		if err == nil && spec != "" {
			err = unpacked(spec, &n.Spec)
		}
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading lessons: %w", err)
	}
	return list, nil
}

func loadLesson(ctx context.Context, q db.Queryer, programme, which id.ID) (*Lesson, error) {
	list, err := selectLessons(ctx, q, `l.programme_id = $1 AND l.id = $2`, programme, which)
	if err == nil && len(list) == 0 {
		err = UnknownLesson(which)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// List returns the lessons, the latest first. It needs lessons.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Lesson, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	return selectLessons(ctx, s.DB.Reader(), `l.programme_id = $1 ORDER BY l.id DESC`, programme)
}

// Get returns a lesson. It needs lessons.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, which id.ID) (*Lesson, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	return loadLesson(ctx, s.DB.Reader(), programme, which)
}

// keep runs a verb on a lesson, a new one where which is 0; edit is the count of
// the changes that were looked at, 0 for whatever there is.
func (s *Service) keep(ctx context.Context, a auth.Actor, programme, which id.ID, edit int64, action string, fn func(tx *db.Tx, p *program.Programme, n *Lesson) error) (*Lesson, error) {
	if err := a.Can(programme, auth.LessonsWrite); err != nil {
		return nil, err
	}
	var n *Lesson
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		n = &Lesson{ProgrammeID: programme, Made: s.clock()}
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := program.Touch(ctx, tx, programme); err != nil { // one at a time
			return err
		}
		if which != 0 {
			if n, err = loadLesson(ctx, tx, programme, which); err != nil {
				return err
			}
		}
		if edit != 0 && edit != n.Edit {
			return fault.Conflict("lesson_changed", "somebody changed this lesson meanwhile; look at it again")
		}
		if !n.Retired.IsZero() {
			return fault.Conflict("lesson_retired", "the lesson is no longer in use")
		}
		if n.ID == 0 {
			n.ID = tx.IDs().New()
		}
		if err := fn(tx, &p, n); err != nil {
			return err
		}
		n.Edit++
		draft := ""
		if n.Draft != nil {
			if draft, err = packed(n.Draft); err != nil {
				return err
			}
		}
		if err := tx.Upsert(ctx, lessonTable, [][]any{{programme, n.ID, draft, n.Version, n.Edit, db.Micros(n.Retired), db.Micros(n.Made)}}); err != nil {
			return fmt.Errorf("writing a lesson: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: n.ID.In(id.Lesson), Detail: map[string]any{"version": n.Version}})
	})
	return n, err
}

// Save writes the draft of a lesson, a new one where which is 0. It needs
// lessons.write.
func (s *Service) Save(ctx context.Context, a auth.Actor, programme, which id.ID, edit int64, spec Spec) (*Lesson, error) {
	spec.tidy()
	return s.keep(ctx, a, programme, which, edit, "lesson.save", func(tx *db.Tx, p *program.Programme, n *Lesson) error {
		lang := "en"
		if len(p.Languages) > 0 {
			lang = p.Languages[0]
		}
		if err := s.checkCause(ctx, tx, n, spec.Cause); err != nil {
			return err
		}
		n.Draft = &spec
		if err := spec.Check(lang); err != nil {
			return err
		}
		shops, err := program.Shops(ctx, tx, programme)
		for i, n := range spec.Shops {
			if !slices.ContainsFunc(shops, func(o program.Shop) bool { return o.ID == n }) {
				return fault.Invalid("lesson_shop", "the programme has no such shop").At(fmt.Sprintf("/shops/%d", i))
			}
		}
		return err
	})
}

// Publish puts the draft in force as the next version: whoever passed one before
// takes it anew. It needs lessons.write.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, which id.ID) (*Lesson, error) {
	return s.keep(ctx, a, programme, which, 0, "lesson.publish", func(tx *db.Tx, _ *program.Programme, n *Lesson) error {
		if n.Draft == nil {
			return fault.Conflict("lesson_no_draft", "there is no draft to publish")
		}
		text, err := packed(n.Draft)
		if err != nil {
			return err
		}
		n.Spec, n.Draft, n.Version, n.Published = *n.Draft, nil, n.Version+1, s.clock()
		if err := tx.Insert(ctx, versionTable, [][]any{{programme, which, n.Version, text, db.Micros(n.Published)}}); err != nil {
			return fmt.Errorf("publishing a lesson: %w", err)
		}
		return nil
	})
}

// Retire takes a lesson out of use; certificates stay. It needs lessons.write.
func (s *Service) Retire(ctx context.Context, a auth.Actor, programme, which id.ID) (*Lesson, error) {
	return s.keep(ctx, a, programme, which, 0, "lesson.retire", func(_ *db.Tx, _ *program.Programme, n *Lesson) error {
		n.Retired = s.clock()
		return nil
	})
}

func versionsOf(ctx context.Context, q db.Queryer, programme id.ID) ([]versionRecord, error) {
	rows, err := q.Query(ctx, `SELECT lesson_id, version, spec, published FROM lesson_version WHERE programme_id = $1 ORDER BY lesson_id, version`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n versionRecord, err error) {
		var spec string
		var at int64
		if err := r.Scan(&n.lesson, &n.Version, &spec, &at); err != nil {
			return n, err
		}
		n.Lesson, n.Published, n.Spec = n.lesson.In(id.Lesson), db.Time(at), &Spec{}
		return n, unpacked(spec, n.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the versions of lessons: %w", err)
	}
	return list, nil
}
