package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
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

// casesShown is how many cases of a state the board shows, fewestCounted how
// many a rate or a share needs at least.
const (
	casesShown    = 100
	fewestCounted = 10
)

// overdueCases and undecidedCases are choices of the board beside the states.
const (
	overdueCases   = "overdue"
	undecidedCases = "undecided"
)

// caseBoard is the board: the cases of a state, what is overdue first.
type caseBoard struct {
	*visit
	state    string
	settings complaint.Settings
	cases    []*complaint.Case
	// mailbox is from where complaints are fetched, nil for nowhere.
	mailbox *complaint.Mailbox
}

func (c *Console) caseBoard(v *visit) error {
	b := &caseBoard{visit: v, state: v.field("state")}
	query := complaint.Query{ProgrammeID: v.programme.ID, Limit: casesShown, Overdue: b.state == overdueCases, Undecided: b.state == undecidedCases}
	if !query.Overdue && !query.Undecided {
		if !slices.Contains(complaint.States(), complaint.State(b.state)) {
			b.state = string(complaint.Open)
		}
		query.State = complaint.State(b.state)
	}
	var err error
	if b.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if b.cases, err = c.Complaints.Board(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(caseBoardTable(b, c.Now()))
	}
	if b.mailbox, _, err = c.Complaints.Mailbox(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(caseBoardPage(b, c.Now()))
}

// caseCauses is what the complaints of half a year come to.
type caseCauses struct {
	*visit
	settings complaint.Settings
	report   *complaint.Report
	recovery *complaint.Recovery
	actions  *caseActions
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
	p.actions = &caseActions{visit: v, settings: p.settings, now: c.Now()}
	for _, e := range p.report.Effects {
		if !e.Done.IsZero() {
			p.actions.effects = append(p.actions.effects, e)
		}
	}
	return v.render(caseCausesPage(p))
}

// casePage is one case. owner is what its member is called.
type casePage struct {
	*visit
	file     *complaint.File
	settings complaint.Settings
	owner    string
	actors   map[string]string
	late     bool
	errs     web.FormErrors
}

func (c *Console) meetCase(v *visit) (*casePage, error) {
	n, err := v.pathID("case", id.Case)
	if err != nil {
		return nil, err
	}
	p := &casePage{visit: v}
	if p.file, err = c.Complaints.Get(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return nil, err
	}
	p.late = p.file.Late(c.Now())
	if p.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	var who []string
	for _, r := range p.file.Remedies {
		who = append(who, r.AskedBy, r.DecidedBy)
	}
	if p.file.OwnerID != 0 {
		who = append(who, auth.Actor{Kind: auth.KindStaff, ID: p.file.OwnerID}.String())
	}
	return p, c.DB.View(v.ctx(), func(q db.Queryer) error {
		var err error
		if p.actors, err = auth.Names(v.ctx(), q, who); err != nil || p.file.MemberID == 0 || !v.can(auth.MembersRead) {
			return err
		}
		m := p.file.MemberID
		found, err := member.Read(v.ctx(), q, []id.ID{m})
		if err != nil || found[m] == nil {
			return err
		}
		identities, err := member.Identities(v.ctx(), q, []id.ID{found[m].ID})
		p.owner = shownName(v, found[m], identities[found[m].ID])
		return err
	})
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

func (c *Console) judgeCase(v *visit) error {
	return c.caseVerb(v, func(_ *casePage, n id.ID) error {
		_, err := c.Complaints.Judge(v.ctx(), v.actor, v.programme.ID, n, complaint.Judgement{
			Cause: v.field("cause"), Severity: complaint.Severity(v.field("severity")),
		})
		if err == nil && v.field("mine") != "" {
			_, err = c.Complaints.Assign(v.ctx(), v.actor, v.programme.ID, n, v.actor.ID)
		}
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
