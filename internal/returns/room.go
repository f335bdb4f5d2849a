package returns

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Came tells of promises whether they came true; one that is not there is left
// out.
type Came func(ctx context.Context, q db.Queryer, programme id.ID, promises []id.ID) (map[id.ID]bool, error)

// Room is what flow asks of this room. Its check asks came what came of the
// promises that returns made.
func Room(came Came) flow.Room { return room{came} }

type room struct{ came Came }

// Name is the room's name.
func (room) Name() string { return "returns" }

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"return_settings", "returns"} }

// returnsOf returns the returns of a person, whose aliases the members are.
func returnsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]*Return, error) {
	var args db.Args
	return selectReturns(ctx, q, `r.member_id IN `+args.In(members)+` AND r.programme_id = `+args.Add(programme)+` ORDER BY r.id`, args.Values()...)
}

// Erase empties what returns say of a person; that something came back for a
// reason of the shop's stays.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
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

// kept is what the room keeps of a person.
type kept struct {
	Returns []Record `json:"returns"`
}

// Export returns the returns of a person.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	list, err := returnsOf(ctx, q, programme, members)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var all kept
	for _, r := range list {
		all.Returns = append(all.Returns, r.record())
	}
	return all, nil
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// named shows an id, or nothing for none.
func named(n id.ID, p id.Prefix) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

// Record is a return in exports. Money is in minor units, quantities in
// thousandths.
type Record struct {
	Return  string       `json:"return"`
	Member  string       `json:"member"`
	Sale    string       `json:"sale"`
	Source  string       `json:"source"`
	Order   string       `json:"order"`
	State   State        `json:"state"`
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

func (r *Return) record() Record {
	n := Record{
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

// eachPage calls fn with every return of a programme, so many at a time.
func eachPage(ctx context.Context, q db.Queryer, programme id.ID, fn func([]*Return) error) error {
	for last := id.ID(0); ; {
		list, err := selectReturns(ctx, q, `r.programme_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`, programme, last, returnPage)
		if err != nil {
			return err
		}
		if err := fn(list); err != nil {
			return err
		}
		if len(list) < returnPage {
			return nil
		}
		last = list[len(list)-1].ID
	}
}

// Dump gives the setting of returns and the returns.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadSetting(ctx, q, programme)
	if err != nil {
		return err
	}
	if version > 0 {
		if err := to("return_settings", SettingRecord{version, set}); err != nil {
			return err
		}
	}
	return eachPage(ctx, q, programme, func(list []*Return) error {
		for _, r := range list {
			if err := to("returns", r.record()); err != nil {
				return err
			}
		}
		return nil
	})
}

// SettingRecord is what a programme has chosen about returns.
type SettingRecord struct {
	Version int64   `json:"version"`
	Setting Setting `json:"setting"`
}
