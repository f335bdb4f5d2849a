package survey

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Trigger is what lets a member be asked by a standing question.
type Trigger string

// The triggers. Both are neutral: nobody knows yet who was content.
const (
	AfterPurchase Trigger = "purchase" // the last purchase
	AfterDelivery Trigger = "delivery" // a parcel that arrived
)

// Triggers returns every trigger, in the order in which they are offered.
func Triggers() []Trigger { return []Trigger{AfterPurchase, AfterDelivery} }

// Text names the trigger in words.
func (t Trigger) Text() i18n.Text { return i18n.Text{Key: "survey.trigger." + string(t)} }

// Deliveries tells whose parcels came; the room of promises knows.
type Deliveries interface {
	// Delivered returns the members to whom a parcel was delivered at from or
	// later, and before until, each once, as the parcels name them.
	Delivered(ctx context.Context, q db.Queryer, programme id.ID, from, until time.Time) ([]id.ID, error)
}

// Consents tells who may be asked; the room of contacts knows.
type Consents interface {
	// Askable returns the members who allow questions on a way by which they can
	// be reached, the survivors of merges.
	Askable(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]bool, error)
}

// Standing is a question that a published survey asks day by day: at a set hour
// some are drawn by chance of those whose purchase or delivery was so many days
// ago and who may be asked.
type Standing struct {
	ProgrammeID, SurveyID id.ID
	StandingPlan
	Paused bool
	// Next is when the next draw is due, unless paused, and Last when the last
	// was. Until is up to when purchases or deliveries were looked at; zero where
	// the next draw begins anew.
	Next, Last, Until, Changed time.Time
}

// StandingPlan is what a manager says of a standing question.
type StandingPlan struct {
	After Trigger `json:"after"`
	// Wait is how many days after it a member is asked, 1 or more: what is told
	// of a day comes in late.
	Wait int `json:"wait"`
	// Hour is when a draw is made, by the programme's clock.
	Hour int `json:"hour"`
	// Most is how many are drawn a day.
	Most int `json:"most"`
	// Rest is how many days must have passed since any survey of the programme
	// drew a member; 0 leaves it to the contact policy alone.
	Rest int `json:"rest"`
	// Seed makes the seeds of the days.
	Seed int64 `json:"seed"`
	// Days is how long a link works.
	Days int `json:"days"`
	// Touchpoint is what it asks about. Left out, a delivery is the parcel, and a
	// purchase tells its own.
	Touchpoint Touchpoint `json:"touchpoint,omitempty"`
}

// Bounds of a standing question.
const (
	DefaultRest = 30 // days, as the contact policy has it until it is changed
	maxWait     = 90 // days; later nobody remembers
	// catchUp is how far back a draw looks that was late, because the server
	// stood still.
	catchUp = 7 * 24 * time.Hour
)

// Check returns all by which a plan says nothing or too much.
func (p *StandingPlan) Check() error {
	p.Days = cmp.Or(p.Days, DefaultDays)
	var wrong []error
	if !slices.Contains(Triggers(), p.After) {
		wrong = append(wrong, fault.Invalid("survey_trigger", "a standing question comes after a purchase or a delivery").At("/after"))
	}
	if p.Wait < 1 || p.Wait > maxWait {
		wrong = append(wrong, fault.Invalid("survey_wait", "members are asked 1 to %d days after", maxWait).At("/wait").With("most", maxWait))
	}
	if p.Hour < 0 || p.Hour > 23 {
		wrong = append(wrong, fault.Invalid("survey_hour", "the hour of the draw is 0 to 23").At("/hour"))
	}
	if p.Most < 1 || p.Most > maxWanted {
		wrong = append(wrong, fault.Invalid("survey_most", "1 to %d members are drawn a day", maxWanted).At("/most").With("most", maxWanted))
	}
	if p.Rest < 0 || p.Rest > 3650 {
		wrong = append(wrong, fault.Invalid("survey_rest", "the rest after a survey is 0 to 3,650 days").At("/rest"))
	}
	return fault.Gather(append(wrong, checkLinks(p.Days, p.Seed), p.Touchpoint.check())...)
}

