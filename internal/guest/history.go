package guest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/returns"
	"regulars/internal/sale"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (g *Guest) historyRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/history", do: g.showHistory},
		{pattern: "GET " + inProgramme + "/history/gained", do: g.showGained},
	}
}

// shownEvents is how many events a page of the history has.
const shownEvents = 20

// history is a page of what happened, the latest first.
type history struct {
	*visit
	aliases []id.ID
	events  []*journal.Event
	first   bool
	next    string
	wallets []ledger.Wallet
	ladders []tier.Ladder
	entries map[id.ID][]ledger.Entry // by event
	sales   map[id.ID]*sale.Sale
	backs   map[id.ID]int64 // what came back, in minor units, by event
	shops   map[id.ID]string
	// since is from when sales may still come back, zero for never.
	since time.Time
}

func (g *Guest) showHistory(v *visit) error {
	before, err := journal.ParseCursor(v.field("before"))
	if err != nil {
		return err
	}
	h := &history{visit: v, first: before == journal.Cursor{}, entries: map[id.ID][]ledger.Entry{}, backs: map[id.ID]int64{}}
	err = g.DB.View(v.ctx(), func(q db.Queryer) error {
		for _, part := range []func(db.Queryer) error{
			func(q db.Queryer) error { return h.readEvents(q, before) }, h.readEntries, h.readSales, h.readNames,
		} {
			if err := part(q); err != nil {
				return fmt.Errorf("reading a history: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.render(historyPage(h))
}

func (h *history) readEvents(q db.Queryer, before journal.Cursor) (err error) {
	if h.aliases, err = member.Aliases(h.ctx(), q, h.who.ID); err != nil {
		return err
	}
	h.events, err = journal.Timeline(h.ctx(), q, h.aliases, before, shownEvents+1)
	if len(h.events) > shownEvents {
		h.events = h.events[:shownEvents]
		h.next = h.events[shownEvents-1].Cursor().String()
	}
	return err
}

// readEntries reads the points that the events moved, on every account of the
// person, for a merge moves them on two.
func (h *history) readEntries(q db.Queryer) error {
	var causes []ledger.CauseKey
	for _, e := range h.events {
		for _, m := range h.aliases {
			causes = append(causes, ledger.CauseKey{MemberID: m, EventID: e.ID})
		}
	}
	entries, err := ledger.EntriesOf(h.ctx(), q, causes)
	for i := range entries {
		h.entries[entries[i].Cause.Event] = append(h.entries[entries[i].Cause.Event], entries[i])
	}
	return err
}

func (h *history) readSales(q db.Queryer) (err error) {
	var bought, returned []sale.SaleKey
	for _, e := range h.events {
		switch e.Kind {
		case journal.Purchase:
			bought = append(bought, sale.SaleKey{MemberID: e.MemberID, ID: e.ID})
		case journal.Return, journal.Cancellation:
			for _, m := range h.aliases {
				returned = append(returned, sale.SaleKey{MemberID: m, ID: e.ID})
			}
		}
	}
	if h.sales, err = sale.LoadSales(h.ctx(), q, bought); err != nil {
		return err
	}
	backs, err := sale.LoadReturns(h.ctx(), q, returned)
	for i := range backs {
		h.backs[backs[i].EventID] += backs[i].Amount
	}
	return err
}

func (h *history) readNames(q db.Queryer) (err error) {
	if h.wallets, err = ledger.Wallets(h.ctx(), q, h.programme.ID); err != nil {
		return err
	}
	if h.ladders, err = tier.LoadLadders(h.ctx(), q, h.programme.ID); err != nil {
		return err
	}
	shops, err := program.Shops(h.ctx(), q, h.programme.ID)
	h.shops = map[id.ID]string{}
	for _, s := range shops {
		h.shops[s.ID] = s.Name
	}
	if err != nil {
		return err
	}
	h.since, err = returns.Since(h.ctx(), q, h.programme.ID, h.now)
	return err
}

// back leads to the returns of a sale, where something of it may still come back.
func (h *history) back(s *sale.Sale) (to web.Crumb) {
	if h.since.IsZero() || s.Occurred.Before(h.since) || !slices.ContainsFunc(s.Lines, func(l sale.Line) bool { return !l.Fee && l.Left() > 0 }) {
		return to
	}
	return web.Crumb{Label: h.T("guest.return.of_it"), Href: h.at("/return/" + s.ID.In(id.Sale))}
}

// rank is what people call a rank of the ladder that rules ask about.
func (h *history) rank(code string) string {
	if len(h.ladders) == 0 {
		return code
	}
	return rankName(&h.ladders[0], code, h.now)
}

// happenings are the entries of the page.
func (h *history) happenings() []web.Happening {
	list := make([]web.Happening, len(h.events))
	for i, e := range h.events {
		list[i] = h.happening(e)
	}
	return list
}

func (h *history) happening(e *journal.Event) web.Happening {
	p := web.Happening{Day: h.Date(e.Occurred), Clock: h.Clock(e.Occurred), Icon: iconOf(e.Kind), Tone: web.Neutral, Title: h.kind(e.Kind)}
	var body flow.Payload
	_ = json.Unmarshal(e.Body, &body) // a kind without a payload explains itself
	switch s := h.sales[e.ID]; {
	case s != nil:
		p.Title, p.Tone = h.T("guest.history.purchase", "sum", h.Money(s.Total, "")), web.Good
		p.Note, p.Next = strings.Trim(h.shops[s.ShopID]+" · "+lineNames(s), " ·"), h.back(s)
	case h.backs[e.ID] > 0:
		p.Title, p.Tone = h.T("guest.history.return", "sum", h.Money(h.backs[e.ID], "")), web.Warn
	case body.Redemption != nil, body.Undo != nil:
		p.Tone = web.Accent
		if moved := h.entries[e.ID]; len(moved) > 0 {
			p.Note = h.why(moved[0].Cause.Reason, h.rank) // names the reward
		}
	}
	h.points(&p, e)
	return p
}

// namedLines is how many goods of a purchase are named.
const namedLines = 3

// lineNames names the first goods of a purchase.
func lineNames(s *sale.Sale) string {
	var names []string
	for _, l := range s.Lines {
		if l.Name != "" && !l.Fee {
			names = append(names, l.Name)
		}
	}
	if len(names) > namedLines {
		names = append(names[:namedLines], "…")
	}
	return strings.Join(names, ", ")
}

func (h *history) kind(k journal.Kind) string {
	if said, of := complaint.EventText(k); of {
		return h.Say(said)
	}
	if name, custom := strings.CutPrefix(string(k), journal.Custom); custom {
		return h.T("journal.kind.custom", "name", name)
	}
	return h.T("journal.kind." + string(k))
}

// points adds what the event did to the customer's points: one figure for each
// wallet, and a reason for each movement.
func (h *history) points(p *web.Happening, e *journal.Event) {
	var figures []string
	for i := range h.wallets {
		w := &h.wallets[i]
		var net int64
		moved := false
		for _, entry := range h.entries[e.ID] {
			if entry.WalletID != w.ID || h.inside(entry) {
				continue
			}
			moved, net = true, net+effect(entry)
			p.Why = append(p.Why, h.entryWords(w, entry))
		}
		if moved {
			sign := ""
			if net > 0 {
				sign = "+"
			}
			figures = append(figures, sign+h.Decimal(net, w.Decimals))
			p.FigureTone = toneOf(net)
		}
	}
	p.Figure = strings.Join(figures, " · ")
}

// inside reports whether points only went from one of the customer's accounts
// to another, as in a merge.
func (h *history) inside(e ledger.Entry) bool {
	return e.MemberID != h.who.ID && (e.Kind == ledger.KindMoveOut || e.Kind == ledger.KindMoveIn)
}

// effect is what a movement does to what a customer has, less what they owe.
func effect(e ledger.Entry) int64 { return e.Amount * (had(e.To) - had(e.From)) }

func had(b ledger.Bucket) int64 {
	switch b {
	case ledger.Pending, ledger.Available, ledger.Held, ledger.Debt:
		return 1
	}
	return 0
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

func (h *history) entryWords(w *ledger.Wallet, e ledger.Entry) string {
	kind, points := h.T("ledger.kind."+e.Kind.String()), h.Decimal(e.Amount, w.Decimals)
	if e.Cause.Reason.Key == "" {
		return h.T("guest.history.moved", "kind", kind, "points", points)
	}
	return h.T("guest.history.moved_why", "kind", kind, "points", points, "why", h.why(e.Cause.Reason, h.rank))
}

func iconOf(k journal.Kind) web.Icon {
	if _, of := complaint.EventText(k); of {
		return web.IconMessage
	}
	switch k {
	case journal.Purchase:
		return web.IconPurchase
	case journal.Return, journal.Cancellation:
		return web.IconReturn
	case journal.SignUp, journal.Referral:
		return web.IconPerson
	case journal.Birthday, journal.Redemption, journal.RedemptionUndo, journal.Award, journal.Transfer, journal.TransferUndo:
		return web.IconGift
	case journal.Adjustment:
		return web.IconEdit
	case journal.Merge, journal.Unmerge:
		return web.IconMerge
	}
	return web.IconCalendar
}
