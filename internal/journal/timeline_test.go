package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// pages reads a whole timeline page by page, passing cursors on as text.
func (h *house) pages(members []id.ID, size int, kinds ...Kind) []string {
	h.t.Helper()
	var names []string
	for before := (Cursor{}); ; {
		page, err := Timeline(h.t.Context(), h.d.Reader(), members, before, size, kinds...)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, e := range page {
			names = append(names, e.ExternalID)
		}
		if len(page) < size {
			return names
		}
		if before, err = ParseCursor(page[size-1].Cursor().String()); err != nil {
			h.t.Fatal(err)
		}
	}
}

// Whatever happened when to whichever alias, the pages hold every event once,
// the latest first.
func TestTimelinePages(t *testing.T) {
	eachHouse(t, func(h *house) {
		members := []id.ID{11, 12, 13}
		kinds := []Kind{Purchase, Return, "custom.walk"}
		var all []*Event
		for i := range 60 {
			e := event(members[i%7%3], fmt.Sprintf("A%02d", i), i*i%11) // many at the same time
			e.Kind = kinds[i%3]
			all = append(all, e)
		}
		h.append(append(all, event(99, "stranger", 5))...)
		slices.SortFunc(all, func(a, b *Event) int {
			return cmp.Or(b.Occurred.Compare(a.Occurred), cmp.Compare(b.ID, a.ID))
		})
		for _, size := range []int{1, 7, 60, 100} {
			wantSame(h.t, fmt.Sprint("all in pages of ", size), names(all, members, kinds), h.pages(members, size))
		}
		wantSame(h.t, "one alias", names(all, members[:1], kinds), h.pages(members[:1], 4))
		wantSame(h.t, "two kinds", names(all, members, kinds[1:]), h.pages(members, 4, kinds[1:]...))
		wantSame(h.t, "no kind of theirs", []string(nil), h.pages(members, 4, Birthday))
		wantSame(h.t, "nobody", []string(nil), h.pages(nil, 4))
	})
}

func names(events []*Event, members []id.ID, kinds []Kind) []string {
	var list []string
	for _, e := range events {
		if slices.Contains(members, e.MemberID) && slices.Contains(kinds, e.Kind) {
			list = append(list, e.ExternalID)
		}
	}
	return list
}

func TestCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cursor{time.UnixMicro(rapid.Int64Range(-1<<52, 1<<60).Draw(t, "at")).UTC(), id.ID(rapid.Int64Range(1, 1<<62).Draw(t, "id"))}
		if got, err := ParseCursor(c.String()); err != nil || got != c {
			t.Fatalf("%v is read as %v, %v", c, got, err)
		}
		if _, err := ParseCursor(rapid.String().Draw(t, "noise")); err != nil && fault.As(err) == nil {
			t.Fatalf("%v is no fault", err)
		}
	})
	for _, s := range []string{".", "1", "1.", ".1", "1.0", "1.-1", "1.1.1", "zz!.1", strings.Repeat("z", 99) + ".1"} {
		_, err := ParseCursor(s)
		wantFault(t, err, fault.KindInvalid, "malformed_cursor")
	}
	if c, err := ParseCursor(Cursor{}.String()); err != nil || c != (Cursor{}) {
		t.Errorf("the first cursor is read as %v, %v", c, err)
	}
}

func TestEachInBusinessOrder(t *testing.T) {
	eachHouse(t, func(h *house) {
		late, early, twin, other := event(1, "late", 9), event(2, "early", 1), event(1, "twin", 1), event(3, "other", 2)
		other.ProgrammeID = there
		h.append(late, early, twin, other)
		var got []*Event
		err := h.d.View(h.t.Context(), func(q db.Queryer) error {
			return Each(h.t.Context(), q, here, func(e *Event) error { got = append(got, e); return nil })
		})
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "events", unhashed(early, twin, late), got)
		got = nil
		err = EachByMember(h.t.Context(), h.d.Reader(), here, func(e *Event) error { got = append(got, e); return nil })
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "one member after the other", unhashed(twin, late, early), got)

		stop, n := errors.New("stop"), 0
		err = h.d.View(h.t.Context(), func(q db.Queryer) error {
			return Each(h.t.Context(), q, here, func(*Event) error { n++; return stop })
		})
		if !errors.Is(err, stop) || n != 1 {
			h.t.Errorf("after %d events: %v", n, err)
		}
	})
}

func TestEraseStripsBodies(t *testing.T) {
	eachHouse(t, func(h *house) {
		var events []*Event
		for i := range erasePage + 3 {
			e := event(id.ID(1+i%2), fmt.Sprint("A", i), i)
			if i%5 == 0 {
				e.Body = []byte(`{"note":"Zzyzx"}`)
			}
			events = append(events, e)
		}
		bystander := event(3, "B", 1)
		bystander.Body = []byte(`{"note":"Zzyzx"}`)
		w := &Waiting{Event: *event(2, "R", 1), Awaited: Key{here, "till", "S"}}
		w.Body = bystander.Body
		h.append(append(events, bystander)...)
		h.wait(w)
		strip := func(k Kind, body []byte) ([]byte, error) {
			if k != Purchase {
				h.t.Errorf("kind %s comes in", k)
			}
			return bytes.ReplaceAll(body, []byte("Zzyzx"), nil), nil
		}
		h.do(func(ctx context.Context, tx *db.Tx) error { return Erase(ctx, tx, []id.ID{1, 2}, strip) })
		for table, want := range map[string]int{"event": 1, "event_waiting": 0} {
			var n int
			if err := h.d.Reader().QueryRow(h.t.Context(), `SELECT COUNT(*) FROM `+table+` WHERE body LIKE '%Zzyzx%'`).Scan(&n); err != nil || n != want {
				h.t.Errorf("%d bodies of %s still have the marker, want %d (%v)", n, table, want, err)
			}
		}
		got, err := Get(h.t.Context(), h.d.Reader(), events[1].MemberID, events[1].ID)
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "what needed no stripping", unhashed(events[1])[0], got)
		failing := errors.New("failing")
		err = h.try(func(ctx context.Context, tx *db.Tx) error {
			return Erase(ctx, tx, []id.ID{1}, func(Kind, []byte) ([]byte, error) { return nil, failing })
		})
		if !errors.Is(err, failing) {
			h.t.Errorf("got %v", err)
		}
		h.sound()
	})
}

func TestCheckSeesWhatIsWrong(t *testing.T) {
	for damage, what := range map[string]string{
		`UPDATE event_key SET member_id = 9 WHERE external_id = 'A1'`:  "is not the one that",
		`UPDATE event_key SET waiting = TRUE WHERE external_id = 'A1'`: "is said to wait",
		`DELETE FROM event`:                             "name an event that is not there",
		`DELETE FROM event_waiting`:                     "is said to wait",
		`UPDATE event_key SET waiting = FALSE`:          "is said to wait",
		`UPDATE event_waiting SET awaited_id = 'A1'`:    "waits for a sale that has come",
		`DELETE FROM event_key WHERE external_id = 'R'`: "is said to wait",
	} {
		t.Run(damage, func(t *testing.T) {
			h := &house{t, dbtest.SQLite(t, Schema)}
			h.append(event(1, "A1", 1))
			h.wait(&Waiting{Event: *event(1, "R", 2), Awaited: Key{here, "till", "S"}})
			h.sound()
			h.do(func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, damage); return err })
			faults, err := Check(t.Context(), h.d.Reader(), here)
			if err != nil || !strings.Contains(fmt.Sprint(faults), what) {
				t.Errorf("found %v, %v; want %s", faults, err, what)
			}
		})
	}
}
