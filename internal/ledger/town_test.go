package ledger

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/id"
)

// town is two people of whom the ledger and the oracle are told the same, one
// deed after the other, as chance has it.
type town struct {
	oracle *oracle
	wallet *Wallet
	people [2]id.ID
	rand   *rand.Rand
	now    int           // when the last deed happens
	event  int           // the last event's number; events are 1, 2, 3…
	base   id.ID         // added to it to make an identifier
	merged int           // the event that merged the second person into the first, or 0
	holds  map[int]id.ID // the ledger's holds by event
}

// deed is something that happens, told to the oracle when it runs.
type deed struct {
	name string
	need Need
	// alone says that the deed needs both accounts.
	alone bool
	run   func(accounts [2]*Account) error
}

func (w *town) at(minute int) time.Time {
	if minute == endOfTime {
		return time.Time{}
	}
	return start.Add(time.Duration(minute) * time.Minute)
}

func (w *town) key(person int) AccountKey { return AccountKey{w.people[person], w.wallet.ID} }

func (w *town) id(event int) id.ID { return w.base + id.ID(event) }

func (w *town) cause(event int) Cause { return Cause{Event: w.id(event), Kind: CauseEvent} }

// pick returns a number below n.
func (w *town) pick(n int) int { return w.rand.IntN(n) }

// days returns a whole number of days in minutes.
func (w *town) days(from, to int) int { return 1440 * (from + w.pick(to-from+1)) }

// person chooses who acts; one who was merged away does not.
func (w *town) person() int {
	if w.merged != 0 {
		return 0
	}
	return w.pick(2)
}

// next chooses a deed, some minutes or days after the last.
func (w *town) next() deed {
	w.event++
	w.now++
	if w.pick(3) == 0 {
		w.now += w.days(0, 4)
	}
	now := w.now
	makers := []func(now int) deed{
		w.sale, w.sale, w.sale, w.back, w.back, w.spend, w.spend, w.hold, w.capture, w.release, w.refund, w.adjust, w.merge,
	}
	d := makers[w.pick(len(makers))](now)
	run := d.run
	d.run = func(accounts [2]*Account) error {
		w.oracle.advance(now)
		return run(accounts)
	}
	d.need.Until = w.at(now)
	return d
}

// sale gives points, now or long ago.
func (w *town) sale(now int) deed {
	event, person, earned := w.event, w.person(), now
	if w.pick(4) == 0 {
		earned -= w.days(1, 8)
	}
	g := gift{event: event, earned: earned, activates: earned, expires: endOfTime, amount: 1 + w.pick(9)}
	if w.pick(3) > 0 {
		g.activates += w.days(1, 3)
	}
	if w.pick(4) > 0 {
		g.expires = g.activates + w.days(1, 9)
	}
	if w.pick(2) == 0 && g.expires < endOfTime {
		g.expires -= g.expires % 1440 // many lots end at midnight
	}
	if g.expires < g.activates {
		g.expires = g.activates + 1440
	}
	return deed{name: fmt.Sprintf("person %d earns %+v", person, g), run: func(accounts [2]*Account) error {
		w.oracle.give(person, g, "earned")
		accounts[person].Earn(w.at(earned), Grant{
			EventID: w.id(event), Amount: int64(g.amount), Activates: w.at(g.activates), Expires: w.at(g.expires), Shares: []int64{int64(g.amount)},
		})
		return nil
	}}
}

// back returns a part of a sale.
func (w *town) back(now int) deed {
	var sales []*gift
	for _, g := range w.oracle.gifts {
		if !g.leftBehind && g.event > 0 {
			sales = append(sales, g)
		}
	}
	if len(sales) == 0 {
		return w.sale(now)
	}
	g, n, event := sales[w.pick(len(sales))], 1+w.pick(9), w.event
	return deed{
		name: fmt.Sprintf("person %d gives %d back of sale %d", g.owner, n, g.event),
		need: Need{Causes: []CauseKey{{w.people[g.owner], w.id(g.event)}}},
		run: func(accounts [2]*Account) error {
			var lots []*Lot
			for _, l := range accounts[g.owner].LotsOf(w.id(g.event)) {
				if len(l.Shares) > 0 {
					lots = append(lots, l)
				}
			}
			got := accounts[g.owner].Clawback(w.at(now), lots, int64(n), w.cause(event))
			if wanted := w.oracle.clawBack(g, n); got != wanted {
				return fmt.Errorf("clawed %+v, the oracle %+v", got, wanted)
			}
			return nil
		},
	}
}

func (w *town) spend(now int) deed {
	event, person, n := w.event, w.person(), 1+w.pick(15)
	k := w.key(person)
	return deed{
		name: fmt.Sprintf("person %d spends %d", person, n), need: Need{Open: map[AccountKey]int64{k: int64(n)}},
		run: func(accounts [2]*Account) error {
			dots, ok := w.oracle.spend(person, n, "spent")
			if ok {
				w.oracle.spends[event] = &pile{person: person, dots: dots}
			}
			return agree(ok, accounts[person].Spend(w.at(now), int64(n), w.cause(event)))
		},
	}
}

// agree compares whether both did the deed.
func agree(oracle bool, err error) error {
	if oracle != (err == nil) {
		return fmt.Errorf("the oracle says %v, the ledger %w", oracle, err)
	}
	return nil
}

func (w *town) adjust(now int) deed {
	event, person, n := w.event, w.person(), 1+w.pick(9)
	k := w.key(person)
	if w.pick(2) == 0 {
		return deed{name: fmt.Sprintf("person %d is given %d", person, n), run: func(accounts [2]*Account) error {
			w.oracle.give(person, gift{event: -event, earned: now, activates: now, expires: now + 2880, amount: n}, "adjusted_up")
			_, err := accounts[person].Adjust(w.at(now), int64(n), w.at(now+2880), w.cause(event))
			return err
		}}
	}
	return deed{
		name: fmt.Sprintf("%d are taken from person %d", n, person), need: Need{Open: map[AccountKey]int64{k: int64(n)}},
		run: func(accounts [2]*Account) error {
			_, ok := w.oracle.spend(person, n, "taken")
			_, err := accounts[person].Adjust(w.at(now), int64(-n), never, w.cause(event))
			return agree(ok, err)
		},
	}
}

// compare holds both people's balances, as the ledger tells them, against the
// oracle's.
func (w *town) compare(balances map[AccountKey]Balance) error {
	for person := range 2 {
		if diff := cmp.Diff(w.oracle.balance(person), shown(balances[w.key(person)])); diff != "" {
			return fmt.Errorf("person %d (-oracle +ledger):\n%s", person, diff)
		}
	}
	return nil
}

// openDots returns what a person can use, by dates.
func (w *town) openDots(person int) map[profile]int64 {
	m := map[profile]int64{}
	for _, d := range w.oracle.find(person, "pending", "available") {
		p := profile{Earned: w.at(d.gift.earned), Expires: w.at(d.gift.expires), Released: d.where == "available"}
		m[p]++
	}
	return m
}

func (w *town) openLots(lots []Lot) map[profile]int64 {
	m := map[profile]int64{}
	for _, l := range lots {
		m[profile{Earned: l.Earned, Expires: l.Expires, Released: l.Released}] += l.Remaining
	}
	return m
}
