package guest

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/photo"
	"regulars/internal/returns"
	"regulars/internal/sale"
	"regulars/internal/web"
)

// returnAt is where somebody says what they send back; returnOrder is one order,
// opened by a link that is a secret of its customer.
const (
	returnAt    = "/return/{slug}"
	returnOrder = returnAt + "/{link}"
)

// returnBytes bounds a form that may bring photos.
const returnBytes = 2*photo.MaxUpload + formBytes

// returnPace bounds the returns that one network asks for.
var returnPace = auth.Pace{Burst: 10, Every: time.Minute}

func (g *Guest) returnRoutes() []route {
	one := returnOrder + "/{return}"
	return []route{
		{pattern: "GET " + returnAt, open: true, do: g.welcomed(g.askReturn)},
		{pattern: "POST " + returnAt, open: true, do: g.welcomed(g.findReturn)},
		{pattern: "GET " + returnOrder, open: true, do: g.welcomed(g.showReturns)},
		{pattern: "POST " + returnOrder, open: true, do: g.welcomed(g.sendBack), bytes: returnBytes},
		{pattern: "POST " + one + "/cancel", open: true, do: g.welcomed(g.cancelReturn)},
		{pattern: "GET " + one + "/label.pdf", open: true, do: g.welcomed(g.returnLabel)},
		{pattern: "GET " + inProgramme + "/return/{sale}", do: g.returnOwn},
	}
}

// returnDoor leads to what can be sent back, where the customer bought something
// of late.
func returnDoor(v *visit, q db.Queryer) (*web.Button, error) {
	since, err := returns.Since(v.ctx(), q, v.programme.ID, v.now)
	if err != nil || since.IsZero() {
		return nil, err
	}
	aliases, err := member.Aliases(v.ctx(), q, v.who.ID)
	if err != nil {
		return nil, err
	}
	tallies, err := sale.LoadTallies(v.ctx(), q, aliases)
	for _, t := range tallies {
		if t.Last.After(since) {
			return &web.Button{Label: v.T("guest.return.title"), Href: "/return/" + v.programme.Slug, Icon: web.IconReturn}, err
		}
	}
	return nil, err
}

// returnOwn leads somebody who is signed in to the returns of a sale of theirs.
func (g *Guest) returnOwn(v *visit) error {
	which, err := id.Parse(id.Sale, v.r.PathValue("sale"))
	if err != nil {
		return returns.UnknownOrder()
	}
	aliases, err := member.Aliases(v.ctx(), g.DB.Reader(), v.who.ID)
	if err != nil {
		return err
	}
	path, err := g.Returns.OwnLink(v.ctx(), v.programme.ID, aliases, which)
	if err != nil {
		return err
	}
	return v.redirect(path)
}

// welcomed dresses a page as the programme's that its address names.
func (g *Guest) welcomed(do func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		g.welcome(v, v.programme)
		return do(v)
	}
}

func (g *Guest) askReturn(v *visit) error {
	open, err := g.Returns.Open(v.ctx(), v.programme.ID)
	if err == nil && !open {
		err = returns.Closed()
	}
	if err != nil {
		return err
	}
	return v.render(returnFormPage(v, nil))
}

// findReturn opens an order for somebody who knows its number and something of
// its customer's. Whatever was wrong, the answer is the same.
func (g *Guest) findReturn(v *visit) error {
	form := func(errs web.FormErrors) component { return returnFormPage(v, errs) }
	order := auth.Attempt{Subject: "return of:" + hashOf(v.programme.Slug, v.field("order")), Pace: tryPace}
	if err := g.charge(v.ctx(), order, auth.From("return from:", v.r.RemoteAddr, tryPace)); err != nil {
		return v.mendAt("order", err, form) // what was typed stays
	}
	link, err := g.Returns.FindOrder(v.ctx(), v.programme.ID, v.field("order"), v.field("key"))
	if f := fault.As(err); f != nil && f.Code == "unknown_order" {
		return v.mendAt("order", f, form)
	}
	if err != nil {
		return err
	}
	return v.redirect("/return/" + v.programme.Slug + "/" + link + v.tongue())
}

// returning is the page of one order: what was asked before, and what can still
// be. chosen are the lines that the customer picked on the first step.
type returning struct {
	*visit
	*returns.Order
	link, nonce string
	chosen      []pickedLine
	clocks      map[id.ID]*flow.Clock
	errs        web.FormErrors
}

// pickedLine is a line with how much of it comes back, in thousandths.
type pickedLine struct {
	*returns.OrderLine
	quantity int64
}

func (g *Guest) returning(v *visit) (*returning, error) {
	p := &returning{visit: v, link: v.r.PathValue("link"), nonce: v.field("nonce"), clocks: map[id.ID]*flow.Clock{}}
	if len(p.nonce) < 20 || len(p.nonce) > 40 {
		p.nonce = rand.Text()
	}
	var err error
	if p.Order, err = g.Returns.Order(v.ctx(), v.programme.ID, p.link); err != nil {
		return nil, err
	}
	for _, r := range p.Returns {
		if p.clocks[r.ID], err = g.Returns.Clock(v.ctx(), teller, r); err != nil {
			return nil, err
		}
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		n, err := strconv.ParseInt(v.field(nameOf("q", l.No)), 10, 32)
		if err != nil || n <= 0 || l.Why != "" {
			continue
		}
		quantity := n * 1000
		if !l.Whole() {
			quantity = l.Left
		}
		p.chosen = append(p.chosen, pickedLine{l, min(quantity, l.Left)})
	}
	return p, nil
}

