package basket

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Back says whether somebody bought after they left a basket.
type Back string

// What can be said of it.
const (
	CameBack Back = "came_back"
	// NotYet is within the days that count.
	NotYet Back = "not_yet"
	// StayedAway is after them.
	StayedAway Back = "stayed_away"
	// Nobody knows of an unknown visitor.
	Nobody Back = "unknown"
)

// Text names it in words.
func (b Back) Text() i18n.Text { return i18n.Text{Key: "basket.back." + string(b)} }

// Seen is a basket with what followed.
type Seen struct {
	*Basket
	Back Back
}

// Query chooses baskets.
type Query struct {
	ProgrammeID id.ID
	// From and To bound when they were left, To excluded; zero for no bound.
	From, To time.Time
	Step     Step   // empty for all
	Reason   Reason // empty for all
	Unknown  bool   // only those of which nobody knows why
	MemberID id.ID  // 0 for everybody
	Before   Cursor // zero from the latest
	Limit    int
}

// Cursor is where a page of baskets ended.
type Cursor struct {
	Left time.Time
	ID   id.ID
}

// mostListed bounds a page.
const mostListed = 500

// List returns a page of baskets, the latest left first. It needs baskets.read.
func (s *Service) List(ctx context.Context, a auth.Actor, w Query) (all []Seen, err error) {
	if err := a.Can(w.ProgrammeID, auth.BasketsRead); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(q db.Queryer) error {
		list, err := w.read(ctx, q)
		if err != nil {
			return err
		}
		all, err = s.seen(ctx, q, w.ProgrammeID, list)
		return err
	})
	return all, err
}

func (w *Query) read(ctx context.Context, q db.Queryer) ([]*Basket, error) {
	var args db.Args
	where := `programme_id = ` + args.Add(w.ProgrammeID)
	if w.MemberID != 0 {
		if _, err := member.Present(ctx, q, w.ProgrammeID, w.MemberID); err != nil {
			return nil, err
		}
		aliases, err := member.Aliases(ctx, q, w.MemberID)
		if err != nil {
			return nil, err
		}
		where += ` AND member_id IN ` + args.In(aliases) + ` AND member_id <> 0`
	}
	if !w.From.IsZero() {
		where += ` AND left_at >= ` + args.Add(db.Micros(w.From))
	}
	if !w.To.IsZero() {
		where += ` AND left_at < ` + args.Add(db.Micros(w.To))
	}
	if w.Step != "" {
		where += ` AND step = ` + args.Add(string(w.Step))
	}
	if w.Reason != "" {
		where += ` AND reason = ` + args.Add(string(w.Reason))
	}
	if w.Unknown {
		where += ` AND reason = ''`
	}
	if w.Before.ID != 0 {
		at := args.Add(db.Micros(w.Before.Left))
		where += ` AND (left_at < ` + at + ` OR left_at = ` + at + ` AND id < ` + args.Add(w.Before.ID) + `)`
	}
	limit := w.Limit
	if limit <= 0 || limit > mostListed {
		limit = mostListed
	}
	return selectBaskets(ctx, q, where+` ORDER BY left_at DESC, id DESC LIMIT `+args.Add(limit), args.Values()...)
}

// Get returns a basket with what followed. It needs baskets.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, which id.ID) (one Seen, err error) {
	if err := a.Can(programme, auth.BasketsRead); err != nil {
		return Seen{}, err
	}
	err = s.DB.View(ctx, func(q db.Queryer) error {
		b, err := loadBasket(ctx, q, programme, which, "")
		if err != nil {
			return err
		}
		all, err := s.seen(ctx, q, programme, []*Basket{b})
		if err == nil {
			one = all[0]
		}
		return err
	})
	return one, err
}

// seen adds what followed.
func (s *Service) seen(ctx context.Context, q db.Queryer, programme id.ID, list []*Basket) ([]Seen, error) {
	set, _, err := loadSettings(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	back, err := backAmong(ctx, q, programme, list, set.window())
	if err != nil {
		return nil, err
	}
	now := s.clock()
	all := make([]Seen, len(list))
	for i, b := range list {
		all[i] = Seen{b, StayedAway}
		switch {
		case b.MemberID == 0:
			all[i].Back = Nobody
		case back[b.ID]:
			all[i].Back = CameBack
		case b.Left.Add(set.window()).After(now):
			all[i].Back = NotYet
		}
	}
	return all, nil
}

// window is how long after leaving a purchase counts as coming back.
func (s *Settings) window() time.Duration { return time.Duration(s.Days) * 24 * time.Hour }

// cameBack is the condition under which whoever left the basket b bought within
// so many microseconds: under the account of then, under that which it was merged
// into, or under another that was. What came back of the purchase later is not
// asked.
func cameBack(micros string) string {
	soon := `s.occurred > b.left_at AND s.occurred <= b.left_at + ` + micros
	return `(EXISTS (SELECT 1 FROM sale AS s WHERE s.member_id = b.member_id AND ` + soon + `)
		OR EXISTS (SELECT 1 FROM member AS m JOIN sale AS s ON s.member_id = m.merged_into WHERE m.id = b.member_id AND m.merged_into <> 0 AND ` + soon + `)
		OR EXISTS (SELECT 1 FROM member AS m JOIN member AS o ON o.merged_into = CASE WHEN m.merged_into = 0 THEN m.id ELSE m.merged_into END AND o.merged_into <> 0
			JOIN sale AS s ON s.member_id = o.id WHERE m.id = b.member_id AND ` + soon + `))`
}

// backAmong returns after which baskets their members bought.
func backAmong(ctx context.Context, q db.Queryer, programme id.ID, list []*Basket, window time.Duration) (map[id.ID]bool, error) {
	var ids []id.ID
	for _, b := range list {
		if b.MemberID != 0 {
			ids = append(ids, b.ID)
		}
	}
	back := map[id.ID]bool{}
	if len(ids) == 0 {
		return back, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT b.id FROM basket AS b WHERE b.programme_id = `+args.Add(programme)+` AND b.id IN `+args.In(ids)+` AND `+cameBack(args.Add(window.Microseconds())), args.Values()...)
	if err := db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		back[n] = true
		return nil
	}); err != nil {
		return nil, fmt.Errorf("looking for who came back: %w", err)
	}
	return back, nil
}

// boughtSince reports whether the member of a basket bought anything since.
func boughtSince(ctx context.Context, q db.Queryer, b *Basket, now time.Time) (bool, error) {
	back, err := backAmong(ctx, q, b.ProgrammeID, []*Basket{b}, max(0, now.Sub(b.Left)))
	return back[b.ID], err
}

// span readies the bounds of a report: a year that ends now, where nothing is
// said.
func (s *Service) span(from, to time.Time) (time.Time, time.Time, error) {
	if now := s.clock(); to.IsZero() || to.After(now) {
		to = now
	}
	if from.IsZero() {
		from = to.AddDate(-1, 0, 0)
	}
	if !from.Before(to) || from.Before(to.AddDate(-10, 0, 0)) {
		return from, to, fault.Invalid("basket_span", "the span begins before it ends, and takes at most 10 years").At("/from")
	}
	return from, to, nil
}
