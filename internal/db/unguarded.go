package db

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The driver opens each connection with a mutex of its own, which SQLite takes
// and leaves for every parameter bound and every column read: a twentieth of
// what a purchase cost. database/sql never lets two goroutines use a connection
// at the same time, and interrupting one needs no mutex, so ours have none, as
// those that are opened with SQLITE_OPEN_NOMUTEX:
// https://sqlite.org/threadsafe.html
//
// SQLite presents its connection to the layer when it has opened the file of
// the database; there the mutex is given back.

// presented stands behind the system's record of an open database file.
type presented struct {
	methods sqlite3.Tsqlite3_io_methods // what SQLite calls: the system's, but for ours
	system  uintptr                     // the system's methods
}

// freeOnPresentation waits for the connection that opens the file.
func freeOnPresentation(file uintptr) {
	p, f := at[presented](file+system.record), at[sqlite3.Tsqlite3_file](file)
	*p = presented{system: f.FpMethods, methods: *at[sqlite3.Tsqlite3_io_methods](f.FpMethods)}
	p.methods.FxFileControl = pointerTo(controlPresented)
	f.FpMethods = file + system.record + unsafe.Offsetof(p.methods)
}

func controlPresented(tls *libc.TLS, file uintptr, what int32, about uintptr) int32 {
	if what == sqlite3.SQLITE_FCNTL_PDB {
		withoutMutex(tls, at[sqlite3.Tsqlite3](*at[uintptr](about)))
	}
	methods := at[sqlite3.Tsqlite3_io_methods](at[presented](file + system.record).system)
	return function[func(*libc.TLS, uintptr, int32, uintptr) int32](methods.FxFileControl)(tls, file, what, about)
}

// withoutMutex takes the mutex from a connection that is being opened, which
// holds it once.
func withoutMutex(tls *libc.TLS, connection *sqlite3.Tsqlite3) {
	mutex := connection.Fmutex
	if mutex == 0 {
		return
	}
	connection.Fmutex = 0
	sqlite3.Xsqlite3_mutex_leave(tls, mutex)
	sqlite3.Xsqlite3_mutex_free(tls, mutex)
}
