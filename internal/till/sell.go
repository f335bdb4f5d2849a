package till

import (
	"context"
	"time"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/promo"
)

// priced is what a basket comes to.
type priced struct {
	HTML string `json:"html"`
	Due  int64  `json:"due"`
	// Given is what each code takes off, for the till to say if it sells by
	// this quote without asking again.
	Given []flow.GivenCode `json:"given,omitempty"`
}

// quote says what the basket comes to and changes nothing.
func (t *till) quote(v *visit) (any, error) {
	var b basket
	if err := v.read(&b); err != nil {
		return nil, err
	}
	b.Due, b.At = nil, 0
	e, err := b.event(v, v.actor)
	if err != nil {
		return nil, err
	}
	answer, err := t.price(v, &b, e)
	if err != nil {
		return nil, err
	}
	html, err := v.html(totals(v, v.reckon(&b, &answer)))
	return priced{html, answer.Sale.Due, given(answer.Sale.Applied)}, err
}

// given is what codes took off.
func given(applied []flow.AppliedOffer) []flow.GivenCode {
	var list []flow.GivenCode
	for _, o := range applied {
		if o.Code != "" {
			list = append(list, flow.GivenCode{Code: o.Code, Amount: o.Amount})
		}
	}
	return list
}

// sold is a sale that was taken, with its receipt.
type sold struct {
	HTML   string `json:"html"`
	Number string `json:"number"`
}

// sell takes a sale, in the name of who is at the till.
func (t *till) sell(v *visit) (any, error) {
	var b basket
	if err := v.read(&b); err != nil {
		return nil, err
	}
	e, err := b.event(v, v.actor)
	if err != nil {
		return nil, err
	}
	answer, err := t.take(v.ctx(), &b, e)
	if err != nil {
		return nil, err
	}
	at := e.Occurred
	if at.IsZero() {
		at = t.Now()
	}
	html, err := v.html(receipt(v, &bill{reckoning: v.reckon(&b, &answer), number: b.Number, at: at, clerk: v.actor.Name}))
	return sold{html, b.Number}, err
}

// sending is what a device has kept while it had no connection.
type sending struct {
	Events []basket `json:"events"`
}

// maxSending is how many sales are taken at once.
const maxSending = 200

// The ends of a sale that was sent later.
const (
	stateTaken    = "taken"
	stateRepeated = "repeated" // taken before, however often it is sent
	stateRefused  = "refused"  // to be settled by staff
	stateLater    = "later"    // to be sent again
)

// sent is what became of one sale.
type sent struct {
	Number string `json:"number"`
	State  string `json:"state"`
	// Words say why it was refused.
	Words string `json:"words,omitempty"`
	Code  string `json:"code,omitempty"`
}

// sync takes the sales that a device has kept, in their order, and answers each
// by itself. It asks for no PIN: who sold is named by the shift of each, which
// must have been at this till when it was sold. A number that was taken before
// is answered so whatever comes with it, for the device gives it to one sale.
func (t *till) sync(v *visit) (any, error) {
	var s sending
	if err := v.read(&s); err != nil {
		return nil, err
	}
	if len(s.Events) > maxSending {
		return nil, fault.Invalid("till_too_many", "%d sales were sent at once; at most %d are taken", len(s.Events), maxSending).With("limit", maxSending)
	}
	answers := make([]sent, len(s.Events))
	for i := range s.Events {
		b := &s.Events[i]
		state, err := t.takeLate(v, b)
		answers[i] = sent{Number: b.Number, State: state}
		switch f := fault.As(err); {
		case err == nil:
		case f == nil:
			t.Log.ErrorContext(v.ctx(), "taking a sale that was kept", "err", err, "number", b.Number)
			answers[i].State = stateLater
		case f.Kind == fault.KindBusy:
			answers[i].State = stateLater
		default:
			answers[i].State, answers[i].Words, answers[i].Code = stateRefused, v.Fault(f), f.Code
		}
	}
	return map[string]any{"answers": answers, "now": t.Now().UnixMilli()}, nil
}

