package i18n

import (
	"fmt"
	"strconv"
	"time"
)

// Date prints the day in the printer's zone: 9 December 2011. The zero time
// is a dash, here and below.
func (p *Printer) Date(t time.Time) string { return p.moment(t.In(p.zone), false, true) }

// DateTime prints the day and the minute: 9 December 2011, 14:05.
func (p *Printer) DateTime(t time.Time) string { return p.moment(t.In(p.zone), false, false) }

// ShortDate prints the day for tables: 9 Dec 2011.
func (p *Printer) ShortDate(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return p.DayMonth(t) + nbsp + strconv.Itoa(t.In(p.zone).Year())
}

// DayMonth prints the day without its year, for the axis of a chart: 9 Dec.
func (p *Printer) DayMonth(t time.Time) string {
	if t.IsZero() {
		return none
	}
	t = t.In(p.zone)
	return strconv.Itoa(t.Day()) + nbsp + p.style.monthsShort[t.Month()-1]
}

// Clock prints the time of day: 14:05.
func (p *Printer) Clock(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return t.In(p.zone).Format("15:04")
}

// Month prints month and year: December 2011.
func (p *Printer) Month(t time.Time) string {
	if t.IsZero() {
		return none
	}
	t = t.In(p.zone)
	return p.style.months[t.Month()-1] + " " + strconv.Itoa(t.Year()) + p.style.yearEnd
}

// ShortMonth prints the first three letters of a month, for the axis of a
// chart: Dec.
func (p *Printer) ShortMonth(m time.Month) string {
	return string([]rune(p.style.months[(m+11)%12])[:3])
}

// Weekday names a day of the week, 1 for Monday to 7 for Sunday.
func (p *Printer) Weekday(day int) string { return p.style.weekdays[(day%7+6)%7] }

// Civil prints a day of the calendar that belongs to no zone, such as a
// birthday; a year of 0 is left out.
func (p *Printer) Civil(year int, month time.Month, day int) string {
	if month < 1 || month > 12 {
		return none
	}
	s := fmt.Sprintf("%d %s", day, p.style.monthsOf[month-1])
	if year == 0 {
		return s
	}
	return s + " " + strconv.Itoa(year) + p.style.yearEnd
}

// moment prints a time by the wall clock it carries.
func (p *Printer) moment(t time.Time, civil, dateOnly bool) string {
	if t.IsZero() {
		return none
	}
	if !civil {
		t = t.In(p.zone)
	}
	date := p.Civil(t.Year(), t.Month(), t.Day())
	if dateOnly || civil {
		return date
	}
	return date + ", " + t.Format("15:04")
}

// moment reads an argument as a time: a time, its JSON form, a bare date
// (civil, of no zone) or Unix microseconds.
func moment(v any) (t time.Time, civil, ok bool) {
	switch v := v.(type) {
	case time.Time:
		return v, false, true
	case string:
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return t, true, true
		}
		t, err := time.Parse(time.RFC3339Nano, v)
		return t, false, err == nil
	}
	if n, ok := integer(v); ok {
		if n == 0 {
			return time.Time{}, false, true
		}
		return time.UnixMicro(n), false, true
	}
	return time.Time{}, false, false
}
