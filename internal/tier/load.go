package tier

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Ask says what of a member's standing on a ladder is needed.
type Ask struct {
	MemberID id.ID
	Ladder   *Ladder
	// Until is the latest instant that will be posted.
	Until time.Time
	// Sold are the credits that may be taken off.
	Sold []Sold
	// Since is the earliest time for which RankAt will be asked; zero means that
	// no past rank is needed.
	Since time.Time
	// All asks for every credit that counts, as merging needs.
	All bool
}

// Load returns the accounts in the order of the asks, new ones for members who
// have no standing yet. The asks differ in member or ladder. It sends one
// statement, and at most four more: for what leaves by Until (two), for cited
// credits and for history, each only where something asks for it. Whoever means
// to save holds the lock of the members.
func Load(ctx context.Context, q db.Queryer, asks []Ask) ([]*Account, error) {
	if len(asks) == 0 {
		return nil, nil
	}
	accounts, stored, err := loadStandings(ctx, q, asks)
	if err != nil {
		return nil, fmt.Errorf("reading standings: %w", err)
	}
	if err := loadLeaving(ctx, q, asks, accounts, stored); err != nil {
		return nil, fmt.Errorf("reading what leaves: %w", err)
	}
	if err := loadCited(ctx, q, asks, accounts); err != nil {
		return nil, fmt.Errorf("reading cited credits: %w", err)
	}
	if err := loadPast(ctx, q, asks, accounts); err != nil {
		return nil, fmt.Errorf("reading the history of ranks: %w", err)
	}
	return accounts, nil
}

const standingColumns = `member_id, ladder_id, rank_code, since, metric, hand, hand_until, bought, bought_until, falls_at, reckoned, version, next_leave, next_due, changes, closed`

// kept is a standing as it is stored.
type kept struct {
	Standing
	nextLeave, nextDue time.Time
}

func scanStanding(r *sql.Rows) (kept, error) {
	var k kept
	var since, hand, bought, falls, reckoned, leave, next int64
	err := r.Scan(&k.MemberID, &k.LadderID, &k.Rank, &since, &k.Metric, &k.Hand, &hand, &k.Bought, &bought, &falls, &reckoned, &k.Version,
		&leave, &next, &k.Changes, &k.Closed)
	k.Since, k.HandUntil, k.BoughtUntil, k.FallsAt = db.Time(since), db.Time(hand), db.Time(bought), db.Time(falls)
	k.Reckoned, k.nextLeave, k.nextDue = db.Time(reckoned), db.Time(leave), db.Time(next)
	return k, err
}

// loadStandings returns the accounts and the standings that are stored.
func loadStandings(ctx context.Context, q db.Queryer, asks []Ask) ([]*Account, map[keyOf]kept, error) {
	members, ladders := make([]id.ID, len(asks)), make([]id.ID, len(asks))
	for i, ask := range asks {
		members[i], ladders[i] = ask.MemberID, ask.Ladder.ID
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+standingColumns+` FROM standing WHERE member_id IN `+args.In(distinct(members))+
		` AND ladder_id IN `+args.In(distinct(ladders)), args.Values()...)
	list, err := db.Collect(rows, err, scanStanding)
	stored := make(map[keyOf]kept, len(list))
	for _, k := range list {
		stored[keyOf{k.MemberID, k.LadderID}] = k
	}
	accounts := make([]*Account, len(asks))
	for i, ask := range asks {
		k, ok := stored[keyOf{ask.MemberID, ask.Ladder.ID}]
		if !ok {
			accounts[i] = NewAccount(ask.Ladder, ask.MemberID)
			continue
		}
		accounts[i] = newAccount(ask.Ladder, k.Standing)
		accounts[i].partial, accounts[i].noted = true, k.nextDue
	}
	return accounts, stored, err
}

