package till

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/web"
	"regulars/internal/web/webtest"
)

// cable is a connection that can be cut, and be bad for one request.
type cable struct {
	http.Handler
	cut atomic.Bool
	bad sync.Map // by path: what happens to the next request for it
}

func (c *cable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	if happens, ok := c.bad.LoadAndDelete(r.URL.Path); ok {
		happens.(func(http.ResponseWriter, *http.Request))(w, r)
		return
	}
	c.Handler.ServeHTTP(w, r)
}

// holds lets the next request for a path wait until the returned function is
// called.
func (c *cable) holds(path string) (let func()) {
	gate := make(chan struct{})
	c.bad.Store(path, func(w http.ResponseWriter, r *http.Request) {
		<-gate
		c.Handler.ServeHTTP(w, r)
	})
	return sync.OnceFunc(func() { close(gate) })
}

// loses takes the next request for a path and loses all of the answer but its
// head; a browser asks by itself again where there is none.
func (c *cable) loses(path string) {
	c.bad.Store(path, func(w http.ResponseWriter, r *http.Request) {
		c.Handler.ServeHTTP(httptest.NewRecorder(), r)
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
}

// breaks answers the next request for a path as a server that fails.
func (c *cable) breaks(path string) {
	c.bad.Store(path, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "broken", http.StatusBadGateway)
	})
}

// screen is a till in a browser.
type screen struct {
	*webtest.Browser
	t     *testing.T
	k     *counter
	cable *cable
}

// tablet is 820 wide, with a finger.
func tablet(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
	return chromedp.EmulateViewport(820, 1180, chromedp.EmulateMobile, chromedp.EmulateTouch)(ctx, t)
}

// newScreen enrols a browser and lets Ann in, by what she would do.
func newScreen(t *testing.T) *screen {
	t.Helper()
	k := onlyCounter(t)
	k.real = true
	mux := http.NewServeMux()
	mux.Handle("/till", New(k.c))
	mux.Handle("/till/", New(k.c))
	mux.Handle(web.AssetsPath, web.Assets())
	mux.Handle(reward.PicturePath, k.c.Rewards.Pictures())
	s := &screen{t: t, k: k, cable: &cable{Handler: mux}}
	s.Browser = webtest.New(t, s.cable)
	return s
}

func (s *screen) enter(shop program.Shop) {
	s.t.Helper()
	_, code, err := s.k.c.Auth.AddDevice(ctx, system, auth.NewDevice{ProgrammeID: s.k.programme.ID, ShopID: shop.ID, Name: "Window"})
	s.k.ok(err)
	s.Open(s.t, webtest.Desktop, "/till")
	s.Run(s.t, webtest.Seen("#f-code"), chromedp.KeyEvent(code), webtest.Key(kb.Enter), webtest.Seen("#f-pin"))
	s.unlock()
}

func (s *screen) unlock() {
	s.t.Helper()
	s.Run(s.t, webtest.Type("#f-pin", pin), webtest.Key(kb.Enter), webtest.Seen("#scan"), webtest.Until(`document.getElementById("till").dataset.ready === "yes"`))
}

// scan types as a scanner does: wherever the focus is left, and then Enter.
func (s *screen) scan(text string) {
	s.t.Helper()
	s.Run(s.t, webtest.Until(`document.activeElement.id === "scan"`), chromedp.KeyEvent(text), webtest.Key(kb.Enter))
}

func (s *screen) connect(yes bool) {
	s.t.Helper()
	s.cable.cut.Store(!yes)
	s.Run(s.t, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1})
		return chromedp.Void{}, err
	})
}

// sales are those that were kept, the latest first.
func (s *screen) sales() []*sale.Sale {
	s.t.Helper()
	var all []*sale.Sale
	s.k.ok(sale.Each(ctx, s.k.c.DB.Reader(), s.k.programme.ID, func(one *sale.Sale) error {
		all = append(all, one)
		return nil
	}))
	return all
}

