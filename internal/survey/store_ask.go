package survey

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var (
	sampleTable = db.NewTable("survey_sample", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "survey_id", Kind: db.Int},
		db.Column{Name: "plan", Kind: db.Text}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "eligible", Kind: db.Int},
		db.Column{Name: "never", Kind: db.Int}, db.Column{Name: "drawn", Kind: db.Int}, db.Column{Name: "invited", Kind: db.Int},
		db.Column{Name: "cells", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "done", Kind: db.Int},
		db.Column{Name: "standing", Kind: db.Bool})
	invitationTable = db.NewTable("survey_invitation", []string{"member_id", "id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
		db.Column{Name: "survey_id", Kind: db.Int}, db.Column{Name: "sample_id", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text},
		db.Column{Name: "cell", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "expires", Kind: db.Int},
		db.Column{Name: "changed", Kind: db.Int}, db.Column{Name: "response_id", Kind: db.Int}, db.Column{Name: "touchpoint", Kind: db.Text})
	tokenTable = db.NewTable("survey_token", []string{"hash"},
		db.Column{Name: "hash", Kind: db.Text}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "survey_id", Kind: db.Int}, db.Column{Name: "invitation_id", Kind: db.Int}, db.Column{Name: "response_id", Kind: db.Int},
		db.Column{Name: "touchpoint", Kind: db.Text})
	heldTable = db.NewTable("survey_held", []string{"member_id", "sample_id"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "sample_id", Kind: db.Int}, db.Column{Name: "survey_id", Kind: db.Int},
		db.Column{Name: "programme_id", Kind: db.Int})
)

func selectSamples(ctx context.Context, q db.Queryer, where string, args ...any) ([]Sample, error) {
	rows, err := q.Query(ctx, `SELECT id, programme_id, survey_id, plan, state, eligible, never, drawn, invited, cells, made, done FROM survey_sample WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Sample, error) {
		var n Sample
		var plan, cells string
		var made, done int64
		err := r.Scan(&n.ID, &n.ProgrammeID, &n.SurveyID, &plan, &n.State, &n.Eligible, &n.Never, &n.Drawn, &n.Invited, &cells, &made, &done)
		if err != nil {
			return n, err
		}
		n.Made, n.Done = db.Time(made), db.Time(done)
		if err := json.Unmarshal([]byte(plan), &n.Plan); err != nil {
			return n, err
		}
		return n, json.Unmarshal([]byte(cells), &n.Cells)
	})
	if err != nil {
		return nil, fmt.Errorf("reading samples: %w", err)
	}
	return list, nil
}

func loadSample(ctx context.Context, q db.Queryer, programme, sample id.ID, lock string) (Sample, error) {
	list, err := selectSamples(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, sample)
	if err == nil && len(list) == 0 {
		err = fault.Missing("unknown_sample", "there is no such sample")
	}
	if err != nil {
		return Sample{}, err
	}
	return list[0], nil
}

func sampleRow(n *Sample) ([]any, error) {
	plan, err := json.Marshal(n.Plan)
	if err != nil {
		return nil, fmt.Errorf("writing a sample: %w", err)
	}
	cells, err := json.Marshal(n.Cells)
	if err != nil {
		return nil, fmt.Errorf("writing a sample: %w", err)
	}
	return []any{
		n.ID, n.ProgrammeID, n.SurveyID, string(plan), string(n.State), n.Eligible, n.Never, n.Drawn, n.Invited, string(cells), db.Micros(n.Made), db.Micros(n.Done), n.Plan.Occasion != nil,
	}, nil
}

func insertSample(ctx context.Context, tx *db.Tx, n *Sample) error {
	row, err := sampleRow(n)
	if err == nil {
		err = tx.Insert(ctx, sampleTable, [][]any{row})
	}
	if err != nil {
		return fmt.Errorf("writing a sample: %w", err)
	}
	return nil
}

func updateSample(ctx context.Context, tx *db.Tx, n *Sample) error {
	row, err := sampleRow(n)
	if err == nil {
		err = tx.Update(ctx, sampleTable, [][]any{row})
	}
	if err != nil {
		return fmt.Errorf("writing a sample: %w", err)
	}
	return nil
}

func selectInvitations(ctx context.Context, q db.Queryer, where string, args ...any) ([]Invitation, error) {
	rows, err := q.Query(ctx, `SELECT id, member_id, programme_id, survey_id, sample_id, state, cell, made, expires, changed, response_id, touchpoint FROM survey_invitation WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Invitation, error) {
		var n Invitation
		var made, expires, changed int64
		err := r.Scan(&n.ID, &n.MemberID, &n.ProgrammeID, &n.SurveyID, &n.SampleID, &n.State, &n.Cell, &made, &expires, &changed, &n.ResponseID, &n.Touchpoint)
		n.Made, n.Expires, n.Changed = db.Time(made), db.Time(expires), db.Time(changed)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading invitations: %w", err)
	}
	return list, nil
}

