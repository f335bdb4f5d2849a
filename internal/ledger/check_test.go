package ledger

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// harm is a corruption of the tables and what Check must say of it.
type harm struct {
	sql  string
	want []string // code and figure
}

// harms are planted one at a time into the account that planted makes.
var harms = map[string]harm{
	"a cached balance": {`UPDATE balance SET available = available + 5 WHERE member_id = 100`,
		[]string{"balance_fold available", "balance_gap gap", "balance_lots available", "debt available"}},
	"two buckets, so that the sum holds": {`UPDATE balance SET earned = earned + 5, spent = spent + 5 WHERE member_id = 100`,
		[]string{"balance_fold earned", "balance_fold spent"}},
	"a bucket below zero": {`UPDATE balance SET moved_out = -1 WHERE member_id = 100`,
		[]string{"balance_fold moved_out", "balance_gap gap", "below_zero moved_out"}},
	"a balance lost":   {`DELETE FROM balance WHERE member_id = 100`, []string{"no_balance balance"}},
	"a due date moved": {`UPDATE balance SET next_due = 9223372036854775807 WHERE member_id = 100`, []string{"account_due next_due"}},
	"a lot's rest": {`UPDATE lot SET remaining = remaining + 2 WHERE member_id = 100 AND event_id = 2`,
		[]string{"balance_lots pending", "lot_fold remaining"}},
	"a lot's rest below zero": {`UPDATE lot SET exempt = -1 WHERE member_id = 100 AND event_id = 2`,
		[]string{"below_zero exempt", "lot_fold exempt"}},
	"a lot's amount":       {`UPDATE lot SET amount = amount + 1 WHERE member_id = 100 AND event_id = 2`, []string{"lot_fold amount"}},
	"a lot's clawed part":  {`UPDATE lot SET clawed = 0 WHERE member_id = 100 AND event_id = 1`, []string{"lot_fold clawed"}},
	"a lot's expired part": {`UPDATE lot SET expired = 1 WHERE member_id = 100 AND event_id = 2`, []string{"balance_lots expired", "lot_fold expired"}},
	"a lot released too soon": {`UPDATE lot SET released = TRUE WHERE member_id = 100 AND event_id = 2`,
		[]string{"balance_lots available", "balance_lots pending", "lot_due next_at"}},
	"a lot that the clock would miss": {`UPDATE lot SET next_at = 9223372036854775807 WHERE member_id = 100 AND event_id = 2`, []string{"lot_due next_at"}},
	"a lot lost":                      {`DELETE FROM lot WHERE member_id = 100 AND event_id = 2`, []string{"balance_lots pending", "no_lot lot"}},
	"an entry's amount": {`UPDATE entry SET amount = amount + 1 WHERE member_id = 100 AND event_id = 2`,
		[]string{"balance_fold earned", "balance_fold pending", "lot_fold amount", "lot_fold remaining"}},
	"an entry lost": {`DELETE FROM entry WHERE member_id = 100 AND event_id = 2`,
		[]string{"balance_fold earned", "balance_fold pending", "lot_fold amount", "lot_fold remaining"}},
	"an entry's way": {`UPDATE entry SET to_bucket = 3 WHERE member_id = 100 AND kind = 7`,
		[]string{"balance_fold held", "balance_fold spent", "entry capture: held → moved_in", "lot_fold held"}},
	"an entry's kind":  {`UPDATE entry SET kind = 99 WHERE member_id = 100 AND kind = 7`, []string{"balance_fold held", "balance_fold spent", "entry kind(99): held → spent", "lot_fold held"}},
	"an entry below 0": {`UPDATE entry SET amount = 0 WHERE member_id = 100 AND kind = 7`, []string{"balance_fold held", "balance_fold spent", "entry capture: held → spent", "lot_fold held"}},
	"a hold's rest":    {`UPDATE hold SET remaining = remaining + 1 WHERE member_id = 100 AND remaining > 0`, []string{"hold amount", "hold held", "hold remaining"}},
	"a hold's amount":  {`UPDATE hold SET amount = 1 WHERE member_id = 100 AND remaining > 0`, []string{"hold amount"}},
	"a hold lost":      {`DELETE FROM hold WHERE member_id = 100 AND remaining > 0`, []string{"hold held", "hold held", "hold remaining"}},
	"a hold's part":    {`UPDATE hold_lot SET remaining = remaining + 1 WHERE member_id = 100 AND remaining > 0`, []string{"hold held", "hold remaining"}},
	"a closed hold's part": {`UPDATE hold_lot SET remaining = 2 WHERE member_id = 100 AND remaining = 0`,
		[]string{"hold remaining"}},
	"a closed hold below zero": {`UPDATE hold SET remaining = -2 WHERE member_id = 100 AND remaining = 0`, []string{"below_zero remaining"}},
	"nothing":                  {`UPDATE lot SET reason = '' WHERE member_id = 100`, nil},
}

