package reward

import (
	"slices"
	"time"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Kind is what sort of thing a reward is.
type Kind string

// The kinds of reward.
const (
	KindGoods   Kind = "goods"
	KindService Kind = "service"
	// KindPartner is given by somebody else, whom Spec.Partner names.
	KindPartner Kind = "partner"
	// KindDonation gives money to the charity that Spec.Partner names. Nothing
	// is picked up.
	KindDonation Kind = "donation"
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{KindGoods, KindService, KindPartner, KindDonation} }

// Text returns the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "reward.kind." + string(k)} }

// State says whether a reward can be had.
type State string

// The states. A draft has never been published; what is withdrawn can be
// published again.
const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// States returns every state.
func States() []State { return []State{Draft, Published, Withdrawn} }

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "reward.state." + string(s)} }

// Reward is an entry of the catalogue.
type Reward struct {
	ID, ProgrammeID id.ID
	State           State
	Made            time.Time
	// Picture shows it; the zero Picture is none.
	Picture Picture
	Spec
}

// Spec is what a manager writes of a reward. A change holds for what is
// redeemed from then on.
type Spec struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Kind        Kind   `json:"kind"`
	// Partner is who gives a partner reward, or the charity of a donation.
	Partner string `json:"partner,omitempty"`
	// Points of the wallet, in its smallest unit, and Money on top, in minor
	// units.
	WalletID id.ID `json:"wallet"`
	Points   int64 `json:"points"`
	Money    int64 `json:"money,omitempty"`
	// Stock is how many can be out at all; 0 for any number.
	Stock int64 `json:"stock,omitempty"`
	Limit Limit `json:"limit,omitzero"`
	// Ranks are the codes of those it is for; none for everybody.
	Ranks []string `json:"ranks,omitempty"`
	// It can be had while Begins ≤ now < Ends; zero for always and for ever.
	Begins time.Time `json:"begins,omitzero"`
	Ends   time.Time `json:"ends,omitzero"`
	// EarlyRanks are the codes of those who can have it before everybody else,
	// from Early on; none and zero without such a time.
	EarlyRanks []string  `json:"early_ranks,omitempty"`
	Early      time.Time `json:"early,omitzero"`
	// Gives is what one donation gives the charity, in minor units, and Match
	// what the company adds, as a part of it.
	Gives int64      `json:"gives,omitempty"`
	Match money.Rate `json:"match,omitzero"`
	// PickUpDays is how long it waits to be picked up, to the end of the last
	// day; 0 for ever.
	PickUpDays int `json:"pick_up_days,omitempty"`
}

// Limit is how often one member can have a reward within a period of the
// programme's calendar; the zero Limit is none.
type Limit struct {
	Times  int64       `json:"times"`
	Period earn.Period `json:"period"`
}

// Opens returns the first moment at which members of a rank can have it; zero for
// always.
func (s *Spec) Opens(rank string) time.Time {
	if slices.Contains(s.EarlyRanks, rank) {
		return s.Early
	}
	return s.Begins
}

// Matched returns what the company adds to one donation, in minor units;
// fractions are not given.
func (s *Spec) Matched() (int64, error) { return s.Match.Apply(s.Gives, money.Floor) }

// due returns when the right to pick up ends what is redeemed at a moment;
// zero for never.
func (s *Spec) due(at time.Time, zone *time.Location) time.Time {
	if s.PickUpDays == 0 {
		return time.Time{}
	}
	return earn.EndOfDay(at.In(zone).AddDate(0, 0, s.PickUpDays), zone)
}
