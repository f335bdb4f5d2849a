package complaint

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"regulars/internal/db"
)

// AuthenticateMechanisms are those that the office offers.
func (c *counter) AuthenticateMechanisms() []string {
	return strings.Fields(word(&c.mechanisms, "PLAIN"))
}

// word is what a value holds, or something else while it holds nothing.
func word(v *atomic.Value, none string) string {
	if text, is := v.Load().(string); is {
		return text
	}
	return none
}

// Authenticate takes a password, or the access token that is good.
func (c *counter) Authenticate(mechanism string) (sasl.Server, error) {
	if mechanism == "PLAIN" {
		return sasl.NewPlainServer(func(_, name, password string) error { return c.Login(name, password) }), nil
	}
	return &tokenDoor{c: c, mechanism: mechanism}, nil
}

// tokenDoor lets in who has the token, and says no as Google does.
type tokenDoor struct {
	c         *counter
	mechanism string
	refused   bool
}

func (d *tokenDoor) Next(said []byte) (challenge []byte, done bool, err error) {
	if said == nil {
		return nil, false, nil
	}
	if d.refused {
		if string(said) != "\x01" {
			return nil, true, errors.New("no answer to the challenge")
		}
		return nil, true, &imap.Error{Type: imap.StatusResponseTypeNo, Text: "Not this token: " + word(&d.c.badToken, "")}
	}
	d.c.said.Store(string(said))
	want := bearerFor(d.mechanism, &d.c.spec, word(&d.c.goodToken, "access-1"))
	if string(said) == want.first {
		return nil, true, d.c.Login("help", secretWord)
	}
	d.refused = true
	return []byte(`{"status":"401","schemes":"bearer"}`), false, nil
}

// tokenHouse is a server of access tokens.
type tokenHouse struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	answer map[string]any
	asked  []url.Values
}

func opensTokenHouse(t *testing.T) *tokenHouse {
	h := &tokenHouse{status: 200, answer: map[string]any{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		_ = r.ParseForm()
		h.asked = append(h.asked, r.PostForm)
		w.Header().Set("Content-Type", "application/json")
		if h.status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(h.status)
		_ = json.NewEncoder(w).Encode(h.answer)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *tokenHouse) says(status int, answer map[string]any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status, h.answer = status, answer
}

// last is what was asked last, of how many.
func (h *tokenHouse) last() (url.Values, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.asked) == 0 {
		return nil, 0
	}
	return h.asked[len(h.asked)-1], len(h.asked)
}

// opensBoth starts a mail server that takes tokens and one that gives them.
func opensBoth(t *testing.T, mechanisms string) (*office, *tokenHouse) {
	o, h := opensOffice(t, MailboxTLS, imap.CapSASLIR), opensTokenHouse(t)
	o.mechanisms.Store(mechanisms)
	o.spec.Login, o.spec.TokenURL, o.spec.ClientID, o.spec.Scope = MailboxByOAuth, h.URL+"/token", "regulars", "mail offline"
	return o, h
}

func (w *town) setsUp(o *office, k MailboxSecrets) error {
	w.MailRoots, w.PrivateTokens = o.roots, true
	return w.SetMailbox(w.Context(), boss, w.Programme.ID, o.spec, k)
}

// TestAMailboxIsReadByOAuth: by the refresh token, whose successor is kept, or by
// client credentials; OAUTHBEARER goes before XOAUTH2.
func TestAMailboxIsReadByOAuth(t *testing.T) {
	each(t, func(w *town) {
		o, h := opensBoth(w.T, "XOAUTH2")
		w.Refuses(w.setsUp(o, MailboxSecrets{Password: secretWord}), "mailbox_no_secret")
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret", RefreshToken: "refresh-1"}))
		h.says(200, map[string]any{"access_token": "access-1", "token_type": "bearer", "refresh_token": "refresh-2"})
		o.lies("INBOX", w.Now(), eml(1))
		if m := w.fetches(); m.Failure != "" || !strings.HasPrefix(word(&o.said, ""), "user=help\x01auth=Bearer access-1") {
			t.Errorf("%+v %q", m, word(&o.said, ""))
		}
		w.hasMailed("text 1")
		asked, _ := h.last()
		if want := (url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"refresh-1"}, "client_id": {"regulars"}, "client_secret": {"client-secret"}, "scope": {"mail offline"}}); asked.Encode() != want.Encode() {
			t.Errorf("asked %v", asked)
		}
		w.fetches()
		if asked, _ := h.last(); asked.Get("refresh_token") != "refresh-2" {
			t.Errorf("asked %v", asked)
		}
		kept, err := loadMailbox(w.Context(), w.DB.Reader(), w.Programme.ID, "")
		w.OK(err)
		if kept.refreshToken != "refresh-2" || kept.clientSecret != "client-secret" {
			t.Errorf("%+v", kept)
		}
		w.OK(w.RemoveMailbox(w.Context(), boss, w.Programme.ID))
		o.mechanisms.Store("XOAUTH2 OAUTHBEARER")
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret"}))
		if m := w.fetches(); m.Failure != "" || !strings.HasPrefix(word(&o.said, ""), "n,a=help,\x01host=127.0.0.1\x01port=") {
			t.Errorf("%+v %q", m, word(&o.said, ""))
		}
		if asked, _ := h.last(); asked.Get("grant_type") != "client_credentials" || asked.Has("refresh_token") {
			t.Errorf("asked %v", asked)
		}
		for _, secret := range []string{"client-secret", "refresh-1", "refresh-2", "access-1"} {
			w.secretIsNowhere(secret)
		}
		w.Clean(Room())
	})
}

