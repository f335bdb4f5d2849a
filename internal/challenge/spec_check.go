package challenge

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/money"
)

// Limits of what a challenge may say.
const (
	maxName        = 100
	maxDescription = 2000
	maxSteps       = 12
	maxListed      = 200
	// MaxCount bounds counts, gaps and limits.
	MaxCount  = 1_000_000_000
	maxDays   = 3650
	maxMonths = 1200
	maxGaps   = 100
)

// Check returns all that can be seen to be wrong with the spec; what the terms of
// an unknown kind would be, nobody knows. Whether there are such wallets, codes and
// ranks is asked when it is saved.
func (s *Spec) Check() error {
	if err := s.checkKinds(); err != nil {
		return fault.Gather(s.checkWords(), err)
	}
	return fault.Gather(s.checkWords(), s.checkSpan(), s.checkStreak(), s.checkGoods(), s.checkSteps(), s.checkLimits())
}

func (s *Spec) checkWords() error {
	var wrong []error
	for _, lang := range slices.Sorted(maps.Keys(s.Names)) {
		name := s.Names[lang]
		wrong = append(wrong, fault.When(strings.TrimSpace(name) == "" || !plain(name, maxName) || strings.ContainsFunc(name, unicode.IsControl),
			fault.Invalid("challenge_name", "a challenge needs a name of one line with at most %d letters in each language that it speaks", maxName).
				At("/names/"+lang).With("most", maxName)))
	}
	for _, lang := range slices.Sorted(maps.Keys(s.Descriptions)) {
		wrong = append(wrong, fault.When(!plain(s.Descriptions[lang], maxDescription),
			fault.Invalid("challenge_description", "a description takes at most %d letters", maxDescription).At("/descriptions/"+lang).With("most", maxDescription)))
	}
	return fault.Gather(wrong...)
}

// plain reports whether a text has at most so many letters and is readable.
func plain(text string, most int) bool {
	odd := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !odd
}

func (s *Spec) checkKinds() error {
	switch {
	case !slices.Contains(Forms(), s.Form):
		return fault.Invalid("challenge_form", "a challenge is a goal, stamps or a streak").At("/form")
	case !slices.Contains(Kinds(), s.Counts):
		return fault.Invalid("challenge_counts", "say what is counted").At("/counts")
	case s.Form == Streak && s.Counts != Purchases && s.Counts != Visits, s.Form == Stamps && s.Counts != Purchases && s.Counts != Visits && s.Counts != Units:
		return fault.Invalid("challenge_counts_form", "stamps count purchases, visits or goods; streaks count purchases or visits").At("/counts")
	case s.Daily && s.Counts != Purchases && s.Counts != Units:
		return fault.Invalid("challenge_daily", "only purchases and goods can count once a day at most; visits always do").At("/daily")
	}
	return nil
}

func (s *Spec) checkSpan() error {
	switch {
	case !slices.Contains(Spans(), s.Span):
		return fault.Invalid("challenge_span", "a challenge has fixed dates, or is rolling, or begins anew each week or month").At("/span")
	case s.Form == Streak && s.Span != Fixed:
		return fault.Invalid("challenge_streak_span", "a streak has fixed dates; it may have no end").At("/span")
	case (s.Span == Rolling) != (s.Days > 0), s.Days < 0, s.Days > maxDays:
		return fault.Invalid("challenge_days", "a rolling challenge lasts for 1–%d days; others name no days", maxDays).At("/days").With("most", maxDays)
	case s.Form == Goal && s.Span == Fixed && s.Ends.IsZero():
		return fault.Invalid("challenge_needs_end", "say until when it can be done").At("/ends")
	case !s.Ends.IsZero() && !s.Ends.After(s.Begins):
		return fault.Invalid("challenge_ends_first", "a challenge must end after it begins").At("/ends")
	}
	return nil
}

func (s *Spec) checkStreak() error {
	if s.Form != Streak {
		if s.Unit != "" || s.Gaps != 0 {
			return fault.Invalid("challenge_not_streak", "only a streak has a unit and forgiven gaps; leave them out").At("/unit")
		}
		return nil
	}
	return fault.Gather(
		fault.When(s.Unit != earn.Day && s.Unit != earn.Week && s.Unit != earn.Month, fault.Invalid("challenge_unit", "a streak counts days, weeks or months").At("/unit")),
		fault.When(s.Gaps < 0 || s.Gaps > maxGaps, fault.Invalid("challenge_gaps", "a streak forgives between 0 and %d gaps", maxGaps).At("/gaps").With("most", maxGaps)))
}

