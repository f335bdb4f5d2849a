package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	here  = id.ID(77) // a programme
	there = id.ID(88) // another
)

// house is the room on one database.
type house struct {
	t *testing.T
	d *db.DB
}

// eachHouse runs fn on both databases.
func eachHouse(t *testing.T, fn func(h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(&house{t, d}) }, Schema)
}

func (h *house) do(fn func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	if err := h.try(fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) try(fn func(ctx context.Context, tx *db.Tx) error) error {
	ctx := h.t.Context()
	return h.d.InTx(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
}

// event returns a purchase of the member, that many hours after the start.
func event(member id.ID, external string, hours int) *Event {
	return &Event{
		ProgrammeID: here, MemberID: member, Kind: Purchase, Source: "till", ExternalID: external,
		Occurred: dbtest.Start.Add(time.Duration(hours) * time.Hour), Recorded: dbtest.Start.Add(1234 * time.Microsecond),
		ShopID: 5, Channel: "shop", Actor: "key:key_1", Body: []byte(`{"total":12,"note":"ż"}`), Hash: []byte{1, 2, 255, byte(hours)},
	}
}

// append adds events to the journal.
func (h *house) append(events ...*Event) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx *db.Tx) error { return Append(ctx, tx, events) })
}

func (h *house) wait(list ...*Waiting) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx *db.Tx) error { return Wait(ctx, tx, list) })
}

// sound fails unless the whole journal agrees with itself.
func (h *house) sound() {
	h.t.Helper()
	faults, err := Check(h.t.Context(), h.d.Reader(), here)
	if err != nil || len(faults) > 0 {
		h.t.Errorf("check: %v, %v", faults, err)
	}
}

// unhashed returns the events as they are read: without the hash.
func unhashed(events ...*Event) []*Event {
	list := make([]*Event, len(events))
	for i, e := range events {
		c := *e
		c.Hash, list[i] = nil, &c
	}
	return list
}

func wantSame(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want the fault %s %s", err, kind, code)
	}
}

func TestAppendThenGet(t *testing.T) {
	eachHouse(t, func(h *house) {
		e := event(1, "A1", 3)
		h.append(e)
		got, err := Get(h.t.Context(), h.d.Reader(), 1, e.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "event", unhashed(e)[0], got)
		_, err = Get(h.t.Context(), h.d.Reader(), 2, e.ID)
		wantFault(h.t, err, fault.KindMissing, "unknown_event")
		h.append(event(2, "A2", 3), event(1, "A3", -3))
		n, err := Count(h.t.Context(), h.d.Reader(), here)
		if n != 3 || err != nil {
			h.t.Errorf("counted %d, %v", n, err)
		}
		ids, err := IDs(h.t.Context(), h.d.Reader(), 1)
		if err != nil || len(ids) != 2 || ids[0] != e.ID || ids[1] <= e.ID {
			h.t.Errorf("the member's events are %v, %v", ids, err)
		}
		h.sound()
	})
}

func TestKnown(t *testing.T) {
	eachHouse(t, func(h *house) {
		e, other := event(1, "A1", 3), event(2, "A1", 4)
		other.ProgrammeID = there
		r := &Waiting{Event: *event(0, "R1", 5), Awaited: Key{here, "till", "A9"}}
		r.Kind = Return
		h.append(e, other)
		h.wait(r)
		asked := []Key{e.Key(), r.Key(), {here, "web", "A1"}, {here, "till", "a1"}, e.Key()}
		known, err := Known(h.t.Context(), h.d.Reader(), asked)
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "known", map[Key]Same{
			e.Key(): {Key: e.Key(), EventID: e.ID, MemberID: 1, Hash: e.Hash},
			r.Key(): {Key: r.Key(), EventID: r.ID, Hash: r.Hash, Waiting: true},
		}, known)
		h.sound()
	})
}

func TestAKeyIsTakenOnce(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.append(event(1, "A1", 1))
		h.wait(&Waiting{Event: *event(0, "R1", 2), Awaited: Key{here, "till", "A9"}})
		for what, events := range map[string][]*Event{
			"a key in the journal": {event(1, "A2", 2), event(2, "A1", 1)},
			"a key that waits":     {event(2, "R1", 1)},
			"a key given twice":    {event(1, "A3", 2), event(1, "A3", 2)},
		} {
			err := h.try(func(ctx context.Context, tx *db.Tx) error { return Append(ctx, tx, events) })
			if !errors.Is(err, ErrTaken) {
				h.t.Errorf("%s: got %v, want ErrTaken", what, err)
			}
		}
		err := h.try(func(ctx context.Context, tx *db.Tx) error {
			return Wait(ctx, tx, []*Waiting{{Event: *event(0, "A1", 1)}})
		})
		if !errors.Is(err, ErrTaken) {
			h.t.Errorf("waiting under a taken key: got %v, want ErrTaken", err)
		}
		if n, err := Count(h.t.Context(), h.d.Reader(), here); n != 2 || err != nil {
			h.t.Errorf("%d events are counted, want 2 (%v)", n, err)
		}
		h.sound()
	})
}

