package standard

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/program"
)

// Deed is what a mystery visitor does.
type Deed string

// The deeds.
const (
	Buy    Deed = "buy"
	Ask    Deed = "ask"
	Return Deed = "return"
	Phone  Deed = "phone"
)

// Deeds returns every deed, in the order in which they are offered.
func Deeds() []Deed { return []Deed{Buy, Ask, Return, Phone} }

// Text names the deed in words.
func (n Deed) Text() i18n.Text { return i18n.Text{Key: "standard.deed." + string(n)} }

// Plot is what a manager writes of a scenario.
type Plot struct {
	Names Words `json:"names"`
	Deed  Deed  `json:"deed"`
	// Task says what to do, Watch what to look at.
	Task  Words `json:"task"`
	Watch Words `json:"watch,omitempty"`
	// Budget is how much the visitor may spend, in minor units.
	Budget     int64 `json:"budget,omitempty"`
	StandardID id.ID `json:"standard"`
}

func (n *Plot) tidy() {
	n.Names, n.Task, n.Watch = i18n.TidyWords(n.Names), i18n.TidyWords(n.Task), i18n.TidyWords(n.Watch)
}

// Check returns all that a scenario does not say of what to do.
func (n *Plot) Check(lang string) error {
	var wrong []error
	if !slices.Contains(Deeds(), n.Deed) {
		wrong = append(wrong, fault.Invalid("scenario_deed", "a visitor buys, asks, returns or phones").At("/deed"))
	}
	if n.Budget < 0 || n.Budget > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("scenario_budget", "the budget is a sum of money, 0 or more").At("/budget"))
	}
	for _, w := range []struct {
		field  string
		words  Words
		needed bool
	}{{"/names", n.Names, true}, {"/task", n.Task, true}, {"/watch", n.Watch, false}} {
		wrong = append(wrong, w.words.check(lang, w.field, w.needed))
	}
	return fault.Gather(wrong...)
}

// Scenario is what mystery visitors are sent to do.
type Scenario struct {
	ID, ProgrammeID id.ID
	Plot
	Edit          int64
	Retired, Made time.Time
}

// UnknownScenario is the fault of an id that is no scenario's:
// "unknown_scenario".
func UnknownScenario(n id.ID) *fault.Error {
	return fault.Missing("unknown_scenario", "the programme has no scenario %s", n.In(id.Scenario)).With("scenario", n.In(id.Scenario))
}

func selectScenarios(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Scenario, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, spec, edit, retired, made FROM standard_scenario WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Scenario, error) {
		n := &Scenario{}
		var retired, made int64
		var spec string
		if err := r.Scan(&n.ProgrammeID, &n.ID, &spec, &n.Edit, &retired, &made); err != nil {
			return nil, err
		}
		n.Retired, n.Made = db.Time(retired), db.Time(made)
		return n, unpacked(spec, &n.Plot)
	})
	if err != nil {
		return nil, fmt.Errorf("reading scenarios: %w", err)
	}
	return list, nil
}

func loadScenario(ctx context.Context, q db.Queryer, programme, n id.ID) (*Scenario, error) {
	list, err := selectScenarios(ctx, q, `programme_id = $1 AND id = $2`, programme, n)
	if err == nil && len(list) == 0 {
		err = UnknownScenario(n)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Scenarios returns them all, the latest first. It needs visits.plan: what a
// visitor is going to do is not for those who are visited.
func (s *Service) Scenarios(ctx context.Context, a auth.Actor, programme id.ID) ([]*Scenario, error) {
	if err := a.Can(programme, auth.VisitsPlan); err != nil {
		return nil, err
	}
	return selectScenarios(ctx, s.d.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
}

// Scenario returns one. It needs visits.plan.
func (s *Service) Scenario(ctx context.Context, a auth.Actor, programme, n id.ID) (*Scenario, error) {
	if err := a.Can(programme, auth.VisitsPlan); err != nil {
		return nil, err
	}
	return loadScenario(ctx, s.d.Reader(), programme, n)
}

// SaveScenario writes a scenario, a new one where which is 0; edit is as in
// Change. It needs visits.plan.
func (s *Service) SaveScenario(ctx context.Context, a auth.Actor, programme, which id.ID, edit int64, plot Plot) (*Scenario, error) {
	plot.tidy()
	return s.keepScenario(ctx, a, programme, which, edit, "scenario.save", func(tx *db.Tx, p *program.Programme, n *Scenario) error {
		if err := plot.Check(FirstLang(p)); err != nil {
			return err
		}
		of, err := loadStandard(ctx, tx, programme, plot.StandardID)
		if err != nil {
			return fault.At("/standard", err)
		}
		if of.Version == 0 || !of.Retired.IsZero() {
			return fault.Invalid("scenario_standard", "a visit goes by a standard that is published and in use").At("/standard")
		}
		n.Plot = plot
		return nil
	})
}

// RetireScenario takes a scenario out of use. It needs visits.plan.
func (s *Service) RetireScenario(ctx context.Context, a auth.Actor, programme, which id.ID) (*Scenario, error) {
	return s.keepScenario(ctx, a, programme, which, 0, "scenario.retire", func(_ *db.Tx, _ *program.Programme, n *Scenario) error {
		n.Retired = s.clock()
		return nil
	})
}

func (s *Service) keepScenario(ctx context.Context, a auth.Actor, programme, which id.ID, edit int64, action string, fn func(tx *db.Tx, p *program.Programme, n *Scenario) error) (*Scenario, error) {
	n := &Scenario{ProgrammeID: programme, Made: s.clock()}
	err := s.write(ctx, a, programme, auth.VisitsPlan, func(tx *db.Tx, p *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		err := program.Touch(ctx, tx, programme) // one at a time
		if err == nil && which != 0 {
			n, err = loadScenario(ctx, tx, programme, which)
		}
		if err != nil {
			return none, err
		}
		if edit != 0 && edit != n.Edit {
			return none, changed()
		}
		if !n.Retired.IsZero() {
			return none, fault.Conflict("scenario_retired", "the scenario is no longer in use")
		}
		if err := fn(tx, p, n); err != nil {
			return none, err
		}
		n.Edit++
		if n.ID == 0 {
			n.ID = tx.IDs().New()
		}
		spec, err := packed(n.Plot)
		if err != nil {
			return none, err
		}
		if err := tx.Upsert(ctx, scenarioTable, [][]any{{programme, n.ID, spec, n.Edit, db.Micros(n.Retired), db.Micros(n.Made)}}); err != nil {
			return none, fmt.Errorf("writing a scenario: %w", err)
		}
		return auth.Entry{Action: action, Subject: n.ID.In(id.Scenario)}, nil
	})
	return n, err
}
