package plan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/reach"
)

// Payer asks for money, and for money to be given back: of a charge whose state
// is RefundDue its Refund, else its Amount.
type Payer interface {
	Request(ctx context.Context, c Charge) (Receipt, error)
}

// Receipt is what a payer answers when it has taken a request.
type Receipt struct {
	// Reference is the payer's own name for the payment, never a card's number.
	Reference string `json:"reference"`
}

// invoices leave the asking to people: the charge has its number and its last
// day, and staff note what was paid.
type invoices struct{}

// Request has nothing to do.
func (invoices) Request(context.Context, Charge) (Receipt, error) { return Receipt{}, nil }

// provider is told of charges by a signed webhook.
type provider struct {
	client   *http.Client
	now      func() time.Time
	settings Settings
	currency money.Currency
}

// chargeMessage is the body that the provider gets. It tells of nobody: the
// member is a number.
type chargeMessage struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Charge       string    `json:"charge"`
		Subscription string    `json:"subscription"`
		Member       string    `json:"member"`
		Invoice      int64     `json:"invoice"`
		Amount       int64     `json:"amount"`
		Currency     string    `json:"currency"`
		Due          time.Time `json:"due"`
		Reference    string    `json:"reference,omitempty"`
	} `json:"data"`
}

// payerTimeout bounds how long a provider is waited for.
const payerTimeout = 15 * time.Second

// maxReceipt bounds what is read of a provider's answer.
const maxReceipt = 64 << 10

// Request posts the charge. The provider tells the same request by its
// webhook-id, however often it comes.
func (p provider) Request(ctx context.Context, c Charge) (Receipt, error) {
	body, name, err := p.message(c)
	if err != nil {
		return Receipt{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.settings.URL, bytes.NewReader(body))
	if err != nil {
		return Receipt{}, fmt.Errorf("asking for a charge: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	if err := sign(r.Header, p.settings.secret, name, p.now(), body); err != nil {
		return Receipt{}, fmt.Errorf("signing a charge: %w", err)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return Receipt{}, fmt.Errorf("asking for a charge: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return Receipt{}, fmt.Errorf("asking for a charge: the provider answered %d", answer.StatusCode)
	}
	return readReceipt(answer.Body)
}

func (p provider) message(c Charge) (body []byte, name string, err error) {
	m := chargeMessage{Type: "charge.requested", Timestamp: p.now().UTC()}
	d := &m.Data
	d.Charge, d.Subscription, d.Member = c.ID.In(id.Charge), c.SubscriptionID.In(id.Subscription), c.MemberID.In(id.Member)
	d.Invoice, d.Amount, d.Currency, d.Due, d.Reference = c.Invoice, c.Amount, string(p.currency), c.Due.UTC(), c.Reference
	name = d.Charge
	if c.State == RefundDue {
		m.Type, d.Amount, name = "charge.refund_requested", c.Refund, d.Charge+"_refund"
	}
	body, err = json.Marshal(m)
	return body, name, err
}

// readReceipt reads an answer; one without a body has no reference.
func readReceipt(from io.Reader) (Receipt, error) {
	var r Receipt
	if err := json.NewDecoder(io.LimitReader(from, maxReceipt)).Decode(&r); err != nil && !errors.Is(err, io.EOF) {
		return r, fmt.Errorf("reading the provider's answer: %w", err)
	}
	return r, checkReference(r.Reference)
}

// newClient follows no redirects, for a signed charge is for one address alone.
// Unless private ones are allowed, the address must be public: it is checked when
// it is dialled. Where the environment names a proxy, that dials for us and
// decides.
func newClient(private func() bool) *http.Client {
	dialer := &net.Dialer{Timeout: payerTimeout}
	guarded := &net.Dialer{Timeout: payerTimeout, Control: reach.Control}
	through := http.DefaultTransport.(*http.Transport).Clone()
	through.DialContext = dialer.DialContext
	direct := through.Clone()
	direct.Proxy, direct.DialContext = nil, guarded.DialContext
	return &http.Client{
		Timeout:       payerTimeout,
		Transport:     guard{private, through, direct},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// guard calls through a proxy or a private network where it may, and else looks
// where it calls.
type guard struct {
	private         func() bool
	through, direct *http.Transport
}

// RoundTrip makes a call.
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil {
		return nil, fmt.Errorf("looking for a proxy: %w", err)
	}
	if g.private() || proxy != nil {
		return g.through.RoundTrip(r)
	}
	return g.direct.RoundTrip(r)
}