func invitationRow(n *Invitation) []any {
	return []any{
		n.ID, n.MemberID, n.ProgrammeID, n.SurveyID, n.SampleID, string(n.State), string(n.Cell), db.Micros(n.Made), db.Micros(n.Expires), db.Micros(n.Changed), n.ResponseID, string(n.Touchpoint),
	}
}

// insertInvitations writes one for each who was drawn, with the hash of its link.
func insertInvitations(ctx context.Context, tx *db.Tx, salt string, n *Sample, drawn []Drawn) error {
	rows, tokens := make([][]any, len(drawn)), make([][]any, len(drawn))
	expires := n.Made.Add(time.Duration(n.Plan.Days) * 24 * time.Hour)
	for i, d := range drawn {
		inv := Invitation{
			ID: tx.IDs().New(), ProgrammeID: n.ProgrammeID, MemberID: d.MemberID, SurveyID: n.SurveyID, SampleID: n.ID,
			State: Chosen, Cell: d.Cell, Touchpoint: d.Touchpoint, Made: n.Made, Expires: expires, Changed: n.Made,
		}
		rows[i] = invitationRow(&inv)
		tokens[i] = []any{links.Hash(Token(salt, inv.ID)), n.ProgrammeID, inv.MemberID, n.SurveyID, inv.ID, id.ID(0), ""}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, invitationTable, rows); err != nil {
		return fmt.Errorf("writing invitations: %w", err)
	}
	if err := tx.Insert(ctx, tokenTable, tokens); err != nil {
		return fmt.Errorf("writing links: %w", err)
	}
	return nil
}

// insertHeld keeps who would have been drawn and is never asked.
func insertHeld(ctx context.Context, tx *db.Tx, n *Sample, held []id.ID) error {
	rows := make([][]any, len(held))
	for i, m := range held {
		rows[i] = []any{m, n.ID, n.SurveyID, n.ProgrammeID}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, heldTable, rows); err != nil {
		return fmt.Errorf("writing who is never asked: %w", err)
	}
	return nil
}

// loadHeld returns who would have been drawn for a sample and is never asked.
func loadHeld(ctx context.Context, q db.Queryer, sample id.ID) (map[id.ID]bool, error) {
	held := map[id.ID]bool{}
	rows, err := q.Query(ctx, `SELECT member_id FROM survey_held WHERE sample_id = $1`, sample)
	err = db.Each(rows, err, func(r *sql.Rows) (m id.ID, err error) { return m, r.Scan(&m) }, func(m id.ID) error {
		held[m] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who is never asked: %w", err)
	}
	return held, nil
}

// selectHeld reads who was held out, in order.
func selectHeld(ctx context.Context, q db.Queryer, where string, args ...any) ([]HeldRecord, error) {
	rows, err := q.Query(ctx, `SELECT sample_id, survey_id, member_id FROM survey_held WHERE `+where+` ORDER BY sample_id, member_id`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (HeldRecord, error) {
		var sample, survey, member id.ID
		err := r.Scan(&sample, &survey, &member)
		return HeldRecord{sample.In(id.SurveySample), survey.In(id.Survey), member.In(id.Member)}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who is never asked: %w", err)
	}
	return list, nil
}

func updateInvitations(ctx context.Context, tx *db.Tx, list []Invitation) error {
	rows := make([][]any, len(list))
	for i := range list {
		rows[i] = invitationRow(&list[i])
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Update(ctx, invitationTable, rows); err != nil {
		return fmt.Errorf("writing invitations: %w", err)
	}
	return nil
}

// askedBy returns whom a survey has asked already.
func askedBy(ctx context.Context, q db.Queryer, survey id.ID) (map[id.ID]bool, error) {
	asked := map[id.ID]bool{}
	rows, err := q.Query(ctx, `SELECT member_id FROM survey_invitation WHERE survey_id = $1`, survey)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var m id.ID
		err = r.Scan(&m)
		asked[m] = true
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was asked: %w", err)
	}
	return asked, nil
}

// loadAsked counts whom a survey asked, over all its samples.
func loadAsked(ctx context.Context, q db.Queryer, survey id.ID) (Asked, error) {
	a := Asked{Cells: Cells{}}
	rows, err := q.Query(ctx, `SELECT state, CAST(COUNT(*) AS BIGINT) FROM survey_invitation WHERE survey_id = $1 GROUP BY state`, survey)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var state InvitationState
		var n int64
		err = r.Scan(&state, &n)
		a.Drawn += n
		switch state {
		case Bounced:
			a.Bounced = n
		case Completed:
			a.Completed = n
		}
		return struct{}{}, err
	})
	if err != nil {
		return a, fmt.Errorf("counting invitations: %w", err)
	}
	samples, err := selectSamples(ctx, q, `survey_id = $1 ORDER BY id`, survey)
	if err != nil {
		return a, err
	}
	a.Cells = couldBe(samples)
	return a, nil
}
