package promo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"regulars/internal/checkcode"
	"regulars/internal/db"
	"regulars/internal/id"
)

func TestDrawnCodesAreTheBatch(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		expires := k.clock.Add(time.Hour)
		b := k.unique(t, 8, 12_345, func(b *Batch) { b.Prefix, b.Expires = "Solo-", expires })
		codes := k.codes(t, b.ID)
		if len(codes) != 12_345 || b.Made != 12_345 || b.Done.IsZero() {
			t.Fatalf("%d codes, made %d, done %v", len(codes), b.Made, b.Done)
		}
		for i, c := range codes {
			part, is := strings.CutPrefix(c.Printed, "Solo-")
			if !is || len(part) != 8 || strings.Trim(part, checkcode.Letters) != "" || c.Text != "S010"+part || c.MaxUses != 1 || !c.Expires.Equal(expires) {
				t.Fatalf("code %+v", c)
			}
			if NormaliseCode(strings.ToLower(c.Printed)) != c.Text || i > 0 && codes[i-1].Text == c.Text {
				t.Fatalf("%s cannot be found, or stands twice", c.Printed)
			}
		}
		before := k.d.Statements()
		if err := k.Generate(t.Context(), b.ID, quietly); err != nil || k.d.Statements()-before != 1 {
			t.Errorf("again: %d statements, %v", k.d.Statements()-before, err)
		}
		s := done(k.Batch(t.Context(), codeRobot, k.programme, b.ID))(t)
		if got := counted(s.States); got != "issued 12345 " {
			t.Error(got)
		}
		k.clock = expires
		if s = done(k.Batch(t.Context(), codeRobot, k.programme, b.ID))(t); counted(s.States) != "expired 12345 " {
			t.Error(counted(s.States))
		}
		k.sound(t)
	})
}

// No more than half of a space is filled, and the fault says what length would
// do.
func TestHalfOfTheCodeSpace(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.batch(UniqueCodes)
		b.Length, b.Wanted = 4, codeSpace(4)/2-3
		done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t)
		k.unique(t, 4, 2)
		b.Wanted = 2
		_, err := k.CreateBatch(t.Context(), codeRobot, b, "")
		if f := codeFault(t, err, "codes_too_short"); f.Args["enough"] != 5 || f.Field != "/length" {
			t.Errorf("the fault says %v at %s", f.Args, f.Field)
		}
		k.unique(t, 4, 1)
		b.Wanted = 1
		_, err = k.CreateBatch(t.Context(), codeRobot, b, "")
		codeFault(t, err, "codes_too_short")
		b.Prefix = "A" // a space of its own
		if _, err = k.CreateBatch(t.Context(), codeRobot, b, ""); err != nil {
			t.Error(err)
		}
	})
}

// Where no length is said, codes are as long as is usual, and longer where so many
// of that length could be guessed.
func TestLengthThatNobodySaid(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		for wanted, length := range map[int64]int{1: usualLength, maxWanted: usualLength} {
			b := k.batch(UniqueCodes)
			b.Length, b.Wanted = 0, wanted
			if made := done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t); made.Length != length {
				t.Errorf("%d codes have %d signs, want %d", wanted, made.Length, length)
			}
		}
		full := k.batch(UniqueCodes)
		full.ID, full.Prefix, full.Length, full.Wanted, full.Created = k.d.IDs().New(), "B", usualLength, codeSpace(usualLength)/2, k.clock
		if err := k.inTx(func(ctx context.Context, tx *db.Tx) error { return insertBatch(ctx, tx, &full) }); err != nil {
			t.Fatal(err)
		}
		b := k.batch(UniqueCodes)
		b.Prefix, b.Length, b.Wanted = "B", 0, 1
		if made := done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t); made.Length != usualLength+1 {
			t.Errorf("where the space is half full a code has %d signs", made.Length)
		}
		b = k.batch(PersonalCodes)
		b.Length, b.Wanted = 0, 0
		if made := done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t); made.Length != usualLength {
			t.Errorf("a personal code has %d signs", made.Length)
		}
	})
}

