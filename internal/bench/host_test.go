package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/journal"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tables.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestHost has a host make its programme, fill it and replay it.
func TestHost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := flow.New(flow.Config{DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		defer s.Close()
		h := Host{Rooms: rooms(d, s), DB: d, Handler: http.NotFoundHandler()}
		var out bytes.Buffer
		in := `{"do":"fill","to":600,"members":50}` + "\n" + `{"do":"usage"}` + "\n" + `{"do":"simulate"}` + "\n" +
			`{"do":"past","to":400,"members":20}` + "\n" + `{"do":"compare"}` + "\nno JSON"
		if err := h.Serve(t.Context(), strings.NewReader(in), &out); err != nil {
			t.Fatal(err)
		}
		lines := json.NewDecoder(&out)
		var hello greeting
		read(t, lines, &hello)
		if hello.Addr == "" || len(hello.Shop.Keys) != keyCount {
			t.Errorf("the host greets with %+v", hello)
		}
		var filled, used, simulated, past, compared, wrong done
		for _, d := range []*done{&filled, &used, &simulated, &past, &compared, &wrong} {
			read(t, lines, d)
		}
		if n, err := journal.Count(t.Context(), d.Reader(), hello.Shop.Programme); n != 1000 || err != nil {
			t.Errorf("%d events were taken (%v), want 1000", n, err)
		}
		if filled.Events != 600 || simulated.Events != 600 {
			t.Errorf("the host filled %d and replayed %d, want 600 each; %q %q", filled.Events, simulated.Events, filled.Error, simulated.Error)
		}
		if past.Events != 400 || compared.Events != 1000 {
			t.Errorf("the host took %d of a past and compared drafts over %d, want 400 and 1000; %q %q", past.Events, compared.Events, past.Error, compared.Error)
		}
		if used.Usage.CPU <= 0 || used.Usage.Peak <= 0 {
			t.Errorf("the host says that it used %+v", used.Usage)
		}
		if wrong.Error == "" {
			t.Error("a line that is no command was obeyed")
		}
	}, schemas...)
}

func read(t *testing.T, lines *json.Decoder, v any) {
	t.Helper()
	if err := lines.Decode(v); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownSection(t *testing.T) {
	b := Bench{Options: Options{Sections: []string{"limits", "bulky"}}}
	if _, err := b.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "bulky") {
		t.Errorf("a section that does not exist gives %v", err)
	}
}

// TestLimits runs the part of the harness that needs no other process.
func TestLimits(t *testing.T) {
	b := Bench{Options: Options{Sections: []string{"limits"}, Duration: time.Millisecond, Dir: t.TempDir()}, Now: time.Now, Sleep: time.Sleep}
	figures, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 + len(clientCounts); len(figures) != want {
		t.Errorf("%d figures came, want %d", len(figures), want)
	}
	if slices.ContainsFunc(figures, func(f Figure) bool { return f.Rate <= 0 }) {
		t.Errorf("a figure has no rate: %+v", figures)
	}
	if left, err := os.ReadDir(b.Options.Dir); err != nil || len(left) > 0 {
		t.Errorf("files were left behind: %v, %v", left, err)
	}
}
