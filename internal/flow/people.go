package flow

import (
	"cmp"
	"context"
	"slices"

	"regulars/internal/experiment"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// loadCustomers recognises whom the events name, makes accounts for those who
// are met for the first time, and locks them all in one order.
func (b *batch) loadCustomers(ctx context.Context) error {
	found, err := b.recognise(ctx)
	if err != nil {
		return err
	}
	ids := make([]id.ID, 0, len(found))
	for _, f := range found {
		if f.MemberID != 0 {
			ids = append(ids, f.MemberID)
		}
	}
	members, err := member.Load(ctx, b.tx, ids, true)
	if err != nil {
		return err
	}
	for _, it := range b.live() {
		f, m := found[it], members[found[it].MemberID]
		switch {
		case f.MemberID == 0:
			b.meet(it, nil, f.Unknown)
		case m == nil || m.ProgrammeID != it.event.ProgrammeID:
			it.refuse(member.Unknown(f.MemberID).At("/member"))
		default:
			b.meet(it, b.account(m, false), f.Unknown)
		}
	}
	b.assign()
	if err := b.loadAliases(ctx); err != nil {
		return err
	}
	return b.loadSignedUp(ctx)
}

// loadSignedUp finds who of those who sign up has done so before, be it as
// somebody merged into them. Their accounts are locked, so of two at one moment
// the second sees the first.
func (b *batch) loadSignedUp(ctx context.Context) error {
	var asked []id.ID
	for _, a := range b.order {
		if !a.fresh && slices.ContainsFunc(a.items, isSignUp) {
			asked = append(asked, a.aliases...)
		}
	}
	signed, err := journal.Having(ctx, b.tx, journal.SignUp, asked)
	if err != nil {
		return err
	}
	for _, a := range b.order {
		a.signedUp = slices.ContainsFunc(a.aliases, func(m id.ID) bool { return signed[m] })
	}
	return nil
}

// recognise finds the member of each event that names one who is known. Of a
// return that will wait each identity is asked for by itself: nothing is refused
// because they are two people's.
func (b *batch) recognise(ctx context.Context) (map[*item]member.Found, error) {
	found := map[*item]member.Found{}
	var asks []member.Ask
	var asking []*item
	b.findAlone()
	for _, it := range b.live() {
		switch {
		case it.sold != 0:
			found[it] = member.Found{MemberID: b.known[it.cited()].MemberID}
		case it.event.Who.MemberID != 0:
			found[it] = member.Found{MemberID: it.event.Who.MemberID}
		case it.alone:
			for i := range it.event.person {
				asks = append(asks, member.Ask{ProgrammeID: it.event.ProgrammeID, Identities: it.event.person[i : i+1]})
				asking = append(asking, it)
			}
		case len(it.event.person) > 0 && !it.cites():
			asks = append(asks, member.Ask{ProgrammeID: it.event.ProgrammeID, Identities: it.event.person})
			asking = append(asking, it)
		}
	}
	if len(asks) == 0 {
		return found, nil
	}
	answers, err := member.Recognise(ctx, b.tx, asks)
	if err != nil {
		return nil, err
	}
	for i, a := range answers {
		if a.Err != nil {
			asking[i].refuse(a.Err)
		}
		f := found[asking[i]]
		found[asking[i]] = member.Found{MemberID: cmp.Or(f.MemberID, a.MemberID), Unknown: append(f.Unknown, a.Unknown...)}
	}
	return found, nil
}

// findAlone marks the returns whose sale is nowhere.
func (b *batch) findAlone() {
	sold := map[journal.Key]bool{}
	for _, it := range b.live() {
		if it.event.Kind == journal.Purchase {
			sold[it.event.key()] = true
		}
	}
	for _, it := range b.items {
		it.alone = it.state == open && it.cites() && it.sold == 0 && !sold[it.cited()]
	}
}

// meet gives an event the account of the customer whom the database knows, or
// else of one met by an earlier event of the batch, or else of a newcomer. The
// identities that the database does not know may have been met in the batch
// too; two customers are not one.
func (b *batch) meet(it *item, known *account, unknown []member.Identity) {
	e := it.event
	var strange []member.Identity
	for _, one := range unknown {
		switch a := b.byPerson[person{e.ProgrammeID, one}]; {
		case a == nil:
			strange = append(strange, one)
		case known == nil:
			known = a
		case known != a && !it.alone:
			it.refuse(differ(known, a))
			return
		}
	}
	switch {
	case known == nil && (len(e.person) > 0 && (it.alone || !it.cites()) || e.Who.MemberID == 0 && e.Kind == journal.Purchase):
		known = b.newcomer(it)
		known.identities = strange
	case known == nil || e.Kind != journal.SignUp || len(strange) == 0:
		it.acct = known
		return
	case known.fresh:
		known.identities = slices.Concat(known.identities, strange)
	default:
		b.attached = append(b.attached, member.Owned{ProgrammeID: e.ProgrammeID, MemberID: known.member.ID, Identities: strange})
	}
	it.acct = known
	for _, one := range strange {
		b.byPerson[person{e.ProgrammeID, one}] = known
	}
}

// newcomer is the account of a customer met for the first time. A purchase that
// names nobody gets a fresh guest.
func (b *batch) newcomer(it *item) *account {
	e := it.event
	m := &member.Member{
		ID: b.tx.IDs().New(), ProgrammeID: e.ProgrammeID, Status: member.Known, Created: b.s.now(),
		Bucket: experiment.Bucket(it.set.programme.Salt, e.Source, e.ExternalID),
	}
	if len(e.person) > 0 {
		m.Bucket = experiment.Bucket(it.set.programme.Salt, string(e.person[0].Kind), e.person[0].Value)
	}
	return b.account(m, true)
}

// account returns the account of a member, the same for every event of the
// batch.
func (b *batch) account(m *member.Member, fresh bool) *account {
	if a := b.accounts[m.ID]; a != nil {
		return a
	}
	a := &account{member: m, fresh: fresh, aliases: []id.ID{m.ID}}
	b.accounts[m.ID] = a
	b.order = append(b.order, a)
	return a
}

// assign tells every account its events. A return whose sale comes in this
// very batch belongs to that sale's account, and comes back no earlier than
// the sale was made.
func (b *batch) assign() {
	purchases := map[journal.Key]*item{}
	for _, it := range b.live() {
		if it.event.Kind == journal.Purchase {
			purchases[it.event.key()] = it
		}
	}
	for _, it := range slices.Concat(b.items, b.arrived) {
		if it.state != open && it.state != parked {
			continue
		}
		a := it.acct
		if a == nil && it.cites() && purchases[it.cited()] != nil {
			a = purchases[it.cited()].acct
			it.occurred = later(it.occurred, purchases[it.cited()].occurred)
		}
		if a != nil {
			a.items = append(a.items, it)
		}
	}
}

func differ(one, other *account) error {
	a, b := one.member.ID.In(id.Member), other.member.ID.In(id.Member)
	return fault.Conflict("identities_differ", "the identities belong to two members, %s and %s; merge them if they are one person, or send the right ones", a, b).
		At("/identities").With("member", a).With("other", b)
}