func (t *till) takeLate(v *visit, b *basket) (string, error) {
	if same, err := t.known(v.ctx(), v.programme.ID, b.Number); err != nil || same != nil {
		return stateRepeated, err
	}
	shift, err := id.Parse(id.Shift, b.Shift)
	if err != nil {
		return "", err
	}
	sold, err := t.Auth.ShiftAt(v.ctx(), v.device, shift, time.UnixMilli(b.At))
	if err != nil {
		return "", err
	}
	e, err := b.event(v, sold.Staff.Actor())
	if err != nil {
		return "", err
	}
	answer, err := t.take(v.ctx(), b, e)
	if answer.Repeated {
		return stateRepeated, err
	}
	return stateTaken, err
}

// known returns the event of a receipt number, or nil.
func (t *till) known(ctx context.Context, programme id.ID, named string) (*journal.Same, error) {
	key := journal.Key{ProgrammeID: programme, Source: source, ExternalID: named}
	known, err := journal.Known(ctx, t.DB.Reader(), []journal.Key{key})
	if same, there := known[key]; err == nil && there {
		return &same, nil
	}
	return nil, err
}

// reckoning is what a basket comes to, as it is shown.
type reckoning struct {
	lines   []shownLine
	applied []flow.AppliedOffer
	refused []flow.RefusedOffer
	tenders []flow.Tender
	// pooled says that points of the household may pay.
	pooled bool
	total  int64
	due    int64
	// earned are the points of the sale; have says what the customer has after
	// it, and what cannot be used yet.
	earned, have []string
}

// shownLine is a line at its list price.
type shownLine struct {
	name     string
	quantity int64
	list     int64
}

func (v *visit) reckon(b *basket, a *flow.Answer) *reckoning {
	r := &reckoning{pooled: b.Pool}
	for _, l := range b.Lines {
		r.lines = append(r.lines, shownLine{name: firstOf(l.Name, l.SKU), quantity: l.Quantity, list: l.Amount})
		r.total += l.Amount
	}
	r.due = r.total
	if s := a.Sale; s != nil {
		r.tenders, r.total, r.due = s.Tenders, s.Total, s.Due
		typed := map[string]string{} // codes are shown as they were typed
		for _, code := range b.Codes {
			typed[promo.NormaliseCode(code)] = code
		}
		for _, o := range s.Applied {
			o.Code = firstOf(typed[o.Code], o.Code)
			r.applied = append(r.applied, o)
		}
		for _, refused := range s.Refused {
			if refused.Code != "" {
				refused.Code = firstOf(typed[refused.Code], refused.Code)
				r.refused = append(r.refused, refused)
			}
		}
	}
	r.earned = v.earned(a)
	for _, held := range a.Balances {
		if held.Available > 0 || held.Pending > 0 {
			r.have = append(r.have, v.T("till.have", "points", v.points(held.WalletID, held.Available), "later", held.Pending > 0, "pending", v.points(held.WalletID, held.Pending)))
		}
	}
	return r
}

// earned sums up the points that came of an event, by wallet.
func (v *visit) earned(a *flow.Answer) []string {
	sums := map[id.ID]int64{}
	for _, m := range a.Movements {
		if m.From == ledger.Earned.String() {
			sums[m.WalletID] += m.Points
		}
	}
	return v.sums(sums)
}

// sums says points by wallet, in the order of the wallets.
func (v *visit) sums(by map[id.ID]int64) []string {
	var words []string
	for i := range v.wallets {
		if n := by[v.wallets[i].ID]; n != 0 {
			words = append(words, v.points(v.wallets[i].ID, n))
		}
	}
	return words
}

// bill is a receipt.
type bill struct {
	*reckoning
	number string
	at     time.Time
	clerk  string
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}
