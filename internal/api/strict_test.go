package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// eventShape is the shape of an event, without a server.
func eventShapeFor(t testing.TB) *shape {
	t.Helper()
	ss := newShapes(describe("").Components.Schemas)
	_, sh := ss.of(reflect.TypeFor[newEvent]())
	return sh
}

// FuzzEvent reads anything as an event. What is taken must mean the same when
// it is written and read again, and hold no text that could not be kept.
func FuzzEvent(f *testing.F) {
	f.Add([]byte(exampleEvent))
	f.Add([]byte(purchase("1", "+442079460018", 100)))
	f.Add([]byte(`{"source":"s","external_id":"1","kind":"return","return":{"lines":[{"line":1,"quantity":"0.5"}]}}`))
	f.Add([]byte(`{"source":"\u0041\ud83d\ude00","external_id":"\\\"","kind":"x","attributes":{"a":"b","\n":"c"}}`))
	f.Add([]byte(`{"occurred":"2025-12-31T23:59:60Z","lines":[{"quantity":-0,"amount":-0}]}`))
	f.Add([]byte(`[[[[[[[[{"a":[{}]}]]]]]]]]`))
	f.Add([]byte("{\"source\":\"\xc3\x28\"}"))
	f.Add([]byte(`{"source":"s","source":"t"}`))
	f.Add([]byte(` {"enrol" : true , "lines" : [ ] } `))
	sh := eventShapeFor(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var n newEvent
		if err := decode(body, sh, "", &n); err != nil {
			return
		}
		if !utf8.Valid(body) || strings.ContainsRune(n.Source+n.Kind+n.Shop, 0) || n.Source == "" || n.ExternalID == "" {
			t.Fatalf("%q was taken as %+v", body, n)
		}
		written, err := json.Marshal(n)
		must(t, err)
		var again newEvent
		if err := decode(written, sh, "", &again); err != nil {
			t.Fatalf("%s was taken, but not %s: %v", body, written, err)
		}
		if !again.Occurred.Equal(n.Occurred) {
			t.Fatalf("%s is %v, %s is %v", body, n.Occurred, written, again.Occurred)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(written) {
			t.Fatalf("%s became %s", written, twice)
		}
	})
}

// TestTheReaderNeverLosesItsWay reads JSON made at random by shapes that do not
// fit, which must end, and agree about what is whole.
func TestTheReaderNeverLosesItsWay(t *testing.T) {
	sh := eventShapeFor(t)
	rapid.Check(t, func(t *rapid.T) {
		v := someJSON(3).Draw(t, "value")
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		r := reader{b: b}
		r.value(sh)
		if r.i != len(b) {
			t.Fatalf("read %d letters of %d: %s", r.i, len(b), b)
		}
	})
}

// someJSON draws any JSON value, with the names of events among others.
func someJSON(depth int) *rapid.Generator[any] {
	plain := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }), rapid.Map(rapid.String(), func(s string) any { return s }),
	)
	if depth == 0 {
		return plain
	}
	names := rapid.OneOf(rapid.SampledFrom([]string{"source", "lines", "return", "quantity", "amount", "identities", "kind", "attributes", "profile"}), rapid.String())
	return rapid.OneOf(plain,
		rapid.Map(rapid.SliceOfN(someJSON(depth-1), 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(names, someJSON(depth-1), 0, 5), func(m map[string]any) any { return m }))
}

func TestQuantities(t *testing.T) {
	for text, want := range map[string]struct {
		thousandths int64
		shown       string
	}{
		"1": {1000, "1"}, "2.5": {2500, "2.5"}, "0.001": {1, "0.001"}, "-1.25": {-1250, "-1.25"}, "3.100": {3100, "3.1"}, "-0.5": {-500, "-0.5"},
		"1000000": {1_000_000_000, "1000000"}, "0": {0, "0"},
	} {
		for _, written := range []string{text, `"` + text + `"`} {
			var q quantity
			must(t, json.Unmarshal([]byte(written), &q))
			if int64(q) != want.thousandths || q.String() != want.shown {
				t.Errorf("%s: got %d, shown as %s", written, int64(q), q)
			}
		}
	}
	for _, text := range []string{"", " ", "1,5", "0.0001", "1e3", "NaN", "--1", "1.", ".5", "+1", "-", "-.5", "99999999999999999999", "999999999999999999"} {
		if q, err := parseQuantity(text); err == nil {
			t.Errorf("%q was taken as %d", text, int64(q))
		}
	}
}

func TestQuantitiesAreReadAsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quantity(rapid.Int64Range(-1e12, 1e12).Draw(t, "quantity"))
		if back, err := parseQuantity(q.String()); err != nil || back != q {
			t.Fatalf("%d is shown as %s and read as %d, %v", int64(q), q, int64(back), err)
		}
	})
}
