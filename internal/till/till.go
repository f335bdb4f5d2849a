package till

import (
	"log/slog"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/gesture"
	"regulars/internal/giftcard"
	"regulars/internal/household"
	"regulars/internal/i18n"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/reward"
	"regulars/internal/trust"
	"regulars/internal/web"
)

//go:generate go tool templ generate -path . -log-level warn
//go:generate go run ../web/build till.css till.js worker.js

// Config is what the till shows and works with.
type Config struct {
	DB        *db.DB
	Flow      *flow.Service
	Auth      *auth.Service
	Members   *member.Service
	Products  *product.Service
	Rewards   *reward.Catalog
	GiftCards *giftcard.Service
	// Complaints tells of open cases, Households pays from the pool.
	Complaints *complaint.Service
	// Trust knows what is not perfect with what a customer bought.
	Trust      *trust.Service
	Households *household.Service
	// Gestures may be given once.
	Gestures *gesture.Service
	Texts    *i18n.Catalog
	Now      func() time.Time
	Log      *slog.Logger
}

// Patterns returns what the handler answers, as patterns of http.ServeMux, so
// that it can be mounted beside the other pages.
func Patterns() []string { return []string{"/till", "/till/"} }

// till serves the screen.
type till struct {
	Config
	adapter *web.Adapter
}

// formBytes bounds what a request may send; a queue of sales is the longest.
const formBytes = 1 << 20

// need says who must be at the till for an address.
type need uint8

const (
	nobody need = iota // not even an enrolled device
	device             // an enrolled device
	person             // somebody who has typed a PIN
)

// New returns the handler of everything below /till.
func New(c Config) http.Handler {
	t := &till{Config: c}
	t.adapter = &web.Adapter{Log: c.Log, Page: t.failurePage}
	mux := http.NewServeMux()
	page := func(pattern string, who need, do func(v *visit) error) {
		mux.Handle(pattern, t.adapter.Handle(t.answer(who, do)))
	}
	data := func(pattern string, who need, do func(v *visit) (any, error)) {
		mux.Handle(pattern, t.adapter.Handle(t.answer(who, t.say(do))))
	}
	page("GET /till", nobody, t.show)
	page("POST /till/enrol", nobody, t.enrol)
	page("POST /till/open", device, t.open)
	page("POST /till/lock", device, t.lock)
	data("POST /till/roll", device, t.roll)
	data("POST /till/sync", device, t.sync)
	data("GET /till/scan", person, t.scan)
	data("GET /till/members/{member}", person, t.showMember)
	data("POST /till/sign-up", person, t.signUp)
	data("POST /till/quote", person, t.quote)
	data("POST /till/sale", person, t.sell)
	data("GET /till/sales", person, t.listSales)
	data("GET /till/sales/{member}/{sale}", person, t.showSale)
	data("POST /till/return/quote", person, t.quoteReturn)
	data("POST /till/return", person, t.takeReturn)
	data("POST /till/redeem", person, t.redeem)
	data("POST /till/hand-out", person, t.handOut)
	data("POST /till/undo", person, t.undo)
	data("POST /till/gesture", person, t.give)
	data("POST /till/gesture/take-back", person, t.takeGestureBack)
	data("POST /till/complaint", person, t.complain)
	mux.HandleFunc("GET "+assetsPath+"{name}", sendAsset)
	mux.HandleFunc("GET /till/worker.js", sendWorker)
	mux.Handle("GET /till/manifest.webmanifest", t.adapter.Handle(t.answer(nobody, sendManifest)))
	mux.Handle("/", t.adapter.Handle(web.NotFound))
	return t.adapter.Protect(withCamera(mux))
}

// withCamera lets these pages, unlike all others, ask for the camera: it reads
// codes from customers' screens.
func withCamera(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
		next.ServeHTTP(w, r)
	})
}
