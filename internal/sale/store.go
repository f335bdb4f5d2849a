package sale

import (
	"context"
	"embed"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "sale", Files: files}

func ints(names ...string) []db.Column { return columns(db.Int, names) }

func words(names ...string) []db.Column { return columns(db.Text, names) }

func columns(k db.Kind, names []string) []db.Column {
	list := make([]db.Column, len(names))
	for i, n := range names {
		list[i] = db.Column{Name: n, Kind: k}
	}
	return list
}

func table(name string, key []string, parts ...[]db.Column) db.Table {
	var all []db.Column
	for _, p := range parts {
		all = append(all, p...)
	}
	return db.NewTable(name, key, all...)
}

var (
	saleTable = table("sale", []string{"member_id", "id"},
		ints("id", "member_id", "programme_id", "occurred", "shop_id"), words("channel", "reference"),
		ints("goods", "total", "returned", "nth"), []db.Column{{Name: "priced", Kind: db.Bool}}, words("withheld"))
	lineTable = table("sale_line", []string{"member_id", "sale_id", "no"},
		ints("member_id", "sale_id", "no"), words("sku", "name", "category"), ints("quantity", "amount"),
		[]db.Column{{Name: "fee", Kind: db.Bool}}, ints("returned_quantity", "returned_amount"))
	saleReturned = table("sale", []string{"member_id", "id"}, ints("member_id", "id", "returned"), words("withheld"))
	lineReturned = table("sale_line", []string{"member_id", "sale_id", "no"},
		ints("member_id", "sale_id", "no", "returned_quantity", "returned_amount"))
	matchTable = table("return_match", []string{"member_id", "event_id", "no"},
		ints("member_id", "event_id", "no", "return_line", "sale_id", "sale_line", "quantity", "amount"))
	unmatchedTable = table("return_unmatched", []string{"member_id", "event_id", "return_line"},
		ints("member_id", "event_id", "return_line", "programme_id", "occurred"), words("sku"), ints("quantity"))
	tallyTable = table("sale_tally", []string{"member_id"},
		ints("member_id", "purchases", "goods", "returned", "repeat_goods", "first_at", "last_at", "programme_id"))
	tallySums = table("sale_tally", []string{"member_id"},
		ints("member_id", "purchases", "goods", "returned", "repeat_goods", "first_at", "last_at"))
)

// Returned is what became of one return: the result of MatchReturn with the
// event that it belongs to.
type Returned struct {
	// EventID is the event of the return.
	EventID, ProgrammeID, MemberID id.ID
	Occurred                       time.Time
	Matches                        []Match
	Unmatched                      []Unmatched
}

// Changes are what a batch leaves to be written.
type Changes struct {
	// New sales are written whole, with what has come back of them already.
	New []*Sale
	// Returns name the sales and lines that changed.
	Returns []Returned
	Tallies []*Tally
}

// Save writes the changes. It sends at most eight statements, whatever their
// number, and none for what is empty.
func Save(ctx context.Context, tx *db.Tx, c Changes) error {
	if err := insertSales(ctx, tx, c.New); err != nil {
		return err
	}
	if err := updateReturned(ctx, tx, c); err != nil {
		return err
	}
	if err := insertReturns(ctx, tx, c.Returns); err != nil {
		return err
	}
	return saveTallies(ctx, tx, c.Tallies)
}

// saveTallies leaves the programme of those that are there alone, which spares
// its index.
func saveTallies(ctx context.Context, tx *db.Tx, tallies []*Tally) error {
	var fresh, known [][]any
	for _, t := range tallies {
		row := []any{t.MemberID, t.Purchases, t.Goods, t.Returned, t.RepeatGoods, db.Micros(t.First), db.Micros(t.Last)}
		if t.stored {
			known = append(known, row)
		} else {
			fresh = append(fresh, append(row, t.ProgrammeID))
		}
	}
	if err := tx.Upsert(ctx, tallyTable, fresh); err != nil {
		return fmt.Errorf("writing tallies: %w", err)
	}
	if err := tx.Update(ctx, tallySums, known); err != nil {
		return fmt.Errorf("writing tallies: %w", err)
	}
	return nil
}

func insertSales(ctx context.Context, tx *db.Tx, sales []*Sale) error {
	rows := make([][]any, len(sales))
	var lines [][]any
	for i, s := range sales {
		rows[i] = []any{s.ID, s.MemberID, s.ProgrammeID, db.Micros(s.Occurred), s.ShopID, s.Channel, s.Reference, s.Goods, s.Total, s.Returned, s.Nth, s.Priced, amounts(s.Withheld).String()}
		for _, l := range s.Lines {
			lines = append(lines, []any{s.MemberID, s.ID, l.No, l.SKU, l.Name, l.Category, l.Quantity, l.Amount, l.Fee, l.ReturnedQuantity, l.ReturnedAmount})
		}
	}
	if err := tx.Insert(ctx, saleTable, rows); err != nil {
		return fmt.Errorf("writing sales: %w", err)
	}
	if err := tx.Insert(ctx, lineTable, lines); err != nil {
		return fmt.Errorf("writing the lines of sales: %w", err)
	}
	return nil
}

// updateReturned writes what came back of sales that are not new.
func updateReturned(ctx context.Context, tx *db.Tx, c Changes) error {
	written, met := make(map[*Sale]bool), make(map[*Line]bool)
	var sales, lines [][]any
	for _, m := range old(c) {
		if l := m.Sold(); !met[l] {
			met[l] = true
			lines = append(lines, []any{m.Sale.MemberID, m.Sale.ID, l.No, l.ReturnedQuantity, l.ReturnedAmount})
		}
		if !written[m.Sale] {
			written[m.Sale] = true
			sales = append(sales, []any{m.Sale.MemberID, m.Sale.ID, m.Sale.Returned, amounts(m.Sale.Withheld).String()})
		}
	}
	if err := tx.Update(ctx, saleReturned, sales); err != nil {
		return fmt.Errorf("writing what came back of sales: %w", err)
	}
	if err := tx.Update(ctx, lineReturned, lines); err != nil {
		return fmt.Errorf("writing what came back of lines: %w", err)
	}
	return nil
}

// old returns the matches whose sales were there before this batch.
func old(c Changes) []Match {
	fresh := make(map[*Sale]bool, len(c.New))
	for _, s := range c.New {
		fresh[s] = true
	}
	var matches []Match
	for _, r := range c.Returns {
		for _, m := range r.Matches {
			if !fresh[m.Sale] {
				matches = append(matches, m)
			}
		}
	}
	return matches
}

func insertReturns(ctx context.Context, tx *db.Tx, returns []Returned) error {
	var matches, unmatched [][]any
	for _, r := range returns {
		for i, m := range r.Matches {
			matches = append(matches, []any{m.Sale.MemberID, r.EventID, i + 1, m.Return + 1, m.Sale.ID, m.Sold().No, m.Quantity, m.Amount})
		}
		for _, u := range r.Unmatched {
			unmatched = append(unmatched, []any{r.MemberID, r.EventID, u.Return + 1, r.ProgrammeID, db.Micros(r.Occurred), u.SKU, u.Quantity})
		}
	}
	if err := tx.Insert(ctx, matchTable, matches); err != nil {
		return fmt.Errorf("writing matched returns: %w", err)
	}
	if err := tx.Insert(ctx, unmatchedTable, unmatched); err != nil {
		return fmt.Errorf("writing unmatched returns: %w", err)
	}
	return nil
}
