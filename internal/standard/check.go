package standard

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
)

func versionsOf(ctx context.Context, q db.Queryer, programme id.ID) ([]standardRecord, error) {
	rows, err := q.Query(ctx, `SELECT standard_id, version, spec, published FROM standard_version WHERE programme_id = $1 ORDER BY standard_id, version`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n standardRecord, err error) {
		var of id.ID
		var spec string
		var at int64
		if err := r.Scan(&of, &n.Version, &spec, &at); err != nil {
			return n, err
		}
		n.Standard, n.Published, n.Spec = of.In(id.Standard), db.Time(at), &Spec{}
		return n, unpacked(spec, n.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the versions of standards: %w", err)
	}
	return list, nil
}

// Check notes sheets whose score is not what their answers come to, rounds that
// are not what their lots draw, and what is left of the erased.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	specs := map[[2]int64]*Spec{}
	rounds := map[id.ID][]*Visit{}
	err := everyVisit(ctx, q, programme, func(v *Visit) (err error) {
		key := [2]int64{int64(v.StandardID), v.Version}
		if specs[key] == nil {
			if specs[key], err = loadSpec(ctx, q, programme, v.StandardID, v.Version); err != nil {
				return err
			}
		}
		if v.RoundID != 0 {
			rounds[v.RoundID] = append(rounds[v.RoundID], v)
		}
		v.audit(specs[key], note)
		return nil
	})
	if err != nil {
		return err
	}
	list, err := selectRounds(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		n.audit(rounds[n.ID], note)
	}
	return leftovers(ctx, q, programme, note)
}

// audit notes what contradicts itself in a visit.
func (n *Visit) audit(spec *Spec, note func(string)) {
	wrong := func(yes bool, what string) {
		if yes {
			note(n.ID.In(id.Visit) + " " + what)
		}
	}
	wrong((n.State == Sent) == n.Sent.IsZero(), "is "+string(n.State)+" and its sheet says otherwise")
	wrong(!n.Sent.IsZero() && n.Sent.Before(n.Opens), "was sent before its day")
	wrong(n.Reply != "" && n.Replied.IsZero(), "was answered at no time")
	wrong((n.Kind == Mystery) != (n.RoundID != 0), "belongs to no draw, or to one that it should not")
	if n.State != Sent {
		wrong(n.Score != Unjudged || n.Failed, "has a score without a sheet")
		return
	}
	score, failed := spec.Score(n.Answers)
	wrong(score != n.Score || (len(failed) > 0) != n.Failed, "has another score than its answers come to")
	for code, a := range n.Answers {
		c := spec.Criterion(code)
		wrong(c == nil || a.Value < 0 || a.Value > c.Best(), "has an answer that its standard does not know")
	}
}

// audit draws a round again and notes where it differs.
func (n *Round) audit(visits []*Visit, note func(string)) {
	drawn, err := n.Lots.Draw()
	if err != nil || len(drawn) != len(visits) {
		note(n.ID.In(id.VisitRound) + " holds other visits than its lots draw")
		return
	}
	slices.SortFunc(visits, func(a, b *Visit) int { return cmp.Compare(a.ID, b.ID) })
	from, err := time.Parse(dayForm, n.From)
	for i, d := range drawn {
		v := visits[i]
		if err != nil || v.Day != from.AddDate(0, 0, d.Day).Format(dayForm) || v.ShopID != d.ShopID || v.VisitorID != d.VisitorID || (v.PairID != 0) != d.Second {
			note(v.ID.In(id.Visit) + " is not what the lots of its round draw")
		}
	}
}

// leftovers notes what is left of the erased.
func leftovers(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	rows, err := q.Query(ctx, `SELECT DISTINCT v.id FROM standard_visitor AS o JOIN member AS m ON m.id = o.member_id
		JOIN standard_visit AS v ON v.programme_id = o.programme_id AND v.visitor_id = o.id
		LEFT JOIN standard_photo AS p ON p.programme_id = v.programme_id AND p.visit_id = v.id
		WHERE o.programme_id = $1 AND m.status = $2 AND (o.gone = 0 OR v.remark <> '' OR v.reference <> '' OR p.id IS NOT NULL) ORDER BY v.id LIMIT 100`,
		programme, string(member.Erased))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return fmt.Errorf("checking visits: %w", err)
	}
	for _, n := range list {
		note(n.In(id.Visit) + " is of somebody who was erased and still tells of them")
	}
	return nil
}
