package console

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/web"
)

// casesShown is how many cases the board shows at once.
const casesShown = 100

// Choices of the board beside the states: those in which it is our turn, what is
// overdue, and what has a compensation to decide about.
const (
	oursCases      = "ours"
	overdueCases   = "overdue"
	undecidedCases = "undecided"
)

// caseBoard is the board: what is due first stands first; of what is over, the
// latest.
type caseBoard struct {
	*visit
	state    string
	settings complaint.Settings
	cases    []*complaint.Case
	clocks   *complaint.Clocks
	owners   map[string]string
	now      time.Time
	// more says that not all are shown; of what is over, trail leads through them.
	more  bool
	trail trail
	// mailbox is from where complaints are fetched, nil for nowhere.
	mailbox *complaint.Mailbox
}

func (c *Console) caseBoard(v *visit) error {
	b := &caseBoard{visit: v, state: v.field("state"), now: c.Now(), trail: v.trail()}
	query := complaint.Query{ProgrammeID: v.programme.ID, Limit: casesShown + 1}
	switch {
	case b.state == overdueCases:
		query.Overdue = true
	case b.state == undecidedCases:
		query.Undecided = true
	case slices.Contains(complaint.States(), complaint.State(b.state)):
		query.State = complaint.State(b.state)
	default:
		b.state, query.Ours = oursCases, true
	}
	read := c.Complaints.Board
	if b.over() {
		read = c.Complaints.List
		if mark, err := id.Parse(id.Case, b.trail.mark()); err == nil {
			query.Before = mark
		}
	}
	var err error
	if b.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if b.cases, err = read(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if b.more = len(b.cases) > casesShown; b.more {
		b.cases = b.cases[:casesShown]
	}
	if b.clocks, err = c.Complaints.Clocks(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	var who []string
	for _, one := range b.cases {
		if one.OwnerID != 0 {
			who = append(who, staffActor(one.OwnerID))
		}
	}
	if b.owners, err = auth.Names(v.ctx(), c.DB.Reader(), who); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(caseBoardTable(b))
	}
	if b.mailbox, _, err = c.Complaints.Mailbox(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(caseBoardPage(b))
}

// over reports whether nothing is due any more in the state that is shown.
func (b *caseBoard) over() bool {
	return slices.Contains([]complaint.State{complaint.Solved, complaint.Closed, complaint.Done, complaint.Declined}, complaint.State(b.state))
}

func (b *caseBoard) cursor() web.Cursor {
	page := func(trail string) string { return b.at("/complaints", "state", b.state, trailName, trail) }
	c := web.Cursor{Target: "#found"}
	if len(b.trail) > 0 {
		c.Previous = page(b.trail.back())
	}
	if b.more {
		c.Next = page(b.trail.forth(b.cases[len(b.cases)-1].ID.In(id.Case)))
	}
	return c
}

// actions are what can be done on the board: to write down what a customer says at
// the counter or by telephone.
func (b *caseBoard) actions() templ.Component {
	if !b.can(auth.CasesWrite) {
		return nil
	}
	return web.Action(web.Button{Label: b.T("console.case.new"), Href: b.at("/complaints/new"), Icon: web.IconPlus})
}

// stateOptions are the states, with which cases have them.
func (b *caseBoard) stateOptions() (list []web.Option) {
	list = append(list, web.Option{Value: oursCases, Label: b.T("console.case.ours")}, web.Option{Value: overdueCases, Label: b.T("console.case.overdue")}, web.Option{Value: undecidedCases, Label: b.T("console.case.undecided")})
	for _, kind := range []complaint.Kind{complaint.Complaint, complaint.Wish} {
		for _, s := range kind.States() {
			label := b.Say(s.Text())
			if kind == complaint.Wish {
				label = b.T("console.case.wish_state", "state", label)
			}
			list = append(list, web.Option{Value: string(s), Label: label})
		}
	}
	return web.Choose(list, b.state)
}

// lawful reports whether the law wants an answer to any of the cases.
func (b *caseBoard) lawful() bool {
	return slices.ContainsFunc(b.cases, func(c *complaint.Case) bool { return !c.LegalDue.IsZero() })
}

func (b *caseBoard) table() web.Table {
	t := web.Table{
		Caption: b.T("console.case.title"),
		Columns: []web.Column{
			{Head: b.T("console.case.reason")}, {Head: b.T("console.case.state")}, {Head: b.T("console.case.severity")}, {Head: b.T("console.case.owner")},
			{Head: b.T("console.case.opened")}, {Head: b.T("console.case.our_clock")},
		},
		Empty: web.Empty(b.empty()),
	}
	lawful := b.lawful()
	if lawful {
		t.Columns = append(t.Columns, web.Column{Head: b.T("console.case.legal")})
	}
	for _, c := range b.cases {
		late := c.Late(b.now)
		state := b.Say(c.State.Text())
		if late {
			state = b.T("console.case.late")
		}
		row := web.Row{
			Href: b.at("/complaints/" + c.ID.In(id.Case)),
			Cells: []templ.Component{
				twoLines(b.Say(b.settings.ReasonText(c.Reason, b.Lang())), b.came(c)), web.Badge(caseTone(c, late), state), web.Words(b.Say(c.Severity.Text())),
				b.owner(c), web.Words(b.T("console.case.at", "when", c.Opened)), b.ours(c),
			},
		}
		if lawful {
			row.Cells = append(row.Cells, b.law(c))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// came says of what kind a case is, and where nobody complained.
func (b *caseBoard) came(c *complaint.Case) string {
	if c.Source == complaint.FromPromise {
		return b.Say(c.Source.Text())
	}
	return b.Say(c.Kind.Text())
}

func (b *caseBoard) owner(c *complaint.Case) templ.Component {
	if name := b.owners[staffActor(c.OwnerID)]; name != "" {
		return web.Words(name)
	}
	if b.over() {
		return web.Words(b.T("console.case.no_due"))
	}
	return web.Muted(b.T("console.case.nobody"))
}

// ours is our own clock: the working time that is left, and when it is over.
func (b *caseBoard) ours(c *complaint.Case) templ.Component {
	switch due := c.Promised(); {
	case !due.IsZero():
		return twoLines(b.workLeft(c.Left(b.clocks.Of(c.ShopID), b.now)), b.T("console.case.at", "when", due))
	case c.Unsolved():
		return web.Muted(b.T("console.case.stands"))
	}
	return web.Words(b.T("console.case.no_due"))
}

// law is until when the law wants an answer.
func (b *caseBoard) law(c *complaint.Case) templ.Component {
	if !c.Unsolved() || c.LegalDue.IsZero() {
		return web.Words(b.T("console.case.no_due"))
	}
	last := c.LegalDue.Add(-time.Second) // the end of the last day
	if c.LegalDue.Before(b.now) {
		return twoLines(b.T("console.case.late"), b.ShortDate(last))
	}
	return web.Words(b.ShortDate(last))
}

// empty says what it means that there is nothing, and where customers write.
func (b *caseBoard) empty() web.Hint {
	h := web.Hint{
		Icon: web.IconMessage, Title: b.T("console.case.none"), Text: b.T("console.case.none_text", "path", "/c/"+b.programme.Slug),
		Next: &web.Button{Label: b.T("console.case.see_page"), Href: "/c/" + b.programme.Slug},
	}
	if b.state == oursCases {
		h.Title = b.T("console.case.none_ours")
	}
	return h
}