// Occasion narrows a draw of a standing question to those to whom something
// happened at From or later, and before Until.
type Occasion struct {
	After Trigger   `json:"after"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Rest is how many days nobody drawn was drawn by any survey before.
	Rest int `json:"rest"`
}

// dueAfter returns the first moment after another at which the programme's clock
// shows the hour of the draw. Where the clock leaps over it, it is the moment
// to which that leads.
func (p *StandingPlan) dueAfter(now time.Time, zone *time.Location) time.Time {
	day := now.In(zone)
	for {
		due := time.Date(day.Year(), day.Month(), day.Day(), p.Hour, 0, 0, 0, zone)
		if due.Day() != day.Day() || due.Hour() < p.Hour { // an hour that is leapt over may count as that before
			due = due.Add(time.Hour)
		}
		if due.After(now) {
			return due.UTC()
		}
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 12, 0, 0, 0, zone)
	}
}

// due returns when the next draw is, never two of one day.
func (n *Standing) due(now time.Time, zone *time.Location) time.Time {
	next := n.dueAfter(now, zone)
	if !n.Last.IsZero() && next.In(zone).Format(time.DateOnly) == n.Last.In(zone).Format(time.DateOnly) {
		return n.dueAfter(next, zone)
	}
	return next
}

// draw returns the plan of the draw that was due at a moment; ok is false when
// all up to it was looked at already. The days follow each other without gap or
// overlap; after a pause, or more than catchUp late, it begins a day before.
func (n *Standing) draw(zone *time.Location) (p Plan, ok bool) {
	due := n.Next.In(zone)
	until := due.AddDate(0, 0, -n.Wait)
	from := n.Until
	if from.IsZero() || until.Sub(from) > catchUp {
		from = due.AddDate(0, 0, -n.Wait-1)
	}
	return Plan{
		Method: Random, Wanted: n.Most, Seed: daySeed(n.Seed, until), Days: n.Days, Touchpoint: n.Touchpoint,
		Occasion: &Occasion{After: n.After, From: from.UTC(), Until: until.UTC(), Rest: n.Rest},
	}, from.Before(until)
}

// daySeed makes the seed of one day's draw of that of the question. It has 53
// bits, as many as every reader of JSON keeps.
func daySeed(seed int64, until time.Time) int64 {
	var text [16]byte
	binary.BigEndian.PutUint64(text[:8], uint64(seed))
	binary.BigEndian.PutUint64(text[8:], uint64(until.Unix()))
	sum := sha256.Sum256(text[:])
	return int64(binary.BigEndian.Uint64(sum[:]) >> 11)
}

// happened tells to whom the occasion of a plan happened, who may be asked and
// does not rest; a plan without one leaves everybody. A day has few places: none
// goes to somebody whom the contact policy would refuse for want of consent. A
// draw of a manager takes them all, who then count among the silent.
func (s *Service) happened(ctx context.Context, q db.Queryer, programme id.ID, plan *Plan, at time.Time) (func(Known) bool, error) {
	o := plan.Occasion
	if o == nil {
		return func(Known) bool { return true }, nil
	}
	resting, err := drawnSince(ctx, q, programme, at.AddDate(0, 0, -o.Rest), at)
	if err != nil {
		return nil, err
	}
	allows, err := s.allows(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	free := func(k Known) bool { return !resting[k.MemberID] && allows(k.MemberID) }
	if o.After == AfterPurchase {
		return func(k Known) bool {
			return k.Purchases > 0 && !k.Last.Before(o.From) && k.Last.Before(o.Until) && free(k)
		}, nil
	}
	came, err := s.cameTo(ctx, q, programme, o)
	return func(k Known) bool { return came[k.MemberID] && free(k) }, err
}

// allows tells who may be asked; everybody where nobody tells of consents, since
// the contact policy decides all the same.
func (s *Service) allows(ctx context.Context, q db.Queryer, programme id.ID) (func(id.ID) bool, error) {
	if s.consents == nil {
		return func(id.ID) bool { return true }, nil
	}
	askable, err := s.consents.Askable(ctx, q, programme)
	return func(m id.ID) bool { return askable[m] }, err
}

// cameTo returns the survivors to whom a parcel came.
func (s *Service) cameTo(ctx context.Context, q db.Queryer, programme id.ID, o *Occasion) (map[id.ID]bool, error) {
	if s.deliveries == nil {
		return nil, fmt.Errorf("asking after deliveries: nobody tells of deliveries")
	}
	list, err := s.deliveries.Delivered(ctx, q, programme, o.From, o.Until)
	if err != nil {
		return nil, err
	}
	survivors, err := member.Survivors(ctx, q, programme)
	came := make(map[id.ID]bool, len(list))
	for _, m := range list {
		came[cmp.Or(survivors[m], m)] = true
	}
	return came, err
}
