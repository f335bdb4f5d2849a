package touch

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

// Taken is what became of one review that was sent.
type Taken struct {
	Outcome  Outcome
	ReviewID id.ID
}

// Take takes reviews in, all of them or none. One that is known by platform and
// id is not taken twice; what its platform shows now replaces what it showed
// then. It needs touch.write.
func (s *Service) Take(ctx context.Context, a auth.Actor, programme id.ID, list []Seen) ([]Taken, error) {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > MaxReviews {
		return nil, fault.Invalid("review_bulk", "send from 1 to %d reviews at once", MaxReviews).With("most", MaxReviews).At("/reviews")
	}
	for i := range list {
		if err := list[i].Check(s.Now()); err != nil {
			return nil, fault.At(fmt.Sprintf("/reviews/%d", i), err)
		}
	}
	var taken []Taken
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if err := program.Touch(ctx, tx, programme); err != nil { // one after another, so that none is taken twice
			return err
		}
		taken, err = s.take(ctx, tx, a, programme, list, nil)
		return err
	})
	return taken, err
}

// take writes reviews within a transaction that has its turn. Settled says which
// of the new ones need no answer.
func (s *Service) take(ctx context.Context, tx *db.Tx, a auth.Actor, programme id.ID, list []Seen, settled map[name]bool) ([]Taken, error) {
	names := make([]name, len(list))
	for i, r := range list {
		names[i] = name{r.Platform, r.ExternalID}
	}
	found, err := known(ctx, tx, programme, names)
	if err != nil {
		return nil, err
	}
	points, err := selectTouchpoints(ctx, tx, `programme_id = $1`, programme)
	if err != nil {
		return nil, err
	}
	taken := make([]Taken, len(list))
	changed := map[id.ID]*Review{}
	counts := map[Outcome]int{}
	var entries []auth.Entry
	for i, seen := range list {
		r, outcome := found[names[i]], Added
		if r == nil {
			r = &Review{ID: tx.IDs().New(), ProgrammeID: programme, Recorded: db.Time(db.Micros(s.Now())), State: Unanswered, Seen: seen}
			if settled[names[i]] {
				r.State = NoneNeeded
			}
			found[names[i]] = r
		} else {
			before := r.Seen
			if outcome = r.see(seen); outcome == Changed {
				entries = append(entries, r.turned(before))
			}
		}
		if outcome != Known {
			r.TouchpointID = touchpointOf(points, r.Platform, r.Place)
			changed[r.ID] = r
		}
		counts[outcome]++
		taken[i] = Taken{outcome, r.ID}
	}
	if len(changed) == 0 {
		return taken, nil
	}
	rows := make([]*Review, 0, len(changed))
	for _, r := range changed {
		rows = append(rows, r)
	}
	if err := forgetErased(ctx, tx, programme, rows); err != nil {
		return nil, err
	}
	if err := saveReviews(ctx, tx, rows); err != nil {
		return nil, err
	}
	entries = append(entries, auth.Entry{
		ProgrammeID: programme, Action: "review.take", Subject: programme.In(id.Programme), Detail: map[string]any{"new": counts[Added], "changed": counts[Changed]},
	})
	return taken, auth.Record(ctx, tx, a, entries...)
}

// turned tells the audit trail what a review said before it was changed, so that
// nobody improves one unseen: its stars and its time, and whether its words were
// others, which are not written down.
func (r *Review) turned(before Seen) auth.Entry {
	detail := map[string]any{"words": r.Text != before.Text}
	if r.Rating != before.Rating {
		detail["rating_before"], detail["rating"] = before.Rating, r.Rating
	}
	if !r.Occurred.Equal(before.Occurred) {
		detail["time_before"], detail["time"] = before.Occurred, r.Occurred
	}
	return auth.Entry{ProgrammeID: r.ProgrammeID, Action: "review.change", Subject: r.ID.In(id.Review), Detail: detail}
}

