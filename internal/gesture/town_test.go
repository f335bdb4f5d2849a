package gesture

import (
	"context"
	"fmt"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
)

var (
	boss = flowtest.Boss
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

const day = 24 * time.Hour

var schemas = flowtest.Schemas(Schema)

// town is a programme with two shops, and a clock that the test moves. It tells
// the room of complaints.
type town struct {
	*flowtest.Town
	*Service
	shops  [2]id.ID
	n      int
	open   int
	solved time.Time
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: program.Programme{Languages: []string{"en", "pl"}}, Shops: []string{"soho", "bath"}, Start: noon, Rooms: []flow.Room{Room()},
	})}
	w.shops = [2]id.ID{w.Shops["soho"], w.Shops["bath"]}
	w.Service = New(Config{DB: d, Flow: w.Flow, Cases: w, Now: w.Now})
	w.OK(product.New(d).Upsert(w.Context(), boss, w.Programme.ID, []product.Product{{SKU: "POT-L", Name: "Large pot"}, {SKU: "POT-S", Name: "Small pot"}}))
	return w
}

// OpenCount and LastSolved are what the room is told of complaints.
func (w *town) OpenCount(context.Context, db.Queryer, id.ID, []id.ID) (int, error) {
	return w.open, nil
}

// LastSolved is the other of the two.
func (w *town) LastSolved(context.Context, db.Queryer, id.ID, []id.ID) (time.Time, error) {
	return w.solved, nil
}

// joins adds so many members.
func (w *town) joins(n int) []id.ID {
	w.Helper()
	all := make([]member.Newcomer, n)
	for i := range all {
		w.n++
		all[i] = member.Newcomer{
			Member:     &member.Member{ProgrammeID: w.Programme.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.Now(), Enrolled: w.Now()},
			Identities: []member.Identity{{Kind: member.External, Value: fmt.Sprint("a", w.n)}},
		}
	}
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return member.Insert(w.Context(), tx, all) }))
	ids := make([]id.ID, n)
	for i := range all {
		ids[i] = all[i].Member.ID
	}
	return ids
}

// sells writes sales down by the row, with the events by which they are found,
// for comparisons of many.
func (w *town) sells(people []id.ID, shop int, at time.Time, amount int64) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		for _, who := range people {
			e := &journal.Event{
				ID: tx.IDs().New(), ProgrammeID: w.Programme.ID, MemberID: who, Kind: journal.Purchase, Source: "till", ExternalID: fmt.Sprint(who, at.UnixMicro(), shop, amount),
				Occurred: at, Recorded: at, Body: []byte("{}"), Hash: []byte{1},
			}
			if err := journal.Append(w.Context(), tx, []*journal.Event{e}); err != nil {
				return err
			}
			if _, err := tx.Exec(w.Context(), `INSERT INTO sale (id, member_id, programme_id, occurred, shop_id, reference, goods, total, returned, nth) VALUES ($1, $2, $3, $4, $5, 'x', $6, $6, 0, 1)`,
				e.ID, who, w.Programme.ID, db.Micros(at), w.shops[shop], amount); err != nil {
				return err
			}
		}
		return nil
	}))
}

func en(text string) Words { return Words{"en": text} }

// biscuit is a gesture as the form fills it in.
func biscuit() Spec {
	return Spec{Kind: Favour, Names: en("A biscuit"), Fits: en("It rains."), Does: en("Put it on the saucer."), Cost: 20}
}

func (w *town) adds(s Spec) *Gesture {
	w.Helper()
	g, err := w.Add(w.Context(), boss, w.Programme.ID, s)
	w.OK(err)
	return g
}

func (w *town) gives(g *Gesture, who id.ID) (*Giving, error) {
	return w.Give(w.Context(), boss, w.Programme.ID, Wish{GestureID: g.ID, MemberID: who, Shop: w.shops[0], Channel: "till"})
}

// tells does the jobs that put givings on timelines.
func (w *town) tells() {
	w.Helper()
	payloads, err := jobs.Payloads(w.Context(), w.DB.Reader(), TellJob)
	w.OK(err)
	for _, p := range payloads {
		w.OK(w.Tell(w.Context(), &jobs.Job{Kind: TellJob, Payload: p}))
	}
}
