package ledger

import "testing"

func TestParsePoints(t *testing.T) {
	for _, c := range []struct {
		text     string
		decimals int
		want     int64 // 0 where it is refused
	}{
		{"12", 0, 12}, {"1 200", 0, 1200}, {"1\u00a0200", 0, 1200}, {"0", 0, 0}, {"-1", 0, 0}, {"1.5", 0, 0}, {"1.5", 1, 15}, {"1,25", 2, 125},
		{"1,255", 2, 0}, {"", 0, 0}, {"1e3", 0, 0}, {"9223372036854775807", 4, 0}, {"1.0", 0, 1},
	} {
		got, err := ParsePoints(c.text, c.decimals)
		if got != c.want || (err == nil) != (c.want != 0) {
			t.Errorf("%q with %d decimals: %d, %v; want %d", c.text, c.decimals, got, err, c.want)
		}
	}
}
