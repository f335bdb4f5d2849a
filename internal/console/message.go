package console

import (
	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/web"
)

// messagePath is the address of what members were told.
const messagePath = inProgramme + "/messages"

func (c *Console) messageRoutes() []route {
	return []route{
		{pattern: "GET " + messagePath, permission: auth.ContactsRead, do: c.messages},
		{pattern: "GET " + messagePath + "/policy", permission: auth.ContactsRead, do: c.contactPolicy},
		{pattern: "POST " + messagePath + "/policy", permission: auth.ContactsPolicy, do: c.saveContactPolicy},
		{pattern: "GET " + messagePath + "/{contact}", permission: auth.ContactsRead, do: c.message},
		{pattern: "GET " + outreach.UnsubscribePath + "{token}", open: true, do: c.showUnsubscribe},
		{pattern: "POST " + outreach.UnsubscribePath + "{token}", open: true, do: c.unsubscribe},
	}
}

// messageList is a page of contacts with their verdicts.
type messageList struct {
	*visit
	state, class, channel string
	// of is the member whose messages are shown, 0 for everybody's.
	of    id.ID
	trail trail
	list  []*outreach.Contact
	next  id.ID
	names map[id.ID]string
}

// messagesShown is how many contacts a page has.
const messagesShown = 30

func (c *Console) messages(v *visit) error {
	l := &messageList{visit: v, state: v.field("state"), class: v.field("class"), channel: v.field("channel"), trail: v.trail()}
	query := outreach.Query{ProgrammeID: v.programme.ID, State: outreach.State(l.state), Class: flow.Class(l.class), Channel: l.channel, Limit: messagesShown + 1}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Contact, mark); err != nil {
			return err
		}
	}
	if of := v.field("member"); of != "" {
		if l.of, err = id.Parse(id.Member, of); err != nil {
			return err
		}
		l.list, err = c.Outreach.Of(v.ctx(), v.actor, l.of, query)
	} else {
		l.list, err = c.Outreach.List(v.ctx(), v.actor, query)
	}
	if err != nil {
		return err
	}
	if len(l.list) > messagesShown {
		l.list = l.list[:messagesShown]
		l.next = l.list[messagesShown-1].ID
	}
	if l.names, err = c.namesOf(v, l.list); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(messageTable(l))
	}
	return v.render(messageListPage(l))
}

// namesOf finds what the members of contacts are called, for those who may see
// members.
func (c *Console) namesOf(v *visit, list []*outreach.Contact) (map[id.ID]string, error) {
	names := map[id.ID]string{}
	if len(list) == 0 || !v.can(auth.MembersRead) {
		return names, nil
	}
	ids := make([]id.ID, len(list))
	for i, n := range list {
		ids[i] = n.MemberID
	}
	return names, c.DB.View(v.ctx(), func(q db.Queryer) error {
		found, err := member.Read(v.ctx(), q, ids)
		if err != nil {
			return err
		}
		survivors := make([]id.ID, 0, len(found))
		for _, m := range found {
			survivors = append(survivors, m.ID)
		}
		identities, err := member.Identities(v.ctx(), q, survivors)
		for asked, m := range found {
			names[asked] = shownName(v, m, identities[m.ID])
		}
		return err
	})
}

// messagePage is one contact, with its words where the sink has them.
type messagePage struct {
	*visit
	n    *outreach.Contact
	name string
	sunk *outreach.Sunk
}

func (c *Console) message(v *visit) error {
	which, err := v.pathID("contact", id.Contact)
	if err != nil {
		return err
	}
	p := &messagePage{visit: v}
	if p.n, err = c.Outreach.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	names, err := c.namesOf(v, []*outreach.Contact{p.n})
	if err != nil {
		return err
	}
	p.name = names[p.n.MemberID]
	if v.can(auth.ContactsPolicy) {
		if p.sunk, err = c.Outreach.Sunk(v.ctx(), v.actor, p.n); err != nil {
			return err
		}
	}
	return v.render(messageShown(p))
}

// showUnsubscribe asks before anything is taken back, as mail programs look
// ahead at links.
func (c *Console) showUnsubscribe(v *visit) error {
	l, err := c.Outreach.ReadUnsubscribe(v.ctx(), v.r.PathValue("token"))
	if err != nil {
		return c.guessed(v, err)
	}
	v.dress(l.Programme)
	return v.render(unsubscribePage(v, l, false))
}

// unsubscribe takes a consent back; a mail program does so with one request,
// by RFC 8058.
func (c *Console) unsubscribe(v *visit) error {
	l, err := c.Outreach.Unsubscribe(v.ctx(), v.r.PathValue("token"))
	if err != nil {
		return c.guessed(v, err)
	}
	v.dress(l.Programme)
	return v.render(unsubscribePage(v, l, true))
}
