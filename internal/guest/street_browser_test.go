package guest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"regulars/internal/basket"
	"regulars/internal/complaint"
	"regulars/internal/db/dbtest"
	"regulars/internal/promise"
	"regulars/internal/survey"
	"regulars/internal/touch"
	"regulars/internal/web/webtest"
)

// hostile is what somebody may write: long, unbroken, of both directions.
var hostile = `<img src=x onerror=alert(1)> ` + strings.Repeat("Donaudampfschifffahrt", 12) + "\n\u202eשלום evil 🫖"

// street is a town seen by those who are not signed in.
type street struct {
	*town
	card, late, fresh, open string
	told                    complaint.Opened
}

func newStreet(t *testing.T) *street {
	t.Helper()
	w := &street{town: newTown(t, dbtest.SQLite(t, schemas()...))}
	w.card = w.town.card(t, touch.Link{Platform: touch.Google, Place: "g1"}, touch.Link{Platform: touch.TwoGIS, Place: "7"})
	late := w.sends("RM-2026-" + strings.Repeat("0123456789", 6))
	_, err := w.promises.Follow(ctx, system, w.programme.ID, late.ID, []promise.Scan{
		{Status: promise.Created, Occurred: w.now()},
		{Status: promise.InTransit, Occurred: w.now().Add(time.Minute), Place: "Łódź", Words: hostile},
	})
	check(t, err)
	w.pass(25 * time.Hour)
	w.late, w.fresh = late.Code, w.sends("2").Code
	w.told, err = w.complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{
		Name: "web:1", Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRedo, Source: complaint.FromWeb, Language: "en", Text: hostile,
	})
	check(t, err)
	c := w.cases()[0]
	_, err = w.complaints.Answer(ctx, system, w.programme.ID, c.ID, complaint.Answer{Text: "We are sorry.\nA new one is on its way, and arrives tomorrow."})
	check(t, err)
	_, err = w.complaints.Solve(ctx, system, w.programme.ID, c.ID)
	check(t, err)
	w.asks()
	return w
}

func said(en, ru, pl string) survey.Words { return survey.Words{"en": en, "ru": ru, "pl": pl} }

// asks publishes a survey with a question of each form.
func (w *street) asks() {
	w.t.Helper()
	n, err := w.surveys.Create(ctx, system, w.programme.ID, survey.Spec{
		Kind: survey.NPS, Names: said("How do we do?", "Как у нас дела?", "Jak nam idzie?"), Intro: said("It takes one minute.", "Это займёт одну минуту.", "To zajmie minutę."),
		Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, To: 10, Words: said("How likely is it that you recommend us to a friend or a colleague?", "Насколько вероятно, что вы порекомендуете нас другу или коллеге?", "Jak prawdopodobne jest, że polecisz nas znajomym lub współpracownikom?"),
				Low: said("not at all likely", "совсем не вероятно", "zupełnie nieprawdopodobne"), High: said("extremely likely", "очень вероятно", "bardzo prawdopodobne")},
			{Code: "stars", Form: survey.Scale, From: 1, To: 5, Words: said("And the coffee?", "А кофе?", "A kawa?")},
			{Code: "one", Form: survey.Single, Words: said("Where did you buy?", "Где вы купили?", "Gdzie kupiono?"), Options: []survey.Option{
				{Code: "a", Words: said("In the shop", "В магазине", "W sklepie")}, {Code: "b", Words: said("On the site, with a courier who brought it to the door", "На сайте, с курьером, который привёз до двери", "Na stronie, z kurierem, który przywiózł pod drzwi")}}},
			{Code: "what", Form: survey.Multiple, Optional: true, Words: said("What was good?", "Что понравилось?", "Co było dobre?"), Options: []survey.Option{
				{Code: "a", Words: said("Price", "Цена", "Cena")}, {Code: "b", Words: said("Staff", "Сотрудники", "Obsługa")}, {Code: "c", Words: said(hostile[:60], hostile[:60], hostile[:60])}}},
			{Code: "why", Form: survey.Text, Optional: true, Words: said("Why?", "Почему?", "Dlaczego?")},
		},
	})
	check(w.t, err)
	n, err = w.surveys.Publish(ctx, system, w.programme.ID, n.ID)
	check(w.t, err)
	w.open = survey.OpenPath + n.Open
}

