package earn

import (
	"math/big"
	"math/bits"

	"regulars/internal/money"
)

// wide is a number of 128 bits.
type wide struct{ hi, lo uint64 }

func (w wide) plus(o wide) wide {
	lo, carry := bits.Add64(w.lo, o.lo, 0)
	hi, _ := bits.Add64(w.hi, o.hi, carry)
	return wide{hi, lo}
}

func times(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	return wide{hi, lo}
}

// over returns the number as an exact fraction of den.
func (w wide) over(den uint64) *big.Rat {
	n := new(big.Int).SetUint64(w.hi)
	n.Or(n.Lsh(n, 64), new(big.Int).SetUint64(w.lo))
	return new(big.Rat).SetFrac(n, new(big.Int).SetUint64(den))
}

// fit returns two numbers, scaled down alike until their sum is below 2^63.
func fit(a, b wide) (int64, int64) {
	shift := excess(a.plus(b))
	return a.shifted(shift), b.shifted(shift)
}

// excess returns by how many bits a number must be shifted to be below 2^63.
func excess(w wide) uint {
	if w.hi > 0 {
		return uint(bits.Len64(w.hi)) + 1
	}
	return uint(bits.Len64(w.lo)) / 64
}

// shifted returns the number ÷ 2^by, which must be below 2^63.
func (w wide) shifted(by uint) int64 { return int64(w.lo>>by | w.hi<<(64-by)) }

// round returns n ÷ den; false when the result passes maxPoints.
func round(n wide, den uint64, how money.Rounding) (int64, bool) {
	if n.hi >= den {
		return 0, false
	}
	q, rest := bits.Div64(n.hi, n.lo, den)
	if rest > 0 && roundsUp(q, rest, den, how) {
		q++
	}
	if q > uint64(maxPoints) {
		return 0, false
	}
	return int64(q), true
}

func roundsUp(q, rest, den uint64, how money.Rounding) bool {
	double := rest << 1 // den is at most 2^53
	switch how {
	case money.Ceil:
		return true
	case money.HalfUp:
		return double >= den
	case money.HalfEven:
		return double > den || double == den && q&1 == 1
	}
	return false
}

// roundRat is round for a fraction of any size; it must not be below 0.
func roundRat(r *big.Rat, how money.Rounding) (int64, bool) {
	q, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rest, 1).Cmp(r.Denom())
	up := how == money.Ceil && rest.Sign() > 0 ||
		how == money.HalfUp && half >= 0 ||
		how == money.HalfEven && (half > 0 || half == 0 && q.Bit(0) == 1)
	if up {
		q.Add(q, big.NewInt(1))
	}
	if q.Cmp(big.NewInt(maxPoints)) > 0 {
		return 0, false
	}
	return q.Int64(), true
}
