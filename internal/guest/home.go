package guest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rsc.io/qr"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (g *Guest) homeRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme, open: true, do: func(v *visit) error { return v.redirect(v.at("/")) }},
		{pattern: "GET " + inProgramme + "/{$}", do: g.showHome},
		{pattern: "GET " + inProgramme + "/card", do: g.showCard},
	}
}

// shownLots bounds the lots that are read to say what ends when, shownDays what
// is said of them.
const (
	shownLots = 200
	shownDays = 6
)

// home is the first page: the card, and how the customer stands.
type home struct {
	*visit
	card  card
	purse []purse
	rungs []rung
	// more are the ways to what the shop has beside.
	more []web.Button
	// cases is how many complaints are open.
	cases int
}

// card is what is shown at the till.
type card struct {
	picture string // the path of the drawing
	size    int    // modules of it, with the white around
	numbers []string
	made    time.Time
}

// purse is what the customer has in one wallet.
type purse struct {
	ledger.Wallet
	ledger.Balance
	worth        int64 // of what is available, in minor units
	ends, begins []batch
}

// batch is points that end, or begin to be usable, at one moment.
type batch struct {
	at     time.Time
	points int64
}

// rung is where the customer stands on one ladder.
type rung struct {
	name, rank string
	// perks are what the rank brings, promised what the next one would, which is
	// called next.
	perks, promised []string
	next            string
	// terms are what both lengthen.
	terms, promisedTerms []i18n.Text
	tier.Progress
}

func (g *Guest) showHome(v *visit) error {
	h, err := g.readHome(v)
	if err != nil {
		return err
	}
	return v.render(homePage(h))
}

// showCard answers the card alone, for the page to renew it.
func (g *Guest) showCard(v *visit) error {
	h := &home{visit: v}
	if err := h.readCard(g.DB.Reader()); err != nil {
		return err
	}
	return v.render(cardPart(h))
}

func (g *Guest) readHome(v *visit) (*home, error) {
	h := &home{visit: v}
	return h, g.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		if err := h.readCard(q); err != nil {
			return err
		}
		if h.purse, err = readPurses(v, q); err != nil {
			return err
		}
		if h.rungs, err = readRungs(v, q); err != nil {
			return err
		}
		if h.cases, err = g.openCases(v, q); err != nil {
			return err
		}
		h.more, err = onward(v, q)
		return err
	})
}

func (h *home) readCard(q db.Queryer) error {
	all, err := member.Identities(h.ctx(), q, []id.ID{h.who.ID})
	if err != nil {
		return err
	}
	for _, i := range all[h.who.ID] {
		if i.Kind == member.Card {
			h.card.numbers = append(h.card.numbers, i.Value)
		}
	}
	h.card.made = h.now
	h.card.picture, h.card.size, err = drawn(member.SignPass([]byte(h.programme.Salt), h.who.ID, h.now))
	return err
}

// quiet is the white around a code, in modules (ISO/IEC 18004).
const quiet = 4

// drawn returns a text as the path of a QR code and the width of its drawing.
func drawn(text string) (path string, size int, err error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", 0, fmt.Errorf("drawing a code: %w", err)
	}
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return b.String(), c.Size + 2*quiet, nil
}

func readPurses(v *visit, q db.Queryer) ([]purse, error) {
	wallets, err := ledger.Wallets(v.ctx(), q, v.programme.ID)
	if err != nil {
		return nil, err
	}
	keys := make([]ledger.AccountKey, len(wallets))
	for i, w := range wallets {
		keys[i] = ledger.AccountKey{MemberID: v.who.ID, WalletID: w.ID}
	}
	balances, err := ledger.Balances(v.ctx(), q, keys, v.now)
	if err != nil {
		return nil, err
	}
	list := make([]purse, len(wallets))
	for i, w := range wallets {
		p := purse{Wallet: w, Balance: balances[keys[i]]}
		if p.worth, err = w.Liability(p.Balance[ledger.Available]); err != nil {
			return nil, err
		}
		lots, err := ledger.OpenLots(v.ctx(), q, keys[i], v.now, shownLots)
		if err != nil {
			return nil, err
		}
		p.sort(lots, v.Zone())
		list[i] = p
	}
	return list, nil
}

