package fraud

import (
	"errors"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

func TestNothingIsWatchedUntilAManagerSaysSo(t *testing.T) {
	each(t, func(w *town) {
		w.joins("anna")
		w.awarded("anna", 1_000_000)
		w.none()
		_, err := w.SaveRules(w.Context(), auth.Actor{}, w.Programme.ID, DefaultSpec())
		w.Refuses(err, "not_permitted")
	})
}

func TestFastPointsAreSetAsideAndGivenBack(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: PointsHour, Action: Hold, More: 100})
		anna := w.joins("anna")
		w.awarded("anna", 60)
		w.none()
		w.awarded("anna", 70)
		f := w.one(PointsHour, 130, Open)
		if f.Events != 2 || len(f.Parts) != 1 || f.Parts[0].Points != 130 || f.Rules != 1 || f.More != 100 {
			t.Errorf("the flag is %+v", f)
		}
		w.settles()
		w.has(anna, 0)
		w.awarded("anna", 20)
		w.settles()
		w.has(anna, 0)
		w.Clean()
		boss := w.staff("boss@example.com")
		w.OK(w.decides(boss, f, Allowed))
		w.settles()
		w.has(anna, 150)
		f = w.one(PointsHour, 150, Allowed)
		if f.Decider != boss.String() || f.Note != "looked at it" {
			t.Errorf("it was decided by %s: %s", f.Decider, f.Note)
		}
		w.Refuses(w.decides(boss, f, Confirmed), "flag_closed")
		w.awarded("anna", 1)
		w.one(PointsHour, 150, Allowed)
		w.Pass(time.Hour)
		w.awarded("anna", 99)
		w.one(PointsHour, 150, Allowed)
		w.Clean()
	})
}

// TestPointsThatWaitAreNotTakenOfOthers: what cannot be used yet is set aside
// once it can, and honest points stay meanwhile.
func TestPointsThatWaitAreNotTakenOfOthers(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: PointsHour, Action: Hold, More: 100})
		w.earns(24)
		anna := w.joins("anna")
		w.grants(boss, "anna", 90)
		w.buys("anna", 300)
		w.one(PointsHour, 300, Open)
		w.settles()
		w.has(anna, 90)
		w.Pass(25 * time.Hour)
		w.settles()
		w.has(anna, 90)
		w.Clean()
	})
}

func TestConfirmedPointsAreTakenAsFarAsTheyAreThere(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: PointsDay, Action: Flag, More: 100})
		anna := w.joins("anna")
		w.awarded("anna", 500)
		f := w.one(PointsDay, 500, Open)
		w.settles()
		w.has(anna, 500)
		w.grants(boss, "anna", -300)
		w.Refuses(w.decides(boss, f, Open), "fraud_decision")
		_, err := w.Decide(w.Context(), boss, w.Programme.ID, f.ID, Confirmed, " ")
		w.Refuses(err, "fraud_note")
		w.OK(w.decides(boss, f, Confirmed))
		w.settles()
		w.has(anna, 0)
		if given, aside := w.one(PointsDay, 500, Confirmed).Points(); given != 500 || aside != 200 {
			t.Errorf("%d of %d points were taken, want 200 of 500", aside, given)
		}
		w.grants(boss, "anna", 1000)
		w.settles()
		w.has(anna, 700)
		w.Clean()
	})
}

func TestOneDeviceOfManyPeople(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: SharedDevice, Action: Flag, More: 2}, Rule{Kind: SharedPhone, Action: Off})
		people := []id.ID{w.joins("anna", "device", "phone-1", "phone", "+442079460001"), w.joins("ben", "device", "PHONE 1"), w.joins("cleo", "device", "phone-2")}
		w.buys("anna", 5, "device", "phone-1")
		w.none()
		people = append(people, w.joins("dora", "device", "phone-1"))
		f := w.one(SharedDevice, 3, Open)
		if len(f.Subject) != 2*hashBytes || len(f.Parts) != 3 {
			t.Errorf("the flag is about %q and %+v", f.Subject, f.Parts)
		}
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, people[0], people[3])
		w.OK(err)
		w.buys("anna", 5, "device", "phone-1")
		w.one(SharedDevice, 2, Withdrawn)
		w.Clean()
	})
}

