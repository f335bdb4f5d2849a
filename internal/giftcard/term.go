package giftcard

import (
	"time"

	"regulars/internal/earn"
	"regulars/internal/fault"
)

// MaxMonths bounds the term of a card.
const MaxMonths = 600

// lastDay returns the end of the day that many calendar months later in the
// zone, so that the last day of a card is a whole one.
func lastDay(from time.Time, months int, zone *time.Location) time.Time {
	return earn.EndOfDay(earn.AddMonths(from, months, zone), zone)
}

// law is the shortest term that a country allows for gift cards which are sold.
type law struct {
	months int
	name   string
}

// laws are those of which we are sure; other countries, and states within one,
// have rules of their own, which docs/concepts.md names. All three leave out
// cards that are given away in a promotion.
var laws = map[string]law{
	"US": {60, "12 CFR 1005.20(e)"},
	"IE": {60, "Consumer Protection (Gift Vouchers) Act 2019"},
	"AU": {36, "Australian Consumer Law, s 99B"},
}

// checkTerm refuses a term that is shorter than the law of the country allows
// for cards that are sold.
func checkTerm(months int, country string) error {
	if months < 0 || months > MaxMonths {
		return fault.Invalid("card_months", "the term is 1–%d months; leave it out for cards that never expire", MaxMonths).At("/months").With("most", MaxMonths)
	}
	l, known := laws[country]
	if months == 0 || !known || months >= l.months {
		return nil
	}
	return fault.Invalid("card_term_unlawful", "gift cards sold in %s must last at least %d months (%s): give so many or more, or leave the term out", country, l.months, l.name).
		At("/months").With("country", country).With("least", l.months).With("law", l.name)
}
