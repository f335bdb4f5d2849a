package guest_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/promise"
	"regulars/internal/trust"
)

// figures has a February with 12 promises, one of them broken, and one
// complaint, and publishes it with a comment that wants to be code.
func (w *town) figures() *trust.Report {
	w.t.Helper()
	w.mu.Lock()
	w.clock = time.Date(2026, 2, 2, 12, 0, 0, 0, time.UTC)
	w.mu.Unlock()
	for i := range 12 {
		p, err := w.promises.Make(ctx, system, promise.New{ProgrammeID: w.programme.ID, Kind: promise.Delivery, What: "Secret " + strconv.Itoa(i), Source: "shop", ExternalID: strconv.Itoa(i), Due: w.now().Add(time.Hour)})
		check(w.t, err)
		if i == 0 {
			w.pass(2 * time.Hour)
		}
		_, err = w.promises.Done(ctx, system, w.programme.ID, p.ID, w.now())
		check(w.t, err)
	}
	_, err := w.complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, Source: complaint.FromWeb, Text: "A private word"})
	check(w.t, err)
	w.mu.Lock()
	w.clock = noon
	w.mu.Unlock()
	r, err := w.trust.Publish(ctx, system, w.programme.ID, "2026-02", map[trust.Section]trust.Words{trust.Promises: {"en": "The ship was late. <script>alert(1)</script>"}})
	check(w.t, err)
	return r
}

func TestEverybodyReadsPublishedFigures(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.phone().get("/open/bean").is(http.StatusOK).shows("No figures are published yet")
		w.phone().get("/open/bean/2026-02").is(http.StatusNotFound)
		r := w.figures()
		for lang, want := range map[string][]string{
			"en": {"February 2026", "We kept 11 of 12 promises.", "91.7% (11 of 12); at least 64.6% is sure", "0 of 1: too few for a rate", "Nobody left a review.", "The ship was late. <script>"},
			"ru": {"февраль 2026", "Мы сдержали 11 из 12 обещаний.", "0 из 1: слишком мало для доли", "Отзывов не оставляли."},
			"pl": {"luty 2026", "Obietnice dotrzymane: 11 z 12.", "0 z 1: za mało na odsetek", "Nikt nie zostawił opinii."},
		} {
			for _, path := range []string{"/open/bean", "/open/bean/2026-02"} {
				page := w.phone().get(path + "?lang=" + lang).is(http.StatusOK)
				s := strings.Join(strings.Fields(strings.ReplaceAll(page.text(), "\u00a0", " ")), " ")
				for _, one := range want {
					if !strings.Contains(s, one) {
						t.Errorf("%s does not say %q: %s", lang, one, s)
					}
				}
				if len(page.body) > 50_000 || strings.Contains(page.body, "<script>alert") || page.header.Get("X-Robots-Tag") != "" {
					t.Errorf("%s: %d bytes", lang, len(page.body))
				}
				for _, secret := range []string{"Secret 1", "private word"} {
					if strings.Contains(page.body, secret) {
						t.Errorf("the page tells %q", secret)
					}
				}
			}
		}
		sheet := w.phone().get("/open/bean/2026-02.csv").is(http.StatusOK)
		if !strings.Contains(sheet.body, "2026-02,promises,rate,share,11,12,0.6461,0.9851,0,0\n") || !strings.Contains(sheet.header.Get("Content-Disposition"), "bean-2026-02.csv") {
			t.Errorf("the file is %s", sheet.body)
		}
		r, err := w.trust.Correct(ctx, system, w.programme.ID, r.ID, r.Version, "One was counted twice.", nil)
		check(t, err)
		w.phone().get("/open/bean").shows("One was counted twice.", "as published on").hides("The ship was late")
		w.phone().get("/open/bean/2026-02?version=1").is(http.StatusOK).shows("The ship was late", "These are older figures")
		_, err = w.trust.Withdraw(ctx, system, w.programme.ID, r.ID, r.Version, "The clock was wrong.")
		check(t, err)
		w.phone().get("/open/bean").is(http.StatusOK).shows("withdrawn", "The clock was wrong.", "February 2026 – withdrawn").hides("We kept 11")
		w.phone().get("/open/bean/2026-02.csv").is(http.StatusNotFound)
		for _, wrong := range []string{"/open/nowhere", "/open/bean/2026-01", "/open/bean/x", "/open/bean/2026-02?version=9", "/open/bean/2026-02?version=x"} {
			w.phone().get(wrong).is(http.StatusNotFound)
		}
	})
}
