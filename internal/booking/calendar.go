package booking

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Entry is a booking as it stands in somebody's calendar.
type Entry struct {
	*Booking
	// Host names the server or the programme, so that no other calendar has the
	// same name for something else.
	Host string
	// Service and Shop are in the reader's words.
	Service, Shop string
	Now           time.Time
}

// Entry returns a booking for a calendar, in a language or else the programme's. It
// needs bookings.read.
func (s *Service) Entry(ctx context.Context, a auth.Actor, programme, which id.ID, lang string) (Entry, error) {
	b, err := s.Get(ctx, a, programme, which)
	if err != nil {
		return Entry{}, err
	}
	q := s.DB.Reader()
	g, err := program.Load(ctx, q, programme)
	if err != nil {
		return Entry{}, err
	}
	o, err := loadOffering(ctx, q, programme, b.ServiceID, "")
	if err != nil {
		return Entry{}, err
	}
	shop, err := shopOf(ctx, q, b)
	return Entry{b, g.Slug, i18n.Pick(o.Spec.Names, append([]string{lang}, g.Languages...)...).Text, shop.Name, s.clock()}, err
}

// shopOf returns the shop where somebody is expected.
func shopOf(ctx context.Context, q db.Queryer, b *Booking) (program.Shop, error) {
	shops, err := program.Shops(ctx, q, b.ProgrammeID)
	if err != nil {
		return program.Shop{}, err
	}
	i := slices.IndexFunc(shops, func(x program.Shop) bool { return x.ID == b.ShopID })
	if i < 0 {
		return program.Shop{}, unknownShop()
	}
	return shops[i], nil
}

// stamp is how calendars write a moment: in UTC, so that no zones are needed.
const stamp = "20060102T150405Z"

// WriteCalendar writes a calendar file of one entry by RFC 5545. A booking that was
// moved or given up replaces what the same calendar took of it before.
func WriteCalendar(w io.Writer, e Entry) error {
	status, sequence := "CONFIRMED", e.Moves
	if !e.State.Holds() {
		status, sequence = "CANCELLED", e.Moves+1
	}
	_, err := io.WriteString(w, folded(
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Regulars//Bookings//EN", "METHOD:PUBLISH", "BEGIN:VEVENT",
		"UID:"+e.ID.In(id.Booking)+"@"+escaped(e.Host),
		"DTSTAMP:"+e.Now.UTC().Format(stamp),
		"DTSTART:"+e.Begins.UTC().Format(stamp),
		"DTEND:"+e.Ends.UTC().Format(stamp),
		fmt.Sprintf("SEQUENCE:%d", sequence),
		"STATUS:"+status,
		"SUMMARY:"+escaped(e.Service),
		"LOCATION:"+escaped(e.Shop),
		"END:VEVENT", "END:VCALENDAR"))
	if err != nil {
		return fmt.Errorf("writing a calendar file: %w", err)
	}
	return nil
}

// escaped is a text as a value in a calendar (RFC 5545, 3.3.11).
func escaped(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// lineBytes is the longest line of a calendar file, without its end (RFC 5545, 3.1).
const lineBytes = 75

// folded ends each line as calendars do and goes on in the next what is too long,
// never within a letter.
func folded(lines ...string) string {
	var b strings.Builder
	for _, line := range lines {
		for room := lineBytes; len(line) > room; room = lineBytes - 1 {
			cut := room
			for !utf8.RuneStart(line[cut]) {
				cut--
			}
			b.WriteString(line[:cut] + "\r\n ")
			line = line[cut:]
		}
		b.WriteString(line + "\r\n")
	}
	return b.String()
}
