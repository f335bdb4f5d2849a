package survey

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/experiment"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Method is how those who are asked are drawn from the eligible.
type Method string

// The methods of drawing.
const (
	Everybody Method = "everybody"
	Random    Method = "random" // so many by chance
	Quota     Method = "quota"  // so many by chance of each segment
)

// Methods returns every method, in the order in which they are offered.
func Methods() []Method { return []Method{Everybody, Random, Quota} }

// Text names the method in words.
func (m Method) Text() i18n.Text { return i18n.Text{Key: "survey.method." + string(m)} }

// Segment names a trait of members that weights and quotas go by.
type Segment string

// The traits. All are known of everybody, whether they answer or not.
const (
	ByRecency   Segment = "recency"   // how long ago the last purchase was
	ByFrequency Segment = "frequency" // how many purchases there were
	ByShop      Segment = "shop"      // where the last purchase was
)

// Segments returns the traits in the order in which a cell names them.
func Segments() []Segment { return []Segment{ByRecency, ByFrequency, ByShop} }

// Text names the trait in words.
func (s Segment) Text() i18n.Text { return i18n.Text{Key: "survey.segment." + string(s)} }

// Plan says who is asked.
type Plan struct {
	Method Method `json:"method"`
	// Seed makes the draw; the same seed draws the same members of the same
	// eligible.
	Seed int64 `json:"seed"`
	// Wanted is how many are drawn by chance: in all, or of each segment.
	Wanted int `json:"wanted,omitempty"`
	// By is the trait of a quota.
	By Segment `json:"by,omitempty"`
	// Bought leaves those eligible whose last purchase is so many days ago at
	// most; 0 leaves everybody. It is a neutral event: nobody knows yet whether
	// they were content.
	Bought int `json:"bought,omitempty"`
	// Tag leaves those who have it.
	Tag string `json:"tag,omitempty"`
	// Days is how long the link works.
	Days int `json:"days"`
	// Touchpoint is what the asking is about. Left out, it is told by the last
	// purchase of each when that led to the asking, as Bought says.
	Touchpoint Touchpoint `json:"touchpoint,omitempty"`
	// Occasion narrows the draw of a standing question; nil of any other.
	Occasion *Occasion `json:"occasion,omitempty"`
}

// Bounds of a plan.
const (
	maxWanted   = 1_000_000
	maxDays     = 365
	DefaultDays = 14 // for which a link works
)

// Check returns all by which a plan says nothing or too much. What goes with an
// unknown method, nobody knows.
func (p *Plan) Check() error {
	p.Days = cmp.Or(p.Days, DefaultDays)
	var wrong []error
	if !slices.Contains(Methods(), p.Method) {
		wrong = append(wrong, fault.Invalid("survey_method", "a sample is everybody, random or quota").At("/method"))
	} else {
		if (p.Method == Everybody) != (p.Wanted == 0) || p.Wanted < 0 || p.Wanted > maxWanted {
			wrong = append(wrong, fault.Invalid("survey_wanted", "say how many are drawn by chance, and nothing of it for everybody").At("/wanted"))
		}
		if (p.Method == Quota) != slices.Contains(Segments(), p.By) || p.Method != Quota && p.By != "" {
			wrong = append(wrong, fault.Invalid("survey_quota", "a quota goes by recency, frequency or shop, and only a quota does").At("/by"))
		}
	}
	if p.Bought < 0 || p.Bought > 3650 {
		wrong = append(wrong, fault.Invalid("survey_bought", "the last purchase is at most 3,650 days ago").At("/bought"))
	}
	wrong = append(wrong, checkLinks(p.Days, p.Seed))
	if !plain(p.Tag, 200) {
		wrong = append(wrong, fault.Invalid("survey_text", "the text is too long or holds control characters").At("/tag"))
	}
	return fault.Gather(append(wrong, p.Touchpoint.check())...)
}

// checkLinks returns what is wrong with how long links work, and with a seed.
func checkLinks(days int, seed int64) error {
	var wrong []error
	if days < 1 || days > maxDays {
		wrong = append(wrong, fault.Invalid("survey_days", "a link works for 1 to %d days", maxDays).At("/days").With("most", maxDays))
	}
	if seed < 0 {
		wrong = append(wrong, fault.Invalid("survey_seed", "the seed is a whole number, 0 or more").At("/seed"))
	}
	return fault.Gather(wrong...)
}

// Cell is what is known of a member, whether they answer or not: recency,
// frequency and shop, as "r30/f2/shp_…".
type Cell string

// Trait returns one trait of the cell.
func (c Cell) Trait(s Segment) string {
	parts := strings.SplitN(string(c), "/", 3)
	if i := slices.Index(Segments(), s); i < len(parts) {
		return parts[i]
	}
	return ""
}

