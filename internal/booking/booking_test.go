package booking

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

func TestFreeTimesOfADay(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		w.Set(w.at(0, 15, 10))
		if got := strings.Join(w.free(o, w.shop, time.Time{}).hours(), " "); got != "15:30 16:00" {
			t.Errorf("today it is free at %s", got)
		}
		ann, bob := w.member("+48600100200"), w.member("+48600100201")
		w.booked(o, ann, w.at(1, 10, 0))
		w.booked(o, bob, w.at(1, 10, 30))
		day := w.free(o, w.shop, w.at(1, 12, 0))
		if got := strings.Join(day.hours()[:4], " "); got != "09:00 09:30 11:00 11:30" {
			t.Errorf("between two that overlap nothing is free: %s", got)
		}
		if day.Slots[0].Left != 2 || day.Slots[1].Left != 1 || len(day.Slots) != 13 {
			t.Errorf("%+v", day.Slots)
		}
		if got := w.free(o, w.shop, w.at(6, 12, 0)); len(got.Slots) != 0 || got.Refused != nil {
			t.Errorf("on Sunday %+v", got)
		}
		if got := w.free(o, w.shop, w.at(15, 12, 0)); got.Refused == nil || got.Refused.Code != "booking_far" {
			t.Errorf("beyond the last day %+v", got)
		}
		if got := w.free(o, w.london, w.at(1, 12, 0)).Slots[0].Begins; !got.Equal(w.at(1, 10, 0)) {
			t.Errorf("London opens at %s", got)
		}
	})
}

func TestHolidaysOfTheCasesCalendarAreFree(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		cases := complaint.New(complaint.Config{DB: w.DB, Flow: w.Flow, Now: w.Now})
		set, version, err := cases.Settings(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		set.Holidays = []string{"2026-03-03"}
		_, err = cases.SetSettings(w.Context(), boss, w.Programme.ID, version, set)
		w.OK(err)
		if got := w.free(o, w.shop, w.at(1, 12, 0)); len(got.Slots) != 0 {
			t.Errorf("on a holiday %v", got.hours())
		}
	})
}

// TestDaysOnWhichTheClocksChange has one of 23 hours and one of 25: nothing
// begins in the hour that is left out, and the one that comes twice is given
// twice.
func TestDaysOnWhichTheClocksChange(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(func(s *Spec) { s.Every, s.Ahead, s.Week[6] = 0, 365, complaint.Hours{From: 60, To: 5 * 60} })
		for day, want := range map[time.Time]string{
			time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC):  "01:00 03:00 04:00",
			time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC): "01:00 02:00 02:00 03:00 04:00",
			time.Date(2026, 4, 12, 12, 0, 0, 0, time.UTC):  "01:00 02:00 03:00 04:00",
		} {
			got := w.free(o, w.shop, day)
			if strings.Join(got.hours(), " ") != want {
				t.Errorf("on %s: %v", day.Format(time.DateOnly), got.hours())
			}
			for i, n := range got.Slots {
				if n.Ends.Sub(n.Begins) != time.Hour || i > 0 && n.Begins.Before(got.Slots[i-1].Ends) {
					t.Errorf("%+v", n)
				}
			}
			if len(got.Slots) == 5 && (Clock(got.Slots[1].Begins, got.Zone) != "02:00 CEST" || Clock(got.Slots[2].Begins, got.Zone) != "02:00 CET" || Clock(got.Slots[3].Begins, got.Zone) != "03:00") {
				t.Error("the hour that comes twice reads the same")
			}
			from, until := DayOf(day, w.Programme.Zone)
			if from.Hour() != 0 || until.Hour() != 0 {
				t.Errorf("the day is %s to %s", from, until)
			}
		}
	})
}

