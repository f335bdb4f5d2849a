package tier

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// Limits of a ladder.
const (
	MaxRanks     = 20
	MaxMonths    = 120
	MaxGraceDays = 3660

	maxName = 100
	// maxPerks is how many lines of perks a rank has, maxPerkText how many letters.
	maxPerks    = 10
	maxPerkText = 1000
)

var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// Check returns the first thing wrong with the definition, pointing at it as
// /ranks/1/threshold.
func (d Definition) Check() error {
	if f := checkName(d.Name); f != nil {
		return f
	}
	if f := d.checkMetric(); f != nil {
		return f
	}
	if f := d.Window.check(); f != nil {
		return f
	}
	if d.GraceDays < 0 || d.GraceDays > MaxGraceDays {
		return fault.Invalid("ladder_grace", "the grace lasts 0 to %d days", MaxGraceDays).At("/grace_days").With("limit", MaxGraceDays)
	}
	if d.Drop != Hard && d.Drop != Soft {
		return fault.Invalid("ladder_drop", "a rank falls either hard or soft").At("/drop")
	}
	if d.Drop == Soft && d.Window.Kind == Lifetime && d.GraceDays == 0 {
		return fault.Invalid("ladder_soft_without_grace", "where everything counts for ever, a soft fall needs days of grace: they are the time between its steps").
			At("/grace_days")
	}
	return d.checkRanks()
}

func checkName(name string) *fault.Error {
	if strings.TrimSpace(name) != name || name == "" || !utf8.ValidString(name) ||
		utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Invalid("ladder_name", "a name takes 1–%d letters, with no spaces at its ends and no line breaks", maxName).
			At("/name").With("limit", maxName)
	}
	return nil
}

func (d Definition) checkMetric() *fault.Error {
	switch d.Metric {
	case Spend, Visits:
		if d.WalletID != 0 || d.Decimals != 0 {
			return fault.Invalid("ladder_wallet", "a wallet belongs to a ladder that counts points, and only to such").At("/wallet")
		}
	case Points:
		if d.WalletID == 0 || d.Decimals < 0 || d.Decimals > 6 {
			return fault.Invalid("ladder_wallet", "say which wallet's points count").At("/wallet")
		}
	default:
		return fault.Invalid("ladder_metric", "what counts is either spend, points or visits").At("/metric")
	}
	return nil
}

func (w Window) check() *fault.Error {
	switch w.Kind {
	case RollingMonths:
		if w.Months >= 1 && w.Months <= MaxMonths {
			return nil
		}
	case CalendarYear, Lifetime:
		if w.Months == 0 {
			return nil
		}
	}
	return fault.Invalid("ladder_window", "the window is either rolling_months with 1 to %d months, calendar_year or lifetime", MaxMonths).
		At("/window").With("limit", MaxMonths)
}

func (d Definition) checkRanks() error {
	if len(d.Ranks) < 1 || len(d.Ranks) > MaxRanks {
		return fault.Invalid("ladder_rank_count", "a ladder has 1 to %d ranks", MaxRanks).At("/ranks").With("limit", MaxRanks)
	}
	for i, r := range d.Ranks {
		if f := r.check(); f != nil {
			return f.At("/ranks/" + strconv.Itoa(i))
		}
		if d.index(r.Code) != i {
			return fault.Invalid("rank_code_twice", "two ranks have the code %q", r.Code).
				At("/ranks/"+strconv.Itoa(i)+"/code").With("code", r.Code)
		}
		if i == 0 && r.Threshold != 0 || i > 0 && r.Threshold <= d.Ranks[i-1].Threshold {
			return fault.Invalid("rank_order", "the first rank begins at 0 and each further one above the one before").
				At("/ranks/" + strconv.Itoa(i) + "/threshold")
		}
	}
	return nil
}

func (r Rank) check() *fault.Error {
	if !codeForm.MatchString(r.Code) {
		return fault.Invalid("rank_code", "a rank's code takes 1–40 small Latin letters, digits, hyphens and underscores, and begins with a letter or digit").
			At("/code")
	}
	if f := checkName(r.Name); f != nil {
		return f
	}
	if r.Threshold < 0 || r.Threshold > money.MaxMinor {
		return fault.Invalid("rank_threshold", "the threshold lies between 0 and %d", money.MaxMinor).At("/threshold").With("limit", money.MaxMinor)
	}
	if k := r.keep(); k < 0 || k > r.Threshold {
		return fault.Invalid("rank_keep", "what keeps a rank lies between 0 and its threshold").At("/keep")
	}
	if len(r.PerkList()) > maxPerks || !utf8.ValidString(r.Perks) || utf8.RuneCountInString(r.Perks) > maxPerkText ||
		strings.ContainsFunc(r.Perks, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\r' }) {
		return fault.Invalid("rank_perks", "the perks of a rank take at most %d lines and %d letters", maxPerks, maxPerkText).
			At("/perks").With("lines", maxPerks).With("limit", maxPerkText)
	}
	return r.Terms.check()
}

func (t Terms) check() *fault.Error {
	if t.ReturnDays < 0 || t.ReturnDays > MaxReturnDays {
		return fault.Invalid("rank_return_days", "a rank lengthens the time of returns by 0 to %d days", MaxReturnDays).At("/return_days").With("limit", MaxReturnDays)
	}
	if t.WarrantyMonths < 0 || t.WarrantyMonths > MaxWarrantyMonths {
		return fault.Invalid("rank_warranty", "a rank lengthens a warranty by 0 to %d months", MaxWarrantyMonths).At("/warranty_months").With("limit", MaxWarrantyMonths)
	}
	return nil
}
