package referral

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// registers takes in Zoë, who is no member, with a fee of £5.
func (w *town) registers() id.ID {
	w.Helper()
	o, err := w.Register(w.Context(), boss, w.Programme.ID, OutsideSpec{Name: " Zoë Long ", Channel: "teapot.example", Contact: "Zoë <zoe@example.com>"})
	w.OK(err)
	if o.Name != "Zoë Long" {
		w.Errorf("kept is %+v", o)
	}
	return o.ID
}

// TestAnOutsiderBringsCustomers: an influencer without a profile has a code and
// a page that says it is advertising, is owed for what is kept, and paid by hand
// no more than that.
func TestAnOutsiderBringsCustomers(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.registers()
		if r := w.reached(); r.Number != 0 || r.Outside == nil || r.Outside.Channel != "teapot.example" || r.Influencer.Name != "Zoë Long" {
			t.Errorf("before there are terms: %+v", r)
		}
		points := w.famous()
		points.Inviter, points.Influencer.Fee = Gift{WalletID: w.wallet.ID, Points: 5}, 0
		_, err := w.SaveInfluencer(w.Context(), boss, w.Programme.ID, zoe, On, points)
		w.Refuses(err, "influencer_outside")
		w.signs(zoe, w.famous())
		code := w.reached().Code
		v, err := w.Invitation(w.Context(), code)
		w.OK(err)
		if !v.Advertising() || v.Name != "Zoë of the Teapot" {
			t.Errorf("the page says %+v", v)
		}
		w.OK(w.Click(w.Context(), v))
		ann := w.joins("ann", CodeAttribute, code)
		w.joins("bob", CodeAttribute, code)
		w.buys("ann", 30)
		w.buys("bob", 40)
		w.returns("bob")
		_, err = w.PayFee(w.Context(), boss, w.Programme.ID, zoe, 1, "too soon")
		w.Refuses(err, "influencer_overpaid")
		w.later(20)
		w.pay()
		w.has(ann, 100)
		if r := w.reached(); r.Clicks != 1 || r.Came != 2 || r.Kept != 1 || r.Fees != 5_00 || r.Owed() != 5_00 {
			t.Errorf("they came to %+v", r)
		}
		for _, wrong := range []int64{0, -1, 5_01} {
			if _, err := w.PayFee(w.Context(), boss, w.Programme.ID, zoe, wrong, ""); err == nil {
				t.Errorf("%d was paid", wrong)
			}
		}
		_, err = w.PayFee(w.Context(), boss, w.Programme.ID, zoe, 2_00, "=by bank")
		w.OK(err)
		_, err = w.PayFee(w.Context(), boss, w.Programme.ID, zoe, 3_01, "")
		w.Refuses(err, "influencer_overpaid")
		_, err = w.PayFee(w.Context(), boss, w.Programme.ID, ann, 1, "")
		w.Refuses(err, "unknown_influencer")
		list, err := w.FeeStatement(w.Context(), boss, w.Programme.ID, zoe)
		w.OK(err)
		var file bytes.Buffer
		w.OK(FeesCSV(list, w.Programme.Currency, &file))
		rows := strings.Split(strings.TrimSpace(file.String()), "\n")
		if len(rows) != 3 || !strings.Contains(rows[1], ",fee,ref_") || !strings.HasSuffix(rows[1], ",5.00,5.00,") || !strings.HasSuffix(rows[2], ",payment,,,-2.00,3.00,'=by bank") {
			t.Errorf("the statement is\n%s", file.String())
		}
		w.Clean()
		w.OK(w.d.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `UPDATE influencer_payment SET amount = 900`)
			return err
		}))
		var found []string
		w.OK(Room().Check(w.Context(), w.d.Reader(), w.Programme.ID, func(said string) { found = append(found, said) }))
		if len(found) != 1 || !strings.Contains(found[0], "was paid 900 as influencer and owed 500") {
			t.Errorf("the check finds %v", found)
		}
	})
}

// TestAnOutsiderIsNotPaidForThemselves: who comes with their own contact is held
// up, as between members.
func TestAnOutsiderIsNotPaidForThemselves(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.registers()
		w.signs(zoe, w.famous())
		w.joins("zoe", CodeAttribute, w.reached().Code, "email", "zoe@example.com")
		w.buys("zoe", 30)
		w.later(20)
		w.pay()
		if r := w.reached(); r.Owed() != 0 || r.Kept != 0 {
			t.Errorf("they came to %+v", r)
		}
	})
}

// TestAnOutsiderIsForgotten: nothing that names them is left, and sums stay.
func TestAnOutsiderIsForgotten(t *testing.T) {
	each(t, func(w *town) {
		zoe := w.registers()
		w.signs(zoe, w.famous())
		code := w.reached().Code
		w.joins("ann", CodeAttribute, code)
		w.buys("ann", 30)
		w.later(20)
		w.pay()
		_, err := w.PayFee(w.Context(), boss, w.Programme.ID, zoe, 2_00, "to Zoë's bank")
		w.OK(err)
		_, err = w.Rewrite(w.Context(), boss, w.Programme.ID, zoe, func(s *OutsideSpec) { s.Name = "" })
		w.Refuses(err, "influencer_name")
		_, err = w.Rewrite(w.Context(), boss, w.Programme.ID, zoe, func(s *OutsideSpec) { s.Channel = "kettle.example" })
		w.OK(err)
		dump := func() string {
			var all []any
			w.OK(Room().Dump(w.Context(), w.d.Reader(), w.Programme.ID, func(_ string, row any) error {
				all = append(all, row)
				return nil
			}))
			text, err := json.Marshal(all)
			w.OK(err)
			return string(text)
		}
		for _, said := range []string{"Zoë Long", "kettle.example", "zoe@example.com", "to Zoë's bank", "Teapot"} {
			if !strings.Contains(dump(), said) {
				t.Errorf("the export does not say %q", said)
			}
		}
		_, err = w.Forget(w.Context(), boss, w.Programme.ID, zoe)
		w.OK(err)
		for _, said := range []string{"Zoë", "kettle", "zoe@", "Teapot"} {
			if strings.Contains(dump(), said) {
				t.Errorf("the export still says %q", said)
			}
		}
		_, err = w.Invitation(w.Context(), code)
		w.Refuses(err, "unknown_referral_code")
		_, err = w.Rewrite(w.Context(), boss, w.Programme.ID, zoe, func(s *OutsideSpec) { s.Name = "Zoë" })
		w.Refuses(err, "influencer_forgotten")
		_, err = w.Forget(w.Context(), boss, w.Programme.ID, w.Programme.ID)
		w.Refuses(err, "unknown_influencer")
		if r := w.reached(); r.State != Off || r.Owed() != 3_00 {
			t.Errorf("left is %+v", r)
		}
		other, err := program.New(w.d).Create(w.Context(), boss, program.Programme{Slug: "other", Name: "Other", Currency: "GBP", Zone: w.Programme.Zone, Languages: []string{"en"}, Settings: w.Programme.Settings})
		w.OK(err)
		_, err = w.Forget(w.Context(), boss, other.ID, zoe)
		w.Refuses(err, "unknown_influencer")
		w.Clean()
	})
}
