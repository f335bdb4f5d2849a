package console

import (
	"strings"

	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/web"
)

// beginning is the form of a new programme, as it was filled in.
type beginning struct{ name, slug, currency, zone, region string }

func (c *Console) showNewProgramme(v *visit) error {
	if !v.mayMakeProgrammes() {
		return web.NotFound(v.w, v.r)
	}
	return v.render(newProgrammePage(v, beginning{}, nil))
}

// makeProgramme makes a programme with one wallet, so that its first rule has
// where to give points to.
func (c *Console) makeProgramme(v *visit) error {
	f := beginning{v.field("name"), v.field("slug"), strings.ToUpper(v.field("currency")), v.field("zone"), strings.ToUpper(v.field("region"))}
	page := func(errs web.FormErrors) component { return newProgrammePage(v, f, fieldNames(errs)) }
	zone, err := program.ParseZone(f.zone)
	if err != nil {
		return v.mend(err, page)
	}
	settings := program.DefaultSettings()
	settings.Region = f.region
	p, err := c.Programmes.Create(v.ctx(), v.actor, program.Programme{
		Slug: f.slug, Name: f.name, Currency: money.Currency(f.currency), Zone: zone,
		Languages: []string{string(v.Lang())}, Hue: house.Hue, Settings: settings,
	})
	if err != nil {
		return v.mend(err, page)
	}
	_, err = c.Ledger.CreateWallet(v.ctx(), v.actor, ledger.Wallet{
		ProgrammeID: p.ID, Code: "points", Name: v.T("console.begin.wallet"), Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	if err != nil {
		return err
	}
	return v.redirect("/p/" + p.Slug)
}
