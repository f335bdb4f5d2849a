package outreach

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "outreach" }

// forget takes out of a contact what may tell of a person.
func (c *Contact) forget() {
	c.Content, c.ProviderID, c.Failure = Content{}, "", ""
}

// Erase empties the contacts of a person and the sink; what had not been sent
// is refused.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	if err := dropSunk(ctx, tx, members); err != nil {
		return err
	}
	var args db.Args
	list, err := selectContacts(ctx, tx, `c.member_id IN `+args.In(members), args.Values()...)
	if err != nil {
		return err
	}
	for _, c := range list {
		c.forget()
		if c.State == Queued || c.State == Deferred {
			c.Verdict = Decide(Policy{}, Facts{Class: c.Class, Erased: true})
			c.State, c.Due = Refused, time.Time{}
		}
		if err := updateContact(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

// Record is a contact in exports.
type Record struct {
	Contact  string     `json:"contact"`
	Member   string     `json:"member"`
	Class    flow.Class `json:"class"`
	Channel  string     `json:"channel"`
	Message  string     `json:"message"`
	Content  Content    `json:"content"`
	State    State      `json:"state"`
	Verdict  Verdict    `json:"verdict"`
	Made     time.Time  `json:"made"`
	Decided  time.Time  `json:"decided"`
	Due      *time.Time `json:"due,omitempty"`
	Sent     *time.Time `json:"sent,omitempty"`
	Attempts int        `json:"attempts"`
	Failure  string     `json:"failure,omitempty"`
}

func (c *Contact) record() Record {
	r := Record{
		Contact: c.ID.In(id.Contact), Member: c.MemberID.In(id.Member), Class: c.Class, Channel: string(c.Channel), Message: c.Message,
		Content: c.Content, State: c.State, Verdict: c.Verdict, Made: c.Made, Decided: c.Decided, Attempts: c.Attempts, Failure: c.Failure,
	}
	if !c.Due.IsZero() {
		r.Due = &c.Due
	}
	if !c.Sent.IsZero() {
		r.Sent = &c.Sent
	}
	return r
}

// kept is what the room keeps of a person.
type kept struct {
	Contacts []Record `json:"contacts"`
	Messages []Sunk   `json:"messages,omitempty"`
}

// Export returns the contacts of a person and what the sink holds.
func (room) Export(ctx context.Context, q db.Queryer, _ id.ID, members []id.ID) (any, error) {
	var args db.Args
	list, err := selectContacts(ctx, q, `c.member_id IN `+args.In(members)+` ORDER BY c.id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var all kept
	for _, c := range list {
		all.Contacts = append(all.Contacts, c.record())
	}
	args = db.Args{}
	all.Messages, err = sunk(ctx, q, `member_id IN `+args.In(members), args.Values()...)
	return all, err
}

// PolicyRecord is a version of the contact policy.
type PolicyRecord struct {
	Version int64     `json:"version"`
	Spec    string    `json:"spec"`
	Made    time.Time `json:"made"`
	MadeBy  string    `json:"made_by"`
}

// Tables are the room's part of a programme's export. What the sink holds stays
// out: it may hold codes that still let somebody in.
func (room) Tables() []string { return []string{"contact_policies", "contacts"} }

// Dump gives policies and contacts.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	rows, err := q.Query(ctx, `SELECT version, spec, made, made_by FROM outreach_policy WHERE programme_id = $1 ORDER BY version`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (p PolicyRecord, err error) {
		var made int64
		err = r.Scan(&p.Version, &p.Spec, &made, &p.MadeBy)
		p.Made = db.Time(made)
		return p, err
	}, func(p PolicyRecord) error { return to("contact_policies", p) })
	if err != nil {
		return fmt.Errorf("reading every contact policy: %w", err)
	}
	return eachContact(ctx, q, programme, func(c *Contact) error { return to("contacts", c.record()) })
}

func eachContact(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Contact) error) error {
	rows, err := q.Query(ctx, `SELECT `+contactColumns+` FROM outreach_contact AS c WHERE c.programme_id = $1 ORDER BY c.member_id, c.decided, c.id`, programme)
	if err := db.Each(rows, err, scanContact, fn); err != nil {
		return fmt.Errorf("reading every contact: %w", err)
	}
	return nil
}

// Check notes stimuli beyond the caps by which they were decided, contacts that
// were sent against their verdict or are in no state, names that do not fit, and
// what is left of the erased.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	var a auditor
	if err := eachContact(ctx, q, programme, func(c *Contact) error {
		a.look(c, note)
		return nil
	}); err != nil {
		return err
	}
	for _, look := range []string{oddNames, nameless, afterErasure, sunkAfterErasure} {
		rows, err := q.Query(ctx, look, programme, string(member.Erased))
		if err := db.Each(rows, err, func(r *sql.Rows) (what string, err error) {
			var n id.ID
			err = r.Scan(&n, &what)
			return n.In(id.Contact) + " " + what, err
		}, func(what string) error {
			note(what)
			return nil
		}); err != nil {
			return fmt.Errorf("checking contacts: %w", err)
		}
	}
	return nil
}

// Each look names contacts and says what is wrong with them.
const (
	oddNames = `SELECT n.contact_id, 'has a name and is not there' FROM outreach_name AS n
		LEFT JOIN outreach_contact AS c ON c.member_id = n.member_id AND c.id = n.contact_id AND c.name = n.name
		WHERE n.programme_id = $1 AND $2 <> '' AND c.id IS NULL ORDER BY 1 LIMIT 100`
	nameless = `SELECT c.id, 'is not the one of its name' FROM outreach_contact AS c
		LEFT JOIN outreach_name AS n ON n.programme_id = c.programme_id AND n.name = c.name AND n.contact_id = c.id
		WHERE c.programme_id = $1 AND $2 <> '' AND n.contact_id IS NULL ORDER BY 1 LIMIT 100`
	afterErasure = `SELECT c.id, 'is for somebody who was erased' FROM outreach_contact AS c
		JOIN member AS m ON m.id = c.member_id WHERE c.programme_id = $1 AND m.status = $2
		AND (c.state IN ('queued', 'deferred') OR c.content <> '{}' OR c.provider_id <> '') ORDER BY 1 LIMIT 100`
	sunkAfterErasure = `SELECT s.contact_id, 'is in the sink and for somebody who was erased' FROM outreach_sink AS s
		JOIN member AS m ON m.id = s.member_id WHERE s.programme_id = $1 AND m.status = $2 ORDER BY 1 LIMIT 100`
)

// auditor looks at the contacts of a programme, by member and time.
type auditor struct {
	member  id.ID
	stimuli []time.Time // of the member, that count
}

func (a *auditor) look(c *Contact, note func(string)) {
	name := c.ID.In(id.Contact)
	if c.MemberID != a.member {
		a.member, a.stimuli = c.MemberID, nil
	}
	if want := map[State]Outcome{Sent: Allow, Queued: Allow, Failed: Allow, Deferred: Defer, Refused: Refuse}[c.State]; want == "" || c.Verdict.Outcome != want {
		note(fmt.Sprintf("%s is %s, and its verdict says %s", name, c.State, c.Verdict.Outcome))
	}
	if (c.State == Sent) != !c.Sent.IsZero() || (c.State == Deferred) != !c.Due.IsZero() {
		note(fmt.Sprintf("%s is %s at the wrong time", name, c.State))
	}
	if c.Class != flow.StimulusContact || c.State != Sent && c.State != Queued {
		return
	}
	a.stimuli = append(a.stimuli, c.Decided)
	if n := since(a.stimuli, c.Decided.Add(-dayCapSpan)); n > c.dayCap {
		note(fmt.Sprintf("%s is the stimulus number %d within 24 hours, and %d are allowed", name, n, c.dayCap))
	}
	if n := since(a.stimuli, c.Decided.Add(-monthCapSpan)); n > c.monthCap {
		note(fmt.Sprintf("%s is the stimulus number %d within 30 days, and %d are allowed", name, n, c.monthCap))
	}
}
