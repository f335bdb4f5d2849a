package main

import (
	"net/http"

	"regulars/internal/console"
	"regulars/internal/i18n"
	"regulars/internal/intake"
	"regulars/internal/outreach"
)

// pages are what people see. What they set going in the background, imports and
// simulations, is registered with the jobs, so it is called before those run.
func (h *house) pages(texts *i18n.Catalog, p place, messages *outreach.Service, imports *intake.Desk) http.Handler {
	c := console.New(console.Config{
		DB: h.db, Flow: h.flow, Auth: h.auth, Programmes: h.programmes, Members: h.members, Products: h.products, Rules: h.rules,
		Ledger: h.ledger, Ladders: h.ladders, Promo: h.offers, GiftCards: h.giftCards, Rewards: h.rewards, Jobs: h.jobs, Texts: texts, Now: h.now, Log: h.log, Dir: p.Dir, Partners: h.partners, Households: h.households,
		Outreach:   messages,
		Referrals:  h.referrals,
		Plans:      h.plans,
		Challenges: h.challenges,
		Complaints: h.complaints,
		Touch:      h.touch,
		Promises:   h.promises,
		Returns:    h.returns,
		Fraud:      h.fraud,
		Surveys:    h.surveys,
		Standards:  h.standards,
		Lessons:    h.lessons,
		Gestures:   h.gestures,
		Bookings:   h.bookings,
		Alarms:     h.alarms,
		Factors:    h.factors,
		Churn:      h.churn,
		Recoveries: h.recoveries,
		Calls:      h.calls,
		Baskets:    h.baskets,
		Discounts:  h.discounts,
		Trust:      h.trust,
		Imports:    imports,
	})
	c.Work()
	return c.Handler()
}
