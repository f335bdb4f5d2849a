package household

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Service is what can be done with households.
type Service struct {
	d    *db.DB
	flow *flow.Service
	now  func() time.Time
}

// New returns the service over a migrated database. Points move through flow.
func New(d *db.DB, f *flow.Service, now func() time.Time) *Service { return &Service{d, f, now} }

// system is who moves points between a household's members.
var system = auth.System("household")

func (s *Service) clock() time.Time { return db.Time(db.Micros(s.now())) }

// Settings returns what holds. It needs households.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, error) {
	if err := a.Can(programme, auth.HouseholdsRead); err != nil {
		return Settings{}, err
	}
	return LoadSettings(ctx, s.d.Reader(), programme)
}

// SaveSettings writes what holds from now on. It needs households.write.
func (s *Service) SaveSettings(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (Settings, error) {
	if err := a.Can(programme, auth.HouseholdsWrite); err != nil {
		return Settings{}, err
	}
	if err := spec.Check(); err != nil {
		return Settings{}, err
	}
	var v Settings
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		last, err := LoadSettings(ctx, tx, programme)
		if err != nil {
			return err
		}
		v = Settings{ProgrammeID: programme, Number: last.Number + 1, Made: s.clock(), Spec: spec}
		if err := insertSettings(ctx, tx, v); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "household.settings", Subject: programme.In(id.Programme), Detail: map[string]any{"number": v.Number},
		})
	})
	return v, err
}

// Get returns a household. It needs households.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, household id.ID) (*Household, []Part, error) {
	if err := a.Can(programme, auth.HouseholdsRead); err != nil {
		return nil, nil, err
	}
	h, err := loadHousehold(ctx, s.d.Reader(), programme, household)
	if err != nil {
		return nil, nil, err
	}
	list, err := parts(ctx, s.d.Reader(), household)
	return h, list, err
}

// Of returns the household that a member belongs to; fault "unknown_household"
// when there is none. It needs households.read.
func (s *Service) Of(ctx context.Context, a auth.Actor, programme, m id.ID) (*Household, error) {
	if err := a.Can(programme, auth.HouseholdsRead); err != nil {
		return nil, err
	}
	p, err := meet(ctx, s.d.Reader(), programme, m)
	if err != nil {
		return nil, err
	}
	h, err := Current(ctx, s.d.Reader(), p.aliases)
	if h == nil && err == nil {
		return one(nil, nil)
	}
	return h, err
}

// List returns a page of the households that stand, the latest first; before 0
// begins. It needs households.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme, before id.ID, limit int) ([]*Household, error) {
	if err := a.Can(programme, auth.HouseholdsRead); err != nil {
		return nil, err
	}
	if before == 0 {
		before = id.ID(db.Never)
	}
	return selectHouseholds(ctx, s.d.Reader(), `programme_id = $1 AND id < $2 AND dissolved = 0 ORDER BY id DESC LIMIT $3`, programme, before, limit)
}

// change runs a verb that somebody may do with households, in a transaction,
// and writes its audit row.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, action string, do func(tx *db.Tx) (*Household, id.ID, error)) (*Household, error) {
	if err := a.Can(programme, auth.HouseholdsWrite); err != nil {
		return nil, err
	}
	var h *Household
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		var who id.ID
		var err error
		if h, who, err = do(tx); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "household." + action, Subject: h.ID.In(id.Household), Detail: map[string]any{"member": who.In(id.Member)},
		})
	})
	return h, err
}

// Make makes a household with its first member as owner, whose account will
// hold the pool. It needs households.write.
func (s *Service) Make(ctx context.Context, a auth.Actor, programme, owner id.ID) (*Household, error) {
	return s.change(ctx, a, programme, "make", func(tx *db.Tx) (*Household, id.ID, error) {
		p, _, err := s.free(ctx, tx, programme, owner)
		if err != nil {
			return nil, 0, err
		}
		h := &Household{ID: tx.IDs().New(), ProgrammeID: programme, OwnerID: p.ID, Code: newCode(), Made: s.clock()}
		if err := insertHousehold(ctx, tx, h); err != nil {
			return nil, 0, err
		}
		return h, p.ID, addMember(ctx, tx, h, Member{p.ID, h.Made})
	})
}

