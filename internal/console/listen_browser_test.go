package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/survey"
	"regulars/internal/touch"
	"regulars/internal/web/webtest"
)

const longWord = "Преображенско-Богородицкий-Александро-Невский-универсальный-магазин"

// listening is a town whose customers were asked, got cards and wrote reviews.
type listening struct {
	*town
	draft, open, fresh id.ID
	point              touch.Touchpoint
	review, answered   id.ID
}

func newListening(t testing.TB) *listening {
	t.Helper()
	w := &listening{town: newTown(t)}
	w.asked()
	w.carded()
	return w
}

// asked makes a draft, a survey without answers and one with many.
func (w *listening) asked() {
	w.t.Helper()
	c := w.console.Surveys
	spec := survey.Spec{
		Kind: survey.NPS, Names: survey.Words{"en": "Would you recommend us?", "ru": "Посоветуете ли вы нас? " + longWord, "pl": "Czy nas polecisz?"},
		Intro: survey.Words{"en": "Two minutes of your time."}, Thanks: survey.Words{"en": "Thank you!"},
		Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely is it that you would recommend Bean & Leaf to a friend?", "ru": "Посоветуете ли вы нас другу?", "pl": "Czy polecisz nas znajomemu?"}},
			{Code: "q2x", Form: survey.Single, Optional: true, Words: survey.Words{"en": "What was it about?"}, Options: []survey.Option{{Code: "o1", Words: survey.Words{"en": "The waiting", "ru": "Ожидание"}}, {Code: "o2", Words: survey.Words{"en": "The price", "ru": "Цена"}}}, Branches: []survey.Branch{{Options: []string{"o2"}, Then: "why"}}},
			{Code: "staff", Form: survey.Scale, From: 1, To: 5, Optional: true, Words: survey.Words{"en": "How were the people?"}},
			{Code: "speed", Form: survey.Scale, From: 1, To: 5, Optional: true, Words: survey.Words{"en": "How fast was it?"}},
			{Code: "why", Form: survey.Text, Optional: true, Words: survey.Words{"en": "Why?", "ru": "Почему?"}},
		},
	}
	for _, into := range []*id.ID{&w.draft, &w.fresh, &w.open} {
		n, err := c.Create(ctx, system, w.programme.ID, spec)
		check(w.t, err)
		*into = n.ID
		if into != &w.draft {
			_, err = c.Publish(ctx, system, w.programme.ID, n.ID)
			check(w.t, err)
		}
	}
	check(w.t, c.SetReasons(ctx, system, w.programme.ID, []survey.Reason{
		{Code: "waiting", Names: survey.Words{"en": "Waiting", "ru": "Ожидание"}, Hints: survey.Words{"en": "wait queue slow", "ru": "ждать очередь"}},
		{Code: "price", Names: survey.Words{"en": "Price", "ru": "Цена"}, Hints: survey.Words{"en": "price expensive", "ru": "дорого цена"}},
	}))
	for range 2 {
		w.join("Anna", "Wiśniewska", fmt.Sprintf("a%d@example.com", w.events))
	}
	_, err := c.Ask(ctx, system, w.programme.ID, w.open, survey.Plan{Method: survey.Random, Wanted: 5, Seed: 1_772_000_000, Days: 14})
	check(w.t, err)
	w.answers(280)
}

// answers brings so many answers of fourteen weeks, of which one falls out.
func (w *listening) answers(n int) {
	w.t.Helper()
	var brought []survey.Brought
	for i := range n {
		week := i % 14
		score := []int{10, 9, 8, 10, 9, 3, 10, 7, 9, 10}[(i/14+week)%10]
		if week == 5 && i > 60 {
			score = 1
		}
		b := survey.Brought{
			Source: "old", ExternalID: fmt.Sprint(i), Lang: []string{"en", "ru", "pl"}[i%3], Occurred: noon.Add(-time.Duration(week*7*24+i%5) * time.Hour),
			Answers: survey.Answers{"score": {Number: score}, "staff": {Number: 1 + (score+i)%5}, "speed": {Number: 1 + score/3}},
		}
		if i%40 == 0 {
			b.Answers["why"] = survey.Answer{Text: "I waited in the queue.\n" + strings.Repeat(longWord+" ", i/40)}
		}
		brought = append(brought, b)
	}
	taken, err := w.console.Surveys.Bring(ctx, system, w.programme.ID, w.open, brought)
	check(w.t, err)
	for _, one := range taken {
		check(w.t, one.Err)
	}
}

