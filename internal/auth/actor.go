package auth

import (
	"math"
	"slices"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// ActorKind says what sort of actor does something.
type ActorKind string

// The kinds of actor.
const (
	KindSystem ActorKind = "system"
	KindStaff  ActorKind = "staff"
	KindKey    ActorKind = "key"
	KindMember ActorKind = "member"
)

// Assignment is one role of a member of staff; programme 0 means every
// programme, the installation itself included.
type Assignment struct {
	ProgrammeID id.ID
	Role        Role
}

// Actor is who does something. The zero Actor may do nothing.
type Actor struct {
	Kind ActorKind
	ID   id.ID
	// Name is shown to people; for the system it is what acts, as "demo".
	Name string
	// ProgrammeID is the one programme of a key or a member; staff carry
	// their programmes in Roles.
	ProgrammeID id.ID
	// PartnerID is the partner to whom a key is bound: it may do no more than
	// its scopes, and that only for its own shops. 0 for everybody else.
	PartnerID id.ID
	Roles     []Assignment
	Scopes    []Scope
}

// System returns the actor for what the server does by itself, which may do
// everything; the name says which part of it acts.
func System(name string) Actor { return Actor{Kind: KindSystem, Name: name} }

// String returns the actor as events and the audit trail keep it:
// "staff:stf_…", "key:key_…", "member:mem_…" or "system:demo".
func (a Actor) String() string {
	switch a.Kind {
	case KindStaff:
		return "staff:" + a.ID.In(id.Staff)
	case KindKey:
		return "key:" + a.ID.In(id.Key)
	case KindMember:
		return "member:" + a.ID.In(id.Member)
	}
	return string(a.Kind) + ":" + a.Name
}

// Can returns nil when the actor holds every one of the permissions in the
// programme, and a refusal ("not_permitted") of the first that they do not.
// Programme 0 asks for them over the whole installation.
func (a Actor) Can(programme id.ID, needs ...Permission) error {
	for _, p := range needs {
		if !a.holds(programme, p) {
			return fault.Refused("not_permitted", "this needs the permission %s, which you do not have here; ask an owner or a manager for it", p).
				With("permission", p.Text())
		}
	}
	return nil
}

func (a Actor) holds(programme id.ID, p Permission) bool {
	switch a.Kind {
	case KindSystem:
		return true
	case KindKey:
		scope := p.Scope()
		if a.PartnerID != 0 && !slices.Contains(forPartners, p) {
			return false
		}
		return scope != "" && programme != 0 && programme == a.ProgrammeID && slices.Contains(a.Scopes, scope)
	case KindStaff:
		return slices.ContainsFunc(a.Roles, func(r Assignment) bool { return r.covers(programme) && r.Role.allows(p) })
	}
	return false
}

func (r Assignment) covers(programme id.ID) bool {
	return r.ProgrammeID == 0 || r.ProgrammeID == programme
}

// AdjustLimit returns the most whole points that one adjustment by this actor
// may move in the programme; 0 when it may not adjust, Unlimited when there is
// no limit.
func (a Actor) AdjustLimit(programme id.ID) int64 {
	if !a.holds(programme, PointsAdjust) {
		return 0
	}
	switch a.Kind {
	case KindSystem:
		return Unlimited
	case KindKey:
		return forKeys.adjust
	}
	limit := int64(0)
	for _, r := range a.Roles {
		if r.covers(programme) {
			limit = max(limit, r.Role.AdjustLimit())
		}
	}
	return limit
}

// CanAdjust returns nil when the actor may move that many points by one
// adjustment. The amount is in the wallet's smallest unit, of either sign;
// decimals are the wallet's. It refuses with "not_permitted" or
// "over_adjust_limit".
func (a Actor) CanAdjust(programme id.ID, amount int64, decimals int) error {
	if err := a.Can(programme, PointsAdjust); err != nil {
		return err
	}
	limit := a.AdjustLimit(programme)
	if limit == Unlimited || within(amount, limit, decimals) {
		return nil
	}
	return fault.Refused("over_adjust_limit", "one adjustment of yours may move at most %d points; ask somebody whose limit is higher", limit).
		With("limit", limit)
}

func within(amount, limit int64, decimals int) bool {
	for range decimals {
		if limit > math.MaxInt64/10 {
			return true
		}
		limit *= 10
	}
	return amount >= -limit && amount <= limit
}

// Programmes returns the programmes in which the actor holds the permission;
// every is true when it is all of them.
func (a Actor) Programmes(p Permission) (only []id.ID, every bool) {
	if a.holds(0, p) {
		return nil, true
	}
	if a.Kind == KindKey && a.holds(a.ProgrammeID, p) {
		return []id.ID{a.ProgrammeID}, false
	}
	for _, r := range a.Roles {
		if a.holds(r.ProgrammeID, p) && !slices.Contains(only, r.ProgrammeID) {
			only = append(only, r.ProgrammeID)
		}
	}
	return only, false
}

// mayManage refuses unless the actor may write staff and itself holds
// everything that the roles give: nobody hands out, takes away or opens to
// others what they do not have. Without any role it asks for the right over
// the whole installation.
func (a Actor) mayManage(roles []Assignment) error {
	if len(roles) == 0 {
		return a.Can(0, StaffWrite)
	}
	for _, r := range roles {
		if err := a.Can(r.ProgrammeID, StaffWrite); err != nil {
			return err
		}
		if err := a.outranks(r); err != nil {
			return err
		}
	}
	return nil
}

func (a Actor) outranks(r Assignment) error {
	if !r.Role.Valid() {
		return fault.Invalid("unknown_role", "there is no such role; choose one of %v", roleOrder).At("/role")
	}
	missing := func(p Permission) bool { return !a.holds(r.ProgrammeID, p) }
	if r.Role.AdjustLimit() > a.AdjustLimit(r.ProgrammeID) || slices.ContainsFunc(powers[r.Role].permissions, missing) {
		return fault.Refused("role_above_yours", "the role %s holds more than yours; ask an owner to do it", r.Role).With("role", r.Role.Text())
	}
	return nil
}
