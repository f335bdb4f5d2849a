package household

import (
	"testing"
	"time"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// TestLimitsAreSaidInPoints: a wallet whose points have decimals is told of in
// points as people read them, in every language.
func TestLimitsAreSaidInPoints(t *testing.T) {
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(w *town) {
		w.turnOn(func(s *Spec) { s.Pooling, s.PerTransfer, s.PerMonth = false, 12_50, 20_00 })
		_, ann, bob := w.family()
		w.wallet, err = ledger.NewService(w.DB).CreateWallet(w.Context(), boss, ledger.Wallet{
			ProgrammeID: w.Programme.ID, Code: "cash", Name: "Cashback", Decimals: 2, Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt,
		})
		w.OK(err)
		e := w.event(journal.Adjustment, "ann")
		e.Payload.Adjustment = &flow.Adjustment{WalletID: w.wallet.ID, Points: 100_00, Reason: "a present"}
		_, err = w.Flow.TakeOne(w.Context(), e)
		w.OK(err)
		says := func(err error, code string, want map[i18n.Lang]string) {
			w.Helper()
			w.Refuses(err, code)
			for lang, text := range want {
				if said := texts.Printer(lang, time.UTC, "GBP").Fault(fault.As(err)); said != text {
					w.Errorf("in %s: %q, want %q", lang, said, text)
				}
			}
		}
		_, err = w.gives(ann, bob, 12_51)
		says(err, "transfer_too_much", map[i18n.Lang]string{
			i18n.English: "At most 12.50 points are passed on at once. Pass on fewer.",
			i18n.Russian: "За один раз передают не больше 12,50 балла. Передайте меньше.",
			i18n.Polish:  "Naraz przekazuje się najwyżej 12,50 punktu. Przekaż mniej.",
		})
		if m := fault.As(err).Message; m != "at most 12.50 points are passed on at once" {
			w.Errorf("the message is %q", m)
		}
		_, err = w.gives(ann, bob, 12_50)
		w.OK(err)
		_, err = w.gives(ann, bob, 7_51)
		says(err, "transfer_month_over", map[i18n.Lang]string{
			i18n.English: "At most 20.00 points are passed on in a month, and 12.50 have been already.",
			i18n.Russian: "За месяц передают не больше 20,00 балла, уже передано 12,50.",
			i18n.Polish:  "W miesiącu przekazuje się najwyżej 20,00 punktu, a przekazano już 12,50.",
		})
		_, err = w.gives(ann, bob, 7_50)
		w.OK(err)
		w.Clean()
	})
}

// TestLimitsThatAreAbsurd are refused without a number in the smallest unit.
func TestLimitsThatAreAbsurd(t *testing.T) {
	for _, n := range []int64{-1, money.MaxMinor + 1} {
		s := DefaultSpec()
		s.PerMonth = n
		if f := fault.As(s.Check()); f == nil || f.Code != "household_limit" || f.Field != "/per_month" {
			t.Errorf("%d: %v", n, f)
		}
	}
}