// TestStaffWhoHaveThemselvesMadeGood: what the system gives at the wish of somebody
// of the staff is held against them as what they give by hand.
func TestStaffWhoHaveThemselvesMadeGood(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: OwnAccount, Action: Hold})
		eve, bob := w.staff("eve@example.com"), w.staff("bob@example.com")
		own := w.take(journal.SignUp, "x", func(e *flow.Event) {
			e.Who.Enrol, e.Who.Identities = true, []member.Identity{{Kind: member.External, Value: "x"}, {Kind: member.Email, Value: "eve@example.com"}}
		})
		awards := func(by string, points int64) {
			w.take(journal.Award, "x", func(e *flow.Event) {
				e.Actor, e.Payload.Award = auth.System("complaint"), &flow.Award{WalletID: w.wallet.ID, Points: points, By: by, Reason: i18n.Text{Key: "complaint.award"}}
			})
		}
		awards("", 10)
		awards(bob.String(), 20)
		w.none()
		awards(eve.String(), 40)
		f := w.one(OwnAccount, 40, Open)
		w.settles()
		w.has(own, 30)
		w.Refuses(w.decides(eve, f, Allowed), "fraud_own_case")
		w.OK(w.decides(bob, f, Allowed))
		w.settles()
		w.has(own, 70)
		w.Clean()
	})
}

func TestStaffWhoGiveToThemselves(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: OwnAccount, Action: Hold})
		eve, bob := w.staff("eve@example.com"), w.staff("bob@example.com")
		own := w.take(journal.SignUp, "x", func(e *flow.Event) {
			e.Who.Enrol, e.Who.Identities = true, []member.Identity{{Kind: member.External, Value: "x"}, {Kind: member.Email, Value: "Eve@Example.com"}}
		})
		w.grants(bob, "x", 50)
		w.none()
		w.grants(eve, "x", 40)
		f := w.one(OwnAccount, 40, Open)
		w.settles()
		w.has(own, 50)
		w.Refuses(w.decides(eve, f, Allowed), "fraud_own_case")
		w.OK(w.decides(bob, f, Confirmed))
		w.settles()
		w.has(own, 50)
		w.Clean()
	})
}

func TestNobodyDecidesAboutAProfileOfTheirOwn(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: PointsDay, Action: Flag, More: 10})
		eve := w.staff("eve@example.com")
		w.take(journal.SignUp, "x", func(e *flow.Event) {
			e.Who.Enrol, e.Who.Identities = true, []member.Identity{{Kind: member.External, Value: "x"}, {Kind: member.Email, Value: "eve@example.com"}}
		})
		w.awarded("x", 11)
		w.Refuses(w.decides(eve, w.one(PointsDay, 11, Open), Allowed), "fraud_own_case")
	})
}

func TestStaffWhoGiveMuchMoreThanOthers(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: StaffGrants, Action: Flag, More: 100, Times: 3})
		eve, bob := w.staff("eve@example.com"), w.staff("bob@example.com")
		w.joins("anna")
		w.grants(eve, "anna", 150)
		f := w.one(StaffGrants, 150, Open)
		w.Refuses(w.decides(eve, f, Allowed), "fraud_own_case")
		w.grants(bob, "anna", 60)
		w.one(StaffGrants, 150, Withdrawn)
		w.grants(eve, "anna", 31)
		w.one(StaffGrants, 181, Open)
		u, err := w.Usual(w.Context(), boss, f)
		w.OK(err)
		if u != (Usual{1, 60, 60}) {
			t.Errorf("usual is %+v", u)
		}
		w.Clean()
	})
}

