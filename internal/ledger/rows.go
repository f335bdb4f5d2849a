package ledger

import (
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/i18n"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "ledger", Files: files}

// endless stands for "open, and the clock has nothing to do with it".
const endless = int64(db.Never - 1)

// The columns, in the order in which rows are written and read.
const (
	balanceSums    = `member_id, wallet_id, earned, adjusted_up, moved_in, debt, pending, available, held, spent, moved_out, adjusted_down, expired, clawed_back`
	balanceColumns = balanceSums + `, next_due`
	lotColumns     = `event_id, id, member_id, wallet_id, origin, moved_to, amount, lapsed, remaining, held, expired, exempt, clawed, earned, activates, expires, released, next_at, shares, rule_version, reason`
	lotState       = `event_id, id, member_id, moved_to, remaining, held, expired, exempt, clawed, activates, expires, released, next_at`
	entryColumns   = `event_id, id, member_id, wallet_id, lot_event, lot_id, kind, from_bucket, to_bucket, amount, occurred, recorded, cause_kind, cause_id, reason`
	holdColumns    = `id, member_id, wallet_id, event_id, amount, remaining, placed, lapses, cause_kind, cause_id, reason`
	holdState      = `id, member_id, remaining`
	partColumns    = `hold_id, lot_id, member_id, lot_event, place, remaining`
	partState      = `hold_id, lot_id, member_id, remaining`
)

var (
	balanceTable     = table("balance", "member_id, wallet_id", balanceColumns)
	balanceSumsTable = table("balance", "member_id, wallet_id", balanceSums)
	lotTable         = table("lot", "member_id, event_id, id", lotColumns)
	lotStateTable    = table("lot", "member_id, event_id, id", lotState)
	entryTable       = table("entry", "member_id, event_id, id", entryColumns)
	holdTable        = table("hold", "member_id, id", holdColumns)
	holdStateTable   = table("hold", "member_id, id", holdState)
	partTable        = table("hold_lot", "member_id, hold_id, lot_id", partColumns)
	partStateTable   = table("hold_lot", "member_id, hold_id, lot_id", partState)
)

// table describes a table for the batch writer; nearly every column is a
// number.
func table(name, key, columns string) db.Table {
	kinds := map[string]db.Kind{"shares": db.Text, "reason": db.Text, "released": db.Bool}
	var list []db.Column
	for c := range strings.SplitSeq(columns, ", ") {
		kind, other := kinds[c]
		if !other {
			kind = db.Int
		}
		list = append(list, db.Column{Name: c, Kind: kind})
	}
	return db.NewTable(name, strings.Split(key, ", "), list...)
}

// prefixed puts an alias before each column.
func prefixed(alias, columns string) string {
	return alias + "." + strings.ReplaceAll(columns, ", ", ", "+alias+".")
}

// dueMicros is db.Micros for a moment that may never come.
func dueMicros(t time.Time) int64 {
	if t.IsZero() {
		return db.Never
	}
	return db.Micros(t)
}

// dueTime is the reverse of dueMicros; it takes endless for never, too.
func dueTime(n int64) time.Time {
	if n >= endless {
		return time.Time{}
	}
	return db.Time(n)
}

// nextAt returns when the lot must be looked at, as it is stored.
func (l *Lot) nextAt() int64 {
	if l.Remaining == 0 {
		return db.Never
	}
	return min(endless, dueMicros(l.next()))
}

func (a *Account) row() []any {
	row := make([]any, 0, buckets+2)
	row = append(row, a.key.MemberID, a.key.WalletID)
	for _, n := range a.balance[Earned:] {
		row = append(row, n)
	}
	return append(row, dueMicros(a.NextDue()))
}

// balanceRow is a stored balance.
type balanceRow struct {
	key     AccountKey
	balance Balance
	due     int64
}

func scanBalance(r *sql.Rows) (balanceRow, error) {
	var b balanceRow
	into := make([]any, 0, buckets+2)
	into = append(into, &b.key.MemberID, &b.key.WalletID)
	for i := range b.balance[Earned:] {
		into = append(into, &b.balance[int(Earned)+i])
	}
	err := r.Scan(append(into, &b.due)...)
	return b, err
}

func (l *Lot) row() ([]any, error) {
	reason, err := reasonText(l.Reason)
	return []any{
		l.EventID, l.ID, l.MemberID, l.WalletID, l.Origin, l.MovedTo, l.Amount, l.Lapsed, l.Remaining, l.Held, l.Expired,
		l.Exempt, l.Clawed, db.Micros(l.Earned), db.Micros(l.Activates), db.Micros(l.Expires), l.Released, l.nextAt(),
		sharesText(l.Shares), l.RuleVersion, reason,
	}, err
}

func (l *Lot) stateRow() []any {
	return []any{
		l.EventID, l.ID, l.MemberID, l.MovedTo, l.Remaining, l.Held, l.Expired, l.Exempt, l.Clawed,
		db.Micros(l.Activates), db.Micros(l.Expires), l.Released, l.nextAt(),
	}
}

// lotRow is a stored lot with the moment under which it is found.
type lotRow struct {
	*Lot
	next int64
}

func scanLot(r *sql.Rows) (lotRow, error) {
	l := lotRow{Lot: &Lot{}}
	var earned, activates, expires int64
	var shares, reason string
	err := r.Scan(&l.EventID, &l.ID, &l.MemberID, &l.WalletID, &l.Origin, &l.MovedTo, &l.Amount, &l.Lapsed, &l.Remaining,
		&l.Held, &l.Expired, &l.Exempt, &l.Clawed, &earned, &activates, &expires, &l.Released, &l.next, &shares, &l.RuleVersion, &reason)
	if err != nil {
		return l, err
	}
	l.Earned, l.Activates, l.Expires = db.Time(earned), db.Time(activates), db.Time(expires)
	if l.Shares, err = parseShares(shares); err != nil {
		return l, err
	}
	l.Reason, err = parseReason(reason)
	return l, err
}

func (e *Entry) row() ([]any, error) {
	why := e.Cause.Reason
	if e.Kind == KindEarn {
		why = i18n.Text{} // stands with the lot
	}
	reason, err := reasonText(why)
	return []any{
		e.Cause.Event, e.ID, e.MemberID, e.WalletID, e.LotEvent, e.LotID, e.Kind, e.From, e.To, e.Amount,
		db.Micros(e.Occurred), db.Micros(e.Recorded), e.Cause.Kind, e.Cause.ID, reason,
	}, err
}

func scanEntry(r *sql.Rows) (Entry, error) {
	var e Entry
	var occurred, recorded int64
	var reason string
	err := r.Scan(&e.Cause.Event, &e.ID, &e.MemberID, &e.WalletID, &e.LotEvent, &e.LotID, &e.Kind, &e.From, &e.To, &e.Amount,
		&occurred, &recorded, &e.Cause.Kind, &e.Cause.ID, &reason)
	if err != nil {
		return e, err
	}
	e.Occurred, e.Recorded = db.Time(occurred), db.Time(recorded)
	e.Cause.Reason, err = parseReason(reason)
	return e, err
}

func (h *Hold) row() ([]any, error) {
	reason, err := reasonText(h.Cause.Reason)
	return []any{
		h.ID, h.MemberID, h.WalletID, h.Cause.Event, h.Amount, h.Left, db.Micros(h.Placed), db.Micros(h.Lapses),
		h.Cause.Kind, h.Cause.ID, reason,
	}, err
}

func scanHold(r *sql.Rows) (*Hold, error) {
	h := &Hold{}
	var placed, lapses int64
	var reason string
	err := r.Scan(&h.ID, &h.MemberID, &h.WalletID, &h.Cause.Event, &h.Amount, &h.Left, &placed, &lapses,
		&h.Cause.Kind, &h.Cause.ID, &reason)
	if err != nil {
		return h, err
	}
	h.Placed, h.Lapses = db.Time(placed), db.Time(lapses)
	h.Cause.Reason, err = parseReason(reason)
	return h, err
}

// reasonText writes a reason as it is stored; nothing for none.
func reasonText(t i18n.Text) (string, error) {
	if t.Key == "" {
		return "", nil
	}
	b, err := json.Marshal(t)
	return string(b), err
}

func parseReason(s string) (i18n.Text, error) {
	var t i18n.Text
	if s == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(s), &t); err != nil {
		return t, fmt.Errorf("reading a reason: %w", err)
	}
	return t, nil
}

// sharesText writes shares as they are stored: "12,0,7".
func sharesText(shares []int64) string {
	var b []byte
	for i, n := range shares {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(b)
}

func parseShares(s string) ([]int64, error) {
	if s == "" {
		return nil, nil
	}
	shares := make([]int64, 0, strings.Count(s, ",")+1)
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading the shares of a lot: %w", err)
		}
		shares = append(shares, n)
	}
	return shares, nil
}
