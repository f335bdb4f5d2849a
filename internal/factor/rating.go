package factor

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/stats"
	"regulars/internal/survey"
)

// How key drivers are reckoned: so many draws, repeatable by the seed.
const (
	driverDraws = 300
	driverSeed  = 1
)

// sheet is one questionnaire that somebody answered: the main answer, and the
// mean mark of each factor between the ends of its scales, from 0 to 1.
type sheet struct {
	main  float64
	told  bool
	marks map[Code]float64
}

// rate replaces performance by marks of a questionnaire, and importance by what
// drives its main answer, where there are answers enough for that.
func (m *Map) rate(ctx context.Context, q db.Queryer, set *Settings) error {
	n, sheets, err := m.questionnaire(ctx, q, set)
	if err != nil || n == nil {
		return err
	}
	m.SurveyID = n.ID
	before, err := m.before().sheets(ctx, q, set, n)
	if err != nil {
		return err
	}
	m.mark(sheets, before)
	m.drive(sheets)
	return nil
}

// questionnaire returns the one asked for, or the one that most people
// answered in the period; nil for none.
func (m *Map) questionnaire(ctx context.Context, q db.Queryer, set *Settings) (*survey.Survey, []sheet, error) {
	var best *survey.Survey
	var most []sheet
	for i := range m.Questionnaires {
		n := &m.Questionnaires[i]
		if m.SurveyID != 0 && m.SurveyID != n.ID {
			continue
		}
		list, err := m.sheets(ctx, q, set, n)
		if err != nil {
			return nil, nil, err
		}
		if best == nil || len(list) > len(most) {
			best, most = n, list
		}
	}
	if best == nil && m.SurveyID != 0 {
		return nil, nil, fault.Invalid("factor_no_questionnaire", "this survey does not rate two factors beside a main question").At("/survey")
	}
	return best, most, nil
}

// sheets reads a questionnaire's answers of a period by two questions of rows:
// the numbers of the main question and of those that rate factors.
func (p Period) sheets(ctx context.Context, q db.Queryer, set *Settings, n *survey.Survey) ([]sheet, error) {
	main := n.Main().Code
	rates := map[string]Code{}
	for _, r := range set.Ratings {
		if question := n.Question(r.Question); r.SurveyID == n.ID && question != nil && set.on(r.Factor) {
			rates[r.Question] = r.Factor
		}
	}
	var args db.Args
	where := `r.survey_id = ` + args.Add(n.ID) + ` AND r.programme_id = ` + args.Add(p.ProgrammeID) + ` AND r.state = 'complete' AND r.occurred >= ` + args.Add(db.Micros(p.From)) +
		` AND r.occurred < ` + args.Add(db.Micros(p.To))
	if p.ShopID != 0 {
		where += ` AND r.shop_id = ` + args.Add(p.ShopID)
	}
	rows, err := q.Query(ctx, `SELECT r.id, a.question, a.number FROM survey_response AS r JOIN survey_answer AS a ON a.member_id = r.member_id AND a.response_id = r.id
		WHERE `+where+` AND NOT a.skipped AND a.question IN `+args.InText(append(slices.Sorted(maps.Keys(rates)), main))+` ORDER BY r.id`, args.Values()...)
	var list []*folding
	at := map[id.ID]*folding{}
	err = db.Each(rows, err, func(r *sql.Rows) (m mark, err error) {
		return m, r.Scan(&m.response, &m.question, &m.number)
	}, func(m mark) error {
		f := at[m.response]
		if f == nil {
			f = &folding{sums: map[Code]float64{}, n: map[Code]float64{}}
			at[m.response], list = f, append(list, f)
		}
		if m.question == main {
			f.main, f.told = float64(m.number), true
			return nil
		}
		scale := n.Question(m.question)
		f.sums[rates[m.question]] += (float64(m.number) - float64(scale.From)) / float64(scale.To-scale.From)
		f.n[rates[m.question]]++
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading marks of factors: %w", err)
	}
	sheets := make([]sheet, len(list))
	for i, f := range list {
		sheets[i] = f.sheet()
	}
	return sheets, nil
}

type mark struct {
	response id.ID
	question string
	number   int64
}

// folding adds up the marks of one questionnaire: a factor that two questions
// rate has their mean.
type folding struct {
	main    float64
	told    bool
	sums, n map[Code]float64
}

func (f *folding) sheet() sheet {
	s := sheet{main: f.main, told: f.told, marks: map[Code]float64{}}
	for c, sum := range f.sums {
		s.marks[c] = sum / f.n[c]
	}
	return s
}

// marksOf are the marks of a factor.
func marksOf(list []sheet, c Code) (marks []float64) {
	for _, s := range list {
		if mark, given := s.marks[c]; given {
			marks = append(marks, mark)
		}
	}
	return marks
}

// mark sets performance to the mean of marks.
func (m *Map) mark(now, before []sheet) {
	var all []float64
	for i := range m.Figures {
		f := &m.Figures[i]
		marks := marksOf(now, f.Factor)
		all = append(all, marks...)
		f.Marks, f.Performance = int64(len(marks)), within(stats.Mean(marks))
		f.Change, f.Changed, f.Before, f.BeforeN = stats.Interval{}, false, stats.Interval{}, 0
		if was := marksOf(before, f.Factor); len(was) >= LeastPieces {
			f.Before, f.BeforeN = within(stats.Mean(was)), int64(len(was))
		}
	}
	m.PerformanceLine = within(stats.Mean(all)).Value
}

// within keeps a mean of marks within what marks can be; without any it is
// anything.
func within(i stats.Interval) stats.Interval {
	if !(i.Value >= 0) {
		return stats.Interval{Value: 0, Low: 0, High: 1}
	}
	i.Low, i.High = max(i.Low, 0), min(i.High, 1)
	return i
}

// drive sets importance to the relative weights of the marks that everybody
// gave, where there are answers enough and the marks differ; else what is stated
// stays, and the map says so.
func (m *Map) drive(list []sheet) {
	var rated []Code
	for _, f := range m.Figures {
		if f.Marks >= LeastPieces {
			rated = append(rated, f.Factor)
		}
	}
	var sample stats.Sample
	for _, s := range list {
		row := make([]float64, 0, len(rated))
		for _, c := range rated {
			if mark, given := s.marks[c]; given {
				row = append(row, mark)
			}
		}
		if s.told && len(row) == len(rated) {
			sample.X, sample.Y = append(sample.X, row), append(sample.Y, s.main)
		}
	}
	m.Answers = len(sample.Y)
	if len(rated) < leastOn || !sample.Enough() {
		return
	}
	all, err := stats.Explain(sample)
	if err != nil {
		return
	}
	parts, err := stats.Bootstrap(sample, driverDraws, driverSeed)
	if err != nil {
		return
	}
	m.Importance, m.R2, m.ImportanceLine = Derived, all.R2, all.R2/float64(len(rated))
	for i := range m.Figures {
		f := &m.Figures[i]
		f.Importance = stats.Interval{}
		if at := slices.Index(rated, f.Factor); at >= 0 {
			f.Importance = parts[at].Johnson
		}
	}
}
