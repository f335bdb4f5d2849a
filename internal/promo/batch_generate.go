package promo

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// GenerateJob is the kind of the job that draws the codes of a batch.
const GenerateJob = "draw_codes"

type generateOrder struct {
	Batch string `json:"batch"`
}

const (
	// drawnAtOnce is how many codes are written by one transaction: enough that
	// the commit costs little, and few enough that sales wait for it less than
	// a second.
	drawnAtOnce = 10_000
	// fruitless is how often drawing may bring nothing new.
	fruitless = 50
)

// DoGenerate does a GenerateJob.
func (s *Service) DoGenerate(ctx context.Context, j *jobs.Job) error {
	var o generateOrder
	if err := j.Read(&o); err != nil {
		return err
	}
	batch, err := id.Parse(id.Batch, o.Batch)
	if err != nil {
		return jobs.Permanent(err)
	}
	err = s.Generate(ctx, batch, func(done, total int64) error { return j.Progress(ctx, done, total, "") })
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

// Generate draws the codes that the batch still lacks, by transactions of
// some thousands, and tells progress after each. It can be broken off at any
// time and begun again, also twice at once: the batch never gets more codes
// than are wanted. Of a batch that is whole or cancelled it does nothing.
func (s *Service) Generate(ctx context.Context, batch id.ID, progress func(done, total int64) error) error {
	scarce, idle := false, 0
	for {
		var b Batch
		var asked, got int64
		err := s.d.InTx(ctx, func(tx *db.Tx) (err error) {
			if b, err = loadBatch(ctx, tx, batch, tx.ForUpdate()); err != nil {
				return err
			}
			if asked = min(b.remaining(), drawnAtOnce); asked == 0 || b.Kind != UniqueCodes {
				return nil
			}
			got, err = s.drawInto(ctx, tx, &b, asked, scarce)
			return err
		})
		switch {
		case err != nil:
			return err
		case asked == 0 || b.Kind != UniqueCodes:
			return nil
		case got > 0:
			idle = 0
		default:
			idle++
		}
		if idle == fruitless {
			return spaceFull(b.Length)
		}
		// Where a part of the space is full already, the whole is drawn from.
		scarce = got < asked/2+1
		if err := progress(b.Made, b.Wanted); err != nil {
			return err
		}
	}
}

// drawInto draws up to n codes and writes those that are new.
func (s *Service) drawInto(ctx context.Context, tx *db.Tx, b *Batch, n int64, scarce bool) (int64, error) {
	lo, hi := b.Made, b.Made+n
	if scarce {
		lo, hi = 0, b.Wanted
	}
	texts, err := newDrawer(b.Length).draw(int(n), lo, hi, b.Wanted)
	if err != nil {
		return 0, err
	}
	got, err := insertCodes(ctx, tx, b.drawn(tx.IDs(), texts))
	if err != nil {
		return 0, err
	}
	if b.Made += got; b.Made == b.Wanted {
		b.Done = s.now()
	}
	return got, saveBatch(ctx, tx, b)
}

// drawn returns the codes with these random parts.
func (b *Batch) drawn(ids *id.Maker, parts []string) []*Code {
	prefix := NormaliseCode(b.Prefix)
	codes := make([]*Code, len(parts))
	for i, p := range parts {
		codes[i] = b.code(ids.New(), prefix+p, b.Prefix+p, b.Created)
	}
	return codes
}
