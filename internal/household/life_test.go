package household

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

// TestALife makes a household, fills it, and takes it apart.
func TestALife(t *testing.T) {
	each(t, func(w *town) {
		ann := w.buys("ann", 1).MemberID
		_, err := w.Make(w.Context(), boss, w.Programme.ID, ann)
		w.Refuses(err, "household_off")
		w.turnOn(func(s *Spec) { s.Members = 2 })
		h, _, bob := w.family()
		if len(h.Members) != 2 || h.Members[0].MemberID != ann {
			t := h.Members
			w.Errorf("the members are %+v", t)
		}
		cay := w.buys("cay", 1).MemberID
		_, err = w.Join(w.Context(), boss, w.Programme.ID, cay, strings.ToLower(h.Code))
		w.Refuses(err, "household_full")
		_, err = w.Join(w.Context(), boss, w.Programme.ID, bob, h.Code)
		w.Refuses(err, "household_taken")
		_, err = w.Make(w.Context(), boss, w.Programme.ID, bob)
		w.Refuses(err, "household_taken")
		_, err = w.Join(w.Context(), boss, w.Programme.ID, cay, "00000-00000")
		w.Refuses(err, "household_unknown_code")
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, cay)
		w.Refuses(err, "household_stranger")
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, bob)
		w.OK(err)
		_, err = w.Add(w.Context(), boss, w.Programme.ID, h.ID, cay)
		w.OK(err)
		found, err := w.Of(w.Context(), boss, w.Programme.ID, cay)
		w.OK(err)
		if found.ID != h.ID {
			w.Errorf("cay belongs to %v", found)
		}
		w.Clean()
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, ann) // the owner
		w.OK(err)
		_, err = w.Of(w.Context(), boss, w.Programme.ID, cay)
		w.Refuses(err, "unknown_household")
		_, err = w.Dissolve(w.Context(), boss, w.Programme.ID, h.ID)
		w.Refuses(err, "household_dissolved")
		_, err = w.Add(w.Context(), boss, w.Programme.ID, h.ID, bob)
		w.Refuses(err, "household_dissolved")
		list, err := w.List(w.Context(), boss, w.Programme.ID, 0, 9)
		w.OK(err)
		if len(list) != 0 {
			w.Errorf("%d households stand", len(list))
		}
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Till}}}
		_, err = w.Make(w.Context(), till, w.Programme.ID, bob)
		w.Refuses(err, "not_permitted")
		w.Clean()
	})
}

// TestSettingsRefused names what cannot be kept.
func TestSettingsRefused(t *testing.T) {
	for pointer, change := range map[string]func(*Spec){
		"/members": func(s *Spec) { s.Members = 1 }, "/per_transfer": func(s *Spec) { s.PerTransfer = -1 }, "/per_month": func(s *Spec) { s.PerMonth = -1 },
		"/min_days": func(s *Spec) { s.MinDays = 9999 }, "/undo_days": func(s *Spec) { s.UndoDays = -1 },
		"/transfers": func(s *Spec) { s.Transfers = "all" }, "/pooling": func(s *Spec) { s.Pooling = true },
	} {
		s := DefaultSpec()
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		change(&s)
		if f := fault.As(s.Check()); f == nil || f.Field != pointer {
			t.Errorf("%s: %v", pointer, f)
		}
	}
}

// TestLimits holds what may be passed on, by whom and to whom.
func TestLimits(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(func(s *Spec) { s.Pooling, s.PerTransfer, s.PerMonth, s.MinDays = false, 40, 60, 3 })
		_, ann, bob := w.family()
		cay := w.buys("cay", 1).MemberID
		_, err := w.gives(ann, bob, 10)
		w.Refuses(err, "transfer_too_new")
		w.later(4)
		_, err = w.gives(ann, cay, 10)
		w.Refuses(err, "transfer_outside")
		_, err = w.gives(ann, bob, 41)
		w.Refuses(err, "transfer_too_much")
		one, err := w.gives(ann, bob, 40)
		w.OK(err)
		_, err = w.gives(ann, bob, 21)
		w.Refuses(err, "transfer_month_over")
		back, err := w.Undo(w.Context(), boss, w.Programme.ID, one.ID, "by mistake")
		w.OK(err)
		if back.Returned != 40 || back.Undone.IsZero() {
			w.Errorf("taken back: %+v", back)
		}
		two, err := w.gives(ann, bob, 40)
		w.OK(err)
		_, err = w.gives(ann, bob, 20)
		w.OK(err)
		w.has(ann, 40)
		w.has(bob, 160)
		w.later(31)
		_, err = w.gives(ann, bob, 40)
		w.OK(err)
		_, err = w.Undo(w.Context(), boss, w.Programme.ID, two.ID, "")
		w.Refuses(err, "transfer_undo_late")
		w.turnOn(func(s *Spec) { s.Transfers = Anyone })
		_, err = w.gives(bob, cay, 1)
		w.OK(err)
		w.turnOn(func(s *Spec) { s.Transfers = Nobody })
		_, err = w.gives(bob, cay, 1)
		w.Refuses(err, "transfer_off")
		_, err = w.Undo(w.Context(), boss, w.Programme.ID, 77, "")
		w.Refuses(err, "unknown_transfer")
		w.Clean()
	})
}

