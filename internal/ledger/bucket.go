package ledger

import "fmt"

// Bucket is where points are. Every movement takes points out of one bucket
// and puts them into another; the numbers are stored and never change.
type Bucket uint8

// The buckets. The first four are sources: points come out of them, and they
// count what has come out and not gone back. The others count what they
// contain.
const (
	Earned     Bucket = iota + 1 // given by a rule
	AdjustedUp                   // given by hand
	MovedIn                      // come from another account
	Debt                         // owed after points were taken back that had been spent

	Pending   // given, not usable yet
	Available // usable
	Held      // set aside for an open sale

	Spent        // paid for something, less what was refunded
	MovedOut     // gone to another account
	AdjustedDown // taken by hand
	Expired      // not used in time
	ClawedBack   // taken back with the sale that gave them
)

const buckets = int(ClawedBack) + 1

var bucketNames = [buckets]string{
	"", "earned", "adjusted_up", "moved_in", "debt", "pending", "available", "held",
	"spent", "moved_out", "adjusted_down", "expired", "clawed_back",
}

// Buckets returns every bucket, sources first.
func Buckets() []Bucket {
	all := make([]Bucket, 0, buckets-1)
	for b := Earned; b <= ClawedBack; b++ {
		all = append(all, b)
	}
	return all
}

// String returns the bucket's stable name, which is also its column.
func (b Bucket) String() string {
	if b == 0 || int(b) >= buckets {
		return fmt.Sprintf("bucket(%d)", uint8(b))
	}
	return bucketNames[b]
}

func (b Bucket) source() bool { return b <= Debt }

// Balance says how many points each bucket counts, in the wallet's smallest
// unit; it is indexed by Bucket.
type Balance [buckets]int64

// move takes n points from one bucket to the other.
func (b *Balance) move(from, to Bucket, n int64) {
	b.put(from, -n)
	b.put(to, n)
}

func (b *Balance) put(at Bucket, n int64) {
	if at.source() {
		n = -n
	}
	b[at] += n
}

// Gap returns what came in and is nowhere: earned + adjusted up + moved in +
// debt, less everything else. It is always 0.
func (b Balance) Gap() int64 {
	gap := int64(0)
	for i, n := range b {
		if Bucket(i).source() {
			gap += n
		} else {
			gap -= n
		}
	}
	return gap
}

// Liability returns the points that the programme owes: available and pending.
func (b Balance) Liability() int64 { return b[Available] + b[Pending] }

// Add returns the sum of two balances.
func (b Balance) Add(o Balance) Balance {
	for i := range b {
		b[i] += o[i]
	}
	return b
}

// below returns the first bucket that counts less than nothing, or 0.
func (b Balance) below() Bucket {
	for i, n := range b {
		if n < 0 {
			return Bucket(i)
		}
	}
	return 0
}
