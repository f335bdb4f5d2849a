package recovery

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
)

// codesAtOnce is of how many persons the codes are read at once.
const codesAtOnce = 1000

// Outcome is what came of a campaign: what its gifts cost is what points are
// worth and what codes took off.
type Outcome struct {
	*Campaign
	experiment.Comparison
	// Pending are those who were chosen and not yet asked; Unmet those who were not,
	// by why.
	Pending int64
	Unmet   map[string]int64
}

// Outcome returns what came of a campaign. It needs churn.read.
func (s *Service) Outcome(ctx context.Context, a auth.Actor, programme, n id.ID) (*Outcome, error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return nil, err
	}
	var o *Outcome
	return o, s.DB.View(ctx, func(q db.Queryer) error {
		r, err := kind.Load(ctx, q, programme, n, s.Now(), "")
		if err != nil {
			return err
		}
		o = &Outcome{Campaign: r, Unmet: map[string]int64{}}
		if r.Started.IsZero() {
			return nil
		}
		return o.weigh(ctx, q, s)
	})
}

// weigh compares those who were asked with those who were held back.
func (o *Outcome) weigh(ctx context.Context, q db.Queryer, s *Service) error {
	list, err := selectChosen(ctx, q, `recovery_id = $1 AND programme_id = $2 ORDER BY member_id`, o.ID, o.ProgrammeID)
	if err != nil {
		return err
	}
	subjects := make([]experiment.Subject, len(list))
	for i, n := range list {
		subjects[i] = experiment.Subject{MemberID: n.MemberID, Held: n.Held, At: n.At, Until: n.Until}
	}
	t, err := experiment.NewTrial(ctx, q, o.ProgrammeID, subjects)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(t.Persons, codesAtOnce) {
		codes, err := tookOff(ctx, q, t, list, some)
		if err != nil {
			return err
		}
		for _, i := range some {
			t.Spend(i, list[i].Cost+codes[list[i].CodeID])
			switch list[i].State {
			case LotChosen:
				o.Pending++
			case LotUnmet:
				o.Unmet[list[i].Why]++
			}
		}
	}
	c, err := t.Compare(ctx, q, s.clock())
	if err == nil {
		o.Comparison = *c
	}
	return err
}

// tookOff returns what the codes took off that were given, in minor units.
func tookOff(ctx context.Context, q db.Queryer, t *experiment.Trial, list []*Chosen, some []int) (map[id.ID]int64, error) {
	var args db.Args
	var accounts, codes []id.ID
	for _, i := range some {
		if list[i].CodeID != 0 {
			codes = append(codes, list[i].CodeID)
			accounts = append(accounts, t.Accounts(i)...)
		}
	}
	all := map[id.ID]int64{}
	if len(codes) == 0 {
		return all, nil
	}
	type used struct {
		code   id.ID
		amount int64
	}
	rows, err := q.Query(ctx, `SELECT code_id, CAST(SUM(amount) AS BIGINT) FROM promo_redemption WHERE member_id IN `+args.In(accounts)+` AND code_id IN `+args.In(codes)+` GROUP BY code_id`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (u used, err error) { return u, r.Scan(&u.code, &u.amount) }, func(u used) error {
		all[u.code] = u.amount
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what codes took off: %w", err)
	}
	return all, nil
}
