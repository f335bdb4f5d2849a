package returns

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/photo"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "returns", Files: files}

var (
	returnTable = db.NewTable("return_request", []string{"programme_id", "id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "sale_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "source", Kind: db.Text},
		db.Column{Name: "order_ref", Kind: db.Text}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "asked", Kind: db.Int},
		db.Column{Name: "decided", Kind: db.Int}, db.Column{Name: "arrived", Kind: db.Int}, db.Column{Name: "settled", Kind: db.Int},
		db.Column{Name: "closed", Kind: db.Int}, db.Column{Name: "fee", Kind: db.Int}, db.Column{Name: "refund", Kind: db.Int},
		db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "answer_id", Kind: db.Int}, db.Column{Name: "promise_id", Kind: db.Int},
		db.Column{Name: "note", Kind: db.Text}, db.Column{Name: "settler", Kind: db.Text})
	itemTable = db.NewTable("return_item", []string{"programme_id", "return_id", "no"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "return_id", Kind: db.Int}, db.Column{Name: "no", Kind: db.Int},
		db.Column{Name: "sale_line", Kind: db.Int}, db.Column{Name: "sku", Kind: db.Text}, db.Column{Name: "label", Kind: db.Text},
		db.Column{Name: "quantity", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "outcome", Kind: db.Text},
		db.Column{Name: "rule", Kind: db.Text}, db.Column{Name: "fee", Kind: db.Int}, db.Column{Name: "keep_share", Kind: db.Int},
		db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "comment", Kind: db.Text}, db.Column{Name: "answer", Kind: db.Text},
		db.Column{Name: "given", Kind: db.Int}, db.Column{Name: "points", Kind: db.Int})
	returnPhotoTable = db.NewTable("return_photo", []string{"programme_id", "return_id", "id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "return_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int},
		db.Column{Name: "no", Kind: db.Int}, db.Column{Name: "width", Kind: db.Int}, db.Column{Name: "height", Kind: db.Int},
		db.Column{Name: "picture", Kind: db.Bytes})
)

const returnColumns = `r.programme_id, r.id, r.member_id, r.sale_id, r.name, r.source, r.order_ref, r.state, r.asked, r.decided, r.arrived, r.settled,
	r.closed, r.fee, r.refund, r.event_id, r.answer_id, r.promise_id, r.note, r.settler`

func scanReturn(rows *sql.Rows) (*Return, error) {
	r := &Return{}
	var asked, decided, arrived, settled, closed int64
	err := rows.Scan(&r.ProgrammeID, &r.ID, &r.MemberID, &r.SaleID, &r.name, &r.Source, &r.Order, &r.State, &asked, &decided, &arrived, &settled,
		&closed, &r.Fee, &r.Refund, &r.EventID, &r.AnswerID, &r.PromiseID, &r.Note, &r.settler)
	r.Asked, r.Decided, r.Arrived, r.Settled, r.Closed = db.Time(asked), db.Time(decided), db.Time(arrived), db.Time(settled), db.Time(closed)
	return r, err
}

func (r *Return) row() []any {
	return []any{
		r.ProgrammeID, r.ID, r.MemberID, r.SaleID, r.name, r.Source, r.Order, string(r.State), db.Micros(r.Asked), db.Micros(r.Decided), db.Micros(r.Arrived),
		db.Micros(r.Settled), db.Micros(r.Closed), r.Fee, r.Refund, r.EventID, r.AnswerID, r.PromiseID, r.Note, r.settler,
	}
}

func (r *Return) itemRows() [][]any {
	rows := make([][]any, len(r.Items))
	for i, t := range r.Items {
		rows[i] = []any{
			r.ProgrammeID, r.ID, int64(t.No), int64(t.SaleLine), t.SKU, t.Label, t.Quantity, t.Amount, string(t.Outcome), t.Rule, t.Fee, t.KeepShare,
			string(t.State), t.Comment, t.Answer, t.Given, t.Points,
		}
	}
	return rows
}

