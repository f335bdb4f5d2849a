package churn

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
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

// TestSomeOfTheSilentAreAskedAndSomeHeldBack follows a campaign that gives
// points from its draft to everybody's timeline.
func TestSomeOfTheSilentAreAskedAndSomeHeldBack(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 301, Months: 6}
		silent := w.lists(func(q *Query) { q.State = Silent })
		r, err := w.Prepare(t.Context(), boss, w.prog.ID, spec)
		w.ok(err)
		if r.State != RecoveryDraft || r.Spec.Name != "Come back" || r.Seed == "" || len(r.Spec.Words) != 1 {
			t.Fatalf("the draft is %+v", r)
		}
		foretold, err := w.Preview(t.Context(), boss, w.prog.ID, r.ID)
		w.ok(err)
		if foretold.Looked != int64(len(silent)) || foretold.Asked < 10 || foretold.Held < 10 || foretold.LeftOut() != 0 {
			t.Errorf("foretold are %+v of %d", foretold, len(silent))
		}
		r, err = w.Start(t.Context(), boss, w.prog.ID, r.ID, 1)
		w.ok(err)
		_, err = w.Start(t.Context(), boss, w.prog.ID, r.ID, 1)
		w.refuses(err, "recovery_started")
		_, err = w.Rework(t.Context(), boss, w.prog.ID, r.ID, 1, spec)
		w.refuses(err, "recovery_started")
		w.refuses(w.Discard(t.Context(), boss, w.prog.ID, r.ID, 1), "recovery_started")
		o := w.carries(r)
		if o.Tally.Asked != foretold.Asked || o.Tally.Held != foretold.Held || o.Asked.Chosen != foretold.Asked || o.Held.Chosen != foretold.Held || o.Pending != 0 || o.Shown || o.Waiting != foretold.Looked {
			t.Errorf("it came to %+v", o)
		}
		if o.Given != 151*foretold.Asked || o.Cost != 0 { // 301 at half a minor unit, rounded half up
			t.Errorf("it cost %d and %d", o.Given, o.Cost)
		}
		w.carries(r)
		wanted := w.wanted()
		for _, n := range w.chosen(r) {
			want, times := []journal.Kind{journal.Award, EventAsked}, 1
			if n.Held {
				want, times = []journal.Kind{EventHeld}, 0
			}
			if got := w.told(n.MemberID); !slices.Equal(got, want) || wanted[n.MemberID] != times {
				t.Errorf("held back %t: the timeline has %v, and %d contacts", n.Held, got, wanted[n.MemberID])
			}
			if n.Held != experiment.Held(experiment.Bucket(r.Seed, "recovery", n.MemberID.In(id.Member)), 5000) {
				t.Error("the draw cannot be repeated")
			}
		}
		if int64(len(wanted)) != foretold.Asked {
			t.Errorf("%d are written to", len(wanted))
		}
	})
}

