package earn

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBirthdayInDays(t *testing.T) {
	for _, c := range []struct {
		today      string
		day, month int
		want       int64
	}{
		{"2026-06-01", 1, 6, 0}, {"2026-06-01", 8, 6, 7}, {"2026-06-01", 29, 5, -3}, {"2026-12-30", 2, 1, 3}, {"2027-01-02", 30, 12, -3},
		{"2027-02-28", 29, 2, 0}, {"2028-02-28", 29, 2, 1}, {"2028-02-29", 29, 2, 0}, {"2027-03-01", 29, 2, -1}, {"2028-03-01", 29, 2, -1},
		{"2026-07-01", 31, 12, -182}, {"2027-07-01", 31, 12, -182}, {"2028-07-01", 31, 12, 183}, {"2026-07-02", 31, 12, 182}, {"2026-07-01", 30, 12, 182},
	} {
		at, err := time.Parse(time.DateOnly, c.today)
		if err != nil {
			t.Fatal(err)
		}
		if got, known := birthdayIn(at, c.day, c.month); !known || got != c.want {
			t.Errorf("on %s it is %d days to %d.%d., want %d", c.today, got, c.day, c.month, c.want)
		}
	}
	if _, known := birthdayIn(time.Now(), 0, 0); known {
		t.Error("a birthday is known that nobody told")
	}
}

// TestBirthdayIsNear: the birthday is where the number says, and no nearer one
// is on the other side.
func TestBirthdayIsNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2024, 1, 1+rapid.IntRange(0, 4000).Draw(t, "day"), 15, 0, 0, 0, time.UTC)
		month := rapid.IntRange(1, 12).Draw(t, "month")
		day := rapid.IntRange(1, []int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]).Draw(t, "born")
		in, _ := birthdayIn(at, day, month)
		then := at.AddDate(0, 0, int(in))
		if in < -182 || in > 183 || !then.Truncate(24*time.Hour).Equal(birthdayOf(then.Year(), day, month)) {
			t.Fatalf("on %s it is %d days to %d.%d.: %s", at, in, day, month, then)
		}
	})
}
