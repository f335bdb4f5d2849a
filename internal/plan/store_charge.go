package plan

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var chargeTable = db.NewTable("charge", []string{"member_id", "id"},
	integer("member_id"), integer("id"), integer("programme_id"), integer("subscription_id"), integer("no"), integer("plan_id"), integer("version"),
	word("purpose"), word("state"), yes("void"), integer("amount"), integer("credit"), integer("refund"), integer("points"), word("method"), integer("invoice"),
	word("reference"), integer("made"), integer("due"), integer("paid"), integer("settled"))

const chargeColumns = `c.member_id, c.id, c.programme_id, c.subscription_id, c.no, c.plan_id, c.version, c.purpose, c.state, c.void,
	c.amount, c.credit, c.refund, c.points, c.method, c.invoice, c.reference, c.made, c.due, c.paid, c.settled`

func scanCharge(r *sql.Rows) (*Charge, error) {
	c := &Charge{}
	var made, due, paid, settled int64
	err := r.Scan(&c.MemberID, &c.ID, &c.ProgrammeID, &c.SubscriptionID, &c.No, &c.PlanID, &c.Version, &c.Purpose, &c.State, &c.Void,
		&c.Amount, &c.Credit, &c.Refund, &c.Points, &c.Method, &c.Invoice, &c.Reference, &made, &due, &paid, &settled)
	c.Made, c.Due, c.Paid, c.Settled = db.Time(made), db.Time(due), db.Time(paid), db.Time(settled)
	return c, err
}

func selectCharges(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Charge, error) {
	rows, err := q.Query(ctx, `SELECT `+chargeColumns+` FROM charge AS c WHERE `+where, args...)
	list, err := db.Collect(rows, err, scanCharge)
	if err != nil {
		return nil, fmt.Errorf("reading charges: %w", err)
	}
	return list, nil
}

func chargesOf(ctx context.Context, q db.Queryer, member, subscription id.ID) ([]*Charge, error) {
	return selectCharges(ctx, q, `c.member_id = $1 AND c.subscription_id = $2 ORDER BY c.id`, member, subscription)
}

// findCharge returns a charge by its id, of whatever programme unless one is
// named; fault "unknown_charge" when there is none.
func findCharge(ctx context.Context, q db.Queryer, programme, charge id.ID) (*Charge, error) {
	list, err := selectCharges(ctx, q, `c.id = $1`, charge)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || programme != 0 && list[0].ProgrammeID != programme {
		return nil, fault.Missing("unknown_charge", "the programme has no charge %s", charge.In(id.Charge)).With("charge", charge.In(id.Charge))
	}
	return list[0], nil
}

func upsertCharges(ctx context.Context, tx *db.Tx, charges []*Charge) error {
	rows := make([][]any, len(charges))
	for i, c := range charges {
		rows[i] = []any{c.MemberID, c.ID, c.ProgrammeID, c.SubscriptionID, c.No, c.PlanID, c.Version, string(c.Purpose), string(c.State), c.Void,
			c.Amount, c.Credit, c.Refund, c.Points, string(c.Method), c.Invoice, c.Reference, db.Micros(c.Made), db.Micros(c.Due), db.Micros(c.Paid), db.Micros(c.Settled)}
	}
	if err := tx.Upsert(ctx, chargeTable, rows); err != nil {
		return fmt.Errorf("writing charges: %w", err)
	}
	return nil
}
