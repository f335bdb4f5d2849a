package promise

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/member"
)

func TestAPromiseIsKeptOrBrokenByTheClock(t *testing.T) {
	each(t, func(w *town) {
		w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 0, Setting{WarnHours: 24, OpenCases: true}))
		nobody := w.word("nobody's")
		nobody.MemberID = 0
		w.makes(nobody)
		ten := 10
		kept, broken := w.word("kept"), w.word("broken")
		kept.GraceMinutes = &ten
		a, b := w.makes(kept), w.makes(broken)
		if a.State != Open || a.MemberID != w.ann || a.ShopID == 0 || a.Grace != 10*time.Minute {
			w.Errorf("made %+v", a)
		}
		w.Set(a.Due.Add(10 * time.Minute))
		_, err := w.Done(w.Context(), boss, w.Programme.ID, a.ID, time.Time{})
		w.OK(err)
		w.sweeps()
		w.is(a, Kept)
		w.is(b, Broken)
		if len(w.broken) != 1 || w.broken[0] != b.ID {
			w.Errorf("the hook was told %v", w.broken)
		}
		w.Set(w.Now().Add(time.Hour))
		b, err = w.Done(w.Context(), boss, w.Programme.ID, b.ID, w.Now())
		w.OK(err)
		if b.State != Broken || !b.Mended.Equal(w.Now()) {
			w.Errorf("done late it is %s, mended %s", b.State, b.Mended)
		}
		// It comes to light that it was in time.
		b, err = w.Done(w.Context(), boss, w.Programme.ID, b.ID, b.Due)
		w.OK(err)
		if b.State != Kept || !b.Mended.IsZero() {
			w.Errorf("done in time it is %+v", b)
		}
		if w.sweeps() != 0 || len(w.broken) != 1 {
			w.Error("a second sweep found something")
		}
		w.tells()
		w.tells() // again
		var kinds []string
		for _, e := range w.timeline() {
			kinds = append(kinds, string(e.Kind))
			if strings.Contains(string(e.Body), "teapot") {
				w.Errorf("the timeline holds the shop's words: %s", e.Body)
			}
		}
		if got := strings.Count(strings.Join(kinds, " "), "custom.promise_"); got != 5 {
			w.Errorf("the timeline has %v", kinds)
		}
		w.Clean(Room())
	})
}

func TestTheSameNameIsTheSamePromise(t *testing.T) {
	each(t, func(w *town) {
		first := w.makes(w.word("one"))
		if again := w.makes(w.word("one")); again.ID != first.ID {
			w.Error("made twice")
		}
		other := w.word("one")
		other.Due = other.Due.Add(time.Hour)
		_, err := w.Make(w.Context(), boss, other)
		w.Refuses(err, "promise_taken")
		if n := len(w.Waiting(TellJob)); n != 1 {
			w.Errorf("%d jobs", n)
		}
	})
}

func TestAReplacedPromiseIsJudgedByTheFirst(t *testing.T) {
	each(t, func(w *town) {
		p := w.makes(w.word("late"))
		next := p.Due.Add(72 * time.Hour)
		_, err := w.Replace(w.Context(), boss, w.Programme.ID, p.ID, next, "")
		w.Refuses(err, "required")
		got, err := w.Replace(w.Context(), boss, w.Programme.ID, p.ID, next, "the ship is late")
		w.OK(err)
		if !got.Expected.Equal(next) || !got.Due.Equal(p.Due) || got.Changes != 1 {
			w.Errorf("replaced it is %+v", got)
		}
		w.Set(p.Due.Add(time.Minute))
		w.sweeps()
		w.is(p, Broken)
		_, err = w.Withdraw(w.Context(), boss, w.Programme.ID, p.ID, "it looks bad")
		w.Refuses(err, "promise_over")
		_, changes, err := w.Get(w.Context(), boss, w.Programme.ID, p.ID)
		w.OK(err)
		if len(changes) != 1 || changes[0].Reason != "the ship is late" || !changes[0].Expected.Equal(next) {
			w.Errorf("changes %+v", changes)
		}
		w.Clean(Room())
	})
}

