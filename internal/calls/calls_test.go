package calls

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"regulars/internal/earn"
	"regulars/internal/experiment"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/reward"
)

// TestWhomAListIsFor: everybody with points that lie idle who may be phoned, but
// those whom a reason leaves off, each by its own.
func TestWhomAListIsFor(t *testing.T) {
	each(t, func(w *town) {
		tea := w.tea(400, func(s *reward.Spec) { s.Limit = reward.Limit{Times: 1, Period: earn.Ever} })
		right := w.lives("right", 900)
		poor := w.lives("poor", 499)
		mute := w.Joins(member.Identity{Kind: member.External, Value: "mute"})
		w.gets(mute, 900)
		shy := w.lives("shy", 900)
		w.allows(shy, false)
		had := w.lives("had", 1500)
		w.takes(had, journal.Redemption, flow.Payload{Redemption: &flow.Redemption{RewardID: tea.ID}})
		for _, m := range []id.ID{right, mute, shy, had} {
			w.buys(m, "POT", "tea", 10_00)
		}
		other := w.lives("other taste", 900)
		w.buys(other, "CUP", "coffee", 10_00)
		w.Set(noon.Add(-30 * day))
		spender := w.lives("spender", 1500)
		w.takes(spender, journal.Redemption, flow.Payload{Redemption: &flow.Redemption{RewardID: tea.ID}})
		w.Set(noon)
		spec := w.spec()
		spec.RewardID, spec.Categories = tea.ID, []string{" tea ", "tea"}
		l, err := w.Prepare(w.Context(), boss, w.Programme.ID, spec)
		w.OK(err)
		before, err := w.Preview(w.Context(), boss, w.Programme.ID, l.ID)
		w.OK(err)
		want := map[Left]int64{LeftPhone: 1, LeftConsent: 1, LeftSpent: 1, LeftReward: 1, LeftTaste: 1}
		if before.Looked != 6 || !maps.Equal(before.Left, want) || before.Asked+before.Held != 1 {
			t.Errorf("it would be for %+v", before)
		}
		l = w.starts(l.Spec)
		if list := w.chosen(l); len(list) != 1 || list[0].MemberID != right || list[0].Points != 900 || l.Tally.Looked != before.Looked || l.Spec.Name != "Idle points" || len(l.Spec.Script) != 1 {
			t.Errorf("chosen are %+v by %+v; %d has too few", list, l, poor)
		}
		// Whoever is on a list is on no second one before the window is over.
		if second := w.starts(l.Spec); second.Tally.Left[LeftOther] != 1 || len(w.chosen(second)) != 0 {
			t.Errorf("the second list is for %+v", second.Tally)
		}
	})
}

// TestACallToItsEnd: an agent takes whoever has most points, and notes what came
// of it once; it is on the timeline, counts for the caps and can be told by the
// person's export.
func TestACallToItsEnd(t *testing.T) {
	each(t, func(w *town) {
		tea := w.tea(300, nil)
		w.crowd(12)
		spec := w.spec()
		spec.RewardID = tea.ID
		l := w.starts(spec)
		n := w.next(eva, l)
		most := slices.MaxFunc(slices.DeleteFunc(w.chosen(l), func(n *Chosen) bool { return n.Held }), func(a, b *Chosen) int { return int(a.Points - b.Points) })
		if n == nil || n.MemberID != most.MemberID || n.Held {
			t.Fatalf("next is %+v, most has %+v", n, most)
		}
		if same, other := w.next(eva, l), w.next(jan, l); same.MemberID != n.MemberID || other == nil || other.MemberID == n.MemberID {
			t.Errorf("then next are %+v and %+v", same, other)
		}
		line, err := w.Line(w.Context(), eva, n)
		w.OK(err)
		texts, err := i18n.New()
		w.OK(err)
		said := line.Say(texts.Printer(line.Script.Lang, time.UTC, "GBP"))
		if want := fmt.Sprintf("Hello %s, you have %d points, worth £%d.%02d: Afternoon tea of bean is yours.", line.Member.Name(), n.Points, n.Points/100, n.Points%100); said != want || len(line.Phones) != 1 {
			t.Errorf("the script says %q, want %q", said, want)
		}
		w.Refuses(w.notes(jan, l, n, Agreed), "call_not_yours")
		w.Refuses(w.notes(eva, l, n, "maybe"), "call_outcome")
		for range 2 { // a word that is said twice counts once
			w.OK(w.notes(eva, l, n, Agreed))
		}
		w.Refuses(w.notes(eva, l, n, Declined), "call_noted")
		w.Works(map[string]jobs.Handler{TellJob: w.Tell})
		events, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{n.MemberID}, journal.Cursor{Occurred: w.Now().Add(day)}, 10, EventMade)
		w.OK(err)
		contacts, err := w.policy.Of(w.Context(), boss, n.MemberID, outreach.Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if len(events) != 1 || len(contacts) != 1 || contacts[0].State != outreach.Sent || contacts[0].Channel != member.ByCall || contacts[0].Title("", i18n.English).Args["words"] != "Idle points" {
			t.Errorf("events %+v, contacts %+v", events, contacts)
		}
		told, err := room{}.Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{n.MemberID})
		w.OK(err)
		if list := told.([]ChosenRecord); len(list) != 1 || len(list[0].Calls) != 1 || list[0].Calls[0].Note != "said so" || list[0].Calls[0].By != "" {
			t.Errorf("the export tells %+v", told)
		}
		if r := w.results(l); r.Lots[LotTalked] != 1 || r.Outcomes[Agreed] != 1 || r.Calls() != 1 {
			t.Errorf("results are %+v", r)
		}
		if v, err := w.policy.WouldDecide(w.Context(), boss, w.Programme.ID, n.MemberID, flow.StimulusContact); err != nil || v.Outcome == outreach.Allow {
			t.Errorf("the same day they may be written to: %+v, %v", v, err)
		}
	})
}

