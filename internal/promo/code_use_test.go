package promo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// redeem is what a till does: look, and use what may be used; when others were
// faster, look again. It tells why not.
func (k *desk) redeem(text string) (string, error) {
	for {
		c, err := loadCode(context.Background(), k.d.Reader(), k.programme, text)
		if err != nil {
			return "", err
		}
		if r := c.Usable(nil, k.clock); r != nil {
			return r.Why, nil
		}
		switch err := k.use(k.one(c, 1)); {
		case err == nil:
			return "", nil
		case fault.KindOf(err) != fault.KindBusy:
			return "", err
		}
	}
}

func (k *desk) race(t *testing.T, text string, clients int) int64 {
	t.Helper()
	var won atomic.Int64
	var wait sync.WaitGroup
	start := make(chan struct{})
	for range clients {
		wait.Go(func() {
			<-start
			switch why, err := k.redeem(text); {
			case err != nil:
				t.Error(err)
			case why == "":
				won.Add(1)
			case why != "used_up":
				t.Errorf("a client was refused since %s", why)
			}
		})
	}
	close(start)
	wait.Wait()
	return won.Load()
}

// Issue 3: two tills racing for the last use of a code.
func TestCodeRaceForTheLastUse(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		unique := k.codes(t, k.unique(t, 8, 1).ID)[0]
		k.shared(t, "TEN-TIMES", 10)
		k.shared(t, "LAST-OF-TEN", 10)
		last := k.load(t, "LAST-OF-TEN")
		if err := k.use(k.one(last, 9)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			text      string
			want, end int64
		}{{unique.Text, 1, 1}, {"TEN-TIMES", 10, 10}, {"LAST-OF-TEN", 1, 10}} {
			if won := k.race(t, c.text, 64); won != c.want {
				t.Errorf("%s: %d of 64 clients won, not %d", c.text, won, c.want)
			}
			if got := k.load(t, c.text); got.Uses != c.end || got.State != CodeRedeemed {
				t.Errorf("%s: %d uses, %s", c.text, got.Uses, got.State)
			}
		}
		k.sound(t)
	})
}

