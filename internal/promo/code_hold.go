package promo

import (
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// CodeHold sets uses of a code aside for an open sale.
type CodeHold struct {
	Holder string // names the sale
	Times  int64
	Until  time.Time
}

// HoldAsk asks for uses to be set aside. Of its mark At is the moment from
// which they are held.
type HoldAsk struct {
	CodeMark
	CodeHold
}

// HoldCodes sets uses aside until a time, so that nobody else can take them. A
// hold of the same holder on the same code is replaced. Like UseCodes it fails
// with "code_moved" when a code no longer allows it.
func HoldCodes(ctx context.Context, tx *db.Tx, asks []HoldAsk) error {
	for _, a := range asks {
		if a.Holder == "" || a.Times < 1 || !a.Until.After(a.At) {
			return fault.Invalid("code_hold", "a hold names its sale, takes one use or more and ends after it begins").At("/until")
		}
	}
	if err := change(ctx, tx, keysOf(asks), func(codes map[CodeKey]*Code) error { return hold(codes, asks) }); err != nil {
		return err
	}
	return upsertHolds(ctx, tx, asks)
}

func hold(codes map[CodeKey]*Code, asks []HoldAsk) error {
	for _, a := range asks {
		c := codes[a.Key()]
		if c.spendable(a.Holder, a.Times, a.At) != nil {
			return codeMoved()
		}
		c.Holds = append(slices.DeleteFunc(c.Holds, a.same), a.CodeHold)
		s := a.step(MoveHeld)
		s.Times = a.Times
		c.note(s)
	}
	return nil
}

func (h CodeHold) same(o CodeHold) bool { return o.Holder == h.Holder }

// Release ends the hold of a holder.
type Release struct {
	CodeMark
	Holder string
}

// ReleaseCodes ends holds before their time. Where there is none, nothing
// happens.
func ReleaseCodes(ctx context.Context, tx *db.Tx, releases []Release) error {
	var ended [][]any
	err := change(ctx, tx, keysOf(releases), func(codes map[CodeKey]*Code) error {
		for _, r := range releases {
			c := codes[r.Key()]
			i := slices.IndexFunc(c.Holds, CodeHold{Holder: r.Holder}.same)
			if i < 0 {
				continue
			}
			s := r.step(MoveReleased)
			s.Times = c.Holds[i].Times
			c.note(s)
			c.Holds = slices.Delete(c.Holds, i, i+1)
			ended = append(ended, []any{int64(r.ProgrammeID), r.Text, r.Holder})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return deleteHolds(ctx, tx, ended)
}

// MarkDelivered notes by which way codes were handed over first; later times
// change nothing.
func MarkDelivered(ctx context.Context, tx *db.Tx, marks []CodeMark) error {
	return mark(ctx, tx, marks, (*Code).deliver)
}

// MarkSeen notes when codes were looked at first; later times change nothing.
func MarkSeen(ctx context.Context, tx *db.Tx, marks []CodeMark) error {
	return mark(ctx, tx, marks, (*Code).see)
}

func mark(ctx context.Context, tx *db.Tx, marks []CodeMark, write func(*Code, CodeMark)) error {
	return change(ctx, tx, keysOf(marks), func(codes map[CodeKey]*Code) error {
		for _, m := range marks {
			write(codes[m.Key()], m)
		}
		return nil
	})
}

// change locks the codes in the order of their keys, lets fn change them, and
// writes what fn noted. It fails with "unknown_code" when one does not exist.
func change(ctx context.Context, tx *db.Tx, keys []CodeKey, fn func(map[CodeKey]*Code) error) error {
	if err := lockCodes(ctx, tx, keys); err != nil {
		return err
	}
	codes, err := LoadCodes(ctx, tx, keys)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if codes[k] == nil {
			return unknownCode(k.Text)
		}
	}
	if err := fn(codes); err != nil {
		return err
	}
	return saveCodes(ctx, tx, codes)
}

func keysOf[T interface{ Key() CodeKey }](list []T) []CodeKey {
	keys := make([]CodeKey, len(list))
	for i, v := range list {
		keys[i] = v.Key()
	}
	return sorted(keys)
}

func unknownCode(text string) *fault.Error {
	return fault.Missing("unknown_code", "there is no code %q", text).At("/code").With("code", text)
}

func codeMoved() *fault.Error {
	return fault.Busy("code_moved", "others have used a code at the same moment; send this again")
}
