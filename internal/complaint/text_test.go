package complaint

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
)

// snapshot is a JPEG as people send it.
func snapshot(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
