package lesson

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Attempt is one time that somebody answered a quiz. One that passed is their
// certificate.
type Attempt struct {
	ID, ProgrammeID, LessonID id.ID
	Version                   int64
	StaffID                   id.ID
	Answers                   map[string][]string
	// Score is the share of right questions, per 10,000.
	Score  int64
	Passed bool
	At     time.Time
	// Expires is when the certificate ends, zero for never, and for what is none.
	Expires time.Time
}

func selectAttempts(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Attempt, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, lesson_id, version, staff_id, answers, score, passed, at, expires FROM lesson_attempt WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Attempt, error) {
		n := &Attempt{}
		var answers string
		var at, expires int64
		if err := r.Scan(&n.ProgrammeID, &n.ID, &n.LessonID, &n.Version, &n.StaffID, &answers, &n.Score, &n.Passed, &at, &expires); err != nil {
			return nil, err
		}
		n.At, n.Expires = db.Time(at), db.Time(expires)
		return n, unpacked(answers, &n.Answers)
	})
	if err != nil {
		return nil, fmt.Errorf("reading attempts: %w", err)
	}
	return list, nil
}

// belongs refuses who is not of the staff of the programme.
func belongs(a auth.Actor, programme id.ID) error {
	mine := func(r auth.Assignment) bool { return r.ProgrammeID == 0 || r.ProgrammeID == programme }
	if a.Kind != auth.KindStaff || !slices.ContainsFunc(a.Roles, mine) {
		return fault.Refused("lesson_not_staff", "lessons are for the staff of the programme")
	}
	return nil
}

// Quiz is a lesson as somebody of the staff takes it: the questions in an order of
// their own, without what is right.
type Quiz struct {
	*Lesson
	Questions []Question
	// Attempts are theirs, the latest first.
	Attempts []*Attempt
}

// Open returns a lesson to somebody of the staff, with their attempts. The order
// of questions and options is shuffled by who asks and how often they tried.
func (s *Service) Open(ctx context.Context, a auth.Actor, programme, which id.ID) (*Quiz, error) {
	if err := belongs(a, programme); err != nil {
		return nil, err
	}
	return s.open(ctx, programme, which, a.ID, anybody)
}

// anybody lets in whoever is known to be of the staff.
func anybody(context.Context, db.Queryer) error { return nil }

func (s *Service) open(ctx context.Context, programme, which, staff id.ID, lets func(context.Context, db.Queryer) error) (*Quiz, error) {
	var n *Quiz
	err := s.DB.View(ctx, func(q db.Queryer) error {
		if err := lets(ctx, q); err != nil {
			return err
		}
		l, err := loadLesson(ctx, q, programme, which)
		if err != nil {
			return err
		}
		if !l.Open() {
			return UnknownLesson(which)
		}
		n = &Quiz{Lesson: l}
		if n.Attempts, err = attemptsOf(ctx, q, programme, which, staff); err != nil {
			return err
		}
		n.Questions = veiled(l.Spec.Shuffled(seed(which, staff, len(n.Attempts))))
		return nil
	})
	return n, err
}

func attemptsOf(ctx context.Context, q db.Queryer, programme, which, staff id.ID) ([]*Attempt, error) {
	return selectAttempts(ctx, q, `programme_id = $1 AND staff_id = $2 AND lesson_id = $3 ORDER BY id DESC`, programme, staff, which)
}

// seed makes the order of a quiz.
func seed(lesson, staff id.ID, tries int) uint64 {
	text := binary.BigEndian.AppendUint64(nil, uint64(lesson))
	text = binary.BigEndian.AppendUint64(text, uint64(staff))
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(text, uint64(tries)))
	return binary.BigEndian.Uint64(sum[:])
}

// veiled takes off what is right, and why. How many are right stays: whether one
// or several are to be chosen.
func veiled(list []Question) []Question {
	for i := range list {
		several := list[i].Multiple()
		list[i].Why, list[i].Options = nil, slices.Clone(list[i].Options)
		for k := range list[i].Options {
			list[i].Options[k].Right = several // all or none: it tells the form alone
		}
	}
	return list
}

