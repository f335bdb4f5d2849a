package console

import (
	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/gesture"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// memberGestures is what a member was given, and may be.
type memberGestures struct {
	*visit
	p       *person
	list    []*gesture.Giving
	names   map[id.ID]*gesture.Gesture
	offers  []gesture.Offer
	shop    string
	shops   map[id.ID]string
	choices []web.Option
	actors  map[string]string
	// name makes the form be taken once.
	name string
	errs web.FormErrors
}

// gesturesOfMember bounds what the page has.
const gesturesOfMember = 50

// readGestures reads what a member was given, for those who may see it.
func (c *Console) readGestures(v *visit, p *person) (*memberGestures, error) {
	m := &memberGestures{visit: v, p: p, names: map[id.ID]*gesture.Gesture{}}
	if !v.can(auth.GesturesRead) {
		return m, nil
	}
	all, err := c.Gestures.List(v.ctx(), v.actor, v.programme.ID)
	if err != nil || len(all) == 0 {
		return m, err
	}
	for _, g := range all {
		m.names[g.ID] = g
	}
	m.list, err = c.Gestures.Givings(v.ctx(), v.actor, gesture.Query{ProgrammeID: v.programme.ID, MemberID: p.ID, Limit: gesturesOfMember})
	return m, err
}

// meetMemberGestures reads all that their page needs.
func (c *Console) meetMemberGestures(v *visit) (m *memberGestures, done bool, err error) {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return nil, done, err
	}
	if m, err = c.readGestures(v, p); err != nil {
		return nil, false, err
	}
	m.shop = v.field("shop")
	if m.choices, err = c.shopChoices(v); err != nil {
		return nil, false, err
	}
	if m.shop == "" && len(m.choices) == 1 {
		m.shop = m.choices[0].Value
	}
	m.choices = web.Choose(append([]web.Option{{Label: v.T("console.gesture.no_shop")}}, m.choices...), m.shop)
	m.name = "console:" + c.DB.IDs().New().In(id.Giving)
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		if m.shops, err = shopNames(v, q); err != nil {
			return err
		}
		m.actors, err = givers(v, q, m.list)
		return err
	})
	if err == nil && v.can(auth.GesturesGive) && p.Status != member.Erased {
		m.offers, err = c.Gestures.Offers(v.ctx(), v.actor, v.programme.ID, p.ID, m.where())
	}
	return m, false, err
}

// where is the shop that was chosen, 0 for none.
func (m *memberGestures) where() id.ID {
	n, err := id.Parse(id.Shop, m.shop)
	if err != nil {
		return 0
	}
	return n
}

func (c *Console) memberGestures(v *visit) error {
	m, done, err := c.meetMemberGestures(v)
	if err != nil || done {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(memberGestureForm(m))
	}
	return v.render(memberGesturePage(m))
}

func (c *Console) giveGesture(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	w := gesture.Wish{MemberID: p.ID, Channel: "console", Note: v.field("note"), Name: v.field("name")}
	w.GestureID, _ = id.Parse(id.Gesture, v.field("gesture"))
	w.Shop, _ = id.Parse(id.Shop, v.field("shop"))
	if w.Saved, err = v.figures().read(v.field("saved"), v.programme.Currency.Decimals()); err == nil {
		w.Asked, w.Advised = v.field("asked"), v.field("advised")
		_, err = c.Gestures.Give(v.ctx(), v.actor, v.programme.ID, w)
	}
	if err == nil {
		return v.done(p.at(v, "/gestures"), "console.gesture.noted")
	}
	return c.mendGesture(v, err)
}

// mendGesture shows the page of a member again with what was refused.
func (c *Console) mendGesture(v *visit, refused error) error {
	m, _, err := c.meetMemberGestures(v)
	if err != nil {
		return err
	}
	return v.mend(refused, func(errs web.FormErrors) component {
		m.errs = errs
		return memberGesturePage(m)
	})
}

func (c *Console) takeGestureBack(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	which, err := v.pathID("giving", id.Giving)
	if err != nil {
		return err
	}
	if _, err := c.Gestures.TakeBack(v.ctx(), v.actor, v.programme.ID, which, v.field("reason")); err != nil {
		return c.mendGesture(v, err)
	}
	return v.done(p.at(v, "/gestures"), "console.gesture.taken_back")
}

// options are what can be chosen; what cannot be given now says why.
func (m *memberGestures) options() []web.Option {
	var list []web.Option
	for _, o := range m.offers {
		one := web.Option{Value: o.ID.In(id.Gesture), Label: m.own(o.Spec.Names).Text, Lang: m.own(o.Spec.Names).Lang, Help: m.own(o.Spec.Does).Text, Disabled: o.Refused != nil}
		if o.Refused != nil {
			one.Help = m.Fault(o.Refused)
		}
		list = append(list, one)
	}
	if len(list) == 0 || m.r.Method != "POST" {
		return list
	}
	return web.Choose(list, m.field("gesture"))
}

// tips reports whether a tip can be chosen, which asks for more.
func (m *memberGestures) tips() bool {
	for _, o := range m.offers {
		if o.Spec.Kind == gesture.Tip {
			return true
		}
	}
	return false
}

// possible reports whether anything can be given now.
func (m *memberGestures) possible() bool {
	return len(m.offers) > 0 && m.offers[0].Refused == nil
}

func (m *memberGestures) called(n *gesture.Giving) string {
	if g := m.names[n.GestureID]; g != nil {
		return m.own(g.Spec.Names).Text
	}
	return n.GestureID.In(id.Gesture)
}

// undoable reports whether somebody may take a giving back.
func (m *memberGestures) undoable(n *gesture.Giving) bool {
	own := n.Actor == m.actor.String() && m.can(auth.GesturesGive)
	return n.State == gesture.Given && !m.p.now.After(n.At.AddDate(0, 0, gesture.TakeBackDays)) && (own || m.can(auth.GesturesWrite) && m.can(auth.GesturesGive))
}

// links are the last ones for the member's page.
func (m *memberGestures) links() []web.Definition {
	var list []web.Definition
	for _, n := range m.list[:min(3, len(m.list))] {
		list = append(list, web.Definition{Term: m.Date(n.At), About: web.Words(joined(m.called(n), m.Say(n.State.Text())))})
	}
	return list
}
