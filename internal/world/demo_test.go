package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/factor"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/gesture"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/lesson"
	"regulars/internal/member"
	"regulars/internal/partner"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/referral"
	"regulars/internal/returns"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
	"regulars/internal/trust"
)

// rooms are what the demo needs of the house.
var rooms = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema,
	referral.Schema, partner.Schema, complaint.Schema, promise.Schema, returns.Schema, survey.Schema, touch.Schema,
	gesture.Schema, basket.Schema,
	standard.Schema, lesson.Schema, trust.Schema, factor.Schema,
}

// demoOn furnishes an empty database for the demo, its clock at the data's end.
func demoOn(t *testing.T, d *db.DB, invoices int) *Demo {
	t.Helper()
	now := func() time.Time { return AsOf }
	quiet := slog.New(slog.DiscardHandler)
	corridor := flow.New(flow.Config{
		DB: d, Now: now, Log: quiet, News: true, Shops: partner.ShopLimits,
		Rooms: []flow.Room{referral.Room(), partner.Room(), complaint.Room(), promise.Room(), returns.Room(promise.CameTrue), survey.Room(), touch.Room(), standard.Room(), lesson.Room(), gesture.Room(), basket.Room(), trust.Room(), factor.Room()},
	})
	t.Cleanup(corridor.Close)
	decimals := func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
		w, err := ledger.LoadWallet(ctx, q, programme, wallet)
		return w.Decimals, err
	}
	keys := auth.New(d, auth.Config{Now: now, Log: quiet})
	surveys := survey.New(d, corridor, now)
	cases := complaint.New(complaint.Config{DB: d, Flow: corridor, Now: now})
	readers := map[string]jobs.Handler{referral.Reader: referral.New(d, corridor, promo.New(d, now), now).Read, partner.ReadJob: partner.New(d, keys, now).Read}
	words := promise.NewService(promise.Config{DB: d, Flow: corridor, Now: now})
	return &Demo{
		DB: d, Flow: corridor, Programmes: program.New(d), Ledger: ledger.NewService(d), Rules: earn.New(d, now, decimals),
		Ladders: tier.New(d, now), Auth: keys, Clock: now, Log: quiet, Invoices: invoices, RealOnly: true,
		Work: map[string]jobs.Handler{
			flow.NewsJob:   flow.Spread(d, now, quiet, []string{referral.Reader, partner.ReadJob}, readers),
			survey.DrawJob: surveys.Draw, survey.NoteJob: surveys.Note, complaint.TellJob: cases.Tell, complaint.PayJob: cases.Pay,
			gesture.TellJob: gesture.New(gesture.Config{DB: d, Flow: corridor, Cases: cases, Now: now}).Tell,
			basket.TellJob:  basket.New(basket.Config{DB: d, Flow: corridor, Now: now}).Tell,
			promise.TellJob: words.Tell, returns.SettleJob: returns.New(returns.Config{DB: d, Flow: corridor, Promises: words, Now: now}).DoSettle,
		},
	}
}

// run runs the demo and returns its figures with the finding of check.
func run(t *testing.T, demo *Demo) Summary {
	t.Helper()
	s, err := demo.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	faults, err := demo.Flow.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) > 0 {
		t.Errorf("check finds %d faults, the first: %+v", len(faults), faults[0])
	}
	return s
}

// recounted reads what recount.py made of the same rows.
func recounted(t *testing.T, file string) (s Summary) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	s.RepeatRevenueShare = round6(s.RepeatRevenueShare)
	return s
}

func round6(v float64) float64 { return math.Round(v*1e6) / 1e6 }

func compare(t *testing.T, want, got Summary) {
	t.Helper()
	got.RepeatRevenueShare = round6(got.RepeatRevenueShare)
	ignore := cmpopts.IgnoreFields(Summary{}, "RankOrder", "Seconds", "EventsPerSecond", "AlreadyThere", "Check")
	if d := cmp.Diff(want, got, ignore); d != "" {
		t.Errorf("the demo differs from recount.py (-recount +demo):\n%s", d)
	}
}

