package guest

import (
	"slices"

	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
)

// removePath is the page on which an owner confirms that somebody is to go.
const removePath = householdPath + "/remove"

// removing asks an owner whether a member of the household is to go.
type removing struct {
	*hearth
	member household.Member
}

// leaver finds the member of the household whom the form names, if the customer
// may remove them.
func (h *hearth) leaver() (household.Member, error) {
	if h.home == nil || !h.owns() {
		return household.Member{}, fault.Refused("household_not_owner", "only the owner of a household removes somebody from it")
	}
	named := h.field("member")
	i := slices.IndexFunc(h.home.Members, func(m household.Member) bool {
		return m.MemberID != h.home.OwnerID && m.MemberID.In(id.Member) == named
	})
	if i < 0 {
		return household.Member{}, fault.Refused("household_stranger", "the member does not belong to this household")
	}
	return h.home.Members[i], nil
}

// showRemove asks whether a member is to go; nothing is done yet.
func (g *Guest) showRemove(v *visit) error {
	h, err := g.readHearth(v)
	if err != nil {
		return err
	}
	m, err := h.leaver()
	if err != nil {
		return g.housed(v, err, "")
	}
	return v.render(removePage(&removing{h, m}))
}

// removeOne takes a member out of the customer's household.
func (g *Guest) removeOne(v *visit) error {
	err := g.once(v, "remove:"+v.field("member"), func() error {
		h, err := g.readHearth(v)
		if err != nil {
			return err
		}
		m, err := h.leaver()
		if err != nil {
			return err
		}
		_, err = g.Households.Remove(v.ctx(), wallet, v.programme.ID, v.who.ID, m.MemberID)
		return err
	})
	return g.housed(v, err, "guest.house.removed")
}

// removeTo is the address that asks whether a member is to go.
func (h *hearth) removeTo(m household.Member) string {
	return h.at(removePath, "member", m.MemberID.In(id.Member))
}
