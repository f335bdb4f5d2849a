package complaint

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Kind is what somebody came to say.
type Kind string

// The kinds of cases.
const (
	Complaint Kind = "complaint"
	Wish      Kind = "wish"
	Praise    Kind = "praise"
)

// Kinds returns the kinds of cases.
func Kinds() []Kind { return []Kind{Complaint, Wish, Praise} }

// Wanted is what would help.
type Wanted string

// What may be wanted.
const (
	WantRedo    Wanted = "redo"
	WantRefund  Wanted = "refund"
	WantApology Wanted = "apology"
	JustTelling Wanted = "telling"
)

// Wants returns what may be wanted.
func Wants() []Wanted { return []Wanted{WantRedo, WantRefund, WantApology, JustTelling} }

// Severity is how bad it is.
type Severity string

// The severities.
const (
	Low    Severity = "low"
	Normal Severity = "normal"
	High   Severity = "high"
)

// Severities returns them, the mildest first.
func Severities() []Severity { return []Severity{Low, Normal, High} }

// Source is the way a case came.
type Source string

// The sources.
const (
	FromWeb   Source = "web"
	FromTill  Source = "till"
	FromPhone Source = "phone"
	FromAPI   Source = "api"
	FromEmail Source = "email"
	// FromPromise is of those that a broken promise opened; nobody complained.
	FromPromise Source = "promise"
)

// Sources returns the ways that a case comes.
func Sources() []Source {
	return []Source{FromWeb, FromTill, FromPhone, FromAPI, FromEmail, FromPromise}
}

// State is where a case stands.
type State string

// The states. Complaints and praise go from open over waiting (for the
// customer) to solved and closed; what was not solved is reopened. A wish is
// new, planned, done or declined.
const (
	Open     State = "open"
	Reopened State = "reopened"
	Waiting  State = "waiting"
	Solved   State = "solved"
	Closed   State = "closed"

	Fresh    State = "new"
	Planned  State = "planned"
	Done     State = "done"
	Declined State = "declined"
)

// States returns the states of a kind in their order.
func (k Kind) States() []State {
	if k == Wish {
		return []State{Fresh, Planned, Done, Declined}
	}
	return []State{Open, Reopened, Waiting, Solved, Closed}
}

// States returns every state.
func States() []State { return append(Complaint.States(), Wish.States()...) }

// Text names the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "complaint.state." + string(s)} }

// Text names the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "complaint.kind." + string(k)} }

// Text names what is wanted in words.
func (w Wanted) Text() i18n.Text { return i18n.Text{Key: "complaint.wanted." + string(w)} }

// Text names the severity in words.
func (s Severity) Text() i18n.Text { return i18n.Text{Key: "complaint.severity." + string(s)} }

// Text names the source in words.
func (s Source) Text() i18n.Text { return i18n.Text{Key: "complaint.source." + string(s)} }

// Case is what somebody told, and what is done about it.
type Case struct {
	ID, ProgrammeID id.ID
	// MemberID is whose it is, 0 for somebody unknown.
	MemberID id.ID
	Kind     Kind
	// Reason is a code of the settings' reasons, Cause one of their causes or
	// empty while nobody has found it.
	Reason, Cause string
	Wanted        Wanted
	Severity      Severity
	ShopID        id.ID
	// SaleID is the event of what went wrong, Reference what the customer
	// called it, as a number on a receipt.
	SaleID    id.ID
	Reference string
	Source    Source
	// SubjectID is the member of staff whom it concerns, who never sees it.
	SubjectID id.ID
	OwnerID   id.ID
	State     State
	Language  i18n.Lang
	// Contact is how the customer wants to be answered, in their own words.
	Contact string
	// Track is the code under which the customer follows it.
	Track string
	// Price is that of what went wrong, in minor units; 0 where nobody knows.
	Price  int64
	Opened time.Time
	// FirstDue and Due are when the first answer and the solution are due, by
	// the working clock; zero without one. FirstAnswered is zero before.
	FirstDue, FirstAnswered, Due time.Time
	// Spent is the working time used up before Since; Since is zero while the
	// clock stands.
	Spent time.Duration
	Since time.Time
	// LegalDue is when the law wants an answer; zero where none says so.
	LegalDue time.Time
	// Solved and Closed are the latest times, zero while it is neither.
	Solved, Closed time.Time
	Reopenings     int
	Escalations    int

	pin    []byte
	tries  int
	locked time.Time
	name   string
}

