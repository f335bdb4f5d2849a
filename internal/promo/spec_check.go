package promo

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const maxName = 100

// checkName refuses a name that cannot be shown; spaces at its ends must be
// gone.
func checkName(name string) error {
	if name == "" || name != strings.TrimSpace(name) || utf8.RuneCountInString(name) > maxName ||
		!utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Invalid("offer_name", "a name takes 1–%d letters, with no spaces at its ends and no line breaks", maxName).
			At("/name").With("most", maxName)
	}
	return nil
}

// Check refuses a spec whose parts do not fit each other, with the JSON pointers
// of all such places.
func (s *Spec) Check() error {
	_, err := compile(&Version{Spec: *s})
	return err
}

// checkParts refuses what could not be compiled.
func (s *Spec) checkParts() error {
	return fault.Gather(s.checkWhom(), s.Benefit.check(), s.checkFees(), checkCaps(s.PerMember), checkShopBudgets(s.PerShop),
		s.checkReturns(), s.checkStacking())
}

// checkWhom refuses an audience that is not known, and goods that are not named.
func (s *Spec) checkWhom() error {
	var found []error
	if !slices.Contains([]Audience{"", Regulars, Newcomers}, s.Audience) {
		found = append(found, unknownWord("/audience", s.Audience, []Audience{Regulars, Newcomers}))
	}
	if s.Lines != nil && len(s.Lines.SKUs)+len(s.Lines.Categories) == 0 {
		found = append(found, required("/lines/skus"))
	}
	return fault.Gather(found...)
}

// checkReturns refuses what cannot become of a discount or a code.
func (s *Spec) checkReturns() error {
	var found []error
	switch {
	case !slices.Contains([]AfterReturn{"", KeepDiscount, Recompute}, s.AfterReturn):
		found = append(found, unknownWord("/after_return", s.AfterReturn, []AfterReturn{KeepDiscount, Recompute}))
	case s.AfterReturn == Recompute && !s.Benefit.takesOff():
		found = append(found, unfit("/after_return", "after_return", s.Benefit.Kind))
	}
	if s.RestoreCode && !s.WithCode {
		found = append(found, unfit("/restore_code", "restore_code", ""))
	}
	return fault.Gather(found...)
}

// checkStacking refuses limits beside other offers that mean nothing.
func (s *Spec) checkStacking() error {
	switch {
	case s.Exclusive && s.Together > 0:
		return unfit("/together", "together", s.Benefit.Kind)
	case s.MostOff.IsZero():
		return nil
	case !s.Benefit.takesOff():
		return unfit("/most_off", "most_off", s.Benefit.Kind)
	}
	if err := checkPercent(s.MostOff); err != nil {
		return err.At("/most_off")
	}
	return nil
}

// checkFees refuses what says nothing of fees.
func (s *Spec) checkFees() error {
	switch {
	case s.Benefit.Kind != FreeDelivery:
		return nil
	case s.Brands != nil:
		return unfit("/brands", "brands", FreeDelivery)
	case s.Lines != nil && len(s.Lines.Categories) > 0:
		return unfit("/lines/categories", "categories", FreeDelivery)
	}
	return nil
}

func checkCaps(caps []Cap) error {
	var found []error
	for i, c := range caps {
		at := "/per_member/" + strconv.Itoa(i)
		switch {
		case !slices.Contains(earn.Periods(), c.Period):
			found = append(found, unknownWord(at+"/period", c.Period, earn.Periods()))
		case c.Times <= 0 && c.Amount <= 0:
			found = append(found, required(at+"/times"))
		case slices.ContainsFunc(caps[:i], func(o Cap) bool { return o.Period == c.Period }):
			found = append(found, fault.Invalid("offer_cap_twice", "there is a limit for this period already; put both into one").At(at))
		}
	}
	return fault.Gather(found...)
}

func checkShopBudgets(budgets []ShopBudget) error {
	type place struct {
		shop   string
		period earn.Period
	}
	seen, found := make(map[place]bool, len(budgets)), []error(nil)
	for i, b := range budgets {
		at, here := "/per_shop/"+strconv.Itoa(i), place{b.Shop, b.Period}
		switch {
		case !slices.Contains(earn.Periods(), b.Period):
			found = append(found, unknownWord(at+"/period", b.Period, earn.Periods()))
		case b.Uses <= 0 && b.Amount <= 0:
			found = append(found, required(at+"/uses"))
		case seen[here]:
			found = append(found, fault.Invalid("offer_shop_twice", "there is a budget for this shop and period already; put both into one").At(at))
		}
		seen[here] = true
	}
	return fault.Gather(found...)
}

