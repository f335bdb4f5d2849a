package tier

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Limits of what a rank lengthens.
const (
	MaxReturnDays     = 366
	MaxWarrantyMonths = 120
)

// Terms are times that a rank lengthens for who holds it when they buy.
type Terms struct {
	// ReturnDays is how many days longer things may come back.
	ReturnDays int `json:"return_days,omitempty"`
	// WarrantyMonths is how many months longer a warranty lasts.
	WarrantyMonths int `json:"warranty_months,omitempty"`
}

// Texts say what is lengthened; none where nothing is.
func (t Terms) Texts() []i18n.Text {
	var list []i18n.Text
	if t.ReturnDays > 0 {
		list = append(list, i18n.Text{Key: "tier.term.return", Args: map[string]any{"days": t.ReturnDays}})
	}
	if t.WarrantyMonths > 0 {
		list = append(list, i18n.Text{Key: "tier.term.warranty", Args: map[string]any{"months": t.WarrantyMonths}})
	}
	return list
}

// longer takes of each term the longer one.
func (t Terms) longer(o Terms) Terms {
	return Terms{max(t.ReturnDays, o.ReturnDays), max(t.WarrantyMonths, o.WarrantyMonths)}
}

// TermsAt returns what the ranks lengthened that a member, known under several
// ids since profiles were merged, held just before an instant: of all ladders the
// longest. The rank that a purchase itself brought counts from the next one on.
func TermsAt(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID, at time.Time) (Terms, error) {
	ladders, err := LoadLadders(ctx, q, programme)
	if err != nil || !lengthen(ladders) {
		return Terms{}, err
	}
	held, err := ranksBefore(ctx, q, members, at)
	if err != nil {
		return Terms{}, err
	}
	var t Terms
	for i := range ladders {
		l := &ladders[i]
		v := l.At(at)
		if v == nil {
			continue
		}
		codes := held[l.ID]
		if len(codes) == 0 {
			codes = []string{v.Ranks[0].Code}
		}
		for _, code := range codes {
			r, _ := v.Rank(code)
			t = t.longer(r.Terms)
		}
	}
	return t, nil
}

// LongestTerms returns the longest that any rank ever brought.
func LongestTerms(ctx context.Context, q db.Queryer, programme id.ID) (Terms, error) {
	ladders, err := LoadLadders(ctx, q, programme)
	return longest(ladders), err
}

func lengthen(ladders []Ladder) bool { return longest(ladders) != Terms{} }

func longest(ladders []Ladder) Terms {
	var t Terms
	for _, l := range ladders {
		for _, v := range l.Versions {
			for _, r := range v.Ranks {
				t = t.longer(r.Terms)
			}
		}
	}
	return t
}

// ranksBefore returns by ladder the ranks that the members held just before an
// instant; none where they never had an account by then.
func ranksBefore(ctx context.Context, q db.Queryer, members []id.ID, at time.Time) (map[id.ID][]string, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT c.ladder_id, c.to_code FROM rank_change AS c
		WHERE c.member_id IN `+args.In(members)+` AND c.at < `+args.Add(db.Micros(at))+` AND NOT EXISTS (SELECT 1 FROM rank_change AS l
			WHERE l.member_id = c.member_id AND l.ladder_id = c.ladder_id AND l.no > c.no AND l.at < `+args.Add(db.Micros(at))+`)
		ORDER BY c.ladder_id, c.member_id`, args.Values()...)
	held := map[id.ID][]string{}
	err = db.Each(rows, err, func(r *sql.Rows) (c Change, err error) { return c, r.Scan(&c.LadderID, &c.To) }, func(c Change) error {
		held[c.LadderID] = append(held[c.LadderID], c.To)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the ranks that were held at %s: %w", at.Format(time.RFC3339), err)
	}
	return held, nil
}
