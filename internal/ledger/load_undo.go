package ledger

import (
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

// lotKey names a lot of a member.
type lotKey struct{ member, event, lot id.ID }

// heldAndUndone reads the holds and entries asked for, with the lots that they
// name.
func (l *loader) heldAndUndone() error {
	entries, err := l.undo()
	if err != nil {
		return err
	}
	var lots []lotKey
	holds := slices.Clone(l.need.Holds)
	for _, e := range entries {
		if e.LotID != 0 {
			lots = append(lots, lotKey{e.MemberID, e.LotEvent, e.LotID})
		}
		if e.Kind == KindHold && e.Cause.Kind == CauseHold {
			holds = append(holds, HoldKey{e.MemberID, e.Cause.ID})
		}
	}
	if err := l.holds(holds); err != nil {
		return err
	}
	return l.lotsByKey(append(lots, l.held()...))
}

// held returns the lots of the holds at hand that are not.
func (l *loader) held() []lotKey {
	var lots []lotKey
	for _, a := range l.accounts {
		for _, h := range a.holds {
			for _, p := range h.Parts {
				if a.lots[p.LotID] == nil {
					lots = append(lots, lotKey{h.MemberID, p.LotEvent, p.LotID})
				}
			}
		}
	}
	return lots
}

func (l *loader) lotsByKey(keys []lotKey) error {
	if len(keys) == 0 {
		return nil
	}
	var args db.Args
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{k.member, k.event, k.lot}
	}
	return l.lots(`WITH k(member_id, event_id, id) AS `+args.Tuples([]db.Kind{db.Int, db.Int, db.Int}, rows)+
		` SELECT `+prefixed("l", lotColumns)+` FROM k CROSS JOIN lot l
		WHERE l.member_id = k.member_id AND l.event_id = k.event_id AND l.id = k.id`, args.Values())
}

// holds reads holds by their keys.
func (l *loader) holds(keys []HoldKey) error {
	if len(keys) == 0 {
		return nil
	}
	var args db.Args
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{k.MemberID, k.ID}
	}
	return l.keepHolds(`WITH k(member_id, id) AS `+args.Tuples([]db.Kind{db.Int, db.Int}, rows)+
		` SELECT `+prefixed("h", holdColumns)+` FROM k CROSS JOIN hold h WHERE h.member_id = k.member_id AND h.id = k.id`, args.Values())
}

// dueHolds reads the open holds that lapse by until, and with Never every open
// one; their lots follow with those of the holds asked for.
func (l *loader) dueHolds(keys []AccountKey, until int64) error {
	var args db.Args
	query := `SELECT ` + holdColumns + ` FROM hold WHERE ` + within(&args, "", keys) + ` AND remaining > 0`
	if until < db.Never {
		query += ` AND lapses > 0 AND lapses <= ` + args.Add(until)
	}
	return l.keepHolds(query, args.Values())
}

// keepHolds gives the holds of a query to their accounts, with their parts.
func (l *loader) keepHolds(query string, args []any) error {
	rows, err := l.q.Query(l.ctx, query, args...)
	list, err := db.Collect(rows, err, scanHold)
	if err != nil {
		return err
	}
	byID := map[id.ID]*Hold{}
	for _, h := range list {
		if a := l.accounts[AccountKey{h.MemberID, h.WalletID}]; a != nil && a.holds[h.ID] == nil {
			byID[h.ID] = h
		}
	}
	if err := l.parts(byID); err != nil {
		return err
	}
	for _, h := range byID {
		l.accounts[AccountKey{h.MemberID, h.WalletID}].keep(h)
	}
	return nil
}

func (l *loader) parts(holds map[id.ID]*Hold) error {
	if len(holds) == 0 {
		return nil
	}
	var args db.Args
	var members, ids []id.ID
	for _, h := range holds {
		members, ids = append(members, h.MemberID), append(ids, h.ID)
	}
	rows, err := l.q.Query(l.ctx, `SELECT hold_id, lot_id, lot_event, remaining FROM hold_lot
		WHERE member_id IN `+args.In(members)+` AND hold_id IN `+args.In(ids)+` ORDER BY hold_id, place`, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hold id.ID
		var p HoldPart
		if err := rows.Scan(&hold, &p.LotID, &p.LotEvent, &p.Left); err != nil {
			return err
		}
		holds[hold].Parts = append(holds[hold].Parts, p)
	}
	return rows.Err()
}

// undo reads the entries asked for and how much of them has been undone.
func (l *loader) undo() ([]Entry, error) {
	if len(l.need.Undo) == 0 {
		return nil, nil
	}
	var args db.Args
	rows := make([][]any, len(l.need.Undo))
	for i, k := range l.need.Undo {
		low, high := int64(k.ID), int64(k.ID)
		if k.ID == 0 {
			high = db.Never
		}
		rows[i] = []any{k.MemberID, k.EventID, low, high}
	}
	list, err := entries(l.ctx, l.q, `WITH k(member_id, event_id, low, high) AS `+args.Tuples([]db.Kind{db.Int, db.Int, db.Int, db.Int}, rows)+
		` SELECT `+selected(entryColumns, reasonOfLot)+` FROM k CROSS JOIN entry t`+reasonOfLot+`
		WHERE t.member_id = k.member_id AND t.event_id = k.event_id AND t.id >= k.low AND t.id <= k.high`, args.Values())
	if err != nil {
		return nil, err
	}
	var taken []Entry
	for _, e := range list {
		if a := l.accounts[AccountKey{e.MemberID, e.WalletID}]; a != nil {
			a.past[e.ID] = e
			taken = append(taken, e)
		}
	}
	l.noteEvents()
	return taken, l.reversals(taken)
}

// noteEvents tells the accounts of which events they have every entry.
func (l *loader) noteEvents() {
	for _, k := range l.need.Undo {
		for _, a := range l.accounts {
			if k.ID == 0 && a.key.MemberID == k.MemberID {
				a.events = append(a.events, k.EventID)
			}
		}
	}
}

// reversals reads how much of the entries has been undone.
func (l *loader) reversals(entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var args db.Args
	var members, ids []id.ID
	for _, e := range entries {
		members, ids = append(members, e.MemberID), append(ids, e.ID)
	}
	slices.Sort(members)
	rows, err := l.q.Query(l.ctx, `SELECT member_id, wallet_id, cause_id, CAST(SUM(amount) AS BIGINT) FROM entry
		WHERE cause_kind = 6 AND member_id IN `+args.In(slices.Compact(members))+` AND cause_id IN `+args.In(ids)+`
		GROUP BY member_id, wallet_id, cause_id`, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k AccountKey
		var undone id.ID
		var n int64
		if err := rows.Scan(&k.MemberID, &k.WalletID, &undone, &n); err != nil {
			return err
		}
		if a := l.accounts[k]; a != nil {
			a.undone[undone] = n
		}
	}
	return rows.Err()
}
