package program

import (
	"context"
	"testing"
	"time"
	_ "time/tzdata" // the tests must not depend on the machine's zones

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var boss = auth.System("test")

// each runs fn on both databases.
func each(t *testing.T, fn func(t *testing.T, s *Service)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, New(d)) }, auth.Schema, Schema)
}

func london(t testing.TB) *time.Location {
	t.Helper()
	return must(ParseZone("Europe/London"))(t)
}

// tea returns a programme that is right in every field.
func tea(t testing.TB) Programme {
	return Programme{Slug: "bean-and-leaf", Name: "Bean & Leaf", Currency: "GBP", Zone: london(t), Languages: []string{"en", "pl"}, Hue: 150,
		Settings: Settings{ControlShare: 500, Enrolment: OnRequest, Region: "GB"}}
}

func (s *Service) made(t testing.TB) Programme {
	t.Helper()
	return must(s.Create(ctx(t), boss, tea(t)))(t)
}

func (s *Service) version(t testing.TB, programme id.ID) int64 {
	t.Helper()
	return must(Versions(ctx(t), s.d.Reader(), []id.ID{programme}))(t)[programme]
}

// lastAudit returns the latest trace.
func (s *Service) lastAudit(t testing.TB) (action, subject, detail string) {
	t.Helper()
	err := s.d.Reader().QueryRow(ctx(t), `SELECT action, subject, detail FROM audit_row ORDER BY id DESC LIMIT 1`).Scan(&action, &subject, &detail)
	if err != nil {
		t.Fatal(err)
	}
	return action, subject, detail
}

func ctx(t testing.TB) context.Context { return t.Context() }

// must returns a function that yields the value or ends the test.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantCode checks the code and the field of a failure; an empty code means
// none.
func wantCode(t testing.TB, what string, err error, code, field string) {
	t.Helper()
	var got, at string
	if f := fault.As(err); f != nil {
		got, at = f.Code, f.Field
	}
	if got != code || at != field || (code == "") != (err == nil) {
		t.Errorf("%s: got %v, want code %q at %q", what, err, code, field)
	}
}
