package reward

import (
	"context"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

var system = auth.System("test")

// town is a programme with a catalogue, and a clock that the test moves.
type town struct {
	*testing.T
	*Catalog
	db        *db.DB
	programme id.ID
	clock     time.Time
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &town{T: t, db: d, clock: dbtest.Start}
		w.Catalog = New(d, func() time.Time { return w.clock }, func(_ context.Context, _ db.Queryer, _ id.ID, s *Spec) error {
			if s.WalletID != 7 {
				return fault.Missing("no_such_wallet", "there is no such wallet")
			}
			return nil
		})
		p, err := program.New(d).Create(w.Context(), system, program.Programme{
			Slug: "corner", Name: "Corner", Currency: "GBP", Zone: time.UTC, Languages: []string{"en"},
			Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
		})
		w.ok(err)
		w.programme = p.ID
		fn(w)
	}, auth.Schema, program.Schema, Schema)
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		w.Errorf("got %v, want %q", err, code)
	}
}

// mug is an ordinary reward.
func mug() Spec {
	return Spec{Name: "Mug", Kind: KindGoods, WalletID: 7, Points: 500, Stock: 10, Limit: Limit{Times: 2, Period: earn.Month}, PickUpDays: 14}
}

// offers publishes a reward.
func (w *town) offers(s Spec) Reward {
	w.Helper()
	r, err := w.Create(w.Context(), system, w.programme, s)
	w.ok(err)
	r, err = w.Publish(w.Context(), system, w.programme, r.ID)
	w.ok(err)
	return r
}

// redeem takes a reward for a member, as flow would after it has judged.
func (w *town) redeem(r Reward, member id.ID) (*Redemption, error) {
	var n *Redemption
	err := w.db.InTxAgain(w.Context(), func(tx *db.Tx) (err error) {
		stocks, err := LoadStocks(w.Context(), tx, []id.ID{r.ID})
		if err != nil {
			return err
		}
		if err := r.Refuse(Standing{At: w.clock, Zone: time.UTC, Joined: true, Stock: stocks[r.ID]}); err != nil {
			return err
		}
		if n, err = r.Redeem(tx.IDs().New(), member, w.clock, time.UTC); err != nil {
			return err
		}
		stocks[r.ID].Take(1)
		if err := Save(w.Context(), tx, []*Redemption{n}); err != nil {
			return err
		}
		return Reserve(w.Context(), tx, stocks)
	})
	return n, err
}

// undo takes a redemption back.
func (w *town) undo(n *Redemption) error {
	return w.db.InTxAgain(w.Context(), func(tx *db.Tx) error {
		found, err := LoadRedemptions(w.Context(), tx, []Key{{n.MemberID, n.ID}})
		if err != nil {
			return err
		}
		back := found[n.ID]
		stocked, err := back.Undo(w.clock)
		if err != nil {
			return err
		}
		stocks := Stocks{back.RewardID: &Stock{}}
		if stocked {
			stocks[back.RewardID].Take(-1)
		}
		if err := Save(w.Context(), tx, []*Redemption{back}); err != nil {
			return err
		}
		return Reserve(w.Context(), tx, stocks)
	})
}

func (w *town) taken(r Reward) int64 {
	w.Helper()
	stocks, err := LoadStocks(w.Context(), w.db.Reader(), []id.ID{r.ID})
	w.ok(err)
	return stocks[r.ID].Taken
}

func (w *town) is(n *Redemption, want Progress) {
	w.Helper()
	found, err := w.Find(w.Context(), system, w.programme, n.ID.In(id.Redemption))
	w.ok(err)
	if found.State != want {
		w.Errorf("the redemption is %s, want %s", found.State, want)
	}
}

// sound says that the check finds nothing.
func (w *town) sound() {
	w.Helper()
	faults, err := Check(w.Context(), w.db.Reader(), w.programme)
	w.ok(err)
	if len(faults) > 0 {
		w.Errorf("the check finds %v", faults)
	}
}
