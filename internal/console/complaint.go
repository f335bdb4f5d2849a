package console

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/web"
)

// casesPath is the address of the board of complaints.
const casesPath = inProgramme + "/complaints"

func (c *Console) complaintRoutes() []route {
	one := casesPath + "/{case}"
	return []route{
		{pattern: "GET " + casesPath, permission: auth.CasesRead, do: c.caseBoard},
		{pattern: "GET " + casesPath + "/causes", permission: auth.CasesRead, do: c.caseCauses},
		{pattern: "GET " + casesPath + "/actions", permission: auth.CasesRead, do: c.caseActions},
		{pattern: "POST " + casesPath + "/actions", permission: auth.CasesWrite, do: c.addCaseAction},
		{pattern: "POST " + casesPath + "/actions/{action}/done", permission: auth.CasesWrite, do: c.finishCaseAction},
		{pattern: "GET " + casesPath + "/new", permission: auth.CasesWrite, do: c.newCase},
		{pattern: "POST " + casesPath + "/new", permission: auth.CasesWrite, do: c.writeCase},
		{pattern: "GET " + casesPath + "/settings", permission: auth.CasesRead, do: c.caseSettings},
		{pattern: "POST " + casesPath + "/settings", permission: auth.CasesApprove, do: c.saveCaseSettings},
		{pattern: "GET " + one, permission: auth.CasesRead, do: c.showCase},
		{pattern: "GET " + one + "/photos/{photo}", permission: auth.CasesRead, do: c.casePhoto},
		{pattern: "POST " + one + "/answer", permission: auth.CasesWrite, do: c.answerCase},
		{pattern: "POST " + one + "/apologise", permission: auth.CasesWrite, do: c.apologise},
		{pattern: "POST " + one + "/turn", permission: auth.CasesWrite, do: c.turnCase},
		{pattern: "POST " + one + "/judge", permission: auth.CasesWrite, do: c.judgeCase},
		{pattern: "POST " + one + "/compensate", permission: auth.CasesCompensate, do: c.compensateCase},
		{pattern: "POST " + one + "/decide", permission: auth.CasesApprove, do: c.decideRemedy},
	}
}

// fewestCounted is how many a rate or a share needs at least.
const fewestCounted = 10

// caseCauses is what the complaints of half a year come to.
type caseCauses struct {
	*visit
	settings complaint.Settings
	report   *complaint.Report
	recovery *complaint.Recovery
	actions  *caseActions
	// people are the names of those whom alarms are about, for who may decide.
	people map[string]string
}

func (c *Console) caseCauses(v *visit) error {
	p := &caseCauses{visit: v}
	var err error
	if p.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if p.report, err = c.Complaints.Report(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if p.recovery, err = c.Complaints.Recovery(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if v.can(auth.CasesApprove) {
		var who []string
		for _, a := range p.report.Staff {
			who = append(who, a.Actor)
		}
		if p.people, err = auth.Names(v.ctx(), c.DB.Reader(), who); err != nil {
			return err
		}
	}
	p.actions = &caseActions{visit: v, settings: p.settings, now: c.Now()}
	for _, e := range p.report.Effects {
		if !e.Done.IsZero() {
			p.actions.effects = append(p.actions.effects, e)
		}
	}
	return v.render(caseCausesPage(p))
}

// historyShown is how much of the member's timeline stands beside a case.
const historyShown = 8

// casePage is one case.
type casePage struct {
	*visit
	file     *complaint.File
	settings complaint.Settings
	clock    *complaint.Clock
	now      time.Time
	staff    crew
	// owner is what its member is called, and history what happened to them, the
	// latest first, for those who may see members.
	owner   string
	history []moment
	actors  map[string]string
	errs    web.FormErrors
}

func (c *Console) meetCase(v *visit) (*casePage, error) {
	n, err := v.pathID("case", id.Case)
	if err != nil {
		return nil, err
	}
	p := &casePage{visit: v, now: c.Now()}
	if p.file, err = c.Complaints.Get(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return nil, err
	}
	if p.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	clocks, err := c.Complaints.Clocks(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	p.clock = clocks.Of(p.file.ShopID)
	if p.staff, err = c.Auth.ListStaff(v.ctx(), auth.System("console"), v.programme.ID); err != nil {
		return nil, err
	}
	if p.actors, err = auth.Names(v.ctx(), c.DB.Reader(), p.people()); err != nil {
		return nil, err
	}
	return p, c.readCaseHistory(v, p)
}

// people are all who did something in the case or are named by it.
func (p *casePage) people() (who []string) {
	for _, r := range p.file.Remedies {
		who = append(who, r.AskedBy, r.DecidedBy)
	}
	for _, m := range p.file.Messages {
		who = append(who, m.Actor)
	}
	for _, n := range []id.ID{p.file.OwnerID, p.file.SubjectID} {
		if n != 0 {
			who = append(who, staffActor(n))
		}
	}
	return who
}

func staffActor(n id.ID) string { return auth.Actor{Kind: auth.KindStaff, ID: n}.String() }

// readCaseHistory reads what happened to the member of the case; of one who was
// erased nothing is known.
func (c *Console) readCaseHistory(v *visit, p *casePage) error {
	if p.file.MemberID == 0 || !v.can(auth.MembersRead) {
		return nil
	}
	who, err := c.readPerson(v, p.file.MemberID)
	if fault.KindOf(err) == fault.KindMissing {
		return nil
	}
	if err != nil {
		return err
	}
	story, err := c.readStory(v, who)
	if err != nil {
		return err
	}
	p.owner, p.history = who.name, story.moments(v, who)
	p.history = p.history[:min(len(p.history), historyShown)]
	return nil
}

func (c *Console) showCase(v *visit) error {
	p, err := c.meetCase(v)
	if err != nil {
		return err
	}
	return v.render(caseFilePage(p))
}

func (c *Console) casePhoto(v *visit) error {
	n, err := v.pathID("case", id.Case)
	if err != nil {
		return err
	}
	photo, err := v.pathID("photo", id.CasePhoto)
	if err != nil {
		return err
	}
	b, err := c.Complaints.Picture(v.ctx(), v.actor, v.programme.ID, n, photo)
	if err != nil {
		return err
	}
	return v.picture("image/jpeg", b)
}

// caseVerb does something to a case and goes back to its page.
func (c *Console) caseVerb(v *visit, do func(p *casePage, n id.ID) error) error {
	p, err := c.meetCase(v)
	if err != nil {
		return err
	}
	if err := do(p, p.file.ID); err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return caseFilePage(p)
		})
	}
	return v.done(p.path(""), "console.case.done")
}

