package plan

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestAPlanTellsAllThatIsWrong: who wrote it mends all at once.
func TestAPlanTellsAllThatIsWrong(t *testing.T) {
	s := Spec{Names: map[string]string{"de": "Klub", "en": " ", "ru": "Клуб"}, Descriptions: map[string]string{"en": strings.Repeat("x", maxDescription+1), "fr": "club"},
		TrialDays: -1, Rank: "gold", Welcome: -1, Renewal: 5, PointsMonths: -1}
	want := "/names/de /names/en /descriptions/en /descriptions/fr /price /interval /trial_days /grace_days /rank /welcome /wallet /points_months"
	if got := told(s.Check()); got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	s = Spec{Names: map[string]string{"en": "Club"}, Price: 100, Interval: Month, GraceDays: 7}
	if err := s.Check(); err != nil {
		t.Errorf("a sound one is refused: %v", err)
	}
}

// TestThePayerTellsAllThatIsWrong, too.
func TestThePayerTellsAllThatIsWrong(t *testing.T) {
	s := Settings{Method: "barter", WithdrawalDays: -1, URL: "ftp://pay.example"}
	if got, want := told(s.check()), "/method /withdrawal_days /notice_days /url"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	s = usual()
	if err := s.check(); err != nil {
		t.Errorf("what is usual is refused: %v", err)
	}
}

// told are the fields at which something is wrong, in their order.
func told(err error) string {
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	return strings.Join(at, " ")
}
