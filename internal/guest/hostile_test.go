package guest_test

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"regulars/internal/basket"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/plan"
	"regulars/internal/promise"
	"regulars/internal/standard"
	"regulars/internal/survey"
	"regulars/internal/touch"
)

// illMeant is what nobody means well who sends it, and what people send who mean
// well: other scripts, and words without an end.
var illMeant = []string{
	`"><script>alert(1)</script>`,
	`'; DROP TABLE member; --`,
	"nul\x00byte",
	"\xff\xfe\xc3(",
	"🙃 \u202eevil\u2066 שלום مرحبا Z͑ͫ̓ͪ̂",
	strings.Repeat("Donaudampfschifffahrt", 150),
	"../../etc/passwd\r\nSet-Cookie: a=b",
	"-9223372036854775809",
}

// intruder sends requests, each from an address of its own, so that no limit
// hides what lies behind it.
type intruder struct {
	*town
	cookies []*http.Cookie
	sent    int
}

func (n *intruder) get(path string) { n.send(httptest.NewRequest(http.MethodGet, path, nil), nil) }

// post sends a form, in parts as one that may bring files.
func (n *intruder) post(path string, form url.Values, inParts bool) *httptest.ResponseRecorder {
	n.t.Helper()
	if !inParts {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return n.send(r, form)
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		check(n.t, m.WriteField(name, values[0]))
	}
	check(n.t, m.Close())
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return n.send(r, form)
}

// send sends one request and returns the answer, which must not be a failure of
// ours, nor hold what was sent as anything but text.
func (n *intruder) send(r *http.Request, form url.Values) *httptest.ResponseRecorder {
	n.t.Helper()
	method, path := r.Method, r.URL.RequestURI()
	n.sent++
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:443", n.sent>>16&255, n.sent>>8&255, n.sent&255)
	for _, c := range n.cookies {
		r.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	n.guest.ServeHTTP(answer, r)
	body := answer.Body.String()
	switch {
	case answer.Code >= http.StatusInternalServerError:
		n.t.Errorf("%s %.80q %.80q: %d", method, path, form, answer.Code)
	case strings.Contains(body, "<script>alert"):
		n.t.Errorf("%s %.80q %.80q: what was sent runs", method, path, form)
	case !utf8.ValidString(body) && !strings.HasPrefix(body, "%PDF") && !strings.HasPrefix(body, "\xff\xd8"), strings.Contains(body, "\x00"):
		n.t.Errorf("%s %.80q %.80q: the answer is no text", method, path, form)
	case slices.Contains(answer.Header().Values("Set-Cookie"), "a=b"):
		n.t.Errorf("%s %.80q: what was sent is a header", method, path)
	}
	return answer
}

// signedAs lets the intruder be a customer.
func (w *town) signedAs(email string) *intruder {
	p := w.signedIn(email)
	return &intruder{town: w, cookies: p.client.Jar.Cookies(w.at("/me/bean/"))}
}

// fitted are the hostile words, and those of strange letters brought to the
// lengths that codes and links have.
func fitted() []string {
	list := slices.Clone(illMeant)
	for _, word := range illMeant[2:5] {
		for _, n := range []int{9, 10, 16, 20, 24, 26} {
			list = append(list, (word + strings.Repeat("7", 32))[:n])
		}
	}
	return list
}

// TestHostileAddresses: whatever stands where a code, a name or a choice does, no
// page of a customer's fails or takes it for more than text.
func TestHostileAddresses(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		w.takesBack(t, l.anna)
		card := w.card(t, touch.Link{Platform: touch.Google, Place: "g1"})
		_, left := w.leaves("1", l.anna)
		n := w.signedAs("anna@example.com")
		for _, word := range fitted() {
			code, asked := url.PathEscape(word), url.QueryEscape(word)
			for _, path := range []string{
				"/t/" + code, "/T/" + code + "/R", "/t/" + card + "/" + code, "/t/" + card + "/r/" + code, "/t/" + card + "?lang=" + asked,
				"/s/" + code, "/s/o/" + code, basket.Path + code, left + "?reason=" + asked + "&lang=" + asked, survey.DeclinePath + code, standard.Path + code, standard.Path + code + "/photo/" + code,
				"/c/" + code, "/c/bean?t=" + asked + "&kind=" + asked + "&reason=" + asked + "&lang=" + asked, "/c/bean/track?code=" + asked,
				"/track/" + code, "/track/in/" + code, "/return/" + code, "/return/bean?order=" + asked, "/return/bean/" + code, "/return/bean/" + code + "/" + code + "/label.pdf",
				"/known/" + code, "/known/bean/" + code, "/open/" + code, "/open/bean/" + code, "/w/" + code + "/reviews", "/w/bean/reviews?lang=" + asked,
				"/me/" + code + "/", "/me/bean/link/" + code, "/me/bean/sign-in?email=" + asked, "/me/bean/cases/" + code, "/me/bean/return/" + code, "/me/bean/" + code,
				"/me/bean/history?before=" + asked, "/me/bean/history?wallet=" + asked, "/me/bean/history/gained?before=" + asked + "&wallet=" + asked,
				"/me/bean/rewards?kind=" + asked, "/me/bean/plan/change?plan=" + asked + "&version=" + asked, "/me/bean/household/remove?member=" + asked,
				"/me/bean/challenges?challenge=" + asked, "/me/bean/profile?language=" + asked,
			} {
				n.get(path)
			}
		}
	})
}

