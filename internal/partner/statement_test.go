package partner

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// sums is what a statement comes to, by side: points and amount, fee, total.
func sums(s Statement) map[string][2]int64 {
	m := map[string][2]int64{"total": {int64(len(s.Lines)), s.Total}}
	for _, sum := range s.Sums {
		got := m[string(sum.Side)]
		m[string(sum.Side)] = [2]int64{got[0] + sum.Quantity, got[1] + sum.Amount}
	}
	for _, f := range s.Fees {
		got := m["fee "+string(f.Side)]
		m["fee "+string(f.Side)] = [2]int64{got[0] + f.Base, got[1] + f.Amount}
	}
	return m
}

func (w *town) comesTo(s Statement, want map[string][2]int64) {
	w.Helper()
	if diff := cmp.Diff(want, sums(s)); diff != "" {
		w.Errorf("the statement of %s differs:\n%s", s.Month, diff)
	}
}

// TestStatementByHand reckons a month: 33 points given at the bakery cost it
// 33 × 1.5p = 49.5p, floored to 49p, and 5 % of that is 2.45p, 2p; 11 points
// spent there are owed to it at 8.8p, floored to −9p, of which 2.5 % are nothing.
func TestStatementByHand(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 33_00))
		w.must(w.buys("2", "ann", "own", 0, 50_00))
		w.must(w.buys("3", "ann", "bakery", 11, 11))
		w.read()
		s := w.statement(w.baker, 202601)
		w.comesTo(s, map[string][2]int64{"issue": {33, 49}, "redeem": {11, -9}, "fee issue": {49, 2}, "fee redeem": {9, 0}, "total": {2, 42}})
		if s.Number != 0 || s.Sums[0].Rest != money.NewRate(1, 2) || s.Sums[1].Rest != money.NewRate(1, 5) {
			w.Errorf("the draft is %+v", s)
		}
		w.comesTo(w.statement(w.cinema, 202601), map[string][2]int64{"total": {0, 0}})
		w.balanced()
	})
}

// TestReturnFollowsItsSale: what comes back anywhere goes to the statement of
// the partner that sold it, at the price of the sale, in the month in which it
// comes back.
func TestReturnFollowsItsSale(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("0", "ann", "own", 0, 40_00))
		w.must(w.buys("1", "ann", "bakery", 20, 10_00, 10_00))
		_, err := w.AddTerms(ctx, boss, w.prog.ID, w.baker.ID, w.clock.AddDate(0, 0, 1), cinema)
		w.ok(err)
		w.clock = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)
		w.must(w.back("2", "1", "own", 1))
		w.must(w.back("3", "1", "", 2))
		w.must(w.buys("4", "ann", "bakery", 0, 5_00))
		w.read()
		w.comesTo(w.statement(w.baker, 202601), map[string][2]int64{"issue": {20, 30}, "redeem": {20, -16}, "fee issue": {30, 2}, "fee redeem": {16, 0}, "total": {2, 16}})
		feb := w.statement(w.baker, 202602)
		w.comesTo(feb, map[string][2]int64{"issue": {-15, -25}, "redeem": {-20, 16}, "fee issue": {-30, -2}, "fee redeem": {-16, 0}, "total": {5, -11}})
		w.balanced()
	})
}

// TestClosedIsNeverReopened: what belongs to a closed month and is told later is
// settled with the first open one.
func TestClosedIsNeverReopened(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 10_00))
		_, err := w.Close(ctx, boss, w.prog.ID, w.baker.ID, 202601)
		w.refuses("month_open", err)
		told := w.clock
		w.clock = time.Date(2026, 1, 31, 22, 59, 0, 0, time.UTC) // a minute before midnight in Warsaw
		_, err = w.Close(ctx, boss, w.prog.ID, w.baker.ID, 202601)
		w.refuses("month_open", err)
		w.clock = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
		jan := w.closes(w.baker, 202601) // without the reader having come by
		w.comesTo(jan, map[string][2]int64{"issue": {10, 15}, "fee issue": {15, 1}, "total": {1, 16}})
		if mar := w.closes(w.cinema, 202602); mar.Number != 2 || jan.Number != 1 || mar.Previous != jan.Hash {
			w.Errorf("the statements are numbered %d and %d", jan.Number, mar.Number)
		}
		late := w.buys("2", "ann", "bakery", 0, 7_00)
		late.Occurred = told
		w.must(late)
		w.read()
		if diff := cmp.Diff(jan, w.statement(w.baker, 202601), cmp.AllowUnexported(Line{}, money.Rate{}), cmp.FilterPath(notKept, cmp.Ignore())); diff != "" {
			w.Errorf("the closed statement has changed:\n%s", diff)
		}
		w.comesTo(w.statement(w.baker, 202603), map[string][2]int64{"issue": {7, 10}, "fee issue": {10, 1}, "total": {1, 11}})
		w.balanced()
	})
}

