package promo

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

const codeOffer id.ID = 9001

var codeRobot = auth.System("test")

// desk is a programme with one offer, and a clock that the test moves.
type desk struct {
	*Service
	d         *db.DB
	programme id.ID
	clock     time.Time
}

var deskSchemas = []db.Schema{jobs.Schema, auth.Schema, program.Schema, Schema}

func newDesk(t testing.TB, d *db.DB) *desk {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	p, err := program.New(d).Create(t.Context(), codeRobot, program.Programme{
		Slug: "demo", Name: "Demo", Currency: "GBP", Zone: zone, Languages: []string{"en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	k := &desk{d: d, programme: p.ID, clock: dbtest.Start}
	k.Service = New(d, func() time.Time { return k.clock })
	err = d.InTx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO promo_offer (id, programme_id, name) VALUES ($1, $2, 'Spring')`, codeOffer, p.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func eachDesk(t *testing.T, fn func(t *testing.T, k *desk)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newDesk(t, d)) }, deskSchemas...)
}

func (k *desk) batch(kind BatchKind) Batch {
	return Batch{ProgrammeID: k.programme, OfferID: codeOffer, Name: "Batch", Kind: kind, MaxUses: 1}
}

// shared makes a shared code.
func (k *desk) shared(t testing.TB, text string, uses int64, change ...func(*Batch)) Batch {
	t.Helper()
	b := k.batch(SharedCode)
	b.MaxUses = uses
	for _, fn := range change {
		fn(&b)
	}
	return done(k.CreateBatch(context.Background(), codeRobot, b, text))(t)
}

// unique makes a batch of unique codes and draws them.
func (k *desk) unique(t testing.TB, length int, wanted int64, change ...func(*Batch)) Batch {
	t.Helper()
	b := k.batch(UniqueCodes)
	b.Length, b.Wanted = length, wanted
	for _, fn := range change {
		fn(&b)
	}
	b = done(k.CreateBatch(t.Context(), codeRobot, b, ""))(t)
	if err := k.Generate(t.Context(), b.ID, quietly); err != nil {
		t.Fatal(err)
	}
	return done(loadBatch(t.Context(), k.d.Reader(), b.ID, ""))(t)
}

func quietly(int64, int64) error { return nil }

func (k *desk) key(text string) CodeKey { return CodeKey{k.programme, NormaliseCode(text)} }

func (k *desk) load(t testing.TB, text string) *Code {
	t.Helper()
	return done(loadCode(context.Background(), k.d.Reader(), k.programme, text))(t)
}

// codes returns the codes of a batch in the order of their texts.
func (k *desk) codes(t testing.TB, batch id.ID) []*Code {
	t.Helper()
	var list []*Code
	err := k.Export(context.Background(), codeRobot, k.programme, batch, func(c *Code) error {
		list = append(list, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b *Code) int { return a.Key().compare(b.Key()) })
	return list
}

func (k *desk) inTx(fn func(ctx context.Context, tx *db.Tx) error) error {
	ctx := context.Background()
	return k.d.InTx(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
}

// use takes the uses and keeps redemptions of them, as flow does.
func (k *desk) use(uses ...CodeUse) error {
	return k.inTx(func(ctx context.Context, tx *db.Tx) error {
		if err := UseCodes(ctx, tx, uses); err != nil {
			return err
		}
		for _, u := range uses {
			for range max(0, u.Times) {
				_, err := tx.Exec(ctx, `INSERT INTO promo_redemption (member_id, event_id, no, programme_id, offer_id, version_id, code_id, amount, at)
					VALUES (1, $1, 1, $2, $3, 1, $4, 1, $5)`, tx.IDs().New(), u.ProgrammeID, codeOffer, u.CodeID, db.Micros(u.At))
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (k *desk) one(c *Code, times int64) CodeUse {
	return CodeUse{ProgrammeID: k.programme, CodeID: c.ID, Text: c.Text, Times: times, At: k.clock, Channel: "till", Actor: "system:test"}
}

func (k *desk) mark(text string) CodeMark {
	return CodeMark{ProgrammeID: k.programme, Text: NormaliseCode(text), At: k.clock, Channel: "email", Actor: "system:test"}
}

// sound fails unless nothing contradicts itself.
func (k *desk) sound(t interface {
	Helper()
	Fatalf(string, ...any)
}) {
	t.Helper()
	faults, err := checkCodes(context.Background(), k.d.Reader(), k.programme)
	if err != nil || len(faults) > 0 {
		t.Fatalf("check finds %v, %v", faults, err)
	}
}

// done returns the value of a call that must not fail.
func done[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func codeFault(t testing.TB, err error, code string) *fault.Error {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return f
}

func why(r *Refusal) string {
	if r == nil {
		return "usable"
	}
	return r.Why
}

func counted(states map[CodeState]int64) string {
	s := ""
	for _, state := range CodeStates() {
		if n := states[state]; n != 0 {
			s += fmt.Sprintf("%s %d ", state, n)
		}
	}
	return s
}
