package promo

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// CreateBatch makes a batch of unique, shared or personal codes, ignoring what
// the batch says of its id and life. Unique codes are drawn by a job; of a
// shared code text is the code. It refuses to fill more than half of the space
// that codes of this prefix and length have ("codes_too_short", which says what
// length would do), and a shared code that there is ("code_taken"). It needs
// codes.write.
func (s *Service) CreateBatch(ctx context.Context, a auth.Actor, b Batch, text string) (Batch, error) {
	if err := a.Can(b.ProgrammeID, auth.CodesWrite); err != nil {
		return Batch{}, err
	}
	if !slices.Contains([]BatchKind{UniqueCodes, SharedCode, PersonalCodes}, b.Kind) {
		return Batch{}, fault.Invalid("batch_kind", "a batch is unique, shared or personal; printed codes are imported").At("/kind")
	}
	if err := b.check(); err != nil {
		return Batch{}, err
	}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		if err := s.openBatch(ctx, tx, a, &b); err != nil {
			return err
		}
		switch b.Kind {
		case UniqueCodes:
			return s.orderCodes(ctx, tx, &b)
		case SharedCode:
			return b.share(ctx, tx, text)
		}
		return insertBatch(ctx, tx, &b)
	})
	if err != nil {
		return Batch{}, err
	}
	return b, nil
}

// openBatch gives a batch its id and leaves the entry in the audit trail.
func (s *Service) openBatch(ctx context.Context, tx *db.Tx, a auth.Actor, b *Batch) error {
	if err := offerKnown(ctx, tx, b.ProgrammeID, b.OfferID); err != nil {
		return err
	}
	now := db.Time(db.Micros(s.now()))
	b.ID, b.Created, b.Actor = tx.IDs().New(), now, a.String()
	b.Made, b.Done, b.Cancelled, b.Reason = 0, time.Time{}, time.Time{}, ""
	switch b.Kind {
	case SharedCode:
		b.Prefix, b.Length, b.Wanted, b.Made, b.Done = "", 0, 1, 1, now
	case PersonalCodes:
		b.Wanted, b.Done = 0, now
		b.Length = cmp.Or(b.Length, usualLength)
	case PrintedCodes:
		b.Prefix, b.Length = "", 0
	}
	e := b.entry("code.create")
	e.Detail = map[string]any{"offer": b.OfferID.In(id.Offer), "kind": b.Kind, "wanted": b.Wanted}
	return auth.Record(ctx, tx, a, e)
}

// orderCodes leaves the drawing of a batch to a job.
func (s *Service) orderCodes(ctx context.Context, tx *db.Tx, b *Batch) error {
	if err := b.checkSpace(ctx, tx); err != nil {
		return err
	}
	if err := insertBatch(ctx, tx, b); err != nil {
		return err
	}
	shown := b.ID.In(id.Batch)
	return jobs.Add(ctx, tx, s.now(), jobs.New{Kind: GenerateJob, Unique: shown, Payload: generateOrder{shown}})
}

// checkSpace refuses to fill more than half of the code space. Where no length was
// said it takes the least from the usual on that is enough.
func (b *Batch) checkSpace(ctx context.Context, q db.Queryer) error {
	prefix := NormaliseCode(b.Prefix)
	n, err := fitting(cmp.Or(b.Length, usualLength), b.Wanted, func(length int) (int64, error) { return spaceTaken(ctx, q, b.ProgrammeID, prefix, length) })
	if b.Length == 0 && n > 0 {
		b.Length = n
	}
	if err != nil || n == b.Length {
		return err
	}
	return fault.Invalid("codes_too_short", "so many codes of %d signs could be guessed; take %d signs or more", b.Length, n).
		At("/length").With("length", b.Length).With("enough", n)
}

// share writes a shared code and its batch.
func (b *Batch) share(ctx context.Context, tx *db.Tx, text string) error {
	if err := CheckCode(text); err != nil {
		return err
	}
	if err := insertBatch(ctx, tx, b); err != nil {
		return err
	}
	n, err := insertCodes(ctx, tx, []*Code{b.code(tx.IDs().New(), NormaliseCode(text), printed(text), b.Created)})
	if err == nil && n == 0 {
		err = fault.Conflict("code_taken", "there is a code %q already; choose another", printed(text)).At("/code").With("code", printed(text))
	}
	return err
}

func (b *Batch) entry(action string) auth.Entry {
	return auth.Entry{ProgrammeID: b.ProgrammeID, Action: action, Subject: b.ID.In(id.Batch)}
}

// CancelCode ends a code of which something is left, for good, and keeps the
// reason, which must not name anybody. A code that is cancelled already stays
// as it is. It needs codes.write.
func (s *Service) CancelCode(ctx context.Context, a auth.Actor, programme id.ID, text, reason string) error {
	if err := a.Can(programme, auth.CodesWrite); err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	k := CodeKey{programme, NormaliseCode(text)}
	now := db.Time(db.Micros(s.now()))
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		var e auth.Entry
		err := change(ctx, tx, []CodeKey{k}, func(codes map[CodeKey]*Code) (err error) {
			e, err = codes[k].cancel(now, a.String(), reason)
			return err
		})
		if err != nil || e.Action == "" {
			return err
		}
		return auth.Record(ctx, tx, a, e)
	})
}

// cancel cancels the code, and returns what the audit trail keeps of it;
// nothing when it was cancelled before.
func (c *Code) cancel(now time.Time, actor, reason string) (auth.Entry, error) {
	switch c.StateAt(now) {
	case CodeRedeemed:
		return auth.Entry{}, fault.Conflict("code_redeemed", "the code %s is used up, so nothing of it can be cancelled", c.Printed).With("code", c.Printed)
	case CodeExpired:
		return auth.Entry{}, fault.Conflict("code_expired", "the code %s has expired, so nothing of it can be cancelled", c.Printed).With("code", c.Printed)
	case CodeCancelled:
		return auth.Entry{}, nil
	}
	c.Cancelled = now
	c.note(CodeStep{Move: MoveCancelled, At: now, Actor: actor, Note: reason})
	return auth.Entry{ProgrammeID: c.ProgrammeID, Action: "code.cancel", Subject: c.ID.In(id.Code),
		Detail: map[string]any{"batch": c.BatchID.In(id.Batch), "reason": reason}}, nil
}

// CancelBatch ends every code of the batch of which something is left, at
// once, also those that were still to be made, and keeps the reason, which
// must not name anybody. A batch that is cancelled already stays as it is. It
// needs codes.write.
func (s *Service) CancelBatch(ctx context.Context, a auth.Actor, programme, batch id.ID, reason string) error {
	if err := a.Can(programme, auth.CodesWrite); err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		b, err := batchOf(ctx, tx, programme, batch, tx.ForUpdate())
		if err != nil || !b.Cancelled.IsZero() {
			return err
		}
		b.Cancelled, b.Reason = s.now(), reason
		if err := saveBatch(ctx, tx, &b); err != nil {
			return err
		}
		e := b.entry("code.cancel_batch")
		e.Detail = map[string]any{"reason": reason, "made": b.Made}
		return auth.Record(ctx, tx, a, e)
	})
}
