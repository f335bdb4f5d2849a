package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/survey"
)

const exampleSheet = `{"survey": "svy_01h9x3k7q2v5n", "source": "old-tool", "columns": {"RESPNUM": "external_id", "NETPRO": "score"}, "none": {"NETPRO": ["11"]},
  "occurred": "2026-01-01T12:00:00Z", "csv": "RESPNUM,NETPRO,WEIGHT\n1,9,0.28\n2,11,0.94\n"}`

func (s *server) addSurveySheets() {
	take(s, operation{
		id: "bring-survey-sheet", method: http.MethodPost, path: "/v1/survey-sheets", tag: tagSurveys, needs: needs(auth.SurveysWrite), bulk: true,
		summary: "Bring responses in from a CSV file",
		text: "One response a row, under a row of heads. A column holds what its head is called: the code of a question, external_id (needed), occurred, weight, lang, mode, shop, member, touchpoint, " +
			"email, phone or external; columns say otherwise, and - leaves one out. Each row is taken by itself, and once: the same file again changes nothing. " +
			"Options are told by code or words, several with semicolons between them. Weights that are brought in make the weighted score.",
		example: exampleSheet,
	}, s.bringSheet)
}

type surveySheet struct {
	Survey   string              `json:"survey" maxLength:"40" example:"svy_01h9x3k7q2v5n"`
	Source   string              `json:"source" minLength:"1" maxLength:"200" doc:"Names where the answers are from." example:"old-tool"`
	Columns  map[string]string   `json:"columns,omitempty" doc:"What columns hold whose heads do not say so, by head."`
	None     map[string][]string `json:"none,omitempty" doc:"Values that are no answer, by head."`
	Occurred *time.Time          `json:"occurred,omitempty" doc:"When rows without a time were answered; needed when there are such."`
	CSV      string              `json:"csv" maxLength:"8388608" doc:"The file, in UTF-8, with at most 20,000 rows; the whole body is bounded as that of other bulk requests." example:"external_id,score\n1,9\n"`
}

type surveySheetReport struct {
	Rows     int                  `json:"rows"`
	Taken    int                  `json:"taken"`
	Repeated int                  `json:"repeated" doc:"Taken before."`
	Silent   int                  `json:"silent" doc:"Rows without an answer to any question."`
	Refused  int                  `json:"refused"`
	Columns  map[string]string    `json:"columns" doc:"What each column was read as, by head."`
	Left     []string             `json:"left_out" nullable:"false" doc:"Heads of columns that were left out."`
	Problems []surveySheetProblem `json:"problems" nullable:"false" doc:"The first 100 rows that were refused."`
}

type surveySheetProblem struct {
	Line    int      `json:"line" example:"7"`
	Problem *problem `json:"problem"`
}

func (s *server) bringSheet(ctx context.Context, c *call, body *surveySheet) (surveySheetReport, error) {
	v := surveySheetReport{Columns: map[string]string{}, Left: []string{}, Problems: []surveySheetProblem{}}
	n, err := id.Parse(id.Survey, body.Survey)
	if err != nil {
		return v, fault.At("/survey", err)
	}
	sheet := survey.Sheet{Source: body.Source, Columns: body.Columns, None: body.None, Zone: c.setting.Zone}
	if body.Occurred != nil {
		sheet.Occurred = *body.Occurred
	}
	r, err := s.Surveys.BringSheet(ctx, c.actor, c.programme(), n, strings.NewReader(body.CSV), sheet)
	if err != nil {
		return v, err
	}
	v.Rows, v.Taken, v.Repeated, v.Silent, v.Refused, v.Columns = r.Rows, r.Taken, r.Repeated, r.Silent, r.Refused, r.Columns
	v.Left = append(v.Left, r.Left...)
	for _, one := range r.First {
		v.Problems = append(v.Problems, surveySheetProblem{one.Line, c.refused(one.Err).Problem})
	}
	return v, nil
}
