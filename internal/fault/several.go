package fault

import "errors"

// Several are failures that were found together, each at its field, so that who
// typed them mends all at once.
type Several []*Error

// Join returns the failures as one error, in their order: nil for none.
func Join(list ...*Error) error {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return Several(list)
}

// Gather returns what is wrong by each of several checks as one error, in their
// order, and nil where none found anything. They must have found only what a user
// may see; any other error is returned alone.
func Gather(checks ...error) error {
	var list []*Error
	for _, err := range checks {
		if err != nil && As(err) == nil {
			return err
		}
		list = append(list, All(err)...)
	}
	return Join(list...)
}

// When returns the failure where something is wrong, and nil where it is not, so
// that a list of checks reads as one.
func When(wrong bool, f *Error) error {
	if !wrong {
		return nil
	}
	return f
}

// Error returns the first of them, for the log.
func (s Several) Error() string { return s[0].Error() }

// Unwrap returns them, so that the first stands for all where one alone is
// looked for.
func (s Several) Unwrap() []error {
	list := make([]error, len(s))
	for i, f := range s {
		list[i] = f
	}
	return list
}

// All returns every failure within err that a user may see, in their order.
func All(err error) []*Error {
	if s, ok := errors.AsType[Several](err); ok {
		return s
	}
	if f := As(err); f != nil {
		return []*Error{f}
	}
	return nil
}
