package churn

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/churn/churntest"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/promise"
	"regulars/internal/survey"
)

var boss = flowtest.Boss

// town is a programme with a shop, and customers with habits.
type town struct {
	*flowtest.Town
	*churntest.Customers
	*Service
	cases   *complaint.Service
	promise *promise.Service
	n       int
}

var schemas = flowtest.Schemas(complaint.Schema, promise.Schema, survey.Schema, Schema)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: flowtest.Warsaw(t), Shops: []string{"main", "side"}, Start: time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC),
		Rooms: []flow.Room{complaint.Room(), promise.Room(), survey.Room(), Room()},
	})}
	w.Customers = churntest.Of(w.Town)
	w.cases = complaint.New(complaint.Config{DB: d, Flow: w.Flow, GiftCards: giftcard.New(d, w.Now), Now: w.Now})
	w.promise = promise.NewService(promise.Config{DB: d, Flow: w.Flow, Now: w.Now})
	w.Service = New(Config{DB: d, Surveys: survey.New(d, w.Flow, w.Now), Now: w.Now})
	return w
}

func pointer(err error) string {
	if f := fault.As(err); f != nil {
		return f.Field
	}
	return ""
}

// looks looks at everybody.
func (w *town) looks() {
	w.Helper()
	w.OK(w.Ask(w.Context(), boss, w.Programme.ID))
	w.Works(map[string]jobs.Handler{ReckonJob: w.Reckon})
	w.Clean(Room())
}

// stands returns how somebody stands; of nobody of whom something can be said the
// zero Standing.
func (w *town) stands(name string) (Standing, []Change) {
	w.Helper()
	n, changes, err := w.Of(w.Context(), boss, w.Programme.ID, w.Members[name])
	w.OK(err)
	if n == nil {
		return Standing{}, changes
	}
	return *n, changes
}

func (w *town) is(name string, state State, trouble Trouble) Standing {
	w.Helper()
	n, _ := w.stands(name)
	if n.State != state || n.Trouble != trouble {
		w.Errorf("%s is %q after %q: %+v", name, n.State, n.Trouble, n)
	}
	return n
}

func (w *town) lists(change func(*Query)) (names []string) {
	w.Helper()
	q := Query{ProgrammeID: w.Programme.ID, Limit: 1000}
	if change != nil {
		change(&q)
	}
	list, err := w.List(w.Context(), boss, q)
	w.OK(err)
	of := map[id.ID]string{}
	for name, m := range w.Members {
		of[m] = name
	}
	for _, n := range list {
		names = append(names, of[n.MemberID])
	}
	return names
}

// faults are what the check finds.
func (w *town) faults() string { return strings.Join(w.Faults(Room()), "\n") }
