package intake

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"regulars/internal/member"
	"regulars/internal/sale"
)

// Taken is one row as it will be taken: a member, a consent, or one line of a sale or a
// return.
type Taken struct {
	Member  *MemberRecord  `json:"member,omitempty"`
	Consent *ConsentRecord `json:"consent,omitempty"`

	Reference  string            `json:"reference,omitempty"`
	Return     bool              `json:"return,omitempty"`
	Cited      string            `json:"sale,omitempty"`
	Identities []member.Identity `json:"identities,omitempty"`
	Occurred   time.Time         `json:"occurred,omitzero"`
	Shop       string            `json:"shop,omitempty"`
	Channel    string            `json:"channel,omitempty"`
	// Line has no number yet. The quantity of a return is positive, and its
	// amount is not read.
	Line sale.Line `json:"line,omitzero"`
	// Rounded says that the amount was not whole in minor units.
	Rounded bool `json:"rounded,omitempty"`
}

// Limits of texts, in bytes, as the rooms that store them have them.
const (
	maxCode    = 200
	maxProduct = 500
)

// sieve passes rows one by one: policies first, then their values.
type sieve struct {
	*plan
	seen    map[digest]uint32 // how often each row was met
	digest  digest            // of the row in hand
	scratch []byte
	person  []member.Identity
}

// digest is the hash of a row: half of SHA-256, so that two unlike rows never
// share one.
type digest [16]byte

func newSieve(p *plan) *sieve { return &sieve{plan: p, seen: map[digest]uint32{}} }

// take reads a row. A refusal with a reason means that the row is left out;
// what could be read of it is returned all the same.
func (s *sieve) take(row Row) (Taken, Refusal) {
	if row.Broken != "" {
		return Taken{}, whole(row.Broken)
	}
	t := Taken{Identities: s.identify(row.Fields)}
	if t.Identities == nil && (s.WithoutCustomer != Guest || s.Holds == Consents) {
		return t, whole(NoCustomer)
	}
	if again := s.count(row.Fields); again && s.Duplicates != Keep {
		return t, whole(Duplicate)
	}
	if s.Holds == Members {
		return s.takeMember(row, t)
	}
	if s.Holds == Consents {
		return s.takeConsent(row, t)
	}
	return t, s.takeLine(row.Fields, &t)
}

// count notes the row and reports whether an equal one was met before. Only
// hashes are kept.
func (s *sieve) count(fields []string) bool {
	if s.Duplicates == Keep && s.has(Reference) {
		return false
	}
	s.scratch = s.scratch[:0]
	for _, f := range fields {
		s.scratch = binary.AppendUvarint(s.scratch, uint64(len(f)))
		s.scratch = append(s.scratch, f...)
	}
	sum := sha256.Sum256(s.scratch)
	s.digest = digest(sum[:])
	s.seen[s.digest]++
	return s.seen[s.digest] > 1
}

// identify returns what the row says of the customer, as written. Rows of one
// sale mostly stand together, so equal neighbours share the slice.
func (s *sieve) identify(fields []string) []member.Identity {
	var found [4]member.Identity
	n := 0
	for _, p := range s.identities {
		if v := strings.TrimSpace(fields[p.column]); v != "" {
			found[n] = member.Identity{Kind: p.kind, Value: v}
			n++
		}
	}
	if n == 0 {
		return nil
	}
	if !slices.Equal(found[:n], s.person) {
		s.person = slices.Clone(found[:n])
		for i := range s.person {
			s.person[i].Value = strings.Clone(s.person[i].Value)
		}
	}
	return s.person
}

// reading is one line being read; it keeps the first refusal.
type reading struct {
	*sieve
	fields  []string
	refusal Refusal
}

// value returns the text that plays a role.
func (r *reading) value(role Role) string {
	if at, has := r.index[role]; has {
		if text := strings.TrimSpace(r.fields[at]); text != "" {
			return text
		}
	}
	return r.Constants[role]
}