// takesOff reports whether the benefit makes the sale cheaper.
func (b *Benefit) takesOff() bool { return b.Kind != Gift && b.Kind != PointsMultiplier }

// needs says which fields a benefit of the kind must have; mayCap which may
// have Most.
var (
	needs = map[Kind][]string{
		Percent: {"percent"}, Amount: {"amount"}, FixedPrice: {"price"}, CheapestFree: {"buy", "get"},
		BuyGet: {"buy", "get", "percent"}, Tiered: {"tiers"}, FreeDelivery: nil, Gift: {"sku"}, PointsMultiplier: {"rate"},
	}
	mayCap = []Kind{Percent, FixedPrice, CheapestFree, BuyGet, Tiered, FreeDelivery}
)

// check refuses a benefit that lacks a field of its kind or has one too many.
func (b *Benefit) check() error {
	if b.Kind == "" {
		return required("/benefit/kind")
	}
	needed, known := needs[b.Kind]
	if !known {
		return unknownWord("/benefit/kind", b.Kind, Kinds())
	}
	var found []error
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"percent", !b.Percent.IsZero()}, {"amount", b.Amount > 0}, {"price", b.Price > 0}, {"buy", b.Buy > 0},
		{"get", b.Get > 0}, {"tiers", len(b.Tiers) > 0}, {"sku", b.SKU != ""}, {"rate", !b.Rate.IsZero()},
	} {
		switch wanted := slices.Contains(needed, f.name); {
		case wanted && !f.given:
			found = append(found, required("/benefit/"+f.name))
		case f.given && !wanted:
			found = append(found, unfit("/benefit/"+f.name, f.name, b.Kind))
		}
	}
	if b.Most > 0 && !slices.Contains(mayCap, b.Kind) {
		found = append(found, unfit("/benefit/most", "most", b.Kind))
	}
	if len(found) == 0 && !b.Percent.IsZero() {
		if err := checkPercent(b.Percent); err != nil {
			found = append(found, err.At("/benefit/percent"))
		}
	}
	if len(found) == 0 {
		found = append(found, b.checkPoints())
	}
	return fault.Gather(append(found, checkTiers(b.Tiers))...)
}

// checkPoints refuses a multiplier or a wallet that cannot be.
func (b *Benefit) checkPoints() error {
	switch {
	case b.Kind != PointsMultiplier && b.Wallet != "":
		return unfit("/benefit/wallet", "wallet", b.Kind)
	case b.Kind != PointsMultiplier:
		return nil
	case b.Wallet != "":
		if _, err := id.Parse(id.Wallet, b.Wallet); err != nil {
			return fault.As(err).At("/benefit/wallet")
		}
	}
	if err := checkRate(b.Rate); err != nil {
		return err.At("/benefit/rate")
	}
	return nil
}

func checkTiers(tiers []Tier) error {
	var found []error
	for i, t := range tiers {
		at := "/benefit/tiers/" + strconv.Itoa(i)
		switch {
		case t.From <= 0:
			found = append(found, required(at+"/from"))
		case i > 0 && t.From <= tiers[i-1].From:
			found = append(found, fault.Invalid("offer_tiers_order", "tiers stand from the lowest to the highest, each from a higher sum").At(at+"/from"))
		}
		if (t.Amount > 0) == !t.Percent.IsZero() {
			found = append(found, fault.Invalid("offer_tier_one", "a tier takes off either an amount or a percentage").At(at))
		} else if err := checkPercent(t.Percent); !t.Percent.IsZero() && err != nil {
			found = append(found, err.At(at+"/percent"))
		}
	}
	return fault.Gather(found...)
}

func required(at string) error {
	return fault.Invalid("offer_required", "a value is needed here").At(at)
}

func unfit(at, name string, kind Kind) error {
	return fault.Invalid("offer_field_unfit", "%s has no place in such an offer", name).
		At(at).With("field", name).With("kind", string(kind))
}

func unknownWord[T ~string](at string, word T, known []T) error {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	return fault.Invalid("offer_unknown_word", "%q is not known here; choose one of %s", string(word), strings.Join(words, ", ")).
		At(at).With("word", string(word)).With("known", strings.Join(words, ", "))
}
