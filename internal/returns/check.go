package returns

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Check notes returns whose step is not what their items, promises and events say,
// more asked back than was sold, and what is left of the erased.
func (n room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	asked := map[[2]int64]int64{}
	err := eachPage(ctx, q, programme, func(list []*Return) error {
		for _, r := range list {
			if odd := r.odd(); odd != "" {
				note(r.Number() + " " + odd)
			}
			for i := range r.Items {
				if t := &r.Items[i]; t.State != ItemDeclined && r.State != Declined && r.State != Cancelled && t.Outcome != ForExchange {
					asked[[2]int64{int64(r.SaleID), int64(t.SaleLine)}] += t.Quantity
				}
			}
		}
		return n.checkPromises(ctx, q, programme, list, note)
	})
	if err != nil {
		return err
	}
	if err := checkSold(ctx, q, programme, asked, note); err != nil {
		return err
	}
	rows, err := q.Query(ctx, `SELECT r.id FROM return_request AS r JOIN member AS m ON m.id = r.member_id
		WHERE r.programme_id = $1 AND m.status = $2 AND (r.order_ref <> '' OR r.note <> '') ORDER BY r.id LIMIT 100`, programme, string(member.Erased))
	if err := db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		note(n.In(id.Return) + " tells of somebody who was erased")
		return nil
	}); err != nil {
		return fmt.Errorf("checking returns of the erased: %w", err)
	}
	return nil
}

// checkPromises notes returns whose promises are not there, or are not kept though
// they are done.
func (n room) checkPromises(ctx context.Context, q db.Queryer, programme id.ID, list []*Return, note func(string)) error {
	var promises []id.ID
	for _, r := range list {
		for _, p := range []id.ID{r.AnswerID, r.PromiseID} {
			if p != 0 {
				promises = append(promises, p)
			}
		}
	}
	came, err := n.came(ctx, q, programme, promises)
	if err != nil {
		return err
	}
	for _, r := range list {
		_, answers := came[r.AnswerID]
		done, follows := came[r.PromiseID]
		switch {
		case !answers || r.PromiseID != 0 && !follows:
			note(r.Number() + " has a promise that is not there")
		case r.State == Done && r.PromiseID != 0 && !done:
			note(r.Number() + " is done and its promise is not kept")
		}
	}
	return nil
}

// odd says what contradicts itself in a return; empty for nothing.
func (r *Return) odd() string {
	open := r.any(func(t *Item) bool { return t.State == ItemAsked })
	accepted := r.any(func(t *Item) bool { return t.State == ItemAccepted })
	var owed int64
	for _, t := range r.Items {
		if t.State == ItemAccepted && (t.Outcome == ForMoney || t.Outcome == ForKeeping) {
			owed += t.Given
		}
	}
	switch {
	case len(r.Items) == 0:
		return "has no items"
	case r.State != Cancelled && open != (r.State == Asked):
		return "is decided and has undecided items, or the other way round"
	case r.State == Declined && accepted:
		return "is declined and has accepted items"
	case (r.State == Arrived || r.State == Settling) && r.PromiseID == 0:
		return "has arrived and promises nothing"
	case (r.State == Owed || r.State == Done) && (r.Settled.IsZero() || r.Refund != owed || len(r.booked()) > 0 && r.EventID == 0):
		return "is settled and its sums or its booking are not"
	case r.State.over() && r.Closed.IsZero():
		return "is over and was never closed"
	case r.Fee < 0 || r.Refund < 0:
		return "takes money below zero"
	}
	return ""
}

// checkSold notes lines of which more is asked back than was sold.
func checkSold(ctx context.Context, q db.Queryer, programme id.ID, asked map[[2]int64]int64, note func(string)) error {
	rows, err := q.Query(ctx, `SELECT DISTINCT r.sale_id, i.sale_line, l.quantity FROM return_request AS r
		JOIN return_item AS i ON i.programme_id = r.programme_id AND i.return_id = r.id
		JOIN sale AS s ON s.id = r.sale_id JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id AND l.no = i.sale_line
		WHERE r.programme_id = $1 ORDER BY r.sale_id, i.sale_line`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (n [3]int64, err error) { return n, r.Scan(&n[0], &n[1], &n[2]) }, func(n [3]int64) error {
		if asked[[2]int64{n[0], n[1]}] > n[2] {
			note(fmt.Sprintf("%s line %d: more is asked back than was sold", id.ID(n[0]).In(id.Sale), n[1]))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("checking returns against sales: %w", err)
	}
	return nil
}
