package product

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "product", Files: files}

const columns = `programme_id, sku, name, category, brand, cost, active, flagship`

var table = db.NewTable("product", []string{"programme_id", "sku"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "sku", Kind: db.Text}, db.Column{Name: "name", Kind: db.Text},
	db.Column{Name: "category", Kind: db.Text}, db.Column{Name: "brand", Kind: db.Text}, db.Column{Name: "cost", Kind: db.Int},
	db.Column{Name: "active", Kind: db.Bool}, db.Column{Name: "search", Kind: db.Text})

// Save writes products by one statement, those that exist already anew. Of
// two with the same SKU the later counts. Whether they are flagships stays as it
// is. Each is tidied; a fault points at the
// first that cannot be taken, and then nothing is written.
func Save(ctx context.Context, tx *db.Tx, products []Product) error {
	if len(products) == 0 {
		return nil
	}
	type key struct {
		programme id.ID
		sku       string
	}
	at, rows := make(map[key]int, len(products)), make([][]any, 0, len(products))
	for i, p := range products {
		p.tidy()
		if err := p.check(); err != nil {
			return fault.As(err).At(fmt.Sprintf("/%d", i))
		}
		row := []any{p.ProgrammeID, p.SKU, p.Name, p.Category, p.Brand, p.Cost, p.Active, p.search()}
		if n, twice := at[key{p.ProgrammeID, p.SKU}]; twice {
			rows[n] = row
			continue
		}
		at[key{p.ProgrammeID, p.SKU}] = len(rows)
		rows = append(rows, row)
	}
	if err := tx.Upsert(ctx, table, rows); err != nil {
		return fmt.Errorf("writing products: %w", err)
	}
	return nil
}

// Lookup returns those of the SKUs that the programme's catalogue has, by one
// statement.
func Lookup(ctx context.Context, q db.Queryer, programme id.ID, skus []string) (map[string]Product, error) {
	found := make(map[string]Product, len(skus))
	if len(skus) == 0 {
		return found, nil
	}
	var args db.Args
	query := `SELECT ` + columns + ` FROM product WHERE programme_id = ` + args.Add(programme) + ` AND sku IN ` + args.InText(skus)
	rows, err := q.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("looking products up: %w", err)
	}
	for _, p := range list {
		found[p.SKU] = p
	}
	return found, nil
}

// Query says which products are listed; zero fields leave the choice open.
type Query struct {
	ProgrammeID id.ID
	// Text is part of a SKU, name, category or brand, in any case.
	Text     string
	Category string
	// Active leaves out what is no longer sold.
	Active bool
	// After is the SKU of the last product of the page before.
	After string
	// Limit is the size of the page; 0 means 50, and 500 is the most.
	Limit int
}

const (
	page    = 50
	maxPage = 500
)

// list returns a page of products by SKU, and one more when there is one.
func list(ctx context.Context, q db.Queryer, what Query) ([]Product, error) {
	var args db.Args
	query := `SELECT ` + columns + ` FROM product WHERE programme_id = ` + args.Add(what.ProgrammeID) + ` AND sku > ` + args.Add(what.After)
	if text := strings.TrimSpace(fold(what.Text)); text != "" {
		query += ` AND search LIKE ` + args.Add("%"+literal.Replace(text)+"%") + ` ESCAPE '\'`
	}
	if what.Category != "" {
		query += ` AND category = ` + args.Add(what.Category)
	}
	if what.Active {
		query += ` AND active`
	}
	query += ` ORDER BY sku LIMIT ` + args.Add(what.size()+1)
	rows, err := q.Query(ctx, query, args.Values()...)
	products, err := db.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("listing products: %w", err)
	}
	return products, nil
}

// literal makes a text stand for itself in LIKE.
var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (q Query) size() int {
	if q.Limit <= 0 {
		return page
	}
	return min(q.Limit, maxPage)
}

func scan(r *sql.Rows) (Product, error) {
	var p Product
	err := r.Scan(&p.ProgrammeID, &p.SKU, &p.Name, &p.Category, &p.Brand, &p.Cost, &p.Active, &p.Flagship)
	return p, err
}

// Each calls fn with every product of a programme by SKU. It streams them, so
// fn must not use q; give it a snapshot.
func Each(ctx context.Context, q db.Queryer, programme id.ID, fn func(Product) error) error {
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM product WHERE programme_id = $1 ORDER BY sku`, programme)
	if err := db.Each(rows, err, scan, fn); err != nil {
		return fmt.Errorf("reading every product: %w", err)
	}
	return nil
}
