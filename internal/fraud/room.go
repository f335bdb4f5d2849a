package fraud

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
)

// room is the part that flow asks of.
type room struct{}

// Room returns what flow asks about people and programmes.
func Room() flow.Room { return room{} }

// Name implements flow.Room.
func (room) Name() string { return "fraud" }

// Erase forgets the marks of the person, among them the hashes of devices and
// addresses, and what staff noted. Flags stay by ids that name nobody, so that
// what was moved can be explained.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	var marks, notes db.Args
	_, err := tx.Exec(ctx, `DELETE FROM fraud_mark WHERE member_id IN `+marks.In(members), marks.Values()...)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE fraud_flag SET note = '' WHERE id IN (SELECT flag_id FROM fraud_part WHERE member_id IN `+notes.In(members)+`)`, notes.Values()...)
	}
	if err != nil {
		return fmt.Errorf("erasing what was watched: %w", err)
	}
	return nil
}

// Record is a flag as it is exported.
type Record struct {
	Flag     string       `json:"flag"`
	Kind     Kind         `json:"kind"`
	Subject  string       `json:"subject,omitempty"`
	Begins   *time.Time   `json:"begins,omitempty"`
	State    State        `json:"state"`
	Hold     bool         `json:"hold"`
	Rules    int64        `json:"rules"`
	Figure   int64        `json:"figure"`
	More     int64        `json:"more"`
	Events   []string     `json:"events,omitempty"`
	Parts    []PartRecord `json:"parts,omitempty"`
	At       *time.Time   `json:"at,omitempty"`
	Raised   time.Time    `json:"raised"`
	Decided  *time.Time   `json:"decided,omitempty"`
	Decider  string       `json:"decider,omitempty"`
	Note     string       `json:"note,omitempty"`
	Withheld int64        `json:"withheld"`
}

// PartRecord is what a flag is about of one member.
type PartRecord struct {
	Member string `json:"member"`
	Points int64  `json:"points"`
	Aside  int64  `json:"aside"`
}

func recordOf(f *Flagged) Record {
	_, aside := f.Points()
	v := Record{
		Flag: f.ID.In(id.Flag), Kind: f.Kind, Subject: f.Subject, Begins: moment(f.Begins), State: f.State, Hold: f.Hold, Rules: f.Rules, Figure: f.Figure,
		More: f.More, At: moment(f.At), Raised: f.Raised, Decided: moment(f.Decided), Decider: f.Decider, Note: f.Note, Withheld: aside,
	}
	for _, e := range f.Evidence {
		if f.Kind != CardTries {
			v.Events = append(v.Events, e.EventID.In(id.Event))
		}
	}
	for _, p := range f.Parts {
		v.Parts = append(v.Parts, PartRecord{p.MemberID.In(id.Member), p.Points, p.Aside})
	}
	return v
}

// moment is nil for a time that is not known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Export implements flow.Room. Of flags that name others too, only what is about
// the person is told.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	list, err := selectFlags(ctx, q, `f.programme_id = `+args.Add(programme)+` AND f.id IN (SELECT flag_id FROM fraud_part WHERE member_id IN `+args.In(members)+`) ORDER BY f.id`,
		args.Values()...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	mine := map[id.ID]bool{}
	for _, m := range members {
		mine[m] = true
	}
	var records []Record
	for _, f := range list {
		own := *f
		own.Parts, own.Evidence, own.Decider = nil, nil, ""
		if !f.Kind.AboutMember() {
			own.Subject = ""
		}
		for _, p := range f.Parts {
			if mine[p.MemberID] {
				own.Parts = append(own.Parts, p)
			}
		}
		for _, e := range f.Evidence {
			if mine[e.MemberID] {
				own.Evidence = append(own.Evidence, e)
			}
		}
		records = append(records, recordOf(&own))
	}
	return records, nil
}

// RulesRecord is a version of what is watched, as it is exported.
type RulesRecord struct {
	Number int64           `json:"number"`
	Made   time.Time       `json:"made"`
	Spec   json.RawMessage `json:"spec"`
}

// Tables implements flow.Room. Marks are left out: they are reckoned from events.
func (room) Tables() []string { return []string{"fraud_rules", "fraud_flags"} }

// Dump implements flow.Room.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	rules, err := selectRules(ctx, q, `programme_id = $1 ORDER BY number`, programme)
	if err != nil {
		return err
	}
	for _, v := range rules {
		spec, err := json.Marshal(v.Spec)
		if err != nil {
			return fmt.Errorf("exporting what is watched: %w", err)
		}
		if err := to("fraud_rules", RulesRecord{v.Number, v.Made, spec}); err != nil {
			return err
		}
	}
	return eachFlag(ctx, q, programme, func(f *Flagged) error { return to("fraud_flags", recordOf(f)) })
}

// Check notes rules that cannot be, flags that were decided by nobody, and
// points that are away from a member otherwise than the journal says.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	rules, err := selectRules(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	for _, v := range rules {
		if err := v.Spec.Check(); err != nil {
			note(fmt.Sprintf("the fraud rules %d say what cannot be: %v", v.Number, err))
		}
	}
	return eachFlag(ctx, q, programme, func(f *Flagged) error {
		name := f.ID.In(id.Flag)
		if decided := f.State == Allowed || f.State == Confirmed; decided != (f.Decider != "") || decided == f.Decided.IsZero() {
			note(fmt.Sprintf("%s is %s, decided by %q", name, f.State, f.Decider))
		}
		if f.State != Withdrawn && f.Figure <= f.More {
			note(fmt.Sprintf("%s was raised for %d, which passes", name, f.Figure))
		}
		for i := range f.Parts {
			p := &f.Parts[i]
			away, err := p.away(ctx, q, programme)
			if err != nil {
				return err
			}
			if p.moving == 0 && away != p.Aside || p.Aside < 0 {
				note(fmt.Sprintf("%s has %d points of %s aside, the journal says %d", name, p.Aside, p.MemberID.In(id.Member), away))
			}
		}
		return nil
	})
}

// away adds up what the steps of a part have moved.
func (p *Part) away(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	if p.step == 0 {
		return 0, nil
	}
	var keys []journal.Key
	for n := range p.step {
		step := Part{FlagID: p.FlagID, MemberID: p.MemberID, step: n}
		keys = append(keys, journal.Key{ProgrammeID: programme, Source: source, ExternalID: step.movement()})
	}
	known, err := journal.Known(ctx, q, keys)
	if err != nil {
		return 0, err
	}
	var events []journal.EventKey
	for _, k := range known {
		events = append(events, journal.EventKey{MemberID: k.MemberID, ID: k.EventID})
	}
	bodies, err := journal.Bodies(ctx, q, events)
	var sum int64
	for _, body := range bodies {
		var told flow.Payload
		if err := json.Unmarshal(body, &told); err != nil {
			return 0, fmt.Errorf("reading what was moved: %w", err)
		}
		if told.Adjustment != nil {
			sum -= told.Adjustment.Points
		}
	}
	return sum, err
}
