package bench

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/promo"
	"regulars/internal/returns"
	"regulars/internal/sale"
	"regulars/internal/survey"
	"regulars/internal/tier"
	"regulars/internal/touch"
)

// Rooms are the services that the measured programme is made with.
type Rooms struct {
	Auth       *auth.Service
	Programmes *program.Service
	Ledger     *ledger.Service
	Rules      *earn.Service
	Ladders    *tier.Service
	Offers     *promo.Service
	Flow       *flow.Service
	Touch      *touch.Service
	Promises   *promise.Service
	Returns    *returns.Service
	Surveys    *survey.Service
	Complaints *complaint.Service
	Now        func() time.Time
}

// slug is the measured programme's.
const slug = "bench"

// keyCount spreads the requests over tills, each with a key of its own, as one
// key may ask no more than its rate allows.
const keyCount = 32

var actor = auth.System("bench")

// Shop is the programme that is measured, and the keys that open it.
type Shop struct {
	Programme id.ID    `json:"programme"`
	Keys      []string `json:"keys"`
}

// Furnish makes the programme: points for every pound, more of them to higher
// ranks, three ranks by what was bought in twelve months; points are usable at
// once and last a year, so that every part of an event's way is walked.
func Furnish(ctx context.Context, r Rooms) (Shop, error) {
	zone, err := program.ParseZone("Europe/London")
	if err != nil {
		return Shop{}, err
	}
	p, err := r.Programmes.Create(ctx, actor, program.Programme{
		Slug: slug, Name: "Bench", Currency: "GBP", Zone: zone, Languages: []string{"en"}, Hue: 250,
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	if err != nil {
		return Shop{}, fmt.Errorf("making the programme: %w", err)
	}
	w, err := r.Ledger.CreateWallet(ctx, actor, ledger.Wallet{
		ProgrammeID: p.ID, Code: "points", Name: "Points", Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
	})
	if err != nil {
		return Shop{}, fmt.Errorf("making the wallet: %w", err)
	}
	began := r.Now().AddDate(-2, 0, 0)
	if err := r.ranks(ctx, p.ID, began); err != nil {
		return Shop{}, fmt.Errorf("making the ranks: %w", err)
	}
	if err := r.rule(ctx, p.ID, w.ID, began); err != nil {
		return Shop{}, fmt.Errorf("making the rule: %w", err)
	}
	s := Shop{Programme: p.ID}
	return s, r.cut(ctx, &s)
}

func (r Rooms) ranks(ctx context.Context, programme id.ID, began time.Time) error {
	plan, err := r.Ladders.Create(ctx, actor, programme, "status", tier.Definition{
		Name: "Status", Metric: tier.Spend, Window: tier.Window{Kind: tier.RollingMonths, Months: 12}, Drop: tier.Hard,
		Ranks: []tier.Rank{
			{Code: "regular", Name: "Regular"},
			{Code: "silver", Name: "Silver", Threshold: 1_000_00},
			{Code: "gold", Name: "Gold", Threshold: 5_000_00},
		},
	})
	if err == nil {
		_, err = r.Ladders.Publish(ctx, actor, programme, plan.ID, began)
	}
	return err
}

func (r Rooms) rule(ctx context.Context, programme, wallet id.ID, began time.Time) error {
	rule := earn.Rule{ProgrammeID: programme, Name: "A point for every pound", Trigger: earn.Purchase}
	v, err := r.Rules.Create(ctx, actor, rule, earn.Spec{
		WalletID: wallet,
		Effects: []earn.Effect{
			{Kind: earn.PerAmount, Points: 1, Per: 1_00, Basis: earn.Goods},
			{Kind: earn.Multiplier, Rate: money.NewRate(1, 1), PerRank: map[string]money.Rate{
				"silver": money.NewRate(5, 4), "gold": money.NewRate(3, 2),
			}},
		},
		Expiry: earn.Expiry{Months: 12, EndOfDay: true},
	})
	if err == nil {
		_, err = r.Rules.Publish(ctx, actor, programme, v.Rule.ID, began)
	}
	return err
}

// cut makes the keys.
func (r Rooms) cut(ctx context.Context, s *Shop) error {
	for i := range keyCount {
		_, key, err := r.Auth.CreateKey(ctx, actor, auth.NewKey{
			ProgrammeID: s.Programme, Name: "till " + strconv.Itoa(i+1), Scopes: auth.Scopes(),
		})
		if err != nil {
			return fmt.Errorf("making a key: %w", err)
		}
		s.Keys = append(s.Keys, key)
	}
	return nil
}

// phone is the number by which the n-th customer is known.
func phone(n int) string { return fmt.Sprintf("+447%09d", 400_000_000+n) }

// Purchase is the n-th purchase of a source, by one of so many customers: two
// lines, as a till sends them, between £10 and £60.
func Purchase(programme id.ID, source string, n, customer int) *flow.Event {
	return &flow.Event{
		ProgrammeID: programme, Source: source, ExternalID: strconv.Itoa(n), Kind: journal.Purchase, Channel: "till", Actor: actor,
		Who: flow.Who{Identities: []member.Identity{{Kind: member.Phone, Value: phone(customer)}}},
		Payload: flow.Payload{Currency: "GBP", Lines: []sale.Line{
			{SKU: "85123A", Name: "White hanging heart T-light holder", Category: "candles", Quantity: 6000, Amount: int64(1000 + n%40*100)},
			{SKU: "22423", Name: "Regency cakestand", Category: "kitchen", Quantity: 1000, Amount: 1295},
		}},
	}
}