// Half of a space can be filled, though drawing meets ever more often what is
// there; and where nothing is left, drawing ends.
func TestDrawingMeetsWhatIsThere(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		small := func(wanted int64) (Batch, error) {
			b := k.batch(UniqueCodes)
			b.ID, b.Length, b.Wanted, b.Created = k.d.IDs().New(), 2, wanted, k.clock
			if err := k.inTx(func(ctx context.Context, tx *db.Tx) error { return insertBatch(ctx, tx, &b) }); err != nil {
				t.Fatal(err)
			}
			err := k.Generate(t.Context(), b.ID, quietly)
			return done(loadBatch(t.Context(), k.d.Reader(), b.ID, ""))(t), err
		}
		for range 4 {
			if b, err := small(codeSpace(2) / 8); err != nil || b.Made != b.Wanted || b.Done.IsZero() {
				t.Errorf("made %d of %d, %v", b.Made, b.Wanted, err)
			}
		}
		k.sound(t)
		_, err := small(codeSpace(2))
		codeFault(t, err, "codes_space_full")
		k.sound(t)
	})
}

// Codes that are still to be drawn count, whatever part of them the prefix is.
func TestWaitingCodesFillTheSpace(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.batch(UniqueCodes)
		b.Prefix, b.Length, b.Wanted = "A", 4, codeSpace(4)/2
		waiting := done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t)
		b.Wanted = 1
		_, err := k.CreateBatch(t.Context(), codeRobot, b, "")
		codeFault(t, err, "codes_too_short")
		if n := done(spaceTaken(t.Context(), k.d.Reader(), k.programme, "", 5))(t); n != waiting.Wanted {
			t.Errorf("%d of the wider space are taken", n)
		}
		if err := k.CancelBatch(t.Context(), codeRobot, k.programme, waiting.ID, "a slip"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.CreateBatch(t.Context(), codeRobot, b, ""); err != nil {
			t.Error(err)
		}
		if err := k.Generate(t.Context(), waiting.ID, quietly); err != nil || len(k.codes(t, waiting.ID)) > 0 {
			t.Error("codes of a cancelled batch were drawn", err)
		}
	})
}

var errKilled = errors.New("the process was killed")

// A drawing that breaks off goes on where it was, and two at once make no more
// than one would.
func TestDrawingGoesOnAfterACrash(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.batch(UniqueCodes)
		b.Length, b.Wanted = 6, 3*drawnAtOnce+500
		b = done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t)
		if err := k.Generate(t.Context(), b.ID, func(int64, int64) error { return errKilled }); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		if b = done(loadBatch(t.Context(), k.d.Reader(), b.ID, ""))(t); b.Made > drawnAtOnce || b.Made < drawnAtOnce-100 || !b.Done.IsZero() {
			t.Errorf("made %d, done %v", b.Made, b.Done)
		}
		k.sound(t)
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				if err := k.Generate(t.Context(), b.ID, quietly); err != nil && !db.Retryable(err) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if n := int64(len(k.codes(t, b.ID))); n != b.Wanted {
			t.Errorf("%d codes of %d", n, b.Wanted)
		}
		k.sound(t)
	})
}