func (s *Spec) checkGoods() error {
	wrong := []error{
		fault.When(s.Minimum < 0 || s.Minimum > money.MaxMinor, fault.Invalid("challenge_minimum", "the minimum of a purchase is 0 or more").At("/minimum")),
		fault.When(s.Lines != nil && len(s.Lines.SKUs)+len(s.Lines.Categories) == 0, fault.Invalid("challenge_goods", "choose goods, or leave the choice out for all").At("/lines")),
	}
	for _, l := range []struct {
		at   string
		list []string
	}{{"/audience/tags", s.Audience.Tags}, {"/audience/ranks", s.Audience.Ranks}, {"/lines/skus", s.goods().SKUs}, {"/lines/categories", s.goods().Categories}} {
		wrong = append(wrong, fault.At(l.at, namedOnce(l.list)))
	}
	return fault.Gather(wrong...)
}

// namedOnce refuses what is too long, names nothing or names something twice.
func namedOnce(list []string) error {
	if len(list) > maxListed {
		return fault.Invalid("too_many", "%d were sent; at most %d are taken", len(list), maxListed).With("limit", maxListed)
	}
	var wrong []error
	for i, one := range list {
		wrong = append(wrong, fault.When(strings.TrimSpace(one) == "" || !plain(one, maxListed) || slices.Contains(list[:i], one),
			fault.Invalid("challenge_named_twice", "name each once, and none without a name").At("/"+strconv.Itoa(i))))
	}
	return fault.Gather(wrong...)
}

// goods are the chosen goods, empty for all.
func (s *Spec) goods() earn.Lines {
	if s.Lines == nil {
		return earn.Lines{}
	}
	return *s.Lines
}

func (s *Spec) checkSteps() error {
	if len(s.Steps) == 0 || len(s.Steps) > maxSteps || s.Form == Stamps && len(s.Steps) > 1 {
		return fault.Invalid("challenge_steps", "say what is given at which count: one for stamps, at most %d for others", maxSteps).At("/steps").With("most", maxSteps)
	}
	if !slices.IsSortedFunc(s.Steps, func(a, b Step) int { return cmp.Or(cmp.Compare(a.At, b.At), 1) }) {
		return fault.Invalid("challenge_steps_order", "put the steps from the lowest to the highest, each count once").At("/steps")
	}
	var wrong []error
	for i := range s.Steps {
		at, n := "/steps/"+strconv.Itoa(i), s.Steps[i].At
		wrong = append(wrong, fault.When(n < 1 || n > MaxCount, fault.Invalid("challenge_step", "the count is a number above 0").At(at+"/at")),
			fault.At(at+"/reward", s.Steps[i].Reward.check(s.TakeBack)))
	}
	return fault.Gather(wrong...)
}

func (r *Reward) check(takeBack bool) error {
	if !slices.Contains(RewardKinds(), r.Kind) {
		return fault.Invalid("challenge_reward", "a challenge gives points, a code or a tag").At("/kind")
	}
	points := (r.Kind == Points) != (r.Points > 0) || r.Points < 0 || r.Points > money.MaxMinor || r.Kind != Points && (r.WalletID != 0 || r.Months != 0) || r.Kind == Points && r.WalletID == 0
	return fault.Gather(
		fault.When(points, fault.Invalid("challenge_points", "give a number of points above 0, and none where something else is given").At("/points")),
		fault.When(r.Months < 0 || r.Months > maxMonths, fault.Invalid("absurd_amount", "months must be between 0 and 1200").At("/months")),
		fault.When((r.Kind == Code) != (r.BatchID != 0), fault.Invalid("challenge_batch", "choose the personal codes that are given, and none where something else is given").At("/batch")),
		fault.When((r.Kind == Tag) != (strings.TrimSpace(r.Tag) != "") || !plain(r.Tag, maxName), fault.Invalid("challenge_tag", "name the tag that is given, and none where something else is given").At("/tag")),
		fault.When(takeBack && r.Kind != Points, fault.Invalid("challenge_take_back", "only points can be taken back").At("/kind")))
}

func (s *Spec) checkLimits() error {
	limit := func(wrong bool, at string) error {
		return fault.When(wrong, fault.Invalid("challenge_limit", "a limit is 1 or more; leave it out for none").At(at))
	}
	return fault.Gather(limit(s.PerMember < 0 || s.PerMember > MaxCount, "/per_member"),
		limit(s.Budget.Rewards < 0 || s.Budget.Rewards > MaxCount || s.Budget.Points < 0 || s.Budget.Points > money.MaxMinor, "/budget"))
}
