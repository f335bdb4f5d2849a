package fault

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
)

func TestKindSurvivesWrapping(t *testing.T) {
	err := fmt.Errorf("taking an event: %w", Conflict("other_body", "another body was sent under this key"))
	if KindOf(err) != KindConflict || As(err).Code != "other_body" {
		t.Errorf("kind %s, failure %v", KindOf(err), As(err))
	}
	if KindOf(io.EOF) != Internal || As(io.EOF) != nil || KindOf(nil) != Internal {
		t.Error("an error that is no failure of ours must be internal")
	}
}

func TestDecoratingLeavesTheOriginal(t *testing.T) {
	plain := Invalid("required", "a value is needed")
	placed := plain.At("/name").At("/items/0").With("limit", 3).Because(io.ErrUnexpectedEOF)
	if plain.Field != "" || plain.Args != nil || plain.Err != nil {
		t.Errorf("the original was changed: %+v", plain)
	}
	if placed.Field != "/items/0/name" || placed.Args["limit"] != 3 || !errors.Is(placed, io.ErrUnexpectedEOF) {
		t.Errorf("the copy lacks something: %+v", placed)
	}
	if got, want := placed.Error(), "/items/0/name: a value is needed: unexpected EOF"; got != want {
		t.Errorf("Error() = %q; want %q", got, want)
	}
}

func TestKindsHaveNames(t *testing.T) {
	want := []string{"internal", "invalid", "missing", "conflict", "refused", "busy"}
	for k, name := range want {
		if got := Kind(k).String(); got != name {
			t.Errorf("kind %d is called %q; want %q", k, got, name)
		}
	}
}

// TestSeveralGoTogether holds that failures found together are told together, each
// at its place, and that the first stands for them.
func TestSeveralGoTogether(t *testing.T) {
	name, price := Invalid("required", "a name").At("/name"), Invalid("malformed_sum", "a price").At("/price")
	if Join() != nil || Join(name) != error(name) {
		t.Error("none is nil, and one is itself")
	}
	err := At("/offer", fmt.Errorf("keeping an offer: %w", Join(name, price)))
	all := All(err)
	if len(all) != 2 || all[0].Field != "/offer/name" || all[1].Field != "/offer/price" || As(err).Code != "required" || KindOf(err) != KindInvalid {
		t.Errorf("got %v, the first is %v", all, As(err))
	}
	if name.Field != "/name" {
		t.Error("the original was changed")
	}
	if one := All(price); len(one) != 1 || one[0] != price || All(io.EOF) != nil || All(nil) != nil {
		t.Errorf("of one there is %v", one)
	}
}

// TestGather tells all that several checks found, each at its place, and nothing
// that is not for users.
func TestGather(t *testing.T) {
	if err := Gather(nil, nil); err != nil {
		t.Errorf("nothing is wrong, and it says %v", err)
	}
	name, days, hours := Invalid("name", "a name").At("/name"), Invalid("days", "days").At("/days"), Invalid("hours", "hours").At("/hours")
	var fields []string
	for _, f := range All(Gather(nil, name, Join(days, hours), nil)) {
		fields = append(fields, f.Field)
	}
	if want := []string{"/name", "/days", "/hours"}; !slices.Equal(fields, want) {
		t.Errorf("told of %q, want %q", fields, want)
	}
	inside := errors.New("the disk is full")
	if err := Gather(name, inside, days); !errors.Is(err, inside) || As(err) != nil {
		t.Errorf("a failure of our own is told as %v", err)
	}
}
