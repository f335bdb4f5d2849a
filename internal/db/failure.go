package db

import (
	"context"
	"errors"

	"regulars/internal/fault"
)

// Fault returns err with the failure that a user can understand and mend, if
// it is one: a full disk, a read-only folder, a server that is away. Any other
// error comes back unchanged. This package does so itself wherever it can; it
// is for errors out of Reader().QueryRow(…).Scan.
func Fault(err error) error {
	if err == nil || fault.As(err) != nil || ended(err) {
		return err
	}
	if f := sqliteFault(err); f != nil {
		return f.Because(err)
	}
	if f := postgresFault(err); f != nil {
		return f.Because(err)
	}
	return err
}

// ended reports whether the caller's context ended, which is no failure of the
// database.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// driverFault is Fault for an error that surely comes from sending a statement, so
// that any sign of a broken connection may be believed.
func driverFault(err error) error {
	if lost(err) && fault.As(err) == nil {
		return unavailable().Because(err)
	}
	return Fault(err)
}

// Retryable reports whether the transaction failed only because of others that
// ran beside it, and may well succeed when it is run again.
func Retryable(err error) bool {
	code, lite := postgresCode(err), sqliteCode(err)&0xff
	return code == "40001" || code == "40P01" || lite == sqliteBusy || lite == sqliteLocked
}

// Unique reports whether a row was refused because its key exists already.
func Unique(err error) bool {
	lite := sqliteCode(err)
	return postgresCode(err) == "23505" || lite == sqliteUnique || lite == sqlitePrimaryKey || lite == sqliteRowID
}

func diskFull(message string) *fault.Error { return fault.Busy("disk_full", "%s", message) }

func readOnly(what string) *fault.Error {
	return fault.Refused("folder_read_only", "%s cannot be written: give this user the right to write there, or choose another folder", what)
}
