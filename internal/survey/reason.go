package survey

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/lexicon"
)

// Reason is something that people give as the reason of their answer.
type Reason struct {
	Code  string
	Names Words
	// Hints are words by which the reason is suggested, parted by spaces or
	// commas, by language. They are met in every form of theirs.
	Hints Words
}

// topics returns what suggests one of the manager's reasons.
func topics(reasons []Reason) *lexicon.Topics {
	t := lexicon.NewTopics()
	for _, r := range reasons {
		for _, hints := range r.Hints {
			t.Add(r.Code, hints)
		}
	}
	return t
}

// Reasons returns the programme's reasons by code. It needs surveys.read.
func (s *Service) Reasons(ctx context.Context, a auth.Actor, programme id.ID) ([]Reason, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return nil, err
	}
	return loadReasons(ctx, s.d.Reader(), programme)
}

// MaxReasons is how many reasons a programme may keep.
const MaxReasons = 40

// SetReasons replaces the programme's reasons. What was confirmed stays, also of
// reasons that are gone. It needs surveys.write.
func (s *Service) SetReasons(ctx context.Context, a auth.Actor, programme id.ID, reasons []Reason) error {
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return err
	}
	if len(reasons) > MaxReasons {
		return tooManyReasons()
	}
	var wrong []error
	for i, r := range reasons {
		at := "/reasons/" + strconv.Itoa(i)
		if slices.IndexFunc(reasons, func(o Reason) bool { return o.Code == r.Code }) != i {
			wrong = append(wrong, fault.Invalid("survey_code", "the code %q must be small letters, digits and _, and used once", r.Code).At(at+"/code"))
		}
		wrong = append(wrong, fault.At(at, r.check()))
	}
	if err := fault.Gather(wrong...); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := saveReasons(ctx, tx, programme, reasons); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "survey.reasons", Subject: programme.In(id.Programme), Detail: map[string]any{"count": len(reasons)}})
	})
}

// AddReason keeps one more reason; a code that is kept already is refused
// ("survey_reason_taken"). It needs surveys.write.
func (s *Service) AddReason(ctx context.Context, a auth.Actor, programme id.ID, r Reason) error {
	return s.changeReason(ctx, a, programme, r.Code, func(tx *db.Tx, kept []Reason) error {
		if slices.ContainsFunc(kept, func(k Reason) bool { return k.Code == r.Code }) {
			return fault.Conflict("survey_reason_taken", "the programme keeps a reason %q already; change that one", r.Code).At("/code").With("code", r.Code)
		}
		if len(kept) >= MaxReasons {
			return tooManyReasons()
		}
		if err := r.check(); err != nil {
			return err
		}
		return upsertReason(ctx, tx, programme, r)
	})
}

// ChangeReason rewrites the names and hints of a reason that is kept
// ("unknown_reason"). It needs surveys.write.
func (s *Service) ChangeReason(ctx context.Context, a auth.Actor, programme id.ID, r Reason) error {
	return s.changeReason(ctx, a, programme, r.Code, func(tx *db.Tx, kept []Reason) error {
		if !slices.ContainsFunc(kept, func(k Reason) bool { return k.Code == r.Code }) {
			return unknownReason()
		}
		if err := r.check(); err != nil {
			return err
		}
		return upsertReason(ctx, tx, programme, r)
	})
}

// RetireReason takes a reason off the list ("unknown_reason"). What was
// confirmed stays. It needs surveys.write.
func (s *Service) RetireReason(ctx context.Context, a auth.Actor, programme id.ID, reason string) error {
	return s.changeReason(ctx, a, programme, reason, func(tx *db.Tx, _ []Reason) error {
		n, err := tx.Exec(ctx, `DELETE FROM survey_reason WHERE programme_id = $1 AND code = $2`, programme, reason)
		if err != nil {
			return fmt.Errorf("retiring a reason: %w", err)
		}
		if n == 0 {
			return unknownReason()
		}
		return nil
	})
}

// changeReason changes one reason, with its trace.
func (s *Service) changeReason(ctx context.Context, a auth.Actor, programme id.ID, reason string, do func(tx *db.Tx, kept []Reason) error) error {
	if err := a.Can(programme, auth.SurveysWrite); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		kept, err := loadReasons(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := do(tx, kept); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "survey.reasons", Subject: programme.In(id.Programme), Detail: map[string]any{"reason": reason}})
	})
}

func unknownReason() *fault.Error {
	return fault.Missing("unknown_reason", "the programme keeps no such reason; list them to see which there are")
}

