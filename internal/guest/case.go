package guest

import (
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/member"
	"regulars/internal/web"
)

// casesPath is the page of what the customer told the shop.
const casesPath = "/cases"

// shownCases bounds the cases on the page.
const shownCases = 50

func (g *Guest) caseRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + casesPath, do: g.showCases},
		{pattern: "GET " + inProgramme + casesPath + "/{track}", do: g.showCase},
		{pattern: "POST " + inProgramme + casesPath + "/{track}", do: g.answerCase, bytes: tellBytes},
	}
}

// cases is the page of what the customer told while signed in, and where it
// stands.
type cases struct {
	*visit
	list     []*complaint.Case
	settings complaint.Settings
}

func (g *Guest) showCases(v *visit) error {
	c := &cases{visit: v}
	var err error
	if c.list, err = g.Complaints.List(v.ctx(), teller, complaint.Query{ProgrammeID: v.programme.ID, MemberID: v.who.ID, Limit: shownCases}); err != nil {
		return err
	}
	if c.settings, _, err = g.Complaints.Settings(v.ctx(), teller, v.programme.ID); err != nil {
		return err
	}
	return v.render(casesPage(c))
}

// casesDoor leads to the cases, and to telling something.
func casesDoor(v *visit, _ db.Queryer) (*web.Button, error) {
	return &web.Button{Label: v.T("guest.cases.nav"), Href: v.at(casesPath), Icon: web.IconMessage}, nil
}

// openCases returns how many complaints of the customer are open.
func (g *Guest) openCases(v *visit, q db.Queryer) (int, error) {
	aliases, err := member.Aliases(v.ctx(), q, v.who.ID)
	if err != nil {
		return 0, err
	}
	return g.Complaints.OpenCount(v.ctx(), q, v.programme.ID, aliases)
}

// lead says how many are open.
func (c *cases) lead() string {
	open := 0
	for _, one := range c.list {
		if one.Unsolved() {
			open++
		}
	}
	return c.T("guest.cases.lead", "none", len(c.list) == 0, "open", open)
}

// ware is a case as it is laid out.
func (c *cases) ware(one *complaint.Case) web.Ware {
	w := web.Ware{
		ID: one.Track, Name: c.Say(one.Kind.Text()), About: c.T("guest.cases.told", "when", one.Opened),
		Badge: web.Badge(caseTone(one), c.state(one.State)), Quiet: c.over(one),
	}
	if one.Kind == complaint.Complaint {
		w.Of = c.Said(c.settings.ReasonText(one.Reason, c.Lang()))
	}
	switch {
	case one.State == complaint.Waiting:
		w.Note = c.T("guest.cases.waits")
	case one.Unsolved() && !one.Next().IsZero():
		w.Note = c.T("guest.cases.due", "when", one.Next(), "answered", !one.FirstAnswered.IsZero())
	}
	return w
}

// state says to the customer where a case stands.
func (v *visit) state(s complaint.State) string {
	if s == complaint.Waiting {
		return v.T("guest.cases.your_turn")
	}
	return v.Say(s.Text())
}

func (c *cases) over(one *complaint.Case) bool {
	return one.State == complaint.Closed || one.State == complaint.Done || one.State == complaint.Declined
}

func caseTone(c *complaint.Case) web.Tone {
	switch {
	case c.State == complaint.Solved || c.State == complaint.Done:
		return web.Good
	case c.Unsolved():
		return web.Warn
	}
	return web.Neutral
}

// ownCase is the page of one case.
func (g *Guest) ownCase(v *visit) (*tracking, error) {
	p := &tracking{visit: v, ticket: complaint.Ticket{Track: complaint.NormaliseTrack(v.r.PathValue("track")), MemberID: v.who.ID}, nonce: nonce()}
	var err error
	p.view, err = g.Complaints.Follow(v.ctx(), v.programme.ID, p.ticket, v.Lang())
	return p, err
}

func (g *Guest) showCase(v *visit) error {
	p, err := g.ownCase(v)
	if f := fault.As(err); f != nil && f.Kind == fault.KindMissing {
		return web.NotFound(v.w, v.r)
	}
	if err != nil {
		return err
	}
	return v.render(ownCasePage(p))
}

// answerCase takes what the customer says further in a case of their own.
func (g *Guest) answerCase(v *visit) error {
	photos, failure := v.photos()
	p, err := g.ownCase(v)
	if err != nil {
		return err
	}
	if failure == nil {
		do := v.field("do")
		failure = g.once(v, do+":"+p.view.Track, func() error {
			switch do {
			case "reply":
				return g.Complaints.Reply(v.ctx(), v.programme.ID, p.ticket, v.r.FormValue("text"), photos)
			case "dispute":
				return g.Complaints.NotSolved(v.ctx(), v.programme.ID, p.ticket, "")
			}
			return fault.Invalid("guest_form", "the form cannot be read; send it again")
		})
	}
	if failure == nil {
		return v.done(v.at(casesPath+"/"+p.view.Track), "guest.cases.said")
	}
	return v.mend(failure, func(web.FormErrors) component {
		p.errs = p.wrong(failure)
		return ownCasePage(p)
	})
}
