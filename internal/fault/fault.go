package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an error is, and so who can mend it.
type Kind uint8

// The kinds of failure. Internal is the zero kind: any error that is not a
// *Error is ours to mend and none of the user's business.
const (
	Internal Kind = iota
	KindInvalid
	KindMissing
	KindConflict
	KindRefused
	KindBusy
)

// String returns the kind's stable name.
func (k Kind) String() string {
	switch k {
	case KindInvalid:
		return "invalid"
	case KindMissing:
		return "missing"
	case KindConflict:
		return "conflict"
	case KindRefused:
		return "refused"
	case KindBusy:
		return "busy"
	}
	return "internal"
}

// Error is a failure that a user can understand and mend.
type Error struct {
	Kind Kind
	// Code is stable, lower snake case, and the key of the translated text
	// ("fault.<code>").
	Code string
	// Message is the English text: what is wrong and how to mend it.
	Message string
	// Field is the JSON pointer to the input at fault, or empty.
	Field string
	// Args fill the translated text.
	Args map[string]any
	// Err is the cause, kept for the log and never shown.
	Err error
}

// Error returns the message with the place it belongs to.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Field != "" {
		b.WriteString(e.Field)
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// At returns a copy of the error that points at a field of the input.
func (e *Error) At(pointer string) *Error {
	c := *e
	c.Field = pointer + c.Field
	return &c
}

// At points a failure that a user may see, or each of several, at a field of the
// input; other errors, and nil, pass as they are.
func At(pointer string, err error) error {
	if s, ok := errors.AsType[Several](err); ok {
		at := make(Several, len(s))
		for i, f := range s {
			at[i] = f.At(pointer)
		}
		return at
	}
	if f := As(err); f != nil {
		return f.At(pointer)
	}
	return err
}

// With returns a copy of the error that carries an argument for its
// translated text.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Args = make(map[string]any, len(e.Args)+1)
	for k, v := range e.Args {
		c.Args[k] = v
	}
	c.Args[name] = value
	return &c
}

// Because returns a copy of the error with its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Invalid reports input that cannot be taken as it is.
func Invalid(code, format string, args ...any) *Error {
	return failure(KindInvalid, code, format, args)
}

// Missing reports that what was asked for does not exist.
func Missing(code, format string, args ...any) *Error {
	return failure(KindMissing, code, format, args)
}

// Conflict reports that the request contradicts what is already there.
func Conflict(code, format string, args ...any) *Error {
	return failure(KindConflict, code, format, args)
}

// Refused reports that a rule or a permission forbids the request.
func Refused(code, format string, args ...any) *Error {
	return failure(KindRefused, code, format, args)
}

// Busy reports that the same request may succeed later.
func Busy(code, format string, args ...any) *Error {
	return failure(KindBusy, code, format, args)
}

func failure(kind Kind, code, format string, args []any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// As returns the failure within err that a user may see, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf returns the kind of err; Internal for nil and for any error that is
// not a *Error.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}