// selectReturns reads returns with their items and what photos they have, by
// three statements.
func selectReturns(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Return, error) {
	rows, err := q.Query(ctx, `SELECT `+returnColumns+` FROM return_request AS r WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanReturn)
	if err != nil {
		return nil, fmt.Errorf("reading returns: %w", err)
	}
	return list, readItems(ctx, q, list)
}

func readItems(ctx context.Context, q db.Queryer, list []*Return) error {
	if len(list) == 0 {
		return nil
	}
	byID, ids := map[id.ID]*Return{}, make([]id.ID, len(list))
	for i, r := range list {
		byID[r.ID], ids[i] = r, r.ID
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT return_id, no, sale_line, sku, label, quantity, amount, outcome, rule, fee, keep_share, state, comment, answer, given, points
		FROM return_item WHERE programme_id = `+args.Add(list[0].ProgrammeID)+` AND return_id IN `+args.In(ids)+` ORDER BY return_id, no`, args.Values()...)
	err = db.Each(rows, err, scanItem, func(t ofReturn) error {
		byID[t.of].Items = append(byID[t.of].Items, t.Item)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading items of returns: %w", err)
	}
	args = db.Args{}
	rows, err = q.Query(ctx, `SELECT return_id, id, no, width, height FROM return_photo WHERE programme_id = `+args.Add(list[0].ProgrammeID)+
		` AND return_id IN `+args.In(ids)+` ORDER BY return_id, no, id`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (p struct {
		of id.ID
		Photo
	}, err error) {
		return p, r.Scan(&p.of, &p.ID, &p.Item, &p.Width, &p.Height)
	}, func(p struct {
		of id.ID
		Photo
	}) error {
		if r := byID[p.of]; p.Item >= 1 && p.Item <= len(r.Items) {
			r.Items[p.Item-1].Photos = append(r.Items[p.Item-1].Photos, p.Photo)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading photos of returns: %w", err)
	}
	return nil
}

// ofReturn is an item with its return.
type ofReturn struct {
	of id.ID
	Item
}

func scanItem(r *sql.Rows) (t ofReturn, err error) {
	return t, r.Scan(&t.of, &t.No, &t.SaleLine, &t.SKU, &t.Label, &t.Quantity, &t.Amount, &t.Outcome, &t.Rule, &t.Fee, &t.KeepShare, &t.State,
		&t.Comment, &t.Answer, &t.Given, &t.Points)
}

// Unknown is the fault of an id that is no return's, "unknown_return".
func Unknown() *fault.Error {
	return fault.Missing("unknown_return", "the programme has no such return")
}

func oneReturn(ctx context.Context, q db.Queryer, rest string, args ...any) (*Return, error) {
	list, err := selectReturns(ctx, q, rest, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, Unknown()
	}
	return list[0], nil
}

func lockReturn(ctx context.Context, tx *db.Tx, programme, which id.ID) (*Return, error) {
	return oneReturn(ctx, tx, `r.programme_id = $1 AND r.id = $2`+tx.ForUpdate(), programme, which)
}

func returnsOfSale(ctx context.Context, q db.Queryer, programme, sale id.ID) ([]*Return, error) {
	return selectReturns(ctx, q, `r.programme_id = $1 AND r.sale_id = $2 ORDER BY r.id`, programme, sale)
}

func insertReturn(ctx context.Context, tx *db.Tx, r *Return) error {
	if err := tx.Insert(ctx, returnTable, [][]any{r.row()}); err != nil {
		return fmt.Errorf("writing a return: %w", err)
	}
	if err := tx.Insert(ctx, itemTable, r.itemRows()); err != nil {
		return fmt.Errorf("writing items of a return: %w", err)
	}
	return nil
}

func updateReturn(ctx context.Context, tx *db.Tx, r *Return) error {
	if err := tx.Update(ctx, returnTable, [][]any{r.row()}); err != nil {
		return fmt.Errorf("writing a return: %w", err)
	}
	if err := tx.Update(ctx, itemTable, r.itemRows()); err != nil {
		return fmt.Errorf("writing items of a return: %w", err)
	}
	return nil
}

// insertPhotos keeps photos, and notes them at their items.
func insertPhotos(ctx context.Context, tx *db.Tx, r *Return, photos [][]photo.Photo) error {
	var rows [][]any
	for i, list := range photos {
		for _, p := range list {
			n := tx.IDs().New()
			rows = append(rows, []any{r.ProgrammeID, r.ID, n, int64(i + 1), int64(p.Width), int64(p.Height), p.JPEG})
			r.Items[i].Photos = append(r.Items[i].Photos, Photo{n, i + 1, p.Width, p.Height})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, returnPhotoTable, rows); err != nil {
		return fmt.Errorf("writing photos of a return: %w", err)
	}
	return nil
}

// Picture returns a photo as JPEG. It needs returns.read.
func (s *Service) Picture(ctx context.Context, a auth.Actor, programme, which, photo id.ID) ([]byte, error) {
	if err := a.Can(programme, auth.ReturnsRead); err != nil {
		return nil, err
	}
	rows, err := s.DB.Reader().Query(ctx, `SELECT picture FROM return_photo WHERE programme_id = $1 AND return_id = $2 AND id = $3`, programme, which, photo)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) })
	if err != nil {
		return nil, fmt.Errorf("reading a photo of a return: %w", err)
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_return_photo", "the return has no such photo")
	}
	return list[0], nil
}

// waiting is the condition of returns for which staff have to do something.
const waiting = `r.state IN ('asked', 'arrived', 'settling', 'owed')`

// CountWaiting returns for how many returns staff have to do something.
func CountWaiting(ctx context.Context, q db.Queryer, programme id.ID) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM return_request AS r WHERE r.programme_id = $1 AND `+waiting, programme).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting returns: %w", db.Fault(err))
	}
	return n, nil
}

// Query asks for a page of returns, the latest first. Empty fields ask for
// all.
type Query struct {
	ProgrammeID id.ID
	State       State
	// Waiting asks for those for which staff have to do something.
	Waiting bool
	Order   string
	Before  id.ID
	Limit   int
}

// List returns a page of returns. It needs returns.read.
func (s *Service) List(ctx context.Context, a auth.Actor, n Query) ([]*Return, error) {
	if err := a.Can(n.ProgrammeID, auth.ReturnsRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := []string{`r.programme_id = ` + args.Add(n.ProgrammeID)}
	if n.State != "" {
		where = append(where, `r.state = `+args.Add(string(n.State)))
	}
	if n.Waiting {
		where = append(where, waiting)
	}
	if n.Order != "" {
		where = append(where, `r.order_ref = `+args.Add(n.Order))
	}
	if n.Before != 0 {
		where = append(where, `r.id < `+args.Add(n.Before))
	}
	return selectReturns(ctx, s.DB.Reader(), strings.Join(where, ` AND `)+` ORDER BY r.id DESC LIMIT `+args.Add(n.Limit), args.Values()...)
}
