package web

// Tone says what a badge, a notice or a mark on a timeline means.
type Tone string

// The tones. Colour never speaks alone: words or an icon say the same.
const (
	Neutral Tone = "neutral"
	Accent  Tone = "accent"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// class returns a class name with the tone, for example "badge-good".
func (t Tone) class(part string) string {
	switch t {
	case Accent, Good, Warn, Bad:
		return part + " " + part + "-" + string(t)
	}
	return part + " " + part + "-neutral"
}

func (t Tone) icon() Icon {
	switch t {
	case Good:
		return IconCheck
	case Warn:
		return IconWarning
	case Bad:
		return IconError
	}
	return IconInfo
}
