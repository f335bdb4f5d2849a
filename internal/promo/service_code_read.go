package promo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/sheet"
)

// BatchSummary is a batch with the number of its codes by the state that they
// have now. Uses is how often a shared code was used.
type BatchSummary struct {
	Batch
	States map[CodeState]int64
	Uses   int64
}

// BatchQuery chooses batches.
type BatchQuery struct {
	ProgrammeID id.ID
	OfferID     id.ID // 0 for all
	Before      id.ID // the last batch of the page before; 0 begins with the latest
	Limit       int
}

const (
	batchPage    = 50
	maxBatchPage = 200
)

// Batches returns a page of the batches of a programme, the latest first. It
// needs codes.read.
func (s *Service) Batches(ctx context.Context, a auth.Actor, what BatchQuery) ([]BatchSummary, error) {
	if err := a.Can(what.ProgrammeID, auth.CodesRead); err != nil {
		return nil, err
	}
	if what.Limit <= 0 {
		what.Limit = batchPage
	}
	var list []BatchSummary
	err := s.d.View(ctx, func(q db.Queryer) error {
		batches, err := selectBatches(ctx, q, what.ProgrammeID, what.OfferID, what.Before, min(what.Limit, maxBatchPage))
		if err != nil {
			return err
		}
		list, err = s.summarise(ctx, q, batches)
		return err
	})
	return list, err
}

// Batch returns one batch. It needs codes.read.
func (s *Service) Batch(ctx context.Context, a auth.Actor, programme, batch id.ID) (BatchSummary, error) {
	if err := a.Can(programme, auth.CodesRead); err != nil {
		return BatchSummary{}, err
	}
	var list []BatchSummary
	err := s.d.View(ctx, func(q db.Queryer) error {
		b, err := batchOf(ctx, q, programme, batch, "")
		if err != nil {
			return err
		}
		list, err = s.summarise(ctx, q, []Batch{b})
		return err
	})
	if err != nil {
		return BatchSummary{}, err
	}
	return list[0], nil
}

func (s *Service) summarise(ctx context.Context, q db.Queryer, batches []Batch) ([]BatchSummary, error) {
	if len(batches) == 0 {
		return nil, nil
	}
	states, err := countStates(ctx, q, batches, s.now())
	if err != nil {
		return nil, err
	}
	uses, err := sharedUses(ctx, q, batches)
	if err != nil {
		return nil, err
	}
	list := make([]BatchSummary, len(batches))
	for i, b := range batches {
		list[i] = BatchSummary{b, states[b.ID], uses[b.ID]}
	}
	return list, nil
}

// CodeHistory is a code with its life.
type CodeHistory struct {
	Code
	Batch Batch
	Steps []CodeStep
}

// Code returns a code, however it is typed, with every step of its life. It
// needs codes.read.
func (s *Service) Code(ctx context.Context, a auth.Actor, programme id.ID, text string) (CodeHistory, error) {
	if err := a.Can(programme, auth.CodesRead); err != nil {
		return CodeHistory{}, err
	}
	var h CodeHistory
	err := s.d.View(ctx, func(q db.Queryer) error {
		c, err := loadCode(ctx, q, programme, text)
		if err != nil {
			return err
		}
		h.Code = *c
		if h.Batch, err = loadBatch(ctx, q, c.BatchID, ""); err != nil {
			return err
		}
		steps, err := selectSteps(ctx, q, c.Key())
		h.Steps = h.Batch.around(c, steps)
		return err
	})
	return h, err
}

// around adds to the steps of a code those that are written of its batch alone.
func (b *Batch) around(c *Code, steps []CodeStep) []CodeStep {
	steps = slices.Insert(steps, 0, CodeStep{Move: MoveIssued, At: c.Issued, Actor: b.Actor})
	if gone := b.Cancelled; !gone.IsZero() && c.Cancelled.IsZero() && !c.usedUp() && !c.over(gone) {
		steps = append(steps, CodeStep{Move: MoveCancelled, At: gone, Note: b.Reason})
	}
	return steps
}

// Export gives fn every code of a batch, in an order that does not change
// while nothing else does, and holds none of them. Since whoever has a code can
// use it, this needs codes.write and leaves a row in the audit trail.
func (s *Service) Export(ctx context.Context, a auth.Actor, programme, batch id.ID, fn func(*Code) error) error {
	if err := a.Can(programme, auth.CodesWrite); err != nil {
		return err
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		b, err := batchOf(ctx, tx, programme, batch, "")
		if err != nil {
			return err
		}
		e := b.entry("code.export")
		e.Detail = map[string]any{"made": b.Made}
		return auth.Record(ctx, tx, a, e)
	})
	if err != nil {
		return err
	}
	return s.d.View(ctx, func(q db.Queryer) error {
		return eachCode(ctx, q, `SELECT `+codeColumns+` FROM promo_code AS c`+codeJoins+`
			WHERE c.batch_id = $1 ORDER BY c.batch_id, c.state, c.expires, c.programme_id, c.text`, []any{batch}, fn)
	})
}

// ExportCSV writes every code of a batch as a table with a header, as Export
// gives them: code, state, member, uses, times in UTC.
func (s *Service) ExportCSV(ctx context.Context, a auth.Actor, programme, batch id.ID, out io.Writer) error {
	w := sheet.NewWriter(out)
	w.Row("code", "state", "member", "uses", "max_uses", "begins", "expires", "delivered", "seen")
	now := s.now()
	err := s.Export(ctx, a, programme, batch, func(c *Code) error {
		member := ""
		if c.MemberID != 0 {
			member = c.MemberID.In(id.Member)
		}
		w.Row(c.Printed, string(c.StateAt(now)), member, strconv.FormatInt(c.Uses, 10), strconv.FormatInt(c.MaxUses, 10),
			stamp(c.Begins), stamp(c.Expires), stamp(c.Delivered), stamp(c.Seen))
		return w.Err()
	})
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing codes: %w", err)
	}
	return nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
