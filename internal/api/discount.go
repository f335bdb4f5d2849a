package api

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/discount"
	"regulars/internal/id"
)

const exampleDiscountSettings = `{"version": 0, "settings": {"limit": 40, "days": 28, "least": 100, "weeks": 8}}`

func (s *server) addDiscounts() {
	read(s, operation{
		id: "get-discounts", method: http.MethodGet, path: "/v1/discounts", tag: tagOffers, needs: needs(auth.RulesRead),
		summary: "Get how much of what is sold goes at a discount, and which offers have run without a pause",
		text: "Sales of the days of the settings until now, in all and by shop, beside those of as many days before. Shares come with Wilson's interval at 95 %, and are missing under the least number of sales. " +
			"high is when the lower end of the interval is above the limit: it raises an alarm. Sales that were taken in with their prices count as sold without a discount.",
	}, func(ctx context.Context, c *call, _ *nothing) (discountsView, error) {
		r, err := s.Discounts.Report(ctx, c.actor, c.programme())
		if err != nil {
			return discountsView{}, err
		}
		return discountsOf(r), nil
	})
	write(s, operation{
		id: "set-discount-settings", method: http.MethodPut, path: "/v1/discount-settings", tag: tagOffers, needs: needs(auth.RulesRead, auth.RulesWrite),
		summary: "Say from when discounts are too many", example: exampleDiscountSettings,
		text: "Give the version that you read: if somebody changed the settings since, nothing is changed (409).",
	}, func(ctx context.Context, c *call, _ *nothing, body *discountSettings) (string, error) {
		return "", within("/settings", s.Discounts.SetSettings(ctx, c.actor, c.programme(), body.Version, discount.Settings(body.Settings)))
	}, func(ctx context.Context, c *call, _ string) (discountSettings, error) {
		return s.discountSettings(ctx, c, watcher)
	})
	read(s, operation{
		id: "get-discount-settings", method: http.MethodGet, path: "/v1/discount-settings", tag: tagOffers, needs: needs(auth.RulesRead), summary: "Get from when discounts are too many",
	}, func(ctx context.Context, c *call, _ *nothing) (discountSettings, error) {
		return s.discountSettings(ctx, c, c.actor)
	})
}

type discountSettings struct {
	Version  int64                `json:"version" minimum:"0" doc:"0 while they are those that everybody begins with." example:"0"`
	Settings discountSettingsBody `json:"settings"`
}

type discountSettingsBody struct {
	Limit int64 `json:"limit" minimum:"0" maximum:"100" doc:"The share of sales, in per cent, above which there is an alarm; 0 for none." example:"40"`
	Days  int64 `json:"days" minimum:"7" maximum:"366" doc:"How many days are looked at." example:"28"`
	Least int64 `json:"least" minimum:"10" maximum:"1000000" doc:"How many sales they must hold before a share is told." example:"100"`
	Weeks int64 `json:"weeks" minimum:"1" maximum:"520" doc:"How long an offer that everybody gets may run before it wants a pause." example:"8"`
}

func (s *server) discountSettings(ctx context.Context, c *call, a auth.Actor) (discountSettings, error) {
	n, version, err := s.Discounts.Settings(ctx, a, c.programme())
	return discountSettings{version, discountSettingsBody(n)}, err
}

type discountShare struct {
	Sales      int64         `json:"sales" example:"1240"`
	Discounted int64         `json:"discounted" doc:"In how many an offer took something off." example:"380"`
	Share      *intervalView `json:"share,omitempty" doc:"Missing under the least number of sales."`
	Goods      int64         `json:"goods" doc:"What was paid for the goods of all, in minor units."`
	Given      int64         `json:"given" doc:"What offers took off, in minor units."`
	High       bool          `json:"high" doc:"More than the limit, beyond chance."`
}

type discountsView struct {
	From     time.Time       `json:"from"`
	Until    time.Time       `json:"until"`
	All      discountShare   `json:"all"`
	Before   discountShare   `json:"before"`
	Shops    []discountShop  `json:"shops" nullable:"false" doc:"Those with sales, the greatest share first."`
	Members  int64           `json:"members" doc:"How many bought at least three times in the days."`
	Constant int64           `json:"constant" doc:"How many of them bought at nothing but a discount."`
	Offers   []discountOffer `json:"offers" nullable:"false" doc:"The offers in force that take something off, those that want a pause first."`
}

type discountShop struct {
	Shop string        `json:"shop" doc:"Its code; empty for sales that named none." example:"high-street"`
	Sold discountShare `json:"sold"`
}

type discountOffer struct {
	Offer  string    `json:"offer" example:"ofr_01hzy3v8w0000"`
	Name   string    `json:"name" example:"A tenth for members"`
	Since  time.Time `json:"since" doc:"From when on it has been in force without a pause."`
	Weeks  int64     `json:"weeks" doc:"Whole weeks since."`
	Sales  int64     `json:"sales" doc:"In how many sales of the days it took something off."`
	Amount int64     `json:"amount" doc:"How much, in minor units."`
	Tired  bool      `json:"tired" doc:"It has run for as many weeks as the settings let it, for everybody and with no end."`
}

func discountsOf(r *discount.Report) discountsView {
	share := func(s discount.Share) discountShare {
		return discountShare{s.Sales, s.Discounted, intervalOf(r.Known(s), s.Rate()), s.Goods, s.Given, r.High(s)}
	}
	v := discountsView{
		From: r.From.UTC(), Until: r.Until.UTC(), All: share(r.All), Before: share(r.Before), Members: r.Members, Constant: r.Constant, Shops: []discountShop{}, Offers: []discountOffer{},
	}
	for _, n := range r.Shops {
		v.Shops = append(v.Shops, discountShop{n.Shop.Code, share(n.Share)})
	}
	for _, n := range r.Offers {
		v.Offers = append(v.Offers, discountOffer{n.OfferID.In(id.Offer), n.Name, n.Since.UTC(), n.Weeks, n.Sales, n.Amount, n.Tired})
	}
	return v
}
