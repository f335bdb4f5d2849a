package console

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/standard"
	"regulars/internal/web"
)

const visitPath = inProgramme + "/visits"

func (c *Console) visitRoutes() []route {
	one := visitPath + "/{visit}"
	return []route{
		{pattern: "GET " + visitPath, permission: auth.StandardsRead, do: c.visits},
		{pattern: "GET " + visitPath + "/mine", do: c.myVisits},
		{pattern: "GET " + visitPath + "/audit", permission: auth.AuditsWrite, do: c.newAudit},
		{pattern: "POST " + visitPath + "/audit", permission: auth.AuditsWrite, do: c.announceAudit},
		{pattern: "GET " + visitPath + "/draw", permission: auth.VisitsPlan, do: c.planVisits},
		{pattern: "POST " + visitPath + "/draw", permission: auth.VisitsPlan, do: c.drawVisits},
		{pattern: "GET " + visitPath + "/scenarios", permission: auth.VisitsPlan, do: c.scenarios},
		{pattern: "POST " + visitPath + "/scenarios", permission: auth.VisitsPlan, do: c.saveScenario},
		{pattern: "POST " + visitPath + "/scenarios/{scenario}/retire", permission: auth.VisitsPlan, do: c.retireScenario},
		{pattern: "GET " + visitPath + "/visitors", permission: auth.VisitsPlan, do: c.visitors},
		{pattern: "POST " + visitPath + "/visitors", permission: auth.VisitsPlan, do: c.addVisitor},
		{pattern: "POST " + visitPath + "/visitors/{visitor}/forget", permission: auth.VisitsPlan, do: c.forgetVisitor},
		{pattern: "GET " + one, permission: auth.StandardsRead, do: c.visit},
		{pattern: "GET " + one + "/photos/{photo}", permission: auth.StandardsRead, do: c.visitPhoto},
		{pattern: "POST " + one + "/correct", permission: auth.StandardsWrite, do: c.correctVisit},
		{pattern: "POST " + one + "/reply", permission: auth.AuditsWrite, do: c.replyToVisit},
		{pattern: "POST " + one + "/cancel", permission: auth.AuditsWrite, do: c.cancelVisit},
	}
}

// visitList is a page of visits.
type visitList struct {
	*visit
	kind, state, shop string
	trail             trail
	list              []*standard.Visit
	next              id.ID
	shops             map[id.ID]string
	names             map[id.ID]string // of standards
	now               time.Time
	// counts are how many visits there are of a state, as far as they are counted.
	counts map[standard.State]int
}

// visitsShown is how many visits a page has.
const visitsShown = 30

func (c *Console) visits(v *visit) error {
	l := &visitList{visit: v, kind: v.field("kind"), state: v.field("state"), shop: v.field("shop"), trail: v.trail(), names: map[id.ID]string{}, now: c.Now(), counts: map[standard.State]int{}}
	query := standard.Query{ProgrammeID: v.programme.ID, Kind: standard.Kind(l.kind), State: standard.State(l.state), Limit: visitsShown + 1}
	var err error
	if l.shop != "" {
		if query.ShopID, err = id.Parse(id.Shop, l.shop); err != nil {
			return err
		}
	}
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Visit, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Standards.Visits(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > visitsShown {
		l.list = l.list[:visitsShown]
		l.next = l.list[visitsShown-1].ID
	}
	if err := c.nameVisits(l); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(visitTable(l))
	}
	for _, state := range []standard.State{standard.Sent, standard.Planned, standard.Missed} {
		list, err := c.Standards.Visits(v.ctx(), v.actor, standard.Query{ProgrammeID: v.programme.ID, State: state, Limit: mostCounted + 1})
		if err != nil {
			return err
		}
		l.counts[state] = len(list)
	}
	return v.render(visitListPage(l))
}

// lead says how many visits there were and are to come, as far as the reader may
// know of them.
func (l *visitList) lead() string {
	return l.T("console.visit.says", "sent", l.upTo(l.counts[standard.Sent]), "planned", l.upTo(l.counts[standard.Planned]), "missed", l.upTo(l.counts[standard.Missed]))
}

func (c *Console) nameVisits(l *visitList) (err error) {
	if l.shops, err = shopNames(l.visit, c.DB.Reader()); err != nil {
		return err
	}
	all, err := c.Standards.List(l.ctx(), l.actor, l.programme.ID)
	for _, n := range all {
		l.names[n.ID] = n.Name(string(l.Lang()))
	}
	return err
}

// visitPage is one visit with its sheet.
type visitPage struct {
	*visit
	file    *standard.File
	shop    string
	visitor string
	actors  map[string]string
	state   standard.State
	errs    web.FormErrors
}

