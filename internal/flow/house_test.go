package flow

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/jobs"
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

// rooms are those that flow meets, and those that it knows nothing of but
// whose tables stand beside.
var rooms = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema,
}

// noon is where the clock of these tests begins.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// long is before everything that these tests tell.
var long = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

var boss = auth.System("test")

// house is a furnished programme on an empty database.
type house struct {
	testing.TB
	db     *db.DB
	flow   *Service
	clock  *atomic.Int64
	prog   program.Programme
	wallet ledger.Wallet
	rule   earn.Version
	ladder id.ID
	cards  []string
	// checkout has the tills ask for the price of everything that is bought.
	checkout bool
}

// plan is what a house may differ in; zero means the ordinary.
type plan struct {
	enrolment program.Enrolment
	policy    ledger.Policy
	spec      func(*earn.Spec)
	ladder    func(*tier.Definition)
	noRule    bool
	news      bool
	lanes     int
}

// furnish opens a programme: £1 is a point, a quarter more for silver from
// £1,000 and half as much again for gold from £5,000 within twelve months;
// points are usable at once and last for a year.
func furnish(t testing.TB, d *db.DB, p plan) *house {
	t.Helper()
	h := &house{TB: t, db: d, clock: &atomic.Int64{}}
	h.set(noon)
	h.start(p)
	ctx := context.Background()
	settings := program.DefaultSettings()
	settings.Enrolment, settings.Region = program.Automatic, "GB"
	if p.enrolment != "" {
		settings.Enrolment = p.enrolment
	}
	zone, err := program.ParseZone("Europe/London")
	h.ok(err)
	h.prog, err = program.New(d).Create(ctx, boss, program.Programme{
		Slug: "tea", Name: "Tea", Currency: "GBP", Zone: zone, Languages: []string{"en"}, Settings: settings,
	})
	h.ok(err)
	if p.policy == "" {
		p.policy = ledger.PolicyDebt
	}
	h.wallet, err = ledger.NewService(d).CreateWallet(ctx, boss, ledger.Wallet{
		ProgrammeID: h.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: p.policy,
	})
	h.ok(err)
	h.ladder = h.addLadder("status", tier.Spend, p.ladder)
	if !p.noRule {
		spec := h.spec()
		if p.spec != nil {
			p.spec(&spec)
		}
		h.rule = h.addRule("A point for a pound", earn.Purchase, spec)
	}
	return h
}

// start begins the service, as after the start of a process.
func (h *house) start(p plan) {
	h.flow = New(Config{DB: h.db, Now: h.now, Log: quiet(), News: p.news, Lanes: p.lanes})
	h.Cleanup(h.flow.Close)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (h *house) spec() earn.Spec {
	return earn.Spec{
		WalletID: h.wallet.ID,
		Effects: []earn.Effect{
			{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods},
			{Kind: earn.Multiplier, Rate: money.NewRate(1, 1), PerRank: map[string]money.Rate{
				"silver": money.NewRate(5, 4), "gold": money.NewRate(3, 2),
			}},
		},
		Expiry: earn.Expiry{Months: 12, EndOfDay: true},
	}
}

func (h *house) addRule(name string, trigger earn.Trigger, spec earn.Spec) earn.Version {
	h.Helper()
	ctx, rules := context.Background(), h.rules()
	v, err := rules.Create(ctx, boss, earn.Rule{ProgrammeID: h.prog.ID, Name: name, Trigger: trigger}, spec)
	h.ok(err)
	v, err = rules.Publish(ctx, boss, h.prog.ID, v.Rule.ID, long)
	h.ok(err)
	return v
}

func (h *house) rules() *earn.Service {
	return earn.New(h.db, h.now, func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
		w, err := ledger.LoadWallet(ctx, q, programme, wallet)
		return w.Decimals, err
	})
}

func (h *house) addLadder(code string, metric tier.Metric, change func(*tier.Definition)) id.ID {
	h.Helper()
	ctx, ladders := context.Background(), tier.New(h.db, h.now)
	said := tier.Definition{
		Name: code, Metric: metric, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 1_000_00}, {Code: "gold", Name: "Gold", Threshold: 5_000_00}},
	}
	if change != nil {
		change(&said)
	}
	p, err := ladders.Create(ctx, boss, h.prog.ID, code, said)
	h.ok(err)
	_, err = ladders.Publish(ctx, boss, h.prog.ID, p.ID, long)
	h.ok(err)
	return p.ID
}

func (h *house) now() time.Time  { return time.UnixMicro(h.clock.Load()).UTC() }
func (h *house) set(t time.Time) { h.clock.Store(t.UnixMicro()) }

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// event is one of the till's.
func (h *house) event(kind journal.Kind, number, who string, at time.Time) *Event {
	e := &Event{ProgrammeID: h.prog.ID, Source: "till", ExternalID: number, Kind: kind, Occurred: at, Actor: boss}
	if who != "" {
		e.Who.Identities = []member.Identity{{Kind: member.External, Value: who}}
	}
	return e
}

