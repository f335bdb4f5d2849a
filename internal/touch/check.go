package touch

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// Check notes cards that no batch has or whose code cannot be, batches that have
// another number of cards than they say, orders and cards that do not name each
// other, visits to no card, reviews in no state, and words of the erased.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	var used int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM touch_card`).Scan(&used); err != nil {
		return fmt.Errorf("counting cards: %w", err)
	}
	if fits(used, 0, codeSpace) != nil {
		note(fmt.Sprintf("%d codes of cards are more than half of all", used))
	}
	rows, err := q.Query(ctx, `SELECT `+cardColumns+` FROM touch_card WHERE programme_id = $1 ORDER BY code`, programme)
	if err := db.Each(rows, err, scanCard, func(c Card) error {
		if CheckCode(c.Code) != nil || (c.Order == "") != c.Bound.IsZero() {
			note(c.Code + " cannot be the code of a card, or is half bound")
		}
		return nil
	}); err != nil {
		return fmt.Errorf("checking cards: %w", err)
	}
	for _, look := range looks {
		rows, err := q.Query(ctx, look, programme, string(member.Erased))
		if err := db.Each(rows, err, func(r *sql.Rows) (what string, err error) {
			var name string
			err = r.Scan(&name, &what)
			return name + " " + what, err
		}, func(what string) error {
			note(what)
			return nil
		}); err != nil {
			return fmt.Errorf("checking cards and reviews: %w", err)
		}
	}
	return nil
}

// looks name what is wrong and say how; the second parameter is the state of the
// erased.
var looks = []string{
	`SELECT b.name, 'has another number of cards than it says' FROM touch_batch AS b WHERE b.programme_id = $1 AND $2 <> ''
		AND b.cards <> (SELECT COUNT(*) FROM touch_card AS c WHERE c.programme_id = b.programme_id AND c.batch_id = b.id) ORDER BY 1 LIMIT 100`,
	`SELECT c.code, 'is of no batch of its touchpoint' FROM touch_card AS c LEFT JOIN touch_batch AS b ON b.id = c.batch_id AND b.touchpoint_id = c.touchpoint_id
		WHERE c.programme_id = $1 AND $2 <> '' AND b.id IS NULL ORDER BY 1 LIMIT 100`,
	`SELECT c.code, 'went out with an order that does not know it' FROM touch_card AS c
		LEFT JOIN touch_order AS o ON o.programme_id = c.programme_id AND o.order_ref = c.order_ref AND o.code = c.code
		WHERE c.programme_id = $1 AND $2 <> '' AND c.order_ref <> '' AND o.code IS NULL ORDER BY 1 LIMIT 100`,
	`SELECT o.order_ref, 'names a card that did not go out with it, or was to get none' FROM touch_order AS o
		LEFT JOIN touch_card AS c ON c.code = o.code AND c.order_ref = o.order_ref
		WHERE o.programme_id = $1 AND $2 <> '' AND o.code <> '' AND (c.code IS NULL OR NOT o.card) ORDER BY 1 LIMIT 100`,
	`SELECT v.code, 'was scanned and is no card' FROM touch_visit AS v LEFT JOIN touch_card AS c ON c.code = v.code AND c.programme_id = v.programme_id
		WHERE v.programme_id = $1 AND $2 <> '' AND (c.code IS NULL OR v.visits < 1) ORDER BY 1 LIMIT 100`,
	`SELECT r.external_id, 'is a review whose state and answer do not fit' FROM touch_review AS r WHERE r.programme_id = $1 AND $2 <> ''
		AND (r.state NOT IN ('unanswered', 'answered', 'none_needed') OR (r.state = 'answered') <> (r.answered <> 0)
		OR r.state = 'answered' AND r.answer = '' AND NOT r.erased) ORDER BY 1 LIMIT 100`,
	`SELECT r.external_id, 'was erased and has words' FROM touch_review AS r
		WHERE r.programme_id = $1 AND $2 <> '' AND r.erased AND (r.body <> '' OR r.author <> '') ORDER BY 1 LIMIT 100`,
	`SELECT r.external_id, 'holds words of somebody who was erased' FROM member AS m CROSS JOIN ` + sale.ByMember + `
		JOIN touch_review AS r ON r.programme_id = m.programme_id AND r.order_ref = s.reference
		WHERE e.member_id = m.id AND m.programme_id = $1 AND m.status = $2 AND (r.body <> '' OR r.author <> '') ORDER BY 1 LIMIT 100`,
	`SELECT m.guid, 'is a mention that is not what its state says' FROM touch_mention AS m LEFT JOIN touch_review AS r ON r.id = m.review_id AND r.programme_id = m.programme_id
		WHERE m.programme_id = $1 AND $2 <> '' AND (m.state NOT IN ('new', 'answered', 'review', 'aside') OR (m.state = 'review') <> (r.id IS NOT NULL) OR (m.state = 'new') <> (m.settled = 0)
		OR m.state = 'answered' AND m.answer = '' AND NOT m.erased OR m.state = 'aside' AND m.why = '' AND NOT m.erased OR m.tone = 'unsure') ORDER BY 1 LIMIT 100`,
	`SELECT m.guid, 'is a mention of no feed' FROM touch_mention AS m LEFT JOIN touch_feed AS f ON f.id = m.feed_id AND f.programme_id = m.programme_id
		WHERE m.programme_id = $1 AND $2 <> '' AND f.id IS NULL ORDER BY 1 LIMIT 100`,
	`SELECT m.guid, 'was erased and has words' FROM touch_mention AS m
		WHERE m.programme_id = $1 AND $2 <> '' AND m.erased AND (m.title <> '' OR m.excerpt <> '' OR m.author <> '' OR m.link <> '') ORDER BY 1 LIMIT 100`,
	`SELECT m.guid, 'holds words of somebody who was erased' FROM touch_mention AS m JOIN member AS p ON p.id = m.member_id AND p.programme_id = m.programme_id
		WHERE m.programme_id = $1 AND p.status = $2 AND (m.title <> '' OR m.excerpt <> '' OR m.author <> '') ORDER BY 1 LIMIT 100`,
}
