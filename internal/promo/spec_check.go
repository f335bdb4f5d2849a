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

// Check refuses a spec whose parts do not fit each other, with the JSON pointer
// of the place.
func (s *Spec) Check() error {
	_, err := compile(&Version{Spec: *s})
	return err
}

// checkParts refuses what could not be compiled.
func (s *Spec) checkParts() error {
	if !slices.Contains([]Audience{"", Regulars, Newcomers}, s.Audience) {
		return unknownWord("/audience", s.Audience, []Audience{Regulars, Newcomers})
	}
	if s.Lines != nil && len(s.Lines.SKUs)+len(s.Lines.Categories) == 0 {
		return required("/lines/skus")
	}
	if !slices.Contains([]AfterReturn{"", KeepDiscount, Recompute}, s.AfterReturn) {
		return unknownWord("/after_return", s.AfterReturn, []AfterReturn{KeepDiscount, Recompute})
	}
	if s.AfterReturn == Recompute && !s.Benefit.takesOff() {
		return unfit("/after_return", "after_return", s.Benefit.Kind)
	}
	if s.RestoreCode && !s.WithCode {
		return unfit("/restore_code", "restore_code", "")
	}
	if err := checkCaps(s.PerMember); err != nil {
		return err
	}
	if err := checkShopBudgets(s.PerShop); err != nil {
		return err
	}
	if err := s.Benefit.check(); err != nil {
		return err
	}
	return s.checkFees()
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
	for i, c := range caps {
		at := "/per_member/" + strconv.Itoa(i)
		if !slices.Contains(earn.Periods(), c.Period) {
			return unknownWord(at+"/period", c.Period, earn.Periods())
		}
		if c.Times <= 0 && c.Amount <= 0 {
			return required(at + "/times")
		}
		if slices.ContainsFunc(caps[:i], func(o Cap) bool { return o.Period == c.Period }) {
			return fault.Invalid("offer_cap_twice", "there is a limit for this period already; put both into one").At(at)
		}
	}
	return nil
}

func checkShopBudgets(budgets []ShopBudget) error {
	type place struct {
		shop   string
		period earn.Period
	}
	seen := make(map[place]bool, len(budgets))
	for i, b := range budgets {
		at := "/per_shop/" + strconv.Itoa(i)
		if !slices.Contains(earn.Periods(), b.Period) {
			return unknownWord(at+"/period", b.Period, earn.Periods())
		}
		if b.Uses <= 0 && b.Amount <= 0 {
			return required(at + "/uses")
		}
		here := place{b.Shop, b.Period}
		if seen[here] {
			return fault.Invalid("offer_shop_twice", "there is a budget for this shop and period already; put both into one").At(at)
		}
		seen[here] = true
	}
	return nil
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
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"percent", !b.Percent.IsZero()}, {"amount", b.Amount > 0}, {"price", b.Price > 0}, {"buy", b.Buy > 0},
		{"get", b.Get > 0}, {"tiers", len(b.Tiers) > 0}, {"sku", b.SKU != ""}, {"rate", !b.Rate.IsZero()},
	} {
		switch wanted := slices.Contains(needed, f.name); {
		case wanted && !f.given:
			return required("/benefit/" + f.name)
		case f.given && !wanted:
			return unfit("/benefit/"+f.name, f.name, b.Kind)
		}
	}
	if b.Most > 0 && !slices.Contains(mayCap, b.Kind) {
		return unfit("/benefit/most", "most", b.Kind)
	}
	if b.Kind == Percent || b.Kind == BuyGet {
		if err := checkPercent(b.Percent); err != nil {
			return err.At("/benefit/percent")
		}
	}
	if err := b.checkPoints(); err != nil {
		return err
	}
	return checkTiers(b.Tiers)
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
	for i, t := range tiers {
		at := "/benefit/tiers/" + strconv.Itoa(i)
		switch {
		case t.From <= 0:
			return required(at + "/from")
		case (t.Amount > 0) == !t.Percent.IsZero():
			return fault.Invalid("offer_tier_one", "a tier takes off either an amount or a percentage").At(at)
		case i > 0 && t.From <= tiers[i-1].From:
			return fault.Invalid("offer_tiers_order", "tiers stand from the lowest to the highest, each from a higher sum").At(at + "/from")
		}
		if err := checkPercent(t.Percent); !t.Percent.IsZero() && err != nil {
			return err.At(at + "/percent")
		}
	}
	return nil
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
