package guest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/db/dbtest"
	"regulars/internal/promise"
)

// sends registers a parcel that was promised within a day.
func (w *town) sends(number string) *promise.Parcel {
	w.t.Helper()
	p, err := w.promises.Register(ctx, system, promise.NewParcel{
		ProgrammeID: w.programme.ID, Carrier: "Royal <b>Mail</b>", Number: number, Source: "shop", Order: "ord-" + number,
		Postcode: "SW1A 1AA", Phone: "020 7946 0018", What: "Tea ☕ שלום <script>alert(1)</script>", Promised: w.now().Add(24 * time.Hour),
	})
	check(w.t, err)
	return p
}

func TestACustomerTracksAParcel(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		p := w.sends("1")
		_, err := w.promises.Follow(ctx, system, w.programme.ID, p.ID, []promise.Scan{
			{Status: promise.InTransit, Occurred: w.now(), Place: "Łódź", Words: strings.Repeat("<i>sorted</i> ", 30)},
		})
		check(t, err)
		for lang, want := range map[string]string{"en": "Your parcel is on its way. We promised it by", "ru": "Ваша посылка в пути. Мы обещали доставить до", "pl": "Przesyłka jest w drodze. Obiecaliśmy dostawę do"} {
			for _, page := range []page{w.phone().get("/track/"+p.Code, "Accept-Language", lang), w.phone().get("/track/" + strings.ToUpper(p.Code) + "?lang=" + lang)} {
				page.is(http.StatusOK)
				if s := page.text(); !strings.Contains(s, want) || !strings.Contains(s, "Łódź") || strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<b>Mail") {
					t.Errorf("%s: %s", lang, s)
				}
				if len(page.body) > 50_000 || page.header.Get("Referrer-Policy") != "same-origin" || !strings.Contains(page.body, `lang="`+lang+`"`) {
					t.Errorf("%s: %d bytes, %v", lang, len(page.body), page.header)
				}
				for _, secret := range []string{"ord-1", "SW1A", "0018"} {
					if strings.Contains(page.body, secret) {
						t.Errorf("the page tells %s", secret)
					}
				}
			}
		}
		w.pass(25 * time.Hour)
		if s := w.phone().get("/track/" + p.Code).is(http.StatusOK).text(); !strings.Contains(s, "It is late") || !strings.Contains(s, "You need do nothing") {
			t.Errorf("late: %s", s)
		}
		check(t, w.promises.SetSetting(ctx, system, w.programme.ID, 0, promise.Setting{LateHelp: map[string]string{"en": "Ring us: 020 7946 0000"}}))
		if s := w.phone().get("/track/" + p.Code + "?lang=pl").is(http.StatusOK).text(); !strings.Contains(s, "Ring us: 020 7946 0000") {
			t.Errorf("late in the shop's words: %s", s)
		}
		_, err = w.promises.Replace(ctx, system, w.programme.ID, p.PromiseID, w.now().Add(48*time.Hour), "fog")
		check(t, err)
		if s := w.phone().get("/track/" + p.Code).text(); !strings.Contains(s, "We first promised it by") || strings.Contains(s, "fog") {
			t.Errorf("replaced: %s", s)
		}
	})
}

func TestAParcelIsFoundByWhatItsCustomerKnows(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	p := w.sends("1")
	found := w.phone().post("/track/in/bean", "order", "ord-1", "key", "sw1a1aa")
	if found.is(http.StatusOK).path != "/track/"+p.Code {
		t.Errorf("found %s", found.path)
	}
	w.phone().get("/track/in/nowhere").is(http.StatusNotFound)
	w.phone().get("/track/" + strings.Repeat("0", 20)).is(http.StatusNotFound)
	w.phone().get("/track/" + strings.Repeat("%ff", 7)).is(http.StatusNotFound)
	b := w.phone()
	b.get("/track/in/bean").is(http.StatusOK)
	guesses := 0
	for range 60 {
		got := b.post("/track/in/bean", "order", "ord-1", "key", "0000")
		if got.status != http.StatusUnprocessableEntity {
			got.is(http.StatusTooManyRequests).shows("That was too often")
			if got.header.Get("Retry-After") == "" || !strings.Contains(got.body, `value="ord-1"`) || !strings.Contains(got.body, `value="0000"`) {
				t.Errorf("too often, and what was typed is gone: %s", got.body)
			}
			break
		}
		guesses++
	}
	if guesses > 30 {
		t.Errorf("%d guesses were answered", guesses)
	}
	b.get("/track/" + strings.Repeat("0", 20)).is(http.StatusTooManyRequests)
	b.get("/track/" + p.Code).is(http.StatusOK)
}
