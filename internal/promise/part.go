package promise

import (
	"cmp"
	"slices"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/money"
)

// Part says which part of a price an amount is.
type Part string

// The parts of a price. A discount is taken off the part that it lowers.
const (
	PartGoods    Part = "goods"
	PartDelivery Part = "delivery"
	PartService  Part = "service_fee"
	PartTax      Part = "tax"
	PartOther    Part = "other"
)

// PartNames returns every part, in the order in which they are shown.
func PartNames() []Part { return []Part{PartGoods, PartDelivery, PartService, PartTax, PartOther} }

// Text names the part.
func (p Part) Text() i18n.Text { return i18n.Text{Key: "promise.part." + string(p)} }

// Amount is one part of a price, in minor units of the programme's currency.
type Amount struct {
	Part  Part
	Minor int64
}

// Piece is a part of a promised price beside what was charged for it, in minor
// units.
type Piece struct {
	Part Part
	// WasShown is false for a part of which the customer was not told; Shown is 0
	// then.
	WasShown bool
	Shown    int64
	// WasCharged is false while nobody has said by which parts it was charged.
	WasCharged bool
	Charged    int64
}

// Growth is by how much more was charged than was shown, in minor units; below
// zero for less.
func (c Piece) Growth() int64 {
	if !c.WasCharged {
		return 0
	}
	return c.Charged - c.Shown
}

// Hidden reports whether the part was charged and had not been shown.
func (c Piece) Hidden() bool { return !c.WasShown && c.Growth() > 0 }

// Grew returns the parts for which more was charged than was shown.
func (p *Promise) Grew() []Part {
	var list []Part
	for _, c := range p.Parts {
		if c.Growth() > 0 {
			list = append(list, c.Part)
		}
	}
	return list
}

// AddUp refuses parts that are unknown, come twice or do not make up the whole,
// in minor units; no parts make up everything. It names every part that is wrong,
// and the sum once none is; the faults stand at the place.
func AddUp(at string, list []Amount, whole int64) error {
	met, sum := map[Part]bool{}, int64(0)
	var wrong []error
	for _, a := range list {
		switch {
		case !slices.Contains(PartNames(), a.Part):
			wrong = append(wrong, fault.Invalid("promise_part", "the parts of a price are goods, delivery, service_fee, tax and other").At(at))
		case met[a.Part]:
			wrong = append(wrong, fault.Invalid("promise_part_twice", "the part %s comes twice; add it up", a.Part).At(at).With("part", string(a.Part)))
		case a.Minor < 0 || a.Minor > money.MaxMinor:
			wrong = append(wrong, fault.Invalid("promise_price", "a part of a price is 0 or more; take a discount off the part that it lowers").At(at))
		}
		met[a.Part] = true
		sum += a.Minor
	}
	if len(wrong) == 0 && len(list) > 0 && sum != whole {
		return fault.Invalid("promise_parts_sum", "the parts make up %d and the price is %d; they must be the same", sum, whole).
			At(at).With("sum", sum).With("price", whole)
	}
	return fault.Gather(wrong...)
}

// SumOf adds parts up, in minor units, each cut to what money can be.
func SumOf(list []Amount) (sum int64) {
	for _, a := range list {
		sum += min(max(a.Minor, 0), money.MaxMinor)
	}
	return sum
}

// Pieces puts parts that were shown beside those that were charged, as if a
// price had been promised and charged so.
func Pieces(shown, charged []Amount) []Piece {
	var p Promise
	p.showParts(shown)
	p.chargeParts(charged)
	return p.Parts
}

// showParts notes what the customer was shown.
func (p *Promise) showParts(list []Amount) {
	for _, a := range list {
		p.Parts = append(p.Parts, Piece{Part: a.Part, WasShown: true, Shown: a.Minor})
	}
	p.orderParts()
}

// chargeParts notes by which parts it was charged: what was shown and is not
// among them was not charged. What was charged for nothing and was not shown is
// left out.
func (p *Promise) chargeParts(list []Amount) {
	charged := map[Part]int64{}
	for _, a := range list {
		charged[a.Part] = a.Minor
	}
	for i := range p.Parts {
		c := &p.Parts[i]
		c.WasCharged, c.Charged = true, charged[c.Part]
		delete(charged, c.Part)
	}
	for part, minor := range charged {
		if minor > 0 {
			p.Parts = append(p.Parts, Piece{Part: part, WasCharged: true, Charged: minor})
		}
	}
	p.orderParts()
}

// partsCharged reports whether it is known by which parts it was charged.
func (p *Promise) partsCharged() bool { return len(p.Parts) > 0 && p.Parts[0].WasCharged }

// chargedAs reports whether it was charged by just these parts.
func (p *Promise) chargedAs(list []Amount) bool {
	other := Promise{Parts: slices.Clone(p.Parts)}
	other.Parts = slices.DeleteFunc(other.Parts, func(c Piece) bool { return !c.WasShown })
	other.chargeParts(list)
	return slices.Equal(p.Parts, other.Parts)
}

// sameShown reports whether another was shown by the same parts.
func (p *Promise) sameShown(o *Promise) bool {
	shown := func(p *Promise) (list []Amount) {
		for _, c := range p.Parts {
			if c.WasShown {
				list = append(list, Amount{c.Part, c.Shown})
			}
		}
		return list
	}
	return slices.Equal(shown(p), shown(o))
}

func (p *Promise) orderParts() { OrderPieces(p.Parts) }

// OrderPieces puts pieces in the order in which parts are shown.
func OrderPieces(list []Piece) {
	slices.SortFunc(list, func(a, b Piece) int {
		return cmp.Compare(slices.Index(PartNames(), a.Part), slices.Index(PartNames(), b.Part))
	})
}

// joinParts names parts between commas, for a timeline's attribute.
func joinParts(list []Part) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = string(p)
	}
	return strings.Join(names, ",")
}
