package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

// NewsJob is the kind of job that tells of a committed batch to whoever reads the
// news; Spread does it.
const NewsJob = "flow.news"

// Committed is the payload of a reader's job: the events of one batch, in the
// order in which they were decided. Readers are idempotent by event id.
type Committed struct {
	Events []CommittedEvent `json:"events"`
}

// CommittedEvent names an event by what finds it, and by what most readers
// choose theirs.
type CommittedEvent struct {
	ProgrammeID id.ID        `json:"programme"`
	MemberID    id.ID        `json:"member"`
	ID          id.ID        `json:"event"`
	Kind        journal.Kind `json:"kind"`
}

// writeOutbox tells the readers of the batch's events.
func (b *batch) writeOutbox(ctx context.Context) error {
	if err := b.writeProfiles(ctx); err != nil {
		return err
	}
	var events []CommittedEvent
	for _, it := range append(b.items, b.arrived...) {
		if it.state == settled {
			events = append(events, CommittedEvent{it.event.ProgrammeID, it.acct.member.ID, it.id, it.event.Kind})
		}
	}
	return b.s.tell(ctx, b.tx, events)
}

// tell leaves one job that names the events of a transaction, however many
// readers there are.
func (s *Service) tell(ctx context.Context, tx *db.Tx, events []CommittedEvent) error {
	if len(events) == 0 || !s.news {
		return nil
	}
	return jobs.Add(ctx, tx, s.now(), jobs.New{Kind: NewsJob, Payload: Committed{Events: events}})
}

// JoinNews makes the news of several batches one.
func JoinNews(payloads [][]byte) ([]byte, error) {
	var all Committed
	for _, p := range payloads {
		var told Committed
		if err := json.Unmarshal(p, &told); err != nil {
			return nil, fmt.Errorf("reading the news of a batch: %w", err)
		}
		all.Events = append(all.Events, told.Events...)
	}
	return json.Marshal(all)
}

// Spread returns what does the jobs of NewsJob: it hands the news to each of the
// readers in turn. One that fails is told again by a job of its own kind, so that
// it neither holds the others up nor has them read twice.
func Spread(d *db.DB, now func() time.Time, log *slog.Logger, readers []string, do map[string]jobs.Handler) jobs.Handler {
	return func(ctx context.Context, j *jobs.Job) error {
		var failed []jobs.New
		for _, kind := range readers {
			err := do[kind](ctx, &jobs.Job{ID: j.ID, Kind: kind, Payload: j.Payload})
			if ctx.Err() != nil {
				return fmt.Errorf("telling %s the news: %w", kind, context.Cause(ctx))
			}
			if err != nil {
				log.Warn("a reader of the news failed and will be told again", "reader", kind, "job", j.ID, "error", err)
				failed = append(failed, jobs.New{Kind: kind, Unique: fmt.Sprintf("news %d", j.ID), Payload: json.RawMessage(j.Payload)})
			}
		}
		if len(failed) == 0 {
			return nil
		}
		return d.InTx(ctx, func(tx *db.Tx) error { return jobs.Add(ctx, tx, now(), failed...) })
	}
}
