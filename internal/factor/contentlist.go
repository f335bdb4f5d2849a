package factor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Cell is one of the four of satisfied or not, and bought again or not.
type Cell string

// The cells.
const (
	SatisfiedBack Cell = "satisfied_back"
	SatisfiedGone Cell = "satisfied_gone"
	OthersBack    Cell = "others_back"
	OthersGone    Cell = "others_gone"
)

// Cells returns the cells.
func Cells() []Cell { return []Cell{SatisfiedBack, SatisfiedGone, OthersBack, OthersGone} }

func cellOf(satisfied, back bool) Cell {
	switch {
	case satisfied && back:
		return SatisfiedBack
	case satisfied:
		return SatisfiedGone
	case back:
		return OthersBack
	}
	return OthersGone
}

// Answerer is somebody with their last answer to how satisfied they were.
type Answerer struct {
	MemberID id.ID
	Number   int64 // of five
	At       time.Time
}

// ContentMembers returns the members of one cell of Content, by their ids from the
// highest down: at most limit of those below before, 0 for the first page. A
// profile that others were merged into stands once. It needs factors.read and
// members.read.
func (s *Service) ContentMembers(ctx context.Context, a auth.Actor, programme id.ID, cell Cell, before id.ID, limit int) ([]Answerer, error) {
	if err := a.Can(programme, auth.FactorsRead, auth.MembersRead); err != nil {
		return nil, err
	}
	if !slices.Contains(Cells(), cell) {
		return nil, fault.Invalid("factor_cell", "there is no such group").At("/cell")
	}
	surveys, err := s.mains(ctx, programme)
	if err != nil {
		return nil, err
	}
	c := s.contentNow()
	last, bought, err := s.answered(ctx, c, programme, surveys)
	if err != nil {
		return nil, err
	}
	var list []Answerer
	for who, o := range last {
		if (before == 0 || who < before) && cellOf(o.number >= satisfiedFrom, c.cameBack(o, bought[who])) == cell {
			list = append(list, Answerer{who, o.number, o.at})
		}
	}
	slices.SortFunc(list, func(a, b Answerer) int { return cmp.Compare(b.MemberID, a.MemberID) })
	return list[:min(limit, len(list))], nil
}
