package flow

import (
	"cmp"
	"maps"

	"regulars/internal/i18n"
)

// Sentence says what the draft would change, most important first; decimals
// are those of the programme's first wallet.
func (s Simulation) Sentence(p *i18n.Printer, decimals int) string {
	switch {
	case s.Sales == 0:
		return p.T("flow.simulated.empty")
	case s.Now.same(s.Draft):
		return p.T("flow.simulated.same", "sales", s.Sales, "members", s.Members)
	}
	given, owed := s.Draft.Issued-s.Now.Issued, s.Draft.LiabilityMinor-s.Now.LiabilityMinor
	return p.T("flow.simulated.sentence", "sales", s.Sales, "members", s.Members,
		"given", i18n.Text{Key: "flow.simulated.given." + direction(given), Args: map[string]any{"points": p.Decimal(max(given, -given), decimals)}},
		"owed", i18n.Text{Key: "flow.simulated.owed." + direction(owed), Args: map[string]any{"sum": max(owed, -owed)}})
}

func (o Outcome) same(other Outcome) bool {
	return o.Issued == other.Issued && o.ClawedBack == other.ClawedBack && o.Expired == other.Expired && o.Spent == other.Spent &&
		o.Liability == other.Liability && maps.Equal(o.Ranks, other.Ranks)
}

func direction(n int64) string { return [...]string{"less", "same", "more"}[1+cmp.Compare(n, 0)] }
