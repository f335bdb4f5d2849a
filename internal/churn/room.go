package churn

import (
	"context"
	"database/sql"
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
func (room) Name() string { return "churn" }

// Erase forgets how a person stood.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	for _, table := range []string{"churn_standing", "churn_change"} {
		var args db.Args
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE programme_id = `+args.Add(programme)+` AND member_id IN `+args.In(members), args.Values()...); err != nil {
			return fmt.Errorf("erasing how a member stood: %w", err)
		}
	}
	return nil
}

// StandingRecord is how a member stands, in exports. Days are dates.
type StandingRecord struct {
	Member    string    `json:"member,omitempty"`
	State     State     `json:"state"`
	Since     string    `json:"since"`
	Days      int64     `json:"days"`
	First     string    `json:"first"`
	Last      string    `json:"last"`
	Low       int64     `json:"usual_low"`
	High      int64     `json:"usual_high"`
	Slips     int64     `json:"slipping_after"`
	Quiet     int64     `json:"silent_after"`
	Rare      int64     `json:"unusual_after,omitempty"`
	Goods     int64     `json:"goods_in_year"`
	Trouble   Trouble   `json:"trouble,omitempty"`
	TroubleAt time.Time `json:"trouble_at,omitzero"`
}

// Date shows the day as a date.
func (d Day) Date() string { return time.Unix(int64(d)*daySeconds, 0).UTC().Format(time.DateOnly) }

func (n *Standing) record() StandingRecord {
	return StandingRecord{
		State: n.State, Since: n.Since.Date(), Days: n.Days, First: n.First.Date(), Last: n.Last.Date(), Low: n.Low, High: n.High,
		Slips: n.Slips, Quiet: n.Quiet, Rare: n.Rare, Goods: n.Goods, Trouble: n.Trouble, TroubleAt: n.TroubleAt,
	}
}

// ChangeRecord is a change of a state, in exports.
type ChangeRecord struct {
	Member  string    `json:"member,omitempty"`
	Day     string    `json:"day"`
	Noted   time.Time `json:"noted"`
	From    State     `json:"from,omitempty"`
	To      State     `json:"to,omitempty"`
	Trouble Trouble   `json:"trouble,omitempty"`
}

func (c *Change) record() ChangeRecord {
	return ChangeRecord{Day: c.Day.Date(), Noted: c.Noted, From: c.From, To: c.To, Trouble: c.Trouble}
}

// Told is what is kept of a person.
type Told struct {
	Standing *StandingRecord `json:"standing,omitempty"`
	Changes  []ChangeRecord  `json:"changes,omitempty"`
}

// Export returns how a person stands and how that changed.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var n Told
	var args db.Args
	standings, err := selectStandings(ctx, q, `WHERE s.member_id IN `+args.In(members)+` AND s.programme_id = `+args.Add(programme), args.Values()...)
	if err != nil {
		return nil, err
	}
	for i := range standings {
		r := standings[i].record()
		n.Standing = &r
	}
	changes, err := selectChanges(ctx, q, members, forEver)
	for i := range changes {
		n.Changes = append(n.Changes, changes[i].record())
	}
	if err != nil || n.Standing == nil && n.Changes == nil {
		return nil, err
	}
	return n, nil
}

// SettingsRecord are the choices in force, in exports.
type SettingsRecord struct {
	Version  int64    `json:"version"`
	Settings Settings `json:"settings"`
}

// ModelRecord is how customers buy, in exports.
type ModelRecord struct {
	Number int64     `json:"number"`
	Learnt time.Time `json:"learnt"`
	Model  Model     `json:"model"`
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string {
	return []string{"churn_settings", "churn_models", "churn_standings", "churn_changes"}
}

// Dump gives the choices, what was learnt, how members stand and how they
// changed.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if version > 0 {
		if err := to("churn_settings", SettingsRecord{version, set}); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, `SELECT number, learnt, spec FROM churn_model WHERE programme_id = $1 ORDER BY number`, programme)
	if err := db.Each(rows, err, scanModel, func(m Model) error { return to("churn_models", ModelRecord{m.Number, m.Learnt, m}) }); err != nil {
		return fmt.Errorf("reading all that was learnt: %w", err)
	}
	rows, err = q.Query(ctx, standingColumns+`WHERE s.programme_id = $1 ORDER BY s.member_id`, programme)
	if err := db.Each(rows, err, scanStanding, func(n Standing) error {
		r := n.record()
		r.Member = n.MemberID.In(id.Member)
		return to("churn_standings", r)
	}); err != nil {
		return fmt.Errorf("reading how all stand: %w", err)
	}
	type theirs struct {
		member id.ID
		Change
	}
	rows, err = q.Query(ctx, `SELECT member_id, day, noted, from_state, to_state, trouble FROM churn_change WHERE programme_id = $1 ORDER BY member_id, id`, programme)
	if err := db.Each(rows, err, func(r *sql.Rows) (c theirs, err error) {
		var noted int64
		err = r.Scan(&c.member, &c.Day, &noted, &c.From, &c.To, &c.Trouble)
		c.Noted = db.Time(noted)
		return c, err
	}, func(c theirs) error {
		r := c.record()
		r.Member = c.member.In(id.Member)
		return to("churn_changes", r)
	}); err != nil {
		return fmt.Errorf("reading how all changed: %w", err)
	}
	return nil
}

// Check notes settings that cannot be, standings of nobody of the programme, and
// such as contradict themselves.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if err := set.Check(); err != nil {
		note(fmt.Sprintf("the settings of silences, version %d, cannot be: %v", version, err))
	}
	rows, err := q.Query(ctx, standingColumns+`LEFT JOIN member AS m ON m.id = s.member_id AND m.programme_id = s.programme_id
		WHERE s.programme_id = $1 AND m.id IS NULL ORDER BY s.member_id`, programme)
	if err := db.Each(rows, err, scanStanding, func(n Standing) error {
		note(n.MemberID.In(id.Member) + " stands " + string(n.State) + " and is no member")
		return nil
	}); err != nil {
		return fmt.Errorf("checking who stands somehow: %w", err)
	}
	rows, err = q.Query(ctx, standingColumns+`WHERE s.programme_id = $1 ORDER BY s.member_id`, programme)
	if err := db.Each(rows, err, scanStanding, func(n Standing) error {
		if what := n.odd(); what != "" {
			note(n.MemberID.In(id.Member) + " " + what)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("checking how all stand: %w", err)
	}
	return nil
}

// odd says what contradicts itself in a standing.
func (n *Standing) odd() string {
	switch {
	case n.Days < LeastDays || n.Last-n.First < Day(n.Days)-1:
		return fmt.Sprintf("bought on %d days from %s to %s", n.Days, n.First.Date(), n.Last.Date())
	case n.Low < 1 || n.Low > n.Middle || n.Middle > n.High:
		return fmt.Sprintf("usually waits %d to %d days, %d in the middle", n.Low, n.High, n.Middle)
	case n.State == "" && (n.Slips != 0 || n.Quiet != 0 || n.Rare < 1):
		return fmt.Sprintf("stands nowhere and slips after %d days", n.Slips)
	case n.State != "" && (n.Slips < 1 || n.Slips > n.Quiet) || n.Rare < 0:
		return fmt.Sprintf("slips after %d days and is silent after %d", n.Slips, n.Quiet)
	case n.Since != n.Habit.Since(n.State):
		return fmt.Sprintf("is %s since %s", n.State, n.Since.Date())
	}
	return ""
}