// TestRepeatedTransfer is answered alike.
func TestRepeatedTransfer(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		_, ann, bob := w.family()
		one, err := w.gives(bob, ann, 5)
		w.OK(err)
		w.events--
		two, err := w.gives(bob, ann, 5)
		w.OK(err)
		if one.ID != two.ID || two.Points != 5 {
			w.Errorf("told again: %+v", two)
		}
		w.has(ann, 105)
	})
}

// TestMonthlyLimitRaces sends what the limit lets three times 64 times at once.
func TestMonthlyLimitRaces(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(func(s *Spec) { s.PerMonth = 30 })
		_, ann, bob := w.family()
		var wait sync.WaitGroup
		for i := range 64 {
			wait.Go(func() {
				_, err := w.Transfer(w.Context(), boss, Ask{
					ProgrammeID: w.Programme.ID, From: ann, To: bob, WalletID: w.wallet.ID, Points: 10, Source: "race", ExternalID: fmt.Sprint(i),
				})
				if err != nil && fault.As(err) == nil {
					w.Error(err)
				}
			})
		}
		wait.Wait()
		w.has(ann, 70)
		w.Clean()
	})
}

// TestJoiningRaces lets 64 in where three may come.
func TestJoiningRaces(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		h, err := w.Make(w.Context(), boss, w.Programme.ID, w.buys("ann", 1).MemberID)
		w.OK(err)
		var wait sync.WaitGroup
		for i := range 64 {
			m := w.buys(fmt.Sprint("m", i), 1).MemberID
			wait.Go(func() {
				if _, err := w.Join(w.Context(), boss, w.Programme.ID, m, h.Code); err != nil && fault.As(err) == nil {
					w.Error(err)
				}
			})
		}
		wait.Wait()
		h, _, err = w.Get(w.Context(), boss, w.Programme.ID, h.ID)
		w.OK(err)
		if len(h.Members) != 4 {
			w.Errorf("%d members came in", len(h.Members))
		}
		w.Clean()
	})
}

// TestPool lets new points flow to the owner, once, and nothing else.
func TestPool(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		h, ann, bob := w.family()
		w.buys("bob", 30)
		w.buys("ann", 5)
		w.has(ann, 135)
		w.has(bob, 100) // those from before stay
		_, err := w.gives(ann, bob, 20)
		w.OK(err)
		w.OK(w.Sweep(w.Context()))
		w.has(bob, 120) // a gift does not flow back
		_, parts, err := w.Get(w.Context(), boss, w.Programme.ID, h.ID)
		w.OK(err)
		if len(parts) != 1 || parts[0].MemberID != bob || parts[0].In != 30 || parts[0].Out != 0 {
			w.Errorf("put in and taken out: %+v", parts)
		}
		w.turnOn(func(s *Spec) { s.Pooling = false })
		w.buys("bob", 7)
		w.OK(w.Sweep(w.Context()))
		w.has(bob, 127)
		_, err = w.Leave(w.Context(), boss, w.Programme.ID, h.ID, bob)
		w.OK(err)
		w.turnOn(nil)
		w.buys("bob", 3)
		w.has(bob, 130)
		w.has(ann, 115)
		w.Clean()
	})
}

func (w *town) paying(who id.ID, pounds, points int64) *flow.Event {
	e := w.event(journal.Purchase, "")
	e.Who = flow.Who{MemberID: who}
	e.Payload.Lines = []sale.Line{{SKU: "tea", Quantity: 1000, Amount: pounds * 1_00}}
	e.Payload.Checkout = &flow.Checkout{Points: []flow.PointsPayment{{WalletID: w.wallet.ID, Points: points}}}
	return e
}

