package guest_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/basket"
	"regulars/internal/booking"
	"regulars/internal/challenge"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/guest"
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
	"regulars/internal/web"
)

var readTexts = sync.OnceValues(i18n.New)

var (
	ctx    = context.Background()
	system = auth.System("test")
	noon   = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
)

func schemas() []db.Schema {
	return []db.Schema{
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema, sale.Schema, earn.Schema,
		ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema, guest.Schema,
		complaint.Schema, touch.Schema, promise.Schema, returns.Schema, survey.Schema, basket.Schema, referral.Schema, challenge.Schema, booking.Schema, plan.Schema, household.Schema,
		standard.Schema,
		trust.Schema,
	}
}

// letter is a code as it was sent.
type letter struct {
	member     id.ID
	to         member.Identity
	code, link string
}

// courier remembers what it was given.
type courier struct {
	sync.Mutex
	letters []letter
}

func (c *courier) SendCode(_ context.Context, _, m id.ID, to member.Identity, code, link string) error {
	c.Lock()
	defer c.Unlock()
	c.letters = append(c.letters, letter{m, to, code, link})
	return nil
}

// town is the customers' pages of a small programme with a wallet, a rule, a
// ladder and nobody in it yet.
type town struct {
	t          testing.TB
	db         *db.DB
	flow       *flow.Service
	members    *member.Service
	rewards    *reward.Catalog
	giftCards  *giftcard.Service
	offers     *promo.Service
	guest      *guest.Guest
	courier    *courier
	complaints *complaint.Service
	server     *httptest.Server
	programme  program.Programme
	wallet     ledger.Wallet
	mu         sync.Mutex
	clock      time.Time
	events     int
	touch      *touch.Service
	promises   *promise.Service
	returns    *returns.Service
	surveys    *survey.Service
	baskets    *basket.Service
	standards  *standard.Service
	referrals  *referral.Service
	challenges *challenge.Service
	bookings   *booking.Service
	plans      *plan.Service
	households *household.Service
	trust      *trust.Service
	// down breaks every connection off, as where there is no network.
	down atomic.Bool
}

func (w *town) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

// pass lets time go by.
func (w *town) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// each runs a test in a town on each database.
func each(t *testing.T, fn func(t *testing.T, w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newTown(t, d)) }, schemas()...)
}

func newTown(t testing.TB, d *db.DB) *town {
	t.Helper()
	w := &town{t: t, db: d, courier: &courier{}, clock: noon}
	quiet := slog.New(slog.DiscardHandler)
	texts, err := readTexts()
	check(t, err)
	w.flow = flow.New(flow.Config{DB: d, Now: w.now, Log: quiet, Rooms: []flow.Room{guest.Room()}})
	t.Cleanup(w.flow.Close)
	w.members, w.rewards, w.giftCards, w.offers = member.New(d, w.now), reward.New(d, w.now, flow.RewardTerms), giftcard.New(d, w.now), promo.New(d, w.now)
	w.complaints = complaint.New(complaint.Config{DB: d, Flow: w.flow, GiftCards: w.giftCards, Now: w.now})
	w.promises = promise.NewService(promise.Config{DB: d, Flow: w.flow, Now: w.now})
	w.returns = returns.New(returns.Config{DB: d, Flow: w.flow, Promises: w.promises, GiftCards: w.giftCards, Now: w.now})
	w.standards = standard.New(d, w.now)
	w.baskets = basket.New(basket.Config{DB: d, Flow: w.flow, Now: w.now})
	w.bookings = booking.New(booking.Config{DB: d, Flow: w.flow, Now: w.now})
	w.surveys, w.referrals, w.challenges = survey.New(d, w.flow, w.now), referral.New(d, w.flow, w.offers, w.now), challenge.New(d, w.flow, w.now)
	w.plans, w.households, w.touch = plan.New(d, w.flow, w.now), household.New(d, w.flow, w.now), touch.New(touch.Config{DB: d, Now: w.now, Log: quiet, Texts: texts})
	w.trust = trust.New(trust.Config{DB: d, Complaints: w.complaints, Promises: w.promises, Now: w.now})
	w.guest = guest.New(guest.Config{
		Trust: w.trust, Plans: w.plans, Households: w.households, Touch: w.touch, Complaints: w.complaints, Promises: w.promises, Returns: w.returns, Surveys: w.surveys, Baskets: w.baskets, Standards: w.standards, Referrals: w.referrals, Challenges: w.challenges, Bookings: w.bookings,
		DB: d, Flow: w.flow, Members: w.members, GiftCards: w.giftCards, Rewards: w.rewards, Courier: w.courier, Texts: texts, Now: w.now, Log: quiet})
	w.server = httptest.NewServer(w.handler())
	t.Cleanup(w.server.Close)
	w.furnish()
	return w
}

