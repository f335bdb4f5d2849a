package gesture

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

func TestTheLibraryRefusesWhatIsNoGesture(t *testing.T) {
	each(t, func(w *town) {
		for code, change := range map[string]func(*Spec){
			"words_needed":         func(s *Spec) { s.Does = Words{"pl": "Połóż."} },
			"words_language":       func(s *Spec) { s.Fits = Words{"de": "Regen"} },
			"words_long":           func(s *Spec) { s.Names = en(strings.Repeat("x", MaxName+1)) },
			"gesture_kind":         func(s *Spec) { s.Kind = "bribe" },
			"gesture_every":        func(s *Spec) { s.EveryDays = 7 },
			"gesture_cost":         func(s *Spec) { s.Cost = -1 },
			"gesture_currency":     func(s *Spec) { s.Currency = "PLN" },
			"gesture_month":        func(s *Spec) { s.MonthMost = -1 },
			"gesture_days":         func(s *Spec) { s.CalmDays = 366 },
			"gesture_withhold":     func(s *Spec) { s.Withhold = 5001 },
			"gesture_role":         func(s *Spec) { s.Roles = []auth.Role{"king"} },
			"gesture_shop":         func(s *Spec) { s.Shops = []id.ID{7} },
			"gesture_tip_cost":     func(s *Spec) { s.Kind = Tip },
			"gesture_tip_withheld": func(s *Spec) { s.Kind, s.Cost, s.Withhold = Tip, 0, 100 },
		} {
			s := biscuit()
			change(&s)
			_, err := w.Add(w.Context(), boss, w.Programme.ID, s)
			w.Refuses(err, code)
		}
		g := w.adds(biscuit())
		if g.Spec.EveryDays != UsualEvery || g.Spec.Currency != "GBP" || g.Version != 1 {
			w.Errorf("it is %+v", g)
		}
		s := g.Spec
		s.Withhold = 1000
		g, err := w.Change(w.Context(), boss, w.Programme.ID, g.ID, 1, s)
		w.OK(err)
		if g.Measured.IsZero() || g.Version != 2 {
			w.Errorf("it is measured since %v", g.Measured)
		}
		_, err = w.Change(w.Context(), boss, w.Programme.ID, g.ID, 1, s)
		w.Refuses(err, "gesture_changed")
		s.Kind, s.Cost, s.Withhold = Tip, 0, 0
		_, err = w.Change(w.Context(), boss, w.Programme.ID, g.ID, 2, s)
		w.Refuses(err, "gesture_kind_fixed")
		_, err = w.Retire(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		_, err = w.Retire(w.Context(), boss, w.Programme.ID, g.ID)
		w.Refuses(err, "gesture_retired")
		_, err = w.Get(w.Context(), boss, w.Programme.ID, 7)
		w.Refuses(err, "unknown_gesture")
		nobody := auth.Actor{}
		_, err = w.Add(w.Context(), nobody, w.Programme.ID, biscuit())
		w.Refuses(err, "not_permitted")
		_, err = w.List(w.Context(), nobody, w.Programme.ID)
		w.Refuses(err, "not_permitted")
		_, err = w.Results(w.Context(), nobody, w.Programme.ID, g.ID)
		w.Refuses(err, "not_permitted")
		_, err = w.Give(w.Context(), nobody, w.Programme.ID, Wish{})
		w.Refuses(err, "not_permitted")
	})
}

func TestAGestureIsGivenOnce(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins(1)[0]
		g := w.adds(biscuit())
		wish := Wish{GestureID: g.ID, MemberID: ann, Shop: w.shops[0], Channel: "till", Note: " soaked\x00 ", Name: "one"}
		n, err := w.Give(w.Context(), boss, w.Programme.ID, wish)
		w.OK(err)
		again, err := w.Give(w.Context(), boss, w.Programme.ID, wish)
		w.OK(err)
		if again.ID != n.ID || n.Note != "soaked" || n.Cost != 20 || n.State != Given {
			w.Errorf("it is %+v, again %+v", n, again)
		}
		wish.GestureID = w.adds(biscuit()).ID
		_, err = w.Give(w.Context(), boss, w.Programme.ID, wish)
		w.Refuses(err, "gesture_name_taken")
		_, err = w.gives(g, ann)
		w.Refuses(err, "gesture_once")
		w.Pass(364 * day)
		_, err = w.gives(g, ann)
		w.Refuses(err, "gesture_once")
		w.Pass(day + time.Microsecond)
		_, err = w.gives(g, ann)
		w.OK(err)
		_, err = w.gives(g, 7)
		w.Refuses(err, "unknown_member")
		_, err = w.TakeBack(w.Context(), boss, w.Programme.ID, n.ID, "mistake")
		w.Refuses(err, "gesture_take_back_late")
		w.Clean(Room())
	})
}