func distinct(ids []id.ID) []id.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// loadLeaving loads the credits that leave by the instants asked for, and when
// the next ones leave.
func loadLeaving(ctx context.Context, q db.Queryer, asks []Ask, accounts []*Account, stored map[keyOf]kept) error {
	byKey := make(map[keyOf]*Account)
	var rows [][]any
	for i, a := range accounts {
		a.beyond = stored[a.key()].nextLeave
		until := db.Micros(micro(asks[i].Until))
		switch {
		case asks[i].All && a.partial:
			until = db.Never
			a.partial = false
		case !due(a.beyond, micro(asks[i].Until)):
			continue
		}
		a.beyond = time.Time{}
		byKey[a.key()] = a
		rows = append(rows, []any{a.s.MemberID, a.s.LadderID, db.Micros(a.s.Reckoned), until})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := loadCredits(ctx, q, byKey, rows); err != nil {
		return err
	}
	return loadBeyond(ctx, q, byKey, rows)
}

var fourInts = []db.Kind{db.Int, db.Int, db.Int, db.Int}

func loadCredits(ctx context.Context, q db.Queryer, byKey map[keyOf]*Account, rows [][]any) error {
	var args db.Args
	query := `WITH k(member_id, ladder_id, reckoned, upto) AS ` + args.Tuples(fourInts, rows) + `
		SELECT c.member_id, c.ladder_id, c.leaves_at, c.event_id, c.amount FROM k CROSS JOIN tier_credit AS c
		WHERE c.member_id = k.member_id AND c.ladder_id = k.ladder_id AND c.leaves_at > k.reckoned AND c.leaves_at <= k.upto
		ORDER BY c.member_id, c.ladder_id, c.leaves_at, c.event_id`
	found, err := q.Query(ctx, query, args.Values()...)
	return take(found, err, byKey)
}

// take gives credits that still count to their accounts, unless they have them.
func take(found *sql.Rows, err error, byKey map[keyOf]*Account) error {
	_, err = db.Collect(found, err, func(r *sql.Rows) (struct{}, error) {
		var key keyOf
		var leaves int64
		c := new(credit)
		err := r.Scan(&key.member, &key.ladder, &leaves, &c.event, &c.amount)
		c.leaves = db.Time(leaves)
		if a := byKey[key]; err == nil && a.known[c.event] == nil && !due(c.leaves, a.s.Reckoned) {
			a.know(c)
		}
		return struct{}{}, err
	})
	return err
}

func loadBeyond(ctx context.Context, q db.Queryer, byKey map[keyOf]*Account, rows [][]any) error {
	var args db.Args
	query := `WITH k(member_id, ladder_id, reckoned, upto) AS ` + args.Tuples(fourInts, rows) + `
		SELECT k.member_id, k.ladder_id, COALESCE((SELECT c.leaves_at FROM tier_credit AS c
			WHERE c.member_id = k.member_id AND c.ladder_id = k.ladder_id AND c.leaves_at > k.upto
			ORDER BY c.leaves_at LIMIT 1), 0)
		FROM k WHERE k.member_id IS NOT NULL`
	found, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(found, err, func(r *sql.Rows) (struct{}, error) {
		var key keyOf
		var leaves int64
		err := r.Scan(&key.member, &key.ladder, &leaves)
		if err == nil {
			byKey[key].beyond = db.Time(leaves)
		}
		return struct{}{}, err
	})
	return err
}

// maxCited bounds the credits that one statement asks for.
const maxCited = 4096

// loadCited loads the credits that may be taken off, by their exact keys: when
// one leaves follows from when it was sold.
func loadCited(ctx context.Context, q db.Queryer, asks []Ask, accounts []*Account) error {
	byKey := make(map[keyOf]*Account)
	var rows [][]any
	for i, a := range accounts {
		if !a.partial {
			continue
		}
		byKey[a.key()] = a
		for _, sold := range asks[i].Sold {
			a.asked[sold.EventID] = true
			for _, w := range a.ladder.windows() {
				leaves := never(micro(w.leaves(micro(sold.At), a.ladder.Zone)))
				rows = append(rows, []any{a.s.MemberID, a.s.LadderID, leaves, sold.EventID})
			}
		}
	}
	for part := range slices.Chunk(rows, maxCited) {
		if err := loadExact(ctx, q, byKey, part); err != nil {
			return err
		}
	}
	return nil
}

func loadExact(ctx context.Context, q db.Queryer, byKey map[keyOf]*Account, rows [][]any) error {
	var args db.Args
	query := `WITH k(member_id, ladder_id, leaves_at, event_id) AS ` + args.Tuples(fourInts, rows) + `
		SELECT c.member_id, c.ladder_id, c.leaves_at, c.event_id, c.amount FROM k CROSS JOIN tier_credit AS c
		WHERE c.member_id = k.member_id AND c.ladder_id = k.ladder_id AND c.leaves_at = k.leaves_at AND c.event_id = k.event_id`
	found, err := q.Query(ctx, query, args.Values()...)
	return take(found, err, byKey)
}

// loadPast loads the history of those accounts whose present rank is younger
// than the time asked for.
func loadPast(ctx context.Context, q db.Queryer, asks []Ask, accounts []*Account) error {
	byKey := make(map[keyOf]*Account)
	var members []id.ID
	for i, a := range accounts {
		if since := asks[i].Since; !since.IsZero() && since.Before(a.s.Since) {
			a.past = true
			byKey[a.key()] = a
			members = append(members, a.s.MemberID)
		}
	}
	if len(members) == 0 {
		return nil
	}
	changes, err := History(ctx, q, members...)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if a := byKey[keyOf{c.MemberID, c.LadderID}]; a != nil {
			a.history = append(a.history, c)
		}
	}
	return nil
}
