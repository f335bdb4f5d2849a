package console

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
	"strings"
	"sync"
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

// readTexts reads the texts once for all tests.
var readTexts = sync.OnceValues(i18n.New)

var ctx = context.Background()

// noon is the moment at which everything in the town is looked at.
var noon = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)

var system = auth.System("test")

// town is a console over a small made-up programme.
type town struct {
	t       testing.TB
	console *Console
	server  *httptest.Server
	// owner is the token of the session of the first owner.
	owner     auth.Staff
	programme program.Programme
	wallet    ledger.Wallet
	ladder    tier.Ladder
	events    int
	clock     time.Time
}

func schemas() []db.Schema {
	return []db.Schema{
		jobs.Schema, auth.Schema, program.Schema, member.Schema, product.Schema, journal.Schema,
		sale.Schema, earn.Schema, ledger.Schema, tier.Schema, promo.Schema, giftcard.Schema, reward.Schema,
		outreach.Schema,
		touch.Schema,
		referral.Schema,
		partner.Schema,
		plan.Schema,
		challenge.Schema,
		complaint.Schema,
		promise.Schema,
		returns.Schema,
		fraud.Schema,
		survey.Schema,
		standard.Schema,
		lesson.Schema,
		gesture.Schema,
		booking.Schema,
		alarm.Schema,
		factor.Schema,
		household.Schema,
		trust.Schema,
		churn.Schema,
		recovery.Schema,
		calls.Schema,
		basket.Schema,
		discount.Schema,
	}
}

// newHouse returns a console over an empty database.
func newHouse(t testing.TB) *town {
	t.Helper()
	w := &town{t: t, clock: noon}
	now := func() time.Time { return w.clock }
	quiet := slog.New(slog.DiscardHandler)
	d := dbtest.Open(t, db.Config{Dir: t.TempDir(), Now: now}, schemas()...)
	texts, err := readTexts()
	check(t, err)
	decimals := func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (int, error) {
		found, err := ledger.LoadWallet(ctx, q, programme, wallet)
		return found.Decimals, err
	}
	f := flow.New(flow.Config{DB: d, Now: now, Log: quiet})
	t.Cleanup(f.Close)
	promises := promise.NewService(promise.Config{DB: d, Flow: f, Now: now})
	dir, staff, members := t.TempDir(), auth.New(d, auth.Config{Now: now, Log: quiet, Hashing: auth.Hashing{Memory: 8, Passes: 1, Threads: 1}}), member.New(d, now)
	w.console = New(Config{
		DB: d, Flow: f, Auth: staff,
		Programmes: program.New(d), Members: members, Products: product.New(d), Ledger: ledger.NewService(d),
		Rules: earn.New(d, now, decimals), Ladders: tier.New(d, now), Promo: promo.New(d, now), GiftCards: giftcard.New(d, now), Rewards: reward.New(d, now, flow.RewardTerms),
		Partners: partner.New(d, auth.New(d, auth.Config{Now: now, Log: quiet}), now), Jobs: jobs.NewRunner(d, now, quiet),
		Texts: texts, Now: now, Log: quiet, Dir: dir, Imports: &intake.Desk{DB: d, Auth: staff, To: f, Consents: members, Texts: texts, Now: now, Dir: dir},
		Outreach: outreach.New(outreach.Config{
			DB: d, Now: now, Log: quiet, Texts: texts, Members: member.New(d, now), Base: "https://points.example.com", From: "points@example.com",
			Channels: map[member.Channel]outreach.Channel{member.ByEmail: outreach.Sink{DB: d, Now: now}},
		}),
		Touch:      touch.New(touch.Config{DB: d, Now: now, Log: slog.New(slog.DiscardHandler), Texts: texts, PrivateFeeds: true}),
		Challenges: challenge.New(d, f, now),
		Complaints: complaint.New(complaint.Config{DB: d, Flow: f, GiftCards: giftcard.New(d, now), Now: now}),
		Promises:   promises,
		Returns:    returns.New(returns.Config{DB: d, Flow: f, Promises: promises, GiftCards: giftcard.New(d, now), Now: now}),
		Fraud:      fraud.New(d, f, now),
		Surveys:    survey.New(d, f, now).WithDeliveries(promises),
		Standards:  standard.New(d, now),
	})
	w.console.Referrals = referral.New(d, f, w.console.Promo, now)
	w.console.Plans = plan.New(d, f, now)
	w.console.Households = household.New(d, f, now)
	w.console.Bookings = booking.New(booking.Config{DB: d, Flow: w.console.Flow, Now: now})
	w.console.Gestures = gesture.New(gesture.Config{DB: d, Flow: w.console.Flow, Cases: w.console.Complaints, Now: now})
	w.console.Lessons = lesson.New(lesson.Config{DB: d, Now: now, Complaints: w.console.Complaints})
	w.console.Alarms = alarm.New(alarm.Config{DB: d, Now: now, Auth: w.console.Auth, Complaints: w.console.Complaints, Post: w.console.Outreach, Texts: texts})
	w.console.Factors = factor.New(factor.Config{DB: d, Surveys: w.console.Surveys, Cases: w.console.Complaints, Support: w.console.Touch, Now: now})
	w.console.Trust = trust.New(trust.Config{DB: d, Complaints: w.console.Complaints, Promises: w.console.Promises, Now: now})
	w.console.Churn = churn.New(churn.Config{DB: d, Surveys: w.console.Surveys, Now: now})
	w.console.Recoveries = recovery.New(recovery.Config{DB: d, Flow: w.console.Flow, Now: now})
	w.console.Calls = calls.New(calls.Config{DB: d, Flow: w.console.Flow, Policy: w.console.Outreach, Now: now})
	w.console.Discounts = discount.New(d, now)
	w.console.Baskets = basket.New(basket.Config{DB: d, Flow: w.console.Flow, Now: now})
	w.server = httptest.NewServer(w.console.Handler())
	t.Cleanup(w.server.Close)
	return w
}

