package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/alarm"
	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/booking"
	"regulars/internal/calls"
	"regulars/internal/challenge"
	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/discount"
	"regulars/internal/earn"
	"regulars/internal/factor"
	"regulars/internal/flow"
	"regulars/internal/fraud"
	"regulars/internal/gesture"
	"regulars/internal/giftcard"
	"regulars/internal/household"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/lesson"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/outreach"
	"regulars/internal/partner"
	"regulars/internal/plan"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/recovery"
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

// clock is moved by hand.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(db.Micros(dbtest.Start))
	return c
}

func (c *clock) now() time.Time          { return db.Time(c.micros.Load()) }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// house is an installation with one programme, ready to be called.
type house struct {
	t         testing.TB
	d         *db.DB
	clock     *clock
	config    Config
	handler   http.Handler
	programme program.Programme
	wallet    ledger.Wallet
	// key may do everything that a key may.
	key string
	log *bytes.Buffer
}

var allSchemas = []db.Schema{
	jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, Schema, partner.Schema,
	outreach.Schema,
	referral.Schema,
	plan.Schema,
	challenge.Schema,
	complaint.Schema,
	touch.Schema,
	promise.Schema,
	returns.Schema,
	household.Schema,
	fraud.Schema,
	survey.Schema,
	standard.Schema,
	lesson.Schema,
	gesture.Schema,
	booking.Schema,
	alarm.Schema,
	factor.Schema,
	trust.Schema,
	churn.Schema,
	recovery.Schema,
	calls.Schema,
	basket.Schema,
	discount.Schema,
}

var texts = func() *i18n.Catalog {
	c, err := i18n.New()
	if err != nil {
		panic(err)
	}
	return c
}()

// eachHouse runs fn on both databases.
func eachHouse(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, furnish(t, d)) }, allSchemas...)
}

// newHouse is for what does not depend on the database.
func newHouse(t testing.TB) *house { return furnish(t, dbtest.SQLite(t, allSchemas...)) }

