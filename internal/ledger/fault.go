package ledger

import (
	"fmt"

	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct {
	// Code says what is wrong.
	Code string
	// MemberID and WalletID say where; LotID or HoldID more closely, if known.
	MemberID, WalletID, LotID, HoldID id.ID
	// What names the figure, Stored is what stands there and Expected what
	// should.
	What             string
	Stored, Expected int64
}

// The codes of faults.
const (
	FaultBalanceFold = "balance_fold" // a bucket is not the fold of the entries
	FaultBalanceGap  = "balance_gap"  // the sum of the buckets does not hold
	FaultBalanceLots = "balance_lots" // a bucket is not the sum of the lots
	FaultBelowZero   = "below_zero"   // a figure is negative
	FaultDebt        = "debt"         // points are available while some are owed
	FaultNoBalance   = "no_balance"   // there are entries, lots or holds and no balance
	FaultNoLot       = "no_lot"       // entries name a lot that is not there
	FaultLotFold     = "lot_fold"     // a lot is not the fold of its entries
	FaultLotDue      = "lot_due"      // the clock would look at a lot at a wrong time
	FaultAccountDue  = "account_due"  // the clock would come too late
	FaultHold        = "hold"         // a hold, its parts and the lots disagree
	FaultEntry       = "entry"        // an entry takes a way that its kind does not have
)

// String says what is wrong and where, in English, for logs.
func (f Fault) String() string {
	where := f.MemberID.In(id.Member) + ", " + f.WalletID.In(id.Wallet)
	if f.LotID != 0 {
		where += ", " + f.LotID.In(id.Lot)
	}
	if f.HoldID != 0 {
		where += ", " + f.HoldID.In(id.Hold)
	}
	return fmt.Sprintf("%s: %s: %s is %d, %d expected", where, f.Code, f.What, f.Stored, f.Expected)
}
