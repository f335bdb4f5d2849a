package web

import (
	"math"
	"strconv"
)

// scale maps figures to a vertical axis that begins at zero and ends at round
// figures.
type scale struct {
	low, high int64
	ticks     []int64 // from low to high
}

// newScale returns the axis for figures between low and high with about want
// steps of 1, 2 or 5 times a power of ten.
func newScale(low, high int64, want int) scale {
	low, high = min(0, low), max(0, high)
	step := niceStep((float64(high) - float64(low)) / float64(want))
	s := scale{low: floorTo(low, step), high: -floorTo(-high, step)}
	if s.high == s.low {
		s.high = step
	}
	for t := s.low; t < s.high; t += step {
		s.ticks = append(s.ticks, t)
	}
	s.ticks = append(s.ticks, s.high)
	return s
}

// niceStep returns the smallest of 1, 2, 5, 10, 20, 50… that is at least raw.
func niceStep(raw float64) int64 {
	if raw <= 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= raw {
			return int64(m * power)
		}
	}
	return int64(10 * power)
}

// floorTo returns the multiple of step at or below v.
func floorTo(v, step int64) int64 {
	q := v / step
	if v%step < 0 {
		q--
	}
	return q * step
}

// y returns how far below the top of a plot of the height a figure lies.
func (s scale) y(v int64, height float64) float64 {
	return height * (float64(s.high) - float64(v)) / (float64(s.high) - float64(s.low))
}

// px prints a length of a drawing in two decimals at most.
func px(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64)
}

func percent(v float64) string { return px(v) + "%" }