func TestWhatWasNotedByMistakeIsTakenBack(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins(1)[0]
		g := w.adds(biscuit())
		n, err := w.gives(g, ann)
		w.OK(err)
		_, err = w.TakeBack(w.Context(), boss, w.Programme.ID, n.ID, " ")
		w.Refuses(err, "gesture_reason")
		agent := auth.Actor{Kind: auth.KindStaff, ID: 9, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Till}}}
		_, err = w.TakeBack(w.Context(), agent, w.Programme.ID, n.ID, "not mine")
		w.Refuses(err, "not_permitted")
		w.Pass(time.Hour)
		n, err = w.TakeBack(w.Context(), boss, w.Programme.ID, n.ID, "the next customer")
		w.OK(err)
		if n.State != TakenBack || n.Reason != "the next customer" || n.TakenBy != boss.String() {
			w.Errorf("it is %+v", n)
		}
		_, err = w.TakeBack(w.Context(), boss, w.Programme.ID, n.ID, "again")
		w.Refuses(err, "gesture_not_given")
		_, err = w.gives(g, ann) // it does not count
		w.OK(err)
		w.tells()
		w.tells() // once more does nothing
		events, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{ann}, journal.Cursor{}, 10)
		w.OK(err)
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, string(e.Kind))
		}
		if got := strings.Join(kinds, " "); got != "custom.gesture_taken_back custom.gesture_given custom.gesture_given" && got != "custom.gesture_given custom.gesture_taken_back custom.gesture_given" {
			w.Errorf("the timeline has %s", got)
		}
		totals, err := ledger.Wallets(w.Context(), w.DB.Reader(), w.Programme.ID)
		w.OK(err)
		if len(totals) != 0 {
			w.Error("points moved")
		}
	})
}

func TestNotWhileSomethingIsWrong(t *testing.T) {
	each(t, func(w *town) {
		people := w.joins(3)
		s := biscuit()
		s.CalmDays = 14
		g := w.adds(s)
		w.open = 1
		_, err := w.gives(g, people[0])
		w.Refuses(err, "gesture_case_open")
		s.DuringCase, s.CalmDays = true, 0
		_, err = w.gives(w.adds(s), people[0])
		w.OK(err)
		w.open, w.solved = 0, w.Now()
		w.Pass(14*day - time.Hour)
		_, err = w.gives(g, people[0])
		w.Refuses(err, "gesture_calm")
		w.Pass(time.Hour)
		_, err = w.gives(g, people[0])
		w.OK(err)
		w.open = 1
		tip := w.adds(Spec{Kind: Tip, Names: en("The cheaper one"), Does: en("Say so.")})
		for range 2 { // advice is owed to everybody, always
			n, err := w.Give(w.Context(), boss, w.Programme.ID, Wish{GestureID: tip.ID, MemberID: people[0], Asked: "POT-L", Advised: "POT-S", Saved: 500})
			w.OK(err)
			if n.Cost != 0 || n.Saved != 500 {
				w.Errorf("it is %+v", n)
			}
		}
		_, err = w.Give(w.Context(), boss, w.Programme.ID, Wish{GestureID: tip.ID, MemberID: people[0], Advised: "CUP"})
		w.Refuses(err, "gesture_product")
		_, err = w.Give(w.Context(), boss, w.Programme.ID, Wish{GestureID: g.ID, MemberID: people[1], Saved: 1})
		w.Refuses(err, "gesture_no_tip")
		r, err := w.Results(w.Context(), boss, w.Programme.ID, tip.ID)
		w.OK(err)
		if r.Given != 2 || r.People != 1 || r.Saved != 1000 || r.Month != 2 || r.Effect != nil {
			w.Errorf("it is %+v", r.Tally)
		}
	})
}

