package flow

import (
	"slices"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/reward"
)

// Redemption takes a reward. It may say what the member was told that it costs;
// where it costs otherwise it is refused ("reward_price_changed").
type Redemption struct {
	RewardID id.ID `json:"reward"`
	// Points are in the wallet's smallest unit, Money in minor units.
	Points *int64 `json:"points,omitempty"`
	Money  *int64 `json:"money,omitempty"`
}

// Undo takes a redemption back: the points go to the lots that they came from,
// and the stock has one more.
type Undo struct {
	RedemptionID id.ID `json:"redemption"`
}

// Redeemed says in the journal what a redemption cost, and whose it is. The
// pick-up code stays out of it.
type Redeemed struct {
	ID       id.ID `json:"redemption"`
	MemberID id.ID `json:"member"`
	WalletID id.ID `json:"wallet"`
	Points   int64 `json:"points"`
	Money    int64 `json:"money,omitempty"`
}

func redeemedOf(n *reward.Redemption) *Redeemed {
	if n == nil {
		return nil
	}
	return &Redeemed{n.ID, n.MemberID, n.WalletID, n.Points, n.Money}
}

// checkRewards holds that a reward is taken by the events that are for it, and
// by them alone.
func (e *Event) checkRewards() error {
	p := e.Payload
	switch {
	case p.Redemption != nil && e.Kind != journal.Redemption:
		return otherKind().At("/redemption")
	case p.Undo != nil && e.Kind != journal.RedemptionUndo:
		return otherKind().At("/undo")
	case e.Kind == journal.Redemption && (p.Redemption == nil || p.Redemption.RewardID == 0):
		return fault.Invalid("required", "a value is needed").At("/redemption/reward")
	case e.Kind == journal.RedemptionUndo && (p.Undo == nil || p.Undo.RedemptionID == 0):
		return fault.Invalid("required", "a value is needed").At("/undo/redemption")
	}
	return nil
}

func otherKind() *fault.Error {
	return fault.Invalid("reward_other_kind", "only a redemption takes a reward and only its undoing takes it back; leave it out")
}

// permission is what it needs to send the event.
func (e *Event) permission() auth.Permission {
	if e.Kind == journal.Redemption || e.Kind == journal.RedemptionUndo {
		return auth.RedemptionsWrite
	}
	return auth.EventsWrite
}

// redeem takes a reward: who can have it pays its points.
func redeem(set *setup, a *account, f *fact, answer *Answer) error {
	if f.payload.Redeemed != nil {
		return a.repeatRedemption(f, set.trial.costOf(f))
	}
	r := f.reward
	if r == nil || f.stock == nil {
		return reward.Unknown(f.payload.Redemption.RewardID).At("/redemption/reward")
	}
	rank, err := a.rankAt(f.occurred)
	if err != nil {
		return err
	}
	if err := r.Refuse(reward.Standing{
		At: f.occurred, Zone: set.programme.Zone, Joined: a.joined(f.occurred), Rank: rank, Had: a.had[r.ID], Stock: f.stock,
	}); err != nil {
		return err
	}
	if err := f.payload.Redemption.told(r); err != nil {
		return err
	}
	n, err := r.Redeem(f.id, a.member.ID, f.occurred, set.programme.Zone)
	if err != nil {
		return err
	}
	w := a.wallet(r.WalletID)
	if w == nil {
		_, err := set.wallet(r.WalletID)
		return err
	}
	if err := set.accepts(f, r.WalletID); err != nil {
		return err
	}
	if err := w.Spend(f.occurred, r.Points, spentOn(f, r.Name)); err != nil {
		return err
	}
	f.stock.Take(1)
	a.took(n)
	answer.Redemption = n
	return nil
}

// told refuses a redemption at another price than the member was told.
func (d *Redemption) told(r *reward.Reward) error {
	if d.Points != nil && *d.Points != r.Points || d.Money != nil && *d.Money != r.Money {
		return fault.Conflict("reward_price_changed", "the reward costs %d points and %d in minor units, other than was told; look at it again", r.Points, r.Money).
			At("/redemption").With("points", r.Points).With("money", r.Money)
	}
	return nil
}

func (a *account) took(n *reward.Redemption) {
	a.redeemed = append(a.redeemed, n)
	if a.had != nil {
		a.had[n.RewardID] = append(a.had[n.RewardID], n.Occurred)
	}
}

func spentOn(f *fact, name string) ledger.Cause {
	return ledger.Cause{Event: f.id, Kind: ledger.CauseRedemption, ID: f.id, Reason: i18n.Text{Key: "flow.redeemed", Args: map[string]any{"reward": name}}}
}

// undoRedemption takes a redemption back.
func undoRedemption(a *account, f *fact, answer *Answer) error {
	if then := f.payload.Redeemed; then != nil {
		return a.payPoints(f, then.WalletID, then.ID, a.paid[then.ID], takenBack(f, then.ID, ""))
	}
	n := f.undone
	switch {
	case n == nil || f.stock == nil || !slices.Contains(a.everyone(), n.MemberID):
		return reward.UnknownRedemption().At("/undo/redemption")
	case f.occurred.Before(n.Occurred):
		return fault.Invalid("redemption_early", "a redemption cannot be undone before it was made").At("/occurred")
	}
	stocked, err := n.Undo(f.occurred)
	if err != nil {
		return err
	}
	if err := a.payPoints(f, n.WalletID, n.ID, n.Points, takenBack(f, n.ID, n.Name)); err != nil {
		return err
	}
	if stocked {
		f.stock.Take(-1)
	}
	had := a.had[n.RewardID]
	if i := slices.Index(had, n.Occurred); i >= 0 {
		a.had[n.RewardID] = slices.Delete(had, i, i+1)
	}
	a.redeemed = append(a.redeemed, n)
	answer.Redemption = n
	return nil
}

func takenBack(f *fact, redemption id.ID, name string) ledger.Cause {
	return ledger.Cause{Event: f.id, Kind: ledger.CauseReturn, ID: redemption, Reason: i18n.Text{Key: "flow.redemption_undone", Args: map[string]any{"reward": name}}}
}

// repeatRedemption pays what a reward of the past costs, as far as there are so
// many points.
func (a *account) repeatRedemption(f *fact, cost int64) error {
	w := a.wallet(f.payload.Redeemed.WalletID)
	if w == nil {
		return nil
	}
	points := min(cost, w.Balance()[ledger.Available])
	if points <= 0 {
		return nil
	}
	if a.paid == nil {
		a.paid = map[id.ID]int64{}
	}
	a.paid[f.id] = points
	return w.Spend(f.occurred, points, spentOn(f, ""))
}

// UndoOf is the event by which a redemption is taken back. It is named by the
// redemption, so that one is undone once whoever asks.
func UndoOf(n *reward.Redemption, a auth.Actor) *Event {
	return &Event{
		ProgrammeID: n.ProgrammeID, Source: ownSource, ExternalID: string(journal.RedemptionUndo) + ":" + n.ID.In(id.Redemption),
		Kind: journal.RedemptionUndo, Who: Who{MemberID: n.MemberID}, Payload: Payload{Undo: &Undo{RedemptionID: n.ID}}, Actor: a,
	}
}
