package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/web"
)

// placeRoutes add and change shops and kinds of points; the empty identifier
// "new" adds one.
func (c *Console) placeRoutes() []route {
	return []route{
		{pattern: "POST /p/{slug}/programme/settings/shops/new", permission: auth.ProgrammesWrite, do: c.addShop},
		{pattern: "POST /p/{slug}/programme/settings/shops/{shop}", permission: auth.ProgrammesWrite, do: c.changeShop},
		{pattern: "POST /p/{slug}/programme/settings/wallets/new", permission: auth.ProgrammesWrite, do: c.addWallet},
		{pattern: "POST /p/{slug}/programme/settings/wallets/{wallet}", permission: auth.ProgrammesWrite, do: c.changeWallet},
	}
}

// shopForm and walletForm are what a dialog sent that needs mending.
type shopForm struct {
	Code, Name, Zone string
	Closed           bool
}

type walletForm struct{ Name, Decimals, Worth, Clawback string }

func (v *visit) shopForm() shopForm {
	return shopForm{v.field("code"), v.field("name"), v.field("zone"), v.field("closed") != ""}
}

func (c *Console) addShop(v *visit) error {
	f := v.shopForm()
	_, err := c.Programmes.AddShop(v.ctx(), v.actor, program.Shop{ProgrammeID: v.programme.ID, Code: f.Code, Name: f.Name, Zone: f.Zone})
	return c.settled(v, err, "shop-new", "console.settings.shop_added")
}

func (c *Console) changeShop(v *visit) error {
	shop, err := v.pathID("shop", id.Shop)
	if err != nil {
		return err
	}
	f := v.shopForm()
	_, err = c.Programmes.UpdateShop(v.ctx(), v.actor, v.programme.ID, shop, func(s *program.Shop) {
		s.Code, s.Name, s.Zone, s.Closed = f.Code, f.Name, f.Zone, f.Closed
	})
	return c.settled(v, err, "shop-"+shop.In(id.Shop), "console.settings.shop_saved")
}

// settled goes back to the settings, or shows the dialog again that needs
// mending.
func (c *Console) settled(v *visit, err error, dialog, key string) error {
	if err == nil {
		return v.done(v.at("/programme/settings"), key)
	}
	if fault.KindOf(err) == fault.KindMissing {
		return err
	}
	p, failed := c.settingsPage(v)
	if failed != nil {
		return failed
	}
	return v.mend(err, func(errs web.FormErrors) templ.Component {
		p.errs, p.other, p.shop, p.purse = errs, dialog, v.shopForm(), v.walletForm()
		return settingsShown(p)
	})
}

func (v *visit) walletForm() walletForm {
	return walletForm{v.field("name"), v.field("decimals"), v.field("unit"), v.field("clawback")}
}

// worth reads what one point is worth and returns that of the smallest unit.
func (v *visit) worth(typed string, decimals int) (money.Rate, error) {
	r, err := v.figures().readRate(typed)
	if err != nil {
		return r, fault.As(err).At("/unit")
	}
	minor, err := r.Mul(money.NewRate(v.programme.Currency.Unit(), pointsUnit(decimals)))
	if err != nil {
		return r, fault.As(err).At("/unit")
	}
	return minor, nil
}

// pointsUnit is a whole point in the smallest unit of a wallet.
func pointsUnit(decimals int) int64 {
	n := int64(1)
	for range decimals {
		n *= 10
	}
	return n
}

func (c *Console) addWallet(v *visit) error {
	f := v.walletForm()
	err := c.makeWallet(v, f)
	return c.settled(v, err, "wallet-new", "console.settings.wallet_added")
}