// Tills that hold uses and tills that take them share what is left.
func TestCodeRaceOfHoldsAndUses(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.shared(t, "TEN-TIMES", 10)
		c := k.load(t, "TEN-TIMES")
		var held, used atomic.Int64
		var wait sync.WaitGroup
		for i := range 64 {
			wait.Go(func() {
				ask := HoldAsk{k.mark(c.Text), CodeHold{fmt.Sprint("till ", i), 1, k.clock.Add(time.Minute)}}
				do, count := func() error { return k.use(k.one(c, 1)) }, &used
				if i%2 == 0 {
					do, count = func() error {
						return k.inTx(func(ctx context.Context, tx *db.Tx) error { return HoldCodes(ctx, tx, []HoldAsk{ask}) })
					}, &held
				}
				switch err := do(); {
				case err == nil:
					count.Add(1)
				case fault.KindOf(err) != fault.KindBusy:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		c = k.load(t, c.Text)
		if held.Load()+used.Load() != 10 || c.Uses != used.Load() || c.held("", k.clock) != held.Load() {
			t.Errorf("%d held and %d used, kept are %d and %d", held.Load(), used.Load(), c.held("", k.clock), c.Uses)
		}
		k.sound(t)
	})
}

// Batches that use the same codes in different order do not wait for each
// other for good.
func TestCodeBatchesDoNotDeadlock(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		codes := k.codes(t, k.unique(t, 8, 8, func(b *Batch) { b.MaxUses = 1000 }).ID)
		var wait sync.WaitGroup
		for w := range 8 {
			wait.Go(func() {
				for range 10 {
					var uses []CodeUse
					for i := range codes {
						uses = append(uses, k.one(codes[(i*(w%2*6+1)+w)%len(codes)], 1)) // forwards and backwards
					}
					if err := k.use(uses...); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		for _, c := range k.codes(t, codes[0].BatchID) {
			if c.Uses != 80 {
				t.Errorf("%s has %d uses, not 80", c.Text, c.Uses)
			}
		}
		k.sound(t)
	})
}

func TestUseCodes(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		begins, expires := k.clock, k.clock.Add(24*time.Hour)
		times := func(b *Batch) { b.Begins, b.Expires = begins, expires }
		k.shared(t, "THREE", 3, times)
		k.shared(t, "ENDLESS", 0, times)
		three, endless := k.load(t, "THREE"), k.load(t, "ENDLESS")
		at := func(u CodeUse, t time.Time) CodeUse { u.At = t; return u }
		other := k.one(three, 1)
		other.CodeID++
		unknown := k.one(three, 1)
		unknown.Text = "NONE"
		for _, c := range []struct {
			name         string
			uses         []CodeUse
			moved        bool
			three, never int64 // uses afterwards
		}{
			{"nothing", nil, false, 0, 0},
			{"one each", []CodeUse{k.one(three, 1), k.one(endless, 1)}, false, 1, 1},
			{"over the limit", []CodeUse{k.one(three, 3)}, true, 1, 1},
			{"one of two over the limit", []CodeUse{k.one(endless, 5), k.one(three, 3)}, true, 1, 1},
			{"over it on the way", []CodeUse{k.one(three, 3), k.one(three, -3)}, true, 1, 1},
			{"below zero on the way", []CodeUse{k.one(three, -2), k.one(three, 2)}, true, 1, 1},
			{"before it begins", []CodeUse{at(k.one(three, 1), begins.Add(-time.Microsecond))}, true, 1, 1},
			{"as it begins", []CodeUse{at(k.one(three, 1), begins)}, false, 2, 1},
			{"as it ends", []CodeUse{at(k.one(three, 1), expires)}, true, 2, 1},
			{"just before it ends", []CodeUse{at(k.one(three, 1), expires.Add(-time.Microsecond))}, false, 3, 1},
			{"back and again", []CodeUse{k.one(three, -1), k.one(three, 1)}, false, 3, 1},
			{"back after it ended", []CodeUse{at(k.one(three, -2), expires.Add(time.Hour))}, false, 1, 1},
			{"another code of the same text", []CodeUse{other}, true, 1, 1},
			{"a code that does not exist", []CodeUse{unknown}, true, 1, 1},
			{"a thousand of no limit", []CodeUse{k.one(endless, 1000)}, false, 1, 1001},
		} {
			err := k.use(c.uses...)
			if c.moved {
				codeFault(t, err, "code_moved")
			} else if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if a, b := k.load(t, "THREE").Uses, k.load(t, "ENDLESS").Uses; a != c.three || b != c.never {
				t.Errorf("%s: %d and %d uses, not %d and %d", c.name, a, b, c.three, c.never)
			}
		}
		k.sound(t)
	})
}

// A batch of sales uses its codes by as many statements as one sale.
func TestUseCodesByFewStatements(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		codes := k.codes(t, k.unique(t, 8, 65).ID)
		count := func(some []*Code) uint64 {
			uses := make([]CodeUse, len(some))
			keys := make([]CodeKey, len(some))
			for i, c := range some {
				uses[i], keys[i] = k.one(c, 1), c.Key()
			}
			var n uint64
			err := k.inTx(func(ctx context.Context, tx *db.Tx) error {
				before := k.d.Statements()
				_, err := LoadCodes(ctx, tx, keys)
				err = errors.Join(err, UseCodes(ctx, tx, uses))
				n = k.d.Statements() - before
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if one, many := count(codes[:1]), count(codes[1:]); one != many || many > 4 {
			t.Errorf("%d statements for one code, %d for 64", one, many)
		}
		before := k.d.Statements()
		err := k.inTx(func(ctx context.Context, tx *db.Tx) error {
			_, err := LoadCodes(ctx, tx, nil)
			return errors.Join(err, UseCodes(ctx, tx, nil), HoldCodes(ctx, tx, nil), MarkSeen(ctx, tx, nil))
		})
		if n := k.d.Statements() - before; err != nil || n != 0 {
			t.Errorf("%d statements for no codes, %v", n, err)
		}
	})
}

func TestCodeHolds(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.shared(t, "TWICE", 2)
		ask := func(holder string, times int64, minutes time.Duration) HoldAsk {
			return HoldAsk{k.mark("TWICE"), CodeHold{holder, times, k.clock.Add(minutes * time.Minute)}}
		}
		hold := func(asks ...HoldAsk) error {
			return k.inTx(func(ctx context.Context, tx *db.Tx) error { return HoldCodes(ctx, tx, asks) })
		}
		codeFault(t, hold(ask("", 1, 1)), "code_hold")
		codeFault(t, hold(ask("a", 0, 1)), "code_hold")
		codeFault(t, hold(ask("a", 1, 0)), "code_hold")
		if err := hold(ask("a", 1, 9), ask("a", 1, 10), ask("b", 1, 5)); err != nil {
			t.Fatal(err)
		}
		c := k.load(t, "TWICE")
		if c.StateAt(k.clock) != CodeHeld || why(c.Usable(nil, k.clock)) != "held" || why(c.UsableBy("a", nil, k.clock)) != "usable" {
			t.Errorf("held by two: %s, %s", c.StateAt(k.clock), why(c.Usable(nil, k.clock)))
		}
		codeFault(t, hold(ask("c", 1, 5)), "code_moved")
		codeFault(t, k.use(k.one(c, 1)), "code_moved")

		k.clock = k.clock.Add(5 * time.Minute) // b's time is over
		if err := hold(ask("c", 1, 5)); err != nil {
			t.Error(err)
		}
		captured := k.one(c, 1)
		captured.Holder = "a"
		if err := k.use(captured); err != nil {
			t.Error(err)
		}
		codeFault(t, k.use(k.one(c, 1)), "code_moved") // c holds it
		release := func(holder string) error {
			return k.inTx(func(ctx context.Context, tx *db.Tx) error {
				return ReleaseCodes(ctx, tx, []Release{{k.mark("TWICE"), holder}})
			})
		}
		if err := errors.Join(release("c"), release("c"), release("nobody")); err != nil {
			t.Error(err)
		}
		if err := k.use(k.one(c, 1)); err != nil {
			t.Error(err)
		}
		done(k.ExpireCodes(t.Context(), k.clock))(t)
		h := done(k.Code(t.Context(), codeRobot, k.programme, "twice"))(t)
		want := []CodeMove{MoveIssued, MoveHeld, MoveHeld, MoveHeld, MoveHeld, MoveRedeemed, MoveReleased, MoveRedeemed, MoveReleased}
		if diff := cmp.Diff(want, movesOf(h.Steps)); diff != "" || len(h.Holds) > 0 {
			t.Error(diff, h.Holds)
		}
		k.sound(t)
	})
}

func movesOf(steps []CodeStep) []CodeMove {
	moves := make([]CodeMove, len(steps))
	for i, s := range steps {
		moves[i] = s.Move
	}
	return moves
}

// A sale from before the end of a code counts, though it comes after its expiry
// was written; what comes back of it is expired.
func TestCodeOfALateSale(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.shared(t, "LATE", 1, func(b *Batch) { b.Expires = k.clock.Add(time.Hour) })
		sold := k.clock
		k.clock = k.clock.Add(2 * time.Hour)
		if n := done(k.ExpireCodes(t.Context(), k.clock))(t); n != 1 {
			t.Errorf("%d codes expired", n)
		}
		c := k.load(t, "LATE")
		if c.State != CodeExpired || why(c.Usable(nil, sold)) != "usable" || why(c.Usable(nil, k.clock)) != "expired" {
			t.Errorf("%s, %s then, %s now", c.State, why(c.Usable(nil, sold)), why(c.Usable(nil, k.clock)))
		}
		late := k.one(c, 1)
		late.At = sold
		if err := k.use(late); err != nil {
			t.Fatal(err)
		}
		if c = k.load(t, "LATE"); c.State != CodeRedeemed {
			t.Errorf("used late, the code is %s", c.State)
		}
		if err := k.use(k.one(c, -1)); err != nil {
			t.Fatal(err)
		}
		if c = k.load(t, "LATE"); c.State != CodeExpired {
			t.Errorf("given back, the code is %s", c.State)
		}
		k.sound(t)
	})
}
