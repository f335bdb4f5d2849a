package complaint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/reach"
)

const (
	// tokenWait bounds asking for an access token, and tokenAnswer what is read of
	// the answer, in bytes.
	tokenWait   = 15 * time.Second
	tokenAnswer = 64 << 10
	// tokenSpare is how long before its end a token is used no more, tokenMost how
	// long one is kept at most.
	tokenSpare = time.Minute
	tokenMost  = 24 * time.Hour
	// xoauth2 is the mechanism of Google and Microsoft, from before RFC 7628.
	xoauth2 = "XOAUTH2"
)

// errNotHere says that a line without TLS would leave this machine.
var errNotHere = errors.New("the address is not on this machine")

// tokenGrant is what a server of access tokens answers, by RFC 6749.
type tokenGrant struct {
	Access  string `json:"access_token"`
	Type    string `json:"token_type"`
	Refresh string `json:"refresh_token"`
	// Seconds is how long the token is good, a number or one in quotes.
	Seconds json.RawMessage `json:"expires_in"`
	// Failure is a word of the standard, Words what the server adds.
	Failure string `json:"error"`
	Words   string `json:"error_description"`
}

// lasts is how long the token may be used again: until a minute before the server
// says that it ends, a day at most, and not at all where it does not say.
func (g *tokenGrant) lasts() time.Duration {
	seconds, err := strconv.ParseInt(strings.Trim(string(g.Seconds), `"`), 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second-tokenSpare, tokenMost)
}

// token fetches an access token for a mailbox: by its refresh token, or without
// one by what the client itself may. A new refresh token takes the place of the
// one before at once, for that is worth nothing any more.
func (s *Service) token(ctx context.Context, box *Mailbox) (string, error) {
	form := url.Values{"client_id": {box.ClientID}, "grant_type": {"client_credentials"}}
	if box.refreshToken != "" {
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", box.refreshToken)
	}
	if box.clientSecret != "" {
		form.Set("client_secret", box.clientSecret)
	}
	if box.Scope != "" {
		form.Set("scope", box.Scope)
	}
	asked := s.Now()
	status, g, err := askToken(ctx, box.TokenURL, form, s.PrivateTokens)
	if errors.Is(err, reach.ErrPrivate) {
		return "", &brokenMailbox{what: MailboxTokenPrivate, err: err}
	}
	if err != nil {
		return "", &brokenMailbox{what: MailboxTokenServer, err: err}
	}
	box.spoken = append(box.spoken, g.Access, g.Refresh)
	said := box.shown(cutText(strings.Join(strings.Fields(i18n.Tidy(g.Failure+" "+g.Words)), " "), maxDetail))
	cause := fmt.Errorf("the token server answered %d", status)
	switch {
	case status == http.StatusTooManyRequests || status >= 500 || status < 200 || status >= 300 && status < 400:
		return "", &brokenMailbox{MailboxTokenServer, fmt.Sprintf("HTTP %d", status), cause}
	case status >= 400 || g.Failure != "":
		if said == "" {
			said = fmt.Sprintf("HTTP %d", status)
		}
		return "", &brokenMailbox{MailboxTokenRefused, said, cause}
	case !isToken(g.Access) || g.Type != "" && !strings.EqualFold(g.Type, "bearer"):
		return "", &brokenMailbox{what: MailboxTokenServer, detail: "no bearer token in the answer", err: cause}
	}
	if g.Refresh != "" && g.Refresh != box.refreshToken && box.refreshToken != "" && len(g.Refresh) <= maxToken && oneLine(g.Refresh) {
		if err := s.keepToken(ctx, box, g.Refresh); err != nil {
			return "", err
		}
		box.spoken = append(box.spoken, box.refreshToken)
		box.refreshToken = g.Refresh
	}
	s.tokens.keep(box, g.Access, asked, g.lasts())
	return g.Access, nil
}

