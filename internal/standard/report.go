package standard

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Span says of which visits results are asked.
type Span struct {
	StandardID id.ID
	Kind       Kind
	// ShopID is 0 for all.
	ShopID   id.ID
	From, To time.Time // zero for the last year
}

// mostYears bounds a span.
const mostYears = 10

// Results returns what the visits of a standard came to, by the day on which they
// were to be. Announced and unannounced ones are never mixed: that a shop knew
// makes a difference. It needs standards.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme id.ID, n Span) (*Results, error) {
	if err := a.Can(programme, auth.StandardsRead); err != nil {
		return nil, err
	}
	if n.Kind == "" {
		n.Kind = Mystery
	}
	if !slices.Contains(Kinds(), n.Kind) {
		return nil, fault.Invalid("visit_kind", "visits are mystery or audit").At("/kind")
	}
	if now := s.clock(); n.To.IsZero() || n.To.After(now) {
		n.To = now
	}
	if n.From.IsZero() {
		n.From = n.To.AddDate(-1, 0, 0)
	}
	if !n.From.Before(n.To) || n.From.Before(n.To.AddDate(-mostYears, 0, 0)) {
		return nil, fault.Invalid("visit_span", "the span begins before it ends, and takes at most %d years", mostYears).At("/from").With("most", mostYears)
	}
	r := &Results{From: n.From, To: n.To}
	err := s.d.View(ctx, func(q db.Queryer) error {
		of, err := loadStandard(ctx, q, programme, n.StandardID)
		if err != nil {
			return err
		}
		r.Spec = of.Shown()
		return s.collect(ctx, q, programme, n, r)
	})
	return r, err
}

func (s *Service) collect(ctx context.Context, q db.Queryer, programme id.ID, n Span, r *Results) error {
	list, err := selectVisits(ctx, q, `v.programme_id = $1 AND v.standard_id = $2 AND v.kind = $3 AND v.opens >= $4 AND v.opens < $5
		AND v.state <> 'cancelled' ORDER BY v.opens, v.id`, programme, n.StandardID, string(n.Kind), db.Micros(n.From), db.Micros(n.To))
	if err != nil {
		return fmt.Errorf("collecting sheets: %w", err)
	}
	now := s.clock()
	var sent []*Visit
	for _, v := range list {
		if n.ShopID != 0 && v.ShopID != n.ShopID {
			continue
		}
		switch v.At(now) {
		case Sent:
			sent = append(sent, v)
		case Missed:
			r.MissedOnes++
		}
	}
	r.Planned = int64(len(sent)) + r.MissedOnes
	r.reckon(sent)
	return nil
}
