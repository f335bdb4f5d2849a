package factor

import (
	"regulars/internal/i18n"
)

// Code names a factor of loyalty.
type Code string

// The factors. There is none for the rest: what fits nowhere is not coded yet.
const (
	Assortment   Code = "assortment"
	Value        Code = "value"
	Serving      Code = "service"
	Reputation   Code = "reputation"
	Reviews      Code = "reviews"
	Convenience  Code = "convenience"
	Expectations Code = "expectations"
	Speed        Code = "speed"
	Relations    Code = "relations"
)

// Codes returns every factor in the order in which they are shown.
func Codes() []Code {
	return []Code{Assortment, Value, Serving, Reputation, Reviews, Convenience, Expectations, Speed, Relations}
}

// Text names a factor in our own words.
func (c Code) Text() i18n.Text { return i18n.Text{Key: "factor.name." + string(c)} }

// About says in our own words what belongs to a factor.
func (c Code) About() i18n.Text { return i18n.Text{Key: "factor.about." + string(c)} }

// Source is the door by which a piece of feedback came.
type Source string

// The sources: an answer in own words of a survey, a complaint, wish or praise,
// a public review.
const (
	Answer Source = "answer"
	Case   Source = "case"
	Review Source = "review"
)

// Sources returns every source.
func Sources() []Source { return []Source{Answer, Case, Review} }

// Text names the source in words.
func (s Source) Text() i18n.Text { return i18n.Text{Key: "factor.source." + string(s)} }

// Tone is how a piece of feedback sounds, by what goes with it and never by its
// words.
type Tone string

// The tones. Untold is that of an answer whose survey has no main question, and
// of a review without a rating.
const (
	Positive Tone = "positive"
	Neutral  Tone = "neutral"
	Negative Tone = "negative"
	Untold   Tone = "untold"
)

// Text names the tone in words.
func (t Tone) Text() i18n.Text { return i18n.Text{Key: "factor.tone." + string(t)} }
