package survey

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/stats"
)

// Results are what a survey came to.
type Results struct {
	Survey  Survey
	Asked   Asked
	Figures Figures
	// Choices counts the answers to every question that is not the main one and
	// not in own words: by options, or by numbers of a scale.
	Choices []Counted
	// Reasons counts what own words are about, as confirmed; Open how many
	// nobody has looked at.
	Reasons map[string]int64
	Open    int64
	Drivers Drivers
	// Emotions are what the questions of the form Emotion came to, in the order
	// in which they are asked.
	Emotions []Emotions
}

// Counted is how often each answer to a question was given.
type Counted struct {
	Question string
	N        int64
	// Counts are aligned with the options, or with the numbers from the lowest.
	Counts []int64
}

// Results returns what a survey came to until now. It needs surveys.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme, survey id.ID) (Results, error) {
	var r Results
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return r, err
	}
	var list []*Response
	var p program.Programme
	var shops map[id.ID]string
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		if r.Survey, err = loadSurvey(ctx, q, programme, survey, ""); err != nil {
			return err
		}
		if p, err = program.Load(ctx, q, programme); err != nil {
			return err
		}
		if shops, err = shopCodes(ctx, q, programme); err != nil {
			return err
		}
		if r.Asked, err = loadAsked(ctx, q, survey); err != nil {
			return err
		}
		list, err = selectResponses(ctx, q, `r.survey_id = $1 AND r.state = $2 ORDER BY r.id`, survey, string(Whole))
		return err
	})
	if err != nil {
		return r, err
	}
	r.fill(list)
	if main := r.Survey.Main(); main != nil {
		r.Figures = Reckon(r.Survey.Kind, voicesOf(list, main.Code, shops), r.Asked, p.Zone)
	}
	r.Drivers = drive(&r.Survey.Spec, list)
	return r, nil
}

func voicesOf(list []*Response, main string, shops map[id.ID]string) []Voice {
	var voices []Voice
	for _, n := range list {
		if a, answered := n.Answers[main]; answered && !a.Skipped {
			voices = append(voices, Voice{Number: a.Number, Cell: n.Cell, Shop: shops[n.ShopID], Lang: n.Lang, Mode: n.Mode, Occurred: n.Occurred, Weight: float64(n.Weight) / weightUnit})
		}
	}
	return voices
}

// fill counts choices and reasons.
func (r *Results) fill(list []*Response) {
	main := r.Survey.Main()
	r.Reasons = map[string]int64{}
	for i := range r.Survey.Questions {
		q := &r.Survey.Questions[i]
		if q.Form == Emotion {
			r.Emotions = append(r.Emotions, Feel(q.Code, sensed(list, q.Code)))
		}
		if q.Form == Text {
			r.countReasons(q.Code, list)
			continue
		}
		if main != nil && q.Code == main.Code {
			continue
		}
		r.Choices = append(r.Choices, count(q, list))
	}
}

func (r *Results) countReasons(question string, list []*Response) {
	for _, n := range list {
		if n.Answers[question].Text == "" {
			continue
		}
		if c := n.Reasons[question].Confirmed; c != "" {
			r.Reasons[c]++
		} else {
			r.Open++
		}
	}
}

func count(q *Question, list []*Response) Counted {
	from, to := q.Bounds()
	c := Counted{Question: q.Code, Counts: make([]int64, max(len(q.Options), to-from+1))}
	for _, n := range list {
		a, answered := n.Answers[q.Code]
		if !answered || a.Skipped {
			continue
		}
		c.N++
		if q.Numbered() {
			c.Counts[a.Number-from]++
		}
		for _, chosen := range a.Choices {
			c.Counts[slices.IndexFunc(q.Options, func(o Option) bool { return o.Code == chosen })]++
		}
	}
	return c
}

// Drivers tell which other scales go with the main answer. They tell what goes
// together, not what causes it.
type Drivers struct {
	// Shown is false where there are too few whole answers, or the scales say
	// the same.
	Shown     bool
	N         int
	R2        float64
	Questions []string
	Parts     []stats.DriverInterval
}

