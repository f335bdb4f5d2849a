package db

import (
	"path/filepath"
	"reflect"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
)

// TestConnectionsHaveNoMutex looks into the driver's connection, so that an
// update which opens them otherwise is seen.
func TestConnectionsHaveNoMutex(t *testing.T) {
	conn := gatherPool(t, filepath.Join(t.TempDir(), "a.db"))
	err := conn.Raw(func(c any) error {
		address := uintptr(reflect.ValueOf(c).Elem().FieldByName("db").Uint())
		if at[sqlite3.Tsqlite3](address).Fmutex != 0 {
			t.Error("the connection has a mutex")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	must(t, conn, `CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)`, `INSERT INTO t VALUES (1, 'a')`, `ATTACH ':memory:' AS other`, `CREATE TABLE other.t (k)`)
	if got := ask(t, conn, `SELECT v FROM t`); got != "a" {
		t.Errorf("read %q", got)
	}
}
