package churn

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/stats"
)

// Summary is how the members of a programme stand.
type Summary struct {
	Run   Run
	Model *Model // nil while too little was bought again
	Today Day
	// Rare are the unusually silent by what went wrong before, as of the day of the
	// run, RareGoods what they bought and kept in their years.
	Rare      map[Trouble]int64
	RareGoods int64
	// Count is how many stand so, Goods what they bought and kept in their years.
	Count, Goods map[State]int64
	// Left counts the silent by what went wrong before.
	Left map[Trouble]int64
	// Foretold are those who were taken for silent from 150 to 60 days ago, Came
	// those of them who bought again within 60 days.
	Foretold, Came int64
}

// The silent are held against what they then did after so many days, of a span
// of so many.
const (
	heldAfter = 60
	heldSpan  = 90
)

// Said is how many of the members are said anything of.
func (s *Summary) Said() (n int64) {
	for _, c := range s.Count {
		n += c
	}
	return n
}

// CameBack is the share of the silent who bought again by themselves or
// otherwise, with Wilson's interval.
func (s *Summary) CameBack() stats.Interval {
	return stats.Wilson(s.Came, s.Foretold, stats.Confidence)
}

// Summary returns how the members stand. It needs churn.read.
func (s *Service) Summary(ctx context.Context, a auth.Actor, programme id.ID) (*Summary, error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return nil, err
	}
	n := &Summary{Count: map[State]int64{}, Goods: map[State]int64{}, Left: map[Trouble]int64{}, Rare: map[Trouble]int64{}}
	return n, s.DB.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		n.Today = DayOf(s.Now(), p.Zone)
		if n.Run, err = loadRun(ctx, q, programme); err != nil {
			return err
		}
		if n.Model, err = loadModel(ctx, q, programme); err != nil {
			return err
		}
		if err := n.count(ctx, q, programme); err != nil {
			return err
		}
		return n.hold(ctx, q, programme)
	})
}

