package factor

import (
	"cmp"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

var boss = flowtest.Boss

// town is a programme with two shops, a survey with "why?", cases and reviews.
type town struct {
	*flowtest.Town
	*Service
	touch  *touch.Service
	auth   *auth.Service
	asks   survey.Survey
	n      int
	member id.ID
}

var schemas = flowtest.Schemas(complaint.Schema, touch.Schema, survey.Schema, Schema)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: flowtest.Warsaw(t), Shops: []string{"main"}, Start: time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC),
		Rooms: []flow.Room{complaint.Room(), touch.Room(), survey.Room(), Room()},
	})}
	log := slog.New(slog.DiscardHandler)
	texts, err := i18n.New()
	w.OK(err)
	w.touch = touch.New(touch.Config{DB: d, Now: w.Now, Log: log, Texts: texts})
	w.auth = auth.New(d, auth.Config{Now: w.Now, Log: log, Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
	w.Service = New(Config{
		DB: d, Now: w.Now, Surveys: survey.New(d, w.Flow, w.Now),
		Cases: complaint.New(complaint.Config{DB: d, Flow: w.Flow, GiftCards: giftcard.New(d, w.Now), Now: w.Now}),
	})
	w.OK(w.Surveys.SetReasons(t.Context(), boss, w.Programme.ID, []survey.Reason{
		{Code: "delivery", Names: survey.Words{"en": "Delivery"}, Hints: survey.Words{"en": "courier"}},
		{Code: "mood", Names: survey.Words{"en": "Mood"}},
	}))
	w.asks = w.publishes(survey.Spec{Kind: survey.NPS, Names: survey.Words{"en": "Recommend"}, Questions: []survey.Question{
		{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely?"}},
		{Code: "why", Form: survey.Text, Optional: true, Words: survey.Words{"en": "Why?"}},
	}})
	w.member = w.buys("anna")
	return w
}

func (w *town) publishes(spec survey.Spec) survey.Survey {
	w.Helper()
	n, err := w.Surveys.Create(w.Context(), boss, w.Programme.ID, spec)
	w.OK(err)
	n, err = w.Surveys.Publish(w.Context(), boss, w.Programme.ID, n.ID)
	w.OK(err)
	return n
}

func (w *town) buys(name string) id.ID {
	w.Helper()
	w.n++
	a, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprint("sale-", w.n), Kind: journal.Purchase, Occurred: w.Now(), Shop: "main", Actor: boss,
		Who:     flowtest.Named(name),
		Payload: flow.Payload{Currency: money.Currency("PLN"), Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: 100_00}}},
	})
	w.OK(err)
	return a.MemberID
}

// says brings in an answer with the number and own words, and returns its key.
func (w *town) says(number int, words string) Key {
	w.Helper()
	return Key{Answer, w.answers(w.asks, 0, survey.Answers{"score": {Number: number}, "why": {Text: words, Skipped: words == ""}}), "why"}
}

func (w *town) answers(of survey.Survey, m id.ID, answers survey.Answers) id.ID {
	w.Helper()
	w.n++
	list, err := w.Surveys.Bring(w.Context(), boss, w.Programme.ID, of.ID, []survey.Brought{{
		Source: "test", ExternalID: fmt.Sprint(w.n), MemberID: m, Shop: "main", Occurred: w.Now(), Answers: answers, Lang: "en",
	}})
	w.OK(err)
	return list[0].ResponseID
}

// confirms says what somebody's words are about.
func (w *town) confirms(key Key, reason string) {
	w.Helper()
	w.OK(w.Surveys.Confirm(w.Context(), boss, w.Programme.ID, key.ID, key.Part, reason))
}

// opens a case and returns its key.
func (w *town) opens(kind complaint.Kind, reason, text string) Key {
	w.Helper()
	return w.opensFor(complaint.Ask{Kind: kind, Reason: reason, Text: text})
}

func (w *town) opensFor(ask complaint.Ask) Key {
	w.Helper()
	w.n++
	ask.Name, ask.Wanted, ask.Source = fmt.Sprint("case-", w.n), complaint.JustTelling, cmp.Or(ask.Source, complaint.FromAPI)
	n, err := w.Cases.Begin(w.Context(), boss, w.Programme.ID, ask)
	w.OK(err)
	return Key{Case, n.ID, ""}
}

// reads takes a review in and returns its key.
func (w *town) reads(rating int64, text string) Key {
	w.Helper()
	w.n++
	taken, err := w.touch.Take(w.Context(), boss, w.Programme.ID, []touch.Seen{{Platform: touch.Google, ExternalID: fmt.Sprint(w.n), Rating: rating, Text: text, Occurred: w.Now()}})
	w.OK(err)
	return Key{Review, taken[0].ReviewID, ""}
}

func (w *town) codes(key Key, to Code) Piece {
	w.Helper()
	n, err := w.Code(w.Context(), boss, w.Programme.ID, key, to)
	w.OK(err)
	return n
}

// left is the work list.
func (w *town) left(a auth.Actor, change func(*Query)) []Piece {
	w.Helper()
	n := Query{ProgrammeID: w.Programme.ID, Limit: 100}
	if change != nil {
		change(&n)
	}
	list, err := w.List(w.Context(), a, n)
	w.OK(err)
	return list
}

func (w *town) lately() Period {
	return Period{ProgrammeID: w.Programme.ID, From: w.Now().AddDate(0, 0, -30), To: w.Now().Add(time.Hour)}
}

func (w *town) counts() *Count {
	w.Helper()
	c, err := w.Count(w.Context(), boss, w.lately())
	w.OK(err)
	return c
}

func (w *town) sets(change func(s *Settings)) {
	w.Helper()
	s, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	change(&s)
	_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
	w.OK(err)
}

// hires adds somebody to the staff of programmes.
func (w *town) hires(name string, role auth.Role, programmes ...id.ID) auth.Actor {
	w.Helper()
	var roles []auth.Assignment
	for _, p := range programmes {
		roles = append(roles, auth.Assignment{ProgrammeID: p, Role: role})
	}
	n, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: roles})
	w.OK(err)
	return auth.Actor{Kind: auth.KindStaff, ID: n.ID, Name: name, Roles: roles}
}

func answersWith(number int, words string) survey.Answers {
	return survey.Answers{"score": {Number: number}, "why": {Text: words}}
}
