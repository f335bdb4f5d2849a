package outreach

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "outreach", Files: files}

var (
	contactTable = db.NewTable("outreach_contact", []string{"member_id", "id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "class", Kind: db.Text}, db.Column{Name: "channel", Kind: db.Text},
		db.Column{Name: "message", Kind: db.Text}, db.Column{Name: "content", Kind: db.Text}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "outcome", Kind: db.Text}, db.Column{Name: "verdict", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int},
		db.Column{Name: "decided", Kind: db.Int}, db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "sent", Kind: db.Int},
		db.Column{Name: "attempts", Kind: db.Int}, db.Column{Name: "provider_id", Kind: db.Text}, db.Column{Name: "failure", Kind: db.Text},
		db.Column{Name: "cap_day", Kind: db.Int}, db.Column{Name: "cap_month", Kind: db.Int})
	nameTable = db.NewTable("outreach_name", []string{"programme_id", "name"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "contact_id", Kind: db.Int})
)

const contactColumns = `c.id, c.member_id, c.programme_id, c.name, c.class, c.channel, c.message, c.content, c.state, c.verdict,
	c.made, c.decided, c.due, c.sent, c.attempts, c.provider_id, c.failure, c.cap_day, c.cap_month`

func scanContact(r *sql.Rows) (*Contact, error) {
	c := &Contact{}
	var content, verdict string
	var made, decided, due, sent int64
	if err := r.Scan(&c.ID, &c.MemberID, &c.ProgrammeID, &c.Name, &c.Class, &c.Channel, &c.Message, &content, &c.State, &verdict,
		&made, &decided, &due, &sent, &c.Attempts, &c.ProviderID, &c.Failure, &c.dayCap, &c.monthCap); err != nil {
		return nil, err
	}
	c.Made, c.Decided, c.Due, c.Sent = db.Time(made), db.Time(decided), db.Time(due), db.Time(sent)
	if err := json.Unmarshal([]byte(content), &c.Content); err != nil {
		return nil, err
	}
	return c, json.Unmarshal([]byte(verdict), &c.Verdict)
}

func (c *Contact) row() ([]any, error) {
	content, err := json.Marshal(c.Content)
	if err != nil {
		return nil, err
	}
	verdict, err := json.Marshal(c.Verdict)
	if err != nil {
		return nil, err
	}
	return []any{
		c.ID, c.MemberID, c.ProgrammeID, c.Name, string(c.Class), string(c.Channel), c.Message, string(content), string(c.State),
		string(c.Verdict.Outcome), string(verdict), db.Micros(c.Made), db.Micros(c.Decided), db.Micros(c.Due), db.Micros(c.Sent),
		int64(c.Attempts), c.ProviderID, c.Failure, int64(c.dayCap), int64(c.monthCap),
	}, nil
}

// claimName takes the name of a contact, and reports whether it was free.
func claimName(ctx context.Context, tx *db.Tx, c *Contact) (bool, error) {
	n, err := tx.InsertNew(ctx, nameTable, [][]any{{c.ProgrammeID, c.Name, c.MemberID, c.ID}})
	if err != nil {
		return false, fmt.Errorf("naming a contact: %w", err)
	}
	return n == 1, nil
}

func insertContact(ctx context.Context, tx *db.Tx, c *Contact) error {
	row, err := c.row()
	if err == nil {
		err = tx.Insert(ctx, contactTable, [][]any{row})
	}
	if err != nil {
		return fmt.Errorf("writing a contact: %w", err)
	}
	return nil
}

func updateContact(ctx context.Context, tx *db.Tx, c *Contact) error {
	row, err := c.row()
	if err == nil {
		err = tx.Update(ctx, contactTable, [][]any{row})
	}
	if err != nil {
		return fmt.Errorf("writing a contact: %w", err)
	}
	return nil
}

func selectContacts(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Contact, error) {
	rows, err := q.Query(ctx, `SELECT `+contactColumns+` FROM outreach_contact AS c WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanContact)
	if err != nil {
		return nil, fmt.Errorf("reading contacts: %w", err)
	}
	return list, nil
}

// loadContact returns a contact of a member; nil when there is none.
func loadContact(ctx context.Context, q db.Queryer, k ref) (*Contact, error) {
	list, err := selectContacts(ctx, q, `c.member_id = $1 AND c.id = $2`, k.MemberID, k.ContactID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// UnknownContact is the fault of an id that is no contact's,
// "unknown_contact".
func UnknownContact(contact id.ID) *fault.Error {
	return fault.Missing("unknown_contact", "the programme has no contact %s", contact.In(id.Contact)).With("contact", contact.In(id.Contact))
}

// Query asks for a page of contacts, the latest first. Empty fields ask for all.
type Query struct {
	ProgrammeID id.ID
	// Members are the aliases of one member.
	Members []id.ID
	State   State
	Class   flow.Class
	Channel string
	// Before is the last contact of the page before.
	Before id.ID
	Limit  int

	// kept are the messages that are not shown to who asks.
	kept []string
}

// discreet are the messages that only those see who may do something: who is sent
// on a mystery visit, and when, is known to those alone who plan it.
var discreet = map[string]auth.Permission{"visit_asked": auth.VisitsPlan}

// keptFrom returns the messages that an actor does not see.
func keptFrom(a auth.Actor, programme id.ID) []string {
	var list []string
	for message, needs := range discreet {
		if a.Can(programme, needs) != nil {
			list = append(list, message)
		}
	}
	return list
}

func (n *Query) read(ctx context.Context, q db.Queryer) ([]*Contact, error) {
	var args db.Args
	where := []string{`c.programme_id = ` + args.Add(n.ProgrammeID)}
	and := func(column, value string) {
		if value != "" {
			where = append(where, column+args.Add(value))
		}
	}
	and(`c.state = `, string(n.State))
	and(`c.class = `, string(n.Class))
	and(`c.channel = `, n.Channel)
	if len(n.kept) > 0 {
		where = append(where, `c.message NOT IN `+args.InText(n.kept))
	}
	if len(n.Members) > 0 {
		where = append(where, `c.member_id IN `+args.In(n.Members))
	}
	if n.Before != 0 {
		where = append(where, `c.id < `+args.Add(n.Before))
	}
	rest := strings.Join(where, ` AND `) + ` ORDER BY c.id DESC LIMIT ` + args.Add(n.Limit)
	return selectContacts(ctx, q, rest, args.Values()...)
}

// decidedSince returns when the members' stimuli and asks were decided that
// were sent or are about to be, but for one contact.
func decidedSince(ctx context.Context, q db.Queryer, members []id.ID, after time.Time, except id.ID) (stimuli, asks []time.Time, err error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT class, decided FROM outreach_contact WHERE member_id IN `+args.In(members)+
		` AND decided > `+args.Add(db.Micros(after))+` AND id <> `+args.Add(except)+
		` AND state IN ('queued', 'sent') AND class IN ('stimulus', 'ask') ORDER BY decided`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var class flow.Class
		var at int64
		if err = r.Scan(&class, &at); err != nil {
			return
		}
		if class == flow.AskContact {
			asks = append(asks, db.Time(at))
		} else {
			stimuli = append(stimuli, db.Time(at))
		}
		return
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading what a member was sent: %w", err)
	}
	return stimuli, asks, nil
}