// isToken reports whether it can be said on a line to a mail server.
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// keepToken keeps a new refresh token in the place of the one that was used, apart
// from what else a round keeps, and also when nobody waits any more. One that
// somebody wrote meanwhile stays.
func (s *Service) keepToken(ctx context.Context, box *Mailbox, fresh string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenWait)
	defer cancel()
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE complaint_mailbox SET refresh_token = $1 WHERE programme_id = $2 AND refresh_token = $3 AND token_url = $4 AND client_id = $5`,
			fresh, box.ProgrammeID, box.refreshToken, box.TokenURL, box.ClientID); err != nil {
			return fmt.Errorf("keeping a refresh token: %w", err)
		}
		return nil
	})
}

// askToken asks a server for an access token. It follows no redirects, for the
// secrets are for one address alone.
//
// Unless private ones are allowed, the address must be public: it is checked when
// it is dialled. Where the environment names a proxy, that dials for us and
// decides.
func askToken(ctx context.Context, address string, form url.Values, private bool) (status int, g tokenGrant, err error) {
	ctx, cancel := context.WithTimeout(ctx, tokenWait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, g, fmt.Errorf("asking for an access token: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	dialer := &net.Dialer{Timeout: mailboxDial}
	through := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true}
	proxy, err := http.ProxyFromEnvironment(r)
	switch {
	case err != nil:
		return 0, g, fmt.Errorf("looking for a proxy: %w", err)
	case r.URL.Scheme == "http" && private:
		through.Proxy = nil
		dialer.Control = func(_, at string, _ syscall.RawConn) error { return onlyHere(at) }
	case !private && (proxy == nil || r.URL.Scheme == "http"):
		through.Proxy = nil
		dialer.Control = reach.Control
	}
	client := &http.Client{Transport: through, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return 0, g, fmt.Errorf("asking for an access token: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, tokenAnswer))
	if err != nil {
		return 0, g, fmt.Errorf("reading an access token: %w", err)
	}
	if json.Unmarshal(body, &g) != nil {
		g = tokenGrant{} // the status says it, or there is no token
	}
	return answer.StatusCode, g, nil
}

// bearer signs in with an access token, by the mechanism of RFC 7628 or the older
// one.
type bearer struct {
	mechanism string
	first     string
	// refused says that the server asked for an end, as it does with a token that it
	// does not take.
	refused bool
}

// Start says everything there is.
func (b *bearer) Start() (mechanism string, first []byte, err error) {
	return b.mechanism, []byte(b.first), nil
}

// Next answers a challenge, which only says what is wrong, with the dummy of RFC
// 7628; then the server says no.
func (b *bearer) Next([]byte) ([]byte, error) {
	if b.refused {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	b.refused = true
	return []byte{1}, nil
}

// bearerFor readies signing in with an access token.
func bearerFor(mechanism string, spec *MailboxSpec, token string) *bearer {
	if mechanism == xoauth2 {
		return &bearer{mechanism: mechanism, first: "user=" + spec.User + "\x01auth=Bearer " + token + "\x01\x01"}
	}
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(spec.User)
	return &bearer{mechanism: mechanism, first: fmt.Sprintf("n,a=%s,\x01host=%s\x01port=%d\x01auth=Bearer %s\x01\x01", name, spec.Host, spec.Port, token)}
}

// signInByToken signs in with an access token, which is asked for only when the
// mail server takes one.
func (s *Service) signInByToken(ctx context.Context, l *mailLine) error {
	mechanism := ""
	for _, m := range []string{sasl.OAuthBearer, xoauth2} {
		if mechanism == "" && l.Caps().Has(imap.AuthCap(m)) {
			mechanism = m
		}
	}
	if mechanism == "" {
		return &brokenMailbox{what: MailboxNoOAuth, err: errors.New("the mail server offers neither OAUTHBEARER nor XOAUTH2")}
	}
	token := s.tokens.find(l.box, s.Now())
	kept := token != ""
	if kept {
		l.box.spoken = append(l.box.spoken, token)
	} else {
		var err error
		if token, err = s.token(ctx, l.box); err != nil {
			return err
		}
	}
	err := l.offers(mechanism, token)
	if err == nil {
		return nil
	}
	if s.tokens.drop(l.box); kept && err.what == MailboxToken {
		// It was good a while ago and was withdrawn: a fresh one is worth a try.
		if token, err := s.token(ctx, l.box); err != nil {
			return err
		} else if err := l.offers(mechanism, token); err != nil {
			s.tokens.drop(l.box)
			return err
		}
		return nil
	}
	return err
}

// offers signs in with an access token by a mechanism.
func (l *mailLine) offers(mechanism, token string) *brokenMailbox {
	b := bearerFor(mechanism, &l.box.MailboxSpec, token)
	l.box.spoken = append(l.box.spoken, b.first)
	err := l.Authenticate(b)
	if err == nil {
		return nil
	}
	broken := broke(MailboxToken, err)
	if b.refused {
		broken.what = MailboxToken
	}
	return broken
}
