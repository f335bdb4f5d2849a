package console

import (
	"testing"

	"regulars/internal/auth"
)

func TestFiguresArePublishedCorrectedAndWithdrawn(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/transparency").is(t, 200).shows(t, "February 2026", "quarter 4 of 2025", "not published")
	at := "/p/bean/transparency/2026-02"
	who.get(at).is(t, 200).shows(t, "No promise came due.", "Nobody complained.", "Publish for good")
	who.get("/p/bean/transparency/2026-03").is(t, 404)
	who.get("/p/bean/transparency/march").is(t, 404)
	who.post(at+"/correct", "version", "1", "note", "x").is(t, 422).shows(t, "No such figures were published.")
	who.post(at+"/publish", "reviews_en", "Leave us five stars").is(t, 422).shows(t, "may not stand here")
	who.post(at+"/publish", "promises_en", "A quiet month.").is(t, 200).shows(t, "The figures are published.", "Customers read these figures.", "A quiet month.")
	who.post(at+"/publish").is(t, 422).shows(t, "were published before")
	who.post(at+"/correct", "version", "1", "note", "").is(t, 422).shows(t, "Say why.")
	who.post(at+"/correct", "version", "1", "note", "A slip.").is(t, 200).shows(t, "The figures are corrected.", "A slip.")
	who.post(at+"/withdraw", "version", "1", "note", "Wrong.").is(t, 422).shows(t, "meanwhile")
	who.post(at+"/withdraw", "version", "2", "note", "Wrong.").is(t, 200).shows(t, "The figures are withdrawn.", "a note stands in their place").hides(t, "No promise came due.")
	for _, action := range []string{"trust.published", "trust.corrected", "trust.withdrawn"} {
		has(t, w.audited(), action)
	}
	agent := w.as(auth.Agent)
	agent.get(at).is(t, 200).hides(t, "Measure anew")
	agent.post("/p/bean/transparency/2026-01/publish").is(t, 403)
}