// TestAReturnAfterTheMonthIsClosed: what comes back of a sale that is settled, and
// what is told late of the closed month, is taken back in the next statement that
// is open, at the price of then, and names the sale of the first line. In the end
// as much was taken back as was given.
func TestAReturnAfterTheMonthIsClosed(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("0", "ann", "own", 0, 40_00))
		w.must(w.buys("1", "ann", "bakery", 20, 10_00, 10_00, 10_00))
		_, err := w.AddTerms(ctx, boss, w.prog.ID, w.baker.ID, w.clock.AddDate(0, 0, 1), cinema)
		w.ok(err)
		w.read()
		w.clock = time.Date(2026, 2, 2, 12, 0, 0, 0, time.UTC)
		jan := w.closes(w.baker, 202601)

		w.must(w.back("2", "1", "own", 1))
		late := w.back("3", "1", "", 2)
		late.Occurred = time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
		w.must(late)
		w.read()
		w.clock = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		feb := w.closes(w.baker, 202602)
		rest := w.back("4", "1", "cinema", 3)
		rest.Payload.Return = &flow.Return{SaleReference: "1", Cancel: true}
		w.must(rest)
		w.read()
		mar := w.statement(w.baker, 202603)
		if len(feb.Lines) != 4 || len(mar.Lines) != 2 || mar.Number != 0 {
			w.Errorf("February has %d lines, March %d", len(feb.Lines), len(mar.Lines))
		}
		if named := w.statement(w.baker, 202601); named.Lines[0].Receipt != "1" || w.statement(w.baker, 202602).Lines[0].Receipt != "1" || mar.Lines[1].Receipt != "1" {
			w.Errorf("the lines name the receipts %q, %q", named.Lines[0].Receipt, mar.Lines[1].Receipt)
		}
		first := map[Side]Line{}
		for _, l := range jan.Lines {
			first[l.Side] = l
		}
		left := map[Side]int64{}
		for _, s := range []Statement{jan, feb, mar} {
			for _, l := range s.Lines {
				left[l.Side] += l.Quantity
				if of := first[l.Side]; l.SaleID != of.SaleID || l.ShopID != of.ShopID || l.TermsID != of.TermsID || l.Rate != of.Rate {
					w.Errorf("the line %+v of %s does not go back to %+v", l, s.Month, of)
				}
			}
		}
		if diff := cmp.Diff(map[Side]int64{Issue: 0, Redeem: 0}, left); diff != "" {
			w.Errorf("not all was taken back:\n%s", diff)
		}
		if again := w.statement(w.baker, 202601); again.Hash != jan.Hash || len(again.Lines) != len(jan.Lines) || again.Total != jan.Total {
			w.Errorf("the closed statement has changed: %+v", again)
		}
		w.balanced()
	})
}

// notKept are the parts that a closed statement does not keep, and those that are
// filled in when it is shown.
func notKept(p cmp.Path) bool {
	switch p.Last().String() {
	case ".member", ".programme", ".month", ".Receipt", ".Offers":
		return true
	}
	return false
}

// TestClosingRaces: sixteen at once close one statement while sales are noted.
func TestClosingRaces(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 10_00))
		w.must(w.buys("2", "ann", "cinema", 0, 10_00))
		w.clock = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
		got := make([]Statement, 16)
		var wait sync.WaitGroup
		for i := range got {
			wait.Go(func() {
				p := w.baker
				if i%2 == 1 {
					p = w.cinema
				}
				s, err := w.Close(ctx, boss, w.prog.ID, p.ID, 202601)
				if err != nil {
					w.Errorf("%v", err)
				}
				got[i] = s
			})
		}
		wait.Wait()
		for i := range got {
			if got[i].Hash != got[i%2].Hash || got[i].Hash == "" {
				w.Errorf("closing made several statements: %d and %d", got[i].Number, got[i%2].Number)
			}
		}
		w.balanced()
	})
}

// TestPointsOfAMergedProfileComeBack: the account that paid is another's now.
func TestPointsOfAMergedProfileComeBack(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("0", "ann", "own", 0, 40_00))
		ann := w.must(w.buys("1", "ann", "bakery", 20, 10_00)).MemberID
		bob := w.must(w.buys("2", "bob", "own", 0, 1_00)).MemberID
		_, err := w.flow.Merge(ctx, boss, w.prog.ID, bob, ann)
		w.ok(err)
		w.must(w.back("3", "1", "bakery", 1))
		w.read()
		w.comesTo(w.statement(w.baker, 202601), map[string][2]int64{"issue": {0, 0}, "redeem": {0, 0}, "fee issue": {0, 0}, "fee redeem": {0, 0}, "total": {4, 0}})
		w.balanced()
	})
}

