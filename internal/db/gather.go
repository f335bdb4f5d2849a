package db

import (
	"errors"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite writes its log with two calls a page: a header of 24 bytes, then the
// page. At our rates the calls cost more than the bytes. So connections go
// through a layer which is the system's own, but for the log: what is written
// to it end to end is gathered, and handed on in one call when the frame that
// commits is there or anything else is asked of the file. What SQLite reads,
// measures, flushes or shows to other connections is therefore always as if
// each write had been handed on at once; only a write that fails may say so
// later, and always before its transaction has committed.
//
// Layers are described at https://sqlite.org/vfs.html, a frame of the log at
// https://sqlite.org/fileformat2.html#walformat.
const (
	gatherLayer = "regulars"
	// gatherLimit stays below 128 KiB, above which SQLite's own layer writes
	// but a part.
	gatherLimit = 127 << 10
	frameHeader = 24
)

// useGatherLayer registers the layer. It is once for the process, as SQLite's
// own registry is.
var useGatherLayer = sync.OnceValue(registerGatherLayer)

// system is what the layer stands before: how to open a file, and the length of
// the record that is kept of an open one. It is set once, when the layer is
// registered, and stands here because a function that SQLite calls can carry
// nothing with it.
var system struct{ open, record uintptr }

// gathered stands behind the system's record of an open log. A connection uses
// its log from one goroutine at a time.
type gathered struct {
	methods sqlite3.Tsqlite3_io_methods // what SQLite calls: the system's, but for ours
	system  uintptr                     // the system's methods
	buffer  uintptr                     // gatherLimit bytes; 0 before the first write
	start   int64                       // where in the file the buffer begins
	length  int                         // bytes in the buffer
	commits bool                        // the header before the next page says that it commits
}

var errGatherLayer = errors.New("SQLite does not take the layer that gathers writes to its log")

func registerGatherLayer() error {
	tls := libc.NewTLS()
	defer tls.Close()
	own := sqlite3.Xsqlite3_vfs_find(tls, 0)
	record := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	name := libc.Xcalloc(tls, 1, libc.Tsize_t(len(gatherLayer)+1))
	if own == 0 || record == 0 || name == 0 {
		return errGatherLayer
	}
	copy(memory(name, len(gatherLayer)), gatherLayer)
	layer := at[sqlite3.Tsqlite3_vfs](record)
	*layer = *at[sqlite3.Tsqlite3_vfs](own)
	system.open, system.record = layer.FxOpen, uintptr(layer.FszOsFile)
	layer.FzName, layer.FpNext, layer.FxOpen = name, 0, pointerTo(openGathered)
	layer.FszOsFile += int32(max(unsafe.Sizeof(gathered{}), unsafe.Sizeof(presented{})))
	if sqlite3.Xsqlite3_vfs_register(tls, record, 0) != sqlite3.SQLITE_OK {
		return errGatherLayer
	}
	return nil
}

func openGathered(tls *libc.TLS, layer, name, file uintptr, flags int32, given uintptr) int32 {
	open := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](system.open)
	code := open(tls, layer, name, file, flags, given)
	if code == sqlite3.SQLITE_OK && flags&sqlite3.SQLITE_OPEN_MAIN_DB != 0 {
		freeOnPresentation(file)
	}
	if code != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_WAL == 0 {
		return code
	}
	g, f := gatheredOf(file), at[sqlite3.Tsqlite3_file](file)
	*g = gathered{system: f.FpMethods, methods: *at[sqlite3.Tsqlite3_io_methods](f.FpMethods)}
	g.methods.FxWrite = pointerTo(writeGathered)
	g.methods.FxRead = pointerTo(readGathered)
	g.methods.FxTruncate = pointerTo(truncateGathered)
	g.methods.FxSync = pointerTo(syncGathered)
	g.methods.FxFileSize = pointerTo(sizeGathered)
	g.methods.FxClose = pointerTo(closeGathered)
	f.FpMethods = file + system.record + unsafe.Offsetof(g.methods)
	return code
}

// gatheredOf finds what stands behind the system's record of the file.
func gatheredOf(file uintptr) *gathered { return at[gathered](file + system.record) }

func (g *gathered) of() *sqlite3.Tsqlite3_io_methods {
	return at[sqlite3.Tsqlite3_io_methods](g.system)
}

type readOrWrite = func(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32

// handOn writes what was gathered. If that fails, SQLite rolls the transaction
// back and writes the place anew, so nothing is kept.
func (g *gathered) handOn(tls *libc.TLS, file uintptr) int32 {
	if g.length == 0 {
		return sqlite3.SQLITE_OK
	}
	n := int32(g.length)
	g.length = 0
	return function[readOrWrite](g.of().FxWrite)(tls, file, g.buffer, n, g.start)
}

func writeGathered(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	g := gatheredOf(file)
	if offset != g.start+int64(g.length) || g.length+int(n) > gatherLimit {
		if code := g.handOn(tls, file); code != sqlite3.SQLITE_OK {
			return code
		}
		g.start = offset
	}
	if g.buffer == 0 {
		if g.buffer = libc.Xmalloc(tls, gatherLimit); g.buffer == 0 {
			return sqlite3.SQLITE_NOMEM
		}
	}
	bytes := memory(data, int(n))
	g.length += copy(memory(g.buffer, gatherLimit)[g.length:], bytes)
	committed := g.commits && n != frameHeader
	g.commits = n == frameHeader && bytes[4]|bytes[5]|bytes[6]|bytes[7] != 0
	if committed {
		return g.handOn(tls, file)
	}
	return sqlite3.SQLITE_OK
}

func readGathered(tls *libc.TLS, file, data uintptr, n int32, offset int64) int32 {
	g := gatheredOf(file)
	if code := g.handOn(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[readOrWrite](g.of().FxRead)(tls, file, data, n, offset)
}

func truncateGathered(tls *libc.TLS, file uintptr, size int64) int32 {
	g := gatheredOf(file)
	if code := g.handOn(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[func(*libc.TLS, uintptr, int64) int32](g.of().FxTruncate)(tls, file, size)
}

func syncGathered(tls *libc.TLS, file uintptr, flags int32) int32 {
	g := gatheredOf(file)
	if code := g.handOn(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[func(*libc.TLS, uintptr, int32) int32](g.of().FxSync)(tls, file, flags)
}

func sizeGathered(tls *libc.TLS, file, size uintptr) int32 {
	g := gatheredOf(file)
	if code := g.handOn(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return function[func(*libc.TLS, uintptr, uintptr) int32](g.of().FxFileSize)(tls, file, size)
}

func closeGathered(tls *libc.TLS, file uintptr) int32 {
	g := gatheredOf(file)
	failed := g.handOn(tls, file)
	libc.Xfree(tls, g.buffer)
	g.buffer = 0
	if code := function[func(*libc.TLS, uintptr) int32](g.of().FxClose)(tls, file); code != sqlite3.SQLITE_OK {
		return code
	}
	return failed
}

// SQLite is C translated to Go: its memory lies outside of Go's and is known by
// address, and its pointers to functions are Go's own values of functions.

// function is the function that a pointer of SQLite's points to.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

// pointerTo is a top-level function as SQLite keeps it.
func pointerTo[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// at is what lies at an address of SQLite's memory.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

func memory(p uintptr, n int) []byte { return unsafe.Slice(at[byte](p), n) }