func (c *Console) makeWallet(v *visit, f walletForm) error {
	old, err := c.Ledger.Wallets(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return err
	}
	var codes []string
	for _, w := range old {
		codes = append(codes, w.Code)
	}
	decimals, err := v.figures().read(f.Decimals, 0)
	if err != nil || decimals < 0 || decimals > 4 {
		return fault.Invalid("decimals_out_of_range", "a point takes 0 to 4 decimals").At("/decimals").With("max", 4)
	}
	unit, err := v.worth(f.Worth, int(decimals))
	if err != nil {
		return err
	}
	_, err = c.Ledger.CreateWallet(v.ctx(), v.actor, ledger.Wallet{
		ProgrammeID: v.programme.ID, Code: newCode(f.Name, "points", codes), Name: f.Name, Decimals: int(decimals),
		Unit: unit, Clawback: ledger.Policy(f.Clawback), Position: len(old),
	})
	return err
}

func (c *Console) changeWallet(v *visit) error {
	wallet, err := v.pathID("wallet", id.Wallet)
	if err != nil {
		return err
	}
	err = c.reviseWallet(v, wallet, v.walletForm())
	return c.settled(v, err, "wallet-"+wallet.In(id.Wallet), "console.settings.wallet_saved")
}

func (c *Console) reviseWallet(v *visit, wallet id.ID, f walletForm) error {
	all, err := c.Ledger.Wallets(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(w ledger.Wallet) bool { return w.ID == wallet })
	if at < 0 {
		return web.NotFound(v.w, v.r)
	}
	unit, err := v.worth(f.Worth, all[at].Decimals)
	if err != nil {
		return err
	}
	_, err = c.Ledger.UpdateWallet(v.ctx(), v.actor, v.programme.ID, wallet, func(w *ledger.Wallet) {
		w.Name, w.Unit, w.Clawback = f.Name, unit, ledger.Policy(f.Clawback)
	})
	return err
}

// worthOf says what one point of a wallet is worth: a sum, or figures as they
// stand in a form where it is less than the currency's smallest coin.
func (v *visit) worthOf(w ledger.Wallet) string {
	if r, err := w.Unit.Mul(money.NewRate(pointsUnit(w.Decimals), 1)); err == nil && r.Den() == 1 {
		return v.Money(r.Num(), "")
	}
	return v.point(w) + " " + string(v.programme.Currency)
}

// point returns what one point of a wallet is worth as it stands in a form, in
// units of the currency.
func (v *visit) point(w ledger.Wallet) string {
	r, err := w.Unit.Mul(money.NewRate(pointsUnit(w.Decimals), v.programme.Currency.Unit()))
	if err != nil {
		return w.Unit.String()
	}
	return v.figures().rate(r)
}

// shopDialog is one shop to add or change, and walletDialog one kind of points.
type shopDialog struct {
	id, action string
	form       shopForm
	fresh      bool
	errs       web.FormErrors
}

type walletDialog struct {
	id, action string
	form       walletForm
	fresh      bool
	errs       web.FormErrors
}

func (p *settingsPage) shopDialogs() []shopDialog {
	list := []shopDialog{{id: "shop-new", action: p.at("/programme/settings/shops/new"), fresh: true}}
	for _, s := range p.shops {
		list = append(list, shopDialog{
			id: "shop-" + s.ID.In(id.Shop), action: p.at("/programme/settings/shops/" + s.ID.In(id.Shop)),
			form: shopForm{s.Code, s.Name, s.Zone, s.Closed},
		})
	}
	for i := range list {
		if list[i].id == p.other {
			list[i].form, list[i].errs = p.shop, p.errs
		}
	}
	return list
}

func (p *settingsPage) walletDialogs() []walletDialog {
	list := []walletDialog{{
		id: "wallet-new", action: p.at("/programme/settings/wallets/new"), fresh: true,
		form: walletForm{Decimals: "0", Worth: p.figures().rate(money.NewRate(1, 100)), Clawback: string(ledger.PolicyDebt)},
	}}
	for _, w := range p.wallets {
		list = append(list, walletDialog{
			id: "wallet-" + w.ID.In(id.Wallet), action: p.at("/programme/settings/wallets/" + w.ID.In(id.Wallet)),
			form: walletForm{Name: w.Name, Worth: p.point(w), Clawback: string(w.Clawback)},
		})
	}
	for i := range list {
		if list[i].id == p.other {
			list[i].form, list[i].errs = p.purse, p.errs
		}
	}
	return list
}