func TestCancelBatch(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.unique(t, 8, 4, func(b *Batch) { b.Expires = k.clock.Add(24 * time.Hour) })
		codes := k.codes(t, b.ID)
		if err := k.use(k.one(codes[0], 1)); err != nil {
			t.Fatal(err)
		}
		if err := k.CancelCode(t.Context(), codeRobot, k.programme, codes[1].Printed, "by hand"); err != nil {
			t.Fatal(err)
		}
		codeFault(t, k.CancelBatch(t.Context(), codeRobot, k.programme, b.ID, ""), "code_reason")
		for range 2 { // the second changes nothing
			if err := k.CancelBatch(t.Context(), codeRobot, k.programme, b.ID, "leaked"); err != nil {
				t.Fatal(err)
			}
			k.clock = k.clock.Add(time.Hour)
		}
		if err := k.use(k.one(codes[0], -1)); err != nil {
			t.Fatal(err)
		}
		codeFault(t, k.use(k.one(codes[0], 1)), "code_moved")
		codeFault(t, k.use(k.one(codes[2], 1)), "code_moved")
		for step, want := range []string{"cancelled 4 ", "cancelled 4 "} {
			s := done(k.Batch(t.Context(), codeRobot, k.programme, b.ID))(t)
			if counted(s.States) != want {
				t.Errorf("step %d: %s", step, counted(s.States))
			}
			for _, c := range k.codes(t, b.ID) {
				if c.StateAt(k.clock) != CodeCancelled || why(c.Usable(nil, k.clock)) != "cancelled" {
					t.Errorf("%s is %s", c.Text, c.StateAt(k.clock))
				}
			}
			h := done(k.Code(t.Context(), codeRobot, k.programme, codes[2].Text))(t)
			if last := h.Steps[len(h.Steps)-1]; last.Move != MoveCancelled || !last.At.Equal(s.Cancelled) {
				t.Errorf("step %d: the life of a code ends with %+v", step, last)
			}
			k.sound(t)
			k.clock = k.clock.Add(24 * time.Hour)
			done(k.ExpireCodes(t.Context(), k.clock))(t)
		}
	})
}

func TestPersonalCodes(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		b := k.batch(PersonalCodes)
		b.Length, b.ValidDays = 8, 30
		b = done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t)
		k.clock = time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC) // 2 March in Warsaw
		ann := done(k.Personal(t.Context(), codeRobot, k.programme, b.ID, PersonalAsk{MemberID: 1}))(t)
		again := done(k.Personal(t.Context(), codeRobot, k.programme, b.ID, PersonalAsk{MemberID: 1}))(t)
		other := done(k.Personal(t.Context(), codeRobot, k.programme, b.ID, PersonalAsk{1, "birthday 2027"}))(t)
		if ann.Text != again.Text || ann.Text == other.Text {
			t.Errorf("%s, again %s, for a birthday %s", ann.Text, again.Text, other.Text)
		}
		// Through 1 April, over the change to summer time.
		if want := time.Date(2026, 4, 1, 22, 0, 0, 0, time.UTC); !k.load(t, ann.Text).Expires.Equal(want) {
			t.Errorf("it ends %s", ann.Expires)
		}
		if got := why(ann.Usable([]id.ID{2, 3}, k.clock)) + " " + why(ann.Usable([]id.ID{2, 1}, k.clock)); got != "not_yours usable" {
			t.Error(got)
		}
		if mine := done(CodesOf(t.Context(), k.d.Reader(), k.programme, []id.ID{2, 1}))(t); len(mine) != 2 || mine[0].Text != other.Text {
			t.Errorf("the member has %d codes", len(mine))
		}
		byID := done(LoadCodesByID(t.Context(), k.d.Reader(), k.programme, []id.ID{ann.ID, 4}))(t)
		if len(byID) != 1 || byID[ann.ID].Text != ann.Text {
			t.Errorf("by id: %v", byID)
		}
		k.sound(t)
		if err := k.CancelBatch(t.Context(), codeRobot, k.programme, b.ID, "over"); err != nil {
			t.Fatal(err)
		}
		_, err := k.Personal(t.Context(), codeRobot, k.programme, b.ID, PersonalAsk{MemberID: 5})
		codeFault(t, err, "batch_not_open")
	})
}

