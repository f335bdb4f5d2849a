package earn

import (
	"slices"

	"regulars/internal/money"
	"regulars/internal/sale"
)

// EffectKind says what an effect does.
type EffectKind string

// The effects of a version work in their order on one exact sum, which is
// rounded once at the end.
const (
	// PerAmount gives Points for each Per minor units of the Basis; not only
	// for whole ones.
	PerAmount EffectKind = "points_per_amount"
	// Fixed gives Points.
	Fixed EffectKind = "fixed"
	// Multiplier multiplies what the effects before it give. Where it comes
	// first, and then alone, it multiplies what the rules before it gave for
	// the event into the same wallet, and gives the difference.
	Multiplier EffectKind = "multiplier"
	// ProductBonus gives Points for each unit of the Lines, or multiplies by
	// Rate what the amounts and units of those lines have earned before it.
	ProductBonus EffectKind = "product_bonus"
)

// EffectKinds returns every kind of effect.
func EffectKinds() []EffectKind { return []EffectKind{PerAmount, Fixed, Multiplier, ProductBonus} }

// Basis says which amount earns.
type Basis string

// The bases.
const (
	Goods         Basis = "goods"          // what is paid for goods
	Total         Basis = "total"          // the whole sale, fees included
	MatchingLines Basis = "matching_lines" // what is paid for the effect's Lines
)

// Effect is one thing that a version does. Which fields it has depends on its
// kind.
type Effect struct {
	Kind   EffectKind `json:"kind"`
	Points int64      `json:"points,omitempty"` // smallest units
	Per    int64      `json:"per,omitempty"`    // minor units
	Basis  Basis      `json:"basis,omitempty"`
	Lines  *Lines     `json:"lines,omitempty"`
	// Rate multiplies. With PerRank it is the rate of the ranks not named there
	// and of members without a rank, 1 when it is zero.
	Rate    money.Rate            `json:"rate,omitzero"`
	PerRank map[string]money.Rate `json:"per_rank,omitempty"` // by code of the rank
}

// Lines chooses goods by product or category.
type Lines struct {
	SKUs       []string `json:"skus,omitempty"`
	Categories []string `json:"categories,omitempty"`
	// Except chooses all goods but those named.
	Except bool `json:"except,omitempty"`
}

// Match reports whether a line is chosen. A fee never is; nil chooses all
// goods.
func (l *Lines) Match(line *sale.Line) bool {
	if line.Fee {
		return false
	}
	if l == nil {
		return true
	}
	named := slices.Contains(l.SKUs, line.SKU) || line.Category != "" && slices.Contains(l.Categories, line.Category)
	return named != l.Except
}
