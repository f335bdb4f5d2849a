package till

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/challenge"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/gesture"
	"regulars/internal/giftcard"
	"regulars/internal/household"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/plan"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/trust"
)

var readTexts = sync.OnceValues(i18n.New)

var (
	ctx    = context.Background()
	system = auth.System("test")
	// noon is when the tests take place.
	noon = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
)

const pin = "2580"

// counter is a programme with two shops, staff, goods, and the till's handler.
type counter struct {
	t         testing.TB
	c         Config
	server    *httptest.Server
	programme program.Programme
	shops     []program.Shop
	wallet    ledger.Wallet
	offers    *promo.Service
	// clock is what time it is, unless the till goes by the real one, which
	// it may be ahead of.
	clock    time.Time
	real     bool
	ahead    time.Duration
	ann, bob auth.Staff
	events   int
}

func schemas() []db.Schema {
	return []db.Schema{
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
		sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema,
		gesture.Schema,
		complaint.Schema, plan.Schema, challenge.Schema, household.Schema,
		trust.Schema, booking.Schema,
	}
}

// eachCounter runs fn on both databases.
func eachCounter(t *testing.T, fn func(t *testing.T, k *counter)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) }, schemas()...)
}

// onlyCounter is a counter on SQLite, for what looks at pages.
func onlyCounter(t *testing.T) *counter {
	return open(t, dbtest.Open(t, db.Config{Dir: t.TempDir(), Now: time.Now}, schemas()...))
}

func open(t testing.TB, d *db.DB) *counter {
	t.Helper()
	k := &counter{t: t, clock: noon, offers: nil}
	now := func() time.Time {
		if k.real {
			return time.Now().Add(k.ahead)
		}
		return k.clock
	}
	quiet := slog.New(slog.DiscardHandler)
	texts, err := readTexts()
	k.ok(err)
	f := flow.New(flow.Config{DB: d, Now: now, Log: quiet})
	t.Cleanup(f.Close)
	k.offers = promo.New(d, now)
	k.c = Config{
		DB: d, Flow: f, Auth: auth.New(d, auth.Config{Now: now, Log: quiet, Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}}),
		Members: member.New(d, now), Products: product.New(d), Rewards: reward.New(d, now, flow.RewardTerms), GiftCards: giftcard.New(d, now),
		Texts: texts, Now: now, Log: quiet, Households: household.New(d, f, now),
	}
	k.c.Complaints = complaint.New(complaint.Config{DB: d, Flow: f, GiftCards: k.c.GiftCards, Now: now})
	k.c.Gestures = gesture.New(gesture.Config{DB: d, Flow: f, Cases: k.c.Complaints, Now: now})
	k.c.Trust = trust.New(trust.Config{DB: d, Complaints: k.c.Complaints, Now: now})
	k.furnish(d, now)
	k.server = httptest.NewServer(New(k.c))
	t.Cleanup(k.server.Close)
	return k
}

func (k *counter) furnish(d *db.DB, now func() time.Time) {
	k.t.Helper()
	zone, err := program.ParseZone("Europe/London")
	k.ok(err)
	programmes := program.New(d)
	k.programme, err = programmes.Create(ctx, system, program.Programme{
		Slug: "bean", Name: "Bean & Leaf", Currency: "GBP", Zone: zone, Languages: []string{"en"}, Hue: 150,
		Settings: program.Settings{Enrolment: program.OnRequest, Region: "GB"},
	})
	k.ok(err)
	for _, code := range []string{"high-street", "harbour"} {
		shop, err := programmes.AddShop(ctx, system, program.Shop{ProgrammeID: k.programme.ID, Code: code, Name: strings.ToUpper(code[:1]) + code[1:]})
		k.ok(err)
		k.shops = append(k.shops, shop)
	}
	k.wallet, err = ledger.NewService(d).CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: k.programme.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
	k.ok(err)
	ladders := tier.New(d, now)
	ladder, err := ladders.Create(ctx, system, k.programme.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 50_00, Perks: "Repairs while you wait", Terms: tier.Terms{ReturnDays: 16}}},
	})
	k.ok(err)
	_, err = ladders.Publish(ctx, system, k.programme.ID, ladder.ID, noon.AddDate(-3, 0, 0))
	k.ok(err)
	k.earns("A point a pound", 0)
	k.ok(k.c.Products.Upsert(ctx, system, k.programme.ID, []product.Product{
		{SKU: "COF", Name: "Flat white", Category: "coffee", Active: true}, {SKU: "TEA", Name: "Darjeeling, first flush", Category: "tea", Active: true},
		{SKU: "OLD", Name: "Flat mug", Active: false},
	}))
	k.ann, k.bob = k.hire("Ann", auth.Till), k.hire("Bob", auth.Manager)
}

