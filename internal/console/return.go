package console

import (
	"strconv"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/returns"
	"regulars/internal/web"
)

// returnPath is the address of what customers send back.
const returnPath = inProgramme + "/returns"

func (c *Console) returnRoutes() []route {
	one := returnPath + "/{return}"
	return []route{
		{pattern: "GET " + returnPath, permission: auth.ReturnsRead, do: c.returns},
		{pattern: "GET " + returnPath + "/rules", permission: auth.ReturnsRead, do: c.returnRules},
		{pattern: "POST " + returnPath + "/rules", permission: auth.ReturnsWrite, do: c.saveReturnRules},
		{pattern: "GET " + one, permission: auth.ReturnsRead, do: c.showReturn},
		{pattern: "GET " + one + "/label.pdf", permission: auth.ReturnsRead, do: c.returnLabel},
		{pattern: "GET " + one + "/photos/{photo}", permission: auth.ReturnsRead, do: c.returnPhoto},
		{pattern: "POST " + one + "/decide", permission: auth.ReturnsWrite, do: c.decideReturn},
		{pattern: "POST " + one + "/arrive", permission: auth.ReturnsWrite, do: c.turnReturn("console.return.arrived", func(p *returnFile) error {
			_, err := c.Returns.Arrive(p.ctx(), p.actor, p.programme.ID, p.r.ID)
			return err
		})},
		{pattern: "POST " + one + "/settle", permission: auth.ReturnsWrite, do: c.turnReturn("console.return.settled", func(p *returnFile) error {
			_, err := c.Returns.Settle(p.ctx(), p.actor, p.programme.ID, p.r.ID)
			return err
		})},
		{pattern: "POST " + one + "/fulfil", permission: auth.ReturnsWrite, do: c.turnReturn("console.return.fulfilled", func(p *returnFile) error {
			_, err := c.Returns.Fulfil(p.ctx(), p.actor, p.programme.ID, p.r.ID, p.field("by"))
			return err
		})},
		{pattern: "POST " + one + "/cancel", permission: auth.ReturnsWrite, do: c.turnReturn("console.return.cancelled", func(p *returnFile) error {
			_, err := c.Returns.Cancel(p.ctx(), p.actor, p.programme.ID, p.r.ID, p.field("reason"))
			return err
		})},
	}
}

// returnList is a page of returns.
type returnList struct {
	*visit
	state  string
	trail  trail
	list   []*returns.Return
	clocks map[id.ID]*flow.Clock
	next   id.ID
	now    time.Time
	// waiting is for how many staff have to do something, as far as they are counted.
	waiting int
}

// waitingReturns is the choice of those for which staff have to do something.
const waitingReturns = "waiting"

func (c *Console) returns(v *visit) error {
	l := &returnList{visit: v, state: v.field("state"), trail: v.trail(), clocks: map[id.ID]*flow.Clock{}, now: c.Now()}
	query := returns.Query{ProgrammeID: v.programme.ID, State: returns.State(l.state), Limit: promisesShown + 1}
	if l.state == waitingReturns {
		query.State, query.Waiting = "", true
	}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Return, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Returns.List(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > promisesShown {
		l.list = l.list[:promisesShown]
		l.next = l.list[promisesShown-1].ID
	}
	for _, r := range l.list {
		if l.clocks[r.ID], err = c.Returns.Clock(v.ctx(), v.actor, r); err != nil {
			return err
		}
	}
	if web.IsFragment(v.r) {
		return v.render(returnTable(l))
	}
	waiting, err := c.Returns.List(v.ctx(), v.actor, returns.Query{ProgrammeID: v.programme.ID, Waiting: true, Limit: mostCounted + 1})
	if err != nil {
		return err
	}
	l.waiting = len(waiting)
	return v.render(returnListPage(l))
}

// returnFile is one return, and what can be done about it.
type returnFile struct {
	*visit
	r     *returns.Return
	clock *flow.Clock
	now   time.Time
	errs  web.FormErrors
}

func (c *Console) meetReturn(v *visit) (*returnFile, error) {
	which, err := v.pathID("return", id.Return)
	if err != nil {
		return nil, err
	}
	p := &returnFile{visit: v, now: c.Now()}
	if p.r, err = c.Returns.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	p.clock, err = c.Returns.Clock(v.ctx(), v.actor, p.r)
	return p, err
}

func (c *Console) showReturn(v *visit) error {
	p, err := c.meetReturn(v)
	if err != nil {
		return err
	}
	return v.render(returnFilePage(p))
}

// turnReturn does something to one return and goes back to its page.
func (c *Console) turnReturn(done string, turn func(*returnFile) error) func(*visit) error {
	return func(v *visit) error {
		p, err := c.meetReturn(v)
		if err != nil {
			return err
		}
		if err := turn(p); err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				p.errs = errs
				return returnFilePage(p)
			})
		}
		return v.done(p.path(""), done)
	}
}

// decideReturn takes what staff decided about items; those left open stay so.
func (c *Console) decideReturn(v *visit) error {
	return c.turnReturn("console.return.decided", func(p *returnFile) error {
		var list []returns.Decision
		for _, t := range p.r.Items {
			no := strconv.Itoa(t.No)
			if said := p.field("d" + no); t.State == returns.ItemAsked && said != "" {
				list = append(list, returns.Decision{No: t.No, Accept: said == "accept", Answer: p.visit.r.FormValue("a" + no)})
			}
		}
		_, err := c.Returns.Decide(p.ctx(), p.actor, p.programme.ID, p.r.ID, list)
		return fault.Gather(atItems(err, list)...)
	})(v)
}

// atItems points what is wrong with decisions at the fields of the answers to their
// items.
func atItems(err error, list []returns.Decision) []error {
	if fault.All(err) == nil {
		return []error{err}
	}
	var moved []error
	for _, f := range fault.All(err) {
		to := *f
		if parts := strings.Split(f.Field, "/"); len(parts) > 2 {
			if n, bad := strconv.Atoi(parts[2]); bad == nil && n < len(list) {
				to.Field = "/a" + strconv.Itoa(list[n].No)
			}
		}
		moved = append(moved, &to)
	}
	return moved
}

func (c *Console) returnLabel(v *visit) error {
	which, err := v.pathID("return", id.Return)
	if err != nil {
		return err
	}
	pdf, err := c.Returns.Label(v.ctx(), v.actor, v.programme.ID, which, v.Printer)
	if err != nil {
		return err
	}
	return v.picture("application/pdf", pdf)
}

func (c *Console) returnPhoto(v *visit) error {
	which, err := v.pathID("return", id.Return)
	if err != nil {
		return err
	}
	photo, err := v.pathID("photo", id.ReturnPhoto)
	if err != nil {
		return err
	}
	b, err := c.Returns.Picture(v.ctx(), v.actor, v.programme.ID, which, photo)
	if err != nil {
		return err
	}
	return v.picture("image/jpeg", b)
}

// picture sends a file that is kept nowhere on the way.
func (v *visit) picture(kind string, b []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	_, err := v.w.Write(b)
	return err
}
