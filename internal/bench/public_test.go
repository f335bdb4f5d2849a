package bench

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestVisitsKeepTheirShares makes a thousand requests: each is one that a server can
// read, each kind has its share of every hundred, and no address asks too often.
func TestVisitsKeepTheirShares(t *testing.T) {
	d := &doors{Cards: []string{"c0", "c1"}, Parcels: []string{"p0"}, Surveys: []string{"s0"}, Orders: []string{"o0", "o1", "o2"}}
	met, from, whole := map[*visit]int{}, map[string]int{}, 0
	for _, v := range visits {
		whole += v.share
	}
	if whole != 100 {
		t.Fatalf("the shares make %d", whole)
	}
	const rounds = 10
	for n := range rounds * 100 {
		v := visiting(n)
		met[v]++
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(v.asked(d, n))))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || (v.kind == sending) != (r.Method == http.MethodPost) || (v.kind == sending) != (len(body) > 0) || r.ContentLength != int64(len(body)) {
			t.Fatalf("%s %s with %q: %v", r.Method, r.URL, body, err)
		}
		if (v.kind == leading) != strings.HasSuffix(r.URL.Path, "/r") {
			t.Errorf("%s is of the kind %d", r.URL, v.kind)
		}
		from[r.Header.Get("X-Forwarded-For")]++
	}
	for i := range visits {
		if met[&visits[i]] != visits[i].share*rounds {
			t.Errorf("visit %d came %d times, its share is %d", i, met[&visits[i]], visits[i].share)
		}
	}
	for a, n := range from {
		if n != eachVisitor {
			t.Errorf("%s asks %d times", a, n)
		}
	}
}
