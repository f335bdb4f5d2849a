package earn

import "regulars/internal/money"

// share splits points over the lines of a sale by what each has earned, the
// remainder to those that earned most. Points that no line has earned are
// split by what is paid for the goods. It returns nil where that is nothing,
// as where there are no goods: such points belong to no line.
func (f *form) share(points int64, facts *Facts) []int64 {
	if len(facts.Lines) == 0 {
		return nil
	}
	lines, apart := f.sum(facts)
	switch {
	case apart == wide{}:
		return whole(points, money.Split(points, f.weights(facts, lines)))
	case lines == wide{}:
		return whole(points, money.Split(points, paid(facts)))
	}
	some, rest := fit(apart, lines)
	loose := money.Part(points, some, some+rest)
	shares := money.Split(points-loose, f.weights(facts, lines))
	for i, n := range money.Split(loose, paid(facts)) {
		shares[i] += n
	}
	return whole(points, shares)
}

// whole returns the shares if they hold all the points, else nil.
func whole(points int64, shares []int64) []int64 {
	sum := int64(0)
	for _, n := range shares {
		sum += n
	}
	if sum != points {
		return nil
	}
	return shares
}

// weights returns what each line has earned, in parts of a point, scaled down
// where that is too large.
func (f *form) weights(facts *Facts, all wide) []int64 {
	shift, weights := excess(all), make([]int64, len(facts.Lines))
	for i := range facts.Lines {
		var sum wide
		for k := range f.terms {
			t := &f.terms[k]
			sum = sum.plus(times(t.num, above0(t.onLine(&facts.Lines[i]))))
		}
		weights[i] = sum.shifted(shift)
	}
	return weights
}

// paid returns what is paid for each line that is goods.
func paid(facts *Facts) []int64 {
	weights := make([]int64, len(facts.Lines))
	for i := range facts.Lines {
		if line := &facts.Lines[i]; !line.Fee {
			weights[i] = line.Amount
		}
	}
	return weights
}
