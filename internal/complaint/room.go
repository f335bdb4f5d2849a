package complaint

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "complaints" }

// Erase takes out of a person's cases what they wrote and showed, and how to
// reach them; that there was a case of a reason stays, for the counts.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	list, err := selectCases(ctx, tx, `c.programme_id = `+args.Add(programme)+` AND c.member_id IN `+args.In(members), args.Values()...)
	if err != nil || len(list) == 0 {
		return err
	}
	var ids []id.ID
	for _, c := range list {
		ids = append(ids, c.ID)
		c.Contact, c.Reference, c.pin = "", "", []byte{}
		if err := saveCase(ctx, tx, c); err != nil {
			return err
		}
	}
	for _, text := range []string{
		`UPDATE complaint_message SET body = '', hash = '' WHERE programme_id = `,
		`UPDATE complaint_remedy SET note = '' WHERE programme_id = `,
		`DELETE FROM complaint_photo WHERE programme_id = `,
	} {
		var args db.Args
		if _, err := tx.Exec(ctx, text+args.Add(programme)+` AND case_id IN `+args.In(ids), args.Values()...); err != nil {
			return fmt.Errorf("forgetting what was said in cases: %w", err)
		}
	}
	return nil
}

// Record is a case in exports.
type Record struct {
	Case       string     `json:"case"`
	Member     string     `json:"member,omitempty"`
	Kind       Kind       `json:"kind"`
	Reason     string     `json:"reason"`
	Cause      string     `json:"cause,omitempty"`
	Wanted     Wanted     `json:"wanted"`
	Severity   Severity   `json:"severity"`
	Source     Source     `json:"source"`
	State      State      `json:"state"`
	Reference  string     `json:"reference,omitempty"`
	Contact    string     `json:"contact,omitempty"`
	Track      string     `json:"track"`
	Price      int64      `json:"price"`
	Opened     time.Time  `json:"opened"`
	Answered   *time.Time `json:"first_answered,omitempty"`
	Solved     *time.Time `json:"solved,omitempty"`
	Closed     *time.Time `json:"closed,omitempty"`
	Reopenings int        `json:"reopenings"`
	Messages   []Said     `json:"messages"`
	Photos     [][]byte   `json:"photos,omitempty"`
	Given      []Given    `json:"compensations,omitempty"`
}

// Said is a message in exports.
type Said struct {
	At     time.Time `json:"at"`
	Author Author    `json:"author"`
	Text   string    `json:"text"`
}

// Given is a compensation in exports.
type Given struct {
	Compensation string      `json:"compensation"`
	Kind         Means       `json:"kind"`
	Amount       int64       `json:"amount"`
	Points       int64       `json:"points"`
	State        RemedyState `json:"state"`
	Asked        time.Time   `json:"asked"`
	Note         string      `json:"note,omitempty"`
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// record reads what a case is in exports; notes are among staff, and stay out
// of what a person is given.
func (c *Case) record(ctx context.Context, q db.Queryer, whole bool) (Record, error) {
	r := Record{
		Case: c.ID.In(id.Case), Kind: c.Kind, Reason: c.Reason, Cause: c.Cause, Wanted: c.Wanted, Severity: c.Severity, Source: c.Source, State: c.State,
		Reference: c.Reference, Contact: c.Contact, Track: c.Track, Price: c.Price, Opened: c.Opened, Answered: when(c.FirstAnswered), Solved: when(c.Solved),
		Closed: when(c.Closed), Reopenings: c.Reopenings, Messages: []Said{},
	}
	if c.MemberID != 0 {
		r.Member = c.MemberID.In(id.Member)
	}
	said, err := messagesOf(ctx, q, c.ProgrammeID, c.ID)
	if err != nil {
		return r, err
	}
	for _, m := range said {
		if whole || m.Author != Note {
			r.Messages = append(r.Messages, Said{m.At, m.Author, m.Text})
		}
	}
	photos, err := photosOf(ctx, q, c.ProgrammeID, c.ID)
	if err != nil {
		return r, err
	}
	for _, p := range photos {
		b, err := picture(ctx, q, c.ProgrammeID, c.ID, p.ID)
		if err != nil {
			return r, err
		}
		r.Photos = append(r.Photos, b)
	}
	given, err := remediesOf(ctx, q, c.ProgrammeID, c.ID)
	for _, g := range given {
		n := Given{g.ID.In(id.CaseRemedy), g.Kind, g.Amount, g.Points, g.State, g.Asked, ""}
		if whole {
			n.Note = g.Note
		}
		r.Given = append(r.Given, n)
	}
	return r, err
}

// Export returns the cases of a person.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	list, err := selectCases(ctx, q, `c.programme_id = `+args.Add(programme)+` AND c.member_id IN `+args.In(members)+` ORDER BY c.id`, args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var all []Record
	for _, c := range list {
		r, err := c.record(ctx, q, false)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"cases", "case_actions"} }

// Dump gives cases with what was said, and what is done about causes.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	err := everyCase(ctx, q, programme, func(c *Case) error {
		r, err := c.record(ctx, q, true)
		if err != nil {
			return err
		}
		return to("cases", r)
	})
	if err != nil {
		return err
	}
	actions, err := ActionsOf(ctx, q, programme)
	for _, n := range actions {
		if err := to("case_actions", n.record()); err != nil {
			return err
		}
	}
	return err
}

// everyCase calls fn with each case of a programme, read in pages.
func everyCase(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Case) error) error {
	for after := id.ID(0); ; {
		list, err := selectCases(ctx, q, `c.programme_id = $1 AND c.id > $2 ORDER BY c.id LIMIT 500`, programme, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			if err := fn(c); err != nil {
				return err
			}
		}
		after = list[len(list)-1].ID
	}
}
