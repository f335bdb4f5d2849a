package db

import (
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"

	"regulars/internal/fault"
)

// SQLite's result codes that mean something to us: https://sqlite.org/rescode.html
const (
	sqliteError      = 1
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteIOError    = 10
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteCannotOpen = 14
	sqliteNotADB     = 26

	sqliteShmSize    = 4874 // the shared memory file could not grow: no space left
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
	sqliteRowID      = 2579
)

// The pragmas of each connection; the driver runs busy_timeout first, as
// changing the journal mode may have to wait for another connection. The log is
// copied by the checkpointer alone, which waits little for readers, because the
// writer waits with it. The writer's cache is small on purpose: when a commit
// split pages, SQLite looks through all of it, until the file is larger than
// 1 GB; and a page that is not there comes from the system's own cache.
var (
	writerPragmas     = []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)", "cache_size(-16384)", "temp_store(MEMORY)", "wal_autocheckpoint(0)"}
	readerPragmas     = []string{"busy_timeout(10000)", "query_only(ON)", "cache_size(-8192)", "temp_store(MEMORY)", "wal_autocheckpoint(0)"}
	checkpointPragmas = []string{"busy_timeout(200)", "synchronous(FULL)", "wal_autocheckpoint(0)"}
)

// openSQLite opens a pool on the file with pragmas that each connection runs
// when it is made.
func openSQLite(file, mode string, connections int, pragmas ...string) (*sql.DB, error) {
	if err := useGatherLayer(); err != nil {
		return nil, err
	}
	q := url.Values{"mode": {mode}, "vfs": {gatherLayer}, "_pragma": pragmas}
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}
	pool, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool, nil
}

func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

func sqliteFault(err error) *fault.Error {
	code := sqliteCode(err)
	if code == sqliteShmSize {
		code = sqliteFull
	}
	switch code & 0xff {
	case sqliteFull:
		return diskFull("the disk that holds the data folder is full: free some space, then try again")
	case sqliteReadOnly:
		return readOnly("the data folder")
	case sqliteBusy, sqliteLocked:
		return fault.Busy("database_busy", "another program keeps the database file locked: close it, or try again shortly")
	case sqliteCorrupt, sqliteNotADB:
		return fault.Refused("database_damaged", "the database file is damaged or is no database: restore the last backup into an empty folder")
	case sqliteCannotOpen:
		return fault.Refused("database_unopenable", "the database file cannot be opened: check that the data folder exists and that this user may read and write it")
	case sqliteIOError:
		return fault.Busy("disk_error", "the disk that holds the data folder reported an error: check the disk, then try again")
	}
	return nil
}
