package plan

import (
	"context"
	"fmt"
	"log/slog"
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

var (
	ctx    = context.Background()
	system = auth.System("test")

	schemas = []db.Schema{
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
		ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
	}

	// noon is where the clock begins: the last day of January.
	noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
)

// town is a programme in London with ranks, a wallet and a clock that the test
// moves.
type town struct {
	testing.TB
	*Service
	flow      *flow.Service
	programme id.ID
	wallet    id.ID
	ladder    id.ID
	clock     time.Time
	people    int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, schemas...)
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	w := &town{TB: t, clock: noon}
	now := func() time.Time { return w.clock }
	w.flow = flow.New(flow.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Rooms: []flow.Room{Room()}})
	t.Cleanup(w.flow.Close)
	w.Service = New(d, w.flow, now)
	zone, err := program.ParseZone("Europe/London")
	w.ok(err)
	settings := program.DefaultSettings()
	settings.Region = "GB"
	p, err := program.New(d).Create(ctx, system, program.Programme{
		Slug: "tea", Name: "Tea", Currency: "GBP", Zone: zone, Languages: []string{"en"}, Settings: settings,
	})
	w.ok(err)
	w.programme = p.ID
	wallet, err := ledger.NewService(d).CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: p.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
	w.ok(err)
	w.wallet = wallet.ID
	ladders := tier.New(d, now)
	l, err := ladders.Create(ctx, system, p.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 1_000_00}, {Code: "gold", Name: "Gold", Threshold: 5_000_00}},
	})
	w.ok(err)
	_, err = ladders.Publish(ctx, system, p.ID, l.ID, time.Time{})
	w.ok(err)
	w.ladder = l.ID
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

// club is an ordinary plan: £9.99 a month, 14 days to pay.
func (w *town) club() Spec {
	return Spec{Names: map[string]string{"en": "Tea Club", "pl": "Klub Herbaty"}, Price: 9_99, Interval: Month, GraceDays: 14,
		LadderID: w.ladder, Rank: "silver", WalletID: w.wallet, Welcome: 100, Renewal: 10}
}

// sells publishes a plan.
func (w *town) sells(code string, s Spec) *Plan {
	w.Helper()
	_, err := w.Create(ctx, system, w.programme, code, s)
	w.ok(err)
	p, err := w.Publish(ctx, system, w.programme, code)
	w.ok(err)
	return p
}

// somebody signs up.
func (w *town) somebody() id.ID {
	w.Helper()
	w.people++
	return w.takes(flow.Event{Kind: journal.SignUp, Who: flow.Who{Enrol: true, Identities: []member.Identity{{Kind: member.Card, Value: fmt.Sprint("C", w.people)}}}}).MemberID
}

func (w *town) takes(e flow.Event) flow.Answer {
	w.Helper()
	w.people++
	e.ProgrammeID, e.Source, e.ExternalID, e.Actor = w.programme, "test", fmt.Sprint(w.people), system
	a, err := w.flow.TakeOne(ctx, &e)
	w.ok(err)
	return a
}

// joins lets a member join, and pay if they have to.
func (w *town) joins(m id.ID, plan string) View {
	w.Helper()
	v, err := w.Join(ctx, system, w.programme, m, plan)
	w.ok(err)
	w.pays(m)
	return v
}

// pays notes the open charges of a member's subscription as paid.
func (w *town) pays(m id.ID) {
	w.Helper()
	for _, c := range w.last(m).Charges {
		if c.open() {
			_, err := w.Note(ctx, system, w.programme, c.ID, MarkPaid, "")
			w.ok(err)
		}
	}
}

func (w *town) last(m id.ID) View {
	w.Helper()
	list, err := w.Of(ctx, system, w.programme, m)
	w.ok(err)
	if len(list) == 0 {
		return View{Subscription: &Subscription{}}
	}
	return list[0]
}

// until moves the clock and sweeps.
func (w *town) until(t time.Time) {
	w.Helper()
	w.clock = t
	_, err := w.Sweep(ctx)
	w.ok(err)
}

// day is a moment of London's noon.
func day(text string) time.Time {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", text+" 12:00", zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func (w *town) rank(m id.ID) string {
	w.Helper()
	_, ranks, err := w.flow.Standing(ctx, w.programme, m)
	w.ok(err)
	return ranks[0].Rank
}

func (w *town) tags(m id.ID) []string {
	w.Helper()
	found, err := member.Read(ctx, w.db.Reader(), []id.ID{m})
	w.ok(err)
	return found[m].Tags
}

// clean holds that nothing contradicts itself.
func (w *town) clean() {
	w.Helper()
	faults, err := w.flow.Check(ctx)
	w.ok(err)
	for _, f := range faults {
		w.Errorf("check found %v", f)
	}
}

// works does the jobs of a kind that wait, and returns how many there were.
func (w *town) works(kind string, do jobs.Handler) int {
	w.Helper()
	list, err := jobs.List(ctx, w.db.Reader(), jobs.Waiting, 0, 1000)
	w.ok(err)
	n := 0
	for _, j := range list {
		if j.Kind == kind {
			w.ok(do(ctx, &jobs.Job{ID: j.ID, Kind: kind, Payload: j.Payload, Attempt: 1, MaxAttempts: 1}))
			n++
		}
	}
	return n
}

// wanted counts the messages of a name that members are to get.
func (w *town) wanted(message string) int {
	n := 0
	w.works(flow.ContactWanted, func(_ context.Context, j *jobs.Job) error {
		var c flow.Contact
		if err := j.Read(&c); err != nil {
			return err
		}
		if c.Message == message {
			n++
		}
		return nil
	})
	return n
}
