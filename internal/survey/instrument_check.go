package survey

import (
	"maps"
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

// Check returns all that keeps a survey from being asked: words missing in the
// programme's first language, scales without range, branches that lead back or
// nowhere; of each text, of each question and of each branch the first thing.
func (s *Spec) Check(lang string) error {
	var wrong []error
	if !slices.Contains(Kinds(), s.Kind) {
		wrong = append(wrong, fault.Invalid("survey_kind", "a survey is nps, csat, ces, emotion or custom").At("/kind"))
	}
	for _, w := range []struct {
		at     string
		words  Words
		needed bool
	}{{"/names", s.Names, true}, {"/intro", s.Intro, false}, {"/thanks", s.Thanks, false}} {
		wrong = append(wrong, fault.At(w.at, w.words.check(lang, w.needed)))
	}
	if len(s.Questions) == 0 || len(s.Questions) > MaxQuestions {
		return fault.Gather(append(wrong, fault.Invalid("survey_questions", "a survey has 1 to %d questions", MaxQuestions).At("/questions").With("most", MaxQuestions))...)
	}
	wrong = append(wrong, fault.At("/questions/0", s.checkMain()))
	for i := range s.Questions {
		wrong = append(wrong, fault.At("/questions/"+strconv.Itoa(i), s.checkQuestion(i, lang)))
	}
	return fault.Gather(wrong...)
}

// checkMain refuses a first question that does not make the figure of its kind.
func (s *Spec) checkMain() error {
	q := &s.Questions[0]
	b, fixed := standard[s.Kind]
	switch {
	case s.Kind == Felt && (q.Form != Emotion || q.Optional):
		return fault.Invalid("survey_main_emotion", "the first question makes the figure: a feeling that must be told")
	case fixed && s.Kind != Felt && (q.Form != Scale || q.From != b[0] || q.To != b[1] || q.Optional):
		return fault.Invalid("survey_main", "the first question makes the figure: a scale from %d to %d that must be answered", b[0], b[1]).
			With("from", b[0]).With("to", b[1])
	}
	return nil
}

func (s *Spec) checkQuestion(i int, lang string) error {
	q := &s.Questions[i]
	if !code.MatchString(q.Code) || q.Code == End || s.index(q.Code) != i {
		return fault.Invalid("survey_code", "the code %q must be small letters, digits and _, used once, and not “end”", q.Code).At("/code")
	}
	if err := q.Words.check(lang, true); err != nil {
		return fault.At("/words", err)
	}
	if err := q.checkForm(lang); err != nil {
		return err
	}
	var wrong []error
	for b := range q.Branches {
		wrong = append(wrong, fault.At("/branches/"+strconv.Itoa(b), s.checkBranch(i, &q.Branches[b])))
	}
	return fault.Gather(wrong...)
}

func (q *Question) checkForm(lang string) error {
	switch q.Form {
	case Scale:
		if q.From < 0 || q.To <= q.From || q.To > 10 {
			return fault.Invalid("survey_scale", "a scale goes from 0 or more up to 10 at most").At("/to")
		}
		if err := fault.Gather(fault.At("/low", q.Low.check(lang, false)), fault.At("/high", q.High.check(lang, false))); err != nil {
			return err
		}
	case Single, Multiple:
		if err := q.checkOptions(lang); err != nil {
			return err
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

func (q *Question) checkOptions(lang string) error {
	if len(q.Options) < 2 || len(q.Options) > MaxOptions {
		return fault.Invalid("survey_options", "a choice has 2 to %d options", MaxOptions).At("/options").With("most", MaxOptions)
	}
	var wrong []error
	for i, o := range q.Options {
		at := "/options/" + strconv.Itoa(i)
		same := slices.IndexFunc(q.Options, func(other Option) bool { return other.Code == o.Code })
		if !code.MatchString(o.Code) || same != i {
			wrong = append(wrong, fault.Invalid("survey_code", "the code %q must be small letters, digits and _, and used once", o.Code).At(at+"/code"))
			continue
		}
		wrong = append(wrong, fault.At(at+"/words", o.Words.check(lang, true)))
	}
	return fault.Gather(wrong...)
}

func (s *Spec) checkBranch(i int, b *Branch) error {
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
func (w Words) check(lang string, needed bool) error {
	if needed && strings.TrimSpace(w[lang]) == "" {
		return fault.Invalid("survey_words", "words in the programme's first language (%s) are needed", lang).With("lang", lang)
	}
	for _, l := range slices.Sorted(maps.Keys(w)) {
		if !slices.Contains(i18n.Langs(), i18n.Lang(l)) {
			return fault.Invalid("survey_lang", "%q is not a language of ours; use en, ru or pl", l).With("lang", l)
		}
		if !plain(w[l], maxWords) {
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
