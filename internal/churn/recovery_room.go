package churn

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// RecoveredRecord is somebody who was chosen for a campaign, in exports.
type RecoveredRecord struct {
	Recovery string    `json:"recovery"`
	Name     string    `json:"name,omitempty"`
	Member   string    `json:"member,omitempty"`
	Held     bool      `json:"held_back"`
	State    Lot       `json:"state"`
	Why      string    `json:"why,omitempty"`
	At       time.Time `json:"at"`
	Until    time.Time `json:"until"`
	Cost     int64     `json:"cost,omitempty"`
}

func (n *Recovered) record() RecoveredRecord {
	return RecoveredRecord{Recovery: n.RecoveryID.In(id.Recovery), Held: n.Held, State: n.State, Why: n.Why, At: n.At, Until: n.Until, Cost: n.Cost}
}

// RecoveryRecord is a campaign, in exports.
type RecoveryRecord struct {
	Recovery string        `json:"recovery"`
	Version  int64         `json:"version"`
	State    RecoveryState `json:"state"`
	Spec     RecoverySpec  `json:"spec"`
	Seed     string        `json:"seed"`
	Made     time.Time     `json:"made"`
	Started  time.Time     `json:"started,omitzero"`
	Until    time.Time     `json:"until,omitzero"`
	Chosen   time.Time     `json:"chosen,omitzero"`
	Tally    Tally         `json:"tally"`
}

// spare has nobody who is erased be asked; that they were chosen stays, for the
// counts.
func spare(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `UPDATE churn_recovered SET state = `+args.Add(string(LotUnmet))+`, why = 'erased' WHERE member_id IN `+args.In(members)+
		` AND programme_id = `+args.Add(programme)+` AND state = `+args.Add(string(LotChosen))+` AND NOT held`, args.Values()...); err != nil {
		return fmt.Errorf("sparing who is erased: %w", err)
	}
	return nil
}

// exportRecovered returns for which campaigns a person was chosen.
func exportRecovered(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (all []RecoveredRecord, err error) {
	var args db.Args
	list, err := selectRecovered(ctx, q, `member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` ORDER BY recovery_id, member_id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names := map[id.ID]string{}
	recoveries, err := selectRecoveries(ctx, q, `programme_id = $1`, programme)
	for _, r := range recoveries {
		names[r.ID] = r.Spec.Name
	}
	for _, n := range list {
		r := n.record()
		r.Name = names[n.RecoveryID]
		all = append(all, r)
	}
	return all, err
}

// dumpRecoveries gives the campaigns and who was chosen.
func dumpRecoveries(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectRecoveries(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := to("churn_recoveries", RecoveryRecord{r.ID.In(id.Recovery), r.Version, r.State, r.Spec, r.Seed, r.Made, r.Started, r.Until, r.Chosen, r.Tally}); err != nil {
			return err
		}
	}
	return eachRecovered(ctx, q, programme, func(n *Recovered) error {
		r := n.record()
		r.Member = n.MemberID.In(id.Member)
		return to("churn_recovered", r)
	})
}

// eachRecovered calls fn with everybody who was chosen in a programme.
func eachRecovered(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Recovered) error) error {
	rows, err := q.Query(ctx, recoveredColumns+`programme_id = $1 ORDER BY member_id, recovery_id`, programme)
	if err := db.Each(rows, err, scanRecovered, fn); err != nil {
		return fmt.Errorf("reading all who were chosen: %w", err)
	}
	return nil
}

// checkRecoveries notes campaigns that contradict themselves, whoever is not
// where the draw put them, and whoever was held back and given or told something.
func checkRecoveries(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectRecoveries(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	all, asked, held := map[id.ID]*Recovery{}, map[id.ID]int64{}, map[id.ID]int64{}
	for _, r := range list {
		all[r.ID] = r
	}
	if err := eachRecovered(ctx, q, programme, func(n *Recovered) error {
		name, r := n.MemberID.In(id.Member)+" in "+n.RecoveryID.In(id.Recovery), all[n.RecoveryID]
		if r == nil {
			note(name + " is of a campaign that there is not")
			return nil
		}
		if what := n.odd(r); what != "" {
			note(name + " " + what)
		}
		if n.Held {
			held[r.ID]++
		} else {
			asked[r.ID]++
		}
		return nil
	}); err != nil {
		return err
	}
	for _, r := range list {
		if r.Tally.Asked != asked[r.ID] || r.Tally.Held != held[r.ID] || r.Tally.Looked != asked[r.ID]+held[r.ID]+r.Tally.LeftOut() {
			note(fmt.Sprintf("%s says that %d are asked and %d held back of %d, and there are %d and %d", r.ID.In(id.Recovery), r.Tally.Asked, r.Tally.Held, r.Tally.Looked, asked[r.ID], held[r.ID]))
		}
	}
	return checkHeld(ctx, q, programme, note)
}

// odd says what contradicts itself in somebody who was chosen.
func (n *Recovered) odd(r *Recovery) string {
	switch {
	case r.Started.IsZero() || n.At.Before(r.Started) || !n.Until.After(n.At):
		return "was chosen at a time that cannot be"
	case n.Held != r.heldBack(n.MemberID):
		return "is not in the group that the draw has them in"
	case n.Held && (n.EventID != 0 || n.CodeID != 0 || n.Cost != 0):
		return "is held back and was given something"
	case n.Held && n.State != LotChosen && n.State != LotHeld, !n.Held && n.State == LotHeld:
		return "is " + string(n.State) + " and in the other group"
	case (n.State == LotUnmet) == (n.Why == ""):
		return "was not asked without a reason, or has one and was"
	}
	return ""
}

// checkHeld notes whoever was held back and has an event of being asked or given
// something.
func checkHeld(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectRecovered(ctx, q, `programme_id = $1 AND held AND (
			EXISTS (SELECT 1 FROM event AS e WHERE e.member_id = churn_recovered.member_id AND e.kind IN ('custom.recovery_asked', 'award') AND e.source = 'recovery' AND e.occurred = churn_recovered.at))
		ORDER BY member_id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		note(n.MemberID.In(id.Member) + " is held back from " + n.RecoveryID.In(id.Recovery) + " and was asked or given something by it")
	}
	return nil
}
