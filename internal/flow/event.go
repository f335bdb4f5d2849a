package flow

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// Event is a fact as a source tells it: what happened, to whom, when.
type Event struct {
	ProgrammeID id.ID
	// Source and ExternalID decide sameness: the pair is taken once.
	Source, ExternalID string
	Kind               journal.Kind
	// Occurred is the business time; zero means now.
	Occurred time.Time
	Who      Who
	// Shop is the code of a shop of the programme, or empty.
	Shop    string
	Channel string
	Payload Payload
	// Actor is who sends the event; it is checked and kept with the event.
	Actor auth.Actor

	hash   [sha256.Size]byte
	person []member.Identity // normalised
}

// Who names the customer. With neither a member nor identities the event
// belongs to a fresh guest account.
type Who struct {
	MemberID   id.ID             `json:"member,omitempty"`
	Identities []member.Identity `json:"identities,omitempty"`
	// Enrol asks that the customer join the programme with this event.
	Enrol bool `json:"enrol,omitempty"`
	// Profile fills what is not known yet of a customer met for the first time.
	Profile *Profile `json:"profile,omitempty"`
}

// Profile is what a sign-up tells of a person.
type Profile struct {
	GivenName  string `json:"given_name,omitempty"`
	FamilyName string `json:"family_name,omitempty"`
	Language   string `json:"language,omitempty"`
	BirthDay   int    `json:"birth_day,omitempty"`
	BirthMonth int    `json:"birth_month,omitempty"`
	BirthYear  int    `json:"birth_year,omitempty"`

	Tags       []string          `json:"tags,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Payload is the part of an event that its kind needs. It holds no contact
// data, for it is stored as it is in the journal.
type Payload struct {
	Lines      []sale.Line    `json:"lines,omitempty"`
	Currency   money.Currency `json:"currency,omitempty"`
	Return     *Return        `json:"return,omitempty"`
	Adjustment *Adjustment    `json:"adjustment,omitempty"`
	Award      *Award         `json:"award,omitempty"`
	// Checkout asks that the programme price the purchase.
	Checkout *Checkout `json:"checkout,omitempty"`
	// Settled and Refunded are what came of a purchase that was priced, or of
	// a return of one. They are ours to write.
	Settled  *Settlement `json:"settled,omitempty"`
	Refunded *Refund     `json:"refunded,omitempty"`
	// Redemption takes a reward, Undo takes such a redemption back. Redeemed is
	// what came of either and ours to write.
	Redemption *Redemption `json:"redemption,omitempty"`
	Undo       *Undo       `json:"undo,omitempty"`
	Redeemed   *Redeemed   `json:"redeemed,omitempty"`
	// Transfer is what points a transfer, or its undoing, moved. It is ours to
	// write.
	Transfer   *Transferred      `json:"transfer,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Return tells what came back. Without a reference the lines are matched to
// the customer's earlier sales at once, or stay unmatched.
type Return struct {
	// SaleSource and SaleReference cite the sale as its source named it. An
	// unknown sale makes the return wait for it.
	SaleSource    string            `json:"sale_source,omitempty"`
	SaleReference string            `json:"sale_reference,omitempty"`
	Lines         []sale.ReturnLine `json:"lines,omitempty"`
	// Whole returns everything of the cited sale that has not come back yet.
	Whole bool `json:"whole,omitempty"`
	// Cancel undoes the cited sale: all that has not come back yet, fees and
	// codes included.
	Cancel bool `json:"cancel,omitempty"`
}

// Limits of what one event may carry.
const (
	maxReference  = 200
	maxAttributes = 50
	maxAttribute  = 1000
	maxText       = 500
)

// normaliser brings an identity into its one stored form.
type normaliser func(kind member.IdentityKind, raw, region string) (member.Identity, error)

// check refuses what can be seen to be wrong without the database, and
// readies the event: identities normalised, hash of sameness reckoned.
func (e *Event) check(now time.Time, region string, normalise normaliser) error {
	if err := e.checkNames(); err != nil {
		return err
	}
	if !e.Occurred.IsZero() {
		if err := journal.CheckMoment("/occurred", e.Occurred, now); err != nil {
			return err
		}
	}
	if err := e.checkPayload(); err != nil {
		return err
	}
	e.person = e.person[:0]
	for i, raw := range e.Who.Identities {
		one, err := normalise(raw.Kind, raw.Value, region)
		if err != nil {
			return fault.At("/identities/"+strconv.Itoa(i), err)
		}
		if !slices.Contains(e.person, one) {
			e.person = append(e.person, one)
		}
	}
	return e.seal()
}

func (e *Event) checkNames() error {
	for _, f := range []struct {
		field, value string
		needed       bool
	}{
		{"/source", e.Source, true}, {"/external_id", e.ExternalID, true}, {"/kind", string(e.Kind), true},
		{"/channel", e.Channel, false}, {"/shop", e.Shop, false},
	} {
		if f.needed && strings.TrimSpace(f.value) == "" {
			return fault.Invalid("required", "a value is needed").At(f.field)
		}
		if err := plain(f.field, f.value, maxReference); err != nil {
			return err
		}
	}
	return nil
}

// plain refuses text that is too long, not UTF-8, or holds control characters.
func plain(field, s string, limit int) error {
	if len(s) > limit {
		return fault.Invalid("too_long", "the text has %d bytes; at most %d are taken", len(s), limit).
			At(field).With("limit", limit)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
		return fault.Invalid("malformed_text", "the text is not valid UTF-8 or holds control characters").At(field)
	}
	return nil
}

func (e *Event) checkPayload() error {
	if err := checkAttributes(e.Payload.Attributes); err != nil {
		return err
	}
	if e.Payload.Settled != nil || e.Payload.Refunded != nil || e.Payload.Redeemed != nil || e.Payload.Transfer != nil {
		return fault.Invalid("not_yours_to_say", "how a sale was settled is for the programme to say; leave it out").At("/settled")
	}
	if e.Payload.Checkout != nil && e.Kind != journal.Purchase {
		return fault.Invalid("checkout_without_purchase", "only a purchase is checked out; leave it out").At("/checkout")
	}
	if err := e.checkRewards(); err != nil {
		return err
	}
	switch e.Kind {
	case journal.Purchase:
		if err := e.Payload.Checkout.check(); err != nil {
			return err
		}
		return sale.CheckLines(e.Payload.Lines)
	case journal.Return:
		return e.Payload.Return.check()
	case journal.Adjustment:
		return e.Payload.Adjustment.check()
	case journal.Award:
		return e.Payload.Award.check()
	case journal.Profile:
		if e.Source == ownSource && e.Actor.Kind == auth.KindSystem {
			return nil
		}
	case journal.SignUp, journal.Birthday, journal.Visit, journal.Redemption, journal.RedemptionUndo:
		return nil
	}
	if name, custom := strings.CutPrefix(string(e.Kind), "custom."); !custom || name == "" || name != strings.Join(strings.Fields(name), " ") {
		return fault.Invalid("unknown_kind", "%q is not a kind of event; use purchase, return, sign_up, birthday, visit or custom.<name>", e.Kind).
			At("/kind").With("kind", string(e.Kind))
	}
	return nil
}

func checkAttributes(attributes map[string]string) error {
	if len(attributes) > maxAttributes {
		return fault.Invalid("too_many", "%d attributes were sent; at most %d are taken", len(attributes), maxAttributes).
			At("/attributes").With("limit", maxAttributes)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if err := plain("/attributes", name, maxReference); err != nil {
			return err
		}
		if err := plain("/attributes/"+name, attributes[name], maxAttribute); err != nil {
			return err
		}
	}
	return nil
}

// cited is the key of the sale that a return of this source cites.
func (r *Return) cited(programme id.ID, source string) journal.Key {
	if r.SaleSource != "" {
		source = r.SaleSource
	}
	return journal.Key{ProgrammeID: programme, Source: source, ExternalID: r.SaleReference}
}

func (r *Return) check() error {
	if r == nil {
		return fault.Invalid("required", "a return needs its lines, or the sale that it returns").At("/return")
	}
	if r.SaleReference == "" && (r.Whole || r.Cancel || r.SaleSource != "") {
		return fault.Invalid("required", "say which sale is returned").At("/return/sale_reference")
	}
	if r.Whole || r.Cancel {
		return nil
	}
	return fault.At("/return", sale.CheckReturn(r.Lines, r.SaleReference != ""))
}

// seal reckons the hash that decides whether two events under one key are the
// same. The time counts only as it was sent, so that a source which sends
// none may repeat itself.
func (e *Event) seal() error {
	normal := struct {
		Kind     journal.Kind
		Occurred int64
		Member   id.ID
		Person   []member.Identity
		Enrol    bool
		Profile  *Profile
		Shop     string
		Channel  string
		Payload  Payload
	}{e.Kind, 0, e.Who.MemberID, e.person, e.Who.Enrol, e.Who.Profile, e.Shop, e.Channel, e.Payload}
	if !e.Occurred.IsZero() {
		normal.Occurred = e.Occurred.UnixMicro()
	}
	text, err := json.Marshal(normal)
	if err != nil {
		return fmt.Errorf("normalising event: %w", err)
	}
	e.hash = sha256.Sum256(text)
	return nil
}

func (e *Event) key() journal.Key {
	return journal.Key{ProgrammeID: e.ProgrammeID, Source: e.Source, ExternalID: e.ExternalID}
}