// free returns somebody who may come into a household, and what holds.
func (s *Service) free(ctx context.Context, tx *db.Tx, programme, m id.ID) (person, Settings, error) {
	set, err := LoadSettings(ctx, tx, programme)
	if err == nil && !set.On {
		err = fault.Refused("household_off", "the programme has no households now")
	}
	if err != nil {
		return person{}, set, err
	}
	p, err := meet(ctx, tx, programme, m)
	if err != nil {
		return p, set, err
	}
	if p.Status != member.Enrolled {
		return p, set, fault.Refused("household_outsider", "only who has joined the programme belongs to a household").At("/member")
	}
	h, err := Current(ctx, tx, p.aliases)
	if h != nil {
		err = taken()
	}
	return p, set, err
}

// Add lets a member into a household, as staff do for who asks. It needs
// households.write.
func (s *Service) Add(ctx context.Context, a auth.Actor, programme, household, m id.ID) (*Household, error) {
	return s.change(ctx, a, programme, "join", func(tx *db.Tx) (*Household, id.ID, error) {
		return s.letIn(ctx, tx, programme, m, func() (*Household, error) { return loadHousehold(ctx, tx, programme, household) })
	})
}

// Join lets a member into the household with this code; fault
// "household_unknown_code". It needs households.write.
func (s *Service) Join(ctx context.Context, a auth.Actor, programme, m id.ID, text string) (*Household, error) {
	if err := a.Can(programme, auth.HouseholdsWrite); err != nil {
		return nil, err
	}
	code, err := NormaliseCode(text)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, a, programme, "join", func(tx *db.Tx) (*Household, id.ID, error) {
		return s.letIn(ctx, tx, programme, m, func() (*Household, error) {
			list, err := selectHouseholds(ctx, tx, `programme_id = $1 AND code = $2 AND dissolved = 0`, programme, code)
			if err == nil && len(list) == 0 {
				err = unknownCode()
			}
			if err != nil {
				return nil, err
			}
			return loadHousehold(ctx, tx, programme, list[0].ID)
		})
	})
}

func (s *Service) letIn(ctx context.Context, tx *db.Tx, programme, m id.ID, find func() (*Household, error)) (*Household, id.ID, error) {
	p, set, err := s.free(ctx, tx, programme, m)
	if err != nil {
		return nil, 0, err
	}
	h, err := find()
	if err != nil {
		return nil, 0, err
	}
	// Who came in between reading the rows and holding the household counts.
	h.Members = nil
	if err := addMembers(ctx, tx, []*Household{h}); err != nil {
		return nil, 0, err
	}
	switch {
	case !h.Dissolved.IsZero():
		return nil, 0, fault.Conflict("household_dissolved", "this household has been dissolved")
	case len(h.Members) >= set.Members:
		return nil, 0, fault.Refused("household_full", "a household has at most %d members", set.Members).With("most", set.Members)
	}
	return h, p.ID, addMember(ctx, tx, h, Member{p.ID, s.clock()})
}

// Leave takes a member out of a household who wants to go, and tells the owner.
// Each keeps their own points, and the pool stays with the owner; when the owner
// leaves, the household is dissolved. It needs households.write.
func (s *Service) Leave(ctx context.Context, a auth.Actor, programme, household, m id.ID) (*Household, error) {
	return s.out(ctx, a, programme, household, m, func(h *Household, _ id.ID) []news { return []news{{h.OwnerID, newsLeft}} })
}

// TakeOut is Leave by somebody else, as staff do: the member is told, and the
// owner too. It needs households.write.
func (s *Service) TakeOut(ctx context.Context, a auth.Actor, programme, household, m id.ID) (*Household, error) {
	return s.out(ctx, a, programme, household, m, func(h *Household, who id.ID) []news {
		return []news{{who, newsRemoved}, {h.OwnerID, newsLeft}}
	})
}

