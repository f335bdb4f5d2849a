package guest

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/photo"
	"regulars/internal/standard"
	"regulars/internal/web"
)

// errandBytes bounds a sheet that brings photos.
const errandBytes = standard.MaxPhotos*photo.MaxUpload + formBytes

// errandPace bounds how often one network keeps and sends sheets.
var errandPace = auth.Pace{Burst: 30, Every: 5 * time.Second}

func (g *Guest) errandRoutes() []route {
	one := standard.Path + "{token}"
	return []route{
		{pattern: "GET " + one, open: true, do: g.showErrand},
		{pattern: "POST " + one, open: true, do: g.keepErrand, bytes: errandBytes},
		{pattern: "GET " + one + "/photo/{photo}", open: true, do: g.showErrandPhoto},
	}
}

// errand is the page of somebody who is to visit a shop.
type errand struct {
	*visit
	*standard.Errand
	sheet standard.Sheet
	errs  web.FormErrors
	kept  bool
}

// Lang is the language of the page.
func (p *errand) Lang() i18n.Lang { return p.visit.Lang() }

// meetErrand finds the errand of a link; it speaks the language that the address
// asks for, or else the reader's.
func (g *Guest) meetErrand(v *visit) (*errand, error) {
	n, err := g.Standards.Meet(v.ctx(), v.r.PathValue("token"))
	if n.Programme.ID != 0 {
		v.programme = n.Programme
		l, named := i18n.ParseLang(v.field("lang"))
		if !named {
			l = v.language()
		}
		v.Page = web.NewPage(v.w, v.r, g.Texts.Printer(l, n.Programme.Zone, n.Programme.Currency))
		v.Brand = web.Brand{Name: n.Programme.Name, Home: "/me/" + n.Programme.Slug + "/", Hue: n.Programme.Hue}
	}
	if err != nil {
		return nil, g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	v.w.Header().Set("Cache-Control", "no-store")
	return &errand{visit: v, Errand: n, sheet: n.Copy()}, nil
}

func (g *Guest) showErrand(v *visit) error {
	p, err := g.meetErrand(v)
	if err != nil {
		return err
	}
	if p.State == standard.Sent {
		return v.render(errandDone(p))
	}
	p.kept = v.field("kept") != ""
	return v.render(errandPage(p))
}

// keepErrand keeps the sheet for later, takes a photo off, or sends it.
func (g *Guest) keepErrand(v *visit) error {
	if err := g.charge(v.ctx(), auth.From("visit from:", v.r.RemoteAddr, errandPace)); err != nil {
		return err
	}
	uploads, failure := v.photos()
	p, err := g.meetErrand(v)
	if err != nil {
		return err
	}
	if p.State == standard.Sent {
		return v.render(errandDone(p)) // a page of before
	}
	do := v.field("do")
	if failure == nil {
		p.sheet, failure = p.read()
	}
	token := v.r.PathValue("token")
	if failure == nil {
		failure = g.Standards.Keep(v.ctx(), token, p.sheet, uploads, do == "send")
	}
	if shown, off := strings.CutPrefix(do, "drop:"); off && failure == nil {
		if n, err := id.Parse(id.VisitPhoto, shown); err == nil {
			failure = g.Standards.Drop(v.ctx(), token, n)
		}
	}
	if failure != nil {
		return v.mend(failure, func(errs web.FormErrors) component {
			p.place(errs)
			return errandPage(p)
		})
	}
	if do == "send" {
		return v.redirect(p.path(""))
	}
	return v.redirect(p.path("kept"))
}

// path is the address of the page.
func (p *errand) path(said string) string {
	to, sep := standard.Path+p.r.PathValue("token"), "?"
	if l, named := i18n.ParseLang(p.field("lang")); named {
		to, sep = to+"?lang="+string(l), "&"
	}
	if said != "" {
		to += sep + said + "=1"
	}
	return to
}

const (
	nothing      = "none" // to judge
	answerField  = "a_"
	commentField = "c_"
)

// read takes the sheet as it was filled in. What was left open is left out.
func (p *errand) read() (standard.Sheet, error) {
	sheet := standard.Blank()
	for i := range p.Spec.Criteria {
		c := &p.Spec.Criteria[i]
		a := standard.Answer{Comment: p.r.FormValue(commentField + c.Code)}
		typed := p.field(answerField + c.Code)
		if typed == "" {
			continue
		}
		if a.None = typed == nothing; !a.None {
			n, err := strconv.Atoi(typed)
			if err != nil {
				n = -1
			}
			a.Value = n
		}
		sheet.Answers[c.Code] = a
	}
	sheet.Reference, sheet.Remark, sheet.Lang = p.field("reference"), p.r.FormValue("remark"), string(p.Lang())
	var wrong error
	for _, t := range p.times(&sheet) {
		at, err := standard.ParseMinute(p.field(t.name))
		if f := fault.As(err); f != nil && wrong == nil {
			wrong = f.At("/" + t.name)
		}
		*t.into = at
	}
	return sheet, wrong
}

type clockField struct {
	name string
	into *standard.Minute
}

func (p *errand) times(sheet *standard.Sheet) []clockField {
	return []clockField{{"arrived", &sheet.Arrived}, {"served", &sheet.Served}, {"left", &sheet.Departed}}
}

// place puts what is wrong to the fields that people see.
func (p *errand) place(errs web.FormErrors) {
	p.errs = web.FormErrors{}
	for at, said := range errs {
		code, answer := strings.CutPrefix(strings.TrimPrefix(at, "/"), "answers/")
		switch code, comment := strings.CutSuffix(code, "/comment"); {
		case answer && comment:
			p.errs[commentField+code] = said
		case answer:
			p.errs[answerField+code] = said
		default:
			p.errs[code] = said
		}
	}
}

func (g *Guest) showErrandPhoto(v *visit) error {
	n, err := id.Parse(id.VisitPhoto, v.r.PathValue("photo"))
	if err != nil {
		return web.NotFound(v.w, v.r)
	}
	b, err := g.Standards.Look(v.ctx(), v.r.PathValue("token"), n)
	if err != nil {
		return g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	v.w.Header().Set("Cache-Control", "private, no-store")
	_, _ = v.w.Write(b) // who left does not read it
	return nil
}

// title is what is to be done, in a few words.
func (p *errand) title() i18n.Said {
	if p.Kind == standard.Audit {
		return p.Spec.Names.Said(string(p.Lang()))
	}
	return p.Plot.Names.Said(string(p.Lang()))
}

func (p *errand) lead() string {
	key := "guest.errand.lead"
	if p.Kind == standard.Audit {
		key = "guest.errand.lead_audit"
	}
	return p.T(key, "shop", p.Shop.Name, "day", p.Opens.Add(12*time.Hour))
}

// facts are the errand in short.
func (p *errand) facts() []web.Definition {
	list := []web.Definition{
		{Term: p.T("guest.errand.shop"), About: web.Words(p.Shop.Name)},
		{Term: p.T("guest.errand.day"), About: web.Words(p.Date(p.Opens.Add(12 * time.Hour)))},
		{Term: p.T("guest.errand.until"), About: web.Words(p.DateTime(p.Closes.Add(-time.Minute)))},
	}
	if p.Plot.Budget > 0 {
		list = append(list, web.Definition{Term: p.T("guest.errand.budget"), About: web.Words(p.Money(p.Plot.Budget, ""))})
	}
	return list
}

// given is what was answered so far, as the form has it.
func (p *errand) given(code string) string {
	if p.errs != nil {
		return p.field(answerField + code)
	}
	a, answered := p.sheet.Answers[code]
	switch {
	case !answered:
		return ""
	case a.None:
		return nothing
	}
	return strconv.Itoa(a.Value)
}

func (p *errand) comment(code string) string {
	if p.errs != nil {
		return p.r.FormValue(commentField + code)
	}
	return p.sheet.Answers[code].Comment
}

// clock is a time of the day as it was noted.
func (p *errand) clock(t clockField) string {
	if p.errs != nil {
		return p.field(t.name)
	}
	return t.into.String()
}

// choices are the answers of a criterion.
func (p *errand) choices(c *standard.Criterion) []web.Option {
	var list []web.Option
	if c.Form == standard.YesNo {
		list = []web.Option{{Value: "1", Label: p.T("guest.errand.yes")}, {Value: "0", Label: p.T("guest.errand.no")}}
	} else {
		list = append(list, web.Option{Label: p.T("guest.errand.choose")})
		for n := range c.Top + 1 {
			list = append(list, web.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n)})
		}
	}
	return web.Choose(append(list, web.Option{Value: nothing, Label: p.T("guest.errand.nothing")}), p.given(c.Code))
}

