package factor

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/lexicon"
	"regulars/internal/survey"
)

// Config is what a service needs.
type Config struct {
	DB      *db.DB
	Surveys *survey.Service
	Cases   *complaint.Service
	Support SupportIndex // nil leaves what it says of actions out
	Now     func() time.Time
}

// Service is what can be done about factors.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// ourselves is who reads other rooms for the figures.
var ourselves = auth.System("factor")

// readable are the sources whose words an actor may see.
func readable(a auth.Actor, programme id.ID) map[Source]bool {
	return map[Source]bool{
		Answer: a.Can(programme, auth.SurveysRead) == nil,
		Case:   a.Can(programme, auth.CasesRead) == nil,
		Review: a.Can(programme, auth.TouchRead) == nil,
	}
}

// mains are the surveys of a programme by their id.
type mains map[id.ID]*survey.Survey

func (s *Service) mains(ctx context.Context, programme id.ID) (mains, error) {
	list, err := s.Surveys.List(ctx, ourselves, programme)
	if err != nil {
		return nil, err
	}
	m := mains{}
	for i := range list {
		m[list[i].ID] = &list[i]
	}
	return m, nil
}

// desk is what lies ready before pieces are looked at: the surveys and the
// settings of a programme, and the words that hint at factors.
type desk struct {
	programme id.ID
	mains     mains
	set       Settings
	words     *lexicon.Topics
}

func (s *Service) sit(ctx context.Context, programme id.ID) (*desk, error) {
	d := &desk{programme: programme}
	var err error
	if d.mains, err = s.mains(ctx, programme); err != nil {
		return nil, err
	}
	if d.set, _, err = loadSettings(ctx, s.DB.Reader(), programme); err != nil {
		return nil, err
	}
	reasons, err := s.Surveys.Reasons(ctx, ourselves, programme)
	if err != nil {
		return nil, err
	}
	d.words = d.set.hints(reasons)
	return d, nil
}

// tone returns how an answer beside the main number sounds; number is below 0
// where there is none.
func (m mains) tone(of id.ID, number int64) Tone {
	n := m[of]
	if n == nil || number < 0 {
		return Untold
	}
	bounds, known := toneBounds[n.Kind]
	switch {
	case !known:
		return Untold
	case number >= bounds[1]:
		return Positive
	case number <= bounds[0]:
		return Negative
	}
	return Neutral
}

// toneBounds are the greatest negative and the least positive answer to the
// main question: detractors and promoters of the net promoter score, the two
// lowest and highest of five, and those around the middle of seven.
var toneBounds = map[survey.Kind][2]int64{survey.NPS: {6, 9}, survey.CSAT: {2, 4}, survey.CES: {3, 5}, survey.Felt: {2, 4}}

func reviewTone(rating int64) Tone {
	switch {
	case rating == 0:
		return Untold
	case rating >= 4:
		return Positive
	case rating <= 2:
		return Negative
	}
	return Neutral
}

var caseTones = map[complaint.Kind]Tone{complaint.Complaint: Negative, complaint.Wish: Neutral, complaint.Praise: Positive}
