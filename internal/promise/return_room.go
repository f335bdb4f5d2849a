package promise

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/member"
)

// returnsOf returns the returns of a person, whose aliases the members are.
func returnsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]*Return, error) {
	var args db.Args
	return selectReturns(ctx, q, `r.member_id IN `+args.In(members)+` AND r.programme_id = `+args.Add(programme)+` ORDER BY r.id`, args.Values()...)
}

// eraseReturns empties what returns say of a person; that something came back for
// a reason of the shop's stays.
func eraseReturns(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	list, err := returnsOf(ctx, tx, programme, members)
	if err != nil {
		return err
	}
	for _, r := range list {
		r.Order, r.Note, r.name = "", "", "erased:"+r.Number()
		for i := range r.Items {
			r.Items[i].Comment, r.Items[i].Answer = "", ""
		}
		if err := updateReturn(ctx, tx, r); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM return_photo WHERE programme_id = $1 AND return_id = $2`, programme, r.ID); err != nil {
			return fmt.Errorf("erasing photos of a return: %w", err)
		}
	}
	return nil
}

// ReturnRecord is a return in exports. Money is in minor units, quantities in
// thousandths.
type ReturnRecord struct {
	Return  string       `json:"return"`
	Member  string       `json:"member"`
	Sale    string       `json:"sale"`
	Source  string       `json:"source"`
	Order   string       `json:"order"`
	State   ReturnState  `json:"state"`
	Asked   time.Time    `json:"asked"`
	Decided *time.Time   `json:"decided"`
	Arrived *time.Time   `json:"arrived"`
	Settled *time.Time   `json:"settled"`
	Closed  *time.Time   `json:"closed"`
	Fee     int64        `json:"fee"`
	Refund  int64        `json:"refund"`
	Event   string       `json:"event"`
	Answer  string       `json:"answer_promise"`
	Promise string       `json:"promise"`
	Note    string       `json:"note"`
	Items   []ItemRecord `json:"items"`
}

// ItemRecord is one line of a return.
type ItemRecord struct {
	No        int       `json:"no"`
	SaleLine  int       `json:"sale_line"`
	SKU       string    `json:"sku"`
	Name      string    `json:"name"`
	Quantity  int64     `json:"quantity"`
	Amount    int64     `json:"amount"`
	Outcome   Outcome   `json:"outcome"`
	Rule      string    `json:"rule"`
	Fee       int64     `json:"fee"`
	KeepShare int64     `json:"keep_share"`
	State     ItemState `json:"state"`
	Comment   string    `json:"comment"`
	Answer    string    `json:"answer"`
	Given     int64     `json:"given"`
	Points    int64     `json:"points"`
	Photos    int       `json:"photos"`
}

func (r *Return) record() ReturnRecord {
	n := ReturnRecord{
		Return: r.Number(), Member: named(r.MemberID, id.Member), Sale: named(r.SaleID, id.Sale), Source: r.Source, Order: r.Order, State: r.State, Asked: r.Asked,
		Decided: moment(r.Decided), Arrived: moment(r.Arrived), Settled: moment(r.Settled), Closed: moment(r.Closed), Fee: r.Fee, Refund: r.Refund,
		Event: named(r.EventID, id.Event), Answer: named(r.AnswerID, id.Promise), Promise: named(r.PromiseID, id.Promise), Note: r.Note,
	}
	for _, t := range r.Items {
		n.Items = append(n.Items, ItemRecord{
			t.No, t.SaleLine, t.SKU, t.Label, t.Quantity, t.Amount, t.Outcome, t.Rule, t.Fee, t.KeepShare, t.State, t.Comment, t.Answer, t.Given, t.Points, len(t.Photos),
		})
	}
	return n
}

// returnPage is how many returns are read at once.
const returnPage = 500

// eachReturn calls fn with every return of a programme.
func eachReturn(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Return) error) error {
	for last := id.ID(0); ; {
		list, err := selectReturns(ctx, q, `r.programme_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`, programme, last, returnPage)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := fn(r); err != nil {
				return err
			}
			last = r.ID
		}
		if len(list) < returnPage {
			return nil
		}
	}
}

// dumpReturns gives the setting of returns and the returns.
func dumpReturns(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadReturnSetting(ctx, q, programme)
	if err != nil {
		return err
	}
	if version > 0 {
		if err := to("return_settings", ReturnSettingRecord{version, set}); err != nil {
			return err
		}
	}
	return eachReturn(ctx, q, programme, func(r *Return) error { return to("returns", r.record()) })
}

// ReturnSettingRecord is what a programme has chosen about returns.
type ReturnSettingRecord struct {
	Version int64         `json:"version"`
	Setting ReturnSetting `json:"setting"`
}

// checkReturns notes returns whose step is not what their items, promises and
// events say, more asked back than was sold, and what is left of the erased.
func checkReturns(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	asked := map[[2]int64]int64{}
	if err := eachReturn(ctx, q, programme, func(r *Return) error {
		if odd := r.odd(); odd != "" {
			note(r.Number() + " " + odd)
		}
		for i := range r.Items {
			if t := &r.Items[i]; t.State != ItemDeclined && r.State != ReturnDeclined && r.State != ReturnCancelled && t.Outcome != ForExchange {
				asked[[2]int64{int64(r.SaleID), int64(t.SaleLine)}] += t.Quantity
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := checkSold(ctx, q, programme, asked, note); err != nil {
		return err
	}
	rows, err := q.Query(ctx, `SELECT r.id FROM return_request AS r LEFT JOIN promise AS p ON p.programme_id = r.programme_id AND p.id = r.promise_id
		JOIN member AS m ON m.id = r.member_id
		WHERE r.programme_id = $1 AND ((r.state = 'done' AND p.actual = 0) OR (r.promise_id <> 0 AND p.id IS NULL) OR (m.status = $2 AND (r.order_ref <> '' OR r.note <> ''))) ORDER BY r.id LIMIT 100`,
		programme, string(member.Erased))
	if err := db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		note(n.In(id.Return) + " is done and its promise is not kept, or tells of somebody who was erased")
		return nil
	}); err != nil {
		return fmt.Errorf("checking promises of returns: %w", err)
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
	case r.State != ReturnCancelled && open != (r.State == ReturnAsked):
		return "is decided and has undecided items, or the other way round"
	case r.State == ReturnDeclined && accepted:
		return "is declined and has accepted items"
	case (r.State == ReturnArrived || r.State == ReturnSettling) && r.PromiseID == 0:
		return "has arrived and promises nothing"
	case (r.State == ReturnOwed || r.State == ReturnDone) && (r.Settled.IsZero() || r.Refund != owed || len(r.booked()) > 0 && r.EventID == 0):
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