// TestDemoOf2000Invoices compares every figure with the separate count, and
// runs it once more over the same database, which must change nothing.
func TestDemoOf2000Invoices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := demoOn(t, d, 2000)
		want := recounted(t, "online_retail_2000.json")
		first := run(t, demo)
		compare(t, want, first)
		if first.AlreadyThere {
			t.Error("the first run says that all was there")
		}
		before := dump(t, d)
		second := run(t, demo)
		compare(t, want, second)
		if !second.AlreadyThere {
			t.Error("the second run does not say that all was there")
		}
		if d := cmp.Diff(before, dump(t, d)); d != "" {
			t.Errorf("the second run changed tables (-before +after):\n%s", d)
		}
	}, rooms...)
}

// TestDemoContinues breaks a run off amid the sales; the next one ends with the
// figures of a whole one.
func TestDemoContinues(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	demo := demoOn(t, d, 2000)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	demo.Progress = func(stage string, done, _ int64) {
		if stage == "take" && done >= 512 {
			stop()
		}
	}
	if _, err := demo.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the run that was broken off: %v", err)
	}
	demo.Progress = nil
	second := run(t, demo)
	if second.AlreadyThere {
		t.Error("the second run says that all was there, though most was not")
	}
	compare(t, recounted(t, "online_retail_2000.json"), second)
}

// TestOtherDemoIsRefused asks for other figures where the demo ran already:
// late sales and simulated ones would be decided otherwise than by themselves.
func TestOtherDemoIsRefused(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	run(t, demoOn(t, d, 50))
	before := dump(t, d)
	longer, livelier := demoOn(t, d, 60), demoOn(t, d, 50)
	livelier.RealOnly = false
	for _, demo := range []*Demo{longer, livelier} {
		if _, err := demo.Run(context.Background()); fault.As(err) == nil || fault.As(err).Code != "another_demo" {
			t.Errorf("%d invoices, real only %v: %v", demo.Invoices, demo.RealOnly, err)
		}
	}
	if d := cmp.Diff(before, dump(t, d)); d != "" {
		t.Errorf("the refused runs changed tables (-before +after):\n%s", d)
	}
	run(t, demoOn(t, d, 50))
}

// TestWholeDemo compares the figures of the whole year.
func TestWholeDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	d := dbtest.SQLite(t, rooms...)
	s := run(t, demoOn(t, d, 0))
	compare(t, recounted(t, "online_retail.json"), s)
	if want := []string{"Regular", "Silver", "Gold"}; !slices.Equal(s.RankOrder, want) {
		t.Errorf("the ranks stand as %v, not as on the ladder", s.RankOrder)
	}
}

// TestClockIsNotSetBesideOthers keeps the demo out of a database that serves
// somebody already.
func TestClockIsNotSetBesideOthers(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	if err := SetClock(context.Background(), d, dbtest.Start); err != nil {
		t.Fatal(err)
	}
	offset, err := program.ClockOffset(context.Background(), d.Reader())
	if err != nil || !dbtest.Start.Add(offset).Equal(AsOf) {
		t.Errorf("the clock is set off by %v, %v", offset, err)
	}
	if _, err := program.New(d).Create(context.Background(), auth.System("test"), program.Programme{
		Slug: "bakery", Name: "Bakery", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"}, Settings: program.DefaultSettings(),
	}); err != nil {
		t.Fatal(err)
	}
	if f := fault.As(SetClock(context.Background(), d, dbtest.Start)); f == nil || f.Code != "not_the_demo" {
		t.Errorf("the clock of another's database: %v", f)
	}
}

// dump returns every row of every table, by table, in a fixed order.
func dump(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if d.Dialect() == db.Postgres {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	tables := rowsOf(t, d, query)
	all := map[string][]string{}
	for _, table := range tables {
		if table != "process_lease" { // renewed by the clock
			all[table] = rowsOf(t, d, `SELECT * FROM `+table)
		}
	}
	return all
}

func rowsOf(t *testing.T, d *db.DB, query string) []string {
	t.Helper()
	rows, err := d.Reader().Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		text := ""
		for i, v := range values {
			if i > 0 {
				text += "|"
			}
			if raw, is := v.([]byte); is {
				v = string(raw)
			}
			text += fmt.Sprint(v)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
