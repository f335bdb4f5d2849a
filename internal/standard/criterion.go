package standard

import (
	"slices"
	"strconv"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Form is how a criterion is answered.
type Form string

// The forms of criteria.
const (
	YesNo Form = "yes_no" // kept or not
	Scale Form = "scale"  // 0 to the criterion's top
)

// Forms returns every form, in the order in which they are offered.
func Forms() []Form { return []Form{YesNo, Scale} }

// Text names the form in words.
func (f Form) Text() i18n.Text { return i18n.Text{Key: "standard.form." + string(f)} }

// Bounds of a standard. The page of a sheet stays small with them.
const (
	MaxCriteria = 24
	MaxTop      = 10
	MaxWeight   = 100
)

// Criterion is one thing that is looked at.
type Criterion struct {
	Code string `json:"code"`
	Form Form   `json:"form"`
	// Top is the best step of a scale, whose lowest is 0.
	Top    int `json:"top,omitempty"`
	Weight int `json:"weight"`
	// Critical fails the whole visit when it is not kept: a no, or on a scale
	// less than Least.
	Critical bool `json:"critical,omitempty"`
	Least    int  `json:"least,omitempty"`
	// Words ask, Help says how to judge.
	Words Words `json:"words"`
	Help  Words `json:"help,omitempty"`
}

// Best is the highest answer.
func (c *Criterion) Best() int {
	if c.Form == YesNo {
		return 1
	}
	return c.Top
}

// fails reports whether an answer fails the visit.
func (c *Criterion) fails(a Answer) bool {
	return c.Critical && !a.None && a.Value < max(1, c.Least)
}

// Spec is what a manager writes.
type Spec struct {
	Names    Words       `json:"names"`
	Intro    Words       `json:"intro,omitempty"`
	Criteria []Criterion `json:"criteria"`
}

// Criterion returns the one of a code, or nil.
func (s *Spec) Criterion(code string) *Criterion {
	i := slices.IndexFunc(s.Criteria, func(c Criterion) bool { return c.Code == code })
	if i < 0 {
		return nil
	}
	return &s.Criteria[i]
}

func (s *Spec) tidy() {
	s.Names, s.Intro = i18n.TidyWords(s.Names), i18n.TidyWords(s.Intro)
	s.Criteria = slices.Clone(s.Criteria)
	for i := range s.Criteria {
		c := &s.Criteria[i]
		c.Words, c.Help = i18n.TidyWords(c.Words), i18n.TidyWords(c.Help)
		if c.Form == YesNo {
			c.Top, c.Least = 0, 0
		}
	}
}

// Check returns all that keeps a standard from being judged: no criteria, words
// missing in the programme's first language, scales without range; of each
// criterion the first thing.
func (s *Spec) Check(lang string) error {
	wrong := []error{s.Names.check(lang, "/names", true), s.Intro.check(lang, "/intro", false)}
	if len(s.Criteria) == 0 || len(s.Criteria) > MaxCriteria {
		return fault.Gather(append(wrong, fault.Invalid("standard_criteria", "a standard has 1 to %d criteria", MaxCriteria).At("/criteria").With("most", MaxCriteria))...)
	}
	for i := range s.Criteria {
		wrong = append(wrong, s.checkCriterion(i, lang))
	}
	return fault.Gather(wrong...)
}

func (s *Spec) checkCriterion(i int, lang string) error {
	c, at := &s.Criteria[i], "/criteria/"+strconv.Itoa(i)
	switch {
	case !code.MatchString(c.Code) || s.Criterion(c.Code) != c:
		return fault.Invalid("standard_code", "the code %q must be small letters, digits and _, and used once", c.Code).At(at + "/code")
	case !slices.Contains(Forms(), c.Form):
		return fault.Invalid("standard_form", "a criterion is yes_no or scale").At(at + "/form")
	case c.Form == Scale && (c.Top < 2 || c.Top > MaxTop):
		return fault.Invalid("standard_top", "a scale goes from 0 to 2 at least and to %d at most", MaxTop).At(at+"/top").With("most", MaxTop)
	case c.Weight < 1 || c.Weight > MaxWeight:
		return fault.Invalid("standard_weight", "a weight is 1 to %d", MaxWeight).At(at+"/weight").With("most", MaxWeight)
	case c.Least < 0 || c.Least > c.Best() || c.Least > 0 && !c.Critical:
		return fault.Invalid("standard_least", "the least that is needed is a step of the scale, and only of a critical criterion").At(at + "/least")
	}
	if err := c.Words.check(lang, at+"/words", true); err != nil {
		return err
	}
	return c.Help.check(lang, at+"/help", false)
}

// follows refuses a version in which the code of one before stands for another
// kind of answer, as the two could not be reckoned together.
func (s *Spec) follows(before *Spec) error {
	for i := range s.Criteria {
		c := &s.Criteria[i]
		if old := before.Criterion(c.Code); old != nil && (old.Form != c.Form || old.Top != c.Top) {
			return fault.Invalid("standard_code_reused", "the criterion %q was answered in another way before; give the new one another code", c.Code).
				At("/criteria/"+strconv.Itoa(i)+"/code").With("code", c.Code)
		}
	}
	return nil
}