// out takes a member out of a household and tells who is to know, unless that
// ends the household.
func (s *Service) out(ctx context.Context, a auth.Actor, programme, household, m id.ID, hear func(h *Household, who id.ID) []news) (*Household, error) {
	return s.change(ctx, a, programme, "leave", func(tx *db.Tx) (*Household, id.ID, error) {
		p, err := meet(ctx, tx, programme, m)
		if err != nil {
			return nil, 0, err
		}
		h, err := loadHousehold(ctx, tx, programme, household)
		if err != nil {
			return nil, 0, err
		}
		if !h.Has(p.aliases) {
			return nil, 0, fault.Refused("household_stranger", "the member does not belong to this household").At("/member")
		}
		if err := part(ctx, tx, s.clock(), h, p.aliases); err != nil || !h.Dissolved.IsZero() {
			return h, p.ID, err
		}
		return h, p.ID, tell(ctx, tx, s.clock(), h, hear(h, p.ID)...)
	})
}

// Remove takes a member out of the household whose owner asks for it, and tells
// the member; faults "household_not_owner" and "household_owner_stays". It needs
// households.write.
func (s *Service) Remove(ctx context.Context, a auth.Actor, programme, owner, m id.ID) (*Household, error) {
	return s.change(ctx, a, programme, "remove", func(tx *db.Tx) (*Household, id.ID, error) {
		of, err := meet(ctx, tx, programme, owner)
		if err != nil {
			return nil, 0, err
		}
		h, err := Current(ctx, tx, of.aliases)
		if err != nil {
			return nil, 0, err
		}
		if h == nil || !slices.Contains(of.aliases, h.OwnerID) {
			return nil, 0, fault.Refused("household_not_owner", "only the owner of a household removes somebody from it")
		}
		p, err := meet(ctx, tx, programme, m)
		if err != nil {
			return nil, 0, err
		}
		if slices.Contains(p.aliases, h.OwnerID) {
			return nil, 0, fault.Refused("household_owner_stays", "the owner cannot be removed; when the owner leaves, the household ends").At("/member")
		}
		if h, err = loadHousehold(ctx, tx, programme, h.ID); err != nil {
			return nil, 0, err
		}
		if !h.Has(p.aliases) {
			return nil, 0, fault.Refused("household_stranger", "the member does not belong to this household").At("/member")
		}
		if err := part(ctx, tx, s.clock(), h, p.aliases); err != nil {
			return nil, 0, err
		}
		return h, p.ID, tell(ctx, tx, s.clock(), h, news{p.ID, newsRemoved})
	})
}

// part takes somebody out of a household. Where that ends it, everybody else is
// told.
func part(ctx context.Context, tx *db.Tx, now time.Time, h *Household, aliases []id.ID) error {
	if slices.Contains(aliases, h.OwnerID) {
		var others []news
		for _, m := range h.Members {
			if !slices.Contains(aliases, m.MemberID) {
				others = append(others, news{m.MemberID, newsEnded})
			}
		}
		h.Dissolved, h.Code, h.Members = now, "", nil
		if err := dissolve(ctx, tx, h.ID, db.Micros(h.Dissolved)); err != nil {
			return err
		}
		return tell(ctx, tx, now, h, others...)
	}
	h.Members = slices.DeleteFunc(h.Members, func(m Member) bool { return slices.Contains(aliases, m.MemberID) })
	return dropMembers(ctx, tx, h.ID, aliases)
}

// Dissolve ends a household, as staff do; everybody keeps their own points and is
// told. It needs households.write.
func (s *Service) Dissolve(ctx context.Context, a auth.Actor, programme, household id.ID) (*Household, error) {
	return s.change(ctx, a, programme, "dissolve", func(tx *db.Tx) (*Household, id.ID, error) {
		h, err := loadHousehold(ctx, tx, programme, household)
		if err != nil {
			return nil, 0, err
		}
		if !h.Dissolved.IsZero() {
			return nil, 0, fault.Conflict("household_dissolved", "this household has been dissolved")
		}
		if err := part(ctx, tx, s.clock(), h, []id.ID{h.OwnerID}); err != nil {
			return nil, 0, err
		}
		return h, h.OwnerID, tell(ctx, tx, s.clock(), h, news{h.OwnerID, newsEnded})
	})
}