// TestWhatComesOfACall: another time, no answer until it is enough, a wrong number,
// and who wants no calls any more is not phoned again by anybody.
func TestWhatComesOfACall(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(20)
		spec := w.spec()
		spec.Tries, spec.Cost = 2, 50
		l := w.starts(spec)
		later := w.next(eva, l)
		w.Refuses(w.Note(w.Context(), eva, w.Programme.ID, l.ID, Word{MemberID: later.MemberID, No: 1, Outcome: Later}), "call_again")
		w.OK(w.Note(w.Context(), eva, w.Programme.ID, l.ID, Word{MemberID: later.MemberID, No: 1, Outcome: Later, Again: w.Now().Add(3 * day)}))
		missed := w.next(eva, l)
		w.OK(w.notes(eva, l, missed, NoAnswer))
		wrong := w.next(eva, l)
		w.OK(w.notes(eva, l, wrong, Wrong))
		stop := w.next(eva, l)
		w.OK(w.notes(eva, l, stop, Stop))
		back := w.next(eva, l)
		w.OK(w.GiveBack(w.Context(), eva, w.Programme.ID, l.ID, back.MemberID))
		consents, err := member.Consents(w.Context(), w.DB.Reader(), []id.ID{stop.MemberID})
		w.OK(err)
		if member.Allowed(consents, member.Marketing, member.ByCall) {
			t.Error("who wants no calls may be phoned")
		}
		met := map[id.ID]bool{}
		for n := w.next(eva, l); n != nil; n = w.next(eva, l) {
			met[n.MemberID] = true
			w.OK(w.notes(eva, l, n, Declined))
		}
		for name, n := range map[string]*Chosen{"later": later, "missed": missed, "wrong": wrong, "stop": stop, "back": back} {
			if met[n.MemberID] {
				t.Errorf("%s was phoned too early", name)
			}
		}
		w.Pass(5 * time.Hour)
		if one, two := w.next(eva, l), w.next(jan, l); one == nil || two == nil || one.MemberID+two.MemberID != missed.MemberID+back.MemberID {
			t.Errorf("five hours later next are %+v and %+v", one, two)
		}
		taken, by := w.next(eva, l), eva
		if taken.MemberID != missed.MemberID {
			taken, by = w.next(jan, l), jan
		}
		w.OK(w.notes(by, l, taken, NoAnswer))
		w.Set(noon.Add(3*day + time.Hour))
		left := map[id.ID]bool{}
		for n := w.next(eva, l); n != nil; n = w.next(eva, l) {
			left[n.MemberID] = true
			w.OK(w.notes(eva, l, n, Agreed))
		}
		if !left[later.MemberID] || left[missed.MemberID] || left[wrong.MemberID] || left[stop.MemberID] {
			t.Errorf("three days later %v are phoned", left)
		}
		r := w.results(l)
		if r.Lots[LotUnreached] != 2 || r.Lots[LotWaiting] != 0 || r.Outcomes[NoAnswer] != 2 || r.Given != 50*r.Calls() {
			t.Errorf("results are %+v", r)
		}
		if _, err := w.End(w.Context(), boss, w.Programme.ID, l.ID); err != nil {
			t.Error(err)
		}
		_, err = w.Next(w.Context(), eva, w.Programme.ID, l.ID)
		w.Refuses(err, "call_list_not_running")
	})
}

