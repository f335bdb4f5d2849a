package promise

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/stats"
)

// Rate is how many promises of a group were kept, of those whose time is over.
type Rate struct {
	// ShopID, Kind or Month names the group; the others are zero, as are all
	// for the whole.
	ShopID id.ID
	Kind   Kind
	Month  time.Time // its first moment within the span, in the programme's zone
	// Kept and Broken are judged by the first promise; Withdrawn ones count for
	// neither and stand beside.
	Kept, Broken, Withdrawn int64
}

// N is how many promises the share is of.
func (r Rate) N() int64 { return r.Kept + r.Broken }

// Share is the share that was kept with its 95 % score interval; its lower
// bound is what can be said for sure.
func (r Rate) Share() stats.Interval { return stats.Wilson(r.Kept, r.N(), stats.Confidence) }

// Counts below which no share is shown, and below which it is preliminary.
const (
	FewestShown = 10
	FewestFirm  = 30
)

// Rates is how promises were kept in a span of time.
type Rates struct {
	From, To time.Time
	Whole    Rate
	// ByShop, ByKind and ByMonth are its parts; shops and kinds without a
	// promise are left out.
	ByShop, ByKind, ByMonth []Rate
	// ByPart tells by which part prices grew, of those that were charged by parts.
	ByPart []PartRate
	Prices Prices
	Counts Counts
}

// Rates returns how the promises were kept whose time was over in a span that
// ends now at the latest: one that is kept before its time counts only then,
// for the broken ones come to light only then too. It needs promises.read.
func (s *Service) Rates(ctx context.Context, a auth.Actor, programme id.ID, from, to time.Time) (*Rates, error) {
	if err := a.Can(programme, auth.PromisesRead); err != nil {
		return nil, err
	}
	if now := s.clock(); to.IsZero() || to.After(now) {
		to = now
	}
	if from.IsZero() {
		from = to.AddDate(-1, 0, 0)
	}
	if !from.Before(to) || from.Before(to.AddDate(-10, 0, 0)) {
		return nil, fault.Invalid("promise_span", "the span begins before it ends, and takes at most 10 years").At("/from")
	}
	r := &Rates{From: from, To: to}
	err := s.DB.View(ctx, func(q db.Queryer) error {
		g, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		if r.Counts.Soon, err = CountSoon(ctx, q, programme); err != nil {
			return err
		}
		if r.Counts.Unmended, err = CountUnmended(ctx, q, programme); err != nil {
			return err
		}
		return r.read(ctx, q, programme, g.Zone)
	})
	return r, err
}

func (r *Rates) read(ctx context.Context, q db.Queryer, programme id.ID, zone *time.Location) error {
	parts, err := readParts(ctx, q, programme, r.From, r.To)
	if err != nil {
		return err
	}
	shops, kinds := map[id.ID]int{}, map[Kind]int{}
	for _, p := range parts {
		r.Whole.add(p)
		if _, met := shops[p.ShopID]; !met {
			shops[p.ShopID] = len(r.ByShop)
			r.ByShop = append(r.ByShop, Rate{ShopID: p.ShopID})
		}
		r.ByShop[shops[p.ShopID]].add(p)
		if _, met := kinds[p.Kind]; !met {
			kinds[p.Kind] = len(r.ByKind)
			r.ByKind = append(r.ByKind, Rate{Kind: p.Kind})
		}
		r.ByKind[kinds[p.Kind]].add(p)
	}
	if r.ByMonth, err = readMonths(ctx, q, programme, months(r.From, r.To, zone)); err != nil {
		return err
	}
	return r.readPartRates(ctx, q, programme)
}

func (r *Rate) add(o Rate) {
	r.Kept += o.Kept
	r.Broken += o.Broken
	r.Withdrawn += o.Withdrawn
}

const tally = `CAST(SUM(CASE WHEN p.state = 'kept' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN p.state = 'broken' THEN 1 ELSE 0 END) AS BIGINT),
	CAST(SUM(CASE WHEN p.state = 'withdrawn' THEN 1 ELSE 0 END) AS BIGINT)`

// readParts adds promises up by shop and kind.
func readParts(ctx context.Context, q db.Queryer, programme id.ID, from, to time.Time) ([]Rate, error) {
	rows, err := q.Query(ctx, `SELECT p.shop_id, p.kind, `+tally+` FROM promise AS p
		WHERE p.programme_id = $1 AND p.ends >= $2 AND p.ends < $3 GROUP BY p.shop_id, p.kind ORDER BY p.shop_id, p.kind`, programme, db.Micros(from), db.Micros(to))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Rate, err error) {
		err = r.Scan(&n.ShopID, &n.Kind, &n.Kept, &n.Broken, &n.Withdrawn)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding promises up: %w", err)
	}
	return list, nil
}

// span is a stretch of time, its end excluded.
type span struct{ from, to time.Time }

// months cuts a span into the months of a zone; the first and the last may be
// parts.
func months(from, to time.Time, zone *time.Location) []span {
	var list []span
	for at := from; at.Before(to); {
		next := earn.Month.Start(earn.Month.Start(at, zone).AddDate(0, 0, 35), zone)
		if next.After(to) {
			next = to
		}
		list = append(list, span{at.In(zone), next})
		at = next
	}
	return list
}

// readMonths adds promises up by stretches of time, in one statement.
func readMonths(ctx context.Context, q db.Queryer, programme id.ID, spans []span) ([]Rate, error) {
	var args db.Args
	rows := make([][]any, len(spans))
	list := make([]Rate, len(spans))
	for i, m := range spans {
		rows[i] = []any{int64(i), db.Micros(m.from), db.Micros(m.to)}
		list[i].Month = m.from
	}
	if len(spans) == 0 {
		return nil, nil
	}
	found, err := q.Query(ctx, `WITH m(no, low, high) AS `+args.Tuples([]db.Kind{db.Int, db.Int, db.Int}, rows)+`
		SELECT m.no, `+tally+` FROM (SELECT DISTINCT no, low, high FROM m) AS m JOIN promise AS p ON p.ends >= m.low AND p.ends < m.high
		WHERE p.programme_id = `+args.Add(programme)+` GROUP BY m.no`, args.Values()...)
	_, err = db.Collect(found, err, func(r *sql.Rows) (_ struct{}, err error) {
		var no int
		var n Rate
		if err = r.Scan(&no, &n.Kept, &n.Broken, &n.Withdrawn); err == nil {
			list[no].add(n)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding promises up by month: %w", err)
	}
	return list, nil
}
