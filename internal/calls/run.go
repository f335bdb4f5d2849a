package calls

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// ChooseJob is the kind of job that chooses for a list.
const ChooseJob = "calls.choose"

// choosing is the payload of a ChooseJob.
type choosing struct {
	ProgrammeID id.ID `json:"programme"`
	ListID      id.ID `json:"list"`
}

// Choose does a ChooseJob, page after page. What was interrupted goes on where it
// was, and chooses nobody twice.
func (s *Service) Choose(ctx context.Context, j *jobs.Job) error {
	var n choosing
	if err := j.Read(&n); err != nil {
		return err
	}
	err := s.chooseAll(ctx, n, func(done, total int64) error { return j.Progress(ctx, done, total, "") })
	if fault.KindOf(err) == fault.KindMissing {
		return jobs.Permanent(err)
	}
	return err
}

func (s *Service) chooseAll(ctx context.Context, n choosing, progress func(done, total int64) error) error {
	l, err := load(ctx, s.DB.Reader(), n.ProgrammeID, n.ListID, s.Now(), "")
	if err != nil {
		return err
	}
	c, err := newChooser(ctx, s.DB.Reader(), l, s.clock())
	if err != nil {
		return err
	}
	total, err := c.count(ctx, s.DB.Reader())
	if err != nil {
		return err
	}
	for more := true; more; {
		if l, more, err = s.choose(ctx, n); err != nil {
			return err
		}
		if err := progress(min(l.Tally.Looked, total), total); err != nil {
			return err
		}
	}
	return nil
}

// lockLists has the lists of a programme choose one after another: nobody is on
// two whose windows are not over.
const lockLists = `programme_id = $1 AND state = 'running'`

// choose looks at a page of those with points enough; more says that others may
// follow.
func (s *Service) choose(ctx context.Context, n choosing) (l *List, more bool, err error) {
	return l, more, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		more = false
		if _, err := selectLists(ctx, tx, lockLists+` ORDER BY id`+tx.ForUpdate(), n.ProgrammeID); err != nil {
			return err
		}
		if l, err = load(ctx, tx, n.ProgrammeID, n.ListID, s.Now(), tx.ForUpdate()); err != nil || l.State != Running || !l.Chosen.IsZero() {
			return err
		}
		now := s.clock()
		c, err := newChooser(ctx, tx, l, now)
		if err != nil {
			return err
		}
		list, last, err := c.next(ctx, tx, l.seen)
		if err != nil {
			return err
		}
		var rows [][]any
		for _, f := range list {
			l.Tally.add(f)
			if f.left != "" {
				continue
			}
			chosen := Chosen{MemberID: f.who, ListID: l.ID, ProgrammeID: l.ProgrammeID, Held: f.held, State: LotWaiting, Points: f.points, At: now, Until: now.In(c.programme.Zone).AddDate(0, 0, l.Spec.Window), Due: now}
			if f.held {
				chosen.State = LotHeld
			}
			rows = append(rows, chosen.row())
		}
		if err := tx.Insert(ctx, chosenTable, rows); err != nil {
			return fmt.Errorf("writing who is on a call list: %w", err)
		}
		if more = last != 0; more {
			l.seen = last
		} else {
			l.Chosen = now
		}
		return save(ctx, tx, l)
	})
}
