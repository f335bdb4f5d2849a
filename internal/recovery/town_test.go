package recovery

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/churn"
	"regulars/internal/churn/churntest"
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
	"regulars/internal/survey"
)

var boss = flowtest.Boss

// town is a programme with a shop, and customers of whom some fell silent.
type town struct {
	*flowtest.Town
	*churntest.Customers
	*Service
	cases *complaint.Service
	churn *churn.Service
}

// above are the schemas of the rooms that campaigns need.
var above = flowtest.Schemas(complaint.Schema, promise.Schema, survey.Schema, churn.Schema)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, append(slices.Clone(above), Schema)...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: flowtest.Warsaw(t), Shops: []string{"main"}, Start: time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC),
		Rooms: []flow.Room{complaint.Room(), churn.Room(), Room()},
	})}
	w.Customers = churntest.Of(w.Town)
	w.cases = complaint.New(complaint.Config{DB: d, Flow: w.Flow, GiftCards: giftcard.New(d, w.Now), Now: w.Now})
	w.churn = churn.New(churn.Config{DB: d, Surveys: survey.New(d, w.Flow, w.Now), Now: w.Now})
	w.Service = New(Config{DB: d, Flow: w.Flow, Now: w.Now})
	return w
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
	for name, m := range w.Members {
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
	w.Crowd()
	for i := range n {
		w.Bought(fmt.Sprint("gone-", i), churntest.Every(10+i%7, 300, 150)...)
	}
	w.Take()
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
