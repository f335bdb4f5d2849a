package discount

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room. It keeps nothing of a person.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "discount" }

// Erase has nothing to forget.
func (room) Erase(context.Context, *db.Tx, id.ID, []id.ID) error { return nil }

// Export has nothing to tell.
func (room) Export(context.Context, db.Queryer, id.ID, []id.ID) (any, error) { return nil, nil }

// Check notes settings that cannot be.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if err := set.Check(); err != nil {
		note(fmt.Sprintf("the settings of discounts, version %d, cannot be: %v", version, err))
	}
	return nil
}

// SettingsRecord is what is in force, as it stands in a programme's export.
type SettingsRecord struct {
	Version int64 `json:"version"`
	Settings
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"discount_settings"} }

// Dump gives the settings that were chosen.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil || version == 0 {
		return err
	}
	return to("discount_settings", SettingsRecord{version, set})
}
