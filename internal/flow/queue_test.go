package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

const (
	queuedTills = 3
	queuedUses  = 3     // of the code
	queuedValue = 20_00 // of the card
)

// TestQueuesSentLate lets tills that were cut off send their queues late, in pieces
// and again when no answer came, between sales of a till with a line, holds,
// returns that come before their sale, and staff who settle what is listed. Under
// either rule, whatever the order: no sale counts twice, no code or card goes
// beyond what it has, nothing that was refused is kept, and what differs is on the
// staff's list, each thing once.
func TestQueuesSentLate(t *testing.T) {
	for _, rule := range []program.OfflineConflicts{program.AcceptOffline, program.RefuseOffline} {
		t.Run(string(rule), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				h := furnish(t, d, plan{noRule: true, lanes: 3})
				if rule == program.RefuseOffline {
					h.refusesOffline()
				}
				offer := h.offers("Three pounds off", withCode(3_00))
				round := 0
				rapid.Check(t, func(r *rapid.T) {
					round++
					q := &queues{house: h, r: r, rule: rule, round: round, code: fmt.Sprint("THREE", round), card: h.card(queuedValue)}
					h.code(offer, q.code, queuedUses)
					q.live()
				})
			}, rooms...)
		})
	}
}

// queues is one history of tills and what is known of it from outside.
type queues struct {
	*house
	r     *rapid.T
	rule  program.OfflineConflicts
	round int
	code  string
	card  string

	tills  [queuedTills][]*Event
	sent   []*Event // whatever was sent, once each
	taken  map[string]Answer
	listed map[string][]Conflict // by the sale's number, as it was told last
	before int                   // sales of other rounds
}

func (q *queues) name(kind string, n int) string { return fmt.Sprint(kind, q.round, ".", n) }

func (q *queues) who() string {
	return fmt.Sprint(rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(q.r, "who"), q.round)
}

func (q *queues) live() {
	q.before, q.taken, q.listed = q.count("sale"), map[string]Answer{}, map[string][]Conflict{}
	for _, who := range []string{"ann", "bob", "eve"} {
		q.must(q.adjusts(fmt.Sprint("g", q.round, who), fmt.Sprint(who, q.round), noon, 900))
	}
	for i := range rapid.IntRange(6, 16).Draw(q.r, "sales") {
		q.queue(i)
	}
	for n := range rapid.IntRange(4, 14).Draw(q.r, "steps") {
		q.step(n)
		q.look()
	}
	for i := range q.tills {
		q.send(i, len(q.tills[i]), true)
	}
	q.look()
	q.again()
	q.reckon()
	q.clean()
}

// queue puts a sale, and perhaps its return, into the queue of a till; the first
// till has a line.
func (q *queues) queue(n int) {
	till := rapid.IntRange(0, queuedTills-1).Draw(q.r, "till")
	c := Checkout{Offline: till > 0}
	money := int64(20_00)
	if rapid.Bool().Draw(q.r, "code") {
		c.Codes = []string{q.code}
		if c.Offline {
			c.Given = []GivenCode{{q.code, 3_00}}
		}
		money -= 3_00
	}
	if points := rapid.SampledFrom([]int64{0, 100, 500}).Draw(q.r, "points"); points > 0 {
		c.Points = q.byPoints(points)
		money -= points
	}
	if paid := rapid.SampledFrom([]int64{0, 1_00, 6_00}).Draw(q.r, "card"); paid > 0 {
		c.GiftCards = []CardPayment{{Number: q.card, Amount: paid}}
		money -= paid
	}
	if money += rapid.SampledFrom([]int64{0, 0, 0, 0, -1_00, 2_00}).Draw(q.r, "slip"); c.Offline {
		c.Due = &money
	}
	name, who := q.name("s", n), q.who()
	e := q.paysWith(q.buys(name, who, noon.Add(time.Duration(n)*time.Second), 20_00), c)
	q.tills[till] = append(q.tills[till], e)
	if rapid.IntRange(0, 4).Draw(q.r, "comes back") == 0 {
		at := rapid.IntRange(0, queuedTills-1).Draw(q.r, "where")
		q.tills[at] = append(q.tills[at], q.whole(q.name("b", n), "", name, noon.Add(time.Minute)))
	}
}

