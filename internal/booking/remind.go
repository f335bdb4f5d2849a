package booking

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/program"
)

const (
	// remindAhead is how long before the time members are reminded.
	remindAhead = 24 * time.Hour
	// remindRest is how long after it was booked somebody still has it in mind.
	remindRest = 12 * time.Hour
)

// Remind has members written to who are expected within a day, once for each time
// that they have; not those who booked it in the last hours.
func (s *Service) Remind(ctx context.Context) error {
	for {
		n, err := s.remindSome(ctx)
		if err != nil {
			return fmt.Errorf("reminding of bookings: %w", err)
		}
		if n < mostListed {
			return nil
		}
	}
}

func (s *Service) remindSome(ctx context.Context) (n int, err error) {
	now := s.clock()
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		list, err := selectBookings(ctx, tx, `state = 'booked' AND begins > $1 AND begins <= $2 AND member_id <> 0 AND reminded <> begins AND made <= $3
			ORDER BY begins, id LIMIT $4`+tx.ForUpdate(), db.Micros(now), db.Micros(now.Add(remindAhead)), db.Micros(now.Add(-remindRest)), mostListed)
		if err != nil {
			return err
		}
		n = len(list)
		for _, b := range list {
			b.Reminded = b.Begins
			if err := tx.Update(ctx, bookingTable, [][]any{b.row()}); err != nil {
				return fmt.Errorf("noting a reminder: %w", err)
			}
			if err := s.letter(ctx, tx, b, "booking_tomorrow"); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// letter asks that a booking's member be written to, in the words of a message
// with the service, the shop and the time by its clock.
func (s *Service) letter(ctx context.Context, tx *db.Tx, b *Booking, message string) error {
	if b.MemberID == 0 {
		return nil
	}
	p, err := program.Load(ctx, tx, b.ProgrammeID)
	if err != nil {
		return err
	}
	o, err := loadOffering(ctx, tx, b.ProgrammeID, b.ServiceID, "")
	if err != nil {
		return err
	}
	shop, err := shopOf(ctx, tx, b)
	if err != nil {
		return err
	}
	zone, err := ZoneOf(&p, shop)
	if err != nil {
		return err
	}
	found, err := member.Read(ctx, tx, []id.ID{b.MemberID})
	if err != nil {
		return err
	}
	lang := ""
	if m := found[b.MemberID]; m != nil {
		lang = m.Language
	}
	y, m, d := b.Begins.In(zone).Date()
	plain := func(words string) i18n.Text {
		return i18n.Text{Key: "booking.plain", Args: map[string]any{"words": words}}
	}
	name := fmt.Sprintf("%s:%s:%d", b.ID.In(id.Booking), message, db.Micros(b.Begins))
	return jobs.Add(ctx, tx, s.clock(), jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
		ProgrammeID: b.ProgrammeID, MemberID: b.MemberID, Class: flow.ServiceContact, Message: message, Name: name, Path: "/me/" + p.Slug + "/book",
		Args: map[string]i18n.Text{
			"service": plain(i18n.Pick(o.Spec.Names, append([]string{lang}, p.Languages...)...).Text), "shop": plain(shop.Name), "time": plain(Clock(b.Begins, zone)),
			"day": {Key: "booking.day", Args: map[string]any{"day": time.Date(y, m, d, 12, 0, 0, 0, p.Zone)}}, "reason": plain(b.Reason),
		},
	}})
}
