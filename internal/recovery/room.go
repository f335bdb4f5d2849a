package recovery

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "recovery" }

// Erase has nobody who is erased be asked; that they were chosen stays, for the
// counts.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `UPDATE recovery_chosen SET state = `+args.Add(string(LotUnmet))+`, why = 'erased' WHERE member_id IN `+args.In(members)+
		` AND programme_id = `+args.Add(programme)+` AND state = `+args.Add(string(LotChosen))+` AND NOT held`, args.Values()...); err != nil {
		return fmt.Errorf("sparing who is erased: %w", err)
	}
	return nil
}

// ChosenRecord is somebody who was chosen for a campaign, in exports.
type ChosenRecord struct {
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

func (n *Chosen) record() ChosenRecord {
	return ChosenRecord{Recovery: n.RecoveryID.In(id.Recovery), Held: n.Held, State: n.State, Why: n.Why, At: n.At, Until: n.Until, Cost: n.Cost}
}

// Record is a campaign, in exports.
type Record struct {
	Recovery string    `json:"recovery"`
	Version  int64     `json:"version"`
	State    State     `json:"state"`
	Spec     Spec      `json:"spec"`
	Seed     string    `json:"seed"`
	Made     time.Time `json:"made"`
	Started  time.Time `json:"started,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	Chosen   time.Time `json:"chosen,omitzero"`
	Tally    Tally     `json:"tally"`
}

// Export returns for which campaigns a person was chosen.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	list, err := recordsOf(ctx, q, programme, members)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, nil
}

// recordsOf returns for which campaigns any of these members was chosen, the
// oldest first.
func recordsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]ChosenRecord, error) {
	var args db.Args
	list, err := selectChosen(ctx, q, `member_id IN `+args.In(members)+` AND programme_id = `+args.Add(programme)+` ORDER BY recovery_id, member_id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	campaigns, err := kind.Select(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return nil, err
	}
	names := map[id.ID]string{}
	for _, r := range campaigns {
		names[r.ID] = r.Spec.Name
	}
	var all []ChosenRecord
	for _, n := range list {
		r := n.record()
		r.Name = names[n.RecoveryID]
		all = append(all, r)
	}
	return all, nil
}

// Tables are the room's part of a programme's export, by names that are older than
// the room.
func (room) Tables() []string { return []string{"churn_recoveries", "churn_recovered"} }

// Dump gives the campaigns and who was chosen.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := kind.Select(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := to("churn_recoveries", Record{r.ID.In(id.Recovery), r.Version, r.State, r.Spec, r.Seed, r.Made, r.Started, r.Until, r.Chosen, r.Tally}); err != nil {
			return err
		}
	}
	return eachChosen(ctx, q, programme, func(n *Chosen) error {
		r := n.record()
		r.Member = n.MemberID.In(id.Member)
		return to("churn_recovered", r)
	})
}

// eachChosen calls fn with everybody who was chosen in a programme.
func eachChosen(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Chosen) error) error {
	rows, err := q.Query(ctx, chosenColumns+`programme_id = $1 ORDER BY member_id, recovery_id`, programme)
	if err := db.Each(rows, err, scanChosen, fn); err != nil {
		return fmt.Errorf("reading all who were chosen: %w", err)
	}
	return nil
}

// Check notes campaigns that contradict themselves, whoever is not where the draw
// put them, and whoever was held back and given or told something.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := kind.Select(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	all, asked, held := map[id.ID]*Campaign{}, map[id.ID]int64{}, map[id.ID]int64{}
	for _, r := range list {
		all[r.ID] = r
	}
	if err := eachChosen(ctx, q, programme, func(n *Chosen) error {
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
func (n *Chosen) odd(r *Campaign) string {
	switch {
	case r.Started.IsZero() || n.At.Before(r.Started) || !n.Until.After(n.At):
		return "was chosen at a time that cannot be"
	case n.Held != heldBack(r, n.MemberID):
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
	list, err := selectChosen(ctx, q, `programme_id = $1 AND held AND (
			EXISTS (SELECT 1 FROM event AS e WHERE e.member_id = recovery_chosen.member_id AND e.kind IN ('custom.recovery_asked', 'award') AND e.source = 'recovery' AND e.occurred = recovery_chosen.at))
		ORDER BY member_id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		note(n.MemberID.In(id.Member) + " is held back from " + n.RecoveryID.In(id.Recovery) + " and was asked or given something by it")
	}
	return nil
}