func (q *queues) step(n int) {
	switch rapid.SampledFrom([]string{"send", "send", "send", "replay", "hold", "gift", "settle"}).Draw(q.r, "step") {
	case "send":
		i := rapid.IntRange(0, queuedTills-1).Draw(q.r, "sends")
		q.send(i, rapid.IntRange(0, len(q.tills[i])).Draw(q.r, "so many"), rapid.Bool().Draw(q.r, "answer comes"))
	case "replay":
		if len(q.sent) > 0 {
			q.takes(rapid.SliceOfN(rapid.SampledFrom(q.sent), 1, 5).Draw(q.r, "once more"))
		}
	case "hold":
		e := q.paysWith(q.buys(q.name("q", n), q.who(), time.Time{}, 20_00), Checkout{
			Codes: []string{q.code}, Points: q.byPoints(100), GiftCards: []CardPayment{{Number: q.card, Amount: 2_00}},
		})
		a, err := q.flow.Hold(context.Background(), e, 5)
		if err != nil && fault.As(err) == nil {
			q.r.Fatal(err)
		}
		if err == nil && rapid.Bool().Draw(q.r, "let go") {
			q.ok(q.flow.Release(context.Background(), boss, q.prog.ID, a.Hold.ID))
		}
	case "gift":
		q.must(q.adjusts(q.name("x", n), q.who(), noon, 300))
	case "settle":
		if list := q.list(true); len(list) > 0 {
			c := rapid.SampledFrom(list).Draw(q.r, "settled")
			q.ok(q.flow.SettleConflict(context.Background(), boss, q.prog.ID, c.ID, "looked at"))
		}
	}
}

// send sends the first n of a till's queue; where no answer comes they stay in it.
func (q *queues) send(till, n int, answered bool) {
	events := q.tills[till][:n]
	if len(events) == 0 {
		return
	}
	q.takes(events)
	if answered {
		q.tills[till] = q.tills[till][n:]
	}
}

// takes sends events in one request and holds the answers against those before.
func (q *queues) takes(events []*Event) {
	for i, result := range q.take(events...) {
		e, a := events[i], result.Answer
		if !slices.Contains(q.sent, e) {
			q.sent = append(q.sent, e)
		}
		first, was := q.taken[e.ExternalID]
		switch {
		case result.Err != nil && (was || fault.As(result.Err) == nil):
			q.r.Fatalf("%s, taken before: %v: %v", e.ExternalID, was, result.Err)
		case result.Err != nil:
			if c := new(conflicted); errors.As(result.Err, &c) {
				q.listed[e.ExternalID] = c.list
			} else if e.Payload.Checkout != nil && e.Payload.Checkout.Offline {
				q.r.Fatalf("%s was made and is refused: %v", e.ExternalID, result.Err)
			}
		case was:
			if diff := cmp.Diff(inJSON(q, first.Sale), inJSON(q, a.Sale)); a.EventID != first.EventID || !a.Repeated || diff != "" {
				q.r.Fatalf("%s, repeated %v, is answered otherwise: %s", e.ExternalID, a.Repeated, diff)
			}
		case a.Repeated:
			q.r.Fatalf("%s is repeated before it was taken", e.ExternalID)
		default:
			q.taken[e.ExternalID] = a
			q.first(e, a)
		}
	}
}

// first looks at a sale that has just been taken.
func (q *queues) first(e *Event, a Answer) {
	if a.Sale == nil {
		return
	}
	delete(q.listed, e.ExternalID)
	if len(a.Sale.Conflicts) > 0 {
		q.listed[e.ExternalID] = a.Sale.Conflicts
		if q.rule == program.RefuseOffline {
			q.r.Fatalf("%s differs and is taken: %+v", e.ExternalID, a.Sale)
		}
	}
	if paid := a.Sale.Due + a.Sale.Short + worthOf(a.Sale); paid != a.Sale.Total {
		q.r.Fatalf("%s: %d are paid of %+v", e.ExternalID, paid, a.Sale)
	}
	if e.Payload.Checkout.Offline && a.Sale.Due+a.Sale.Over != *e.Payload.Checkout.Due {
		q.r.Fatalf("%s: the till took %d, not %+v", e.ExternalID, *e.Payload.Checkout.Due, a.Sale)
	}
}

// list is what the staff see of this round.
func (q *queues) list(open bool) []*sale.Conflict {
	list, err := q.flow.Conflicts(context.Background(), boss, sale.ConflictQuery{ProgrammeID: q.prog.ID, Open: open, Limit: 100_000})
	q.ok(err)
	return slices.DeleteFunc(list, func(c *sale.Conflict) bool { return !strings.HasPrefix(c.ExternalID, fmt.Sprint("s", q.round, ".")) })
}

