package churn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promo"
)

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
func (w *town) asks() RecoverySpec {
	n := NewRecovery(w.clock, w.prog.Zone)
	n.Name, n.Whom = " Come  back ", []Aim{AimSilent}
	n.Words = map[i18n.Lang]flow.Words{i18n.English: {Subject: "We miss you", Body: "Come by again."}, i18n.Polish: {}}
	return n
}

func (w *town) wallet() ledger.Wallet {
	w.Helper()
	n, err := ledger.NewService(w.DB).CreateWallet(w.Context(), boss, ledger.Wallet{ProgrammeID: w.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 2), Clawback: ledger.PolicyDebt})
	w.ok(err)
	return n
}

// starts prepares a campaign and starts it, without doing it yet.
func (w *town) starts(spec RecoverySpec) *Recovery {
	w.Helper()
	r, err := w.Prepare(w.Context(), boss, w.prog.ID, spec)
	w.ok(err)
	r, err = w.Start(w.Context(), boss, w.prog.ID, r.ID, r.Version)
	w.ok(err)
	return r
}

// carries does a campaign, and has it checked.
func (w *town) carries(r *Recovery) *Outcome {
	w.Helper()
	w.ok(w.Carry(w.Context(), w.prog.ID, r.ID))
	return w.came(r)
}

func (w *town) came(r *Recovery) *Outcome {
	w.Helper()
	o, err := w.Outcome(w.Context(), boss, w.prog.ID, r.ID)
	w.ok(err)
	if faults := w.faults(); faults != "" {
		w.Errorf("the check finds %s", faults)
	}
	return o
}

// chosen are the rows of a campaign.
func (w *town) chosen(r *Recovery) []*Recovered {
	w.Helper()
	list, err := selectRecovered(w.Context(), w.DB.Reader(), `recovery_id = $1 ORDER BY member_id`, r.ID)
	w.ok(err)
	return list
}

// wanted are the members who are to be written to, and how often.
func (w *town) wanted() map[id.ID]int {
	w.Helper()
	all := map[id.ID]int{}
	list, err := jobs.Payloads(w.Context(), w.DB.Reader(), flow.ContactWanted)
	w.ok(err)
	for _, raw := range list {
		var c flow.Contact
		w.ok(json.Unmarshal(raw, &c))
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
	list, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{m}, journal.Cursor{Occurred: w.clock.AddDate(1, 0, 0)}, 100, EventAsked, EventHeld, journal.Award)
	w.ok(err)
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
	v, err := offers.Create(w.Context(), boss, promo.Offer{ProgrammeID: w.prog.ID, Name: "Free coffee"}, promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}, WithCode: true})
	w.ok(err)
	b, err := offers.CreateBatch(w.Context(), boss, promo.Batch{ProgrammeID: w.prog.ID, OfferID: v.OfferID, Name: "Coffees", Kind: promo.PersonalCodes, Length: 10, MaxUses: 1}, "")
	w.ok(err)
	return b
}
