package member

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
)

// IdentityKind says by what a customer is known.
type IdentityKind string

// The kinds of identity.
const (
	Phone    IdentityKind = "phone"
	Email    IdentityKind = "email"
	Card     IdentityKind = "card"
	External IdentityKind = "external"
	Pass     IdentityKind = "pass"
)

// Kinds returns every kind of identity, in the order in which they are shown.
func Kinds() []IdentityKind { return []IdentityKind{Phone, Email, Card, External, Pass} }

// Identity is one thing by which a customer is known. Its value is in the form
// that Normalise gives, so that equal identities are equal values.
type Identity struct {
	Kind  IdentityKind `json:"kind"`
	Value string       `json:"value"`
}

const (
	maxIdentity = 200 // bytes of any identity
	maxEmail    = 254 // bytes, RFC 5321 with erratum 1690
	maxLabel    = 63  // bytes of a part of a host name
)

// Normalise brings an identity into its one stored form: a phone to E.164, an
// e-mail trimmed and in small letters, a card in capitals without spaces and
// hyphens, the others trimmed. The region (ISO 3166, may be empty) is the
// country of phones written without a country code. A fault never repeats the
// value, as it may name a person.
func Normalise(kind IdentityKind, raw, region string) (Identity, error) {
	if !utf8.ValidString(raw) || strings.ContainsFunc(raw, unicode.IsControl) {
		return Identity{}, malformed(kind, "is not plain text of one line")
	}
	value := strings.TrimSpace(norm.NFC.String(raw))
	if value == "" {
		return Identity{}, malformed(kind, "is empty")
	}
	if len(value) > max(maxIdentity, maxEmail) {
		return Identity{}, malformed(kind, "is longer than any can be")
	}
	value, err := normalise(kind, value, region)
	if err != nil {
		return Identity{}, err
	}
	return Identity{kind, value}, nil
}

func normalise(kind IdentityKind, value, region string) (string, error) {
	switch kind {
	case Phone:
		return phone(value, region)
	case Email:
		return email(value)
	case Card:
		return card(value)
	case External, Pass:
		if len(value) > maxIdentity {
			return "", malformed(kind, "is longer than any can be")
		}
		return value, nil
	}
	return "", fault.Invalid("unknown_identity_kind", "a customer is known by phone, email, card, external or pass").At("/kind")
}

// phone asks only whether the number has a possible length, area code
// included: new ranges are opened faster than any table of valid ones is
// updated.
func phone(value, region string) (string, error) {
	number, err := phonenumbers.Parse(value, region)
	if errors.Is(err, phonenumbers.ErrInvalidCountryCode) {
		return "", fault.Invalid("phone_without_country", "this phone has no known country code; write it as +44 20 7946 0018, or set the programme's country").At("/value")
	}
	if err != nil || phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
		return "", malformed(Phone, "is not a phone number; write it as +44 20 7946 0018")
	}
	if number.GetExtension() != "" {
		return "", fault.Invalid("phone_with_extension", "this phone has an extension, so others may share it; use another identity").At("/value")
	}
	return phonenumbers.Format(number, phonenumbers.E164), nil
}

func email(value string) (string, error) {
	value = norm.NFC.String(strings.ToLower(value))
	at := strings.LastIndexByte(value, '@')
	if at < 1 || len(value) > maxEmail || strings.ContainsFunc(value, notInEmail) || !isHost(value[at+1:]) ||
		strings.ContainsRune(value[:at], '@') {
		return "", malformed(Email, "is not an e-mail address; write it as name@example.com")
	}
	return value, nil
}

func notInEmail(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`()<>[]:;,\"`, r)
}

// isHost reports whether the text has the form of a host name, letters of any
// script allowed.
func isHost(host string) bool {
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > maxLabel || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notInHost) {
			return false
		}
	}
	return true
}

func notInHost(r rune) bool {
	return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

func card(value string) (string, error) {
	value = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, value))
	notInCard := func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }
	if value == "" || len(value) > maxIdentity || strings.ContainsFunc(value, notInCard) {
		return "", malformed(Card, "is not a card number; it takes Latin letters and digits, as 2600 1234 5678")
	}
	return value, nil
}

// tailDigits is how many last digits of a phone find its owner.
const tailDigits = 4

// tail returns the last digits of a phone, empty for other identities.
func (i Identity) tail() string {
	if i.Kind != Phone || len(i.Value) <= tailDigits {
		return ""
	}
	return i.Value[len(i.Value)-tailDigits:]
}

// whole reports whether the identity is in the form that Normalise gives.
func (i Identity) whole() bool {
	same, err := Normalise(i.Kind, i.Value, "")
	return err == nil && same == i
}

func malformed(kind IdentityKind, what string) error {
	return fault.Invalid("malformed_identity", "this %s %s", kind, what).At("/value").With("kind", string(kind))
}