func TestWhoAndWhere(t *testing.T) {
	each(t, func(w *town) {
		ann := w.joins(1)[0]
		s := biscuit()
		s.Roles, s.Shops = []auth.Role{auth.Agent}, []id.ID{w.shops[1]}
		g := w.adds(s)
		till := auth.Actor{Kind: auth.KindStaff, ID: 9, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Till}}}
		agent := auth.Actor{Kind: auth.KindStaff, ID: 8, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Agent}}}
		offers := func(a auth.Actor, shop id.ID) int {
			list, err := w.Offers(w.Context(), a, w.Programme.ID, ann, shop)
			w.OK(err)
			return len(list)
		}
		if offers(till, w.shops[1]) != 0 || offers(agent, w.shops[0]) != 0 || offers(agent, w.shops[1]) != 1 {
			w.Error("it is offered to the wrong ones")
		}
		wish := Wish{GestureID: g.ID, MemberID: ann, Shop: w.shops[1]}
		_, err := w.Offers(w.Context(), agent, w.Programme.ID, 7, w.shops[1])
		w.Refuses(err, "unknown_member")
		_, err = w.Give(w.Context(), till, w.Programme.ID, wish)
		w.Refuses(err, "gesture_not_yours")
		wish.Shop = w.shops[0]
		_, err = w.Give(w.Context(), agent, w.Programme.ID, wish)
		w.Refuses(err, "gesture_elsewhere")
		wish.Shop = w.shops[1]
		_, err = w.Give(w.Context(), agent, w.Programme.ID, wish)
		w.OK(err)
		list, err := w.Offers(w.Context(), agent, w.Programme.ID, ann, w.shops[1])
		w.OK(err)
		if len(list) != 1 || list[0].Refused == nil || list[0].Refused.Code != "gesture_once" {
			w.Errorf("offered is %+v", list)
		}
	})
}

// TestLimitsHoldHoweverManyGiveAtOnce: of many at once one gives to a member, and
// a shop gives no more than its month allows.
func TestLimitsHoldHoweverManyGiveAtOnce(t *testing.T) {
	each(t, func(w *town) {
		people := w.joins(12)
		once := w.adds(biscuit())
		s := biscuit()
		s.MonthMost = 5
		budget := w.adds(s)
		var wait sync.WaitGroup
		var mu sync.Mutex
		given, odd := map[id.ID]int{}, []error{}
		for i := range 12 {
			for _, wish := range []Wish{{GestureID: once.ID, MemberID: people[0]}, {GestureID: budget.ID, MemberID: people[i]}} {
				wait.Go(func() {
					wish.Shop = w.shops[0]
					_, err := w.Give(w.Context(), boss, w.Programme.ID, wish)
					mu.Lock()
					defer mu.Unlock()
					f := fault.As(err)
					switch {
					case err == nil:
						given[wish.GestureID]++
					case f == nil || f.Code != "gesture_once" && f.Code != "gesture_budget":
						odd = append(odd, err)
					}
				})
			}
		}
		wait.Wait()
		if given[once.ID] != 1 || given[budget.ID] != 5 || len(odd) > 0 {
			w.Errorf("given %v, %v", given, odd)
		}
		w.Set(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)) // another month
		_, err := w.gives(budget, w.joins(1)[0])
		w.OK(err)
	})
}

