package promo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
)

func (k *desk) due(t *testing.T, within time.Duration) string {
	t.Helper()
	var texts []string
	for after := (DueCursor{}); ; {
		page := done(DueReminders(t.Context(), k.d.Reader(), k.programme, k.clock, within, after, 2))(t)
		if len(page) == 0 {
			return strings.Join(texts, " ")
		}
		for _, c := range page {
			texts = append(texts, c.Printed)
		}
		after = page[len(page)-1].Cursor()
	}
}

// Reminded is who has a code that ends soon, and has not used it.
func TestDueCodes(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		day := 24 * time.Hour
		ends := func(in time.Duration) func(*Batch) { return func(b *Batch) { b.Expires = k.clock.Add(in) } }
		for text, b := range map[string]Batch{
			"FAR": k.shared(t, "FAR", 1, ends(8*day)), "DUE-B": k.shared(t, "DUE-B", 1, ends(7*day)), "DUE-A": k.shared(t, "DUE-A", 1, ends(7*day)),
			"SOON": k.shared(t, "SOON", 1, ends(day)), "PAST": k.shared(t, "PAST", 1, ends(0)), "USED": k.shared(t, "USED", 2, ends(day)),
			"GONE": k.shared(t, "GONE", 1, ends(day)), "AWAY": k.shared(t, "AWAY", 1, ends(day)), "EVER": k.shared(t, "EVER", 1),
			"LATER": k.shared(t, "LATER", 1, ends(2*day), func(b *Batch) { b.Begins = k.clock.Add(day) }),
		} {
			if err := k.inTx(func(ctx context.Context, tx *db.Tx) error { return MarkDelivered(ctx, tx, []CodeMark{k.mark(text)}) }); err != nil {
				t.Fatal(text, b.ID, err)
			}
		}
		k.shared(t, "ON-A-POSTER", 1, ends(day))
		personal := k.batch(PersonalCodes)
		personal.Length, personal.Expires = 8, k.clock.Add(6*day)
		personal = done(k.CreateBatch(t.Context(), codeRobot, personal, ""))(t)
		ann := done(k.Personal(t.Context(), codeRobot, k.programme, personal.ID, PersonalAsk{MemberID: 1}))(t)
		spent := done(k.Personal(t.Context(), codeRobot, k.programme, personal.ID, PersonalAsk{MemberID: 2}))(t)
		err := errors.Join(k.use(k.one(k.load(t, "USED"), 1), k.one(spent, 1)), k.CancelCode(t.Context(), codeRobot, k.programme, "GONE", "x"),
			k.CancelBatch(t.Context(), codeRobot, k.programme, k.load(t, "AWAY").BatchID, "x"))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := k.due(t, 7*day), fmt.Sprintf("SOON %s DUE-A DUE-B", ann.Printed); got != want {
			t.Errorf("due are %s, not %s", got, want)
		}
		if got := k.due(t, day/2); got != "" {
			t.Errorf("due in half a day are %s", got)
		}

		// A page that cannot be sent is due again.
		broken := errors.New("no connection")
		if _, err := k.Remind(t.Context(), k.programme, 7*day, func(context.Context, *db.Tx, []*Code) error { return broken }); !errors.Is(err, broken) {
			t.Error(err)
		}
		var mu sync.Mutex
		var sent []string
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				_, err := k.Remind(t.Context(), k.programme, 7*day, func(_ context.Context, _ *db.Tx, codes []*Code) error {
					mu.Lock()
					defer mu.Unlock()
					for _, c := range codes {
						sent = append(sent, c.Printed)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if got := k.due(t, 7*day); !slices.Equal(sent, []string{ann.Printed}) || got != "SOON DUE-A DUE-B" {
			t.Errorf("sent %v; due still %s", sent, got)
		}
		k.sound(t)
	})
}

// The sweep takes what is over at the moment, never what is not, by pages, and
// nothing twice.
func TestExpireCodes(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		expires := k.clock.Add(time.Hour)
		b := k.unique(t, 8, sweptAtOnce+5, func(b *Batch) { b.Expires = expires })
		used := k.codes(t, b.ID)[0]
		if err := k.use(k.one(used, 1)); err != nil {
			t.Fatal(err)
		}
		if n := done(k.ExpireCodes(t.Context(), expires.Add(time.Hour)))(t); n != 0 {
			t.Errorf("%d codes expired before their time", n)
		}
		k.clock = expires
		if err := k.CancelBatch(t.Context(), codeRobot, k.programme, b.ID, "too late"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{sweptAtOnce + 4, 0} {
			if n := done(k.ExpireCodes(t.Context(), k.clock))(t); n != want {
				t.Errorf("%d codes expired, not %d", n, want)
			}
		}
		s := done(k.Batch(t.Context(), codeRobot, k.programme, b.ID))(t)
		if want := fmt.Sprintf("redeemed 1 expired %d ", sweptAtOnce+4); counted(s.States) != want {
			t.Error(counted(s.States))
		}
		h := done(k.Code(t.Context(), codeRobot, k.programme, k.codes(t, b.ID)[1].Text))(t)
		if last := h.Steps[len(h.Steps)-1]; last.Move != MoveExpired || !last.At.Equal(expires) {
			t.Errorf("the life ends with %+v", last)
		}
		h = done(k.Code(t.Context(), codeRobot, k.programme, used.Text))(t)
		if last := h.Steps[len(h.Steps)-1]; last.Move != MoveRedeemed {
			t.Errorf("the life of a used code ends with %+v", last)
		}
		k.sound(t)
	})
}

// Each thing that could be wrong is found.
func TestCodeCheckFindsWhatIsWrong(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		k.shared(t, "BROKEN", 2)
		k.shared(t, "WHOLE", 2)
		c := k.load(t, "BROKEN")
		if err := k.use(k.one(c, 1), k.one(k.load(t, "WHOLE"), 2)); err != nil {
			t.Fatal(err)
		}
		k.sound(t)
		for i, break1 := range []string{
			`UPDATE promo_code SET uses = 3 WHERE id = $1`,
			`UPDATE promo_code SET uses = 2 WHERE id = $1`,
			`UPDATE promo_code SET state = 'cancelled' WHERE id = $1`,
			`UPDATE promo_code SET delivered = 5, state = 'delivered' WHERE id = $1`,
			`UPDATE promo_code SET moves = 2 WHERE id = $1`,
			`UPDATE promo_code SET batch_id = 7 WHERE id = $1`,
			`UPDATE promo_code SET offer_id = 7 WHERE id = $1`,
			`UPDATE promo_code_step SET no = 2 WHERE CAST($1 AS BIGINT) > 0`,
			`UPDATE promo_code_step SET times = 5 WHERE CAST($1 AS BIGINT) > 0`,
			`UPDATE promo_batch SET made = 2, wanted = 2 WHERE CAST($1 AS BIGINT) > 0`,
			`DELETE FROM promo_redemption WHERE code_id = $1`,
			`DELETE FROM promo_code WHERE id = $1`,
			`INSERT INTO promo_code_hold (programme_id, text, holder, times, until) SELECT programme_id, 'NONE', 'x', 1, 1 FROM promo_code WHERE id = $1`,
		} {
			undo := errors.New("undo")
			err := k.d.InTx(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), break1, c.ID); err != nil {
					return err
				}
				faults, err := checkCodes(t.Context(), tx, k.programme)
				if err != nil {
					return err
				}
				if len(faults) == 0 {
					t.Errorf("nothing found after %d: %s", i, break1)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("%s: %v", break1, err)
			}
		}
		k.sound(t)
	})
}
