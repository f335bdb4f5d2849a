package churn

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// Members are read in pages, and of a page as many at once as have so many
// purchases, so that little is in memory however much somebody bought.
const (
	pageSize      = 500
	purchasesRead = 50_000
)

// history is what a person bought, under every account that became theirs.
type history struct {
	root id.ID
	// days are the different days with purchases of which something was kept.
	days  []Day
	shop  id.ID // of the last
	goods []dayGoods
	last  int64
}

type dayGoods struct {
	day   Day
	goods int64
}

// yearly returns what was bought and kept in the year up to the last purchase.
func (h *history) yearly() (sum int64) {
	for _, g := range h.goods {
		if g.day > h.days[len(h.days)-1]-365 {
			sum += g.goods
		}
	}
	return sum
}

// selectRoots returns the next members of a programme with a status, none of
// whom was merged into another.
func selectRoots(ctx context.Context, q db.Queryer, programme id.ID, status member.Status, after id.ID) ([]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT id FROM member WHERE programme_id = $1 AND status = $2 AND merged_into = 0 AND id > $3 ORDER BY id LIMIT $4`,
		programme, string(status), after, pageSize)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("reading members to look at: %w", err)
	}
	return list, nil
}

func countRoots(ctx context.Context, q db.Queryer, programme id.ID, status member.Status) (n int64, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM member WHERE programme_id = $1 AND status = $2 AND merged_into = 0`, programme, string(status)).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting members to look at: %w", err)
	}
	return n, nil
}

// account is one of the accounts of a person.
type account struct {
	root, id  id.ID
	purchases int64
}

// selectAccounts returns the accounts of the persons that ever bought something,
// by their persons.
func selectAccounts(ctx context.Context, q db.Queryer, roots []id.ID) ([]account, error) {
	var args db.Args
	mine := args.In(roots)
	rows, err := q.Query(ctx, `SELECT o.root, o.account, t.purchases FROM (
			SELECT id AS root, id AS account FROM member WHERE id IN `+mine+`
			UNION ALL SELECT merged_into, id FROM member WHERE merged_into IN `+mine+` AND merged_into <> 0) AS o
		JOIN sale_tally AS t ON t.member_id = o.account ORDER BY o.root, o.account`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n account, err error) { return n, r.Scan(&n.root, &n.id, &n.purchases) })
	if err != nil {
		return nil, fmt.Errorf("reading who bought: %w", err)
	}
	return list, nil
}

// batches puts together the accounts of persons with at least so many purchases,
// as many as are read at once.
func batches(list []account, least int64) (all [][]account) {
	var now []account
	read := int64(0)
	for len(list) > 0 {
		n, sum := 0, int64(0)
		for ; n < len(list) && list[n].root == list[0].root; n++ {
			sum += list[n].purchases
		}
		if sum >= least {
			if read > 0 && read+sum > purchasesRead {
				all, now, read = append(all, now), nil, 0
			}
			now, read = append(now, list[:n]...), read+sum
		}
		list = list[n:]
	}
	if len(now) > 0 {
		all = append(all, now)
	}
	return all
}

// selectHistories returns what the persons bought, in the order of their ids.
// Those who kept nothing are left out.
func selectHistories(ctx context.Context, q db.Queryer, accounts []account, zone *time.Location) ([]history, error) {
	roots, found := rootsOf(accounts), map[id.ID]*history{}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT e.member_id, e.occurred, s.shop_id, s.goods - s.returned FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(idsOf(accounts))+`
		AND s.goods > s.returned ORDER BY e.member_id, e.occurred`, args.Values()...)
	type bought struct {
		member, shop id.ID
		at, goods    int64
	}
	err = db.Each(rows, err, func(r *sql.Rows) (b bought, err error) {
		return b, r.Scan(&b.member, &b.at, &b.shop, &b.goods)
	}, func(b bought) error {
		root := roots[b.member]
		h := found[root]
		if h == nil {
			h = &history{root: root}
			found[root] = h
		}
		if b.at >= h.last {
			h.last, h.shop = b.at, b.shop
		}
		day := DayOf(db.Time(b.at), zone)
		if n := len(h.goods); n > 0 && h.goods[n-1].day == day {
			h.goods[n-1].goods += b.goods
		} else {
			h.goods = append(h.goods, dayGoods{day, b.goods})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what members bought: %w", err)
	}
	list := make([]history, 0, len(found))
	for _, h := range found {
		for _, g := range h.goods {
			h.days = append(h.days, g.day)
		}
		slices.Sort(h.days)
		h.days = slices.Compact(h.days)
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b history) int { return cmp.Compare(a.root, b.root) })
	return list, nil
}

func rootsOf(accounts []account) map[id.ID]id.ID {
	roots := make(map[id.ID]id.ID, len(accounts))
	for _, a := range accounts {
		roots[a.id] = a.root
	}
	return roots
}

func idsOf(accounts []account) []id.ID {
	ids := make([]id.ID, len(accounts))
	for i, a := range accounts {
		ids[i] = a.id
	}
	return ids
}
