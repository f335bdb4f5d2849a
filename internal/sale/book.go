package sale

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

// BookKey asks for the sales of one account that its returns may be matched to.
type BookKey struct {
	// Members are the member and those merged into it.
	Members []id.ID
	Returns []Return
}

const (
	firstPage  = 64   // sales of a member that are looked through at first
	pageGrowth = 8    // and how many times more with every further step
	maxWanted  = 4096 // products of members that one statement asks for
)

// LoadBooks returns for each key the sales that MatchReturn needs: the cited
// sales whole, and of the latest sales those lines with quantity left whose
// products come back uncited, going back until there is enough of each or
// nothing older. It sends one statement for all cited sales and two for each
// page of the past; nearly always the first page is enough.
func LoadBooks(ctx context.Context, q db.Queryer, keys []BookKey) ([][]*Sale, error) {
	return loadBooks(ctx, q, keys, firstPage, pageGrowth)
}

func loadBooks(ctx context.Context, q db.Queryer, keys []BookKey, size, growth int) ([][]*Sale, error) {
	l := newLoader(keys)
	if err := l.loadCited(ctx, q, keys); err != nil {
		return nil, err
	}
	for ; ; size *= growth {
		spans := l.open()
		if len(spans) == 0 {
			return l.result(), nil
		}
		if err := l.loadPage(ctx, q, spans, size); err != nil {
			return nil, err
		}
	}
}

// account is one key while it is being loaded.
type account struct {
	returns []Return         // those that cite no sale
	need    map[string]int64 // quantity that comes back, by SKU
	spans   []*span
	cited   map[id.ID]bool
	sales   map[id.ID]*Sale
}

// span is how far one member's past has been looked through: everything later
// than upto.
type span struct {
	member id.ID
	upto   int64
	since  int64 // the earliest time of the page being loaded
}

// beginning is before every sale.
const beginning = math.MinInt64

func (s *span) ended() bool { return s.upto == beginning }

type loader struct {
	accounts []*account
	owner    map[id.ID]*account // by member
}

func newLoader(keys []BookKey) *loader {
	l := &loader{owner: make(map[id.ID]*account)}
	for _, k := range keys {
		a := &account{need: map[string]int64{}, cited: map[id.ID]bool{}, sales: map[id.ID]*Sale{}}
		latest := int64(beginning)
		for _, r := range k.Returns {
			latest = max(latest, a.add(r))
		}
		for _, m := range k.Members {
			a.spans = append(a.spans, &span{member: m, upto: latest})
			l.owner[m] = a
		}
		l.accounts = append(l.accounts, a)
	}
	return l
}

// add notes what a return needs, and returns the time up to which sales are
// wanted for it.
func (a *account) add(r Return) int64 {
	for _, line := range r.Lines {
		if !line.Fee && line.SKU != "" {
			a.need[line.SKU] += line.Quantity
		}
	}
	if r.SaleID != 0 {
		a.cited[r.SaleID] = true
		return beginning
	}
	a.returns = append(a.returns, r)
	return db.Micros(r.At)
}

// loadCited loads the cited sales of all accounts.
func (l *loader) loadCited(ctx context.Context, q db.Queryer, keys []BookKey) error {
	var wanted []SaleKey
	for i, k := range keys {
		for s := range l.accounts[i].cited {
			for _, m := range k.Members {
				wanted = append(wanted, SaleKey{m, s})
			}
		}
	}
	sales, err := LoadSales(ctx, q, wanted)
	if err != nil {
		return err
	}
	for _, s := range sales {
		if a := l.owner[s.MemberID]; a.cited[s.ID] {
			a.sales[s.ID] = s
		}
	}
	return nil
}

// open returns the spans of the accounts that lack something and have an older
// past to look through.
func (l *loader) open() []*span {
	var spans []*span
	for _, a := range l.accounts {
		if a.enough() {
			continue
		}
		for _, s := range a.spans {
			if !s.ended() {
				spans = append(spans, s)
			}
		}
	}
	return spans
}

// enough reports whether every return finds all it could take within what all
// members' pasts have been looked through for. Cited sales are left out, since
// returns that cite them may take all.
func (a *account) enough() bool {
	horizon := int64(beginning)
	for _, s := range a.spans {
		horizon = max(horizon, s.upto)
	}
	if horizon == beginning {
		return true
	}
	for _, r := range a.returns {
		have := a.have(horizon, db.Micros(r.At))
		for _, line := range r.Lines {
			if !line.Fee && have[line.SKU] < a.need[line.SKU] {
				return false
			}
		}
	}
	return true
}

