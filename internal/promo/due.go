package promo

import (
	"context"
	"database/sql"
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
	if _, err := s.inParts(ctx, until, endHolds); err != nil {
		return 0, err
	}
	return s.inParts(ctx, until, expire)
}

// inParts lets fn do what is due until it no longer finds a whole part, each by
// a transaction, and returns how many codes it found.
func (s *Service) inParts(ctx context.Context, until time.Time, fn func(context.Context, *db.Tx, time.Time) (int, error)) (int, error) {
	for total := 0; ; {
		n := 0
		err := s.d.InTx(ctx, func(tx *db.Tx) (err error) {
			n, err = fn(ctx, tx, until)
			return err
		})
		if total += n; err != nil || n < sweptAtOnce {
			return total, err
		}
	}
}

// expire writes down of some codes what the clock has made of them: that they
// expired, or were cancelled with their batch before.
func expire(ctx context.Context, tx *db.Tx, until time.Time) (int, error) {
	rows, err := tx.Query(ctx, `WITH e AS (SELECT c.programme_id, c.text, (SELECT b.cancelled FROM promo_batch AS b WHERE b.id = c.batch_id) AS gone
			FROM promo_code AS c WHERE `+openCodes+` AND c.expires <= $1 ORDER BY c.expires LIMIT $2`+tx.SkipLocked()+`)
		UPDATE promo_code SET moves = moves + 1,
			cancelled = CASE WHEN e.gone > 0 AND e.gone < expires THEN e.gone ELSE 0 END,
			swept = CASE WHEN e.gone > 0 AND e.gone < expires THEN 0 ELSE expires END,
			state = CASE WHEN e.gone > 0 AND e.gone < expires THEN 'cancelled' ELSE 'expired' END
		FROM e WHERE promo_code.programme_id = e.programme_id AND promo_code.text = e.text
		RETURNING promo_code.programme_id, promo_code.text, moves, cancelled, swept`, db.Micros(until), sweptAtOnce)
	steps, err := db.Collect(rows, err, func(r *sql.Rows) ([]any, error) {
		var k CodeKey
		var moves, cancelled, swept int64
		err := r.Scan(&k.ProgrammeID, &k.Text, &moves, &cancelled, &swept)
		s := CodeStep{Move: MoveExpired, At: db.Time(swept), Actor: sweeper}
		if cancelled > 0 {
			s.Move, s.At = MoveCancelled, db.Time(cancelled)
		}
		return stepRows(k, moves, []CodeStep{s})[0], err
	})
	if err != nil {
		return 0, fmt.Errorf("writing that codes expired: %w", err)
	}
	return len(steps), insertSteps(ctx, tx, steps)
}

// endHolds ends some holds that are over.
func endHolds(ctx context.Context, tx *db.Tx, until time.Time) (int, error) {
	keys, err := lapsedHolds(ctx, tx, db.Micros(until), sweptAtOnce)
	if err != nil {
		return 0, err
	}
	var ended [][]any
	err = change(ctx, tx, sorted(keys), func(codes map[CodeKey]*Code) error {
		for k, c := range codes {
			for _, h := range c.Holds {
				if !h.Until.After(until) {
					c.note(CodeStep{Move: MoveReleased, Times: h.Times, At: h.Until, Actor: sweeper})
					ended = append(ended, []any{int64(k.ProgrammeID), k.Text, h.Holder})
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(keys), deleteHolds(ctx, tx, ended)
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
			AND (SELECT n.cancelled FROM promo_batch AS n WHERE n.id = c.batch_id) = 0
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

// Remind gives send the members' own codes of the programme that are due, as
// DueReminders has them, by pages in the transaction that marks them: each code
// once, however many processes do so. Of a code that was handed to somebody
// whom we don't know, only who handed it over can remind. It returns how many
// they were.
func (s *Service) Remind(ctx context.Context, programme id.ID, within time.Duration, send func(context.Context, *db.Tx, []*Code) error) (int, error) {
	now, total := db.Time(db.Micros(s.now())), 0
	for after := (DueCursor{}); ; {
		due, err := DueReminders(ctx, s.d.Reader(), programme, now, within, after, sweptAtOnce)
		if err != nil || len(due) == 0 {
			return total, err
		}
		after = due[len(due)-1].Cursor()
		var marks []CodeMark
		for _, c := range due {
			if c.MemberID != 0 {
				marks = append(marks, CodeMark{ProgrammeID: c.ProgrammeID, Text: c.Text, At: now, Actor: sweeper})
			}
		}
		if len(marks) == 0 {
			continue
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
