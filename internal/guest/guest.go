package guest

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"regulars/internal/basket"
	"regulars/internal/booking"
	"regulars/internal/challenge"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/household"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/plan"
	"regulars/internal/promise"
	"regulars/internal/referral"
	"regulars/internal/returns"
	"regulars/internal/reward"
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/touch"
	"regulars/internal/trust"
	"regulars/internal/web"
)

//go:generate go tool templ generate -path . -log-level warn

// Courier brings a customer the code by which they sign in or prove an address.
type Courier interface {
	// SendCode sends the six digits of a code to an address of a member. The
	// link, a path of ours from the root, does the same with a click; it is
	// empty for a code that is only typed. Both are secrets for ten minutes and
	// must not be logged.
	SendCode(ctx context.Context, programme, member id.ID, to member.Identity, code, link string) error
}

// Config is what the customer's page shows and works with.
type Config struct {
	DB        *db.DB
	Flow      *flow.Service
	Members   *member.Service
	GiftCards *giftcard.Service
	Rewards   *reward.Catalog
	// Complaints takes what customers tell, signed in or not.
	Complaints *complaint.Service
	Promises   *promise.Service
	Returns    *returns.Service
	// Courier is nil where nothing can be sent; the page then says so.
	Courier Courier
	// Referrals say what became of the friends whom a customer brought.
	Referrals *referral.Service
	// Challenges are what customers can join.
	Challenges *challenge.Service
	// Bookings are services that customers come for at a time.
	Bookings *booking.Service
	// Plans are paid memberships, Households who shares points.
	Plans      *plan.Service
	Households *household.Service
	// Surveys are asked at links of their own, without signing in.
	Surveys *survey.Service
	// Baskets ask why they were left, at links of their own.
	Baskets *basket.Service
	// Standards have sheets of visits at links of their own, too.
	Standards *standard.Service
	Texts     *i18n.Catalog
	Now       func() time.Time
	Log       *slog.Logger
	// Touch knows where printed cards lead; without it no card leads anywhere.
	Touch *touch.Service
	// Trust has what everybody may read; without it nothing of it is shown.
	Trust *trust.Service
	// Private is where somebody can tell the shop what nobody else shall read: a
	// path of ours, for who holds a card.
	Private func(*touch.Place) string
}

// Guest serves the customers' pages.
type Guest struct {
	Config
	adapter *web.Adapter
	mux     http.Handler
	sending sync.WaitGroup
}

// Patterns are the addresses that a Guest answers.
func Patterns() []string {
	return []string{
		"/me", "/me/",
		"/c/",
		"/t/", "/T/",
		"/track/",
		"/return/",
		"/w/",
		"/known/",
		"/open/",
		survey.Path,
		basket.Path,
		standard.Path,
	}
}

// New returns the customers' pages over open rooms.
func New(config Config) *Guest {
	g := &Guest{Config: config}
	g.adapter = &web.Adapter{Log: config.Log, Page: g.failurePage}
	mux := http.NewServeMux()
	for _, r := range g.routes() {
		mux.Handle(r.pattern, g.adapter.Handle(g.answer(r)))
	}
	for pattern, do := range g.doorRoutes() {
		mux.Handle(pattern, g.adapter.Handle(do))
	}
	for pattern, do := range g.widgetRoutes() {
		mux.Handle(pattern, g.adapter.Handle(do))
	}
	mux.Handle("/", g.adapter.Handle(web.NotFound))
	g.mux = g.adapter.Protect(mux)
	return g
}

// ServeHTTP answers one request.
func (g *Guest) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

// Close waits until the codes under way are handed to the courier.
func (g *Guest) Close() { g.sending.Wait() }

// route says what answers an address.
type route struct {
	pattern string
	// open routes are for those who are not signed in, too.
	open bool
	do   func(v *visit) error
	// bytes bounds the body; 0 is formBytes.
	bytes int64
}

// takes returns how many bytes of a request are read. Only what brings files may
// be large.
func (to *route) takes(r *http.Request) int64 {
	switch {
	case to.bytes == 0:
		return formBytes
	case strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/"):
		return to.bytes
	}
	return wordBytes
}

const (
	formBytes   = 1 << 16       // of a form; they are small
	wordBytes   = 4 * formBytes // of the words beside files
	inProgramme = "/me/{slug}"
)

func (g *Guest) routes() []route {
	list := []route{{pattern: "GET /me", open: true, do: g.chooseProgramme}, {pattern: "GET /me/{$}", open: true, do: g.chooseProgramme}}
	for _, part := range [][]route{
		g.signInRoutes(), g.offlineRoutes(), g.homeRoutes(), g.rewardRoutes(), g.giftRoutes(), g.historyRoutes(), g.profileRoutes(), g.privacyRoutes(),
		g.complaintRoutes(),
		g.trackRoutes(),
		g.returnRoutes(),
		g.surveyRoutes(),
		g.basketRoutes(),
		g.errandRoutes(),
		g.friendRoutes(),
		g.challengeRoutes(),
		g.bookingRoutes(),
		g.caseRoutes(),
		g.planRoutes(),
		g.householdRoutes(),
		g.knownRoutes(),
		g.openRoutes(),
	} {
		list = append(list, part...)
	}
	return list
}

// answer returns what a route does once it is known who asks.
func (g *Guest) answer(to route) web.Handler {
	needsProgramme := strings.Contains(to.pattern, "/{slug}")
	return func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, r.Body, to.takes(r))
		if err := web.PlainForm(r, to.bytes > 0, formBytes); err != nil {
			return err
		}
		v, err := g.meet(w, r)
		switch {
		case err != nil:
			return err
		case needsProgramme && v.programme.ID == 0:
			return web.NotFound(w, r)
		case !to.open && v.who == nil:
			return v.redirect(v.at("/sign-in"))
		}
		return to.do(v)
	}
}

// failurePage makes the page on which a failure is shown.
func (g *Guest) failurePage(w http.ResponseWriter, r *http.Request) *web.Page {
	if v, err := g.meet(w, r); err == nil {
		return v.Page
	}
	pg := web.NewPage(w, r, g.Texts.Printer(web.LangOf(r, i18n.English), nil, ""))
	pg.Brand = house
	return pg
}
