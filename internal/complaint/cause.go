package complaint

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Action is what is done about a cause.
type Action struct {
	ID, ProgrammeID id.ID
	Cause, Title    string
	OwnerID         id.ID
	Made            time.Time
	MadeBy          string
	// Due is the day on which it is to be done, Done when it was; zero before.
	Due, Done time.Time
}

type actionRecord struct {
	Action string     `json:"action"`
	Cause  string     `json:"cause"`
	Title  string     `json:"title"`
	Owner  string     `json:"owner"`
	Made   time.Time  `json:"made"`
	Due    time.Time  `json:"due"`
	Done   *time.Time `json:"done,omitempty"`
}

func (n *Action) record() actionRecord {
	return actionRecord{n.ID.In(id.CaseAction), n.Cause, n.Title, n.OwnerID.In(id.Staff), n.Made, n.Due, when(n.Done)}
}

var actionTable = db.NewTable("complaint_action", []string{"programme_id", "id"},
	join(ints("programme_id", "id"), texts("cause", "title"), ints("owner_id", "made"), texts("made_by"), ints("due", "done"))...)

// ActionsOf returns what is done about the causes of a programme, the earliest
// first.
func ActionsOf(ctx context.Context, q db.Queryer, programme id.ID) ([]*Action, error) {
	rows, err := q.Query(ctx, `SELECT id, cause, title, owner_id, made, made_by, due, done FROM complaint_action WHERE programme_id = $1 ORDER BY id`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Action, error) {
		n := &Action{ProgrammeID: programme}
		var made, due, done int64
		err := r.Scan(&n.ID, &n.Cause, &n.Title, &n.OwnerID, &made, &n.MadeBy, &due, &done)
		n.Made, n.Due, n.Done = db.Time(made), db.Time(due), db.Time(done)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is done about causes: %w", err)
	}
	return list, nil
}

// Actions returns what is done about causes, the earliest first. It needs
// cases.read.
func (s *Service) Actions(ctx context.Context, a auth.Actor, programme id.ID) ([]*Action, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, err
	}
	return ActionsOf(ctx, s.DB.Reader(), programme)
}

// Check returns all that an action lacks, and readies its title.
func (n *Action) Check() error {
	n.Title = i18n.Tidy(n.Title)
	wrong := tooWide(n.Title, "/title", maxShort*2)
	for _, part := range []struct {
		missing bool
		field   string
	}{{n.Title == "", "/title"}, {n.OwnerID == 0, "/owner"}, {n.Due.IsZero(), "/due"}} {
		if part.missing {
			wrong = append(wrong, fault.Invalid("case_action", "say what is done, by whom and until when").At(part.field))
		}
	}
	return fault.Join(wrong...)
}

// Act writes down what is to be done about a cause, by whom and until when. It
// needs cases.read and cases.write.
func (s *Service) Act(ctx context.Context, a auth.Actor, programme id.ID, n Action) (*Action, error) {
	for _, p := range []auth.Permission{auth.CasesRead, auth.CasesWrite} {
		if err := a.Can(programme, p); err != nil {
			return nil, err
		}
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, set, _, err := s.place(ctx, tx, programme, 0)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(set.Causes, func(c Cause) bool { return c.Code == n.Cause }) {
			return fault.Invalid("case_cause", "the programme has no such cause").At("/cause")
		}
		if err := staffKnown(ctx, tx, n.OwnerID, "/owner"); err != nil {
			return err
		}
		n.ID, n.ProgrammeID, n.Made, n.MadeBy, n.Done = tx.IDs().New(), programme, s.clock(), a.String(), time.Time{}
		if err := tx.Insert(ctx, actionTable, [][]any{{programme, n.ID, n.Cause, n.Title, n.OwnerID, db.Micros(n.Made), n.MadeBy, db.Micros(n.Due), int64(0)}}); err != nil {
			return fmt.Errorf("writing what is done about a cause: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "case.action", Subject: n.ID.In(id.CaseAction), Detail: map[string]any{"cause": n.Cause, "owner": n.OwnerID.In(id.Staff)}})
	})
	return &n, err
}

// Finish says that what was to be done about a cause is done. It needs
// cases.read and cases.write.
func (s *Service) Finish(ctx context.Context, a auth.Actor, programme, action id.ID) error {
	for _, p := range []auth.Permission{auth.CasesRead, auth.CasesWrite} {
		if err := a.Can(programme, p); err != nil {
			return err
		}
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE complaint_action SET done = CASE WHEN done = 0 THEN $1 ELSE done END WHERE programme_id = $2 AND id = $3`,
			db.Micros(s.clock()), programme, action)
		if err != nil {
			return fmt.Errorf("writing what is done about a cause: %w", err)
		}
		if n == 0 {
			return fault.Missing("unknown_case_action", "the programme has no such action")
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "case.action_done", Subject: action.In(id.CaseAction)})
	})
}
