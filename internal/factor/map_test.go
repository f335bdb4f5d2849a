package factor

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/complaint"
	"regulars/internal/stats"
	"regulars/internal/survey"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// TestMapByFeedback places factors by stated importance and share of positive,
// lists one of too few pieces without a place, and compares with the period
// before.
func TestMapByFeedback(t *testing.T) {
	each(t, func(w *town) {
		now := w.Now()
		w.Set(now.AddDate(0, 0, -40))
		for range 12 {
			w.opens(complaint.Praise, "queue", "Quick")
		}
		w.Set(now)
		for range 15 {
			w.opens(complaint.Complaint, "queue", "Slow")
		}
		for range 5 {
			w.opens(complaint.Praise, "queue", "Quick")
		}
		for range 12 {
			w.opens(complaint.Praise, "staff", "Kind")
		}
		for range 3 {
			w.opens(complaint.Complaint, "price", "Dear")
		}
		m, err := w.Map(t.Context(), boss, Ask{Period: w.lately(), Basis: ByFeedback})
		w.OK(err)
		if m.Importance != Stated || !near(m.ImportanceLine, 1.0/9) || !near(m.PerformanceLine, 17.0/35) {
			t.Errorf("the map is by %s, its lines at %v and %v", m.Importance, m.ImportanceLine, m.PerformanceLine)
		}
		speed, serving, value := m.figure(Speed), m.figure(Serving), m.figure(Value)
		if !speed.Placed || speed.Quadrant != MendFirst || !near(speed.Performance.Value, 0.25) || !near(speed.Importance.Value, 20.0/35) || !near(speed.Priority, 20.0/35*0.75) || !speed.Sure {
			t.Errorf("speed is %+v", speed)
		}
		if speed.Performance != stats.Wilson(5, 20, stats.Confidence) {
			t.Errorf("the interval of speed is %v", speed.Performance)
		}
		if !speed.Changed || !near(speed.Change.Value, -0.75) || speed.BeforeN != 12 {
			t.Errorf("the change of speed is %v of %d", speed.Change, speed.BeforeN)
		}
		if serving.Quadrant != KeepUp || serving.Changed {
			t.Errorf("service is %+v", serving)
		}
		if value.Placed || value.Tally.N() != 3 || value.Quadrant != "" {
			t.Errorf("three pieces place value at %+v", value)
		}
		if m.Figures[0].Factor != Speed || len(m.Figures) != 9 {
			t.Errorf("the first of %d figures is %s", len(m.Figures), m.Figures[0].Factor)
		}
		ask := Ask{Period: w.lately(), Basis: ByFeedback}
		ask.ShopID = w.Shops["main"]
		if m, err = w.Map(t.Context(), boss, ask); err != nil || m.Count.All != 0 || m.Figures[0].Placed {
			t.Errorf("a shop without feedback has %+v (%v)", m.Figures[0], err)
		}
		ask.To = ask.From
		_, err = w.Map(t.Context(), boss, ask)
		w.Refuses(err, "factor_period")
	})
}

// marks is a survey that rates service and speed beside the recommendation.
func (w *town) marks() survey.Survey {
	w.Helper()
	scale := func(code string) survey.Question {
		return survey.Question{Code: code, Form: survey.Scale, From: 1, To: 5, Optional: true, Words: survey.Words{"en": code}}
	}
	n := w.publishes(survey.Spec{Kind: survey.NPS, Names: survey.Words{"en": "Marks"}, Questions: []survey.Question{
		{Code: "score", Form: survey.Scale, To: 10, Words: survey.Words{"en": "How likely?"}}, scale("staff"), scale("manners"), scale("fast"),
	}})
	w.sets(func(s *Settings) {
		s.Ratings = []Rating{{n.ID, "staff", Serving}, {n.ID, "manners", Serving}, {n.ID, "fast", Speed}}
	})
	return n
}

