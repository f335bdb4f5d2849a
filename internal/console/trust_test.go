package console

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
)

func TestSignalsOfTrustAreShownAndStoodFor(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/trust").is(t, 200).shows(t, "Met 1 Not met 1 Unknown 18", "Promises are kept", "too few to say · 15 Mar 2026", "Publish the last whole month or quarter.")
	at := "/p/bean/trust/legal_details"
	who.get(at).is(t, 200).shows(t, "Nobody stood for it so far")
	who.post(at, "holds", "yes", "day", "2026-03-15", "renew", "2026-09-15").is(t, 422).shows(t, "Give evidence")
	who.post(at, "holds", "yes", "link", "https://bean.example/imprint", "day", "2026-03-15", "renew", "2026-09-15").is(t, 200).shows(t, "Written down.", "Met 2 Not met 1 Unknown 17", "counts until 15 September 2026")
	who.post(at, "holds", "no", "evidence", "The page is gone.", "day", "2026-03-15", "renew", "2026-09-15").is(t, 200).shows(t, "Met 1 Not met 2 Unknown 17", "somebody says that it is not so")
	who.get(at).is(t, 200).shows(t, "It is so", "It is not so", "The page is gone.", "https://bean.example/imprint")
	who.get("/p/bean/trust/promises_kept").is(t, 404)
	has(t, w.audited(), "trust.attest")
	reader := w.as(auth.ReadOnly)
	photoOfTrust(t, w, who, reader)
	reader.get(at).is(t, 200).hides(t, "How you know")
	reader.post(at, "holds", "yes").is(t, 403)
}

// photoOfTrust stands for a signal with a photo alone, looks at it and takes it
// away.
func photoOfTrust(t *testing.T, w *town, who, reader *visitor) {
	t.Helper()
	const at = "/p/bean/trust/plain_terms"
	fields := []string{"holds", "yes", "day", "2026-03-15", "renew", "2026-09-15"}
	who.sends(t, at, "photo", []byte("<svg/>"), fields...).is(t, 422).holds(t, `id="f-photo-error"`)
	var drawn bytes.Buffer
	check(t, png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 60, 40))))
	who.sends(t, at, "photo", drawn.Bytes(), fields...).is(t, 200).shows(t, "Written down.")
	list, err := w.console.Trust.Attestations(ctx, system, w.programme.ID, "plain_terms")
	check(t, err)
	photo := at + "/photos/" + list[0].ID.In(id.Attestation)
	who.get(at).is(t, 200).shows(t, "Photo: ", "Take the photo away").holds(t, photo)
	who.get(photo).is(t, 200).holds(t, "\xff\xd8\xff")
	reader.get(photo).is(t, 200)
	reader.get(at).is(t, 200).hides(t, "Take the photo away")
	reader.post(photo+"/remove").is(t, 403)
	who.post(photo+"/remove").is(t, 200).shows(t, "The photo is taken away.", "a photo was taken away on")
	who.get(photo).is(t, 404)
	has(t, w.audited(), "trust.photo_remove")
}