// family is a form of the pages as somebody fills it in.
type family struct {
	path string
	form url.Values
}

func filled(path string, fields ...string) family {
	f := family{path, url.Values{}}
	for i := 0; i < len(fields); i += 2 {
		f.form.Set(fields[i], fields[i+1])
	}
	return f
}

// openForms are those that nobody signs in for.
func (w *town) openForms(t *testing.T, anna id.ID) []family {
	s, err := w.surveys.Create(ctx, system, w.programme.ID, survey.Spec{Kind: survey.Custom, Names: survey.Words{"en": "Say"}, Questions: []survey.Question{{Code: "why", Form: survey.Text, Optional: true, Words: survey.Words{"en": "Why?"}}}})
	check(t, err)
	s, err = w.surveys.Publish(ctx, system, w.programme.ID, s.ID)
	check(t, err)
	one := w.phone().post(survey.OpenPath + s.Open)
	visit, _ := w.shopper(0)
	w.pass(24 * time.Hour)
	_, err = w.promises.Register(ctx, system, promise.NewParcel{ProgrammeID: w.programme.ID, Number: "P1", Source: "shop", Order: "1001", Postcode: "SW1A 1AA"})
	check(t, err)
	order, _, _ := strings.Cut(w.phone().post("/return/bean", "order", "1001", "key", "sw1a 1aa").is(http.StatusOK).path, "?")
	p := w.phone()
	told := p.post("/c/bean", "nonce", p.get("/c/bean").value("nonce"), "kind", "complaint", "reason", "quality", "wanted", "redo").is(http.StatusOK)
	ticket := []string{"code", complaint.ShowTrack(w.cases()[0].Track), "pin", told.pin()}
	_, left := w.leaves("1", anna)
	return []family{
		filled(left, "reason", "mood", "words", "so", "lang", "en"),
		filled(survey.OpenPath+s.Open, "lang", "en"), filled(one.path, "question", "why", "answer", "so", "lang", "en"), filled(survey.DeclinePath+strings.TrimPrefix(one.path, survey.Path), "lang", "en"),
		filled(visit, "lang", "en", "do", "keep", "a_greeted", "1", "c_greeted", "x", "a_clean", "2", "arrived", "10:00", "served", "10:05", "reference", "7", "remark", "so"),
		filled("/c/bean", "nonce", "n", "kind", "complaint", "reason", "quality", "wanted", "redo", "text", "so", "contact", "a@example.com", "reference", "1001", "t", "", "lang", "en"),
		filled("/c/bean/track", append(ticket, "do", "reply", "text", "so")...), filled("/c/bean/track", append(ticket, "do", "dispute", "text", "so")...),
		filled("/track/in/bean", "order", "1001", "key", "sw1a 1aa", "lang", "en"), filled("/return/bean", "order", "1001", "key", "sw1a 1aa"),
		filled(order, "nonce", "n", "q1", "1", "o1", "refund", "c1", "so", "r1", "other", "lang", "en"), filled(order+"/rtn_1/cancel", "lang", "en"),
		filled("/me/bean/sign-in", "email", "zoe@example.com"), filled("/me/bean/code", "code", "123456"), filled("/me/bean/link/abc", "lang", "en"),
	}
}