// TestASaleByKeyboardAlone sells to a customer without a mouse, and reads the
// receipt.
func TestASaleByKeyboardAlone(t *testing.T) {
	s := newScreen(t)
	m := s.k.shopper("Anna Wiśniewska", "+442079460018", 150)
	s.k.code("SPRING", 1_00, 5)
	s.enter(s.k.shops[0])
	s.scan("020 7946 0018")
	s.Run(t, webtest.Seen(".customer"))
	s.scan("COF")
	s.Run(t, webtest.Until(`document.activeElement.matches("[data-price]")`), chromedp.KeyEvent("3.60"), webtest.Key(kb.Enter))
	s.scan("COF")
	s.scan("spring")
	s.Run(t, webtest.Until(`document.getElementById("totals").innerText.includes("£6.20")`))
	s.Check(t, "overflow", "labels", "contrast", "edges")
	s.Run(t, webtest.Until(`!document.getElementById("complete").disabled`), webtest.Key(kb.F9), webtest.Seen(".receipt"), webtest.Until(`document.activeElement.id === "scan"`))
	all := s.sales()
	if len(all) != 1 || all[0].Total != 6_20 || all[0].MemberID != m {
		t.Fatalf("kept %+v", all)
	}
	if s.k.points(m) != 156 {
		t.Errorf("%d points, not 156", s.k.points(m))
	}
	s.scan("COF")
	s.Run(t, webtest.Until(`document.querySelector(".line [data-price]")?.value === "3.60"`))
}

// TestSalesWithoutAConnection queues a sale that was quoted with a code, which
// is used up elsewhere before it arrives, and three more, reloads the page
// meanwhile, and counts each once when the connection is back. The server lives
// in another year than the device, as that of the demo does.
func TestSalesWithoutAConnection(t *testing.T) {
	s := newScreen(t)
	s.k.ahead = 400 * 24 * time.Hour
	m := s.k.shopper("Anna", "+442079460018", 0)
	s.enter(s.k.shops[0])
	s.scan("COF")
	s.Run(t, webtest.Until(`document.activeElement.matches("[data-price]")`), chromedp.KeyEvent("3.00"), webtest.Key(kb.Enter),
		webtest.Until(`!document.getElementById("complete").disabled`), webtest.Key(kb.F9), webtest.Seen(".receipt"))
	s.Run(t, webtest.Until(`caches.open("till-1").then(c => c.match("/till")).then(Boolean)`))
	s.k.code("ONCE", 1_00, 1)
	s.scan("020 7946 0018")
	s.Run(t, webtest.Seen(".customer"))
	s.scan("COF")
	s.scan("once")
	s.Run(t, webtest.Until(`document.getElementById("totals").innerText.includes("£2.00") && !document.getElementById("complete").disabled`))
	s.connect(false)
	s.Run(t, webtest.Key(kb.F9), webtest.Until(`document.getElementById("waiting").innerText === "1 sale waits"`))
	s.k.take(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: m}, Payload: flow.Payload{Lines: []sale.Line{{SKU: "TEA", Name: "Tea", Quantity: 1000, Amount: 8_00}}, Checkout: &flow.Checkout{Codes: []string{"ONCE"}}}})
	sell := func(waiting string) {
		t.Helper()
		s.scan("020 7946 0018")
		s.Run(t, webtest.Until(`document.getElementById("whose").innerText.includes("0018")`))
		s.scan("COF")
		s.Run(t, webtest.Until(`!document.getElementById("complete").disabled`), webtest.Key(kb.F9),
			webtest.Until(fmt.Sprintf(`document.getElementById("waiting").innerText === %q`, waiting)))
	}
	sell("2 sales wait")
	sell("3 sales wait")
	s.Open(t, webtest.Desktop, "/till")
	s.Run(t, webtest.Until(`document.getElementById("till")?.dataset.ready === "yes"`), webtest.Until(`document.getElementById("waiting").innerText === "3 sales wait"`))
	sell("4 sales wait")
	s.Picture(t, "queue")
	if n := len(s.sales()); n != 2 {
		t.Fatalf("%d sales arrived without a connection", n-2)
	}
	s.connect(true)
	s.Run(t, webtest.Until(`document.getElementById("waiting").hidden`))
	all := s.sales()
	if len(all) != 6 {
		t.Fatalf("%d sales are kept, not 6", len(all))
	}
	if !slices.ContainsFunc(all, func(one *sale.Sale) bool { return one.Total == 2_00 }) {
		t.Error("the sale that was quoted is not settled as the till made it")
	}
	if s.k.points(m) != 2+7+9 { // a point a pound: of the quoted sale, of that elsewhere, of three more
		t.Errorf("%d points, not 18", s.k.points(m))
	}
	s.k.sound()
}