// TestWhoIsLeftOutIsCounted has one with an open complaint, one who came back
// after the look, some of the control group, and some of another campaign.
func TestWhoIsLeftOutIsCounted(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(30)
		_, err := w.cases.Begin(t.Context(), boss, w.prog.ID, complaint.Ask{
			MemberID: w.members["gone-3"], Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, Source: complaint.FromAPI, Name: "one", Text: "Bitter",
		})
		w.ok(err)
		w.bought("gone-4", 0)
		w.take()
		_, err = program.New(w.DB).Update(t.Context(), boss, w.prog.ID, func(p *program.Programme) { p.ControlShare = 2000 })
		w.ok(err)
		first := w.asks()
		first.Least = 10 * 100_00
		r := w.starts(first)
		o := w.carries(r)
		control, two := int64(0), int64(0)
		for _, n := range w.lists(func(q *Query) { q.State, q.Least = Silent, first.Least }) {
			m, err := member.Read(t.Context(), w.DB.Reader(), []id.ID{w.members[n]})
			w.ok(err)
			if m[w.members[n]].Bucket < 2000 {
				control++
				if n == "gone-3" || n == "gone-4" {
					two++
				}
			}
		}
		if o.Tally.Left[LeftControl] != control || o.Tally.Left[LeftWronged]+o.Tally.Left[LeftBack]+two != 2 || o.Tally.Looked != o.Tally.Asked+o.Tally.Held+o.Tally.LeftOut() {
			t.Errorf("it came to %+v, %d are in the control group", o.Tally, control)
		}
		for _, n := range w.chosen(r) {
			if n.MemberID == w.members["gone-3"] || n.MemberID == w.members["gone-4"] {
				t.Error("who is wronged, or back, was chosen")
			}
		}
		second := w.starts(w.asks())
		if o := w.carries(second); o.Tally.Left[LeftOther] != int64(len(w.chosen(r))) || o.Tally.Asked+o.Tally.Held == 0 {
			t.Errorf("the second came to %+v", o.Tally)
		}
		w.clock = w.clock.AddDate(0, 0, 61)
		third := w.asks()
		third.Whom, third.Ends = Aims(), w.clock.Format(time.DateOnly)
		w.looks()
		if o := w.carries(w.starts(third)); o.Tally.Left[LeftOther] != 0 {
			t.Errorf("after the window there are %+v", o.Tally)
		}
	})
}

// TestWhatCameOfItIsCompared has most of the asked come back and few of the
// others.
func TestWhatCameOfItIsCompared(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(60)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 200}
		r := w.starts(spec)
		w.carries(r)
		names := map[id.ID]string{}
		for name, m := range w.members {
			names[m] = name
		}
		var asked, held, came, stayed int64
		start := w.clock
		w.clock = w.clock.AddDate(0, 0, 59)
		for i, n := range w.chosen(r) {
			switch {
			case n.Held:
				held++
				if held%8 == 0 {
					stayed++
					w.bought(names[n.MemberID], 20)
				}
			default:
				asked++
				if i%10 != 0 {
					came++
					w.bought(names[n.MemberID], 30, 10)
				}
			}
		}
		w.take()
		if o := w.came(r); o.Shown || o.Waiting != asked+held || o.NextAt.IsZero() {
			t.Errorf("within the window it says %+v", o)
		}
		w.clock = start.AddDate(0, 0, 61)
		w.bought("gone-1", 0) // after the window
		w.take()
		o := w.came(r)
		if o.Asked.Ripe != asked || o.Held.Ripe != held || o.Asked.Back != came || o.Held.Back != stayed || o.Asked.Goods != came*200_00 || o.Held.Goods != stayed*100_00 || o.Waiting != 0 {
			t.Fatalf("it says %+v; asked %d came %d, held %d came %d", o, asked, came, held, stayed)
		}
		each, sure := o.CostEach()
		if !o.Shown || !o.Sure() || !sure || o.Cost != asked*100 || each.Low >= each.Value || each.Value >= each.High || o.Money.Low <= 0 {
			t.Errorf("the effect is %+v, each %+v, money %+v, cost %d", o.Share, each, o.Money, o.Cost)
		}
		if o.State != RecoveryEnded || o.EndedBy != "" {
			t.Errorf("after its day it is %s", o.State)
		}
		if _, err := w.End(t.Context(), boss, w.prog.ID, r.ID); err == nil {
			t.Error("it can be ended again")
		}
	})
}

// TestWithoutAnEffectNoCostIsTold has nobody come back.
func TestWithoutAnEffectNoCostIsTold(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(30)
		r := w.starts(w.asks())
		w.carries(r)
		w.clock = w.clock.AddDate(0, 0, 60)
		o := w.came(r)
		if _, sure := o.CostEach(); !o.Shown || sure || o.Sure() || o.Share.Value != 0 {
			t.Errorf("the effect is %+v", o.Share)
		}
		few := *o
		few.Asked.Ripe, few.Shown = 9, false
		if _, sure := few.CostEach(); sure || !few.Few() {
			t.Error("something is told of nine")
		}
	})
}

