package lesson

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// State is how somebody stands with a lesson.
type State string

// The states.
const (
	Due     State = "due"     // to be taken
	Overdue State = "overdue" // and late
	Soon    State = "soon"    // passed, and to be renewed soon
	Passed  State = "passed"
)

// Text names the state in words.
func (n State) Text() i18n.Text { return i18n.Text{Key: "lesson.state." + string(n)} }

const (
	// graceDays is how long after it was published, or somebody came, a lesson may be
	// taken without being late.
	graceDays = 14
	// soonDays is how long before a certificate ends it is to be renewed.
	soonDays = 30
)

// Standing is how somebody of the staff stands with a lesson that they must take.
type Standing struct {
	StaffID id.ID
	Name    string
	Shops   []id.ID // at whose tills they worked
	Lesson  *Lesson
	State   State
	// By is when it is to be taken, or renewed; zero for never again.
	By time.Time
	// Last is the latest attempt that passed, nil for none; Tries counts all.
	Last  *Attempt
	Tries int
}

// worker is somebody of the staff with a role in the programme.
type worker struct {
	id    id.ID
	name  string
	roles []auth.Role
	shops []id.ID
}

// workers returns the staff of a programme who are not disabled, by name.
func workers(ctx context.Context, q db.Queryer, programme id.ID) ([]*worker, error) {
	rows, err := q.Query(ctx, `SELECT s.id, s.name, r.role FROM staff AS s JOIN staff_role AS r ON r.staff_id = s.id
		WHERE (r.programme_id = $1 OR r.programme_id = 0) AND NOT s.disabled ORDER BY s.name, s.id, r.programme_id`, programme)
	all := map[id.ID]*worker{}
	var list []*worker
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var n worker
		var role auth.Role
		if err = r.Scan(&n.id, &n.name, &role); err != nil {
			return struct{}{}, err
		}
		if all[n.id] == nil {
			all[n.id] = &n
			list = append(list, &n)
		}
		all[n.id].roles = append(all[n.id].roles, role)
		return struct{}{}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the staff: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT DISTINCT f.staff_id, d.shop_id FROM till_shift AS f JOIN till_device AS d ON d.id = f.device_id WHERE d.programme_id = $1 ORDER BY f.staff_id, d.shop_id`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var who, shop id.ID
		if err = r.Scan(&who, &shop); err == nil && all[who] != nil {
			all[who].shops = append(all[who].shops, shop)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading where the staff work: %w", err)
	}
	return list, nil
}

// must reports whether somebody must take a lesson.
func (s *Spec) must(w *worker) bool {
	if !slices.ContainsFunc(w.roles, func(r auth.Role) bool { return slices.Contains(s.Roles, r) }) {
		return false
	}
	return len(s.Shops) == 0 || slices.ContainsFunc(w.shops, func(n id.ID) bool { return slices.Contains(s.Shops, n) })
}

// stand works out how somebody who came at a moment stands by their attempts, the
// latest first.
func stand(l *Lesson, came time.Time, attempts []*Attempt, now time.Time) Standing {
	from := l.Published
	if came.After(from) {
		from = came
	}
	n := Standing{Lesson: l, Tries: len(attempts), State: Due, By: from.AddDate(0, 0, graceDays)}
	if i := slices.IndexFunc(attempts, func(a *Attempt) bool { return a.Passed }); i >= 0 {
		n.Last = attempts[i]
	}
	if n.Last != nil && n.Last.Version == l.Version {
		n.By = n.Last.Expires
		switch {
		case n.By.IsZero() || now.Before(n.By.AddDate(0, 0, -soonDays)):
			n.State = Passed
		case now.Before(n.By):
			n.State = Soon
		}
	}
	if n.State == Due && !now.Before(n.By) {
		n.State = Overdue
	}
	return n
}

// Mine returns the lessons that somebody of the staff must take, the most urgent
// first. It needs nothing.
func (s *Service) Mine(ctx context.Context, a auth.Actor, programme id.ID) ([]Standing, error) {
	if err := belongs(a, programme); err != nil {
		return nil, err
	}
	return s.standings(ctx, programme, func(w *worker) bool { return w.id == a.ID })
}

// Standings returns how all the staff stand with the lessons that they must take,
// the most urgent first. It needs lessons.read.
func (s *Service) Standings(ctx context.Context, a auth.Actor, programme id.ID) ([]Standing, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	return s.standings(ctx, programme, func(*worker) bool { return true })
}

func (s *Service) standings(ctx context.Context, programme id.ID, who func(*worker) bool) ([]Standing, error) {
	var list []Standing
	err := s.DB.View(ctx, func(q db.Queryer) error {
		list = nil
		people, err := workers(ctx, q, programme)
		if err != nil {
			return err
		}
		lessons, err := selectLessons(ctx, q, `l.programme_id = $1 AND l.version > 0 AND l.retired = 0 ORDER BY l.id`, programme)
		if err != nil {
			return err
		}
		attempts, err := selectAttempts(ctx, q, `programme_id = $1 ORDER BY id DESC`, programme)
		if err != nil {
			return err
		}
		by := map[[2]id.ID][]*Attempt{}
		for _, n := range attempts {
			by[[2]id.ID{n.StaffID, n.LessonID}] = append(by[[2]id.ID{n.StaffID, n.LessonID}], n)
		}
		for _, w := range people {
			for _, l := range lessons {
				if !who(w) || !l.Spec.must(w) {
					continue
				}
				n := stand(l, w.id.Time(), by[[2]id.ID{w.id, l.ID}], s.clock())
				n.StaffID, n.Name, n.Shops = w.id, w.name, w.shops
				list = append(list, n)
			}
		}
		return nil
	})
	urgency := []State{Overdue, Due, Soon, Passed}
	slices.SortStableFunc(list, func(a, b Standing) int {
		return cmp.Compare(slices.Index(urgency, a.State), slices.Index(urgency, b.State))
	})
	return list, err
}

// Bounds of showing a share.
const (
	LeastAnswers = 10
	Preliminary  = 30
)

// Hard is how often a question was right at the first attempt.
type Hard struct {
	Question Question
	Right, N int64
	// Share is that with its 95 % score interval; Shown is false under
	// LeastAnswers.
	Share stats.Interval
	Shown bool
}

// Hardest returns the questions of a lesson's version in force by how seldom they
// were right at somebody's first attempt, the hardest first. It needs
// lessons.read.
func (s *Service) Hardest(ctx context.Context, a auth.Actor, programme, which id.ID) ([]Hard, error) {
	l, err := s.Get(ctx, a, programme, which)
	if err != nil || l.Version == 0 {
		return nil, err
	}
	attempts, err := selectAttempts(ctx, s.DB.Reader(), `programme_id = $1 AND lesson_id = $2 AND version = $3 ORDER BY id`, programme, which, l.Version)
	first := map[id.ID]bool{}
	list := make([]Hard, len(l.Spec.Questions))
	for i := range list {
		list[i].Question = l.Spec.Questions[i]
	}
	for _, n := range attempts {
		if first[n.StaffID] {
			continue
		}
		first[n.StaffID] = true
		for i := range list {
			list[i].N++
			if list[i].Question.Right(n.Answers[list[i].Question.Code]) {
				list[i].Right++
			}
		}
	}
	for i := range list {
		list[i].Share, list[i].Shown = stats.Wilson(list[i].Right, list[i].N, stats.Confidence), list[i].N >= LeastAnswers
	}
	slices.SortStableFunc(list, func(a, b Hard) int { return cmp.Compare(a.Share.Value, b.Share.Value) })
	return list, err
}
