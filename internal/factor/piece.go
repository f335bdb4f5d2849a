package factor

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/lexicon"
	"regulars/internal/survey"
)

// Key names a piece of feedback: where it came, which it is there, and of a
// survey the question that was answered. There is one row for each, whatever
// becomes of whose it is.
type Key struct {
	Source Source
	ID     id.ID
	Part   string
}

// Piece is one piece of feedback that words, or a reason, tell something of.
type Piece struct {
	Key
	ShopID id.ID
	At     time.Time
	Tone   Tone
	// SurveyID is the survey of an answer, Kind the kind of a case.
	SurveyID id.ID
	Kind     complaint.Kind
	// Number is the answer to the main question or the stars of a review, below
	// 0 for none.
	Number int64
	// Reason and Cause are codes in their own room.
	Reason, Cause string
	// Words are what was said; empty where it was erased.
	Words string
	// Factor is what it is about, empty while it is not coded; By whom, empty
	// where it follows from a reason.
	Factor Code
	By     string
	// Suggested is the factor that words or a reason hint at, for one that is
	// not coded. It counts nowhere until a person confirms it.
	Suggested Code

	coded, hinted Code
}

// piecesOf is a table p of every piece of feedback; each part has the columns of
// the first. Words that were erased leave a piece that was coded.
const piecesOf = `SELECT 'answer' AS source, a.response_id AS id, a.question AS part, r.shop_id AS shop_id, r.occurred AS at, r.survey_id AS survey_id, '' AS kind,
		CASE WHEN m.question IS NULL OR m.skipped THEN -1 ELSE m.number END AS number, a.reason AS reason, '' AS cause, a.suggested AS hinted,
		a.words AS words, COALESCE(k.factor, '') AS factor, COALESCE(k.coded_by, '') AS coded_by, 0 AS subject_id
	FROM survey_response AS r JOIN mains AS v ON v.survey_id = r.survey_id
		JOIN survey_answer AS a ON a.member_id = r.member_id AND a.response_id = r.id
		LEFT JOIN survey_answer AS m ON m.member_id = r.member_id AND m.response_id = r.id AND m.question = v.main
		LEFT JOIN factor_coding AS k ON k.programme_id = r.programme_id AND k.source = 'answer' AND k.source_id = r.id AND k.part = a.question
	WHERE r.programme_id = $1 AND r.occurred >= $2 AND r.occurred < $3 AND r.state = 'complete' AND (a.words <> '' OR a.reason <> '' OR k.factor IS NOT NULL)
	UNION ALL
	SELECT 'case', c.id, '', c.shop_id, c.opened, 0, c.kind, -1, c.reason, c.cause, '', '', COALESCE(k.factor, ''), COALESCE(k.coded_by, ''), c.subject_id
	FROM ` + complaint.ToldView + ` AS c LEFT JOIN factor_coding AS k ON k.programme_id = c.programme_id AND k.source = 'case' AND k.source_id = c.id AND k.part = ''
	WHERE c.programme_id = $1 AND c.opened >= $2 AND c.opened < $3
	UNION ALL
	SELECT 'review', t.id, '', COALESCE(p.shop_id, 0), t.occurred, 0, '', t.rating, '', '', '', t.body, COALESCE(k.factor, ''), COALESCE(k.coded_by, ''), 0
	FROM touch_review AS t LEFT JOIN touchpoint AS p ON p.id = t.touchpoint_id
		LEFT JOIN factor_coding AS k ON k.programme_id = t.programme_id AND k.source = 'review' AND k.source_id = t.id AND k.part = ''
	WHERE t.programme_id = $1 AND t.occurred >= $2 AND t.occurred < $3 AND (t.body <> '' OR k.factor IS NOT NULL)`

// span is a part of a programme's feedback: from inclusive, to exclusive; shop 0
// is every shop.
type span struct {
	programme id.ID
	from, to  time.Time
	shop      id.ID
}

