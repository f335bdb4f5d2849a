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

// staffColumns come with one row for each role, and one without a role for
// who has none.
const (
	staffColumns = `s.id, s.email, s.name, s.password, s.language, s.theme, s.disabled, s.created, COALESCE(r.programme_id, 0), COALESCE(r.role, '')`
	staffTables  = `staff s LEFT JOIN staff_role r ON r.staff_id = s.id`
)

// gather makes staff of rows that stand together for each of them; more are
// columns before staffColumns.
func gather(rows *sql.Rows, err error, more ...any) ([]Staff, error) {
	var all []Staff
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var s Staff
		var role Assignment
		var created int64
		err := r.Scan(append(more, &s.ID, &s.Email, &s.Name, &s.hash, &s.Language, &s.Theme, &s.Disabled, &created, &role.ProgrammeID, &role.Role)...)
		if n := len(all); n == 0 || all[n-1].ID != s.ID {
			s.Created, s.Invited = db.Time(created), s.hash == ""
			all = append(all, s)
		}
		if last := &all[len(all)-1]; role.Role != "" {
			last.Roles = append(last.Roles, role)
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading staff: %w", err)
	}
	return all, nil
}

// one returns the zero Staff when there is none.
func one(all []Staff, err error) (Staff, error) {
	if err != nil || len(all) == 0 {
		return Staff{}, err
	}
	return all[0], nil
}

func selectStaff(ctx context.Context, q db.Queryer, programme id.ID) ([]Staff, error) {
	query := `SELECT ` + staffColumns + ` FROM ` + staffTables + ` ORDER BY s.name, s.id, r.programme_id`
	if programme == 0 {
		return gather(q.Query(ctx, query))
	}
	query = `SELECT ` + staffColumns + ` FROM ` + staffTables + ` WHERE r.programme_id IN (0, $1) ORDER BY s.name, s.id, r.programme_id`
	return gather(q.Query(ctx, query, programme))
}

func staffByEmail(ctx context.Context, q db.Queryer, email string) (Staff, error) {
	rows, err := q.Query(ctx, `SELECT `+staffColumns+` FROM `+staffTables+` WHERE s.folded = $1 ORDER BY r.programme_id`, fold(email))
	return one(gather(rows, err))
}

func staffByID(ctx context.Context, q db.Queryer, staff id.ID) (Staff, error) {
	rows, err := q.Query(ctx, `SELECT `+staffColumns+` FROM `+staffTables+` WHERE s.id = $1 ORDER BY r.programme_id`, staff)
	who, err := one(gather(rows, err))
	if err == nil && who.ID == 0 {
		shown := staff.In(id.Staff)
		return Staff{}, fault.Missing("unknown_staff", "there is nobody %s on the staff", shown).With("staff", shown)
	}
	return who, err
}

// lockStaff reads a staff member whom nobody else changes until this
// transaction ends.
func lockStaff(ctx context.Context, tx *db.Tx, staff id.ID) (Staff, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM staff WHERE id = $1`+tx.ForUpdate(), staff)
	if _, err = db.Collect(rows, err, scanID); err != nil {
		return Staff{}, fmt.Errorf("locking a staff member: %w", err)
	}
	return staffByID(ctx, tx, staff)
}

func lockStaffByEmail(ctx context.Context, tx *db.Tx, email string) (Staff, error) {
	who, err := staffByEmail(ctx, tx, email)
	if err != nil {
		return Staff{}, err
	}
	return lockStaff(ctx, tx, who.ID)
}

func scanID(r *sql.Rows) (id.ID, error) {
	var n id.ID
	err := r.Scan(&n)
	return n, err
}

// insertStaff reports false when the e-mail is taken.
func insertStaff(ctx context.Context, tx *db.Tx, s Staff) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO staff (id, email, folded, name, language, created) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (folded) DO NOTHING`, s.ID, s.Email, fold(s.Email), s.Name, string(s.Language), db.Micros(s.Created))
	if err != nil {
		return false, fmt.Errorf("writing a staff member: %w", err)
	}
	return n > 0, nil
}

// anyOwner reports whether somebody owns the installation, or was asked to.
func anyOwner(ctx context.Context, q db.Queryer) (bool, error) {
	var n int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM staff_role WHERE programme_id = 0 AND role = $1`, string(Owner)).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for an owner: %w", err)
	}
	return n > 0, nil
}

// lockOwners counts the owners, whose roles nobody else changes until this
// transaction ends.
func lockOwners(ctx context.Context, tx *db.Tx) (int, error) {
	rows, err := tx.Query(ctx, `SELECT staff_id FROM staff_role WHERE programme_id = 0 AND role = $1 ORDER BY staff_id`+tx.ForUpdate(), string(Owner))
	if _, err = db.Collect(rows, err, scanID); err != nil {
		return 0, fmt.Errorf("locking the owners: %w", err)
	}
	return countOwners(ctx, tx)
}

// countOwners counts who can sign in as owner of the installation.
func countOwners(ctx context.Context, tx *db.Tx) (int, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM staff s JOIN staff_role r ON r.staff_id = s.id
		WHERE r.programme_id = 0 AND r.role = $1 AND NOT s.disabled AND s.password <> ''`, string(Owner)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting the owners: %w", err)
	}
	return n, nil
}

