package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// cardPath is the address of touchpoints and cards.
const cardPath = inProgramme + "/cards"

func (c *Console) cardRoutes() []route {
	point, batch := cardPath+"/touchpoints", cardPath+"/batches"
	return []route{
		{pattern: "GET " + cardPath, permission: auth.TouchRead, do: c.cards},
		{pattern: "POST " + cardPath + "/bind", permission: auth.TouchWrite, do: c.bindCard},
		{pattern: "POST " + cardPath + "/trial", permission: auth.TouchWrite, do: c.setCardTrial},
		{pattern: "GET " + point + "/new", permission: auth.TouchWrite, do: c.editTouchpoint},
		{pattern: "POST " + point + "/new", permission: auth.TouchWrite, do: c.saveTouchpoint},
		{pattern: "GET " + point + "/{touchpoint}", permission: auth.TouchRead, do: c.editTouchpoint},
		{pattern: "POST " + point + "/{touchpoint}", permission: auth.TouchWrite, do: c.saveTouchpoint},
		{pattern: "GET " + point + "/{touchpoint}/test/{platform}", permission: auth.TouchRead, do: c.testLink},
		{pattern: "GET " + batch + "/new", permission: auth.TouchWrite, do: c.newCards},
		{pattern: "POST " + batch + "/new", permission: auth.TouchWrite, do: c.makeCards},
		{pattern: "GET " + batch + "/{batch}/cards.pdf", permission: auth.TouchRead, do: c.printCards},
	}
}

// cardsPage shows touchpoints, cards and what is scanned at packing.
type cardsPage struct {
	*visit
	points  []touch.Touchpoint
	batches []touch.Batch
	traffic map[id.ID][2]int64 // scans and those who went on, by touchpoint
	trial   touch.Trial
	errs    web.FormErrors
}

// cardSpan is the time whose scans are shown.
const cardSpan = 90 * 24 * time.Hour

func (c *Console) meetCards(v *visit) (*cardsPage, error) {
	p := &cardsPage{visit: v, traffic: map[id.ID][2]int64{}}
	var err error
	if p.points, err = c.Touch.Touchpoints(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.batches, err = c.Touch.Batches(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.trial, err = c.Touch.Trial(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	list, err := c.Touch.Traffic(v.ctx(), v.actor, v.programme.ID, c.Now().Add(-cardSpan), c.Now().Add(time.Hour))
	for _, t := range list {
		n := p.traffic[t.TouchpointID]
		n[0] += t.Visits
		if t.Platform != "" || t.Door == touch.PrivateDoor {
			n[1] += t.Visits
		}
		p.traffic[t.TouchpointID] = n
	}
	return p, err
}

func (c *Console) cards(v *visit) error {
	p, err := c.meetCards(v)
	if err != nil {
		return err
	}
	return v.render(cardListPage(p))
}

func (p *cardsPage) head() web.Head {
	cards, bound := int64(0), int64(0)
	for _, b := range p.batches {
		cards, bound = cards+b.Cards, bound+b.Bound
	}
	h := web.Head{Title: p.T("console.cards.title"), Lead: p.T("console.cards.lead", "n", cards, "bound", bound)}
	if p.can(auth.TouchWrite) && len(p.points) > 0 {
		h.Actions = web.Actions(
			web.Button{Label: p.T("console.cards.new_point"), Href: p.at("/cards/touchpoints/new")},
			web.Button{Label: p.T("console.cards.new"), Kind: web.Primary, Icon: web.IconPlus, Href: p.at("/cards/batches/new")},
		)
	}
	return h
}

func (p *cardsPage) pointTable() web.Table {
	hint := web.Hint{Icon: web.IconCode, Title: p.T("console.cards.no_points"), Text: p.T("console.cards.no_points_text")}
	if p.can(auth.TouchWrite) {
		hint.Next = &web.Button{Label: p.T("console.cards.new_point"), Kind: web.Primary, Icon: web.IconPlus, Href: p.at("/cards/touchpoints/new")}
	}
	t := web.Table{
		Caption: p.T("console.cards.points"),
		Columns: []web.Column{
			{Head: p.T("console.cards.name")}, {Head: p.T("console.cards.links")},
			{Head: p.T("console.cards.scans"), Figures: true}, {Head: p.T("console.cards.onwards"), Figures: true},
		},
		Empty: web.Empty(hint),
	}
	for _, point := range p.points {
		var names []string
		for _, l := range point.Links {
			names = append(names, p.Say(l.Platform.Text()))
		}
		t.Rows = append(t.Rows, web.Row{
			Href: p.at("/cards/touchpoints/" + point.ID.In(id.Touchpoint)), Quiet: point.Closed,
			Cells: []templ.Component{
				twoLines(point.Name, p.Say(point.Kind.Text())), web.Words(strings.Join(names, ", ")),
				web.Words(p.Number(p.traffic[point.ID][0])), web.Words(p.Number(p.traffic[point.ID][1])),
			},
		})
	}
	return t
}

func (p *cardsPage) batchTable() web.Table {
	t := web.Table{
		Caption: p.T("console.cards.batches"),
		Columns: []web.Column{
			{Head: p.T("console.cards.name")}, {Head: p.T("console.cards.point")}, {Head: p.T("console.cards.cards"), Figures: true},
			{Head: p.T("console.cards.bound"), Figures: true}, {Head: p.T("console.cards.print")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconCode, Title: p.T("console.cards.no_batches"), Text: p.T("console.cards.no_batches_text")}),
	}
	names := map[id.ID]string{}
	for _, point := range p.points {
		names[point.ID] = point.Name
	}
	for _, b := range p.batches {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			twoLines(b.Name, p.Date(b.Made)), web.Words(names[b.TouchpointID]), web.Words(p.Number(b.Cards)), web.Words(p.Number(b.Bound)), printLinks(p, b),
		}})
	}
	return t
}

