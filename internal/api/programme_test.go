package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEverySettingThatIsSentIsKept: a field that the document offers and that the
// programme forgets is a setting that its owner believes in.
func TestEverySettingThatIsSentIsKept(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		sent := map[string]any{
			"name": "Corner Shop & Sons", "slug": "corner-and-sons", "zone": "Europe/Warsaw", "languages": []any{"pl", "ru"}, "hue": 31.0,
			"enrolment": "on_request", "offline_conflicts": "refuse", "region": "PL", "control_share": 250.0, "birthday_days": 5.0, "profile": []any{"name", "phone"},
		}
		of := reflect.TypeFor[programmePatch]()
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if _, has := sent[name]; !has {
				t.Errorf("the test sends no %s", name)
			}
		}
		before := as[map[string]any](h.call("GET", "/v1/programme", "").ok(200))
		for name, value := range sent {
			if cmp.Equal(value, before[name]) {
				t.Errorf("%s is %v already: send another", name, value)
			}
		}
		body, err := json.Marshal(sent)
		must(t, err)
		h.call("PATCH", "/v1/programme", string(body)).ok(200)
		kept := as[map[string]any](h.call("GET", "/v1/programme", "").ok(200))
		for name, want := range sent {
			if diff := cmp.Diff(want, kept[name]); diff != "" {
				t.Errorf("%s was not kept: %s", name, diff)
			}
		}
	})
}