// nameOf is the name of a field of a line.
func nameOf(what string, line int) string { return what + strconv.Itoa(line) }

// home is the address of the order.
func (p *returning) home() string { return "/return/" + p.programme.Slug + "/" + p.link }

// showReturns shows an order, or the second step for the lines that were picked.
// Who ends a link is asked to sign in again.
func (g *Guest) showReturns(v *visit) error {
	p, err := g.returning(v)
	if f := fault.As(err); f != nil && (f.Code == "return_link_over" || f.Code == "unknown_order") {
		return v.mendAll(web.FormErrors{"order": v.Fault(f)}, func(errs web.FormErrors) component { return returnFormPage(v, errs) })
	}
	if err != nil {
		return err
	}
	if len(p.chosen) > 0 {
		return v.render(returnItemsPage(p))
	}
	if v.field("step") != "" {
		p.errs = web.FormErrors{"": v.Fault(fault.Invalid("return_nothing", "say what is to be sent back"))}
	}
	return v.render(returnOrderPage(p))
}

// sendBack takes what a customer sends back. The same form sent twice is one
// return.
func (g *Guest) sendBack(v *visit) error {
	files, failure := v.uploads()
	p, err := g.returning(v)
	if err != nil {
		return err
	}
	page := func(errs web.FormErrors) component {
		p.errs = p.placed(errs)
		if len(p.chosen) == 0 {
			return returnOrderPage(p)
		}
		return returnItemsPage(p)
	}
	if err := g.charge(v.ctx(), auth.From("returns from:", v.r.RemoteAddr, returnPace)); err != nil {
		return v.mendAt("", err, page) // what was written stays
	}
	ask := returns.Ask{Name: "web:" + p.nonce}
	if p.Asked(ask.Name) {
		return v.done(p.home()+v.tongue(), "guest.return.asked")
	}
	for _, l := range p.chosen {
		ask.Items = append(ask.Items, returns.ItemAsk{
			Line: l.No, Quantity: l.quantity, Outcome: returns.Outcome(v.field(nameOf("o", l.No))), Comment: v.r.FormValue(nameOf("c", l.No)), Photos: files[nameOf("p", l.No)],
		})
	}
	if failure == nil {
		_, failure = g.Returns.Ask(v.ctx(), v.programme.ID, p.link, ask)
	}
	if failure == nil {
		return v.done(p.home()+v.tongue(), "guest.return.asked")
	}
	return v.mend(failure, page)
}

// placed turns pointers of faults into the names of fields.
func (p *returning) placed(errs web.FormErrors) web.FormErrors {
	names := map[string]string{"comment": "c", "photos": "p", "outcome": "o"}
	all := web.FormErrors{}
	for _, at := range slices.Sorted(maps.Keys(errs)) {
		parts := strings.Split(at, "/")
		name := ""
		if n, err := strconv.Atoi(part(parts, 1)); err == nil && parts[0] == "items" && n < len(p.chosen) && names[part(parts, 2)] != "" {
			name = nameOf(names[part(parts, 2)], p.chosen[n].No)
		} else if at == "photos" && len(p.chosen) > 0 {
			name = nameOf("p", p.chosen[0].No)
		}
		all.Add(name, errs[at])
	}
	return all
}

func part(parts []string, n int) string {
	if n < len(parts) {
		return parts[n]
	}
	return ""
}

func (g *Guest) cancelReturn(v *visit) error {
	which, err := id.Parse(id.Return, v.r.PathValue("return"))
	if err != nil {
		return returns.Unknown()
	}
	link := v.r.PathValue("link")
	err = g.Returns.CancelMine(v.ctx(), v.programme.ID, link, which)
	if f := fault.As(err); f != nil && f.Code == "return_state" {
		web.AddFlash(v.w, v.r, web.Warn, i18n.Text{Key: "guest.return.too_late"})
		return v.redirect("/return/" + v.programme.Slug + "/" + link + v.tongue())
	}
	if err != nil {
		return err
	}
	return v.done("/return/"+v.programme.Slug+"/"+link+v.tongue(), "guest.return.cancelled")
}

func (g *Guest) returnLabel(v *visit) error {
	which, err := id.Parse(id.Return, v.r.PathValue("return"))
	if err != nil {
		return returns.Unknown()
	}
	pdf, err := g.Returns.MyLabel(v.ctx(), v.programme.ID, v.r.PathValue("link"), which, v.Printer)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", which.In(id.Return)+".pdf"))
	v.w.Header().Set("Content-Type", "application/pdf")
	_, err = v.w.Write(pdf)
	return err
}
