package complaint

import (
	"log/slog"
	"strconv"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

var (
	boss = flowtest.Boss
	// monday is ten o'clock in Warsaw.
	monday = time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC)
)

// town is a programme in Warsaw with one wallet, a shop, Anna, and three people
// of staff.
type town struct {
	*flowtest.Town
	*Service
	auth   *auth.Service
	shop   id.ID
	wallet id.ID
	anna   id.ID
	sale   id.ID
	n      int
}

var schemas = flowtest.Schemas(Schema)

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	bean := flowtest.Warsaw(t)
	bean.Languages = []string{"pl", "en"}
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{Programme: bean, Shops: []string{"old"}, Start: monday, Rooms: []flow.Room{Room()}})}
	w.Service = New(Config{DB: d, Flow: w.Flow, GiftCards: giftcard.New(d, w.Now), Now: w.Now})
	w.auth = auth.New(d, auth.Config{Now: w.Now, Log: slog.New(slog.DiscardHandler), Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
	w.shop, w.wallet = w.Shops["old"], w.AddWallet().ID
	w.anna, w.sale = w.buys("anna", 100_00)
	return w
}

func (w *town) ticket(o Opened) Ticket { return Ticket{Track: o.Track, PIN: o.PIN} }
func (w *town) get(n id.ID) *File      { return w.seen(boss, n) }

func (w *town) seen(a auth.Actor, n id.ID) *File {
	w.Helper()
	f, err := w.Get(w.Context(), a, w.Programme.ID, n)
	w.OK(err)
	return f
}

// buys makes a sale of so much and returns whose it is.
func (w *town) buys(name string, amount int64) (m, event id.ID) {
	w.Helper()
	w.n++
	answer, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: strconv.Itoa(w.n), Kind: journal.Purchase, Occurred: w.Now(), Shop: "old", Actor: boss,
		Who:     flowtest.Named(name),
		Payload: flow.Payload{Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: amount}}},
	})
	w.OK(err)
	return answer.MemberID, answer.EventID
}

// hires adds somebody to the staff.
func (w *town) hires(name string, role auth.Role) auth.Actor {
	w.Helper()
	_, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{
		Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: role}},
	})
	w.OK(err)
	list, err := w.auth.ListStaff(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	for _, s := range list {
		if s.Name == name {
			return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: name, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: role}}}
		}
	}
	w.Fatalf("%s was not hired", name)
	return auth.Actor{}
}

// asks is a complaint of Anna's about the quality of what she bought.
func (w *town) asks() Ask {
	return Ask{Kind: Complaint, Reason: "quality", Wanted: WantRefund, MemberID: w.anna, SaleID: w.sale, Source: FromWeb, Text: "The pot leaks."}
}

func (w *town) opens(ask Ask) Opened {
	w.Helper()
	o, err := w.Begin(w.Context(), boss, w.Programme.ID, ask)
	w.OK(err)
	return o
}

func (w *town) is(n id.ID, state State) {
	w.Helper()
	if f := w.get(n); f.State != state {
		w.Errorf("the case is %s, want %s", f.State, state)
	}
}

// works does the room's jobs, each twice, as after a crash.
func (w *town) works() {
	w.Helper()
	list, err := jobs.List(w.Context(), w.DB.Reader(), jobs.Waiting, 0, 1000)
	w.OK(err)
	for _, j := range list {
		do := map[string]jobs.Handler{TellJob: w.Tell, PayJob: w.Pay}[j.Kind]
		if do == nil {
			continue
		}
		for range 2 {
			w.OK(do(w.Context(), &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload}))
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `DELETE FROM job WHERE id = $1`, j.ID)
			return err
		}))
	}
}

// points returns what Anna can spend.
func (w *town) points() int64 {
	w.Helper()
	balances, _, err := w.Flow.Standing(w.Context(), w.Programme.ID, w.anna)
	w.OK(err)
	return balances[0].Available
}
