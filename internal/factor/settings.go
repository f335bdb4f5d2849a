package factor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Setup is what a programme says of a factor.
type Setup struct {
	Code Code `json:"code"`
	// Names are by language; without any our own text is shown.
	Names map[string]string `json:"names,omitempty"`
	// Hints are words by language that hint at the factor, in any form of
	// theirs.
	Hints map[string]string `json:"hints,omitempty"`
	// Off factors are coded to no more, and what was coded to them is to be
	// coded again.
	Off bool `json:"off,omitempty"`
}

// Rating is a question of a survey that asks for a mark of a factor.
type Rating struct {
	SurveyID id.ID  `json:"survey"`
	Question string `json:"question"`
	Factor   Code   `json:"factor"`
}

// Settings are a programme's choices about factors.
type Settings struct {
	Factors []Setup `json:"factors"`
	// Answers say to which factor a confirmed reason of an answer belongs,
	// Reasons that of a case, and Causes where the reason of a case is of none.
	Answers map[string]Code `json:"answers"`
	Reasons map[string]Code `json:"reasons"`
	Causes  map[string]Code `json:"causes"`
	Ratings []Rating        `json:"ratings,omitempty"`
}

// Bounds of settings.
const (
	leastOn     = 2
	maxName     = 60
	maxHints    = 1000
	maxMapped   = 100
	maxRatings  = 60
	maxCodeSize = 40
)

// DefaultSettings are what holds until a programme says otherwise.
func DefaultSettings() Settings {
	s := Settings{
		Answers: map[string]Code{
			"price": Value, "prices": Value, "value": Value, "quality": Assortment, "choice": Assortment, "range": Assortment, "assortment": Assortment,
			"staff": Serving, "service": Serving, "delivery": Speed, "queue": Speed, "speed": Speed, "site": Convenience, "convenience": Convenience,
		},
		Reasons: map[string]Code{
			"quality": Assortment, "staff": Serving, "price": Value, "queue": Speed, "stock": Assortment, "cleanliness": Serving, "points": Value,
			"food": Assortment, "ill": Assortment, "waiting": Speed, "wrong_order": Expectations, "bill": Value,
			"treatment": Serving, "appointment": Convenience, "privacy": Relations, "information": Relations,
			"late": Speed, "missing": Expectations, "damaged": Expectations, "wrong_item": Expectations, "not_as_described": Expectations, "refund": Relations, "site": Convenience,
		},
		Causes: map[string]Code{"supplier": Assortment, "training": Serving, "staffing": Speed, "system": Convenience, "carrier": Speed, "information": Expectations},
	}
	for _, c := range Codes() {
		s.Factors = append(s.Factors, Setup{Code: c, Hints: maps.Clone(hints[c])})
	}
	return s
}

// On returns the factors in use, in their order.
func (s *Settings) On() []Code {
	var list []Code
	for _, f := range s.Factors {
		if !f.Off {
			list = append(list, f.Code)
		}
	}
	return list
}

func (s *Settings) on(c Code) bool { return slices.Contains(s.On(), c) }

func (s *Settings) setup(c Code) Setup {
	if i := slices.IndexFunc(s.Factors, func(f Setup) bool { return f.Code == c }); i >= 0 {
		return s.Factors[i]
	}
	return Setup{Code: c}
}

// Name names a factor in a language: by the manager's words, else by ours.
func (s *Settings) Name(c Code, lang i18n.Lang) i18n.Text {
	own := i18n.Pick(s.setup(c).Names, string(lang))
	if own.Lang == lang || own.Lang == i18n.English {
		return own.Own("factor.own_words")
	}
	return c.Text() // ours is in every language
}

// Of returns the factor of a piece of feedback, or none: the one a person coded
// it to, else that of its reason, else that of its cause.
func (s *Settings) Of(source Source, by Code, reason, cause string) Code {
	if s.on(by) {
		return by
	}
	switch source {
	case Answer:
		return s.inUse(s.Answers[reason])
	case Case:
		return cmp.Or(s.inUse(s.Reasons[reason]), s.inUse(s.Causes[cause]))
	}
	return ""
}

func (s *Settings) inUse(c Code) Code {
	if s.on(c) {
		return c
	}
	return ""
}

// Check returns all that is wrong with settings; of each factor's words, and of
// each list of codes, the first thing.
func (s *Settings) Check() error {
	if len(s.Factors) != len(Codes()) || !slices.EqualFunc(s.Factors, Codes(), func(f Setup, c Code) bool { return f.Code == c }) {
		return fault.Invalid("factor_list", "name every factor once, in the order in which they were given: they may be renamed or switched off, none is added").At("/factors")
	}
	if len(s.On()) < leastOn {
		return fault.Invalid("factor_few", "at least %d factors stay in use", leastOn).With("least", leastOn).At("/factors")
	}
	var wrong []error
	for i, f := range s.Factors {
		at := fmt.Sprintf("/factors/%d", i)
		wrong = append(wrong, checkWords(f.Names, at+"/names", maxName), checkWords(f.Hints, at+"/hints", maxHints))
	}
	wrong = append(wrong, s.checkMapping(s.Answers, "/answers"), s.checkMapping(s.Reasons, "/reasons"), s.checkMapping(s.Causes, "/causes"), s.checkRatings())
	return fault.Gather(wrong...)
}

func (s *Settings) checkMapping(m map[string]Code, at string) error {
	if len(m) > maxMapped {
		return fault.Invalid("factor_mapping_long", "at most %d codes count to factors", maxMapped).With("most", maxMapped).At(at)
	}
	for _, code := range slices.Sorted(maps.Keys(m)) {
		if !codeFits(code) {
			return fault.Invalid("factor_code", "%q is no code of a reason", code).With("code", code).At(at)
		}
		if !s.on(m[code]) {
			return fault.Invalid("factor_off", "there is no such factor in use").At(at + "/" + code)
		}
	}
	return nil
}

func (s *Settings) checkRatings() error {
	if len(s.Ratings) > maxRatings {
		return fault.Invalid("factor_mapping_long", "at most %d codes count to factors", maxRatings).With("most", maxRatings).At("/ratings")
	}
	for i, r := range s.Ratings {
		at := fmt.Sprintf("/ratings/%d", i)
		if !s.on(r.Factor) {
			return fault.Invalid("factor_off", "there is no such factor in use").At(at + "/factor")
		}
		if slices.ContainsFunc(s.Ratings[:i], func(o Rating) bool { return o.SurveyID == r.SurveyID && o.Question == r.Question }) {
			return fault.Invalid("factor_rating_twice", "a question rates one factor").At(at + "/question")
		}
	}
	return nil
}

func codeFits(code string) bool {
	return code != "" && len(code) <= maxCodeSize && !strings.ContainsFunc(code, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	})
}

// checkWords refuses words of no language of ours, or too long.
func checkWords(words map[string]string, at string, most int) error {
	for _, lang := range slices.Sorted(maps.Keys(words)) {
		if !slices.Contains(i18n.Langs(), i18n.Lang(lang)) {
			return fault.Invalid("factor_lang", "%q is no language of the texts", lang).With("lang", lang).At(at)
		}
		if err := checkLine(words[lang], at+"/"+lang, most); err != nil {
			return err
		}
	}
	return nil
}

func checkLine(text, at string, most int) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return fault.Invalid("factor_line", "write it on one line").At(at)
	}
	if utf8.RuneCountInString(text) > most {
		return fault.Invalid("factor_long", "it takes at most %d letters", most).With("most", most).At(at)
	}
	return nil
}
