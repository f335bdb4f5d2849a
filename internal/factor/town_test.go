package factor

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
)

var boss = auth.System("test")

// town is a programme with two shops, a survey with "why?", cases and reviews.
type town struct {
	*testing.T
	*Service
	flow   *flow.Service
	touch  *touch.Service
	auth   *auth.Service
	prog   program.Programme
	main   id.ID
	asks   survey.Survey
	clock  time.Time
	n      int
	member id.ID
}

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema, ledger.Schema, tier.Schema,
	promo.Schema, giftcard.Schema, reward.Schema, complaint.Schema, touch.Schema, survey.Schema, Schema,
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, clock: time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.clock }
	log := slog.New(slog.DiscardHandler)
	w.flow = flow.New(flow.Config{DB: d, Now: now, Log: log, Rooms: []flow.Room{complaint.Room(), touch.Room(), survey.Room(), Room()}})
	t.Cleanup(w.flow.Close)
	texts, err := i18n.New()
	w.ok(err)
	w.touch = touch.New(touch.Config{DB: d, Now: now, Log: log, Texts: texts})
	w.auth = auth.New(d, auth.Config{Now: now, Log: log, Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
	w.Service = New(Config{
		DB: d, Now: now, Surveys: survey.New(d, w.flow, now),
		Cases: complaint.New(complaint.Config{DB: d, Flow: w.flow, GiftCards: giftcard.New(d, now), Now: now}),
	})
	w.prog = w.founds("bean")
	shop, err := program.New(d).AddShop(t.Context(), boss, program.Shop{ProgrammeID: w.prog.ID, Code: "main", Name: "Main"})
	w.ok(err)
	w.main = shop.ID
	w.ok(w.Surveys.SetReasons(t.Context(), boss, w.prog.ID, []survey.Reason{
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

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

func (w *town) founds(slug string) program.Programme {
	w.Helper()
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	p, err := program.New(w.DB).Create(w.Context(), boss, program.Programme{
		Slug: slug, Name: slug, Currency: "PLN", Zone: zone, Languages: []string{"en", "pl"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "PL"},
	})
	w.ok(err)
	return p
}

func (w *town) publishes(spec survey.Spec) survey.Survey {
	w.Helper()
	n, err := w.Surveys.Create(w.Context(), boss, w.prog.ID, spec)
	w.ok(err)
	n, err = w.Surveys.Publish(w.Context(), boss, w.prog.ID, n.ID)
	w.ok(err)
	return n
}

func (w *town) buys(name string) id.ID {
	w.Helper()
	w.n++
	a, err := w.flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.prog.ID, Source: "till", ExternalID: fmt.Sprint("sale-", w.n), Kind: journal.Purchase, Occurred: w.clock, Shop: "main", Actor: boss,
		Who:     flow.Who{Identities: []member.Identity{{Kind: member.External, Value: name}}, Enrol: true},
		Payload: flow.Payload{Currency: money.Currency("PLN"), Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: 100_00}}},
	})
	w.ok(err)
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
	list, err := w.Surveys.Bring(w.Context(), boss, w.prog.ID, of.ID, []survey.Brought{{
		Source: "test", ExternalID: fmt.Sprint(w.n), MemberID: m, Shop: "main", Occurred: w.clock, Answers: answers, Lang: "en",
	}})
	w.ok(err)
	return list[0].ResponseID
}

// confirms says what somebody's words are about.
func (w *town) confirms(key Key, reason string) {
	w.Helper()
	w.ok(w.Surveys.Confirm(w.Context(), boss, w.prog.ID, key.ID, key.Part, reason))
}

// opens a case and returns its key.
func (w *town) opens(kind complaint.Kind, reason, text string) Key {
	w.Helper()
	return w.opensFor(complaint.Ask{Kind: kind, Reason: reason, Text: text})
}

func (w *town) opensFor(ask complaint.Ask) Key {
	w.Helper()
	w.n++
	ask.Name, ask.Wanted, ask.Source = fmt.Sprint("case-", w.n), complaint.JustTelling, complaint.FromAPI
	n, err := w.Cases.Begin(w.Context(), boss, w.prog.ID, ask)
	w.ok(err)
	return Key{Case, n.ID, ""}
}

// reads takes a review in and returns its key.
func (w *town) reads(rating int64, text string) Key {
	w.Helper()
	w.n++
	taken, err := w.touch.Take(w.Context(), boss, w.prog.ID, []touch.Seen{{Platform: touch.Google, ExternalID: fmt.Sprint(w.n), Rating: rating, Text: text, Occurred: w.clock}})
	w.ok(err)
	return Key{Review, taken[0].ReviewID, ""}
}

func (w *town) codes(key Key, to Code) Piece {
	w.Helper()
	n, err := w.Code(w.Context(), boss, w.prog.ID, key, to)
	w.ok(err)
	return n
}

// left is the work list.
func (w *town) left(a auth.Actor, change func(*Query)) []Piece {
	w.Helper()
	n := Query{ProgrammeID: w.prog.ID, Limit: 100}
	if change != nil {
		change(&n)
	}
	list, err := w.List(w.Context(), a, n)
	w.ok(err)
	return list
}

func (w *town) lately() Period {
	return Period{ProgrammeID: w.prog.ID, From: w.clock.AddDate(0, 0, -30), To: w.clock.Add(time.Hour)}
}

func (w *town) counts() *Count {
	w.Helper()
	c, err := w.Count(w.Context(), boss, w.lately())
	w.ok(err)
	return c
}

func (w *town) sets(change func(s *Settings)) {
	w.Helper()
	s, version, err := w.Settings(w.Context(), boss, w.prog.ID)
	w.ok(err)
	change(&s)
	_, err = w.SetSettings(w.Context(), boss, w.prog.ID, version, s)
	w.ok(err)
}

// hires adds somebody to the staff of programmes.
func (w *town) hires(name string, role auth.Role, programmes ...id.ID) auth.Actor {
	w.Helper()
	var roles []auth.Assignment
	for _, p := range programmes {
		roles = append(roles, auth.Assignment{ProgrammeID: p, Role: role})
	}
	n, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: roles})
	w.ok(err)
	return auth.Actor{Kind: auth.KindStaff, ID: n.ID, Name: name, Roles: roles}
}

// faults are what the check finds.
func (w *town) faults() string {
	w.Helper()
	var list []string
	w.ok(w.DB.View(w.Context(), func(q db.Queryer) error {
		return Room().Check(w.Context(), q, w.prog.ID, func(what string) { list = append(list, what) })
	}))
	return strings.Join(list, "\n")
}

func answersWith(number int, words string) survey.Answers {
	return survey.Answers{"score": {Number: number}, "why": {Text: words}}
}