func TestBookingIsRefusedWhereItCannotBe(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(func(s *Spec) { s.Places = 1; s.Shops = []id.ID{w.shop} })
		ann := w.member("+48600100200")
		for code, change := range map[string]func(*Wish){
			"booking_past":    func(n *Wish) { n.Begins = w.at(-3, 10, 0) },
			"booking_far":     func(n *Wish) { n.Begins = w.at(21, 10, 0) },
			"booking_time":    func(n *Wish) { n.Begins = w.at(1, 10, 10) },
			"booking_shop":    func(n *Wish) { n.ShopID = w.london },
			"unknown_service": func(n *Wish) { n.ServiceID++ },
			"unknown_member":  func(n *Wish) { n.MemberID++ },
			"booking_who":     func(n *Wish) { n.MemberID = 0 },
			"booking_text_long": func(n *Wish) {
				n.Note = strings.Repeat("x", MaxNote+1)
			},
		} {
			n := Wish{ServiceID: o.ID, ShopID: w.shop, MemberID: ann, Begins: w.at(1, 10, 0)}
			change(&n)
			_, err := w.Book(w.Context(), boss, w.Programme.ID, n)
			w.Refuses(err, code)
		}
		w.booked(o, ann, w.at(1, 10, 0))
		_, err := w.books(o, ann, w.at(1, 10, 30))
		w.Refuses(err, "booking_full")
		w.booked(o, ann, w.at(1, 11, 0)) // the one before has left
		_, err = w.Book(w.Context(), auth.Actor{Kind: auth.KindStaff}, w.Programme.ID, Wish{})
		w.Refuses(err, "not_permitted")
		_, err = w.Retire(w.Context(), boss, w.Programme.ID, o.ID)
		w.OK(err)
		_, err = w.books(o, ann, w.at(2, 10, 0))
		w.Refuses(err, "service_retired")
		w.Clean(Room())
	})
}

// TestTheLastPlaceIsBookedOnce lets many ask at once.
func TestTheLastPlaceIsBookedOnce(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		w.booked(o, w.member("+48600100200"), w.at(1, 10, 0))
		var wait sync.WaitGroup
		errs := make([]error, 64)
		for i := range errs {
			wait.Go(func() {
				_, errs[i] = w.Book(w.Context(), boss, w.Programme.ID, Wish{
					ServiceID: o.ID, ShopID: w.shop, Name: fmt.Sprint("Guest ", i), Phone: fmt.Sprintf("+4860020%04d", i), Begins: w.at(1, 10, 30*(i%2)),
				})
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			switch f := fault.As(err); {
			case err == nil:
				won++
			case f == nil || f.Code != "booking_full":
				t.Fatal(err)
			}
		}
		if won != 1 {
			t.Errorf("%d of %d had the last place", won, len(errs))
		}
		w.Clean(Room())
	})
}

func TestTheSameKeyBooksOnce(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		guest := Wish{ServiceID: o.ID, ShopID: w.shop, Name: "Ewa", Phone: "600 300 400", Begins: w.at(1, 10, 0), Key: "web-1"}
		first, err := w.Book(w.Context(), boss, w.Programme.ID, guest)
		w.OK(err)
		again, err := w.Book(w.Context(), boss, w.Programme.ID, guest)
		w.OK(err)
		if again.ID != first.ID || first.Phone != "+48600300400" {
			t.Errorf("%+v, then %+v", first, again)
		}
		guest.Phone = "600 300 401"
		_, err = w.Book(w.Context(), boss, w.Programme.ID, guest)
		w.Refuses(err, "booking_key_taken")
		ann := w.member("+48600300402")
		guest.Phone, guest.Key = "600 300 402", "web-2"
		hers, err := w.Book(w.Context(), boss, w.Programme.ID, guest)
		w.OK(err)
		if hers.MemberID != ann || hers.Name != "" || hers.Phone != "" {
			t.Errorf("who gives a member's phone is that member: %+v", hers)
		}
		again, err = w.Book(w.Context(), boss, w.Programme.ID, guest)
		w.OK(err)
		if again.ID != hers.ID {
			t.Error("booked twice")
		}
	})
}