// Running reports whether somebody of ours must act.
func (c *Case) Running() bool { return c.State == Open || c.State == Reopened }

// Unsolved reports whether a complaint is under way still.
func (c *Case) Unsolved() bool {
	return c.Kind == Complaint && (c.Running() || c.State == Waiting)
}

// Elapsed is the working time that we have had until a moment.
func (c *Case) Elapsed(clock *Clock, now time.Time) time.Duration {
	if c.Since.IsZero() {
		return c.Spent
	}
	return c.Spent + clock.Between(c.Since, now)
}

// Late reports whether an answer or the solution is overdue at a moment. The law's
// clock does not stand while the customer is waited for.
func (c *Case) Late(now time.Time) bool {
	return past(c.Next(), now)
}

func past(due, now time.Time) bool { return !due.IsZero() && due.Before(now) }

// Next is what is due next, by our clock or the law's; zero where nothing is.
func (c *Case) Next() time.Time {
	if !c.Unsolved() {
		return time.Time{}
	}
	return soonest(c.Promised(), c.LegalDue)
}

// Promised is what is due next by our own clock, the first answer or the solution;
// zero where it stands.
func (c *Case) Promised() time.Time {
	if c.Kind != Complaint || !c.Running() {
		return time.Time{}
	}
	if c.FirstAnswered.IsZero() {
		return soonest(c.FirstDue, c.Due)
	}
	return c.Due
}

func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Left is the working time that is left until what is due next by our own clock,
// below 0 that by which it is late; 0 where nothing is due.
func (c *Case) Left(clock *Clock, now time.Time) time.Duration {
	due := c.Promised()
	switch {
	case due.IsZero():
		return 0
	case due.Before(now):
		return -clock.Between(due, now)
	}
	return clock.Between(now, due)
}

// begin starts the clock of a new complaint.
func (c *Case) begin(clock *Clock, s *Settings, zone *time.Location) {
	t := s.Targets[c.Severity]
	c.Since = c.Opened
	c.FirstDue = clock.After(c.Opened, t.first())
	c.reckon(clock, s)
	if days := s.Legal[s.Country]; days > 0 {
		y, m, d := c.Opened.In(zone).Date()
		c.LegalDue = time.Date(y, m, d+days+1, 0, 0, 0, 0, zone).UTC() // the day of opening does not count
	}
}

// reckon says anew when the solution is due, from the time that is left.
func (c *Case) reckon(clock *Clock, s *Settings) {
	if c.Since.IsZero() {
		return
	}
	t := s.Targets[c.Severity]
	if left := t.solve() - c.Spent; left > 0 {
		c.Due = clock.After(c.Since, left)
	} else if c.Due.IsZero() || c.Due.After(c.Since) {
		c.Due = c.Since
	}
}

// pause stops the clock.
func (c *Case) pause(clock *Clock, now time.Time) {
	c.Spent, c.Since = c.Elapsed(clock, now), time.Time{}
}

// turn moves the case into a state and keeps the clock: it runs while it is
// our turn and stands while the customer is waited for or nothing is left.
func (c *Case) turn(to State, clock *Clock, s *Settings, now time.Time) {
	was := c.Running()
	c.State = to
	if c.Kind == Complaint {
		switch is := c.Running(); {
		case was && !is:
			c.pause(clock, now)
		case !was && is:
			c.Since = now
			c.reckon(clock, s)
		}
	}
	switch to {
	case Solved, Done, Declined:
		c.Solved = now
	case Closed:
		c.Closed = now
		if c.Solved.IsZero() {
			c.Solved = now
		}
	case Reopened:
		c.Solved, c.Closed = time.Time{}, time.Time{}
		c.Reopenings++
	case Planned, Fresh, Open:
		c.Solved, c.Closed = time.Time{}, time.Time{}
	}
}
