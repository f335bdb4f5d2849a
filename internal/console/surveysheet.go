package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/survey"
	"regulars/internal/web"
)

// sheetBytes bounds a file of answers.
const sheetBytes = 16 << 20

// surveySheet is the form by which answers are brought in, and what became of
// them.
type surveySheet struct {
	*surveyBelow
	report *survey.SheetReport
}

func (c *Console) surveySheet(v *visit) error {
	p, err := c.surveyOf(v)
	if err != nil {
		return err
	}
	return v.render(surveySheetPage(&surveySheet{surveyBelow: p}))
}

func (c *Console) bringSheet(v *visit) error {
	if err := v.r.ParseMultipartForm(sheetBytes); err != nil {
		return readingUpload(err)
	}
	defer v.r.MultipartForm.RemoveAll()
	p, err := c.surveyOf(v)
	if err != nil {
		return err
	}
	f := &surveySheet{surveyBelow: p}
	report, err := c.takeSheet(f)
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = web.FormErrors{}
			for pointer, text := range errs {
				first, _, _ := strings.Cut(pointer, "/")
				if first == "none" {
					first = "columns"
				}
				if first == "csv" {
					first = "file"
				}
				f.errs[first] = text
			}
			return surveySheetPage(f)
		})
	}
	f.report = &report
	return v.render(surveySheetPage(f))
}

func (c *Console) takeSheet(f *surveySheet) (survey.SheetReport, error) {
	sheet := survey.Sheet{Source: f.field("source"), Zone: f.programme.Zone, Columns: map[string]string{}, None: map[string][]string{}}
	if sheet.Source == "" {
		return survey.SheetReport{}, fault.Invalid("required", "a value is needed").At("/source")
	}
	if text := f.field("occurred"); text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, f.programme.Zone)
		if err != nil {
			return survey.SheetReport{}, fault.Invalid("survey_sheet_time", "%q is no time such as 2026-01-31 14:30", clip(text)).At("/occurred").With("time", clip(text))
		}
		sheet.Occurred = day.Add(12 * time.Hour)
	}
	for line := range strings.Lines(f.field("columns")) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		head, what, both := strings.Cut(line, "=")
		parts := strings.Split(what, ";")
		if head = strings.TrimSpace(head); !both || head == "" {
			return survey.SheetReport{}, fault.Invalid("survey_sheet_mapping", "write a column and what it holds on each line, as NETPRO = score").At("/columns")
		}
		sheet.Columns[head] = strings.TrimSpace(parts[0])
		for _, none := range parts[1:] {
			sheet.None[head] = append(sheet.None[head], strings.TrimSpace(none))
		}
	}
	file, _, err := f.r.FormFile("file")
	if err != nil {
		return survey.SheetReport{}, noFile()
	}
	defer file.Close()
	return c.Surveys.BringSheet(f.ctx(), f.actor, f.programme.ID, f.Survey.ID, file, sheet)
}

// known are the names that a column may hold, in words.
func (f *surveySheet) known() string {
	list := survey.SheetColumns()
	for i := range f.Survey.Questions {
		list = append(list, f.Survey.Questions[i].Code)
	}
	return strings.Join(list, ", ")
}

// sentences are what became of the file.
func (f *surveySheet) sentences() []string {
	r := f.report
	said := []string{f.T("console.survey.sheet_says", "rows", r.Rows, "taken", r.Taken, "repeated", r.Repeated, "silent", r.Silent, "refused", r.Refused)}
	var columns []string
	for _, head := range slices.Sorted(maps.Keys(r.Columns)) {
		columns = append(columns, fmt.Sprintf("%s = %s", head, r.Columns[head]))
	}
	said = append(said, f.T("console.survey.sheet_read", "columns", strings.Join(columns, ", ")))
	if len(r.Left) > 0 {
		said = append(said, f.T("console.survey.sheet_left", "columns", strings.Join(r.Left, ", ")))
	}
	return said
}

// refusals say why rows were not taken, by line.
func (f *surveySheet) refusals() []string {
	var list []string
	for _, one := range f.report.First {
		list = append(list, f.T("console.survey.sheet_line", "line", one.Line, "why", f.Fault(fault.As(one.Err))))
	}
	return list
}

// saveNeverShare says how many are never surveyed.
func (c *Console) saveNeverShare(v *visit) error {
	share, err := v.figures().read(v.field("never_share"), 2)
	if err == nil {
		err = c.Surveys.SetNeverShare(v.ctx(), v.actor, v.programme.ID, int(min(share, 1_000_000)))
	} else {
		err = placed(err, "/never_share")
	}
	if err != nil {
		l, again := c.meetSurveys(v)
		if again != nil {
			return again
		}
		return v.mend(err, func(errs web.FormErrors) component {
			l.errs = errs
			return surveyListPage(l)
		})
	}
	return v.done(v.at("/surveys"), "console.survey.never_saved")
}

// neverShown is the share as its field holds it, in per cent.
func (l *surveyList) neverShown() string {
	if typed := l.field("never_share"); l.r.Method == "POST" && typed != "" {
		return typed
	}
	if l.never%100 == 0 {
		return l.figures().show(int64(l.never/100), 0)
	}
	return l.figures().show(int64(l.never), 2)
}
