package promo

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// plainCode is a code as one would keep it on paper.
type plainCode struct {
	most, uses           int64
	begins, expires      time.Time
	delivered, seen      bool
	reminded             bool
	cancelled, withdrawn time.Time
	holds                map[string]CodeHold
	written              bool // that it is expired
	life                 []CodeMove
}

func (p *plainCode) over(at time.Time) bool { return !p.expires.IsZero() && !at.Before(p.expires) }

// ended returns when it was cancelled, if before its end.
func (p *plainCode) ended() bool {
	return !p.cancelled.IsZero() || !p.withdrawn.IsZero() && !p.over(p.withdrawn)
}

func (p *plainCode) left(holder string, at time.Time) int64 {
	n := p.most - p.uses
	for name, h := range p.holds {
		if name != holder && h.Until.After(at) {
			n -= h.Times
		}
	}
	return n
}

func (p *plainCode) why(holder string, at time.Time) string {
	switch {
	case p.most > 0 && p.uses >= p.most:
		return "used_up"
	case !p.cancelled.IsZero() || !p.withdrawn.IsZero():
		return "cancelled"
	case at.Before(p.begins):
		return "not_yet"
	case p.over(at):
		return "expired"
	case p.most > 0 && p.left(holder, at) < 1:
		return "held"
	}
	return "usable"
}

func (p *plainCode) state(at time.Time) CodeState {
	switch {
	case p.most > 0 && p.uses >= p.most:
		return CodeRedeemed
	case p.ended():
		return CodeCancelled
	case p.over(at) || p.written:
		return CodeExpired
	case p.most > 0 && p.left("", at) < 1:
		return CodeHeld
	case p.seen:
		return CodeSeen
	case p.delivered:
		return CodeDelivered
	}
	return CodeIssued
}

// history is a random life of some codes, and the same on paper.
type history struct {
	*desk
	t     *rapid.T
	paper map[string]*plainCode
	batch map[string]Batch
}

func (h *history) pick() (string, *plainCode) {
	text := rapid.SampledFrom(slices.Sorted(mapKeys(h.paper))).Draw(h.t, "code")
	return text, h.paper[text]
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// agree fails unless what was done went as it should.
func (h *history) agree(what string, err error, should bool) {
	if (err == nil) != should {
		h.t.Fatalf("%s: %v, though it should go: %v", what, err, should)
	}
}

func (h *history) holder() string {
	return rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(h.t, "holder")
}

func (h *history) code(text string) *Code {
	found, err := LoadCodes(context.Background(), h.d.Reader(), []CodeKey{h.key(text)})
	if err != nil || found[h.key(text)] == nil {
		h.t.Fatalf("%s: %v", text, err)
	}
	return found[h.key(text)]
}

func (h *history) take(*rapid.T) {
	text, p := h.pick()
	u := h.one(h.code(text), 1)
	if rapid.Bool().Draw(h.t, "holds") {
		u.Holder = "h" + h.holder()
	}
	h.agree("using "+text, h.use(u), p.why(u.Holder, h.clock) == "usable")
	if p.why(u.Holder, h.clock) == "usable" {
		p.uses++
		p.life = append(p.life, MoveRedeemed)
		delete(p.holds, u.Holder)
	}
}

func (h *history) giveBack(*rapid.T) {
	text, p := h.pick()
	h.agree("giving back "+text, h.use(h.one(h.code(text), -1)), p.uses > 0)
	if p.uses > 0 {
		p.uses--
		p.life = append(p.life, MoveRestored)
	}
}

func (h *history) hold(*rapid.T) {
	text, p := h.pick()
	ask := HoldAsk{h.mark(text), CodeHold{"h" + h.holder(), rapid.Int64Range(1, 2).Draw(h.t, "times"), h.clock.Add(h.some())}}
	fits := p.why(ask.Holder, h.clock) == "usable" && (p.most == 0 || p.left(ask.Holder, h.clock) >= ask.Times)
	err := h.inTx(func(ctx context.Context, tx *db.Tx) error { return HoldCodes(ctx, tx, []HoldAsk{ask}) })
	h.agree("holding "+text, err, fits)
	if fits {
		p.holds[ask.Holder] = ask.CodeHold
		p.life = append(p.life, MoveHeld)
	}
}

func (h *history) release(*rapid.T) {
	text, p := h.pick()
	r := Release{h.mark(text), "h" + h.holder()}
	err := h.inTx(func(ctx context.Context, tx *db.Tx) error { return ReleaseCodes(ctx, tx, []Release{r}) })
	h.agree("releasing "+text, err, true)
	if _, held := p.holds[r.Holder]; held {
		delete(p.holds, r.Holder)
		p.life = append(p.life, MoveReleased)
	}
}

func (h *history) noteDelivered(*rapid.T) {
	text, p := h.pick()
	err := h.inTx(func(ctx context.Context, tx *db.Tx) error { return MarkDelivered(ctx, tx, []CodeMark{h.mark(text)}) })
	h.agree("delivering "+text, err, true)
	if !p.delivered {
		p.delivered, p.life = true, append(p.life, MoveDelivered)
	}
}

func (h *history) noteSeen(*rapid.T) {
	text, p := h.pick()
	err := h.inTx(func(ctx context.Context, tx *db.Tx) error { return MarkSeen(ctx, tx, []CodeMark{h.mark(text)}) })
	h.agree("seeing "+text, err, true)
	if !p.seen {
		p.seen, p.life = true, append(p.life, MoveSeen)
	}
}

func (h *history) cancel(*rapid.T) {
	text, p := h.pick()
	err := h.CancelCode(context.Background(), codeRobot, h.programme, text, "leaked")
	state := p.state(h.clock)
	h.agree("cancelling "+text, err, state != CodeRedeemed && state != CodeExpired)
	if err == nil && state != CodeCancelled {
		p.cancelled, p.life = h.clock, append(p.life, MoveCancelled)
	}
}

func (h *history) withdraw(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "rarely") > 0 {
		return
	}
	text, p := h.pick()
	h.agree("cancelling the batch of "+text, h.CancelBatch(context.Background(), codeRobot, h.programme, h.batch[text].ID, "leaked"), true)
	if p.withdrawn.IsZero() {
		p.withdrawn = h.clock
	}
}

