package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// walk goes through a list page by page and returns what names each entry.
func (h *house) walk(path, name string, size int) []string {
	h.t.Helper()
	var found []string
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	for cursor, pages := "", 0; ; pages++ {
		p := as[struct {
			Items []map[string]any
			Next  string
		}](h.call("GET", fmt.Sprintf("%s%slimit=%d&cursor=%s", path, sign, size, url.QueryEscape(cursor)), "").ok(200))
		for _, item := range p.Items {
			b, _ := json.Marshal([]any{item[name], item["line"]})
			found = append(found, string(b))
		}
		if len(p.Items) > size {
			h.t.Fatalf("%s: a page of %d holds %d", path, size, len(p.Items))
		}
		if p.Next == "" {
			return found
		}
		if cursor = p.Next; pages > 1000 {
			h.t.Fatalf("%s: the pages never end", path)
		}
	}
}

// TestCursorsWalkAll goes through every list in pages of every size: nothing
// is left out and nothing comes twice.
func TestCursorsWalkAll(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		const n = 23
		m := h.crowd(n)
		for _, list := range []struct {
			path, name string
			least      int
		}{
			{"/v1/members", "id", n}, {"/v1/members?q=nina", "id", n}, {"/v1/members?tag=regular", "id", n}, {"/v1/members/" + m + "/timeline", "event", 2 * n},
			{"/v1/members/" + m + "/timeline?kinds=visit,custom.x", "event", 2}, {"/v1/members/" + m + "/statement", "entry", n},
			{"/v1/audit", "id", n}, {"/v1/products", "sku", n}, {"/v1/returns/unmatched", "event", n}, {"/v1/returns/waiting", "event", n},
		} {
			whole := h.walk(list.path, list.name, 200)
			if len(whole) < list.least {
				t.Errorf("%s: got %d entries, want at least %d", list.path, len(whole), list.least)
			}
			if distinct := slices.Compact(slices.Sorted(slices.Values(whole))); len(distinct) != len(whole) {
				t.Errorf("%s: %d entries, %d of them distinct", list.path, len(whole), len(distinct))
			}
			for _, size := range []int{1, 2, 7, 22, 23, 24} {
				if got := h.walk(list.path, list.name, size); !slices.Equal(got, whole) {
					t.Errorf("%s in pages of %d: got %v, want %v", list.path, size, got, whole)
				}
			}
		}
	})
}

// crowd fills every list and returns a member with a long history, some of it
// of one moment.
func (h *house) crowd(n int) string {
	h.t.Helper()
	var events []string
	for i := range n {
		h.call("PATCH", "/v1/programme", fmt.Sprintf(`{"hue":%d}`, i)).ok(200)
		h.call("POST", "/v1/members", fmt.Sprintf(`{"identities":[{"kind":"card","value":"C%d"}],"given_name":"Nina","tags":["regular"]}`, i)).ok(200)
		at := fmt.Sprintf("2025-06-%02dT10:00:00Z", 1+i/3)
		events = append(events,
			fmt.Sprintf(`{"source":"s","external_id":"p%d","kind":"purchase","occurred":%q,"identities":[{"kind":"card","value":"C0"}],"lines":[{"sku":"tea","quantity":1,"amount":1000}]}`, i, at),
			fmt.Sprintf(`{"source":"s","external_id":"u%d","kind":"return","occurred":%q,"identities":[{"kind":"card","value":"C0"}],"return":{"lines":[{"sku":"never","quantity":1},{"sku":"ever","quantity":2}]}}`, i, at),
			fmt.Sprintf(`{"source":"s","external_id":"w%d","kind":"return","return":{"sale_reference":"later%d","whole":true}}`, i, i),
		)
	}
	events = append(events, `{"source":"s","external_id":"v","kind":"visit","identities":[{"kind":"card","value":"C0"}]}`,
		`{"source":"s","external_id":"x","kind":"custom.x","identities":[{"kind":"card","value":"C0"}]}`)
	answers := as[bulkAnswer](h.call("POST", "/v1/events/bulk", `{"events":[`+strings.Join(events, ",")+`]}`).ok(200)).Answers
	for i, a := range answers {
		if a.Status != 200 {
			h.t.Fatalf("event %d was refused: %+v", i, a.Problem)
		}
	}
	var products []string
	for i := range n {
		products = append(products, fmt.Sprintf(`{"sku":"sku/%d ü"}`, i))
	}
	h.call("PUT", "/v1/products", `{"products":[`+strings.Join(products, ",")+`]}`).ok(200)
	return answers[0].Answer.Member
}

// TestCursorsStandWhileTheListGrows adds to a list while somebody walks it.
func TestCursorsStandWhileTheListGrows(t *testing.T) {
	h := newHouse(t)
	for i := range 6 {
		h.buy(fmt.Sprint(i), fmt.Sprintf("020 7946 00%02d", i), 1000)
	}
	first := as[page[memberView]](h.call("GET", "/v1/members?limit=3", "").ok(200))
	h.buy("new", "020 7946 0099", 1000)
	second := as[page[memberView]](h.call("GET", "/v1/members?limit=3&cursor="+first.Next, "").ok(200))
	if first.Items[2].ID <= second.Items[0].ID || len(second.Items) != 3 || second.Next != "" {
		t.Errorf("got %v then %v", first, second)
	}
}

func TestCursorsAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		place := pagePlace(rapid.Byte().Draw(t, "place"))
		numbers := rapid.SliceOfN(rapid.Int64(), 1, 3).Draw(t, "numbers")
		if numbers[0] == 0 {
			numbers[0] = 1
		}
		c := cursor(place.write(numbers...))
		got, err := place.read(c, len(numbers))
		if err != nil || !slices.Equal(got, numbers) {
			t.Fatalf("got %v, %v; want %v", got, err, numbers)
		}
		if _, err := (place + 1).read(c, len(numbers)); err == nil {
			t.Fatal("a cursor of one list was taken in another")
		}
		if _, err := place.read(c, len(numbers)+1); err == nil {
			t.Fatal("a cursor with too few numbers was taken")
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(inMembers.write(42))
	f.Add(inTimeline.write(1, 2))
	f.Add("")
	f.Add("!!")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte{'t', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}))
	f.Fuzz(func(t *testing.T, s string) {
		for _, count := range []int{1, 2} {
			numbers, err := inTimeline.read(cursor(s), count)
			if err != nil || s == "" {
				continue
			}
			if len(numbers) != count || numbers[0] == 0 {
				t.Errorf("%q: got %v", s, numbers)
			}
		}
	})
}
