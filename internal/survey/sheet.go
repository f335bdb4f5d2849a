package survey

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// What a column of a sheet may hold beside the answers to a question, whose
// code it then names.
const (
	sheetKey      = "external_id" // needed: by it a row is taken once
	sheetOccurred = "occurred"
	sheetWeight   = "weight"
	sheetLang     = "lang"
	sheetMode     = "mode"
	sheetShop     = "shop"
	sheetMember   = "member"
	sheetWhere    = "touchpoint"
	sheetNothing  = "-" // the column is left out
)

// SheetColumns returns what a column may hold beside answers.
func SheetColumns() []string {
	list := []string{sheetKey, sheetOccurred, sheetWeight, sheetLang, sheetMode, sheetShop, sheetMember, sheetWhere}
	for _, k := range sheetIdentities {
		list = append(list, string(k))
	}
	return append(list, sheetNothing)
}

var sheetIdentities = []member.IdentityKind{member.Email, member.Phone, member.External}

// Sheet says how a file of answers is read: CSV in UTF-8 with heads, one
// response a row.
type Sheet struct {
	// Source names where the answers are from.
	Source string
	// Columns say by head what a column holds; a head that is not among them
	// holds what it is called, in any case, and is left out when that is nothing
	// known.
	Columns map[string]string
	// None are by head the values that are no answer, as 11 for "cannot say".
	None map[string][]string
	// Occurred is when rows without a time were answered.
	Occurred time.Time
	// Zone is that of times without one.
	Zone *time.Location
}

// MaxSheet is how many rows a sheet takes.
const MaxSheet = 20_000

// refusalsTold bounds how many refused rows are told one by one.
const refusalsTold = 100

// SheetRefusal is a row that was not taken.
type SheetRefusal struct {
	Line int
	Err  error
}

// SheetReport is what became of a sheet.
type SheetReport struct {
	// Rows are all but the heads: Taken now, Repeated of before, Silent without
	// any answer, or Refused.
	Rows, Taken, Repeated, Silent, Refused int
	// Columns say what each column was read as, Left which were left out.
	Columns map[string]string
	Left    []string
	// First are the first of those refused.
	First []SheetRefusal
}

// BringSheet takes the responses of a sheet, each by itself: what one row says
// wrong touches no other, and the same sheet again repeats. It needs
// surveys.write.
func (s *Service) BringSheet(ctx context.Context, a auth.Actor, programme, survey id.ID, in io.Reader, sheet Sheet) (SheetReport, error) {
	var report SheetReport
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return report, err
	}
	n, err := loadSurvey(ctx, s.d.Reader(), programme, survey, "")
	if err != nil {
		return report, err
	}
	r, err := newSheetReader(in, &n.Spec, &sheet)
	if err != nil {
		return report, err
	}
	report.Columns, report.Left = r.holds, r.left
	var list []Brought
	var lines []int
	bring := func() error {
		if len(list) == 0 {
			return nil
		}
		taken, err := s.Bring(ctx, a, programme, survey, list)
		for i, t := range taken {
			report.count(lines[i], t)
		}
		list, lines = nil, nil
		return err
	}
	for {
		b, err := r.next()
		if errors.Is(err, io.EOF) {
			return report, bring()
		}
		if report.Rows++; report.Rows > MaxSheet {
			return report, fault.Invalid("survey_sheet_long", "a sheet takes %d rows; send the rest by itself", MaxSheet).At("/csv").With("most", MaxSheet)
		}
		switch {
		case err != nil && r.broken:
			return report, err
		case err != nil:
			report.refuse(r.line, err)
		case len(b.Answers) == 0:
			report.Silent++
		default:
			list, lines = append(list, b), append(lines, r.line)
		}
		if len(list) == MaxBrought {
			if err := bring(); err != nil {
				return report, err
			}
		}
	}
}

func (r *SheetReport) count(line int, t Taken) {
	switch {
	case t.Err != nil:
		r.refuse(line, t.Err)
	case t.Repeated:
		r.Repeated++
	default:
		r.Taken++
	}
}

func (r *SheetReport) refuse(line int, err error) {
	if r.Refused++; len(r.First) < refusalsTold {
		r.First = append(r.First, SheetRefusal{line, err})
	}
}

// sheetReader reads a sheet row by row.
type sheetReader struct {
	*Sheet
	spec  *Spec
	rows  *csv.Reader
	heads []string
	holds map[string]string
	left  []string
	line  int
	// broken says that nothing more can be read.
	broken bool
}

