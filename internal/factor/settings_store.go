package factor

import (
	"context"
	"embed"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/survey"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "factor", Files: files}

var choices = program.Choices[Settings]{Table: "factor_settings", What: "the settings of factors", Action: "factor.settings", Changed: "factor_settings_changed"}

// loadSettings returns what is in force and its version, 0 for the default.
func loadSettings(ctx context.Context, q db.Queryer, programme id.ID) (Settings, int64, error) {
	var s Settings
	version, err := choices.Load(ctx, q, programme, &s)
	if version == 0 {
		s = DefaultSettings()
	}
	return s, version, err
}

// Settings returns what is in force and its version, 0 while it is the default.
// It needs factors.read.
func (s *Service) Settings(ctx context.Context, a auth.Actor, programme id.ID) (Settings, int64, error) {
	if err := a.Can(programme, auth.FactorsRead); err != nil {
		return Settings{}, 0, err
	}
	return loadSettings(ctx, s.DB.Reader(), programme)
}

// SetSettings puts others in force and keeps those before; version is that of
// those that were looked at, and others by now are a conflict
// ("factor_settings_changed"). What counts to a factor by reason or cause
// counts so at once, also what came before. It needs factors.read and
// factors.write.
func (s *Service) SetSettings(ctx context.Context, a auth.Actor, programme id.ID, version int64, n Settings) (int64, error) {
	if err := a.Can(programme, auth.FactorsRead, auth.FactorsWrite); err != nil {
		return 0, err
	}
	if err := n.Check(); err != nil {
		return 0, err
	}
	known, err := s.mains(ctx, programme)
	if err != nil {
		return 0, err
	}
	for i, r := range n.Ratings {
		if err := r.known(known); err != nil {
			return 0, err.At(fmt.Sprintf("/ratings/%d/question", i))
		}
	}
	return version + 1, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := choices.Put(ctx, tx, a, programme, version, s.Now(), &n, nil)
		return err
	})
}

// known refuses what is no scale beside the main question.
func (r Rating) known(surveys mains) *fault.Error {
	n := surveys[r.SurveyID]
	if n == nil {
		return fault.Invalid("factor_no_question", "the programme has no such scale to rate a factor by")
	}
	q := n.Question(r.Question)
	if q == nil || q.Form != survey.Scale || n.Main() == q {
		return fault.Invalid("factor_no_question", "the programme has no such scale to rate a factor by")
	}
	return nil
}

// Scales returns the questions by which factors may be rated, of every survey
// that asks some: scales that are not the main question. It needs factors.read.
func (s *Service) Scales(ctx context.Context, a auth.Actor, programme id.ID) ([]survey.Survey, error) {
	if err := a.Can(programme, auth.FactorsRead); err != nil {
		return nil, err
	}
	list, err := s.Surveys.List(ctx, ourselves, programme)
	if err != nil {
		return nil, err
	}
	for i := range list {
		main := list[i].Main()
		code := ""
		if main != nil {
			code = main.Code
		}
		list[i].Questions = slices.DeleteFunc(slices.Clone(list[i].Questions), func(q survey.Question) bool { return q.Form != survey.Scale || q.Code == code })
	}
	return slices.DeleteFunc(list, func(n survey.Survey) bool { return len(n.Questions) == 0 }), nil
}