// sort adds lots up by the day on which they end, or begin to be usable.
func (p *purse) sort(lots []ledger.Lot, zone *time.Location) {
	add := func(to *[]batch, at time.Time, n int64) {
		y, m, d := at.In(zone).Date()
		i := slices.IndexFunc(*to, func(b batch) bool {
			yy, mm, dd := b.at.In(zone).Date()
			return y == yy && m == mm && d == dd
		})
		if i < 0 {
			*to = append(*to, batch{at: at, points: n})
			return
		}
		(*to)[i].points += n
	}
	for i := range lots {
		l := &lots[i]
		switch {
		case l.Bucket() == ledger.Pending:
			add(&p.begins, l.Activates, l.Remaining)
		case !l.Expires.IsZero():
			add(&p.ends, l.Expires, l.Remaining)
		}
	}
	for _, list := range []*[]batch{&p.ends, &p.begins} {
		slices.SortFunc(*list, func(a, b batch) int { return a.at.Compare(b.at) })
		*list = (*list)[:min(len(*list), shownDays)]
	}
}

// lastDay is the day up to and including which points that end at a moment can
// be used.
func lastDay(end time.Time) time.Time { return end.Add(-time.Microsecond) }

func readRungs(v *visit, q db.Queryer) ([]rung, error) {
	ladders, err := tier.LoadLadders(v.ctx(), q, v.programme.ID)
	if err != nil {
		return nil, err
	}
	asks := make([]tier.Ask, len(ladders))
	for i := range ladders {
		asks[i] = tier.Ask{MemberID: v.who.ID, Ladder: &ladders[i], Until: v.now}
	}
	accounts, err := tier.Load(v.ctx(), q, asks)
	if err != nil {
		return nil, err
	}
	var list []rung
	for _, a := range accounts {
		progress, err := a.Progress(v.now)
		if err != nil {
			return nil, err
		}
		if version := a.Ladder().At(v.now); version != nil {
			r := rung{name: version.Name, rank: rankName(a.Ladder(), progress.Rank, v.now), Progress: progress}
			if held, known := version.Rank(progress.Rank); known {
				r.perks, r.terms = held.PerkList(), held.Texts()
			}
			if next, known := version.Rank(progress.Next); known {
				r.next, r.promised, r.promisedTerms = next.Name, next.PerkList(), next.Texts()
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// rankName is what people call a rank; the code where it has no name any more.
func rankName(l *tier.Ladder, code string, at time.Time) string {
	if version := l.At(at); version != nil {
		for _, r := range version.Ranks {
			if r.Code == code {
				return r.Name
			}
		}
	}
	return code
}

// lead says in sentences how the customer stands.
func (h *home) lead() string {
	var said []string
	for i := range h.purse {
		said = append(said, h.purse[i].says(h.visit))
	}
	for _, r := range h.rungs[:min(1, len(h.rungs))] {
		said = append(said, h.T("guest.home.rank", "rank", r.rank))
	}
	return strings.Join(said, " ")
}

// says how much can be used, what it is worth and what ends first.
func (p *purse) says(v *visit) string {
	worth := ""
	if p.worth > 0 {
		worth = v.Money(p.worth, "")
	}
	said := v.T("guest.home.have", "wallet", p.Name, "points", v.Decimal(p.Balance[ledger.Available], p.Decimals), "worth", worth, "worthy", p.worth > 0)
	if len(p.ends) > 0 {
		said += " " + v.T("guest.home.ends_first", "points", v.Decimal(p.ends[0].points, p.Decimals), "day", lastDay(p.ends[0].at))
	}
	return said
}

// facts say everything about a wallet that is not zero.
func (p *purse) facts(v *visit) []web.Definition {
	list := []web.Definition{{Term: v.T("guest.home.usable"), About: web.Words(v.Decimal(p.Balance[ledger.Available], p.Decimals))}}
	for _, b := range p.ends {
		list = append(list, web.Definition{Term: v.T("guest.home.until", "day", lastDay(b.at)), About: web.Words(v.Decimal(b.points, p.Decimals))})
	}
	for _, b := range p.begins {
		term := v.T("guest.home.soon")
		if !b.at.IsZero() {
			term = v.T("guest.home.from", "day", b.at)
		}
		list = append(list, web.Definition{Term: term, About: web.Words(v.Decimal(b.points, p.Decimals))})
	}
	for _, b := range []ledger.Bucket{ledger.Held, ledger.Debt} {
		if n := p.Balance[b]; n != 0 {
			list = append(list, web.Definition{Term: v.T("guest.home." + b.String()), About: web.Words(v.Decimal(n, p.Decimals))})
		}
	}
	return list
}

// words say what is missing for the next rank, and whether this one is in
// danger.
func (r *rung) words() []i18n.Text {
	var list []i18n.Text
	for _, t := range []i18n.Text{r.Words, r.Warning} {
		if t.Key != "" {
			list = append(list, t)
		}
	}
	return list
}
