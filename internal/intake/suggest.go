package intake

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Suggest fills the settings for a table by the names of its columns, in
// English, Russian or Polish, and by its first rows: what the file holds
// unless that is given, the roles of the columns, how dates and numbers are
// written, how returns are told. Zone and currency are the programme's and
// are kept. It only suggests: a person looks at the preview and decides.
func Suggest(t Table, base Settings) Settings {
	s := base
	if s.Holds == "" {
		s.Holds = guess(t.Columns)
	}
	s.Columns = match(t.Columns, Roles(s.Holds))
	if s.Columns[Amount] != "" {
		delete(s.Columns, UnitPrice)
	}
	if s.Columns[GivenName] != "" && s.Columns[FamilyName] != "" {
		delete(s.Columns, FullName)
	}
	if full := fold(s.Columns[FullName]); strings.HasPrefix(full, "фио") || strings.HasPrefix(full, "nazwisko") {
		s.NameOrder = FamilyFirst
	}
	s.Dates = suggestDates(t, s.Columns)
	s.Numbers = suggestNumbers(t, s.Columns)
	if s.Holds == Sales {
		s.Cancellation = suggestCancellation(t, s)
	}
	return s
}

// guess tells what a file holds by its columns.
func guess(columns []string) Holds {
	sold, back := match(columns, Roles(Sales)), match(columns, Roles(Returns))
	switch {
	case back[Cited] != "":
		return Returns
	case sold[Amount] != "" || sold[UnitPrice] != "":
		return Sales
	case back[SKU] != "" && back[Quantity] != "":
		return Returns
	}
	return Members
}

// dayPatterns and clockPatterns are tried in this order; the earlier of equals
// is suggested, so 03/04 is the third of April.
var (
	dayPatterns = []string{"DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYY.MM.DD",
		"YYYYMMDD", "DD.MM.YY", "DD/MM/YY", "MM/DD/YY"}
	clockPatterns = []string{"", " hh:mm", " hh:mm:ss", " hh:mm AM", " hh:mm:ss AM"}
)

func suggestDates(t Table, columns map[Role]string) []string {
	var all []string
	for _, role := range []Role{Occurred, Joined, Birth} {
		values := t.values(columns[role])
		if len(values) == 0 {
			continue
		}
		best, most := ISO, served(ISO, values)
		for _, day := range dayPatterns {
			for _, clock := range clockPatterns {
				if n := served(day+clock, values); n > most {
					best, most = day+clock, n
				}
			}
		}
		if !slices.Contains(all, best) {
			all = append(all, best)
		}
	}
	return all
}

// served counts the values that a pattern reads as a likely date.
func served(pattern string, values []string) (n int) {
	known, err := layouts([]string{pattern})
	if err != nil {
		return 0
	}
	d := dater{layouts: known, zone: time.UTC}
	for _, v := range values {
		if at, ok := d.parse(v); ok && at.Year() >= 1900 && at.Year() < 2100 {
			n++
		}
	}
	return n
}

var numberForms = []Numbers{
	{}, {Point, Comma}, {Comma, ""}, {Comma, Point}, {Comma, Space}, {Point, Space}, {Point, Apostrophe},
}

func suggestNumbers(t Table, columns map[Role]string) Numbers {
	var values []string
	for _, role := range []Role{Quantity, UnitPrice, Amount} {
		values = append(values, t.values(columns[role])...)
	}
	best, most := Numbers{}, 0
	for _, form := range numberForms {
		n := 0
		for _, v := range values {
			if _, why := form.parse(v); why == "" {
				n++
			}
		}
		if n > most {
			best, most = form, n
		}
	}
	return best
}

// suggestCancellation looks at the rows with a negative quantity: if their
// references begin with letters that no other reference begins with, those
// tell returns; else the sign does.
func suggestCancellation(t Table, s Settings) Cancellation {
	back, sold := t.bySign(s)
	if len(back) == 0 {
		return Cancellation{}
	}
	prefix := back[0][:letters(back[0])]
	begins := func(s string) bool { return strings.HasPrefix(s, prefix) }
	if prefix != "" && !slices.ContainsFunc(sold, begins) && !slices.ContainsFunc(back, func(s string) bool { return !begins(s) }) {
		return Cancellation{Prefix: prefix}
	}
	return Cancellation{Negative: true}
}

// bySign returns the references of rows with a negative and with another
// quantity; they are empty where no column holds them.
func (t Table) bySign(s Settings) (back, sold []string) {
	reference, quantity := slices.Index(t.Columns, s.Columns[Reference]), slices.Index(t.Columns, s.Columns[Quantity])
	if quantity < 0 {
		return nil, nil
	}
	for _, row := range t.Rows {
		text := ""
		if reference >= 0 {
			text = strings.TrimSpace(row[reference])
		}
		d, why := s.Numbers.parse(strings.TrimSpace(row[quantity]))
		switch {
		case why != "":
		case d.digits < 0:
			back = append(back, text)
		default:
			sold = append(sold, text)
		}
	}
	return back, sold
}

// letters returns the length of the letters that begin a text.
func letters(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// values returns what a column holds, without empty cells.
func (t Table) values(column string) []string {
	at := slices.Index(t.Columns, column)
	if at < 0 {
		return nil
	}
	var all []string
	for _, row := range t.Rows {
		if v := strings.TrimSpace(row[at]); v != "" {
			all = append(all, v)
		}
	}
	return all
}