func (h *history) sweepAll(*rapid.T) {
	_, err := h.ExpireCodes(context.Background(), h.clock)
	h.agree("sweeping", err, true)
	for _, text := range slices.Sorted(mapKeys(h.paper)) {
		p := h.paper[text]
		for name, hold := range p.holds {
			if !hold.Until.After(h.clock) {
				delete(p.holds, name)
				p.life = append(p.life, MoveReleased)
			}
		}
		if p.most > 0 && p.uses >= p.most || !p.cancelled.IsZero() || p.written || !p.over(h.clock) {
			continue
		}
		if p.ended() {
			p.cancelled, p.life = p.withdrawn, append(p.life, MoveCancelled)
			continue
		}
		p.written, p.life = true, append(p.life, MoveExpired)
	}
}

// remindAll is what somebody does who handed the codes over: we do not know whose
// they are, so that only they can remind.
func (h *history) remindAll(*rapid.T) {
	var got, want []string
	due, err := DueReminders(context.Background(), h.d.Reader(), h.programme, h.clock, 90*time.Minute, DueCursor{}, 10_000)
	h.agree("looking for what is due", err, true)
	var marks []CodeMark
	for _, c := range due {
		if _, ours := h.paper[c.Printed]; ours { // not of an earlier history
			marks = append(marks, CodeMark{ProgrammeID: c.ProgrammeID, Text: c.Text, At: h.clock, Actor: codeRobot.String()})
		}
	}
	err = h.d.InTx(context.Background(), func(tx *db.Tx) error {
		fresh, err := MarkReminded(context.Background(), tx, marks)
		for _, c := range fresh {
			got = append(got, c.Text)
		}
		return err
	})
	h.agree("reminding", err, true)
	for text, p := range h.paper {
		due := p.why("", h.clock) == "usable" || p.why("", h.clock) == "held"
		if due && p.delivered && !p.reminded && p.uses == 0 && !p.expires.IsZero() && !p.expires.After(h.clock.Add(90*time.Minute)) {
			p.reminded, p.life = true, append(p.life, MoveReminded)
			want = append(want, NormaliseCode(text))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Fatal(diff)
	}
}

// some is a stretch of time that often ends where another does.
func (h *history) some() time.Duration {
	return time.Duration(rapid.IntRange(1, 8).Draw(h.t, "quarters")) * 15 * time.Minute
}

func (h *history) wait(*rapid.T) { h.clock = h.clock.Add(h.some()) }

// compare holds what is kept against the paper.
func (h *history) compare(*rapid.T) {
	var keys []CodeKey
	for text := range h.paper {
		keys = append(keys, h.key(text))
	}
	codes, err := LoadCodes(context.Background(), h.d.Reader(), keys)
	if err != nil {
		h.t.Fatal(err)
	}
	list, err := h.Batches(context.Background(), codeRobot, BatchQuery{ProgrammeID: h.programme, Limit: len(h.paper)})
	if err != nil {
		h.t.Fatal(err)
	}
	states := map[id.ID]string{}
	for _, b := range list {
		states[b.ID] = counted(b.States)
	}
	for text, p := range h.paper {
		c := codes[h.key(text)]
		got := fmt.Sprint(c.Uses, c.StateAt(h.clock), why(c.Usable(nil, h.clock)), why(c.UsableBy("ha", nil, h.clock)), states[c.BatchID])
		want := fmt.Sprint(p.uses, p.state(h.clock), p.why("", h.clock), p.why("ha", h.clock), fmt.Sprintf("%s 1 ", p.state(h.clock)))
		if got != want {
			h.t.Fatalf("%s is %s, not %s", text, got, want)
		}
		steps, err := selectSteps(context.Background(), h.d.Reader(), c.Key())
		if diff := cmp.Diff(p.life, movesOf(steps)); err != nil || len(p.life)+len(steps) > 0 && diff != "" {
			h.t.Fatal(text, diff, err)
		}
	}
}

// Whatever happens to codes in whatever order, they are what they would be on
// paper.
func TestCodeLivesAgainstPaper(t *testing.T) {
	eachDesk(t, func(t *testing.T, k *desk) {
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			k.clock = dbtest.Start
			h := &history{desk: k, t: r, paper: map[string]*plainCode{}, batch: map[string]Batch{}}
			for _, most := range []int64{1, 3, 0} {
				n++
				text := fmt.Sprintf("CODE-%d", n)
				p := &plainCode{most: most, holds: map[string]CodeHold{}, begins: k.clock.Add(h.some() - time.Hour)}
				if rapid.Bool().Draw(r, "ends") {
					p.expires = p.begins.Add(4 * h.some())
				}
				h.paper[text] = p
				h.batch[text] = k.shared(t, text, most, func(b *Batch) { b.Begins, b.Expires = p.begins, p.expires })
			}
			r.Repeat(map[string]func(*rapid.T){
				"take": h.take, "giveBack": h.giveBack, "hold": h.hold, "release": h.release, "deliver": h.noteDelivered, "see": h.noteSeen,
				"cancel": h.cancel, "withdraw": h.withdraw, "sweep": h.sweepAll, "remind": h.remindAll, "wait": h.wait, "": h.compare,
			})
			h.sound(r)
		})
	})
}