// TestTheBasketOfAPhone: what a customer has makes room for the basket, and is
// one tap away; where there is room for both nothing folds.
func TestTheBasketOfAPhone(t *testing.T) {
	s := newScreen(t)
	s.k.shopper("Aleksandra-Wilhelmina Featherstonehaugh-Kowalczykowska", "+442079460018", 1234)
	s.k.reward("Coffee of your choice", 300, 0)
	s.enter(s.k.shops[0])
	s.Open(t, webtest.Phone, "/till")
	s.Run(t, webtest.Until(`document.getElementById("till").dataset.ready === "yes"`))
	s.scan("020 7946 0018")
	s.Run(t, webtest.Seen(".customer-more"), webtest.Gone("[data-fold]"))
	s.scan("COF")
	s.Run(t, webtest.Gone(".customer-more"), webtest.Type(".line [data-price]", "3.60\r"), webtest.Until(`!document.getElementById("complete").disabled`))
	const whole = `(() => { const box = document.getElementById("complete").getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight })()`
	s.Run(t, webtest.Until(whole))
	s.Check(t, "overflow", "labels", "contrast", "edges", "targets")
	s.Axe(t)
	s.Picture(t, "folded")
	s.Run(t, webtest.Click("[data-fold]"), webtest.Seen(".customer-more"), webtest.Until(`document.querySelector("[data-fold]").ariaExpanded === "true"`),
		webtest.Click("[data-fold]"), webtest.Gone(".customer-more"), tablet, webtest.Seen(".customer-more"), webtest.Gone("[data-fold]"))
	s.Check(t, "overflow")
}

// TestWhatIsReadOutIsTaken: when something else is to come back, what would come
// of it is asked for again.
func TestWhatIsReadOutIsTaken(t *testing.T) {
	s := newScreen(t)
	s.enter(s.k.shops[0])
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "3\r"), webtest.Click("[data-more]"), webtest.Until(`document.getElementById("totals").innerText.includes("£6.00") && !document.getElementById("complete").disabled`),
		webtest.Key(kb.F9), webtest.Seen(".receipt"))
	s.scan(s.sales()[0].Reference)
	ask := []webtest.Step{webtest.Click("[data-back-quote]"), webtest.Seen("[data-back-take]")}
	s.Run(t, append([]webtest.Step{webtest.Click("[data-back] [data-more]")}, ask...)...)
	s.Run(t, webtest.Click("[data-back] [data-more]"), webtest.Absent("[data-back-take]"))
	s.Run(t, append(ask, webtest.Until(`document.querySelector(".explained").innerText.includes("£6.00")`), webtest.Type("[data-back-line]", "1"), webtest.Absent("[data-back-take]"))...)
}

