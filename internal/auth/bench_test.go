package auth

import (
	"log/slog"
	"testing"

	"regulars/internal/db/dbtest"
)

func BenchmarkAuthenticate(b *testing.B) {
	s := New(dbtest.SQLite(b, Schema), Config{Now: newClock().now, Log: slog.New(slog.DiscardHandler), Hashing: quick})
	_, text, err := s.CreateKey(b.Context(), System("bench"), NewKey{ProgrammeID: here, Name: "till", Scopes: Scopes()})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		a, err := s.Authenticate(b.Context(), text, "192.0.2.1:5000")
		if err != nil || a.Can(here, ReportsRead) != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHashing(b *testing.B) {
	h := newHasher(DefaultHashing())
	for b.Loop() {
		if _, err := h.hash(b.Context(), password); err != nil {
			b.Fatal(err)
		}
	}
}
