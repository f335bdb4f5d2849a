package till

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/web"
)

// visit is one request of a till: which device it is and who stands at it.
// Either is zero where there is none.
type visit struct {
	*web.Page
	w         http.ResponseWriter
	r         *http.Request
	device    auth.Device
	shift     auth.Shift
	actor     auth.Actor
	programme program.Programme
	shop      program.Shop
	wallets   []ledger.Wallet
}

const (
	deviceCookie = "till"
	// cookieLife is what browsers keep a cookie for at most.
	cookieLife = 400 * 24 * 60 * 60 // seconds
)

// timeHeader tells the device what time it is for the programme, by which it
// dates what is sold without a connection. Proxies write Date anew, and a demo
// lives in another year.
const timeHeader = "Till-Time"

// house is how the screen looks before it is known whose it is.
var house = web.Brand{Name: "Regulars", Home: "/till", Hue: 250}

func (v *visit) ctx() context.Context { return v.r.Context() }

// field returns what the form or the query holds under a name, without spaces
// around it.
func (v *visit) field(name string) string { return strings.TrimSpace(v.r.FormValue(name)) }

// meet finds out which till it is and who works at it, and makes the page.
func (t *till) meet(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{w: w, r: r}
	if err := t.recognise(v); err != nil {
		return nil, err
	}
	fallback := i18n.English
	if len(v.programme.Languages) > 0 {
		fallback = i18n.Lang(v.programme.Languages[0])
	}
	lang := cmp.Or(v.shift.Staff.Language, web.LangOf(r, fallback))
	v.Page = web.NewPage(w, r, t.Texts.Printer(lang, v.programme.Zone, v.programme.Currency))
	v.Brand = house
	if v.programme.ID != 0 {
		v.Brand = web.Brand{Name: v.programme.Name, Home: "/till", Hue: v.programme.Hue}
	}
	if theme := v.shift.Staff.Theme; theme != "" {
		v.Theme = web.Theme(theme)
	}
	v.Sheets, v.Scripts = []string{assetPath("till.css")}, []string{assetPath("till.js")}
	v.App = &web.App{Manifest: "/till/manifest.webmanifest"}
	return v, nil
}

// recognise reads the device and its shift.
func (t *till) recognise(v *visit) error {
	cookie, err := v.r.Cookie(deviceCookie)
	if err != nil {
		return nil //nolint:nilerr // no cookie: a device that is not a till yet
	}
	v.device, err = t.Auth.Device(v.ctx(), cookie.Value)
	if f := fault.As(err); f != nil && f.Code == "device_refused" {
		v.device = auth.Device{}
		return nil
	}
	if err != nil {
		return err
	}
	q := t.DB.Reader()
	if v.programme, err = program.Load(v.ctx(), q, v.device.ProgrammeID); err != nil {
		return err
	}
	shops, err := program.Shops(v.ctx(), q, v.programme.ID)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(shops, func(s program.Shop) bool { return s.ID == v.device.ShopID }); at >= 0 {
		v.shop = shops[at]
	}
	if v.wallets, err = ledger.Wallets(v.ctx(), q, v.programme.ID); err != nil {
		return err
	}
	v.shift, err = t.Auth.Shift(v.ctx(), v.device)
	if v.shift.ID != 0 {
		v.actor = v.shift.Staff.Actor()
	}
	return err
}

// answer returns what an address does once it is known who asks.
func (t *till) answer(who need, do func(v *visit) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set(timeHeader, t.Now().UTC().Format(time.RFC3339Nano))
		r.Body = http.MaxBytesReader(w, r.Body, formBytes)
		if err := web.PlainForm(r, false, formBytes); err != nil {
			return err
		}
		v, err := t.meet(w, r)
		switch {
		case err != nil:
			return err
		case who >= device && v.device.ID == 0:
			return t.turnAway(v, fault.Refused("device_refused", "this device is no till, or no longer; ask a manager to enrol it"))
		case who == person && v.shift.ID == 0:
			return t.turnAway(v, fault.Refused("till_locked", "the till is locked; type your PIN"))
		}
		return do(v)
	}
}

// turnAway leads a page to the first screen, and tells a script to go there.
func (t *till) turnAway(v *visit, f *fault.Error) error {
	if v.wantsData() {
		return v.sendFault(http.StatusUnauthorized, f)
	}
	return web.Redirect(v.w, v.r, "/till")
}

func (v *visit) wantsData() bool {
	return strings.Contains(v.r.Header.Get("Accept"), "application/json")
}

// say makes a page's handler of one that answers with data. A failure that can
// be put into words is told as {"error": …}, others are shown as on pages.
func (t *till) say(do func(v *visit) (any, error)) func(v *visit) error {
	return func(v *visit) error {
		found, err := do(v)
		if err == nil {
			return v.send(http.StatusOK, found)
		}
		f := fault.As(err)
		if f == nil {
			return err
		}
		return v.sendFault(web.StatusOf(f), f)
	}
}

// refusal is a failure in words.
type refusal struct {
	Error string `json:"error"`
	Code  string `json:"code"`
	Field string `json:"field,omitempty"`
}

func (v *visit) sendFault(status int, f *fault.Error) error {
	return v.send(status, refusal{v.Fault(f), f.Code, f.Field})
}

func (v *visit) send(status int, what any) error {
	text, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("writing an answer of the till: %w", err)
	}
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.WriteHeader(status)
	_, err = v.w.Write(text)
	return err
}

// read takes the body of the request apart.
func (v *visit) read(into any) error {
	if err := json.NewDecoder(v.r.Body).Decode(into); err != nil {
		return fault.Invalid("till_malformed", "what the till sent cannot be read; open the page again")
	}
	return nil
}

// html draws a part of the screen for an answer.
func (v *visit) html(c templ.Component) (string, error) {
	var b bytes.Buffer
	if err := c.Render(v.ctx(), &b); err != nil {
		return "", fmt.Errorf("drawing a part of the till: %w", err)
	}
	return b.String(), nil
}

// pathID reads an identifier within the address.
func (v *visit) pathID(name string, p id.Prefix) (id.ID, error) {
	return id.Parse(p, v.r.PathValue(name))
}

// wallet returns a wallet of the programme, or nil.
func (v *visit) wallet(wanted id.ID) *ledger.Wallet {
	for i := range v.wallets {
		if v.wallets[i].ID == wanted {
			return &v.wallets[i]
		}
	}
	return nil
}

// points says so many smallest units of a wallet, with its name.
func (v *visit) points(wallet id.ID, n int64) string {
	w := v.wallet(wallet)
	if w == nil {
		return v.Number(n)
	}
	return v.Trimmed(n, w.Decimals) + " " + w.Name
}

// failurePage makes the page on which a failure is shown.
func (t *till) failurePage(w http.ResponseWriter, r *http.Request) *web.Page {
	if v, err := t.meet(w, r); err == nil {
		return v.Page
	}
	pg := web.NewPage(w, r, t.Texts.Printer(web.LangOf(r, i18n.English), nil, ""))
	pg.Brand = house
	return pg
}

// secure reports whether the browser came over TLS, here or at the proxy before
// us.
func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
