package challenge

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

var (
	markTable = db.NewTable("challenge_mark", []string{"member_id", "challenge_id", "event_id"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "challenge_id", Kind: db.Int}, db.Column{Name: "event_id", Kind: db.Int},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "occurred", Kind: db.Int}, db.Column{Name: "quantity", Kind: db.Int},
		db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "things", Kind: db.Text})
	awardTable = db.NewTable("challenge_award", []string{"member_id", "challenge_id", "period", "step", "no"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "challenge_id", Kind: db.Int}, db.Column{Name: "period", Kind: db.Text},
		db.Column{Name: "step", Kind: db.Int}, db.Column{Name: "no", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "points", Kind: db.Int}, db.Column{Name: "wallet_id", Kind: db.Int},
		db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "closed", Kind: db.Int}, db.Column{Name: "event_id", Kind: db.Int},
		db.Column{Name: "code_id", Kind: db.Int}, db.Column{Name: "why", Kind: db.Text})
	joinTable = db.NewTable("challenge_join", []string{"member_id", "challenge_id"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "challenge_id", Kind: db.Int},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "joined", Kind: db.Int})
)

// AwardState says what became of something reached.
type AwardState string

// The states. Unfunded was reached when the budget was used up, refused is
// what could not be given; neither is tried again.
const (
	Due       AwardState = "due"
	Paid      AwardState = "paid"
	Unfunded  AwardState = "unfunded"
	Refused   AwardState = "refused"
	Reversing AwardState = "reversing" // points are about to be taken back
	Reversed  AwardState = "reversed"
)

// Award is one thing that a member reached.
type Award struct {
	MemberID, ChallengeID, ProgrammeID id.ID
	Round
	// No tells apart the times that a round was reached.
	No       int64
	State    AwardState
	Points   int64 // of the wallet, in its smallest unit
	WalletID id.ID
	// Made is when it was reached, Closed when it was given, refused or taken
	// back; zero before.
	Made, Closed time.Time
	// EventID is the event that gave points, CodeID the code that was given.
	EventID, CodeID id.ID
	Why             string // the code of the fault by which it was refused
}

// Name names the award in its programme: what it is paid under.
func (a *Award) Name() string {
	return fmt.Sprintf("challenge:%s:%s:%s/%d/%d", a.ChallengeID.In(id.Challenge), a.MemberID.In(id.Member), a.Period, a.Step, a.No)
}

const awardColumns = `a.member_id, a.challenge_id, a.period, a.step, a.no, a.programme_id, a.state, a.points, a.wallet_id, a.made, a.closed, a.event_id, a.code_id, a.why`

func scanAward(r *sql.Rows) (*Award, error) {
	var a Award
	var made, closed int64
	err := r.Scan(&a.MemberID, &a.ChallengeID, &a.Period, &a.Step, &a.No, &a.ProgrammeID, &a.State, &a.Points, &a.WalletID, &made, &closed, &a.EventID, &a.CodeID, &a.Why)
	a.Made, a.Closed = db.Time(made), db.Time(closed)
	return &a, err
}

func saveAwards(ctx context.Context, tx *db.Tx, list ...*Award) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{
			a.MemberID, a.ChallengeID, a.Period, a.Step, a.No, a.ProgrammeID, string(a.State), a.Points, a.WalletID,
			db.Micros(a.Made), db.Micros(a.Closed), a.EventID, a.CodeID, a.Why,
		}
	}
	if err := tx.Upsert(ctx, awardTable, rows); err != nil {
		return fmt.Errorf("writing what was reached: %w", err)
	}
	return nil
}

// awardsOf returns what the members have reached, in the order of the rounds.
func awardsOf(ctx context.Context, q db.Queryer, members []id.ID) ([]*Award, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+awardColumns+` FROM challenge_award AS a WHERE a.member_id IN `+args.In(members)+
		` ORDER BY a.challenge_id, a.made, a.period, a.step, a.no, a.member_id`, args.Values()...)
	list, err := db.Collect(rows, err, scanAward)
	if err != nil {
		return nil, fmt.Errorf("reading what was reached: %w", err)
	}
	return list, nil
}

func scanMark(r *sql.Rows) (Mark, error) {
	var m Mark
	var occurred int64
	var things string
	if err := r.Scan(&m.MemberID, &m.ChallengeID, &m.EventID, &occurred, &m.Quantity, &m.Amount, &m.ShopID, &things); err != nil {
		return m, err
	}
	m.Occurred = db.Time(occurred)
	if things == "" {
		return m, nil
	}
	return m, json.Unmarshal([]byte(things), &m.Things)
}

const markColumns = `m.member_id, m.challenge_id, m.event_id, m.occurred, m.quantity, m.amount, m.shop_id, m.things`

// marksOf returns the marks of the members by challenge.
func marksOf(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID][]Mark, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+markColumns+` FROM challenge_mark AS m WHERE m.member_id IN `+args.In(members), args.Values()...)
	list, err := db.Collect(rows, err, scanMark)
	if err != nil {
		return nil, fmt.Errorf("reading marks: %w", err)
	}
	marks := map[id.ID][]Mark{}
	for _, m := range list {
		marks[m.ChallengeID] = append(marks[m.ChallengeID], m)
	}
	return marks, nil
}

// setMarks puts the marks in the place of those that the events had: an event
// without one counts for nothing any more.
func setMarks(ctx context.Context, tx *db.Tx, programme id.ID, events map[id.ID][]id.ID, marks []Mark) error {
	for member, list := range events {
		var args db.Args
		where := `member_id = ` + args.Add(member) + ` AND event_id IN ` + args.In(list)
		if _, err := tx.Exec(ctx, `DELETE FROM challenge_mark WHERE `+where, args.Values()...); err != nil {
			return fmt.Errorf("taking marks back: %w", err)
		}
	}
	rows := make([][]any, len(marks))
	for i, m := range marks {
		things := ""
		if len(m.Things) > 0 {
			text, err := json.Marshal(m.Things)
			if err != nil {
				return fmt.Errorf("writing a mark: %w", err)
			}
			things = string(text)
		}
		rows[i] = []any{m.MemberID, m.ChallengeID, m.EventID, programme, db.Micros(m.Occurred), m.Quantity, m.Amount, m.ShopID, things}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, markTable, rows); err != nil {
		return fmt.Errorf("writing marks: %w", err)
	}
	return nil
}

// joinsOf returns when the members joined challenges: of several who are one
// person, when the first did.
func joinsOf(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID]time.Time, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT challenge_id, MIN(joined) FROM challenge_join WHERE member_id IN `+args.In(members)+` GROUP BY challenge_id`, args.Values()...)
	joined := map[id.ID]time.Time{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var c id.ID
		var at int64
		err := r.Scan(&c, &at)
		joined[c] = db.Time(at)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who joined: %w", err)
	}
	return joined, nil
}