// carded gives out cards with orders, some of which were reviewed.
func (w *listening) carded() {
	w.t.Helper()
	c := w.console.Touch
	var err error
	w.point, err = c.CreateTouchpoint(ctx, system, w.programme.ID, touch.TouchpointSpec{Kind: touch.InParcel, Name: "Web parcels", Links: []touch.Link{{Platform: touch.Google, Place: "g1"}, {Platform: touch.YandexMaps, Place: "y1"}}})
	check(w.t, err)
	_, err = c.CreateTouchpoint(ctx, system, w.programme.ID, touch.TouchpointSpec{Kind: touch.InShop, Name: "Касса: " + longWord, Closed: true})
	check(w.t, err)
	for i, n := range []int64{40, 1900} {
		_, err = c.CreateBatch(ctx, system, w.programme.ID, w.point.ID, []string{"Spring", "Весна: " + longWord}[i], n, touch.Design{Layout: touch.Band, Language: "en"})
		check(w.t, err)
	}
	batches, err := c.Batches(ctx, system, w.programme.ID)
	check(w.t, err)
	cards, err := c.Cards(ctx, system, w.programme.ID, batches[0].ID, "", 30)
	check(w.t, err)
	var seen []touch.Seen
	for i, card := range cards {
		m := w.join("Zoë", fmt.Sprintf("Number %d", i), fmt.Sprintf("zoe%d@example.com", i))
		order := fmt.Sprint("W-", i)
		w.take(flow.Event{Kind: journal.Purchase, ExternalID: order, Who: flow.Who{MemberID: m}, Occurred: w.clock.Add(-time.Hour), Payload: flow.Payload{Lines: list(tea(20))}})
		_, err = c.Bind(ctx, system, w.programme.ID, card.Code, order)
		check(w.t, err)
		if i%3 == 0 {
			seen = append(seen, touch.Seen{Platform: touch.Google, ExternalID: fmt.Sprint(i), Place: "g1", Rating: int64(5 - i%4), Occurred: w.clock.Add(-time.Duration(i) * time.Hour), Order: order, Author: "Ann K.", Text: "Good tea, and quick.\n\nNext time\tmore of it."})
		}
	}
	seen = append(seen, touch.Seen{Platform: touch.YandexMaps, ExternalID: "long", Place: "y1", Rating: 2, Occurred: w.clock.Add(-time.Minute), Author: longWord, Text: longWord + "\n" + strings.Repeat("Долго ждали. ", 60)})
	taken, err := c.Take(ctx, system, w.programme.ID, seen)
	check(w.t, err)
	w.answered, w.review = taken[0].ReviewID, taken[len(taken)-1].ReviewID
	_, err = c.Answer(ctx, system, w.programme.ID, w.answered, "Thank you, Ann.")
	check(w.t, err)
}

func (w *listening) paths() map[string]string {
	of := func(n id.ID, more string) string { return surveysAt + "/" + n.In(id.Survey) + more }
	return map[string]string{
		"surveys": surveysAt, "survey-draft": of(w.draft, ""), "survey-fresh": of(w.fresh, ""), "survey": of(w.open, ""), "survey-edit": of(w.draft, "/edit"), "survey-ask": of(w.open, "/ask"), "survey-standing": of(w.open, "/standing"),
		"survey-count": of(w.open, "/ask?method=quota&by=recency&wanted=5&days=7&seed=5"),
		"cards":        cardsAt, "card-point": cardsAt + "/touchpoints/" + w.point.ID.In(id.Touchpoint), "card-point-new": cardsAt + "/touchpoints/new", "card-batch-new": cardsAt + "/batches/new",
		"reviews": "/p/bean/reviews", "reviews-answered": "/p/bean/reviews?state=none_needed", "review": "/p/bean/reviews/" + w.review.In(id.Review), "review-answered": "/p/bean/reviews/" + w.answered.In(id.Review),
		"support": "/p/bean/support", "support-long": "/p/bean/support?days=365",
	}
}