func TestWaitingReturnsArrive(t *testing.T) {
	eachHouse(t, func(h *house) {
		awaited := Key{here, "till", "A9"}
		var list []*Waiting
		for i, member := range []id.ID{0, 4} {
			w := &Waiting{Event: *event(member, fmt.Sprintf("R%d", i), i), Awaited: awaited}
			w.Kind = Return
			list = append(list, w)
		}
		other := &Waiting{Event: *event(0, "R7", 7), Awaited: Key{here, "web", "A9"}}
		other.Kind = Return
		h.wait(append(list, other)...)
		for _, w := range append(list, other) {
			w.Hash = nil
		}
		got, err := ListWaiting(h.t.Context(), h.d.Reader(), here, list[0].ID, 10)
		if err != nil {
			h.t.Fatal(err)
		}
		wantSame(h.t, "listed after the first", []*Waiting{list[1], other}, got)

		sold := event(1, "A9", -5)
		h.do(func(ctx context.Context, tx *db.Tx) error {
			got, err := TakeWaiting(ctx, tx, []Key{sold.Key(), {here, "till", "A8"}, {there, "web", "A9"}})
			if err != nil {
				return err
			}
			wantSame(h.t, "taken", list, got)
			got[0].MemberID, got[1].MemberID = 1, 1
			if err := Append(ctx, tx, []*Event{sold}); err != nil {
				return err
			}
			return Arrive(ctx, tx, []*Event{&got[0].Event, &got[1].Event})
		})
		known, err := Known(h.t.Context(), h.d.Reader(), []Key{list[0].Key(), other.Key()})
		if err != nil {
			h.t.Fatal(err)
		}
		if s := known[list[0].Key()]; s.Waiting || s.MemberID != 1 || s.EventID != list[0].ID {
			h.t.Errorf("after arriving the key says %+v", s)
		}
		if s := known[other.Key()]; !s.Waiting {
			h.t.Errorf("the other no longer waits: %+v", s)
		}
		events, err := Timeline(h.t.Context(), h.d.Reader(), []id.ID{1}, Cursor{}, 10, Return)
		if err != nil || len(events) != 2 || events[1].ID != list[0].ID {
			h.t.Errorf("the timeline has %v, %v", events, err)
		}
		h.sound()
	})
}

// The number of statements must not depend on the number of events.
func TestBatchesSendAConstantNumberOfStatements(t *testing.T) {
	eachHouse(t, func(h *house) {
		for _, n := range []int{1, 7, 256} {
			var events []*Event
			var waiting []*Waiting
			var keys, awaited []Key
			for i := range n {
				e := event(id.ID(i+1), fmt.Sprintf("A%d.%d", n, i), i)
				w := &Waiting{Event: *event(0, fmt.Sprintf("R%d.%d", n, i), i), Awaited: Key{here, "till", fmt.Sprintf("B%d.%d", n, i)}}
				events, waiting, keys, awaited = append(events, e), append(waiting, w), append(keys, e.Key()), append(awaited, w.Awaited)
			}
			var taken []*Event
			var got []uint64
			for _, fn := range []func(ctx context.Context, tx *db.Tx) error{
				func(ctx context.Context, tx *db.Tx) error { return Append(ctx, tx, events) },
				func(ctx context.Context, tx *db.Tx) error { _, err := Known(ctx, tx, keys); return err },
				func(ctx context.Context, tx *db.Tx) error { return Wait(ctx, tx, waiting) },
				func(ctx context.Context, tx *db.Tx) error {
					list, err := TakeWaiting(ctx, tx, awaited)
					for _, w := range list {
						taken = append(taken, &w.Event)
					}
					return err
				},
				func(ctx context.Context, tx *db.Tx) error { return Arrive(ctx, tx, taken) },
			} {
				before := h.d.Statements()
				h.do(fn)
				got = append(got, h.d.Statements()-before)
			}
			wantSame(h.t, fmt.Sprintf("statements for %d events", n), []uint64{2, 1, 2, 2, 2}, got)
			if len(taken) != n {
				h.t.Errorf("%d of %d were taken", len(taken), n)
			}
		}
		h.sound()
	})
}

func TestNothingSendsNothing(t *testing.T) {
	h := &house{t, dbtest.SQLite(t, Schema)}
	before := h.d.Statements()
	h.do(func(ctx context.Context, tx *db.Tx) error {
		_, known := Known(ctx, tx, nil)
		_, taken := TakeWaiting(ctx, tx, nil)
		return errors.Join(known, taken, Append(ctx, tx, nil), Wait(ctx, tx, nil), Arrive(ctx, tx, nil))
	})
	if n := h.d.Statements() - before; n != 0 {
		t.Errorf("%d statements were sent", n)
	}
}

// spy keeps the last statement that was sent.
type spy struct {
	db.Queryer
	text string
	args []any
}

func (s *spy) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s.text, s.args = text, args
	return s.Queryer.Query(ctx, text, args...)
}

// SQLite knows nothing of how large tables are, and has chosen to walk them
// when many keys were asked for at once.
func TestKnownDoesNotWalkTheTable(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	s := &spy{Queryer: d.Reader()}
	var keys []Key
	for i := range 256 {
		keys = append(keys, Key{here, "till", fmt.Sprint(i)})
	}
	if _, err := Known(t.Context(), s, keys); err != nil {
		t.Fatal(err)
	}
	rows, err := d.Reader().Query(t.Context(), "EXPLAIN QUERY PLAN "+s.text, s.args...)
	steps, err := db.Collect(rows, err, func(r *sql.Rows) (step string, err error) {
		var one, two, three int
		err = r.Scan(&one, &two, &three, &step)
		return step, err
	})
	if plan := strings.Join(steps, "\n"); err != nil || !strings.Contains(plan, "SEARCH e USING PRIMARY KEY (programme_id=? AND source=? AND external_id=?)") {
		t.Errorf("the plan is %s, %v", plan, err)
	}
}
