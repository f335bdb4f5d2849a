// Package flowtest makes the small town in which the rooms below flow are tested:
// a programme, what happens in it, and a clock that the test moves.
package flowtest

import (
	"cmp"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/jobs/jobstest"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// Boss is who does what nobody in particular does.
var Boss = auth.System("test")

// Schemas are those of flow and of every room above it, and those of rooms below.
func Schemas(below ...db.Schema) []db.Schema {
	return append([]db.Schema{
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema, ledger.Schema, tier.Schema,
		promo.Schema, giftcard.Schema, reward.Schema,
	}, below...)
}

// Plan says what a town is like.
type Plan struct {
	// Programme is the town's; Founds says what it is unless it says otherwise.
	Programme program.Programme
	// Shops are the codes of its shops, which are their names too.
	Shops []string
	// Start is where the clock stands at first; dbtest.Start if it is not said.
	Start time.Time
	Rooms []flow.Room
	// News has every committed batch leave a flow.NewsJob.
	News bool
}

// Town is a programme and what happens in it.
type Town struct {
	*testing.T
	DB        *db.DB
	Flow      *flow.Service
	Programme program.Programme
	Shops     map[string]id.ID // by code

	clock atomic.Int64
}

// New makes a town over a database with the Schemas.
func New(t *testing.T, d *db.DB, p Plan) *Town {
	t.Helper()
	w := &Town{T: t, DB: d, Shops: map[string]id.ID{}}
	if p.Start.IsZero() {
		p.Start = dbtest.Start
	}
	w.Set(p.Start)
	w.Flow = flow.New(flow.Config{DB: d, Now: w.Now, Log: slog.New(slog.DiscardHandler), Rooms: p.Rooms, News: p.News})
	t.Cleanup(w.Flow.Close)
	w.Programme = w.Founds(p.Programme)
	for _, code := range p.Shops {
		shop, err := program.New(d).AddShop(t.Context(), Boss, program.Shop{ProgrammeID: w.Programme.ID, Code: code, Name: code})
		w.OK(err)
		w.Shops[code] = shop.ID
	}
	return w
}

// Founds makes a programme: unless it says otherwise it is called "bean", speaks
// English, counts in pounds and UTC and enrols everybody.
func (w *Town) Founds(p program.Programme) program.Programme {
	w.Helper()
	p.Slug = cmp.Or(p.Slug, "bean")
	p.Name = cmp.Or(p.Name, p.Slug)
	p.Currency = cmp.Or(p.Currency, "GBP")
	if p.Zone == nil {
		p.Zone = time.UTC
	}
	if p.Languages == nil {
		p.Languages = []string{"en"}
	}
	if p.Settings.Enrolment == "" {
		p.Settings.Enrolment = program.Automatic
	}
	p.Settings.Region = cmp.Or(p.Settings.Region, "GB")
	made, err := program.New(w.DB).Create(w.Context(), Boss, p)
	w.OK(err)
	return made
}

// Warsaw is a programme in Poland, in English and Polish.
func Warsaw(t testing.TB) program.Programme {
	t.Helper()
	zone, err := program.ParseZone("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	return program.Programme{Currency: "PLN", Zone: zone, Languages: []string{"en", "pl"}, Settings: program.Settings{Region: "PL"}}
}

// Now is what the clock says.
func (w *Town) Now() time.Time { return db.Time(w.clock.Load()) }

// Set puts the clock to a moment.
func (w *Town) Set(at time.Time) { w.clock.Store(db.Micros(at)) }

// Pass puts the clock forward.
func (w *Town) Pass(d time.Duration) { w.clock.Add(d.Microseconds()) }

// OK ends the test where something failed.
func (w *Town) OK(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// Refuses says that something was refused with the code of a fault.
func (w *Town) Refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

// AddWallet makes a wallet of points, each worth the smallest unit of money, which
// may be owed.
func (w *Town) AddWallet() ledger.Wallet {
	w.Helper()
	n, err := ledger.NewService(w.DB).CreateWallet(w.Context(), Boss, ledger.Wallet{
		ProgrammeID: w.Programme.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	w.OK(err)
	return n
}

// Named is who bears a name as their external identity.
func Named(name string) flow.Who {
	return flow.Who{Identities: []member.Identity{{Kind: member.External, Value: name}}}
}

// AddLadder publishes ranks for what was spent in a year, in force for ever.
func (w *Town) AddLadder(ranks ...tier.Rank) {
	w.Helper()
	ladders := tier.New(w.DB, w.Now)
	made, err := ladders.Create(w.Context(), Boss, w.Programme.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard, Ranks: ranks,
	})
	w.OK(err)
	_, err = ladders.Publish(w.Context(), Boss, w.Programme.ID, made.ID, w.Now().AddDate(-3, 0, 0))
	w.OK(err)
}

// Joins enrols somebody called Ann by what they are known by, without an event.
func (w *Town) Joins(known ...member.Identity) id.ID {
	w.Helper()
	m := &member.Member{ProgrammeID: w.Programme.ID, Status: member.Enrolled, GivenName: "Ann", Created: w.Now(), Enrolled: w.Now()}
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Insert(w.Context(), tx, []member.Newcomer{{Member: m, Identities: known}})
	}))
	return m.ID
}

// Exec does to the tables what no room would.
func (w *Town) Exec(text string, args ...any) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), text, args...)
		return err
	}))
}

// Waiting returns the jobs of the kinds that wait, the oldest first.
func (w *Town) Waiting(kinds ...string) []jobs.Info {
	w.Helper()
	return jobstest.Waiting(w.T, w.DB, kinds...)
}

// Works does the jobs of these kinds that wait, and says how many.
func (w *Town) Works(work map[string]jobs.Handler) int {
	w.Helper()
	return jobstest.Do(w.T, w.DB, work)
}

// Faults are what a room's check finds.
func (w *Town) Faults(room flow.Room) (found []string) {
	w.Helper()
	w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
		found = nil
		return room.Check(w.Context(), q, w.Programme.ID, func(what string) { found = append(found, what) })
	}))
	return found
}

// Clean says that the checks of rooms find nothing, or that of the whole house
// where none are named.
func (w *Town) Clean(rooms ...flow.Room) {
	w.Helper()
	for _, r := range rooms {
		if found := w.Faults(r); len(found) > 0 {
			w.Errorf("the check of %s finds %s", r.Name(), strings.Join(found, "\n"))
		}
	}
	if len(rooms) > 0 {
		return
	}
	found, err := w.Flow.Check(w.Context())
	w.OK(err)
	for _, f := range found[:min(5, len(found))] {
		w.Errorf("the check of %s finds %s", f.Room, f.What)
	}
}
