package console

import (
	"strconv"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/factor"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// factorsPath is the address of the work list of feedback, factorMapPath that of
// the map, actionsPath that of what is to be done.
const (
	factorsPath   = inProgramme + "/factors"
	factorMapPath = inProgramme + "/factor-map"
	actionsPath   = inProgramme + "/actions"
)

func (c *Console) factorRoutes() []route {
	return []route{
		{pattern: "GET " + factorsPath, permission: auth.FactorsRead, do: c.factorDesk},
		{pattern: "POST " + factorsPath, permission: auth.FactorsWrite, do: c.codeFeedback},
		{pattern: "GET " + factorsPath + "/coded", permission: auth.FactorsRead, do: c.factorCoded},
		{pattern: "GET " + factorsPath + "/settings", permission: auth.FactorsRead, do: c.factorSettings},
		{pattern: "POST " + factorsPath + "/settings", permission: auth.FactorsWrite, do: c.saveFactorSettings},
		{pattern: "GET " + factorMapPath, permission: auth.FactorsRead, do: c.factorMap},
		{pattern: "GET " + factorMapPath + "/satisfaction", permission: auth.FactorsRead, do: c.satisfaction},
		{pattern: "GET " + factorMapPath + "/satisfaction/members", permission: auth.FactorsRead, do: c.satisfactionMembers},
		{pattern: "GET " + actionsPath, permission: auth.FactorsRead, do: c.actions},
		{pattern: "POST " + actionsPath, permission: auth.FactorsWrite, do: c.addAction},
		{pattern: "GET " + actionsPath + "/{action}", permission: auth.FactorsRead, do: c.showAction},
		{pattern: "POST " + actionsPath + "/{action}", permission: auth.FactorsWrite, do: c.changeAction},
		{pattern: "POST " + actionsPath + "/{action}/state", permission: auth.FactorsWrite, do: c.turnAction},
	}
}

// piecesShown is how many pieces a page lists, factorDays over how many days the
// share of what is coded is told.
const (
	piecesShown = 25
	factorDays  = 90
)

// factorPage is what every page of factors knows.
type factorPage struct {
	*visit
	set     factor.Settings
	version int64
	cases   complaint.Settings
	reasons []survey.Reason
	shops   []program.Shop
	count   *factor.Count
	now     time.Time
	errs    web.FormErrors
}

func (c *Console) meetFactors(v *visit) (*factorPage, error) {
	p := &factorPage{visit: v, now: c.Now()}
	ourselves := auth.System("console")
	var err error
	if p.set, p.version, err = c.Factors.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.cases, _, err = c.Complaints.Settings(v.ctx(), ourselves, v.programme.ID); err != nil {
		return nil, err
	}
	if p.reasons, err = c.Surveys.Reasons(v.ctx(), ourselves, v.programme.ID); err != nil {
		return nil, err
	}
	if p.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	p.count, err = c.Factors.Count(v.ctx(), v.actor, factor.Lately(v.programme.ID, p.now))
	return p, err
}

func (p *factorPage) tabs(current string) []web.Tab {
	var tabs []web.Tab
	for _, t := range []struct{ key, path string }{{"to_code", ""}, {"coded", "/coded"}, {"settings", "/settings"}} {
		tabs = append(tabs, web.Tab{Label: p.T("console.factor." + t.key), Href: p.at("/factors" + t.path), Current: current == t.key})
	}
	return tabs
}

// name is what a factor is called here.
func (p *factorPage) name(c factor.Code) string {
	if c == "" {
		return p.T("console.factor.none")
	}
	return p.Say(p.set.Name(c, p.Lang()))
}

// deskPage is the work list with the piece that is to be coded now.
type deskPage struct {
	*factorPage
	source factor.Source
	list   []factor.Piece
	piece  *factor.Piece
	older  string
}

func (c *Console) meetDesk(v *visit) (*deskPage, error) {
	page, err := c.meetFactors(v)
	if err != nil {
		return nil, err
	}
	p := &deskPage{factorPage: page, source: factor.Source(v.field("source"))}
	query := factor.Query{ProgrammeID: v.programme.ID, Source: p.source, Limit: piecesShown + 1, Before: pieceMark(v.field("before"))}
	if p.list, err = c.Factors.List(v.ctx(), v.actor, query); err != nil {
		return nil, err
	}
	if len(p.list) > piecesShown {
		p.list = p.list[:piecesShown]
		p.older = markOf(&p.list[piecesShown-1])
	}
	if asked := v.field("piece"); asked != "" {
		key, err := pieceKey(asked)
		if err != nil {
			return nil, err
		}
		found, err := c.Factors.Piece(v.ctx(), v.actor, v.programme.ID, key)
		if err != nil {
			return nil, err
		}
		p.piece = &found
	} else if len(p.list) > 0 {
		p.piece = &p.list[0]
	}
	return p, nil
}

func (c *Console) factorDesk(v *visit) error {
	p, err := c.meetDesk(v)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(deskList(p))
	}
	return v.render(deskShown(p))
}