// TestTwoProcessesAskOnce start a campaign, and do it, at the same moment.
func TestTwoProcessesAskOnce(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 10}
		r, err := w.Prepare(t.Context(), boss, w.prog.ID, spec)
		w.ok(err)
		other := New(w.Config)
		var work sync.WaitGroup
		var started [3]error
		for i, s := range []*Service{w.Service, other, w.Service} {
			work.Go(func() { _, started[i] = s.Start(t.Context(), boss, w.prog.ID, r.ID, 1) })
		}
		work.Wait()
		if n := len(slices.DeleteFunc(slices.Clone(started[:]), func(err error) bool { return err == nil })); n != 2 {
			t.Errorf("started with %v", started)
		}
		for _, s := range []*Service{w.Service, other, w.Service} {
			work.Go(func() {
				if err := s.Carry(t.Context(), w.prog.ID, r.ID); err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		o := w.came(r)
		wanted := w.wanted()
		if o.Pending != 0 || int64(len(wanted)) != o.Tally.Asked || slices.Max(slices.Collect(maps.Values(wanted))) != 1 {
			t.Errorf("it came to %+v, contacts are %v", o, wanted)
		}
		for _, n := range w.chosen(r) {
			if got := w.told(n.MemberID); !n.Held && len(got) != 2 || n.Held && len(got) != 1 {
				t.Errorf("a timeline has %v", got)
			}
		}
	})
}

// TestWhoBecomesOneWithTheOtherGroupCountsInNeither merges an asked with one held
// back, and erases another.
func TestWhoBecomesOneWithTheOtherGroupCountsInNeither(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		r := w.starts(w.asks())
		for more := true; more; {
			var err error
			_, more, err = w.choose(t.Context(), recovering{w.prog.ID, r.ID})
			w.ok(err)
		}
		list := w.chosen(r)
		asked := slices.IndexFunc(list, func(n *Recovered) bool { return !n.Held })
		held := slices.IndexFunc(list, func(n *Recovered) bool { return n.Held })
		_, err := w.flow.Merge(t.Context(), boss, w.prog.ID, list[held].MemberID, list[asked].MemberID)
		w.ok(err)
		gone := list[len(list)-1]
		w.ok(w.flow.Erase(t.Context(), boss, w.prog.ID, gone.MemberID))
		o := w.carries(r)
		if o.Mixed != 1 || o.Asked.Chosen+o.Held.Chosen != int64(len(list)-2) {
			t.Errorf("it came to %+v of %d", o, len(list))
		}
		wanted := w.wanted()
		if wanted[list[held].MemberID]+wanted[list[asked].MemberID]+wanted[gone.MemberID] != 0 {
			t.Error("who was held back, or erased, is written to")
		}
		w.ok(w.DB.View(t.Context(), func(q db.Queryer) error {
			told, err := Room().Export(t.Context(), q, w.prog.ID, []id.ID{list[held].MemberID, list[asked].MemberID})
			if n, is := told.(Told); !is || len(n.Recoveries) != 2 || n.Recoveries[0].Name != "Come back" {
				t.Errorf("of the two it is told %+v", told)
			}
			return err
		}))
	})
}

// TestAnEndedCampaignAsksNobody ends it before anybody was asked.
func TestAnEndedCampaignAsksNobody(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		r := w.starts(w.asks())
		_, _, err := w.choose(t.Context(), recovering{w.prog.ID, r.ID})
		w.ok(err)
		_, err = w.End(t.Context(), boss, w.prog.ID, r.ID)
		w.ok(err)
		o := w.carries(r)
		if o.State != RecoveryEnded || o.EndedBy == "" || o.Pending == 0 || len(w.wanted()) != 0 {
			t.Errorf("it came to %+v", o)
		}
	})
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

