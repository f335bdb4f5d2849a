package recovery

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/sale"
	"regulars/internal/survey"
)

var boss = flowtest.Boss

// town is a programme with a shop, and customers of whom some fell silent.
type town struct {
	*flowtest.Town
	*Service
	cases   *complaint.Service
	churn   *churn.Service
	n       int
	waiting []*flow.Event
	members map[string]id.ID
}

// above are the schemas of the rooms that campaigns need.
var above = flowtest.Schemas(complaint.Schema, promise.Schema, survey.Schema, churn.Schema)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, append(slices.Clone(above), Schema)...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{members: map[string]id.ID{}}
	w.Town = flowtest.New(t, d, flowtest.Plan{
		Programme: flowtest.Warsaw(t), Shops: []string{"main"}, Start: time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC),
		Rooms: []flow.Room{complaint.Room(), churn.Room(), Room()},
	})
	w.cases = complaint.New(complaint.Config{DB: d, Flow: w.Flow, GiftCards: giftcard.New(d, w.Now), Now: w.Now})
	w.churn = churn.New(churn.Config{DB: d, Surveys: survey.New(d, w.Flow, w.Now), Now: w.Now})
	w.Service = New(Config{DB: d, Flow: w.Flow, Now: w.Now})
	return w
}

// bought has somebody buy so many days ago, each time for 100.00; take is what
// lets it happen.
func (w *town) bought(name string, daysAgo ...int) {
	for _, ago := range daysAgo {
		w.n++
		w.waiting = append(w.waiting, &flow.Event{
			ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprint("sale-", w.n), Kind: journal.Purchase, Occurred: w.Now().AddDate(0, 0, -ago), Shop: "main", Actor: boss,
			Who:     flowtest.Named(name),
			Payload: flow.Payload{Currency: money.Currency("PLN"), Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: 100_00}}},
		})
	}
}

// every lists days from so many to so many days ago.
func every(wait, from, to int) (days []int) {
	for ago := from; ago >= to; ago -= wait {
		days = append(days, ago)
	}
	return days
}

func (w *town) take() {
	w.Helper()
	results, err := w.Flow.Take(w.Context(), w.waiting)
	w.OK(err)
	for i, r := range results {
		w.OK(r.Err)
		w.members[w.waiting[i].Who.Identities[0].Value] = r.Answer.MemberID
	}
	w.waiting = nil
}

// crowd has eighty people buy, of whom one in four did so once and one in three
// of the others left months ago.
func (w *town) crowd() {
	for i := range 80 {
		name, last := fmt.Sprint("crowd-", i), i%9
		switch {
		case i%4 == 0:
			w.bought(name, 20+3*i)
			continue
		case i%3 == 0:
			last += 100 + i
		}
		w.bought(name, every(6+i%23, 320, last)...)
	}
}

// looks looks at everybody.
func (w *town) looks() {
	w.Helper()
	w.OK(w.churn.Ask(w.Context(), boss, w.Programme.ID))
	w.Works(map[string]jobs.Handler{churn.ReckonJob: w.churn.Reckon})
}

func (w *town) lists(change func(*churn.Query)) (names []string) {
	w.Helper()
	q := churn.Query{ProgrammeID: w.Programme.ID, Limit: 1000}
	if change != nil {
		change(&q)
	}
	list, err := w.churn.List(w.Context(), boss, q)
	w.OK(err)
	of := map[id.ID]string{}
	for name, m := range w.members {
		of[m] = name
	}
	for _, n := range list {
		names = append(names, of[n.MemberID])
	}
	return names
}

// leaves has so many people buy until they stayed away, in a crowd, and looks.
func (w *town) leaves(n int) {
	w.Helper()
	w.crowd()
	for i := range n {
		w.bought(fmt.Sprint("gone-", i), every(10+i%7, 300, 150)...)
	}
	w.take()
	w.looks()
}

// asks is what a campaign says that is for whoever is silent.
func (w *town) asks() Spec {
	n := NewSpec(w.Now(), w.Programme.Zone)
	n.Name, n.Whom = " Come  back ", []Aim{AimSilent}
	n.Words = map[i18n.Lang]flow.Words{i18n.English: {Subject: "We miss you", Body: "Come by again."}, i18n.Polish: {}}
	return n
}

