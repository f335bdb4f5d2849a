package factor

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var actionTable = db.NewTable("factor_action", []string{"programme_id", "id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "factor", Kind: db.Text},
	db.Column{Name: "title", Kind: db.Text}, db.Column{Name: "why", Kind: db.Text}, db.Column{Name: "expected", Kind: db.Text},
	db.Column{Name: "owner_id", Kind: db.Int}, db.Column{Name: "cost", Kind: db.Int}, db.Column{Name: "effort", Kind: db.Text},
	db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "dropped_why", Kind: db.Text},
	db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "made_by", Kind: db.Text}, db.Column{Name: "began", Kind: db.Int},
	db.Column{Name: "done", Kind: db.Int}, db.Column{Name: "version", Kind: db.Int})

func (n *Action) row() []any {
	return []any{
		n.ProgrammeID, n.ID, string(n.Factor), n.Title, n.Why, n.Expected, n.OwnerID, n.Cost, string(n.Effort), db.Micros(n.Due), string(n.State), n.DroppedWhy,
		db.Micros(n.Made), n.MadeBy, db.Micros(n.Began), db.Micros(n.Done), n.Version,
	}
}

func selectActions(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Action, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, factor, title, why, expected, owner_id, cost, effort, due, state, dropped_why, made, made_by, began, done, version
		FROM factor_action WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Action, error) {
		n := &Action{}
		var due, made, began, done int64
		err := r.Scan(&n.ProgrammeID, &n.ID, &n.Factor, &n.Title, &n.Why, &n.Expected, &n.OwnerID, &n.Cost, &n.Effort, &due, &n.State, &n.DroppedWhy, &made, &n.MadeBy, &began, &done, &n.Version)
		n.Due, n.Made, n.Began, n.Done = db.Time(due), db.Time(made), db.Time(began), db.Time(done)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is done about factors: %w", err)
	}
	return list, nil
}

func loadAction(ctx context.Context, q db.Queryer, programme, n id.ID, lock string) (*Action, error) {
	list, err := selectActions(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, n)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_factor_action", "the programme has no action %s", n.In(id.FactorAction)).With("action", n.In(id.FactorAction))
	}
	return list[0], nil
}

// Add writes down what is to be done about a factor; it begins as an idea. It
// needs factors.read and factors.write.
func (s *Service) Add(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (*Action, error) {
	return s.change(ctx, a, programme, 0, "factor.action", func(n *Action) error {
		n.Spec, n.State = spec, Idea
		return nil
	})
}

// Change says something else of an action; version is that of what was looked
// at, and another by now is a conflict ("factor_action_changed"). It needs
// factors.read and factors.write.
func (s *Service) Change(ctx context.Context, a auth.Actor, programme, action id.ID, version int64, spec Spec) (*Action, error) {
	return s.change(ctx, a, programme, action, "factor.action_changed", func(n *Action) error {
		if n.Version != version {
			return fault.Conflict("factor_action_changed", "somebody changed the action meanwhile; look at it again")
		}
		n.Spec = spec
		return nil
	})
}

// Turn moves an action into a state; one that is dropped needs a reason. It
// needs factors.read and factors.write.
func (s *Service) Turn(ctx context.Context, a auth.Actor, programme, action id.ID, to State, why string) (*Action, error) {
	return s.change(ctx, a, programme, action, "factor.action_turned", func(n *Action) error {
		if n.State == to {
			return nil
		}
		return n.turn(to, why, s.clock())
	})
}

// change runs a verb on an action, a new one for 0, and writes it with its audit
// row.
func (s *Service) change(ctx context.Context, a auth.Actor, programme, action id.ID, verb string, fn func(n *Action) error) (*Action, error) {
	if err := a.Can(programme, auth.FactorsRead, auth.FactorsWrite); err != nil {
		return nil, err
	}
	var n *Action
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		set, _, err := loadSettings(ctx, tx, programme)
		if err != nil {
			return err
		}
		n = &Action{ProgrammeID: programme, Made: s.clock(), MadeBy: a.String()}
		if action == 0 {
			n.ID = tx.IDs().New()
		} else if n, err = loadAction(ctx, tx, programme, action, tx.ForUpdate()); err != nil {
			return err
		}
		was := n.Spec
		if err := fn(n); err != nil {
			return err
		}
		if action == 0 || n.Spec != was {
			if err := n.check(&set); err != nil {
				return err
			}
			if err := staffKnown(ctx, tx, n.OwnerID); err != nil {
				return err
			}
		}
		n.Version++
		if err := tx.Upsert(ctx, actionTable, [][]any{n.row()}); err != nil {
			return fmt.Errorf("writing what is done about a factor: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: verb, Subject: n.ID.In(id.FactorAction),
			Detail: map[string]any{"factor": string(n.Factor), "owner": n.OwnerID.In(id.Staff), "state": string(n.State)},
		})
	})
	if err != nil {
		return nil, err
	}
	return n, nil
}

func staffKnown(ctx context.Context, q db.Queryer, staff id.ID) error {
	name := auth.Actor{Kind: auth.KindStaff, ID: staff}.String()
	names, err := auth.Names(ctx, q, []string{name})
	if err != nil {
		return err
	}
	if _, known := names[name]; !known {
		return fault.Invalid("factor_staff", "nobody of the staff is %s", staff.In(id.Staff)).At("/owner").With("staff", staff.In(id.Staff))
	}
	return nil
}
