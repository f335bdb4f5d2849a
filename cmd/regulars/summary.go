package main

import (
	"fmt"
	"io"
	"math"

	"regulars/internal/i18n"
	"regulars/internal/world"
)

// printSummary says in words what the demo found.
func printSummary(w io.Writer, p *i18n.Printer, s world.Summary) {
	if s.AlreadyThere {
		fmt.Fprintln(w, p.T("world.already_there"))
	}
	row := func(key string, args ...any) { fmt.Fprintln(w, "  "+p.T(key, args...)) }
	fmt.Fprintln(w)
	fmt.Fprintln(w, p.T("world.title"))
	row("world.rows", "rows", s.RowsRead, "anonymous", s.RowsWithoutCustomer, "duplicates", s.RowsLeftOut["duplicate"])
	row("world.sales", "members", s.Members, "sales", s.Sales)
	row("world.repeat", "share", percent(p, s.RepeatRevenueShare))
	row("world.returns", "lines", s.Returns.Lines, "matched", s.Returns.Matched, "partly", s.Returns.Partly, "unmatched", s.Returns.Unmatched)
	row("world.points", "issued", s.Points.Issued, "back", s.Points.ClawedBack, "expired", s.Points.Expired)
	row("world.owes", "points", s.Points.Available+s.Points.Pending, "money", p.Money(s.LiabilityMinor, p.Currency()))
	for _, name := range s.RankOrder {
		row("world.rank", "rank", name, "members", s.Ranks[name])
	}
	if m := s.Simulated; m != nil {
		fmt.Fprintln(w, p.T("world.simulated"))
		row("world.codes", "issued", m.Codes.Issued, "redeemed", m.Codes.Redeemed, "expired", m.Codes.Expired, "cancelled", m.Codes.Cancelled)
		row("world.rewards", "rewards", m.RewardsRedeemed, "referrals", m.ReferralsPaid)
		row("world.cards", "issued", p.Money(m.GiftCards.IssuedMinor, p.Currency()), "spent", p.Money(m.GiftCards.SpentMinor, p.Currency()),
			"balance", p.Money(m.GiftCards.BalanceMinor, p.Currency()))
		if m.SettlementsBalanced {
			row("world.settled")
		} else {
			row("world.unsettled")
		}
		printHeard(row, p, &m.Heard)
	}
	row("world.speed", "seconds", fmt.Sprintf("%.1f", s.Seconds), "rate", int64(s.EventsPerSecond))
	if s.Check == "ok" {
		row("world.check_ok")
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, world.Attribution)
}

// printHeard says what customers told, and what came of it.
func printHeard(row func(key string, args ...any), p *i18n.Printer, h *world.Heard) {
	tenth := func(x *float64) string { return p.Decimal(int64(math.Round(*x*10)), 1) }
	if n := h.NPS; n.Score == nil || n.BoundLow == nil || n.Weighted == nil {
		row("world.nps_few", "n", n.Respondents)
	} else {
		row("world.nps", "n", n.Respondents, "score", tenth(n.Score), "low", tenth(n.Low), "high", tenth(n.High),
			"bottom", tenth(n.BoundLow), "top", tenth(n.BoundHigh), "weighted", tenth(n.Weighted))
	}
	row("world.support", "low", percent(p, h.SupportIndex.Lower), "high", percent(p, h.SupportIndex.Upper))
	row("world.cases", "opened", h.Cases.Opened, "solved", h.Cases.Solved, "hours", tenth(&h.Cases.MedianHours), "points", h.Cases.CompensatedPoints)
	row("world.promises", "made", h.Promises.Made, "kept", h.Promises.Kept, "broken", h.Promises.Broken)
	n := h.Looked
	if n.Score != nil && n.Agreement != nil {
		row("world.standards", "visits", n.Visits, "score", percent(p, *n.Score), "low", percent(p, *n.Low), "high", percent(p, *n.High),
			"kappa", p.Decimal(int64(math.Round(*n.Agreement*100)), 2), "certificates", n.Certificates)
	}
	if n.KnownIssues > 0 {
		row("world.open", "issues", n.KnownIssues, "actions", n.Actions, "mentions", n.Mentions)
	}
}

func percent(p *i18n.Printer, share float64) string {
	return p.Percent(int64(share*10_000), 10_000, 1)
}
