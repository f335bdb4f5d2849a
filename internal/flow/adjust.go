package flow

import (
	"strings"
	"time"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// Adjustment moves a member's points by hand, or takes such a movement back.
type Adjustment struct {
	WalletID id.ID  `json:"wallet"`
	Points   int64  `json:"points"` // positive gives, negative takes
	Reason   string `json:"reason"`
	// ExpiresMonths limits given points; 0 means that they do not expire.
	ExpiresMonths int `json:"expires_months,omitempty"`
	// Undoes is an earlier adjustment of the member that is taken back: its
	// points, turned round, are Points. What it took goes back to the lots that
	// it came from, with their dates; what it gave is taken from its lot first,
	// and for what has been used of it the wallet's policy decides.
	Undoes id.ID `json:"undoes,omitempty"`
}

func (a *Adjustment) check() error {
	switch {
	case a == nil:
		return fault.Invalid("required", "say what is adjusted").At("/adjustment")
	case a.Points == 0 || a.Points > money.MaxMinor || a.Points < -money.MaxMinor:
		return fault.Invalid("absurd_amount", "points must be a number other than 0").At("/adjustment/points")
	case strings.TrimSpace(a.Reason) == "":
		return fault.Invalid("required", "say why; the member and the auditor will read it").At("/adjustment/reason")
	case a.ExpiresMonths < 0 || a.ExpiresMonths > 1200 || a.ExpiresMonths > 0 && a.Undoes != 0:
		return fault.Invalid("absurd_amount", "months must be between 0 and 1200, and 0 for what is taken back").At("/adjustment/expires_months")
	}
	return plain("/adjustment/reason", a.Reason, maxText)
}

// adjust moves points by hand.
func adjust(set *setup, a *account, f *fact) error {
	d, w := f.payload.Adjustment, a.wallet(f.payload.Adjustment.WalletID)
	cause := ledger.Cause{
		Event: f.id, Kind: ledger.CauseEvent, Reason: i18n.Text{Key: "flow.adjusted", Args: map[string]any{"reason": d.Reason}},
	}
	if d.Undoes != 0 {
		return unadjust(w, f, cause)
	}
	expires := time.Time{}
	if d.Points > 0 && d.ExpiresMonths > 0 {
		expires = earn.EndOfDay(earn.AddMonths(f.occurred, d.ExpiresMonths, set.programme.Zone), set.programme.Zone)
	}
	_, err := w.Adjust(f.occurred, d.Points, expires, cause)
	return err
}

// unadjust takes an adjustment back. In a past that is replayed it takes back
// what there is of it.
func unadjust(w *ledger.Account, f *fact, c ledger.Cause) error {
	d := f.payload.Adjustment
	entries, points := w.Adjusted(d.Undoes, f.occurred)
	switch {
	case f.replayed && points == 0:
		return nil
	case points == 0:
		shown := d.Undoes.In(id.Event)
		return fault.Missing("no_such_adjustment", "the event %s adjusted no points in this wallet of the member by then", shown).
			At("/adjustment/undoes").With("event", shown)
	case !f.replayed && points != -d.Points:
		return fault.Invalid("undo_differs", "the adjustment moved %d points; taking it back moves as many the other way", points).
			At("/adjustment/points").With("points", points)
	}
	err := w.Reverse(f.occurred, entries, time.Time{}, c)
	if f.replayed && fault.KindOf(err) == fault.KindRefused {
		return nil
	}
	return err
}