func TestCustomersMoveAndCancelByThemselvesUpToTheNotice(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		ann, bob := w.member("+48600100200"), w.member("+48600100201")
		b := w.booked(o, ann, w.at(2, 10, 0))
		her, him := By{boss, ann}, By{boss, bob}
		_, err := w.Move(w.Context(), him, w.Programme.ID, b.ID, w.at(3, 10, 0))
		w.Refuses(err, "unknown_booking")
		b, err = w.Move(w.Context(), her, w.Programme.ID, b.ID, w.at(2, 10, 30)) // beside itself there is room
		w.OK(err)
		if b.State != Booked || b.Moves != 1 || !b.Begins.Equal(w.at(2, 10, 30)) || !b.Ends.Equal(w.at(2, 11, 30)) {
			t.Errorf("%+v", b)
		}
		_, err = w.Cancel(w.Context(), her, w.Programme.ID, b.ID, CalledOff, "x")
		w.Refuses(err, "booking_by")
		w.Set(w.at(1, 10, 30))
		_, err = w.Move(w.Context(), her, w.Programme.ID, b.ID, w.at(3, 10, 0))
		w.Refuses(err, "booking_notice")
		_, err = w.Cancel(w.Context(), her, w.Programme.ID, b.ID, Cancelled, "")
		w.Refuses(err, "booking_notice")
		_, err = w.Cancel(w.Context(), we, w.Programme.ID, b.ID, CalledOff, " ")
		w.Refuses(err, "booking_reason")
		b, err = w.Cancel(w.Context(), we, w.Programme.ID, b.ID, CalledOff, "the oven is broken")
		w.OK(err)
		if b.State != CalledOff || b.Decided.IsZero() || b.Reason == "" {
			t.Errorf("%+v", b)
		}
		_, err = w.Cancel(w.Context(), we, w.Programme.ID, b.ID, Cancelled, "")
		w.Refuses(err, "booking_over")
		if got := w.free(o, w.shop, w.at(2, 0, 0)).Slots[3]; got.Left != 2 {
			t.Errorf("what is given up is free again: %+v", got)
		}
		w.Clean(Room())
	})
}

func TestCustomersBookSoManyByThemselves(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		ann := w.member("+48600100200")
		own := Wish{ServiceID: o.ID, ShopID: w.shop, MemberID: ann, Own: true}
		for i := range MostOpen {
			own.Begins = w.at(1, 9+i, 0)
			_, err := w.Book(w.Context(), boss, w.Programme.ID, own)
			w.OK(err)
		}
		own.Begins = w.at(2, 9, 0)
		_, err := w.Book(w.Context(), boss, w.Programme.ID, own)
		w.Refuses(err, "booking_open")
		own.Own = false
		_, err = w.Book(w.Context(), boss, w.Programme.ID, own)
		w.OK(err)
	})
}

func TestWhoCameIsNoted(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		b := w.booked(o, w.member("+48600100200"), w.at(2, 10, 0))
		_, err := w.Mark(w.Context(), boss, w.Programme.ID, b.ID, Came)
		w.Refuses(err, "booking_early_mark")
		w.Set(w.at(2, 9, 50))
		_, err = w.Mark(w.Context(), boss, w.Programme.ID, b.ID, Missed)
		w.Refuses(err, "booking_early_mark")
		for _, state := range []State{Came, Missed, Came} {
			w.Set(w.Now().Add(20 * time.Minute))
			if b, err = w.Mark(w.Context(), boss, w.Programme.ID, b.ID, state); err != nil || b.State != state || !b.Decided.Equal(w.Now()) {
				t.Fatal(b, err)
			}
		}
		w.Set(w.at(20, 10, 0))
		_, err = w.Mark(w.Context(), boss, w.Programme.ID, b.ID, Missed)
		w.Refuses(err, "booking_late_mark")
		_, err = w.Mark(w.Context(), boss, w.Programme.ID, b.ID, Booked)
		w.Refuses(err, "booking_mark")
		w.Clean(Room())
	})
}

func TestFewerPlacesThanAreBookedAreRefused(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		ann := w.member("+48600100200")
		w.booked(o, ann, w.at(1, 10, 0))
		b := w.booked(o, ann, w.at(1, 10, 30))
		fewer := o.Spec
		fewer.Places = 1
		_, err := w.Change(w.Context(), boss, w.Programme.ID, o.ID, o.Version, fewer)
		w.Refuses(err, "booking_places_taken")
		_, err = w.Cancel(w.Context(), we, w.Programme.ID, b.ID, Cancelled, "")
		w.OK(err)
		_, err = w.Change(w.Context(), boss, w.Programme.ID, o.ID, o.Version, fewer)
		w.OK(err)
		_, err = w.Change(w.Context(), boss, w.Programme.ID, o.ID, o.Version, fewer)
		w.Refuses(err, "service_changed")
		if found := w.Faults(Room()); len(found) != 0 {
			t.Error(found)
		}
		w.Exec(`UPDATE booking SET state = 'booked', decided = 0`)
		if found := w.Faults(Room()); len(found) != 1 || !strings.Contains(found[0], "2 booked at once") {
			t.Errorf("the check says %q", found)
		}
	})
}

