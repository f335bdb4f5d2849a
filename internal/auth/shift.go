package auth

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// A shift ends when the till was not used for shiftIdle, and always after
// shiftLife.
const (
	shiftIdle = 30 * time.Minute
	shiftLife = 16 * time.Hour
	// shiftKept is how long we remember who was at a till, for what it sends
	// late.
	shiftKept = 90 * 24 * time.Hour
)

// pinPace bounds how often the PIN of somebody is tried at one till, and
// devicePace how often any.
var (
	pinPace    = Pace{Burst: 5, Every: time.Minute}
	devicePace = Pace{Burst: 20, Every: 15 * time.Second}
)

// Shift is somebody at a till, from their PIN until the next one's.
type Shift struct {
	ID, DeviceID id.ID
	Staff        Staff
	Opened       time.Time
	// Seen is true to the minute; Ended is zero while it is open.
	Seen, Ended time.Time
}

// TillStaff returns who may work at the tills of a programme and has a PIN
// there, by name.
func (s *Service) TillStaff(ctx context.Context, programme id.ID) ([]Staff, error) {
	all, err := staffWithPIN(ctx, s.d.Reader(), programme)
	var may []Staff
	for _, who := range all {
		if mayWorkAt(who, programme) {
			may = append(may, who)
		}
	}
	return may, err
}

func mayWorkAt(who Staff, programme id.ID) bool {
	return who.ID != 0 && !who.Disabled && who.Actor().Can(programme, EventsWrite) == nil
}

// OpenShift lets somebody work at a till by their PIN; the shift before ends.
// It refuses with "pin_refused" whatever was wrong, after the same work, and
// with "too_many_pins" when somebody's PIN, or any at this till, was tried too
// often.
func (s *Service) OpenShift(ctx context.Context, d Device, staff id.ID, pin string) (Shift, error) {
	tries := []Attempt{
		{"pin:" + d.ID.In(id.Device) + ":" + staff.In(id.Staff), pinPace},
		{"pin:" + d.ID.In(id.Device), devicePace},
	}
	if err := s.charge(ctx, tooManyPINs, tries); err != nil {
		return Shift{}, err
	}
	hash, err := pinHash(ctx, s.d.Reader(), staff, d.ProgrammeID)
	if err != nil {
		return Shift{}, err
	}
	ok, _, err := s.hasher.verify(ctx, pin, hash)
	if err != nil {
		return Shift{}, err
	}
	if !ok {
		return Shift{}, s.refusePIN(ctx, d, staff)
	}
	opened := Shift{DeviceID: d.ID, Opened: s.now()}
	opened.Seen = opened.Opened
	err = s.change(ctx, staff, func(tx *db.Tx, who Staff) error {
		now, err := pinHash(ctx, tx, staff, d.ProgrammeID)
		if err != nil {
			return err
		}
		if now != hash || !mayWorkAt(who, d.ProgrammeID) { // changed since it was looked at
			return pinRefused()
		}
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		if err := endShifts(ctx, tx, d.ID, opened.Opened); err != nil {
			return err
		}
		opened.ID, opened.Staff = tx.IDs().New(), who
		if err := insertShift(ctx, tx, opened); err != nil {
			return err
		}
		return Record(ctx, tx, who.Actor(), deviceEntry("till.open", d))
	})
	return opened, err
}

// refusePIN leaves a trace of a wrong PIN.
func (s *Service) refusePIN(ctx context.Context, d Device, staff id.ID) error {
	e := deviceEntry("till.pin_refused", d)
	e.Detail["staff"] = staff.In(id.Staff)
	if err := s.d.InTx(ctx, func(tx *db.Tx) error { return Record(ctx, tx, System("till"), e) }); err != nil {
		return err
	}
	return pinRefused()
}

func pinRefused() error {
	return fault.Refused("pin_refused", "the PIN is wrong; try again, or ask a manager for a new one").At("/pin")
}

func tooManyPINs(seconds int64) error {
	return fault.Busy("too_many_pins", "too many wrong PINs; wait %d seconds", seconds).With("seconds", seconds)
}

// Shift returns who works at a till now, with the roles held now; the zero Shift
// when nobody does.
func (s *Service) Shift(ctx context.Context, d Device) (Shift, error) {
	now := s.now()
	open, err := openShift(ctx, s.d.Reader(), d.ID)
	if err != nil || open.ID == 0 {
		return Shift{}, err
	}
	if !now.Before(open.Opened.Add(shiftLife)) || !now.Before(open.Seen.Add(shiftIdle)) || !mayWorkAt(open.Staff, d.ProgrammeID) {
		return Shift{}, nil
	}
	if now.Sub(open.Seen) >= flushEvery {
		err = s.d.InTx(ctx, func(tx *db.Tx) error { return seeShift(ctx, tx, open.ID, now) })
	}
	return open, err
}

// ShiftAt returns the shift of a till in which something was done at a moment,
// open or ended, with the roles that its staff member holds now. What is sent
// later, by a till that had no connection, is theirs. It refuses with
// "shift_refused" where nobody can have done it.
func (s *Service) ShiftAt(ctx context.Context, d Device, shift id.ID, at time.Time) (Shift, error) {
	found, err := shiftByID(ctx, s.d.Reader(), d.ID, shift)
	if err != nil {
		return Shift{}, err
	}
	ends := found.Opened.Add(shiftLife)
	if !found.Ended.IsZero() {
		ends = found.Ended
	}
	// Clocks of devices differ from ours, if little.
	const differ = 2 * time.Minute
	if found.ID == 0 || at.Before(found.Opened.Add(-differ)) || at.After(ends.Add(differ)) || !mayWorkAt(found.Staff, d.ProgrammeID) {
		return Shift{}, fault.Refused("shift_refused", "nobody who may sell was at this till then")
	}
	return found, nil
}

// EndShift ends whatever shift is open on a till.
func (s *Service) EndShift(ctx context.Context, d Device) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		open, err := openShift(ctx, tx, d.ID)
		if err != nil || open.ID == 0 {
			return err
		}
		if err := endShifts(ctx, tx, d.ID, s.now()); err != nil {
			return err
		}
		return Record(ctx, tx, open.Staff.Actor(), deviceEntry("till.close", d))
	})
}
