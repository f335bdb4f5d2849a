package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const deviceColumns = `id, programme_id, shop_id, number, name, code_until, enrolled, seen, revoked`

func scanDevice(r interface{ Scan(...any) error }) (Device, error) {
	var d Device
	var waits, enrolled, seen, revoked int64
	err := r.Scan(&d.ID, &d.ProgrammeID, &d.ShopID, &d.Number, &d.Name, &waits, &enrolled, &seen, &revoked)
	d.Waits, d.Enrolled, d.Seen, d.Revoked = db.Time(waits), db.Time(enrolled), db.Time(seen), db.Time(revoked)
	return d, err
}

// oneDevice returns the zero Device when there is none.
func oneDevice(row *sql.Row) (Device, error) {
	d, err := scanDevice(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Device{}, nil
	}
	if err != nil {
		return Device{}, fmt.Errorf("reading a till: %w", db.Fault(err))
	}
	return d, nil
}

// insertDevice writes a till under the next number of its programme. Two at one
// moment want the same number; one of them then takes the next.
func insertDevice(ctx context.Context, tx *db.Tx, d Device, code tokenHash) (int64, error) {
	const tries = 10
	for range tries {
		var number int64
		err := tx.QueryRow(ctx, `INSERT INTO till_device (id, programme_id, shop_id, number, name, secret, code_until)
			SELECT $1, $2, $3, COALESCE(MAX(t.number), 0) + 1, $4, $5, $6 FROM till_device t WHERE t.programme_id = $2
			ON CONFLICT (programme_id, number) DO NOTHING RETURNING number`,
			d.ID, d.ProgrammeID, d.ShopID, d.Name, string(code), db.Micros(d.Waits)).Scan(&number)
		if err == nil {
			return number, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return 0, fmt.Errorf("writing a till: %w", db.Fault(err))
		}
	}
	return 0, errors.New("writing a till: its number was taken every time")
}

// takeCode puts a token in the place of a code that is still good; of several
// at once the database lets one. It returns the zero Device when it is not.
func takeCode(ctx context.Context, tx *db.Tx, code, token tokenHash, now time.Time) (Device, error) {
	return oneDevice(tx.QueryRow(ctx, `UPDATE till_device SET secret = $2, enrolled = $3, seen = $3
		WHERE secret = $1 AND enrolled = 0 AND revoked = 0 AND code_until > $3 RETURNING `+deviceColumns,
		string(code), string(token), db.Micros(now)))
}

func deviceByToken(ctx context.Context, q db.Queryer, token tokenHash) (Device, error) {
	return oneDevice(q.QueryRow(ctx, `SELECT `+deviceColumns+` FROM till_device WHERE secret = $1`, string(token)))
}

func selectDevices(ctx context.Context, q db.Queryer, programme id.ID) ([]Device, error) {
	rows, err := q.Query(ctx, `SELECT `+deviceColumns+` FROM till_device WHERE programme_id = $1 ORDER BY id DESC`, programme)
	return db.Collect(rows, err, func(r *sql.Rows) (Device, error) { return scanDevice(r) })
}

func revokeDevice(ctx context.Context, tx *db.Tx, programme, device id.ID, now time.Time) (Device, error) {
	d, err := oneDevice(tx.QueryRow(ctx, `UPDATE till_device SET revoked = $3 WHERE programme_id = $1 AND id = $2 AND revoked = 0 RETURNING `+deviceColumns,
		programme, device, db.Micros(now)))
	if err == nil && d.ID == 0 {
		shown := device.In(id.Device)
		err = fault.Missing("unknown_device", "there is no till %s in this programme, or it was revoked already", shown).With("device", shown)
	}
	return d, err
}

func seeDevice(ctx context.Context, tx *db.Tx, device id.ID, now time.Time) error {
	return update(ctx, tx, "noting the use of a till", `UPDATE till_device SET seen = $2 WHERE id = $1`, device, db.Micros(now))
}

func nextRoll(ctx context.Context, tx *db.Tx, device id.ID) (int64, error) {
	var roll int64
	if err := tx.QueryRow(ctx, `UPDATE till_device SET rolls = rolls + 1 WHERE id = $1 RETURNING rolls`, device).Scan(&roll); err != nil {
		return 0, fmt.Errorf("numbering receipts of a till: %w", db.Fault(err))
	}
	return roll, nil
}

