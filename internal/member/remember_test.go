package member

import (
	"fmt"
	"testing"
)

// TestNormaliseRemembers holds that a service answers as Normalise does, the
// first time and again, and that what it remembers is bounded.
func TestNormaliseRemembers(t *testing.T) {
	s := New(nil, nil)
	cases := []struct {
		kind        IdentityKind
		raw, region string
	}{
		{Phone, "+44 20 7946 0018", ""}, {Phone, "020 7946 0018", "GB"}, {Phone, "020 7946 0018", "DE"}, {Phone, "020 7946 0018", ""}, {Phone, "+44", "GB"},
		{Phone, "\xff", "GB"}, {Phone, "+44 20 7946 0018 ext. 4", "GB"}, {Email, "A@Example.com", "GB"}, {Card, "ab-1", "GB"}, {"fax", "1", "GB"},
	}
	for range 2 {
		for _, c := range cases {
			want, failure := Normalise(c.kind, c.raw, c.region)
			got, err := s.Normalise(c.kind, c.raw, c.region)
			if got != want || fmt.Sprint(err) != fmt.Sprint(failure) {
				t.Errorf("%s %q in %q: %v, %v, want %v, %v", c.kind, c.raw, c.region, got, err, want, failure)
			}
		}
	}
	for i := range 3 * remembered {
		w := written{fmt.Sprintf("%06d", i), "GB"}
		s.phones.keep(w, Identity{Phone, w.raw})
		if one, known := s.phones.recall(w); !known || one.Value != w.raw {
			t.Fatalf("%v is forgotten at once", w)
		}
		if n := len(s.phones.young) + len(s.phones.past); n > 2*remembered {
			t.Fatalf("%d phones are remembered", n)
		}
	}
	if _, known := s.phones.recall(written{"000000", "GB"}); known {
		t.Error("the first is remembered for ever")
	}
}
