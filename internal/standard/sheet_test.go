package standard

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/fault"
)

func en(text string) Words { return Words{"en": text} }

// service is a standard with every kind of criterion.
func service() Spec {
	return Spec{Names: en("Service"), Criteria: []Criterion{
		{Code: "greeted", Form: YesNo, Weight: 2, Words: en("Were you greeted?")},
		{Code: "clean", Form: Scale, Top: 4, Weight: 3, Critical: true, Least: 2, Words: en("How clean is it?")},
		{Code: "receipt", Form: YesNo, Weight: 5, Critical: true, Words: en("Did you get a receipt?")},
	}}
}

func TestScore(t *testing.T) {
	s := service()
	for _, c := range []struct {
		name    string
		answers map[string]Answer
		score   int64
		failed  []string
	}{
		{"all is well", map[string]Answer{"greeted": {Value: 1}, "clean": {Value: 4}, "receipt": {Value: 1}}, 10_000, nil},
		{"weights count", map[string]Answer{"greeted": {}, "clean": {Value: 4}, "receipt": {Value: 1}}, 8_000, nil},
		{"a step of a scale", map[string]Answer{"greeted": {Value: 1}, "clean": {Value: 3}, "receipt": {Value: 1}}, 9_250, nil},
		{"too little of something critical", map[string]Answer{"greeted": {Value: 1}, "clean": {Value: 1}, "receipt": {Value: 1}}, 7_750, []string{"clean"}},
		{"what could not be judged counts nothing", map[string]Answer{"greeted": {None: true}, "clean": {None: true}, "receipt": {Value: 1}}, 10_000, nil},
		{"half up", map[string]Answer{"greeted": {Value: 1}, "clean": {}, "receipt": {None: true}}, 4_000, []string{"clean"}},
		{"nothing", map[string]Answer{"greeted": {None: true}, "clean": {None: true}, "receipt": {None: true}}, Unjudged, nil},
	} {
		score, failed := s.Score(c.answers)
		if score != c.score || !slices.Equal(failed, c.failed) {
			t.Errorf("%s: got %d and %v, want %d and %v", c.name, score, failed, c.score, c.failed)
		}
	}
}

// TestScoresLieBetween: whatever is answered, the score is between nothing and
// all, and a better answer never makes it worse.
func TestScoresLieBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Spec{}
		answers := map[string]Answer{}
		for i := range rapid.IntRange(1, 6).Draw(t, "criteria") {
			c := Criterion{Code: string(rune('a' + i)), Form: Scale, Top: rapid.IntRange(2, 10).Draw(t, "top"), Weight: rapid.IntRange(1, 100).Draw(t, "weight")}
			s.Criteria = append(s.Criteria, c)
			answers[c.Code] = Answer{Value: rapid.IntRange(0, c.Top).Draw(t, "value"), None: rapid.Bool().Draw(t, "none")}
		}
		before, _ := s.Score(answers)
		if before < Unjudged || before > 10_000 {
			t.Fatalf("the score is %d", before)
		}
		c := s.Criteria[0]
		if a := answers[c.Code]; !a.None && a.Value < c.Top {
			answers[c.Code] = Answer{Value: a.Value + 1}
			if after, _ := s.Score(answers); after < before {
				t.Fatalf("a better answer makes %d of %d", after, before)
			}
		}
	})
}

func TestSheetsAreRefused(t *testing.T) {
	s := service()
	whole := map[string]Answer{"greeted": {Value: 1}, "clean": {Value: 3}, "receipt": {None: true}}
	for _, c := range []struct {
		name, code, at string
		change         func(*Sheet)
	}{
		{"unknown", "visit_criterion", "/answers/tea", func(n *Sheet) { n.Answers["tea"] = Answer{} }},
		{"beyond the scale", "visit_value", "/answers/clean", func(n *Sheet) { n.Answers["clean"] = Answer{Value: 5} }},
		{"below it", "visit_value", "/answers/greeted", func(n *Sheet) { n.Answers["greeted"] = Answer{Value: -1} }},
		{"missing", "visit_unanswered", "/answers/receipt", func(n *Sheet) { delete(n.Answers, "receipt") }},
		{"long", "standard_text_long", "/answers/clean/comment", func(n *Sheet) { n.Answers["clean"] = Answer{Comment: strings.Repeat("ł", MaxComment+1)} }},
		{"order of times", "visit_time_order", "/served", func(n *Sheet) { n.Arrived, n.Served = 700, 600 }},
		{"no time", "visit_time", "/left", func(n *Sheet) { n.Departed = 24 * 60 }},
	} {
		sheet := Blank()
		for code, a := range whole {
			sheet.Answers[code] = a
		}
		c.change(&sheet)
		_, err := s.take(sheet, true)
		if f := fault.As(err); f == nil || f.Code != c.code || f.Field != c.at {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	sheet := Blank()
	if _, err := s.take(sheet, false); err != nil {
		t.Errorf("an empty one cannot be kept: %v", err)
	}
}

func TestMinutes(t *testing.T) {
	for text, want := range map[string]Minute{"": NoMinute, "00:00": 0, "09:05": 545, "23:59": 1439} {
		if m, err := ParseMinute(text); err != nil || m != want || m.String() != text {
			t.Errorf("%q is %d, %q: %v", text, m, m.String(), err)
		}
	}
	for _, text := range []string{"9", "24:00", "noon", "12:60"} {
		if _, err := ParseMinute(text); err == nil {
			t.Errorf("%q is a time", text)
		}
	}
}

func TestSpecsAreRefused(t *testing.T) {
	long := Spec{Names: en("Long")}
	for i := range MaxCriteria + 1 {
		long.Criteria = append(long.Criteria, Criterion{Code: "c" + string(rune('a'+i)), Form: YesNo, Weight: 1, Words: en("?")})
	}
	for want, change := range map[string]func(*Spec){
		"standard_words":    func(s *Spec) { s.Names = Words{"pl": "Obsługa"} },
		"standard_lang":     func(s *Spec) { s.Names["de"] = "Dienst" },
		"standard_criteria": func(s *Spec) { *s = long },
		"standard_code":     func(s *Spec) { s.Criteria[1].Code = "greeted" },
		"standard_form":     func(s *Spec) { s.Criteria[0].Form = "poem" },
		"standard_top":      func(s *Spec) { s.Criteria[1].Top = 11 },
		"standard_weight":   func(s *Spec) { s.Criteria[0].Weight = 0 },
		"standard_least":    func(s *Spec) { s.Criteria[1].Critical = false },
	} {
		s := service()
		change(&s)
		if f := fault.As(s.Check("en")); f == nil || f.Code != want {
			t.Errorf("got %v, want %s", f, want)
		}
	}
	s := service()
	if err := s.Check("en"); err != nil {
		t.Error(err)
	}
}
