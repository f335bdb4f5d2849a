package guest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db/dbtest"
	"regulars/internal/touch"
)

// card makes a card that leads to the platforms, and returns its code.
func (w *town) card(t testing.TB, links ...touch.Link) string {
	t.Helper()
	by := auth.System("test")
	point, err := w.touch.CreateTouchpoint(t.Context(), by, w.programme.ID, touch.TouchpointSpec{Kind: touch.InParcel, Name: "Parcel", Links: links})
	check(t, err)
	b, err := w.touch.CreateBatch(t.Context(), by, w.programme.ID, point.ID, "x", 1, touch.Design{Layout: touch.Calm, Language: "en"})
	check(t, err)
	cards, err := w.touch.Cards(t.Context(), by, w.programme.ID, b.ID, "", 1)
	check(t, err)
	return cards[0].Code
}

// open asks for a page without following where it leads.
func (w *town) open(path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.guest.ServeHTTP(answer, r)
	return answer
}

// TestBothDoorsAreOpen: the page of a card shows both doors alike in three
// languages without scripts of its own, small, and each leads on.
func TestBothDoorsAreOpen(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		code := w.card(t, touch.Link{Platform: touch.Google, Place: "g1"}, touch.Link{Platform: touch.TwoGIS, Place: "7"})
		for lang, words := range map[string][]string{
			"en": {"Leave a review", "Tell us privately"}, "ru": {"Оставить отзыв", "Сказать лично нам"}, "pl": {"Zostaw opinię", "Powiedz tylko nam"},
		} {
			for _, p := range []*httptest.ResponseRecorder{w.open("/t/" + code + "?lang=" + lang), w.open("/T/"+code, "Accept-Language", lang)} {
				text := p.Body.String()
				if p.Code != http.StatusOK || !strings.Contains(text, words[0]) || !strings.Contains(text, words[1]) || len(text) > 50<<10 {
					t.Errorf("%s: %d with %d bytes", lang, p.Code, len(text))
				}
				review, private := classOf(text, "/t/"+code+"/r"), classOf(text, "/t/"+code+"/p")
				if review == "" || review != private {
					t.Errorf("the doors differ: %q and %q", review, private)
				}
			}
		}
		if p := w.open("/T/" + code + "/R"); p.Code != http.StatusOK || !strings.Contains(p.Body.String(), "2GIS") || !strings.Contains(p.Body.String(), "/t/"+code+"/p") {
			t.Errorf("the choice of platforms is %d", p.Code)
		}
		for path, to := range map[string]string{
			"/t/" + code + "/r/2gis": "https://2gis.ru/reviews/7/addreview", "/t/" + strings.ToLower(code) + "/r/google": "https://search.google.com/local/writereview?placeid=g1",
			"/T/" + code + "/P": "/c/" + w.programme.Slug + "?t=" + code,
		} {
			p := w.open(path)
			if p.Code != http.StatusFound || p.Header().Get("Location") != to || p.Header().Get("Referrer-Policy") != "no-referrer" || p.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s leads with %d to %s", path, p.Code, p.Header().Get("Location"))
			}
		}
		for _, path := range []string{"/t/" + code + "/r/otzovik", "/t/" + code + "/x", "/t/ABC", "/t/" + code + "/p/2gis"} {
			if p := w.open(path); p.Code != http.StatusNotFound {
				t.Errorf("%s answers %d", path, p.Code)
			}
		}
		check(t, w.touch.Flush(t.Context()))
		list, err := w.touch.Traffic(t.Context(), auth.System("test"), w.programme.ID, w.now().Add(-time.Hour), w.now().Add(time.Hour))
		check(t, err)
		var counts []int64
		for _, n := range list {
			counts = append(counts, n.Visits)
		}
		if !slices.Equal(counts, []int64{6, 1, 1, 1, 1}) { // landing, private, review, and on to each platform
			t.Errorf("counted %+v", list)
		}
	})
}

// classOf returns how the link to an address looks.
func classOf(text, href string) string {
	before, _, found := strings.Cut(text, `href="`+href+`"`)
	if !found {
		return ""
	}
	_, after, _ := strings.Cut(text[strings.LastIndex(before, "<a"):], `class="`)
	class, _, _ := strings.Cut(after, `"`)
	return class
}

// TestOnePlatformNeedsNoChoice: with one link a scan of the review code is led
// on at once, to what the link says now; what only looks ahead is not counted.
func TestOnePlatformNeedsNoChoice(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		code := w.card(t, touch.Link{Platform: touch.OwnPage, Template: "https://example.com/say"})
		for _, headers := range [][]string{nil, {"Sec-Purpose", "prefetch"}} {
			if p := w.open("/T/"+code+"/R", headers...); p.Code != http.StatusFound || p.Header().Get("Location") != "https://example.com/say" {
				t.Errorf("it leads with %d to %s", p.Code, p.Header().Get("Location"))
			}
		}
		check(t, w.touch.Flush(t.Context()))
		list, err := w.touch.Traffic(t.Context(), auth.System("test"), w.programme.ID, w.now().Add(-time.Hour), w.now().Add(time.Hour))
		check(t, err)
		if len(list) != 1 || list[0].Visits != 1 || list[0].Platform != touch.OwnPage {
			t.Errorf("counted %+v", list)
		}
	})
}

// TestMadeUpCodesAreSlowedDown, those of others are not.
func TestMadeUpCodesAreSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		code := w.card(t, touch.Link{Platform: touch.Google, Place: "g1"})
		last := 0
		for range 31 {
			last = w.open("/t/ZZZZZZZZZ/r").Code
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("the 31st made up code is answered with %d", last)
		}
		if p := w.open("/t/" + code + "/r"); p.Code != http.StatusFound {
			t.Errorf("a card is answered with %d", p.Code)
		}
	})
}

// BenchmarkRedirect measures a scan, from the request to where it leads.
func BenchmarkRedirect(b *testing.B) {
	w := newTown(b, dbtest.SQLite(b, schemas()...))
	code := w.card(b, touch.Link{Platform: touch.Google, Place: "g1"})
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		began := time.Now()
		if p := w.open("/T/" + code + "/R"); p.Code != http.StatusFound {
			b.Fatal(p.Code)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}