// TestTheHouseholdPaysOnTheScreen: who types more points than the customer has
// gets the rest from the household.
func TestTheHouseholdPaysOnTheScreen(t *testing.T) {
	s := newScreen(t)
	anna, bob := s.k.shopper("Anna", "+442079460018", 500), s.k.shopper("Bob", "+442079460019", 100)
	s.k.shares(anna, bob)
	s.enter(s.k.shops[0])
	s.scan("020 7946 0019")
	s.Run(t, webtest.Seen(".customer"))
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "20\r"), webtest.Type(".pay-field", "300\r"),
		webtest.Until(`document.getElementById("totals").innerText.includes("£17.00") && document.getElementById("totals").innerText.includes("household")`))
	s.Check(t, "overflow", "labels", "contrast")
	s.Picture(t, "pool")
	s.Run(t, webtest.Until(`!document.getElementById("complete").disabled`), webtest.Key(kb.F9), webtest.Seen(".receipt"))
	if s.k.points(anna) != 300 || s.k.points(bob) != 20 {
		t.Errorf("Anna has %d points, Bob %d", s.k.points(anna), s.k.points(bob))
	}
}

// TestHowTheTillLooks opens the screen at the widths of a phone, a tablet and a
// desk, and measures it. With -artifacts it keeps pictures.
func TestHowTheTillLooks(t *testing.T) {
	s := newScreen(t)
	anna := s.k.shopper("Anna Wiśniewska", "+442079460018", 1234)
	s.k.complains(anna)
	s.k.subscribes(anna, 0)
	s.k.stamps()
	s.k.shares(s.k.shopper("Ewa", "+442079460019", 500), anna)
	s.k.reward("Coffee of your choice", 300, 0)
	s.k.reward("Blue mug", 1500, 2_50)
	s.k.code("SPRING", 1_00, 5)
	s.enter(s.k.shops[0])
	for _, look := range []struct {
		name, lang, theme string
		width             webtest.Step
	}{
		{"phone-en", "en", "light", webtest.Phone}, {"tablet-en", "en", "light", tablet}, {"desktop-en", "en", "light", webtest.Desktop},
		{"phone-ru", "ru", "dark", webtest.Phone}, {"tablet-pl", "pl", "dark", tablet},
	} {
		t.Run(look.name, func(t *testing.T) {
			s.t = t
			lang, _ := i18n.ParseLang(look.lang)
			s.k.ok(s.k.c.Auth.SetPreferences(ctx, s.k.ann.Actor(), auth.Preferences{Language: lang, Theme: look.theme}))
			s.walk(look.name, look.width)
		})
	}
}

func (s *screen) walk(name string, width webtest.Step) {
	t := s.t
	look := func(what string) {
		t.Helper()
		s.Check(t, "overflow", "labels", "contrast", "edges", "targets")
		s.Axe(t)
		s.Picture(t, name+"-"+what)
	}
	s.Open(t, width, "/till")
	s.Run(t, webtest.Until(`document.getElementById("till").dataset.ready === "yes"`))
	look("empty")
	s.scan("020 7946 0018")
	s.Run(t, webtest.Seen(".customer"))
	s.scan("COF")
	s.Run(t, webtest.Type(".line [data-price]", "3.60\r"))
	s.scan("TEA")
	s.Run(t, webtest.Type(".line:nth-child(2) [data-price]", "12\r"))
	s.scan("spring")
	s.Run(t, webtest.Until(`document.getElementById("totals").innerText.includes("SPRING") && !document.getElementById("complete").disabled`))
	look("sale")
	s.Run(t, webtest.Click("#complete"), webtest.Seen(".receipt"))
	look("receipt")
	number := s.sales()[len(s.sales())-1].Reference
	s.scan(number)
	s.Run(t, webtest.Click("[data-back] [data-more]"), webtest.Click("[data-back-quote]"), webtest.Seen(".explained"))
	look("return")
	s.Run(t, webtest.Key(kb.F2))
	s.scan("anna")
	s.Run(t, webtest.Seen(".customer"), webtest.Click("[data-opens=sign-up]"), webtest.Seen("#sign-up[open]"))
	look("sign-up")
	s.Run(t, webtest.Key(kb.Escape))
}