// TestThePolicyDecidesWhoIsPhoned: at night nobody is, a consent that was taken
// back bars for good, a cap until tomorrow, and a person who was erased never.
func TestThePolicyDecidesWhoIsPhoned(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(9)
		l := w.starts(w.spec())
		w.Set(noon.Add(10 * time.Hour))
		if n := w.next(eva, l); n != nil {
			t.Errorf("at night %+v is phoned", n)
		}
		w.Set(noon.Add(22 * time.Hour))
		first := w.next(eva, l)
		if first == nil {
			t.Fatal("in the morning nobody is phoned")
		}
		w.OK(w.GiveBack(w.Context(), eva, w.Programme.ID, l.ID, first.MemberID))
		w.allows(first.MemberID, false)
		second := w.next(eva, l)
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, second.MemberID))
		w.Pass(5 * time.Hour)
		for n := w.next(eva, l); n != nil; n = w.next(eva, l) {
			if n.MemberID == first.MemberID || n.MemberID == second.MemberID {
				t.Errorf("%+v is phoned", n)
			}
			w.OK(w.notes(eva, l, n, Agreed))
		}
		whys := map[string]int{}
		for _, n := range w.chosen(l) {
			whys[n.Why]++
		}
		if whys["outreach.verdict.no_marketing_consent"] != 1 || whys["calls.barred.erased"] != 1 {
			t.Errorf("barred are %v", whys)
		}
		w.results(l)
	})
}

// TestAgentsWhoHurry: many at once get each somebody else, and somebody whom
// nobody phoned is another's after half an hour, by the same call.
func TestAgentsWhoHurry(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(24)
		l := w.starts(w.spec())
		var mu sync.Mutex
		var wg sync.WaitGroup
		took := map[id.ID]int{}
		for i := range 8 {
			wg.Go(func() {
				n, err := w.Next(w.Context(), agent(id.ID(100+i)), w.Programme.ID, l.ID)
				mu.Lock()
				defer mu.Unlock()
				if err != nil || n == nil {
					t.Errorf("got %v, %v", n, err)
					return
				}
				took[n.MemberID]++
			})
		}
		wg.Wait()
		if len(took) != 8 {
			t.Errorf("taken were %v", took)
		}
		w.Pass(line + time.Minute)
		n := w.next(jan, l)
		if took[n.MemberID] != 1 {
			t.Errorf("half an hour later %+v is next", n)
		}
		w.OK(w.notes(jan, l, n, Agreed))
		w.results(l)
	})
}

// TestWhatCallsBring: who was to be phoned is compared with those held back, by
// what they bought within the window.
func TestWhatCallsBring(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(80)
		spec := w.spec()
		spec.Held, spec.Cost, spec.Window = 5_000, 100, 30
		l := w.starts(spec)
		asked, held := int64(0), int64(0)
		w.Pass(time.Hour)
		for i, n := range w.chosen(l) {
			switch {
			case n.Held:
				if held++; i%8 == 0 {
					w.buys(n.MemberID, "POT", "tea", 10_00)
				}
			default:
				asked++
				w.buys(n.MemberID, "POT", "tea", 20_00)
			}
			if n.Held != experiment.Held(experiment.Bucket(l.Seed, "calls", n.MemberID.In(id.Member)), 5_000) {
				t.Errorf("held back %t, and the draw says another", n.Held)
			}
		}
		n := w.next(eva, l)
		w.OK(w.notes(eva, l, n, Agreed))
		if r := w.results(l); r.Shown || r.Waiting != asked+held {
			t.Errorf("before the window is over %+v is shown", r.Comparison)
		}
		w.Pass(31 * day)
		r := w.results(l)
		if r.Asked.Ripe != asked || r.Held.Ripe != held || r.Asked.Back != asked || !r.Sure() || r.Cost != 100 || r.State != Ended {
			t.Errorf("it brought %+v", r.Comparison)
		}
	})
}

