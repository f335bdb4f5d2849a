package basket

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/promise"
)

func TestABasketIsToldOnce(t *testing.T) {
	each(t, func(w *town) {
		who, email := w.joins()
		n := w.cart(0)
		n.Identities = []member.Identity{{Kind: member.Email, Value: strings.ToUpper(email)}}
		b := w.leaves(n)
		if b.MemberID != who || b.First != 1250 || b.Last != 1640 || b.ShopID == 0 || len(b.Parts) != 3 || !b.Parts[2].Hidden() || b.Parts[1].Hidden() {
			t.Errorf("kept %+v", b)
		}
		w.passes(time.Hour)
		again := w.leaves(n)
		if again.ID != b.ID || !again.Recorded.Equal(b.Recorded) {
			t.Errorf("again %+v", again)
		}
		other := n
		other.Step = AtReview
		_, err := w.Leave(t.Context(), boss, other)
		w.refuses(err, "basket_taken")
		stranger, _ := w.joins()
		other = n
		other.Identities, other.MemberID = nil, stranger
		_, err = w.Leave(t.Context(), boss, other)
		w.refuses(err, "basket_taken")
		// The same to the microsecond and the instant, whatever the zone it is said in.
		elsewhere := n
		elsewhere.Left = n.Left.In(time.FixedZone("here", 3600))
		if w.leaves(elsewhere).ID != b.ID {
			t.Error("another zone is another basket")
		}
		w.tells()
		list, err := journal.Timeline(t.Context(), w.DB.Reader(), []id.ID{who}, journal.Cursor{}, 10)
		w.ok(err)
		if len(list) != 1 || list[0].Kind != EventLeft {
			t.Errorf("the timeline has %+v", list)
		}
		w.sound()
	})
}

// TestAnUnknownVisitorIsNobody: neither the identity is kept, nor does it matter
// that they join before the shop sends again.
func TestAnUnknownVisitorIsNobody(t *testing.T) {
	each(t, func(w *town) {
		n := w.cart(0)
		n.Identities = []member.Identity{{Kind: member.Email, Value: "a1@example.com"}}
		w.n = 0
		b := w.leaves(n)
		if b.MemberID != 0 || w.gets(b).Back != Nobody {
			t.Errorf("a visitor is %+v", b)
		}
		w.n = 0
		if who, email := w.joins(); email != "a1@example.com" || who == 0 {
			t.Fatalf("joined as %s", email)
		}
		if again := w.leaves(n); again.ID != b.ID || again.MemberID != 0 {
			t.Errorf("again %+v", again)
		}
		w.tells()
		w.sound()
	})
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	each(t, func(w *town) {
		for code, change := range map[string]func(n *Leaving){
			"required":            func(n *Leaving) { n.ExternalID = " " },
			"too_long":            func(n *Leaving) { n.Source = strings.Repeat("a", 201) },
			"malformed_text":      func(n *Leaving) { n.Channel = "a\x00b" },
			"absurd_time":         func(n *Leaving) { n.Left = noon.Add(25 * time.Hour) },
			"basket_step":         func(n *Leaving) { n.Step = "door" },
			"basket_items":        func(n *Leaving) { n.Items = -1 },
			"basket_asked":        func(n *Leaving) { n.Asked = ByStaff },
			"basket_price":        func(n *Leaving) { n.FirstParts, n.LastParts = nil, nil },
			"basket_parts":        func(n *Leaving) { n.FirstParts, n.First = nil, 1250 },
			"promise_parts_sum":   func(n *Leaving) { n.Last = 1641 },
			"promise_part":        func(n *Leaving) { n.LastParts = []promise.Amount{{Part: "luck", Minor: 1}} },
			"basket_reason":       func(n *Leaving) { n.Why = &Why{Reason: "mood", Origin: OnTheSpot} },
			"basket_origin":       func(n *Leaving) { n.Why = &Why{Reason: Error, Origin: "dream"} },
			"basket_words_long":   func(n *Leaving) { n.Why = &Why{Reason: Error, Origin: OnTheSpot, Words: strings.Repeat("ж", 501)} },
			"basket_currency":     func(n *Leaving) { n.Currency = "PLN" },
			"unknown_shop":        func(n *Leaving) { n.Shop = "moon" },
			"unknown_member":      func(n *Leaving) { n.MemberID = 12345 },
			"malformed_identity":  func(n *Leaving) { n.Identities = []member.Identity{{Kind: member.Email, Value: "nobody"}} },
			"not_permitted":       nil,
			"basket_asked ":       func(n *Leaving) { n.Asked, n.Why = ByLink, &Why{Reason: Error, Origin: OnTheSpot} },
			"basket_price ":       func(n *Leaving) { n.FirstParts, n.LastParts, n.First, n.Last = nil, nil, -1, 5 },
			"absurd_time ":        func(n *Leaving) { n.Left = time.Date(1989, 1, 1, 0, 0, 0, 0, time.UTC) },
			"promise_part_twice ": func(n *Leaving) { n.LastParts = append(n.LastParts, n.LastParts[0]) },
		} {
			n, actor := w.cart(0), boss
			if change == nil {
				actor = auth.Actor{Kind: auth.KindStaff, ID: 1}
			} else {
				change(&n)
			}
			_, err := w.Leave(t.Context(), actor, n)
			w.refuses(err, strings.TrimSpace(code))
		}
		all, err := w.List(t.Context(), boss, Query{ProgrammeID: w.g.ID})
		w.ok(err)
		if len(all) != 0 {
			t.Errorf("something refused was kept: %+v", all)
		}
	})
}