// newTown returns a console over a programme with a wallet, a rule and a
// ladder, and nobody in it yet but the staff.
func newTown(t testing.TB) *town {
	t.Helper()
	w := newHouse(t)
	c := w.console
	token, err := c.Auth.FirstRunLink(ctx)
	check(t, err)
	session, err := c.Auth.Accept(ctx, auth.Acceptance{Token: token, Password: password, Email: "olga@example.com", Name: "Olga Owner", Language: i18n.English})
	check(t, err)
	w.owner = session.Staff
	w.programme = w.makeProgramme("bean", "Bean & Leaf")
	w.wallet, err = c.Ledger.CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt})
	check(t, err)
	plan, err := c.Ladders.Create(ctx, system, w.programme.ID, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{{Code: "regular", Name: "Regular"}, {Code: "silver", Name: "Silver", Threshold: 100_000}, {Code: "gold", Name: "Gold", Threshold: 500_000}},
	})
	check(t, err)
	plan, err = c.Ladders.Publish(ctx, system, w.programme.ID, plan.ID, noon.AddDate(-3, 0, 0))
	check(t, err)
	w.ladder = plan.Ladder
	v, err := c.Rules.Create(ctx, system, earn.Rule{ProgrammeID: w.programme.ID, Name: "A point a pound", Trigger: earn.Purchase}, earn.Spec{
		WalletID: w.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 100, Basis: earn.Goods}},
		Activation: earn.Activation{Hours: 14 * 24}, Expiry: earn.Expiry{Months: 12, EndOfDay: true},
	})
	check(t, err)
	_, err = c.Rules.Publish(ctx, system, w.programme.ID, v.Rule.ID, noon.AddDate(-3, 0, 0))
	check(t, err)
	return w
}