func TestGuessedGiftCardsAreCounted(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: CardTries, Action: Flag, More: 2})
		eve := w.staff("eve@example.com")
		for range 2 {
			w.OK(w.Tried(w.Context(), eve, w.Programme.ID))
		}
		w.none()
		w.OK(w.Tried(w.Context(), eve, w.Programme.ID))
		if f := w.one(CardTries, 3, Open); len(f.Parts) != 0 || f.Subject != eve.String() {
			t.Errorf("the flag is about %+v of %s", f.Parts, f.Subject)
		}
		w.Clean()
	})
}

func TestAReadingIsRacedByAnother(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: PointsDay, Action: Hold, More: 10})
		anna := w.joins("anna")
		w.silent = true
		for range 6 {
			w.awarded("anna", 5)
		}
		var wg sync.WaitGroup
		for i := range w.told {
			wg.Go(func() { w.tell(w.told[i]) })
		}
		wg.Wait()
		f := w.one(PointsDay, 30, Open)
		for range 4 {
			wg.Go(w.settles)
		}
		wg.Wait()
		w.has(anna, 0)
		var decided []error
		var mu sync.Mutex
		for _, s := range []State{Allowed, Confirmed, Allowed} {
			wg.Go(func() {
				err := w.decides(boss, f, s)
				mu.Lock()
				defer mu.Unlock()
				decided = append(decided, err)
			})
		}
		wg.Wait()
		if n := len(decided); n != 3 || errors.Join(decided...) == nil {
			t.Errorf("the decisions gave %v, want one to pass", decided)
		}
		w.settles()
		w.Clean()
	})
}

func TestTheErasedAreForgotten(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: PointsDay, Action: Hold, More: 10}, Rule{Kind: SharedDevice, Action: Flag, More: 5})
		anna := w.joins("anna", "device", "phone-1")
		w.awarded("anna", 11)
		w.settles()
		told, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{anna})
		w.OK(err)
		if list, _ := told.([]Record); len(list) != 1 || list[0].Withheld != 11 || list[0].Parts[0].Member != anna.In(id.Member) {
			t.Errorf("the person is told %+v", told)
		}
		w.OK(w.decides(boss, w.one(PointsDay, 11, Open), Confirmed))
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, anna))
		var marks int64
		w.OK(w.DB.Reader().QueryRow(w.Context(), `SELECT COUNT(*) FROM fraud_mark`).Scan(&marks))
		if f := w.flags()[0]; marks != 0 || f.Note != "" {
			t.Errorf("%d marks and the note %q are left", marks, f.Note)
		}
		w.OK(w.Sweep(w.Context()))
		w.settles()
		w.Clean()
	})
}

func TestGoodsComeBackAfterTheirPointsAreSpent(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: ReturnsAfterSpending, Action: Flag, More: 0})
		w.joins("anna")
		w.awarded("anna", 500)
		pays := func() {
			w.take(journal.Purchase, "anna", func(e *flow.Event) {
				e.Payload.Lines = []sale.Line{{SKU: "cake", Quantity: 1000, Amount: 1000}}
				e.Payload.Checkout = &flow.Checkout{Points: []flow.PointsPayment{{WalletID: w.wallet.ID, Points: 100}}}
			})
		}
		pays()
		w.buys("anna", 20)
		w.returns("anna")
		w.none()
		w.buys("anna", 20)
		pays()
		w.returns("anna")
		f := w.one(ReturnsAfterSpending, 1, Open)
		if len(f.Evidence) != 1 || f.Evidence[0].Amount != 1 {
			t.Errorf("the evidence is %+v", f.Evidence)
		}
		w.Clean()
	})
}

func TestManyJoinAtOneTill(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: Enrolments, Action: Flag, More: 2})
		shop, err := program.New(w.DB).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.Programme.ID, Code: "north", Name: "North"})
		w.OK(err)
		eve := w.staff("eve@example.com")
		for _, who := range []string{"a", "b", "c"} {
			w.none()
			w.take(journal.SignUp, who, func(e *flow.Event) { e.Who.Enrol, e.Actor, e.Shop = true, eve, shop.Code })
		}
		f := w.one(Enrolments, 3, Open)
		w.Refuses(w.decides(eve, f, Allowed), "fraud_own_case")
		w.OK(w.decides(boss, f, Allowed))
	})
}
