package discount

import (
	"context"
	"embed"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "discount", Files: files}

// Settings are from when discounts are too many.
type Settings struct {
	// Limit is the share of sales, in per cent, above which there is an alarm; 0
	// is none.
	Limit int64 `json:"limit"`
	// Days is how many are looked at, Least how many sales they must hold before
	// anything is said of them.
	Days  int64 `json:"days"`
	Least int64 `json:"least"`
	// Weeks is how long an offer that everybody gets may run before it wants a
	// pause.
	Weeks int64 `json:"weeks"`
}

const (
	maxDays  = 366
	maxLeast = 1_000_000
	maxWeeks = 520
	// leastSales are fewer than an interval tells anything of.
	leastSales = 10
)

// DefaultSettings hold until a programme chooses: two of five sales in four weeks,
// and an offer of eight weeks.
func DefaultSettings() Settings { return Settings{Limit: 40, Days: 28, Least: 100, Weeks: 8} }

// span is how far back the settings look.
func (s *Settings) span() time.Duration { return time.Duration(s.Days) * 24 * time.Hour }

// Check returns all that is wrong with settings.
func (s *Settings) Check() error {
	var wrong []*fault.Error
	for _, one := range []struct {
		field             string
		value, least, top int64
	}{{"limit", s.Limit, 0, 100}, {"days", s.Days, 7, maxDays}, {"least", s.Least, leastSales, maxLeast}, {"weeks", s.Weeks, 1, maxWeeks}} {
		if one.value < one.least || one.value > one.top {
			wrong = append(wrong, fault.Invalid("discount_range", "write a number from %d to %d", one.least, one.top).With("least", one.least).With("most", one.top).At("/"+one.field))
		}
	}
	return fault.Join(wrong...)
}

var choices = program.Choices[Settings]{Table: "discount_settings", What: "the settings of discounts", Action: "discount.settings", Changed: "discount_settings_changed"}

// loadSettings returns what is in force and its version, 0 for the default.
func loadSettings(ctx context.Context, q db.Queryer, programme id.ID) (Settings, int64, error) {
	s := DefaultSettings()
	version, err := choices.Load(ctx, q, programme, &s)
	return s, version, err
}

// Service is what can be done about discounts.
type Service struct {
	d   *db.DB
	now func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d, now} }

// Settings returns what is in force and its version, 0 while it is the default.
// It needs rules.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, int64, error) {
	if err := a.Can(programme, auth.RulesRead); err != nil {
		return Settings{}, 0, err
	}
	return loadSettings(ctx, s.d.Reader(), programme)
}

// SetSettings puts others in force; version is that of those that were looked at,
// and others by now are a conflict ("discount_settings_changed"). It needs
// rules.read and rules.write.
func (s *Service) SetSettings(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Settings) error {
	if err := a.Can(programme, auth.RulesRead, auth.RulesWrite); err != nil {
		return err
	}
	if err := n.Check(); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := choices.Put(ctx, tx, a, programme, version, s.now(), &n, map[string]any{"limit": n.Limit, "days": n.Days, "least": n.Least, "weeks": n.Weeks})
		return err
	})
}
