package complaint

import (
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

func (w *town) gives(a auth.Actor, n id.ID, ask RemedyAsk) *Remedied {
	w.Helper()
	r, err := w.Compensate(w.Context(), a, w.Programme.ID, n, ask)
	w.OK(err)
	return r
}

func TestPointsMakeGoodOnce(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		if s := w.get(o.ID).Suggestion; s.Kind != Points || s.Amount != 50_00 || s.Cap != 150_00 {
			w.Errorf("the table says %+v", s)
		}
		ask := RemedyAsk{Name: "one", Kind: Points, Amount: 50_00}
		first := w.gives(boss, o.ID, ask)
		again := w.gives(boss, o.ID, ask)
		if first.State != RemedyPaid || again.ID != first.ID || w.points() != 5000 {
			w.Errorf("it is %s, and Anna has %d points", first.State, w.points())
		}
		w.works()
		if w.points() != 5000 {
			w.Errorf("after the job Anna has %d points", w.points())
		}
		_, err := w.Compensate(w.Context(), boss, w.Programme.ID, o.ID, RemedyAsk{Name: "one", Kind: Points, Amount: 60_00})
		w.Refuses(err, "case_remedy_reused")
		_, err = w.Compensate(w.Context(), boss, w.Programme.ID, o.ID, RemedyAsk{Kind: Refund, Amount: 100_01})
		w.Refuses(err, "case_over_cap")
		w.gives(boss, o.ID, RemedyAsk{Kind: Refund, Amount: 100_00})
		w.Clean(Room())
	})
}

