package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/jobs"
)

const (
	salesFile = "date;receipt;customer;product;quantity;amount\n" +
		"09.12.2025 14:05;F-1;4711;A-17;2;15.90\n09.12.2025 14:06;F-2;4712;A-17;1;7.95\n09.12.2025 14:07;F-3;;A-17;1;7.95\n"
	salesSettings = `{"holds":"sales","source":"file","columns":{"occurred":"date","reference":"receipt","customer":"customer","sku":"product","quantity":"quantity","amount":"amount"},
		"dates":["DD.MM.YYYY hh:mm"],"zone":"Europe/London","currency":"GBP"}`
)

// imports is the part of the story about files.
func imports() []step {
	table := []string{"Content-Type", csvType}
	return []step{
		{op: "upload-import", method: "POST", path: "/v1/imports?name=sales.csv", body: salesFile, headers: table, status: 201, learn: map[string]string{"imp": "import"}},
		{op: "upload-import", method: "POST", path: "/v1/imports?name=book.xlsx", body: "PK\x03\x04 and so on", headers: table, status: 422},
		{op: "upload-import", method: "POST", path: "/v1/imports?holds=secrets", body: salesFile, headers: table, status: 422},
		{op: "upload-import", method: "POST", path: "/v1/imports?name=spare.csv&holds=members", body: "e-mail,name\nann@example.com,Ann\n", headers: table, status: 201, learn: map[string]string{"spare": "import"}},
		{op: "get-import", method: "GET", path: "/v1/imports/$imp", status: 200},
		{op: "get-import", method: "GET", path: "/v1/imports/imp_01h9x3k7q2v5n", status: 404},
		{op: "set-import", method: "PUT", path: "/v1/imports/$imp/settings", body: strings.Replace(salesSettings, `"receipt"`, `"invoice"`, 1), status: 422},
		{op: "set-import", method: "PUT", path: "/v1/imports/$imp/settings", body: strings.Replace(salesSettings, `"holds":"sales"`, `"holds":"secrets"`, 1), status: 422, wrong: true},
		{op: "set-import", method: "PUT", path: "/v1/imports/$imp/settings", body: salesSettings, status: 200},
		{op: "preview-import", method: "GET", path: "/v1/imports/$imp/preview", status: 200, learn: map[string]string{"reason": "items.2.reason"}},
		{op: "start-import", method: "POST", path: "/v1/imports/$imp/start", status: 200},
		{op: "start-import", method: "POST", path: "/v1/imports/$imp/start", status: 409},
		{op: "set-import", method: "PUT", path: "/v1/imports/$imp/settings", body: salesSettings, status: 409},
		{op: "discard-import", method: "DELETE", path: "/v1/imports/$imp", status: 409},
		{op: "get-import-rejects", method: "GET", path: "/v1/imports/$imp/rejects.csv", status: 404},
		{op: "get-import-rejects", method: "GET", path: "/v1/imports/$imp/rejects.csv", status: 200, before: func(_ *testing.T, c *contract) { c.h.takeFiles() }},
		{op: "list-imports", method: "GET", path: "/v1/imports", status: 200},
		{op: "discard-import", method: "DELETE", path: "/v1/imports/$spare", status: 200},
		{op: "discard-import", method: "DELETE", path: "/v1/imports/$spare", status: 404},
	}
}

// takeFiles runs the job that takes files until none waits.
func (h *house) takeFiles() {
	h.t.Helper()
	r := jobs.NewRunner(h.d, h.clock.now, slog.New(slog.DiscardHandler))
	r.Poll = 5 * time.Millisecond
	h.config.Imports.Work(r)
	ctx, stop := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		list, err := h.config.Imports.List(system, h.programme.ID)
		must(h.t, err)
		waits := false
		for _, u := range list {
			waits = waits || !u.Started.IsZero() && u.Ended.IsZero()
		}
		if !waits {
			break
		}
		if time.Now().After(deadline) {
			h.t.Fatal("the files are not taken")
		}
	}
	stop()
	must(h.t, <-ended)
}

func zipped(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	must(t, err)
	must(t, w.Close())
	return b.String()
}

