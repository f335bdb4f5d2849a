package household

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Reach says to whom members may pass points on.
type Reach string

// The reaches.
const (
	Nobody        Reach = "nobody"
	WithinHousing Reach = "household"
	Anyone        Reach = "anyone"
)

// Reaches lists the reaches, the narrowest first.
func Reaches() []Reach { return []Reach{Nobody, WithinHousing, Anyone} }

// Spec is what a programme says of households and of passing points on.
type Spec struct {
	// On lets households be made and joined; turned off, those that there are
	// stay and nothing is pooled.
	On bool `json:"on"`
	// Pooling lets new points of members flow to the owner, and members pay
	// from there.
	Pooling bool `json:"pooling"`
	// Members bounds a household, its owner counted.
	Members int `json:"members"`
	// Transfers says to whom points may be passed on by members or for them.
	Transfers Reach `json:"transfers"`
	// PerTransfer and PerMonth bound what one member gives, in a wallet's
	// smallest unit; 0 does not. The month is the calendar's in the programme's
	// zone; what was taken back counts no more.
	PerTransfer int64 `json:"per_transfer"`
	PerMonth    int64 `json:"per_month"`
	// MinDays is how long a member must have been enrolled to give.
	MinDays int `json:"min_days"`
	// UndoDays is how long a transfer may be taken back by staff.
	UndoDays int `json:"undo_days"`
}

// DefaultSpec is what holds while nobody has said otherwise: nothing is on.
func DefaultSpec() Spec {
	return Spec{Members: 6, Transfers: Nobody, MinDays: 30, UndoDays: 14}
}

// Check returns all that keeps settings from being kept, pointing at each field.
func (s Spec) Check() error {
	number := func(field string, n, least, most int64) error {
		return fault.When(n < least || n > most,
			fault.Invalid("household_number", "the number must be between %d and %d", least, most).At(field).With("least", least).With("most", most))
	}
	limit := func(field string, n int64) error {
		return fault.When(n < 0 || n > money.MaxMinor, fault.Invalid("household_limit", "a limit of points is 0 for none, or a number above it that is not absurd").At(field))
	}
	return fault.Gather(
		number("/members", int64(s.Members), 2, 50), number("/min_days", int64(s.MinDays), 0, 3650), number("/undo_days", int64(s.UndoDays), 0, 365),
		limit("/per_transfer", s.PerTransfer), limit("/per_month", s.PerMonth),
		fault.When(!slices.Contains(Reaches(), s.Transfers), fault.Invalid("household_reach", "points are passed on to nobody, within the household or to anyone").At("/transfers")),
		fault.When(s.Pooling && !s.On, fault.Invalid("household_pooling_off", "pooling needs households to be on").At("/pooling")))
}

// Settings are a version of what holds; number 0 is the default.
type Settings struct {
	ProgrammeID id.ID
	Number      int64
	Made        time.Time
	Spec
}

var settingTable = db.NewTable("household_setting", []string{"programme_id", "number"},
	integer("programme_id"), integer("number"), word("spec"), integer("made"))

// LoadSettings returns what holds in a programme.
func LoadSettings(ctx context.Context, q db.Queryer, programme id.ID) (Settings, error) {
	list, err := selectSettings(ctx, q, `programme_id = $1 ORDER BY number DESC LIMIT 1`, programme)
	if err != nil || len(list) == 0 {
		return Settings{ProgrammeID: programme, Spec: DefaultSpec()}, err
	}
	return list[0], nil
}

func selectSettings(ctx context.Context, q db.Queryer, where string, args ...any) ([]Settings, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, number, spec, made FROM household_setting WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Settings, error) {
		var s Settings
		var spec string
		var made int64
		if err := r.Scan(&s.ProgrammeID, &s.Number, &spec, &made); err != nil {
			return s, err
		}
		s.Made = db.Time(made)
		return s, json.Unmarshal([]byte(spec), &s.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading settings of households: %w", err)
	}
	return list, nil
}

func insertSettings(ctx context.Context, tx *db.Tx, s Settings) error {
	spec, err := json.Marshal(s.Spec)
	if err != nil {
		return err
	}
	n, err := tx.InsertNew(ctx, settingTable, [][]any{{s.ProgrammeID, s.Number, string(spec), db.Micros(s.Made)}})
	if err == nil && n == 0 {
		err = fault.Busy("household_moved", "somebody else wrote this just now; look again")
	}
	return err
}
