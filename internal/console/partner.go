package console

import (
	"bytes"
	"io"
	"mime"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/partner"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// partnerPath is the address of the partners.
const partnerPath = inProgramme + "/partners"

func (c *Console) partnerRoutes() []route {
	one := partnerPath + "/{partner}"
	month := one + "/statements/{month}"
	return []route{
		{pattern: "GET " + partnerPath, permission: auth.PartnersRead, do: c.partners},
		{pattern: "GET " + partnerPath + "/new", permission: auth.PartnersWrite, do: c.newPartner},
		{pattern: "POST " + partnerPath + "/new", permission: auth.PartnersWrite, do: c.createPartner},
		{pattern: "GET " + one, permission: auth.PartnersRead, do: c.partner},
		{pattern: "POST " + one + "/shops", permission: auth.PartnersWrite, do: c.assignPartnerShop},
		{pattern: "POST " + one + "/keys", permission: auth.PartnersWrite, do: c.createPartnerKey},
		{pattern: "GET " + month, permission: auth.PartnersRead, do: c.partnerStatement},
		{pattern: "POST " + month + "/close", permission: auth.PartnersSettle, do: c.closePartnerStatement},
		{pattern: "GET " + month + "/statement.csv", permission: auth.PartnersRead, do: c.partnerFile("text/csv; charset=utf-8", "csv", (*partner.Statement).CSV)},
		{pattern: "GET " + month + "/statement.pdf", permission: auth.PartnersRead, do: c.partnerFile("application/pdf", "pdf", (*partner.Statement).PDF)},
	}
}

// partnerList is the page of partners.
type partnerList struct {
	*visit
	list []partner.Partner
}

func (c *Console) partners(v *visit) error {
	l := &partnerList{visit: v}
	var err error
	if l.list, err = c.Partners.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(partnerListPage(l))
}

// partnerPage is one partner with all that is agreed and settled.
type partnerPage struct {
	*visit
	partner    partner.Partner
	assigned   []partner.Shop
	shops      []program.Shop
	keys       []auth.Key
	statements []partner.Statement
	results    partner.Results
	shares     []partner.Share
	offers     []promo.History
	wallets    wallets
	errs       web.FormErrors
}

func (c *Console) meetPartner(v *visit) (*partnerPage, error) {
	which, err := v.pathID("partner", id.Partner)
	if err != nil {
		return nil, err
	}
	p := &partnerPage{visit: v}
	ctx, programme := v.ctx(), v.programme.ID
	if p.partner, err = c.Partners.Get(ctx, v.actor, programme, which); err != nil {
		return nil, err
	}
	if p.assigned, err = c.Partners.Shops(ctx, v.actor, programme, which); err != nil {
		return nil, err
	}
	if p.shops, err = program.Shops(ctx, c.DB.Reader(), programme); err != nil {
		return nil, err
	}
	if v.can(auth.KeysRead) {
		if p.keys, err = c.Partners.Keys(ctx, v.actor, programme, which); err != nil {
			return nil, err
		}
	}
	if p.statements, err = c.Partners.Statements(ctx, v.actor, programme, which); err != nil {
		return nil, err
	}
	if p.wallets, err = walletsOf(ctx, c.DB.Reader(), programme); err != nil {
		return nil, err
	}
	if err := c.readShares(p); err != nil {
		return nil, err
	}
	now := c.Now()
	p.results, err = c.Partners.Results(ctx, v.actor, programme, which, now.AddDate(-1, 0, 0), now)
	return p, err
}

func (c *Console) partner(v *visit) error {
	p, err := c.meetPartner(v)
	if err != nil {
		return err
	}
	return v.render(partnerShown(p))
}

func (c *Console) assignPartnerShop(v *visit) error {
	p, err := c.meetPartner(v)
	if err != nil {
		return err
	}
	mended := func(errs web.FormErrors) component {
		p.errs = errs
		return partnerShown(p)
	}
	shop, err := id.Parse(id.Shop, v.field("shop"))
	if err != nil {
		return v.mend(err, mended)
	}
	begins, err := v.day("begins")
	if err != nil {
		return v.mend(err, mended)
	}
	if begins.IsZero() {
		begins = c.Now()
	}
	if _, err := c.Partners.AssignShop(v.ctx(), v.actor, v.programme.ID, p.partner.ID, shop, begins); err != nil {
		return v.mend(err, mended)
	}
	return v.done(p.path(""), "console.partner.shop_assigned")
}

func (c *Console) createPartnerKey(v *visit) error {
	p, err := c.meetPartner(v)
	if err != nil {
		return err
	}
	made, secret, err := c.Partners.AddKey(v.ctx(), v.actor, v.programme.ID, p.partner.ID, v.field("name"), time.Time{})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return partnerShown(p)
		})
	}
	return v.render(keySecretPage(v, made, secret))
}

