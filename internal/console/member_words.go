package console

import (
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/web"
)

// The words for what happened to a member: sales, returns, and the movements of
// points with their reasons.

func (s *story) purchase(v *visit, m *moment, e *journal.Event) {
	bought := s.sales[e.ID]
	if bought == nil {
		return
	}
	m.tone = web.Good
	m.title = v.T("console.story.purchase", "sum", v.Money(bought.Total, ""))
	m.href = v.at("/members/"+e.MemberID.In(id.Member)+"/purchases", "sale", e.ID.In(id.Sale))
	m.note = joined(s.shops[bought.ShopID], bought.Channel, v.T("console.story.receipt", "number", bought.Reference))
	for _, l := range bought.Lines {
		m.lines = append(m.lines, lineWords(v, l))
	}
}

// lineWords says a line of a sale: quantity, name, sum, and what came back.
func lineWords(v *visit, l sale.Line) string {
	words := v.T("console.story.line", "quantity", v.Trimmed(l.Quantity, 3), "name", lineName(v, l), "sum", v.Money(l.Amount, ""))
	if l.ReturnedQuantity > 0 {
		words = joined(words, v.T("console.story.line_back", "quantity", v.Trimmed(l.ReturnedQuantity, 3)))
	}
	return words
}

func lineName(v *visit, l sale.Line) string {
	switch {
	case l.Name != "":
		return l.Name
	case l.SKU != "":
		return l.SKU
	case l.Fee:
		return v.T("console.story.fee")
	}
	return v.T("console.story.unnamed")
}

func (s *story) comeBack(v *visit, m *moment, e *journal.Event, body flow.Payload) {
	m.tone = web.Warn
	var sum int64
	for _, b := range s.backs[e.ID] {
		sum += b.Amount
	}
	if len(s.backs[e.ID]) > 0 {
		m.title = v.T("console.story.return", "sum", v.Money(sum, ""))
	}
	if n := len(s.unmatched[e.ID]); n > 0 {
		m.note = v.T("console.story.unmatched", "n", n)
	}
	if body.Return == nil {
		return
	}
	if ref := body.Return.SaleReference; ref != "" {
		m.note = joined(m.note, v.T("console.story.of_receipt", "number", ref))
	}
	for _, l := range body.Return.Lines {
		m.lines = append(m.lines, lineOf(v, l))
	}
}

func lineOf(v *visit, l sale.ReturnLine) string {
	what := l.SKU
	if what == "" {
		what = v.T("console.story.line_number", "n", l.Line)
	}
	return v.T("console.story.line_returned", "quantity", v.Trimmed(l.Quantity, 3), "name", what)
}

// points adds what the event did to the person's points, in one figure for each
// wallet and a reason for each movement.
func (s *story) points(v *visit, p *person, m *moment, e *journal.Event) {
	for i := range p.wallets {
		w := &p.wallets[i]
		var net int64
		moved := false
		for _, entry := range s.entries[e.ID] {
			if entry.WalletID != w.ID || p.insideMove(entry) {
				continue
			}
			moved = true
			net += effect(entry)
			m.why = append(m.why, w.entryWords(v, p, entry))
		}
		for j := range s.lots[e.ID] {
			if l := &s.lots[e.ID][j]; l.WalletID == w.ID && l.MemberID == p.ID {
				m.why = append(m.why, w.lotWords(v, l, p))
			}
		}
		if moved {
			m.figure = joined(m.figure, w.signed(v, net))
			m.good = toneOf(net)
		}
	}
}

// insideMove reports whether points only went from one of the person's accounts
// to another, as in a merge: then the account that they left says nothing.
func (p *person) insideMove(e ledger.Entry) bool {
	return e.MemberID != p.ID && (e.Kind == ledger.KindMoveOut || e.Kind == ledger.KindMoveIn)
}

// effect is what a movement does to what a member has, less what they owe.
func effect(e ledger.Entry) int64 { return e.Amount * (weight(e.To) - weight(e.From)) }

// weight is 1 for what a member has and for what is owed, which is counted
// where it comes from.
func weight(b ledger.Bucket) int64 {
	switch b {
	case ledger.Pending, ledger.Available, ledger.Held, ledger.Debt:
		return 1
	}
	return 0
}

func (w *purse) signed(v *visit, n int64) string {
	if n > 0 {
		return "+" + v.Decimal(n, w.Decimals)
	}
	return v.Decimal(n, w.Decimals)
}

func toneOf(n int64) web.Tone {
	switch {
	case n > 0:
		return web.Good
	case n < 0:
		return web.Bad
	}
	return web.Neutral
}

// entryWords says a movement and its reason.
func (w *purse) entryWords(v *visit, p *person, e ledger.Entry) string {
	kind, points := v.T("ledger.kind."+e.Kind.String()), v.Decimal(e.Amount, w.Decimals)
	if e.Cause.Reason.Key == "" {
		return v.T("console.story.moved", "kind", kind, "points", points)
	}
	return v.T("console.story.moved_why", "kind", kind, "points", points, "why", p.say(v, e.Cause.Reason))
}

// rankReason is the key of the reason that names a rank by its code.
const rankReason = "earn.why.rank"

// say says a reason, with ranks by the names that people know.
func (p *person) say(v *visit, t i18n.Text) string {
	if len(p.ladders) == 0 {
		return v.Say(t)
	}
	return v.Say(i18n.Text{Key: t.Key, Args: p.withNames(t.Args).(map[string]any)})
}

// withNames returns a copy of the arguments of a reason, as they came out of
// JSON, in which ranks of the ladder that rules ask about have their names.
func (p *person) withNames(arg any) any {
	switch arg := arg.(type) {
	case []any:
		list := make([]any, len(arg))
		for i, one := range arg {
			list[i] = p.withNames(one)
		}
		return list
	case map[string]any:
		named := map[string]any{}
		for name, one := range arg {
			named[name] = p.withNames(one)
		}
		if args, ok := named["args"].(map[string]any); ok && named["key"] == rankReason {
			if code, ok := args["rank"].(string); ok {
				args["rank"] = rankName(p.ladders[0].Ladder, code, p.now)
			}
		}
		return named
	}
	return arg
}

// lotWords says until when the points of a lot can be used and what has become
// of them.
func (w *purse) lotWords(v *visit, l *ledger.Lot, p *person) string {
	words := v.T("console.lot.never")
	switch {
	case !l.Expires.IsZero() && l.Expires.After(p.now):
		words = v.T("console.lot.until", "when", lastDay(l.Expires))
	case !l.Expires.IsZero():
		words = v.T("console.lot.was_until", "when", lastDay(l.Expires))
	}
	if l.Activates.After(p.now) {
		words = joined(v.T("console.lot.from", "when", l.Activates), words)
	}
	return joined(words, v.T("console.lot.left", "left", v.Decimal(l.Remaining+l.Held, w.Decimals), "of", v.Decimal(l.Amount, w.Decimals)))
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// shopNames are the names of the programme's shops.
func shopNames(v *visit, q db.Queryer) (map[id.ID]string, error) {
	shops, err := program.Shops(v.ctx(), q, v.programme.ID)
	names := map[id.ID]string{}
	for _, s := range shops {
		names[s.ID] = s.Name
	}
	return names, err
}