// TestALinkIsAnsweredOnce: looking changes nothing, the first answer counts, and
// whoever has no link learns nothing.
func TestALinkIsAnsweredOnce(t *testing.T) {
	each(t, func(w *town) {
		who, _ := w.joins()
		n := w.cart(who)
		b := w.leaves(n)
		secret := w.linked(b)
		_, err := w.Open(t.Context(), secret)
		w.refuses(err, "basket_link_unknown") // nobody was asked by it
		if link, err := w.Link(t.Context(), boss, b); link != "" || err != nil {
			t.Errorf("a link %q before anybody is asked, %v", link, err)
		}
		for range 2 {
			b, err = w.Ask(t.Context(), boss, w.g.ID, b.ID)
			w.ok(err)
		}
		if link, err := w.Link(t.Context(), boss, b); link != Path+secret || err != nil {
			t.Errorf("the link is %q, %v", link, err)
		}
		if LinkPath(w.g.Salt, b.ID.In(id.Basket)) != Path+secret || LinkPath(w.g.Salt, "x") != "" {
			t.Error("a message leads elsewhere")
		}
		for range 3 {
			q, err := w.Open(t.Context(), strings.ToUpper(secret))
			w.ok(err)
			if q.Done || q.Programme.ID != w.g.ID {
				t.Errorf("the question is %+v", q)
			}
		}
		if got := w.gets(b); got.Reason != "" || got.Asked != ByLink {
			t.Errorf("looking changed %+v", got.Basket)
		}
		w.passes(time.Hour)
		_, err = w.Answer(t.Context(), secret, "mood", "")
		w.refuses(err, "basket_reason")
		q, err := w.Answer(t.Context(), secret, DeliveryCost, " 2.40 for\r\nso little\x07 ")
		w.ok(err)
		if got := w.gets(b); !q.Done || got.Reason != DeliveryCost || got.Words != "2.40 for\nso little" || got.Origin != ByLink {
			t.Errorf("answered %+v", got.Basket)
		}
		q, err = w.Answer(t.Context(), secret, Error, "again")
		w.ok(err)
		if got := w.gets(b); !q.Done || got.Reason != DeliveryCost {
			t.Errorf("answered twice: %+v", got.Basket)
		}
		for _, wrong := range []string{"", "x", strings.Repeat("0", len(secret)), secret[1:] + "0"} {
			_, err := w.Answer(t.Context(), wrong, Error, "")
			w.refuses(err, "basket_link_unknown")
		}
		_, err = w.Ask(t.Context(), boss, w.g.ID, b.ID)
		w.refuses(err, "basket_answered")
		_, err = w.Explain(t.Context(), boss, w.g.ID, b.ID, Why{Reason: Error, Origin: ByStaff})
		w.refuses(err, "basket_answered")
		w.tells()
		list, err := journal.Timeline(t.Context(), w.DB.Reader(), []id.ID{who}, journal.Cursor{}, 10)
		w.ok(err)
		if len(list) != 2 || list[0].Kind != EventExplained {
			t.Errorf("the timeline has %+v", list)
		}
		w.sound()
	})
}

func TestALinkEnds(t *testing.T) {
	each(t, func(w *town) {
		n := w.cart(0)
		n.Asked = ByLink
		b := w.leaves(n)
		w.passes(LinkDays*day + time.Second)
		_, err := w.Answer(t.Context(), w.linked(b), Error, "")
		w.refuses(err, "basket_link_over")
		if w.gets(b).Reason != "" {
			t.Error("it was answered")
		}
	})
}