// ask is a criterion as a field.
func (p *errand) ask(c *standard.Criterion) web.Field {
	words, help := c.Words.Said(string(p.Lang())), c.Help.Said(string(p.Lang()))
	f := web.Field{
		Name: answerField + c.Code, Label: words.Text, Lang: words.Lang, Help: help.Text, HelpLang: help.Lang, Error: p.errs[answerField+c.Code],
		Plates: c.Form == standard.YesNo, Width: web.Medium,
	}
	if c.Form == standard.Scale {
		f.More = p.T("guest.errand.scale", "top", c.Top)
	}
	return f
}

func (p *errand) say(c *standard.Criterion) web.Field {
	return web.Field{
		Name: commentField + c.Code, Label: p.T("guest.errand.comment"), Value: p.comment(c.Code), Error: p.errs[commentField+c.Code], Optional: true,
		Attrs: templ.Attributes{"maxlength": strconv.Itoa(standard.MaxComment), "autocomplete": "off", "dir": "auto", "aria-label": p.T("guest.errand.comment_on", "what", c.Words.In(string(p.Lang())))},
	}
}

// buttons send the sheet, from its day on, or keep it.
func (p *errand) buttons() []web.Button {
	keep := web.Button{Label: p.T("guest.errand.keep"), Name: "do", Value: "keep"}
	if p.Early {
		return []web.Button{keep}
	}
	return []web.Button{{Label: p.T("guest.errand.send"), Kind: web.Primary, Name: "do", Value: "send"}, keep}
}
