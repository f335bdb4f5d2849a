package recovery

import (
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/promo"
)

// TestAnEndedCampaignAsksNobody ends it before anybody was asked.
func TestAnEndedCampaignAsksNobody(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		r := w.starts(w.asks())
		_, _, err := w.choose(t.Context(), asking{w.Programme.ID, r.ID})
		w.OK(err)
		_, err = w.End(t.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
		o := w.carries(r)
		if o.State != Ended || o.EndedBy == "" || o.Pending == 0 || len(w.wanted()) != 0 {
			t.Errorf("it came to %+v", o)
		}
	})
}

// TestACampaignEndedMidwayStopsThere ends one after a step, with others still to
// be asked.
func TestACampaignEndedMidwayStopsThere(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		r := w.starts(w.asks())
		n := w.chooses(r)
		some, err := w.approach(t.Context(), n)
		w.OK(err)
		_, err = w.End(t.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
		asked := 0
		for _, c := range w.chosen(r) {
			if c.State == LotAsked {
				asked++
			}
		}
		o := w.carries(r)
		if o.Pending == 0 || o.Pending != int64(len(w.chosen(r))-some) || len(w.wanted()) != asked || asked == 0 {
			t.Errorf("after %d it came to %+v, %d are written to", some, o, len(w.wanted()))
		}
	})
}

// TestACampaignEndedWithinAStepWritesToNobody ends one when points had been given
// and nobody written to.
func TestACampaignEndedWithinAStepWritesToNobody(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 200}
		r := w.starts(spec)
		n := w.chooses(r)
		list := w.chosen(r)[:10]
		w.OK(w.apart(t.Context(), list))
		w.OK(w.give(t.Context(), r, list))
		w.OK(w.tellOf(t.Context(), list))
		_, err := w.End(t.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
		w.OK(w.settle(t.Context(), n, list))
		asked := int64(0)
		for _, c := range list {
			if c.State == LotAsked {
				asked++
			}
		}
		if o := w.came(r); o.Given != asked*100 || asked == 0 || len(w.wanted()) != 0 || o.Pending != int64(len(w.chosen(r))-len(list)) {
			t.Errorf("%d were given points; it came to %+v, %d are written to", asked, o, len(w.wanted()))
		}
	})
}

// TestACodeIsGivenOnce gives personal codes, and then from a batch that was
// cancelled.
func TestACodeIsGivenOnce(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		batch := w.batch()
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftCode, BatchID: batch.ID}
		r := w.starts(spec)
		o := w.carries(r)
		codes := 0
		for _, n := range w.chosen(r) {
			list, err := promo.CodesOf(t.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{n.MemberID})
			w.OK(err)
			if n.Held && len(list) != 0 || !n.Held && (len(list) != 1 || list[0].ID != n.CodeID) {
				t.Errorf("held back %t has %d codes", n.Held, len(list))
			}
			codes += len(list)
		}
		if int64(codes) != o.Tally.Asked {
			t.Errorf("%d codes for %+v", codes, o.Tally)
		}
		w.Set(w.Now().AddDate(0, 0, 90))
		w.looks()
		spec.Ends = w.Now().Format(time.DateOnly)
		again := w.starts(spec)
		err := promo.New(w.DB, w.Now).CancelBatch(t.Context(), boss, w.Programme.ID, batch.ID, "dear")
		w.OK(err)
		if o := w.carries(again); o.Unmet["batch_not_open"] != o.Tally.Asked || len(w.wanted()) != codes {
			t.Errorf("without codes it came to %+v", o)
		}
	})
}

