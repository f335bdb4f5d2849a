package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// basketPath is the address of the baskets that customers left.
const basketPath = inProgramme + "/baskets"

func (c *Console) basketRoutes() []route {
	one := basketPath + "/{basket}"
	return []route{
		{pattern: "GET " + basketPath, permission: auth.BasketsRead, do: c.basketReport},
		{pattern: "GET " + basketPath + "/list", permission: auth.BasketsRead, do: c.baskets},
		{pattern: "GET " + basketPath + "/settings", permission: auth.BasketsRead, do: c.basketSettings},
		{pattern: "POST " + basketPath + "/settings", permission: auth.ProgrammesWrite, do: c.saveBasketSettings},
		{pattern: "GET " + one, permission: auth.BasketsRead, do: c.basket},
		{pattern: "POST " + one + "/ask", permission: auth.BasketsWrite, do: c.askBasket},
		{pattern: "POST " + one + "/reason", permission: auth.BasketsWrite, do: c.explainBasket},
	}
}

func (v *visit) basketAt(n id.ID, more string) string {
	return v.at("/baskets/" + n.In(id.Basket) + more)
}

// basketFigures is what is known of the baskets of a period.
type basketFigures struct {
	*visit
	*basket.Report
	period int
}

// basketPeriods are the periods to choose from, in days.
var basketPeriods = [...]int{30, 90, 180, 365}

func (c *Console) basketReport(v *visit) error {
	p := &basketFigures{visit: v, period: 90}
	if days, err := strconv.Atoi(v.field("days")); err == nil && slices.Contains(basketPeriods[:], days) {
		p.period = days
	}
	now := c.Now()
	var err error
	if p.Report, err = c.Baskets.Report(v.ctx(), v.actor, v.programme.ID, now.AddDate(0, 0, -p.period), now); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(basketFound(p))
	}
	return v.render(basketReportPage(p))
}

// basketList is a page of baskets, the latest left first.
type basketList struct {
	*visit
	step, reason string
	trail        trail
	list         []basket.Seen
	names        map[id.ID]string
	next         string
}

const (
	// basketsShown is how many baskets a page has.
	basketsShown = 30
	// noReason asks for those of which nobody knows why they were left.
	noReason = "unknown"
)

func (c *Console) baskets(v *visit) error {
	l := &basketList{visit: v, step: v.field("step"), reason: v.field("reason"), trail: v.trail()}
	query := basket.Query{ProgrammeID: v.programme.ID, Step: basket.Step(l.step), Before: basketMark(l.trail.mark()), Limit: basketsShown + 1}
	if query.Unknown = l.reason == noReason; !query.Unknown {
		query.Reason = basket.Reason(l.reason)
	}
	var err error
	if l.list, err = c.Baskets.List(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > basketsShown {
		l.list = l.list[:basketsShown]
		last := l.list[basketsShown-1]
		l.next = strconv.FormatInt(last.Left.UnixMicro(), 36) + "-" + last.ID.In(id.Basket)
	}
	if l.names, err = c.whoLeft(v, l.list...); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(basketTable(l))
	}
	return v.render(basketListPage(l))
}

// basketMark reads a place in the list; what is none begins with the first page.
func basketMark(text string) basket.Cursor {
	left, shown, _ := strings.Cut(text, "-")
	micros, err := strconv.ParseInt(left, 36, 64)
	n, wrong := id.Parse(id.Basket, shown)
	if err != nil || wrong != nil {
		return basket.Cursor{}
	}
	return basket.Cursor{Left: time.UnixMicro(micros).UTC(), ID: n}
}

// whoLeft names the members of baskets, for those who may see members.
func (c *Console) whoLeft(v *visit, list ...basket.Seen) (map[id.ID]string, error) {
	names := map[id.ID]string{}
	var ids []id.ID
	for _, b := range list {
		if b.MemberID != 0 {
			ids = append(ids, b.MemberID)
		}
	}
	if len(ids) == 0 || !v.can(auth.MembersRead) {
		return names, nil
	}
	return names, c.DB.View(v.ctx(), func(q db.Queryer) error {
		people, err := member.Read(v.ctx(), q, ids)
		for asked, m := range people {
			names[asked] = firstOr(m.Name(), m.ID.In(id.Member))
		}
		return err
	})
}

