package survey

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/fault"
)

// Answer is what was answered to one question.
type Answer struct {
	Number int `json:"number,omitempty"`
	// Choices are codes of options, in the order of the question.
	Choices []string `json:"choices,omitempty"`
	Text    string   `json:"text,omitempty"`
	// Skipped says that an optional question was passed over.
	Skipped bool `json:"skipped,omitempty"`
}

// Answers are what was answered so far, by the codes of questions.
type Answers map[string]Answer

// Next returns the question that is asked now, or nil when all is said. It
// follows the branches of the answers so far, so that an answer which was
// changed on the way back leads elsewhere.
func (s *Spec) Next(given Answers) *Question {
	at := s.Path(given)
	if len(at) == 0 {
		return nil
	}
	last := s.Question(at[len(at)-1])
	if _, answered := given[last.Code]; answered {
		return nil
	}
	return last
}

// Path returns the codes of the questions on the way of these answers: those
// answered, and last the one that is asked now, if any. Answers to questions
// that are not on it do not count.
func (s *Spec) Path(given Answers) []string {
	var path []string
	for i := 0; i < len(s.Questions); {
		q := &s.Questions[i]
		path = append(path, q.Code)
		a, answered := given[q.Code]
		if !answered {
			return path
		}
		i = s.after(i, a)
	}
	return path
}

// after returns the place of the question that follows this answer; that behind
// the last is the end.
func (s *Spec) after(i int, a Answer) int {
	q := &s.Questions[i]
	for _, b := range q.Branches {
		if a.Skipped || !b.takes(q, a) {
			continue
		}
		if b.Then == End {
			return len(s.Questions)
		}
		return s.index(b.Then)
	}
	return i + 1
}

func (b *Branch) takes(q *Question, a Answer) bool {
	if q.Numbered() {
		return b.From <= a.Number && a.Number <= b.To
	}
	return slices.ContainsFunc(a.Choices, func(c string) bool { return slices.Contains(b.Options, c) })
}

// Before returns the question that was asked before the one of the code, or nil
// for the first one on the way.
func (s *Spec) Before(given Answers, code string) *Question {
	path := s.Path(given)
	if i := slices.Index(path, code); i > 0 {
		return s.Question(path[i-1])
	}
	return nil
}

// Take returns the answer as it is kept: choices in the order of the question
// and once each, words trimmed. It refuses what the question does not allow.
func (q *Question) Take(a Answer) (Answer, error) {
	a.Text = strings.TrimSpace(strings.ReplaceAll(a.Text, "\r\n", "\n"))
	if a.Skipped || q.Form == Text && a.Text == "" || q.Form == Multiple && len(a.Choices) == 0 {
		if !q.Optional {
			return a, q.wrong("survey_needed", "the question needs an answer")
		}
		return Answer{Skipped: true}, nil
	}
	if q.Form != Text && a.Text != "" || !q.Numbered() && a.Number != 0 || (q.Numbered() || q.Form == Text) && len(a.Choices) > 0 {
		return a, q.wrong("survey_answer_form", "the answer is of another form than the question")
	}
	switch q.Form {
	case Scale, Emotion:
		if from, to := q.Bounds(); a.Number < from || a.Number > to {
			return a, q.outOfRange()
		}
	case Single, Multiple:
		return q.choose(a)
	case Text:
		if !plain(a.Text, MaxText) {
			return a, q.wrong("survey_too_long", "the text is too long or holds control characters; at most %d letters are taken", MaxText).With("most", MaxText)
		}
	}
	return a, nil
}

func (q *Question) choose(a Answer) (Answer, error) {
	for _, c := range a.Choices {
		if !q.has(c) {
			return a, q.wrong("survey_choice", "the question has no such option")
		}
	}
	var chosen []string
	for _, o := range q.Options {
		if slices.Contains(a.Choices, o.Code) {
			chosen = append(chosen, o.Code)
		}
	}
	if q.Form == Single && len(chosen) != 1 {
		return a, q.wrong("survey_one", "choose one of the options")
	}
	a.Choices = chosen
	return a, nil
}

func (q *Question) wrong(code, format string, args ...any) *fault.Error {
	return fault.Invalid(code, format, args...).At("/answers/" + q.Code)
}

func (q *Question) outOfRange() *fault.Error {
	from, to := q.Bounds()
	return q.wrong("survey_range", "the answer is a whole number from %d to %d", from, to).With("from", from).With("to", to)
}

// Read makes an answer of the values of a form or of what was understood on the
// telephone, where a feeling may be named by its code or in words; no value skips the
// question.
func (q *Question) Read(values []string) (Answer, error) {
	values = slices.DeleteFunc(slices.Clone(values), func(s string) bool { return strings.TrimSpace(s) == "" })
	a := Answer{Skipped: len(values) == 0}
	if a.Skipped {
		return q.Take(a)
	}
	switch q.Form {
	case Scale, Emotion:
		text := values[0]
		if q.Form == Emotion {
			text = feelingNumber(text)
		}
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return a, q.outOfRange()
		}
		a.Number = n
	case Text:
		a.Text = values[0]
	default:
		a.Choices = values
	}
	return q.Take(a)
}

// Complete checks answers that come all at once, as of an import: each by its
// question, all that must be answered on their way, and nothing beside it.
func (s *Spec) Complete(given Answers) (Answers, error) {
	taken := Answers{}
	var wrong []error
	for _, code := range slices.Sorted(maps.Keys(given)) {
		q := s.Question(code)
		if q == nil {
			wrong = append(wrong, fault.Invalid("survey_unknown_question", "the survey has no question %q", code).At("/answers/"+code).With("question", code))
			continue
		}
		t, err := q.Take(given[code])
		taken[code], wrong = t, append(wrong, err)
	}
	if err := fault.Gather(wrong...); err != nil {
		return nil, err // the way through the rest depends on them
	}
	for next := s.Next(taken); next != nil; next = s.Next(taken) {
		t, err := next.Take(Answer{Skipped: true})
		if err != nil {
			return nil, err
		}
		taken[next.Code] = t
	}
	path := s.Path(taken)
	for _, code := range slices.Sorted(maps.Keys(taken)) {
		if !slices.Contains(path, code) {
			return nil, fault.Invalid("survey_off_path", "the question %q is not asked after these answers", code).At("/answers/"+code).With("question", code)
		}
	}
	return taken, nil
}
