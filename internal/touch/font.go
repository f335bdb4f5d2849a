package touch

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// faces are the fonts of cards by their style, for which they have Latin, Greek
// and Cyrillic letters, and no pictures.
func faces() map[string][]byte { return map[string][]byte{"": goregular.TTF, "B": gobold.TTF} }

// glyphs reports for a letter whether every font of cards has it.
var glyphs = sync.OnceValue(func() func(rune) bool {
	var fonts []*sfnt.Font
	for _, face := range faces() {
		if f, err := sfnt.Parse(face); err == nil {
			fonts = append(fonts, f)
		}
	}
	return func(r rune) bool {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return false // a font may have a glyph for it all the same
		}
		var b sfnt.Buffer
		for _, f := range fonts {
			if at, err := f.GlyphIndex(&b, r); err != nil || at == 0 {
				return false
			}
		}
		return len(fonts) > 0
	}
})

// undrawn returns what of a text the fonts of cards lack, at most five of it.
func undrawn(text string) string {
	var missing []rune
	for _, r := range text {
		if !glyphs()(r) && len(missing) < 5 {
			missing = append(missing, r)
		}
	}
	return string(missing)
}

// drawn returns a text without what the fonts of cards lack, which would break
// the document or stand there as empty boxes.
func drawn(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if glyphs()(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, ""))), " ")
}

// unnamed reports whether a name has letters that the fonts of cards lack, so
// that what is left of it would be another name. A picture in it may go.
func unnamed(name string) bool { return strings.ContainsFunc(undrawn(name), unicode.IsLetter) }

func addFaces(pdf *fpdf.Fpdf) {
	for style, face := range faces() {
		pdf.AddUTF8FontFromBytes("go", style, face)
	}
}
