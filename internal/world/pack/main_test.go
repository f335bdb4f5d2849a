package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/world/retail"
)

const small = columns + "\n" +
	`"536365","85123A","HOLDER, ""white""",6,"2010-12-01T08:26:00",2.55,17850,"United Kingdom"` + "\n" +
	`"C536379","D",,-1,"2010-12-01T09:41:00",27.5,,"EIRE"` + "\n"

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPack(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write([]byte(small)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{write(t, "rows.csv", small), write(t, "rows.csv.gz", z.String())} {
		to := filepath.Join(t.TempDir(), "rows.bin")
		if err := run(from, to); err != nil {
			t.Fatal(err)
		}
		packed, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		r, err := retail.Open(string(packed))
		if err != nil {
			t.Fatal(err)
		}
		first, err := r.Next()
		if err != nil || first.Description != `HOLDER, "white"` || r.Len() != 2 {
			t.Errorf("the first of %d rows is %+v, %v", r.Len(), first, err)
		}
	}
}

func TestPackFails(t *testing.T) {
	for name, c := range map[string]struct{ from, want string }{
		"no file":       {filepath.Join(t.TempDir(), "none.csv"), "opening"},
		"no gzip":       {write(t, "a.csv.gz", small), "unpacking"},
		"empty":         {write(t, "a.csv", ""), "header"},
		"other columns": {write(t, "a.csv", "a,b\n1,2\n"), "columns"},
		"quantity":      {write(t, "a.csv", strings.Replace(small, ",6,", ",six,", 1)), "quantity of row 1"},
		"broken":        {write(t, "a.csv", small+"\"x\n"), "reading the table"},
		"price":         {write(t, "a.csv", strings.Replace(small, "2.55", "2.550", 1)), "row 1"},
	} {
		if err := run(c.from, filepath.Join(t.TempDir(), "out")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := run(write(t, "a.csv", small), filepath.Join(t.TempDir(), "no", "folder")); err == nil {
		t.Error("writing into no folder succeeded")
	}
}
