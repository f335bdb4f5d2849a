package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// StatementAsk chooses entries of a member.
type StatementAsk struct {
	// Members are the member and those merged into it.
	Members []id.ID
	Wallets []id.ID
	// From and To bound the time of recording: From ≤ recorded < To; zero means
	// no bound. What is recorded late is in a later statement, so one that is
	// closed never changes.
	From, To time.Time
	// Before is the last entry of the page before; 0 begins with the latest.
	Before id.ID
	Limit  int
}

const (
	statementPage    = 50
	maxStatementPage = 1000
)

func (s StatementAsk) where(args *db.Args) string {
	where := ` WHERE t.member_id IN ` + args.In(s.Members) + ` AND t.wallet_id IN ` + args.In(s.Wallets)
	if !s.From.IsZero() {
		where += ` AND t.recorded >= ` + args.Add(db.Micros(s.From))
	}
	if !s.To.IsZero() {
		where += ` AND t.recorded < ` + args.Add(db.Micros(s.To))
	}
	return where
}

// Statement returns a page of entries, the latest first.
func Statement(ctx context.Context, q db.Queryer, s StatementAsk) ([]Entry, error) {
	if len(s.Members) == 0 || len(s.Wallets) == 0 {
		return nil, nil
	}
	if s.Limit <= 0 {
		s.Limit = statementPage
	}
	s.Limit = min(s.Limit, maxStatementPage)
	var args db.Args
	list, err := entries(ctx, q, `SELECT `+selected(entryColumns, reasonOfLot)+` FROM (`+s.latest(&args)+`) AS t`+reasonOfLot+
		` ORDER BY t.id DESC LIMIT `+args.Add(s.Limit), args.Values())
	if err != nil {
		return nil, fmt.Errorf("reading a statement: %w", err)
	}
	return list, nil
}

// maxBranches bounds the accounts that are read one by one.
const maxBranches = 64

// latest selects the latest entries of each account by itself, as the index has
// them in order only within an account. Beyond maxBranches it sorts.
func (s StatementAsk) latest(args *db.Args) string {
	if len(s.Members)*len(s.Wallets) > maxBranches {
		return s.branch(args)
	}
	var branches []string
	for _, m := range s.Members {
		for _, w := range s.Wallets {
			one := s
			one.Members, one.Wallets = []id.ID{m}, []id.ID{w}
			branches = append(branches, one.branch(args))
		}
	}
	return strings.Join(branches, ` UNION ALL `)
}

func (s StatementAsk) branch(args *db.Args) string {
	where := s.where(args)
	if s.Before != 0 {
		where += ` AND t.id < ` + args.Add(s.Before)
	}
	return `SELECT * FROM (SELECT ` + prefixed("t", entryColumns) + ` FROM entry t` + where + ` ORDER BY t.id DESC LIMIT ` + args.Add(s.Limit) + `) AS b`
}

// Period is what happened to a wallet between two moments of recording.
type Period struct {
	Opening, Closing Balance
	// Turnover is the sum of the entries of each kind and way.
	Turnover []Turnover
}

// Turnover is the sum of the entries of one kind that took one way.
type Turnover struct {
	Kind     EntryKind
	From, To Bucket
	Amount   int64
}

// Sum returns the balances of a wallet at both ends of the period and the
// turnover between; the page and its bounds do not matter.
func Sum(ctx context.Context, q db.Queryer, s StatementAsk) (Period, error) {
	var p Period
	if !s.From.IsZero() {
		before, err := turnover(ctx, q, StatementAsk{Members: s.Members, Wallets: s.Wallets, To: s.From})
		if err != nil {
			return p, fmt.Errorf("summing what came before a statement: %w", err)
		}
		p.Opening = fold(p.Opening, before)
	}
	var err error
	if p.Turnover, err = turnover(ctx, q, s); err != nil {
		return p, fmt.Errorf("summing a statement: %w", err)
	}
	p.Closing = fold(p.Opening, p.Turnover)
	return p, nil
}

func fold(b Balance, turnovers []Turnover) Balance {
	for _, t := range turnovers {
		b.move(t.From, t.To, t.Amount)
	}
	return b
}

func turnover(ctx context.Context, q db.Queryer, s StatementAsk) ([]Turnover, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT t.kind, t.from_bucket, t.to_bucket, CAST(SUM(t.amount) AS BIGINT) FROM entry t`+s.where(&args)+
		` GROUP BY t.kind, t.from_bucket, t.to_bucket ORDER BY t.kind, t.from_bucket, t.to_bucket`, args.Values()...)
	return db.Collect(rows, err, func(r *sql.Rows) (Turnover, error) {
		var t Turnover
		err := r.Scan(&t.Kind, &t.From, &t.To, &t.Amount)
		return t, err
	})
}
