package till

import (
	"context"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

func coffee(pence int64) line {
	return line{SKU: "COF", Name: "Flat white", Category: "coffee", Quantity: 2000, Amount: pence}
}

// event returns what was kept under a receipt number.
func (k *counter) event(numbered string) *journal.Event {
	k.t.Helper()
	key := journal.Key{ProgrammeID: k.programme.ID, Source: source, ExternalID: numbered}
	known, err := journal.Known(ctx, k.c.DB.Reader(), []journal.Key{key})
	k.ok(err)
	same, there := known[key]
	if !there {
		return nil
	}
	e, err := journal.Get(ctx, k.c.DB.Reader(), same.MemberID, same.EventID)
	k.ok(err)
	return e
}

// TestASaleIsQuotedTakenAndGivenBack reckons by hand: £20.00 less £2.00 by code,
// 300 points pay £3.00 and the card its £5.00, £10.00 in money; £18 earn 18.
func TestASaleIsQuotedTakenAndGivenBack(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		m := k.shopper("Anna", "+442079460018", 500)
		k.code("SPRING", 2_00, 3)
		number := k.card(5_00)
		b := k.staffed(k.ann)
		sells := basket{
			Number: b.next(), Member: m.In(id.Member), Lines: []line{coffee(20_00)}, Codes: []string{"SPRING", "NOSUCH"}, Cards: []string{number},
			Points: []pointsToPay{{k.wallet.ID.In(id.Wallet), 300}},
		}
		var p priced
		b.post("/till/quote", sells).is(200).shows("Off with SPRING", "300 Points", "£10.00", "Earns 18 Points", "Code NOSUCH does not apply").into(&p)
		if p.Due != 10_00 || k.points(m) != 500 {
			t.Fatalf("the quote is %d and leaves %d points", p.Due, k.points(m))
		}
		wrong := int64(9_99)
		sells.Due = &wrong
		b.post("/till/sale", sells).fails(409, "price_changed")
		sells.Due = &p.Due
		b.post("/till/sale", sells).is(200).shows("Bean &amp; Leaf", "Receipt "+sells.Number, "Ann", "Earned: 18 Points", "2 × Flat white")
		b.post("/till/sale", sells).is(200)
		if k.points(m) != 218 {
			t.Fatalf("%d points after the sale, not 218", k.points(m))
		}
		e := k.event(sells.Number)
		if e.Actor != k.ann.Actor().String() || e.ShopID != k.shops[0].ID || e.Channel != "till" {
			t.Errorf("kept as %s of shop %s by %q", e.Actor, e.ShopID.In(id.Shop), e.Channel)
		}
		b.scan(sells.Number).is(200).shows("Flat white", "2 for £18.00", "Cancel the whole sale")
		back := giveBack{Number: b.next(), Member: m.In(id.Member), Sale: e.ID.In(id.Event), Lines: []backLine{{1, 1000}}}
		said := []string{"Give back £5.00 in money.", "account: 150 Points", "£2.50 go back to the gift card", "came back: 9 Points"}
		b.post("/till/return/quote", back).is(200).shows(said...)
		if k.points(m) != 218 {
			t.Fatal("asking changed the points")
		}
		b.post("/till/return", back).is(200).shows(said...)
		b.post("/till/return", back).is(200).shows("taken before")
		if k.points(m) != 218+150-9 {
			t.Errorf("%d points after the return", k.points(m))
		}
		rest := giveBack{Number: b.next(), Member: m.In(id.Member), Sale: e.ID.In(id.Event), Cancel: true}
		b.post("/till/return/quote", rest).is(200).shows("If you cancel the sale:", "The code SPRING can be used again.")
		b.post("/till/return", rest).is(200).shows("The sale is cancelled", "Give back £5.00 in money.", "The code SPRING can be used again.").hides("Goods came back")
		b.post("/till/return", rest).is(200).shows("The sale is cancelled", "taken before")
		if k.points(m) != 500 {
			t.Errorf("%d points after all came back, not 500", k.points(m))
		}
		b.scan(sells.Number).is(200).shows("All goods of it have come back.")
		k.sound()
	})
}

// earns publishes a rule that gives a point a pound, to be used after so many
// hours.
func (k *counter) earns(name string, hours int) {
	k.t.Helper()
	rules := earn.New(k.c.DB, k.c.Now, func(context.Context, db.Queryer, id.ID, id.ID) (int, error) { return 0, nil })
	v, err := rules.Create(ctx, system, earn.Rule{ProgrammeID: k.programme.ID, Name: name, Trigger: earn.Purchase}, earn.Spec{
		WalletID: k.wallet.ID, Effects: []earn.Effect{{Kind: earn.PerAmount, Points: 1, Per: 100, Basis: earn.Goods}}, Activation: earn.Activation{Hours: hours},
	})
	k.ok(err)
	_, err = rules.Publish(ctx, system, k.programme.ID, v.Rule.ID, noon.AddDate(-3, 0, 0))
	k.ok(err)
}

