package promo

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// sweptAtOnce is how many codes one transaction of a sweep takes.
const sweptAtOnce = 1000

const openCodes = `c.state IN ('issued', 'delivered', 'seen') AND c.expires < 9223372036854775807`

var sweeper = auth.System("codes").String()

// ExpireCodes writes down which codes have expired and which holds are over by
// the moment, which is not after now, and returns how many codes that were. It
// only says what reading says anyway, and can be broken off at any time.
func (s *Service) ExpireCodes(ctx context.Context, until time.Time) (int, error) {
	if now := s.now(); until.After(now) {
		until = now
	}
	if _, err := s.sweep(ctx, lapsedHolds, until, endHolds); err != nil {
		return 0, err
	}
	return s.sweep(ctx, expiredCodes, until, func(ctx context.Context, tx *db.Tx, codes map[CodeKey]*Code, until time.Time) error {
		for _, c := range codes {
			c.sweep(until, sweeper)
		}
		return nil
	})
}

// sweep lets fn write codes that find names, until there are none.
func (s *Service) sweep(ctx context.Context, find func(context.Context, db.Queryer, int64, int) ([]CodeKey, error), until time.Time,
	fn func(context.Context, *db.Tx, map[CodeKey]*Code, time.Time) error) (int, error) {
	total := 0
	for {
		n := 0
		err := s.d.InTx(ctx, func(tx *db.Tx) error {
			keys, err := find(ctx, tx, db.Micros(until), sweptAtOnce)
			if err != nil {
				return err
			}
			n = len(keys)
			return change(ctx, tx, sorted(keys), func(codes map[CodeKey]*Code) error { return fn(ctx, tx, codes, until) })
		})
		total += n
		if err != nil || n < sweptAtOnce {
			return total, err
		}
	}
}

// expiredCodes returns codes whose expiry is not written yet.
func expiredCodes(ctx context.Context, q db.Queryer, until int64, limit int) ([]CodeKey, error) {
	rows, err := q.Query(ctx, `SELECT c.programme_id, c.text FROM promo_code AS c WHERE `+openCodes+` AND c.expires <= $1 ORDER BY c.expires LIMIT $2`, until, limit)
	keys, err := db.Collect(rows, err, scanKey)
	if err != nil {
		return nil, fmt.Errorf("reading expired codes: %w", err)
	}
	return keys, nil
}

// endHolds ends the holds of the codes that are over.
func endHolds(ctx context.Context, tx *db.Tx, codes map[CodeKey]*Code, until time.Time) error {
	var ended [][]any
	for k, c := range codes {
		for _, h := range c.Holds {
			if !h.Until.After(until) {
				c.note(CodeStep{Move: MoveReleased, Times: h.Times, At: h.Until, Actor: sweeper})
				ended = append(ended, []any{int64(k.ProgrammeID), k.Text, h.Holder})
			}
		}
	}
	return deleteHolds(ctx, tx, ended)
}

// DueCursor is where a page of due codes ended; the zero cursor begins.
type DueCursor struct {
	Expires time.Time
	Text    string
}

// Cursor returns where the page after this code begins.
func (c *Code) Cursor() DueCursor { return DueCursor{c.Expires, c.Text} }

// DueReminders returns the codes of which somebody can be reminded now: those
// that expire within the time, that somebody has (personal or delivered ones),
// and of which nothing was used, cancelled or reminded yet. The soonest come
// first.
func DueReminders(ctx context.Context, q db.Queryer, programme id.ID, now time.Time, within time.Duration, after DueCursor, limit int) ([]*Code, error) {
	from := max(db.Micros(now), db.Micros(after.Expires))
	query := `SELECT ` + codeColumns + ` FROM (SELECT c.* FROM promo_code AS c WHERE c.programme_id = $1 AND ` + openCodes + `
			AND c.uses = 0 AND c.reminded = 0 AND (c.member_id <> 0 OR c.delivered > 0) AND c.begins <= $2 AND c.expires > $2
			AND c.expires >= $3 AND c.expires <= $4 AND (c.expires > $5 OR c.text > $6)
			AND NOT EXISTS (SELECT 1 FROM promo_batch AS n WHERE n.id = c.batch_id AND n.cancelled > 0)
			ORDER BY c.expires, c.text LIMIT $7) AS c` + codeJoins + `ORDER BY c.expires, c.text`
	args := []any{programme, db.Micros(now), from, db.Micros(now.Add(within)), db.Micros(after.Expires), after.Text, limit}
	var list []*Code
	err := eachCode(ctx, q, query, args, func(c *Code) error {
		list = append(list, c)
		return nil
	})
	return list, err
}

// MarkReminded notes that reminders of the codes go out, and returns those of
// which none did before and that are still due: only of these the caller may
// remind anybody, in the same transaction.
func MarkReminded(ctx context.Context, tx *db.Tx, marks []CodeMark) ([]*Code, error) {
	var fresh []*Code
	err := change(ctx, tx, keysOf(marks), func(codes map[CodeKey]*Code) error {
		for _, m := range marks {
			c := codes[m.Key()]
			if !c.Reminded.IsZero() || c.Uses > 0 || c.spendable("", 0, m.At) != nil {
				continue
			}
			c.Reminded = m.At
			c.note(m.step(MoveReminded))
			fresh = append(fresh, c)
		}
		return nil
	})
	return fresh, err
}

// Remind gives send the codes of the programme that are due, as DueReminders
// has them, by pages in the transaction that marks them: each code once,
// however many processes do so. It returns how many they were.
func (s *Service) Remind(ctx context.Context, programme id.ID, within time.Duration, send func(context.Context, *db.Tx, []*Code) error) (int, error) {
	now, total := db.Time(db.Micros(s.now())), 0
	for after := (DueCursor{}); ; {
		due, err := DueReminders(ctx, s.d.Reader(), programme, now, within, after, sweptAtOnce)
		if err != nil || len(due) == 0 {
			return total, err
		}
		after = due[len(due)-1].Cursor()
		marks := make([]CodeMark, len(due))
		for i, c := range due {
			marks[i] = CodeMark{ProgrammeID: c.ProgrammeID, Text: c.Text, At: now, Actor: sweeper}
		}
		n := 0
		err = s.d.InTx(ctx, func(tx *db.Tx) error {
			fresh, err := MarkReminded(ctx, tx, marks)
			if n = len(fresh); err != nil || n == 0 {
				return err
			}
			return send(ctx, tx, fresh)
		})
		if err != nil {
			return total, err
		}
		total += n
	}
}
