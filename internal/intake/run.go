package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// Report counts what became of the rows. Rows is the sum of what is left out,
// the members and the lines of sales and returns; only what was refused after
// it had been yielded is counted among both.
type Report struct {
	Rows    int64            `json:"rows"`
	LeftOut map[Reason]int64 `json:"left_out"`
	Members int64            `json:"members"`
	Sales   int64            `json:"sales"`
	Returns int64            `json:"returns"`
	// Consents are left out of the JSON of files that hold none.
	Consents int64 `json:"consents,omitempty"`
	// SaleLines and ReturnLines count rows; their fees are among them.
	SaleLines   int64 `json:"sale_lines"`
	SaleFees    int64 `json:"sale_fees"`
	ReturnLines int64 `json:"return_lines"`
	ReturnFees  int64 `json:"return_fees"`
	// Rounded counts lines whose amount was not whole in minor units.
	Rounded int64 `json:"rounded"`
	// From and To are the earliest and latest business times taken.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Options are what one run needs besides its settings.
type Options struct {
	// Now bounds business times: later ones, by more than a day, are absurd.
	Now time.Time
	// Progress, if set, is told the number of rows read, now and then.
	Progress func(rows int64)
}

// Run takes one file.
type Run struct {
	open    Opener
	options Options
	plan    *plan
	columns []string
	source  Source
	report  Report
	left    []leftRow
}

type leftRow struct {
	line    int64
	refusal Refusal
}

// New opens the file and checks the settings against its columns.
func New(open Opener, settings Settings, options Options) (*Run, error) {
	source, err := open()
	if err != nil {
		return nil, err
	}
	p, err := settings.plan(source.Columns(), options.Now)
	if err != nil {
		return nil, errors.Join(err, source.Close())
	}
	return &Run{open: open, options: options, plan: p, columns: source.Columns(), source: source,
		report: Report{LeftOut: map[Reason]int64{}}}, nil
}

// Report returns the counts so far; they are whole when Records has ended.
func (r *Run) Report() Report { return r.report }

// Columns names the columns of the file.
func (r *Run) Columns() []string { return r.columns }

// Records yields the records once and closes the file. Members and consents come in the
// order of the file as they are read; sales and returns come in business
// order after the whole file has been read, so that a file that breaks off
// yields none. The first error ends it.
func (r *Run) Records(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		defer r.source.Close()
		if r.plan.Holds == Members || r.plan.Holds == Consents {
			r.people(ctx, yield)
			return
		}
		g, err := r.gather(ctx)
		if err != nil {
			yield(Record{}, err)
			return
		}
		for record := range g.records() {
			r.tally(record)
			if !yield(record, nil) {
				return
			}
		}
	}
}

func (r *Run) people(ctx context.Context, yield func(Record, error) bool) {
	err := r.each(ctx, func(row Row, t Taken, f Refusal) bool {
		if f.Reason != "" {
			r.leave(row.Line, f)
			return true
		}
		r.report.Members += one(t.Member != nil)
		r.report.Consents += one(t.Consent != nil)
		return yield(Record{Member: t.Member, Consent: t.Consent}, nil)
	})
	if err != nil {
		yield(Record{}, err)
	}
}

// each reads the rows until the end or until take has enough.
func (r *Run) each(ctx context.Context, take func(Row, Taken, Refusal) bool) error {
	const step = 1000
	sieve := newSieve(r.plan)
	for {
		row, err := r.source.Next()
		if errors.Is(err, io.EOF) {
			r.progress()
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading row %d: %w", r.report.Rows+1, err)
		}
		if r.report.Rows++; r.report.Rows%step == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			r.progress()
		}
		t, refusal := sieve.take(row)
		if !take(row, t, refusal) {
			return nil
		}
	}
}

func (r *Run) progress() {
	if r.options.Progress != nil {
		r.options.Progress(r.report.Rows)
	}
}

func (r *Run) gather(ctx context.Context) (*gatherer, error) {
	g := newGatherer(r.plan)
	err := r.each(ctx, func(row Row, t Taken, f Refusal) bool {
		switch {
		case f.Reason == "":
			f = g.add(row.Line, t)
		case f.Reason != NoCustomer && f.Reason != Duplicate:
			g.spoil(t)
		}
		if f.Reason != "" {
			r.leave(row.Line, f)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	for line := range g.incomplete() {
		r.leave(line, whole(Incomplete))
	}
	r.report.Rounded = g.rounded()
	return g, nil
}

func (r *Run) leave(line int64, f Refusal) {
	r.left = append(r.left, leftRow{line, f})
	r.report.LeftOut[f.Reason]++
}

func (r *Run) tally(record Record) {
	n := &r.report
	var at time.Time
	if s := record.Sale; s != nil {
		n.Sales++
		n.SaleLines += int64(len(s.Lines))
		for _, l := range s.Lines {
			n.SaleFees += one(l.Fee)
		}
		at = s.Occurred
	}
	if s := record.Return; s != nil {
		n.Returns++
		n.ReturnLines += int64(len(s.Lines))
		for _, l := range s.Lines {
			n.ReturnFees += one(l.Fee)
		}
		at = s.Occurred
	}
	if n.From.IsZero() {
		n.From = at
	}
	n.To = at
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// Refuse notes that a record, after it was yielded, could not be taken, so
// that its rows join the rejects with the words that say why.
func (r *Run) Refuse(record Record, words string) {
	for _, line := range record.Lines() {
		r.leave(line, Refusal{Reason: Refused, Column: -1, Words: words})
	}
}
