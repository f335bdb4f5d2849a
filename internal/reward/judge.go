package reward

import (
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Standing is what decides whether a member can have a reward, beside their
// points.
type Standing struct {
	At   time.Time
	Zone *time.Location // the programme's
	// Joined says that the member has joined the programme, Rank is their rank.
	Joined bool
	Rank   string
	// Had are the moments at which the member, or one merged into them, took
	// this reward; what was undone is left out.
	Had []time.Time
	// Stock may be nil where the reward has none.
	Stock *Stock
}

// Stock is how many of a reward there are and how many are out.
type Stock struct {
	Of, Taken int64 // Of is Never for any number

	claimed int64
}

// Left returns how many can still be had.
func (s *Stock) Left() int64 { return max(0, s.Of-s.Taken) }

// Take takes so many, or gives them back when n is below 0; Reserve says it to
// the database.
func (s *Stock) Take(n int64) {
	s.Taken += n
	s.claimed += n
}

// Stocks are the stocks of rewards, shared by the decisions of a batch.
type Stocks map[id.ID]*Stock

// Refuse returns nil when the member can have the reward, if they have the
// points, and otherwise a refusal: "reward_withdrawn", "reward_not_begun",
// "reward_ended", "reward_members_only", "reward_rank", "reward_limit" or
// "reward_out_of_stock".
func (r *Reward) Refuse(s Standing) error {
	switch {
	case r.State != Published:
		return withdrawn()
	case s.At.Before(r.Opens(s.Rank)):
		begins := r.Opens(s.Rank)
		return fault.Refused("reward_not_begun", "this reward can be had from %s", begins.Format(time.DateOnly)).With("begins", begins)
	case !r.Ends.IsZero() && !s.At.Before(r.Ends):
		last := r.Ends.Add(-time.Microsecond)
		return fault.Refused("reward_ended", "this reward could be had until %s", last.Format(time.DateOnly)).With("last", last)
	case !s.Joined:
		return fault.Refused("reward_members_only", "rewards are for those who have joined the programme")
	case len(r.Ranks) > 0 && !slices.Contains(r.Ranks, s.Rank):
		return fault.Refused("reward_rank", "this reward is not for the member's rank").With("rank", s.Rank)
	case r.Limit.Times > 0 && r.within(s) >= r.Limit.Times:
		return fault.Refused("reward_limit", "the member has had this reward as often as they can within the period (%d per %s)", r.Limit.Times, r.Limit.Period).
			With("times", r.Limit.Times).With("period", string(r.Limit.Period))
	case s.Stock != nil && s.Stock.Left() == 0:
		return fault.Refused("reward_out_of_stock", "this reward is out of stock")
	}
	return nil
}

func withdrawn() error {
	return fault.Refused("reward_withdrawn", "this reward is not to be had any more")
}

// within counts how often the member had the reward in the limit's period.
func (r *Reward) within(s Standing) int64 {
	start, n := r.Limit.Period.Start(s.At, s.Zone), int64(0)
	for _, at := range s.Had {
		if r.Limit.Period.Start(at, s.Zone).Equal(start) {
			n++
		}
	}
	return n
}