// begin starts a statement over the pieces of a span: its table, and the
// condition that it leaves.
func (n span) begin(args *db.Args, m mains) (table, where string) {
	args.Add(n.programme)
	args.Add(db.Micros(n.from))
	args.Add(db.Micros(n.to))
	rows := make([][]any, 0, len(m))
	for _, s := range m {
		main := ""
		if q := s.Main(); q != nil {
			main = q.Code
		}
		rows = append(rows, []any{s.ID, main})
	}
	table = `WITH mains(survey_id, main) AS ` + args.Tuples([]db.Kind{db.Int, db.Text}, rows) + `, p AS (` + piecesOf + `) `
	where = `1 = 1`
	if n.shop != 0 {
		where = `p.shop_id = ` + args.Add(n.shop)
	}
	return table, where
}

// Query asks for pieces of feedback, the latest first.
type Query struct {
	ProgrammeID id.ID
	// From and To bound when it was given; zero for no bound.
	From, To time.Time
	ShopID   id.ID
	Source   Source
	// Factor asks for those of a factor; none asks for those not coded yet.
	Factor Code
	// Before is the last piece of the page before.
	Before Cursor
	Limit  int
}

// Cursor is a place in the list of pieces.
type Cursor struct {
	At   time.Time
	ID   id.ID
	Part string
}

// maxPage is how many pieces are listed at once.
const maxPage = 101

