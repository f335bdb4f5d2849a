package flow

import (
	"maps"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// item is one event on its way through a batch.
type item struct {
	event *Event
	set   *setup
	id    id.ID
	// occurred is when it takes effect: a return no earlier than its sale. The
	// journal keeps the time that was told.
	occurred, told time.Time
	acct           *account
	// first is the event of this batch, or that arrives with it, that this one
	// repeats.
	first *item
	// sold is the sale that a return cites, once it is known.
	sold id.ID
	// alone says that a return cites a sale which neither came before nor is in
	// this batch: it will wait, for whom it names.
	alone  bool
	shopID id.ID
	actor  string
	till   till
	quoted bool
	// keeps says that something of a quote is kept, so that nothing else may be.
	keeps  bool
	row    *journal.Event // in the journal already, for one that has waited
	answer Answer
	err    error
	// unsure says that it was refused only as things stood after another item
	// that was refused half-way: it is decided again without that one.
	unsure bool
	state  progress
}

type progress uint8

const (
	open     progress = iota // to be decided
	settled                  // decided
	parked                   // a return that waits for its sale
	repeated                 // taken before
	refused
)

func (it *item) refuse(err error) { it.err, it.state = err, refused }

// cited is the key of the sale that a return cites.
func (it *item) cited() journal.Key {
	return it.event.Payload.Return.cited(it.event.ProgrammeID, it.event.Source)
}

func (it *item) fact(b *batch) *fact {
	e := it.event
	f := &fact{
		id: it.id, kind: e.Kind, occurred: it.occurred, shop: e.Shop, shopID: it.shopID,
		channel: e.Channel, ref: e.ExternalID, payload: it.payload(), sold: it.sold, enrol: it.enrols(),
		actor: it.actor, till: it.till, cards: b.cards, quoted: it.quoted,
	}
	b.reward(it, f)
	return f
}

// payload is what the event said, its goods as the catalogue completes them: a
// replay reads them as they were decided.
func (it *item) payload() Payload {
	p := it.event.Payload
	if it.till.lines != nil {
		p.Lines = it.till.lines
	}
	return p
}

// enrols reports whether the customer joins with this event, if they have not
// joined before: by asking, or because the programme takes everybody it can
// name.
func (it *item) enrols() bool {
	e := it.event
	named := len(e.person) > 0 || e.Who.MemberID != 0
	return e.Kind == journal.SignUp || e.Who.Enrol || named && it.set.programme.Enrolment == program.Automatic
}

// ready refuses what can be seen to be wrong only once the account is known,
// before anything of it is changed.
func (it *item) ready() error {
	switch {
	case it.acct == nil:
		return fault.Invalid("no_customer", "say whose event it is: a member or an identity").At("/identities")
	case it.acct.member.Status == member.Erased:
		return fault.Refused("member_erased", "the member was erased; nothing can be added")
	case it.event.Kind == journal.Adjustment:
		w, err := it.set.wallet(it.event.Payload.Adjustment.WalletID)
		if err != nil {
			return err
		}
		return it.event.Actor.CanAdjust(it.event.ProgrammeID, it.event.Payload.Adjustment.Points, w.Decimals)
	case it.event.Kind == journal.Award:
		w, err := it.set.wallet(it.event.Payload.Award.WalletID)
		if err != nil {
			return err
		}
		return it.event.Actor.CanAdjust(it.event.ProgrammeID, it.event.Payload.Award.Points, w.Decimals)
	}
	return nil
}

// introduce fills what is not known of the customer yet from the event's
// profile.
func (it *item) introduce(now time.Time) error {
	p, m := it.event.Who.Profile, it.acct.member
	if p == nil {
		return nil
	}
	fill(&m.GivenName, p.GivenName)
	fill(&m.FamilyName, p.FamilyName)
	fill(&m.Language, p.Language)
	if m.Birth == (member.Birth{}) {
		m.Birth = member.Birth{Day: p.BirthDay, Month: p.BirthMonth, Year: p.BirthYear}
	}
	m.Tags = append(slices.Clone(m.Tags), p.Tags...)
	attributes := maps.Clone(p.Attributes)
	if attributes == nil {
		attributes = map[string]string{}
	}
	maps.Copy(attributes, m.Attributes)
	m.Attributes = attributes
	m.Tidy()
	it.acct.changed = true
	return fault.At("/profile", m.Check(now))
}

func fill(known *string, told string) {
	if *known == "" {
		*known = told
	}
}
