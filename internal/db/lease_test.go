package db_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// withClock gives a configuration a clock that stands still.
func withClock(c db.Config) db.Config {
	if c.Now == nil {
		c.Now = func() time.Time { return dbtest.Start }
	}
	return c
}

// clock is set by the test.
type clock struct{ at atomic.Pointer[time.Time] }

func newClock(at time.Time) *clock {
	c := new(clock)
	c.set(at)
	return c
}

func (c *clock) set(at time.Time) { c.at.Store(&at) }
func (c *clock) now() time.Time   { return *c.at.Load() }

func number(i id.ID) int64 { return int64(i) >> 12 & 1023 }

// Whatever the clock does between one life of the process and the next, no
// identifier is made twice.
func TestIdentifiersNeverRepeat(t *testing.T) {
	day := 24 * time.Hour
	for name, step := range map[string]time.Duration{"stands still": 0, "goes on": time.Second, "is set back": -day, "jumps": 30 * day} {
		t.Run(name, func(t *testing.T) {
			eachAddress(t, func(t *testing.T, c db.Config) {
				at := newClock(dbtest.Start)
				c.Now = at.now
				made := map[id.ID]bool{}
				for life := range 4 {
					at.set(dbtest.Start.Add(time.Duration(life) * step))
					d := open(t, c)
					if err := d.Migrate(t.Context()); err != nil {
						t.Fatal(err)
					}
					for range 5000 {
						i := d.IDs().New()
						if made[i] {
							t.Fatalf("life %d made %d again", life, i)
						}
						made[i] = true
					}
					shut(t, d)
				}
			})
		})
	}
}

// A number given back is taken again; one whose holder died is left alone until
// its time is over.
func TestProcessNumbers(t *testing.T) {
	url := dbtest.PostgresURL(t)
	at := newClock(dbtest.Start)
	c := db.Config{URL: url, Now: at.now, Readers: 2, Writers: 2}
	start := func() *db.DB {
		d := open(t, c)
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, b := start(), start()
	if n, m := number(a.IDs().New()), number(b.IDs().New()); n != 0 || m != 1 {
		t.Fatalf("numbers %d and %d", n, m)
	}
	shut(t, a)
	again := start()
	if n := number(again.IDs().New()); n != 0 {
		t.Errorf("number %d instead of the free 0", n)
	}
	at.set(dbtest.Start.Add(110 * time.Second)) // b did not renew, yet is left alone
	third := start()
	if n := number(third.IDs().New()); n != 2 {
		t.Errorf("number %d within the time of grace", n)
	}
	for _, d := range []*db.DB{again, third, b} {
		shut(t, d)
	}
}

// A process that slept beyond its lease takes another number before it writes.
func TestSleepingProcessTakesAnotherNumber(t *testing.T) {
	url := dbtest.PostgresURL(t)
	at := newClock(dbtest.Start)
	c := db.Config{URL: url, Now: at.now, Readers: 2, Writers: 2}
	sleeper := open(t, c)
	defer shut(t, sleeper)
	if err := sleeper.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	before := sleeper.IDs().New()
	at.set(dbtest.Start.Add(time.Hour))
	other := open(t, c)
	defer shut(t, other)
	if err := other.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	taken := other.IDs().New()
	var after id.ID
	inTx(t, sleeper, func(_ context.Context, tx *db.Tx) error { after = tx.IDs().New(); return nil })
	if number(before) != 0 || number(taken) != 0 || number(after) != 1 {
		t.Errorf("numbers %d, then %d; the sleeper %d", number(before), number(taken), number(after))
	}
}

// A lease that is over but that nobody took is renewed, not lost.
func TestLeaseIsRenewedInTime(t *testing.T) {
	eachAddress(t, func(t *testing.T, c db.Config) {
		at := newClock(dbtest.Start)
		c.Now = at.now
		d := open(t, c)
		defer shut(t, d)
		if err := d.Migrate(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
		before := d.Statements()
		for range 10 {
			at.set(at.now().Add(70 * time.Second))
			inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return nil })
		}
		if n := number(d.IDs().New()); n != 0 {
			t.Errorf("number %d", n)
		}
		if n := d.Statements() - before; n != 0 {
			t.Errorf("housekeeping counted as %d statements", n)
		}
	})
}

func TestNoIdentifiersBeforeMigrate(t *testing.T) {
	d := open(t, db.Config{Dir: t.TempDir()})
	defer shut(t, d)
	if d.IDs() != nil {
		t.Error("identifiers without a number of the process")
	}
	if err := d.InTx(t.Context(), func(*db.Tx) error { return errStop }); !errors.Is(err, errStop) {
		t.Errorf("got %v", err)
	}
}