func newSheetReader(in io.Reader, spec *Spec, sheet *Sheet) (*sheetReader, error) {
	r := &sheetReader{Sheet: sheet, spec: spec, rows: csv.NewReader(in), holds: map[string]string{}}
	r.rows.ReuseRecord, r.rows.FieldsPerRecord = false, 0
	heads, err := r.rows.Read()
	if err != nil || len(heads) > 500 || !utf8.ValidString(strings.Join(heads, "")) {
		return nil, fault.Invalid("survey_sheet", "the file cannot be read as CSV in UTF-8 with a row of heads").At("/csv")
	}
	heads[0] = strings.TrimPrefix(heads[0], "\ufeff")
	known := SheetColumns()
	for i := range spec.Questions {
		known = append(known, spec.Questions[i].Code)
	}
	for head, what := range sheet.Columns {
		if !slices.Contains(heads, head) {
			return nil, fault.Invalid("survey_sheet_column", "the file has no column %q", head).At("/columns/"+head).With("column", head)
		}
		if !slices.Contains(known, what) {
			return nil, fault.Invalid("survey_sheet_what", "a column holds the answers to a question, or %s", strings.Join(SheetColumns(), ", ")).At("/columns/"+head).With("column", head)
		}
	}
	for _, head := range heads {
		what, said := sheet.Columns[head]
		if !said {
			at := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, strings.TrimSpace(head)) })
			if what = sheetNothing; at >= 0 {
				what = known[at]
			}
		}
		r.heads = append(r.heads, what)
		if what == sheetNothing {
			r.left = append(r.left, head)
			continue
		}
		for other, held := range r.holds {
			if held == what {
				return nil, fault.Invalid("survey_sheet_twice", "the columns %q and %q hold the same", other, head).At("/columns/"+head).With("column", head)
			}
		}
		r.holds[head] = what
	}
	if !slices.Contains(r.heads, sheetKey) {
		return nil, fault.Invalid("survey_sheet_key", "say which column names each response (external_id), so that none is taken twice").At("/columns")
	}
	return r, r.nones(heads)
}

// nones turns the values that are no answer to what columns hold.
func (r *sheetReader) nones(heads []string) error {
	byWhat := map[string][]string{}
	for head, values := range r.None {
		i := slices.Index(heads, head)
		if i < 0 {
			return fault.Invalid("survey_sheet_column", "the file has no column %q", head).At("/none/"+head).With("column", head)
		}
		byWhat[r.heads[i]] = values
	}
	r.None = byWhat
	return nil
}

// next returns the response of the next row, io.EOF after the last.
func (r *sheetReader) next() (Brought, error) {
	row, err := r.rows.Read()
	if len(row) > 0 {
		r.line, _ = r.rows.FieldPos(0)
	}
	if errors.Is(err, csv.ErrFieldCount) {
		return Brought{}, fault.Invalid("survey_sheet_row", "the row has another number of fields than the heads")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		r.broken = true
		return Brought{}, fault.Invalid("survey_sheet", "the file cannot be read as CSV in UTF-8 with a row of heads").At("/csv").Because(err)
	}
	if err != nil {
		return Brought{}, err
	}
	b := Brought{Source: r.Source, Mode: Import, Occurred: r.Occurred, Answers: Answers{}}
	for i, text := range row {
		text = strings.TrimSpace(text)
		if text == "" || r.heads[i] == sheetNothing || slices.Contains(r.None[r.heads[i]], text) {
			continue
		}
		if err := r.field(&b, r.heads[i], text); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (r *sheetReader) field(b *Brought, what, text string) (err error) {
	if q := r.spec.Question(what); q != nil {
		b.Answers[what], err = q.typed(text)
		return err
	}
	switch what {
	case sheetKey:
		b.ExternalID = text
	case sheetOccurred:
		b.Occurred, err = sheetTime(text, r.Zone)
	case sheetWeight:
		b.Weight, err = sheetNumber(text)
	case sheetLang:
		b.Lang = strings.ToLower(text)
	case sheetMode:
		b.Mode = Mode(strings.ToLower(text))
	case sheetShop:
		b.Shop = text
	case sheetWhere:
		b.Touchpoint = Touchpoint(strings.ToLower(text))
	case sheetMember:
		b.MemberID, err = id.Parse(id.Member, text)
	default:
		b.Identity = append(b.Identity, member.Identity{Kind: member.IdentityKind(what), Value: text})
	}
	return err
}

// typed reads an answer as a sheet writes it: a number, a feeling's number, code
// or word in any of our languages, own words, or the code or the words of an option, several with
// semicolons or bars between them.
func (q *Question) typed(text string) (Answer, error) {
	if len(q.Options) == 0 {
		return q.Read([]string{text})
	}
	var chosen []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '|' }) {
		chosen = append(chosen, q.option(strings.TrimSpace(part)))
	}
	return q.Read(chosen)
}

// option returns the code of the option that a text means, or the text.
func (q *Question) option(text string) string {
	for _, o := range q.Options {
		if strings.EqualFold(o.Code, text) {
			return o.Code
		}
		for _, words := range o.Words {
			if strings.EqualFold(words, text) {
				return o.Code
			}
		}
	}
	return text
}

// sheetTime reads a moment or a day, which is taken at noon.
func sheetTime(text string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			if layout == time.DateOnly {
				t = t.Add(12 * time.Hour)
			}
			return t, nil
		}
	}
	return time.Time{}, fault.Invalid("survey_sheet_time", "%q is no time such as 2026-01-31 14:30", text).At("/occurred").With("time", text)
}

// sheetNumber reads a weight in millionths, rounded to the nearest.
func sheetNumber(text string) (int64, error) {
	n, ok := new(big.Rat).SetString(strings.Replace(text, ",", ".", 1))
	if len(text) > 30 || strings.Trim(text, "0123456789.,") != "" || !ok || n.Sign() < 0 || n.Cmp(big.NewRat(maxWeight/weightUnit, 1)) > 0 {
		return 0, fault.Invalid("survey_weight", "a weight is a number from 0 to 1,000,000").At("/weight")
	}
	n.Mul(n, big.NewRat(weightUnit, 1)).Add(n, big.NewRat(1, 2))
	return new(big.Int).Quo(n.Num(), n.Denom()).Int64(), nil
}