// TestACodeIsGivenOnce gives personal codes, and then from a batch that was
// cancelled.
func TestACodeIsGivenOnce(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		batch := w.batch()
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftCode, BatchID: batch.ID}
		r := w.starts(spec)
		o := w.carries(r)
		codes := 0
		for _, n := range w.chosen(r) {
			list, err := promo.CodesOf(t.Context(), w.DB.Reader(), w.prog.ID, []id.ID{n.MemberID})
			w.ok(err)
			if n.Held && len(list) != 0 || !n.Held && (len(list) != 1 || list[0].ID != n.CodeID) {
				t.Errorf("held back %t has %d codes", n.Held, len(list))
			}
			codes += len(list)
		}
		if int64(codes) != o.Tally.Asked {
			t.Errorf("%d codes for %+v", codes, o.Tally)
		}
		if _, _, err := w.RecoveriesOf(t.Context(), boss, w.prog.ID, []id.ID{w.chosen(r)[0].MemberID}); err != nil {
			t.Error(err)
		}
		w.clock = w.clock.AddDate(0, 0, 90)
		w.looks()
		spec.Ends = w.clock.Format(time.DateOnly)
		again := w.starts(spec)
		err := promo.New(w.DB, w.Now).CancelBatch(t.Context(), boss, w.prog.ID, batch.ID, "dear")
		w.ok(err)
		if o := w.carries(again); o.Unmet["batch_not_open"] != o.Tally.Asked || len(w.wanted()) != codes {
			t.Errorf("without codes it came to %+v", o)
		}
	})
}

func TestCampaignsThatCannotBe(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		for code, change := range map[string]func(*RecoverySpec){
			"recovery_name":     func(n *RecoverySpec) { n.Name = " " },
			"recovery_whom":     func(n *RecoverySpec) { n.Whom = nil },
			"recovery_least":    func(n *RecoverySpec) { n.Least = -1 },
			"recovery_held":     func(n *RecoverySpec) { n.Held = 999 },
			"recovery_window":   func(n *RecoverySpec) { n.Window = 6 },
			"recovery_ends":     func(n *RecoverySpec) { n.Ends = "soon" },
			"recovery_words":    func(n *RecoverySpec) { n.Words = nil },
			"recovery_subject":  func(n *RecoverySpec) { n.Words[i18n.English] = flow.Words{Body: "x"} },
			"recovery_body":     func(n *RecoverySpec) { n.Words[i18n.English] = flow.Words{Subject: "x"} },
			"recovery_language": func(n *RecoverySpec) { n.Words["de"] = flow.Words{Subject: "x", Body: "y"} },
			"recovery_rank":     func(n *RecoverySpec) { n.Ranks = []string{"gold"} },
			"recovery_gift":     func(n *RecoverySpec) { n.Gift.Kind = "cake" },
			"recovery_wallet":   func(n *RecoverySpec) { n.Gift = Gift{Kind: GiftPoints, Points: 5} },
			"recovery_batch":    func(n *RecoverySpec) { n.Gift = Gift{Kind: GiftCode, BatchID: 7} },
		} {
			spec := w.asks()
			change(&spec)
			_, err := w.Prepare(t.Context(), boss, w.prog.ID, spec)
			w.refuses(err, code)
		}
		spec := w.asks()
		spec.Least = 1_000_000_00
		r, err := w.Prepare(t.Context(), boss, w.prog.ID, spec)
		w.ok(err)
		_, err = w.Start(t.Context(), boss, w.prog.ID, r.ID, 1)
		w.refuses(err, "recovery_nobody")
		_, err = w.Rework(t.Context(), boss, w.prog.ID, r.ID, 7, w.asks())
		w.refuses(err, "recovery_changed")
		spec = w.asks()
		spec.Ends = w.clock.AddDate(0, 0, -1).Format(time.DateOnly)
		r, err = w.Rework(t.Context(), boss, w.prog.ID, r.ID, 1, spec)
		w.ok(err)
		_, err = w.Start(t.Context(), boss, w.prog.ID, r.ID, 2)
		w.refuses(err, "recovery_over")
		marketer := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.prog.ID, Role: auth.Marketer}}}
		_, err = w.Start(t.Context(), marketer, w.prog.ID, r.ID, 2)
		w.refuses(err, "not_permitted")
		w.ok(w.Discard(t.Context(), marketer, w.prog.ID, r.ID, 2))
		_, err = w.Recovery(t.Context(), boss, w.prog.ID, r.ID)
		w.refuses(err, "unknown_recovery")
	})
}