// What a partner may do, in its form.
const mayGrant, mayAccept, maySee = "grant", "accept", "see"

// partnerForm makes a partner.
type partnerForm struct {
	*visit
	wallets wallets
	errs    web.FormErrors
}

func (c *Console) partnerForm(v *visit) (*partnerForm, error) {
	f := &partnerForm{visit: v}
	var err error
	f.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	return f, err
}

func (c *Console) newPartner(v *visit) error {
	f, err := c.partnerForm(v)
	if err != nil {
		return err
	}
	return v.render(partnerEditor(f))
}

func (c *Console) createPartner(v *visit) error {
	f, err := c.partnerForm(v)
	if err != nil {
		return err
	}
	mended := func(errs web.FormErrors) component {
		f.errs = errs
		return partnerEditor(f)
	}
	n, err := f.read()
	if err != nil {
		return v.mend(err, mended)
	}
	made, err := c.Partners.Create(v.ctx(), v.actor, v.programme.ID, n)
	if err != nil {
		return v.mend(err, mended)
	}
	return v.done(v.at("/partners/"+made.ID.In(id.Partner)), "console.partner.saved")
}

// read reads the form. Prices are for one whole point, fees in percent.
func (f *partnerForm) read() (partner.NewPartner, error) {
	n := partner.NewPartner{Spec: f.partnerSpec()}
	if len(f.wallets) > 0 {
		n.WalletID = f.wallets[0].ID
	}
	if shown := f.field("wallet"); shown != "" {
		var err error
		if n.WalletID, err = id.Parse(id.Wallet, shown); err != nil {
			return n, err
		}
	}
	var err error
	n.Terms, err = f.partnerTerms(f.wallets.decimals(n.WalletID))
	return n, err
}

// partnerSpec reads what a partner is.
func (v *visit) partnerSpec() partner.Spec {
	name, may := v.field("name"), v.r.Form["may"]
	return partner.Spec{
		Name: name, Contact: v.field("contact"),
		MayGrant: slices.Contains(may, mayGrant), MayAccept: slices.Contains(may, mayAccept), MaySee: slices.Contains(may, maySee),
	}
}

func tens(decimals int) int64 {
	n := int64(1)
	for range decimals {
		n *= 10
	}
	return n
}

// settlementPage is one statement.
type settlementPage struct {
	*visit
	partner   partner.Partner
	statement partner.Statement
	paper     partner.Paper
	over      bool
	errs      web.FormErrors
}

func (c *Console) meetStatement(v *visit) (*settlementPage, error) {
	which, err := v.pathID("partner", id.Partner)
	if err != nil {
		return nil, err
	}
	month, err := partner.ParseMonth(v.r.PathValue("month"))
	if err != nil {
		return nil, err
	}
	p := &settlementPage{visit: v, over: !c.Now().Before(month.End(v.programme.Zone))}
	if p.partner, err = c.Partners.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.statement, err = c.Partners.Statement(v.ctx(), v.actor, v.programme.ID, which, month); err != nil {
		return nil, err
	}
	w, err := walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	if err != nil {
		return nil, err
	}
	p.paper = partner.Paper{
		Print: v.Printer, Currency: v.programme.Currency, Zone: v.programme.Zone, Programme: v.programme.Name, Shops: map[id.ID]string{}, Decimals: w.decimals(p.partner.WalletID),
	}
	shops, err := program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID)
	for _, s := range shops {
		p.paper.Shops[s.ID] = s.Code
	}
	return p, err
}

func (c *Console) partnerStatement(v *visit) error {
	p, err := c.meetStatement(v)
	if err != nil {
		return err
	}
	return v.render(statementShown(p))
}

func (c *Console) closePartnerStatement(v *visit) error {
	p, err := c.meetStatement(v)
	if err != nil {
		return err
	}
	if _, err := c.Partners.Close(v.ctx(), v.actor, v.programme.ID, p.partner.ID, p.statement.Month); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return statementShown(p)
		})
	}
	return v.done(p.path(""), "console.partner.closed")
}

// partnerFile sends a statement as a file.
func (c *Console) partnerFile(kind, ending string, write func(*partner.Statement, partner.Paper, io.Writer) error) func(*visit) error {
	return func(v *visit) error {
		p, err := c.meetStatement(v)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := write(&p.statement, p.paper, &file); err != nil {
			return err
		}
		h := v.w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "statement-" + p.statement.Month.String() + "." + ending}))
		h.Set("Cache-Control", "no-store")
		_, err = v.w.Write(file.Bytes())
		return err
	}
}
