package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// offerEditor is the page on which an offer is written.
type offerEditor struct {
	editor
	form  *offerForm
	offer *promo.History // nil for a new one
	names condition.Names
	// wallets are those whose points can be multiplied.
	wallets wallets
}

func (c *Console) offerEditRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/offers/new", permission: auth.RulesWrite, do: c.beginOffer},
		{pattern: "POST /p/{slug}/offers/new", permission: auth.RulesWrite, do: c.writeNewOffer},
		{pattern: "GET /p/{slug}/offers/{offer}/edit", permission: auth.RulesWrite, do: c.editOffer},
		{pattern: "POST /p/{slug}/offers/{offer}/edit", permission: auth.RulesWrite, do: c.writeOffer},
	}
}

// hold puts a form into the editor.
func (e *offerEditor) hold(f *offerForm) {
	e.form, e.cond = f, &f.If
}

func (c *Console) newOfferEditor(v *visit, offer *promo.History) (*offerEditor, error) {
	e := &offerEditor{editor: editor{visit: v, fields: earn.Catalog(earn.Purchase).Fields()}, offer: offer}
	e.post = v.at("/offers/new")
	if offer != nil {
		e.post = v.offerPath(offer.ID, "/edit")
	}
	err := c.furnish(&e.editor)
	if err != nil {
		return nil, err
	}
	e.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	e.names = ruleNames(e.wallets, e.shops, e.ranks).Value
	return e, err
}

func (c *Console) beginOffer(v *visit) error {
	e, err := c.newOfferEditor(v, nil)
	if err != nil {
		return err
	}
	e.hold(newOffer(v.field("start"), v.programme.Currency, v.figures()))
	e.form.Name = v.field("name")
	return v.render(offerEditPage(e))
}

func (c *Console) editOffer(v *visit) error {
	h, err := c.offer(v)
	if err != nil {
		return err
	}
	e, err := c.newOfferEditor(v, &h)
	if err != nil {
		return err
	}
	f, err := showOffer(e.basis(), v.programme.Currency, v.figures())
	if err != nil {
		return err
	}
	e.hold(f)
	return v.render(offerEditPage(e))
}

// basis is the version that is written on: the draft, or else the latest.
func (e *offerEditor) basis() *promo.Version {
	if d := e.offer.Draft(); d != nil {
		return d
	}
	return &e.offer.Versions[0]
}

func (c *Console) writeNewOffer(v *visit) error {
	e, err := c.newOfferEditor(v, nil)
	if err != nil {
		return err
	}
	return c.takeOffer(e)
}

func (c *Console) writeOffer(v *visit) error {
	h, err := c.offer(v)
	if err != nil {
		return err
	}
	e, err := c.newOfferEditor(v, &h)
	if err != nil {
		return err
	}
	return c.takeOffer(e)
}

// takeOffer does what the button asks for that sent the form: save the draft,
// say it in words, or change the rows.
func (c *Console) takeOffer(e *offerEditor) error {
	if err := e.r.ParseForm(); err != nil {
		return err
	}
	e.hold(readOfferForm(e.r.PostForm))
	switch do := e.doing(); do {
	case "save":
		return c.saveOffer(e)
	case "words":
		return e.render(inWords(e.visit, e.words(), e.T("console.offer.words_later")))
	default:
		e.form.change(do)
		return e.render(e.part())
	}
}

// part is the editor alone where htmx asks, else the whole page.
func (e *offerEditor) part() templ.Component {
	if web.IsFragment(e.r) {
		return offerEditForm(e)
	}
	return offerEditPage(e)
}

func (e *offerEditor) mended(errs web.FormErrors) templ.Component {
	e.errs = errs
	return e.part()
}

func (c *Console) saveOffer(e *offerEditor) error {
	spec, errs := e.build()
	if e.form.Name == "" {
		errs.Add("name", e.T("console.offer.name_needed"))
	}
	if len(errs) > 0 {
		return e.mendAll(errs, e.mended)
	}
	offer, err := c.keepOffer(e, spec)
	if err != nil {
		return e.mend(err, e.mended)
	}
	return e.done(e.offerPath(offer, ""), "console.offer.saved")
}

func (e *offerEditor) build() (promo.Spec, web.FormErrors) {
	return e.form.build(e.currency, e.figures(), e.Page)
}

func (c *Console) keepOffer(e *offerEditor, spec promo.Spec) (id.ID, error) {
	if e.offer == nil {
		made, err := c.Promo.Create(e.ctx(), e.actor, promo.Offer{ProgrammeID: e.programme.ID, Name: e.form.Name}, spec)
		return made.OfferID, err
	}
	if e.form.Name != e.offer.Name {
		if err := c.Promo.Rename(e.ctx(), e.actor, e.programme.ID, e.offer.ID, e.form.Name); err != nil {
			return 0, err
		}
	}
	_, err := c.Promo.SaveDraft(e.ctx(), e.actor, e.programme.ID, e.offer.ID, spec)
	return e.offer.ID, err
}

// words says the offer as it stands in the form; nil while it cannot be taken.
func (e *offerEditor) words() []string {
	spec, errs := e.build()
	if len(errs) > 0 {
		return nil
	}
	version := promo.Version{Name: e.form.Name, Spec: spec}
	said, err := version.Describe(e.Printer, e.names)
	if err != nil {
		return nil
	}
	return said
}

func (e *offerEditor) head() web.Head {
	if e.offer == nil {
		return web.Head{Title: e.T("console.offer.new"), Lead: e.T("console.offer.new_lead"), Crumbs: e.offerCrumbs(e.T("console.offer.new"))}
	}
	crumbs := append(e.offerCrumbs(e.offer.Name), web.Crumb{Label: e.T("console.rule.draft")})
	crumbs[1].Href = e.back()
	return web.Head{Title: e.offer.Name, Lead: e.T("console.rule.edit_lead"), Crumbs: crumbs}
}

// back is where cancelling leads.
func (e *offerEditor) back() string {
	if e.offer == nil {
		return e.at("/offers")
	}
	return e.offerPath(e.offer.ID, "")
}