func tooManyReasons() *fault.Error {
	return fault.Invalid("survey_reasons", "at most %d reasons are kept", MaxReasons).At("/reasons").With("most", MaxReasons)
}

// check returns all that is wrong with a reason: without a name, or with a code or
// words that are none.
func (r *Reason) check() error {
	var wrong []error
	if !code.MatchString(r.Code) {
		wrong = append(wrong, fault.Invalid("survey_code", "the code %q must be small letters, digits and _, and used once", r.Code).At("/code"))
	}
	if len(r.Names) == 0 {
		wrong = append(wrong, fault.Invalid("required", "a value is needed").At("/names"))
	}
	return fault.Gather(append(wrong, fault.At("/names", r.Names.check("", false)), fault.At("/hints", r.Hints.check("", false)))...)
}

// Confirm says what somebody's own words are about; an empty reason takes it
// back. It needs surveys.write.
func (s *Service) Confirm(ctx context.Context, a auth.Actor, programme, response id.ID, question, reason string) error {
	return s.change(ctx, a, programme, "survey.reason", func(tx *db.Tx) (*Survey, error) {
		reasons, err := loadReasons(ctx, tx, programme)
		if err != nil {
			return nil, err
		}
		if reason != "" && !slices.ContainsFunc(reasons, func(r Reason) bool { return r.Code == reason }) {
			return nil, fault.Invalid("survey_no_reason", "the programme keeps no such reason").At("/reason")
		}
		list, err := selectResponses(ctx, tx, `r.programme_id = $1 AND r.id = $2`, programme, response)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || list[0].Answers[question].Text == "" {
			return nil, unknownResponse()
		}
		return &Survey{ID: list[0].SurveyID}, confirmReason(ctx, tx, list[0], question, reason)
	})
}

func unknownResponse() *fault.Error {
	return fault.Missing("unknown_response", "there is no such answer in own words")
}

func confirmReason(ctx context.Context, tx *db.Tx, r *Response, question, reason string) error {
	_, err := tx.Exec(ctx, `UPDATE survey_answer SET reason = $1 WHERE member_id = $2 AND response_id = $3 AND question = $4`, reason, r.MemberID, r.ID, question)
	if err != nil {
		return fmt.Errorf("confirming a reason: %w", err)
	}
	return nil
}

var reasonTable = db.NewTable("survey_reason", []string{"programme_id", "code"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "code", Kind: db.Text}, db.Column{Name: "names", Kind: db.Text}, db.Column{Name: "hints", Kind: db.Text})

func loadReasons(ctx context.Context, q db.Queryer, programme id.ID) ([]Reason, error) {
	rows, err := q.Query(ctx, `SELECT code, names, hints FROM survey_reason WHERE programme_id = $1 ORDER BY code`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Reason, error) {
		var n Reason
		var names, hints string
		if err := r.Scan(&n.Code, &names, &hints); err != nil {
			return n, err
		}
		if err := json.Unmarshal([]byte(names), &n.Names); err != nil {
			return n, err
		}
		return n, json.Unmarshal([]byte(hints), &n.Hints)
	})
	if err != nil {
		return nil, fmt.Errorf("reading reasons: %w", err)
	}
	return list, nil
}

func saveReasons(ctx context.Context, tx *db.Tx, programme id.ID, reasons []Reason) error {
	if _, err := tx.Exec(ctx, `DELETE FROM survey_reason WHERE programme_id = $1`, programme); err != nil {
		return fmt.Errorf("writing reasons: %w", err)
	}
	rows := make([][]any, len(reasons))
	for i := range reasons {
		row, err := reasonRow(programme, &reasons[i])
		if err != nil {
			return err
		}
		rows[i] = row
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, reasonTable, rows); err != nil {
		return fmt.Errorf("writing reasons: %w", err)
	}
	return nil
}

func reasonRow(programme id.ID, r *Reason) ([]any, error) {
	names, err := json.Marshal(r.Names)
	if err != nil {
		return nil, fmt.Errorf("writing reasons: %w", err)
	}
	hints, err := json.Marshal(r.Hints)
	if err != nil {
		return nil, fmt.Errorf("writing reasons: %w", err)
	}
	return []any{programme, r.Code, string(names), string(hints)}, nil
}

func upsertReason(ctx context.Context, tx *db.Tx, programme id.ID, r Reason) error {
	row, err := reasonRow(programme, &r)
	if err != nil {
		return err
	}
	if err := tx.Upsert(ctx, reasonTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a reason: %w", err)
	}
	return nil
}
