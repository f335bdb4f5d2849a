package alarm

import (
	"embed"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/outreach"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "alarm", Files: files}

// Topic is what an alarm is of.
type Topic string

// The topics.
const (
	// Complaints are more for the orders than chance makes.
	Complaints Topic = "complaints"
	// People are faults that concern one person of the staff, or compensations
	// that one gave, more than chance makes.
	People Topic = "people"
	// Answers to customers are too often the words of another case.
	Answers Topic = "answers"
	// Mentions are negative, or many at once.
	Mentions Topic = "mentions"
	// Feeds cannot be read.
	Feeds Topic = "feeds"
	// Trust are signals of trust that fell.
	Trust Topic = "trust"
	// Discounts are in more of the sales than the programme allows.
	Discounts Topic = "discounts"
	// Jobs in the background failed for good.
	Jobs Topic = "jobs"
)

// Topics returns the topics.
func Topics() []Topic {
	return []Topic{Complaints, People, Answers, Mentions, Feeds, Trust, Discounts, Jobs}
}

// Text names the topic in words.
func (t Topic) Text() i18n.Text { return i18n.Text{Key: "alarm.topic." + string(t)} }

// Needs is what somebody must be allowed to be told of the topic.
func (t Topic) Needs() auth.Permission {
	switch t {
	case Mentions, Feeds:
		return auth.TouchRead
	case Trust:
		return auth.TrustRead
	case Discounts:
		return auth.RulesRead
	case Jobs:
		return auth.JobsRead
	}
	return auth.CasesRead
}

// usual is what somebody with the roles is told of unless they say otherwise:
// owners and managers of complaints, of trust and of discounts, owners of jobs
// too.
func usual(roles []auth.Assignment) []Topic {
	is := func(role auth.Role) bool {
		return slices.ContainsFunc(roles, func(r auth.Assignment) bool { return r.Role == role })
	}
	switch {
	case is(auth.Owner):
		return []Topic{Complaints, People, Answers, Trust, Discounts, Jobs}
	case is(auth.Manager):
		return []Topic{Complaints, People, Answers, Trust, Discounts}
	}
	return []Topic{}
}

// Alarm is something that wanted to be looked at.
type Alarm struct {
	ID, ProgrammeID id.ID
	Sign
	Raised time.Time
	// Ended is when it was no longer so, zero while it is.
	Ended time.Time
	// Told is to how many of the staff a mail went out.
	Told int64
}

// Sign is what wants to be looked at now.
type Sign struct {
	Topic Topic
	// Subject tells it from others of the topic. Mark grows as something new is
	// added to one that goes on, and is 0 for what only lasts.
	Subject string
	Mark    int64
	Text    i18n.Text
	// Path is where it stands, below that of the programme.
	Path string
	// About is whom of the staff it concerns, as "staff:stf_…"; they are not told.
	About string
}

// installation is the subject of what belongs to no programme. It is told of in
// the oldest one, to those who may know it of the whole installation.
const installation = "installation"

// allowed reports whether an actor may be told of the sign.
func (n *Sign) allowed(a auth.Actor, programme id.ID) bool {
	if n.Topic == Jobs && n.Subject == installation {
		programme = 0
	}
	return a.Can(programme, n.Topic.Needs()) == nil
}

// Config is what a service needs.
type Config struct {
	DB         *db.DB
	Now        func() time.Time
	Auth       *auth.Service
	Complaints *complaint.Service
	Post       *outreach.Service
	Texts      *i18n.Catalog
}

// Service watches for alarms and tells of them.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// ourselves is who watches.
var ourselves = auth.System("alarm")