// ownForms are those of a customer's wallet.
func (w *town) ownForms(l *lively, p *phone) []family {
	w.shares(household30)
	w.sells("plus", plan.Spec{Names: map[string]string{"en": "Plus"}, Price: 500})
	game := w.invite("Five", "", true)
	c := w.complains(l.anna, "Cold tea")
	_, err := w.members.Update(ctx, system, w.programme.ID, l.ewa, member.Edit{Add: []member.Identity{{Kind: member.Card, Value: "2600123456789012"}}})
	check(w.t, err)
	plans := p.get("/me/bean/plan")
	return []family{
		filled("/me/bean/tell", "nonce", "n", "kind", "wish", "text", "so", "reference", "1", "contact", "a@example.com"),
		filled("/me/bean/cases/"+c.Track, "nonce", "n", "do", "reply", "text", "so"), filled("/me/bean/cases/"+c.Track, "nonce", "n", "do", "dispute"),
		filled("/me/bean/challenges", "nonce", "n", "challenge", game.ID.In(id.Challenge)), filled("/me/bean/codes/claim", "nonce", "n", "code", "AAAA-BBBB"),
		filled("/me/bean/household/make", "nonce", "n"), filled("/me/bean/household/join", "nonce", "n", "code", "AAAAAAAAAA"), filled("/me/bean/household/leave", "nonce", "n", "member", l.anna.In(id.Member)),
		filled("/me/bean/household/pass", "nonce", "n", "to", l.ewa.In(id.Member), "card", "2600123456789012", "points", "1", "wallet", w.wallet.ID.In(id.Wallet)),
		filled("/me/bean/household/remove", "nonce", "n", "member", l.ewa.In(id.Member)),
		filled("/me/bean/plan", "nonce", "n", "plan", plans.value("plan"), "version", "1"), filled("/me/bean/plan/change", "nonce", "n", "plan", plans.value("plan"), "version", "1", "charge", "500"),
		filled("/me/bean/plan/leave", "nonce", "n"),
		filled("/me/bean/profile", "given", "Anna", "family", "Nowak", "birth_day", "1", "birth_month", "2", "birth_year", "1990", "language", "en", "version", "1"),
		filled("/me/bean/profile/consents", "version", "1", "email", "on"), filled("/me/bean/profile/email", "email", "b@example.com"), filled("/me/bean/profile/email/code", "email", "b@example.com", "code", "123456"),
		filled("/me/bean/profile/prove", "to", "email"), filled("/me/bean/profile/prove/code", "code", "123456", "to", "/me/bean/profile"), filled("/me/bean/profile/erase", "typed", "no"),
		filled("/me/bean/rewards", "nonce", "n", "reward", l.coffee.ID.In(id.Reward), "points", "40", "money", "0"), filled("/me/bean/rewards/undo", "redemption", "rdm_1"),
	}
}

// TestHostileForms: whatever stands in a field of a form, no page of a customer's
// fails; and a form larger than forms are is refused.
func TestHostileForms(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		l := newLively(w)
		w.takesBack(t, l.anna)
		open := w.openForms(t, l.anna)
		n := w.signedAs("anna@example.com")
		sent := 0
		for _, f := range append(open, w.ownForms(l, w.signedIn("anna@example.com"))...) {
			for _, name := range slices.Sorted(maps.Keys(f.form)) {
				for _, word := range append(slices.Clone(illMeant), strings.Repeat("a", 1<<20)) {
					form := maps.Clone(f.form)
					if sent++; form.Has("nonce") {
						form.Set("nonce", fmt.Sprint("n", sent))
					}
					form.Set(name, word)
					w.pass(11 * time.Second)                     // so that the pace of one customer does not end it
					inParts := len(word) == 1<<20 || sent%2 == 0 // by turns, the largest as what takes files takes it
					answer := n.post(f.path, form, inParts)
					if answer.Body.Len() > 100_000 {
						t.Errorf("%s says %d bytes to %d bytes of %s", f.path, answer.Body.Len(), len(word), name)
					}
					if strings.HasSuffix(answer.Header().Get("Location"), "/sign-in") && !strings.Contains(f.path, "/link/") {
						t.Fatalf("%s: signed out", f.path)
					}
				}
			}
		}
		if n := w.count("member"); n < 2 {
			t.Errorf("%d members are left", n)
		}
	})
}