// Take marks the answers of somebody of the staff and keeps the attempt; one that
// passes is their certificate. Every question must be answered. Version is that of
// the lesson that was read: another by now is a conflict ("lesson_changed").
func (s *Service) Take(ctx context.Context, a auth.Actor, programme, which id.ID, version int64, answers map[string][]string) (*Attempt, error) {
	if err := belongs(a, programme); err != nil {
		return nil, err
	}
	return s.mark(ctx, a, &Attempt{ProgrammeID: programme, LessonID: which, StaffID: a.ID, Version: version}, answers, anybody)
}

// mark fills in the attempt and keeps it.
func (s *Service) mark(ctx context.Context, a auth.Actor, n *Attempt, answers map[string][]string, lets func(context.Context, db.Queryer) error) (*Attempt, error) {
	n.Answers, n.At = map[string][]string{}, s.clock()
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := lets(ctx, tx); err != nil {
			return err
		}
		l, err := loadLesson(ctx, tx, n.ProgrammeID, n.LessonID)
		if err != nil {
			return err
		}
		if !l.Open() {
			return UnknownLesson(n.LessonID)
		}
		if n.Version != l.Version {
			return fault.Conflict("lesson_changed", "somebody changed this lesson meanwhile; look at it again")
		}
		if err := n.read(&l.Spec, answers); err != nil {
			return err
		}
		if n.Score, n.Passed = l.Spec.Marks(n.Answers); n.Passed && l.Spec.Days > 0 {
			n.Expires = n.At.AddDate(0, 0, l.Spec.Days)
		}
		return s.write(ctx, tx, a, n)
	})
	return n, err
}

func (n *Attempt) read(s *Spec, answers map[string][]string) error {
	for i := range s.Questions {
		q := &s.Questions[i]
		chosen := slices.Compact(slices.Sorted(slices.Values(answers[q.Code])))
		if len(chosen) == 0 {
			return fault.Invalid("lesson_unanswered", "choose an answer").At("/answers/" + q.Code)
		}
		for _, code := range chosen {
			if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Code == code }) {
				return fault.Invalid("lesson_answer", "this is none of the answers").At("/answers/" + q.Code)
			}
		}
		n.Answers[q.Code] = chosen
	}
	return nil
}

func (s *Service) write(ctx context.Context, tx *db.Tx, a auth.Actor, n *Attempt) error {
	answers, err := packed(n.Answers)
	if err != nil {
		return err
	}
	n.ID = tx.IDs().New()
	row := []any{n.ProgrammeID, n.ID, n.LessonID, n.Version, n.StaffID, answers, n.Score, n.Passed, db.Micros(n.At), db.Micros(n.Expires)}
	if err := tx.Insert(ctx, attemptTable, [][]any{row}); err != nil {
		return fmt.Errorf("keeping an attempt: %w", err)
	}
	detail := map[string]any{"attempt": n.ID.In(id.LessonAttempt), "passed": n.Passed}
	if a.Kind != auth.KindStaff || a.ID != n.StaffID {
		detail["staff"] = n.StaffID.In(id.Staff)
	}
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: n.ProgrammeID, Action: "lesson.take", Subject: n.LessonID.In(id.Lesson), Detail: detail})
}

// Marked is an attempt with the version by which it was marked.
type Marked struct {
	*Attempt
	Spec *Spec
}

// Result returns an attempt with what was right and why: one's own, or with
// lessons.read anybody's.
func (s *Service) Result(ctx context.Context, a auth.Actor, programme, which id.ID) (*Marked, error) {
	q := s.DB.Reader()
	list, err := selectAttempts(ctx, q, `programme_id = $1 AND id = $2`, programme, which)
	if err != nil {
		return nil, err
	}
	mine := len(list) > 0 && a.Kind == auth.KindStaff && list[0].StaffID == a.ID && belongs(a, programme) == nil
	if len(list) == 0 || !mine && a.Can(programme, auth.LessonsRead) != nil {
		return nil, fault.Missing("unknown_attempt", "there is no such attempt")
	}
	n := &Marked{Attempt: list[0], Spec: &Spec{}}
	var text string
	if err := q.QueryRow(ctx, `SELECT spec FROM lesson_version WHERE programme_id = $1 AND lesson_id = $2 AND version = $3`, programme, n.LessonID, n.Version).Scan(&text); err != nil {
		return nil, fmt.Errorf("reading the version of an attempt: %w", err)
	}
	return n, unpacked(text, n.Spec)
}
