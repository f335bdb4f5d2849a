package promise

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
)

// TellJob is the kind of job by which a timeline learns of a promise.
const TellJob = "promise.tell"

// The events of promises on timelines. Of a price that grew, the attribute
// GrewBy names the parts by which it did, between commas.
const (
	EventMade   journal.Kind = journal.Custom + "promise_made"
	EventKept   journal.Kind = journal.Custom + "promise_kept"
	EventBroken journal.Kind = journal.Custom + "promise_broken"

	GrewBy = "grew_by"
)

// made names the first event of a promise; the others are named by its state.
const made = "made"

// tell is the payload of such a job.
type tell struct {
	ProgrammeID id.ID     `json:"programme"`
	MemberID    id.ID     `json:"member"`
	PromiseID   id.ID     `json:"promise"`
	What        string    `json:"what"` // made, kept or broken
	At          time.Time `json:"at"`
	// Grew are the parts of a price that were charged more than shown.
	Grew []Part `json:"grew,omitempty"`
}

// follow leaves what follows when a promise was made, kept or broken.
func (s *Service) follow(ctx context.Context, tx *db.Tx, p *Promise, what string) error {
	if what == string(Broken) {
		if err := s.makeGood(ctx, tx, p); err != nil {
			return err
		}
	}
	if p.MemberID == 0 || what == string(Withdrawn) || what == string(Open) {
		return nil
	}
	at := p.Decided
	switch {
	case what == made:
		at = p.Made
	case what == string(Kept):
		at = p.Actual
	}
	name := p.ID.In(id.Promise) + ":" + what
	return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: TellJob, Unique: name, Payload: tell{p.ProgrammeID, p.MemberID, p.ID, what, at, p.Grew()}})
}

// makeGood has a case opened for a broken promise, by setting.
func (s *Service) makeGood(ctx context.Context, tx *db.Tx, p *Promise) error {
	if s.Hook == nil || p.MemberID == 0 {
		return nil
	}
	set, _, err := loadSetting(ctx, tx, p.ProgrammeID)
	if err != nil || !set.OpenCases {
		return err
	}
	return s.Hook.Broken(ctx, tx, p)
}

// Tell does a job TellJob: the member's timeline says what was promised and
// what came of it, by ids alone.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var t tell
	if err := j.Read(&t); err != nil {
		return err
	}
	shown := t.PromiseID.In(id.Promise)
	about := map[string]string{"promise": shown}
	if len(t.Grew) > 0 {
		about[GrewBy] = joinParts(t.Grew)
	}
	_, err := s.Flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: t.ProgrammeID, Source: "promise", ExternalID: shown + ":" + t.What, Kind: journal.Kind(journal.Custom + "promise_" + t.What),
		Occurred: t.At, Who: flow.Who{MemberID: t.MemberID}, Actor: ourselves, Payload: flow.Payload{Attributes: about},
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

// sweepBatch is how many promises one transaction judges.
const sweepBatch = 200

// Sweep breaks the promises whose time is over and warns of those about to
// break, in every programme. It returns how many it changed.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	programmes, err := program.List(ctx, s.DB.Reader())
	if err != nil {
		return 0, err
	}
	all := 0
	for i := range programmes {
		for _, pass := range []func(context.Context, *db.Tx, *program.Programme) (int, error){s.breakDue, s.warn} {
			n, err := s.until(ctx, &programmes[i], pass)
			all += n
			if err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// until repeats a pass, each in a transaction, while it finds full batches.
func (s *Service) until(ctx context.Context, p *program.Programme, pass func(context.Context, *db.Tx, *program.Programme) (int, error)) (all int, err error) {
	for {
		n := 0
		err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
			n, err = pass(ctx, tx, p)
			return err
		})
		all += n
		if err != nil || n < sweepBatch {
			return all, err
		}
	}
}

func (s *Service) breakDue(ctx context.Context, tx *db.Tx, g *program.Programme) (int, error) {
	list, err := selectPromises(ctx, tx, `p.programme_id = $1 AND p.state = 'open' AND p.ends < $2 ORDER BY p.ends, p.id LIMIT $3`+tx.ForUpdate(),
		g.ID, db.Micros(s.Now()), sweepBatch)
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		if err := s.write(ctx, tx, p); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// warn notes the promises that are about to break, and tells their customers
// where the programme does.
func (s *Service) warn(ctx context.Context, tx *db.Tx, g *program.Programme) (int, error) {
	set, _, err := loadSetting(ctx, tx, g.ID)
	if err != nil {
		return 0, err
	}
	now := s.clock()
	list, err := selectPromises(ctx, tx, `p.programme_id = $1 AND p.state = 'open' AND p.warned = 0 AND p.ends <= $2 ORDER BY p.ends, p.id LIMIT $3`+tx.ForUpdate(),
		g.ID, db.Micros(now.Add(time.Duration(set.WarnHours)*time.Hour)), sweepBatch)
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		p.Warned = now
		if err := updatePromise(ctx, tx, p); err != nil {
			return 0, err
		}
		if !set.TellCustomer || p.MemberID == 0 {
			continue
		}
		if err := jobs.Add(ctx, tx, now, s.letter(p)); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// letter asks that a customer be told that something may come late.
func (s *Service) letter(p *Promise) jobs.New {
	name := p.ID.In(id.Promise) + ":late"
	return jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
		ProgrammeID: p.ProgrammeID, MemberID: p.MemberID, Class: flow.ServiceContact, Message: "promise_late", Name: name,
		Args: map[string]i18n.Text{
			"kind": p.Kind.Text(), "by": {Key: "promise.moment", Args: map[string]any{"at": p.Due}},
		},
	}}
}

// Counts tells staff how much waits for them.
type Counts struct {
	Soon     int64 // open and about to break
	Unmended int64 // broken and not put right
}

// CountSoon returns how many open promises were warned of.
func CountSoon(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	return countWhere(ctx, q, programme, soon)
}

// CountUnmended returns how many broken promises nobody has put right.
func CountUnmended(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	return countWhere(ctx, q, programme, unmended)
}

func countWhere(ctx context.Context, q db.Queryer, programme id.ID, which string) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM promise AS p WHERE p.programme_id = $1 AND `+which, programme).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting promises: %w", db.Fault(err))
	}
	return n, nil
}