// handler is the pages with what they need around them, as serve mounts it.
func (w *town) handler() http.Handler {
	mux := http.NewServeMux()
	for _, p := range guest.Patterns() {
		mux.Handle(p, w.guest)
	}
	mux.Handle(web.AssetsPath, web.Assets())
	mux.Handle(reward.PicturePath, w.rewards.Pictures())
	mux.HandleFunc("POST "+web.PreferencesPath, func(rw http.ResponseWriter, r *http.Request) { _ = web.Preferences(rw, r) })
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.down.Load() {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(rw, r)
	})
}

func (w *town) furnish() {
	w.programme = w.makeProgramme("bean", "Bean & Leaf")
	var err error
	w.wallet, err = ledger.NewService(w.db).CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
	check(w.t, err)
	ladders := tier.New(w.db, w.now)
	ladder, err := ladders.Create(ctx, system, w.programme.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 100_000, Perks: "A seat at tastings\n\n Warranty of <three> years\n", Terms: tier.Terms{ReturnDays: 16, WarrantyMonths: 1}}},
	})
	check(w.t, err)
	_, err = ladders.Publish(ctx, system, w.programme.ID, ladder.ID, noon.AddDate(-3, 0, 0))
	check(w.t, err)
	decimals := func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
		found, err := ledger.LoadWallet(ctx, q, programme, wallet)
		return found.Decimals, err
	}
	rules := earn.New(w.db, w.now, decimals)
	v, err := rules.Create(ctx, system, earn.Rule{ProgrammeID: w.programme.ID, Name: "A point a pound", Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 100, Basis: earn.Goods}},
		Activation: earn.Activation{Hours: 14 * 24}, Expiry: earn.Expiry{Months: 12, EndOfDay: true},
	})
	check(w.t, err)
	_, err = rules.Publish(ctx, system, w.programme.ID, v.Rule.ID, noon.AddDate(-3, 0, 0))
	check(w.t, err)
}

func (w *town) makeProgramme(slug, name string) program.Programme {
	w.t.Helper()
	zone, err := program.ParseZone("Europe/London")
	check(w.t, err)
	p, err := program.New(w.db).Create(ctx, system, program.Programme{
		Slug: slug, Name: name, Currency: "GBP", Zone: zone, Languages: []string{"en", "ru", "pl"}, Hue: 150,
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	check(w.t, err)
	return p
}

func (w *town) take(e flow.Event) flow.Answer {
	w.t.Helper()
	w.events++
	e.ProgrammeID, e.Source, e.Actor, e.ExternalID = w.programme.ID, "till-1", system, fmt.Sprint(10_000+w.events)
	answer, err := w.flow.TakeOne(ctx, &e)
	check(w.t, err)
	return answer
}

// join signs somebody up and returns the member.
func (w *town) join(given, family, email string) id.ID {
	w.t.Helper()
	return w.take(flow.Event{Kind: journal.SignUp, Occurred: noon.AddDate(-1, -1, 0), Who: flow.Who{
		Identities: []member.Identity{{Kind: member.Email, Value: email}}, Profile: &flow.Profile{GivenName: given, FamilyName: family},
	}}).MemberID
}

// buy sells tea to a member so many days ago.
func (w *town) buy(m id.ID, days int, pounds int64) flow.Answer {
	w.t.Helper()
	return w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: m}, Occurred: noon.AddDate(0, 0, -days), Channel: "shop", Payload: flow.Payload{
		Lines: []sale.Line{{SKU: "TEA", Name: "Darjeeling, first flush", Category: "tea", Quantity: 2000, Amount: pounds * 100}},
	}})
}

