package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// codeRoutes are the pages of one code. Whoever has a code can use it, so
// addresses name its identifier, never its text.
func (c *Console) codeRoutes() []route {
	return []route{
		{pattern: "POST /p/{slug}/codes/find", permission: auth.CodesRead, do: c.findCode},
		{pattern: "GET /p/{slug}/codes/{code}", permission: auth.CodesRead, do: c.showCode},
		{pattern: "POST /p/{slug}/codes/{code}/cancel", permission: auth.CodesWrite, do: c.cancelCode},
	}
}

// findCode leads from the text of a code to its page.
func (c *Console) findCode(v *visit) error {
	found, err := c.Promo.Code(v.ctx(), v.actor, v.programme.ID, v.field("code"))
	if err == nil {
		return v.redirect(v.codePath(found.ID, ""))
	}
	f := fault.As(err)
	if f == nil {
		return err
	}
	l, err := c.batchList(v)
	if err != nil {
		return err
	}
	l.typed = v.field("code")
	return v.mend(faultBeside(f, "code"), func(errs web.FormErrors) templ.Component {
		l.errs = errs
		return batchListPage(l)
	})
}

func (v *visit) codePath(code id.ID, verb string) string {
	return v.at("/codes/" + code.In(id.Code) + verb)
}

// codePage is one code with its life.
type codePage struct {
	*visit
	code  promo.CodeHistory
	state promo.CodeState
	offer string
	names map[string]string // by actor
	owner string
	errs  web.FormErrors
}

func (c *Console) codePage(v *visit) (*codePage, error) {
	which, err := v.pathID("code", id.Code)
	if err != nil {
		return nil, err
	}
	found, err := promo.LoadCodesByID(v.ctx(), c.DB.Reader(), v.programme.ID, []id.ID{which})
	if err != nil {
		return nil, err
	}
	if found[which] == nil {
		return nil, web.NotFound(v.w, v.r)
	}
	p := &codePage{visit: v}
	if p.code, err = c.Promo.Code(v.ctx(), v.actor, v.programme.ID, found[which].Text); err != nil {
		return nil, err
	}
	p.state = p.code.StateAt(c.Now())
	return p, c.nameCode(p)
}

// nameCode finds the names that stand on the page of a code.
func (c *Console) nameCode(p *codePage) error {
	offers, err := c.offerNames(p.visit)
	if err != nil {
		return err
	}
	p.offer = offers[p.code.OfferID]
	var actors []string
	for _, s := range p.code.Steps {
		actors = append(actors, s.Actor)
	}
	if p.names, err = auth.Names(p.ctx(), c.DB.Reader(), actors); err != nil {
		return err
	}
	if p.code.MemberID == 0 || !p.can(auth.MembersRead) {
		return nil
	}
	known, err := c.Members.Get(p.ctx(), p.actor, p.programme.ID, p.code.MemberID)
	if fault.As(err) != nil {
		return nil //nolint:nilerr // the member is gone, the code stays
	}
	p.owner = shownName(p.visit, known.Member, known.Identities)
	return err
}

func (c *Console) showCode(v *visit) error {
	p, err := c.codePage(v)
	if err != nil {
		return err
	}
	return v.render(codeOnePage(p))
}

func (c *Console) cancelCode(v *visit) error {
	p, err := c.codePage(v)
	if err != nil {
		return err
	}
	if err := c.Promo.CancelCode(v.ctx(), v.actor, v.programme.ID, p.code.Text, v.field("reason")); err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return codeOnePage(p)
		})
	}
	return v.done(v.codePath(p.code.ID, ""), "console.code.code_cancelled")
}

func (p *codePage) head() web.Head {
	return web.Head{
		Title: p.code.Printed, Lead: p.lead(), Actions: codeActions(p),
		Crumbs: []web.Crumb{
			{Label: p.T("console.code.codes"), Href: p.at("/codes")}, {Label: p.code.Batch.Name, Href: p.batchPath(p.code.BatchID, "")}, {Label: p.code.Printed},
		},
	}
}

