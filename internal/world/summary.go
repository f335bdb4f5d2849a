package world

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/partner"
	"regulars/internal/promo"
	"regulars/internal/referral"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// Summary is what the demo prints: what was read, what the programme made of
// it, and what it owes.
type Summary struct {
	RowsRead            int64            `json:"rows_read"`
	RowsWithoutCustomer int64            `json:"rows_without_customer"`
	RowsLeftOut         map[string]int64 `json:"rows_left_out"`
	Members             int64            `json:"members"`
	Sales               int64            `json:"sales"`
	Returns             Returns          `json:"returns"`
	Points              Points           `json:"points"`
	// Ranks counts members by the name of their rank; RankOrder lists the names
	// as they stand on the ladder, the lowest first.
	Ranks     map[string]int64 `json:"ranks"`
	RankOrder []string         `json:"-"`
	// LiabilityMinor is what the points that members can still spend are worth,
	// pending ones included, in minor units.
	LiabilityMinor int64 `json:"liability_minor"`
	// RepeatRevenueShare is the goods of all but each member's first sale, less
	// what came back of them, over the goods of all sales less what came back.
	RepeatRevenueShare float64 `json:"repeat_revenue_share"`
	// Simulated is what customers did by the declared behaviour; nil without.
	*Simulated
	Seconds         float64 `json:"seconds"`
	EventsPerSecond float64 `json:"events_per_second"`
	// AlreadyThere says that this run found everything in place and changed
	// nothing.
	AlreadyThere bool `json:"already_there"`
	// Check is "ok", or the list of faults found.
	Check any `json:"check"`
}

// Returns counts the lines of returned goods. Units are whole units.
type Returns struct {
	Lines          int64 `json:"lines"`
	Matched        int64 `json:"matched"`
	Partly         int64 `json:"partly"`
	Unmatched      int64 `json:"unmatched"`
	UnitsMatched   int64 `json:"units_matched"`
	UnitsUnmatched int64 `json:"units_unmatched"`
	// FeeLines are returned fees; they change nothing.
	FeeLines int64 `json:"fee_lines"`
}

func (r *Returns) add(s sale.ReturnSummary) {
	r.Lines, r.Matched, r.Partly, r.Unmatched = s.Lines, s.Matched, s.Partly, s.Unmatched
	r.UnitsMatched, r.UnitsUnmatched = s.QuantityMatched/unit, s.QuantityUnmatched/unit
}

// unit is how many thousandths make one.
const unit = 1000

// Points are the sums over all accounts: issued + debt = available + pending +
// held + spent + expired + clawed_back.
type Points struct {
	Issued     int64 `json:"issued"`
	Debt       int64 `json:"debt"`
	Available  int64 `json:"available"`
	Pending    int64 `json:"pending"`
	Held       int64 `json:"held"`
	Spent      int64 `json:"spent"`
	Expired    int64 `json:"expired"`
	ClawedBack int64 `json:"clawed_back"`
}

// Simulated sums up what is simulated on top of the real sales. Money is in
// minor units.
type Simulated struct {
	Codes struct {
		Issued    int64 `json:"issued"`
		Redeemed  int64 `json:"redeemed"`
		Expired   int64 `json:"expired"`
		Cancelled int64 `json:"cancelled"`
	} `json:"codes"`
	// RewardsRedeemed are those that were not brought back.
	RewardsRedeemed int64 `json:"rewards_redeemed"`
	GiftCards       struct {
		IssuedMinor  int64 `json:"issued_minor"`
		SpentMinor   int64 `json:"spent_minor"`
		BalanceMinor int64 `json:"balance_minor"`
	} `json:"gift_cards"`
	ReferralsPaid int64 `json:"referrals_paid"`
	// SettlementsBalanced says that partners' statements, closed and open ones
	// together, add up to the ledger.
	SettlementsBalanced bool `json:"settlements_balanced"`
	Heard
}

// sumSimulated reads it from the database.
func sumSimulated(ctx context.Context, q db.Queryer, programme id.ID) (*Simulated, error) {
	s := &Simulated{}
	if err := promo.EachCode(ctx, q, programme, func(c *promo.Code) error {
		s.Codes.Issued++
		switch c.State {
		case promo.CodeRedeemed:
			s.Codes.Redeemed++
		case promo.CodeExpired:
			s.Codes.Expired++
		case promo.CodeCancelled:
			s.Codes.Cancelled++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if err := reward.EachRedemption(ctx, q, programme, func(n *reward.Redemption) error {
		if n.State != reward.Undone {
			s.RewardsRedeemed++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if err := referral.EachReferral(ctx, q, programme, func(r *referral.Referral) error {
		if r.State == referral.Paid {
			s.ReferralsPaid++
		}
		return nil
	}); err != nil {
		return nil, err
	}
	cards, err := giftcard.Totals(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	s.GiftCards.IssuedMinor, s.GiftCards.SpentMinor, s.GiftCards.BalanceMinor = cards.Issued, cards.Spent-cards.Refunded, cards.Balance
	s.SettlementsBalanced, _, err = partner.Balanced(ctx, q, programme)
	return s, err
}