func TestBatchChecks(t *testing.T) {
	k := &desk{Service: New(nil, time.Now)}
	for code, change := range map[string]func(*Batch){
		"batch_name /name":         func(b *Batch) { b.Name = " x" },
		"batch_kind /kind":         func(b *Batch) { b.Kind = PrintedCodes },
		"batch_times /expires":     func(b *Batch) { b.Begins = b.Expires },
		"batch_uses /max_uses":     func(b *Batch) { b.MaxUses = 0 },
		"batch_days /valid_days":   func(b *Batch) { b.ValidDays = 3 },
		"batch_length /length":     func(b *Batch) { b.Length = 3 },
		"batch_prefix /prefix":     func(b *Batch) { b.Prefix = "10%" },
		"batch_wanted /count":      func(b *Batch) { b.Wanted = maxWanted + 1 },
		"batch_length /length too": func(b *Batch) { b.Kind, b.Length = PersonalCodes, 7 },
	} {
		b := Batch{OfferID: 1, Name: "x", Kind: UniqueCodes, Length: 8, Wanted: 10, MaxUses: 1, Expires: time.Unix(1e9, 0)}
		change(&b)
		_, err := k.CreateBatch(t.Context(), codeRobot, b, "")
		want := strings.Fields(code)
		if f := codeFault(t, err, want[0]); f.Field != want[1] {
			t.Errorf("%s at %s", code, f.Field)
		}
	}
}

func TestBatchesArePaged(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		for i := range 5 {
			k.shared(t, fmt.Sprintf("SHARED-%d", i), 0)
		}
		c := k.load(t, "shared-3")
		if err := k.use(k.one(c, 7)); err != nil {
			t.Fatal(err)
		}
		var uses []int64
		for before := id.ID(0); ; {
			page := done(k.Batches(t.Context(), codeRobot, BatchQuery{ProgrammeID: k.programme, OfferID: codeOffer, Before: before, Limit: 2}))(t)
			if len(page) == 0 {
				break
			}
			for _, b := range page {
				uses = append(uses, b.Uses)
			}
			before = page[len(page)-1].ID
		}
		if !slices.Equal(uses, []int64{0, 7, 0, 0, 0}) {
			t.Error(uses)
		}
		var out strings.Builder
		if err := k.ExportCSV(t.Context(), codeRobot, k.programme, c.BatchID, &out); err != nil {
			t.Fatal(err)
		}
		if want := "code,state,member,uses,max_uses,begins,expires,delivered,seen\nSHARED-3,issued,,7,0,,,,\n"; out.String() != want {
			t.Error(out.String())
		}
		_, err := k.CreateBatch(t.Context(), codeRobot, k.batch(SharedCode), "Shared 3")
		codeFault(t, err, "code_taken")
		_, err = k.CreateBatch(t.Context(), codeRobot, k.batch(SharedCode), "10%")
		codeFault(t, err, "code_malformed")
		b := k.batch(SharedCode)
		b.OfferID++
		_, err = k.CreateBatch(t.Context(), codeRobot, b, "OTHER")
		codeFault(t, err, "unknown_offer")
	})
}

// TestBatchOfAMillion draws a million codes, and a million more in the same
// space. It takes minutes, so it belongs to the long tests (make soak).
func TestBatchOfAMillion(t *testing.T) {
	if os.Getenv("REGULARS_SOAK") == "" {
		t.Skip("two million codes take minutes: set REGULARS_SOAK, as make soak does")
	}
	eachDesk(t, func(t *testing.T, k *desk) {
		took := func(what string, fn func() error) {
			start := time.Now()
			if err := fn(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %.1f s", what, time.Since(start).Seconds())
		}
		var b Batch
		took("drawing 1,000,000 codes", func() error {
			b = k.unique(t, 10, 1_000_000, func(b *Batch) { b.Expires = k.clock.Add(time.Hour) })
			return nil
		})
		took("drawing 1,000,000 more among them", func() error { k.unique(t, 10, 1_000_000); return nil })
		codes := k.codes(t, b.ID)[:1000]
		took("1000 uses, one by one", func() error {
			for _, c := range codes {
				if _, err := k.redeem(c.Text); err != nil {
					return err
				}
			}
			return nil
		})
		took("counting them", func() error { _, err := k.Batch(t.Context(), codeRobot, k.programme, b.ID); return err })
		took("exporting them", func() error {
			return k.Export(t.Context(), codeRobot, k.programme, b.ID, func(*Code) error { return nil })
		})
		took("checking them", func() error { k.sound(t); return nil })
		k.clock = k.clock.Add(2 * time.Hour)
		took("writing that they expired", func() error { _, err := k.ExpireCodes(t.Context(), k.clock); return err })
	})
}