// TestAReceiptTellsOfPointsToCome: who earned points and reads that there are
// none takes them for lost.
func TestAReceiptTellsOfPointsToCome(t *testing.T) {
	k := onlyCounter(t)
	m := k.shopper("Anna", "+442079460018", 0)
	k.earns("Another after the return window", 14*24)
	b := k.staffed(k.ann)
	b.post("/till/sale", basket{Number: b.next(), Member: m.In(id.Member), Lines: []line{coffee(7_00)}}).is(200).
		shows("Earned: 14 Points", "Now there are: 7 Points, and 7 Points not usable yet")
}

func TestASaleOfNobodyAndReturnsAreChecked(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		b := k.staffed(k.ann)
		sells := basket{Number: b.next(), Lines: []line{coffee(7_00), {Name: "A jar", Quantity: 1000, Amount: 3_50}}}
		b.post("/till/sale", sells).is(200).shows("£10.50").hides("Earned")
		e := k.event(sells.Number)
		back := giveBack{Number: b.next(), Member: e.MemberID.In(id.Member), Sale: e.ID.In(id.Event)}
		b.post("/till/return", back).fails(422, "till_nothing_back")
		back.Lines = []backLine{{1, 3000}}
		b.post("/till/return", back).fails(422, "till_too_much_back")
		back.Lines = []backLine{{7, 1000}}
		b.post("/till/return", back).fails(422, "till_too_much_back")
		back.Lines = []backLine{{2, 1000}}
		b.post("/till/return", back).is(200).shows("Give back £3.50 in money.")
		b.post("/till/sale", basket{Number: "no number", Lines: sells.Lines}).fails(422, "till_malformed")
		b.post("/till/sale", basket{Number: b.next()}).is(422)
		b.post("/till/sale", "nonsense").fails(422, "till_malformed")
	})
}

// TestASaleOfAnotherTill is given back at a till of another shop, whose shop and
// staff the return then names.
func TestASaleOfAnotherTill(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		m := k.shopper("Anna", "+442079460018", 0)
		first := k.staffed(k.ann)
		sells := basket{Number: first.next(), Member: m.In(id.Member), Lines: []line{coffee(8_00)}}
		first.post("/till/sale", sells).is(200)
		other := k.enrolled("Harbour", k.shops[1])
		other.enter(k.bob)
		other.scan(sells.Number).is(200).shows("Flat white")
		other.get("/till/sales?member=" + m.In(id.Member)).is(200).shows(sells.Number)
		e := k.event(sells.Number)
		back := giveBack{Number: other.next(), Member: m.In(id.Member), Sale: e.ID.In(id.Event), Cancel: true}
		other.post("/till/return", back).is(200).shows("Give back £8.00", "8 Points")
		if kept := k.event(back.Number); kept.Actor != k.bob.Actor().String() || kept.ShopID != k.shops[1].ID {
			t.Errorf("kept as %s of shop %s", kept.Actor, kept.ShopID.In(id.Shop))
		}
		if k.points(m) != 0 {
			t.Errorf("%d points are left", k.points(m))
		}
		k.sound()
	})
}

// late is a sale as a device keeps it.
func (b *box) late(shift string, at time.Time, sells basket) basket {
	sells.Number, sells.Shift, sells.At, sells.Offline = b.next(), shift, at.UnixMilli(), true
	return sells
}

// shift is that of who is at a till.
func (b *box) shift() string {
	b.k.t.Helper()
	page := b.get("/till").is(200).body
	const before = `data-shift="`
	at := len(before) + strings.Index(page, before)
	return page[at : at+len("shf_")+13]
}

func (b *box) send(events ...basket) []sent {
	b.k.t.Helper()
	var got struct{ Answers []sent }
	b.post("/till/sync", sending{events}).is(200).into(&got)
	if len(got.Answers) != len(events) {
		b.k.t.Fatalf("%d answers to %d sales", len(got.Answers), len(events))
	}
	return got.Answers
}

