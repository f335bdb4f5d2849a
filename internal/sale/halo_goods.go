package sale

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// good is a product and how many bought it.
type good struct {
	sku, name string
	buyers    int64
}

// favourites returns the products that most of those who began with the
// flagship bought beside it, of equals by SKU.
func favourites(pairs [][2]spent) []good {
	at := map[string]int{}
	var list []good
	for _, p := range pairs {
		for sku, name := range p[0].goods {
			k, known := at[sku]
			if !known {
				k = len(list)
				at[sku], list = k, append(list, good{sku: sku})
			}
			list[k].buyers++
			list[k].name = max(list[k].name, name)
		}
	}
	slices.SortFunc(list, func(a, b good) int { return cmp.Or(cmp.Compare(b.buyers, a.buyers), cmp.Compare(a.sku, b.sku)) })
	return list[:min(len(list), haloGoods)]
}

// haloChunk is how many customers' lines are read at once.
const haloChunk = 400

// FindHalo reports what goes with a flagship. Merged names the profiles that
// came together, losers with their survivors. It reads all first purchases of
// the time, and what the pairs bought; give it a snapshot.
func FindHalo(ctx context.Context, q db.Queryer, query HaloQuery, merged map[id.ID]id.ID) (Halo, error) {
	var h Halo
	firsts, err := h.begun(ctx, q, query, merged)
	if err != nil {
		return h, err
	}
	couples := couplesOf(firsts, query.Zone)
	for _, b := range firsts {
		if b.with {
			h.Unpaired++
		}
	}
	h.Unpaired -= int64(len(couples))
	var pairs [][2]spent
	for part := range slices.Chunk(couples, haloChunk) {
		lines, err := linesOf(ctx, q, query, part)
		if err != nil {
			return h, err
		}
		for _, c := range part {
			pairs = append(pairs, [2]spent{
				spentBy(c.flagship, lines[c.flagship.member], query.SKU, query.Days), spentBy(c.other, lines[c.other.member], query.SKU, query.Days),
			})
		}
	}
	h.compare(pairs)
	return h, nil
}

// begun reads the first purchases, in the order of time, and counts those that
// are left out.
func (h *Halo) begun(ctx context.Context, q db.Queryer, query HaloQuery, merged map[id.ID]id.ID) ([]began, error) {
	several := map[id.ID]bool{}
	for loser, survivor := range merged {
		several[loser], several[survivor] = true, true
	}
	var list []began
	rows, err := q.Query(ctx, `SELECT s.member_id, s.id, s.shop_id, s.channel, s.occurred,
			EXISTS (SELECT 1 FROM sale_line AS l WHERE l.member_id = s.member_id AND l.sale_id = s.id AND l.sku = $4 AND NOT l.fee)
		FROM sale AS s WHERE s.programme_id = $1 AND s.nth = 1 AND s.occurred >= $2 AND s.occurred < $3 ORDER BY s.occurred, s.id`,
		query.ProgrammeID, db.Micros(query.From), db.Micros(query.Until), query.SKU)
	err = db.Each(rows, err, scanBegan, func(b began) error {
		if b.with {
			h.Firsts++
		}
		switch recent := b.at.AddDate(0, 0, query.Days).After(query.Now); {
		case several[b.member] && b.with:
			h.Merged++
		case recent && b.with:
			h.Recent++
		case !recent && !several[b.member]:
			list = append(list, b)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading first purchases: %w", err)
	}
	return list, nil
}

func scanBegan(r *sql.Rows) (began, error) {
	var b began
	var at int64
	err := r.Scan(&b.member, &b.sale, &b.shop, &b.channel, &at, &b.with)
	b.at = db.Time(at)
	return b, err
}

// linesOf reads what the customers bought within the time that the report looks
// at, by customer.
func linesOf(ctx context.Context, q db.Queryer, query HaloQuery, couples []couple) (map[id.ID][]haloLine, error) {
	var members []id.ID
	from, until := couples[0].flagship.at, time.Time{}
	for _, c := range couples {
		for _, b := range []began{c.flagship, c.other} {
			members = append(members, b.member)
			if b.at.Before(from) {
				from = b.at
			}
			if end := b.at.AddDate(0, 0, query.Days); end.After(until) {
				until = end
			}
		}
	}
	var args db.Args
	text := `SELECT s.member_id, s.id, s.occurred, l.sku, l.name, l.amount - l.returned_amount
		FROM ` + ByMember + ` JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id
		WHERE e.member_id IN ` + args.In(members) + ` AND e.occurred >= ` + args.Add(db.Micros(from)) + ` AND e.occurred < ` + args.Add(db.Micros(until)) + `
			AND NOT l.fee ORDER BY s.member_id, s.occurred, s.id, l.no`
	lines := map[id.ID][]haloLine{}
	rows, err := q.Query(ctx, text, args.Values()...)
	err = db.Each(rows, err, scanHaloLine, func(b haloLine) error {
		lines[b.member] = append(lines[b.member], b)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was bought beside a flagship: %w", err)
	}
	return lines, nil
}

func scanHaloLine(r *sql.Rows) (haloLine, error) {
	var b haloLine
	var at int64
	err := r.Scan(&b.member, &b.sale, &at, &b.sku, &b.name, &b.amount)
	b.at = db.Time(at)
	return b, err
}
