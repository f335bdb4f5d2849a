package promo

import (
	"fmt"
	"testing"

	"regulars/internal/id"
)

// BenchmarkPrice prices a basket of 20 lines by 200 offers in force, of which
// 19 apply beside a code and the best of a group.
func BenchmarkPrice(b *testing.B) {
	var versions []Version
	for i := range 200 {
		raw := `{"lines":{"categories":["elsewhere"]},"benefit":{"kind":"percent","percent":"10"}}`
		switch i % 10 {
		case 0:
			raw = fmt.Sprintf(`{"lines":{"skus":["S%d"]},"at_cost":true,"benefit":{"kind":"percent","percent":"10"}}`, i/10)
		case 1:
			raw = `{"condition":{"field":"rank","op":"eq","value":"gold"},"benefit":{"kind":"amount","amount":100}}`
		case 2:
			raw = fmt.Sprintf(`{"group":"g","benefit":{"kind":"amount","amount":%d}}`, i+1)
		case 3:
			raw = `{"minimum":99999999,"benefit":{"kind":"percent","percent":"10"}}`
		}
		versions = append(versions, inForce(id.ID(i+1), written(b, raw)))
	}
	versions = append(versions, inForce(201, written(b, `{"with_code":true,"benefit":{"kind":"percent","percent":"5"}}`)))
	s := offersOf(b, versions...)
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprintf("S%d food 1 %d.99 1.00 Acme", i, i+1))
	}
	basket := basket(b, lines...).withCodes(201)
	for b.Loop() {
		s.Price(basket, Usage{})
	}
}
