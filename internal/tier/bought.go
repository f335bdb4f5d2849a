package tier

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Purchase is what a member's paid membership holds on a ladder.
type Purchase struct {
	MemberID id.ID
	Ladder   *Ladder
	// Rank is the code of the rank held; empty when nothing is held any more. A
	// rank that the ladder has no more holds nothing.
	Rank string
	// Until is when the guarantee ends; zero means when it is ended.
	Until time.Time
	// For names the membership, in words.
	For i18n.Text
}

// Hold brings the guarantees of paid memberships in line with what is bought,
// in the caller's transaction, which holds the locks of the members. What is as
// it should be is left alone. Who may buy what is the caller's to ask.
func Hold(ctx context.Context, tx *db.Tx, now time.Time, purchases []Purchase) error {
	asks := make([]Ask, len(purchases))
	for i, p := range purchases {
		asks[i] = Ask{MemberID: p.MemberID, Ladder: p.Ladder, Until: now}
	}
	accounts, err := Load(ctx, tx, asks)
	if err != nil {
		return err
	}
	var changed []*Account
	for i, p := range purchases {
		a := accounts[i]
		if a.s.Closed || a.s.Bought == p.Rank && a.s.BoughtUntil.Equal(micro(p.Until)) {
			continue
		}
		if err := a.buy(now, p); err != nil {
			return err
		}
		changed = append(changed, a)
	}
	return Save(ctx, tx, now, changed)
}

// buy sets what is bought in the place of what was. The history tells it where
// the guarantee begins, ends or is of another rank, not where it is prolonged.
func (a *Account) buy(now time.Time, p Purchase) error {
	if err := a.Post(now); err != nil {
		return err
	}
	until := micro(p.Until)
	if due(until, a.s.Reckoned) {
		p.Rank, until = "", time.Time{}
	}
	was := a.s.Bought
	a.endBought()
	a.s.Bought, a.s.BoughtUntil = p.Rank, until
	why := cause{key: bought, args: map[string]any{"plan": p.For}}
	if p.Rank == "" {
		why = cause{key: boughtOver}
	}
	before := a.s.Changes
	a.reckon(why)
	a.noteUnless(a.s.Changes > before || was == p.Rank, why)
	return nil
}

// endBought ends the guarantee.
func (a *Account) endBought() {
	a.unhold(a.s.Bought)
	a.s.Bought, a.s.BoughtUntil = "", time.Time{}
}

// Bought returns the standings of a programme that hold a bought rank, by member
// and ladder. Those of members merged into others are left out.
func Bought(ctx context.Context, q db.Queryer, programme id.ID) ([]Standing, error) {
	rows, err := q.Query(ctx, `SELECT `+standingColumns+` FROM standing WHERE bought <> '' AND NOT closed
		AND ladder_id IN (SELECT id FROM ladder WHERE programme_id = $1) ORDER BY member_id, ladder_id`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Standing, error) {
		k, err := scanStanding(r)
		return k.Standing, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading bought ranks: %w", err)
	}
	return list, nil
}
