package complaint

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// MailboxSignIn is how we sign in to a mailbox.
type MailboxSignIn string

// The ways: by a name and a password, and by a name and an access token of OAuth.
const (
	MailboxByPassword MailboxSignIn = "password"
	MailboxByOAuth    MailboxSignIn = "oauth"
)

// MailboxSignIns returns the ways, the usual one first.
func MailboxSignIns() []MailboxSignIn {
	return []MailboxSignIn{MailboxByPassword, MailboxByOAuth}
}

// Text names the way in words.
func (n MailboxSignIn) Text() i18n.Text {
	return i18n.Text{Key: "complaint.mailbox_sign_in." + string(n)}
}

// MailboxSecrets are what a mailbox is opened with: its password, or with OAuth a
// client secret, a refresh token or both. They are never shown.
type MailboxSecrets struct {
	Password, ClientSecret, RefreshToken string
}

const (
	// maxTokenURL, maxScope and maxToken bound what is said of the server of
	// access tokens, and what it says.
	maxTokenURL, maxScope, maxToken = 500, 1000, 8192
)

// checkSignIn refuses a way of signing in that cannot be. What only the other way
// needs is forgotten.
func (m *MailboxSpec) checkSignIn() (wrong []*fault.Error) {
	switch m.Login {
	case "", MailboxByPassword:
		m.Login, m.TokenURL, m.ClientID, m.Scope = MailboxByPassword, "", "", ""
		return nil
	case MailboxByOAuth:
	default:
		return []*fault.Error{fault.Invalid("mailbox_sign_in", "sign in with a password or by OAuth").At("/login")}
	}
	m.TokenURL, m.ClientID, m.Scope = strings.TrimSpace(m.TokenURL), strings.TrimSpace(m.ClientID), strings.TrimSpace(m.Scope)
	if !isTokenURL(m.TokenURL) {
		wrong = append(wrong, fault.Invalid("mailbox_token_url", "give the whole https address at which access tokens are given, without a name or password in it").At("/token_url"))
	}
	if m.ClientID == "" {
		wrong = append(wrong, fault.Invalid("mailbox_client_id", "write the client ID with which our application is registered there").At("/client_id"))
	}
	return slices.Concat(wrong, tooWide(m.Scope, "/scope", maxScope), tooWide(m.ClientID, "/client_id", maxMailboxName))
}

// isTokenURL takes https, and http for a server on this machine.
func isTokenURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxTokenURL || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && ownMachine(u.Hostname())
}

// check returns all that is wrong with secrets.
func (k *MailboxSecrets) check() (wrong []*fault.Error) {
	k.ClientSecret, k.RefreshToken = strings.TrimSpace(k.ClientSecret), strings.TrimSpace(k.RefreshToken)
	if len(k.Password) > maxMailboxName || !oneLine(k.Password) {
		wrong = append(wrong, fault.Invalid("mailbox_password", "a password is one line of at most %d letters", maxMailboxName).At("/password").With("most", maxMailboxName))
	}
	if len(k.ClientSecret) > maxToken || !oneLine(k.ClientSecret) {
		wrong = append(wrong, fault.Invalid("mailbox_secret", "a secret is one line of at most %d letters", maxToken).At("/client_secret").With("most", maxToken))
	}
	if len(k.RefreshToken) > maxToken || !oneLine(k.RefreshToken) {
		wrong = append(wrong, fault.Invalid("mailbox_secret", "a secret is one line of at most %d letters", maxToken).At("/refresh_token").With("most", maxToken))
	}
	return wrong
}

// keys gives a mailbox its secrets for new settings. One that is not written is
// kept, unless it would be shown to another server or for another name.
func (m *Mailbox) keys(spec *MailboxSpec, k MailboxSecrets) error {
	if !spec.sameAs(&m.MailboxSpec) {
		m.secret, m.clientSecret, m.refreshToken = "", "", ""
	}
	if spec.Login == MailboxByOAuth {
		if k.ClientSecret != "" {
			m.clientSecret = k.ClientSecret
		}
		if k.RefreshToken != "" {
			m.refreshToken = k.RefreshToken
		}
		if m.clientSecret == "" && m.refreshToken == "" {
			return fault.Invalid("mailbox_no_secret", "write a refresh token, a client secret or both; those of another server, address or name are not used").At("/client_secret")
		}
		return nil
	}
	if k.Password != "" {
		m.secret = k.Password
	}
	if m.secret == "" {
		return fault.Invalid("mailbox_no_password", "write the password; that of another server or name is not used").At("/password")
	}
	return nil
}

// locked reports whether a mailbox has nothing to be opened with.
func (m *Mailbox) locked() bool {
	if m.Login == MailboxByOAuth {
		return m.clientSecret == "" && m.refreshToken == ""
	}
	return m.secret == ""
}

// hide takes the secrets from a mailbox that is shown.
func (m *Mailbox) hide() { m.secret, m.clientSecret, m.refreshToken, m.spoken = "", "", "", nil }

// shown is what a server said, as pages show it: not when it repeats a secret.
func (m *Mailbox) shown(detail string) string {
	for _, secret := range append([]string{m.secret, m.clientSecret, m.refreshToken}, m.spoken...) {
		if secret != "" && (strings.Contains(detail, secret) || strings.Contains(detail, url.QueryEscape(secret))) {
			return ""
		}
	}
	return detail
}

// onlyHere refuses an address that is not on this machine.
func onlyHere(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !ownMachine(host) {
		return errNotHere
	}
	return nil
}