// Needs is how many whole answers there must be to show them.
func (d *Drivers) Needs() int {
	return max(stats.LeastAnswers, stats.LeastPerDriver*len(d.Questions))
}

const (
	driverDraws = 300
	driverSeed  = 1
)

// drive explains the main answer by the other scales, over those who answered
// them all.
func drive(s *Spec, list []*Response) Drivers {
	main := s.Main()
	var d Drivers
	if main == nil {
		return d
	}
	for _, q := range s.Questions[1:] {
		if q.Form == Scale {
			d.Questions = append(d.Questions, q.Code)
		}
	}
	var sample stats.Sample
	for _, n := range list {
		var row []float64
		for _, code := range d.Questions {
			if a, answered := n.Answers[code]; answered && !a.Skipped {
				row = append(row, float64(a.Number))
			}
		}
		if len(row) == len(d.Questions) {
			sample.X, sample.Y = append(sample.X, row), append(sample.Y, float64(n.Answers[main.Code].Number))
		}
	}
	d.N = len(sample.Y)
	if len(d.Questions) < 2 || !sample.Enough() {
		return d
	}
	all, err := stats.Explain(sample)
	if err != nil {
		return d
	}
	parts, err := stats.Bootstrap(sample, driverDraws, driverSeed)
	if err != nil {
		return d
	}
	d.Shown, d.R2, d.Parts = true, all.R2, parts
	return d
}

// Place is where a response stands in the order in which they were given; of two
// of one moment the one with the greater id was given later.
type Place struct {
	Given time.Time
	ID    id.ID
}

// Place returns where the response stands.
func (r *Response) Place() Place { return Place{r.Occurred, r.ID} }

// ResponseQuery chooses responses of a survey.
type ResponseQuery struct {
	ProgrammeID, SurveyID id.ID
	// Words leaves those with an answer in own words.
	Words bool
	// Open leaves those with own words whose reason nobody has confirmed.
	Open bool
	// Before is the place of the last response of the page before; the zero one
	// begins with the latest.
	Before Place
	// Limit is the size of the page, 100 at most.
	Limit int
}

// Response returns one response, whole or not; fault "unknown_response". It needs
// surveys.read.
func (s *Service) Response(ctx context.Context, a auth.Actor, programme, response id.ID) (*Response, error) {
	if err := a.Can(programme, auth.SurveysRead); err != nil {
		return nil, err
	}
	list, err := selectResponses(ctx, s.d.Reader(), `r.programme_id = $1 AND r.id = $2`, programme, response)
	if err == nil && len(list) == 0 {
		err = unknownResponse()
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Responses returns whole responses, those given last first, whenever we learnt
// of them. It needs surveys.read.
func (s *Service) Responses(ctx context.Context, a auth.Actor, query ResponseQuery) ([]*Response, error) {
	if _, err := s.Get(ctx, a, query.ProgrammeID, query.SurveyID); err != nil {
		return nil, err
	}
	var args db.Args
	where := `r.survey_id = ` + args.Add(query.SurveyID) + ` AND r.state = ` + args.Add(string(Whole))
	if query.Before.ID != 0 {
		where += ` AND (r.occurred, r.id) < (` + args.Add(db.Micros(query.Before.Given)) + `, ` + args.Add(query.Before.ID) + `)`
	}
	if query.Open {
		where += ` AND EXISTS (SELECT 1 FROM survey_answer o WHERE o.member_id = r.member_id AND o.response_id = r.id AND o.words <> '' AND o.reason = '')`
	}
	if query.Words {
		where += ` AND EXISTS (SELECT 1 FROM survey_answer w WHERE w.member_id = r.member_id AND w.response_id = r.id AND w.words <> '')`
	}
	return selectResponses(ctx, s.d.Reader(), where+` ORDER BY r.occurred DESC, r.id DESC LIMIT `+args.Add(min(max(query.Limit, 1), 101)), args.Values()...)
}
