package reward

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/money"
)

// Limits of what a reward may say.
const (
	maxName        = 100
	maxDescription = 2000
	maxRanks       = 50
	// MaxStock bounds the stock of a reward.
	MaxStock = 1_000_000_000
	// MaxPickUpDays bounds how long a reward waits to be picked up.
	MaxPickUpDays = 3650
	maxMatch      = 100
)

// Check returns a fault where the spec can be seen to be wrong; whether there
// are such a wallet and such ranks is asked when it is saved.
func (s *Spec) Check() error {
	return fault.Gather(s.checkText(), s.checkKind(), s.checkPrice(), s.checkLimits())
}

func (s *Spec) checkText() error {
	long := utf8.RuneCountInString(s.Description) > maxDescription
	odd := strings.ContainsFunc(s.Description, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
	return fault.Gather(
		fault.When(strings.TrimSpace(s.Name) == "" || !line(s.Name, maxName),
			fault.Invalid("reward_name", "a reward needs a name of one line with at most %d letters", maxName).At("/name").With("most", maxName)),
		fault.When(long || odd || !utf8.ValidString(s.Description),
			fault.Invalid("reward_description", "a description takes at most %d letters", maxDescription).At("/description").With("most", maxDescription)))
}

// line reports whether a text is one line of at most so many letters.
func line(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && !strings.ContainsFunc(text, unicode.IsControl)
}

func (s *Spec) checkKind() error {
	if !slices.Contains(Kinds(), s.Kind) {
		return fault.Invalid("reward_kind", "a reward is of the kind goods, service, partner or donation").At("/kind")
	}
	named, needed := strings.TrimSpace(s.Partner) != "", s.Kind == KindPartner || s.Kind == KindDonation
	partner := fault.When(named != needed || !line(s.Partner, maxName),
		fault.Invalid("reward_partner", "name the partner of a partner reward and the charity of a donation in one line of at most %d letters, and nobody for other rewards", maxName).
			At("/partner").With("most", maxName))
	if s.Kind == KindDonation {
		return fault.Gather(partner, s.checkDonation())
	}
	return fault.Gather(partner,
		fault.When(s.Gives != 0 || !s.Match.IsZero(), fault.Invalid("reward_gives", "only a donation gives money to a charity; leave it out").At("/gives")))
}

func (s *Spec) checkDonation() error {
	price := fault.When(s.Money != 0 || s.PickUpDays != 0, fault.Invalid("reward_donation_price", "a donation costs points alone and is not picked up").At("/money"))
	if s.Gives < 1 || s.Gives > money.MaxMinor/(maxMatch+1) {
		return fault.Gather(fault.Invalid("reward_donation", "say what one donation gives the charity").At("/gives"), price)
	}
	matched, err := s.Matched()
	return fault.Gather(fault.When(err != nil || s.Match.Num() < 0 || matched > maxMatch*s.Gives,
		fault.Invalid("reward_match", "the company adds between nothing and %d times what is given", maxMatch).At("/match").With("most", maxMatch)), price)
}

func (s *Spec) checkPrice() error {
	return fault.Gather(
		fault.When(s.WalletID == 0, fault.Invalid("required", "a value is needed").At("/wallet")),
		fault.When(s.Points < 1 || s.Points > money.MaxMinor, fault.Invalid("reward_points", "a reward costs points: a number above 0").At("/points")),
		fault.When(s.Money < 0 || s.Money > money.MaxMinor, fault.Invalid("reward_money", "the money on top is 0 or more").At("/money")))
}

func (s *Spec) checkLimits() error {
	unlimited := s.Limit == Limit{}
	return fault.Gather(
		fault.When(s.Stock < 0 || s.Stock > MaxStock, fault.Invalid("reward_stock", "the stock is at most %d; leave it out for any number", MaxStock).At("/stock").With("most", MaxStock)),
		fault.When(s.Limit.Times < 0 || s.Limit.Times > MaxStock || !unlimited && (s.Limit.Times == 0 || !slices.Contains(earn.Periods(), s.Limit.Period)),
			fault.Invalid("reward_limit_terms", "a limit says how many times within which period: day, week, month, year or ever").At("/limit")),
		fault.When(!s.Ends.IsZero() && !s.Ends.After(s.Begins), fault.Invalid("reward_ends_first", "a reward must end after it begins").At("/ends")),
		fault.When(s.PickUpDays < 0 || s.PickUpDays > MaxPickUpDays,
			fault.Invalid("reward_pick_up_days", "it waits for 1–%d days; leave it out for ever", MaxPickUpDays).At("/pick_up_days").With("most", MaxPickUpDays)),
		checkRanks("/ranks", s.Ranks), s.checkEarly())
}

func checkRanks(at string, ranks []string) error {
	if len(ranks) > maxRanks {
		return fault.Invalid("too_many", "%d were sent; at most %d are taken", len(ranks), maxRanks).At(at).With("limit", maxRanks)
	}
	for i, r := range ranks {
		if r == "" || slices.Contains(ranks[:i], r) {
			return fault.Invalid("reward_rank_twice", "name each rank once").At(at + "/" + strconv.Itoa(i))
		}
	}
	return nil
}

// checkEarly holds what opens earlier against what it is earlier than.
func (s *Spec) checkEarly() error {
	if len(s.EarlyRanks) == 0 && s.Early.IsZero() {
		return nil
	}
	if err := checkRanks("/early_ranks", s.EarlyRanks); err != nil {
		return err
	}
	if len(s.EarlyRanks) == 0 || s.Early.IsZero() || !s.Early.Before(s.Begins) {
		return fault.Invalid("reward_early", "an early beginning names ranks and a day before the reward begins for everybody else").At("/early")
	}
	for i, r := range s.EarlyRanks {
		if len(s.Ranks) > 0 && !slices.Contains(s.Ranks, r) {
			return fault.Invalid("reward_early_rank", "this rank cannot have the reward at all; it is not among those that it is for").At("/early_ranks/" + strconv.Itoa(i))
		}
	}
	return nil
}
