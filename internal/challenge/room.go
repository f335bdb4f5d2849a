package challenge

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// room answers flow when a person is forgotten or told what is kept, and when
// the programme is checked or exported.
type room struct{}

// Room returns the room as flow knows it.
func Room() flow.Room { return room{} }

// Name returns "challenges".
func (room) Name() string { return "challenges" }

// Erase forgets which challenges a person chose to join. Marks and awards hold
// no more of a person than the sales and points that stay, and sums need them.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `DELETE FROM challenge_join WHERE member_id IN `+args.In(members), args.Values()...); err != nil {
		return fmt.Errorf("forgetting who joined: %w", err)
	}
	return nil
}

// Check is Check.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	return Check(ctx, q, programme, note)
}

// The records of exports.
type (
	challengeRecord struct {
		Challenge string    `json:"challenge"`
		State     State     `json:"state"`
		Made      time.Time `json:"made"`
		Spec      Spec      `json:"spec"`
	}
	joinRecord struct {
		Challenge string    `json:"challenge"`
		Member    string    `json:"member"`
		Joined    time.Time `json:"joined"`
	}
	markRecord struct {
		Challenge string    `json:"challenge"`
		Member    string    `json:"member"`
		Event     string    `json:"event"`
		Occurred  time.Time `json:"occurred"`
		Quantity  int64     `json:"quantity"`
		Amount    int64     `json:"amount"`
		Things    []string  `json:"things"`
	}
	awardRecord struct {
		Challenge string     `json:"challenge"`
		Member    string     `json:"member"`
		Period    string     `json:"period"`
		Step      int64      `json:"step"`
		No        int64      `json:"no"`
		State     AwardState `json:"state"`
		Points    int64      `json:"points"`
		Made      time.Time  `json:"made"`
		Event     string     `json:"event"`
		Code      string     `json:"code"`
		Why       string     `json:"why"`
	}
	personRecord struct {
		Joined  []joinRecord  `json:"joined,omitempty"`
		Marks   []markRecord  `json:"marks,omitempty"`
		Reached []awardRecord `json:"reached,omitempty"`
	}
)

func (m *Mark) record() markRecord {
	return markRecord{m.ChallengeID.In(id.Challenge), m.MemberID.In(id.Member), m.EventID.In(id.Event), m.Occurred, m.Quantity, m.Amount, m.Things}
}

func (a *Award) record() awardRecord {
	r := awardRecord{
		Challenge: a.ChallengeID.In(id.Challenge), Member: a.MemberID.In(id.Member), Period: a.Period, Step: a.Step, No: a.No,
		State: a.State, Points: a.Points, Made: a.Made, Why: a.Why,
	}
	if a.EventID != 0 {
		r.Event = a.EventID.In(id.Event)
	}
	if a.CodeID != 0 {
		r.Code = a.CodeID.In(id.Code)
	}
	return r
}

func scanJoin(r *sql.Rows) (joinRecord, error) {
	var c, m id.ID
	var joined int64
	err := r.Scan(&c, &m, &joined)
	return joinRecord{c.In(id.Challenge), m.In(id.Member), db.Time(joined)}, err
}

// Export returns what a person joined, did and reached.
func (room) Export(ctx context.Context, q db.Queryer, _ id.ID, members []id.ID) (any, error) {
	var p personRecord
	var args db.Args
	rows, err := q.Query(ctx, `SELECT challenge_id, member_id, joined FROM challenge_join WHERE member_id IN `+args.In(members)+` ORDER BY challenge_id, member_id`, args.Values()...)
	if p.Joined, err = db.Collect(rows, err, scanJoin); err != nil {
		return nil, fmt.Errorf("reading what was joined: %w", err)
	}
	args = db.Args{}
	rows, err = q.Query(ctx, `SELECT `+markColumns+` FROM challenge_mark AS m WHERE m.member_id IN `+args.In(members)+` ORDER BY m.challenge_id, m.event_id`, args.Values()...)
	marks, err := db.Collect(rows, err, scanMark)
	if err != nil {
		return nil, fmt.Errorf("reading marks: %w", err)
	}
	for i := range marks {
		p.Marks = append(p.Marks, marks[i].record())
	}
	awards, err := awardsOf(ctx, q, members)
	if err != nil {
		return nil, err
	}
	for _, a := range awards {
		p.Reached = append(p.Reached, a.record())
	}
	if len(p.Joined)+len(p.Marks)+len(p.Reached) == 0 {
		return nil, nil
	}
	return p, nil
}

// Tables names what Dump gives.
func (room) Tables() []string {
	return []string{"challenges", "challenge_joins", "challenge_marks", "challenge_awards"}
}

// Dump gives every challenge with who joined, what was done and what was
// reached.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := All(ctx, q, programme)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		if err := to("challenges", challengeRecord{c.ID.In(id.Challenge), c.State, c.Made, c.Spec}); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, `SELECT challenge_id, member_id, joined FROM challenge_join WHERE programme_id = $1 ORDER BY challenge_id, member_id`, programme)
	if err := db.Each(rows, err, scanJoin, func(j joinRecord) error { return to("challenge_joins", j) }); err != nil {
		return fmt.Errorf("reading who joined: %w", err)
	}
	if err := eachMark(ctx, q, programme, func(m Mark) error { return to("challenge_marks", m.record()) }); err != nil {
		return err
	}
	return eachAward(ctx, q, programme, func(a *Award) error { return to("challenge_awards", a.record()) })
}