func (w *town) makeProgramme(slug, name string) program.Programme {
	w.t.Helper()
	zone, err := program.ParseZone("Europe/London")
	check(w.t, err)
	p, err := w.console.Programmes.Create(ctx, system, program.Programme{
		Slug: slug, Name: name, Currency: "GBP", Zone: zone, Languages: []string{"en", "ru", "pl"}, Hue: 150,
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	check(w.t, err)
	return p
}

// take sends an event and returns what it did.
func (w *town) take(e flow.Event) flow.Answer {
	w.t.Helper()
	w.events++
	e.ProgrammeID, e.Source, e.Actor = w.programme.ID, "till-1", system
	if e.ExternalID == "" {
		e.ExternalID = fmt.Sprint(10_000 + w.events)
	}
	answer, err := w.console.Flow.TakeOne(ctx, &e)
	check(w.t, err)
	return answer
}

// known names a customer by an e-mail.
func known(email string) flow.Who {
	return flow.Who{Identities: []member.Identity{{Kind: member.Email, Value: email}}}
}

// join signs somebody up and returns the member.
func (w *town) join(given, family, email string) id.ID {
	w.t.Helper()
	who := known(email)
	who.Profile = &flow.Profile{GivenName: given, FamilyName: family}
	return w.take(flow.Event{Kind: journal.SignUp, Who: who, Occurred: noon.AddDate(-1, -1, 0)}).MemberID
}

// buy sells goods to a member so many days ago.
func (w *town) buy(m id.ID, days int, lines ...sale.Line) flow.Answer {
	w.t.Helper()
	return w.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: m}, Occurred: noon.AddDate(0, 0, -days), Channel: "shop", Payload: flow.Payload{Lines: lines}})
}

func tea(pounds int64) sale.Line {
	return sale.Line{SKU: "TEA", Name: "Darjeeling, first flush", Category: "tea", Quantity: 2000, Amount: pounds * 100}
}

// member returns the address of a page about a member.
func (w *town) member(m id.ID, path string) string {
	return "/p/" + w.programme.Slug + "/members/" + m.In(id.Member) + path
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const password = "correct horse battery"

// visitor is a browser with its cookies.
type visitor struct {
	w      *town
	client *http.Client
}

// stranger is somebody who has not signed in.
func (w *town) stranger() *visitor {
	jar, err := cookiejar.New(nil)
	check(w.t, err)
	return &visitor{w, &http.Client{Jar: jar}}
}

// as returns somebody of the staff with a role, signed in.
func (w *town) as(role auth.Role) *visitor {
	w.t.Helper()
	email := string(role) + "@example.com"
	if role == auth.Owner {
		email = w.owner.Email
	} else {
		_, token, err := w.console.Auth.Invite(ctx, w.owner.Actor(), auth.Invitation{
			Email: email, Name: "Some " + string(role), Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: w.programme.ID, Role: role}},
		})
		check(w.t, err)
		_, err = w.console.Auth.Accept(ctx, auth.Acceptance{Token: token, Password: password})
		check(w.t, err)
	}
	who := w.stranger()
	who.post("/sign-in", "email", email, "password", password).is(w.t, http.StatusOK)
	return who
}

// page is an answer of the console.
type page struct {
	status int
	path   string // after redirects
	body   string
	header http.Header
}

func (b *visitor) do(r *http.Request) page {
	b.w.t.Helper()
	answer, err := b.client.Do(r)
	check(b.w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(b.w.t, err)
	return page{answer.StatusCode, answer.Request.URL.RequestURI(), string(body), answer.Header}
}

func (b *visitor) get(path string, headers ...string) page {
	b.w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.w.server.URL+path, nil)
	check(b.w.t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.do(r)
}

// fragment asks for a part of a page, as htmx does.
func (b *visitor) fragment(path string) page {
	b.w.t.Helper()
	return b.get(path, "HX-Request", "true")
}

func (b *visitor) post(path string, form ...string) page {
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

func (p page) is(t testing.TB, status int) page {
	t.Helper()
	if p.status != status {
		t.Fatalf("%s: status %d, want %d: %s", p.path, p.status, status, p.text())
	}
	return p
}

func (p page) shows(t testing.TB, words ...string) page {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			t.Errorf("%s does not say %q:\n%s", p.path, w, p.text())
		}
	}
	return p
}

func (p page) hides(t testing.TB, words ...string) page {
	t.Helper()
	for _, w := range words {
		if strings.Contains(p.text(), w) {
			t.Errorf("%s says %q", p.path, w)
		}
	}
	return p
}

// value returns the value of a hidden field.
func (p page) value(t testing.TB, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(p.body)
	if found == nil {
		t.Fatalf("%s has no field %s", p.path, name)
	}
	return html.UnescapeString(found[1])
}

// list returns the line as the lines of a sale.
func list(lines ...sale.Line) []sale.Line { return lines }
