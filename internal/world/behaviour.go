package world

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// The declared behaviour. The shop's own customers did nothing of this: it is
// there so that every part of the programme can be seen at work. It happens in
// the last two weeks, to customers whose last real purchase or return lies
// before them, so that no real sale is decided otherwise than without it. Who
// does what is drawn with a fixed seed.
const (
	seed        = 20111126
	simulated   = "simulated" // source and channel of all of it
	redeemShare = 25          // per cent of those who can afford a reward take one
	undoEvery   = 10          // and every tenth brings it back
	codesMade   = 500
	codesShown  = 120 // are presented at a purchase
	codesVoid   = 20  // are cancelled
	cardsSold   = 60
	cardValue   = 20_00
	cardsUsed   = 45
	cafe        = "cafe"
	friends     = 40
	cafeGuests  = 60
)

// opens is when it begins, codesEnd when the codes that nobody used end.
var (
	opens    = time.Date(2011, 11, 26, 9, 0, 0, 0, time.UTC)
	codesEnd = time.Date(2011, 12, 4, 0, 0, 0, 0, time.UTC)
)

// behaviour simulates what customers do beside buying.
type behaviour struct {
	d         *Demo
	programme id.ID
	wallet    id.ID
	random    *rand.Rand
	clock     time.Time
	// people are those who bought last before it begins, with what they bought
	// last.
	people []*sale.Sale
	// orders are what was bought since it began, in the shop itself; sent are
	// those whose parcels are followed; trouble is whose parcel was late or who
	// complained.
	orders, sent []order
	trouble      map[id.ID]bool
	// names are what the last sale of everybody is called; by them people stand
	// in the same order in every run.
	names map[id.ID]string
	// partner is whose shop the café is.
	partner id.ID
	// crew is who works in its places.
	crew []auth.Staff
}

// lastName is the external id of the last event of it.
const lastName = "the last"

// behave does all of it, once. It reports whether it was there already.
func (d *Demo) behave(ctx context.Context, programme id.ID) (there bool, err error) {
	last := journal.Key{ProgrammeID: programme, Source: simulated, ExternalID: lastName}
	known, err := journal.Known(ctx, d.DB.Reader(), []journal.Key{last})
	if err != nil || len(known) > 0 {
		return err == nil, err
	}
	wallets, err := ledger.Wallets(ctx, d.DB.Reader(), programme)
	if err != nil {
		return false, err
	}
	b := &behaviour{d: d, programme: programme, wallet: wallets[0].ID, random: rand.New(rand.NewPCG(seed, seed)), clock: opens, trouble: map[id.ID]bool{}, names: map[id.ID]string{}}
	if b.people, err = b.regulars(ctx); err != nil {
		return false, err
	}
	steps := []func(context.Context) error{
		b.invite, b.takeRewards, b.openTheCafe, b.useCodes, b.payByCards, b.visitTheCafe, b.sendParcels, b.complain, b.review, b.listen, b.sendBack,
		b.hire, b.teach, b.keepStandards, b.open, b.improve, b.watch, b.favour, b.feel, b.stock, b.leaveBaskets, b.askDaily, b.closeMonths, b.end,
	}
	for i, step := range steps {
		d.tell("simulated", int64(i), int64(len(steps)))
		if err := step(ctx); err != nil {
			return false, fmt.Errorf("simulating what customers do (begin in a new folder): %w", err)
		}
	}
	return false, nil
}

func (b *behaviour) now() time.Time { return b.clock }

// at is a moment some days after the beginning, drawn within opening hours.
func (b *behaviour) at(day int) time.Time {
	return opens.AddDate(0, 0, day).Add(time.Duration(b.random.IntN(9*3600)) * time.Second)
}

// end puts a last event there, which says that all of it is.
func (b *behaviour) end(ctx context.Context) error {
	last := b.event(journal.Purchase, lastName, 0, AsOf.Add(-time.Minute))
	last.Shop, last.Payload.Lines = cafe, []sale.Line{{SKU: "coffee", Name: "Coffee", Quantity: 1000, Amount: 2_80}}
	last.Who = friend(0)
	if _, err := b.take(ctx, []*flow.Event{last}); err != nil {
		return err
	}
	return b.d.settle(ctx)
}