func TestAGiftCardMakesGoodOfSomebodyUnknown(t *testing.T) {
	each(t, func(w *town) {
		ask := w.asks()
		ask.MemberID, ask.SaleID = 0, 0
		o := w.opens(ask)
		_, err := w.Compensate(w.Context(), boss, w.Programme.ID, o.ID, RemedyAsk{Kind: Points, Amount: 10_00})
		w.Refuses(err, "case_remedy_member")
		r := w.gives(boss, o.ID, RemedyAsk{Kind: GiftCard, Amount: 20_00})
		w.OK(w.pay(w.Context(), &Remedied{ID: r.ID, ProgrammeID: r.ProgrammeID, CaseID: r.CaseID, Kind: GiftCard, Amount: r.Amount, State: RemedyApproved}))
		list, err := w.GiftCards.List(w.Context(), boss, giftcard.Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if len(list) != 1 || list[0].Face != 20_00 || !list[0].Given {
			w.Errorf("the cards are %+v", list)
		}
		_, err = w.Compensate(w.Context(), boss, w.Programme.ID, o.ID, RemedyAsk{Kind: Refund, Amount: 30_01})
		w.Refuses(err, "case_over_cap") // 50.00 where nobody knows the price
		w.Clean(Room())
	})
}

func TestTwoPairsOfEyes(t *testing.T) {
	each(t, func(w *town) {
		ola, chief, other := w.hires("Ola", auth.Agent), w.hires("Chief", auth.Manager), w.hires("Other", auth.Manager)
		o := w.opens(w.asks())
		w.gives(ola, o.ID, RemedyAsk{Kind: Points, Amount: 15_00})
		r := w.gives(ola, o.ID, RemedyAsk{Kind: Points, Amount: 10_00}) // 25.00 in all are above her 20.00
		if r.State != RemedyAsked || w.points() != 1500 {
			w.Errorf("beyond the limit it is %s, and Anna has %d points", r.State, w.points())
		}
		_, err := w.Approve(w.Context(), ola, w.Programme.ID, o.ID, r.ID)
		w.Refuses(err, "not_permitted")
		r, err = w.Approve(w.Context(), chief, w.Programme.ID, o.ID, r.ID)
		w.OK(err)
		if r.State != RemedyPaid || w.points() != 2500 {
			w.Errorf("approved it is %s, and Anna has %d points", r.State, w.points())
		}
		_, err = w.Decline(w.Context(), other, w.Programme.ID, o.ID, r.ID)
		w.Refuses(err, "case_remedy_decided")

		s, v, err := w.Settings(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		s.Limits[string(auth.Manager)] = 5_00
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, v, s)
		w.OK(err)
		own := w.gives(chief, o.ID, RemedyAsk{Kind: Refund, Amount: 50_00})
		_, err = w.Approve(w.Context(), chief, w.Programme.ID, o.ID, own.ID)
		w.Refuses(err, "case_own_request")
		_, err = w.Decline(w.Context(), chief, w.Programme.ID, o.ID, own.ID)
		w.OK(err)
		w.gives(boss, o.ID, RemedyAsk{Kind: Refund, Amount: 125_00}) // what was declined does not count
		w.Clean(Room())
	})
}

// TestNobodyMakesGoodTheirOwnComplaint: what staff ask for in a case of their own
// waits for somebody else, however little it is, and they approve nothing there.
func TestNobodyMakesGoodTheirOwnComplaint(t *testing.T) {
	each(t, func(w *town) {
		eve, ola := w.hires("Eve", auth.Manager), w.hires("Ola", auth.Agent)
		who := flowtest.Named("Eve at home")
		who.Enrol, who.Identities = true, append(who.Identities, member.Identity{Kind: member.Email, Value: "EVE@bean.example"})
		answer, err := w.Flow.TakeOne(w.Context(), &flow.Event{ProgrammeID: w.Programme.ID, Source: "till", ExternalID: "joins", Kind: journal.SignUp, Occurred: w.Now(), Actor: boss, Who: who})
		w.OK(err)
		o := w.opens(Ask{Kind: Complaint, Reason: "quality", Wanted: WantRefund, MemberID: answer.MemberID, Source: FromWeb})
		for _, kind := range []Means{Points, GiftCard, Refund} {
			r := w.gives(eve, o.ID, RemedyAsk{Kind: kind, Amount: 1_00})
			if r.State != RemedyAsked {
				w.Errorf("%s for herself is %s", kind, r.State)
			}
		}
		asked := w.gives(ola, o.ID, RemedyAsk{Kind: Refund, Amount: 25_00})
		if asked.State != RemedyAsked { // beyond her limit
			w.Fatalf("it is %s", asked.State)
		}
		_, err = w.Approve(w.Context(), eve, w.Programme.ID, o.ID, asked.ID)
		w.Refuses(err, "case_own_complaint")
		_, err = w.Decline(w.Context(), eve, w.Programme.ID, o.ID, asked.ID)
		w.OK(err)
		w.Clean(Room())
	})
}

// TestNothingPassesTheCapInARace has many give at once.
func TestNothingPassesTheCapInARace(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Agent)
		o := w.opens(w.asks())
		var wait sync.WaitGroup
		for i := range 12 {
			a, amount := boss, int64(40_00)
			if i%2 == 0 {
				a, amount = ola, 9_00
			}
			wait.Go(func() {
				_, err := w.Compensate(w.Context(), a, w.Programme.ID, o.ID, RemedyAsk{Kind: Points, Amount: amount})
				if f := fault.As(err); err != nil && (f == nil || f.Code != "case_over_cap") {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		w.works()
		var all, hers int64
		for _, r := range w.get(o.ID).Remedies {
			all += r.Amount
			if r.AskedBy == ola.String() && r.State == RemedyPaid {
				hers += r.Amount
			}
		}
		if all > 150_00 || hers > 20_00 {
			t.Errorf("%d were given in all, %d by one whose limit is 2000", all, hers)
		}
		w.Clean(Room())
	})
}

// TestCompensationsStayWithinCapAndLimits does random things by random people.
func TestCompensationsStayWithinCapAndLimits(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	people := []auth.Actor{w.hires("Ola", auth.Agent), w.hires("Ala", auth.Agent), w.hires("Chief", auth.Manager), w.hires("Boss", auth.Owner)}
	limits := map[auth.Role]int64{auth.Agent: 20_00, auth.Manager: 200_00, auth.Owner: 1000_00}
	rapid.Check(t, func(r *rapid.T) {
		ask := w.asks()
		ask.Price = rapid.Int64Range(1, 100_00).Draw(r, "price")
		o := w.opens(ask)
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			a := rapid.SampledFrom(people).Draw(r, "who")
			list := w.get(o.ID).Remedies
			if len(list) > 0 && rapid.Bool().Draw(r, "decides") {
				_, err := w.Approve(w.Context(), a, w.Programme.ID, o.ID, rapid.SampledFrom(list).Draw(r, "which").ID)
				known(r, err, "not_permitted", "case_own_request", "case_remedy_decided")
				continue
			}
			_, err := w.Compensate(w.Context(), a, w.Programme.ID, o.ID, RemedyAsk{Kind: Refund, Amount: rapid.Int64Range(1, 80_00).Draw(r, "amount")})
			known(r, err, "case_over_cap")
		}
		var all int64
		alone := map[string]int64{}
		for _, n := range w.get(o.ID).Remedies {
			all += n.Amount
			if n.State == RemedyPaid && n.DecidedBy == n.AskedBy {
				alone[n.AskedBy] += n.Amount
			}
		}
		if all > ask.Price*3/2 {
			r.Fatalf("%d were given for a price of %d", all, ask.Price)
		}
		for _, a := range people {
			if alone[a.String()] > limits[a.Roles[0].Role] {
				r.Fatalf("%s gave %d alone", a.Name, alone[a.String()])
			}
		}
	})
	w.Clean(Room())
}

func known(r *rapid.T, err error, codes ...string) {
	f := fault.As(err)
	for _, c := range codes {
		if f != nil && f.Code == c {
			return
		}
	}
	if err != nil {
		r.Fatal(err)
	}
}

// errUndo rolls a harm back.
var errUndo = errors.New("undone")

func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		w.gives(boss, o.ID, RemedyAsk{Kind: Points, Amount: 50_00})
		for _, harm := range []string{
			`UPDATE complaint_remedy SET points = points + 1`, `UPDATE complaint_remedy SET cap = 1`, `UPDATE complaint_remedy SET decided = decided + 1`,
			`UPDATE complaint_case SET since = 0`, `UPDATE complaint_case SET state = 'solved'`, `DELETE FROM complaint_step`,
		} {
			err := w.DB.InTx(w.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(w.Context(), harm); err != nil {
					return err
				}
				found := 0
				if err := Room().Check(w.Context(), tx, w.Programme.ID, func(string) { found++ }); err != nil {
					return err
				}
				if found == 0 {
					w.Errorf("after %q the check finds nothing", harm)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				w.Fatal(err)
			}
		}
		w.Clean(Room())
	})
}
