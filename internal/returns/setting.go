package returns

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// loadSetting returns the setting in force and its version, 0 for the default.
func loadSetting(ctx context.Context, q db.Queryer, programme id.ID) (Setting, int64, error) {
	s := DefaultSetting()
	rows, err := q.Query(ctx, `SELECT version, spec FROM return_setting WHERE programme_id = $1`, programme)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (version int64, err error) {
		var spec string
		if err := r.Scan(&version, &spec); err != nil {
			return 0, err
		}
		s = Setting{}
		return version, json.Unmarshal([]byte(spec), &s)
	})
	if err != nil {
		return s, 0, fmt.Errorf("reading the setting of returns: %w", err)
	}
	if len(found) == 0 {
		return s, 0, nil
	}
	return s, found[0], nil
}

// Setting returns the setting in force and its version, 0 for the default. It
// needs returns.read.
func (s *Service) Setting(ctx context.Context, a auth.Actor, programme id.ID) (Setting, int64, error) {
	if err := a.Can(programme, auth.ReturnsRead); err != nil {
		return Setting{}, 0, err
	}
	return loadSetting(ctx, s.DB.Reader(), programme)
}

// SetSetting changes the setting; version is that of the one that was looked at,
// and another by now is a conflict ("promise_setting_changed"). It needs
// returns.write and programmes.write.
func (s *Service) SetSetting(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Setting) error {
	return s.changeSetting(ctx, a, programme, func(set *Setting, now int64) error {
		if now != version {
			return fault.Conflict("promise_setting_changed", "somebody changed the setting meanwhile; look at it again")
		}
		*set = n
		return nil
	})
}

// AddRule puts a rule at a place, counted from 1, or behind all others for 0. It
// needs returns.write and programmes.write.
func (s *Service) AddRule(ctx context.Context, a auth.Actor, programme id.ID, r Rule, place int) (which id.ID, err error) {
	err = s.changeSetting(ctx, a, programme, func(set *Setting, _ int64) error {
		r.ID = s.DB.IDs().New()
		which = r.ID
		return set.put(r, len(set.Rules), place)
	})
	return which, err
}

// ChangeRule puts a rule in place of the one with its id, and moves it where place
// is not 0; fault "unknown_return_rule". It needs returns.write and
// programmes.write.
func (s *Service) ChangeRule(ctx context.Context, a auth.Actor, programme id.ID, r Rule, place int) error {
	return s.changeSetting(ctx, a, programme, func(set *Setting, _ int64) error {
		at, err := set.take(r.ID)
		if err != nil {
			return err
		}
		return set.put(r, at, place)
	})
}

// RetireRule takes a rule away; what was asked for by it stays. It needs
// returns.write and programmes.write.
func (s *Service) RetireRule(ctx context.Context, a auth.Actor, programme, which id.ID) error {
	return s.changeSetting(ctx, a, programme, func(set *Setting, _ int64) error {
		_, err := set.take(which)
		return err
	})
}

// UnknownRule is the fault of an id that is no rule's, "unknown_return_rule".
func UnknownRule() *fault.Error {
	return fault.Missing("unknown_return_rule", "the programme has no such rule of returns")
}

// take takes a rule out and returns where it was.
func (s *Setting) take(which id.ID) (int, error) {
	at := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.ID == which })
	if at < 0 {
		return 0, UnknownRule()
	}
	s.Rules = slices.Delete(s.Rules, at, at+1)
	return at, nil
}

// put puts a rule at a place, counted from 1, or at an index where that is 0.
func (s *Setting) put(r Rule, at, place int) error {
	if err := r.check(); err != nil {
		return err
	}
	if place > 0 {
		at = min(place-1, len(s.Rules))
	}
	s.Rules = slices.Insert(s.Rules, at, r)
	return nil
}

// changeSetting changes the setting, one at a time, and leaves a trace.
func (s *Service) changeSetting(ctx context.Context, a auth.Actor, programme id.ID, do func(set *Setting, version int64) error) error {
	for _, needed := range []auth.Permission{auth.ReturnsWrite, auth.ProgrammesWrite} {
		if err := a.Can(programme, needed); err != nil {
			return err
		}
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		set, version, err := lockSetting(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := do(&set, version); err != nil {
			return err
		}
		if err := set.Check(); err != nil {
			return err
		}
		for i := range set.Rules {
			if set.Rules[i].ID == 0 {
				set.Rules[i].ID = tx.IDs().New()
			}
		}
		spec, err := json.Marshal(set)
		if err != nil {
			return fmt.Errorf("writing the setting of returns: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE return_setting SET version = $2, spec = $3 WHERE programme_id = $1`, programme, version+1, string(spec)); err != nil {
			return fmt.Errorf("writing the setting of returns: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "return.setting", Subject: programme.In(id.Programme), Detail: map[string]any{"version": version + 1}})
	})
}

// lockSetting returns the setting, locked until the transaction ends; where there
// is none yet, the default is written first.
func lockSetting(ctx context.Context, tx *db.Tx, programme id.ID) (Setting, int64, error) {
	spec, err := json.Marshal(DefaultSetting())
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO return_setting (programme_id, version, spec) VALUES ($1, 0, $2) ON CONFLICT (programme_id) DO NOTHING`, programme, string(spec))
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE return_setting SET version = version WHERE programme_id = $1`, programme)
	}
	if err != nil {
		return Setting{}, 0, fmt.Errorf("locking the setting of returns: %w", err)
	}
	return loadSetting(ctx, tx, programme)
}