// TestStaffKnowLessThanTheCustomer: what staff wrote down gives way to what the
// customer says, never the other way round.
func TestStaffKnowLessThanTheCustomer(t *testing.T) {
	each(t, func(w *town) {
		n := w.cart(0)
		n.Asked = ByLink
		b := w.leaves(n)
		why := Why{Reason: JustLooking, Origin: ByStaff, Words: "said so on the phone"}
		for range 2 {
			_, err := w.Explain(t.Context(), boss, w.g.ID, b.ID, why)
			w.ok(err)
		}
		_, err := w.Answer(t.Context(), w.linked(b), HadToRegister, "")
		w.ok(err)
		if got := w.gets(b); got.Reason != HadToRegister || got.Words != "" || got.Origin != ByLink {
			t.Errorf("it is %+v", got.Basket)
		}
		w.leaves(n) // the shop sends again: what is known stays
		if got := w.gets(b); got.Reason != HadToRegister {
			t.Errorf("it is %+v", got.Basket)
		}
		n = w.cart(0)
		n.Why = &Why{Reason: Error, Origin: OnTheSpot}
		if b = w.leaves(n); b.Asked != OnTheSpot || !b.Told() {
			t.Errorf("answered on the spot: %+v", b)
		}
		w.sound()
	})
}

// TestWhoComesBack: within the days, also by an account that was merged, by a
// sale that is told of late, and whatever comes back of it.
func TestWhoComesBack(t *testing.T) {
	each(t, func(w *town) {
		ann, _ := w.joins()
		bob, _ := w.joins()
		eve, _ := w.joins()
		a, b, e := w.leaves(w.cart(ann)), w.leaves(w.cart(bob)), w.leaves(w.cart(eve))
		w.buys(ann, noon.Add(-time.Minute)) // before it was left
		if w.gets(a).Back != NotYet {
			t.Errorf("ann: %s", w.gets(a).Back)
		}
		w.set(noon.Add(8 * day))
		if w.gets(a).Back != StayedAway {
			t.Errorf("ann: %s", w.gets(a).Back)
		}
		w.buys(ann, noon.Add(7*day+time.Second)) // too late
		if w.gets(a).Back != StayedAway {
			t.Errorf("ann: %s", w.gets(a).Back)
		}
		w.buys(ann, noon.Add(7*day)) // told of late
		if w.gets(a).Back != CameBack {
			t.Errorf("ann: %s", w.gets(a).Back)
		}
		// Bob is merged into Eve; a third account of theirs bought.
		joe, _ := w.joins()
		w.buys(joe, noon.Add(day))
		for _, loser := range []id.ID{bob, joe} {
			_, err := w.Flow.Merge(t.Context(), boss, w.g.ID, eve, loser)
			w.ok(err)
		}
		if w.gets(b).Back != CameBack || w.gets(e).Back != CameBack {
			t.Errorf("bob %s, eve %s", w.gets(b).Back, w.gets(e).Back)
		}
		list, err := w.List(t.Context(), boss, Query{ProgrammeID: w.g.ID, MemberID: bob})
		w.ok(err)
		if len(list) != 2 {
			t.Errorf("the merged left %d baskets, want 2", len(list))
		}
		w.sound()
	})
}

func TestAPageGoesOnWhereItEnded(t *testing.T) {
	each(t, func(w *town) {
		var all []id.ID
		for i := range 7 {
			n := w.cart(0)
			n.Left = noon.Add(-time.Duration(i/2) * time.Hour) // some at the same moment
			if i%3 == 0 {
				n.Why = &Why{Reason: Error, Origin: OnTheSpot}
			}
			all = append(all, w.leaves(n).ID)
		}
		seen := map[id.ID]bool{}
		query := Query{ProgrammeID: w.g.ID, Limit: 2}
		for {
			page, err := w.List(t.Context(), boss, query)
			w.ok(err)
			if len(page) == 0 {
				break
			}
			for _, b := range page {
				if seen[b.ID] {
					t.Errorf("%s comes twice", b.ID.In(id.Basket))
				}
				seen[b.ID] = true
			}
			last := page[len(page)-1]
			query.Before = Cursor{last.Left, last.ID}
		}
		if len(seen) != len(all) {
			t.Errorf("%d of %d were listed", len(seen), len(all))
		}
		for want, query := range map[int]Query{3: {Reason: Error}, 4: {Unknown: true}, 2: {From: noon}, 5: {To: noon}, 7: {Step: AtDelivery}, 0: {Step: AtReview}} {
			query.ProgrammeID = w.g.ID
			page, err := w.List(t.Context(), boss, query)
			w.ok(err)
			if len(page) != want {
				t.Errorf("%+v lists %d, want %d", query, len(page), want)
			}
		}
		_, err := w.Get(t.Context(), boss, w.programme("other").ID, all[0])
		w.refuses(err, "unknown_basket")
	})
}

