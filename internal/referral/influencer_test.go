package referral

import (
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
)

// famous are terms of an influencer: a fee of £5, 100 points for the customer.
func (w *town) famous() Spec {
	s := w.spec()
	s.Inviter, s.Limits = Gift{}, nil
	s.Influencer = &Influencer{Name: "Zoë of the Teapot", Disclose: true, Fee: 5_00}
	return s
}

func (w *town) signs(m id.ID, s Spec) {
	w.Helper()
	_, err := w.SaveInfluencer(w.Context(), boss, w.Programme.ID, m, On, s)
	w.OK(err)
}

// reached returns the only influencer's results.
func (w *town) reached() *InfluencerResults {
	w.Helper()
	list, err := w.Influencers(w.Context(), boss, w.Programme.ID)
	w.OK(err)
	if len(list) != 1 {
		w.Fatalf("%d influencers", len(list))
	}
	return list[0]
}

// TestAnInfluencerBringsCustomers: under their own terms, with a fee for each
// first purchase that is kept, while members without terms cannot invite.
func TestAnInfluencerBringsCustomers(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.buys("zoe", 1) // known, and has not joined
		w.signs(zoe, w.famous())
		code := w.codeOf(zoe)
		v, err := w.Invitation(w.Context(), code)
		w.OK(err)
		if !v.Advertising() || v.Name != "Zoë of the Teapot" {
			t.Errorf("the page says %+v", v)
		}
		w.OK(w.Click(w.Context(), v))
		w.OK(w.Click(w.Context(), v))
		ann := w.joins("ann", CodeAttribute, code)
		w.joins("bob", CodeAttribute, code)
		cay := w.joins("cay")
		_, err = w.Code(w.Context(), boss, w.Programme.ID, cay)
		w.Refuses(err, "referral_off")
		w.buys("ann", 30)
		w.buys("bob", 40)
		w.returns("bob")
		w.later(20)
		w.pay()
		w.has(ann, 100)
		w.has(zoe, 0)
		r := w.reached()
		if r.Clicks != 2 || r.Came != 2 || r.Refused != 0 || r.New != 2 || r.Bought != 2 || r.Kept != 1 || r.Revenue != 70_00 || r.Returned != 40_00 || r.Fees != 5_00 || r.Points != 1_00 || r.Cost() != 6_00 {
			t.Errorf("they came to %+v", r)
		}
		all, err := w.Results(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if all.All.Friends != 0 || all.All.Clicks != 0 {
			t.Errorf("members who invite are told of influencers: %+v", all.All)
		}
		w.Clean()
	})
}

// TestAnInfluencersReach tells customers of the shop's own from new ones, what
// came back in part, and points instead of a fee within a limit.
func TestAnInfluencersReach(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.joins("zoe")
		s := w.famous()
		s.NewOnly, s.Minimum, s.Inviter, s.Influencer.Fee = false, 0, Gift{WalletID: w.wallet.ID, Points: 300}, 0
		s.Limits = []Limit{{Times: 1, Period: earn.Ever}}
		w.signs(zoe, s)
		w.buys("old", 10)
		code := w.codeOf(zoe)
		w.buys("old", 15, CodeAttribute, code)
		w.buys("new", 25, CodeAttribute, code)
		w.later(20)
		w.pay()
		w.has(zoe, 300)
		if r := w.reached(); r.Came != 2 || r.New != 1 || r.Kept != 2 || r.Revenue != 40_00 || r.Points != 3_00 || r.Fees != 0 {
			t.Errorf("they came to %+v", r)
		}
		w.Clean()
	})
}

