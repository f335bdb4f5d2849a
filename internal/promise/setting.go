package promise

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Setting is what a programme chooses about its promises.
type Setting struct {
	// WarnHours is how long before a promise breaks staff are told.
	WarnHours int `json:"warn_hours"`
	// TellCustomer tells the customer too, before they ask.
	TellCustomer bool `json:"tell_customer"`
	// OpenCases has a broken promise to a member open a case, with the compensation
	// that the table of complaints names.
	OpenCases bool `json:"open_cases,omitempty"`
	// GraceMinutes is how much later still counts as kept, where a promise says
	// nothing of its own.
	GraceMinutes int `json:"grace_minutes"`
	// LateHelp is what to do when a parcel is late, in the shop's words by
	// language.
	LateHelp map[string]string `json:"late_help,omitempty"`
	// Mapper reads the messages of a carrier that is none of those known.
	Mapper Mapper `json:"mapper,omitzero"`
}

// DefaultSetting is what holds until a programme chooses.
func DefaultSetting() Setting { return Setting{WarnHours: 24, GraceMinutes: 0} }

// Check refuses a setting that cannot be kept, and tells all that is wrong with it.
func (s *Setting) Check() error {
	var wrong []*fault.Error
	if s.WarnHours < 0 || s.WarnHours > 24*60 {
		wrong = append(wrong, fault.Invalid("promise_warn", "the warning comes 0 to 1440 hours before").At("/warn_hours"))
	}
	if s.GraceMinutes < 0 || s.GraceMinutes > maxGrace {
		wrong = append(wrong, fault.Invalid("promise_grace", "a grace takes 0 minutes to a year").At("/grace_minutes"))
	}
	for _, lang := range slices.Sorted(maps.Keys(s.LateHelp)) {
		if lang != "en" && lang != "ru" && lang != "pl" {
			wrong = append(wrong, fault.Invalid("promise_language", "the languages are en, ru and pl").At("/late_help"))
			continue
		}
		wrong = append(wrong, fault.All(i18n.CheckText("/late_help/"+lang, s.LateHelp[lang], false, 2000))...)
	}
	return fault.Join(append(wrong, s.Mapper.check()...)...)
}

// loadSetting returns the setting in force and its version, 0 for the default.
func loadSetting(ctx context.Context, q db.Queryer, programme id.ID) (Setting, int64, error) {
	s := DefaultSetting()
	rows, err := q.Query(ctx, `SELECT version, spec FROM promise_setting WHERE programme_id = $1`, programme)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (version int64, err error) {
		var spec string
		if err := r.Scan(&version, &spec); err != nil {
			return 0, err
		}
		return version, json.Unmarshal([]byte(spec), &s)
	})
	if err != nil {
		return s, 0, fmt.Errorf("reading the setting of promises: %w", err)
	}
	if len(found) == 0 {
		return s, 0, nil
	}
	return s, found[0], nil
}

// Setting returns the setting in force and its version, 0 for the default. It
// needs promises.read.
func (s *Service) Setting(ctx context.Context, a auth.Actor, programme id.ID) (Setting, int64, error) {
	if err := a.Can(programme, auth.PromisesRead); err != nil {
		return Setting{}, 0, err
	}
	return loadSetting(ctx, s.DB.Reader(), programme)
}

// SetSetting changes the setting; version is that of the one that was looked
// at, and another by now is a conflict ("promise_setting_changed"). It needs
// promises.write and programmes.write.
func (s *Service) SetSetting(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Setting) error {
	for _, needed := range []auth.Permission{auth.PromisesWrite, auth.ProgrammesWrite} {
		if err := a.Can(programme, needed); err != nil {
			return err
		}
	}
	if err := n.Check(); err != nil {
		return err
	}
	spec, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("writing the setting of promises: %w", err)
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO promise_setting (programme_id, version, spec) VALUES ($1, 0, '{}') ON CONFLICT (programme_id) DO NOTHING`, programme); err != nil {
			return fmt.Errorf("writing the setting of promises: %w", err)
		}
		changed, err := tx.Exec(ctx, `UPDATE promise_setting SET version = version + 1, spec = $3 WHERE programme_id = $1 AND version = $2`, programme, version, string(spec))
		if err != nil {
			return fmt.Errorf("writing the setting of promises: %w", err)
		}
		if changed == 0 {
			return fault.Conflict("promise_setting_changed", "somebody changed the setting meanwhile; look at it again")
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "promise.setting", Subject: programme.In(id.Programme), Detail: map[string]any{"version": version + 1}})
	})
}

func (s *Setting) grace(minutes *int) time.Duration {
	if minutes != nil {
		return time.Duration(*minutes) * time.Minute
	}
	return time.Duration(s.GraceMinutes) * time.Minute
}
