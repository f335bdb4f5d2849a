package alarm

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Choice is of what somebody of the staff is told in a programme.
type Choice struct {
	StaffID id.ID
	Name    string
	Topics  []Topic
	// Usual says that they chose nothing: it is what their role is told of.
	Usual bool
	// Open are the topics that they may be told of.
	Open []Topic
}

// open are the topics that an actor may be told of.
func open(a auth.Actor, programme id.ID) []Topic {
	return slices.DeleteFunc(Topics(), func(t Topic) bool { return a.Can(programme, t.Needs()) != nil })
}

// choiceOf is of what somebody is told: what they chose, or else what is usual
// for their roles, as far as they may be told of it.
func choiceOf(who *auth.Staff, programme id.ID, chosen map[id.ID][]Topic) Choice {
	c := Choice{StaffID: who.ID, Name: who.Name, Open: open(who.Actor(), programme)}
	topics, there := chosen[who.ID]
	if c.Usual = !there; c.Usual {
		topics = usual(who.Roles)
	}
	c.Topics = slices.DeleteFunc(slices.Clone(topics), func(t Topic) bool { return !slices.Contains(c.Open, t) })
	return c
}

// Mine returns of what somebody of the staff of the programme is told.
func (s *Service) Mine(ctx context.Context, a auth.Actor, programme id.ID) (Choice, error) {
	if a.Kind != auth.KindStaff {
		return Choice{}, notStaff()
	}
	list, err := s.choices(ctx, s.DB.Reader(), programme)
	if err != nil {
		return Choice{}, err
	}
	i := slices.IndexFunc(list, func(c Choice) bool { return c.StaffID == a.ID })
	if i < 0 {
		return Choice{}, notStaff()
	}
	return list[i], nil
}

func notStaff() *fault.Error {
	return fault.Refused("alarm_not_staff", "alarms are told to the staff of the programme")
}

// Choices returns of what the staff of a programme are told, by name. It needs
// programmes.write.
func (s *Service) Choices(ctx context.Context, a auth.Actor, programme id.ID) ([]Choice, error) {
	if err := a.Can(programme, auth.ProgrammesWrite); err != nil {
		return nil, err
	}
	return s.choices(ctx, s.DB.Reader(), programme)
}

func (s *Service) choices(ctx context.Context, q db.Queryer, programme id.ID) ([]Choice, error) {
	staff, err := s.Auth.ListStaff(ctx, ourselves, programme)
	if err != nil {
		return nil, err
	}
	chosen, err := selectChoices(ctx, q, programme)
	var list []Choice
	for i := range staff {
		if !staff[i].Disabled {
			list = append(list, choiceOf(&staff[i], programme, chosen))
		}
	}
	return list, err
}

// Choose sets of what somebody of the staff is told in a programme. Somebody else
// than oneself needs programmes.write.
func (s *Service) Choose(ctx context.Context, a auth.Actor, programme, staff id.ID, topics []Topic) (Choice, error) {
	if oneself := a.Kind == auth.KindStaff && a.ID == staff; !oneself {
		if err := a.Can(programme, auth.ProgrammesWrite); err != nil {
			return Choice{}, err
		}
	}
	list, err := s.choices(ctx, s.DB.Reader(), programme)
	if err != nil {
		return Choice{}, err
	}
	i := slices.IndexFunc(list, func(c Choice) bool { return c.StaffID == staff })
	if i < 0 {
		shown := staff.In(id.Staff)
		return Choice{}, fault.Missing("unknown_staff", "there is nobody %s on the staff", shown).With("staff", shown)
	}
	c := list[i]
	for k, t := range topics {
		if !slices.Contains(c.Open, t) {
			return Choice{}, fault.Invalid("alarm_topic", "there is no such alarm, or it is not for whoever would be told").At("/topics/" + strconv.Itoa(k))
		}
	}
	c.Usual, c.Topics = false, slices.DeleteFunc(Topics(), func(t Topic) bool { return !slices.Contains(topics, t) })
	return c, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := tx.Upsert(ctx, choiceTable, [][]any{{programme, staff, joined(c.Topics), db.Micros(s.clock())}}); err != nil {
			return fmt.Errorf("writing of what somebody is told: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "alarm.choose", Subject: staff.In(id.Staff), Detail: map[string]any{"topics": joined(c.Topics)}})
	})
}