// walk opens pages on a desk and on a phone and measures them; on the phone in
// Russian or, every other one, in Polish and dark. With -artifacts it keeps
// pictures.
func walk(t *testing.T, b *webtest.Browser, places map[string]string) {
	t.Helper()
	for n, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"desktop-en", "en", "light", webtest.Desktop}, {"phone-ru", "ru", "light", webtest.Phone}, {"phone-pl-dark", "pl", "dark", webtest.Phone},
	} {
		prefer(t, b, look.lang, look.theme)
		for i, name := range slices.Sorted(maps.Keys(places)) {
			if n > 0 && i%2 != n%2 {
				continue // the phone looks take turns
			}
			t.Run(look.name+"/"+name, func(t *testing.T) {
				b.Open(t, look.width, places[name])
				b.Check(t)
				b.Picture(t, look.name+"-"+name)
				if n := webtest.Script[int](t, b, `[...document.querySelectorAll("figure.chart")].filter(f => !f.querySelector("tbody tr, .chart-empty")).length + document.querySelectorAll("main [style]").length`); n > 0 {
					t.Errorf("%d charts have no table, or parts a style of their own", n)
				}
				if said := webtest.Script[string](t, b, `document.body.innerText`); strings.Contains(said, "console.") || strings.Contains(said, "{") {
					t.Errorf("a text is missing or unfilled on the page:\n%s", said)
				}
			})
		}
	}
}

// TestListeningPagesInTheBrowser opens the pages of surveys, cards and reviews.
func TestListeningPagesInTheBrowser(t *testing.T) {
	w := newListening(t)
	walk(t, browse(t, w.console.Handler()), w.paths())
}

// TestNobodyListenedToYet opens them before anything came in.
func TestNobodyListenedToYet(t *testing.T) {
	w := newTown(t)
	walk(t, browse(t, w.console.Handler()), map[string]string{
		"no-surveys": surveysAt, "no-cards": cardsAt, "no-batch": cardsAt + "/batches/new", "no-reviews": "/p/bean/reviews", "no-support": "/p/bean/support",
	})
}

// TestSlipsWhileListening sends the forms with slips in them.
func TestSlipsWhileListening(t *testing.T) {
	w := newListening(t)
	b := browse(t, w.console.Handler())
	prefer(t, b, "en", "light")
	edit, ask := surveysAt+"/"+w.draft.In(id.Survey)+"/edit", surveysAt+"/"+w.open.In(id.Survey)+"/ask"
	for _, c := range []struct {
		name, path, fill, text, send string
	}{
		{"survey-edit", edit, "#f-to_2", "x", "main .form button[type=submit]"},
		{"survey-ask", ask, "#f-days", "x", "main .form button:not([formmethod])"},
		{"reasons", surveysAt, "#f-reasons", "A B", "form[action$=reasons] button"},
		{"bind", cardsAt, "#f-code", "nonsense", "form[action$=bind] button"},
		{"trial", cardsAt, "#f-share", "x", "form[action$=trial] button"},
		{"point", cardsAt + "/touchpoints/new", "#f-template_google", "nonsense", "main .form button[type=submit]"},
		{"batch", cardsAt + "/batches/new", "#f-heading", "Only five stars please", "main .form button[type=submit]"},
		{"market", "/p/bean/reviews", "#f-business", "x", "form[action$=market] button"},
		{"import", "/p/bean/reviews", "", "", "form[action$=import] button"},
		{"answer", "/p/bean/reviews/" + w.review.In(id.Review), "", "", "form[action$=answer] button"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.Open(t, webtest.Phone, c.path)
			if c.fill != "" {
				b.Run(t, webtest.Type(c.fill, c.text))
			}
			b.Run(t, webtest.Click(c.send), webtest.Seen(".field-error"))
			b.Check(t, "overflow", "labels", "contrast", "targets")
			b.Picture(t, "mend-"+c.name)
		})
	}
	reachesAll(t, b, ask)
}