// hire adds somebody with a role and the usual PIN.
func (k *counter) hire(name string, role auth.Role) auth.Staff {
	k.t.Helper()
	s, _, err := k.c.Auth.Invite(ctx, system, auth.Invitation{Email: name + "@example.com", Name: name, Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: k.programme.ID, Role: role}}})
	k.ok(err)
	k.ok(k.c.Auth.SetPIN(ctx, s.Actor(), k.programme.ID, pin))
	return s
}

// shopper signs somebody up with points.
func (k *counter) shopper(name, phone string, points int64) id.ID {
	k.t.Helper()
	given, family, _ := strings.Cut(name, " ")
	who := flow.Who{Identities: []member.Identity{{Kind: member.Phone, Value: phone}}, Profile: &flow.Profile{GivenName: given, FamilyName: family}}
	m := k.take(flow.Event{Kind: journal.SignUp, Who: who}).MemberID
	if points > 0 {
		k.take(flow.Event{Kind: journal.Adjustment, Who: flow.Who{MemberID: m}, Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: k.wallet.ID, Points: points, Reason: "a present"}}})
	}
	return m
}

func (k *counter) take(e flow.Event) flow.Answer {
	k.t.Helper()
	k.events++
	e.ProgrammeID, e.Source, e.Actor, e.ExternalID = k.programme.ID, "shop", system, fmt.Sprint(10_000+k.events)
	answer, err := k.c.Flow.TakeOne(ctx, &e)
	k.ok(err)
	return answer
}

// reward publishes a reward.
func (k *counter) reward(name string, points, onTop int64) reward.Reward {
	k.t.Helper()
	r, err := k.c.Rewards.Create(ctx, system, k.programme.ID, reward.Spec{Name: name, Kind: reward.KindGoods, WalletID: k.wallet.ID, Points: points, Money: onTop, PickUpDays: 7})
	k.ok(err)
	r, err = k.c.Rewards.Publish(ctx, system, k.programme.ID, r.ID)
	k.ok(err)
	return r
}

// code makes a shared code for an amount off.
func (k *counter) code(text string, amount, uses int64) {
	k.t.Helper()
	v, err := k.offers.Create(ctx, system, promo.Offer{ProgrammeID: k.programme.ID, Name: "Off with " + text}, promo.Spec{
		Benefit: promo.Benefit{Kind: promo.Amount, Amount: amount}, WithCode: true, RestoreCode: true,
	})
	k.ok(err)
	v, err = k.offers.Publish(ctx, system, k.programme.ID, v.OfferID, noon.AddDate(0, -1, 0), time.Time{})
	k.ok(err)
	_, err = k.offers.CreateBatch(ctx, system, promo.Batch{ProgrammeID: k.programme.ID, OfferID: v.OfferID, Name: text, Kind: promo.SharedCode, MaxUses: uses}, text)
	k.ok(err)
}

// card sells a gift card and returns its number.
func (k *counter) card(value int64) string {
	k.t.Helper()
	_, err := k.c.GiftCards.Issue(ctx, system, k.programme.ID, giftcard.Order{Count: 1, Value: value})
	k.ok(err)
	list, err := k.c.GiftCards.List(ctx, system, giftcard.Query{ProgrammeID: k.programme.ID, Limit: 100})
	k.ok(err)
	return list[0].Number
}

