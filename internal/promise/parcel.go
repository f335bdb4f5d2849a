package promise

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Status says where a parcel is.
type Status string

// The statuses. A failed one was not handed over, and may be tried again.
const (
	Created        Status = "created"
	InTransit      Status = "in_transit"
	OutForDelivery Status = "out_for_delivery"
	Delivered      Status = "delivered"
	Failed         Status = "failed"
	Returned       Status = "returned"
)

// Statuses returns every status, in the order of a parcel's way.
func Statuses() []Status {
	return []Status{Created, InTransit, OutForDelivery, Failed, Delivered, Returned}
}

// Text names the status.
func (s Status) Text() i18n.Text { return i18n.Text{Key: "promise.parcel." + string(s)} }

// rank orders what is said to have happened at one moment.
func (s Status) rank() int { return slices.Index(Statuses(), s) }

// Scan is one thing that a carrier tells of a parcel.
type Scan struct {
	// ExternalID names it among those of the parcel; what has none is named by
	// what it says.
	ExternalID string
	Status     Status
	Occurred   time.Time
	Recorded   time.Time
	Place      string
	Words      string
}

// name gives a scan without one the name that it has by what it says, so that
// the same told twice is one.
func (s *Scan) name() {
	if s.ExternalID != "" {
		return
	}
	sum := sha256.Sum256([]byte(string(s.Status) + "\x00" + s.Occurred.UTC().Format(time.RFC3339Nano) + "\x00" + s.Place + "\x00" + s.Words))
	s.ExternalID = "told:" + hex.EncodeToString(sum[:12])
}

// couldBe reports whether something can have happened at a moment, as carriers'
// clocks go.
func couldBe(at, now time.Time) bool {
	return at.Year() >= 1990 && !at.After(now.Add(48*time.Hour))
}

// check returns all that keeps a scan from being kept.
func (s *Scan) check(now time.Time) error {
	var wrong []error
	if s.Status.rank() < 0 {
		wrong = append(wrong, fault.Invalid("parcel_status", "a parcel is created, in_transit, out_for_delivery, delivered, failed or returned").At("/status"))
	}
	if !couldBe(s.Occurred, now) {
		wrong = append(wrong, fault.Invalid("absurd_time", "%s is before 1990 or in the future; send the time at which it happened", s.Occurred.Format(time.RFC3339)).
			At("/occurred").With("time", s.Occurred.Format(time.RFC3339)))
	}
	for _, t := range []struct{ at, text string }{{"/external_id", s.ExternalID}, {"/place", s.Place}, {"/text", s.Words}} {
		wrong = append(wrong, i18n.CheckText(t.at, t.text, false, maxWords))
	}
	return fault.Gather(wrong...)
}

// Parcel is what is on its way to a customer.
type Parcel struct {
	ID, ProgrammeID id.ID
	// MemberID is the member at the time, 0 where nobody is known; PromiseID is
	// the promise of its delivery, 0 for none.
	MemberID, PromiseID id.ID
	Carrier             string
	// Number is the carrier's, folded.
	Number string
	Order  string
	// Country is where it went, as two letters; empty where nobody said.
	Country string
	// Code opens the tracking page.
	Code string
	Made time.Time
	// Status, Happened and Delivered are the fold of the scans.
	Status              Status
	Happened, Delivered time.Time

	postcodeDoor, phoneDoor string
}

// fold tells where a parcel is by all that was told of it, in whatever order it
// came: what was returned stays returned and what was delivered, delivered;
// else the latest counts. Delivered is the first time it was.
func fold(scans []Scan) (status Status, happened, delivered time.Time) {
	status = Created
	if len(scans) == 0 {
		return status, happened, delivered
	}
	sorted := slices.SortedFunc(slices.Values(scans), func(a, b Scan) int {
		return cmp.Or(a.Occurred.Compare(b.Occurred), cmp.Compare(a.Status.rank(), b.Status.rank()), cmp.Compare(a.ExternalID, b.ExternalID))
	})
	last := sorted[len(sorted)-1]
	status, happened = last.Status, last.Occurred
	for _, final := range []Status{Delivered, Returned} {
		if at := slices.IndexFunc(sorted, func(s Scan) bool { return s.Status == final }); at >= 0 {
			status, happened = final, sorted[at].Occurred
			if final == Delivered {
				delivered = sorted[at].Occurred
			}
		}
	}
	return status, happened, delivered
}

// codeLetters of 5 bits each: 100 bits cannot be guessed.
const codeLetters = 20

func newCode() string { return strings.ToLower(checkcode.Random(codeLetters)) }

// foldCode reads a code as people type it.
func foldCode(s string) string { return strings.ToLower(checkcode.Normalise(s)) }

// foldNumber reads a carrier's number as people type it.
func foldNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

// phoneTail is how many last digits of a telephone open a parcel.
const phoneTail = 4

// postcodeDoor is the digest of a postcode; empty for none.
func postcodeDoor(salt, order, postcode string) string {
	return door(salt, order, "postcode", foldNumber(postcode))
}

// phoneDoor is the digest of the last digits of a telephone; empty where there
// are too few.
func phoneDoor(salt, order, phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if len(digits) < phoneTail {
		return ""
	}
	return door(salt, order, "phone", digits[len(digits)-phoneTail:])
}

func door(salt, order, kind, value string) string {
	if value == "" || order == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{"parcel door", salt, kind, order, value}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// isCountry reports whether a text is two capital letters, as PL.
func isCountry(c string) bool {
	return len(c) == 2 && c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z'
}