func (w *town) wallet() ledger.Wallet {
	w.Helper()
	n, err := ledger.NewService(w.DB).CreateWallet(w.Context(), boss, ledger.Wallet{ProgrammeID: w.Programme.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 2), Clawback: ledger.PolicyDebt})
	w.OK(err)
	return n
}

// starts prepares a campaign and starts it, without doing it yet.
func (w *town) starts(spec Spec) *Campaign {
	w.Helper()
	r, err := w.Prepare(w.Context(), boss, w.Programme.ID, spec)
	w.OK(err)
	r, err = w.Start(w.Context(), boss, w.Programme.ID, r.ID, r.Version)
	w.OK(err)
	return r
}

// carries does a campaign, and has it checked.
func (w *town) carries(r *Campaign) *Outcome {
	w.Helper()
	w.OK(w.does(w.Service, r))
	return w.came(r)
}

// chooses has everybody chosen for a campaign, and nobody asked yet.
func (w *town) chooses(r *Campaign) asking {
	w.Helper()
	n := asking{w.Programme.ID, r.ID}
	for more := true; more; {
		var err error
		_, more, err = w.choose(w.Context(), n)
		w.OK(err)
	}
	return n
}

// does does the job of a campaign, as one process or another.
func (w *town) does(s *Service, r *Campaign) error {
	w.Helper()
	payload, err := json.Marshal(asking{w.Programme.ID, r.ID})
	w.OK(err)
	return s.Ask(w.Context(), &jobs.Job{Kind: AskJob, Payload: payload})
}

func (w *town) came(r *Campaign) *Outcome {
	w.Helper()
	o, err := w.Outcome(w.Context(), boss, w.Programme.ID, r.ID)
	w.OK(err)
	w.Clean(Room())
	return o
}

// chosen are the rows of a campaign.
func (w *town) chosen(r *Campaign) []*Chosen {
	w.Helper()
	list, err := selectChosen(w.Context(), w.DB.Reader(), `recovery_id = $1 ORDER BY member_id`, r.ID)
	w.OK(err)
	return list
}

// wanted are the members who are to be written to, and how often.
func (w *town) wanted() map[id.ID]int {
	w.Helper()
	all := map[id.ID]int{}
	list, err := jobs.Payloads(w.Context(), w.DB.Reader(), flow.ContactWanted)
	w.OK(err)
	for _, raw := range list {
		var c flow.Contact
		w.OK(json.Unmarshal(raw, &c))
		if c.Class != flow.StimulusContact || c.Words[i18n.English].Subject != "We miss you" || len(c.Words) != 1 || !strings.HasPrefix(c.Name, "recovery:rcv_") {
			w.Errorf("it is asked for %+v", c)
		}
		all[c.MemberID]++
	}
	return all
}

// told are the kinds of events of campaigns on somebody's timeline.
func (w *town) told(m id.ID) (kinds []journal.Kind) {
	w.Helper()
	list, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{m}, journal.Cursor{Occurred: w.Now().AddDate(1, 0, 0)}, 100, EventAsked, EventHeld, journal.Award)
	w.OK(err)
	for _, e := range list {
		kinds = append(kinds, e.Kind)
	}
	slices.Sort(kinds)
	return kinds
}

// batch makes a batch of personal codes.
func (w *town) batch() promo.Batch {
	w.Helper()
	offers := promo.New(w.DB, w.Now)
	v, err := offers.Create(w.Context(), boss, promo.Offer{ProgrammeID: w.Programme.ID, Name: "Free coffee"}, promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}, WithCode: true})
	w.OK(err)
	b, err := offers.CreateBatch(w.Context(), boss, promo.Batch{ProgrammeID: w.Programme.ID, OfferID: v.OfferID, Name: "Coffees", Kind: promo.PersonalCodes, Length: 10, MaxUses: 1}, "")
	w.OK(err)
	return b
}
