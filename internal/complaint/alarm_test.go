package complaint

import (
	"testing"
)

func TestAnAlarmIsMoreThanChance(t *testing.T) {
	tallies := []tally{{"staff:a", true, 30, 300, 1}, {"staff:b", true, 4, 300, 1}, {"staff:c", true, 5, 300, 1}, {"staff:d", true, 3, 300, 1}, {"staff:e", false, 6, 300, 0}, {"staff:f", false, 5, 300, 0}}
	raised := raise(tallies, "staff:z")
	if len(raised) != 1 || raised[0].Actor != "staff:a" || !raised[0].Given || raised[0].Rate.Low <= raised[0].Others.High {
		t.Errorf("raised %+v", raised)
	}
	if own := raise(tallies, "staff:a"); len(own) != 0 {
		t.Errorf("the person who looks is told of themselves: %+v", own)
	}
}

func TestAParetoSumsUp(t *testing.T) {
	bars := pareto(map[string]int64{"late": 2, "quality": 5, "bill": 2})
	if len(bars) != 3 || bars[0] != (Bar{"quality", 5, 5}) || bars[1] != (Bar{"bill", 2, 7}) || bars[2].Upto != 9 {
		t.Errorf("the bars are %+v", bars)
	}
}