func (k *counter) ok(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// sound fails the test where the books contradict themselves.
func (k *counter) sound() {
	k.t.Helper()
	faults, err := k.c.Flow.Check(ctx)
	k.ok(err)
	for _, f := range faults {
		k.t.Errorf("the books are wrong: %+v", f)
	}
}

// points returns what a member can use.
func (k *counter) points(m id.ID) int64 {
	k.t.Helper()
	balances, _, err := k.c.Flow.Standing(ctx, k.programme.ID, m)
	k.ok(err)
	return balances[0].Available
}

// box is a device with its cookies.
type box struct {
	k      *counter
	client *http.Client
	roll   string
	count  int
}

// newBox is a device that is no till yet.
func (k *counter) newBox() *box {
	jar, err := cookiejar.New(nil)
	k.ok(err)
	return &box{k: k, client: &http.Client{Jar: jar}}
}

// enrolled is a till of a shop with nobody at it.
func (k *counter) enrolled(name string, shop program.Shop) *box {
	k.t.Helper()
	_, code, err := k.c.Auth.AddDevice(ctx, system, auth.NewDevice{ProgrammeID: k.programme.ID, ShopID: shop.ID, Name: name})
	k.ok(err)
	b := k.newBox()
	b.form("/till/enrol", "code", code).is(200)
	return b
}

// staffed is a till at which somebody works.
func (k *counter) staffed(who auth.Staff) *box {
	k.t.Helper()
	b := k.enrolled("Till of "+who.Name, k.shops[0])
	b.enter(who)
	return b
}

func (b *box) enter(who auth.Staff) answer {
	b.k.t.Helper()
	got := b.form("/till/open", "staff", who.ID.In(id.Staff), "pin", pin)
	got.is(200)
	var series struct{ Device, Roll int64 }
	b.post("/till/roll", nil).is(200).into(&series)
	b.roll = fmt.Sprintf("%d-%d-", series.Device, series.Roll)
	return got
}

// next is the next receipt number.
func (b *box) next() string {
	b.count++
	return fmt.Sprint(b.roll, b.count)
}

// answer is what a till was told.
type answer struct {
	t      testing.TB
	status int
	body   string
	header http.Header
}

func (b *box) do(r *http.Request) answer {
	b.k.t.Helper()
	got, err := b.client.Do(r)
	b.k.ok(err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	b.k.ok(err)
	return answer{b.k.t, got.StatusCode, string(body), got.Header}
}

func (b *box) get(path string) answer { return b.ask(http.MethodGet, path, nil) }

func (b *box) post(path string, body any) answer {
	b.k.t.Helper()
	text, err := json.Marshal(body)
	b.k.ok(err)
	return b.ask(http.MethodPost, path, bytes.NewReader(text))
}

func (b *box) ask(method, path string, body io.Reader) answer {
	b.k.t.Helper()
	r, err := http.NewRequest(method, b.k.server.URL+path, body)
	b.k.ok(err)
	r.Header.Set("Accept", "application/json")
	return b.do(r)
}

func (b *box) form(path string, fields ...string) answer {
	b.k.t.Helper()
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.k.server.URL+path, strings.NewReader(values.Encode()))
	b.k.ok(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *box) scan(text string) answer { return b.get("/till/scan?q=" + url.QueryEscape(text)) }

// is checks the status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// shows checks that words are on the page or in the answer, as they are read.
func (a answer) shows(words ...string) answer {
	a.t.Helper()
	for _, w := range words {
		if !strings.Contains(a.text(), w) {
			a.t.Errorf("it does not say %q: %s", w, a.text())
		}
	}
	return a
}

func (a answer) hides(words ...string) answer {
	a.t.Helper()
	for _, w := range words {
		if strings.Contains(a.text(), w) {
			a.t.Errorf("it says %q: %s", w, a.text())
		}
	}
	return a
}

// text is the answer with the HTML in it as it is.
func (a answer) text() string {
	var data struct{ Kind, HTML, Error, Name, Text string }
	if json.Unmarshal([]byte(a.body), &data) != nil {
		return strings.ReplaceAll(a.body, "&#39;", "'")
	}
	return strings.Join([]string{data.Kind, data.HTML, data.Error, data.Name, data.Text}, " ")
}

func (a answer) into(v any) answer {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		a.t.Fatalf("reading %s: %v", a.body, err)
	}
	return a
}

// fails checks the code of a refusal.
func (a answer) fails(status int, code string) answer {
	a.t.Helper()
	a.is(status)
	var said refusal
	if a.into(&said); said.Code != code || said.Error == "" {
		a.t.Errorf("got %q (%s), want %q", said.Code, said.Error, code)
	}
	return a
}
