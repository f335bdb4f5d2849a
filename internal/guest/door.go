package guest

import (
	"net/http"
	"net/url"
	"strings"

	"regulars/internal/i18n"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// doorRoutes are the addresses printed on cards, in capital and small letters.
// Nobody signs in for them, and nothing about the order is looked at: both doors
// are open to everybody.
func (g *Guest) doorRoutes() map[string]web.Handler {
	routes := map[string]web.Handler{}
	if g.Touch == nil {
		return routes
	}
	for _, t := range []string{"t", "T"} {
		routes["GET /"+t+"/{code}"] = g.landing
		routes["GET /"+t+"/{code}/{door}"] = g.door
		routes["GET /"+t+"/{code}/{door}/{platform}"] = g.goOn
	}
	return routes
}

// doorPage is what a card leads to.
type doorPage struct {
	*web.Page
	place touch.Place
}

// place finds the card of an address.
func (g *Guest) place(r *http.Request) (touch.Place, error) {
	p, err := g.Touch.Place(r.Context(), r.PathValue("code"))
	return p, g.guessed(r.Context(), r.RemoteAddr, err)
}

// doorPage makes the page of a place. A language in the address counts most, then
// what the browser asks for.
func (g *Guest) doorPage(w http.ResponseWriter, r *http.Request, p touch.Place) *doorPage {
	fallback := i18n.English
	if len(p.Programme.Languages) > 0 {
		fallback = i18n.Lang(p.Programme.Languages[0])
	}
	lang, chosen := i18n.ParseLang(r.FormValue("lang"))
	if !chosen {
		lang = web.LangOf(r, fallback)
	}
	pg := web.NewPage(w, r, g.Texts.Printer(lang, p.Programme.Zone, p.Programme.Currency))
	pg.Brand = web.Brand{Name: p.Programme.Name, Home: "/t/" + p.Code, Hue: p.Programme.Hue}
	return &doorPage{pg, p}
}

func (d *doorPage) at(path string) string { return "/t/" + d.place.Code + path }

// doors are both ways on, alike in everything but their words.
func (d *doorPage) doors() []web.Button {
	return []web.Button{
		{Label: d.T("touch.card.review"), Kind: web.Primary, Href: d.at("/r")},
		{Label: d.T("touch.card.private"), Kind: web.Primary, Href: d.at("/p")},
	}
}

// platforms are the places where a review can be left.
func (d *doorPage) platforms() []web.Button {
	var list []web.Button
	for _, l := range d.place.Touchpoint.Links {
		list = append(list, web.Button{Label: d.Say(l.Platform.Text()), Kind: web.Primary, Href: d.at("/r/" + string(l.Platform))})
	}
	return list
}

func (g *Guest) landing(w http.ResponseWriter, r *http.Request) error {
	p, err := g.place(r)
	if err != nil {
		return err
	}
	g.count(r, &p, touch.Landing, "")
	d := g.doorPage(w, r, p)
	return web.Render(w, r, http.StatusOK, bothDoors(d))
}

// count counts a visit; what only looks ahead is none.
func (g *Guest) count(r *http.Request, p *touch.Place, door touch.Door, to touch.Platform) {
	if r.Method == http.MethodGet && r.Header.Get("Sec-Purpose") == "" && r.Header.Get("Purpose") == "" {
		g.Touch.Visit(p, door, to)
	}
}

// door leads through one of both doors. The review door asks which platform
// where there are several.
func (g *Guest) door(w http.ResponseWriter, r *http.Request) error {
	p, err := g.place(r)
	if err != nil {
		return err
	}
	switch strings.ToLower(r.PathValue("door")) {
	case "p":
		g.count(r, &p, touch.PrivateDoor, "")
		return g.lead(w, r, g.private(&p))
	case "r":
		if len(p.Touchpoint.Links) == 1 {
			g.count(r, &p, touch.ReviewDoor, p.Touchpoint.Links[0].Platform)
			return g.lead(w, r, p.Touchpoint.Links[0].Address())
		}
		g.count(r, &p, touch.ReviewDoor, "")
		return web.Render(w, r, http.StatusOK, choosePlatform(g.doorPage(w, r, p)))
	}
	return web.NotFound(w, r)
}

// goOn leads to one of several platforms.
func (g *Guest) goOn(w http.ResponseWriter, r *http.Request) error {
	p, err := g.place(r)
	if err != nil {
		return err
	}
	l, found := p.Link(touch.Platform(strings.ToLower(r.PathValue("platform"))))
	if !found || !strings.EqualFold(r.PathValue("door"), "r") {
		return web.NotFound(w, r)
	}
	g.count(r, &p, touch.ReviewDoor, l.Platform)
	return g.lead(w, r, l.Address())
}

// private is where the private door leads.
func (g *Guest) private(p *touch.Place) string {
	if g.Private != nil {
		return g.Private(p)
	}
	return "/c/" + url.PathEscape(p.Programme.Slug) + "?t=" + p.Code
}

// lead sends somebody on. Nothing keeps the answer, since a shop may change where
// it leads, and the platform is not told which card it was.
func (g *Guest) lead(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}