// TestAFileOverHTTP follows a compressed file from its upload to its rejects,
// and the same file once more.
func TestAFileOverHTTP(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		file := zipped(t, salesFile)
		first := as[fileImport](h.call("POST", "/v1/imports?name=C%3A%5Csales.csv.gz", file, "Content-Type", gzipType, keyHeader, "one").ok(201))
		again := h.call("POST", "/v1/imports?name=C%3A%5Csales.csv.gz", file, "Content-Type", gzipType, keyHeader, "one").ok(201)
		if as[fileImport](again).Import != first.Import || again.header.Get("Idempotent-Replayed") != "true" || first.Name != "sales.csv.gz" || first.State != "draft" || len(first.Columns) != 6 {
			t.Errorf("first %+v, again %s", first, again.text)
		}
		if p := h.call("POST", "/v1/imports?name=C%3A%5Csales.csv.gz", salesFile, "Content-Type", csvType, keyHeader, "one").ok(409).problem(); p.Code != "key_reused" {
			t.Errorf("another file under the key: %+v", p)
		}
		if n := len(as[fileImports](h.call("GET", "/v1/imports", "").ok(200)).Items); n != 1 {
			t.Errorf("%d files are kept", n)
		}
		h.call("PUT", "/v1/imports/"+first.Import+"/settings", salesSettings).ok(200)
		h.call("POST", "/v1/imports/"+first.Import+"/start", "", "Accept-Language", "pl").ok(200)
		h.takeFiles()
		done := as[fileImport](h.call("GET", "/v1/imports/"+first.Import, "").ok(200))
		if r := done.Result; done.State != "done" || r == nil || r.Sales != 2 || r.Fresh != 2 || r.LeftOut["no_customer"] != 1 || !strings.HasPrefix(done.By, "key:") {
			t.Fatalf("done %+v, %+v", done, done.Result)
		}
		rejects := h.call("GET", "/v1/imports/"+first.Import+"/rejects.csv", "").ok(200)
		if !strings.Contains(rejects.text, "F-3") || !strings.Contains(rejects.text, "Brak") && !strings.Contains(rejects.text, "klient") {
			t.Errorf("the rejects are %s", rejects.text)
		}
		second := as[fileImport](h.call("POST", "/v1/imports?name=more.csv", salesFile, "Content-Type", csvType).ok(201))
		if second.Like != "sales.csv.gz" || second.Settings.Source != "file" {
			t.Errorf("the second file would be taken as %+v", second)
		}
		h.call("POST", "/v1/imports/"+second.Import+"/start", "").ok(200)
		h.takeFiles()
		if r := as[fileImport](h.call("GET", "/v1/imports/"+second.Import, "").ok(200)).Result; r == nil || r.Known != 2 || r.Fresh != 0 {
			t.Errorf("taken again: %+v", r)
		}
	})
}

// TestAFileOfARevokedKey is not taken: what runs later has the rights that are
// held then.
func TestAFileOfARevokedKey(t *testing.T) {
	h := newHouse(t)
	boss := h.key
	made := as[keyView](h.call("POST", "/v1/api-keys", `{"name":"till","scopes":["import:run"]}`).ok(201))
	h.key = made.Key
	u := as[fileImport](h.call("POST", "/v1/imports", salesFile, "Content-Type", csvType).ok(201))
	h.call("PUT", "/v1/imports/"+u.Import+"/settings", salesSettings).ok(200)
	h.call("POST", "/v1/imports/"+u.Import+"/start", "").ok(200)
	h.key = boss
	h.call("DELETE", "/v1/api-keys/"+made.ID, "").ok(200)
	h.takeFiles()
	if got := as[fileImport](h.call("GET", "/v1/imports/"+u.Import, "").ok(200)); got.State != "failed" || !strings.Contains(got.Failure, "API key") {
		t.Errorf("got %+v", got)
	}
}

// TestFilesThatAreRefused leave nothing behind, and are another programme's
// business to nobody.
func TestFilesThatAreRefused(t *testing.T) {
	h := newHouse(t)
	u := as[fileImport](h.call("POST", "/v1/imports", salesFile, "Content-Type", csvType).ok(201))
	for _, c := range []struct{ kind, body, code string }{
		{"application/json", "{}", "wrong_import_type"}, {csvType, "", "import_empty"}, {gzipType, zipped(t, strings.Repeat(salesFile, 500))[:200], "import_damaged"},
	} {
		if p := h.call("POST", "/v1/imports", c.body, "Content-Type", c.kind).ok(http.StatusUnprocessableEntity).problem(); p.Code != c.code {
			t.Errorf("%s: got %s, want %s", c.kind, p.Code, c.code)
		}
	}
	if n := len(as[fileImports](h.call("GET", "/v1/imports", "").ok(200)).Items); n != 1 {
		t.Errorf("%d files are kept", n)
	}
	other, _ := h.furnishProgramme("other", "Other Shop")
	h.key = h.newKey(other.ID, auth.Scopes()...)
	h.call("GET", "/v1/imports/"+u.Import, "").ok(404)
	h.call("POST", "/v1/imports/"+u.Import+"/start", "").ok(404)
	h.call("DELETE", "/v1/imports/"+u.Import, "").ok(404)
	if n := len(as[fileImports](h.call("GET", "/v1/imports", "").ok(200)).Items); n != 0 {
		t.Errorf("another programme sees %d files", n)
	}
}
