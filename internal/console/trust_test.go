package console

import (
	"testing"

	"regulars/internal/auth"
)

func TestSignalsOfTrustAreShownAndStoodFor(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/trust").is(t, 200).shows(t, "Met 1 Not met 1 Unknown 18", "Promises are kept", "too few to say", "Publish the last whole month or quarter.")
	at := "/p/bean/trust/legal_details"
	who.get(at).is(t, 200).shows(t, "Nobody stood for it so far")
	who.post(at, "holds", "yes", "day", "2026-03-15", "renew", "2026-09-15").is(t, 422).shows(t, "Give evidence")
	who.post(at, "holds", "yes", "link", "https://bean.example/imprint", "day", "2026-03-15", "renew", "2026-09-15").is(t, 200).shows(t, "Written down.", "Met 2 Not met 1 Unknown 17", "counts until 15 September 2026")
	who.post(at, "holds", "no", "evidence", "The page is gone.", "day", "2026-03-15", "renew", "2026-09-15").is(t, 200).shows(t, "Met 1 Not met 2 Unknown 17", "somebody says that it is not so")
	who.get(at).is(t, 200).shows(t, "It is so", "It is not so", "The page is gone.", "https://bean.example/imprint")
	who.get("/p/bean/trust/promises_kept").is(t, 404)
	has(t, w.audited(), "trust.attest")
	reader := w.as(auth.ReadOnly)
	reader.get(at).is(t, 200).hides(t, "How you know")
	reader.post(at, "holds", "yes").is(t, 403)
}
