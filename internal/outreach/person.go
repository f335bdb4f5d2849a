package outreach

import (
	"cmp"
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/program"
)

// person is who is to be told something.
type person struct {
	*member.Member
	aliases    []id.ID
	identities []member.Identity
	consents   []member.Consent
	programme  program.Programme
	policy     Policy
}

// meet reads a person.
func (s *Service) meet(ctx context.Context, q db.Queryer, programme, m id.ID) (*person, error) {
	found, err := member.Read(ctx, q, []id.ID{m})
	if err != nil {
		return nil, err
	}
	return furnish(ctx, q, programme, m, found[m])
}

// hold reads a person and locks the row of the member until the transaction
// ends: so the contacts of one person are decided one after another.
func (s *Service) hold(ctx context.Context, tx *db.Tx, programme, m id.ID) (*person, error) {
	found, err := member.Load(ctx, tx, []id.ID{m}, true)
	if err != nil {
		return nil, err
	}
	return furnish(ctx, tx, programme, m, found[m])
}

// furnish reads what else is to be known of a member.
func furnish(ctx context.Context, q db.Queryer, programme, m id.ID, found *member.Member) (_ *person, err error) {
	if found == nil || found.ProgrammeID != programme {
		return nil, member.Unknown(m)
	}
	p := &person{Member: found}
	if p.programme, err = program.Load(ctx, q, programme); err != nil {
		return nil, err
	}
	if p.policy, _, err = loadPolicy(ctx, q, programme); err != nil {
		return nil, err
	}
	if p.aliases, err = member.Aliases(ctx, q, found.ID); err != nil {
		return nil, err
	}
	identities, err := member.Identities(ctx, q, []id.ID{found.ID})
	if err != nil {
		return nil, err
	}
	p.identities = identities[found.ID]
	p.consents, err = member.Consents(ctx, q, p.aliases)
	return p, err
}

// reach finds the channel for a class: the first with an address that the
// member allows. Without consent it is the first with an address.
func (s *Service) reach(p *person, class flow.Class) (ch member.Channel, reachable, consented bool) {
	for _, way := range channelOrder {
		if s.Channels[way.channel] == nil || p.address(way.kind) == "" {
			continue
		}
		if !reachable {
			ch, reachable = way.channel, true
		}
		if class == flow.ServiceContact || member.Allowed(p.consents, purposeOf(class), way.channel) {
			return way.channel, true, true
		}
	}
	return ch, reachable, false
}

// Askable returns the members of a programme who may be asked: who have an address
// of a channel of this installation on which they allow questions. Those whose
// profiles were merged into others stand under the survivors.
func (s *Service) Askable(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]bool, error) {
	survivors, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	said := map[id.ID][]member.Consent{}
	err = member.EachConsent(ctx, q, programme, func(c member.Consent) error {
		if who := cmp.Or(survivors[c.MemberID], c.MemberID); c.Purpose == purposeOf(flow.AskContact) {
			said[who] = append(said[who], c)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	askable := map[id.ID]bool{}
	err = member.EachIdentity(ctx, q, programme, func(who id.ID, i member.Identity) error {
		for _, way := range channelOrder {
			if way.kind == i.Kind && s.Channels[way.channel] != nil && member.Allowed(said[who], purposeOf(flow.AskContact), way.channel) {
				askable[who] = true
			}
		}
		return nil
	})
	return askable, err
}

// address is the person's first of a kind.
func (p *person) address(kind member.IdentityKind) string {
	for _, i := range p.identities {
		if i.Kind == kind {
			return i.Value
		}
	}
	return ""
}

// facts gathers what a verdict goes by, but for one contact, which does not
// count against itself.
func (s *Service) facts(ctx context.Context, q db.Queryer, p *person, class flow.Class, except id.ID) (Facts, member.Channel, error) {
	now := db.Time(db.Micros(s.Now()))
	f := Facts{
		Now: now, Class: class, Erased: p.Status == member.Erased, Zone: p.ZoneOr(p.programme.Zone),
		Control: experiment.Held(p.Bucket, p.programme.ControlShare),
	}
	var ch member.Channel
	ch, f.Reachable, f.Consented = s.reach(p, class)
	span := max(monthCapSpan, time.Duration(p.policy.AskDays+1)*24*time.Hour)
	var err error
	if f.Stimuli, f.Asks, err = decidedSince(ctx, q, p.aliases, now.Add(-span), except); err != nil {
		return f, ch, err
	}
	return f, ch, s.askOthers(ctx, q, p, &f)
}

// askOthers fills in what other rooms know of the person.
func (s *Service) askOthers(ctx context.Context, q db.Queryer, p *person, f *Facts) error {
	if s.Incidents != nil {
		list, err := s.Incidents.Open(ctx, q, p.ProgrammeID, p.aliases)
		if err != nil {
			return err
		}
		f.Incidents = &list
	}
	if s.Loyalty != nil {
		is, err := s.Loyalty.Loyal(ctx, q, p.ProgrammeID, p.aliases)
		if err != nil {
			return err
		}
		f.Loyal = &is
	}
	if s.Load != nil {
		is, err := s.Load.Overloaded(ctx, q, p.ProgrammeID, p.aliases)
		if err != nil {
			return err
		}
		f.Overloaded = &is
	}
	return nil
}

// decide settles what becomes of a contact now.
func (s *Service) decide(ctx context.Context, q db.Queryer, p *person, c *Contact) error {
	f, ch, err := s.facts(ctx, q, p, c.Class, c.ID)
	if err != nil {
		return err
	}
	c.Verdict, c.Channel, c.Decided, c.Due = Decide(p.policy, f), ch, f.Now, time.Time{}
	c.dayCap, c.monthCap = p.policy.DayCap, p.policy.MonthCap
	switch c.Verdict.Outcome {
	case Allow:
		c.State = Queued
	case Defer:
		c.State, c.Due = Deferred, c.Verdict.Until
	case Refuse:
		c.State = Refused
	}
	return nil
}

// The kinds of job of this room: a deferred contact is decided again, and one
// that is allowed is sent.
const (
	DecideJob = "outreach.decide"
	SendJob   = "outreach.send"
)

// ref names a contact in a job.
type ref struct {
	MemberID  id.ID `json:"member"`
	ContactID id.ID `json:"contact"`
}

// next is the job by which a contact goes on, if there is one.
func (c *Contact) next() []jobs.New {
	name := c.ID.In(id.Contact)
	k := ref{c.MemberID, c.ID}
	switch c.State {
	case Queued:
		return []jobs.New{{Kind: SendJob, Unique: name, Payload: k}}
	case Deferred:
		// With the time in its name the job is another than the one that runs.
		return []jobs.New{{Kind: DecideJob, Unique: name + " " + c.Due.Format(time.RFC3339Nano), Payload: k, RunAt: c.Due}}
	default:
		return nil
	}
}
