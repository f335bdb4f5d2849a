package lesson

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// Complaints is what this room asks of complaints.
type Complaints interface {
	// Teachable returns the codes of the causes that a lesson can be about.
	Teachable(ctx context.Context, q db.Queryer, programme id.ID) ([]string, error)
	// Caused counts the complaints opened from a moment until another by their
	// cause, "" where nobody has found it, and the orders of that time.
	Caused(ctx context.Context, q db.Queryer, programme id.ID, from, to time.Time) (counts map[string]int64, orders int64, err error)
}

const (
	// SuggestDays is how far back complaints speak for a lesson.
	SuggestDays = 90
	// mostDays is the longest time before and after a lesson that is compared.
	mostDays  = 180
	perOrders = 1000
	day       = 24 * time.Hour
)

// Rate is how many complaints of a cause there were for 1,000 orders, with
// Garwood's exact 95 % interval (1936). Unfound are the complaints of the same
// time whose cause nobody has found: some may be of this one.
type Rate struct {
	Cases, Orders, Unfound int64
	stats.Interval
}

func rateOf(cases, orders, unfound int64) Rate {
	n := stats.Rate(cases, float64(orders))
	n.Value, n.Low, n.High = n.Value*perOrders, n.Low*perOrders, n.High*perOrders
	return Rate{cases, orders, unfound, n}
}

// Suggestion is a cause of complaints about which there is no lesson.
type Suggestion struct {
	Cause string
	Rate
}

// Suggestions are the causes of the complaints of the last SuggestDays about
// which there is no lesson, the heaviest first. All counts every complaint of
// that time, Unfound those of them whose cause nobody has found.
type Suggestions struct {
	From, To     time.Time
	All, Unfound int64
	List         []Suggestion
}

// bound reports whether a lesson that is in use, or a draft of one, is about the
// cause.
func (n *Lesson) bound(cause string) bool {
	return n.Retired.IsZero() && (n.Version > 0 && n.Spec.Cause == cause || n.Draft != nil && n.Draft.Cause == cause)
}

// Suggest says which lessons to write. It needs lessons.read and cases.read.
func (s *Service) Suggest(ctx context.Context, a auth.Actor, programme id.ID) (*Suggestions, error) {
	if err := canCompare(a, programme); err != nil {
		return nil, err
	}
	n := &Suggestions{To: s.clock()}
	n.From = n.To.AddDate(0, 0, -SuggestDays)
	err := s.DB.View(ctx, func(q db.Queryer) error {
		n.All, n.List = 0, nil
		lessons, err := selectLessons(ctx, q, `l.programme_id = $1 AND l.retired = 0`, programme)
		if err != nil {
			return err
		}
		known, err := s.Complaints.Teachable(ctx, q, programme)
		if err != nil {
			return err
		}
		counts, orders, err := s.Complaints.Caused(ctx, q, programme, n.From, n.To.Add(time.Microsecond)) // those of now too
		if err != nil {
			return err
		}
		n.Unfound = counts[""]
		for cause, cases := range counts {
			n.All += cases
			taught := slices.ContainsFunc(lessons, func(l *Lesson) bool { return l.bound(cause) })
			if slices.Contains(known, cause) && !taught {
				n.List = append(n.List, Suggestion{cause, rateOf(cases, orders, n.Unfound)})
			}
		}
		return nil
	})
	slices.SortFunc(n.List, func(a, b Suggestion) int { return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(a.Cause, b.Cause)) })
	return n, err
}

func canCompare(a auth.Actor, programme id.ID) error {
	return cmp.Or(a.Can(programme, auth.LessonsRead), a.Can(programme, auth.CasesRead))
}

// Effect is how often a lesson's cause was complained of before it was first
// published with that cause, and as long after: until now, or until the lesson
// went out of use, and no longer than half a year. That the two differ is no
// proof that the lesson did it.
type Effect struct {
	Cause     string
	Published time.Time
	// Days are how long either side is; under one whole day nothing is compared.
	Days          int
	Before, After Rate
	// Shown is false under LeastAnswers complaints on both sides together, Early
	// true under Preliminary.
	Shown, Early bool
	// Must are how many of the staff must take the lesson, Have how many of them
	// hold its certificate now.
	Must, Have int
}

// Effect says what a lesson about a cause was followed by, nil for a lesson that
// is about none or was not published. It needs lessons.read and cases.read.
func (s *Service) Effect(ctx context.Context, a auth.Actor, programme, which id.ID) (*Effect, error) {
	if err := canCompare(a, programme); err != nil {
		return nil, err
	}
	var e *Effect
	err := s.DB.View(ctx, func(q db.Queryer) error {
		e = nil
		l, err := loadLesson(ctx, q, programme, which)
		if err != nil || l.Version == 0 || l.Spec.Cause == "" {
			return err
		}
		e = &Effect{Cause: l.Spec.Cause}
		versions, err := versionsOf(ctx, q, programme)
		if err != nil {
			return err
		}
		first := slices.IndexFunc(versions, func(v versionRecord) bool { return v.lesson == which && v.Spec.Cause == e.Cause })
		e.Published = versions[first].Published
		return s.compare(ctx, q, l, e)
	})
	if err != nil || e == nil {
		return nil, err
	}
	list, err := s.standings(ctx, programme, func(*worker) bool { return true })
	for _, n := range list {
		if n.Lesson.ID != which {
			continue
		}
		e.Must++
		if n.State == Passed || n.State == Soon {
			e.Have++
		}
	}
	return e, err
}

// compare counts complaints and orders as many whole days before a lesson as
// after it.
func (s *Service) compare(ctx context.Context, q db.Queryer, l *Lesson, e *Effect) error {
	until := s.clock()
	if !l.Retired.IsZero() {
		until = l.Retired
	}
	e.Days = min(mostDays, int(until.Sub(e.Published)/day))
	if e.Days < 1 {
		return nil
	}
	span := time.Duration(e.Days) * day
	for _, side := range []struct {
		into *Rate
		from time.Time
	}{{&e.Before, e.Published.Add(-span)}, {&e.After, e.Published}} {
		counts, orders, err := s.Complaints.Caused(ctx, q, l.ProgrammeID, side.from, side.from.Add(span))
		if err != nil {
			return err
		}
		*side.into = rateOf(counts[e.Cause], orders, counts[""])
	}
	cases := e.Before.Cases + e.After.Cases
	e.Shown = cases >= LeastAnswers && e.Before.Orders > 0 && e.After.Orders > 0
	e.Early = cases < Preliminary
	return nil
}

// Causes returns the codes of the causes that a lesson can be about. It needs
// lessons.read.
func (s *Service) Causes(ctx context.Context, a auth.Actor, programme id.ID) ([]string, error) {
	if err := a.Can(programme, auth.LessonsRead); err != nil {
		return nil, err
	}
	return s.Complaints.Teachable(ctx, s.DB.Reader(), programme)
}

// checkCause refuses a cause that the programme does not have; one that the
// lesson had already stays, whatever became of it.
func (s *Service) checkCause(ctx context.Context, q db.Queryer, n *Lesson, cause string) error {
	if cause == "" || cause == n.Spec.Cause || n.Draft != nil && cause == n.Draft.Cause {
		return nil
	}
	known, err := s.Complaints.Teachable(ctx, q, n.ProgrammeID)
	if err == nil && !slices.Contains(known, cause) {
		err = fault.Invalid("lesson_cause", "the programme has no such cause of complaints that a lesson could be about").At("/cause")
	}
	return err
}