// TestShopOfBefore: a shop assigned from a moment past is settled from then on,
// and one that is released no more.
func TestShopOfBefore(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "own", 0, 10_00))
		w.read()
		w.ok(w.Collect(ctx, w.prog.ID))
		w.clock = w.clock.Add(time.Hour)
		_, err := w.AssignShop(ctx, boss, w.prog.ID, w.cinema.ID, w.shops["bakery"].ID, w.clock)
		w.refuses("shop_assigned", err)
		_, err = w.AssignShop(ctx, boss, w.prog.ID, w.cinema.ID, w.shops["own"].ID, noon)
		w.ok(err)
		w.ok(w.Collect(ctx, w.prog.ID))
		w.comesTo(w.statement(w.cinema, 202601), map[string][2]int64{"issue": {10, 10}, "total": {1, 10}})
		_, err = w.ReleaseShop(ctx, boss, w.prog.ID, w.cinema.ID, w.shops["own"].ID)
		w.ok(err)
		w.clock = w.clock.Add(time.Hour)
		w.must(w.buys("2", "ann", "own", 0, 10_00))
		w.read()
		w.comesTo(w.statement(w.cinema, 202601), map[string][2]int64{"issue": {10, 10}, "total": {1, 10}})
		w.balanced()
	})
}

// TestLimitsOfShops: a partner that may not give gives nothing, and where points
// are not taken the sale says so.
func TestLimitsOfShops(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 30_00))
		_, err := w.Update(ctx, boss, w.prog.ID, w.baker.ID, func(s *Spec) { s.MayGrant, s.MayAccept = false, false })
		w.ok(err)
		a := w.must(w.buys("2", "ann", "bakery", 0, 30_00))
		if len(a.Movements) != 0 || len(a.Skipped) != 1 || a.Skipped[0].Reason.Key != "flow.no_grant_here" {
			w.Errorf("the bakery gave %+v, skipped %+v", a.Movements, a.Skipped)
		}
		_, err = w.take(w.buys("3", "ann", "bakery", 5, 30_00))
		w.refuses("no_points_here", err)
		w.must(w.buys("4", "ann", "cinema", 5, 30_00))
		_, err = w.End(ctx, boss, w.prog.ID, w.cinema.ID)
		w.ok(err)
		w.clock = w.clock.Add(time.Minute)
		_, err = w.take(w.buys("5", "ann", "cinema", 5, 30_00))
		w.refuses("no_points_here", err)
		offline := w.buys("7", "ann", "cinema", 5, 30_00) // the goods are gone: nobody pays for what the points were to
		offline.Payload.Checkout.Offline = true
		taken := w.must(offline)
		if n := taken.Sale; n.Short == 0 || len(n.Conflicts) != 1 || n.Conflicts[0].Kind != sale.PointsConflict || n.Conflicts[0].Reason.Key != "fault.no_points_here" {
			w.Errorf("taken %+v", taken.Sale)
		}
		w.must(w.back("6", "4", "cinema", 1))
		w.read()
		w.comesTo(w.statement(w.cinema, 202601), map[string][2]int64{"issue": {0, 0}, "redeem": {0, 0}, "total": {4, 0}})
		w.balanced()
	})
}

// TestVisitsCount: whatever gives points in a partner's shop is settled.
func TestVisitsCount(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 1_00))
		e := w.event(journal.Adjustment, "2", "ann", "bakery")
		e.Payload.Adjustment = &flow.Adjustment{WalletID: w.wallet.ID, Points: 50, Reason: "sorry"}
		w.must(e) // an excuse of ours is no business of the partner
		w.read()
		w.comesTo(w.statement(w.baker, 202601), map[string][2]int64{"issue": {1, 1}, "fee issue": {1, 0}, "total": {1, 1}})
	})
}

// TestCheckSeesWhatIsWrong breaks a closed statement in several ways.
func TestCheckSeesWhatIsWrong(t *testing.T) {
	for _, harm := range []string{
		`UPDATE partner_statement_line SET amount = amount + 1`, `UPDATE partner_statement_line SET quantity = quantity + 1`, `DELETE FROM partner_statement_line`,
		`DELETE FROM partner_line`, `UPDATE partner_line SET quantity = quantity + 1`, `UPDATE partner_line SET month = 202602`, `UPDATE partner_statement SET hash = 'x'`,
		`UPDATE partner_statement SET number = 7`, `UPDATE partner_line SET source_id = source_id + 1`,
	} {
		each(t, func(w *town) {
			w.must(w.buys("1", "ann", "bakery", 0, 10_00))
			w.read()
			w.clock = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
			w.closes(w.baker, 202601)
			w.balanced()
			w.ok(w.d.InTx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, harm)
				return err
			}))
			good, faults, err := Balanced(ctx, w.d.Reader(), w.prog.ID)
			if w.ok(err); good || len(faults) == 0 {
				w.Errorf("%s goes unseen", harm)
			}
		})
	}
}

