package guest

import (
	"slices"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/returns"
	"regulars/internal/web"
)

func (g *Guest) trackRoutes() []route {
	return []route{
		{pattern: "GET /track/{code}", open: true, do: g.showParcel},
		{pattern: "GET /track/in/{programme}", open: true, do: g.askTrack},
		{pattern: "POST /track/in/{programme}", open: true, do: g.findTrack},
	}
}

// welcome dresses the page of somebody who is not signed in, as the programme's.
func (g *Guest) welcome(v *visit, p program.Programme) {
	v.programme = p
	v.Page = web.NewPage(v.w, v.r, g.Texts.Printer(v.language(), p.Zone, p.Currency))
	v.Brand = web.Brand{Name: p.Name, Home: "/me/" + p.Slug + "/", Hue: p.Hue}
	v.w.Header().Set("Cache-Control", "private, no-store")
	v.w.Header().Set("X-Robots-Tag", "noindex")
	v.w.Header().Set("Referrer-Policy", "same-origin")
}

// welcomeTo is welcome by the programme that the address names.
func (g *Guest) welcomeTo(v *visit) error {
	all, err := program.List(v.ctx(), g.DB.Reader())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p program.Programme) bool { return p.Slug == v.r.PathValue("programme") })
	if i < 0 {
		return fault.Missing("unknown_programme", "there is no programme %q", v.r.PathValue("programme")).With("programme", v.r.PathValue("programme"))
	}
	g.welcome(v, all[i])
	return nil
}

// tracking is the page of one parcel.
type parcelTrack struct {
	*visit
	*promise.Track
	// back is where what came can be sent back, empty where it cannot.
	back string
}

func (g *Guest) showParcel(v *visit) error {
	found, err := g.Promises.TrackCode(v.ctx(), v.r.PathValue("code"))
	if err != nil {
		return g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	p, err := program.Load(v.ctx(), g.DB.Reader(), found.Parcel.ProgrammeID)
	if err != nil {
		return err
	}
	g.welcome(v, p)
	t := &parcelTrack{visit: v, Track: found}
	since, err := returns.Since(v.ctx(), g.DB.Reader(), p.ID, v.now)
	if err != nil {
		return err
	}
	if found.Parcel.Status == promise.Delivered && !since.IsZero() && found.Parcel.Delivered.After(since) {
		t.back = "/return/" + p.Slug + v.tongue()
	}
	return v.render(parcelPage(t))
}

func (g *Guest) askTrack(v *visit) error {
	if err := g.welcomeTo(v); err != nil {
		return err
	}
	return v.render(parcelFormPage(v, nil))
}

func (g *Guest) findTrack(v *visit) error {
	if err := g.welcomeTo(v); err != nil {
		return err
	}
	form := func(errs web.FormErrors) component { return parcelFormPage(v, errs) }
	if err := g.charge(v.ctx(), trying(v.r.RemoteAddr)); err != nil {
		return v.mendAt("order", err, form) // what was typed stays
	}
	code, err := g.Promises.FindTrack(v.ctx(), v.programme.ID, v.field("order"), v.field("key"))
	if f := fault.As(err); f != nil && f.Code == "unknown_parcel" {
		return v.mendAt("order", f, form)
	}
	if err != nil {
		return err
	}
	return v.redirect("/track/" + code + v.tongue())
}

// title says in a sentence where the parcel is.
func (t *parcelTrack) title() string {
	return t.T("guest.track.is." + string(t.Parcel.Status))
}

// lead says what was promised and what holds now.
func (t *parcelTrack) lead() string {
	p := t.Promise
	switch {
	case p == nil || p.State == promise.Withdrawn:
		return t.T("guest.track.no_promise")
	case !t.Parcel.Delivered.IsZero():
		return t.T("guest.track.was", "by", p.Due, "in_time", p.State == promise.Kept)
	case !p.Expected.Equal(p.Due):
		return t.T("guest.track.now", "first", p.Due, "by", p.Expected)
	default:
		return t.T("guest.track.by", "by", p.Due)
	}
}

// help says what to do when the parcel is late: in the shop's words, or ours.
func (t *parcelTrack) help() i18n.Said { return t.ownOr(t.Setting.LateHelp, "guest.track.late_help") }

// ownOr are the shop's words, or ours where it wrote none.
func (v *visit) ownOr(words map[string]string, ours string) i18n.Said {
	if said := i18n.Pick(words, v.langs()...); said.Text != "" {
		return said
	}
	return v.Said(i18n.Text{Key: ours})
}

func (t *parcelTrack) facts() []web.Definition {
	var list []web.Definition
	for _, f := range [][2]string{{"carrier", t.Parcel.Carrier}, {"number", t.Parcel.Number}} {
		if f[1] != "" {
			list = append(list, web.Definition{Term: t.T("guest.track." + f[0]), About: web.Words(f[1])})
		}
	}
	if t.Promise != nil && t.Promise.What != "" {
		list = append(list, web.Definition{Term: t.T("guest.track.what"), About: web.Words(t.Promise.What)})
	}
	return list
}

// happenings are what was told of the parcel, the latest first.
func (t *parcelTrack) happenings() []web.Happening {
	list := make([]web.Happening, 0, len(t.Scans))
	for _, s := range slices.Backward(t.Scans) {
		note := s.Words
		if s.Place != "" && note != "" {
			note = s.Place + " · " + note
		} else if note == "" {
			note = s.Place
		}
		list = append(list, web.Happening{
			Day: t.Date(s.Occurred), Clock: t.Clock(s.Occurred), Icon: trackIcons[s.Status], Tone: trackTones[s.Status], Title: t.T("guest.track.event." + string(s.Status)), Note: note,
		})
	}
	return list
}

var trackIcons = map[promise.Status]web.Icon{
	promise.Created: web.IconMessage, promise.InTransit: web.IconRight, promise.OutForDelivery: web.IconRight,
	promise.Delivered: web.IconCheck, promise.Failed: web.IconWarning, promise.Returned: web.IconReturn,
}

var trackTones = map[promise.Status]web.Tone{promise.Delivered: web.Good, promise.Failed: web.Warn, promise.Returned: web.Warn}