func TestAPriceIsKeptWhenNoMoreIsCharged(t *testing.T) {
	each(t, func(w *town) {
		for _, c := range []struct {
			charged int64
			want    State
		}{{1000, Kept}, {999, Kept}, {1001, Broken}} {
			p := w.makes(New{ProgrammeID: w.Programme.ID, MemberID: w.ann, Kind: Price, Source: "shelf", ExternalID: string(c.want) + w.Now().String(), Shown: 1000})
			w.Set(w.Now().Add(time.Second))
			got, err := w.Charge(w.Context(), boss, w.Programme.ID, p.ID, c.charged, nil)
			w.OK(err)
			if got.State != c.want {
				w.Errorf("charged %d it is %s", c.charged, got.State)
			}
			_, err = w.Charge(w.Context(), boss, w.Programme.ID, p.ID, c.charged+1, nil)
			w.Refuses(err, "promise_over")
		}
		w.Set(w.Now().Add(time.Hour))
		w.sweeps()
		w.Clean(Room())
		if len(w.broken) != 0 {
			w.Errorf("nobody chose that cases are opened, and the hook was told %v", w.broken)
		}
	})
}

func TestWhatIsAboutToBreakIsToldOnce(t *testing.T) {
	each(t, func(w *town) {
		w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 0, Setting{WarnHours: 6, TellCustomer: true}))
		w.Refuses(w.SetSetting(w.Context(), boss, w.Programme.ID, 0, Setting{WarnHours: 6}), "promise_setting_changed")
		p := w.makes(w.word("slow"))
		stranger := w.word("nobody")
		stranger.MemberID = 0
		w.makes(stranger)
		w.Set(p.Due.Add(-7 * time.Hour))
		if n := w.sweeps(); n != 0 {
			w.Errorf("%d changed too early", n)
		}
		w.Set(p.Due.Add(-5 * time.Hour))
		if n := w.sweeps(); n != 2 {
			w.Errorf("%d changed", n)
		}
		w.sweeps()
		list := w.Waiting(flow.ContactWanted)
		if len(list) != 1 || !strings.Contains(string(list[0].Payload), `"promise_late"`) || !strings.Contains(string(list[0].Payload), `"service"`) {
			w.Errorf("contacts %+v", list)
		}
		soon, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Soon: true, Limit: 10})
		w.OK(err)
		if len(soon) != 2 {
			w.Errorf("%d are about to break", len(soon))
		}
		w.Clean(Room())
	})
}

func TestRatesCountWhatIsOver(t *testing.T) {
	each(t, func(w *town) {
		from := w.Now()
		for i := range 12 {
			n := w.word(string(rune('a' + i)))
			if i >= 9 {
				n.Shop, n.Kind = "", Reply
			}
			p := w.makes(n)
			if i < 8 {
				_, err := w.Done(w.Context(), boss, w.Programme.ID, p.ID, w.Now())
				w.OK(err)
			}
			if i == 11 {
				_, err := w.Withdraw(w.Context(), boss, w.Programme.ID, p.ID, "the customer called")
				w.OK(err)
			}
		}
		_, err := w.Rates(w.Context(), boss, w.Programme.ID, from, time.Time{})
		w.Refuses(err, "promise_span")
		w.Set(w.Now().Add(time.Hour))
		early, err := w.Rates(w.Context(), boss, w.Programme.ID, from, time.Time{})
		w.OK(err)
		if early.Whole.N() != 0 {
			w.Errorf("before any is over, %d count", early.Whole.N())
		}
		w.Set(w.Now().Add(72 * time.Hour))
		w.sweeps()
		r, err := w.Rates(w.Context(), boss, w.Programme.ID, from, time.Time{})
		w.OK(err)
		share := r.Whole.Share()
		// 8 of 11 by Wilson: the lower bound is 43.4 % (Wilson 1927, z = 1.96).
		if r.Whole.Kept != 8 || r.Whole.Broken != 3 || r.Whole.Withdrawn != 1 || math.Abs(share.Low-0.4344) > 0.0005 {
			w.Errorf("the whole is %+v, %+v", r.Whole, share)
		}
		if len(r.ByShop) != 2 || len(r.ByKind) != 2 || r.Counts.Unmended != 3 {
			w.Errorf("parts %+v %+v %+v", r.ByShop, r.ByKind, r.Counts)
		}
		var kept, broken int64
		for _, m := range r.ByMonth {
			kept, broken = kept+m.Kept, broken+m.Broken
		}
		if kept != 8 || broken != 3 {
			w.Errorf("by month %+v", r.ByMonth)
		}
		w.Clean(Room())
	})
}