// List returns pieces of a factor, or those not coded yet with what is
// suggested; only of sources that the actor may read, and without cases that
// concern them. It needs factors.read.
func (s *Service) List(ctx context.Context, a auth.Actor, n Query) ([]Piece, error) {
	if err := a.Can(n.ProgrammeID, auth.FactorsRead); err != nil {
		return nil, err
	}
	d, err := s.sit(ctx, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	var list []Piece
	err = s.DB.View(ctx, func(q db.Queryer) error {
		if list, err = n.read(ctx, q, a, d); err != nil {
			return err
		}
		return d.suggest(ctx, q, list)
	})
	return list, err
}

func (n Query) read(ctx context.Context, q db.Queryer, a auth.Actor, d *desk) ([]Piece, error) {
	var args db.Args
	set := &d.set
	table, where := n.span().begin(&args, d.mains)
	where += seen(&args, a, n.ProgrammeID, n.Source)
	if n.Factor == "" {
		where += ` AND NOT (` + set.coded(&args, set.On()) + `)`
	} else {
		where += ` AND ` + set.of(&args, n.Factor)
	}
	if n.Before != (Cursor{}) {
		where += ` AND (p.at, p.id, p.part) < (` + args.Add(db.Micros(n.Before.At)) + `, ` + args.Add(n.Before.ID) + `, ` + args.Add(n.Before.Part) + `)`
	}
	return selectPieces(ctx, q, d.mains, set, table, where+` ORDER BY p.at DESC, p.id DESC, p.part DESC LIMIT `+args.Add(min(max(n.Limit, 1), maxPage)), args.Values()...)
}

func (n Query) span() span {
	to := n.To
	if to.IsZero() {
		to = db.Time(db.Never - 1)
	}
	return span{n.ProgrammeID, n.From, to, n.ShopID}
}

// seen leaves the pieces that an actor may look at.
func seen(args *db.Args, a auth.Actor, programme id.ID, only Source) string {
	var may []string
	for source, yes := range readable(a, programme) {
		if yes && (only == "" || only == source) {
			may = append(may, string(source))
		}
	}
	where := ` AND p.source IN ` + args.InText(may)
	if a.Kind == auth.KindStaff {
		where += ` AND p.subject_id <> ` + args.Add(a.ID)
	}
	return where
}

// coded is a condition on pieces that are coded to one of the factors in use.
func (s *Settings) coded(args *db.Args, on []Code) string {
	among := func(m map[string]Code) string { return args.InText(codesOf(m, on)) }
	return `p.factor IN ` + args.InText(asTexts(on)) + ` OR p.source = 'answer' AND p.reason IN ` + among(s.Answers) +
		` OR p.source = 'case' AND (p.reason IN ` + among(s.Reasons) + ` OR p.cause IN ` + among(s.Causes) + `)`
}

// of is a condition on pieces that are coded to a factor, as Of says.
func (s *Settings) of(args *db.Args, f Code) string {
	on, this := s.On(), []Code{f}
	return `(p.factor IN ` + args.InText(asTexts(this)) + ` OR p.factor NOT IN ` + args.InText(asTexts(on)) + ` AND (
		p.source = 'answer' AND p.reason IN ` + args.InText(codesOf(s.Answers, this)) + ` OR p.source = 'case' AND (p.reason IN ` + args.InText(codesOf(s.Reasons, this)) +
		` OR p.reason NOT IN ` + args.InText(codesOf(s.Reasons, on)) + ` AND p.cause IN ` + args.InText(codesOf(s.Causes, this)) + `)))`
}

func asTexts(list []Code) (texts []string) {
	for _, c := range list {
		texts = append(texts, string(c))
	}
	return texts
}

// codesOf returns the reasons that count to one of the factors. There is always
// one at least, as NOT over an empty list is true of nothing.
func codesOf(m map[string]Code, among []Code) []string {
	list := []string{"-"}
	for code, f := range m {
		for _, c := range among {
			if c == f {
				list = append(list, code)
			}
		}
	}
	return list
}

func selectPieces(ctx context.Context, q db.Queryer, m mains, set *Settings, table, where string, args ...any) ([]Piece, error) {
	rows, err := q.Query(ctx, table+`SELECT p.source, p.id, p.part, p.shop_id, p.at, p.survey_id, p.kind, p.number, p.reason, p.cause, p.hinted, p.words, p.factor, p.coded_by
		FROM p WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Piece, err error) {
		var at int64
		var hinted string
		err = r.Scan(&n.Source, &n.ID, &n.Part, &n.ShopID, &at, &n.SurveyID, &n.Kind, &n.Number, &n.Reason, &n.Cause, &hinted, &n.Words, &n.coded, &n.By)
		n.At = db.Time(at)
		n.Tone = m.toneOf(n.Source, n.SurveyID, n.Kind, n.Number)
		n.Factor, n.hinted = set.Of(n.Source, n.coded, n.Reason, n.Cause), set.inUse(set.Answers[hinted])
		if n.Factor != n.coded {
			n.By = ""
		}
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading feedback: %w", err)
	}
	return list, nil
}

func (m mains) toneOf(source Source, of id.ID, kind complaint.Kind, number int64) Tone {
	switch source {
	case Answer:
		return m.tone(of, number)
	case Case:
		return cmp.Or(caseTones[kind], Untold)
	}
	return reviewTone(number)
}

// readSaid fills in what customers said first in cases.
func readSaid(ctx context.Context, q db.Queryer, programme id.ID, list []Piece) error {
	at := map[id.ID]*Piece{}
	var ids []id.ID
	for i := range list {
		if list[i].Source == Case {
			at[list[i].ID], ids = &list[i], append(ids, list[i].ID)
		}
	}
	said, err := complaint.FirstWords(ctx, q, programme, ids)
	for n, words := range said {
		at[n].Words = words
	}
	return err
}

// suggest fills in what was said in cases, and offers a factor for what is not
// coded: that of the reason which the survey suggests, or of the words. It
// abstains where these two differ.
func (d *desk) suggest(ctx context.Context, q db.Queryer, list []Piece) error {
	if err := readSaid(ctx, q, d.programme, list); err != nil {
		return err
	}
	for i := range list {
		n := &list[i]
		if n.Factor != "" {
			continue
		}
		n.Suggested = n.hinted
		switch found := Code(d.words.Suggest(n.Words)); {
		case n.hinted == "":
			n.Suggested = found
		case found != "" && found != n.hinted:
			n.Suggested = ""
		}
	}
	return nil
}

// hints returns the words that hint at each factor in use: its own, and those
// of the reasons that count to it.
func (s *Settings) hints(reasons []survey.Reason) *lexicon.Topics {
	hints := lexicon.NewTopics()
	add := func(c Code, words map[string]string) {
		for _, w := range words {
			hints.Add(string(c), w)
		}
	}
	for _, f := range s.Factors {
		if !f.Off {
			add(f.Code, f.Hints)
		}
	}
	for _, r := range reasons {
		if c := s.inUse(s.Answers[r.Code]); c != "" {
			add(c, r.Hints)
		}
	}
	return hints
}
