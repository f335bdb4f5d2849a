package guest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"regulars/internal/complaint"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/survey"
	"regulars/internal/trust"
)

// spokenIn returns the language in which a reader of the page hears the words:
// that of the nearest element around them that names one.
func (p page) spokenIn(words string) string {
	p.t.Helper()
	top, err := html.Parse(strings.NewReader(p.body))
	check(p.t, err)
	for n := range top.Descendants() {
		if n.Type != html.TextNode || !strings.Contains(n.Data, words) {
			continue
		}
		for up := n.Parent; up != nil; up = up.Parent {
			for _, a := range up.Attr {
				if a.Key == "lang" {
					return a.Val
				}
			}
		}
	}
	p.t.Errorf("%s does not say %q", p.path, words)
	return ""
}

// speaks checks which language some words of a page are said to be in.
func (p page) speaks(lang string, words ...string) {
	p.t.Helper()
	p.is(http.StatusOK)
	for _, w := range words {
		if got := p.spokenIn(w); got != lang {
			p.t.Errorf("%s reads %q as %q instead of %q", p.path, w, got, lang)
		}
	}
}

// TestWordsOfAShopAreReadInTheirOwnLanguage: what a shop wrote in one language
// only is shown on pages in the others, and says so (WCAG 3.1.2).
func TestWordsOfAShopAreReadInTheirOwnLanguage(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas()...))
	b := w.phone()
	n, err := w.surveys.Create(ctx, system, w.programme.ID, survey.Spec{
		Kind: survey.NPS, Names: survey.Words{"en": "Recommend"}, Intro: survey.Words{"en": "One minute."}, Thanks: survey.Words{"en": "Come again."}, Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely?", "pl": "Na ile?"}, Low: survey.Words{"en": "never"}},
			{Code: "what", Form: survey.Multiple, Optional: true, Words: survey.Words{"en": "What?"}, Options: []survey.Option{{Code: "a", Words: survey.Words{"en": "Price", "pl": "Cena"}}, {Code: "b", Words: survey.Words{"en": "Staff"}}}},
		}})
	check(t, err)
	n, err = w.surveys.Publish(ctx, system, w.programme.ID, n.ID)
	check(t, err)
	b.get(survey.OpenPath+n.Open+"?lang=pl").speaks("en", "Recommend", "One minute.")
	one := b.post(survey.OpenPath+n.Open, "lang", "pl")
	one.speaks("en", "Recommend", "One minute.", "0 – never")
	one.speaks("pl", "Na ile?")
	two := b.post(one.path, "lang", "pl", "question", "score", "answer", "9")
	two.speaks("en", "What?", "Staff")
	two.speaks("pl", "Cena")
	b.post(one.path, "lang", "pl", "question", "what", "answer", "b").speaks("en", "Come again.")

	s, version, err := w.complaints.Settings(ctx, system, w.programme.ID)
	check(t, err)
	s.Reasons = append([]complaint.Reason{{Code: "crema", Names: map[string]string{"ru": "Пенка"}, Severity: s.Reasons[0].Severity}}, s.Reasons...)
	s.Reasons = append(s.Reasons[:6], complaint.Reason{Code: complaint.Other, Severity: s.Reasons[0].Severity})
	_, err = w.complaints.SetSettings(ctx, system, w.programme.ID, version, s)
	check(t, err)
	tell := b.get("/c/bean?lang=pl")
	tell.speaks("ru", "Пенка")
	tell.speaks("pl", "Coś innego")
	if told := b.post("/c/bean?lang=pl&kind=praise", "nonce", strings.Repeat("a", 26), "kind", "praise", "text", "Pyszna kawa"); !strings.Contains(told.body, `<html lang="pl"`) || !strings.Contains(told.body, "lang=pl") {
		t.Errorf("who came by a Polish link reads: %s", told.text())
	}

	late := w.sends("1")
	check(t, w.promises.SetSetting(ctx, system, w.programme.ID, 0, promise.Setting{LateHelp: map[string]string{"en": "Ring us."}}))
	w.pass(25 * time.Hour)
	b.get("/track/"+late.Code+"?lang=pl").speaks("en", "Ring us.")

	known := w.knows(func(n *trust.Spec) { n.Title = trust.Words{"en": "The lid leaks"} })
	b.get("/known/bean?lang=pl").speaks("en", "The lid leaks")
	b.get("/known/bean/"+known.ID.In(id.KnownIssue)+"?lang=pl").speaks("en", "The lid leaks", "Most when it is", "Pour slowly.")
}
