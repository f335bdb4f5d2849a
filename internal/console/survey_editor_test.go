package console

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/survey"
)

var (
	inputTag  = regexp.MustCompile(`<input ([^>]*)>`)
	areaTag   = regexp.MustCompile(`(?s)<textarea ([^>]*)>(.*?)</textarea>`)
	selectTag = regexp.MustCompile(`(?s)<select ([^>]*)>(.*?)</select>`)
	chosenTag = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	optionTag = regexp.MustCompile(`<option value="([^"]*)"`)
	attribute = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

// filled is what a browser would send of the form of a page left as it is.
func filled(p page) []string {
	var form []string
	of := func(tag, name string) string {
		for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
			if a[1] == name {
				return html.UnescapeString(a[2])
			}
		}
		return ""
	}
	for _, m := range inputTag.FindAllStringSubmatch(p.body, -1) {
		if of(m[1], "type") != "checkbox" || strings.Contains(m[1], " checked") {
			form = append(form, of(m[1], "name"), of(m[1], "value"))
		}
	}
	for _, m := range areaTag.FindAllStringSubmatch(p.body, -1) {
		form = append(form, of(m[1], "name"), strings.ReplaceAll(strings.TrimPrefix(html.UnescapeString(m[2]), "\n"), "\n", "\r\n"))
	}
	for _, m := range selectTag.FindAllStringSubmatch(p.body, -1) {
		chosen := chosenTag.FindStringSubmatch(m[2])
		if chosen == nil {
			chosen = optionTag.FindStringSubmatch(m[2])
		}
		if chosen != nil {
			form = append(form, of(m[1], "name"), chosen[1])
		}
	}
	return form
}

// anyDraft draws a draft as it may be written over the API.
func anyDraft(t *rapid.T) survey.Spec {
	words := func(name string) survey.Words {
		w := survey.Words{"en": "Words of " + name + ` "<&>`}
		for _, l := range []string{"ru", "pl"} {
			if rapid.Bool().Draw(t, name+l) {
				w[l] = "Слова " + name
			}
		}
		return w
	}
	n := rapid.IntRange(1, 5).Draw(t, "questions")
	s := survey.Spec{Kind: survey.Custom, Names: words("name"), Intro: survey.Words{"pl": "Dwie\nminuty"}, Thanks: survey.Words{}}
	for i := range n {
		q := survey.Question{Code: fmt.Sprint("c", n-i), Form: rapid.SampledFrom(survey.Forms()).Draw(t, "form"), Words: words(fmt.Sprint("q", i)), Optional: rapid.Bool().Draw(t, "optional")}
		then := []string{survey.End}
		for k := i + 1; k < n; k++ {
			then = append(then, fmt.Sprint("c", n-k))
		}
		branch := func(b survey.Branch) {
			b.Then = rapid.SampledFrom(then).Draw(t, "then")
			q.Branches = append(q.Branches, b)
		}
		branches := rapid.IntRange(0, 3).Draw(t, "branches")
		switch q.Form {
		case survey.Scale:
			q.To, q.Low, q.High = rapid.IntRange(1, 10).Draw(t, "to"), survey.Words{"en": "never"}, survey.Words{"en": "always"}
			for range branches {
				from := rapid.IntRange(0, q.To).Draw(t, "from")
				branch(survey.Branch{From: from, To: rapid.IntRange(from, q.To).Draw(t, "upto")})
			}
		case survey.Single, survey.Multiple:
			codes := []string{"waiting", "o1", "price", "o7"}
			for k, code := range codes {
				q.Options = append(q.Options, survey.Option{Code: code, Words: words(fmt.Sprint("option", k))})
			}
			for range branches {
				branch(survey.Branch{Options: rapid.SliceOfNDistinct(rapid.SampledFrom(codes), 1, 4, rapid.ID).Draw(t, "options")})
			}
		}
		s.Questions = append(s.Questions, q)
	}
	return s
}

// TestTheEditorLosesNothing: a draft that is opened and saved is the same
// draft, with every branch, code and word that it had over the API.
func TestTheEditorLosesNothing(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	rapid.Check(t, func(r *rapid.T) {
		spec := anyDraft(r)
		n, err := w.console.Surveys.Create(ctx, system, w.programme.ID, spec)
		if err != nil {
			r.Fatal(err)
		}
		if n, err = w.console.Surveys.Get(ctx, system, w.programme.ID, n.ID); err != nil {
			r.Fatal(err)
		}
		at := surveysAt + "/" + n.ID.In(id.Survey)
		b.post(at+"/edit", filled(b.get(at+"/edit"))...).is(t, 200).shows(t, "The survey is saved.")
		saved, err := w.console.Surveys.Get(ctx, system, w.programme.ID, n.ID)
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(n.Spec, saved.Spec); diff != "" {
			r.Fatalf("the editor changed the draft (-before +after):\n%s", diff)
		}
		if err := w.console.Surveys.Discard(ctx, system, w.programme.ID, n.ID); err != nil {
			r.Fatal(err)
		}
	})
}

// TestWhatTheEditorCannotHoldIsShownOnly: it is not overwritten either.
func TestWhatTheEditorCannotHoldIsShownOnly(t *testing.T) {
	w := newTown(t)
	spec := survey.Spec{Kind: survey.Custom, Names: survey.Words{"en": "Odd"}, Questions: []survey.Question{{
		Code: "q", Form: survey.Single, Words: survey.Words{"en": "Which?"}, Branches: []survey.Branch{{Options: []string{"b"}, Then: survey.End}},
		Options: []survey.Option{{Code: "a", Words: survey.Words{"en": "One"}}, {Code: "b", Words: survey.Words{"en": "Two\nlines"}}},
	}}}
	n, err := w.console.Surveys.Create(ctx, system, w.programme.ID, spec)
	check(t, err)
	b := w.as(auth.Manager)
	at := surveysAt + "/" + n.ID.In(id.Survey) + "/edit"
	b.get(at).is(t, 200).shows(t, "over the API only", "Which?", "Two lines → End").hides(t, "Save")
	b.post(at, "name_en", "Mine", "words_0_en", "Other?", "form_0", "text").is(t, 409)
	if kept, err := w.console.Surveys.Get(ctx, system, w.programme.ID, n.ID); err != nil || kept.Name("en") != "Odd" {
		t.Errorf("the draft became %q, %v", kept.Name("en"), err)
	}
}

// TestSlipsInBranchesAreShownWhereTheyAre: what was typed stays, also when a
// question before it goes.
func TestSlipsInBranchesAreShownWhereTheyAre(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	b.post(surveysAt+"/new", "kind", "custom").is(t, 200)
	list, err := w.console.Surveys.List(ctx, system, w.programme.ID)
	check(t, err)
	at := surveysAt + "/" + list[0].ID.In(id.Survey) + "/edit"
	form := []string{
		"name_en", "Mine", "words_0_en", "", "form_0", "text",
		"words_1_en", "Which?", "form_1", "single", "options_1_en", "One\nTwo", "if_options_1_0", "1, 3", "then_1_0", "2", "words_2_en", "Why?", "form_2", "text",
	}
	p := b.post(at, form...).is(t, 422).shows(t, "from 1 to 2")
	if !slices.Contains(filled(p), "1, 3") {
		t.Error("what was typed is gone")
	}
	b.post(at, set(form, "if_options_1_0", "2", "then_1_0", "0")...).is(t, 422)
	b.post(at, set(form, "if_options_1_0", "2, 1")...).is(t, 200).shows(t, "Two → ", "Question 2")
}
