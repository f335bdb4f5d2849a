package promo

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"regulars/internal/money"
)

// total adds up amounts that are not below 0, up to the largest there is.
func total(amounts []int64) int64 {
	sum := int64(0)
	for _, n := range amounts {
		if sum > math.MaxInt64-n {
			return math.MaxInt64
		}
		sum += n
	}
	return sum
}

// spread splits an amount over lines by their weights, exactly, and gives none
// more than its most: what a line cannot take goes to the others, again by
// their weights. The amount must not be above the sum of the most, nor the most
// of a line above its weight.
func spread(amount int64, weights, most []int64) []int64 {
	shares, open := make([]int64, len(weights)), slices.Clone(weights)
	for amount > 0 {
		parts, full := money.Split(amount, open), false
		for i, n := range parts {
			if n > most[i] {
				shares[i], open[i], full = most[i], 0, true
				amount -= most[i]
			}
		}
		if full {
			continue
		}
		for i, n := range parts {
			shares[i] += n
		}
		break
	}
	return shares
}

// unit is how many of the smallest quantities make a unit.
const unit = 1000

// atPrice returns what is over the price for each line, of which so much is
// left; a fraction stays with the price.
func atPrice(left, quantities []int64, price int64) []int64 {
	take := make([]int64, len(left))
	for i, q := range quantities {
		cost, err := money.NewRate(q, unit).Apply(price, money.Ceil)
		if q > 0 && err == nil {
			take[i] = max(0, left[i]-cost)
		}
	}
	return take
}

// inSets lays out the units from the dearest to the cheapest, makes sets of
// buy + get of them, and returns what the rate takes off the last get of each
// whole set, by line.
func inSets(left, quantities []int64, buy, get int64, rate money.Rate) []int64 {
	take := make([]int64, len(left))
	whole := total(quantities) / (buy + get) * (buy + get)
	at := int64(0)
	for _, i := range dearest(left, quantities) {
		end := at + min(whole-at, quantities[i])
		free := cheap(end, buy, get) - cheap(at, buy, get)
		take[i] = portion(left[i], free, quantities[i], rate)
		if at = end; at == whole {
			break
		}
	}
	return take
}

// cheap returns how much of the first n lies in the cheap ends of the sets.
func cheap(n, buy, get int64) int64 {
	return n/(buy+get)*get + max(0, n%(buy+get)-buy)
}

// portion returns floor(amount × some ÷ whole × rate), for 0 ≤ some ≤ whole
// and a rate of at most 1.
func portion(amount, some, whole int64, rate money.Rate) int64 {
	if rate.Num() == rate.Den() {
		return money.Part(amount, some, whole)
	}
	n := new(big.Int).Mul(big.NewInt(amount), big.NewInt(some))
	n.Mul(n, big.NewInt(rate.Num()))
	d := new(big.Int).Mul(big.NewInt(whole), big.NewInt(rate.Den()))
	return n.Quo(n, d).Int64()
}

// dearest returns the lines that have a quantity by what a unit of them costs,
// the dearest first, of equals the earlier line.
func dearest(left, quantities []int64) []int {
	var order []int
	for i, q := range quantities {
		if q > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if quantities[a] == quantities[b] {
			return cmp.Compare(left[b], left[a])
		}
		x := new(big.Int).Mul(big.NewInt(left[a]), big.NewInt(quantities[b]))
		y := new(big.Int).Mul(big.NewInt(left[b]), big.NewInt(quantities[a]))
		return y.Cmp(x)
	})
	return order
}
