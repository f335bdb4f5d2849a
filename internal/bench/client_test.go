package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestClientReadsAnswers has one connection read answers of every form, each
// to its very end, or the next would begin in the middle.
func TestClientReadsAnswers(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long": // chunked
			fmt.Fprint(w, long)
		case "/refused":
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, "no")
		case "/empty":
		default:
			fmt.Fprint(w, "short")
		}
	}))
	defer server.Close()
	c, err := dial(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, ask := range []struct{ path, body, failure string }{
		{"/", "short", ""}, {"/long", long, ""}, {"/empty", "", ""}, {"/refused", "no", "409"}, {"/", "short", ""},
	} {
		err := c.ask(post(ask.path, "key", `{}`))
		if got := c.body.String(); got != ask.body {
			t.Errorf("%s: %d bytes came, want %d", ask.path, len(got), len(ask.body))
		}
		if (err != nil) != (ask.failure != "") || err != nil && !strings.Contains(err.Error(), ask.failure) {
			t.Errorf("%s: the failure is %v, want %q in it", ask.path, err, ask.failure)
		}
	}
}

func TestReplaceNeedsItsMarks(t *testing.T) {
	path := file(t, "no marks")
	if err := Replace(path, Report{}); err == nil {
		t.Error("tables were written into a file that has no place for them")
	}
}

func TestReplace(t *testing.T) {
	path := file(t, "before\n"+tablesBegin+"old tables\n"+tablesEnd+"after\n")
	r := Report{Figures: []Figure{{Section: "bulk", Name: "new", Rate: 1}}}
	for range 2 { // a second time it stands where the first was
		if err := Replace(path, r); err != nil {
			t.Fatal(err)
		}
	}
	got := content(t, path)
	if !strings.HasPrefix(got, "before\n"+tablesBegin) || !strings.HasSuffix(got, tablesEnd+"after\n") {
		t.Errorf("what surrounds the tables changed:\n%s", got)
	}
	if strings.Contains(got, "old") || strings.Count(got, "| new") != 1 {
		t.Errorf("the tables were not replaced:\n%s", got)
	}
}
