package member

import (
	"slices"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Ask is one customer to recognise, by any number of identities.
type Ask struct {
	ProgrammeID id.ID
	Identities  []Identity
}

// Found is the answer to one Ask.
type Found struct {
	// MemberID is the member whom the identities name, 0 if nobody.
	MemberID id.ID
	// Unknown are those identities asked that belong to nobody.
	Unknown []Identity
	// Err is a fault ("identities_differ") when they name two members.
	Err error
}

// owner finds the owner of an identity in a programme.
type owner struct {
	programme id.ID
	identity  Identity
}

// answer reads one ask from the owners that were found.
func (a Ask) answer(owners map[owner]id.ID) Found {
	var f Found
	for _, identity := range a.Identities {
		member := owners[owner{a.ProgrammeID, identity}]
		switch {
		case member == 0 && !slices.Contains(f.Unknown, identity):
			f.Unknown = append(f.Unknown, identity)
		case member != 0 && f.MemberID == 0:
			f.MemberID = member
		case member != 0 && f.MemberID != member:
			return Found{Err: differ(f.MemberID, member)}
		}
	}
	return f
}

func differ(one, other id.ID) error {
	a, b := one.In(id.Member), other.In(id.Member)
	return fault.Conflict("identities_differ", "the identities belong to two members, %s and %s; merge them if they are one person, or send the right ones", a, b).
		At("/identities").With("member", a).With("other", b)
}
