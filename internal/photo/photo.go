package photo

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // people send screenshots

	"regulars/internal/fault"
)

// MaxUpload is how many bytes of a photo are taken.
const MaxUpload = 8 << 20

const (
	// maxPixels bounds what is decoded: a small file may claim to be huge.
	maxPixels = 40_000_000
	// maxKept is how many bytes of a photo are kept, maxSide its longer side.
	maxKept = 1 << 20
	maxSide = 1600
)

// Photo is a picture as we keep it: its sides in pixels, and a JPEG.
type Photo struct {
	Width, Height int
	JPEG          []byte
}

// Redraw decodes a photo and draws it anew as JPEG, so that nothing else of the
// file is kept: no place, no camera, no second file behind the first. How the
// camera was held is heard first, so that the picture stands upright. It refuses
// what is too large ("photo_size", "photo_pixels") and what is neither JPEG nor
// PNG ("photo_unreadable").
func Redraw(upload []byte) (Photo, error) { return RedrawWithin(upload, maxSide, maxKept) }

// RedrawWithin does what Redraw does, for a picture whose longer side is at most
// so many pixels and whose JPEG is at most so many bytes.
func RedrawWithin(upload []byte, longest, most int) (Photo, error) {
	if len(upload) > MaxUpload {
		return Photo{}, TooLarge()
	}
	claim, kind, err := image.DecodeConfig(bytes.NewReader(upload))
	if err != nil || kind != "jpeg" && kind != "png" {
		return Photo{}, Unreadable()
	}
	if claim.Width < 1 || claim.Height < 1 || claim.Width > maxPixels/claim.Height {
		return Photo{}, fault.Invalid("photo_pixels", "a photo takes at most %d megapixels", maxPixels/1_000_000).With("most", maxPixels/1_000_000)
	}
	whole, _, err := image.Decode(bytes.NewReader(upload))
	if err != nil {
		return Photo{}, Unreadable()
	}
	way := orientationOf(upload)
	for side := longest; side >= min(longest, 200); side = side * 3 / 4 {
		small := turn(shrink(whole, side), way)
		var out bytes.Buffer
		if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 80}); err != nil {
			return Photo{}, Unreadable()
		}
		if out.Len() <= most {
			return Photo{small.Bounds().Dx(), small.Bounds().Dy(), out.Bytes()}, nil
		}
	}
	return Photo{}, errors.New("drawing a photo: it stays too large")
}

// Unreadable is the fault of a file that is no photo, "photo_unreadable".
func Unreadable() *fault.Error {
	return fault.Invalid("photo_unreadable", "this file is no photo; send a JPEG or PNG")
}

// shrink draws an image on white so that its longer side is at most so long;
// each pixel is the mean of those that it stands for, but of 16 by 16 at most.
func shrink(m image.Image, side int) *image.RGBA {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(out, out.Bounds(), m, b.Min, draw.Over)
		return out
	}
	for y := range h {
		for x := range w {
			box := image.Rect(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h, b.Min.X+(x+1)*b.Dx()/w, b.Min.Y+(y+1)*b.Dy()/h)
			out.SetRGBA(x, y, mean(m, box))
		}
	}
	return out
}

const maxStride = 16

func mean(m image.Image, box image.Rectangle) color.RGBA {
	dx, dy := max(1, box.Dx()/maxStride), max(1, box.Dy()/maxStride)
	var r, g, b, n uint32
	for y := box.Min.Y; y < max(box.Max.Y, box.Min.Y+1); y += dy {
		for x := box.Min.X; x < max(box.Max.X, box.Min.X+1); x += dx {
			pr, pg, pb, pa := m.At(x, y).RGBA()
			bare := 0xffff - pa // the paper shows through
			r, g, b, n = r+(pr+bare)>>8, g+(pg+bare)>>8, b+(pb+bare)>>8, n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}

// TooLarge is the fault of a file of more than MaxUpload bytes, "photo_size".
func TooLarge() *fault.Error {
	return fault.Invalid("photo_size", "a photo takes at most %d MB", MaxUpload>>20).With("most", MaxUpload>>20)
}
