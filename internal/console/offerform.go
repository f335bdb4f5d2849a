package console

import (
	"net/url"
	"slices"
	"strings"

	"regulars/internal/earn"
	"regulars/internal/promo"
)

// offerForm is an offer as the editor holds it: everything as it is typed, so
// that nothing is lost while it is being mended.
type offerForm struct {
	Name, Audience string
	Kind           string
	// What the benefit takes; which of it counts depends on the kind.
	Percent, Amount, Price, Buy, Get string
	Tiers                            []offerTier
	SKU, Most                        string
	Rate, Wallet                     string
	// Goods says whether SKUs and Categories are chosen, or all but them.
	Goods                    string
	SKUs, Categories, Brands string
	Minimum                  string
	If                       conditionForm
	WithCode, RestoreCode    bool
	Recompute                bool // after a return
	Caps                     []offerCap
	BudgetUses, BudgetAmount string
	Shops                    []offerShop
	Priority, Group          string
	Together, MostOff        string
	Exclusive, AtCost        bool
}

// offerTier is a step of a tiered discount.
type offerTier struct {
	From string
	Off  string
	Unit string // percent or amount
}

// offerCap is a limit for one member.
type offerCap struct {
	Period, Times, Amount string
}

// offerShop is a budget for one shop, or for each.
type offerShop struct {
	Shop, Period, Uses, Amount string
}

// Which goods an offer is about, as the form tells them apart.
const (
	goodsAll    = "all"
	goodsChosen = "chosen"
	goodsExcept = "except"
)

// Units of a tier.
const (
	unitPercent = "percent"
	unitAmount  = "amount"
)

func readOfferForm(in url.Values) *offerForm {
	of := func(name string) string { return strings.TrimSpace(in.Get(name)) }
	return &offerForm{
		Name: of("name"), Audience: of("audience"), Kind: of("kind"),
		Percent: of("percent"), Amount: of("amount"), Price: of("price"), Buy: of("buy"), Get: of("get"),
		Tiers: readOfferTiers(in), SKU: of("sku"), Most: of("most"), Rate: of("rate"), Wallet: of("wallet"),
		Goods: of("goods"), SKUs: in.Get("skus"), Categories: in.Get("categories"), Brands: in.Get("brands"), Minimum: of("minimum"),
		If: readConditionForm(in), WithCode: in.Get("with_code") != "", RestoreCode: in.Get("restore_code") != "", Recompute: in.Get("recompute") != "",
		Caps: readOfferCaps(in), BudgetUses: of("budget.uses"), BudgetAmount: of("budget.amount"), Shops: readOfferShops(in),
		Priority: of("priority"), Group: of("group"), Together: of("together"), MostOff: of("most_off"), Exclusive: in.Get("exclusive") != "", AtCost: in.Get("at_cost") != "",
	}
}

func readOfferTiers(in url.Values) []offerTier {
	var tiers []offerTier
	for i := 0; i < mostRows && in.Has(rowField("tier", i, "from")); i++ {
		tiers = append(tiers, offerTier{in.Get(rowField("tier", i, "from")), in.Get(rowField("tier", i, "off")), in.Get(rowField("tier", i, "unit"))})
	}
	return tiers
}

func readOfferCaps(in url.Values) []offerCap {
	var caps []offerCap
	for i := 0; i < mostRows && in.Has(rowField("cap", i, "period")); i++ {
		caps = append(caps, offerCap{in.Get(rowField("cap", i, "period")), in.Get(rowField("cap", i, "times")), in.Get(rowField("cap", i, "amount"))})
	}
	return caps
}

func readOfferShops(in url.Values) []offerShop {
	var shops []offerShop
	for i := 0; i < mostRows && in.Has(rowField("shop", i, "period")); i++ {
		of := func(name string) string { return in.Get(rowField("shop", i, name)) }
		shops = append(shops, offerShop{of("shop"), of("period"), of("uses"), of("amount")})
	}
	return shops
}

// change does to the form what a button of the editor asks for: add-tier,
// add-cap, add-shop, drop-tier.1, drop-cap.0, and what conditions know. It ignores
// anything else.
func (f *offerForm) change(what string) {
	verb, where, _ := strings.Cut(what, ".")
	at := numbers(where)
	switch verb {
	case "add-tier":
		f.Tiers = append(f.Tiers, offerTier{Unit: unitPercent})
	case "add-cap":
		f.Caps = append(f.Caps, offerCap{Period: f.freePeriod(), Times: "1"})
	case "add-shop":
		f.Shops = append(f.Shops, offerShop{Period: string(earn.Month)})
	case "drop-shop":
		f.Shops = without(f.Shops, at)
	case "drop-tier":
		f.Tiers = without(f.Tiers, at)
	case "drop-cap":
		f.Caps = without(f.Caps, at)
	default:
		f.If.change(verb, at)
	}
	if f.kind() == promo.Tiered && len(f.Tiers) == 0 {
		f.Tiers = []offerTier{{Unit: unitPercent}}
	}
}

// freePeriod is a period that has no limit yet: of each there can be one.
func (f *offerForm) freePeriod() string {
	for _, p := range []earn.Period{earn.Month, earn.Day, earn.Week, earn.Year, earn.Ever} {
		if !slices.ContainsFunc(f.Caps, func(c offerCap) bool { return c.Period == string(p) }) {
			return string(p)
		}
	}
	return string(earn.Month)
}

func (f *offerForm) kind() promo.Kind { return promo.Kind(f.Kind) }

// ofFees reports whether the offer is about the fees of a sale instead of its
// goods.
func (f *offerForm) ofFees() bool { return f.kind() == promo.FreeDelivery }

// isAny reports whether the benefit is one of these kinds.
func (f *offerForm) isAny(kinds ...promo.Kind) bool { return slices.Contains(kinds, f.kind()) }