// Levels of recency and frequency, from the least to the most.
var (
	Recencies   = []string{"r30", "r90", "r365", "older", "never"}
	Frequencies = []string{"f0", "f1", "f2", "f5"}
)

// Known is what the programme knows of a member before anything is asked.
type Known struct {
	MemberID  id.ID
	Purchases int
	Last      time.Time
	ShopID    id.ID  // of the last purchase
	Channel   string // by which it was
}

// Cell returns where the member stands at the time.
func (k Known) Cell(now time.Time) Cell {
	recency, frequency, shop := "never", "f0", "none"
	if k.Purchases > 0 {
		days := now.Sub(k.Last) / (24 * time.Hour)
		switch {
		case days <= 30:
			recency = "r30"
		case days <= 90:
			recency = "r90"
		case days <= 365:
			recency = "r365"
		default:
			recency = "older"
		}
	}
	switch {
	case k.Purchases >= 5:
		frequency = "f5"
	case k.Purchases >= 2:
		frequency = "f2"
	case k.Purchases == 1:
		frequency = "f1"
	}
	if k.ShopID != 0 {
		shop = k.ShopID.In(id.Shop)
	}
	return Cell(recency + "/" + frequency + "/" + shop)
}

// NeverAsked reports whether a member belongs to those whom no survey ever
// asks: share of 10,000, drawn by the programme's salt. A share that grows keeps
// all it had, and the draw has nothing to do with that of the control group.
func NeverAsked(salt string, m id.ID, share int) bool {
	return experiment.Held(experiment.Bucket(salt, "never surveyed", m.In(id.Member)), share)
}

// Drawn is somebody who is asked.
type Drawn struct {
	MemberID id.ID
	Cell     Cell
	// Touchpoint is what the asking is about; empty where nobody knows.
	Touchpoint Touchpoint
}

// asksAbout returns the touchpoint that somebody is asked about: what the plan
// says, or else where they bought last if that is why they are asked.
func (p *Plan) asksAbout(k Known, shops map[id.ID]string) Touchpoint {
	switch {
	case p.Touchpoint != "":
		return p.Touchpoint
	case p.Occasion != nil && p.Occasion.After == AfterDelivery:
		return InParcel
	case p.Bought == 0 && p.Occasion == nil:
		return ""
	}
	return touchpointOf(k.Channel, shops[k.ShopID])
}

// Draw chooses whom to ask of the eligible, by the plan's seed and nothing else:
// the order in which they come makes no difference, and neither does who else is
// eligible to the order among them.
func (p *Plan) Draw(eligible []Drawn) []Drawn {
	list := slices.Clone(eligible)
	lot := make(map[id.ID]uint64, len(list))
	for _, d := range list {
		lot[d.MemberID] = ticket(p.Seed, d.MemberID)
	}
	slices.SortFunc(list, func(a, b Drawn) int {
		return cmp.Or(cmp.Compare(lot[a.MemberID], lot[b.MemberID]), cmp.Compare(a.MemberID, b.MemberID))
	})
	switch p.Method {
	case Random:
		return list[:min(p.Wanted, len(list))]
	case Quota:
		taken := map[string]int{}
		return slices.DeleteFunc(list, func(d Drawn) bool {
			trait := d.Cell.Trait(p.By)
			taken[trait]++
			return taken[trait] > p.Wanted
		})
	}
	return list
}

// ticket is a member's number in the lottery of the seed.
func ticket(seed int64, m id.ID) uint64 {
	var text [16]byte
	binary.BigEndian.PutUint64(text[:8], uint64(seed))
	binary.BigEndian.PutUint64(text[8:], uint64(m))
	sum := sha256.Sum256(text[:])
	return binary.BigEndian.Uint64(sum[:])
}

// Cells counts people by what is known of them.
type Cells map[Cell]int64

// Sorted returns the cells in a fixed order.
func (c Cells) Sorted() []Cell { return slices.Sorted(maps.Keys(c)) }

// couldBe counts those who could have been asked by any of the samples. Who was
// eligible for a later draw of a manager was so for the first, unless they came
// since: the widest list stands for them all. Each day of a standing question
// has people of its own, to whom something has just happened, so that its days
// are added up.
func couldBe(samples []Sample) Cells {
	sum, widest := Cells{}, &Sample{}
	for i := range samples {
		n := &samples[i]
		switch {
		case n.Plan.Occasion != nil:
			sum.add(n.Cells)
		case n.Eligible > widest.Eligible:
			widest = n
		}
	}
	sum.add(widest.Cells)
	return sum
}

func (c Cells) add(more Cells) {
	for cell, n := range more {
		c[cell] += n
	}
}

// CountCells counts the drawn by cell.
func CountCells(list []Drawn) Cells {
	c := Cells{}
	for _, d := range list {
		c[d.Cell]++
	}
	return c
}
