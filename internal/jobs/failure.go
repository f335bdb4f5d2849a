package jobs

import (
	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Failure is why the work of a job could not be done, kept to be said
// in the language of whoever looks.
type Failure struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Args    map[string]any `json:"args,omitempty"`
}

// FailureOf returns what can be told of an error; nil when it is ours to mend,
// or may be gone when it is tried again.
func FailureOf(err error) *Failure {
	f := fault.As(err)
	if f == nil || f.Kind == fault.KindBusy {
		return nil
	}
	return &Failure{Code: f.Code, Message: f.Message, Args: f.Args}
}

// Say puts the failure into words.
func (f *Failure) Say(p *i18n.Printer) string {
	key := "fault." + f.Code
	if !p.Has(key) {
		return f.Message
	}
	return p.Say(i18n.Text{Key: key, Args: f.Args})
}
