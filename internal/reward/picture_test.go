package reward

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
)

// drawn is a PNG of one colour.
func drawn(t *testing.T, w, h int, c color.Color) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var said = map[string]string{"en": "A blue mug", "pl": " Niebieski kubek "}

// TestAPictureIsKept: drawn anew and smaller, found by its content, exchanged,
// and gone with the reward.
func TestAPictureIsKept(t *testing.T) {
	each(t, func(w *town) {
		r, err := w.Create(w.Context(), system, w.programme, mug())
		w.ok(err)
		if r.Picture.Exists() || r.Picture.Address() != "" {
			t.Fatalf("a picture of nothing: %+v", r.Picture)
		}
		r, err = w.SetPicture(w.Context(), system, w.programme, r.ID, drawn(t, 1600, 1200, color.RGBA{0, 0, 200, 255}), said)
		w.ok(err)
		first := r.Picture
		if first.Width != 800 || first.Height != 600 || first.Alt("pl").Text != "Niebieski kubek" || first.Alt("ru", "en").Text != "A blue mug" || first.Alt("fr").Text != "A blue mug" {
			t.Errorf("kept as %+v", first)
		}
		if again, err := w.Get(w.Context(), system, w.programme, r.ID); err != nil || again.Picture.Address() != first.Address() {
			t.Errorf("read as %+v, %v", again.Picture, err)
		}
		code, header, body := w.fetch(first.Address())
		if m, err := jpeg.DecodeConfig(bytes.NewReader(body)); code != http.StatusOK || err != nil || m.Width != 800 || header.Get("Cache-Control") != "public, max-age=31536000, immutable" || header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("served with %d, %v, %v", code, header, err)
		}
		if faults, err := Check(w.Context(), w.db.Reader(), w.programme); err != nil || len(faults) != 0 {
			t.Errorf("check: %v, %v", faults, err)
		}
		r, err = w.SetPicture(w.Context(), system, w.programme, r.ID, nil, map[string]string{"en": "A mug"})
		if w.ok(err); r.Picture.Hash != first.Hash || r.Picture.Alt("en").Text != "A mug" {
			t.Errorf("other words: %+v", r.Picture)
		}
		r, err = w.SetPicture(w.Context(), system, w.programme, r.ID, drawn(t, 40, 30, color.White), said)
		if w.ok(err); r.Picture.Hash == first.Hash || r.Picture.Width != 40 {
			t.Errorf("another: %+v", r.Picture)
		}
		if code, _, _ = w.fetch(first.Address()); code != http.StatusNotFound {
			t.Errorf("the former one is served with %d", code)
		}
		files := 0
		w.ok(EachPicture(w.Context(), w.db.Reader(), w.programme, func(f File) error { files += len(f.JPEG); return nil }))
		w.ok(w.Discard(w.Context(), system, w.programme, r.ID))
		if code, _, _ = w.fetch(r.Picture.Address()); code != http.StatusNotFound || files == 0 {
			t.Errorf("of a reward that is gone: %d; %d bytes exported before", code, files)
		}
	})
}

// fetch asks for an address.
func (w *town) fetch(path string) (int, http.Header, []byte) {
	out := httptest.NewRecorder()
	w.Pictures().ServeHTTP(out, httptest.NewRequest(http.MethodGet, path, nil))
	return out.Code, out.Header(), out.Body.Bytes()
}

// TestPicturesThatAreRefused: what is no picture, too large a claim, and one of
// which nothing is said.
func TestPicturesThatAreRefused(t *testing.T) {
	each(t, func(w *town) {
		r := w.offers(mug())
		fine := drawn(t, 4, 4, color.Black)
		for name, one := range map[string]struct {
			upload []byte
			alts   map[string]string
			code   string
			field  string
		}{
			"nothing":      {nil, said, "reward_picture", "/image"},
			"no picture":   {[]byte("<svg onload=alert(1)>"), said, "photo_unreadable", "/image"},
			"unsaid":       {fine, nil, "reward_picture_alt", "/alt/en"},
			"said in part": {fine, map[string]string{"pl": "Kubek"}, "reward_picture_alt", "/alt/en"},
			"blank":        {fine, map[string]string{"en": "  "}, "reward_picture_alt", "/alt/en"},
			"two lines":    {fine, map[string]string{"en": "A\nmug"}, "reward_picture_alt", "/alt/en"},
			"odd language": {fine, map[string]string{"en": "A mug", "xx": "?"}, "reward_picture_alt", "/alt/xx"},
		} {
			_, err := w.SetPicture(w.Context(), system, w.programme, r.ID, one.upload, one.alts)
			if f := fault.As(err); f == nil || f.Code != one.code || f.Field != one.field {
				t.Errorf("%s: %v, want %s at %s", name, err, one.code, one.field)
			}
		}
		_, err := w.SetPicture(w.Context(), auth.Actor{Kind: auth.KindMember, ProgrammeID: w.programme}, w.programme, r.ID, fine, said)
		w.refuses(err, "not_permitted")
		if r, err = w.RemovePicture(w.Context(), system, w.programme, r.ID); err != nil || r.Picture.Exists() {
			t.Errorf("removed: %+v, %v", r.Picture, err)
		}
		for _, path := range []string{PicturePath, PicturePath + ".jpg", PicturePath + "x/y.jpg", PicturePath + "..%2f.jpg", PicturePath + "00.png"} {
			if code, _, _ := w.fetch(path); code != http.StatusNotFound {
				t.Errorf("%s is answered with %d", path, code)
			}
		}
	})
}

// TestCheckFindsOddPictures: of another content, size or reward, or unsaid.
func TestCheckFindsOddPictures(t *testing.T) {
	for name, spoil := range map[string]string{
		"address": `UPDATE reward_picture SET hash = 'f00'`, "size": `UPDATE reward_picture SET width = 7`,
		"words": `UPDATE reward_picture SET alts = '{}'`, "reward": `UPDATE reward_picture SET reward_id = 99`,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *town) {
				_, err := w.SetPicture(w.Context(), system, w.programme, w.offers(mug()).ID, drawn(t, 4, 4, color.Black), said)
				w.ok(err)
				w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
					_, err := tx.Exec(w.Context(), spoil)
					return err
				}))
				if faults, err := Check(w.Context(), w.db.Reader(), w.programme); err != nil || len(faults) != 1 {
					t.Errorf("found %v, %v", faults, err)
				}
			})
		})
	}
}
