package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a camera was held: the value of the tag of that name in EXIF
// (CIPA DC-008, 4.6.4 A), from 1 for upright to 8.
type orientation uint16

const (
	upright orientation = 1
	// orientationTag is the tag's number, shortType the type of its value.
	orientationTag, shortType = 0x0112, 3
	// Signs of a JPEG file: the first block of an application, where the pixels
	// begin, and the end.
	app1, startOfScan, endOfImage = 0xe1, 0xda, 0xd9
)

// orientationOf reads how the camera was held from the EXIF block of a JPEG.
// Anything that it does not understand is upright.
func orientationOf(file []byte) orientation {
	if !bytes.HasPrefix(file, []byte{0xff, 0xd8}) {
		return upright
	}
	for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		sign := rest[1]
		switch {
		case sign == 0xff: // filled up
			rest = rest[1:]
			continue
		case sign == startOfScan || sign == endOfImage:
			return upright
		}
		size := int(binary.BigEndian.Uint16(rest[2:]))
		if size < 2 || size+2 > len(rest) {
			return upright
		}
		if tiff, is := bytes.CutPrefix(rest[4:size+2], []byte("Exif\x00\x00")); is && sign == app1 {
			return orientationIn(tiff)
		}
		rest = rest[size+2:]
	}
	return upright
}

// orientationIn reads it from the first directory of a TIFF.
func orientationIn(tiff []byte) orientation {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	} else if !bytes.HasPrefix(tiff, []byte("II")) {
		return upright
	}
	if len(tiff) < 8 || order.Uint16(tiff[2:]) != 42 {
		return upright
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return upright
	}
	const entry = 12
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entry {
			return upright
		}
		if order.Uint16(entries) == orientationTag {
			o := orientation(order.Uint16(entries[8:]))
			if order.Uint16(entries[2:]) != shortType || order.Uint32(entries[4:]) != 1 || o < upright || o > 8 {
				return upright
			}
			return o
		}
		entries = entries[entry:]
	}
	return upright
}

// turn draws a picture the way up that it was seen.
func turn(m *image.RGBA, o orientation) *image.RGBA {
	if o == upright {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if o >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Bounds().Dy() {
		for x := range out.Bounds().Dx() {
			at := [...][2]int{
				{x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y},
				{y, x}, {y, h - 1 - x}, {w - 1 - y, h - 1 - x}, {w - 1 - y, x},
			}[o-1]
			out.SetRGBA(x, y, m.RGBAAt(at[0], at[1]))
		}
	}
	return out
}
