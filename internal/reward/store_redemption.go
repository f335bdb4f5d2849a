package reward

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var (
	redemptionTable = db.NewTable("redemption", []string{"member_id", "id"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "reward_id", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "code", Kind: db.Text},
		db.Column{Name: "wallet_id", Kind: db.Int}, db.Column{Name: "points", Kind: db.Int}, db.Column{Name: "money", Kind: db.Int},
		db.Column{Name: "given", Kind: db.Int}, db.Column{Name: "matched", Kind: db.Int}, db.Column{Name: "occurred", Kind: db.Int},
		db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "closed", Kind: db.Int})
	pickupTable = db.NewTable("reward_pickup", []string{"programme_id", "code"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "code", Kind: db.Text}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "redemption_id", Kind: db.Int}, db.Column{Name: "due", Kind: db.Int})
)

const redemptionColumns = `n.member_id, n.id, n.programme_id, n.reward_id, n.state, n.code, n.wallet_id, n.points, n.money,
	n.given, n.matched, n.occurred, n.due, n.closed, COALESCE((SELECT r.name FROM reward AS r WHERE r.id = n.reward_id), '')`

func scanRedemption(r *sql.Rows) (*Redemption, error) {
	n := &Redemption{}
	var occurred, due, closed int64
	err := r.Scan(&n.MemberID, &n.ID, &n.ProgrammeID, &n.RewardID, &n.State, &n.Code, &n.WalletID, &n.Points, &n.Money,
		&n.Given, &n.Matched, &occurred, &due, &closed, &n.Name)
	n.Occurred, n.Due, n.Closed = db.Time(occurred), db.Time(due), db.Time(closed)
	n.was = n.State
	return n, err
}

// Key names a redemption of a member.
type Key struct{ MemberID, ID id.ID }

// LoadRedemptions returns redemptions by their ids, in one statement; in none
// for none. Those that are not there are left out.
func LoadRedemptions(ctx context.Context, q db.Queryer, keys []Key) (map[id.ID]*Redemption, error) {
	found := make(map[id.ID]*Redemption, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var args db.Args
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{k.MemberID, k.ID}
	}
	list, err := selectRedemptions(ctx, q, `WITH k(member_id, id) AS `+args.Tuples([]db.Kind{db.Int, db.Int}, rows)+`
		SELECT `+redemptionColumns+` FROM k CROSS JOIN redemption AS n WHERE n.member_id = k.member_id AND n.id = k.id`, args.Values()...)
	for _, n := range list {
		found[n.ID] = n
	}
	return found, err
}

func selectRedemptions(ctx context.Context, q db.Queryer, query string, args ...any) ([]*Redemption, error) {
	rows, err := q.Query(ctx, query, args...)
	list, err := db.Collect(rows, err, scanRedemption)
	if err != nil {
		return nil, fmt.Errorf("reading redemptions: %w", err)
	}
	return list, nil
}

// Had is when members took rewards.
type Had map[id.ID]map[id.ID][]time.Time

// LoadHad returns when the members took these rewards since a moment, by member
// and reward, in one statement; in none for none. What was undone is left out.
// The caller holds the members' locks until it has saved what they take.
func LoadHad(ctx context.Context, q db.Queryer, members, rewards []id.ID, since time.Time) (Had, error) {
	had := Had{}
	if len(members) == 0 || len(rewards) == 0 {
		return had, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT member_id, reward_id, occurred FROM redemption WHERE member_id IN `+args.In(members)+
		` AND reward_id IN `+args.In(rewards)+` AND occurred >= `+args.Add(db.Micros(since))+` AND state <> 'undone'`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var member, reward id.ID
		var at int64
		err = r.Scan(&member, &reward, &at)
		if had[member] == nil {
			had[member] = map[id.ID][]time.Time{}
		}
		had[member][reward] = append(had[member][reward], db.Time(at))
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what members took: %w", err)
	}
	return had, nil
}

// Save keeps new redemptions and changes of loaded ones: one statement a table
// and verb. It fails with "pickup_code_moved" or "redemption_moved" when
// somebody else was faster; then the batch must be decided again.
func Save(ctx context.Context, tx *db.Tx, list []*Redemption) error {
	var fresh, pickups [][]any
	var changed []*Redemption
	for _, n := range list {
		switch {
		case n.was == "":
			fresh = append(fresh, n.row())
			if n.Code != "" && n.State == Redeemed {
				pickups = append(pickups, []any{n.ProgrammeID, n.Code, n.MemberID, n.ID, db.Micros(n.Due)})
			}
		case n.was != n.State:
			changed = append(changed, n)
		}
	}
	if err := insert(ctx, tx, fresh, pickups); err != nil {
		return err
	}
	return closeAll(ctx, tx, changed)
}

func (n *Redemption) row() []any {
	return []any{n.MemberID, n.ID, n.ProgrammeID, n.RewardID, string(n.State), n.Code, n.WalletID, n.Points, n.Money,
		n.Given, n.Matched, db.Micros(n.Occurred), db.Micros(n.Due), db.Micros(n.Closed)}
}

func insert(ctx context.Context, tx *db.Tx, fresh, pickups [][]any) error {
	if len(fresh) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, redemptionTable, fresh); err != nil {
		return fmt.Errorf("writing redemptions: %w", err)
	}
	if len(pickups) == 0 {
		return nil
	}
	n, err := tx.InsertNew(ctx, pickupTable, pickups)
	if err != nil {
		return fmt.Errorf("writing pick-up codes: %w", err)
	}
	if n != int64(len(pickups)) {
		return fault.Busy("pickup_code_moved", "a pick-up code was drawn twice; send this again")
	}
	return nil
}

// closeAll closes redemptions that are still as they were loaded, and frees
// their codes.
func closeAll(ctx context.Context, tx *db.Tx, list []*Redemption) error {
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b *Redemption) int { return int(min(1, max(-1, a.ID-b.ID))) })
	var args db.Args
	rows := make([][]any, len(list))
	for i, n := range list {
		rows[i] = []any{n.MemberID, n.ID, string(n.was), string(n.State), db.Micros(n.Closed)}
	}
	done, err := tx.Exec(ctx, `WITH k(member_id, id, was, state, closed) AS `+args.Tuples([]db.Kind{db.Int, db.Int, db.Text, db.Text, db.Int}, rows)+`
		UPDATE redemption SET state = k.state, closed = k.closed FROM k
		WHERE redemption.member_id = k.member_id AND redemption.id = k.id AND redemption.state = k.was`, args.Values()...)
	if err != nil {
		return fmt.Errorf("closing redemptions: %w", err)
	}
	if done != int64(len(list)) {
		return fault.Busy("redemption_moved", "somebody handed this out or undid it at the same moment; send this again")
	}
	return freeCodes(ctx, tx, list)
}

func freeCodes(ctx context.Context, tx *db.Tx, list []*Redemption) error {
	codes := map[id.ID][]string{}
	var programmes []id.ID
	for _, n := range list {
		if n.was != Redeemed || n.Code == "" {
			continue
		}
		if codes[n.ProgrammeID] == nil {
			programmes = append(programmes, n.ProgrammeID)
		}
		codes[n.ProgrammeID] = append(codes[n.ProgrammeID], n.Code)
	}
	slices.Sort(programmes)
	for _, p := range programmes {
		var args db.Args
		query := `DELETE FROM reward_pickup WHERE programme_id = ` + args.Add(p) + ` AND code IN ` + args.InText(codes[p])
		if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
			return fmt.Errorf("freeing pick-up codes: %w", err)
		}
	}
	return nil
}
