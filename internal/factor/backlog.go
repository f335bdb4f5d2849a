package factor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/stats"
)

// Window is how many days are looked at for the order of actions, and before
// and after one that was done.
const Window = 90

// Item is one line of the list of what is to be done: an action of this room,
// or a corrective action about a cause of complaints, which is kept there.
type Item struct {
	Programme program.Programme
	// Action is nil for a corrective action, Corrective for one of ours.
	Action     *Action
	Corrective *complaint.Action
	// Factor is empty for a corrective action whose cause counts to none.
	Factor Code
	// Figure says how pressing the factor is now; it is not placed where too
	// little feedback says so.
	Figure  Figure
	Open    bool
	Overdue bool
	// Effect is of an action that was done, nil before.
	Effect *Effect
	// Support is of an action that was done, for who may see reviews; only Item
	// asks for it.
	Support *SupportEffect
}

// Due is the day on which it is to be done.
func (n *Item) Due() time.Time {
	if n.Action != nil {
		return n.Action.Due
	}
	return n.Corrective.Due
}

// OwnerID is whose it is.
func (n *Item) OwnerID() id.ID {
	if n.Action != nil {
		return n.Action.OwnerID
	}
	return n.Corrective.OwnerID
}

// Effect is a factor's performance before an action began and after it was
// done. It tells what was before and after, and is no proof that the action did
// it.
type Effect struct {
	// Before and After are shares of positive feedback with Wilson's intervals,
	// BeforeN and AfterN of how many pieces.
	Before, After   stats.Interval
	BeforeN, AfterN int64
	// Change is the latter less the former, with Newcombe's interval.
	Change stats.Interval
	// From and To bound what counts as after.
	From, To time.Time
	// Shown is false where either has too few pieces.
	Shown bool
}

// Backlog returns what is to be done in a programme: what is open first, by
// importance times gap of its factor, then by its date; what is done or dropped
// after that, the latest first. Corrective actions are among them for who may
// read cases. It needs factors.read.
func (s *Service) Backlog(ctx context.Context, a auth.Actor, programme id.ID) ([]Item, error) {
	p, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	list, err := s.backlog(ctx, a, p)
	order(list)
	return list, err
}

// Everywhere returns what is to be done in every programme in which the actor
// may read factors, as one list in the order of Backlog.
func (s *Service) Everywhere(ctx context.Context, a auth.Actor) ([]Item, error) {
	programmes, err := program.List(ctx, s.DB.Reader())
	if err != nil {
		return nil, err
	}
	var all []Item
	for _, p := range programmes {
		if a.Can(p.ID, auth.FactorsRead) != nil {
			continue
		}
		list, err := s.backlog(ctx, a, p)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	order(all)
	return all, nil
}

// Item returns one action as it stands in the list. It needs factors.read.
func (s *Service) Item(ctx context.Context, a auth.Actor, programme, action id.ID) (*Item, error) {
	list, err := s.Backlog(ctx, a, programme)
	if err != nil {
		return nil, err
	}
	for i := range list {
		item := &list[i]
		if item.Action == nil || item.Action.ID != action {
			continue
		}
		if item.Effect != nil && s.Support != nil && a.Can(programme, auth.TouchRead) == nil {
			item.Support, err = s.support(ctx, a, item.Action)
		}
		return item, err
	}
	return nil, fault.Missing("unknown_factor_action", "the programme has no action %s", action.In(id.FactorAction)).With("action", action.In(id.FactorAction))
}

func (s *Service) backlog(ctx context.Context, a auth.Actor, p program.Programme) ([]Item, error) {
	now := s.clock()
	m, err := s.Map(ctx, a, Ask{Period: Lately(p.ID, now), Basis: ByFeedback})
	if err != nil {
		return nil, err
	}
	surveys, err := s.mains(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	var corrective []*complaint.Action
	if a.Can(p.ID, auth.CasesRead) == nil {
		if corrective, err = s.Cases.Actions(ctx, a, p.ID); err != nil {
			return nil, err
		}
	}
	var list []Item
	return list, s.DB.View(ctx, func(q db.Queryer) error {
		set, _, err := loadSettings(ctx, q, p.ID)
		if err != nil {
			return err
		}
		actions, err := selectActions(ctx, q, `programme_id = $1 ORDER BY id`, p.ID)
		if err != nil {
			return err
		}
		for _, n := range actions {
			item := Item{Programme: p, Action: n, Factor: n.Factor, Figure: m.figure(n.Factor), Open: n.Open(), Overdue: n.Open() && overdue(n.Due, now, p.Zone)}
			if n.State == Done {
				if item.Effect, err = n.effect(ctx, q, surveys, &set, now); err != nil {
					return err
				}
			}
			list = append(list, item)
		}
		for _, n := range corrective {
			f := set.inUse(set.Causes[n.Cause])
			list = append(list, Item{Programme: p, Corrective: n, Factor: f, Figure: m.figure(f), Open: n.Done.IsZero(), Overdue: n.Done.IsZero() && overdue(n.Due, now, p.Zone)})
		}
		return nil
	})
}

func (m *Map) figure(c Code) Figure {
	for _, f := range m.Figures {
		if f.Factor == c {
			return f
		}
	}
	return Figure{Factor: c}
}

// after bounds the days that count as after an action that was done.
func (n *Action) after(now time.Time) (from, to time.Time) {
	to = n.Done.AddDate(0, 0, Window)
	if to.After(now) {
		to = now
	}
	return n.Done, to
}

// effect counts the factor's feedback in the days before an action began and
// in those since it was done.
func (n *Action) effect(ctx context.Context, q db.Queryer, m mains, set *Settings, now time.Time) (*Effect, error) {
	e := &Effect{}
	e.From, e.To = n.after(now)
	before, err := span{n.ProgrammeID, n.Began.AddDate(0, 0, -Window), n.Began, 0}.count(ctx, q, m, set)
	if err != nil {
		return nil, err
	}
	after, err := span{n.ProgrammeID, e.From, e.To, 0}.count(ctx, q, m, set)
	if err != nil {
		return nil, err
	}
	was, is := before.Of(n.Factor), after.Of(n.Factor)
	e.BeforeN, e.AfterN = was.Told(), is.Told()
	e.Before, e.After = stats.Wilson(was.Positive, e.BeforeN, stats.Confidence), stats.Wilson(is.Positive, e.AfterN, stats.Confidence)
	e.Change = stats.ShareDifference(is.Positive, e.AfterN, was.Positive, e.BeforeN, stats.Confidence)
	e.Shown = e.BeforeN >= LeastPieces && e.AfterN >= LeastPieces
	return e, nil
}

// order sorts the list as Backlog says.
func order(list []Item) {
	slices.SortStableFunc(list, func(a, b Item) int {
		if a.Open != b.Open {
			if a.Open {
				return -1
			}
			return 1
		}
		if !a.Open {
			return b.Due().Compare(a.Due())
		}
		return cmp.Or(cmp.Compare(b.Figure.Priority, a.Figure.Priority), a.Due().Compare(b.Due()))
	})
}
