package member

import (
	"context"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Said is a statement of consent by somebody who is named by identities, as
// they were written.
type Said struct {
	Identities []Identity
	Consent    Consent
}

// Heard is what became of one: who said it, or why it was not taken.
type Heard struct {
	MemberID id.ID
	// Repeated says that it was known already and changed nothing.
	Repeated bool
	Err      error
}

// TakeConsents records what many customers said of their consents, in one
// transaction, and answers each by itself, in order. A statement that is known
// already, with the same time and evidence, is not added again, so a file may be
// taken twice. It needs members.write.
func (s *Service) TakeConsents(ctx context.Context, a auth.Actor, programme id.ID, said []Said) ([]Heard, error) {
	if err := a.Can(programme, auth.MembersWrite); err != nil {
		return nil, err
	}
	var heard []Heard
	err := s.d.InTx(ctx, func(tx *db.Tx) error {
		h := &hearing{Service: s, actor: a, programme: programme, heard: make([]Heard, len(said)), ready: make([]Consent, len(said))}
		heard = h.heard
		if err := h.recognise(ctx, tx, said); err != nil {
			return err
		}
		return h.write(ctx, tx)
	})
	return heard, err
}

// hearing is many statements on their way.
type hearing struct {
	*Service
	actor     auth.Actor
	programme id.ID
	heard     []Heard
	ready     []Consent // checked; of one that was not taken, nothing
}

// recognise finds who said each statement, and checks it.
func (h *hearing) recognise(ctx context.Context, tx *db.Tx, said []Said) error {
	p, err := program.Load(ctx, tx, h.programme)
	if err != nil {
		return err
	}
	asks := make([]Ask, len(said))
	for i, one := range said {
		asks[i].ProgrammeID = h.programme
		for _, written := range one.Identities {
			identity, err := Normalise(written.Kind, written.Value, p.Region)
			if err != nil {
				h.heard[i].Err = err
				break
			}
			asks[i].Identities = append(asks[i].Identities, identity)
		}
	}
	found, err := Recognise(ctx, tx, asks)
	if err != nil {
		return err
	}
	for i, f := range found {
		switch {
		case h.heard[i].Err != nil:
		case f.Err != nil:
			h.heard[i].Err = f.Err
		case f.MemberID == 0:
			h.heard[i].Err = fault.Missing("consent_of_nobody", "nobody is known by this; import the members first")
		default:
			h.check(i, f.MemberID, said[i].Consent)
		}
	}
	return nil
}

func (h *hearing) check(i int, m id.ID, c Consent) {
	ready, err := h.prepare(h.actor, []Consent{c})
	if err != nil {
		h.heard[i].Err = err
		return
	}
	h.heard[i].MemberID, h.ready[i] = m, ready[0]
	h.ready[i].MemberID = m
}

// write adds the statements that are new, with a trace for each member.
func (h *hearing) write(ctx context.Context, tx *db.Tx) error {
	var members []id.ID
	for _, one := range h.heard {
		if one.MemberID != 0 {
			members = append(members, one.MemberID)
		}
	}
	slices.Sort(members)
	members = slices.Compact(members)
	if _, err := LoadThemselves(ctx, tx, members); err != nil { // locked, so that nobody adds the same beside us
		return err
	}
	known, err := Consents(ctx, tx, members)
	if err != nil {
		return err
	}
	fresh := map[id.ID][]Consent{}
	var all []Consent
	for i, c := range h.ready {
		if c.MemberID == 0 {
			continue
		}
		if h.heard[i].Repeated = slices.ContainsFunc(known, c.repeats); h.heard[i].Repeated {
			continue
		}
		known, all = append(known, c), append(all, c)
		fresh[c.MemberID] = append(fresh[c.MemberID], c)
	}
	if err := AddConsents(ctx, tx, all); err != nil {
		return err
	}
	var trail []auth.Entry
	for _, m := range members {
		if list := fresh[m]; len(list) > 0 {
			trail = append(trail, auth.Entry{
				ProgrammeID: h.programme, Action: "member.consent", Subject: m.In(id.Member), Detail: map[string]any{"statements": summary(list)},
			})
		}
	}
	if len(trail) == 0 {
		return nil
	}
	return auth.Record(ctx, tx, h.actor, trail...)
}

// repeats reports whether another statement says the same with the same
// evidence.
func (c Consent) repeats(o Consent) bool {
	return c.MemberID == o.MemberID && c.Purpose == o.Purpose && c.Channel == o.Channel && c.Given == o.Given &&
		db.Micros(c.At) == db.Micros(o.At) && c.Source == o.Source && c.TextVersion == o.TextVersion && c.IP == o.IP
}
