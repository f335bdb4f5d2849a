package promise

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Mapper says where in a carrier's message everything stands. A path names
// fields with dots between them and places in lists by number from 0, as
// data.track.0.code.
type Mapper struct {
	Number string `json:"number,omitempty"` // from the root
	// Events is the list of events; empty where the message is one event.
	Events string `json:"events,omitempty"`
	// Status, Time, Place, Text and ID are looked for in each event.
	Status string `json:"status,omitempty"`
	Time   string `json:"time,omitempty"`
	Place  string `json:"place,omitempty"`
	Text   string `json:"text,omitempty"`
	ID     string `json:"id,omitempty"`
	// Words say what the carrier's statuses mean.
	Words map[string]Status `json:"words,omitempty"`
}

// check refuses a mapper that cannot find a parcel; an empty one reads nothing.
func (m *Mapper) check() (wrong []*fault.Error) {
	if m.Number == "" && m.Status == "" && m.Time == "" && len(m.Words) == 0 {
		return nil
	}
	for _, p := range []struct {
		at, path string
		needed   bool
	}{
		{"number", m.Number, true}, {"events", m.Events, false}, {"status", m.Status, true}, {"time", m.Time, true},
		{"place", m.Place, false}, {"text", m.Text, false}, {"id", m.ID, false},
	} {
		wrong = append(wrong, fault.All(i18n.CheckText("/mapper/"+p.at, p.path, p.needed, maxReference))...)
	}
	if len(m.Words) == 0 || len(m.Words) > 100 {
		return append(wrong, fault.Invalid("parcel_words", "say what 1 to 100 words of the carrier mean").At("/mapper/words"))
	}
	for word, status := range m.Words {
		if status.rank() < 0 || word == "" || len(word) > maxReference {
			return append(wrong, fault.Invalid("parcel_status", "a parcel is created, in_transit, out_for_delivery, delivered, failed or returned").At("/mapper/words"))
		}
	}
	return wrong
}

// read takes a message apart.
func (m *Mapper) read(body []byte, zone *time.Location) (Told, error) {
	if m.Number == "" {
		return Told{}, fault.Refused("parcel_mapper", "the programme has not said how this carrier's messages are read")
	}
	var root any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&root); err != nil {
		return Told{}, unreadable()
	}
	t := Told{Number: textAt(root, m.Number)}
	if t.Number == "" {
		return Told{}, unreadable()
	}
	events := []any{root}
	if m.Events != "" {
		list, ok := at(root, m.Events).([]any)
		if !ok {
			return Told{}, unreadable()
		}
		events = list
	}
	for _, e := range events {
		before := len(t.Scans)
		t.add(m.Words[textAt(e, m.Status)], textAt(e, m.Time), zone, textAt(e, m.Place), textAt(e, m.Text))
		if len(t.Scans) > before {
			t.Scans[before].ExternalID = clean(textAt(e, m.ID))
		}
	}
	return t, nil
}

// at follows a path; nil where it leads nowhere.
func at(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[part]
		case []any:
			n, err := strconv.Atoi(part)
			if err != nil || n < 0 || n >= len(in) {
				return nil
			}
			v = in[n]
		default:
			return nil
		}
	}
	return v
}

// textAt returns the word or number at a path.
func textAt(v any, path string) string {
	if path == "" {
		return ""
	}
	switch found := at(v, path).(type) {
	case string:
		return found
	case json.Number:
		return fmt.Sprint(found)
	}
	return ""
}
