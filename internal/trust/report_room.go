package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// EditionRecord is what was published of a period at a time, in exports.
type EditionRecord struct {
	Report   string          `json:"report"`
	Period   string          `json:"period"`
	Version  int64           `json:"version"`
	At       time.Time       `json:"at"`
	By       string          `json:"by"`
	Standing Standing        `json:"standing"`
	Note     string          `json:"note"`
	Snapshot json.RawMessage `json:"snapshot,omitempty"`
	Digest   string          `json:"digest"`
}

func dumpReports(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectReports(ctx, q, `r.programme_id = $1 ORDER BY r.id`, programme)
	if err != nil {
		return err
	}
	for _, r := range list {
		editions, err := editionsOf(ctx, q, programme, r.ID)
		if err != nil {
			return err
		}
		for _, e := range editions {
			n := EditionRecord{r.ID.In(id.TrustReport), r.Period.Name, e.Version, e.At, e.Actor, e.Standing, e.Note, json.RawMessage(e.text), e.Digest}
			if err := to("trust_reports", n); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkReports notes published figures that were changed behind the reader,
// that are not of a whole period, or that were published before it was over.
func checkReports(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectReports(ctx, q, `r.programme_id = $1 ORDER BY r.id`, programme)
	if err != nil {
		return err
	}
	for _, r := range list {
		editions, err := editionsOf(ctx, q, programme, r.ID)
		if err != nil {
			return fmt.Errorf("checking published figures: %w", err)
		}
		for _, odd := range r.odd(editions) {
			note(r.ID.In(id.TrustReport) + " " + odd)
		}
	}
	return nil
}

// odd says what contradicts itself in what was published of a period.
func (r *Report) odd(editions []Edition) (found []string) {
	wrong := func(yes bool, what string) {
		if yes {
			found = append(found, what)
		}
	}
	wrong(!r.whole(), "is not of a whole period")
	before := ""
	for i, e := range editions {
		wrong(e.Version != int64(i+1), "lacks an edition")
		wrong(e.Digest != e.digest(before), "was changed after it was published")
		wrong(e.At.Before(r.Period.Until), "was published before its period was over")
		wrong((e.Standing == Withdrawn) != (e.Snapshot == nil), "is withdrawn and shown, or neither")
		wrong((e.Standing == Published) != (e.Note == ""), "was corrected or withdrawn without a reason")
		wrong(e.Snapshot != nil && e.Snapshot.Period.Name != r.Period.Name, "shows the figures of another period")
		before = e.Digest
	}
	last := len(editions)
	wrong(int64(last) != r.Version || last == 0 || editions[last-1].Standing != r.Standing, "is not what its latest edition says")
	return found
}

// aDay is as far as a zone lies from UTC, and more.
const aDay = 24 * time.Hour

// whole reports whether it begins and ends with the period of its name, in
// whatever zone the programme was then.
func (r *Report) whole() bool {
	p, err := ParsePeriod(r.Period.Name, time.UTC)
	near := func(a, b time.Time) bool { return a.Sub(b).Abs() < aDay }
	return err == nil && near(p.From, r.Period.From) && near(p.Until, r.Period.Until)
}