// lead says how the code stands.
func (p *codePage) lead() string {
	said := p.T("console.code.stands."+string(p.state), "offer", p.offer)
	switch p.code.MaxUses {
	case 1:
		return said
	case 0:
		return said + " " + p.T("console.code.used_free", "n", p.code.Uses)
	}
	return said + " " + p.T("console.code.used_of", "uses", p.code.Uses, "most", p.code.MaxUses)
}

// cancellable reports whether anything of the code is left to be cancelled.
func (p *codePage) cancellable() bool {
	return p.can(auth.CodesWrite) && !slices.Contains([]promo.CodeState{promo.CodeRedeemed, promo.CodeExpired, promo.CodeCancelled}, p.state)
}

func (p *codePage) facts() []web.Definition {
	list := []web.Definition{
		{Term: p.T("console.rule.state"), About: codeBadge(p.visit, p.state)},
		{Term: p.T("console.offer.offer"), About: p.offerLink(p.code.OfferID, p.offer)},
		{Term: p.T("console.code.batch"), About: web.Link(p.batchPath(p.code.BatchID, ""), p.code.Batch.Name)},
		{Term: p.T("console.code.max_uses"), About: web.Words(p.usesWords(p.code.MaxUses))},
		{Term: p.T("console.code.valid"), About: web.Words(p.validWords(p.code.Begins, p.code.Expires, 0))},
	}
	if p.owner != "" {
		list = append(list, web.Definition{Term: p.T("console.code.owner"), About: web.Link(p.at("/members/"+p.code.MemberID.In(id.Member)), p.owner)})
	}
	return list
}

func codeBadge(v *visit, s promo.CodeState) templ.Component {
	tone := map[promo.CodeState]web.Tone{
		promo.CodeIssued: web.Accent, promo.CodeDelivered: web.Accent, promo.CodeSeen: web.Accent, promo.CodeHeld: web.Warn, promo.CodeRedeemed: web.Good,
	}[s]
	return web.Badge(tone, v.T("console.code.move."+string(s)))
}

// life is the timeline of the code, the latest first.
func (p *codePage) life() []web.Happening {
	var list []web.Happening
	for _, s := range slices.Backward(p.code.Steps) {
		h := web.Happening{
			Day: p.Date(s.At), Clock: p.Clock(s.At), Icon: moveIcons[s.Move], Tone: moveTones[s.Move], Title: p.T("console.code.move." + string(s.Move)),
			Note: p.by(s),
		}
		if s.Note != "" {
			h.Why = []string{s.Note}
		}
		if s.Times > 1 {
			h.Figure = p.T("console.code.times", "n", s.Times)
		}
		list = append(list, h)
	}
	return list
}

// by says by which way a step was taken, and by whom.
func (p *codePage) by(s promo.CodeStep) string {
	who := p.names[s.Actor]
	switch {
	case who != "" && s.Channel != "":
		return p.T("console.code.by_both", "who", who, "channel", s.Channel)
	case who != "":
		return p.T("console.code.by_who", "who", who)
	case s.Channel != "":
		return p.T("console.code.by_channel", "channel", s.Channel)
	}
	return ""
}

var moveIcons = map[promo.CodeMove]web.Icon{
	promo.MoveIssued: web.IconPlus, promo.MoveDelivered: web.IconExternal, promo.MoveSeen: web.IconInfo, promo.MoveReminded: web.IconClock,
	promo.MoveHeld: web.IconClock, promo.MoveReleased: web.IconReturn, promo.MoveRedeemed: web.IconCheck, promo.MoveRestored: web.IconReturn,
	promo.MoveExpired: web.IconCalendar, promo.MoveCancelled: web.IconClose,
}

var moveTones = map[promo.CodeMove]web.Tone{
	promo.MoveIssued: web.Accent, promo.MoveHeld: web.Warn, promo.MoveRedeemed: web.Good, promo.MoveExpired: web.Neutral, promo.MoveCancelled: web.Bad,
}
