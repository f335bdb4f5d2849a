package trust

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
)

// snap is a photo as somebody sends it.
func (w *town) snap() []byte {
	w.Helper()
	var b bytes.Buffer
	w.OK(png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))))
	return b.Bytes()
}

// TestAPhotoIsEvidence: alone too; it is drawn anew, shown with its signal, in
// the export, and can be taken away.
func TestAPhotoIsEvidence(t *testing.T) {
	each(t, func(w *town) {
		wordless := vouch()
		wordless.Link = ""
		_, err := w.Attest(w.Context(), boss, w.Programme.ID, wordless, nil)
		w.Refuses(err, "trust_evidence")
		_, err = w.Attest(w.Context(), boss, w.Programme.ID, wordless, []byte("<svg/>"))
		w.Refuses(err, "photo_unreadable")
		n, err := w.Attest(w.Context(), boss, w.Programme.ID, wordless, w.snap())
		w.OK(err)
		card, err := w.Scorecard(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		for _, r := range card.Readings {
			if a := r.Attestation; r.Code == "legal_details" && (r.Verdict != Met || a == nil || !a.Shown() || a.Photo.Width != 30 || a.Photo.Height != 20) {
				t.Errorf("%+v", r)
			}
		}
		b, err := w.Picture(w.Context(), boss, w.Programme.ID, n.ID)
		w.OK(err)
		if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
			t.Error(err)
		}
		w.exports(len(b))
		reader := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.ReadOnly}}}
		w.Refuses(w.RemovePhoto(w.Context(), reader, w.Programme.ID, n.ID), "not_permitted")
		_, err = w.Picture(w.Context(), auth.Actor{Kind: auth.KindMember, ID: 1, ProgrammeID: w.Programme.ID}, w.Programme.ID, n.ID)
		w.Refuses(err, "not_permitted")
		w.Clean(Room())
		w.OK(w.RemovePhoto(w.Context(), boss, w.Programme.ID, n.ID))
		w.Refuses(w.RemovePhoto(w.Context(), boss, w.Programme.ID, n.ID), "unknown_trust_photo")
		_, err = w.Picture(w.Context(), boss, w.Programme.ID, n.ID)
		w.Refuses(err, "unknown_trust_photo")
		w.exports(0)
		w.reads("legal_details", Met, "attested", Amount{})
		w.Clean(Room())
		for _, spoil := range []string{`UPDATE trust_photo SET removed = 0`, `UPDATE trust_photo SET removed = 1, removed_by = ''`, `DELETE FROM trust_attestation`} {
			w.Exec(spoil)
			if found := strings.Join(w.Faults(Room()), "; "); !strings.Contains(found, "has a photo that is not what it should be") {
				t.Errorf("after %s the check finds %q", spoil, found)
			}
		}
	})
}

// exports says that the one attestation is exported with a photo of so many
// bytes.
func (w *town) exports(size int) {
	w.Helper()
	n := 0
	w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
		n = 0
		return Room().Dump(w.Context(), q, w.Programme.ID, func(table string, row any) error {
			if r, is := row.(AttestationRecord); is {
				if n++; table != "trust_attestations" || len(r.Photo) != size {
					w.Errorf("%s has a photo of %d bytes, want %d", table, len(r.Photo), size)
				}
			}
			return nil
		})
	}))
	if n != 1 {
		w.Errorf("%d attestations are exported", n)
	}
}
