package flow

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// birthdayDays is how many days back Birthdays looks, for a server that was
// away.
const birthdayDays = 7

// Birthdays puts the birthdays of the last days on the timelines of enrolled
// members, so that rules may answer them: once a year for each, whatever is
// changed in the profile meanwhile. It is meant to run every hour.
func (s *Service) Birthdays(ctx context.Context) error {
	programmes, err := program.List(ctx, s.db.Reader())
	if err != nil {
		return err
	}
	for _, p := range programmes {
		today := s.now().In(p.Zone)
		for back := range birthdayDays {
			if err := s.birthdaysOn(ctx, p, today.AddDate(0, 0, -back)); err != nil {
				return fmt.Errorf("noting birthdays of programme %s: %w", p.Slug, err)
			}
		}
	}
	return nil
}

func (s *Service) birthdaysOn(ctx context.Context, p program.Programme, day time.Time) error {
	year, month, date := day.Date()
	for after := id.ID(0); ; {
		page, err := member.Birthdays(ctx, s.db.Reader(), p.ID, year, month, date, after, maxBatch)
		if err != nil || len(page) == 0 {
			return err
		}
		events := make([]*Event, len(page))
		for i, m := range page {
			events[i] = birthday(p, m, time.Date(year, month, date, 0, 0, 0, 0, p.Zone))
		}
		results, err := s.Take(ctx, events)
		if err != nil {
			return err
		}
		for i, r := range results {
			if r.Err != nil {
				s.log.Warn("a birthday was not noted", "member", page[i].In(id.Member), "error", r.Err)
			}
		}
		after = page[len(page)-1]
	}
}

// birthday is named by the member and the year, so that it comes once a year
// though the date be changed.
func birthday(p program.Programme, m id.ID, at time.Time) *Event {
	return &Event{
		ProgrammeID: p.ID, Source: ownSource, ExternalID: fmt.Sprintf("birthday:%s:%d", m.In(id.Member), at.Year()),
		Kind: journal.Birthday, Occurred: at, Who: Who{MemberID: m}, Actor: auth.System("clock"),
	}
}
