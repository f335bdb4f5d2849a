package standard

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

var boss = auth.System("test")

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
	ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

// town is a programme in Warsaw with three shops, Ann who agreed to visit, a
// published standard and a scenario, and a clock that the test moves.
type town struct {
	*testing.T
	*Service
	auth     *auth.Service
	flow     *flow.Service
	g        program.Programme
	shops    []id.ID
	ann      id.ID
	clock    time.Time
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
	w := &town{T: t, clock: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)} // a Monday
	now := func() time.Time { return w.clock }
	w.flow = flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{Room()}})
	t.Cleanup(w.flow.Close)
	w.Service = New(d, now)
	w.auth = auth.New(d, auth.Config{Now: now, Log: slog.New(slog.DiscardHandler), Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}})
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	w.g, err = program.New(d).Create(w.Context(), boss, program.Programme{
		Slug: "bean", Name: "Bean", Currency: "PLN", Zone: zone, Languages: []string{"en", "pl"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "PL"},
	})
	w.ok(err)
	for _, code := range []string{"north", "south", "west"} {
		shop, err := program.New(d).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.g.ID, Code: code, Name: code})
		w.ok(err)
		w.shops = append(w.shops, shop.ID)
	}
	m := &member.Member{ProgrammeID: w.g.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.clock, Enrolled: w.clock}
	w.ok(d.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Insert(w.Context(), tx, []member.Newcomer{{Member: m, Identities: []member.Identity{{Kind: member.External, Value: "ann"}}}})
	}))
	w.ann = m.ID
	n, err := w.Create(w.Context(), boss, w.g.ID, service())
	w.ok(err)
	_, err = w.Publish(w.Context(), boss, w.g.ID, n.ID)
	w.ok(err)
	w.standard = n.ID
	plot, err := w.SaveScenario(w.Context(), boss, w.g.ID, 0, 0, Plot{Names: en("A gift"), Deed: Buy, Task: en("Buy a gift for a friend."), Watch: en("The welcome."), Budget: 50_00, StandardID: n.ID})
	w.ok(err)
	w.scenario = plot.ID
	return w
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

// outsider adds somebody from outside who avoids shops.
func (w *town) outsider(name string, avoid ...id.ID) *Visitor {
	w.Helper()
	n, err := w.AddVisitor(w.Context(), boss, w.g.ID, Visitor{Kind: Outsider, Name: name, Contact: name + "@agency.example", Avoid: avoid})
	w.ok(err)
	return n
}

// hires adds somebody to the staff; at names the shops at whose tills they work.
func (w *town) hires(name string, role auth.Role, at ...id.ID) auth.Actor {
	w.Helper()
	s, _, err := w.auth.Invite(w.Context(), boss, auth.Invitation{
		Email: name + "@bean.example", Name: name, Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.g.ID, Role: role}},
	})
	w.ok(err)
	for _, shop := range at {
		w.ok(w.d.InTx(w.Context(), func(tx *db.Tx) error { // a shift, as the till writes it
			device := tx.IDs().New()
			if _, err := tx.Exec(w.Context(), `INSERT INTO till_device (id, programme_id, shop_id, number, name, secret, code_until) VALUES ($1, $2, $3, $4, 'Till', $5, 0)`,
				device, w.g.ID, shop, int64(device), device.In(id.Device)); err != nil {
				return err
			}
			_, err := tx.Exec(w.Context(), `INSERT INTO till_shift (id, device_id, staff_id, opened, seen) VALUES ($1, $2, $3, $4, $4)`, tx.IDs().New(), device, s.ID, db.Micros(w.clock))
			return err
		}))
	}
	return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: name, Roles: []auth.Assignment{{ProgrammeID: w.g.ID, Role: role}}}
}

// draws plans a visit to every shop in the week of the clock.
func (w *town) draws(change func(*Plan)) *Round {
	w.Helper()
	plan := Plan{ScenarioID: w.scenario, From: "2026-06-01", To: "2026-06-07", Each: 1, Seed: 42}
	if change != nil {
		change(&plan)
	}
	n, err := w.Draw(w.Context(), boss, w.g.ID, plan)
	w.ok(err)
	return n
}

func (w *town) visits(a auth.Actor, n Query) []*Visit {
	w.Helper()
	n.ProgrammeID, n.Limit = w.g.ID, 1000
	list, err := w.Visits(w.Context(), a, n)
	w.ok(err)
	return list
}

// found is a sheet on which so much was kept.
func found(greeted, clean, receipt int) Sheet {
	n := Blank()
	n.Answers = map[string]Answer{"greeted": {Value: greeted}, "clean": {Value: clean, Comment: "as it was"}, "receipt": {Value: receipt}}
	n.Arrived, n.Served, n.Departed, n.Remark, n.Lang = 600, 604, 610, "All in all.", "en"
	return n
}

func (w *town) token(v *Visit) string { return Token(w.g.Salt, v.ID) }

// sends goes to the day of a visit and sends its sheet.
func (w *town) sends(v *Visit, sheet Sheet, photos ...[]byte) {
	w.Helper()
	if w.clock.Before(v.Opens) {
		w.clock = v.Opens.Add(12 * time.Hour)
	}
	w.ok(w.Keep(w.Context(), w.token(v), sheet, photos, true))
}

func (w *town) file(a auth.Actor, n id.ID) *File {
	w.Helper()
	f, err := w.Visit(w.Context(), a, w.g.ID, n)
	w.ok(err)
	return f
}

// buys makes a sale under a receipt's number.
func (w *town) buys(who, shop, receipt string) {
	w.Helper()
	_, err := w.flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.g.ID, Source: "till", ExternalID: receipt, Kind: journal.Purchase, Occurred: w.clock, Shop: shop, Actor: boss,
		Who: flow.Who{Identities: []member.Identity{{Kind: member.External, Value: who}}}, Payload: flow.Payload{Lines: []sale.Line{{SKU: "tea", Quantity: 1000, Amount: 900}}},
	})
	w.ok(err)
}

// audited says that the audit trail holds an action.
func (w *town) audited(action string, want int) {
	w.Helper()
	list, err := w.auth.Audit(w.Context(), boss, auth.AuditFilter{ProgrammeID: w.g.ID, Action: action, Limit: 100})
	w.ok(err)
	if len(list) != want {
		w.Errorf("%s stands in the audit trail %d times, want %d", action, len(list), want)
	}
}

// sound says that the check finds nothing, or what is wanted.
func (w *town) sound(want ...string) {
	w.Helper()
	var found []string
	w.ok(w.d.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return Room().Check(context.WithoutCancel(w.Context()), q, w.g.ID, func(what string) { found = append(found, what) })
	}))
	for _, part := range want {
		if !strings.Contains(strings.Join(found, "\n"), part) {
			w.Errorf("the check does not find %q: %q", part, found)
		}
	}
	if len(want) == 0 && len(found) > 0 {
		w.Errorf("the check finds %q", found)
	}
}

// exec breaks something on purpose.
func (w *town) exec(text string, args ...any) {
	w.Helper()
	w.ok(w.d.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), text, args...)
		return err
	}))
}

func (w *town) crowd(n int) {
	w.Helper()
	for i := range n {
		w.n++
		w.outsider(fmt.Sprintf("Guest %d.%d", w.n, i))
	}
}
