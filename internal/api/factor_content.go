package api

import (
	"context"
	"time"

	"regulars/internal/factor"
	"regulars/internal/id"
)

type answerersIn struct {
	Cell   string `query:"cell" required:"true" doc:"satisfied_back, satisfied_gone, others_back or others_gone: the satisfied gave 4 or 5; those who are back bought again." example:"satisfied_gone"`
	Cursor cursor `query:"cursor"`
	Limit  limit  `query:"limit"`
}

// answererView is somebody with their last answer.
type answererView struct {
	Member string    `json:"member" example:"mem_01h9x3k7q2v5n"`
	Answer int64     `json:"answer" minimum:"1" maximum:"5" doc:"Of five." example:"5"`
	At     time.Time `json:"at" doc:"When they gave it."`
}

func (s *server) satisfactionMembers(ctx context.Context, c *call, in *answerersIn) (page[answererView], error) {
	v := page[answererView]{Items: []answererView{}}
	size, err := in.Limit.size()
	if err != nil {
		return v, err
	}
	if err := oneOf("cell", in.Cell, factor.Cells()); err != nil {
		return v, err
	}
	var before id.ID
	if in.Cursor != "" {
		place, err := inAnswerers.read(in.Cursor, 1)
		if err != nil {
			return v, err
		}
		before = id.ID(place[0])
	}
	list, err := s.Factors.ContentMembers(ctx, c.actor, c.programme(), factor.Cell(in.Cell), before, size+1)
	if err != nil {
		return v, err
	}
	return paged(inAnswerers, list, size, func(n factor.Answerer) answererView {
		return answererView{n.MemberID.In(id.Member), n.Number, n.At}
	}, func(n factor.Answerer) []int64 { return []int64{int64(n.MemberID)} }), nil
}
