package condition_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/condition"
	"regulars/internal/fault"
)

func read(t *testing.T, raw string) condition.Node {
	t.Helper()
	n, err := condition.Read([]byte(raw), 1000)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNodeMembers(t *testing.T) {
	m, err := read(t, `{"gold":"1.5","a/b":2}`).Members(2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a/b", "gold"}, slices.Sorted(maps.Keys(m))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m["a/b"].Pointer() != "/a~1b" || string(m["gold"].Raw()) != `"1.5"` {
		t.Errorf("got %q at %q", m["gold"].Raw(), m["a/b"].Pointer())
	}
	for raw, want := range map[string][2]string{
		`[]`:                                     {"json_wrong_kind", ""},
		`{}`:                                     {"json_list_empty", ""},
		`{"a":1,"b":2}`:                          {"json_list_too_long", ""},
		`{"a":1,"a":2}`:                          {"json_name_twice", "/a"},
		`{"":1}`:                                 {"json_text_empty", "/"},
		"{\"a\\u0007b\":1}":                      {"json_text_control", "/a\ab"},
		`{"` + strings.Repeat("x", 101) + `":1}`: {"json_text_too_long", "/" + strings.Repeat("x", 101)},
	} {
		_, err := read(t, raw).Members(1)
		refusal(t, err, want[0], want[1])
	}
}

func TestNodeScalars(t *testing.T) {
	m, err := read(t, `{"n":-5,"s":"Лидс","f":false,"x":null}`).Object("n", "s", "f", "x")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := m["n"].Int(-5, 5); v != -5 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
	if v, err := m["s"].Text(8); v != "Лидс" || err != nil {
		t.Errorf("got %q, %v", v, err)
	}
	if v, err := m["f"].Flag(); v || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	_, err = m["n"].Int(-4, 5)
	refusal(t, err, "json_number_range", "/n")
	_, err = m["s"].Text(7)
	refusal(t, err, "json_text_too_long", "/s")
	_, err = m["x"].Flag()
	refusal(t, err, "json_wrong_kind", "/x")
	_, err = m["x"].Int(0, 1)
	refusal(t, err, "json_wrong_kind", "/x")
	_, err = m["n"].Text(7)
	refusal(t, err, "json_wrong_kind", "/n")
}

func TestNodePutsItsPlaceBeforeFaults(t *testing.T) {
	m, err := read(t, `{"rate":"x"}`).Object("rate")
	if err != nil {
		t.Fatal(err)
	}
	refusal(t, m["rate"].In(fault.Invalid("malformed_rate", "no").At("/0")), "malformed_rate", "/rate/0")
	plain := errors.New("disk")
	if got := m["rate"].In(plain); got != plain {
		t.Errorf("an error of ours became %v", got)
	}
}

// What a message repeats of the input is cut to a length that can be shown.
func TestFaultsDoNotRepeatLongInput(t *testing.T) {
	_, err := condition.Parse([]byte(`{"` + strings.Repeat("ф", 500) + `":1}`))
	if f := fault.As(err); f == nil || len(f.Message) > 300 {
		t.Errorf("got %v", err)
	}
}