// regulars returns the last sale, before the beginning, of everybody who did
// nothing real since. What others bought since are the first orders.
func (b *behaviour) regulars(ctx context.Context) ([]*sale.Sale, error) {
	last := map[id.ID]*sale.Sale{}
	err := b.d.DB.View(ctx, func(q db.Queryer) error {
		if err := sale.EachHead(ctx, q, b.programme, func(s *sale.Sale) error {
			if old := last[s.MemberID]; old == nil || cmp.Or(old.Occurred.Compare(s.Occurred), cmp.Compare(old.Reference, s.Reference)) < 0 {
				last[s.MemberID] = s
				b.names[s.MemberID] = s.Reference
			}
			if !s.Occurred.Before(opens) {
				b.orders = append(b.orders, order{sale: s.ID, member: s.MemberID, ref: s.Reference, at: s.Occurred})
			}
			return nil
		}); err != nil {
			return err
		}
		return journal.Each(ctx, q, b.programme, func(e *journal.Event) error {
			if !e.Occurred.Before(opens) {
				delete(last, e.MemberID)
			}
			return nil
		})
	})
	var list []*sale.Sale
	for _, s := range last {
		list = append(list, s)
	}
	// Ids are in the order of writing, which is another each time where several
	// write at once.
	slices.SortFunc(list, func(one, other *sale.Sale) int { return cmp.Compare(one.Reference, other.Reference) })
	return list, err
}

// some draws n of the customers, or as many as there are, each once.
func (b *behaviour) some(n int) []*sale.Sale {
	order := b.random.Perm(len(b.people))
	list := make([]*sale.Sale, 0, n)
	for _, i := range order[:min(n, len(order))] {
		list = append(list, b.people[i])
	}
	return list
}

// event begins an event of a member, or of nobody known yet for 0.
func (b *behaviour) event(kind journal.Kind, named string, m id.ID, at time.Time) *flow.Event {
	return &flow.Event{
		ProgrammeID: b.programme, Source: simulated, ExternalID: named, Kind: kind, Occurred: at, Channel: simulated,
		Who: flow.Who{MemberID: m}, Actor: actor,
	}
}

// take takes events in the order of time, none of which may be refused.
func (b *behaviour) take(ctx context.Context, events []*flow.Event) ([]flow.Answer, error) {
	slices.SortStableFunc(events, func(one, other *flow.Event) int { return one.Occurred.Compare(other.Occurred) })
	results, err := b.d.Flow.Take(ctx, events)
	if err != nil {
		return nil, err
	}
	answers := make([]flow.Answer, len(results))
	for i, r := range results {
		if r.Err != nil {
			return nil, fmt.Errorf("taking %s %s: %w", events[i].Kind, events[i].ExternalID, r.Err)
		}
		answers[i] = r.Answer
		if e := events[i]; e.Kind == journal.Purchase && e.Shop == "" {
			b.orders = append(b.orders, order{sale: r.Answer.EventID, member: r.Answer.MemberID, ref: e.ExternalID, at: e.Occurred})
			if b.names[r.Answer.MemberID] == "" {
				b.names[r.Answer.MemberID] = e.ExternalID
			}
		}
	}
	return answers, nil
}

// buysAgain is a purchase of up to three of the goods that somebody bought last,
// one of each, at the price of then.
func (b *behaviour) buysAgain(named string, s *sale.Sale, lines []sale.Line, at time.Time, c *flow.Checkout) *flow.Event {
	e := b.event(journal.Purchase, named, s.MemberID, at)
	for _, l := range lines {
		if l.Fee || l.Quantity < 1000 || len(e.Payload.Lines) == 3 {
			continue
		}
		price := money.Part(l.Amount, 1000, l.Quantity)
		e.Payload.Lines = append(e.Payload.Lines, sale.Line{SKU: l.SKU, Name: l.Name, Category: l.Category, Quantity: 1000, Amount: price})
	}
	e.Payload.Checkout = c
	return e
}

// linesOf reads what the sales consist of.
func (b *behaviour) linesOf(ctx context.Context, sales []*sale.Sale) (map[id.ID]*sale.Sale, error) {
	keys := make([]sale.SaleKey, len(sales))
	for i, s := range sales {
		keys[i] = sale.SaleKey{MemberID: s.MemberID, ID: s.ID}
	}
	return sale.LoadSales(ctx, b.d.DB.Reader(), keys)
}

// points are those that a member could spend at a moment.
func (b *behaviour) points(ctx context.Context, m id.ID, at time.Time) (int64, error) {
	key := ledger.AccountKey{MemberID: m, WalletID: b.wallet}
	all, err := ledger.Balances(ctx, b.d.DB.Reader(), []ledger.AccountKey{key}, at)
	return all[key][ledger.Available], err
}
