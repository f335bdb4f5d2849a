package standard

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Standard is what shops keep to: the version that is in force, and the draft of
// the next.
type Standard struct {
	ID, ProgrammeID id.ID
	// Version is the latest that was published, 0 for none, and Spec what it
	// says.
	Version int64
	Spec    Spec
	// Draft is what a manager works on, nil for nothing.
	Draft *Spec
	// Edit counts the changes, so that two do not overwrite each other.
	Edit          int64
	Retired, Made time.Time
}

// Shown is what there is to show: the version in force, else the draft.
func (n *Standard) Shown() *Spec {
	if n.Version == 0 && n.Draft != nil {
		return n.Draft
	}
	return &n.Spec
}

// Name is the standard's name in a language.
func (n *Standard) Name(lang string) string { return n.Shown().Names.In(lang) }

// UnknownStandard is the fault of an id that is no standard's:
// "unknown_standard".
func UnknownStandard(n id.ID) *fault.Error {
	return fault.Missing("unknown_standard", "the programme has no standard %s", n.In(id.Standard)).With("standard", n.In(id.Standard))
}

func selectStandards(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Standard, error) {
	rows, err := q.Query(ctx, `SELECT s.programme_id, s.id, s.draft, s.version, s.edit, s.retired, s.made, COALESCE(v.spec, '') FROM standard AS s
		LEFT JOIN standard_version AS v ON v.programme_id = s.programme_id AND v.standard_id = s.id AND v.version = s.version WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Standard, error) {
		n := &Standard{}
		var retired, made int64
		var draft, spec string
		err := r.Scan(&n.ProgrammeID, &n.ID, &draft, &n.Version, &n.Edit, &retired, &made, &spec)
		n.Retired, n.Made = db.Time(retired), db.Time(made)
		if err == nil && draft != "" {
			n.Draft = &Spec{}
			err = unpacked(draft, n.Draft)
		}
		if err == nil && spec != "" {
			err = unpacked(spec, &n.Spec)
		}
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading standards: %w", err)
	}
	return list, nil
}

func loadStandard(ctx context.Context, q db.Queryer, programme, n id.ID) (*Standard, error) {
	list, err := selectStandards(ctx, q, `s.programme_id = $1 AND s.id = $2`, programme, n)
	if err == nil && len(list) == 0 {
		err = UnknownStandard(n)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// loadSpec returns a version of a standard.
func loadSpec(ctx context.Context, q db.Queryer, programme, standard id.ID, version int64) (*Spec, error) {
	var text string
	err := q.QueryRow(ctx, `SELECT spec FROM standard_version WHERE programme_id = $1 AND standard_id = $2 AND version = $3`, programme, standard, version).Scan(&text)
	if err != nil {
		return nil, fmt.Errorf("reading version %d of a standard: %w", version, err)
	}
	s := &Spec{}
	return s, unpacked(text, s)
}

func (n *Standard) row() ([]any, error) {
	draft := ""
	if n.Draft != nil {
		var err error
		if draft, err = packed(n.Draft); err != nil {
			return nil, err
		}
	}
	return []any{n.ProgrammeID, n.ID, draft, n.Version, n.Edit, db.Micros(n.Retired), db.Micros(n.Made)}, nil
}

// List returns the standards, the latest first. It needs standards.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Standard, error) {
	if err := a.Can(programme, auth.StandardsRead); err != nil {
		return nil, err
	}
	return selectStandards(ctx, s.d.Reader(), `s.programme_id = $1 ORDER BY s.id DESC`, programme)
}

// Get returns a standard. It needs standards.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, n id.ID) (*Standard, error) {
	if err := a.Can(programme, auth.StandardsRead); err != nil {
		return nil, err
	}
	return loadStandard(ctx, s.d.Reader(), programme, n)
}

// Create writes a standard down, as a draft. It needs standards.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (*Standard, error) {
	n := &Standard{ProgrammeID: programme, Draft: &spec, Edit: 1, Made: s.clock()}
	spec.tidy()
	err := s.write(ctx, a, programme, auth.StandardsWrite, func(tx *db.Tx, p *program.Programme) (auth.Entry, error) {
		if err := spec.Check(FirstLang(p)); err != nil {
			return auth.Entry{}, err
		}
		n.ID = tx.IDs().New()
		row, err := n.row()
		if err != nil {
			return auth.Entry{}, err
		}
		if err := tx.Insert(ctx, standardTable, [][]any{row}); err != nil {
			return auth.Entry{}, fmt.Errorf("writing a standard: %w", err)
		}
		return auth.Entry{Action: "standard.create", Subject: n.ID.In(id.Standard)}, nil
	})
	return n, err
}

// change runs a verb on a standard; edit is the count of the changes that were
// looked at, 0 for whatever there is.
func (s *Service) change(ctx context.Context, a auth.Actor, programme, which id.ID, edit int64, action string, fn func(tx *db.Tx, p *program.Programme, n *Standard) error) (*Standard, error) {
	var n *Standard
	err := s.write(ctx, a, programme, auth.StandardsWrite, func(tx *db.Tx, p *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		if err := program.Touch(ctx, tx, programme); err != nil { // one at a time
			return none, err
		}
		var err error
		if n, err = loadStandard(ctx, tx, programme, which); err != nil {
			return none, err
		}
		if edit != 0 && edit != n.Edit {
			return none, changed()
		}
		if !n.Retired.IsZero() {
			return none, fault.Conflict("standard_retired", "the standard is no longer in use")
		}
		if err := fn(tx, p, n); err != nil {
			return none, err
		}
		n.Edit++
		row, err := n.row()
		if err != nil {
			return none, err
		}
		if err := tx.Update(ctx, standardTable, [][]any{row}); err != nil {
			return none, fmt.Errorf("writing a standard: %w", err)
		}
		return auth.Entry{Action: action, Subject: which.In(id.Standard), Detail: map[string]any{"version": n.Version}}, nil
	})
	return n, err
}

// Change rewrites the draft; what was published stays until the draft is. It
// needs standards.write.
func (s *Service) Change(ctx context.Context, a auth.Actor, programme, which id.ID, edit int64, spec Spec) (*Standard, error) {
	spec.tidy()
	return s.change(ctx, a, programme, which, edit, "standard.change", func(_ *db.Tx, p *program.Programme, n *Standard) error {
		n.Draft = &spec
		if err := spec.Check(FirstLang(p)); err != nil {
			return err
		}
		return spec.follows(&n.Spec)
	})
}

// Publish puts the draft in force as the next version. Visits that were planned
// keep theirs. It needs standards.write.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, which id.ID) (*Standard, error) {
	return s.change(ctx, a, programme, which, 0, "standard.publish", func(tx *db.Tx, _ *program.Programme, n *Standard) error {
		if n.Draft == nil {
			return fault.Conflict("standard_no_draft", "there is no draft to publish")
		}
		text, err := packed(n.Draft)
		if err != nil {
			return err
		}
		n.Spec, n.Draft, n.Version = *n.Draft, nil, n.Version+1
		if err := tx.Insert(ctx, versionTable, [][]any{{programme, which, n.Version, text, db.Micros(s.clock()), a.String()}}); err != nil {
			return fmt.Errorf("publishing a standard: %w", err)
		}
		return nil
	})
}

// Retire takes a standard out of use; what was found by it stays. It needs
// standards.write.
func (s *Service) Retire(ctx context.Context, a auth.Actor, programme, which id.ID) (*Standard, error) {
	return s.change(ctx, a, programme, which, 0, "standard.retire", func(_ *db.Tx, _ *program.Programme, n *Standard) error {
		n.Retired = s.clock()
		return nil
	})
}
