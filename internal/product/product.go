package product

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Product is an item of a programme's catalogue.
type Product struct {
	ProgrammeID id.ID
	// SKU names the item as sales do; it is compared exactly.
	SKU  string
	Name string
	// Category and Brand are plain texts; empty when there is none.
	Category string
	Brand    string
	// Cost is what one unit costs the company, in minor units of the
	// programme's currency; 0 when it is not known.
	Cost int64
	// Active items are still sold.
	Active bool
	// Flagship says that the company puts the item in front; SetFlagship does,
	// and nothing else.
	Flagship bool
}

const maxText = 200 // letters of any text

// tidy trims the product's texts and composes their letters.
func (p *Product) tidy() {
	for _, s := range []*string{&p.SKU, &p.Name, &p.Category, &p.Brand} {
		if utf8.ValidString(*s) {
			*s = norm.NFC.String(strings.TrimSpace(*s))
		}
	}
}

// check returns the first thing wrong with a tidied product, pointing at its
// field.
func (p *Product) check() error {
	if p.SKU == "" {
		return fault.Invalid("missing_sku", "a product needs its SKU, the name under which sales know it").At("/sku")
	}
	for _, f := range []struct{ field, text string }{
		{"/sku", p.SKU}, {"/name", p.Name}, {"/category", p.Category}, {"/brand", p.Brand},
	} {
		if !utf8.ValidString(f.text) || utf8.RuneCountInString(f.text) > maxText || strings.ContainsFunc(f.text, unicode.IsControl) {
			return fault.Invalid("malformed_product_text", "a product's texts take one line of up to %d letters each", maxText).
				At(f.field).With("max", maxText)
		}
	}
	if p.Cost < 0 || p.Cost > money.MaxMinor {
		return fault.Invalid("malformed_cost", "the cost of a unit cannot be negative or so large; leave it at 0 when it is not known").At("/cost")
	}
	return nil
}

// search returns the text in which the product is looked for.
func (p *Product) search() string {
	return strings.Join([]string{fold(p.SKU), fold(p.Name), fold(p.Category), fold(p.Brand)}, "\n")
}

// fold brings text to one line of small letters without accents.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.IsControl(r) {
			return -1
		}
		switch r = unicode.ToLower(r); r {
		case 'ł':
			return 'l'
		case 'ø':
			return 'o'
		}
		return r
	}, norm.NFKD.String(strings.ToValidUTF8(s, "")))
}
