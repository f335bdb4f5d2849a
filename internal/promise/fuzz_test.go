package promise

import (
	"testing"
	"time"

	"regulars/internal/fault"
)

// FuzzCarriers reads any message of every carrier: it is refused with a word, or
// what it tells can be kept.
func FuzzCarriers(f *testing.F) {
	for _, body := range []string{
		easyPost, afterShip, generic, "", "null", `{"result":{"tracking_code":"\u0000","tracking_details":[{"status":"delivered","datetime":"0001-01-01"}]}}`,
		`{"msg":{"tracking_number":"1","checkpoints":[{"tag":"Delivered","checkpoint_time":"2026-01-01T00:00:00-99:99","message":"\ud800"}]}}`,
		`{"data":{"track":{"code":1e999},"steps":[[[[[[]]]]],{"state":"WAY","when":"2026-01-01","where":{"town":["x"]},"n":{"n":1}}]}}`,
	} {
		f.Add(body, "data.track.code", "data.steps")
	}
	f.Add(`[[{"code":"x","state":"WAY","when":"2026-01-01"}]]`, "0.0.code", "0")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body, number, events string) {
		m := mapper
		m.Number, m.Events = number, events
		for _, c := range Carriers() {
			told, err := c.Read([]byte(body), &m, time.UTC)
			if err != nil {
				if fault.As(err) == nil {
					t.Fatalf("%s: %v", c, err)
				}
				continue
			}
			for i := range told.Scans {
				s := &told.Scans[i]
				if err := s.check(now); err != nil && fault.As(err).Code != "absurd_time" {
					t.Fatalf("%s: %+v: %v", c, s, err)
				}
			}
		}
	})
}