func (c *Console) answerCase(v *visit) error {
	return c.caseVerb(v, func(_ *casePage, n id.ID) error {
		_, err := c.Complaints.Answer(v.ctx(), v.actor, v.programme.ID, n, complaint.Answer{
			Text: v.r.FormValue("text"), Note: v.field("how") == "note", Wait: v.field("how") == "wait",
		})
		return err
	})
}

func (c *Console) apologise(v *visit) error {
	return c.caseVerb(v, func(_ *casePage, n id.ID) error {
		_, err := c.Complaints.Apologise(v.ctx(), v.actor, v.programme.ID, n, complaint.Apology{
			Name: v.field("name"), Happened: v.field("happened"), Changes: v.field("changes"), Who: v.field("who"),
		}, false)
		return err
	})
}

func (c *Console) turnCase(v *visit) error {
	return c.caseVerb(v, func(_ *casePage, n id.ID) error {
		var err error
		switch to := complaint.State(v.field("to")); to {
		case complaint.Solved:
			_, err = c.Complaints.Solve(v.ctx(), v.actor, v.programme.ID, n)
		case complaint.Closed:
			_, err = c.Complaints.Close(v.ctx(), v.actor, v.programme.ID, n)
		case complaint.Reopened:
			_, err = c.Complaints.Reopen(v.ctx(), v.actor, v.programme.ID, n)
		default:
			_, err = c.Complaints.Decide(v.ctx(), v.actor, v.programme.ID, n, to)
		}
		return err
	})
}

// judgeCase says what a case is about and gives it to somebody. What is left empty
// stays; nobody is an owner too.
func (c *Console) judgeCase(v *visit) error {
	return c.caseVerb(v, func(p *casePage, n id.ID) error {
		j := complaint.Judgement{Reason: v.field("reason"), Cause: v.field("cause"), Severity: complaint.Severity(v.field("severity")), SubjectID: p.staff.named(p.field("subject"))}
		var err error
		if j.Price, err = v.figures().read(v.field("price"), v.programme.Currency.Decimals()); err != nil {
			return placed(err, "/price")
		}
		if _, err = c.Complaints.Judge(v.ctx(), v.actor, v.programme.ID, n, j); err != nil {
			return err
		}
		owner := p.staff.named(p.field("owner"))
		if _, asked := v.r.PostForm["owner"]; !asked || owner == p.file.OwnerID || owner == 0 && j.SubjectID == p.file.OwnerID {
			return nil
		}
		_, err = c.Complaints.Assign(v.ctx(), v.actor, v.programme.ID, n, owner)
		return err
	})
}

func (c *Console) compensateCase(v *visit) error {
	return c.caseVerb(v, func(_ *casePage, n id.ID) error {
		amount, err := v.figures().read(v.field("amount"), v.programme.Currency.Decimals())
		if err != nil {
			return placed(err, "/amount")
		}
		_, err = c.Complaints.Compensate(v.ctx(), v.actor, v.programme.ID, n, complaint.RemedyAsk{
			Name: "form:" + v.field("nonce"), Kind: complaint.Means(v.field("kind")), Amount: amount, Note: v.field("note"),
		})
		return err
	})
}

func (c *Console) decideRemedy(v *visit) error {
	return c.caseVerb(v, func(_ *casePage, n id.ID) error {
		r, err := id.Parse(id.CaseRemedy, v.field("remedy"))
		if err != nil {
			return err
		}
		if v.field("do") == "approve" {
			_, err = c.Complaints.Approve(v.ctx(), v.actor, v.programme.ID, n, r)
		} else {
			_, err = c.Complaints.Decline(v.ctx(), v.actor, v.programme.ID, n, r)
		}
		return err
	})
}