func (s *sieve) takeLine(fields []string, t *Taken) Refusal {
	r := &reading{sieve: s, fields: fields}
	t.Reference = r.reference()
	t.Return = s.Holds == Returns || s.Cancellation.Prefix != "" && strings.HasPrefix(t.Reference, s.Cancellation.Prefix)
	t.Cited = r.text(Cited, maxCode)
	t.Occurred = r.occurred()
	t.Shop, t.Channel = r.text(Shop, maxCode), r.text(Channel, maxCode)
	t.Line.SKU = r.text(SKU, maxCode)
	t.Line.Name, t.Line.Category = r.text(Product, maxProduct), r.text(Category, maxCode)
	t.Line.Fee = s.fees[t.Line.SKU]
	r.currency()
	r.quantity(t)
	r.amount(t)
	return r.refusal
}

func (r *reading) refuse(role Role, why Reason) {
	if why == "" || r.refusal.Reason != "" {
		return
	}
	r.refusal = Refusal{Reason: why, Column: -1, Role: role}
	if at, has := r.index[role]; has {
		r.refusal.Column = at
	}
}

// reference names the receipt. Rows without one are receipts of their own,
// named by their content, so that the same file taken again is known again.
func (r *reading) reference() string {
	if r.has(Reference) {
		text := r.text(Reference, maxCode)
		r.need(Reference, text)
		return text
	}
	name := "row-" + hex.EncodeToString(r.digest[:10])
	if n := r.seen[r.digest]; n > 1 {
		name += "-" + strconv.FormatUint(uint64(n), 10)
	}
	return name
}

func (r *reading) need(role Role, text string) {
	if text == "" {
		r.refuse(role, MissingValue)
	}
}

// text returns a text of one line.
func (r *reading) text(role Role, limit int) string {
	text := r.value(role)
	if strings.ContainsFunc(text, unicode.IsControl) {
		text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsControl(c) || c == ' ' }), " ")
	}
	if len(text) > limit {
		r.refuse(role, TextTooLong)
	}
	return text
}

func (r *reading) occurred() time.Time {
	text := r.value(Occurred)
	r.need(Occurred, text)
	t, ok := r.dates.parse(text)
	if !ok {
		r.refuse(Occurred, MalformedDate)
		return time.Time{}
	}
	if clock := r.value(Clock); clock != "" {
		c, ok := r.clocks.parse(clock)
		if !ok {
			r.refuse(Clock, MalformedDate)
		}
		t = r.dates.at(t, c)
	}
	if t.Before(earliest) || t.After(r.latest) {
		r.refuse(Occurred, AbsurdDate)
	}
	return t
}

func (r *reading) currency() {
	text := r.value(Currency)
	if text != "" && !strings.EqualFold(text, string(r.plan.Currency)) {
		r.refuse(Currency, OtherCurrency)
	}
}

// quantity reads how many units, one where no column tells, and so whether
// they were sold or came back.
func (r *reading) quantity(t *Taken) {
	t.Line.Quantity = 1000
	if r.has(Quantity) {
		q, why := r.number(Quantity).thousandths(sale.MaxQuantity)
		r.refuse(Quantity, why)
		if q == 0 {
			r.refuse(Quantity, ZeroQuantity)
		}
		if q < 0 && r.Cancellation.Negative {
			t.Return = true
		}
		if q < 0 && !t.Return {
			r.refuse(Quantity, NegativeQuantity)
		}
		t.Line.Quantity = abs(q)
	}
	if t.Return && !t.Line.Fee {
		r.need(SKU, t.Line.SKU)
	}
}

// amount reads what was paid for the line; a return is priced by its sale.
func (r *reading) amount(t *Taken) {
	if t.Return {
		return
	}
	role, quantity := UnitPrice, t.Line.Quantity
	if r.has(Amount) {
		role, quantity = Amount, 1000
	}
	price := r.number(role)
	var why Reason
	t.Line.Amount, t.Rounded, why = product(quantity, price, r.decimals)
	if t.Line.Amount < 0 {
		why = NegativeAmount
	}
	r.refuse(role, why)
}

func (r *reading) number(role Role) decimal {
	text := r.value(role)
	r.need(role, text)
	d, why := r.Numbers.parse(text)
	r.refuse(role, why)
	return d
}
