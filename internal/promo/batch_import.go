package promo

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// ImportReport says what became of a file of printed codes.
type ImportReport struct {
	Batch Batch
	Codes int64         // of the file that the batch has now
	Left  []LineRefusal // by line
}

// ImportOptions say how a file is taken.
type ImportOptions struct {
	// PassOver takes the good lines of a file that has others; without it such
	// a file is refused whole.
	PassOver bool
	// Progress, if set, is told how many codes are written.
	Progress func(done, total int64)
}

// ImportCodes makes a batch of the printed codes of a file. Each line that
// cannot be taken is in the report: no code, twice in the file, or there
// already. Unless they may be passed over, then the import is refused
// ("codes_left") and nothing is written.
//
// Codes are written by transactions of some thousands. An import that broke off
// leaves a batch that is not done: with its id the same file goes on where it
// ended, and what is there already is no conflict. It needs codes.write.
func (s *Service) ImportCodes(ctx context.Context, a auth.Actor, b Batch, in io.Reader, o ImportOptions) (ImportReport, error) {
	if err := a.Can(b.ProgrammeID, auth.CodesWrite); err != nil {
		return ImportReport{}, err
	}
	codes, left, err := readPrinted(in)
	if err != nil {
		return ImportReport{}, err
	}
	r := ImportReport{Batch: b, Codes: int64(len(codes)), Left: left}
	missing, err := s.freeCodes(ctx, &r, codes)
	switch {
	case err != nil:
		return r, err
	case len(r.Left) > 0 && !o.PassOver:
		return r, fault.Conflict("codes_left", "%d lines of the file cannot be taken; mend them, or pass them over", len(r.Left)).With("lines", len(r.Left))
	case r.Codes == 0:
		return r, fault.Invalid("codes_none", "the file holds no code that can be taken")
	}
	if err := s.beginImport(ctx, a, &r.Batch, int64(len(missing))); err != nil {
		return r, err
	}
	if err := s.writeImport(ctx, &r, missing, o); err != nil {
		return r, err
	}
	slices.SortFunc(r.Left, func(a, b LineRefusal) int { return cmp.Compare(a.Line, b.Line) })
	return r, s.finishImport(ctx, &r.Batch)
}

// freeCodes returns those codes that nobody has, in the order of their texts, and
// refuses those that other batches have.
func (s *Service) freeCodes(ctx context.Context, r *ImportReport, codes []printedCode) ([]printedCode, error) {
	slices.SortFunc(codes, func(a, b printedCode) int { return cmp.Compare(a.text, b.text) })
	missing := make([]printedCode, 0, len(codes))
	for part := range slices.Chunk(codes, drawnAtOnce) {
		owners, err := ownersOf(ctx, s.d.Reader(), r.Batch.ProgrammeID, part)
		if err != nil {
			return nil, err
		}
		missing = append(missing, r.sort(part, owners)...)
	}
	slices.SortFunc(r.Left, func(a, b LineRefusal) int { return cmp.Compare(a.Line, b.Line) })
	return missing, nil
}

// sort refuses the codes that others own and returns those that nobody does.
func (r *ImportReport) sort(codes []printedCode, owners map[string]id.ID) (missing []printedCode) {
	for _, c := range codes {
		switch owner, owned := owners[c.text]; {
		case !owned:
			missing = append(missing, c)
		case owner != r.Batch.ID:
			r.Codes--
			r.Left = append(r.Left, LineRefusal{Line: c.line, Code: c.shown, Why: "taken"})
		}
	}
	return missing
}

// beginImport opens a new batch, or one that broke off, for so many more codes.
func (s *Service) beginImport(ctx context.Context, a auth.Actor, b *Batch, more int64) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		if b.ID != 0 {
			return s.resumeImport(ctx, tx, b, more)
		}
		b.Kind, b.Wanted = PrintedCodes, more
		if err := b.check(); err != nil {
			return err
		}
		if err := s.openBatch(ctx, tx, a, b); err != nil {
			return err
		}
		return insertBatch(ctx, tx, b)
	})
}

func (s *Service) resumeImport(ctx context.Context, tx *db.Tx, b *Batch, more int64) error {
	found, err := batchOf(ctx, tx, b.ProgrammeID, b.ID, tx.ForUpdate())
	if err != nil {
		return err
	}
	*b = found
	if b.Kind != PrintedCodes || !b.Cancelled.IsZero() || !b.Done.IsZero() && more > 0 {
		return fault.Conflict("batch_not_open", "no more codes can be imported into this batch; make a new one").With("batch", b.ID.In(id.Batch))
	}
	b.Wanted = max(b.Wanted, b.Made+more)
	return saveBatch(ctx, tx, b)
}

// writeImport writes the codes by parts.
func (s *Service) writeImport(ctx context.Context, r *ImportReport, codes []printedCode, o ImportOptions) error {
	for part := range slices.Chunk(codes, drawnAtOnce) {
		err := s.d.InTx(ctx, func(tx *db.Tx) error { return s.writeImportPart(ctx, tx, r, part) })
		if err != nil {
			return err
		}
		if o.Progress != nil {
			o.Progress(r.Batch.Made, r.Batch.Wanted)
		}
	}
	return nil
}

func (s *Service) writeImportPart(ctx context.Context, tx *db.Tx, r *ImportReport, part []printedCode) error {
	b, err := batchOf(ctx, tx, r.Batch.ProgrammeID, r.Batch.ID, tx.ForUpdate())
	if err != nil {
		return err
	}
	if !b.Cancelled.IsZero() {
		return fault.Conflict("batch_not_open", "the batch was cancelled").With("batch", b.ID.In(id.Batch))
	}
	codes := make([]*Code, len(part))
	for i, c := range part {
		codes[i] = b.code(tx.IDs().New(), c.text, c.shown, b.Created)
	}
	n, err := insertCodes(ctx, tx, codes)
	if err != nil {
		return err
	}
	if n < int64(len(part)) { // somebody else was faster
		owners, err := ownersOf(ctx, tx, b.ProgrammeID, part)
		if err != nil {
			return err
		}
		r.sort(part, owners)
	}
	b.Made += n
	b.Wanted = max(b.Wanted, b.Made)
	r.Batch = b
	return saveBatch(ctx, tx, &b)
}

// finishImport says that the batch is whole.
func (s *Service) finishImport(ctx context.Context, b *Batch) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		found, err := batchOf(ctx, tx, b.ProgrammeID, b.ID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if found.Done.IsZero() {
			found.Wanted, found.Done = found.Made, db.Time(db.Micros(s.now()))
		}
		*b = found
		return saveBatch(ctx, tx, b)
	})
}

// ownersOf returns the batches of those codes that exist.
func ownersOf(ctx context.Context, q db.Queryer, programme id.ID, codes []printedCode) (map[string]id.ID, error) {
	owners := map[string]id.ID{}
	for part := range slices.Chunk(codes, 1024) {
		keys := make([]CodeKey, len(part))
		for i, c := range part {
			keys[i] = CodeKey{programme, c.text}
		}
		var args db.Args
		query := `WITH k (programme_id, text) AS ` + tuples(&args, keys) + ` SELECT c.text, c.batch_id
			FROM k CROSS JOIN promo_code AS c WHERE c.programme_id = k.programme_id AND c.text = k.text`
		rows, err := q.Query(ctx, query, args.Values()...)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (text string, err error) {
			var batch id.ID
			err = r.Scan(&text, &batch)
			owners[text] = batch
			return text, err
		})
		if err != nil {
			return nil, fmt.Errorf("looking for codes: %w", err)
		}
	}
	return owners, nil
}