// planted makes an account with a bit of everything: a sale in part spent and
// clawed back into debt, a pending sale, an open hold and a captured one.
func planted(t *testing.T, d *db.DB) {
	t.Helper()
	withAnn(t, d, 9, func(a *Account) error {
		sell(a, 0, 1, 100, never, at(60))
		sell(a, 0, 2, 40, at(14), at(90))
		h, err := a.Hold(at(1), 70, never, because(3))
		must(t, err)
		must(t, a.Capture(at(1), h, 70, because(4)))
		_, err = a.Hold(at(1), 20, at(30), because(5))
		a.Clawback(at(2), a.LotsOf(1), 30, because(6)) // 10 taken, 20 owed
		return err
	})
}

func TestCheckNamesEveryCorruption(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		threeWallets(t, d)
		planted(t, d)
		sound(t, d)
		for name, h := range harms {
			// What is wrong is undone with the transaction.
			err := d.InTx(t.Context(), func(tx *db.Tx) error {
				if n, err := tx.Exec(t.Context(), h.sql); err != nil || n == 0 {
					t.Fatalf("%s: planted in %d rows, %v", name, n, err)
				}
				faults, err := Check(t.Context(), tx, 3)
				must(t, err)
				if got := told(faults); !slices.Equal(got, h.want) {
					t.Errorf("%s: found %q, want %q", name, got, h.want)
				}
				return errEnough
			})
			if err == nil {
				t.Errorf("%s was kept", name)
			}
		}
		sound(t, d)
	}, Schema)
}

func told(faults []Fault) []string {
	var list []string
	for _, f := range faults {
		list = append(list, f.Code+" "+f.What)
	}
	slices.Sort(list)
	return list
}

// TestCheckSeesEveryMember has several pages of members, with something wrong
// with the first, with the last, and with one who has no balance at all.
func TestCheckSeesEveryMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		threeWallets(t, d)
		const last = 100 + 2*checkPage + 7
		var keys []AccountKey
		for n := id.ID(100); n <= last; n++ {
			keys = append(keys, AccountKey{n, 7})
		}
		must(t, visit(t, d, Need{Until: at(0)}, keys, func(m map[AccountKey]*Account) error {
			for _, k := range keys {
				sell(m[k], 0, k.MemberID, 10, never, at(9))
			}
			return nil
		}))
		sound(t, d)
		must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
			for _, sql := range []string{
				`UPDATE lot SET expired = 1 WHERE member_id IN (100, 507)`,
				`DELETE FROM balance WHERE member_id = 300`,
				`UPDATE lot SET member_id = 9000 WHERE member_id = 301`,
			} {
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					return err
				}
			}
			return nil
		}))
		faults, err := Check(t.Context(), d.Reader(), 3)
		must(t, err)
		var members []id.ID
		for _, f := range faults {
			members = append(members, f.MemberID)
		}
		if got := slices.Compact(members); !slices.Equal(got, []id.ID{100, 300, 301, last, 9000}) {
			t.Errorf("faults of %v", got)
		}
	}, Schema)
}

func TestCheckOfAnotherProgramme(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	threeWallets(t, d)
	faults, err := Check(t.Context(), d.Reader(), 99)
	if err != nil || len(faults) != 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// TestFaultsAndKindsHaveWords holds the texts against the codes.
func TestFaultsAndKindsHaveWords(t *testing.T) {
	c, err := i18n.New()
	must(t, err)
	f := Fault{MemberID: 1, WalletID: 2, LotID: 3, HoldID: 4, What: "available", Stored: 5, Expected: 6}
	for _, code := range []string{
		FaultBalanceFold, FaultBalanceGap, FaultBalanceLots, FaultBelowZero, FaultDebt, FaultNoBalance, FaultNoLot, FaultLotFold,
		FaultLotDue, FaultAccountDue, FaultHold, FaultEntry,
	} {
		f.Code = code
		if said := f.String(); !strings.Contains(said, "available is 5, 6 expected") || !strings.Contains(said, "lot_") || !strings.Contains(said, "hld_") {
			t.Errorf("%q", said)
		}
	}
	for _, code := range faultCodes(t) {
		if !c.Has("fault." + code) {
			t.Errorf("the refusal %s has no words", code)
		}
	}
	for k := KindEarn; k <= KindReversal; k++ {
		if !c.Has("ledger.kind." + k.String()) {
			t.Errorf("the kind %s has no words", k)
		}
	}
	for _, b := range Buckets() {
		if !c.Has("ledger.bucket." + b.String()) {
			t.Errorf("the bucket %s has no words", b)
		}
	}
	for _, p := range Policies() {
		if !c.Has("ledger.policy."+string(p)) || !c.Has("ledger.policy."+string(p)+".help") {
			t.Errorf("the policy %s has no words", p)
		}
	}
}

// faultCodes finds the codes of all refusals in the source.
func faultCodes(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	must(t, err)
	var codes []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, m := range regexp.MustCompile(`fault\.(?:Invalid|Missing|Conflict|Refused|Busy)\("([a-z_]+)"`).FindAllStringSubmatch(string(text), -1) {
			codes = append(codes, m[1])
		}
	}
	if len(codes) < 15 {
		t.Errorf("only %d codes found", len(codes))
	}
	return codes
}
