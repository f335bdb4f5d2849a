package member

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Service is what an actor can do with members. Verbs that other rooms have a
// part in (taking in, merging, erasing) are flow's.
type Service struct {
	d      *db.DB
	now    func() time.Time
	phones phoneMemory
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d: d, now: now} }

// Get returns a person by the id of the member or of anybody merged into it.
// It needs members.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, member id.ID) (Person, error) {
	if err := a.Can(programme, auth.MembersRead); err != nil {
		return Person{}, err
	}
	var p Person
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		p, _, err = readPerson(ctx, q, programme, member)
		return err
	})
	return p, err
}

// Page is a page of a search.
type Page struct {
	Members []*Member
	// Identities of the members, by their ids.
	Identities map[id.ID][]Identity
	// Next is what Query.Before takes for the page after; 0 on the last page.
	Next id.ID
}

// Search returns a page of the members asked for, the latest first. It needs
// members.read.
func (s *Service) Search(ctx context.Context, a auth.Actor, what Query) (Page, error) {
	if err := a.Can(what.ProgrammeID, auth.MembersRead); err != nil {
		return Page{}, err
	}
	members, next, err := Search(ctx, s.d.Reader(), what)
	if err != nil {
		return Page{}, err
	}
	identities, err := Identities(ctx, s.d.Reader(), idsOf(members))
	return Page{members, identities, next}, err
}

// Update changes a profile. It refuses a stale version ("member_changed"), an
// identity of somebody else ("identity_taken") and an erased member. The audit
// trail tells which fields changed, never their values. It needs
// members.write.
func (s *Service) Update(ctx context.Context, a auth.Actor, programme, member id.ID, e Edit) (Person, error) {
	if err := a.Can(programme, auth.MembersWrite); err != nil {
		return Person{}, err
	}
	if err := checkIdentities(slices.Concat(e.Add, e.Remove)); err != nil {
		return Person{}, err
	}
	var p Person
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		m, err := Changeable(ctx, tx, programme, member)
		if err != nil {
			return err
		}
		if err := s.edit(ctx, tx, a, m, e); err != nil {
			return err
		}
		p, _, err = readPerson(ctx, tx, programme, m.ID)
		return err
	})
	return p, err
}

func (s *Service) edit(ctx context.Context, tx *db.Tx, a auth.Actor, m *Member, e Edit) error {
	if e.Version != 0 && e.Version != m.Version {
		return changedSince(m.ID)
	}
	changed, err := e.apply(m, s.now())
	if err != nil {
		return err
	}
	if err := exchange(ctx, tx, m, e); err != nil {
		return err
	}
	if err := Save(ctx, tx, []*Member{m}); err != nil {
		return err
	}
	return auth.Record(ctx, tx, a, entry(m, "member.update", map[string]any{
		"changed": changed, "identities_added": kindsOf(e.Add), "identities_removed": kindsOf(e.Remove),
	}))
}

// exchange removes and adds the identities of an edit.
func exchange(ctx context.Context, tx *db.Tx, m *Member, e Edit) error {
	if err := detach(ctx, tx, Owned{m.ProgrammeID, m.ID, e.Remove}); err != nil {
		return err
	}
	if len(e.Add) == 0 {
		return nil
	}
	found, err := Recognise(ctx, tx, []Ask{{m.ProgrammeID, e.Add}})
	if err != nil {
		return err
	}
	switch owner := found[0]; {
	case owner.Err != nil:
		return owner.Err
	case owner.MemberID != 0 && owner.MemberID != m.ID:
		return taken(owner.MemberID)
	default:
		return Attach(ctx, tx, []Owned{{m.ProgrammeID, m.ID, owner.Unknown}})
	}
}

// SetConsents records what a customer said of their consents. The member of
// each statement, its actor and a missing time are filled in here. It needs
// members.write.
func (s *Service) SetConsents(ctx context.Context, a auth.Actor, programme, member id.ID, consents ...Consent) (Person, error) {
	if err := a.Can(programme, auth.MembersWrite); err != nil {
		return Person{}, err
	}
	consents, err := s.prepare(a, consents)
	if err != nil {
		return Person{}, err
	}
	var p Person
	err = s.d.InTx(ctx, func(tx *db.Tx) error {
		m, err := Changeable(ctx, tx, programme, member)
		if err != nil {
			return err
		}
		for i := range consents {
			consents[i].MemberID = m.ID
		}
		if err := AddConsents(ctx, tx, consents); err != nil {
			return err
		}
		if err := auth.Record(ctx, tx, a, entry(m, "member.consent", map[string]any{"statements": summary(consents)})); err != nil {
			return err
		}
		p, _, err = readPerson(ctx, tx, programme, m.ID)
		return err
	})
	return p, err
}

// prepare fills in and checks what an actor records.
func (s *Service) prepare(a auth.Actor, consents []Consent) ([]Consent, error) {
	now, ready := s.now(), slices.Clone(consents)
	for i := range ready {
		c := &ready[i]
		c.By, c.Source, c.TextVersion = a.String(), tidy(c.Source), tidy(c.TextVersion)
		if c.At.IsZero() {
			c.At = now
		}
		if err := c.Check(now); err != nil {
			return nil, err
		}
	}
	return ready, nil
}

// Export returns all that this room holds of a person, and leaves a trace of
// that in the audit trail. It needs members.export.
func (s *Service) Export(ctx context.Context, a auth.Actor, programme, member id.ID) (Export, error) {
	if err := a.Can(programme, auth.MembersExport); err != nil {
		return Export{}, err
	}
	var e Export
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		p, history, err := readPerson(ctx, tx, programme, member)
		if err != nil {
			return err
		}
		losers, err := selectMembers(ctx, tx, p.Aliases[1:], "")
		if err != nil {
			return err
		}
		e = p.export(history, losers)
		return auth.Record(ctx, tx, a, entry(p.Member, "member.export", nil))
	})
	return e, err
}

func entry(m *Member, action string, detail map[string]any) auth.Entry {
	return auth.Entry{ProgrammeID: m.ProgrammeID, Action: action, Subject: m.ID.In(id.Member), Detail: detail}
}

func summary(consents []Consent) []string {
	list := make([]string, len(consents))
	for i, c := range consents {
		word := "withdrawn"
		if c.Given {
			word = "given"
		}
		list[i] = string(c.Purpose) + " " + string(c.Channel) + " " + word
	}
	return list
}

func kindsOf(identities []Identity) []string {
	kinds := make([]string, len(identities))
	for i, one := range identities {
		kinds[i] = string(one.Kind)
	}
	return kinds
}

// checkIdentities refuses identities that did not come from Normalise.
func checkIdentities(identities []Identity) error {
	for _, i := range identities {
		if !i.whole() {
			return malformed(i.Kind, "is not in its normal form")
		}
	}
	return nil
}

func changedSince(member id.ID) error {
	shown := member.In(id.Member)
	return fault.Conflict("member_changed", "the member %s was changed by somebody else meanwhile; look at it again and repeat the change", shown).
		With("member", shown)
}

func taken(owner id.ID) error {
	shown := owner.In(id.Member)
	return fault.Conflict("identity_taken", "this identity belongs to %s; merge the two if they are one person", shown).
		At("/identities").With("member", shown)
}