// bindCard is the field for the scanner at packing: first the card, then the
// order.
func (c *Console) bindCard(v *visit) error {
	card, err := c.Touch.Bind(v.ctx(), v.actor, v.programme.ID, v.field("code"), v.field("order"))
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p, failed := c.meetCards(v)
			if failed != nil {
				return web.Notice(web.Bad, v.T("console.cards.title"))
			}
			p.errs = errs
			return cardListPage(p)
		})
	}
	return v.done(v.at("/cards"), "console.cards.bound_now", "code", touch.ShowCode(card.Code), "order", card.Order)
}

func (c *Console) setCardTrial(v *visit) error {
	share, err := strconv.ParseInt(v.field("share"), 10, 64)
	if err != nil {
		share = -1
	}
	if _, err = c.Touch.SetTrial(v.ctx(), v.actor, v.programme.ID, share*100); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p, failed := c.meetCards(v)
			if failed != nil {
				return web.Notice(web.Bad, v.T("console.cards.title"))
			}
			p.errs = errs
			return cardListPage(p)
		})
	}
	return v.done(v.at("/cards"), "console.cards.trial_set")
}

// touchpointForm is the editor of a touchpoint.
type touchpointForm struct {
	*visit
	point touch.Touchpoint
	shops []program.Shop
	errs  web.FormErrors
}

func (c *Console) meetTouchpoint(v *visit) (*touchpointForm, error) {
	f := &touchpointForm{visit: v}
	var err error
	if f.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil || v.r.PathValue("touchpoint") == "" {
		return f, err
	}
	n, err := v.pathID("touchpoint", id.Touchpoint)
	if err != nil {
		return nil, err
	}
	f.point, err = c.Touch.Touchpoint(v.ctx(), v.actor, v.programme.ID, n)
	return f, err
}

func (c *Console) editTouchpoint(v *visit) error {
	f, err := c.meetTouchpoint(v)
	if err != nil || f == nil {
		return err
	}
	return v.render(touchpointEditor(f))
}

func (c *Console) saveTouchpoint(v *visit) error {
	f, err := c.meetTouchpoint(v)
	if err != nil || f == nil {
		return err
	}
	f.point.TouchpointSpec = f.typed()
	if f.point.ID == 0 {
		_, err = c.Touch.CreateTouchpoint(v.ctx(), v.actor, v.programme.ID, f.point.TouchpointSpec)
	} else {
		_, err = c.Touch.UpdateTouchpoint(v.ctx(), v.actor, v.programme.ID, f.point.ID, f.point.TouchpointSpec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return touchpointEditor(f)
		})
	}
	return v.done(v.at("/cards"), "console.cards.point_saved")
}

