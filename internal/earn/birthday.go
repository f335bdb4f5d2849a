package earn

import (
	"time"

	"regulars/internal/condition"
)

// birthdayIn returns how many days it is from a local day to the nearest
// birthday: below 0 when that was before, 0 on the day itself, from -182 to 183.
// Who was born on 29 February has the 28th where the year has no 29th. False
// where the birthday is not known.
func birthdayIn(local time.Time, day, month int) (int64, bool) {
	if day == 0 || month == 0 {
		return 0, false
	}
	today, nearest := condition.Days(local), int64(0)
	for i, year := range []int{local.Year() - 1, local.Year(), local.Year() + 1} {
		in := condition.Days(birthdayOf(year, day, month)) - today
		if i == 0 || max(in, -in) < max(nearest, -nearest) || in == -nearest {
			nearest = in
		}
	}
	return nearest, true
}

// birthdayOf returns the birthday in a year, at midnight UTC.
func birthdayOf(year, day, month int) time.Time {
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, time.Month(month), min(day, last), 0, 0, 0, 0, time.UTC)
}