// TestAQueueSentTwiceCountsOnce: a code of one use was given twice meanwhile. The
// programme says whether the second sale is taken and listed, or refused.
func TestAQueueSentTwiceCountsOnce(t *testing.T) {
	t.Run("accept", func(t *testing.T) { queueSentTwice(t, program.AcceptOffline, stateTaken, 10+20+4+4) })
	t.Run("refuse", func(t *testing.T) { queueSentTwice(t, program.RefuseOffline, stateRefused, 10+20+4) })
}

func queueSentTwice(t *testing.T, way program.OfflineConflicts, last string, points int64) {
	eachCounter(t, func(t *testing.T, k *counter) {
		_, err := program.New(k.c.DB).Update(t.Context(), auth.System("test"), k.programme.ID, func(p *program.Programme) { p.OfflineConflicts = way })
		if err != nil {
			t.Fatal(err)
		}
		m := k.shopper("Anna", "+442079460018", 0)
		k.code("ONCE", 1_00, 1)
		b := k.staffed(k.ann)
		shift := b.shift()
		quoted := basket{Number: b.next(), Member: m.In(id.Member), Lines: []line{coffee(5_00)}, Codes: []string{"once"}}
		var p priced
		b.post("/till/quote", quoted).is(200).into(&p)
		quoted.Due, quoted.Given = &p.Due, p.Given
		sold := k.clock.Add(2 * time.Minute)
		k.clock = k.clock.Add(3 * time.Hour)
		listed := basket{Ask: "020 7946 0018", Lines: []line{coffee(10_00)}, Listed: true}
		pass := basket{Ask: signed(k, m, sold), Lines: []line{coffee(20_00)}, Listed: true}
		queue := []basket{b.late(shift, sold, listed), b.late(shift, sold, pass), b.late(shift, sold, quoted), b.late(shift, sold, quoted)}
		got := b.send(queue...)
		for i, want := range []string{stateTaken, stateTaken, stateTaken, last} {
			if got[i].State != want || got[i].Number != queue[i].Number {
				t.Errorf("sale %d is %+v, not %s", i, got[i], want)
			}
		}
		if last == stateRefused && (got[3].Words == "" || got[3].Code != "offline_conflict") {
			t.Errorf("the last use of a code twice: %+v", got[3])
		}
		for i, one := range b.send(queue[:3]...) {
			if one.State != stateRepeated {
				t.Errorf("sale %d sent again is %+v", i, one)
			}
		}
		if k.points(m) != points {
			t.Errorf("%d points, not %d", k.points(m), points)
		}
		e := k.event(queue[0].Number)
		if e.Actor != k.ann.Actor().String() || !e.Occurred.Equal(sold) {
			t.Errorf("kept as by %s at %s", e.Actor, e.Occurred)
		}
		settle := queue[3]
		settle.Codes, settle.Due, settle.Given, settle.Listed = nil, nil, nil, true
		if one := b.send(settle)[0]; last == stateRefused && one.State != stateTaken {
			t.Errorf("settled at list price it is %+v", one)
		}
		k.sound()
	})
}

func TestAQueueIsTakenFromWhoWasThere(t *testing.T) {
	eachCounter(t, func(t *testing.T, k *counter) {
		b := k.staffed(k.ann)
		shift := b.shift()
		others := k.staffed(k.bob).shift()
		sells := basket{Lines: []line{coffee(10_00)}, Listed: true}
		opened := k.clock
		k.clock = k.clock.Add(time.Hour)
		b.form("/till/lock").is(200)
		for name, one := range map[string]basket{
			"of another till": b.late(others, opened, sells), "from before": b.late(shift, opened.Add(-time.Hour), sells),
			"from after": b.late(shift, k.clock.Add(time.Hour), sells), "of no shift": b.late("", opened, sells),
		} {
			if got := b.send(one)[0]; got.State != stateRefused || k.event(one.Number) != nil {
				t.Errorf("a sale %s is %+v", name, got)
			}
		}
		sold := opened.Add(30 * time.Minute)
		online := basket{Number: b.next(), Lines: []line{coffee(10_00)}}
		k.clock = opened.Add(time.Minute)
		b.enter(k.ann)
		b.post("/till/sale", online).is(200)
		kept := online
		kept.Shift, kept.At, kept.Offline = shift, sold.UnixMilli(), true
		if got := b.send(kept)[0]; got.State != stateRepeated {
			t.Errorf("a sale that had arrived and was kept as well is %+v", got)
		}
		b.post("/till/sync", sending{make([]basket, maxSending+1)}).fails(422, "till_too_many")
	})
}

// signed is the code of a customer's wallet at a moment.
func signed(k *counter, m id.ID, at time.Time) string {
	return member.SignPass([]byte(k.programme.Salt), m, at)
}