func (w *town) available(m id.ID) int64 {
	w.t.Helper()
	balances, _, err := w.flow.Standing(ctx, w.programme.ID, m)
	check(w.t, err)
	return balances[0].Available
}

// letters are those sent so far.
func (w *town) letters() []letter {
	w.guest.Close()
	w.courier.Lock()
	defer w.courier.Unlock()
	return w.courier.letters
}

func (w *town) last() letter {
	w.t.Helper()
	all := w.letters()
	if len(all) == 0 {
		w.t.Fatal("nothing was sent")
	}
	return all[len(all)-1]
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// phone is a browser with its cookies.
type phone struct {
	w      *town
	client *http.Client
}

func (w *town) phone() *phone {
	jar, err := cookiejar.New(nil)
	check(w.t, err)
	return &phone{w, &http.Client{Jar: jar}}
}

// signedIn returns a phone on which somebody has signed in by a code.
func (w *town) signedIn(email string) *phone {
	w.t.Helper()
	p := w.phone()
	p.post("/me/bean/sign-in", "email", email).is(http.StatusOK)
	p.post("/me/bean/code", "code", w.last().code).is(http.StatusOK)
	if at := p.get("/me/bean/").is(http.StatusOK).path; at != "/me/bean/" {
		w.t.Fatalf("not signed in: %s", at)
	}
	return p
}

// page is an answer.
type page struct {
	t      testing.TB
	status int
	path   string // after redirects
	body   string
	header http.Header
}

func (b *phone) do(r *http.Request) page {
	b.w.t.Helper()
	answer, err := b.client.Do(r)
	check(b.w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(b.w.t, err)
	return page{b.w.t, answer.StatusCode, answer.Request.URL.RequestURI(), string(body), answer.Header}
}

func (b *phone) get(path string, headers ...string) page {
	b.w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.w.server.URL+path, nil)
	check(b.w.t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.do(r)
}

func (b *phone) post(path string, form ...string) page {
	b.w.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.w.server.URL+path, strings.NewReader(values.Encode()))
	check(b.w.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style|svg)\b.*?</(script|style|svg)>|<[^>]*>`)
	spaces = regexp.MustCompile(`[\s\x{a0}\x{202f}]+`)
)

// text is what a reader sees.
func (p page) text() string {
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(p.body, " ")), " ")
}

func (p page) is(status ...int) page {
	p.t.Helper()
	if !slices.Contains(status, p.status) {
		p.t.Fatalf("%s: status %d, want %v: %s", p.path, p.status, status, p.text())
	}
	return p
}

func (p page) shows(words ...string) page {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			p.t.Errorf("%s does not say %q:\n%s", p.path, w, p.text())
		}
	}
	return p
}

func (p page) hides(words ...string) page {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.text(), w) {
			p.t.Errorf("%s says %q", p.path, w)
		}
	}
	return p
}

// value returns the value of a hidden field.
func (p page) value(name string) string {
	p.t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.body)
	if found == nil {
		p.t.Fatalf("%s has no field %s", p.path, name)
	}
	return html.UnescapeString(found[1])
}

// at is an address of the server.
func (w *town) at(path string) *url.URL {
	u, err := url.Parse(w.server.URL + path)
	check(w.t, err)
	return u
}