// TestWhoSaysNoToAToken: each failure is told from the others, no secret is shown
// that a server repeats, and a refresh token that came before the failure is kept.
func TestWhoSaysNoToAToken(t *testing.T) {
	each(t, func(w *town) {
		o, h := opensBoth(w.T, "OAUTHBEARER")
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret", RefreshToken: "refresh-1"}))
		fails := func(what MailboxFailure, detail string) {
			t.Helper()
			if m := w.fetches(); m.Failure != what || m.Detail != detail || !m.locked() {
				t.Errorf("want %q %q: %+v", what, detail, m)
			}
			if trial, err := w.TryMailbox(w.Context(), boss, w.Programme.ID); err != nil || trial.Failure != what || trial.Detail != detail {
				t.Errorf("want %q %q: %+v %v", what, detail, trial, err)
			}
		}
		h.says(400, map[string]any{"error": "invalid_grant", "error_description": "expired"})
		fails(MailboxTokenRefused, "invalid_grant expired")
		h.says(401, map[string]any{"error": "invalid_client", "error_description": "not client-secret"})
		fails(MailboxTokenRefused, "HTTP 401")
		h.says(503, map[string]any{})
		fails(MailboxTokenServer, "HTTP 503")
		h.says(302, map[string]any{})
		fails(MailboxTokenServer, "HTTP 302")
		h.says(200, map[string]any{"access_token": "two\r\nlines"})
		fails(MailboxTokenServer, "no bearer token in the answer")
		o.badToken.Store("at all")
		h.says(200, map[string]any{"access_token": "access-2", "refresh_token": "refresh-2"})
		fails(MailboxToken, "Not this token: at all")
		if kept, err := loadMailbox(w.Context(), w.DB.Reader(), w.Programme.ID, ""); err != nil || kept.refreshToken != "refresh-2" {
			t.Errorf("%+v %v", kept, err)
		}
		o.badToken.Store("access-2")
		fails(MailboxToken, "")
		_, before := h.last()
		o.mechanisms.Store("PLAIN")
		fails(MailboxNoOAuth, "")
		if _, after := h.last(); after != before {
			t.Error("a token was asked for that nobody takes")
		}
		o.mechanisms.Store("OAUTHBEARER")
		h.Close()
		fails(MailboxTokenServer, "")
		w.Clean(Room())
	})
}

// TestATokenIsKeptUntilItEnds: it is asked for once for many looks, again a minute
// before it ends, by whatever grant is new, and at once when it was withdrawn.
func TestATokenIsKeptUntilItEnds(t *testing.T) {
	each(t, func(w *town) {
		o, h := opensBoth(w.T, "OAUTHBEARER")
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret"}))
		looks := func(asked int) {
			t.Helper()
			if m := w.fetches(); m.Failure != "" {
				t.Errorf("%+v", m)
			}
			if _, n := h.last(); n != asked {
				t.Errorf("asked %d times, want %d", n, asked)
			}
		}
		h.says(200, map[string]any{"access_token": "access-1", "expires_in": "86400"})
		looks(1)
		looks(1)
		h.says(200, map[string]any{"access_token": "access-2", "expires_in": 86400})
		o.goodToken.Store("access-2")
		looks(2)
		looks(2)
		w.Pass(25 * time.Hour)
		looks(3)
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "another-secret"}))
		looks(4)
		h.says(200, map[string]any{"access_token": "access-3"})
		o.goodToken.Store("access-3")
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "third-secret"}))
		looks(5)
		looks(6)
		for _, secret := range []string{"access-1", "access-2", "access-3"} {
			w.secretIsNowhere(secret)
		}
	})
}

