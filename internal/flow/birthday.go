package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// birthdayDays is how many days back Birthdays looks, for a server that was
// away.
const birthdayDays = 7

// birthdayGap is how many days there are at least between two birthdays of one
// person, so that no change of the date brings a second one soon.
const birthdayGap = 300

// Birthdays puts the birthdays of the last days on the timelines of enrolled
// members, as many days ahead as the programme says, so that rules may answer
// them: once a year for each person, whatever is changed in the profile or
// merged meanwhile. It is meant to run every hour.
func (s *Service) Birthdays(ctx context.Context) error {
	programmes, err := program.List(ctx, s.db.Reader())
	if err != nil {
		return err
	}
	for _, p := range programmes {
		today := s.now().In(p.Zone)
		for back := range p.BirthdayDays + birthdayDays {
			if err := s.birthdaysOn(ctx, p, today.AddDate(0, 0, p.BirthdayDays-back)); err != nil {
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
		after = page[len(page)-1]
		events, err := s.birthdaysOf(ctx, p, page, time.Date(year, month, date, 0, 0, 0, 0, p.Zone))
		if err != nil {
			return err
		}
		if err := s.note(ctx, events); err != nil {
			return err
		}
	}
}

// birthdaysOf are the birthdays of a day that are to be noted.
func (s *Service) birthdaysOf(ctx context.Context, p program.Programme, page []id.ID, at time.Time) ([]*Event, error) {
	members, err := member.Read(ctx, s.db.Reader(), page)
	if err != nil {
		return nil, err
	}
	var events []*Event
	for _, m := range page {
		if one := members[m]; one != nil && one.Enrolled.Before(at.AddDate(0, 0, 1)) {
			events = append(events, birthday(p, one, at))
		}
	}
	if events, err = s.unnoted(ctx, events); err != nil {
		return nil, err
	}
	events = slices.DeleteFunc(events, func(e *Event) bool { return err == nil && s.birthdayNear(ctx, e, &err) })
	return events, err
}

// birthday is named by the member and the year of the birthday, so that it
// comes once a year though the date be changed. Who joins when it should have
// been noted already has it then.
func birthday(p program.Programme, m *member.Member, at time.Time) *Event {
	return &Event{
		ProgrammeID: p.ID, Source: ownSource, ExternalID: fmt.Sprintf("birthday:%s:%d", m.ID.In(id.Member), at.Year()),
		Kind: journal.Birthday, Occurred: later(at.AddDate(0, 0, -p.BirthdayDays), m.Enrolled), Who: Who{MemberID: m.ID}, Actor: auth.System("clock"),
	}
}

// unnoted leaves the events that are not in the journal yet; none for none.
func (s *Service) unnoted(ctx context.Context, events []*Event) ([]*Event, error) {
	if len(events) == 0 {
		return nil, nil
	}
	keys := make([]journal.Key, len(events))
	for i, e := range events {
		keys[i] = e.key()
	}
	known, err := journal.Known(ctx, s.db.Reader(), keys)
	return slices.DeleteFunc(events, func(e *Event) bool {
		_, was := known[e.key()]
		return was
	}), err
}

// birthdayNear reports whether the person, by any of their profiles, has had a
// birthday too short a time before or after.
func (s *Service) birthdayNear(ctx context.Context, e *Event, failed *error) bool {
	near := false
	*failed = s.db.View(ctx, func(q db.Queryer) error {
		aliases, err := member.Aliases(ctx, q, e.Who.MemberID)
		if err != nil {
			return err
		}
		before := journal.Cursor{Occurred: e.Occurred.AddDate(0, 0, birthdayGap)}
		last, err := journal.Timeline(ctx, q, aliases, before, 1, journal.Birthday)
		near = len(last) > 0 && last[0].Occurred.After(e.Occurred.AddDate(0, 0, -birthdayGap))
		return err
	})
	return near
}

// note takes events of our own and logs those that are refused.
func (s *Service) note(ctx context.Context, events []*Event) error {
	if len(events) == 0 {
		return nil
	}
	results, err := s.Take(ctx, events)
	if err != nil {
		return err
	}
	for i, r := range results {
		if r.Err != nil {
			s.log.Warn("an event of our own was not noted", "kind", string(events[i].Kind), "member", events[i].Who.MemberID.In(id.Member), "error", r.Err)
		}
	}
	return nil
}
