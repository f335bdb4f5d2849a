package referral

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

var referralTable = db.NewTable("referral", []string{"member_id", "id"},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
	db.Column{Name: "inviter_id", Kind: db.Int}, db.Column{Name: "terms", Kind: db.Int}, db.Column{Name: "source", Kind: db.Text},
	db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "sale_id", Kind: db.Int},
	db.Column{Name: "bought", Kind: db.Int}, db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "closed", Kind: db.Int},
	db.Column{Name: "allowed", Kind: db.Bool}, db.Column{Name: "reason", Kind: db.Text}, db.Column{Name: "evidence", Kind: db.Text},
	db.Column{Name: "inviter_outcome", Kind: db.Text}, db.Column{Name: "friend_outcome", Kind: db.Text})

const referralColumns = `r.member_id, r.id, r.programme_id, r.inviter_id, r.terms, r.source, r.state, r.at, r.sale_id,
	r.bought, r.due, r.closed, r.allowed, r.reason, r.evidence, r.inviter_outcome, r.friend_outcome,
	EXISTS (SELECT 1 FROM influencer AS o WHERE o.id = r.inviter_id)`

func (r *Referral) row() []any {
	return []any{
		r.FriendID, r.ID, r.ProgrammeID, r.InviterID, r.Terms, r.Source, string(r.State), db.Micros(r.At), r.SaleID,
		db.Micros(r.Bought), db.Micros(r.Due), db.Micros(r.Closed), r.Allowed, r.Reason, strings.Join(r.Evidence, " "), r.InviterOutcome, r.FriendOutcome,
	}
}

func scanReferral(rows *sql.Rows) (*Referral, error) {
	r := &Referral{}
	var at, bought, due, closed int64
	var evidence string
	err := rows.Scan(&r.FriendID, &r.ID, &r.ProgrammeID, &r.InviterID, &r.Terms, &r.Source, &r.State, &at, &r.SaleID,
		&bought, &due, &closed, &r.Allowed, &r.Reason, &evidence, &r.InviterOutcome, &r.FriendOutcome, &r.Outside)
	r.At, r.Bought, r.Due, r.Closed, r.Evidence = db.Time(at), db.Time(bought), db.Time(due), db.Time(closed), strings.Fields(evidence)
	return r, err
}

func selectReferrals(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Referral, error) {
	rows, err := q.Query(ctx, `SELECT `+referralColumns+` FROM referral AS r WHERE `+where, args...)
	list, err := db.Collect(rows, err, scanReferral)
	if err != nil {
		return nil, fmt.Errorf("reading referrals: %w", err)
	}
	return list, nil
}

// loadReferral returns one referral; fault "unknown_referral".
func loadReferral(ctx context.Context, q db.Queryer, programme, referral id.ID) (*Referral, error) {
	list, err := selectReferrals(ctx, q, `r.programme_id = $1 AND r.id = $2`, programme, referral)
	if err == nil && len(list) == 0 {
		err = unknownReferral(referral)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// ofFriends returns the referrals by which the members came, in their order.
func ofFriends(ctx context.Context, q db.Queryer, members []id.ID) ([]*Referral, error) {
	var args db.Args
	return selectReferrals(ctx, q, `r.member_id IN `+args.In(members)+` ORDER BY r.id`, args.Values()...)
}

// ofInviters returns the referrals of members who invited, the latest first.
func ofInviters(ctx context.Context, q db.Queryer, members []id.ID, limit int) ([]*Referral, error) {
	var args db.Args
	return selectReferrals(ctx, q, `r.inviter_id IN `+args.In(members)+` ORDER BY r.id DESC LIMIT `+args.Add(int64(limit)), args.Values()...)
}

// rewarded counts the referrals since a moment for which inviters got their
// reward, or are about to.
func rewarded(ctx context.Context, q db.Queryer, inviters []id.ID, since time.Time) (int64, error) {
	var args db.Args
	var n int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM referral AS r WHERE r.inviter_id IN `+args.In(inviters)+
		` AND r.inviter_outcome IN ('paying', 'paid') AND r.closed >= `+args.Add(db.Micros(since)), args.Values()...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting rewarded referrals: %w", db.Fault(err))
	}
	return n, nil
}

// dueBy returns referrals that wait to be paid and are due, by id after one.
func dueBy(ctx context.Context, q db.Queryer, until time.Time, after id.ID, limit int) ([]*Referral, error) {
	return selectReferrals(ctx, q, `r.state IN ('bought', 'paying') AND r.due <= $1 AND r.id > $2 ORDER BY r.id LIMIT $3`, db.Micros(until), after, limit)
}

func insertReferral(ctx context.Context, tx *db.Tx, r *Referral) error {
	if err := tx.Insert(ctx, referralTable, [][]any{r.row()}); err != nil {
		return fmt.Errorf("writing a referral: %w", err)
	}
	return nil
}

func saveReferral(ctx context.Context, tx *db.Tx, r *Referral) error {
	if err := tx.Update(ctx, referralTable, [][]any{r.row()}); err != nil {
		return fmt.Errorf("writing a referral: %w", err)
	}
	return nil
}

// Query says which referrals a list has.
type Query struct {
	ProgrammeID id.ID
	State       State   // empty for all
	Members     []id.ID // who invited or came: all aliases of a person; none for everybody
	Before      id.ID   // where the page begins; 0 for the latest
	Limit       int
}

func listReferrals(ctx context.Context, q db.Queryer, what Query) ([]*Referral, error) {
	var args db.Args
	where := `r.programme_id = ` + args.Add(what.ProgrammeID)
	if what.State != "" {
		where += ` AND r.state = ` + args.Add(string(what.State))
	}
	if len(what.Members) > 0 {
		where += ` AND (r.member_id IN ` + args.In(what.Members) + ` OR r.inviter_id IN ` + args.In(what.Members) + `)`
	}
	if what.Before != 0 {
		where += ` AND r.id < ` + args.Add(what.Before)
	}
	return selectReferrals(ctx, q, where+` ORDER BY r.id DESC LIMIT `+args.Add(int64(what.Limit)), args.Values()...)
}