func TestCampaignsThatCannotBe(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		for code, change := range map[string]func(*Spec){
			"recovery_name":     func(n *Spec) { n.Name = " " },
			"recovery_whom":     func(n *Spec) { n.Whom = nil },
			"recovery_least":    func(n *Spec) { n.Least = -1 },
			"recovery_held":     func(n *Spec) { n.Held = 999 },
			"recovery_window":   func(n *Spec) { n.Window = 6 },
			"recovery_ends":     func(n *Spec) { n.Ends = "soon" },
			"recovery_words":    func(n *Spec) { n.Words = nil },
			"recovery_subject":  func(n *Spec) { n.Words[i18n.English] = flow.Words{Body: "x"} },
			"recovery_body":     func(n *Spec) { n.Words[i18n.English] = flow.Words{Subject: "x"} },
			"recovery_language": func(n *Spec) { n.Words["de"] = flow.Words{Subject: "x", Body: "y"} },
			"recovery_rank":     func(n *Spec) { n.Ranks = []string{"gold"} },
			"recovery_gift":     func(n *Spec) { n.Gift.Kind = "cake" },
			"recovery_wallet":   func(n *Spec) { n.Gift = Gift{Kind: GiftPoints, Points: 5} },
			"recovery_batch":    func(n *Spec) { n.Gift = Gift{Kind: GiftCode, BatchID: 7} },
		} {
			spec := w.asks()
			change(&spec)
			_, err := w.Prepare(t.Context(), boss, w.Programme.ID, spec)
			w.Refuses(err, code)
		}
		spec := w.asks()
		spec.Least = 1_000_000_00
		r, err := w.Prepare(t.Context(), boss, w.Programme.ID, spec)
		w.OK(err)
		_, err = w.Start(t.Context(), boss, w.Programme.ID, r.ID, 1)
		w.Refuses(err, "recovery_nobody")
		_, err = w.Rework(t.Context(), boss, w.Programme.ID, r.ID, 7, w.asks())
		w.Refuses(err, "recovery_changed")
		spec = w.asks()
		spec.Ends = w.Now().AddDate(0, 0, -1).Format(time.DateOnly)
		r, err = w.Rework(t.Context(), boss, w.Programme.ID, r.ID, 1, spec)
		w.OK(err)
		_, err = w.Start(t.Context(), boss, w.Programme.ID, r.ID, 2)
		w.Refuses(err, "recovery_over")
		marketer := auth.Actor{Kind: auth.KindStaff, ID: 1, Roles: []auth.Assignment{{ProgrammeID: w.Programme.ID, Role: auth.Marketer}}}
		_, err = w.Start(t.Context(), marketer, w.Programme.ID, r.ID, 2)
		w.Refuses(err, "not_permitted")
		w.OK(w.Discard(t.Context(), marketer, w.Programme.ID, r.ID, 2))
		_, err = w.Get(t.Context(), boss, w.Programme.ID, r.ID)
		w.Refuses(err, "unknown_recovery")
	})
}

// TestTheCheckFindsWhoIsInTheWrongGroup spoils what was kept of a campaign.
func TestTheCheckFindsWhoIsInTheWrongGroup(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(20)
		r := w.starts(w.asks())
		w.carries(r)
		list := w.chosen(r)
		held := list[slices.IndexFunc(list, func(n *Chosen) bool { return n.Held })]
		for _, c := range []struct{ set, says string }{
			{"code_id = 7", "is held back and was given something"},
			{"cost = 1", "is held back and was given something"},
			{"held = FALSE, state = 'asked'", "is not in the group that the draw has them in"},
			{"state = 'asked'", "and in the other group"},
			{"until = at", "was chosen at a time that cannot be"},
			{"why = 'x'", "has one and was"},
		} {
			w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE recovery_chosen SET `+c.set+` WHERE member_id = $1`, held.MemberID)
				return err
			}))
			if got := strings.Join(w.Faults(Room()), "\n"); !strings.Contains(got, c.says) {
				t.Errorf("%s: the check says %q", c.set, got)
			}
			w.OK(w.DB.InTx(t.Context(), func(tx *db.Tx) error { return tx.Update(t.Context(), chosenTable, [][]any{held.row()}) }))
		}
		w.OK(w.tellOf(t.Context(), []*Chosen{{MemberID: held.MemberID, RecoveryID: id.ID(9), ProgrammeID: w.Programme.ID, State: LotAsked, At: held.At}}))
		if got := strings.Join(w.Faults(Room()), "\n"); !strings.Contains(got, "was asked or given something by it") {
			t.Errorf("the check says %q", got)
		}
	})
}
