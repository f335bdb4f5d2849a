package promo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/sale"
)

// tuesday is when the sales of these tests take place.
var tuesday = time.Date(2026, 3, 10, 10, 30, 0, 0, time.UTC)

func written(t rapid.TB, raw string) Spec {
	t.Helper()
	s, err := ParseSpec([]byte(raw))
	if err != nil {
		t.Fatalf("parsing %s: %v", raw, err)
	}
	if err := s.Check(); err != nil {
		t.Fatalf("checking %s: %v", raw, err)
	}
	return s
}

// inForce returns a version that has always been in force; n is the id of its
// offer, which is called by that letter.
func inForce(n id.ID, s Spec) Version {
	return Version{ID: 1000 + n, OfferID: n, Name: string(rune('A' + n - 1)), Number: 1, State: Published, Spec: s}
}

func offersOf(t rapid.TB, versions ...Version) *Offerset {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewOfferset(zone, "GBP", versions)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// offers returns a set of the specs, whose offers are called A, B, C and so on
// and have the ids 1, 2, 3.
func offers(t rapid.TB, raw ...string) *Offerset {
	t.Helper()
	versions := make([]Version, len(raw))
	for i, r := range raw {
		versions[i] = inForce(id.ID(i+1), written(t, r))
	}
	return offersOf(t, versions...)
}

// basket returns the first purchase of an enrolled member. A line is written as
// "SKU category quantity amount"; the category "fee" makes it a fee, a fifth
// word is the cost of the line, a sixth its brand.
func basket(t testing.TB, lines ...string) Basket {
	t.Helper()
	b := Basket{Facts: &earn.Facts{Kind: "purchase", Occurred: tuesday, Nth: 1}, Enrolled: true}
	for i, raw := range lines {
		var l sale.Line
		var units, amount, cost float64
		w := append(strings.Fields(raw), "0", "")
		for k, into := range []*float64{2: &units, 3: &amount, 4: &cost} {
			if into == nil {
				continue
			}
			if _, err := fmt.Sscan(w[k], into); err != nil {
				t.Fatal(err)
			}
		}
		l = sale.Line{No: i + 1, SKU: w[0], Category: w[1], Quantity: int64(units*1000 + 0.5), Amount: int64(amount*100 + 0.5), Fee: w[1] == "fee"}
		item := Item{Cost: int64(cost*100 + 0.5)}
		if len(w) > 6 {
			item.Brand = w[5]
		}
		b.Items = append(b.Items, item)
		b.Facts.Lines = append(b.Facts.Lines, l)
		b.Facts.Total += l.Amount
		if !l.Fee {
			b.Facts.Goods += l.Amount
		}
	}
	return b
}

// withCodes presents a code of each of the offers.
func (b Basket) withCodes(offers ...id.ID) Basket {
	for i, o := range offers {
		text := fmt.Sprintf("CODE%d", i+1)
		b.Codes = append(b.Codes, Presented{Text: text, Code: &Code{ID: id.ID(501 + i), OfferID: o, Text: text}})
	}
	return b
}

// outcomeOf writes a pricing down: the amounts of the lines, what each offer
// took off, and why others did not apply.
func outcomeOf(p Pricing) string {
	var b strings.Builder
	fmt.Fprint(&b, p.Amounts)
	for _, a := range p.Applied {
		fmt.Fprintf(&b, " %s:%d", a.Name, a.Amount)
		if a.Gift != "" {
			fmt.Fprintf(&b, "+%s", a.Gift)
		}
	}
	for _, r := range p.Refused {
		name := r.Code
		if r.OfferID != 0 {
			name = string(rune('A' + r.OfferID - 1))
		}
		fmt.Fprintf(&b, " %s!%s", name, r.Why)
	}
	return b.String()
}

// same fails unless the pricing is as written and adds up.
func same(t rapid.TB, b Basket, p Pricing, want string) {
	t.Helper()
	addsUp(t, b, p)
	if got := outcomeOf(p); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// addsUp checks what holds of every pricing.
func addsUp(t rapid.TB, b Basket, p Pricing) {
	t.Helper()
	if len(p.Amounts) != len(b.Facts.Lines) {
		t.Fatalf("%d amounts for %d lines", len(p.Amounts), len(b.Facts.Lines))
	}
	byLine, byOffer := make([]int64, len(p.Amounts)), map[id.ID]int64{}
	for _, d := range p.Discounts {
		if d.Amount <= 0 {
			t.Errorf("a discount of %d", d.Amount)
		}
		byLine[d.Line-1] += d.Amount
		byOffer[d.OfferID] += d.Amount
	}
	for i, l := range b.Facts.Lines {
		if p.Amounts[i] != l.Amount-byLine[i] {
			t.Errorf("line %d costs %d, of %d less %d", i+1, p.Amounts[i], l.Amount, byLine[i])
		}
		if p.Amounts[i] < min(0, l.Amount) {
			t.Errorf("line %d fell to %d", i+1, p.Amounts[i])
		}
	}
	for _, a := range p.Applied {
		if byOffer[a.OfferID] != a.Amount {
			t.Errorf("the offer %s takes off %d, its lines %d", a.Name, a.Amount, byOffer[a.OfferID])
		}
	}
}

func printerFor(t testing.TB, l i18n.Lang) *i18n.Printer {
	t.Helper()
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return texts.Printer(l, nil, "GBP")
}

func plainSpaces(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// refusedAt checks that err is a fault of that code at that place.
func refusedAt(t testing.TB, err error, code, at string) {
	t.Helper()
	f := fault.As(err)
	if f == nil {
		t.Errorf("got %v, want fault %s at %q", err, code, at)
	} else if f.Code != code || f.Field != at {
		t.Errorf("got %s at %q (%s), want %s at %q", f.Code, f.Field, f.Message, code, at)
	}
}