// pages are those that are looked at as they are opened.
func (w *street) pages() map[string]string {
	return map[string]string{
		"tell": "/c/bean", "wish": "/c/bean?kind=wish", "praise": "/c/bean?kind=praise", "follow": "/c/bean/track", "card": "/t/" + w.card, "platform": "/t/" + w.card + "/r",
		"late": "/track/" + w.late, "fresh": "/track/" + w.fresh, "find": "/track/in/bean", "no-card": "/t/NOSUCH", "no-survey": "/s/" + strings.Repeat("0", 26), "no-basket": basket.Path + strings.Repeat("0", 26), "no-parcel": "/track/" + strings.Repeat("0", 20),
	}
}

// TestPagesOfTheStreetDoNotJump opens them over a bad connection.
func TestPagesOfTheStreetDoNotJump(t *testing.T) {
	w := newStreet(t)
	b := webtest.New(t, webtest.InPieces(w.handler()))
	for look, width := range map[string]webtest.Step{"phone": webtest.Phone, "desktop": webtest.Desktop} {
		for name, path := range w.pages() {
			t.Run(look+"/"+name, func(t *testing.T) {
				b.Open(t, width, path)
				b.Check(t, "shifts")
			})
		}
	}
}

// TestPagesOfTheStreet opens every page for which nobody signs in, on a phone
// and on a desk, and measures it, in both looks and every language.
func TestPagesOfTheStreet(t *testing.T) {
	w := newStreet(t)
	b := webtest.New(t, w.handler())
	b.Open(t, webtest.Phone, "/c/bean")
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"phone-ru-dark", "ru", "dark", webtest.Phone}, {"desktop-pl", "pl", "light", webtest.Desktop},
	} {
		t.Run(look.name, func(t *testing.T) {
			prefer(t, b, look.lang, look.theme)
			walk := stroll{t, b, look.name, look.lang}
			for name, path := range w.pages() {
				b.Open(t, look.width, path)
				walk.look(name)
			}
			w.tells(&walk, look.width)
			w.answers(&walk, look.width)
			w.explains(&walk, look.width)
		})
	}
	_, link := w.leaves("over", 0)
	w.pass((basket.LinkDays + 1) * 24 * time.Hour)
	for _, lang := range []string{"en", "ru", "pl"} {
		b.Open(t, webtest.Phone, link+"?lang="+lang)
		over := stroll{t, b, "phone-" + lang, lang}
		over.look("left-over")
	}
}

// stroll is a walk over pages in one look.
type stroll struct {
	t          *testing.T
	b          *webtest.Browser
	name, lang string
}

func (s *stroll) look(what string) {
	s.t.Helper()
	s.b.CheckPublic(s.t)
	s.b.Picture(s.t, s.name+"-"+what)
	if said := webtest.Script[string](s.t, s.b, `document.body.innerText`); strings.Contains(said, "guest.") || strings.Contains(said, "survey.") || strings.Contains(said, "{") {
		s.t.Errorf("%s: a text is missing or unfilled:\n%s", what, said)
	}
	for _, small := range webtest.Script[[]string](s.t, s.b, `[...document.querySelectorAll(".plates .choice")].filter(e => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44).map(e => e.textContent)`) {
		s.t.Errorf("%s: %q is too small for a thumb", what, small)
	}
}

// send fills the form of the page and sends it, as a page without scripts would.
func (s *stroll) send(fields url.Values) {
	s.t.Helper()
	for name, values := range fields {
		webtest.Script[bool](s.t, s.b, fmt.Sprintf(`(() => { for (const e of document.querySelectorAll("main form [name='%s']")) if (e.type === "radio" || e.type === "checkbox") e.checked = %q.split(",").includes(e.value); else e.value = %q; return true })()`, name, strings.Join(values, ","), values[0]))
	}
	webtest.Script[bool](s.t, s.b, `(document.body.dataset.old = "yes", true)`)
	s.b.Run(s.t, webtest.Click("main form .actions button"), webtest.Absent("[data-old]"), webtest.Seen("main h1"))
}

