package member

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Of reads a member of a programme: whoever the id stands for by now, erased or
// not. Anybody else's is refused with fault "unknown_member", as one that does not
// exist.
func Of(ctx context.Context, q db.Queryer, programme, member id.ID) (*Member, error) {
	found, err := Read(ctx, q, []id.ID{member})
	if err != nil {
		return nil, err
	}
	return among(found, programme, member)
}

// Held is Of with the row locked until the transaction ends.
func Held(ctx context.Context, tx *db.Tx, programme, member id.ID) (*Member, error) {
	found, err := Load(ctx, tx, []id.ID{member}, true)
	if err != nil {
		return nil, err
	}
	return among(found, programme, member)
}

// Present is Of for what concerns nobody who was erased: they are unknown too.
func Present(ctx context.Context, q db.Queryer, programme, member id.ID) (*Member, error) {
	m, err := Of(ctx, q, programme, member)
	if err == nil && m.Status == Erased {
		return nil, Unknown(member)
	}
	return m, err
}

// Changeable is Held for what adds to a member: one who was erased is refused with
// fault "member_erased".
func Changeable(ctx context.Context, tx *db.Tx, programme, member id.ID) (*Member, error) {
	m, err := Held(ctx, tx, programme, member)
	if err == nil && m.Status == Erased {
		return nil, Gone(m.ID)
	}
	return m, err
}

// AliasesOf returns the aliases of a member of a programme; fault "unknown_member"
// for anybody else.
func AliasesOf(ctx context.Context, q db.Queryer, programme, member id.ID) ([]id.ID, error) {
	m, err := Of(ctx, q, programme, member)
	if err != nil {
		return nil, err
	}
	return Aliases(ctx, q, m.ID)
}

func among(found map[id.ID]*Member, programme, member id.ID) (*Member, error) {
	m := found[member]
	if m == nil || m.ProgrammeID != programme {
		return nil, Unknown(member)
	}
	return m, nil
}

// Unknown is the fault for a member that the programme does not have.
func Unknown(member id.ID) *fault.Error {
	shown := member.In(id.Member)
	return fault.Missing("unknown_member", "the programme has no member %s", shown).With("member", shown)
}

// Gone is the fault for adding to a member who was erased.
func Gone(member id.ID) *fault.Error {
	shown := member.In(id.Member)
	return fault.Refused("member_erased", "the member %s was erased and cannot be changed", shown).With("member", shown)
}
