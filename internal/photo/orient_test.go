package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// corners are the colours of a picture's corners as it is stored: those of its
// first row and column, first row and last column, and so on.
var corners = [2][2]color.RGBA{{{255, 0, 0, 255}, {0, 255, 0, 255}}, {{0, 0, 255, 255}, {255, 255, 255, 255}}}

// quartered is a JPEG with a colour in each quarter.
func quartered(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, corners[y*2/h][x*2/w])
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// held puts an EXIF block into a JPEG that says how the camera was held, behind
// another tag.
func held(file []byte, order binary.AppendByteOrder, o uint16) []byte {
	tiff := []byte("II")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM")
	}
	tiff = order.AppendUint32(order.AppendUint16(tiff, 42), 10)
	tiff = append(tiff, 0, 0) // a gap before the directory
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 7}, {orientationTag, o}} {
		tiff = order.AppendUint16(order.AppendUint16(tiff, entry[0]), shortType)
		tiff = order.AppendUint16(order.AppendUint16(order.AppendUint32(tiff, 1), entry[1]), 0)
	}
	return block(block(file, "Exif\x00\x00"+string(tiff)), "http://ns.adobe.com/xap/1.0/\x00<x/>")
}

// block puts an APP1 block behind the start of a JPEG.
func block(file []byte, body string) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, app1}, uint16(len(body)+2))
	return append(append(b, body...), file[2:]...)
}

// TestPicturesStandUpright: for each of the eight ways of holding a camera, the
// corners come where the standard says: which side of the picture the first row
// is as one sees it, and which the first column.
func TestPicturesStandUpright(t *testing.T) {
	sides := []struct{ row, column string }{
		{"top", "left"}, {"top", "right"}, {"bottom", "right"}, {"bottom", "left"}, {"left", "top"}, {"right", "top"}, {"right", "bottom"}, {"left", "bottom"},
	}
	for i, s := range sides {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			for _, size := range []struct{ w, h, longest int }{{60, 40, maxSide}, {600, 400, 150}} {
				t.Run(fmt.Sprint(i+1, order, size.w), func(t *testing.T) {
					p, err := RedrawWithin(held(quartered(t, size.w, size.h), order, uint16(i+1)), size.longest, maxKept)
					if err != nil {
						t.Fatal(err)
					}
					if lying := s.row == "left" || s.row == "right"; lying != (p.Height > p.Width) || bytes.Contains(p.JPEG, []byte("Exif")) {
						t.Errorf("it is %d × %d", p.Width, p.Height)
					}
					m, err := jpeg.Decode(bytes.NewReader(p.JPEG))
					if err != nil {
						t.Fatal(err)
					}
					for row := range 2 {
						for column := range 2 {
							x, y := p.Width/8, p.Height/8
							for _, at := range []string{seen(s.row, row), seen(s.column, column)} {
								switch at {
								case "right":
									x = p.Width * 7 / 8
								case "bottom":
									y = p.Height * 7 / 8
								}
							}
							if got, want := m.At(x, y), corners[row][column]; !alike(got, want) {
								t.Errorf("row %d, column %d: at %d, %d is %v, want %v", row, column, x, y, got, want)
							}
						}
					}
				})
			}
		}
	}
}

// seen is the side at which one sees the first or the last of rows or columns,
// when the first is at one.
func seen(first string, last int) string {
	if last == 0 {
		return first
	}
	return map[string]string{"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[first]
}

func alike(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	for _, d := range []int{int(ar>>8) - int(br>>8), int(ag>>8) - int(bg>>8), int(ab>>8) - int(bb>>8)} {
		if d < -60 || d > 60 {
			return false
		}
	}
	return true
}

// hostile are EXIF blocks that lie.
func hostile(t testing.TB) map[string][]byte {
	file := quartered(t, 16, 16)
	long := held(file, binary.BigEndian, 6)
	return map[string][]byte{
		"nothing":          nil,
		"no JPEG":          []byte("\x89PNG"),
		"only a start":     {0xff, 0xd8},
		"filled up":        append([]byte{0xff, 0xd8}, bytes.Repeat([]byte{0xff}, 300)...),
		"an empty block":   block(file, ""),
		"no TIFF":          block(file, "Exif\x00\x00"),
		"another order":    block(file, "Exif\x00\x00XX\x00\x2a\x00\x00\x00\x08"),
		"no 42":            block(file, "Exif\x00\x00MM\x00\x2b\x00\x00\x00\x08\x00\x01"),
		"nowhere":          block(file, "Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff\x00\x01"),
		"at its end":       block(file, "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08"),
		"more than it has": block(file, "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\xff\xff"),
		"cut off":          block(file, "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00"),
		"in itself":        block(file, "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x00\x00\x01"),
		"a size of none":   {0xff, 0xd8, 0xff, app1, 0, 0, 'E', 'x', 'i', 'f'},
		"a size of one":    {0xff, 0xd8, 0xff, app1, 0, 1, 'E', 'x', 'i', 'f'},
		"longer than all":  long[:40],
		"a long value":     bytes.Replace(long, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1}, []byte{0x01, 0x12, 0, 4, 0, 0, 0, 1}, 1),
		"many values":      bytes.Replace(long, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1}, []byte{0x01, 0x12, 0, 3, 0, 0, 0, 9}, 1),
		"zero":             held(file, binary.LittleEndian, 0),
		"nine":             held(file, binary.LittleEndian, 9),
		"behind the scan":  append(append([]byte{}, file...), long[2:]...),
	}
}

func TestAHostileBlockIsUpright(t *testing.T) {
	for name, file := range hostile(t) {
		if o := orientationOf(file); o != upright {
			t.Errorf("%s: %d", name, o)
		}
	}
	if o := orientationOf(append([]byte{0xff, 0xd8, 0xff}, held(quartered(t, 16, 16), binary.BigEndian, 7)[2:]...)); o != 7 {
		t.Errorf("behind a filled sign: %d", o)
	}
}

// FuzzOrientation: no file breaks the reader, and every one has a way up.
func FuzzOrientation(f *testing.F) {
	for _, file := range hostile(f) {
		f.Add(file)
	}
	f.Add(held(quartered(f, 16, 16), binary.BigEndian, 6))
	f.Fuzz(func(t *testing.T, file []byte) {
		if o := orientationOf(file); o < upright || o > 8 {
			t.Errorf("%d", o)
		}
		if o := orientationIn(file); o < upright || o > 8 {
			t.Errorf("%d", o)
		}
		_, _ = Redraw(file)
	})
}
