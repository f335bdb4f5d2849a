package survey

import (
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Kind says what a survey measures.
type Kind string

// The kinds of survey.
const (
	NPS    Kind = "nps"     // how likely a recommendation is, 0 to 10
	CSAT   Kind = "csat"    // how satisfied, 1 to 5
	CES    Kind = "ces"     // how easy it was made, 1 to 7 (CES 2.0)
	Felt   Kind = "emotion" // what was felt, five feelings from bad to good
	Custom Kind = "custom"  // whatever the manager asks
)

// Kinds returns every kind, in the order in which they are offered.
func Kinds() []Kind { return []Kind{NPS, CSAT, CES, Felt, Custom} }

// Text names the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "survey.kind." + string(k)} }

// State is where a survey stands in its life.
type State string

// The states of a survey. What was published cannot be changed any more, as
// answers to two questions are no answers to one.
const (
	Draft     State = "draft"
	Published State = "published"
	Closed    State = "closed"
)

// Text names the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "survey.state." + string(s)} }

// Form is how a question is answered.
type Form string

// The forms of questions.
const (
	Scale    Form = "scale"    // one whole number of a range
	Emotion  Form = "emotion"  // one of five feelings, which are numbers from 1 to 5
	Single   Form = "single"   // one of the options
	Multiple Form = "multiple" // any number of the options
	Text     Form = "text"     // own words
)

// Forms returns every form, in the order in which they are offered.
func Forms() []Form { return []Form{Scale, Emotion, Single, Multiple, Text} }

// Words are the manager's own words by language tag.
type Words map[string]string

// In returns the words in the language, else in English, else in any.
func (w Words) In(lang string) string { return w.Said(lang).Text }

// Said is In with the language that the words are really in.
func (w Words) Said(lang string) i18n.Said { return i18n.Pick(w, lang) }

// Option is one answer to choose.
type Option struct {
	Code  string `json:"code"`
	Words Words  `json:"words"`
}

// Branch leads on by the answer: to another question or to the end. Of a scale
// and of an emotion it looks at the bounds, both included, of choices at the
// options, one of which must be chosen.
type Branch struct {
	From    int      `json:"from,omitempty"`
	To      int      `json:"to,omitempty"`
	Options []string `json:"options,omitempty"`
	// Then is the code of a later question, or End.
	Then string `json:"then"`
}

// End is where a branch leads that asks nothing more.
const End = "end"

// Question is one question of a survey.
type Question struct {
	// Code names the question in answers and branches.
	Code  string `json:"code"`
	Form  Form   `json:"form"`
	Words Words  `json:"words"`
	// From and To bound a scale; Low and High say what its ends mean.
	From int   `json:"from,omitempty"`
	To   int   `json:"to,omitempty"`
	Low  Words `json:"low,omitempty"`
	High Words `json:"high,omitempty"`

	Options  []Option `json:"options,omitempty"`
	Optional bool     `json:"optional,omitempty"`
	Branches []Branch `json:"branches,omitempty"`
}

// Numbered reports whether the answer is a number.
func (q *Question) Numbered() bool { return q.Form == Scale || q.Form == Emotion }

// Bounds returns the least and the greatest number that answers the question;
// zeros where no number does.
func (q *Question) Bounds() (from, to int) {
	if q.Form == Emotion {
		return worstFeeling, bestFeeling
	}
	return q.From, q.To
}

// Spec is what a manager says of a survey.
type Spec struct {
	Kind  Kind  `json:"kind"`
	Names Words `json:"names"`
	// Intro is said before the first question, Thanks after the last.
	Intro     Words      `json:"intro,omitempty"`
	Thanks    Words      `json:"thanks,omitempty"`
	Questions []Question `json:"questions"`
}

// Main returns the question that the kind's figure is made of; nil for Custom.
func (s *Spec) Main() *Question {
	if s.Kind == Custom {
		return nil
	}
	return &s.Questions[0]
}

// Question returns the question of the code, or nil.
func (s *Spec) Question(code string) *Question {
	if i := s.index(code); i >= 0 {
		return &s.Questions[i]
	}
	return nil
}

func (s *Spec) index(code string) int {
	return slices.IndexFunc(s.Questions, func(q Question) bool { return q.Code == code })
}

// Survey is a questionnaire with its life.
type Survey struct {
	ID, ProgrammeID id.ID
	State           State
	Spec
	// Open is the code of the link that anybody may use; empty when there is
	// none.
	Open                    string
	Made, Published, Closed time.Time
	Version                 int64
}

// Name returns what the survey is called in the language.
func (s *Survey) Name(lang string) string { return s.Names.In(lang) }

// Bounds of the scales that make the standard figures.
var standard = map[Kind][2]int{NPS: {0, 10}, CSAT: {1, 5}, CES: {1, 7}, Felt: {worstFeeling, bestFeeling}}

// Standard returns the usual questions of a kind: the one of its figure, and
// "why?". Brand is whom the questions name. The words come from the texts of
// each language, so that a manager finds them filled in.
func Standard(k Kind, brand string, printers ...*i18n.Printer) Spec {
	s := Spec{Kind: k, Names: Words{}, Questions: []Question{}}
	for _, p := range printers {
		s.Names[string(p.Lang())] = p.T("survey.standard." + string(k) + ".name")
	}
	if k == Custom {
		return s
	}
	say := func(key string) Words {
		w := Words{}
		for _, p := range printers {
			w[string(p.Lang())] = p.T("survey.standard."+key, "brand", brand)
		}
		return w
	}
	main := Question{Code: "score", Form: Emotion, Words: say(string(k) + ".ask")}
	if k != Felt {
		main.Form, main.From, main.To = Scale, standard[k][0], standard[k][1]
		main.Low, main.High = say(string(k)+".low"), say(string(k)+".high")
	}
	s.Questions = []Question{main, {Code: "why", Form: Text, Optional: true, Words: say("why")}}
	return s
}