// codeFeedback codes a piece and goes on to the next one of the list.
func (c *Console) codeFeedback(v *visit) error {
	key, err := pieceKey(v.field("piece"))
	if err != nil {
		return err
	}
	to := factor.Code(v.field("factor"))
	if v.field("do") == "back" {
		to = ""
	}
	n, err := c.Factors.Code(v.ctx(), v.actor, v.programme.ID, key, to)
	if err != nil {
		return err
	}
	set, _, err := c.Factors.Settings(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return err
	}
	next := v.at("/factors", "source", v.field("source"))
	if v.field("from") == "coded" {
		next = v.at("/factors/coded", "factor", v.field("was"))
	}
	if n.Factor == "" {
		return v.done(next, "console.factor.taken_back")
	}
	return v.done(next, "console.factor.was_coded", "factor", set.Name(n.Factor, v.Lang()))
}

// pieceKey reads what a form calls a piece: its id, and of an answer its
// question.
func pieceKey(text string) (factor.Key, error) {
	shown, part, _ := strings.Cut(text, ".")
	return factor.ParseKey(shown, part)
}

func keyOf(n *factor.Piece) string { return strings.TrimSuffix(n.Shown()+"."+n.Part, ".") }

// markOf names the place of a piece in the list.
func markOf(n *factor.Piece) string {
	return strconv.FormatInt(n.At.UnixMicro(), 36) + "-" + n.ID.In(id.Event) + "-" + n.Part
}

// pieceMark reads such a place; what is none begins with the first page.
func pieceMark(text string) factor.Cursor {
	parts := strings.SplitN(text, "-", 3)
	if len(parts) != 3 {
		return factor.Cursor{}
	}
	at, err := strconv.ParseInt(parts[0], 36, 64)
	n, wrong := id.Parse(id.Event, parts[1])
	if err != nil || wrong != nil {
		return factor.Cursor{}
	}
	return factor.Cursor{At: time.UnixMicro(at), ID: n, Part: parts[2]}
}

// codedPage is what is coded, by factors, or the feedback of one of them.
type codedPage struct {
	*factorPage
	factor factor.Code
	list   []factor.Piece
	older  string
}

func (c *Console) factorCoded(v *visit) error {
	page, err := c.meetFactors(v)
	if err != nil {
		return err
	}
	p := &codedPage{factorPage: page}
	for _, f := range page.set.On() {
		if v.field("factor") == string(f) {
			p.factor = f
		}
	}
	if p.factor != "" {
		p.list, err = c.Factors.List(v.ctx(), v.actor, factor.Query{ProgrammeID: v.programme.ID, Factor: p.factor, Limit: piecesShown + 1, Before: pieceMark(v.field("before"))})
		if err != nil {
			return err
		}
		if len(p.list) > piecesShown {
			p.list = p.list[:piecesShown]
			p.older = markOf(&p.list[piecesShown-1])
		}
	}
	return v.render(codedShown(p))
}