// typed is what the form holds. A platform is linked where its place or its
// address was filled in.
func (f *touchpointForm) typed() touch.TouchpointSpec {
	s := touch.TouchpointSpec{Kind: touch.Kind(f.field("kind")), Name: f.field("name"), Closed: f.field("closed") != ""}
	if shop, err := id.Parse(id.Shop, f.field("shop")); err == nil {
		s.ShopID = shop
	}
	for _, platform := range touch.Linked() {
		l := touch.Link{Platform: platform, Place: f.field("place_" + string(platform)), Template: f.field("template_" + string(platform))}
		if l.Place != "" || l.Template != "" {
			s.Links = append(s.Links, l)
		}
	}
	return s
}

func (f *touchpointForm) link(platform touch.Platform) touch.Link {
	for _, l := range f.point.Links {
		if l.Platform == platform {
			return l
		}
	}
	return touch.Link{Platform: platform}
}

// templateLabel asks for an address: the usual one of a platform is known, that
// of a page of one's own is not.
func (f *touchpointForm) templateLabel(platform touch.Platform) string {
	if platform == touch.OwnPage {
		return f.T("console.cards.own_page")
	}
	return f.T("console.cards.template", "platform", f.Say(platform.Text()))
}

func (f *touchpointForm) action() string {
	if f.point.ID == 0 {
		return f.at("/cards/touchpoints/new")
	}
	return f.at("/cards/touchpoints/" + f.point.ID.In(id.Touchpoint))
}

func (f *touchpointForm) kinds() []web.Option {
	var list []web.Option
	for _, k := range touch.Kinds() {
		list = append(list, web.Option{Value: string(k), Label: f.Say(k.Text())})
	}
	return web.Choose(list, string(f.point.Kind))
}

func (f *touchpointForm) shopOptions() []web.Option {
	list := []web.Option{{Label: f.T("console.cards.no_shop")}}
	for _, s := range f.shops {
		list = append(list, web.Option{Value: s.ID.In(id.Shop), Label: s.Name})
	}
	if f.point.ShopID == 0 {
		return web.Choose(list, "")
	}
	return web.Choose(list, f.point.ShopID.In(id.Shop))
}

// testLink leads where a card would, without being counted.
func (c *Console) testLink(v *visit) error {
	f, err := c.meetTouchpoint(v)
	if err != nil || f == nil {
		return err
	}
	to, err := f.point.Test(touch.Platform(v.r.PathValue("platform")))
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, to, http.StatusFound)
	return nil
}

// batchForm is the editor of new cards.
type cardForm struct {
	*visit
	points []touch.Touchpoint
	errs   web.FormErrors
}

func (c *Console) meetCardForm(v *visit) (*cardForm, error) {
	list, err := c.Touch.Touchpoints(v.ctx(), v.actor, v.programme.ID)
	return &cardForm{visit: v, points: list}, err
}

func (c *Console) newCards(v *visit) error {
	f, err := c.meetCardForm(v)
	if err != nil {
		return err
	}
	if len(f.options("touchpoint")) == 0 {
		return v.redirect(v.at("/cards/touchpoints/new"))
	}
	return v.render(cardEditor(f))
}

func (c *Console) makeCards(v *visit) error {
	f, err := c.meetCardForm(v)
	if err != nil {
		return err
	}
	n, _ := strconv.ParseInt(v.field("cards"), 10, 64)
	point, _ := id.Parse(id.Touchpoint, v.field("touchpoint"))
	_, err = c.Touch.CreateBatch(v.ctx(), v.actor, v.programme.ID, point, v.field("name"), n, touch.Design{
		Layout: touch.Layout(v.field("layout")), Language: i18n.Lang(v.field("language")),
		Words: touch.Words{Heading: v.field("heading"), Review: v.field("review"), Private: v.field("private"), Foot: v.field("foot")},
	})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return cardEditor(f)
		})
	}
	return v.done(v.at("/cards"), "console.cards.made", "n", n)
}

func (f *cardForm) options(name string) []web.Option {
	var list []web.Option
	switch name {
	case "touchpoint":
		for _, t := range f.points {
			if !t.Closed {
				list = append(list, web.Option{Value: t.ID.In(id.Touchpoint), Label: t.Name})
			}
		}
	case "layout":
		for _, l := range touch.Layouts() {
			list = append(list, web.Option{Value: string(l), Label: f.Say(l.Text())})
		}
	default:
		for _, l := range i18n.Langs() {
			list = append(list, web.Option{Value: string(l), Label: l.Endonym()})
		}
	}
	return web.Choose(list, f.field(name))
}