func furnish(t testing.TB, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, d: d, clock: newClock(), log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	decimals := func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
		w, err := ledger.LoadWallet(ctx, q, programme, wallet)
		return w.Decimals, err
	}
	h.config = Config{
		DB: d, Flow: flow.New(flow.Config{DB: d, Now: h.clock.now, Log: log, Shops: partner.ShopLimits}), Auth: auth.New(d, auth.Config{Now: h.clock.now, Log: log}),
		Programmes: program.New(d), Members: member.New(d, h.clock.now), Products: product.New(d), Rules: earn.New(d, h.clock.now, decimals),
		Ledger: ledger.NewService(d), Ladders: tier.New(d, h.clock.now), Offers: promo.New(d, h.clock.now), GiftCards: giftcard.New(d, h.clock.now), Rewards: reward.New(d, h.clock.now, flow.RewardTerms), Jobs: jobs.NewRunner(d, h.clock.now, log), Catalog: texts, Now: h.clock.now, Log: log, Version: "test",
		Limits: Limits{Rate: -1},
		Outreach: outreach.New(outreach.Config{
			DB: d, Now: h.clock.now, Log: log, Texts: texts, Members: member.New(d, h.clock.now), Base: "https://points.example.com",
			Channels: map[member.Channel]outreach.Channel{member.ByEmail: outreach.Sink{DB: d, Now: h.clock.now}},
		}),
	}
	h.config.Imports = &intake.Desk{DB: d, Auth: h.config.Auth, To: h.config.Flow, Consents: h.config.Members, Texts: texts, Now: h.clock.now, Dir: t.TempDir()}
	h.config.Referrals = referral.New(d, h.config.Flow, h.config.Offers, h.clock.now)
	h.config.Partners = partner.New(d, h.config.Auth, h.clock.now)
	h.config.Plans = plan.New(d, h.config.Flow, h.clock.now)
	t.Cleanup(h.config.Flow.Close)
	h.config.Challenges = challenge.New(d, h.config.Flow, h.clock.now)
	h.config.Complaints = complaint.New(complaint.Config{DB: d, Flow: h.config.Flow, GiftCards: h.config.GiftCards, Now: h.clock.now})
	h.config.Touch = touch.New(touch.Config{DB: d, Now: h.clock.now, Log: log, Texts: texts, Flow: h.config.Flow, PrivateFeeds: true})
	h.config.Promises = promise.NewService(promise.Config{DB: d, Flow: h.config.Flow, Now: h.clock.now})
	h.config.Returns = returns.New(returns.Config{DB: d, Flow: h.config.Flow, Promises: h.config.Promises, GiftCards: h.config.GiftCards, Now: h.clock.now})
	h.config.Households = household.New(d, h.config.Flow, h.clock.now)
	h.config.Fraud = fraud.New(d, h.config.Flow, h.clock.now)
	h.config.Trust = trust.New(trust.Config{DB: d, Complaints: h.config.Complaints, Promises: h.config.Promises, Now: h.clock.now})
	h.config.Surveys = survey.New(d, h.config.Flow, h.clock.now).WithDeliveries(h.config.Promises)
	h.config.Standards = standard.New(d, h.clock.now)
	h.config.Gestures = gesture.New(gesture.Config{DB: d, Flow: h.config.Flow, Cases: h.config.Complaints, Now: h.clock.now})
	h.config.Bookings = booking.New(booking.Config{DB: d, Flow: h.config.Flow, Now: h.clock.now})
	h.config.Lessons = lesson.New(lesson.Config{DB: d, Now: h.clock.now, Complaints: h.config.Complaints})
	h.config.Alarms = alarm.New(alarm.Config{DB: d, Now: h.clock.now, Auth: h.config.Auth, Complaints: h.config.Complaints, Post: h.config.Outreach, Texts: texts})
	h.config.Factors = factor.New(factor.Config{DB: d, Surveys: h.config.Surveys, Cases: h.config.Complaints, Support: h.config.Touch, Now: h.clock.now})
	h.config.Churn = churn.New(churn.Config{DB: d, Surveys: h.config.Surveys, Now: h.clock.now})
	h.config.Recoveries = recovery.New(recovery.Config{DB: d, Flow: h.config.Flow, Now: h.clock.now})
	h.config.Calls = calls.New(calls.Config{DB: d, Flow: h.config.Flow, Policy: h.config.Outreach, Now: h.clock.now})
	h.config.Discounts = discount.New(d, h.clock.now)
	h.config.Baskets = basket.New(basket.Config{DB: d, Flow: h.config.Flow, Now: h.clock.now})
	h.programme, h.wallet = h.furnishProgramme("corner", "Corner Shop")
	h.key = h.newKey(h.programme.ID, auth.Scopes()...)
	h.handler = New(h.config)
	return h
}

var system = auth.System("test")

// furnishProgramme makes a programme with a wallet, a ladder, a rule in force
// and a shop.
func (h *house) furnishProgramme(slug, name string) (program.Programme, ledger.Wallet) {
	h.t.Helper()
	ctx := h.t.Context()
	london, err := program.ParseZone("Europe/London")
	must(h.t, err)
	settings := program.DefaultSettings()
	settings.Region = "GB"
	p, err := h.config.Programmes.Create(ctx, system, program.Programme{
		Slug: slug, Name: name, Currency: "GBP", Zone: london, Languages: []string{"en"}, Settings: settings,
	})
	must(h.t, err)
	_, err = h.config.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: p.ID, Code: "high-street", Name: "High Street"})
	must(h.t, err)
	w, err := h.config.Ledger.CreateWallet(ctx, system, ledger.Wallet{
		ProgrammeID: p.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	must(h.t, err)
	plan, err := h.config.Ladders.Create(ctx, system, p.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 1_000_00}, {Code: "gold", Name: "Gold", Threshold: 5_000_00}},
	})
	must(h.t, err)
	_, err = h.config.Ladders.Publish(ctx, system, p.ID, plan.ID, time.Time{})
	must(h.t, err)
	h.rule(p.ID, w.ID)
	return p, w
}

