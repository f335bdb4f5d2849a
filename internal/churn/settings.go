package churn

import (
	"context"
	"embed"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "churn", Files: files}

// Settings are from when a silence counts.
type Settings struct {
	// Slipping and Silent are the chances, in per cent, that somebody is a customer
	// still, at which they begin to slip and are taken for silent.
	Slipping int64 `json:"slipping"`
	Silent   int64 `json:"silent"`
	// Before is for how many days before the last purchase trouble counts as what
	// may have driven somebody away.
	Before int64 `json:"before"`
	// Unusual is the chance, in per cent, of so long a wait by one who buys on, at
	// which a silence is unusual.
	Unusual int64 `json:"unusual"`
}

const (
	maxBefore  = 365
	maxUnusual = 20
)

// DefaultSettings hold until a programme says otherwise: silent is who has more
// probably left than not, slipping who has left with one chance in four, and
// unusual is a wait as one of twenty becomes.
func DefaultSettings() Settings { return Settings{Slipping: 75, Silent: 50, Before: 30, Unusual: 5} }

// Check returns all that is wrong with settings.
func (s *Settings) Check() error {
	var wrong []*fault.Error
	if s.Slipping < 2 || s.Slipping > 99 {
		wrong = append(wrong, fault.Invalid("churn_chance", "the chance must be from %d to %d per cent", 2, 99).With("least", 2).With("most", 99).At("/slipping"))
	} else if s.Silent < 1 || s.Silent >= s.Slipping {
		wrong = append(wrong, fault.Invalid("churn_order", "silent begins at a lower chance than slipping: from 1 to %d per cent", s.Slipping-1).With("most", s.Slipping-1).At("/silent"))
	}
	if s.Before < 0 || s.Before > maxBefore {
		wrong = append(wrong, fault.Invalid("churn_before", "trouble counts for 0 to %d days", maxBefore).With("most", maxBefore).At("/before"))
	}
	if s.Unusual < 1 || s.Unusual > maxUnusual {
		wrong = append(wrong, fault.Invalid("churn_unusual", "the chance must be from %d to %d per cent", 1, maxUnusual).With("least", 1).With("most", maxUnusual).At("/unusual"))
	}
	return fault.Join(wrong...)
}

var choices = program.Choices[Settings]{
	Table: "churn_settings", What: "the settings of silences", Action: "churn.settings", Changed: "churn_settings_changed",
}

// loadSettings returns what is in force and its version, 0 for the default.
func loadSettings(ctx context.Context, q db.Queryer, programme id.ID) (Settings, int64, error) {
	s := DefaultSettings()
	version, err := choices.Load(ctx, q, programme, &s)
	return s, version, err
}

// Settings returns what is in force and its version, 0 while it is the default.
// It needs churn.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, int64, error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return Settings{}, 0, err
	}
	return loadSettings(ctx, s.DB.Reader(), programme)
}

// SetSettings puts others in force and has everybody looked at anew; version is
// that of those that were read, and others by now are a conflict
// ("churn_settings_changed"). It needs churn.read and churn.write.
func (s *Service) SetSettings(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Settings) error {
	if err := a.Can(programme, auth.ChurnRead, auth.ChurnWrite); err != nil {
		return err
	}
	if err := n.Check(); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := choices.Put(ctx, tx, a, programme, version, s.Now(), &n, map[string]any{"slipping": n.Slipping, "silent": n.Silent, "before": n.Before, "unusual": n.Unusual})
		if err != nil {
			return err
		}
		return s.ask(ctx, tx, programme)
	})
}