// TestMonthsAreThoseOfTheProgramme: a promise that ends in the last hour of a
// month by Greenwich belongs to the next month where it is already that, in
// summer time and in winter time, and a month begins when it does there.
func TestMonthsAreThoseOfTheProgramme(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := flowtest.Warsaw(t)
		p.Slug = "corner"
		w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: p, Shops: []string{"soho"}, Rooms: []flow.Room{Room()}, Start: time.Date(2026, 2, 25, 9, 0, 0, 0, time.UTC)})}
		w.Service = NewService(Config{DB: d, Flow: w.Flow, Now: w.Now, Hook: w})
		w.ann = w.Joins(member.Identity{Kind: member.Email, Value: "ann@example.com"})
		ends := func(name string, at time.Time) {
			n := w.word(name)
			n.Due = at
			w.makes(n)
		}
		march, april := time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC), time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)
		ends("february", march.Add(-time.Second))
		ends("march", march)
		ends("march-late", april.Add(-time.Second))
		ends("april", april)
		w.Set(april.Add(48 * time.Hour))
		w.sweeps()
		r, err := w.Rates(w.Context(), boss, w.Programme.ID, time.Date(2026, 2, 24, 0, 0, 0, 0, time.UTC), time.Time{})
		w.OK(err)
		if len(r.ByMonth) != 3 || r.ByMonth[0].Broken != 1 || r.ByMonth[1].Broken != 2 || r.ByMonth[2].Broken != 1 || !r.ByMonth[1].Month.Equal(march) || !r.ByMonth[2].Month.Equal(april) {
			w.Errorf("by month %+v", r.ByMonth)
		}
	}, schemas...)
}

// TestRatesByMonthGoByTheZoneOfTheProgramme: a promise counts in the month that
// the calendar on the shop's wall shows, also where the month begins with clocks
// that jump over its midnight, as those of Asunción did in October 2023.
func TestRatesByMonthGoByTheZoneOfTheProgramme(t *testing.T) {
	each(t, func(w *town) {
		zone, err := time.LoadLocation("America/Asuncion")
		w.OK(err)
		w.Exec(`UPDATE programme SET zone = $1 WHERE id = $2`, zone.String(), w.Programme.ID)
		jump := time.Date(2023, 10, 1, 4, 0, 0, 0, time.UTC) // 0:00 became 1:00
		w.Set(jump.AddDate(0, 0, -20))
		for name, due := range map[string]time.Time{"last": jump.Add(-time.Second), "first": jump} {
			n := w.word(name)
			n.Due = due
			w.makes(n)
		}
		w.Set(jump.Add(48 * time.Hour))
		w.sweeps()
		r, err := w.Rates(w.Context(), boss, w.Programme.ID, time.Date(2023, 9, 1, 2, 0, 0, 0, time.UTC), time.Time{})
		w.OK(err)
		var got []string
		for _, m := range r.ByMonth {
			got = append(got, fmt.Sprintf("%s %d", m.Month.Format("2006-01-02 15:04"), m.Broken))
		}
		if want := []string{"2023-08-31 22:00 0", "2023-09-01 00:00 1", "2023-10-01 01:00 1"}; !slices.Equal(got, want) {
			w.Errorf("by month %q, want %q", got, want)
		}
	})
}

