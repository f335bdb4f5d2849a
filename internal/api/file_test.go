package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestATableThatBreaksOff is not taken for a whole one: its connection breaks.
// Where nothing was sent yet, the failure is told as any other.
func TestATableThatBreaksOff(t *testing.T) {
	h := newHouse(t)
	s := h.handler.(*server)
	download(s, operation{id: "breaks-late", method: "GET", path: "/v1/breaks-late", tag: "x"}, "x.csv", func(_ context.Context, _ *call, _ *nothing, out io.Writer) error {
		_, err := io.WriteString(out, strings.Repeat("code\n", 10_000))
		return errors.Join(err, errors.New("secret of the house"))
	})
	download(s, operation{id: "breaks-at-once", method: "GET", path: "/v1/breaks-at-once", tag: "x"}, "x.csv", func(context.Context, *call, *nothing, io.Writer) error {
		return errors.New("secret of the house")
	})
	web := httptest.NewServer(h.handler)
	defer web.Close()
	ask := func(path string) (got, error) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", web.URL+path, http.NoBody)
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+h.key)
		r, err := http.DefaultClient.Do(req)
		must(t, err)
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		return got{t, r.StatusCode, r.Header, string(text)}, err
	}
	g, err := ask("/v1/breaks-late")
	if err == nil || g.status != 200 || !strings.HasPrefix(g.text, "code\n") {
		t.Errorf("got %d with %d bytes and %v, want a broken connection", g.status, len(g.text), err)
	}
	g, err = ask("/v1/breaks-at-once")
	must(t, err)
	if p := g.ok(500).problem(); p.Code != "internal" || strings.Contains(g.text, "secret") || g.header.Get("Content-Disposition") != "" {
		t.Errorf("got %s with %v", g.text, g.header)
	}
	if log := h.log.String(); strings.Count(log, "secret of the house") != 2 {
		t.Errorf("the log says %q", log)
	}
}

// TestFilesAreToldApart holds that one of many files says which it is.
func TestFilesAreToldApart(t *testing.T) {
	for want, got := range map[string]string{
		"statement-ptn_01h9x3k7q2v5n-2026-01.pdf": fileName(&monthIn{Partner: "ptn_01h9x3k7q2v5n", Month: "2026-01"}, "statement.pdf"),
		"statement-inf_01h9x3k7q2v5n.csv":         fileName(&influencerIn{Influencer: "inf_01h9x3k7q2v5n"}, "statement.csv"),
		"codes.csv":                               fileName(&nothing{}, "codes.csv"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