func TestTimelineExportErasureAndMerge(t *testing.T) {
	each(t, func(w *town) {
		o := w.tasting(nil)
		ann := w.member("+48600100200")
		b := w.booked(o, ann, w.at(2, 10, 0))
		_, err := w.Move(w.Context(), we, w.Programme.ID, b.ID, w.at(3, 10, 0))
		w.OK(err)
		if n := w.Works(map[string]jobs.Handler{TellJob: w.Tell}); n != 2 {
			t.Errorf("%d were told", n)
		}
		timeline, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{ann}, journal.Cursor{}, 10)
		w.OK(err)
		var kinds []string
		for _, e := range timeline {
			kinds = append(kinds, string(e.Kind))
		}
		if !slices.Contains(kinds, string(EventMade)) || !slices.Contains(kinds, string(EventMoved)) {
			t.Errorf("the timeline has %v", kinds)
		}
		told, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{ann})
		w.OK(err)
		if all, ok := told.([]Record); !ok || len(all) != 1 || all[0].Names["en"] != "A tasting" {
			t.Errorf("%+v", told)
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return Room().Erase(w.Context(), tx, w.Programme.ID, []id.ID{ann}) }))
		b, err = w.Get(w.Context(), boss, w.Programme.ID, b.ID)
		w.OK(err)
		if b.State != Cancelled || b.Decided.IsZero() {
			t.Errorf("%+v", b)
		}
		w.Clean(Room())
	})
}

// TestNeverMoreThanPlaces lets anything be booked, moved and given up, and counts
// every minute by itself.
func TestNeverMoreThanPlaces(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, schemas...))
	people := []id.ID{w.member("+48600100200"), w.member("+48600100201")}
	rapid.Check(t, func(t *rapid.T) {
		places, minutes := rapid.IntRange(1, 3).Draw(t, "places"), rapid.SampledFrom([]int{15, 45, 60, 100}).Draw(t, "minutes")
		every := rapid.SampledFrom([]int{0, 15, 20, 50}).Draw(t, "every")
		o := w.tasting(func(s *Spec) { s.Places, s.Minutes, s.Every = places, minutes, every })
		var all []*Booking
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			slots := w.free(o, w.shop, w.at(1, 0, 0)).Slots
			begins := w.at(1, 9, 5*rapid.IntRange(0, 48).Draw(t, "five minutes"))
			offered := slices.ContainsFunc(slots, func(n Slot) bool { return n.Begins.Equal(begins) })
			switch verb := rapid.SampledFrom([]string{"book", "book", "book", "move", "cancel"}).Draw(t, "verb"); {
			case verb == "book":
				b, err := w.books(o, rapid.SampledFrom(people).Draw(t, "who"), begins)
				if (err == nil) != offered {
					t.Fatalf("%s is offered: %t, and booking it says %v", begins, offered, err)
				}
				if err == nil {
					all = append(all, b)
				}
			case len(all) == 0:
			case verb == "move":
				_, err := w.Move(w.Context(), we, w.Programme.ID, rapid.SampledFrom(all).Draw(t, "which").ID, begins)
				if err != nil && fault.As(err) == nil {
					t.Fatal(err)
				}
			default:
				_, err := w.Cancel(w.Context(), we, w.Programme.ID, rapid.SampledFrom(all).Draw(t, "which").ID, Cancelled, "")
				if err != nil && fault.As(err) == nil {
					t.Fatal(err)
				}
			}
			list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, ServiceID: o.ID})
			if err != nil {
				t.Fatal(err)
			}
			busy := map[int64]int{}
			for _, b := range list {
				for at := b.Begins; b.State.Holds() && at.Before(b.Ends); at = at.Add(time.Minute) {
					if busy[at.Unix()]++; busy[at.Unix()] > places {
						t.Fatalf("%d are there at %s, with %d places", busy[at.Unix()], at, places)
					}
				}
			}
		}
	})
	if found := w.Faults(Room()); len(found) != 0 {
		t.Error(found)
	}
}
