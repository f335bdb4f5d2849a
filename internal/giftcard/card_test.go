package giftcard

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/id"
)

// step draws something that happens to a card and does it to the card and to
// its oracle; it returns both answers.
type step struct {
	t     *rapid.T
	now   time.Time
	event id.ID
}

func (s *step) amount() int64 {
	return rapid.SampledFrom([]int64{1, 7, 250, 1000, 1000, 2500, 4999, MaxValue, 0, -5}).Draw(s.t, "amount")
}

func (s *step) sale() id.ID { return id.ID(rapid.Int64Range(1, 6).Draw(s.t, "sale")) }

//nolint:staticcheck // what was got stands before what was wanted, as in the call
func (s *step) take(c *Card, o *oracle) (did string, got error, want string) {
	did = rapid.SampledFrom([]string{"charge", "charge", "charge", "refund", "refund", "top up", "activate", "expire", "block", "unblock", "wait"}).Draw(s.t, "what")
	switch did {
	case "charge":
		sale, n := s.sale(), s.amount()
		if rapid.IntRange(0, 3).Draw(s.t, "nearly all") == 0 {
			n = o.balance() - rapid.Int64Range(-1, 1).Draw(s.t, "but")
		}
		return did, c.Charge(n, sale, s.now), o.charge(s.now, sale, n)
	case "refund":
		sale, n := s.sale(), s.amount()
		if rapid.Bool().Draw(s.t, "what it took") && o.took(sale) > 0 {
			n = o.took(sale)
		}
		s.event++
		return did, c.Refund(n, sale, s.event, s.now), o.refund(s.now, sale, s.event, n)
	case "top up":
		n := s.amount()
		return did, c.TopUp(s.now, n, time.UTC), o.topUp(s.now, n)
	case "activate":
		n := rapid.SampledFrom([]int64{0, 0, 2500, 5000}).Draw(s.t, "value")
		return did, c.Activate(s.now, n, time.UTC), o.activate(s.now, n)
	case "expire":
		before, lost := o.balance(), c.Expire(s.now)
		want = o.expire(s.now)
		if lost != before-o.balance() {
			s.t.Fatalf("%d expired, want %d", lost, before-o.balance())
		}
		return did, nil, want
	case "block":
		return did, c.Block(), o.block()
	case "unblock":
		return did, c.Unblock(), o.unblock()
	}
	s.now = s.now.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 27, 40}).Draw(s.t, "days"))
	for s.now.Day() > 28 { // days that every month has
		s.now = s.now.AddDate(0, 0, 1)
	}
	return did, nil, ""
}

// drawCard returns a new card and its oracle.
func drawCard(t *rapid.T) (*Card, *oracle) {
	next := id.ID(1000)
	c := &Card{
		ID: 1, ProgrammeID: 1, Number: newNumber(), State: Inactive, Face: rapid.SampledFrom([]int64{0, 2500, 5000, 5000}).Draw(t, "face"),
		Given: rapid.SampledFrom([]bool{false, false, true}).Draw(t, "given"), Months: rapid.SampledFrom([]int{0, 1, 2}).Draw(t, "months"),
		fresh: func() id.ID { next++; return next },
	}
	return c, &oracle{state: Inactive, given: c.Given, face: c.Face, months: c.Months}
}

// agree compares a card with its oracle.
func agree(t *rapid.T, c *Card, o *oracle) {
	if err := c.sound(); err != nil {
		t.Fatal(err)
	}
	if c.Balance != o.balance() || !c.Expires.Equal(o.until) || (c.State == Blocked) != o.blocked {
		t.Fatalf("the card has %d until %v and is %s; want %d until %v, blocked %v", c.Balance, c.Expires, c.State, o.balance(), o.until, o.blocked)
	}
	for sale := range id.ID(6) {
		if got, want := c.Taken(sale+1), o.took(sale+1); got != want || got < 0 {
			t.Fatalf("sale %d took %d, want %d", sale+1, got, want)
		}
	}
}

// TestAnyHistoryOfACard plays random histories against the oracle: nothing is
// ever below zero, nothing is given back that was not taken, and every refusal
// is the right one.
func TestAnyHistoryOfACard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, o := drawCard(t)
		s := &step{t: t, now: time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC), event: 100}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			did, err, want := s.take(c, o)
			if got := codeOf(err); got != want {
				t.Fatalf("%s: got %q, want %q", did, got, want)
			}
			agree(t, c, o)
			if c.BalanceAt(s.now) < 0 || c.BalanceAt(s.now) > c.Balance {
				t.Fatalf("%d of %d at %v", c.BalanceAt(s.now), c.Balance, s.now)
			}
		}
	})
}

// TestTheLastDayIsWhole looks at the ends of terms.
func TestTheLastDayIsWhole(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31T12:00:00Z", 1, "2026-03-01T00:00:00Z"},  // to the end of February
		{"2028-01-31T12:00:00Z", 1, "2028-03-01T00:00:00Z"},  // of 29 February
		{"2026-06-10T23:30:00Z", 12, "2027-06-11T23:00:00Z"}, // the day in London, in summer
		{"2026-01-10T12:00:00Z", 60, "2031-01-11T00:00:00Z"},
	} {
		from, _ := time.Parse(time.RFC3339, tc.from)
		c := &Card{State: Inactive, Face: 100, Months: tc.months, fresh: func() id.ID { return 1 }}
		if err := c.Activate(from, 0, london); err != nil {
			t.Fatal(err)
		}
		if got := c.Expires.UTC().Format(time.RFC3339); got != tc.want {
			t.Errorf("%s and %d months: ends %s, want %s", tc.from, tc.months, got, tc.want)
		}
		if err := c.Usable(c.Expires.Add(-time.Microsecond)); err != nil {
			t.Errorf("the last moment: %v", err)
		}
		if code := codeOf(c.Usable(c.Expires)); code != "card_expired" || c.StateAt(c.Expires) != Expired || c.BalanceAt(c.Expires) != 0 {
			t.Errorf("at its end: %s, %s, %d", code, c.StateAt(c.Expires), c.BalanceAt(c.Expires))
		}
	}
}

// TestARefundRevivesWhatItGivesBackAlone returns goods after the card has
// ended: the money of the sale lives on, what ran out stays gone.
func TestARefundRevivesWhatItGivesBackAlone(t *testing.T) {
	begun := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	c := &Card{State: Inactive, Face: 5000, Months: 1, fresh: func() id.ID { return 1 }}
	for _, err := range []error{
		c.Activate(begun, 0, time.UTC), c.Charge(2000, 7, begun.AddDate(0, 0, 22)), c.Refund(1500, 7, 8, begun.AddDate(0, 2, 0)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	end := begun.AddDate(0, 2, 0).Add(10 * 24 * time.Hour) // ten days were left at the sale
	if c.Balance != 1500 || c.sums() != "added 5000, spent 500, expired 3000" || !c.Expires.Equal(end) {
		t.Errorf("%d until %v, %s", c.Balance, c.Expires, c.sums())
	}
}