func (s *Summary) count(ctx context.Context, q db.Queryer, programme id.ID) error {
	type cell struct {
		state    State
		trouble  Trouble
		unusual  int64
		n, goods int64
	}
	rows, err := q.Query(ctx, `SELECT n.state, n.trouble, n.unusual, COUNT(*), CAST(SUM(n.goods) AS BIGINT) FROM (
			SELECT state, trouble, goods, CASE WHEN rare > 0 AND $1 - last_day >= rare THEN 1 ELSE 0 END AS unusual FROM churn_standing WHERE programme_id = $2) AS n
		GROUP BY n.state, n.trouble, n.unusual`, int64(s.Run.Day), programme)
	clear(s.Count)
	clear(s.Goods)
	clear(s.Left)
	clear(s.Rare)
	s.RareGoods = 0
	err = db.Each(rows, err, func(r *sql.Rows) (c cell, err error) {
		return c, r.Scan(&c.state, &c.trouble, &c.unusual, &c.n, &c.goods)
	}, func(c cell) error {
		s.Count[c.state] += c.n
		s.Goods[c.state] += c.goods
		if c.state == Silent {
			s.Left[c.trouble] += c.n
		}
		if c.unusual == 1 {
			s.Rare[c.trouble] += c.n
			s.RareGoods += c.goods
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting how members stand: %w", err)
	}
	return nil
}

// hold counts who was taken for silent some time ago, and who came back of them.
// What was seen long after it began says nothing of what was foretold.
func (s *Summary) hold(ctx context.Context, q db.Queryer, programme id.ID) error {
	err := q.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM churn_change AS b
			WHERE b.member_id = c.member_id AND b.id > c.id AND b.to_state IN ('returned', 'active') AND b.day <= c.day + $1) THEN 1 ELSE 0 END), 0)
		FROM churn_change AS c WHERE c.programme_id = $2 AND c.to_state = 'silent' AND c.from_state <> '' AND c.day <= $3 AND c.day > $4`,
		heldAfter, programme, int64(s.Today)-heldAfter, int64(s.Today)-heldAfter-heldSpan).Scan(&s.Foretold, &s.Came)
	if err != nil {
		return fmt.Errorf("holding the silent against what they did: %w", err)
	}
	return nil
}

// Query asks for members by how they stand.
type Query struct {
	ProgrammeID id.ID
	State       State // empty for any
	// Unusual asks for the unusually silent alone.
	Unusual bool
	// Trouble is what went wrong before, Unspoken whether only those are meant of
	// whom nothing went wrong.
	Trouble  Trouble
	Unspoken bool
	ShopID   id.ID
	// Least is the least they bought in their year, in minor units.
	Least  int64
	Before Cursor
	Limit  int
}

// Cursor is a place in a list; the zero Cursor is before the first.
type Cursor struct {
	Goods    int64
	MemberID id.ID
}

// Cursor returns the member's place in a list.
func (n *Standing) Cursor() Cursor { return Cursor{n.Goods, n.MemberID} }

// unusually selects whoever is unusually silent as of the last look.
const unusually = `s.rare > 0 AND (SELECT r.day FROM churn_run AS r WHERE r.programme_id = s.programme_id) - s.last_day >= s.rare`

// where selects what is asked for.
func (q *Query) where(args *db.Args) string {
	parts := []string{`s.programme_id = ` + args.Add(q.ProgrammeID)}
	if q.State != "" {
		parts = append(parts, `s.state = `+args.Add(string(q.State)))
	}
	if q.Unusual {
		parts = append(parts, unusually)
	}
	if q.Trouble != None || q.Unspoken {
		parts = append(parts, `s.trouble = `+args.Add(string(q.Trouble)))
	}
	if q.ShopID != 0 {
		parts = append(parts, `s.shop_id = `+args.Add(q.ShopID))
	}
	if q.Least > 0 {
		parts = append(parts, `s.goods >= `+args.Add(q.Least))
	}
	return `WHERE ` + strings.Join(parts, " AND ")
}

// List returns members by how they stand, those who bought most in their year
// first. It needs churn.read and members.read.
func (s *Service) List(ctx context.Context, a auth.Actor, query Query) ([]Standing, error) {
	if err := a.Can(query.ProgrammeID, auth.ChurnRead, auth.MembersRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := query.where(&args)
	if b := query.Before; b != (Cursor{}) {
		g := args.Add(b.Goods)
		where += ` AND (s.goods < ` + g + ` OR s.goods = ` + g + ` AND s.member_id < ` + args.Add(b.MemberID) + `)`
	}
	return selectStandings(ctx, s.DB.Reader(), where+` ORDER BY s.goods DESC, s.member_id DESC LIMIT `+args.Add(query.Limit), args.Values()...)
}

// changesTold is how many changes of a member are told at most.
const changesTold = 50

// Of returns how a member stands, by the id of the person or of anybody merged
// into it, and how that changed, the latest first. The standing is nil while
// nothing can be said. It needs churn.read and members.read.
func (s *Service) Of(ctx context.Context, a auth.Actor, programme, m id.ID) (*Standing, []Change, error) {
	if err := a.Can(programme, auth.ChurnRead, auth.MembersRead); err != nil {
		return nil, nil, err
	}
	var n *Standing
	var changes []Change
	err := s.DB.View(ctx, func(q db.Queryer) error {
		aliases, err := member.AliasesOf(ctx, q, programme, m)
		if err != nil {
			return err
		}
		survivor := aliases[0]
		list, err := loadStandings(ctx, q, []id.ID{survivor})
		if got, known := list[survivor]; known {
			n = &got
		}
		if err != nil {
			return err
		}
		changes, err = selectChanges(ctx, q, aliases, changesTold)
		return err
	})
	return n, changes, err
}

// Measure is by what silences are told today.
type Measure struct {
	Model *Model // nil while too little was bought again
	Today Day
	// Run is the last look: what is unusual is told as of its day.
	Run Run
}

// Measure returns by what silences are told. It needs churn.read.
func (s *Service) Measure(ctx context.Context, a auth.Actor, programme id.ID) (m Measure, err error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return m, err
	}
	p, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return m, err
	}
	m.Today = DayOf(s.Now(), p.Zone)
	if m.Run, err = loadRun(ctx, s.DB.Reader(), programme); err != nil {
		return m, err
	}
	m.Model, err = loadModel(ctx, s.DB.Reader(), programme)
	return m, err
}

// Chance is how probable it is today that somebody is a customer still, as far as
// it was learnt.
func (m *Measure) Chance(n *Standing) (float64, bool) {
	leaving, known := m.Model.buying()
	if !known || n.State == "" {
		return 0, false
	}
	return n.Alive(leaving, m.Today), true
}

// Wait is how probable so long a wait is by one who buys on like them, as far as
// it was learnt, and whether it is unusual. It is not the chance that they are a
// customer still.
func (m *Measure) Wait(n *Standing) (chance float64, unusual, known bool) {
	rates, known := m.Model.rates()
	if !known || n.Rare == 0 {
		return 0, false, false
	}
	return rates.Wait(n.seen(m.Run.Day)), n.Unusual(m.Run.Day), true
}

// Clear reports whether somebody is unusually silent beyond what chance makes of
// so many who are looked at: of those of whom it is said, at most the share of
// the settings is expected to buy on as usual (Benjamini and Hochberg).
func (m *Measure) Clear(n *Standing) bool {
	return n.Unusual(m.Run.Day) && stats.Even(n.seen(m.Run.Day)) <= m.Run.Cut
}

// Quiet is for how many days somebody has bought nothing.
func (m *Measure) Quiet(n *Standing) int64 { return int64(max(0, m.Today-n.Last)) }
