package promo

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// BatchKind says how the codes of a batch come to be.
type BatchKind string

// The kinds of batch.
const (
	UniqueCodes   BatchKind = "unique"   // as many as are wanted, drawn at random
	SharedCode    BatchKind = "shared"   // one for everybody, chosen
	PersonalCodes BatchKind = "personal" // drawn when a member is to have one
	PrintedCodes  BatchKind = "printed"  // imported
)

// BatchKinds returns every kind.
func BatchKinds() []BatchKind {
	return []BatchKind{UniqueCodes, SharedCode, PersonalCodes, PrintedCodes}
}

// Text returns the kind in words.
func (k BatchKind) Text() i18n.Text { return i18n.Text{Key: "promo_code.kind." + string(k)} }

// Batch is codes of one offer that are made or imported together, or are made
// by one template.
type Batch struct {
	ID, ProgrammeID, OfferID id.ID
	Name                     string
	Kind                     BatchKind
	// Prefix, as it is printed, begins each code that is drawn.
	Prefix string
	// Length is the number of random signs of each code that is drawn; 0 takes as
	// many as are hard to guess among so many codes.
	Length int
	// Wanted is how many codes there shall be, Made how many there are.
	Wanted, Made int64
	// MaxUses is how often each code may be used; 0 is no limit, which only a
	// shared code may have.
	MaxUses int64
	// ValidDays ends a personal code with that day after the one on which it is
	// issued, in the programme's zone; 0 does not.
	ValidDays int
	// The codes may be used while Begins ≤ sale < Expires.
	Begins, Expires time.Time
	Created         time.Time
	Actor           string
	// Done is when all codes were there; zero before.
	Done time.Time
	// Cancelled is when the batch was, and Reason why.
	Cancelled time.Time
	Reason    string
}

// Bounds of a batch.
const (
	maxBatchName = 100
	maxPrefix    = 12
	minLength    = 4
	maxLength    = 20
	// personalLength is the least length of personal codes, whose number is
	// not known before.
	personalLength = 8
	// usualLength is that of codes for which none was said.
	usualLength = 8
	maxWanted   = 10_000_000
	maxReason   = 200
)

// check refuses a batch that cannot be made.
func (b *Batch) check() error {
	if b.Name == "" || b.Name != strings.TrimSpace(b.Name) || utf8.RuneCountInString(b.Name) > maxBatchName ||
		!utf8.ValidString(b.Name) || strings.ContainsFunc(b.Name, unicode.IsControl) {
		return fault.Invalid("batch_name", "a name takes 1–%d letters, with no spaces at its ends and no line breaks", maxBatchName).
			At("/name").With("most", maxBatchName)
	}
	if !b.Begins.IsZero() && !b.Expires.IsZero() && !b.Begins.Before(b.Expires) {
		return fault.Invalid("batch_times", "the codes would expire before they begin").At("/expires")
	}
	if err := b.checkUses(); err != nil {
		return err
	}
	if b.ValidDays < 0 || b.ValidDays > 3660 || b.ValidDays > 0 && b.Kind != PersonalCodes {
		return fault.Invalid("batch_days", "days count for personal codes, and up to ten years").At("/valid_days")
	}
	if b.Kind == UniqueCodes || b.Kind == PersonalCodes {
		return b.checkDraw()
	}
	return nil
}

func (b *Batch) checkUses() error {
	if b.MaxUses < 0 || b.MaxUses == 0 && b.Kind != SharedCode {
		return fault.Invalid("batch_uses", "each code is good for one use or more; only a shared code may have no limit").At("/max_uses")
	}
	return nil
}

// checkDraw checks what says how codes are drawn.
func (b *Batch) checkDraw() error {
	least := minLength
	if b.Kind == PersonalCodes {
		least = personalLength
	}
	if b.Length != 0 && (b.Length < least || b.Length > maxLength) {
		return fault.Invalid("batch_length", "a code takes %d–%d random signs after its prefix", least, maxLength).
			At("/length").With("least", least).With("most", maxLength)
	}
	p := NormaliseCode(b.Prefix)
	if b.Prefix != printed(b.Prefix) || utf8.RuneCountInString(b.Prefix) > maxPrefix || strings.ContainsFunc(p, foreign) || !utf8.ValidString(p) {
		return fault.Invalid("batch_prefix", "a prefix takes up to %d letters and digits, and dashes between them", maxPrefix).
			At("/prefix").With("most", maxPrefix)
	}
	if b.Kind == UniqueCodes && (b.Wanted < 1 || b.Wanted > maxWanted) {
		return fault.Invalid("batch_wanted", "a batch takes 1–%d codes", int64(maxWanted)).At("/count").With("most", int64(maxWanted))
	}
	return nil
}

// code returns a new code of the batch.
func (b *Batch) code(n id.ID, text, shown string, now time.Time) *Code {
	return &Code{
		ID: n, ProgrammeID: b.ProgrammeID, OfferID: b.OfferID, BatchID: b.ID, Text: text, Printed: shown, State: CodeIssued,
		MaxUses: b.MaxUses, Begins: b.Begins, Expires: b.Expires, Issued: now, withdrawn: b.Cancelled,
	}
}

// remaining returns how many codes are still to be written.
func (b *Batch) remaining() int64 {
	if !b.Done.IsZero() || !b.Cancelled.IsZero() {
		return 0
	}
	return b.Wanted - b.Made
}

// checkReason refuses a reason that cannot be shown.
func checkReason(reason string) error {
	if reason == "" || reason != strings.TrimSpace(reason) || utf8.RuneCountInString(reason) > maxReason ||
		!utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl) {
		return fault.Invalid("code_reason", "say why in 1–%d letters, without line breaks", maxReason).At("/reason").With("most", maxReason)
	}
	return nil
}

// orNever returns the end of a time as it is stored.
func orNever(t time.Time) int64 {
	if t.IsZero() {
		return db.Never
	}
	return db.Micros(t)
}