// TestHistoriesOfGiving holds what was given against a plain model: nobody twice
// within the days, no shop above its month, whom the draw holds out never.
func TestHistoriesOfGiving(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	rapid.Check(t, func(t *rapid.T) {
		people := w.joins(3)
		s := biscuit()
		s.EveryDays, s.MonthMost, s.Withhold = rapid.IntRange(30, 60).Draw(t, "every"), rapid.Int64Range(1, 3).Draw(t, "month"), rapid.SampledFrom([]int{0, 5000}).Draw(t, "withhold")
		g := w.adds(s)
		type had struct {
			at   time.Time
			shop int
			n    *Giving
		}
		var all [3][]had
		for range rapid.IntRange(1, 10).Draw(t, "steps") {
			w.Pass(time.Duration(rapid.IntRange(1, 20*24).Draw(t, "hours")) * time.Hour)
			i, shop, now := rapid.IntRange(0, 2).Draw(t, "who"), rapid.IntRange(0, 1).Draw(t, "shop"), w.Now()
			if list := all[i]; len(list) > 0 && rapid.IntRange(0, 3).Draw(t, "back") == 0 {
				last := list[len(list)-1]
				_, err := w.TakeBack(w.Context(), boss, w.Programme.ID, last.n.ID, "mistake")
				if (err == nil) != !now.After(last.at.AddDate(0, 0, TakeBackDays)) {
					t.Fatalf("taking back what was given on %s at %s: %v", last.at, now, err)
				}
				if err == nil {
					all[i] = list[:len(list)-1]
				}
				continue
			}
			want, month := "", int64(0)
			for _, list := range all {
				for _, h := range list {
					if h.shop == shop && h.at.Year() == now.Year() && h.at.Month() == now.Month() {
						month++
					}
				}
			}
			switch list := all[i]; {
			case len(list) > 0 && list[len(list)-1].at.AddDate(0, 0, s.EveryDays).After(now):
				want = "gesture_once"
			case month >= s.MonthMost:
				want = "gesture_budget"
			case g.heldOut(w.Programme.Salt, people[i]):
				want = "gesture_withheld"
			}
			n, err := w.Give(w.Context(), boss, w.Programme.ID, Wish{GestureID: g.ID, MemberID: people[i], Shop: w.shops[shop]})
			if got := fault.As(err); (want == "") != (err == nil) || got != nil && got.Code != want {
				t.Fatalf("giving to %d is %v, want %q", i, err, want)
			}
			if err == nil {
				all[i] = append(all[i], had{now, shop, n})
			}
		}
	})
	if found := w.Faults(Room()); len(found) > 0 {
		t.Error(found)
	}
}

func TestWhatIsKeptOfAPerson(t *testing.T) {
	each(t, func(w *town) {
		people := w.joins(2)
		g := w.adds(biscuit())
		_, err := w.Give(w.Context(), boss, w.Programme.ID, Wish{GestureID: g.ID, MemberID: people[0], Note: "she was soaked", Name: "till-7"})
		w.OK(err)
		_, err = w.gives(g, people[1])
		w.OK(err)
		kept, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, people[:1])
		w.OK(err)
		text, err := json.Marshal(kept)
		w.OK(err)
		if !strings.Contains(string(text), "she was soaked") || !strings.Contains(string(text), "A biscuit") || strings.Count(string(text), "gvn_") != 1 {
			w.Errorf("kept is %s", text)
		}
		count := map[string]int{}
		w.OK(Room().Dump(w.Context(), w.DB.Reader(), w.Programme.ID, func(table string, _ any) error {
			count[table]++
			return nil
		}))
		if count["gestures"] != 1 || count["gesture_givings"] != 2 {
			w.Errorf("the programme's export has %v", count)
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return Room().Erase(w.Context(), tx, w.Programme.ID, people[:1]) }))
		list, err := w.Givings(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, MemberID: people[0]})
		w.OK(err)
		if len(list) != 1 || list[0].Note != "" || list[0].Name != "" {
			w.Errorf("left is %+v", list[0])
		}
		for _, bad := range []string{`UPDATE gesture_giving SET state = 'withheld'`, `UPDATE gesture_giving SET gesture_id = 7`} {
			w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(w.Context(), bad)
				return err
			}))
			if found := w.Faults(Room()); len(found) != 2 {
				w.Errorf("after %s it finds %v", bad, found)
			}
		}
	})
}

// TestAMergedProfileIsOnePerson: what either profile had counts for both.
func TestAMergedProfileIsOnePerson(t *testing.T) {
	each(t, func(w *town) {
		people := w.joins(2)
		g := w.adds(biscuit())
		_, err := w.gives(g, people[1])
		w.OK(err)
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `UPDATE member SET merged_into = $1 WHERE id = $2`, people[0], people[1])
			return err
		}))
		_, err = w.gives(g, people[0])
		w.Refuses(err, "gesture_once")
		list, err := w.Givings(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, MemberID: people[0]})
		w.OK(err)
		if len(list) != 1 {
			w.Errorf("the person has %d", len(list))
		}
	})
}