// TestMapByRatings takes performance from marks and importance from what drives
// the main answer, once there are answers enough, and says which it is.
func TestMapByRatings(t *testing.T) {
	each(t, func(w *town) {
		n := w.marks()
		mark := func(i int) {
			fast, staff := 1+i%5, 1+i/5%5
			w.answers(n, 0, survey.Answers{"score": {Number: min(10, 2*fast)}, "staff": {Number: staff}, "manners": {Number: staff}, "fast": {Number: fast}})
		}
		for i := range 50 {
			mark(i)
		}
		ask := Ask{Period: w.lately(), Basis: ByRatings}
		m, err := w.Map(t.Context(), boss, ask)
		w.OK(err)
		if m.Importance != Stated || m.SurveyID != n.ID || m.Answers != 50 {
			t.Errorf("50 answers make importance %s of %d", m.Importance, m.Answers)
		}
		for i := 50; i < 100; i++ {
			mark(i)
		}
		if m, err = w.Map(t.Context(), boss, ask); err != nil {
			t.Fatal(err)
		}
		speed, serving := m.figure(Speed), m.figure(Serving)
		if m.Importance != Derived || m.R2 < 0.999 || speed.Importance.Value < 0.99 || serving.Importance.Value > 0.01 {
			t.Errorf("importance is %s: speed %v, service %v of %v", m.Importance, speed.Importance, serving.Importance, m.R2)
		}
		if speed.Marks != 100 || !near(speed.Performance.Value, 0.5) || !speed.Placed || !serving.Placed || m.figure(Value).Placed {
			t.Errorf("the marks of speed are %+v", speed)
		}
		if !near(m.ImportanceLine, m.R2/2) || !near(m.PerformanceLine, 0.5) {
			t.Errorf("the lines are at %v and %v", m.ImportanceLine, m.PerformanceLine)
		}
		ask.SurveyID = w.asks.ID
		_, err = w.Map(t.Context(), boss, ask)
		w.Refuses(err, "factor_no_questionnaire")
	})
}

// TestRatingsAreOfScales refuses to rate a factor by the main question, by words
// or by what is not there, and by one question twice.
func TestRatingsAreOfScales(t *testing.T) {
	each(t, func(w *town) {
		n := w.marks()
		scales, err := w.Scales(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if len(scales) != 1 || len(scales[0].Questions) != 3 {
			t.Errorf("the scales are %v", scales)
		}
		for _, c := range []struct {
			list []Rating
			code string
		}{
			{[]Rating{{n.ID, "score", Value}}, "factor_no_question"},
			{[]Rating{{w.asks.ID, "why", Value}}, "factor_no_question"},
			{[]Rating{{1, "fast", Value}}, "factor_no_question"},
			{[]Rating{{n.ID, "fast", Value}, {n.ID, "fast", Speed}}, "factor_rating_twice"},
			{[]Rating{{n.ID, "fast", "rest"}}, "factor_off"},
		} {
			s, version, err := w.Settings(t.Context(), boss, w.Programme.ID)
			w.OK(err)
			s.Ratings = c.list
			_, err = w.SetSettings(t.Context(), boss, w.Programme.ID, version, s)
			w.Refuses(err, c.code)
		}
	})
}

// TestEveryPlaceFitsItsFigures draws tallies and looks that quadrants follow the
// lines, that the order follows importance times gap, and that few are not
// placed.
func TestEveryPlaceFitsItsFigures(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		count := func(name string) *Count {
			c := &Count{of: map[Code]*Tally{}}
			for _, f := range Codes() {
				n := rapid.SliceOfN(rapid.Int64Range(0, 40), 4, 4).Draw(r, name+string(f))
				c.of[f] = &Tally{n[0], n[1], n[2], n[3]}
			}
			return c
		}
		m := &Map{Ask: Ask{Basis: ByFeedback}, on: Codes()}
		m.state(count("now"), count("before"))
		m.finish()
		var importance float64
		last := math.Inf(1)
		for _, f := range m.Figures {
			importance += f.Importance.Value
			if f.Placed != (f.Tally.Told() >= LeastPieces) || f.Priority > last {
				r.Fatalf("%s of %d is placed %v with %v after %v", f.Factor, f.Tally.Told(), f.Placed, f.Priority, last)
			}
			last = f.Priority
			good := f.Quadrant == KeepUp || f.Quadrant == Enough
			important := f.Quadrant == KeepUp || f.Quadrant == MendFirst
			if f.Placed && (good != (f.Performance.Value >= m.PerformanceLine) || important != (f.Importance.Value >= m.ImportanceLine)) {
				r.Fatalf("%s lies at %s with %v and %v", f.Factor, f.Quadrant, f.Importance, f.Performance)
			}
			if f.Sure && (!f.Placed || f.Performance.Contains(m.PerformanceLine)) {
				r.Fatalf("%s is sure across a line", f.Factor)
			}
		}
		if m.Count == nil && importance > 0 && !near(importance, 1) {
			r.Fatalf("the shares add up to %v", importance)
		}
	})
}

// TestPeriodBefore ends where the period begins and lasts as long.
func TestPeriodBefore(t *testing.T) {
	p := Period{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)}
	if b := p.before(); !b.To.Equal(p.From) || b.To.Sub(b.From) != p.To.Sub(p.From) {
		t.Errorf("before it is %v to %v", b.From, b.To)
	}
}
