package calls

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/campaign"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
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
	l, err := kind.Load(ctx, s.DB.Reader(), n.ProgrammeID, n.ListID, s.Now(), "")
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

// choose looks at a page of those with points enough; more says that others may
// follow.
func (s *Service) choose(ctx context.Context, n choosing) (l *List, more bool, err error) {
	return s.ChooseNext(ctx, n.ProgrammeID, n.ListID, campaign.Choosing[Spec, Left]{Lock: lockLists, Keep: keepChosen})
}

// lockLists has the lists of a programme choose one after another: nobody is on
// two whose windows are not over.
func lockLists(ctx context.Context, tx *db.Tx, programme id.ID) error {
	_, err := kind.Select(ctx, tx, `programme_id = $1 AND state = 'running' ORDER BY id`+tx.ForUpdate(), programme)
	return err
}

func keepChosen(ctx context.Context, tx *db.Tx, l *List, chosen []campaign.Fate[Left], now time.Time) error {
	p, err := program.Load(ctx, tx, l.ProgrammeID)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, f := range chosen {
		n := Chosen{MemberID: f.Who, ListID: l.ID, ProgrammeID: l.ProgrammeID, Held: f.Held, State: LotWaiting, Points: f.Points, At: now, Until: campaign.Window(now, l.Spec.Window, p.Zone), Due: now}
		if f.Held {
			n.State = LotHeld
		}
		rows = append(rows, n.row())
	}
	if err := tx.Insert(ctx, chosenTable, rows); err != nil {
		return fmt.Errorf("writing who is on a call list: %w", err)
	}
	return nil
}
