package standard

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/sale"
)

var boss = flowtest.Boss

var schemas = flowtest.Schemas(Schema)

// town is a programme in Warsaw with three shops, Ann who agreed to visit, a
// published standard and a scenario, and a clock that the test moves.
type town struct {
	*flowtest.Town
	*Service
	auth     *auth.Service
	shops    []id.ID
	ann      id.ID
	standard id.ID
	scenario id.ID
	n        int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	codes := []string{"north", "south", "west"}
	w := &town{Town: flowtest.New(t, d, flowtest.Plan{
		Programme: flowtest.Warsaw(t), Shops: codes, Start: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), Rooms: []flow.Room{Room()}, // a Monday
	})}
	w.Service = New(d, w.Now)
	w.auth = auth.New(d, auth.Config{Now: w.Now, Log: slog.New(slog.DiscardHandler), Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
	for _, code := range codes {
		w.shops = append(w.shops, w.Shops[code])
	}
	w.ann = w.Joins(member.Identity{Kind: member.External, Value: "ann"})
	n, err := w.Create(w.Context(), boss, w.Programme.ID, service())
	w.OK(err)
	_, err = w.Publish(w.Context(), boss, w.Programme.ID, n.ID)
	w.OK(err)
	w.standard = n.ID
	plot, err := w.SaveScenario(w.Context(), boss, w.Programme.ID, 0, 0, Plot{Names: en("A gift"), Deed: Buy, Task: en("Buy a gift for a friend."), Watch: en("The welcome."), Budget: 50_00, StandardID: n.ID})
	w.OK(err)
	w.scenario = plot.ID
	return w
}

// outsider adds somebody from outside who avoids shops.
func (w *town) outsider(name string, avoid ...id.ID) *Visitor {
	w.Helper()
	n, err := w.AddVisitor(w.Context(), boss, w.Programme.ID, Visitor{Kind: Outsider, Name: name, Contact: name + "@agency.example", Avoid: avoid})
	w.OK(err)
	return n
}

// hires adds somebody to the staff; at names the shops at whose tills they work.
func (w *town) hires(name string, role auth.Role, at ...id.ID) auth.Actor {
	w.Helper()
	s, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{
		Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: role}},
	})
	w.OK(err)
	for _, shop := range at {
		w.OK(w.d.InTx(w.Context(), func(tx *db.Tx) error { // a shift, as the till writes it
			device := tx.IDs().New()
			if _, err := tx.Exec(w.Context(), `INSERT INTO till_device (id, programme_id, shop_id, number, name, secret, code_until) VALUES ($1, $2, $3, $4, 'Till', $5, 0)`,
				device, w.Programme.ID, shop, int64(device), device.In(id.Device)); err != nil {
				return err
			}
			_, err := tx.Exec(w.Context(), `INSERT INTO till_shift (id, device_id, staff_id, opened, seen) VALUES ($1, $2, $3, $4, $4)`, tx.IDs().New(), device, s.ID, db.Micros(w.Now()))
			return err
		}))
	}
	return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: name, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: role}}}
}

// draws plans a visit to every shop in the week of the clock.
func (w *town) draws(change func(*Plan)) *Round {
	w.Helper()
	plan := Plan{ScenarioID: w.scenario, From: "2026-06-01", To: "2026-06-07", Each: 1, Seed: 42}
	if change != nil {
		change(&plan)
	}
	n, err := w.Draw(w.Context(), boss, w.Programme.ID, plan)
	w.OK(err)
	return n
}

func (w *town) visits(a auth.Actor, n Query) []*Visit {
	w.Helper()
	n.ProgrammeID, n.Limit = w.Programme.ID, 1000
	list, err := w.Visits(w.Context(), a, n)
	w.OK(err)
	return list
}

// found is a sheet on which so much was kept.
func found(greeted, clean, receipt int) Sheet {
	n := Blank()
	n.Answers = map[string]Answer{"greeted": {Value: greeted}, "clean": {Value: clean, Comment: "as it was"}, "receipt": {Value: receipt}}
	n.Arrived, n.Served, n.Departed, n.Remark, n.Lang = 600, 604, 610, "All in all.", "en"
	return n
}

func (w *town) token(v *Visit) string { return Token(w.Programme.Salt, v.ID) }

// sends goes to the day of a visit and sends its sheet.
func (w *town) sends(v *Visit, sheet Sheet, photos ...[]byte) {
	w.Helper()
	if w.Now().Before(v.Opens) {
		w.Set(v.Opens.Add(12 * time.Hour))
	}
	w.OK(w.Keep(w.Context(), w.token(v), sheet, photos, true))
}

func (w *town) file(a auth.Actor, n id.ID) *File {
	w.Helper()
	f, err := w.Visit(w.Context(), a, w.Programme.ID, n)
	w.OK(err)
	return f
}

// buys makes a sale under a receipt's number.
func (w *town) buys(who, shop, receipt string) {
	w.Helper()
	_, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: receipt, Kind: journal.Purchase, Occurred: w.Now(), Shop: shop, Actor: boss,
		Who: flowtest.Named(who), Payload: flow.Payload{Lines: []sale.Line{{SKU: "tea", Quantity: 1000, Amount: 900}}},
	})
	w.OK(err)
}

// audited says that the audit trail holds an action.
func (w *town) audited(action string, want int) {
	w.Helper()
	list, err := w.auth.Audit(w.Context(), boss, auth.AuditFilter{ProgrammeID: w.Programme.ID, Action: action, Limit: 100})
	w.OK(err)
	if len(list) != want {
		w.Errorf("%s stands in the audit trail %d times, want %d", action, len(list), want)
	}
}

// sound says that the check finds nothing, or what is wanted.
func (w *town) sound(want ...string) {
	w.Helper()
	if len(want) == 0 {
		w.Clean(Room())
		return
	}
	found := strings.Join(w.Faults(Room()), "\n")
	for _, part := range want {
		if !strings.Contains(found, part) {
			w.Errorf("the check does not find %q: %q", part, found)
		}
	}
}

func (w *town) crowd(n int) {
	w.Helper()
	for i := range n {
		w.n++
		w.outsider(fmt.Sprintf("Guest %d.%d", w.n, i))
	}
}
