package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// cpu returns the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportCPU reports the processor time of an operation, which is steadier than
// its duration on a busy machine.
func reportCPU(b *testing.B, before time.Duration) {
	b.Helper()
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
}

// discard is a writer that keeps nothing.
type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// repeat sends the same request over and over.
func (h *house) repeat(b *testing.B, method, path string, body func(i int) []byte) {
	b.Helper()
	b.ReportAllocs()
	before := cpu(b)
	defer func() { reportCPU(b, before) }()
	for i := 0; b.Loop(); i++ {
		r := httptest.NewRequestWithContext(b.Context(), method, path, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+h.key)
		r.Header.Set("Accept-Language", "pl-PL,pl;q=0.9,en;q=0.8")
		if body != nil {
			raw := body(i)
			r.Header.Set("Content-Type", "application/json")
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		}
		h.handler.ServeHTTP(&discard{http.Header{}}, r)
	}
}

// BenchmarkLayer measures all that is done here for a request: key, limits,
// routing, reading, answering, but not what the rooms above do.
func BenchmarkLayer(b *testing.B) {
	h := newHouse(b)
	h.again(Limits{Rate: 1 << 30})
	s := h.handler.(*server)
	prepared := flow.Answer{
		EventID: 1, MemberID: 2, Movements: []flow.Movement{{
			WalletID: h.wallet.ID, Kind: "earn", From: "earned", To: "pending", Points: 25, LotID: 3,
			Reason: i18n.Text{Key: "earn.grant", Args: map[string]any{"rule": "A point for every pound", "steps": []i18n.Text{
				{Key: "earn.why.goods", Args: map[string]any{"points": 1, "per": 100, "amount": 2550}},
			}}},
		}},
		Balances: []flow.Balance{{WalletID: h.wallet.ID, Code: "points", Available: 230, Pending: 25}},
		Ranks:    []flow.Rank{{LadderID: 1, Ladder: "status", Rank: "silver"}},
	}
	take(s, operation{id: "bench-event", method: "POST", path: "/v1/bench", tag: "x"}, func(_ context.Context, c *call, body *newEvent) (eventAnswer, error) {
		e, err := body.event(c)
		s.meters.took(e, "taken")
		return c.answer(&prepared), err
	})
	read(s, operation{id: "bench-lookup", method: "GET", path: "/v1/bench", tag: "x"}, func(_ context.Context, c *call, in *lookupIn) (lookupView, error) {
		_, _, err := in.asked()
		return lookupView{Member: id.ID(5).In(id.Member), GivenName: "Nina", Tags: []string{}, Balances: c.balances(prepared.Balances), Ranks: c.ranks(prepared.Ranks)}, err
	})
	b.Run("event", func(b *testing.B) {
		h.repeat(b, "POST", "/v1/bench", func(int) []byte { return []byte(exampleEvent) })
	})
	b.Run("lookup", func(b *testing.B) { h.repeat(b, "GET", "/v1/bench?phone=%2B442079460018", nil) })
}

// BenchmarkReading measures the strict reading of an event alone.
func BenchmarkReading(b *testing.B) {
	sh := eventShapeFor(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(exampleEvent)))
	before := cpu(b)
	defer func() { reportCPU(b, before) }()
	for b.Loop() {
		var n newEvent
		must(b, decode([]byte(exampleEvent), sh, "", &n))
	}
}

// BenchmarkWhole measures requests with all that lies behind them, on SQLite
// and by one caller, who waits for the disk.
func BenchmarkWhole(b *testing.B) {
	h := newHouse(b)
	h.buy("first", "020 7946 0018", 2550)
	b.Run("event", func(b *testing.B) {
		h.repeat(b, "POST", "/v1/events", func(i int) []byte { return []byte(purchase(fmt.Sprint(b.N, i), "020 7946 0018", 2550)) })
	})
	b.Run("lookup", func(b *testing.B) { h.repeat(b, "GET", "/v1/members/lookup?phone=020+7946+0018", nil) })
}
