package touch

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"rsc.io/qr"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
	"regulars/internal/i18n"
)

const base = "https://points.example.com"

// sheet is one of cards with our own words.
func sheet(t *testing.T, paper Paper, layout Layout, lang i18n.Lang, codes ...string) *Sheet {
	t.Helper()
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	d := Design{Layout: layout, Language: lang}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	return &Sheet{
		Paper: paper, Layout: layout, Words: d.filled(texts.Printer(lang, nil, "")), Brand: "Зелёный сад · Łąka", Hue: 150, Base: base, Codes: codes,
		Created: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
	}
}

// printed returns the pages of a PDF as pictures. Where REGULARS_LOOK names a
// folder, they are left there to be looked at.
func printed(t *testing.T, s *Sheet, dpi int) []image.Image {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Fatal("pdftoppm is not installed; `make tools` installs it")
	}
	var pdf bytes.Buffer
	if err := s.Print(&pdf); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if look := os.Getenv("REGULARS_LOOK"); look != "" {
		dir = filepath.Join(look, strings.ReplaceAll(t.Name(), "/", "_"))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.CommandContext(t.Context(), tool, "-png", "-r", fmt.Sprint(dpi), "-", filepath.Join(dir, "page"))
	c.Stdin = &pdf
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v\n%s", err, out)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "page*.png"))
	slices.Sort(files)
	var pages []image.Image
	for _, f := range files {
		r, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		page, _, err := image.Decode(r)
		_ = r.Close()
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	return pages
}

// read decodes every code of a page.
func read(t *testing.T, page image.Image) []*gozxing.Result {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(page)
	if err != nil {
		t.Fatal(err)
	}
	found, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("nothing was decoded: %v", err)
	}
	return found
}

// TestPrintedCardsCanBeScanned decodes what was printed, in every layout and
// language, at the resolution of a poor scanner.
func TestPrintedCardsCanBeScanned(t *testing.T) {
	for _, layout := range Layouts() {
		for _, lang := range i18n.Langs() {
			t.Run(string(layout)+"_"+string(lang), func(t *testing.T) {
				code := newCode()
				pages := printed(t, sheet(t, A6, layout, lang, code), 150)
				if len(pages) != 1 {
					t.Fatalf("there are %d pages", len(pages))
				}
				var texts []string
				for _, r := range read(t, pages[0]) {
					texts = append(texts, r.GetText())
					if level := r.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL]; level != decoder.ErrorCorrectionLevel_Q.String() {
						t.Errorf("the level is %v", level)
					}
				}
				slices.Sort(texts)
				want := []string{"HTTPS://POINTS.EXAMPLE.COM/T/" + code + "/P", "HTTPS://POINTS.EXAMPLE.COM/T/" + code + "/R"}
				if !slices.Equal(texts, want) {
					t.Errorf("decoded %q, want %q", texts, want)
				}
			})
		}
	}
}

// TestSheetsHoldFourCards: an office page has four cards, each with both codes.
func TestSheetsHoldFourCards(t *testing.T) {
	codes := []string{newCode(), newCode(), newCode(), newCode(), newCode()}
	pages := printed(t, sheet(t, A4, Calm, i18n.Russian, codes...), 150)
	if len(pages) != 2 {
		t.Fatalf("there are %d pages", len(pages))
	}
	if n := len(read(t, pages[0])); n != 8 {
		t.Errorf("the first page has %d codes that can be read", n)
	}
	if n := len(read(t, pages[1])); n != 2 {
		t.Errorf("the second page has %d codes that can be read", n)
	}
}

// TestCodesStaySmall: version 3 at most for an usual address, so that a module
// is large, and the card gives each code more than 22 mm.
func TestCodesStaySmall(t *testing.T) {
	for host, modules := range map[string]int{"https://a.pl": 25, base: 29, "https://cards.some-shop.ru": 29} {
		c, err := qr.Encode(doorAddress(host, newCode(), "R"), qr.Q)
		if err != nil || c.Size != modules {
			t.Errorf("%s: %d modules, %v; want %d", host, c.Size, err, modules)
		}
	}
	if codeSize < 22 {
		t.Errorf("codes are %v mm wide", codeSize)
	}
	// Beside each other and from the card's edge there is room for two quiet
	// zones of the smallest symbol, whose modules are the largest.
	if margin := quiet * codeSize / 25; 51-codeSize < 2*margin || 12 < margin {
		t.Errorf("a quiet zone of %.1f mm does not fit", margin)
	}
}

