package partner

import (
	"context"
	"database/sql"
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

var schemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
	sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema,
}

var (
	boss = auth.System("test")
	noon = time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	ctx  = context.Background()
)

// fataler is a test or one draw of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// town is a programme in which £1 is a point and a point a penny, with a shop of
// its own and two partners with one shop each.
type town struct {
	fataler
	*Service
	flow   *flow.Service
	clock  time.Time
	prog   program.Programme
	wallet ledger.Wallet
	shops  map[string]program.Shop
	baker  Partner
	cinema Partner
	n      int
}

// the bakery pays 1.5p for a point given and gets 0.8p for one spent; 5 % of the
// former and 2.5 % of the latter is our fee. The cinema pays and gets 1p.
var (
	bakery = TermsSpec{
		IssuePrice: money.NewRate(3, 2), RedeemPrice: money.NewRate(4, 5), IssueFee: money.NewRate(1, 20), RedeemFee: money.NewRate(1, 40), Rounding: money.HalfUp,
	}
	cinema = TermsSpec{IssuePrice: money.NewRate(1, 1), RedeemPrice: money.NewRate(1, 1)}
)

func newTown(t fataler, d *db.DB, slug string) *town {
	t.Helper()
	w := &town{fataler: t, clock: noon, shops: map[string]program.Shop{}}
	now := func() time.Time { return w.clock }
	log := slog.New(slog.DiscardHandler)
	w.Service = New(d, auth.New(d, auth.Config{Now: now, Log: log}), now)
	w.flow = flow.New(flow.Config{DB: d, Now: now, Log: log, Lanes: 1, News: true, Rooms: []flow.Room{Room()}, Shops: ShopLimits})
	zone, err := program.ParseZone("Europe/Warsaw")
	w.ok(err)
	settings := program.DefaultSettings()
	settings.Enrolment, settings.Region = program.Automatic, "PL"
	w.prog, err = program.New(d).Create(ctx, boss, program.Programme{Slug: slug, Name: "Coalition", Currency: "GBP", Zone: zone, Languages: []string{"en"}, Settings: settings})
	w.ok(err)
	w.wallet, err = ledger.NewService(d).CreateWallet(ctx, boss, ledger.Wallet{ProgrammeID: w.prog.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
	w.ok(err)
	rules := earn.New(d, now, func(context.Context, db.Queryer, id.ID, id.ID) (int, error) { return 0, nil })
	v, err := rules.Create(ctx, boss, earn.Rule{ProgrammeID: w.prog.ID, Name: "Points", Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods}}, Expiry: earn.Expiry{Months: 12},
	})
	w.ok(err)
	_, err = rules.Publish(ctx, boss, w.prog.ID, v.Rule.ID, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	w.ok(err)
	for _, code := range []string{"own", "bakery", "cinema"} {
		w.shops[code], err = program.New(d).AddShop(ctx, boss, program.Shop{ProgrammeID: w.prog.ID, Code: code, Name: code})
		w.ok(err)
	}
	w.baker, w.cinema = w.joins("bakery", bakery), w.joins("cinema", cinema)
	return w
}

// joins makes a partner whose shop has the same name.
func (w *town) joins(name string, terms TermsSpec) Partner {
	w.Helper()
	p, err := w.Create(ctx, boss, w.prog.ID, NewPartner{Spec: Spec{Name: name, Contact: "1 Market Street", MayGrant: true, MayAccept: true, MaySee: true}, WalletID: w.wallet.ID, Terms: terms})
	w.ok(err)
	_, err = w.AssignShop(ctx, boss, w.prog.ID, p.ID, w.shops[name].ID, w.clock.AddDate(0, -3, 0))
	w.ok(err)
	w.dropJobs(CollectJob)
	return p
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, "tea")
		defer w.flow.Close()
		fn(w)
	}, schemas...)
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("%v", err)
	}
}

func (w *town) refuses(code string, err error) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

// event is something at a shop now.
func (w *town) event(kind journal.Kind, number, who, shop string) *flow.Event {
	e := &flow.Event{ProgrammeID: w.prog.ID, Source: "till", ExternalID: number, Kind: kind, Occurred: w.clock, Shop: shop, Actor: boss}
	if who != "" {
		e.Who.Identities = []member.Identity{{Kind: member.External, Value: who}}
	}
	return e
}

// buys is a purchase of single units, one for each price, paid with some points.
func (w *town) buys(number, who, shop string, points int64, prices ...int64) *flow.Event {
	e := w.event(journal.Purchase, number, who, shop)
	for i, p := range prices {
		e.Payload.Lines = append(e.Payload.Lines, sale.Line{SKU: fmt.Sprint("sku", i), Quantity: 1000, Amount: p})
	}
	e.Payload.Checkout = &flow.Checkout{}
	if points > 0 {
		e.Payload.Checkout.Points = []flow.PointsPayment{{WalletID: w.wallet.ID, Points: points}}
	}
	return e
}

// back returns one line of a sale, at a shop.
func (w *town) back(number, sold, shop string, line int) *flow.Event {
	e := w.event(journal.Return, number, "", shop)
	e.Payload.Return = &flow.Return{SaleReference: sold, Lines: []sale.ReturnLine{{Line: line, Quantity: 1000}}}
	return e
}

func (w *town) take(e *flow.Event) (flow.Answer, error) { return w.flow.TakeOne(ctx, e) }

func (w *town) must(e *flow.Event) flow.Answer {
	w.Helper()
	a, err := w.take(e)
	w.ok(err)
	return a
}

// read does the jobs of the reader that wait, some or all of them twice.
func (w *town) read() {
	w.Helper()
	rows, err := w.d.Reader().Query(ctx, `SELECT id, payload FROM job WHERE kind = $1 ORDER BY id`, flow.NewsJob)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (jobs.Job, error) {
		var j jobs.Job
		err := r.Scan(&j.ID, &j.Payload)
		return j, err
	})
	w.ok(err)
	for i := range list {
		w.ok(w.Read(ctx, &list[i]))
		if i%2 == 0 {
			w.ok(w.Read(ctx, &list[i]))
		}
		w.ok(w.d.InTx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1`, list[i].ID)
			return err
		}))
	}
}

// dropJobs removes what the town itself does.
func (w *town) dropJobs(kind string) {
	w.Helper()
	w.ok(w.d.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job WHERE kind = $1`, kind)
		return err
	}))
}

func (w *town) statement(p Partner, m Month) Statement {
	w.Helper()
	s, err := w.Statement(ctx, boss, w.prog.ID, p.ID, m)
	w.ok(err)
	return s
}

func (w *town) closes(p Partner, m Month) Statement {
	w.Helper()
	s, err := w.Close(ctx, boss, w.prog.ID, p.ID, m)
	w.ok(err)
	return s
}

// balanced fails unless everything adds up.
func (w *town) balanced() {
	w.Helper()
	w.ok(w.d.View(ctx, func(q db.Queryer) error {
		good, faults, err := Balanced(ctx, q, w.prog.ID)
		if err == nil && (!good || len(faults) > 0) {
			w.Errorf("the statements do not add up: %v", faults)
		}
		return err
	}))
}