// TestAnInfluencersWindow: nobody comes before it or after it, and who is turned
// off is a member like others.
func TestAnInfluencersWindow(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		zoe := w.joins("zoe")
		s := w.famous()
		now := w.Now()
		s.Influencer.Begins, s.Influencer.Ends = now.AddDate(0, 0, 2), now.AddDate(0, 0, 5)
		w.signs(zoe, s)
		code := w.codeOf(zoe)
		claim := func(who string) error {
			_, err := w.Record(w.Context(), boss, Claim{ProgrammeID: w.Programme.ID, Code: code, FriendID: w.joins(who), Source: FromAPI})
			return err
		}
		w.Refuses(claim("ann"), "referral_off")
		_, err := w.Invitation(w.Context(), code)
		w.Refuses(err, "referral_off")
		w.later(3)
		w.OK(claim("bob"))
		w.later(3)
		w.Refuses(claim("cay"), "referral_off")
		_, err = w.SaveInfluencer(w.Context(), boss, w.Programme.ID, zoe, Off, s)
		w.OK(err)
		v, err := w.Invitation(w.Context(), code)
		w.OK(err)
		if v.Advertising() || v.Terms.InfluencerID != 0 {
			t.Errorf("turned off, the link says %+v", v)
		}
		w.OK(claim("dan"))
		_, err = w.SaveInfluencer(w.Context(), boss, w.Programme.ID, zoe, Draft, s)
		w.Refuses(err, "referral_terms_began")
		w.Clean()
	})
}

// TestInfluencersAreGuarded as other referrals are, and what is wrong is said.
func TestInfluencersAreGuarded(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.joins("zoe")
		w.signs(zoe, w.famous())
		w.take(journal.SignUp, "zoe", func(e *flow.Event) { e.Payload.Attributes = map[string]string{"device": "phone 7"} })
		ann := w.joins("ann", CodeAttribute, w.codeOf(zoe), "device", "phone 7")
		list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 9})
		w.OK(err)
		if len(list) != 1 || list[0].FriendID != ann || list[0].Reason != "referral_same_device" {
			t.Errorf("a second self came: %+v", list)
		}
		known := w.buys("known", 1)
		for code, change := range map[string]func(*Spec){
			"influencer_name":        func(s *Spec) { s.Influencer.Name = " " },
			"influencer_fee":         func(s *Spec) { s.Influencer.Fee = -1 },
			"influencer_two_rewards": func(s *Spec) { s.Inviter = Gift{WalletID: w.wallet.ID, Points: 5} },
			"influencer_ends_first": func(s *Spec) {
				s.Influencer.Begins, s.Influencer.Ends = w.Now(), w.Now().Add(-time.Hour)
			},
			"influencer_disclose": func(s *Spec) { s.Influencer.Disclose = false },
			"influencer_outside": func(s *Spec) {
				s.Influencer.Fee, s.Inviter = 0, Gift{WalletID: w.wallet.ID, Points: 5}
			},
		} {
			s := w.famous()
			change(&s)
			_, err := w.SaveInfluencer(w.Context(), boss, w.Programme.ID, known, On, s)
			if f := fault.As(err); f == nil || f.Code != code || f.Field == "" {
				t.Errorf("got %v, want %s at a field", err, code)
			}
		}
	})
}

// TestInfluencersAreForgotten: the name goes with the person, the sums stay.
func TestInfluencersAreForgotten(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.joins("zoe")
		w.signs(zoe, w.famous())
		w.joins("ann", CodeAttribute, w.codeOf(zoe))
		w.buys("ann", 30)
		w.later(20)
		w.pay()
		kept, err := Room().Export(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{zoe})
		if p, is := kept.(Person); err != nil || !is || len(p.Influencer) != 1 || p.Influencer[0].Influencer != zoe.In(id.Member) {
			t.Errorf("the person is told %+v, %v", kept, err)
		}
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, zoe))
		if r := w.reached(); r.Influencer.Name != "" || r.State != Off || r.Fees != 5_00 || r.Code != "" {
			t.Errorf("forgotten: %+v", r)
		}
		w.Clean()
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `UPDATE referral_terms SET spec = REPLACE(spec, '"disclose":true', '"disclose":false')`)
			return err
		}))
		if faults, err := w.Flow.Check(w.Context()); err != nil || len(faults) != 1 {
			t.Errorf("undisclosed, the check finds %v, %v", faults, err)
		}
	})
}
