package guest_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"regulars/internal/survey"
)

// page opens an address, or posts a form to it, as one browser.
func (w *town) page(c *http.Client, path string, form url.Values) (int, string, string) {
	w.t.Helper()
	var r *http.Response
	var err error
	if form == nil {
		r, err = c.Get(w.server.URL + path)
	} else {
		r, err = c.PostForm(w.server.URL+path, form)
	}
	check(w.t, err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	check(w.t, err)
	return r.StatusCode, string(body), r.Request.URL.Path
}

// TestASurveyIsAnsweredWithoutScript: a link only chooses beforehand, a post
// confirms, the way back keeps what was said, and hostile words stay words.
func TestASurveyIsAnsweredWithoutScript(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		n, err := w.surveys.Create(ctx, system, w.programme.ID, survey.Spec{Kind: survey.NPS, Names: survey.Words{"en": "Recommend"}, Intro: survey.Words{"en": "One minute."}, Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely?", "pl": "Na ile?"}, Low: survey.Words{"en": "never"}},
			{Code: "what", Form: survey.Multiple, Optional: true, Words: survey.Words{"en": "What?"}, Options: []survey.Option{{Code: "a", Words: survey.Words{"en": "Price"}}, {Code: "b", Words: survey.Words{"en": "Staff"}}}},
			{Code: "why", Form: survey.Text, Optional: true, Words: survey.Words{"en": "Why?"}},
		}})
		check(t, err)
		n, err = w.surveys.Publish(ctx, system, w.programme.ID, n.ID)
		check(t, err)
		jar, _ := cookiejar.New(nil)
		c := &http.Client{Jar: jar}
		open := survey.OpenPath + n.Open
		status, body, _ := w.page(c, open, nil)
		if status != 200 || !strings.Contains(body, "One minute.") || len(body) > 50_000 {
			t.Fatalf("%d, %d bytes: %s", status, len(body), body)
		}
		_, body, at := w.page(c, open, url.Values{"lang": {"en"}})
		if !strings.Contains(body, "How likely?") || !strings.Contains(body, `type="radio"`) || !strings.Contains(body, "0 – never") || len(body) > 50_000 {
			t.Fatalf("at %s there is %s", at, body)
		}
		// A mail program that looks ahead votes nothing.
		if _, body, _ = w.page(c, at+"?a=9", nil); !strings.Contains(body, `value="9" checked`) {
			t.Error("the link chooses nothing")
		}
		if r, err := w.surveys.Open(ctx, strings.TrimPrefix(at, survey.Path)); err != nil || len(r.Answers) != 0 {
			t.Errorf("a link has voted: %v, %v", r.Answers, err)
		}
		if status, body, _ = w.page(c, at, url.Values{"question": {"score"}, "lang": {"en"}}); status != 422 || !strings.Contains(body, "Please answer this question") {
			t.Errorf("without an answer: %d", status)
		}
		for _, bad := range []string{"11", "-1", "9.5", "ten", "9999999999999999999999"} {
			if status, _, _ = w.page(c, at, url.Values{"question": {"score"}, "answer": {bad}}); status != 422 {
				t.Errorf("%q is taken: %d", bad, status)
			}
		}
		_, body, _ = w.page(c, at, url.Values{"question": {"score"}, "answer": {"9"}, "lang": {"en"}})
		if !strings.Contains(body, `type="checkbox"`) {
			t.Errorf("after the score there is %s", body)
		}
		if _, body, _ = w.page(c, at+"?q=score", nil); !strings.Contains(body, `value="9" checked`) {
			t.Error("the way back forgets the answer")
		}
		// It was begun in English; whoever chooses another language in the menu has it.
		here, err := url.Parse(w.server.URL)
		check(t, err)
		jar.SetCookies(here, []*http.Cookie{{Name: "lang", Value: "pl", Path: "/"}})
		if _, body, _ = w.page(c, at+"?q=score", nil); !strings.Contains(body, "Na ile?") {
			t.Error("the language that was chosen is not spoken")
		}
		if _, body, _ = w.page(c, at+"?q=score&lang=en", nil); !strings.Contains(body, "How likely?") {
			t.Error("the language that the link asks for is not spoken")
		}
		jar.SetCookies(here, []*http.Cookie{{Name: "lang", Path: "/", MaxAge: -1}})
		if _, body, _ = w.page(c, at+"?q=score", nil); !strings.Contains(body, "How likely?") {
			t.Error("the language in which it was begun is not spoken")
		}
		w.page(c, at, url.Values{"question": {"what"}, "answer": {"b", "a"}})
		if status, _, _ = w.page(c, at, url.Values{"question": {"why"}, "answer": {strings.Repeat("я", survey.MaxText+1)}}); status != 422 {
			t.Errorf("a text too long is taken: %d", status)
		}
		hostile := "<script>alert(1)</script> 🙃 \u202eevil"
		for range 2 { // the second is a replayed post
			if _, body, _ = w.page(c, at, url.Values{"question": {"why"}, "answer": {hostile}, "lang": {"en"}}); !strings.Contains(body, "Thank you") {
				t.Errorf("after the last there is %s", body)
			}
		}
		w.page(c, at, url.Values{"question": {"score"}, "answer": {"0"}})
		r, err := w.surveys.Responses(ctx, system, survey.ResponseQuery{ProgrammeID: w.programme.ID, SurveyID: n.ID, Limit: 5})
		check(t, err)
		if len(r) != 1 || r[0].Answers["score"].Number != 9 || r[0].Answers["why"].Text != hostile || strings.Join(r[0].Answers["what"].Choices, "") != "ab" || r[0].Mode != survey.Link {
			t.Errorf("kept is %+v", r)
		}
	})
}

// TestGuessedSurveysAreNobodys: unknown links tell nothing, and many of them are
// too many.
func TestGuessedSurveysAreNobodys(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := &http.Client{}
		seen := map[int]int{}
		for range 60 {
			status, _, _ := w.page(c, "/s/"+strings.Repeat("0", 26), nil)
			seen[status]++
		}
		if seen[404] == 0 || seen[404] > 40 || seen[404]+seen[429] != 60 {
			t.Errorf("60 guesses are answered %v", seen)
		}
		if status, _, _ := w.page(c, "/s/o/nothing", nil); status == 200 {
			t.Error("a guessed code opens a survey")
		}
	})
}