func TestEraseKeepsTheCountAlone(t *testing.T) {
	each(t, func(w *town) {
		who, _ := w.joins()
		n := w.cart(who)
		n.Asked = ByLink
		open := w.leaves(n)
		n = w.cart(who)
		n.Why = &Why{Reason: Error, Origin: OnTheSpot, Words: "MARKER my card 4111"}
		b := w.leaves(n)
		out, err := Room().Export(t.Context(), w.DB.Reader(), w.g.ID, []id.ID{who})
		w.ok(err)
		if list := out.([]Record); len(list) != 2 || list[1].Words != "MARKER my card 4111" || list[1].Parts[2].First != nil {
			t.Errorf("exported %+v", out)
		}
		w.tells()
		w.ok(w.DB.InTx(t.Context(), func(tx *db.Tx) error { return Room().Erase(t.Context(), tx, w.g.ID, []id.ID{who}) }))
		if got := w.gets(b); got.Words != "" || got.Reason != Error || got.hash != "" {
			t.Errorf("it keeps %+v", got.Basket)
		}
		_, err = w.Open(t.Context(), w.linked(open))
		w.refuses(err, "basket_link_unknown")
		_, err = w.Explain(t.Context(), boss, w.g.ID, open.ID, Why{Reason: Error, Origin: ByStaff, Words: "more"})
		w.refuses(err, "basket_forgotten")
		w.ok(Room().Dump(t.Context(), w.DB.Reader(), w.g.ID, func(table string, record any) error {
			if strings.Contains(record.(Record).Words, "MARKER") {
				t.Errorf("%s has %+v", table, record)
			}
			return nil
		}))
		w.sound()
	})
}

// TestCheckFinds breaks what cannot be and looks whether it is seen.
func TestCheckFinds(t *testing.T) {
	each(t, func(w *town) {
		who, _ := w.joins()
		n := w.cart(who)
		n.Why = &Why{Reason: Error, Origin: OnTheSpot}
		b := w.leaves(n)
		w.sound()
		for _, broken := range []string{
			`UPDATE basket SET step = 'door'`, `UPDATE basket SET last = 0`, `UPDATE basket SET left_at = recorded + 86400000001`, `UPDATE basket SET asked = ''`,
			`UPDATE basket SET link = 'x'`, `UPDATE basket SET reason = ''`, `UPDATE basket SET reason = 'mood'`, `UPDATE basket SET origin = 'link'`, `UPDATE basket SET last = 1641`,
			`UPDATE basket SET member_id = 77`, `UPDATE basket_part SET shown = 5 WHERE part = 'service_fee'`,
			`INSERT INTO basket_settings (programme_id, version, spec, made, made_by) SELECT programme_id, 1, '{"days":0}', 0, '' FROM basket`,
		} {
			w.ok(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), broken)
				return err
			}))
			if len(w.faults()) != 1 {
				t.Errorf("%s: found %q", broken, w.faults())
			}
			w.ok(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), `DELETE FROM basket_settings`); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `UPDATE basket_part SET shown = 0 WHERE part = 'service_fee'`); err != nil {
					return err
				}
				return updateBasket(t.Context(), tx, b)
			}))
		}
		w.sound()
	})
}

// TestManyTellOfOneBasketAtOnce: whoever is first writes it down, the others get
// the same.
func TestManyTellOfOneBasketAtOnce(t *testing.T) {
	each(t, func(w *town) {
		who, _ := w.joins()
		n := w.cart(who)
		ids := make([]id.ID, 8)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				b, err := w.Leave(t.Context(), boss, n)
				if err != nil {
					t.Errorf("number %d: %v", i, err)
					return
				}
				ids[i] = b.ID
			})
		}
		all.Wait()
		if told := slices.Compact(ids); len(told) != 1 {
			t.Errorf("they told of %d baskets", len(told))
		}
		w.sound()
	})
}