func TestPartnersAreKept(t *testing.T) {
	each(t, func(w *town) {
		_, err := w.Create(ctx, boss, w.prog.ID, NewPartner{Spec: Spec{Name: "bakery"}, WalletID: w.wallet.ID})
		w.refuses("partner_name_taken", err)
		_, err = w.Create(ctx, boss, w.prog.ID, NewPartner{Spec: Spec{Name: " "}, WalletID: w.wallet.ID})
		w.refuses("partner_name", err)
		_, err = w.Create(ctx, boss, w.prog.ID, NewPartner{Spec: Spec{Name: "a"}, WalletID: w.wallet.ID, Terms: TermsSpec{IssueFee: money.NewRate(11, 10)}})
		w.refuses("partner_rate", err)
		_, err = w.AddTerms(ctx, boss, w.prog.ID, w.baker.ID, w.clock.AddDate(0, 0, -1), bakery)
		w.refuses("terms_past", err)
		_, err = w.Get(ctx, boss, w.prog.ID, id.ID(5))
		w.refuses("unknown_partner", err)
		k, text, err := w.AddKey(ctx, boss, w.prog.ID, w.baker.ID, "till", time.Time{})
		w.ok(err)
		actor, err := w.auth.Authenticate(ctx, text, "")
		if w.ok(err); actor.PartnerID != w.baker.ID || k.PartnerID != w.baker.ID {
			w.Errorf("the key is of %+v", actor)
		}
		_, err = w.Get(ctx, actor, w.prog.ID, w.baker.ID)
		w.ok(err)
		_, err = w.Get(ctx, actor, w.prog.ID, w.cinema.ID)
		w.refuses("other_partner", err)
		_, err = w.List(ctx, actor, w.prog.ID)
		w.refuses("other_partner", err)
		_, err = w.Close(ctx, actor, w.prog.ID, w.baker.ID, 202512)
		w.refuses("not_permitted", err)
		_, err = w.End(ctx, boss, w.prog.ID, w.baker.ID)
		w.ok(err)
		_, err = w.auth.Authenticate(ctx, text, "")
		w.refuses("key_refused", err)
		_, _, err = w.AddKey(ctx, boss, w.prog.ID, w.baker.ID, "till", time.Time{})
		w.refuses("partner_ended", err)
	})
}

// TestAPartnerIsChanged: what was agreed and what was closed stay as they are,
// and the trace names what was changed without telling it.
func TestAPartnerIsChanged(t *testing.T) {
	each(t, func(w *town) {
		w.must(w.buys("1", "ann", "bakery", 0, 10_00))
		w.clock = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
		jan := w.closes(w.baker, 202601)
		p, err := w.Update(ctx, boss, w.prog.ID, w.baker.ID, func(s *Spec) { s.Name, s.Contact, s.MaySee = " Old Bakery ", "9 Hill Road", false })
		w.ok(err)
		kept, err := w.Get(ctx, boss, w.prog.ID, w.baker.ID)
		w.ok(err)
		if diff := cmp.Diff(p, kept, cmp.AllowUnexported(money.Rate{})); diff != "" || kept.Name != "Old Bakery" || kept.MaySee || !kept.MayGrant || len(kept.Terms) != 1 {
			w.Errorf("kept is %+v\n%s", kept, diff)
		}
		if again := w.statement(w.baker, 202601); again.Name != jan.Name || again.Contact != "1 Market Street" || again.Hash != jan.Hash {
			w.Errorf("the closed statement has changed: %+v", again)
		}
		for _, wrong := range []struct {
			code   string
			change func(*Spec)
		}{
			{"partner_name", func(s *Spec) { s.Name = "" }}, {"partner_name_taken", func(s *Spec) { s.Name = "cinema" }},
			{"partner_contact", func(s *Spec) { s.Contact = strings.Repeat("x", maxContact+1) }},
		} {
			_, err := w.Update(ctx, boss, w.prog.ID, w.baker.ID, wrong.change)
			w.refuses(wrong.code, err)
		}
		_, err = w.Update(ctx, auth.Actor{Kind: auth.KindStaff}, w.prog.ID, w.baker.ID, func(*Spec) {})
		w.refuses("not_permitted", err)
		rows, err := w.auth.Audit(ctx, boss, auth.AuditFilter{ProgrammeID: w.prog.ID, Limit: 1})
		w.ok(err)
		if detail, _ := json.Marshal(rows[0].Detail); rows[0].Action != "partner.update" || string(detail) != `{"changed":["contact","may_see","name"]}` {
			w.Errorf("the trace is %s %s", rows[0].Action, detail)
		}
		w.balanced()
	})
}
