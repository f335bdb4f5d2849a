package returns

import (
	"bytes"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// TestALabelCanBeScanned prints labels in every language, with short and long
// addresses, and decodes them at the resolution of a poor printer.
func TestALabelCanBeScanned(t *testing.T) {
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Fatal("pdftoppm is not installed; `make tools` installs it")
	}
	number := id.ID(1 << 61).In(id.Return)
	for name, address := range map[string]string{
		"short": "Sklep «Чайник»\nul. Źródlana 5\n00-950 Łódź", "long": strings.Repeat("The Returns Department of a Company with a Very Long Name Indeed\n", 7),
	} {
		for _, lang := range i18n.Langs() {
			t.Run(name+"-"+string(lang), func(t *testing.T) {
				l := &label{brand: "Bean & Leaf", address: address, number: number, hue: 250, made: time.Unix(1_700_000_000, 0), words: printer(t, lang)}
				pdf, err := l.print()
				if err != nil {
					t.Fatal(err)
				}
				page := filepath.Join(t.ArtifactDir(), "label")
				c := exec.CommandContext(t.Context(), tool, "-png", "-singlefile", "-r", "150", "-", page)
				c.Stdin = bytes.NewReader(pdf)
				if out, err := c.CombinedOutput(); err != nil {
					t.Fatalf("pdftoppm: %v\n%s", err, out)
				}
				f, err := os.Open(page + ".png")
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				m, _, err := image.Decode(f)
				if err != nil {
					t.Fatal(err)
				}
				bits, err := gozxing.NewBinaryBitmapFromImage(m)
				if err != nil {
					t.Fatal(err)
				}
				got, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
				if err != nil || got.GetText() != strings.ToUpper(number) {
					t.Errorf("decoded %v, %v", got, err)
				}
			})
		}
	}
}
