package flow

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// TestTransfersKeepTheLedger plays a random life of three members who buy,
// return, spend and pass points on and take them back while points expire: every
// invariant holds, no point is lost between two, and the replay of that past is
// the truth.
func TestTransfersKeepTheLedger(t *testing.T) {
	for seed := range uint64(3) {
		each(t, plan{lanes: 1, spec: func(s *earn.Spec) {
			s.Activation.Hours, s.Expiry = 5*24, earn.Expiry{Days: 40}
		}}, func(h *house) {
			l := &passingLife{house: h, r: rand.New(rand.NewPCG(seed, 8))}
			for l.step = range 120 {
				h.set(h.now().Add(days(1 + l.r.IntN(3))))
				l.one()
			}
			h.clean()
			if l.moved == 0 || l.undone == 0 {
				h.Errorf("%d transfers, %d taken back: the life is too quiet", l.moved, l.undone)
			}
			var in, out int64
			h.ok(h.db.Reader().QueryRow(context.Background(), `SELECT CAST(SUM(moved_in) AS BIGINT), CAST(SUM(moved_out) AS BIGINT) FROM balance`).Scan(&in, &out))
			if in != out || in == 0 {
				h.Errorf("%d points came in of %d that went out", in, out)
			}
			sim, want := h.simulate(Draft{}), h.real()
			want.Figures = sim.Now.Figures
			if d := cmp.Diff(want, sim.Now); d != "" || sim.Drafts[0].Cut != 0 {
				h.Errorf("the replay differs (-real +replayed), cut %d:\n%s", sim.Drafts[0].Cut, d)
			}
		})
	}
}

type passingLife struct {
	*house
	r             *rand.Rand
	step          int
	sold          []string
	done          []Transferred
	members       map[string]id.ID
	moved, undone int
}

func (l *passingLife) who() string { return string(rune('a' + l.r.IntN(3))) }

func (l *passingLife) one() {
	ctx, number := context.Background(), fmt.Sprint(l.step)
	if l.step < 3 {
		l.buy(number, string(rune('a'+l.step)))
		return
	}
	switch l.r.IntN(6) {
	case 0, 1:
		l.buy(number, l.who())
	case 2:
		i := l.r.IntN(len(l.sold))
		l.may(l.take(l.returns(number, "", l.sold[i], l.now(), "a"))[0].Err)
	case 3:
		l.may(l.take(l.adjusts(number, l.who(), l.now(), -1-l.r.Int64N(80)))[0].Err)
	case 4:
		done, err := l.flow.Transfer(ctx, boss, l.passing(number, l.members[l.who()], l.members[l.who()], 1+l.r.Int64N(150)))
		if l.may(err); err == nil {
			l.done, l.moved = append(l.done, done), l.moved+1
		}
	default:
		if len(l.done) == 0 {
			return
		}
		then := l.done[l.r.IntN(len(l.done))]
		_, err := l.flow.UndoTransfer(ctx, boss, TransferUndo{ProgrammeID: l.prog.ID, From: then.From, Event: then.Out})
		if l.may(err); err == nil {
			l.undone++
		}
	}
}

func (l *passingLife) buy(number, who string) {
	if l.members == nil {
		l.members = map[string]id.ID{}
	}
	l.members[who] = l.must(l.buys(number, who, l.now(), 50_00+l.r.Int64N(300_00)))[0].MemberID
	l.sold = append(l.sold, number)
}

// may lets pass what was refused for a reason.
func (l *passingLife) may(err error) {
	l.Helper()
	if err != nil && fault.As(err) == nil {
		l.Error(err)
	}
}
