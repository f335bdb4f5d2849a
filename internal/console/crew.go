package console

import (
	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/web"
)

// crew are the staff of a programme, to choose somebody of.
type crew []auth.Staff

// options are nobody, called so, those who work here but one, and whoever is chosen
// already, though they may work here no more.
func (c crew) options(nobody string, chosen, without id.ID) []web.Option {
	list := []web.Option{{Label: nobody}}
	for i := range c {
		if n := &c[i]; n.ID == chosen || !n.Disabled && n.ID != without {
			list = append(list, web.Option{Value: shownStaff(n.ID), Label: n.Name})
		}
	}
	return list
}

// named is whom of them a field names, 0 for nobody.
func (c crew) named(text string) id.ID {
	for i := range c {
		if shownStaff(c[i].ID) == text {
			return c[i].ID
		}
	}
	return 0
}

// shownStaff is somebody as a field names them; nothing for nobody.
func shownStaff(n id.ID) string {
	if n == 0 {
		return ""
	}
	return n.In(id.Staff)
}
