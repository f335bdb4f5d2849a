package guest

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/i18n"
	"regulars/internal/survey"
	"regulars/internal/web"
)

func (g *Guest) basketRoutes() []route {
	one := basket.Path + "{token}"
	return []route{
		{pattern: "GET " + one, open: true, do: g.askWhy},
		{pattern: "POST " + one, open: true, do: g.takeWhy},
	}
}

// whyPace bounds the answers about baskets that one network sends.
var whyPace = auth.Pace{Burst: 30, Every: 10 * time.Second}

// leftPage asks why somebody left a basket. Of the basket it shows nothing: who
// holds the link need not be who left it.
type leftPage struct {
	*visit
	reason, words string
	errs          web.FormErrors
}

// meetBasket finds what a link asks; done says that it was answered.
func (g *Guest) meetBasket(v *visit) (p *leftPage, done bool, err error) {
	q, err := g.Baskets.Open(v.ctx(), v.r.PathValue("token"))
	if q.Programme.ID != 0 {
		g.speak(v, &survey.Session{Programme: q.Programme})
	}
	if err != nil {
		return nil, false, g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	return &leftPage{visit: v, reason: v.field("reason"), words: v.r.PostFormValue("words")}, q.Done, nil
}

// askWhy shows the form, or thanks. A reason in the address is only chosen
// beforehand: programs that look ahead in mail send nothing.
func (g *Guest) askWhy(v *visit) error {
	p, done, err := g.meetBasket(v)
	if err != nil {
		return err
	}
	if done {
		return v.render(leftThanks(v))
	}
	return v.render(leftForm(p))
}

func (g *Guest) takeWhy(v *visit) error {
	if err := g.charge(v.ctx(), auth.From("left from:", v.r.RemoteAddr, whyPace)); err != nil {
		return err
	}
	p, done, err := g.meetBasket(v)
	if err != nil {
		return err
	}
	if !done {
		_, err = g.Baskets.Answer(v.ctx(), v.r.PathValue("token"), basket.Reason(p.reason), p.words)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return leftForm(p)
		})
	}
	to := v.r.URL.Path
	if l, named := i18n.ParseLang(v.field("lang")); named {
		to += "?lang=" + string(l)
	}
	return v.redirect(to)
}

func (p *leftPage) reasonField() web.Field {
	return web.Field{Name: "reason", Label: p.T("guest.basket.reason"), Error: p.errs["reason"], Plates: true, Width: web.Full}
}

func (p *leftPage) reasons() []web.Option {
	var list []web.Option
	for _, r := range basket.Reasons() {
		list = append(list, web.Option{Value: string(r), Label: p.Say(r.Offer())})
	}
	return web.Choose(list, p.reason)
}

func (p *leftPage) wordsField() web.Field {
	return web.Field{
		Name: "words", Label: p.T("guest.basket.words"), Help: p.T("guest.basket.words_help"), Value: p.words, Error: p.errs["words"], Optional: true,
		Attrs: templ.Attributes{"rows": "3", "maxlength": strconv.Itoa(basket.MaxWords)},
	}
}
