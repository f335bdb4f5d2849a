package lesson

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Words are the manager's own words by language tag.
type Words map[string]string

// In returns the words in the language, else in English, else in any.
func (w Words) In(lang string) string { return w.Said(lang).Text }

// Said is In with the language that the words are really in.
func (w Words) Said(lang string) i18n.Said { return i18n.Pick(w, lang) }

// Bounds of a lesson.
const (
	MaxText      = 20_000 // letters, in one language
	maxWords     = 500
	MaxQuestions = 30
	MaxOptions   = 8
	maxDays      = 3650
)

// Option is one answer to choose. Right marks those that are.
type Option struct {
	Code  string `json:"code"`
	Words Words  `json:"words"`
	Right bool   `json:"right,omitempty"`
}

// Question is one of the quiz. With several right options all of them must be
// chosen, and no other. Why explains the answer once it was given.
type Question struct {
	Code    string   `json:"code"`
	Words   Words    `json:"words"`
	Options []Option `json:"options"`
	Why     Words    `json:"why,omitempty"`
}

// Multiple reports whether several options are right.
func (q *Question) Multiple() bool { return len(q.right()) > 1 }

func (q *Question) right() []string {
	var list []string
	for _, o := range q.Options {
		if o.Right {
			list = append(list, o.Code)
		}
	}
	slices.Sort(list)
	return list
}

// Right reports whether the options chosen are those that are right.
func (q *Question) Right(chosen []string) bool {
	list := slices.Compact(slices.Sorted(slices.Values(chosen)))
	return slices.Equal(list, q.right())
}

// Spec is what a manager writes.
type Spec struct {
	Titles    Words      `json:"titles"`
	Text      Words      `json:"text"`
	Questions []Question `json:"questions"`
	// Pass is how many per cent of the questions must be right.
	Pass int `json:"pass"`
	// Days is how long a certificate holds; 0 for ever.
	Days int `json:"days,omitempty"`
	// Roles must take the lesson; with Shops those of them alone who worked at
	// tills there.
	Roles []auth.Role `json:"roles"`
	Shops []id.ID     `json:"shops,omitempty"`
	// Cause of complaints that the lesson is about, empty for none.
	Cause string `json:"cause,omitempty"`
}

// Marks reckons answers: the share of questions that are right, per 10,000
// rounded down, and whether that is enough.
func (s *Spec) Marks(answers map[string][]string) (score int64, passed bool) {
	right := 0
	for i := range s.Questions {
		if s.Questions[i].Right(answers[s.Questions[i].Code]) {
			right++
		}
	}
	return int64(right) * 10_000 / int64(len(s.Questions)), right*100 >= s.Pass*len(s.Questions)
}

// Shuffled returns the questions and their options in the order of a lottery:
// the same seed gives the same order.
func (s *Spec) Shuffled(seed uint64) []Question {
	lot := func(of string) uint64 {
		sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), of...))
		return binary.BigEndian.Uint64(sum[:])
	}
	list := slices.Clone(s.Questions)
	for i := range list {
		q := list[i].Code
		list[i].Options = slices.SortedFunc(slices.Values(list[i].Options), func(a, b Option) int { return cmp.Compare(lot(q+"/"+a.Code), lot(q+"/"+b.Code)) })
	}
	slices.SortFunc(list, func(a, b Question) int { return cmp.Compare(lot(a.Code), lot(b.Code)) })
	return list
}

var code = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,39}$`)

func (s *Spec) tidy() {
	s.Titles, s.Text = i18n.TidyWords(s.Titles), i18n.TidyWords(s.Text)
	s.Questions = slices.Clone(s.Questions)
	for i := range s.Questions {
		q := &s.Questions[i]
		q.Words, q.Why, q.Options = i18n.TidyWords(q.Words), i18n.TidyWords(q.Why), slices.Clone(q.Options)
		for k := range q.Options {
			q.Options[k].Words = i18n.TidyWords(q.Options[k].Words)
		}
	}
	if s.Roles == nil {
		s.Roles = []auth.Role{}
	}
}

func (w Words) check(lang, field string, needed bool, most int) error {
	if needed && w[lang] == "" {
		return fault.Invalid("lesson_words", "words in the programme's first language (%s) are needed", lang).At(field).With("lang", lang)
	}
	for l, said := range w {
		if !slices.Contains(i18n.Langs(), i18n.Lang(l)) {
			return fault.Invalid("lesson_lang", "%q is not a language of ours; use en, ru or pl", l).At(field).With("lang", l)
		}
		if utf8.RuneCountInString(said) > most {
			return fault.Invalid("lesson_text_long", "the text takes at most %d letters", most).At(field).With("most", most)
		}
	}
	return nil
}

// Check returns all that keeps a lesson from being learnt or asked; of each
// question the first thing.
func (s *Spec) Check(lang string) error {
	wrong := []error{s.Titles.check(lang, "/titles", true, maxWords), s.Text.check(lang, "/text", true, MaxText)}
	if s.Pass < 1 || s.Pass > 100 {
		wrong = append(wrong, fault.Invalid("lesson_pass", "the pass mark is 1 to 100 per cent").At("/pass"))
	}
	if s.Days < 0 || s.Days > maxDays {
		wrong = append(wrong, fault.Invalid("lesson_days", "a certificate holds for at most %d days, 0 for ever", maxDays).At("/days").With("most", maxDays))
	}
	if len(s.Roles) == 0 {
		wrong = append(wrong, fault.Invalid("lesson_nobody", "say who must take the lesson").At("/roles"))
	}
	for i, r := range s.Roles {
		if !r.Valid() {
			wrong = append(wrong, fault.Invalid("lesson_role", "there is no such role").At("/roles/"+strconv.Itoa(i)))
		}
	}
	if len(s.Questions) == 0 || len(s.Questions) > MaxQuestions {
		return fault.Gather(append(wrong, fault.Invalid("lesson_questions", "a quiz has 1 to %d questions", MaxQuestions).At("/questions").With("most", MaxQuestions))...)
	}
	for i := range s.Questions {
		wrong = append(wrong, s.checkQuestion(i, lang))
	}
	return fault.Gather(wrong...)
}

func (s *Spec) checkQuestion(i int, lang string) error {
	q, at := &s.Questions[i], "/questions/"+strconv.Itoa(i)
	same := func(o Question) bool { return o.Code == q.Code }
	if !code.MatchString(q.Code) || slices.IndexFunc(s.Questions, same) != i {
		return fault.Invalid("lesson_code", "a code is small letters, digits and _, and used once").At(at + "/code")
	}
	if err := q.Words.check(lang, at+"/words", true, maxWords); err != nil {
		return err
	}
	if err := q.Why.check(lang, at+"/why", false, maxWords); err != nil {
		return err
	}
	if len(q.Options) < 2 || len(q.Options) > MaxOptions {
		return fault.Invalid("lesson_options", "a question has 2 to %d answers to choose", MaxOptions).At(at+"/options").With("most", MaxOptions)
	}
	if n := len(q.right()); n == 0 || n == len(q.Options) {
		return fault.Invalid("lesson_right", "at least one answer is right, and at least one is not").At(at + "/options")
	}
	for k, o := range q.Options {
		field := at + "/options/" + strconv.Itoa(k)
		if !code.MatchString(o.Code) || slices.IndexFunc(q.Options, func(x Option) bool { return x.Code == o.Code }) != k {
			return fault.Invalid("lesson_code", "a code is small letters, digits and _, and used once").At(field + "/code")
		}
		if err := o.Words.check(lang, field+"/words", true, maxWords); err != nil {
			return err
		}
	}
	return nil
}
