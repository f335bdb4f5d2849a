package complaint

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

func TestTextIsTidied(t *testing.T) {
	for in, want := range map[string]string{
		"  a\r\nb\x00\x07 ": "a\nb", "zażółć 🫖": "zażółć 🫖", "\xff!": "�!", "مرحبا": "مرحبا", strings.Repeat(" ", 9): "",
	} {
		if got := tidy(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// snapshot is a JPEG as people send it.
func snapshot(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