const shiftTables = `till_shift x JOIN staff s ON s.id = x.staff_id LEFT JOIN staff_role r ON r.staff_id = s.id`

// oneShift returns the zero Shift when there is none.
func oneShift(ctx context.Context, q db.Queryer, where string, args ...any) (Shift, error) {
	var f Shift
	var opened, seen, ended int64
	rows, err := q.Query(ctx, `SELECT x.id, x.device_id, x.opened, x.seen, x.ended, `+staffColumns+` FROM `+shiftTables+`
		WHERE `+where+` ORDER BY r.programme_id`, args...)
	who, err := one(gather(rows, err, &f.ID, &f.DeviceID, &opened, &seen, &ended))
	f.Staff, f.Opened, f.Seen, f.Ended = who, db.Time(opened), db.Time(seen), db.Time(ended)
	return f, err
}

func openShift(ctx context.Context, q db.Queryer, device id.ID) (Shift, error) {
	return oneShift(ctx, q, `x.device_id = $1 AND x.ended = 0`, device)
}

func shiftByID(ctx context.Context, q db.Queryer, device, shift id.ID) (Shift, error) {
	return oneShift(ctx, q, `x.device_id = $1 AND x.id = $2`, device, shift)
}

func insertShift(ctx context.Context, tx *db.Tx, f Shift) error {
	return update(ctx, tx, "writing a shift", `INSERT INTO till_shift (id, device_id, staff_id, opened, seen) VALUES ($1, $2, $3, $4, $4)`,
		f.ID, f.DeviceID, f.Staff.ID, db.Micros(f.Opened))
}

func seeShift(ctx context.Context, tx *db.Tx, shift id.ID, now time.Time) error {
	return update(ctx, tx, "noting the use of a shift", `UPDATE till_shift SET seen = $2 WHERE id = $1`, shift, db.Micros(now))
}

func endShifts(ctx context.Context, tx *db.Tx, device id.ID, now time.Time) error {
	return update(ctx, tx, "ending a shift", `UPDATE till_shift SET ended = $2 WHERE device_id = $1 AND ended = 0`, device, db.Micros(now))
}

func endShiftsOf(ctx context.Context, tx *db.Tx, staff, programme id.ID, now time.Time) error {
	return update(ctx, tx, "ending shifts", `UPDATE till_shift SET ended = $3 WHERE staff_id = $1 AND ended = 0
		AND device_id IN (SELECT d.id FROM till_device d WHERE d.programme_id = $2)`, staff, programme, db.Micros(now))
}

// pinHash returns an empty text for who has none.
func pinHash(ctx context.Context, q db.Queryer, staff, programme id.ID) (string, error) {
	var hash string
	err := q.QueryRow(ctx, `SELECT hash FROM staff_pin WHERE staff_id = $1 AND programme_id = $2`, staff, programme).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading a PIN: %w", db.Fault(err))
	}
	return hash, nil
}

func putPIN(ctx context.Context, tx *db.Tx, staff, programme id.ID, hash string, now time.Time) error {
	return update(ctx, tx, "writing a PIN", `INSERT INTO staff_pin (staff_id, programme_id, hash, kept) VALUES ($1, $2, $3, $4)
		ON CONFLICT (staff_id, programme_id) DO UPDATE SET hash = excluded.hash, kept = excluded.kept`, staff, programme, hash, db.Micros(now))
}

func deletePIN(ctx context.Context, tx *db.Tx, staff, programme id.ID) error {
	return update(ctx, tx, "ending a PIN", `DELETE FROM staff_pin WHERE staff_id = $1 AND programme_id = $2`, staff, programme)
}

func staffWithPIN(ctx context.Context, q db.Queryer, programme id.ID) ([]Staff, error) {
	return gather(q.Query(ctx, `SELECT `+staffColumns+` FROM staff_pin p JOIN staff s ON s.id = p.staff_id
		LEFT JOIN staff_role r ON r.staff_id = s.id WHERE p.programme_id = $1 ORDER BY s.name, s.id, r.programme_id`, programme))
}
