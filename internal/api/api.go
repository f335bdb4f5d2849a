package api

import (
	"embed"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

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
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "api", Files: files}

// Config is what the API is made of.
type Config struct {
	DB         *db.DB
	Flow       *flow.Service
	Auth       *auth.Service
	Programmes *program.Service
	Members    *member.Service
	Products   *product.Service
	Rules      *earn.Service
	Ledger     *ledger.Service
	Ladders    *tier.Service
	Offers     *promo.Service
	// Jobs does what requests leave to be done; New registers its part.
	Jobs      *jobs.Runner
	GiftCards *giftcard.Service
	Rewards   *reward.Catalog
	Outreach  *outreach.Service
	Referrals *referral.Service
	Partners  *partner.Service
	Plans     *plan.Service
	Catalog   *i18n.Catalog
	Now       func() time.Time
	Log       *slog.Logger
	Limits    Limits
	// Challenges may be invited to.
	Challenges *challenge.Service
	Complaints *complaint.Service
	// Touch has cards and reviews.
	Touch      *touch.Service
	Promises   *promise.Service
	Returns    *returns.Service
	Households *household.Service
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
	// Imports is where files are left and taken from.
	Imports *intake.Desk
	// Trust has known issues, published figures and the signals of trust.
	Trust *trust.Service
	// Version of the program, shown in the document; empty is shown as "dev".
	Version string
}

// Limits bound what callers may ask; zero fields take the defaults.
type Limits struct {
	// Rate is how many requests a second one key may make in the long run,
	// Burst how many at once; a negative rate is none. Defaults: 2,000 and
	// 4,000.
	Rate, Burst int
	// Body bounds the bytes of a request, BulkBody those of a bulk request.
	// Defaults: 1 MB and 8 MB.
	Body, BulkBody int64
	// Timeout bounds the work on one request. Default: 30 seconds.
	Timeout time.Duration
}

const (
	defaultRate     = 2_000
	defaultBurst    = 4_000
	defaultBody     = 1 << 20
	defaultBulkBody = 8 << 20
	defaultTimeout  = 30 * time.Second
)

// filled returns the limits with the defaults in the place of zeros.
func (l Limits) filled() Limits {
	if l.Rate == 0 {
		l.Rate = defaultRate
	}
	if l.Burst <= 0 {
		l.Burst = max(defaultBurst, l.Rate)
	}
	if l.Body <= 0 {
		l.Body = defaultBody
	}
	if l.BulkBody <= 0 {
		l.BulkBody = defaultBulkBody
	}
	if l.Timeout <= 0 {
		l.Timeout = defaultTimeout
	}
	return l
}

// Patterns returns what the handler answers, as patterns of http.ServeMux, so
// that it can be mounted beside the pages.
func Patterns() []string {
	return []string{"/v1/", "/docs", "/docs/", "/openapi.json", "/openapi.yaml", "/healthz", "/readyz", "/metrics"}
}

// server is the API.
type server struct {
	Config
	mux    *http.ServeMux
	huma   huma.API
	shapes *shapes
	// eventShape is that of one event of a bulk.
	eventShape *shape
	settings   *settings
	limiters   *limiters
	meters     *meters
}

// New returns the handler of the API, its document, its pages, health and
// metrics. It panics when the document cannot be built, as that is a slip of
// the programmer.
func New(c Config) http.Handler {
	c.Limits = c.Limits.filled()
	mux := http.NewServeMux()
	s := &server{
		Config: c, mux: mux, huma: humago.New(mux, describe(c.Version)),
		settings: newSettings(c), limiters: newLimiters(c.Limits, c.Now), meters: newMeters(c.DB),
	}
	s.shapes = newShapes(s.huma.OpenAPI().Components.Schemas)
	for _, add := range []func(){
		s.addEvents, s.addQuotes, s.addConflicts, s.addMembers, s.addMerges, s.addIdentities, s.addConsents, s.addPoints, s.addRanks, s.addRules, s.addSimulations,
		s.addOffers, s.addCodeBatches, s.addCodes, s.addGiftCards, s.addRewards, s.addRedemptions,
		s.addContacts,
		s.addReferrals,
		s.addPartners,
		s.addPlans, s.addSubscriptions,
		s.addChallenges,
		s.addCases,
		s.addTouchpoints, s.addCards, s.addReviews,
		s.addFeeds, s.addMentions,
		s.addMails,
		s.addCaseMailbox,
		s.addPromises, s.addParcels, s.addReturnRequests, s.addReturnRules,
		s.addHouseholds, s.addTransfers,
		s.addFraud,
		s.addFlagships,
		s.addSurveys,
		s.addStandards,
		s.addLessons,
		s.addGestures,
		s.addServices,
		s.addBookings,
		s.addAlarms,
		s.addFactors,
		s.addKnownIssues,
		s.addTrustReports,
		s.addTrustSignals,
		s.addChurn,
		s.addDiscounts,
		s.addAbandonments,
		s.addRecoveries,
		s.addCalls,
		s.addProgramme, s.addProducts, s.addReturns, s.addImports, s.addKeys, s.addStaff, s.addAudit, s.addOperation,
	} {
		add()
	}
	s.publish()
	return s
}
