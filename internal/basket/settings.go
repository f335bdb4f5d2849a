package basket

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Settings are what a programme chooses about left baskets.
type Settings struct {
	// Days is within how many days after leaving a purchase of the same member
	// counts as coming back.
	Days int `json:"days"`
	// Letters asks members by a message why they left, where nobody has asked yet;
	// WaitHours is how long after they left.
	Letters   bool `json:"letters"`
	WaitHours int  `json:"wait_hours"`
}

const (
	maxDays = 90
	maxWait = 7 * 24 // hours
)

// DefaultSettings hold until a programme chooses.
func DefaultSettings() Settings { return Settings{Days: 7, WaitHours: 24} }

// Check refuses settings that cannot be kept.
func (s *Settings) Check() error {
	switch {
	case s.Days < 1 || s.Days > maxDays:
		return fault.Invalid("basket_days", "a purchase counts as coming back within 1 to %d days", maxDays).At("/days").With("most", maxDays)
	case s.WaitHours < 1 || s.WaitHours > maxWait:
		return fault.Invalid("basket_wait", "the message goes out 1 to %d hours later", maxWait).At("/wait_hours").With("most", maxWait)
	}
	return nil
}

var choices = program.Choices[Settings]{Table: "basket_settings", What: "the settings of left baskets", Action: "basket.settings", Changed: "basket_settings_changed"}

// loadSettings returns what is in force and its version, 0 for the default.
func loadSettings(ctx context.Context, q db.Queryer, programme id.ID) (Settings, int64, error) {
	s := DefaultSettings()
	version, err := choices.Load(ctx, q, programme, &s)
	return s, version, err
}

// Settings returns what is in force and its version, 0 while it is the default.
// It needs baskets.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, int64, error) {
	if err := a.Can(programme, auth.BasketsRead); err != nil {
		return Settings{}, 0, err
	}
	return loadSettings(ctx, s.DB.Reader(), programme)
}

// SetSettings puts others in force; version is that of those that were looked
// at, and others by now are a conflict ("basket_settings_changed"). It needs
// baskets.write and programmes.write.
func (s *Service) SetSettings(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Settings) error {
	for _, needed := range []auth.Permission{auth.BasketsWrite, auth.ProgrammesWrite} {
		if err := a.Can(programme, needed); err != nil {
			return err
		}
	}
	if err := n.Check(); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := choices.Put(ctx, tx, a, programme, version, s.Now(), &n, map[string]any{"days": n.Days, "letters": n.Letters})
		return err
	})
}
