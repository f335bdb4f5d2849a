package auth

import (
	"context"
	"encoding/base32"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/checkcode"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Device is a till: a tablet, phone or register that staff have bound to a shop
// of one programme. It proves itself by a token; who stands before it proves
// themselves by a PIN.
type Device struct {
	ID, ProgrammeID, ShopID id.ID
	// Number counts the tills of a programme and begins the numbers of its
	// receipts.
	Number int64
	Name   string
	// Waits is until when its one-time code may be typed in, while nobody has.
	Waits time.Time
	// Enrolled, Seen and Revoked are zero for what has not happened yet; Seen
	// is true to the minute.
	Enrolled, Seen, Revoked time.Time
}

// NewDevice asks for a till.
type NewDevice struct {
	ProgrammeID, ShopID id.ID
	Name                string
}

const (
	codeBytes = 5 // eight letters
	// codeLife is how long a one-time code waits to be typed in.
	codeLife = 15 * time.Minute
)

var codeLetters = base32.NewEncoding(checkcode.Letters).WithPadding(base32.NoPadding)

// AddDevice makes a till and returns the one-time code by which a device
// becomes it, within a quarter of an hour. That the shop is one of the
// programme is for the caller to see to. It needs till.enrol.
func (s *Service) AddDevice(ctx context.Context, a Actor, in NewDevice) (Device, string, error) {
	if err := a.Can(in.ProgrammeID, TillEnrol); err != nil {
		return Device{}, "", err
	}
	in.Name = strings.TrimSpace(in.Name)
	if in.Name == "" || !utf8.ValidString(in.Name) || utf8.RuneCountInString(in.Name) > maxName || strings.ContainsFunc(in.Name, unicode.IsControl) {
		return Device{}, "", fault.Invalid("malformed_device_name", "name the till by where it stands, in 1–%d letters", maxName).At("/name").With("max", maxName)
	}
	code := codeLetters.EncodeToString(randomBytes(codeBytes))
	made := Device{ProgrammeID: in.ProgrammeID, ShopID: in.ShopID, Name: in.Name, Waits: s.now().Add(codeLife)}
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		made.ID = tx.IDs().New()
		var err error
		if made.Number, err = insertDevice(ctx, tx, made, hashCode(code)); err != nil {
			return err
		}
		return Record(ctx, tx, a, deviceEntry("till.add", made))
	})
	if err != nil {
		return Device{}, "", err
	}
	return made, code[:4] + "-" + code[4:], nil
}

// hashCode returns what is kept of a one-time code, however it is typed.
func hashCode(code string) tokenHash {
	letter := func(r rune) rune {
		switch r = unicode.ToUpper(r); r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		case '-', ' ':
			return -1
		}
		return r
	}
	return hashToken("till code " + strings.Map(letter, code))
}

// Enrol makes the device that sends a one-time code the till that it was made
// for, and returns its token, which belongs in a cookie and nowhere else. It
// refuses with "device_code_refused" and, after too many tries of an address,
// with "too_many_codes".
func (s *Service) Enrol(ctx context.Context, code, address string) (Device, string, error) {
	tries := []attempt{{"device-code:" + network(address), addressPace}}
	if err := s.chargeAs(ctx, tries, tooManyCodes); err != nil {
		return Device{}, "", err
	}
	token, hash := newToken()
	var d Device
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		var err error
		if d, err = takeCode(ctx, tx, hashCode(code), hash, s.now()); err != nil {
			return err
		}
		if d.ID == 0 {
			return fault.Refused("device_code_refused", "this code is not good: it is mistyped, used already or older than a quarter of an hour; ask for another").At("/code")
		}
		if err := forgive(ctx, tx, tries); err != nil {
			return err
		}
		return Record(ctx, tx, System("till"), deviceEntry("till.enrol", d))
	})
	return d, token, err
}

func tooManyCodes(wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return fault.Busy("too_many_codes", "too many codes were tried from here; wait %d seconds", seconds).With("seconds", seconds)
}

// Device returns the till of a token; it refuses with "device_refused" one that
// is unknown or was revoked. It asks the database each time.
func (s *Service) Device(ctx context.Context, token string) (Device, error) {
	d, err := deviceByToken(ctx, s.d.Reader(), hashToken(token))
	if err != nil {
		return Device{}, err
	}
	if d.ID == 0 || d.Enrolled.IsZero() || !d.Revoked.IsZero() {
		return Device{}, fault.Refused("device_refused", "this device is no till, or no longer; ask a manager to enrol it")
	}
	if now := s.now(); now.Sub(d.Seen) >= flushEvery {
		err = s.d.InTx(ctx, func(tx *db.Tx) error { return seeDevice(ctx, tx, d.ID, now) })
	}
	return d, err
}

// Devices returns the tills of a programme, the latest first, the revoked ones
// included. It needs till.enrol.
func (s *Service) Devices(ctx context.Context, a Actor, programme id.ID) ([]Device, error) {
	if err := a.Can(programme, TillEnrol); err != nil {
		return nil, err
	}
	return selectDevices(ctx, s.d.Reader(), programme)
}

// RevokeDevice ends a till for good, and whatever shift is open on it. What it
// sold without a connection and has not sent yet is lost to us. It needs
// till.enrol.
func (s *Service) RevokeDevice(ctx context.Context, a Actor, programme, device id.ID) error {
	if err := a.Can(programme, TillEnrol); err != nil {
		return err
	}
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		d, err := revokeDevice(ctx, tx, programme, device, s.now())
		if err != nil {
			return err
		}
		if err := endShifts(ctx, tx, device, s.now()); err != nil {
			return err
		}
		return Record(ctx, tx, a, deviceEntry("till.revoke", d))
	})
}

// Roll returns a new number for a series of receipts of the till: the device
// counts within it, so that two receipts never have one number, also after the
// device has forgotten where it was.
func (s *Service) Roll(ctx context.Context, d Device) (int64, error) {
	var roll int64
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		var err error
		roll, err = nextRoll(ctx, tx, d.ID)
		return err
	})
	return roll, err
}

func deviceEntry(action string, d Device) Entry {
	return Entry{ProgrammeID: d.ProgrammeID, Action: action, Subject: d.ID.In(id.Device), Detail: map[string]any{"shop": d.ShopID.In(id.Shop)}}
}
