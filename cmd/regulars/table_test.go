package main

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type shelf struct {
	Room string `json:"room"`
	wood string
}

type book struct {
	shelf
	Title string            `json:"title,omitempty"`
	Pages int64             `json:"pages"`
	Notes map[string]string `json:"notes"`

	worn bool
}

// A table has the fields that JSON would have, and no more: what a room keeps
// for itself in a record is nobody's column.
func TestATableHasTheFieldsOfJSON(t *testing.T) {
	record := book{shelf{"hall", "oak"}, "Tea", 12, map[string]string{"en": "x"}, true}
	if d := cmp.Diff([]string{"room", "title", "pages", "notes"}, columnNames(reflect.TypeOf(record))); d != "" {
		t.Error(d)
	}
	got, err := cells(nil, reflect.ValueOf(record))
	if d := cmp.Diff([]string{"hall", "Tea", "12", `{"en":"x"}`}, got); err != nil || d != "" {
		t.Error(err, d)
	}
}

// TestAPanicIsNoSuccess: only kong's way out gives the code to exit with.
func TestAPanicIsNoSuccess(t *testing.T) {
	var code int
	func() {
		defer exitBy(&code)
		panic(quit(3))
	}()
	if code != 3 {
		t.Errorf("the code is %d", code)
	}
	defer func() {
		if recover() != "broken" {
			t.Error("the panic was swallowed")
		}
	}()
	defer exitBy(&code)
	panic("broken")
}
