package reward

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Known refuses a spec that names a wallet or ranks which the programme does
// not have. Wallets and ranks live in other rooms.
type Known func(ctx context.Context, q db.Queryer, programme id.ID, s *Spec) error

// Catalog is what can be done with rewards and redemptions, but for what moves
// points, which is flow's. Changes of one catalogue come one after another,
// since each bumps the programme's version first.
type Catalog struct {
	d     *db.DB
	now   func() time.Time
	known Known
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time, known Known) *Catalog { return &Catalog{d, now, known} }

// List returns every reward of the programme, those first that were made first.
// It needs rewards.read.
func (c *Catalog) List(ctx context.Context, a auth.Actor, programme id.ID) ([]Reward, error) {
	if err := a.Can(programme, auth.RewardsRead); err != nil {
		return nil, err
	}
	return All(ctx, c.d.Reader(), programme)
}

// Get returns one reward. It needs rewards.read.
func (c *Catalog) Get(ctx context.Context, a auth.Actor, programme, reward id.ID) (Reward, error) {
	if err := a.Can(programme, auth.RewardsRead); err != nil {
		return Reward{}, err
	}
	return Load(ctx, c.d.Reader(), programme, reward)
}

// Create makes a draft. It needs rewards.write.
func (c *Catalog) Create(ctx context.Context, a auth.Actor, programme id.ID, s Spec) (Reward, error) {
	w := Reward{ProgrammeID: programme, State: Draft, Made: db.Time(db.Micros(c.now()))}
	err := c.change(ctx, a, programme, "reward.create", func(tx *db.Tx) (*Reward, error) {
		w.ID = tx.IDs().New()
		return &w, c.write(ctx, tx, &w, s)
	})
	return w, err
}

// Update writes what a reward says, also of one that is published: it holds for
// what is redeemed from then on. It needs rewards.write.
func (c *Catalog) Update(ctx context.Context, a auth.Actor, programme, reward id.ID, s Spec) (Reward, error) {
	return c.alter(ctx, a, programme, reward, "reward.update", func(tx *db.Tx, w *Reward) error { return c.write(ctx, tx, w, s) })
}

// write checks and keeps what a reward says.
func (c *Catalog) write(ctx context.Context, tx *db.Tx, w *Reward, s Spec) error {
	s.Begins, s.Ends, s.Early = db.Time(db.Micros(s.Begins)), db.Time(db.Micros(s.Ends)), db.Time(db.Micros(s.Early))
	if err := s.Check(); err != nil {
		return err
	}
	if err := c.known(ctx, tx, w.ProgrammeID, &s); err != nil {
		return err
	}
	w.Spec = s
	if err := freeName(ctx, tx, w); err != nil {
		return err
	}
	if err := setStock(ctx, tx, w); err != nil {
		return err
	}
	return upsertReward(ctx, tx, w)
}

// Publish lets members have a reward. It needs rewards.write.
func (c *Catalog) Publish(ctx context.Context, a auth.Actor, programme, reward id.ID) (Reward, error) {
	return c.turn(ctx, a, programme, reward, "reward.publish", Published, Draft, Withdrawn)
}

// Withdraw takes a reward from the catalogue. What was redeemed can still be
// picked up. It needs rewards.write.
func (c *Catalog) Withdraw(ctx context.Context, a auth.Actor, programme, reward id.ID) (Reward, error) {
	return c.turn(ctx, a, programme, reward, "reward.withdraw", Withdrawn, Published)
}

func (c *Catalog) turn(ctx context.Context, a auth.Actor, programme, reward id.ID, action string, to State, from ...State) (Reward, error) {
	return c.alter(ctx, a, programme, reward, action, func(tx *db.Tx, w *Reward) error {
		if !slices.Contains(from, w.State) {
			return fault.Conflict("reward_state", "the reward is %s already or has never been published", w.State).With("state", string(w.State))
		}
		w.State = to
		return upsertReward(ctx, tx, w)
	})
}

// Discard removes a draft. It needs rewards.write.
func (c *Catalog) Discard(ctx context.Context, a auth.Actor, programme, reward id.ID) error {
	_, err := c.alter(ctx, a, programme, reward, "reward.discard", func(tx *db.Tx, w *Reward) error {
		if w.State != Draft {
			return fault.Conflict("reward_published", "the reward has been published; withdraw it instead")
		}
		return deleteReward(ctx, tx, w.ID)
	})
	return err
}

func (c *Catalog) alter(ctx context.Context, a auth.Actor, programme, reward id.ID, action string, do func(*db.Tx, *Reward) error) (Reward, error) {
	var w Reward
	err := c.change(ctx, a, programme, action, func(tx *db.Tx) (_ *Reward, err error) {
		if w, err = Load(ctx, tx, programme, reward); err != nil {
			return nil, err
		}
		return &w, do(tx, &w)
	})
	return w, err
}

// change does something to the catalogue and leaves its trace.
func (c *Catalog) change(ctx context.Context, a auth.Actor, programme id.ID, action string, do func(*db.Tx) (*Reward, error)) error {
	if err := a.Can(programme, auth.RewardsWrite); err != nil {
		return err
	}
	return c.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		w, err := do(tx)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: w.ID.In(id.Reward), Detail: map[string]any{"name": w.Name}})
	})
}
