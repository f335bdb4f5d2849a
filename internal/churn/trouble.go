package churn

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/survey"
)

// Trouble is what went wrong before somebody fell silent.
type Trouble string

// The troubles, the gravest first. None is what leaving without a word is.
const (
	None      Trouble = ""
	Complaint Trouble = "complaint"
	Broken    Trouble = "promise"
	LowAnswer Trouble = "answer"
	Return    Trouble = "return"
)

// Troubles returns them, the gravest first, without None.
func Troubles() []Trouble { return []Trouble{Complaint, Broken, LowAnswer, Return} }

// Text names the trouble.
func (t Trouble) Text() i18n.Text {
	if t == None {
		return i18n.Text{Key: "churn.trouble.none"}
	}
	return i18n.Text{Key: "churn.trouble." + string(t)}
}

// Text names the state.
func (s State) Text() i18n.Text { return i18n.Text{Key: "churn.state." + string(s)} }

// poor is the worst answer to the main question that still is of a customer
// without a grudge, less one: detractors, the two lowest of five, the three lowest
// of seven, anger and disappointment.
var poor = map[survey.Kind]int64{survey.NPS: 6, survey.CSAT: 2, survey.CES: 3, survey.Felt: 2}

// questions are the main questions of the surveys of a programme, with the
// answers up to which they tell of trouble.
func (s *Service) questions(ctx context.Context, programme id.ID) (rows [][]any, err error) {
	if s.Surveys == nil {
		return nil, nil
	}
	list, err := s.Surveys.List(ctx, auth.System("churn"), programme)
	for i := range list {
		if m, worst := list[i].Main(), poor[list[i].Kind]; m != nil && worst > 0 {
			rows = append(rows, []any{list[i].ID, m.Code, worst})
		}
	}
	return rows, err
}

// incident is trouble that somebody had.
type incident struct {
	member id.ID
	what   Trouble
	at     time.Time
}

// selectTroubles returns what trouble the accounts had since a moment, in no
// order.
func selectTroubles(ctx context.Context, q db.Queryer, programme id.ID, accounts []id.ID, since time.Time, questions [][]any) ([]incident, error) {
	var args db.Args
	mine, from, here := args.In(accounts), args.Add(db.Micros(since)), args.Add(programme)
	low := ""
	if len(questions) > 0 {
		low = `WITH mains(survey_id, main, worst) AS ` + args.Tuples([]db.Kind{db.Int, db.Text, db.Int}, questions) + ` `
	}
	text := low + `SELECT member_id, 'promise', decided FROM promise WHERE member_id IN ` + mine + ` AND programme_id = ` + here + ` AND state = 'broken' AND decided >= ` + from + `
		UNION ALL SELECT member_id, 'return', occurred FROM event WHERE member_id IN ` + mine + ` AND kind = 'return' AND occurred >= ` + from
	if low != "" {
		text += ` UNION ALL SELECT r.member_id, 'answer', r.occurred FROM survey_response AS r JOIN mains AS v ON v.survey_id = r.survey_id
			JOIN survey_answer AS a ON a.member_id = r.member_id AND a.response_id = r.id AND a.question = v.main
			WHERE r.member_id IN ` + mine + ` AND r.state = 'complete' AND NOT a.skipped AND a.number <= v.worst AND r.occurred >= ` + from
	}
	rows, err := q.Query(ctx, text, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n incident, err error) {
		var at int64
		err = r.Scan(&n.member, &n.what, &at)
		n.at = db.Time(at)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what went wrong for members: %w", err)
	}
	complaints, err := complaint.OpenedSince(ctx, q, programme, accounts, since)
	for _, c := range complaints {
		list = append(list, incident{c.MemberID, Complaint, c.Opened})
	}
	return list, err
}

// gravity is the place of a trouble among Troubles, the gravest highest.
func (t Trouble) gravity() int {
	for i, n := range Troubles() {
		if n == t {
			return len(Troubles()) - i
		}
	}
	return 0
}

// Quietly reports whether somebody slips, is silent or unusually so on a day: of
// these it is asked what went wrong before.
func (n *Standing) Quietly(today Day) bool {
	return n.State == Silent || n.State == Slipping || n.Unusual(today)
}

// blame notes for everybody who slips or is silent, or unusually so, the gravest
// trouble that they had from some days before the last purchase until they were
// silent; of equal ones the latest.
func (r *round) blame(ctx context.Context, q db.Queryer, accounts []account, list []Standing) error {
	quiet, since := map[id.ID]*Standing{}, r.today
	for i := range list {
		if n := &list[i]; n.Quietly(r.today) {
			quiet[n.MemberID] = n
			since = min(since, n.Last-Day(r.set.Before))
		}
	}
	var ids []id.ID
	for _, a := range accounts {
		if quiet[a.root] != nil {
			ids = append(ids, a.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := selectTroubles(ctx, q, r.programme.ID, ids, since.Begin(r.programme.Zone), r.questions)
	if err != nil {
		return err
	}
	roots := rootsOf(accounts)
	for _, f := range found {
		n := quiet[roots[f.member]]
		day := DayOf(f.at, r.programme.Zone)
		if day < n.Last-Day(r.set.Before) || day > n.Last+Day(cmp.Or(n.Quiet, n.Rare)) {
			continue
		}
		if g, has := f.what.gravity(), n.Trouble.gravity(); g > has || g == has && f.at.After(n.TroubleAt) {
			n.Trouble, n.TroubleAt = f.what, f.at
		}
	}
	return nil
}
