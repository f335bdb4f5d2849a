package id

import (
	"strings"
	"sync"
	"time"

	"regulars/internal/fault"
)

// ID identifies a row: 41 bits of milliseconds since 2024-01-01 UTC, 10 bits
// of process number, 12 bits of counter. Zero means none.
type ID int64

// Prefix tells the kind of thing an ID names when it is shown outside.
type Prefix string

// The prefixes of the things that are shown outside.
const (
	Programme  Prefix = "prg"
	Shop       Prefix = "shp"
	Member     Prefix = "mem"
	Event      Prefix = "evt"
	Sale       Prefix = "evt" // a sale is known by the event that made it
	Wallet     Prefix = "wal"
	Lot        Prefix = "lot"
	Entry      Prefix = "ent"
	Hold       Prefix = "hld"
	Conflict   Prefix = "cnf" // of what a till gave offline
	Quote      Prefix = "quo" // what is held for an open sale
	Rule       Prefix = "rul"
	Version    Prefix = "ver"
	Ladder     Prefix = "lad"
	Rank       Prefix = "rnk"
	Product    Prefix = "prd"
	Staff      Prefix = "stf"
	Key        Prefix = "key"
	Job        Prefix = "job"
	Audit      Prefix = "aud"
	Import     Prefix = "imp"
	Simulation Prefix = "sim"
	Offer      Prefix = "off"
	Terms      Prefix = "ofv" // a version of an offer
	Code       Prefix = "cod"
	Batch      Prefix = "bat" // codes made or imported together

	GiftCard     Prefix = "gft"
	GiftBatch    Prefix = "gbt"
	GiftCampaign Prefix = "gcm"

	Reward     Prefix = "rwd"
	Redemption Prefix = "rdm"

	Promise          Prefix = "prm"
	Parcel           Prefix = "pcl"
	Return           Prefix = "rtn" // what a customer asks to send back
	ReturnPhoto      Prefix = "rtp"
	ReturnRule       Prefix = "rrl"
	Contact          Prefix = "ctc"
	Referral         Prefix = "ref"
	Influencer       Prefix = "inf" // who brings members and is none
	Partner          Prefix = "ptn"
	PartnerTerms     Prefix = "ptt" // a version of a partner's terms
	PartnerStatement Prefix = "pst"
	Device           Prefix = "tdv" // a till
	Shift            Prefix = "shf" // somebody at a till
	Plan             Prefix = "pln"
	Subscription     Prefix = "sub"
	Charge           Prefix = "chg"
	Challenge        Prefix = "chl"

	Case             Prefix = "cas"
	CaseRemedy       Prefix = "crm" // what is given to make a case good
	CaseAction       Prefix = "cac" // what is done about a cause
	CasePhoto        Prefix = "cph"
	Touchpoint       Prefix = "tch"
	CardBatch        Prefix = "tcb" // cards that were made together
	Review           Prefix = "rvw"
	Feed             Prefix = "fed"
	Mention          Prefix = "mtn"
	Household        Prefix = "hsh"
	Flag             Prefix = "flg"
	Survey           Prefix = "svy"
	SurveySample     Prefix = "svs"
	SurveyInvitation Prefix = "svi"
	SurveyResponse   Prefix = "svr"
	Standard         Prefix = "std"
	Scenario         Prefix = "scn" // of mystery visits
	Visitor          Prefix = "vsr"
	VisitRound       Prefix = "vrd" // visits that were drawn together
	Visit            Prefix = "vst"
	VisitPhoto       Prefix = "vph"
	Lesson           Prefix = "lsn"
	LessonAttempt    Prefix = "lat"
	Alarm            Prefix = "alm"
	Gesture          Prefix = "gst"
	Giving           Prefix = "gvn" // a gesture that was given
	Recovery         Prefix = "rcv" // of silent customers
	FactorAction     Prefix = "fca" // what is done about a factor
	Basket           Prefix = "bsk" // that a customer left before paying
	CallList         Prefix = "cll" // of whom staff phone
	Service          Prefix = "svc" // that can be booked
	Booking          Prefix = "bkg"

	KnownIssue  Prefix = "kni" // what is not perfect
	TrustReport Prefix = "trp" // figures that are published
	Attestation Prefix = "att" // what somebody stands for
)

const (
	processBits = 10
	counterBits = 12
	// Processes is the number of distinct process numbers.
	Processes = 1 << processBits

	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	digits   = 13
)

var epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// In shows the identifier with its prefix, for example mem_01h9x3k7q2v5n.
func (i ID) In(p Prefix) string {
	var b [digits]byte
	n := uint64(i)
	for k := digits - 1; k >= 0; k-- {
		b[k] = alphabet[n&31]
		n >>= 5
	}
	return string(p) + "_" + string(b[:])
}

// Time returns the moment the identifier was made, to the millisecond.
func (i ID) Time() time.Time {
	return epoch.Add(time.Duration(int64(i)>>(processBits+counterBits)) * time.Millisecond)
}

// Parse reads an identifier shown with the given prefix. Letters may be of
// either case; I and L are read as 1 and O as 0.
func Parse(p Prefix, s string) (ID, error) {
	body, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), string(p)+"_")
	if !ok || len(body) != digits {
		return 0, malformed(p, s)
	}
	var n uint64
	for _, c := range []byte(body) {
		v := value(c)
		if v < 0 || n>>58 != 0 {
			return 0, malformed(p, s)
		}
		n = n<<5 | uint64(v)
	}
	if n == 0 || n>>63 != 0 {
		return 0, malformed(p, s)
	}
	return ID(n), nil
}

func value(c byte) int {
	switch c {
	case 'i', 'l':
		return 1
	case 'o':
		return 0
	}
	return strings.IndexByte(alphabet, c)
}

func malformed(p Prefix, s string) error {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return fault.Invalid("malformed_id", "%q is not an identifier of the form %s_ followed by %d letters and digits", s, p, digits).
		With("value", s).With("prefix", string(p))
}

// Maker makes identifiers of one process. It is safe for concurrent use.
type Maker struct {
	mu      sync.Mutex
	now     func() time.Time
	process int64
	last    int64 // milliseconds and counter of the last identifier
}

// NewMaker returns a maker for a process number below Processes, which must be
// held by no other living process on the same database. Identifiers made are
// later than the moment after.
func NewMaker(process int, after time.Time, now func() time.Time) *Maker {
	return &Maker{now: now, process: int64(process), last: millis(after) << counterBits}
}

func millis(t time.Time) int64 { return max(0, t.Sub(epoch).Milliseconds()) }

// New returns the next identifier, greater than all that this maker made
// before, also when the clock is set back.
func (m *Maker) New() ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = max(m.last+1, millis(m.now())<<counterBits)
	ms, counter := m.last>>counterBits, m.last&(1<<counterBits-1)
	return ID(ms<<(processBits+counterBits) | m.process<<counterBits | counter)
}
