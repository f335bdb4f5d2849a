package referral

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"regulars/internal/member"
)

// trace is the keyed hash of something by which two people may turn out to be
// one.
type trace struct{ kind, hash string }

// traced are the attributes of events and profiles that leave traces, in the
// order in which they are told.
var traced = []string{"phone", "email", "card", "address", "device"}

// hashBytes is enough that two values never come out alike by chance.
const hashBytes = 16

// traceOf hashes a value under the programme's salt. Ways of writing that do
// not matter are taken out first. Too short a value tells nothing: false.
func traceOf(salt, kind, value string) (trace, bool) {
	value = plainly(kind, value)
	if len(value) < 3 {
		return trace{}, false
	}
	mac := hmac.New(sha256.New, []byte(salt))
	mac.Write([]byte("referral\x00" + kind + "\x00" + value))
	return trace{kind, hex.EncodeToString(mac.Sum(nil)[:hashBytes])}, true
}

// plainly brings a value into one form: telephones to their digits, the
// address of a mailbox without its tag, others to letters and digits.
func plainly(kind, value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	switch kind {
	case "email":
		return mailbox(value)
	case "phone":
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, value)
		return strings.TrimLeft(digits, "0")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, value)
}

// mailbox leaves out what many providers let people add to the name of their
// mailbox: a tag after a plus, and with Gmail the dots.
func mailbox(value string) string {
	name, host, _ := strings.Cut(value, "@")
	name, _, _ = strings.Cut(name, "+")
	if host == "gmail.com" || host == "googlemail.com" {
		name, host = strings.ReplaceAll(name, ".", ""), "gmail.com"
	}
	return name + "@" + host
}

// tracesIn returns the traces of attributes.
func tracesIn(salt string, attributes map[string]string) []trace {
	var list []trace
	for _, kind := range traced {
		if t, ok := traceOf(salt, kind, attributes[kind]); ok {
			list = append(list, t)
		}
	}
	return list
}

// tracesOfPerson returns those of identities and profile.
func tracesOfPerson(salt string, m *member.Member, identities []member.Identity) []trace {
	list := tracesIn(salt, m.Attributes)
	for _, i := range identities {
		if i.Kind != member.Phone && i.Kind != member.Email && i.Kind != member.Card {
			continue
		}
		if t, ok := traceOf(salt, string(i.Kind), i.Value); ok {
			list = append(list, t)
		}
	}
	return list
}

// likeness returns the codes of what two people have in common.
func likeness(one, other map[trace]bool) []string {
	var found []string
	for _, kind := range traced {
		for t := range one {
			if t.kind == kind && other[t] {
				found = append(found, "referral_same_"+kind)
				break
			}
		}
	}
	return found
}
