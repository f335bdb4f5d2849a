package journal

import (
	"strconv"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Kind says what sort of thing happened. Custom kinds are "custom.<name>".
type Kind string

// The kinds of events that mean something to us.
const (
	Purchase     Kind = "purchase"
	Return       Kind = "return"
	Cancellation Kind = "cancellation"
	SignUp       Kind = "sign_up"
	Birthday     Kind = "birthday"
	Visit        Kind = "visit"
	Referral     Kind = "referral"
	Adjustment   Kind = "adjustment"
	Award        Kind = "award" // points that a feature gives, not a rule
	Merge        Kind = "merge"
	Unmerge      Kind = "unmerge"
	// Redemption takes a reward for points, RedemptionUndo takes it back.
	Redemption     Kind = "redemption"
	RedemptionUndo Kind = "redemption_undo"
	// Profile says that a profile is complete, once ever.
	Profile Kind = "profile"
	// Transfer gives points of one member to another, TransferUndo takes them
	// back. Both members have the event on their timelines.
	Transfer     Kind = "transfer"
	TransferUndo Kind = "transfer_undo"
)

// Custom is what the names of custom kinds begin with.
const Custom = "custom."

// Kinds returns the kinds that are not custom, in the order in which they are
// offered.
func Kinds() []Kind {
	return []Kind{Purchase, Return, Cancellation, SignUp, Birthday, Visit, Referral, Adjustment, Award, Merge, Unmerge, Redemption, RedemptionUndo, Profile, Transfer, TransferUndo}
}

// Event is an immutable fact on a member's timeline.
type Event struct {
	ID          id.ID
	ProgrammeID id.ID
	// MemberID is the member at the time; merges do not rewrite it. Of a return
	// that waits it is whom the return names, or 0: whose it is its sale will tell.
	MemberID id.ID
	Kind     Kind
	// Source and ExternalID name the event where it comes from.
	Source, ExternalID string
	// Occurred is business time, Recorded ours.
	Occurred, Recorded time.Time
	ShopID             id.ID // 0 when no shop is named
	Channel            string
	// Actor is who sent it, as "key:key_…" or "system:demo".
	Actor string
	// Body is normalised JSON, without contact data.
	Body []byte
	// Hash is that of the normalised input, by which sameness is decided. Events
	// that are read come without.
	Hash []byte
}

// Key returns the name under which the event is known to its source.
func (e *Event) Key() Key { return Key{e.ProgrammeID, e.Source, e.ExternalID} }

// Cursor returns the event's place in a timeline.
func (e *Event) Cursor() Cursor { return Cursor{e.Occurred, e.ID} }

// Key decides sameness: it is taken once in a programme.
type Key struct {
	ProgrammeID        id.ID
	Source, ExternalID string
}

// Same is what is known of a key that is taken.
type Same struct {
	Key
	EventID, MemberID id.ID
	// Hash is that of the normalised input taken under the key; another hash is
	// a conflict.
	Hash []byte
	// Waiting says that the event is a return that waits for its sale.
	Waiting bool
}

// Waiting is a return that waits for the sale it cites.
type Waiting struct {
	Event
	// Awaited is the key under which the sale will come.
	Awaited Key
}

// Cursor is a place in a timeline; the zero Cursor is before the latest event.
type Cursor struct {
	Occurred time.Time
	ID       id.ID
}

// String returns the cursor as callers pass it on; empty for the zero Cursor.
func (c Cursor) String() string {
	if c == (Cursor{}) {
		return ""
	}
	return strconv.FormatInt(c.Occurred.UnixMicro(), 36) + "." + strconv.FormatInt(int64(c.ID), 36)
}

// ParseCursor reads what String gave.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	occurred, event, _ := strings.Cut(s, ".")
	at, err := strconv.ParseInt(occurred, 36, 64)
	n, wrong := strconv.ParseInt(event, 36, 64)
	if err != nil || wrong != nil || n <= 0 {
		return Cursor{}, fault.Invalid("malformed_cursor", "the cursor is not one that an earlier page gave; begin again without").At("/cursor")
	}
	return Cursor{time.UnixMicro(at).UTC(), id.ID(n)}, nil
}