// basketPage is one basket, and what can be done about it.
type basketPage struct {
	*visit
	basket.Seen
	names map[id.ID]string
	shops map[id.ID]string
	// link is where the customer says why, for whoever may send it.
	link string
	errs web.FormErrors
}

func (c *Console) meetBasket(v *visit) (*basketPage, error) {
	which, err := v.pathID("basket", id.Basket)
	if err != nil {
		return nil, err
	}
	p := &basketPage{visit: v}
	if p.Seen, err = c.Baskets.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.names, err = c.whoLeft(v, p.Seen); err != nil {
		return nil, err
	}
	if v.can(auth.BasketsWrite) {
		if p.link, err = c.Baskets.Link(v.ctx(), v.actor, p.Basket); err != nil {
			return nil, err
		}
	}
	return p, c.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		p.shops, err = shopNames(v, q)
		return err
	})
}

func (c *Console) basket(v *visit) error {
	p, err := c.meetBasket(v)
	if err != nil {
		return err
	}
	return v.render(basketShown(p))
}

func (c *Console) askBasket(v *visit) error {
	p, err := c.meetBasket(v)
	if err != nil {
		return err
	}
	if _, err := c.Baskets.Ask(v.ctx(), v.actor, v.programme.ID, p.ID); err != nil {
		return err
	}
	return v.done(v.basketAt(p.ID, ""), "console.basket.asked_now")
}

func (c *Console) explainBasket(v *visit) error {
	p, err := c.meetBasket(v)
	if err != nil {
		return err
	}
	why := basket.Why{Reason: basket.Reason(v.field("reason")), Words: v.field("words"), Origin: basket.ByStaff}
	if _, err := c.Baskets.Explain(v.ctx(), v.actor, v.programme.ID, p.ID, why); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return basketShown(p)
		})
	}
	return v.done(v.basketAt(p.ID, ""), "console.basket.explained")
}

// basketForm is what a programme chooses about left baskets, as it was typed.
type basketForm struct {
	*visit
	set     basket.Settings
	version int64
	errs    web.FormErrors
}

func (c *Console) meetBasketSettings(v *visit) (*basketForm, error) {
	f := &basketForm{visit: v}
	var err error
	f.set, f.version, err = c.Baskets.Settings(v.ctx(), v.actor, v.programme.ID)
	return f, err
}

func (c *Console) basketSettings(v *visit) error {
	f, err := c.meetBasketSettings(v)
	if err != nil {
		return err
	}
	return v.render(basketSettingsPage(f))
}

func (c *Console) saveBasketSettings(v *visit) error {
	f, err := c.meetBasketSettings(v)
	if err != nil {
		return err
	}
	number := func(name string) int {
		n, err := strconv.Atoi(v.field(name))
		if err != nil {
			return -1
		}
		return n
	}
	n := basket.Settings{Days: number("days"), Letters: v.field("letters") != "", WaitHours: number("wait_hours")}
	if err := c.Baskets.SetSettings(v.ctx(), v.actor, v.programme.ID, v.seenVersion(), n); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return basketSettingsPage(f)
		})
	}
	return v.done(v.at("/baskets/settings"), "console.basket.saved")
}

// value is what a field of the settings holds: what was typed, or else what is
// kept.
func (f *basketForm) value(name string, kept int) string {
	if f.r.Method == "POST" {
		return f.field(name)
	}
	return strconv.Itoa(kept)
}

// asks reports whether messages are ticked.
func (f *basketForm) asks() bool {
	if f.r.Method == "POST" {
		return f.field("letters") != ""
	}
	return f.set.Letters
}
