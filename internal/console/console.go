package console

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
	"strings"
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
	"regulars/internal/discount"
	"regulars/internal/earn"
	"regulars/internal/factor"
	"regulars/internal/flow"
	"regulars/internal/fraud"
	"regulars/internal/gesture"
	"regulars/internal/giftcard"
	"regulars/internal/household"
	"regulars/internal/i18n"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/ledger"
	"regulars/internal/lesson"
	"regulars/internal/member"
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
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
	"regulars/internal/trust"
	"regulars/internal/web"
)

//go:generate go tool templ generate -path . -log-level warn

// Config is what the console shows and works with.
type Config struct {
	DB         *db.DB
	Flow       *flow.Service
	Auth       *auth.Service
	Programmes *program.Service
	Members    *member.Service
	Products   *product.Service
	Ledger     *ledger.Service
	Rules      *earn.Service
	Ladders    *tier.Service
	GiftCards  *giftcard.Service
	Rewards    *reward.Catalog
	Outreach   *outreach.Service
	Plans      *plan.Service
	Challenges *challenge.Service
	Complaints *complaint.Service
	Touch      *touch.Service
	Promises   *promise.Service
	Returns    *returns.Service
	Fraud      *fraud.Service
	Surveys    *survey.Service
	Standards  *standard.Service
	Lessons    *lesson.Service
	Gestures   *gesture.Service
	Bookings   *booking.Service
	Alarms     *alarm.Service
	Factors    *factor.Service
	Churn      *churn.Service
	Recoveries *recovery.Service
	Calls      *calls.Service
	Baskets    *basket.Service
	Discounts  *discount.Service
	Trust      *trust.Service
	Promo      *promo.Service
	Referrals  *referral.Service
	Partners   *partner.Service
	Households *household.Service
	Jobs       *jobs.Runner
	Texts      *i18n.Catalog
	Now        func() time.Time
	Log        *slog.Logger
	// Imports is where files are left and taken from.
	Imports *intake.Desk
	// Dir is a folder of ours for simulations.
	Dir string
}

// Console serves the manager's pages.
type Console struct {
	Config
	adapter  *web.Adapter
	outlooks *outlookCache
}

// New returns the console over open rooms.
func New(config Config) *Console {
	c := &Console{Config: config}
	c.outlooks = newOutlooks(config.DB, config.Now, c.readVoices)
	c.adapter = &web.Adapter{Log: config.Log, Page: c.failurePage}
	return c
}

// route says what answers an address.
type route struct {
	// pattern is that of http.ServeMux; below /p/{slug} a programme is needed.
	pattern string
	// permission is asked for in the programme of the address; empty for what
	// everybody who is signed in may do.
	permission auth.Permission
	// open routes are for those who are not signed in, too.
	open bool
	// limit bounds the request's body in bytes; 0 is formBytes.
	limit int64
	do    func(v *visit) error
}

// formBytes bounds what a form may send.
const formBytes = 1 << 20

// inProgramme begins the patterns of routes that need a programme.
const inProgramme = "/p/{slug}"

func (c *Console) routes() []route {
	return slices.Concat(
		c.signInRoutes(),
		c.overviewRoutes(),
		c.memberRoutes(),
		c.unmatchedRoutes(),
		c.programmeRoutes(),
		c.offerRoutes(),
		c.giftCardRoutes(),
		c.rewardRoutes(),
		c.simulatorRoutes(),
		c.conflictRoutes(),
		c.messageRoutes(),
		c.importRoutes(),
		c.jobRoutes(),
		c.staffRoutes(),
		c.auditRoutes(),
		c.referralRoutes(),
		c.influencerRoutes(),
		c.partnerRoutes(),
		c.partnerEdits(),
		c.tillRoutes(),
		c.planRoutes(),
		c.cardRoutes(),
		c.reviewRoutes(),
		c.mentionRoutes(),
		c.challengeRoutes(),
		c.complaintRoutes(),
		c.mailboxRoutes(),
		c.promiseRoutes(),
		c.returnRoutes(),
		c.fraudRoutes(),
		c.flagshipRoutes(),
		c.surveyRoutes(),
		c.standardRoutes(),
		c.visitRoutes(),
		c.lessonRoutes(),
		c.gestureRoutes(),
		c.serviceRoutes(),
		c.bookingRoutes(),
		c.alarmRoutes(),
		c.factorRoutes(),
		c.silenceRoutes(),
		c.callRoutes(),
		c.recoveryRoutes(),
		c.basketRoutes(),
		c.householdRoutes(),
		c.knownRoutes(),
		c.openRoutes(),
		c.trustRoutes(),
	)
}

// Handler serves every page, and what pages are made of.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(web.AssetsPath, web.Assets())
	for _, r := range c.routes() {
		mux.Handle(r.pattern, c.adapter.Handle(c.answer(r)))
	}
	mux.Handle("/", c.adapter.Handle(web.NotFound))
	return c.adapter.Protect(mux)
}

// answer returns what a route does once it is known who asks, about which
// programme, and that they may.
func (c *Console) answer(to route) web.Handler {
	limit := cmp.Or(to.limit, formBytes)
	needsProgramme := strings.Contains(to.pattern, inProgramme)
	return func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if err := web.PlainForm(r, to.limit > 0, formBytes); err != nil {
			return err
		}
		v, err := c.meet(w, r)
		switch {
		case err != nil:
			return err
		case to.open:
			return to.do(v)
		case v.Person == nil:
			return v.redirect(signInAddress(r))
		case needsProgramme && v.programme.ID == 0:
			return web.NotFound(w, r)
		case to.permission != "":
			if err := v.actor.Can(v.programme.ID, to.permission); err != nil {
				return err
			}
		}
		return to.do(v)
	}
}

// failurePage makes the page on which a failure is shown: within its frame
// where that can be had, bare otherwise.
func (c *Console) failurePage(w http.ResponseWriter, r *http.Request) *web.Page {
	if v, err := c.meet(w, r); err == nil {
		return v.Page
	}
	pg := web.NewPage(w, r, c.Texts.Printer(web.LangOf(r, i18n.English), nil, ""))
	pg.Brand = house
	return pg
}
