package promo

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Shared returns the one code of a batch of a shared code; fault "unknown_code"
// for any other batch. It needs codes.read.
func (s *Service) Shared(ctx context.Context, a auth.Actor, programme, batch id.ID) (*Code, error) {
	if err := a.Can(programme, auth.CodesRead); err != nil {
		return nil, err
	}
	var found *Code
	err := s.d.View(ctx, func(q db.Queryer) error {
		b, err := batchOf(ctx, q, programme, batch, "")
		if err != nil || b.Kind != SharedCode {
			return err
		}
		return eachCode(ctx, q, `SELECT `+codeColumns+` FROM promo_code AS c`+codeJoins+` WHERE c.batch_id = $1`, []any{batch}, func(c *Code) error {
			found = c
			return nil
		})
	})
	if err == nil && found == nil {
		err = fault.Missing("unknown_code", "the batch %s has no shared code", batch.In(id.Batch)).With("code", batch.In(id.Batch))
	}
	return found, err
}
