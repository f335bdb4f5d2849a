package flow

import (
	"bytes"
	"encoding/json"
	"testing"

	"regulars/internal/journal"
)

// FuzzRevive reads bodies as a journal may hold them: none makes it panic, and
// what can be read is written again as it was understood. What is stripped for
// an erased person holds no free text.
func FuzzRevive(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"return":{}}`, `{"return":{"sale_reference":"s","whole":true}}`,
		`{"return":{"sale_reference":"s","lines":[{"sku":"a","quantity":1000}]}}`,
		`{"lines":[{"sku":"a","quantity":1000,"amount":5}],"currency":"GBP"}`,
		`{"adjustment":{"wallet":1,"points":-5,"reason":"why"},"attributes":{"a":"b"}}`,
		`{"return":{"lines":[{"quantity":1e999}]}}`, `{"lines":`, "{\"attributes\":{\"\xff\":\"\"}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		it, err := (&batch{}).revive(&journal.Event{Kind: journal.Return, Body: body})
		if err != nil {
			return
		}
		once, err := json.Marshal(it.event.Payload)
		if err != nil {
			t.Fatal(err)
		}
		again, err := (&batch{}).revive(&journal.Event{Kind: journal.Return, Body: once})
		if err != nil {
			t.Fatalf("%s, written as %s, is not read again: %v", body, once, err)
		}
		if twice, _ := json.Marshal(again.event.Payload); !bytes.Equal(once, twice) {
			t.Errorf("%s becomes %s and then %s", body, once, twice)
		}
		stripped, err := strip(journal.Return, body)
		if err != nil {
			t.Fatal(err)
		}
		var p Payload
		if err := json.Unmarshal(stripped, &p); err != nil || len(p.Attributes) > 0 || p.Adjustment != nil && p.Adjustment.Reason != "" {
			t.Errorf("stripped of what tells of a person: %s", stripped)
		}
	})
}