// look compares what is kept with what was answered.
func (q *queues) look() {
	sales := 0
	for _, a := range q.taken {
		if a.Sale != nil {
			sales++
		}
	}
	if n := q.count("sale") - q.before; n != sales {
		q.r.Fatalf("%d sales are kept, %d were taken", n, sales)
	}
	var want, got []string
	for name, list := range q.listed {
		for _, c := range list {
			want = append(want, fmt.Sprint(name, " ", q.taken[name].EventID, " ", c.Kind, " ", c.Points, " ", c.Amount))
		}
	}
	for _, c := range q.list(false) {
		if said := fmt.Sprint(c.ExternalID, " ", c.EventID, " ", c.Kind, " ", c.Points, " ", c.Amount); c.EventID == 0 && !c.Settled.IsZero() && !slices.Contains(want, said) {
			continue // why it was refused before, which is settled
		}
		got = append(got, fmt.Sprint(c.ExternalID, " ", c.EventID, " ", c.Kind, " ", c.Points, " ", c.Amount))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		q.r.Fatalf("what differs and what is listed: %s", diff)
	}
	if uses := q.uses(); uses < 0 || uses > queuedUses {
		q.r.Fatalf("the code was used %d times of %d", uses, queuedUses)
	}
	if left := q.left(q.card); left < 0 {
		q.r.Fatalf("%d are left on the card", left)
	}
}

// again sends all that was ever sent once more: nothing of it changes anything that
// was taken.
func (q *queues) again() {
	var taken []*Event
	for _, e := range q.sent {
		if _, was := q.taken[e.ExternalID]; was {
			taken = append(taken, e)
		}
	}
	count := func() (n [5]int) {
		for i, table := range []string{"sale", "event", "entry", "sale_conflict", "return_match"} {
			n[i] = q.count(table)
		}
		return n
	}
	before := count()
	if len(taken) > 0 {
		q.takes(taken)
	}
	if after := count(); after != before {
		q.r.Fatalf("sent again, %v have become %v", before, after)
	}
	q.look()
}

// reckon adds up the answers: they say what is left of the code, the card and the
// points.
func (q *queues) reckon() {
	uses, card, points := int64(0), int64(queuedValue), map[id.ID]int64{}
	move := func(tenders []Tender, sign int64, who id.ID) {
		for _, t := range tenders {
			switch t.Kind {
			case ByGiftCard:
				card -= sign * t.Amount
			case ByPoints:
				points[who] += sign * t.Points
			}
		}
	}
	for name, a := range q.taken {
		whose := a.MemberID
		if a.Waiting { // perhaps its sale has come since
			i := slices.IndexFunc(q.sent, func(e *Event) bool { return e.ExternalID == name })
			a = q.must(q.sent[i])[0]
			whose = a.MemberID
		}
		if a.Sale != nil {
			move(a.Sale.Tenders, 1, whose)
			for _, o := range a.Sale.Applied {
				if o.CodeID != 0 {
					uses++
				}
			}
		}
		if a.Refund != nil {
			move(a.Refund.Tenders, -1, whose)
			uses -= int64(len(a.Refund.Codes))
		}
	}
	if got := q.uses(); got != uses {
		q.r.Fatalf("the code was used %d times, by the answers %d", got, uses)
	}
	if got := q.left(q.card); got != card {
		q.r.Fatalf("%d are left on the card, by the answers %d", got, card)
	}
	q.set(q.now().Add(6 * time.Minute)) // holds are over
	q.lapses()
	for _, a := range q.taken {
		if n := points[a.MemberID]; n > 0 && !strings.Contains(q.points(a.MemberID), fmt.Sprint("spent ", n)) {
			q.r.Fatalf("%d points were spent by the answers, and the member has %s", n, q.points(a.MemberID))
		}
	}
}

func (q *queues) uses() (n int64) {
	q.ok(q.db.Reader().QueryRow(context.Background(), `SELECT uses FROM promo_code WHERE text = $1`, promo.NormaliseCode(q.code)).Scan(&n))
	return n
}

// inJSON is what an answer tells, whatever its types.
func inJSON(q *queues, n *Settlement) (told any) {
	raw, err := json.Marshal(n)
	q.ok(err)
	q.ok(json.Unmarshal(raw, &told))
	return told
}
