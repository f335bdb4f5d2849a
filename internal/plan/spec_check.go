package plan

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/money"
)

// Limits of what a plan may say.
const (
	maxName        = 100
	maxDescription = 2000
	// MaxTrialDays bounds a trial.
	MaxTrialDays = 366
	// MaxGraceDays is short of every month, so that a grace ends before the next
	// period.
	MaxGraceDays    = 27
	maxPointsMonths = 1200
)

var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

func checkCode(code string) error {
	if !codeForm.MatchString(code) {
		return fault.Invalid("plan_code", "a plan's code takes 1–40 small Latin letters, digits, hyphens and underscores, and begins with a letter or digit").
			At("/code")
	}
	return nil
}

// Check returns all that can be seen to be wrong with the spec, of each text the
// first thing; whether there are such a ladder, rank and wallet is asked when it
// is saved.
func (s *Spec) Check() error {
	return fault.Gather(s.checkWords(), s.checkPrice(), s.checkTimes(), s.checkBenefits())
}

func (s *Spec) checkWords() error {
	var wrong []error
	if len(s.Names) == 0 {
		wrong = append(wrong, fault.Invalid("plan_name", "a plan needs a name in at least one language").At("/names").With("most", maxName))
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Names)) {
		switch name, at := s.Names[lang], "/names/"+lang; {
		case !spoken(lang):
			wrong = append(wrong, unknownLanguage(at, lang))
		case strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxName || !plain(name, false):
			wrong = append(wrong, fault.Invalid("plan_name", "a plan's name takes one line of 1–%d letters", maxName).At(at).With("most", maxName))
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Descriptions)) {
		switch text, at := s.Descriptions[lang], "/descriptions/"+lang; {
		case !spoken(lang):
			wrong = append(wrong, unknownLanguage(at, lang))
		case utf8.RuneCountInString(text) > maxDescription || !plain(text, true):
			wrong = append(wrong, fault.Invalid("plan_description", "a description takes at most %d letters", maxDescription).At(at).With("most", maxDescription))
		}
	}
	return fault.Gather(wrong...)
}

func spoken(lang string) bool { return slices.Contains(i18n.Langs(), i18n.Lang(lang)) }

func unknownLanguage(at, lang string) error {
	return fault.Invalid("plan_language", "%q is no language of ours; use en, ru or pl", lang).At(at).With("language", lang)
}

func plain(s string, lines bool) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && (!lines || r != '\n') })
}

func (s *Spec) checkPrice() error {
	var wrong []error
	if s.Price < 1 || s.Price > money.MaxMinor/12 {
		wrong = append(wrong, fault.Invalid("plan_price", "a plan costs more than nothing").At("/price"))
	}
	if !slices.Contains(Intervals(), s.Interval) {
		wrong = append(wrong, fault.Invalid("plan_interval", "a plan is paid by the month or by the year").At("/interval"))
	}
	return fault.Gather(wrong...)
}

func (s *Spec) checkTimes() error {
	var wrong []error
	if s.TrialDays < 0 || s.TrialDays > MaxTrialDays {
		wrong = append(wrong, fault.Invalid("plan_trial", "a trial lasts 0 to %d days", MaxTrialDays).At("/trial_days").With("most", MaxTrialDays))
	}
	if s.GraceDays < 1 || s.GraceDays > MaxGraceDays {
		wrong = append(wrong, fault.Invalid("plan_grace", "give 1 to %d days to pay", MaxGraceDays).At("/grace_days").With("most", MaxGraceDays))
	}
	return fault.Gather(wrong...)
}

func (s *Spec) checkBenefits() error {
	var wrong []error
	if (s.LadderID == 0) != (s.Rank == "") {
		wrong = append(wrong, fault.Invalid("plan_rank", "name both the ladder and its rank, or neither").At("/rank"))
	}
	for _, p := range []struct {
		at     string
		points int64
	}{{"/welcome", s.Welcome}, {"/renewal", s.Renewal}} {
		if p.points < 0 || p.points > money.MaxMinor {
			wrong = append(wrong, fault.Invalid("plan_points", "points are a number from 0 up").At(p.at))
		}
	}
	if s.Welcome+s.Renewal > 0 && s.WalletID == 0 {
		wrong = append(wrong, fault.Invalid("plan_wallet", "say in which wallet the points are given").At("/wallet"))
	}
	if s.PointsMonths < 0 || s.PointsMonths > maxPointsMonths {
		wrong = append(wrong, fault.Invalid("plan_points_months", "points last 0 to %d months, 0 for ever", maxPointsMonths).At("/points_months").With("most", maxPointsMonths))
	}
	return fault.Gather(wrong...)
}