// TestPay quotes and fetches what is missing from the pool, gives it back when the
// purchase is refused or never came, and leaves a refund with who paid.
func TestPay(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		_, ann, bob := w.family()
		e := w.paying(bob, 10, 150)
		full := w.available(ann)
		quoted, err := w.Quote(w.Context(), boss, e)
		w.OK(err)
		w.has(ann, full)
		_, err = w.Quote(w.Context(), boss, w.paying(bob, 10, 5000))
		w.Refuses(err, "not_enough_points")
		a, err := w.Pay(w.Context(), boss, e)
		w.OK(err)
		if quoted.Sale == nil || quoted.Sale.Due != 8_50 {
			w.Errorf("quoted: %+v", quoted.Sale)
		}
		if a.Sale == nil || a.Sale.Due != 8_50 {
			w.Errorf("due: %+v", a.Sale)
		}
		w.reads(a)
		spent := w.available(ann)
		again, err := w.Pay(w.Context(), boss, e)
		w.OK(err)
		if !again.Repeated || w.available(ann) != spent {
			w.Errorf("told again it fetched once more: %+v", again)
		}
		_, err = w.Pay(w.Context(), boss, w.paying(bob, 10, 5000))
		w.Refuses(err, "not_enough_points")
		refused := w.paying(bob, 1, 150) // worth £1.50, more than is due
		before := w.available(ann)
		_, err = w.Pay(w.Context(), boss, refused)
		if fault.As(err) == nil {
			w.Errorf("it was taken: %v", err)
		}
		w.has(ann, before)
		back := w.event(journal.Return, "bob")
		back.Payload.Return = &flow.Return{SaleReference: e.ExternalID, Whole: true}
		answer, err := w.Flow.TakeOne(w.Context(), back)
		w.OK(err)
		w.reads(answer)
		w.OK(w.Sweep(w.Context()))
		w.has(bob, 140) // the purchase had earned 10, which went to the pool and are taken back
		w.Clean()
	})
}

// TestStrandedPointsGoBack fetches points for a purchase that never comes.
func TestStrandedPointsGoBack(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		_, ann, bob := w.family()
		if _, err := w.fetch(w.Context(), w.paying(bob, 10, 150)); err != nil {
			w.Fatal(err)
		}
		w.has(ann, 50)
		w.OK(w.Sweep(w.Context()))
		w.has(ann, 50)
		w.later(1)
		w.OK(w.Sweep(w.Context()))
		w.OK(w.Sweep(w.Context()))
		w.has(ann, 100)
		w.Clean()
	})
}

// TestEraseAndMerge takes people out of households, and makes one of two.
func TestEraseAndMerge(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		h, ann, bob := w.family()
		cay := w.buys("cay", 1).MemberID
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, cay, bob)
		w.OK(err)
		found, err := w.Of(w.Context(), boss, w.Programme.ID, cay)
		w.OK(err)
		if found.ID != h.ID {
			w.Errorf("after the merge cay belongs to %v", found)
		}
		_, err = w.gives(cay, ann, 5)
		w.OK(err)
		for _, m := range []id.ID{cay, ann} {
			said, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{m})
			w.OK(err)
			if p, is := said.(Person); !is || len(p.Transfers) != 1 {
				w.Errorf("exported: %+v", said)
			}
		}
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, cay))
		h, _, err = w.Get(w.Context(), boss, w.Programme.ID, h.ID)
		w.OK(err)
		if len(h.Members) != 1 {
			w.Errorf("after erasing a member: %+v", h.Members)
		}
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, ann))
		h, _, err = w.Get(w.Context(), boss, w.Programme.ID, h.ID)
		w.OK(err)
		if h.Dissolved.IsZero() || len(h.Members) != 0 {
			w.Errorf("after erasing the owner: %+v", h)
		}
		tables := map[string]int{}
		w.OK(Room().Dump(w.Context(), w.DB.Reader(), w.Programme.ID, func(table string, _ any) error { tables[table]++; return nil }))
		if tables["households"] != 1 || tables["point_transfers"] != 1 || tables["household_settings"] != 1 {
			w.Errorf("dumped %v", tables)
		}
		w.Clean()
	})
}

// TestCheckFindsFaults spoils rows one after the other.
func TestCheckFindsFaults(t *testing.T) {
	for _, spoil := range []string{
		`UPDATE point_transfer SET points = points + 1`, `UPDATE point_transfer SET returned = 1`, `UPDATE point_transfer SET household_id = 7`,
		`UPDATE household SET dissolved = 5`, `UPDATE household SET owner_id = 9`, `UPDATE household_member SET household_id = 9`,
	} {
		each(t, func(w *town) {
			w.turnOn(nil)
			_, ann, bob := w.family()
			_, err := w.gives(ann, bob, 5)
			w.OK(err)
			w.Clean()
			w.Exec(spoil)
			faults, err := w.Flow.Check(w.Context())
			w.OK(err)
			if len(faults) == 0 || faults[0].Room != "household" {
				w.Errorf("%s goes unseen: %v", spoil, faults)
			}
		})
	}
}
