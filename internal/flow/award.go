package flow

import (
	"cmp"
	"strings"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// Award gives points that no rule of the programme reckons: a feature below
// flow has decided them, as for a referral or a challenge. They are earned
// points, and only the enrolled get them.
type Award struct {
	WalletID id.ID `json:"wallet"`
	Points   int64 `json:"points"` // smallest units, above 0
	// ExpiresMonths limits the points; 0 means that they do not expire.
	ExpiresMonths int `json:"expires_months,omitempty"`
	// For names what the points are for, as a shown id of the feature.
	For string `json:"for,omitempty"`
	// By is the member of staff or the key at whose wish the system gives them, as
	// auth.Actor names them; empty where a feature gives them by itself.
	By string `json:"by,omitempty"`
	// Reason tells the member and the auditor why, in every language. It holds
	// no personal data.
	Reason i18n.Text `json:"reason"`
}

func (w *Award) check() error {
	switch {
	case w == nil:
		return fault.Invalid("required", "say what is awarded").At("/award")
	case w.Points <= 0 || w.Points > money.MaxMinor:
		return fault.Invalid("absurd_amount", "points must be a number above 0").At("/award/points")
	case strings.TrimSpace(w.Reason.Key) == "":
		return fault.Invalid("required", "say why; the member and the auditor will read it").At("/award/reason")
	case w.ExpiresMonths < 0 || w.ExpiresMonths > 1200:
		return fault.Invalid("absurd_amount", "months must be between 0 and 1200").At("/award/expires_months")
	}
	return cmp.Or(plain("/award/for", w.For, maxReference), plain("/award/by", w.By, maxReference))
}

// give posts an award.
func give(set *setup, a *account, f *fact) error {
	d := f.payload.Award
	if !a.joined(f.occurred) {
		return fault.Refused("not_enrolled", "only who has joined the programme is given points").At("/member")
	}
	g := ledger.Grant{EventID: f.id, Amount: d.Points, Reason: d.Reason}
	if d.ExpiresMonths > 0 {
		g.Expires = earn.EndOfDay(earn.AddMonths(f.occurred, d.ExpiresMonths, set.programme.Zone), set.programme.Zone)
	}
	a.wallet(d.WalletID).Earn(f.occurred, g)
	return nil
}