func (c *Console) meetVisit(v *visit) (*visitPage, error) {
	which, err := v.pathID("visit", id.Visit)
	if err != nil {
		return nil, err
	}
	p := &visitPage{visit: v}
	if p.file, err = c.Standards.Visit(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	p.state = p.file.At(c.Now())
	shops, err := shopNames(v, c.DB.Reader())
	if err != nil {
		return nil, err
	}
	p.shop = shops[p.file.ShopID]
	actors := []string{p.file.RepliedBy, auth.Actor{Kind: auth.KindStaff, ID: p.file.AuditorID}.String()}
	for _, n := range p.file.Corrections {
		actors = append(actors, n.By)
	}
	if p.actors, err = auth.Names(v.ctx(), c.DB.Reader(), actors); err != nil || p.file.VisitorID == 0 {
		return p, err
	}
	list, err := c.visitorRows(v)
	for _, n := range list {
		if n.ID == p.file.VisitorID {
			p.visitor = n.name
		}
	}
	return p, err
}

func (c *Console) visit(v *visit) error {
	p, err := c.meetVisit(v)
	if err != nil {
		return err
	}
	return v.render(visitShown(p))
}

func (c *Console) visitPhoto(v *visit) error {
	which, err := v.pathID("visit", id.Visit)
	if err != nil {
		return err
	}
	photo, err := v.pathID("photo", id.VisitPhoto)
	if err != nil {
		return err
	}
	b, err := c.Standards.Picture(v.ctx(), v.actor, v.programme.ID, which, photo)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	v.w.Header().Set("Cache-Control", "private, no-store")
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(b) // who left does not read it
	return nil
}

// turnVisit does something to a visit and says that it was done.
func (c *Console) turnVisit(v *visit, done string, turn func(p *visitPage) error) error {
	p, err := c.meetVisit(v)
	if err != nil {
		return err
	}
	if err := turn(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = web.FormErrors{}
			for at, said := range errs {
				if _, there := map[string]bool{"reason": true, "text": true}[at]; !there {
					at = "reason"
				}
				p.errs[at] = said
			}
			return visitShown(p)
		})
	}
	return v.done(v.at("/visits/"+p.file.ID.In(id.Visit)), done)
}

func (c *Console) correctVisit(v *visit) error {
	return c.turnVisit(v, "console.visit.corrected", func(p *visitPage) error {
		answers := map[string]standard.Answer{}
		for i := range p.file.Spec.Criteria {
			x := &p.file.Spec.Criteria[i]
			typed := v.field("a_" + x.Code)
			n, err := strconv.Atoi(typed)
			if err != nil && typed != "none" {
				continue
			}
			answers[x.Code] = standard.Answer{Value: n, None: typed == "none", Comment: p.file.Answers[x.Code].Comment}
		}
		_, err := c.Standards.Correct(v.ctx(), v.actor, v.programme.ID, p.file.ID, answers, v.field("reason"))
		return err
	})
}

func (c *Console) replyToVisit(v *visit) error {
	return c.turnVisit(v, "console.visit.replied", func(p *visitPage) error {
		_, err := c.Standards.Answer(v.ctx(), v.actor, v.programme.ID, p.file.ID, v.field("text"))
		return err
	})
}

func (c *Console) cancelVisit(v *visit) error {
	return c.turnVisit(v, "console.visit.cancelled", func(p *visitPage) error {
		_, err := c.Standards.Cancel(v.ctx(), v.actor, v.programme.ID, p.file.ID)
		return err
	})
}

// mineList is what somebody of the staff is to visit.
type mineList struct {
	*visit
	list  []*standard.File
	shops map[id.ID]string
}

func (c *Console) myVisits(v *visit) error {
	l := &mineList{visit: v}
	var err error
	if l.list, err = c.Standards.Mine(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.shops, err = shopNames(v, c.DB.Reader()); err != nil {
		return err
	}
	return v.render(myVisitsPage(l))
}

// inUse are the standards by which a visit may go.
func (c *Console) inUse(v *visit) ([]web.Option, error) {
	all, err := c.Standards.List(v.ctx(), v.actor, v.programme.ID)
	var list []web.Option
	for _, n := range all {
		if n.Version > 0 && n.Retired.IsZero() {
			list = append(list, web.Option{Value: n.ID.In(id.Standard), Label: n.Name(string(v.Lang()))})
		}
	}
	return web.Choose(list, v.field("standard")), err
}

// shopChoices are the shops to choose from.
func (c *Console) shopChoices(v *visit, chosen ...string) ([]web.Option, error) {
	names, err := shopNames(v, c.DB.Reader())
	var list []web.Option
	for n, name := range names {
		list = append(list, web.Option{Value: n.In(id.Shop), Label: name})
	}
	slices.SortFunc(list, func(a, b web.Option) int { return byName(a.Label, b.Label) })
	return web.Choose(list, chosen...), err
}
