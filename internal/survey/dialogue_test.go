package survey

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/fault"
)

// slip is a questionnaire of every form with branches.
func slip() Spec {
	return Spec{Kind: Custom, Names: Words{"en": "Slip"}, Questions: []Question{
		{Code: "visit", Form: Single, Words: Words{"en": "Did you visit?"}, Options: []Option{{Code: "yes", Words: Words{"en": "Yes"}}, {Code: "no", Words: Words{"en": "No"}}},
			Branches: []Branch{{Options: []string{"no"}, Then: "why"}}},
		{Code: "calm", Form: Scale, From: 1, To: 7, Words: Words{"en": "How calm?"}, Branches: []Branch{{From: 6, To: 7, Then: End}, {From: 1, To: 2, Then: "why"}}},
		{Code: "what", Form: Multiple, Optional: true, Words: Words{"en": "What?"}, Options: []Option{{Code: "a", Words: Words{"en": "A"}}, {Code: "b", Words: Words{"en": "B"}}, {Code: "c", Words: Words{"en": "C"}}},
			Branches: []Branch{{Options: []string{"c"}, Then: End}}},
		{Code: "why", Form: Text, Optional: true, Words: Words{"en": "Why?"}},
	}}
}

// TestTheDialogueFollowsItsBranches by the answers alone.
func TestTheDialogueFollowsItsBranches(t *testing.T) {
	s := slip()
	if err := s.Check("en"); err != nil {
		t.Fatal(err)
	}
	yes, calm := Answer{Choices: []string{"yes"}}, func(n int) Answer { return Answer{Number: n} }
	for _, c := range []struct {
		given Answers
		path  string
		next  string
	}{
		{Answers{}, "visit", "visit"},
		{Answers{"visit": {Choices: []string{"no"}}}, "visit why", "why"},
		{Answers{"visit": yes}, "visit calm", "calm"},
		{Answers{"visit": yes, "calm": calm(7)}, "visit calm", ""},
		{Answers{"visit": yes, "calm": calm(2)}, "visit calm why", "why"},
		{Answers{"visit": yes, "calm": calm(4)}, "visit calm what", "what"},
		{Answers{"visit": yes, "calm": calm(4), "what": {Choices: []string{"a", "c"}}}, "visit calm what", ""},
		{Answers{"visit": yes, "calm": calm(4), "what": {Skipped: true}}, "visit calm what why", "why"},
		// An answer changed on the way back leads elsewhere; what is off the way does not count.
		{Answers{"visit": {Choices: []string{"no"}}, "calm": calm(7), "what": {Choices: []string{"c"}}}, "visit why", "why"},
	} {
		next := ""
		if q := s.Next(c.given); q != nil {
			next = q.Code
		}
		if got := strings.Join(s.Path(c.given), " "); got != c.path || next != c.next {
			t.Errorf("after %v the way is %q and %q is next, want %q and %q", c.given, got, next, c.path, c.next)
		}
	}
	if q := s.Before(Answers{"visit": {Choices: []string{"no"}}}, "why"); q == nil || q.Code != "visit" {
		t.Errorf("back from why leads to %v", q)
	}
	for _, branch := range []Branch{{From: 1, To: 7, Then: "visit"}, {From: 1, To: 7, Then: "nowhere"}, {From: 0, To: 3, Then: End}} {
		spoilt := slip()
		spoilt.Questions[1].Branches = []Branch{branch}
		if err := spoilt.Check("en"); err == nil {
			t.Errorf("the branch %+v is let through", branch)
		}
	}
}

// TestEveryDialogueEnds: whatever is answered, each question is asked once, in
// the order of the survey, and the end is reached.
func TestEveryDialogueEnds(t *testing.T) {
	s := slip()
	rapid.Check(t, func(t *rapid.T) {
		given := Answers{}
		for range len(s.Questions) + 1 {
			q := s.Next(given)
			if q == nil {
				break
			}
			if _, again := given[q.Code]; again {
				t.Fatalf("%s is asked twice", q.Code)
			}
			var a Answer
			switch q.Form {
			case Scale:
				a.Number = rapid.IntRange(q.From, q.To).Draw(t, q.Code)
			case Text:
				a.Text = rapid.SampledFrom([]string{"", "because"}).Draw(t, q.Code)
			case Single:
				a.Choices = []string{rapid.SampledFrom(q.Options).Draw(t, q.Code).Code}
			default:
				for _, o := range q.Options {
					if rapid.Bool().Draw(t, o.Code) {
						a.Choices = append(a.Choices, o.Code)
					}
				}
			}
			taken, err := q.Take(a)
			if err != nil {
				t.Fatal(err)
			}
			given[q.Code] = taken
		}
		if s.Next(given) != nil {
			t.Fatalf("after %v it still asks", given)
		}
		last := -1
		for _, code := range s.Path(given) {
			at := slices.IndexFunc(s.Questions, func(q Question) bool { return q.Code == code })
			if at <= last {
				t.Fatalf("the way is %v", s.Path(given))
			}
			last = at
		}
		if _, err := s.Complete(given); err != nil {
			t.Fatalf("all at once it is refused: %v", err)
		}
	})
}

// TestWordsAreCountedInLetters: an answer takes as many in every alphabet.
func TestWordsAreCountedInLetters(t *testing.T) {
	q := &Question{Code: "why", Form: Text}
	for _, letter := range []string{"a", "я", "ع", "🙃"} {
		if _, err := q.Take(Answer{Text: strings.Repeat(letter, MaxText)}); err != nil {
			t.Errorf("%d times %q: %v", MaxText, letter, err)
		}
		if _, err := q.Take(Answer{Text: strings.Repeat(letter, MaxText+1)}); fault.As(err) == nil || fault.As(err).Code != "survey_too_long" {
			t.Errorf("one more of %q: %v", letter, err)
		}
	}
	for _, bad := range []string{"a\x00b", "\xff"} {
		if _, err := q.Take(Answer{Text: bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
