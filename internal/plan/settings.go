package plan

import (
	"context"
	"net"
	"net/url"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Method is how a programme asks for money.
type Method string

// The methods. By invoice staff ask and note what was paid; by webhook a
// provider is told of every charge and answers.
const (
	ByInvoice Method = "invoice"
	ByWebhook Method = "webhook"
)

// Methods returns every method.
func Methods() []Method { return []Method{ByInvoice, ByWebhook} }

// Text returns the method in words.
func (m Method) Text() i18n.Text { return i18n.Text{Key: "plan.method." + string(m)} }

// Settings are a programme's choices about paid memberships.
type Settings struct {
	Method Method
	// URL is told of charges by webhook.
	URL string
	// Signed says that there is a secret; it is shown once, when it is made.
	Signed bool
	// WithdrawalDays after the first payment begins, leaving gives money back.
	WithdrawalDays int
	// NoticeDays before a renewal a higher price is announced.
	NoticeDays int

	secret string
}

// Limits and defaults of the settings. 14 days of withdrawal are those of
// Directive 2011/83/EU, article 9.
const (
	maxDays        = 365
	maxURL         = 2000
	usualWithdraw  = 14
	usualNotice    = 30
	shortestNotice = 1
)

func usual() Settings {
	return Settings{Method: ByInvoice, WithdrawalDays: usualWithdraw, NoticeDays: usualNotice}
}

// check returns all that is wrong with the settings.
func (s *Settings) check() error {
	var wrong []error
	if !slices.Contains(Methods(), s.Method) {
		wrong = append(wrong, fault.Invalid("payer_method", "charges are asked for by invoice or by webhook").At("/method"))
	}
	if s.WithdrawalDays < 0 || s.WithdrawalDays > maxDays {
		wrong = append(wrong, fault.Invalid("payer_withdrawal", "the time of withdrawal is 0 to %d days", maxDays).At("/withdrawal_days").With("most", maxDays))
	}
	if s.NoticeDays < shortestNotice || s.NoticeDays > maxDays {
		wrong = append(wrong, fault.Invalid("payer_notice", "a higher price is announced %d to %d days before", shortestNotice, maxDays).At("/notice_days").With("most", maxDays))
	}
	if s.Method == ByWebhook || s.URL != "" {
		wrong = append(wrong, checkURL(s.URL))
	}
	return fault.Gather(wrong...)
}

// checkURL takes https, and http for a provider on this machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	wrong := err != nil || len(text) > maxURL || u.Host == "" || u.User != nil || u.Fragment != ""
	if !wrong && u.Scheme == "http" {
		ip := net.ParseIP(u.Hostname())
		wrong = u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
	} else if !wrong {
		wrong = u.Scheme != "https"
	}
	if wrong {
		return fault.Invalid("payer_url", "give the provider's whole https address, without a name or password in it").At("/url")
	}
	return nil
}

// Settings returns a programme's settings. It needs plans.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return Settings{}, err
	}
	return loadSettings(ctx, s.db.Reader(), programme)
}

// SetSettings changes a programme's settings; charges asked already stay with
// their method. The first settings by webhook draw a secret, as does renew; the
// secret returned is shown this once, and is empty when it stayed. It needs
// plans.write and charges.write.
func (s *Service) SetSettings(ctx context.Context, a auth.Actor, programme id.ID, to Settings, renew bool) (Settings, string, error) {
	for _, p := range []auth.Permission{auth.PlansWrite, auth.ChargesWrite} {
		if err := a.Can(programme, p); err != nil {
			return Settings{}, "", err
		}
	}
	if err := to.check(); err != nil {
		return Settings{}, "", err
	}
	fresh := ""
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		was, err := loadSettings(ctx, tx, programme)
		if err != nil {
			return err
		}
		to.secret, fresh = was.secret, ""
		if renew || to.Method == ByWebhook && was.secret == "" {
			fresh = newSecret()
			to.secret = fresh
		}
		to.Signed = to.secret != ""
		if err := saveSettings(ctx, tx, programme, to); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "plan.settings", Subject: programme.In(id.Programme),
			Detail: map[string]any{"method": string(to.Method), "withdrawal_days": to.WithdrawalDays, "notice_days": to.NoticeDays, "new_secret": fresh != ""}})
	})
	return to, fresh, err
}