// forgetErased takes the words out of reviews that name orders of somebody who
// was erased.
func forgetErased(ctx context.Context, q db.Queryer, programme id.ID, list []*Review) error {
	var refs []string
	for _, r := range list {
		if r.Order != "" {
			refs = append(refs, r.Order)
		}
	}
	orders, err := findOrders(ctx, q, programme, refs)
	for _, r := range list {
		if orders[r.Order].Erased {
			r.forget()
		}
	}
	return err
}

// touchpointOf returns the first touchpoint that leads to a place at a platform,
// or 0.
func touchpointOf(points []Touchpoint, platform Platform, place string) id.ID {
	for _, t := range points {
		for _, l := range t.Links {
			if l.Platform == platform && l.Place == place {
				return t.ID
			}
		}
	}
	return 0
}

// Reviews returns a page of reviews, the newest first. It needs touch.read.
func (s *Service) Reviews(ctx context.Context, a auth.Actor, query Query) ([]*Review, error) {
	if err := a.Can(query.ProgrammeID, auth.TouchRead); err != nil {
		return nil, err
	}
	return query.read(ctx, s.DB.Reader())
}

// Review returns one. It needs touch.read.
func (s *Service) Review(ctx context.Context, a auth.Actor, programme, review id.ID) (*Review, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return loadReview(ctx, s.DB.Reader(), programme, review, "")
}

// Answer keeps what we said to a review; another answer replaces it. Where the
// platform takes answers from us, it is sent there. It needs touch.write.
func (s *Service) Answer(ctx context.Context, a auth.Actor, programme, review id.ID, text string) (*Review, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxAnswer {
		return nil, fault.Invalid("review_answer", "write an answer of up to %d letters", maxAnswer).With("most", maxAnswer).At("/text")
	}
	return s.settle(ctx, a, programme, review, "review.answer", func(tx *db.Tx, r *Review) error {
		r.State, r.Answer, r.Replied, r.AnsweredBy = Answered, text, db.Time(db.Micros(s.Now())), a.String()
		if r.Platform != YandexMarket {
			return nil
		}
		return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: AnswerJob, Unique: r.ID.In(id.Review), Payload: answerRef{programme, r.ID}})
	})
}

// NeedsNone says that a review needs no answer. It stays where it is. It needs
// touch.write.
func (s *Service) NeedsNone(ctx context.Context, a auth.Actor, programme, review id.ID) (*Review, error) {
	return s.settle(ctx, a, programme, review, "review.none_needed", func(_ *db.Tx, r *Review) error {
		if r.State == Answered {
			return fault.Conflict("review_answered", "the review has an answer")
		}
		r.State = NoneNeeded
		return nil
	})
}

func (s *Service) settle(ctx context.Context, a auth.Actor, programme, review id.ID, action string, do func(*db.Tx, *Review) error) (*Review, error) {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return nil, err
	}
	var r *Review
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if r, err = loadReview(ctx, tx, programme, review, tx.ForUpdate()); err != nil {
			return err
		}
		if err := do(tx, r); err != nil {
			return err
		}
		if err := saveReviews(ctx, tx, []*Review{r}); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: review.In(id.Review)})
	})
	return r, err
}

// Days returns counts and ratings by platform and day, from a moment to before
// another, the newest day first. It needs touch.read.
func (s *Service) Days(ctx context.Context, a auth.Actor, programme id.ID, from, to time.Time) ([]Day, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	p, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	list, err := selectReviews(ctx, s.DB.Reader(), `programme_id = $1 AND occurred >= $2 AND occurred < $3 ORDER BY occurred DESC, id DESC`,
		programme, db.Micros(from), db.Micros(to))
	if err != nil {
		return nil, err
	}
	return foldDays(list, p.Zone), nil
}

// Traffic returns how often doors were used, from a moment to before another.
// It needs touch.read.
func (s *Service) Traffic(ctx context.Context, a auth.Actor, programme id.ID, from, to time.Time) ([]Traffic, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return nil, err
	}
	return loadTraffic(ctx, s.DB.Reader(), programme, from, to)
}