func putRole(ctx context.Context, tx *db.Tx, staff id.ID, r Assignment) error {
	_, err := tx.Exec(ctx, `INSERT INTO staff_role (staff_id, programme_id, role) VALUES ($1, $2, $3)`, staff, r.ProgrammeID, string(r.Role))
	if err != nil {
		return fmt.Errorf("writing a role: %w", err)
	}
	return nil
}

func deleteRole(ctx context.Context, tx *db.Tx, staff, programme id.ID) error {
	return update(ctx, tx, "taking a role away", `DELETE FROM staff_role WHERE staff_id = $1 AND programme_id = $2`, staff, programme)
}

func setDisabled(ctx context.Context, tx *db.Tx, staff id.ID, disabled bool) error {
	return update(ctx, tx, "disabling or enabling staff", `UPDATE staff SET disabled = $2 WHERE id = $1`, staff, disabled)
}

func setPreferences(ctx context.Context, tx *db.Tx, staff id.ID, p Preferences) error {
	return update(ctx, tx, "writing preferences", `UPDATE staff SET language = $2, theme = $3 WHERE id = $1`, staff, string(p.Language), p.Theme)
}

func setPassword(ctx context.Context, tx *db.Tx, staff id.ID, hash string) error {
	return update(ctx, tx, "writing a password", `UPDATE staff SET password = $2 WHERE id = $1`, staff, hash)
}

func update(ctx context.Context, tx *db.Tx, doing, query string, args ...any) error {
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// endAccess ends every session and link of a staff member.
func endAccess(ctx context.Context, tx *db.Tx, staff id.ID) error {
	if err := deleteSessions(ctx, tx, staff); err != nil {
		return err
	}
	return update(ctx, tx, "ending a link", `DELETE FROM staff_link WHERE staff_id = $1`, staff)
}

func insertSession(ctx context.Context, tx *db.Tx, hash tokenHash, staff id.ID, now time.Time) error {
	return update(ctx, tx, "writing a session", `INSERT INTO session (hash, staff_id, created, seen) VALUES ($1, $2, $3, $3)`,
		string(hash), staff, db.Micros(now))
}

func deleteSession(ctx context.Context, tx *db.Tx, hash tokenHash) error {
	return update(ctx, tx, "ending a session", `DELETE FROM session WHERE hash = $1`, string(hash))
}

func deleteSessions(ctx context.Context, tx *db.Tx, staff id.ID) error {
	return update(ctx, tx, "ending sessions", `DELETE FROM session WHERE staff_id = $1`, staff)
}

// found is a session as it is kept; staff is zero when there is none.
type found struct {
	staff         Staff
	created, seen time.Time
}

func findSession(ctx context.Context, q db.Queryer, hash tokenHash) (found, error) {
	var created, seen int64
	rows, err := q.Query(ctx, `SELECT x.created, x.seen, `+staffColumns+` FROM session x JOIN staff s ON s.id = x.staff_id
		LEFT JOIN staff_role r ON r.staff_id = s.id WHERE x.hash = $1 ORDER BY r.programme_id`, string(hash))
	who, err := one(gather(rows, err, &created, &seen))
	return found{who, db.Time(created), db.Time(seen)}, err
}

// putLink replaces any earlier link of the staff member.
func putLink(ctx context.Context, tx *db.Tx, staff id.ID, hash tokenHash, expires time.Time) error {
	return update(ctx, tx, "writing a link", `INSERT INTO staff_link (staff_id, hash, expires) VALUES ($1, $2, $3)
		ON CONFLICT (staff_id) DO UPDATE SET hash = excluded.hash, expires = excluded.expires`, staff, string(hash), db.Micros(expires))
}

// findLink returns a zero time when there is no such link.
func findLink(ctx context.Context, q db.Queryer, hash tokenHash) (staff id.ID, expires time.Time, err error) {
	var at int64
	err = q.QueryRow(ctx, `SELECT staff_id, expires FROM staff_link WHERE hash = $1`, string(hash)).Scan(&staff, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("reading a link: %w", db.Fault(err))
	}
	return staff, db.Time(at), nil
}

// takeLink deletes a link that is still good and reports whether it did; of
// several at once the database lets one.
func takeLink(ctx context.Context, tx *db.Tx, hash tokenHash, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM staff_link WHERE hash = $1 AND expires > $2`, string(hash), db.Micros(now))
	if err != nil {
		return false, fmt.Errorf("using a link: %w", err)
	}
	return n > 0, nil
}

// EmailOf returns the e-mail address by which a member of staff signs in; empty
// for nobody.
func EmailOf(ctx context.Context, q db.Queryer, staff id.ID) (string, error) {
	rows, err := q.Query(ctx, `SELECT `+staffColumns+` FROM `+staffTables+` WHERE s.id = $1 ORDER BY r.programme_id`, staff)
	who, err := one(gather(rows, err))
	return who.Email, err
}
