package flow

import (
	"cmp"
	"maps"

	"regulars/internal/i18n"
)

// Sentence says what one of the drafts would change, most important first;
// decimals are those of the programme's first wallet.
func (s Simulation) Sentence(p *i18n.Printer, decimals, draft int) string {
	d := s.Drafts[draft]
	switch {
	case s.Sales == 0:
		return p.T("flow.simulated.empty")
	case s.Now.same(d.Outcome):
		return p.T("flow.simulated.same", "sales", s.Sales, "members", s.Members)
	}
	given, owed := d.Issued-s.Now.Issued, d.Figures.Owed-s.Now.Figures.Owed
	cost := d.Figures.Cost() - s.Now.Figures.Cost()
	return p.T("flow.simulated.sentence", "sales", s.Sales, "members", s.Members,
		"given", i18n.Text{Key: "flow.simulated.given." + direction(given), Args: map[string]any{"points": p.Decimal(max(given, -given), decimals)}},
		"cost", i18n.Text{Key: "flow.simulated.cost." + direction(cost), Args: map[string]any{"sum": max(cost, -cost)}},
		"owed", i18n.Text{Key: "flow.simulated.owed." + direction(owed), Args: map[string]any{"sum": max(owed, -owed)}})
}

// Verdict says what part of their value in twelve months a programme with these
// figures gives back to its customers, and how that lies to the band.
func (f Figures) Verdict(p *i18n.Printer, b Band) string {
	if f.YearGoods == 0 {
		return p.T("flow.simulated.no_year")
	}
	return p.T("flow.simulated.verdict", "share", p.Decimal(f.ShareOfValue(), 2), "place", b.Place(f.ShareOfValue()),
		"low", p.Decimal(b.Low, 2), "high", p.Decimal(b.High, 2))
}

func (o Outcome) same(other Outcome) bool {
	return o.Issued == other.Issued && o.ClawedBack == other.ClawedBack && o.Expired == other.Expired && o.Spent == other.Spent &&
		o.Liability == other.Liability && o.Figures == other.Figures && maps.Equal(o.Ranks, other.Ranks)
}

func direction(n int64) string { return [...]string{"less", "same", "more"}[1+cmp.Compare(n, 0)] }
