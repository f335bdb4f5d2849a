package flow

import (
	"context"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// ProfileJob is the kind of job that looks whether profiles are complete after
// sign-ups; ReadProfiles does it.
const ProfileJob = "flow.profile"

// ReadProfiles notes the profiles of those who signed up, if they are complete.
func (s *Service) ReadProfiles(ctx context.Context, j *jobs.Job) error {
	var told Committed
	if err := j.Read(&told); err != nil {
		return err
	}
	for _, e := range told.Events {
		if err := s.NoteProfile(ctx, e.ProgrammeID, e.MemberID); err != nil {
			return err
		}
	}
	return nil
}

// NoteProfile puts it on a member's timeline that the profile is complete, by
// what the programme says must be known: once ever for each person, whatever
// is removed, added or merged afterwards. It is to be called when something of
// a member has changed, and does nothing where the programme asks for nothing.
func (s *Service) NoteProfile(ctx context.Context, programme, m id.ID) error {
	set, err := s.setups.latest(ctx, s.db.Reader(), programme)
	if err != nil {
		return err
	}
	return s.noteProfiles(ctx, set.programme, []id.ID{m})
}

// Profiles looks at every enrolled member of the programmes that ask for a
// complete profile, for what came by files and for those who had one before the
// programme asked. It is meant to run once a day.
func (s *Service) Profiles(ctx context.Context) error {
	programmes, err := program.List(ctx, s.db.Reader())
	if err != nil {
		return err
	}
	for _, p := range programmes {
		for after := id.ID(0); p.Profile != (program.Profile{}); {
			page, err := member.EnrolledAfter(ctx, s.db.Reader(), p.ID, after, maxBatch)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			after = page[len(page)-1]
			if err := s.noteProfiles(ctx, p, page); err != nil {
				return fmt.Errorf("noting profiles of programme %s: %w", p.Slug, err)
			}
		}
	}
	return nil
}

func (s *Service) noteProfiles(ctx context.Context, p program.Programme, ids []id.ID) error {
	if p.Profile == (program.Profile{}) {
		return nil
	}
	q := s.db.Reader()
	aliases, err := member.AliasSets(ctx, q, ids)
	if err != nil {
		return err
	}
	var everyone []id.ID
	for _, m := range ids {
		everyone = append(everyone, aliases[m]...)
	}
	had, err := journal.Having(ctx, q, journal.Profile, everyone)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(m id.ID) bool {
		return slices.ContainsFunc(aliases[m], func(one id.ID) bool { return had[one] })
	})
	if len(ids) == 0 {
		return nil
	}
	members, err := member.Read(ctx, q, ids)
	if err != nil {
		return err
	}
	identities, err := member.Identities(ctx, q, everyone)
	if err != nil {
		return err
	}
	var events []*Event
	for _, m := range ids {
		one := members[m]
		if one == nil || one.ProgrammeID != p.ID || one.Status != member.Enrolled {
			continue
		}
		complete := known(p.Profile, one, identities[one.ID])
		if complete && p.Profile.Consent {
			consents, err := member.Consents(ctx, q, aliases[m])
			if err != nil {
				return err
			}
			complete = consented(consents)
		}
		if complete {
			events = append(events, profile(one))
		}
	}
	return s.note(ctx, events)
}

// known reports whether everything asked for is known but the consent.
func known(asked program.Profile, m *member.Member, identities []member.Identity) bool {
	has := func(kind member.IdentityKind) bool {
		return slices.ContainsFunc(identities, func(i member.Identity) bool { return i.Kind == kind })
	}
	return (!asked.Name || m.GivenName != "" && m.FamilyName != "") && (!asked.Birthday || m.Birth.Month != 0) &&
		(!asked.Email || has(member.Email)) && (!asked.Phone || has(member.Phone))
}

// consented reports whether marketing is allowed by any channel.
func consented(history []member.Consent) bool {
	return slices.ContainsFunc(member.Channels(), func(ch member.Channel) bool { return member.Allowed(history, member.Marketing, ch) })
}

// profile is named by the member alone, so that it comes once.
func profile(m *member.Member) *Event {
	return &Event{
		ProgrammeID: m.ProgrammeID, Source: ownSource, ExternalID: "profile:" + m.ID.In(id.Member), Kind: journal.Profile,
		Who: Who{MemberID: m.ID}, Actor: auth.System("clock"),
	}
}
