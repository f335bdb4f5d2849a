package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// Taker takes events; flow.Service is one.
type Taker interface {
	Submit(ctx context.Context, events []*flow.Event) (wait func() ([]flow.Result, error), err error)
}

// ConsentTaker takes statements of consent; member.Service is one.
type ConsentTaker interface {
	TakeConsents(ctx context.Context, a auth.Actor, programme id.ID, said []member.Said) ([]member.Heard, error)
}

// Feed is how the records of a run reach a programme.
type Feed struct {
	To        Taker
	Programme id.ID
	Actor     auth.Actor
	// Consents is who takes files of consents.
	Consents ConsentTaker
	// Each, if set, is told the answer to every record, in order.
	Each func(Record, flow.Result)
}

// chunk is how many events are handed over at a time: as many as one
// transaction takes.
const chunk = 256

// Give takes every record of the run in business order. While one part is
// being committed the next is made ready. A record that is refused joins the
// rejects, with the words that say chooses for the failure.
func (f Feed) Give(ctx context.Context, r *Run, say func(error) string) error {
	g := giving{Feed: f, ctx: ctx, run: r, say: say}
	for record, err := range r.Records(ctx) {
		if err != nil {
			return err
		}
		if g.part = append(g.part, record); len(g.part) == chunk {
			if err := g.hand(); err != nil {
				return err
			}
		}
	}
	if err := g.hand(); err != nil {
		return err
	}
	return g.collect()
}

type giving struct {
	Feed
	ctx  context.Context
	run  *Run
	say  func(error) string
	part []Record

	sent []Record // handed over, not answered yet
	wait func() ([]flow.Result, error)
}

// hand hands the part over and then collects the answers to the one before.
func (g *giving) hand() error {
	wait, err := g.submit()
	if err != nil {
		return err
	}
	if err := g.collect(); err != nil {
		return err
	}
	g.sent, g.wait, g.part = g.part, wait, nil
	return nil
}

func (g *giving) submit() (wait func() ([]flow.Result, error), err error) {
	if len(g.part) > 0 && g.part[0].Consent != nil {
		return g.consents, nil
	}
	events := make([]*flow.Event, len(g.part))
	for i, record := range g.part {
		events[i] = g.event(record)
	}
	return g.To.Submit(g.ctx, events)
}

// consents takes a part of a file of consents when its answers are asked for.
func (g *giving) consents() ([]flow.Result, error) {
	said := make([]member.Said, len(g.sent))
	for i, record := range g.sent {
		c := record.Consent
		said[i] = member.Said{Identities: c.Identities, Consent: member.Consent{
			Purpose: c.Purpose, Channel: c.Channel, Given: c.Given, At: c.At, Source: c.Evidence, TextVersion: c.TextVersion, IP: c.IP,
		}}
	}
	heard, err := g.Consents.TakeConsents(g.ctx, g.Actor, g.Programme, said)
	results := make([]flow.Result, len(heard))
	for i, h := range heard {
		results[i] = flow.Result{Err: h.Err, Answer: flow.Answer{MemberID: h.MemberID, Repeated: h.Repeated}}
	}
	return results, err
}

func (g *giving) collect() error {
	if g.wait == nil {
		return nil
	}
	results, err := g.wait()
	if err != nil {
		return err
	}
	for i, result := range results {
		if result.Err != nil {
			g.run.Refuse(g.sent[i], g.say(result.Err))
		}
		if g.Each != nil {
			g.Each(g.sent[i], result)
		}
	}
	g.wait = nil
	return nil
}

func (g *giving) event(record Record) *flow.Event {
	e := &flow.Event{ProgrammeID: g.Programme, Actor: g.Actor}
	switch {
	case record.Sale != nil:
		head(e, record.Sale.Head)
		e.Kind, e.Payload.Lines = journal.Purchase, record.Sale.Lines
	case record.Return != nil:
		head(e, record.Return.Head)
		e.Kind = journal.Return
		e.Payload.Return = &flow.Return{SaleReference: record.Return.SaleReference, Lines: record.Return.Lines}
	case record.Member != nil:
		joins(e, record.Member)
	}
	return e
}

func head(e *flow.Event, h Head) {
	e.Source, e.ExternalID, e.Occurred, e.Shop, e.Channel = h.Source, h.ExternalID, h.Occurred, h.Shop, h.Channel
	e.Who.Identities = h.Identities
}

// joins makes a sign-up of a member's row. The same person in a later file is
// the same sign-up; the name of it must not tell who they are.
func joins(e *flow.Event, m *MemberRecord) {
	e.Kind, e.Source, e.Occurred = journal.SignUp, m.Source, m.Joined
	e.ExternalID = "line:" + strconv.FormatInt(m.Line, 10)
	if len(m.Identities) > 0 {
		sum := sha256.Sum256([]byte(string(m.Identities[0].Kind) + ":" + m.Identities[0].Value))
		e.ExternalID = "member:" + hex.EncodeToString(sum[:12])
	}
	e.Who.Identities = m.Identities
	e.Who.Profile = &flow.Profile{
		GivenName: m.GivenName, FamilyName: m.FamilyName, Language: m.Language,
		BirthDay: m.Birth.Day, BirthMonth: m.Birth.Month, BirthYear: m.Birth.Year, Tags: m.Tags, Attributes: m.Attributes,
	}
}