func TestABrokenPromiseIsAnIncidentUntilItIsMended(t *testing.T) {
	each(t, func(w *town) {
		p := w.makes(w.word("lost"))
		incidents := func() []Incident {
			list, err := Incidents(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.ann})
			w.OK(err)
			return list
		}
		if len(incidents()) != 0 {
			w.Error("an open promise is an incident")
		}
		_, err := w.Mend(w.Context(), boss, w.Programme.ID, p.ID, "sent a new one")
		w.Refuses(err, "promise_not_broken")
		w.Set(p.Due.Add(time.Hour))
		w.sweeps()
		if got := incidents(); len(got) != 1 || !got[0].Open {
			w.Errorf("incidents %+v", got)
		}
		_, err = w.Mend(w.Context(), boss, w.Programme.ID, p.ID, "sent a new one")
		w.OK(err)
		if got := incidents(); len(got) != 1 || got[0].Open || !got[0].Solved.Equal(w.Now()) {
			w.Errorf("incidents %+v", got)
		}
		w.Clean(Room())
	})
}

// TestASettingTellsAllThatIsWrong: who typed it mends all at once.
func TestASettingTellsAllThatIsWrong(t *testing.T) {
	s := Setting{WarnHours: -1, GraceMinutes: -1, LateHelp: map[string]string{"de": "Hilfe", "en": strings.Repeat("x", 2001)}, Mapper: Mapper{Number: "n", Place: "a\x00"}}
	tells(t, s.Check(), "/warn_hours", "/grace_minutes", "/late_help", "/late_help/en", "/mapper/status", "/mapper/time", "/mapper/place", "/mapper/words")
	s = DefaultSetting()
	if err := s.Check(); err != nil {
		t.Errorf("the default is refused: %v", err)
	}
}

// tells says at which fields something was refused.
func tells(t testing.TB, err error, want ...string) {
	t.Helper()
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	if !slices.Equal(at, want) {
		t.Errorf("told are %q, want %q", at, want)
	}
}

func TestNobodyPromisesWithoutPermission(t *testing.T) {
	each(t, func(w *town) {
		nobody := auth.Actor{Kind: auth.KindKey, ID: 7, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{"promises:read"}}
		_, err := w.Make(w.Context(), nobody, w.word("x"))
		w.Refuses(err, "not_permitted")
		_, err = w.List(w.Context(), nobody, Query{ProgrammeID: w.Programme.ID, Limit: 1})
		w.OK(err)
		w.Refuses(w.SetSecret(w.Context(), nobody, w.Programme.ID, EasyPost, "0123456789abcdef"), "not_permitted")
	})
}

func TestWhoIsErasedIsToldOfNoMore(t *testing.T) {
	each(t, func(w *town) {
		const marker = "Xyzzy teapot"
		n := w.word("x")
		n.What, n.Order = marker, marker
		p := w.makes(n)
		_, err := w.Replace(w.Context(), boss, w.Programme.ID, p.ID, p.Due.Add(time.Hour), marker)
		w.OK(err)
		parcel, err := w.Register(w.Context(), boss, NewParcel{ProgrammeID: w.Programme.ID, MemberID: w.ann, Number: marker, Source: "shop", Order: marker, Postcode: "AB1 2CD"})
		w.OK(err)
		_, err = w.Follow(w.Context(), boss, w.Programme.ID, parcel.ID, []Scan{{Status: InTransit, Occurred: w.Now(), Place: marker, Words: marker}})
		w.OK(err)
		if got := w.exported(); !strings.Contains(got, marker) {
			w.Errorf("the export lacks something: %s", got)
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return Room().Erase(w.Context(), tx, w.Programme.ID, []id.ID{w.ann}) }))
		var all strings.Builder
		w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
			return Room().Dump(w.Context(), q, w.Programme.ID, func(table string, record any) error {
				all.WriteString(table + w.text(record))
				return nil
			})
		}))
		if s := all.String(); strings.Contains(strings.ToLower(s), "xyzzy") || !strings.Contains(s, "promises") || !strings.Contains(s, "parcel_events") {
			w.Errorf("after erasure there is %s", s)
		}
		_, err = w.TrackCode(w.Context(), parcel.Code)
		w.Refuses(err, "unknown_parcel")
		w.Clean(Room())
	})
}

func (w *town) exported() string {
	w.Helper()
	what, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.ann})
	w.OK(err)
	return w.text(what)
}
