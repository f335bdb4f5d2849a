package console

import (
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// someone is a member on a page that is about something else.
type someone struct {
	member.Member
	name string
}

// people are members by the ids under which a page knows them.
type people map[id.ID]someone

// readPeople reads how members are named, with who they were merged into; none
// to those who may not see members.
func (c *Console) readPeople(v *visit, ids ...id.ID) (people, error) {
	found := people{}
	if !v.can(auth.MembersRead) || len(ids) == 0 {
		return found, nil
	}
	return found, c.DB.View(v.ctx(), func(q db.Queryer) error {
		members, err := member.Read(v.ctx(), q, ids)
		if err != nil {
			return err
		}
		var now []id.ID
		for _, m := range members {
			if !slices.Contains(now, m.ID) {
				now = append(now, m.ID)
			}
		}
		identities, err := member.Identities(v.ctx(), q, now)
		for asked, m := range members {
			found[asked] = someone{*m, shownName(v, m, identities[m.ID])}
		}
		return err
	})
}

// of returns how a member is named here: by the id where no name may be seen.
func (p people) of(m id.ID) string {
	if one, known := p[m]; known {
		return one.name
	}
	return m.In(id.Member)
}

// address is the page of a member, empty to those who may not see it.
func (p people) address(v *visit, m id.ID) string {
	one, known := p[m]
	if !known {
		return ""
	}
	return v.at("/members/" + one.ID.In(id.Member))
}
