package auth

import (
	"context"
	"strings"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Bounds of a PIN, in digits.
const (
	minPIN = 4
	maxPIN = 8
)

// SetPIN keeps the PIN by which the acting staff member works at the tills of
// a programme, in place of an earlier one. It needs events.write there.
func (s *Service) SetPIN(ctx context.Context, a Actor, programme id.ID, pin string) error {
	if a.Kind != KindStaff {
		return fault.Refused("staff_only", "only staff have a PIN")
	}
	if err := a.Can(programme, EventsWrite); err != nil {
		return err
	}
	if err := checkPIN(pin); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, pin)
	if err != nil {
		return err
	}
	return s.change(ctx, a.ID, func(tx *db.Tx, who Staff) error {
		if err := putPIN(ctx, tx, a.ID, programme, hash, s.now()); err != nil {
			return err
		}
		return Record(ctx, tx, a, pinEntry("till.pin", programme, who))
	})
}

// checkPIN refuses what is no PIN, and what anybody would try first.
func checkPIN(pin string) error {
	digits := strings.Trim(pin, "0123456789") == ""
	if !digits || len(pin) < minPIN || len(pin) > maxPIN {
		return fault.Invalid("malformed_pin", "a PIN has %d to %d digits", minPIN, maxPIN).At("/pin").With("min", minPIN).With("max", maxPIN)
	}
	same, up, down := true, true, true
	for i := 1; i < len(pin); i++ {
		step := int(pin[i]) - int(pin[i-1])
		same, up, down = same && step == 0, up && step == 1, down && step == -1
	}
	if same || up || down {
		return fault.Invalid("simple_pin", "this PIN is one that anybody would try first; choose another").At("/pin")
	}
	return nil
}

// ResetPIN takes a staff member's PIN in a programme away and ends their shifts,
// so that they choose a new one. Besides themselves it is for those who may
// write staff there and hold every permission of that person.
func (s *Service) ResetPIN(ctx context.Context, a Actor, programme, staff id.ID) error {
	return s.change(ctx, staff, func(tx *db.Tx, who Staff) error {
		if !a.is(who) {
			if err := a.Can(programme, StaffWrite); err != nil {
				return err
			}
			for _, r := range who.Roles {
				if r.ProgrammeID != 0 && r.ProgrammeID != programme {
					continue
				}
				if err := a.outranks(Assignment{ProgrammeID: programme, Role: r.Role}); err != nil {
					return err
				}
			}
		}
		if err := deletePIN(ctx, tx, staff, programme); err != nil {
			return err
		}
		if err := endShiftsOf(ctx, tx, staff, programme, s.now()); err != nil {
			return err
		}
		return Record(ctx, tx, a, pinEntry("till.pin_reset", programme, who))
	})
}

// HasPIN reports whether the acting staff member has a PIN in a programme.
func (s *Service) HasPIN(ctx context.Context, a Actor, programme id.ID) (bool, error) {
	hash, err := pinHash(ctx, s.d.Reader(), a.ID, programme)
	return hash != "", err
}

func pinEntry(action string, programme id.ID, who Staff) Entry {
	e := staffEntry(action, who)
	e.ProgrammeID = programme
	return e
}