// TestMergedPersonsAreNotPhonedTwice: who became one with somebody held back is
// left alone, and counts in neither group.
func TestMergedPersonsAreNotPhonedTwice(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(30)
		l := w.starts(w.spec())
		list := w.chosen(l)
		held := list[slices.IndexFunc(list, func(n *Chosen) bool { return n.Held })]
		next := w.next(eva, l)
		w.OK(w.GiveBack(w.Context(), eva, w.Programme.ID, l.ID, next.MemberID))
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, held.MemberID, next.MemberID)
		w.OK(err)
		w.Pass(5 * time.Hour)
		for n := w.next(eva, l); n != nil; n = w.next(eva, l) {
			if n.MemberID == next.MemberID {
				t.Error("somebody is phoned who is held back too")
			}
			w.OK(w.notes(eva, l, n, Declined))
		}
		if r := w.results(l); r.Mixed != 1 || r.Lots[LotBarred] != 1 {
			t.Errorf("results are %+v, %v", r.Comparison, r.Lots)
		}
	})
}

// TestListsThatCannotBe refuses what a list cannot say, each at its place.
func TestListsThatCannotBe(t *testing.T) {
	each(t, func(w *town) {
		w.Set(noon)
		for code, change := range map[string]func(*Spec){
			"call_name":     func(n *Spec) { n.Name = " " },
			"call_least":    func(n *Spec) { n.Least = 0 },
			"call_idle":     func(n *Spec) { n.Idle = mostIdle + 1 },
			"call_held":     func(n *Spec) { n.Held = 999 },
			"call_window":   func(n *Spec) { n.Window = 6 },
			"call_tries":    func(n *Spec) { n.Tries = 0 },
			"call_cost":     func(n *Spec) { n.Cost = -1 },
			"call_taste":    func(n *Spec) { n.SKUs = []string{"a\x00b"} },
			"call_language": func(n *Spec) { n.Script["de"] = "Guten Tag" },
			"call_words":    func(n *Spec) { n.Script = nil },
			"call_wallet":   func(n *Spec) { n.WalletID = 1 },
			"call_reward":   func(n *Spec) { n.RewardID = 1 },
			"call_ends":     func(n *Spec) { n.Ends = "soon" },
		} {
			spec := w.spec()
			change(&spec)
			_, err := w.Prepare(w.Context(), boss, w.Programme.ID, spec)
			w.Refuses(err, code)
		}
		l, err := w.Prepare(w.Context(), boss, w.Programme.ID, w.spec())
		w.OK(err)
		_, err = w.Rework(w.Context(), boss, w.Programme.ID, l.ID, 2, w.spec())
		w.Refuses(err, "call_list_changed")
		l, err = w.Rework(w.Context(), boss, w.Programme.ID, l.ID, 1, w.spec())
		w.OK(err)
		_, err = w.Prepare(w.Context(), eva, w.Programme.ID, w.spec())
		w.Refuses(err, "not_permitted")
		w.OK(w.Discard(w.Context(), boss, w.Programme.ID, l.ID, 2))
		_, err = w.Get(w.Context(), boss, w.Programme.ID, l.ID)
		w.Refuses(err, "unknown_call_list")
	})
}

// TestCallsThatNobodyNoted are ended half a day later, also after the list: a word
// that comes before counts still.
func TestCallsThatNobodyNoted(t *testing.T) {
	each(t, func(w *town) {
		w.crowd(12)
		l := w.starts(w.spec())
		late, never := w.next(eva, l), w.next(jan, l)
		contact := func(n *Chosen) *outreach.Contact {
			t.Helper()
			list, err := w.policy.Of(w.Context(), boss, n.MemberID, outreach.Query{ProgrammeID: w.Programme.ID, Limit: 10})
			w.OK(err)
			if len(list) != 1 {
				t.Fatalf("there are %d contacts", len(list))
			}
			return list[0]
		}
		w.Pass(2 * time.Hour)
		w.OK(w.Sweep(w.Context()))
		w.OK(w.notes(eva, l, late, Agreed)) // a long talk
		_, err := w.End(w.Context(), boss, w.Programme.ID, l.ID)
		w.OK(err)
		if contact(never).State != outreach.Queued {
			t.Errorf("too early it is %+v", contact(never))
		}
		w.Pass(12 * time.Hour)
		w.OK(w.Sweep(w.Context()))
		if c := contact(never); c.State != outreach.Failed || c.Failure != "not_noted" || contact(late).State != outreach.Sent {
			t.Errorf("the call is %+v, the other %s", c, contact(late).State)
		}
		w.Refuses(w.notes(jan, l, never, Agreed), "call_not_yours")
		w.results(l)
	})
}
