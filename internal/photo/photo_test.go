package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"regulars/internal/fault"
)

// noise is a JPEG.
func noise(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts a block that tells where and with what a photo was taken behind
// the start of a JPEG.
func withEXIF(b []byte) []byte {
	body := []byte("Exif\x00\x00GPS 52.2297N 21.0122E camera 12345")
	block := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(append(append([]byte{}, b[:2]...), append(block, body...)...), b[2:]...)
}

func TestAPhotoIsDrawnAnew(t *testing.T) {
	polyglot := append(withEXIF(noise(t, 400, 300)), []byte("PK\x03\x04<script>alert(1)</script>")...)
	p, err := Redraw(polyglot)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"Exif", "GPS", "script", "PK\x03\x04"} {
		if bytes.Contains(p.JPEG, []byte(hidden)) {
			t.Errorf("%q was kept", hidden)
		}
	}
	if p.Width != 400 || p.Height != 300 {
		t.Errorf("it is %d × %d", p.Width, p.Height)
	}
	large, err := Redraw(noise(t, 4000, 1000))
	if err != nil {
		t.Fatal(err)
	}
	if large.Width > maxSide || large.Height != large.Width/4 || len(large.JPEG) > maxKept {
		t.Errorf("a large one is %d × %d in %d bytes", large.Width, large.Height, len(large.JPEG))
	}
	if m, err := jpeg.Decode(bytes.NewReader(large.JPEG)); err != nil || m.Bounds().Dx() != large.Width {
		t.Errorf("what is kept is no JPEG: %v", err)
	}
}

func TestATransparentPictureIsDrawnOnWhite(t *testing.T) {
	for _, side := range []int{100, 3000} {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, side, side))); err != nil {
			t.Fatal(err)
		}
		p, err := Redraw(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		if got := color.GrayModel.Convert(m.At(1, 1)).(color.Gray).Y; got < 250 {
			t.Errorf("of %d pixels the ground is %d", side, got)
		}
	}
}

func TestWhatIsNoPhotoIsRefused(t *testing.T) {
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x06\x00\x00\x00")
	huge = binary.BigEndian.AppendUint32(huge, 0) // a wrong sum is met before the size is
	for name, k := range map[string]struct {
		upload []byte
		code   string
	}{
		"nothing":    {nil, "photo_unreadable"},
		"a page":     {[]byte("<html><script>alert(1)</script>"), "photo_unreadable"},
		"a drawing":  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "photo_unreadable"},
		"a GIF":      {[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), "photo_unreadable"},
		"cut off":    {noise(t, 200, 200)[:900], "photo_unreadable"},
		"a liar":     {huge, "photo_unreadable"},
		"too large":  {bytes.Repeat([]byte("x"), MaxUpload+1), "photo_size"},
		"huge sides": {claims(60000, 60000), "photo_pixels"},
	} {
		_, err := Redraw(k.upload)
		if f := fault.As(err); f == nil || f.Code != k.code {
			t.Errorf("%s: %v, want %s", name, err, k.code)
		}
	}
}

// claims is a JPEG that says to be of a size.
func claims(w, h uint16) []byte {
	b := noise(quiet{}, 8, 8)
	at := bytes.Index(b, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(b[at+5:], h)
	binary.BigEndian.PutUint16(b[at+7:], w)
	return b
}

// quiet is a testing.TB for what cannot fail.
type quiet struct{ testing.TB }

func (quiet) Helper() {}
