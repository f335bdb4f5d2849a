package booking

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"regulars/internal/id"

	"pgregory.net/rapid"
)

// TestACalendarFile is held against the grammar of RFC 5545 as it reads.
func TestACalendarFile(t *testing.T) {
	b := &Booking{ID: 1, Begins: time.Date(2026, 10, 25, 2, 30, 0, 0, time.FixedZone("CEST", 7200)), Ends: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), State: Booked, Moves: 2}
	var file strings.Builder
	if err := WriteCalendar(&file, Entry{Booking: b, Host: "bean", Service: "Cakes, teas; \\ and\r\nmore", Shop: "Quay", Now: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Regulars//Bookings//EN", "METHOD:PUBLISH", "BEGIN:VEVENT", "UID:" + b.ID.In(id.Booking) + "@bean",
		"DTSTAMP:20261001T090000Z", "DTSTART:20261025T003000Z", "DTEND:20261025T013000Z", "SEQUENCE:2", "STATUS:CONFIRMED",
		`SUMMARY:Cakes\, teas\; \\ and\nmore`, "LOCATION:Quay", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	if file.String() != want {
		t.Errorf("the file is\n%s\nwant\n%s", file.String(), want)
	}
	b.State = CalledOff
	file.Reset()
	if err := WriteCalendar(&file, Entry{Booking: b, Host: "bean", Service: "Cakes", Shop: "Quay"}); err != nil || !strings.Contains(file.String(), "SEQUENCE:3\r\nSTATUS:CANCELLED\r\n") {
		t.Errorf("what was given up is %s, %v", file.String(), err)
	}
}

// TestLinesAreFoldedBetweenLetters draws texts of any letters: no line is longer
// than calendars read, none breaks a letter, and unfolded it is the text again.
func TestLinesAreFoldedBetweenLetters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "SUMMARY:" + escaped(rapid.String().Draw(t, "text")+strings.Repeat(rapid.SampledFrom([]string{"ż", "🍃", "a", "ש"}).Draw(t, "letter"), rapid.IntRange(0, 200).Draw(t, "times")))
		file := folded(text)
		if got := strings.TrimSuffix(strings.ReplaceAll(file, "\r\n ", ""), "\r\n"); got != text {
			t.Fatalf("%q comes back as %q", text, got)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(file, "\r\n"), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line is %d bytes: %q", len(line), line)
			}
		}
	})
}
