package survey

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Bounds of what a survey may say.
const (
	MaxQuestions = 40
	MaxOptions   = 30
	maxWords     = 500
	// MaxText is how many letters an answer in own words may have, in every
	// alphabet.
	MaxText = 4000
)

var code = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,39}$`)

// Check refuses what cannot be asked: words missing in the programme's first
// language, scales without range, branches that lead back or nowhere.
func (s *Spec) Check(lang string) error {
	if !slices.Contains(Kinds(), s.Kind) {
		return fault.Invalid("survey_kind", "a survey is nps, csat, ces, emotion or custom").At("/kind")
	}
	for _, w := range []struct {
		at     string
		words  Words
		needed bool
	}{{"/names", s.Names, true}, {"/intro", s.Intro, false}, {"/thanks", s.Thanks, false}} {
		if err := w.words.check(lang, w.needed); err != nil {
			return err.At(w.at)
		}
	}
	if len(s.Questions) == 0 || len(s.Questions) > MaxQuestions {
		return fault.Invalid("survey_questions", "a survey has 1 to %d questions", MaxQuestions).At("/questions").With("most", MaxQuestions)
	}
	if b, fixed := standard[s.Kind]; fixed {
		q := &s.Questions[0]
		if s.Kind == Felt && (q.Form != Emotion || q.Optional) {
			return fault.Invalid("survey_main_emotion", "the first question makes the figure: a feeling that must be told").At("/questions/0")
		}
		if s.Kind != Felt && (q.Form != Scale || q.From != b[0] || q.To != b[1] || q.Optional) {
			return fault.Invalid("survey_main", "the first question makes the figure: a scale from %d to %d that must be answered", b[0], b[1]).
				At("/questions/0").With("from", b[0]).With("to", b[1])
		}
	}
	for i := range s.Questions {
		if err := s.checkQuestion(i, lang); err != nil {
			return err.At("/questions/" + strconv.Itoa(i))
		}
	}
	return nil
}

func (s *Spec) checkQuestion(i int, lang string) *fault.Error {
	q := &s.Questions[i]
	if !code.MatchString(q.Code) || q.Code == End || s.index(q.Code) != i {
		return fault.Invalid("survey_code", "the code %q must be small letters, digits and _, used once, and not “end”", q.Code).At("/code")
	}
	if err := q.Words.check(lang, true); err != nil {
		return err.At("/words")
	}
	if err := q.checkForm(lang); err != nil {
		return err
	}
	for b := range q.Branches {
		if err := s.checkBranch(i, &q.Branches[b]); err != nil {
			return err.At("/branches/" + strconv.Itoa(b))
		}
	}
	return nil
}

func (q *Question) checkForm(lang string) *fault.Error {
	switch q.Form {
	case Scale:
		if q.From < 0 || q.To <= q.From || q.To > 10 {
			return fault.Invalid("survey_scale", "a scale goes from 0 or more up to 10 at most").At("/to")
		}
		for at, w := range map[string]Words{"/low": q.Low, "/high": q.High} {
			if err := w.check(lang, false); err != nil {
				return err.At(at)
			}
		}
	case Single, Multiple:
		if len(q.Options) < 2 || len(q.Options) > MaxOptions {
			return fault.Invalid("survey_options", "a choice has 2 to %d options", MaxOptions).At("/options").With("most", MaxOptions)
		}
		for i, o := range q.Options {
			same := slices.IndexFunc(q.Options, func(other Option) bool { return other.Code == o.Code })
			if !code.MatchString(o.Code) || same != i {
				return fault.Invalid("survey_code", "the code %q must be small letters, digits and _, and used once", o.Code).At("/options/" + strconv.Itoa(i) + "/code")
			}
			if err := o.Words.check(lang, true); err != nil {
				return err.At("/options/" + strconv.Itoa(i) + "/words")
			}
		}
	case Emotion, Text:
	default:
		return fault.Invalid("survey_form", "a question is a scale, emotion, single, multiple or text").At("/form")
	}
	if q.Form != Scale && (q.From != 0 || q.To != 0) || len(q.Options) > 0 && q.Form != Single && q.Form != Multiple {
		return fault.Invalid("survey_form", "only a scale has bounds, and only a choice has options").At("/form")
	}
	return nil
}

func (s *Spec) checkBranch(i int, b *Branch) *fault.Error {
	q := &s.Questions[i]
	if b.Then != End && s.index(b.Then) <= i {
		return fault.Invalid("survey_branch", "a branch leads to a later question or to the end").At("/then")
	}
	from, to := q.Bounds()
	bad := q.Form == Text || q.Numbered() && (len(b.Options) > 0 || b.From < from || b.To > to || b.From > b.To) ||
		(q.Form == Single || q.Form == Multiple) && (b.From != 0 || b.To != 0 || len(b.Options) == 0)
	for _, o := range b.Options {
		bad = bad || !q.has(o)
	}
	if bad {
		return fault.Invalid("survey_branch_answer", "a branch looks at answers that its question has")
	}
	return nil
}

func (q *Question) has(option string) bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Code == option })
}

// check refuses words in other languages than ours, too long ones and control
// characters; needed ones must be there in the first language.
func (w Words) check(lang string, needed bool) *fault.Error {
	if needed && strings.TrimSpace(w[lang]) == "" {
		return fault.Invalid("survey_words", "words in the programme's first language (%s) are needed", lang).With("lang", lang)
	}
	for l, said := range w {
		if !slices.Contains(i18n.Langs(), i18n.Lang(l)) {
			return fault.Invalid("survey_lang", "%q is not a language of ours; use en, ru or pl", l).With("lang", l)
		}
		if !plain(said, maxWords) {
			return fault.Invalid("survey_text", "the text is too long or holds control characters")
		}
	}
	return nil
}

// plain reports whether the text is short enough, UTF-8, and without control
// characters other than line ends and tabs.
func plain(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}