// TestTokensAreNotAskedForWithin the server's own network, unless whoever runs it
// allows that.
func TestTokensAreNotAskedForWithin(t *testing.T) {
	each(t, func(w *town) {
		o, h := opensBoth(w.T, "OAUTHBEARER")
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret"}))
		for _, address := range []string{h.URL + "/token", strings.Replace(h.URL, "http://", "https://", 1) + "/token", "https://localhost:1/token"} {
			w.PrivateTokens = true
			o.spec.TokenURL = address
			w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret"}))
			w.PrivateTokens = false
			if m := w.fetches(); m.Failure != MailboxTokenPrivate {
				t.Errorf("%s: %+v", address, m)
			}
		}
		if _, n := h.last(); n != 0 {
			t.Errorf("the server within was asked %d times", n)
		}
	})
}

// TestTheSecretsOfATokenStayWhereTheyAre: they are shown to no other address or
// client, and what a person writes meanwhile is not overwritten.
func TestTheSecretsOfATokenStayWhereTheyAre(t *testing.T) {
	each(t, func(w *town) {
		o, _ := opensBoth(w.T, "XOAUTH2")
		good := o.spec
		w.OK(w.setsUp(o, MailboxSecrets{ClientSecret: "client-secret", RefreshToken: "refresh-1"}))
		o.spec.Folder, o.spec.Scope = "Help", "other"
		w.OK(w.setsUp(o, MailboxSecrets{}))
		for code, changes := range map[string][]func(*MailboxSpec){
			"mailbox_no_secret": {
				func(s *MailboxSpec) { s.TokenURL = "https://evil.example.com/token" }, func(s *MailboxSpec) { s.ClientID = "other" },
				func(s *MailboxSpec) { s.Host = "evil.example.com" }, func(s *MailboxSpec) { s.User = "other" },
			},
			"mailbox_token_url": {
				func(s *MailboxSpec) { s.TokenURL = "http://login.example.com/token" }, func(s *MailboxSpec) { s.TokenURL = "" },
				func(s *MailboxSpec) { s.TokenURL = "https://a:b@login.example.com/" }, func(s *MailboxSpec) { s.TokenURL = "file:///etc/passwd" },
			},
			"mailbox_client_id":   {func(s *MailboxSpec) { s.ClientID = " " }},
			"mailbox_sign_in":     {func(s *MailboxSpec) { s.Login = "magic" }},
			"mailbox_no_password": {func(s *MailboxSpec) { s.Login = MailboxByPassword }},
		} {
			for _, change := range changes {
				o.spec = good
				change(&o.spec)
				w.Refuses(w.setsUp(o, MailboxSecrets{}), code)
			}
		}
		o.spec = good
		w.Refuses(w.setsUp(o, MailboxSecrets{RefreshToken: "a\nb"}), "mailbox_secret")
		used, err := loadMailbox(w.Context(), w.DB.Reader(), w.Programme.ID, "")
		w.OK(err)
		w.OK(w.setsUp(o, MailboxSecrets{RefreshToken: "written"}))
		w.OK(w.keepToken(w.Context(), used, "refresh-2"))
		o.spec.ClientID = "other"
		if kept, err := loadMailbox(w.Context(), w.DB.Reader(), w.Programme.ID, ""); err != nil || kept.refreshToken != "written" || kept.clientSecret != "client-secret" {
			t.Errorf("%+v %v", kept, err)
		}
		w.OK(w.setsUp(o, MailboxSecrets{RefreshToken: "public"}))
		if kept, err := loadMailbox(w.Context(), w.DB.Reader(), w.Programme.ID, ""); err != nil || kept.clientSecret != "" {
			t.Errorf("the secret of another client is kept: %+v %v", kept, err)
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `UPDATE complaint_mailbox SET refresh_token = '' WHERE programme_id = $1`, w.Programme.ID)
			return err
		}))
		if len(w.Faults(Room())) != 1 {
			t.Errorf("%q", w.Faults(Room()))
		}
	})
}
