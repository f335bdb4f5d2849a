package world

import (
	"context"
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// TestSimulatedBehaviour stands on top of the real sales: those are as they are
// without it, every part of the programme is seen at work, all of it adds up,
// and a second run changes nothing.
func TestSimulatedBehaviour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const invoices = 6000
		alone := run(t, demoOn(t, d, invoices))
		real := realSales(t, d)
		demo := demoOn(t, d, invoices)
		demo.RealOnly = false
		s := run(t, demo)
		if alone.Simulated != nil || s.Simulated == nil {
			t.Fatalf("alone %v, with it %v", alone.Simulated, s.Simulated)
		}
		if d := cmp.Diff(real, realSales(t, d)); d != "" {
			t.Errorf("real sales have changed:\n%s", d)
		}
		c := s.Codes
		if c.Issued != codesMade || c.Cancelled != codesVoid || c.Redeemed < codesShown*9/10 || c.Redeemed > codesShown || c.Redeemed+c.Expired+c.Cancelled != codesMade {
			t.Errorf("codes %+v", c)
		}
		g := s.GiftCards
		if g.IssuedMinor != cardsSold*cardValue || g.SpentMinor == 0 || g.IssuedMinor-g.SpentMinor != g.BalanceMinor {
			t.Errorf("gift cards %+v", g)
		}
		if s.RewardsRedeemed < 10 || s.ReferralsPaid < friends/2 || s.ReferralsPaid > friends || !s.SettlementsBalanced {
			t.Errorf("rewards %d, referrals %d, settlements %v", s.RewardsRedeemed, s.ReferralsPaid, s.SettlementsBalanced)
		}
		p := s.Points
		if in, out := p.Issued+p.Debt, p.Available+p.Pending+p.Held+p.Spent+p.Expired+p.ClawedBack; in != out || p.Spent == 0 {
			t.Errorf("%d points came in and %d are somewhere: %+v", in, out, p)
		}
		again := run(t, demo)
		again.Seconds, again.EventsPerSecond = s.Seconds, s.EventsPerSecond
		if !again.AlreadyThere {
			t.Error("the second run did something")
		}
		again.AlreadyThere = false
		if d := cmp.Diff(s, again); d != "" {
			t.Errorf("the second run differs:\n%s", d)
		}
	}, rooms...)
}

// realSales are the real sales by their events: whose, how much, what came back.
func realSales(t *testing.T, d *db.DB) map[id.ID][3]int64 {
	t.Helper()
	ctx := context.Background()
	rows, err := d.Reader().Query(ctx, `SELECT s.id, s.member_id, s.goods, s.returned FROM sale s JOIN event e ON e.member_id = s.member_id AND e.id = s.id
		WHERE e.source <> $1`, simulated)
	list, err := db.Collect(rows, err, func(rows *sql.Rows) (one [4]int64, err error) {
		return one, rows.Scan(&one[0], &one[1], &one[2], &one[3])
	})
	if err != nil {
		t.Fatal(err)
	}
	sums := map[id.ID][3]int64{}
	for _, one := range list {
		sums[id.ID(one[0])] = [3]int64(one[1:])
	}
	return sums
}