// have returns the quantities left, by SKU, of sales after the horizon and up
// to a time.
func (a *account) have(horizon, upto int64) map[string]int64 {
	have := make(map[string]int64)
	for _, s := range a.sales {
		if at := db.Micros(s.Occurred); at <= horizon || at > upto || a.cited[s.ID] {
			continue
		}
		for _, line := range s.Lines {
			have[line.SKU] += line.Left()
		}
	}
	return have
}

// loadPage looks through the next sales of each span: at first where the page
// ends, then the lines in it.
func (l *loader) loadPage(ctx context.Context, q db.Queryer, spans []*span, size int) error {
	if err := findPageEnds(ctx, q, spans, size); err != nil {
		return err
	}
	wanted := l.wanted(spans)
	for part := range slices.Chunk(wanted, maxWanted) {
		if err := l.loadLines(ctx, q, spans, part); err != nil {
			return err
		}
	}
	for _, s := range spans {
		s.upto = s.since
		if s.upto != beginning {
			s.upto-- // the page held every sale of its earliest time
		}
	}
	return nil
}

// findPageEnds sets since of each span to the time of its size-th latest sale,
// or to the beginning.
func findPageEnds(ctx context.Context, q db.Queryer, spans []*span, size int) error {
	byMember := make(map[id.ID]*span, len(spans))
	rows := make([][]any, len(spans))
	for i, s := range spans {
		byMember[s.member] = s
		rows[i] = []any{s.member, s.upto}
	}
	var args db.Args
	query := `WITH k(member_id, upto) AS ` + args.Tuples([]db.Kind{db.Int, db.Int}, rows) + `
		SELECT k.member_id, COALESCE((SELECT e.occurred FROM ` + ByMember + `
			WHERE e.member_id = k.member_id AND e.occurred <= k.upto
			ORDER BY e.occurred DESC, e.id DESC LIMIT 1 OFFSET ` + args.Add(size-1) + `), ` + args.Add(int64(beginning)) + `)
		FROM k WHERE k.member_id IS NOT NULL`
	found, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(found, err, func(r *sql.Rows) (struct{}, error) {
		var member id.ID
		var since int64
		err := r.Scan(&member, &since)
		if err == nil {
			byMember[member].since = since
		}
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("looking back over sales: %w", err)
	}
	return nil
}

// wanted returns the products that come back to each span's account.
func (l *loader) wanted(spans []*span) [][]any {
	var rows [][]any
	for _, s := range spans {
		for sku := range l.owner[s.member].need {
			rows = append(rows, []any{s.member, sku})
		}
	}
	return rows
}

func (l *loader) loadLines(ctx context.Context, q db.Queryer, spans []*span, wanted [][]any) error {
	rows := make([][]any, len(spans))
	for i, s := range spans {
		rows[i] = []any{s.member, s.since, s.upto}
	}
	var args db.Args
	query := `WITH k(member_id, since, upto) AS ` + args.Tuples([]db.Kind{db.Int, db.Int, db.Int}, rows) + `
		SELECT ` + saleColumns + `, ` + lineColumns + ` FROM k CROSS JOIN event AS e CROSS JOIN sale AS s CROSS JOIN sale_line AS l
		WHERE e.member_id = k.member_id AND e.occurred BETWEEN k.since AND k.upto AND s.member_id = e.member_id AND s.id = e.id
			AND l.member_id = s.member_id AND l.sale_id = s.id AND NOT l.fee AND l.returned_quantity < l.quantity
			AND (s.member_id, l.sku) IN ` + args.Tuples([]db.Kind{db.Int, db.Text}, wanted)
	found, err := q.Query(ctx, query, args.Values()...)
	list, err := db.Collect(found, err, scanSold)
	if err != nil {
		return fmt.Errorf("reading sales that goods may come back to: %w", err)
	}
	for _, row := range list {
		a := l.owner[row.sale.MemberID]
		if !a.cited[row.sale.ID] {
			gather([]sold{row}, a.sales)
		}
	}
	return nil
}

func (l *loader) result() [][]*Sale {
	books := make([][]*Sale, len(l.accounts))
	for i, a := range l.accounts {
		for _, s := range a.sales {
			slices.SortFunc(s.Lines, byNumber)
			books[i] = append(books[i], s)
		}
		slices.SortFunc(books[i], latestFirst)
	}
	return books
}
