package household

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
)

// Check notes households without their owner, members of dissolved ones, two
// standing households of one owner, transfers whose sides differ from the
// ledger's or from each other, and pooled points that nobody put in or that
// came out of nowhere.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectHouseholds(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	known := map[id.ID]bool{}
	for _, h := range list {
		known[h.ID] = true
		name := h.ID.In(id.Household)
		standing := h.Dissolved.IsZero()
		if standing && !slices.ContainsFunc(h.Members, func(m Member) bool { return m.MemberID == h.OwnerID }) {
			note(name + " stands without its owner")
		}
		if !standing && len(h.Members) > 0 {
			note(fmt.Sprintf("%s is dissolved and has %d members", name, len(h.Members)))
		}
	}
	if err := strays(ctx, q, programme, known, note); err != nil {
		return err
	}
	return eachTransfer(ctx, q, programme, func(page []*Transfer) error { return sides(ctx, q, page, known, note) })
}

// strays notes members of households that there are not.
func strays(ctx context.Context, q db.Queryer, programme id.ID, known map[id.ID]bool, note func(string)) error {
	rows, err := q.Query(ctx, `SELECT member_id, household_id FROM household_member WHERE programme_id = $1 ORDER BY member_id`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var m, h id.ID
		err := r.Scan(&m, &h)
		if !known[h] {
			note(m.In(id.Member) + " belongs to a household that is not there")
		}
		return struct{}{}, err
	})
	return err
}

// sides holds transfers against the entries of both members.
func sides(ctx context.Context, q db.Queryer, page []*Transfer, known map[id.ID]bool, note func(string)) error {
	var causes []ledger.CauseKey
	for _, t := range page {
		causes = append(causes, ledger.CauseKey{MemberID: t.From, EventID: t.ID}, ledger.CauseKey{MemberID: t.To, EventID: t.InEvent})
	}
	entries, err := ledger.EntriesOf(ctx, q, causes)
	if err != nil {
		return err
	}
	out, in := map[id.ID]int64{}, map[id.ID]int64{}
	for _, e := range entries {
		switch e.Kind {
		case ledger.KindMoveOut:
			out[e.Cause.Event] += e.Amount
		case ledger.KindMoveIn:
			in[e.Cause.Event] += e.Amount
		}
	}
	for _, t := range page {
		name := "the transfer " + t.ID.In(id.Event)
		if out[t.ID] != t.Points || in[t.InEvent] != t.Points {
			note(fmt.Sprintf("%s of %d points took %d and gave %d", name, t.Points, out[t.ID], in[t.InEvent]))
		}
		if t.Returned < 0 || t.Returned > t.Points || (t.Returned > 0) == t.Undone.IsZero() {
			note(fmt.Sprintf("%s of %d points was taken back for %d", name, t.Points, t.Returned))
		}
		if (t.Purpose != Gift || t.HouseholdID != 0) && !known[t.HouseholdID] {
			note(name + " is of a household that is not there")
		}
	}
	return nil
}