// buys is a purchase of goods a, b, c… at these prices in pence.
func (h *house) buys(number, who string, at time.Time, prices ...int64) *Event {
	e := h.event(journal.Purchase, number, who, at)
	for i, p := range prices {
		e.Payload.Lines = append(e.Payload.Lines, sale.Line{SKU: string(rune('a' + i)), Quantity: 1000, Amount: p})
	}
	if h.checkout {
		e.Payload.Checkout = &Checkout{}
	}
	return e
}

// returns brings back single pieces of goods, citing a sale or, if that is
// empty, none.
func (h *house) returns(number, who, sold string, at time.Time, skus ...string) *Event {
	e := h.event(journal.Return, number, who, at)
	e.Payload.Return = &Return{SaleReference: sold}
	for _, sku := range skus {
		e.Payload.Return.Lines = append(e.Payload.Return.Lines, sale.ReturnLine{SKU: sku, Quantity: 1000})
	}
	return e
}

func (h *house) whole(number, who, sold string, at time.Time) *Event {
	e := h.event(journal.Return, number, who, at)
	e.Payload.Return = &Return{SaleReference: sold, Whole: true}
	return e
}

func (h *house) adjusts(number, who string, at time.Time, points int64) *Event {
	e := h.event(journal.Adjustment, number, who, at)
	e.Payload.Adjustment = &Adjustment{WalletID: h.wallet.ID, Points: points, Reason: "as agreed"}
	return e
}

// take takes the events as one request.
func (h *house) take(events ...*Event) []Result {
	h.Helper()
	results, err := h.flow.Take(context.Background(), events)
	h.ok(err)
	return results
}

// must takes events none of which may be refused.
func (h *house) must(events ...*Event) []Answer {
	h.Helper()
	var answers []Answer
	for i, r := range h.take(events...) {
		if r.Err != nil {
			h.Fatalf("%s %s: %v", events[i].Kind, events[i].ExternalID, r.Err)
		}
		answers = append(answers, r.Answer)
	}
	return answers
}

func (h *house) refused(code string, e *Event) {
	h.Helper()
	if f := fault.As(h.take(e)[0].Err); f == nil || f.Code != code {
		h.Errorf("%s %s: %v, want %s", e.Kind, e.ExternalID, f, code)
	}
}

// clean asks every room for what contradicts itself.
func (h *house) clean() {
	h.Helper()
	faults, err := h.flow.Check(context.Background())
	h.ok(err)
	for _, f := range faults[:min(5, len(faults))] {
		h.Errorf("check: %s: %s", f.Room, f.What)
	}
}

// points are a member's points now, as text of what is not nothing.
func (h *house) points(m id.ID) string {
	h.Helper()
	key := ledger.AccountKey{MemberID: m, WalletID: h.wallet.ID}
	all, err := ledger.Balances(context.Background(), h.db.Reader(), []ledger.AccountKey{key}, h.now())
	h.ok(err)
	return show(all[key])
}

// show writes a balance as "available 12, expired 3".
func show(b ledger.Balance) string {
	var parts []string
	for _, k := range ledger.Buckets() {
		if k == ledger.Earned || b[k] == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %d", k, b[k]))
	}
	return strings.Join(parts, ", ")
}

func (h *house) has(m id.ID, want string) {
	h.Helper()
	if got := h.points(m); got != want {
		h.Errorf("the member has %q, want %q", got, want)
	}
}

// rank is a member's rank now on the first ladder.
func (h *house) rank(m id.ID) string {
	h.Helper()
	_, ranks, err := h.flow.Standing(context.Background(), h.prog.ID, m)
	h.ok(err)
	return ranks[0].Rank
}

// count counts the rows of a table.
func (h *house) count(table string) int {
	h.Helper()
	var n int
	h.ok(h.db.Reader().QueryRow(context.Background(), `SELECT COUNT(*) FROM `+table).Scan(&n))
	return n
}

// rowsOf returns the rows of a query as text, in order of that text.
func (h *house) rowsOf(query string) []string {
	h.Helper()
	rows, err := h.db.Reader().Query(context.Background(), query)
	h.ok(err)
	defer rows.Close()
	columns, err := rows.Columns()
	h.ok(err)
	var list []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		h.ok(rows.Scan(into...))
		for i, v := range values {
			if raw, is := v.([]byte); is {
				values[i] = string(raw)
			}
		}
		list = append(list, strings.Trim(strings.ReplaceAll(fmt.Sprintf("%q", values), `" "`, `"|"`), "[]"))
	}
	h.ok(rows.Err())
	slices.Sort(list)
	return list
}

// tables names the tables of the database.
func (h *house) tables() []string {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if h.db.Dialect() == db.Postgres {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	var names []string
	for _, row := range h.rowsOf(query) {
		names = append(names, strings.Trim(row, `"`))
	}
	return names
}

// each runs a test on both databases with an ordinary programme.
func each(t *testing.T, p plan, fn func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(furnish(t, d, p)) }, rooms...)
}
