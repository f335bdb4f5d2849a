package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// entry is a unique job as the model knows it.
type entry struct {
	Payload string
	Next    int64 // seconds since the start; -1 is never
	Attempt int
	Holder  string
	Again   bool
}

// machine drives the store and a plain map side by side.
type machine struct {
	d     *db.DB
	c     *clock
	model map[string]entry
	ids   map[string]id.ID
	next  int
}

const term = 60 // seconds of a lease

func (m *machine) seconds() int64 { return int64(m.c.now().Sub(dbtest.Start) / time.Second) }

func (m *machine) tx(r *rapid.T, fn func(ctx context.Context, tx *db.Tx) error) {
	if err := m.d.InTx(context.Background(), func(tx *db.Tx) error { return fn(context.Background(), tx) }); err != nil {
		r.Fatal(err)
	}
}

func (m *machine) add(r *rapid.T) {
	m.next++
	key, delay := rapid.SampledFrom([]string{"u", "v", "w"}).Draw(r, "key"), rapid.Int64Range(0, 90).Draw(r, "delay")
	payload, at := fmt.Sprint(m.next), m.seconds()+delay
	m.tx(r, func(ctx context.Context, tx *db.Tx) error {
		return Add(ctx, tx, m.c.now(), New{Kind: "a", Unique: key, Payload: m.next, RunAt: after(time.Duration(at) * time.Second)})
	})
	e, ok := m.model[key]
	switch {
	case !ok:
		e = entry{Next: at}
	case e.Holder != "":
		e.Again = true
	case e.Next < 0:
		e.Next, e.Attempt = at, 0
	default:
		e.Next = min(e.Next, at)
	}
	e.Payload = payload
	m.model[key] = e
}

func (m *machine) claim(r *rapid.T) {
	holder, limit := rapid.SampledFrom([]string{"p", "q"}).Draw(r, "holder"), rapid.IntRange(1, 3).Draw(r, "limit")
	jobs, err := claim(context.Background(), m.d, holder, []string{"a"}, m.c.now(), m.c.now().Add(term*time.Second), limit)
	if err != nil {
		r.Fatal(err)
	}
	due := 0
	for _, e := range m.model {
		if e.Next >= 0 && e.Next <= m.seconds() {
			due++
		}
	}
	if len(jobs) != min(due, limit) {
		r.Fatalf("claimed %d of %d, at most %d", len(jobs), due, limit)
	}
	var latest int64
	for _, j := range jobs {
		key := m.key(j.ID)
		e := m.model[key]
		latest = max(latest, e.Next)
		if e.Next < 0 || e.Next > m.seconds() || string(j.Payload) != e.Payload || j.Attempt != e.Attempt+1 {
			r.Fatalf("claimed %+v of %+v", j, e)
		}
		e.Holder, e.Attempt, e.Next = holder, j.Attempt, m.seconds()+term
		m.model[key] = e
	}
	for _, e := range m.model {
		if len(jobs) > 0 && e.Next >= 0 && e.Next < latest {
			r.Fatalf("%+v was due before what was claimed", e)
		}
	}
}

func (m *machine) key(i id.ID) string {
	for _, j := range m.stored() {
		m.ids[j.Unique] = j.ID
	}
	for k, v := range m.ids {
		if v == i {
			return k
		}
	}
	return ""
}

func (m *machine) stored() []Info {
	jobs, err := List(context.Background(), m.d.Reader(), "", 0, 100)
	if err != nil {
		panic(err)
	}
	return jobs
}

// settle ends a job, perhaps by somebody who has lost it.
func (m *machine) settle(r *rapid.T) {
	if len(m.model) == 0 {
		return
	}
	key := rapid.SampledFrom(slices.Sorted(maps.Keys(m.model))).Draw(r, "key")
	holder := rapid.SampledFrom([]string{"p", "q"}).Draw(r, "holder")
	how := rapid.SampledFrom([]string{"done", "later", "dead", "back", "renew"}).Draw(r, "how")
	m.key(0)
	job, now, later := m.ids[key], m.c.now(), m.seconds()+7
	m.tx(r, func(ctx context.Context, tx *db.Tx) error {
		switch how {
		case "done":
			return finish(ctx, tx, holder, now, []id.ID{job})
		case "back":
			return giveBack(ctx, tx, holder, now, []id.ID{job})
		case "later":
			return putBack(ctx, tx, holder, now, again{id: job, next: db.Micros(after(time.Duration(later) * time.Second)), attempt: 5})
		case "dead":
			return putBack(ctx, tx, holder, now, again{id: job, next: db.Never, attempt: 5})
		}
		return nil
	})
	if how == "renew" {
		if _, err := renew(context.Background(), m.d, holder, now.Add(term*time.Second), []id.ID{job}); err != nil {
			r.Fatal(err)
		}
	}
	if e := m.model[key]; e.Holder == holder {
		m.settled(key, how, later)
	}
}

func (m *machine) settled(key, how string, later int64) {
	e := m.model[key]
	switch {
	case how == "renew":
		e.Next = m.seconds() + term
		m.model[key] = e
		return
	case how == "back":
		e.Next, e.Attempt = m.seconds(), e.Attempt-1
	case e.Again:
		e.Next, e.Attempt = m.seconds(), 0
	case how == "done":
		delete(m.model, key)
		return
	case how == "later":
		e.Next, e.Attempt = later, 5
	case how == "dead":
		e.Next, e.Attempt = -1, 5
	}
	e.Holder, e.Again = "", false
	m.model[key] = e
}

func (m *machine) check(r *rapid.T) {
	found := map[string]entry{}
	for _, j := range m.stored() {
		e := entry{Payload: string(j.Payload), Next: -1, Attempt: j.Attempt}
		if j.State != Dead {
			e.Next = int64(j.Next.Sub(dbtest.Start) / time.Second)
		}
		row := m.d.Reader().QueryRow(context.Background(), "SELECT holder, again FROM job WHERE id = $1", j.ID)
		if err := row.Scan(&e.Holder, &e.Again); err != nil {
			r.Fatal(err)
		}
		found[j.Unique] = e
	}
	if diff := cmp.Diff(m.model, found); diff != "" {
		r.Fatal(diff)
	}
}

// Whatever happens in whatever order, each job is where a plain map says.
func TestStoreAgainstModel(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		rapid.Check(t, func(r *rapid.T) {
			m := &machine{d: d, c: newClock(), model: map[string]entry{}, ids: map[string]id.ID{}}
			m.tx(r, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "DELETE FROM job")
				return err
			})
			r.Repeat(map[string]func(*rapid.T){
				"add": m.add, "claim": m.claim, "settle": m.settle, "": m.check,
				"pass": func(r *rapid.T) { m.c.pass(time.Duration(rapid.IntRange(1, 40).Draw(r, "pass")) * time.Second) },
			})
		})
	})
}