// rule gives a point for each pound, usable after 14 days, for 12 months.
func (h *house) rule(programme, wallet id.ID) {
	h.t.Helper()
	v, err := h.config.Rules.Create(h.t.Context(), system, earn.Rule{ProgrammeID: programme, Name: "A point for every pound", Trigger: earn.Purchase}, earn.Spec{
		WalletID: wallet, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 100, Basis: earn.Goods}},
		Activation: earn.Activation{Hours: 14 * 24}, Expiry: earn.Expiry{Months: 12, EndOfDay: true},
	})
	must(h.t, err)
	_, err = h.config.Rules.Publish(h.t.Context(), system, programme, v.Rule.ID, h.clock.now().AddDate(-2, 0, 0))
	must(h.t, err)
}

// newKey makes an API key of a programme.
func (h *house) newKey(programme id.ID, scopes ...auth.Scope) string {
	h.t.Helper()
	_, text, err := h.config.Auth.CreateKey(h.t.Context(), system, auth.NewKey{ProgrammeID: programme, Name: "test", Scopes: scopes})
	must(h.t, err)
	return text
}

// got is an answer to a call.
type got struct {
	t      testing.TB
	status int
	header http.Header
	text   string
}

// request makes a request with the key of the house.
func (h *house) request(method, path, body string) *http.Request {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequestWithContext(h.t.Context(), method, path, r)
	req.Header.Set("Authorization", "Bearer "+h.key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// call sends a request; headers are names and values in turn and win.
func (h *house) call(method, path, body string, headers ...string) got {
	h.t.Helper()
	req := h.request(method, path, body)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return h.send(req)
}

func (h *house) send(req *http.Request) got {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, req)
	return got{h.t, w.Code, w.Header(), w.Body.String()}
}

// ok ends the test unless the call was answered with the status.
func (g got) ok(status int) got {
	g.t.Helper()
	if g.status != status {
		g.t.Fatalf("got status %d, want %d: %s", g.status, status, g.text)
	}
	return g
}

// read decodes an answer.
func as[T any](g got) T {
	g.t.Helper()
	var v T
	if err := json.Unmarshal([]byte(g.text), &v); err != nil {
		g.t.Fatalf("reading %q: %v", g.text, err)
	}
	return v
}

// problem reads a failure, which must be one.
func (g got) problem() problem {
	g.t.Helper()
	if kind := g.header.Get("Content-Type"); kind != problemType {
		g.t.Fatalf("got content type %q, want %q: %s", kind, problemType, g.text)
	}
	p := as[problem](g)
	if p.Status != g.status || p.Code == "" || p.Detail == "" || p.Request == "" {
		g.t.Errorf("the problem is not whole: %s", g.text)
	}
	return p
}

// purchase is the body of a purchase of goods worth so many minor units.
func purchase(number, phone string, amount int64) string {
	b, _ := json.Marshal(map[string]any{
		"source": "till", "external_id": number, "kind": "purchase", "occurred": "2025-12-31T10:00:00Z",
		"identities": []map[string]string{{"kind": "phone", "value": phone}},
		"lines":      []map[string]any{{"sku": "tea", "quantity": 2, "amount": amount}},
	})
	return string(b)
}

// buy takes a purchase and returns its answer.
func (h *house) buy(number, phone string, amount int64) eventAnswer {
	h.t.Helper()
	return as[eventAnswer](h.call("POST", "/v1/events", purchase(number, phone, amount)).ok(200))
}

func (h *house) shownWallet() string { return h.wallet.ID.In(id.Wallet) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