// TestBleedReachesOut: colour of the band goes 3 mm beyond the card, and marks
// stay outside of that.
func TestBleedReachesOut(t *testing.T) {
	page := printed(t, sheet(t, A6, Band, i18n.English, newCode()), 254)[0] // 10 pixels a millimetre
	grey := func(x, y float64) uint32 {
		r, g, b, _ := page.At(int(x*10), int(y*10)).RGBA()
		return (r + g + b) / 3 >> 8
	}
	if grey(slug-bleed+0.3, 30) > 200 || grey(slug-bleed-0.5, 30) < 250 {
		t.Errorf("the bleed is %d inside and %d outside", grey(slug-bleed+0.3, 30), grey(slug-bleed-0.5, 30))
	}
	dark := 0
	for y := slug - bleed - 6; y < slug-bleed; y += 0.1 {
		if grey(slug, y) < 200 {
			dark++
		}
	}
	if dark < 40 {
		t.Errorf("the crop mark is %d pixels long", dark)
	}
}

// TestCodesTellSlips: every single wrong letter and every exchange of two is
// seen, and what was typed comes back.
func TestCodesTellSlips(t *testing.T) {
	code := newCode()
	if err := CheckCode(code); err != nil {
		t.Fatal(err)
	}
	for i := range code {
		for _, l := range checkcode.Letters {
			if wrong := code[:i] + string(l) + code[i+1:]; wrong != code && CheckCode(wrong) == nil {
				t.Errorf("%s passes for %s", wrong, code)
			}
		}
		for j := range i {
			b := []byte(code)
			b[i], b[j] = b[j], b[i]
			if string(b) != code && CheckCode(string(b)) == nil {
				t.Errorf("%s passes for %s", b, code)
			}
		}
	}
	for _, typed := range []string{ShowCode(code), strings.ToLower(code), doorAddressOf(code), "https://points.example.com/t/" + code + "/", "  " + code} {
		if got := NormaliseCode(typed); got != code {
			t.Errorf("%q is read as %q, want %q", typed, got, code)
		}
	}
	if got := NormaliseCode("oil"); got != "011" {
		t.Errorf("oil is read as %s", got)
	}
	if fits(10, 6, 32) != nil || fits(10, 7, 32) == nil {
		t.Error("more than half of the space is used, or less than half is refused")
	}
}

func doorAddressOf(code string) string { return strings.ToUpper(base + "/t/" + code) }

// TestStrangeLettersBreakNoCard: what the fonts lack is refused in words that
// somebody writes for cards, left out of a name, and never breaks the document;
// every letter of our three languages is there.
func TestStrangeLettersBreakNoCard(t *testing.T) {
	for _, text := range []string{"How was your tea? 🫖", "שלום", "\u202eevil", "茶館へようこそ", "a\x00b", "\xff\xfe", "5 ₽", "Z͑ͫ"} {
		for _, layout := range Layouts() {
			d := Design{Layout: layout, Language: i18n.English, Words: Words{Foot: text}}
			var f *fault.Error
			if err := d.Check(); !errors.As(err, &f) || f.Code != "card_letters" || f.Field != "/foot" {
				t.Errorf("%q: %v", text, err)
			}
			s := sheet(t, A6, layout, i18n.English, newCode())
			s.Brand, s.Words = text, Words{text, text, text, text}
			if n := len(read(t, printed(t, s, 100)[0])); n != 2 {
				t.Errorf("%q: %d codes can be read", text, n)
			}
		}
	}
	for name, want := range map[string]bool{"Tea 🫖 & Leaf": false, "Łąka · Ёж": false, "茶館": true, "Tea 茶": true} {
		if got := unnamed(name); got != want {
			t.Errorf("%q cannot be written: %t, want %t", name, got, want)
		}
	}
	if got := drawn("Tea 🫖 & Leaf"); got != "Tea & Leaf" {
		t.Errorf("it reads %q", got)
	}
	if missing := undrawn("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ абвгдеёжзийклмнопрстуфхцчшщъыьэюя АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ «»„”“’–—…№€£ %"); missing != "" {
		t.Errorf("the fonts lack %q", missing)
	}
}
