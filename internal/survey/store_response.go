package survey

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

var (
	responseTable = db.NewTable("survey_response", []string{"member_id", "id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "survey_id", Kind: db.Int}, db.Column{Name: "invitation_id", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "lang", Kind: db.Text}, db.Column{Name: "mode", Kind: db.Text}, db.Column{Name: "shop_id", Kind: db.Int},
		db.Column{Name: "cell", Kind: db.Text}, db.Column{Name: "occurred", Kind: db.Int}, db.Column{Name: "recorded", Kind: db.Int},
		db.Column{Name: "weight", Kind: db.Int}, db.Column{Name: "touchpoint", Kind: db.Text})
	answerTable = db.NewTable("survey_answer", []string{"member_id", "response_id", "question"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "response_id", Kind: db.Int}, db.Column{Name: "question", Kind: db.Text},
		db.Column{Name: "number", Kind: db.Int}, db.Column{Name: "choices", Kind: db.Text}, db.Column{Name: "words", Kind: db.Text},
		db.Column{Name: "skipped", Kind: db.Bool}, db.Column{Name: "suggested", Kind: db.Text}, db.Column{Name: "reason", Kind: db.Text})
)

// token is what a link stands for.
type token struct {
	programme, member, survey, invitation, response id.ID
	touchpoint                                      Touchpoint
}

func findToken(ctx context.Context, q db.Queryer, hash, lock string) (*token, error) {
	if hash == "" {
		return nil, nil
	}
	rows, err := q.Query(ctx, `SELECT programme_id, member_id, survey_id, invitation_id, response_id, touchpoint FROM survey_token WHERE hash = $1`+lock, hash)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (t token, err error) {
		return t, r.Scan(&t.programme, &t.member, &t.survey, &t.invitation, &t.response, &t.touchpoint)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for a link: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}

func markOpened(ctx context.Context, tx *db.Tx, m, invitation id.ID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE survey_invitation SET state = $1, changed = $2 WHERE member_id = $3 AND id = $4 AND state = $5`,
		string(Opened), db.Micros(at), m, invitation, string(Invited))
	if err != nil {
		return fmt.Errorf("noting an opened link: %w", err)
	}
	return nil
}

// selectResponses reads responses r with their answers; where ends in any order
// of its own.
func selectResponses(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Response, error) {
	rows, err := q.Query(ctx, `SELECT r.id, r.member_id, r.programme_id, r.survey_id, r.invitation_id, r.state, r.lang, r.mode, r.shop_id, r.cell, r.occurred, r.recorded, r.weight, r.touchpoint
		FROM survey_response r WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Response, error) {
		n := &Response{Answers: Answers{}, Reasons: map[string]Reasoned{}}
		var occurred, recorded int64
		err := r.Scan(&n.ID, &n.MemberID, &n.ProgrammeID, &n.SurveyID, &n.InvitationID, &n.State, &n.Lang, &n.Mode, &n.ShopID, &n.Cell, &occurred, &recorded, &n.Weight, &n.Touchpoint)
		n.Occurred, n.Recorded = db.Time(occurred), db.Time(recorded)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading responses: %w", err)
	}
	for page := range slices.Chunk(list, 500) {
		if err := readAnswers(ctx, q, page); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readAnswers(ctx context.Context, q db.Queryer, list []*Response) error {
	of := map[id.ID]*Response{}
	members := map[id.ID]bool{}
	for _, r := range list {
		of[r.ID], members[r.MemberID] = r, true
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT response_id, question, number, choices, words, skipped, suggested, reason FROM survey_answer
		WHERE member_id IN `+args.In(slices.Sorted(maps.Keys(members)))+` AND response_id IN `+args.In(slices.Sorted(maps.Keys(of))), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var response id.ID
		var question, choices string
		var a Answer
		var reasoned Reasoned
		if err = r.Scan(&response, &question, &a.Number, &choices, &a.Text, &a.Skipped, &reasoned.Suggested, &reasoned.Confirmed); err != nil {
			return struct{}{}, err
		}
		if choices != "" {
			err = json.Unmarshal([]byte(choices), &a.Choices)
		}
		of[response].Answers[question] = a
		if reasoned != (Reasoned{}) {
			of[response].Reasons[question] = reasoned
		}
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("reading answers: %w", err)
	}
	return nil
}

func responseRow(r *Response) []any {
	return []any{
		r.ID, r.MemberID, r.ProgrammeID, r.SurveyID, r.InvitationID, string(r.State), r.Lang, string(r.Mode), r.ShopID, string(r.Cell), db.Micros(r.Occurred), db.Micros(r.Recorded), r.Weight, string(r.Touchpoint),
	}
}

func insertResponse(ctx context.Context, tx *db.Tx, list ...*Response) error {
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = responseRow(r)
	}
	if err := tx.Insert(ctx, responseTable, rows); err != nil {
		return fmt.Errorf("writing responses: %w", err)
	}
	return nil
}

// saveResponse writes a response that is there with its answers as they are now.
func saveResponse(ctx context.Context, tx *db.Tx, r *Response) error {
	if err := tx.Update(ctx, responseTable, [][]any{responseRow(r)}); err != nil {
		return fmt.Errorf("writing a response: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM survey_answer WHERE member_id = $1 AND response_id = $2`, r.MemberID, r.ID); err != nil {
		return fmt.Errorf("writing answers: %w", err)
	}
	return insertAnswers(ctx, tx, r)
}

func insertAnswers(ctx context.Context, tx *db.Tx, list ...*Response) error {
	var rows [][]any
	for _, r := range list {
		for _, question := range slices.Sorted(maps.Keys(r.Answers)) {
			a, choices := r.Answers[question], ""
			if len(a.Choices) > 0 {
				raw, err := json.Marshal(a.Choices)
				if err != nil {
					return fmt.Errorf("writing answers: %w", err)
				}
				choices = string(raw)
			}
			n := r.Reasons[question]
			rows = append(rows, []any{r.MemberID, r.ID, question, int64(a.Number), choices, a.Text, a.Skipped, n.Suggested, n.Confirmed})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, answerTable, rows); err != nil {
		return fmt.Errorf("writing answers: %w", err)
	}
	return nil
}
