package ledger

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Policy says what becomes of points that are to be clawed back and are no
// longer there.
type Policy string

// The policies.
const (
	// PolicyDebt takes from the member's other available points; the rest is
	// owed, and whatever becomes available next pays it.
	PolicyDebt Policy = "debt"
	// PolicyToZero takes from the member's other available points and forgives
	// the rest.
	PolicyToZero Policy = "to_zero"
	// PolicyPendingOnly takes only points of the sale that are still pending.
	PolicyPendingOnly Policy = "pending_only"
)

// Policies returns every policy, the default first.
func Policies() []Policy { return []Policy{PolicyDebt, PolicyToZero, PolicyPendingOnly} }

// Wallet is points of one kind in a programme.
type Wallet struct {
	ID, ProgrammeID id.ID
	// Code names the wallet in the API; unique in its programme and fixed.
	Code string
	Name string
	// Decimals of a point, 0 to 4, fixed: amounts are counted in the smallest
	// unit.
	Decimals int
	// Unit is what the programme owes for one smallest unit, in minor units of
	// its currency.
	Unit money.Rate
	// Clawback says what becomes of points clawed back that are not there.
	Clawback Policy
	// Position orders the wallets of a programme.
	Position int
}

const (
	maxDecimals   = 4
	maxWalletName = 100
)

var walletCode = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)

// check returns the first thing wrong with the wallet, pointing at its field.
func (w *Wallet) check() error {
	switch {
	case len(w.Code) > 40 || !walletCode.MatchString(w.Code):
		return fault.Invalid("malformed_wallet_code", "the code takes 1–40 small Latin letters, digits and single hyphens or underscores, as rank-points").At("/code")
	case strings.TrimSpace(w.Name) != w.Name || w.Name == "" || utf8.RuneCountInString(w.Name) > maxWalletName || !utf8.ValidString(w.Name):
		return fault.Invalid("malformed_wallet_name", "a name takes 1–%d letters, with no spaces at its ends", maxWalletName).At("/name").With("max", maxWalletName)
	case w.Decimals < 0 || w.Decimals > maxDecimals:
		return fault.Invalid("decimals_out_of_range", "a point takes 0 to %d decimals", maxDecimals).At("/decimals").With("max", maxDecimals)
	case w.Unit.Num() < 0:
		return fault.Invalid("negative_point_value", "a point cannot be worth less than nothing").At("/unit")
	case !slices.Contains(Policies(), w.Clawback):
		return fault.Invalid("unknown_clawback_policy", "the policy is one of debt, to_zero and pending_only").At("/clawback")
	}
	return nil
}

// Liability returns what the programme owes for that many smallest units, in
// minor units of its currency, a half rounded up. It fails when the sum leaves
// 64 bits.
func (w *Wallet) Liability(points int64) (int64, error) {
	return w.Unit.Apply(points, money.HalfUp)
}

// Points writes smallest units as a plain decimal number of points.
func (w *Wallet) Points(n int64) string {
	s, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		s, sign = s[1:], "-"
	}
	if w.Decimals == 0 {
		return sign + s
	}
	if pad := w.Decimals + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	cut := len(s) - w.Decimals
	return sign + s[:cut] + "." + s[cut:]
}