func (w *street) tells(s *stroll, width webtest.Step) {
	s.b.Open(s.t, width, "/c/bean")
	s.send(nil)
	s.look("tell-wrong")
	s.send(url.Values{"reason": {"quality"}, "wanted": {"redo"}, "text": {hostile}})
	s.look("told")
	s.b.Open(s.t, width, "/c/bean/track")
	s.send(url.Values{"code": {"0000"}, "pin": {"1"}})
	s.look("follow-wrong")
	ticket := url.Values{"code": {complaint.ShowTrack(w.told.Track)}, "pin": {w.told.PIN}}
	s.send(ticket)
	s.look("case")
	w.troubles(s, width, ticket)
	s.b.Open(s.t, width, "/track/in/bean")
	s.send(url.Values{"order": {"nothing"}, "key": {"1"}})
	s.look("find-wrong")
}

// troubles shows what goes wrong on the way: a photo that is none, a wish and an
// answer without words, a case that is not solved, and too many at once.
func (w *street) troubles(s *stroll, width webtest.Step, ticket url.Values) {
	none := chromedp.SetUploadFiles(chromedp.CSS("[name=photos]"), []string{w.none(s.t)})
	s.b.Open(s.t, width, "/c/bean")
	webtest.Script[bool](s.t, s.b, `(document.querySelector("main details").open = true)`)
	s.b.Run(s.t, none)
	s.send(url.Values{"reason": {"quality"}, "wanted": {"redo"}, "text": {strings.Repeat("Tea ", complaint.MaxText/4)}, "contact": {strings.Repeat("x", 300)}})
	s.look("photo-refused")
	s.b.Open(s.t, width, "/c/bean?kind=wish")
	s.send(nil)
	s.look("wish-wrong")
	s.b.Open(s.t, width, "/c/bean/track")
	s.send(ticket)
	s.send(nil) // not solved
	s.look("reopened")
	s.b.Run(s.t, none)
	s.send(nil)
	s.look("answer-photo-refused")
	_, err := w.complaints.Solve(ctx, system, w.programme.ID, w.told.ID)
	check(s.t, err)
	s.b.Open(s.t, width, "/c/bean/track")
	if status := webtest.Script[int](s.t, s.b, `(async () => { for (let n = 0; n < 100; n++) { const got = await fetch("/c/bean/track", {method: "POST", body: new URLSearchParams({code: "0000-00000", pin: "1"})}); if (got.status !== 422) return got.status } return 0 })()`); status != http.StatusTooManyRequests {
		s.t.Errorf("a flood ends with %d", status)
	}
	s.send(ticket)
	s.look("too-many")
	w.pass(time.Hour)
}

// none is a file that is no photo.
func (w *street) none(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "none.jpg")
	check(t, os.WriteFile(path, []byte("<html>"), 0o600))
	return path
}

// explains says why a basket was left, each look its own.
func (w *street) explains(s *stroll, width webtest.Step) {
	_, link := w.leaves(s.name, 0)
	s.b.Open(s.t, width, link+"?lang="+s.lang)
	s.look("left")
	s.send(nil)
	s.look("left-wrong")
	s.send(url.Values{"reason": {"total_unclear"}, "words": {hostile}})
	s.look("left-thanks")
}

func (w *street) answers(s *stroll, width webtest.Step) {
	s.b.Open(s.t, width, w.open+"?lang="+s.lang)
	s.look("begin")
	s.send(nil)
	s.look("scale")
	s.send(nil)
	s.look("scale-wrong")
	s.send(url.Values{"answer": {"9"}})
	s.look("stars")
	s.send(url.Values{"answer": {"5"}})
	s.look("single")
	s.send(url.Values{"answer": {"b"}})
	s.look("multiple")
	s.send(url.Values{"answer": {"a", "c"}})
	s.look("text")
	s.send(url.Values{"answer": {hostile}})
	s.look("thanks")
}
