package standard

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// VisitorKind says whence a visitor is.
type VisitorKind string

// The kinds of visitors.
const (
	FromStaff   VisitorKind = "staff"    // of another shop
	FromMembers VisitorKind = "member"   // who agreed
	Outsider    VisitorKind = "outsider" // by name, with a personal link
)

// VisitorKinds returns every kind, in the order in which they are offered.
func VisitorKinds() []VisitorKind { return []VisitorKind{FromStaff, FromMembers, Outsider} }

// Text names the kind in words.
func (k VisitorKind) Text() i18n.Text { return i18n.Text{Key: "standard.visitor." + string(k)} }

// Visitor is somebody who may be sent.
type Visitor struct {
	ID, ProgrammeID id.ID
	Kind            VisitorKind
	StaffID         id.ID
	MemberID        id.ID
	// Name and Contact are of an outsider; contact is for our eyes only.
	Name, Contact string
	// Avoid are shops where they work or are known, beside those that we know of
	// ourselves.
	Avoid []id.ID
	Made  time.Time
	// Gone is when they stopped, zero while they may be drawn.
	Gone time.Time
}

// known is how often within a year a member must have bought in a shop for its
// staff to know them.
const known = 3

// UnknownVisitor is the fault of an id that is no visitor's: "unknown_visitor".
func UnknownVisitor(n id.ID) *fault.Error {
	return fault.Missing("unknown_visitor", "the programme has no visitor %s", n.In(id.Visitor)).With("visitor", n.In(id.Visitor))
}

func selectVisitors(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Visitor, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, kind, staff_id, member_id, name, contact, avoid, made, gone FROM standard_visitor WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Visitor, error) {
		n := &Visitor{}
		var avoid string
		var made, gone int64
		if err := r.Scan(&n.ProgrammeID, &n.ID, &n.Kind, &n.StaffID, &n.MemberID, &n.Name, &n.Contact, &avoid, &made, &gone); err != nil {
			return nil, err
		}
		n.Made, n.Gone = db.Time(made), db.Time(gone)
		return n, unpacked(avoid, &n.Avoid)
	})
	if err != nil {
		return nil, fmt.Errorf("reading visitors: %w", err)
	}
	return list, nil
}

func (n *Visitor) row() ([]any, error) {
	avoid, err := packed(n.Avoid)
	return []any{n.ProgrammeID, n.ID, string(n.Kind), n.StaffID, n.MemberID, n.Name, n.Contact, avoid, db.Micros(n.Made), db.Micros(n.Gone)}, err
}

// Visitors returns them all, the latest first. It needs visits.plan.
func (s *Service) Visitors(ctx context.Context, a auth.Actor, programme id.ID) ([]*Visitor, error) {
	if err := a.Can(programme, auth.VisitsPlan); err != nil {
		return nil, err
	}
	return selectVisitors(ctx, s.d.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
}

// AddVisitor writes down who may be sent: somebody of the staff, a member who
// agreed, or an outsider by name. Somebody who is there already is returned. It
// needs visits.plan.
func (s *Service) AddVisitor(ctx context.Context, a auth.Actor, programme id.ID, n Visitor) (*Visitor, error) {
	n.Name, n.Contact = line(n.Name), line(n.Contact)
	n.ProgrammeID, n.Made, n.Gone = programme, s.clock(), time.Time{}
	if err := n.check(); err != nil {
		return nil, err
	}
	err := s.write(ctx, a, programme, auth.VisitsPlan, func(tx *db.Tx, _ *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		if err := program.Touch(ctx, tx, programme); err != nil { // the same person once
			return none, err
		}
		if err := n.belongs(ctx, tx); err != nil {
			return none, err
		}
		same, err := selectVisitors(ctx, tx, `programme_id = $1 AND gone = 0 AND staff_id = $2 AND member_id = $3 AND name = $4`, programme, n.StaffID, n.MemberID, n.Name)
		if err != nil {
			return none, err
		}
		n.ID = tx.IDs().New()
		if len(same) > 0 {
			n.ID, n.Made = same[0].ID, same[0].Made
		}
		row, err := n.row()
		if err != nil {
			return none, err
		}
		if err := tx.Upsert(ctx, visitorTable, [][]any{row}); err != nil {
			return none, fmt.Errorf("writing a visitor: %w", err)
		}
		return auth.Entry{Action: "visitor.add", Subject: n.ID.In(id.Visitor), Detail: map[string]any{"kind": string(n.Kind)}}, nil
	})
	return &n, err
}

// check refuses a visitor who is nobody, or two at once.
func (n *Visitor) check() error {
	if !slices.Contains(VisitorKinds(), n.Kind) {
		return fault.Invalid("visitor_kind", "a visitor is staff, member or outsider").At("/kind")
	}
	for _, part := range []struct {
		kind  VisitorKind
		given bool
		field string
	}{{FromStaff, n.StaffID != 0, "/staff"}, {FromMembers, n.MemberID != 0, "/member"}, {Outsider, n.Name != "", "/name"}} {
		if part.given != (n.Kind == part.kind) {
			return fault.Invalid("visitor_who", "name the person of the staff, the member or the outsider, and nobody else").At(part.field)
		}
	}
	if err := short(n.Name, "/name", maxShort); err != nil {
		return err
	}
	return short(n.Contact, "/contact", maxShort)
}

// belongs refuses people and shops that are not the programme's.
func (n *Visitor) belongs(ctx context.Context, q db.Queryer) error {
	if n.Kind == FromStaff {
		name := auth.Actor{Kind: auth.KindStaff, ID: n.StaffID}.String()
		names, err := auth.Names(ctx, q, []string{name})
		if err != nil {
			return err
		}
		if _, is := names[name]; !is {
			return fault.Invalid("visitor_staff", "nobody of the staff is %s", n.StaffID.In(id.Staff)).At("/staff")
		}
	}
	if n.Kind == FromMembers {
		if _, err := member.Present(ctx, q, n.ProgrammeID, n.MemberID); err != nil {
			return fault.At("/member", err)
		}
	}
	shops, err := program.Shops(ctx, q, n.ProgrammeID)
	for _, x := range n.Avoid {
		if !slices.ContainsFunc(shops, func(o program.Shop) bool { return o.ID == x }) {
			return fault.Invalid("visit_shop", "the programme has no such shop").At("/avoid")
		}
	}
	if n.Avoid == nil {
		n.Avoid = []id.ID{}
	}
	return err
}

// Forget ends somebody's visits: those that are planned are called off, and name
// and contact go. What they found stays. It needs visits.plan.
func (s *Service) Forget(ctx context.Context, a auth.Actor, programme, which id.ID) error {
	return s.write(ctx, a, programme, auth.VisitsPlan, func(tx *db.Tx, _ *program.Programme) (auth.Entry, error) {
		var none auth.Entry
		list, err := selectVisitors(ctx, tx, `programme_id = $1 AND id = $2`, programme, which)
		if err == nil && len(list) == 0 {
			err = UnknownVisitor(which)
		}
		if err != nil {
			return none, err
		}
		if err := forget(ctx, tx, s.clock(), list); err != nil {
			return none, err
		}
		return auth.Entry{Action: "visitor.forget", Subject: which.In(id.Visitor)}, nil
	})
}

func forget(ctx context.Context, tx *db.Tx, now time.Time, list []*Visitor) error {
	for _, n := range list {
		n.Name, n.Contact = "", ""
		if n.Gone.IsZero() {
			n.Gone = now
		}
		row, err := n.row()
		if err != nil {
			return err
		}
		if err := tx.Update(ctx, visitorTable, [][]any{row}); err != nil {
			return fmt.Errorf("forgetting a visitor: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE standard_visit SET state = 'cancelled' WHERE programme_id = $1 AND visitor_id = $2 AND state = 'planned'`, n.ProgrammeID, n.ID); err != nil {
			return fmt.Errorf("calling visits off: %w", err)
		}
	}
	return nil
}

// barred returns the shops of each visitor where they work or are known: those
// they say, those at whose tills they worked, and those where they bought often.
func barred(ctx context.Context, q db.Queryer, now time.Time, list []*Visitor) (map[id.ID][]id.ID, error) {
	all := map[id.ID][]id.ID{}
	for _, n := range list {
		shops := slices.Clone(n.Avoid)
		var err error
		var more []id.ID
		switch n.Kind {
		case FromStaff:
			more, err = workplaces(ctx, q, n.ProgrammeID, n.StaffID)
		case FromMembers:
			more, err = haunts(ctx, q, n.MemberID, now)
		}
		if err != nil {
			return nil, err
		}
		shops = append(shops, more...)
		slices.Sort(shops)
		all[n.ID] = slices.Compact(shops)
	}
	return all, nil
}

// workplaces returns the shops at whose tills somebody worked, as far as shifts
// are remembered.
func workplaces(ctx context.Context, q db.Queryer, programme, staff id.ID) ([]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT d.shop_id FROM till_shift AS f JOIN till_device AS d ON d.id = f.device_id
		WHERE f.staff_id = $1 AND d.programme_id = $2 ORDER BY d.shop_id`, staff, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("reading where somebody works: %w", err)
	}
	return list, nil
}

// haunts returns the shops where a member bought often within a year.
func haunts(ctx context.Context, q db.Queryer, m id.ID, now time.Time) ([]id.ID, error) {
	aliases, err := member.Aliases(ctx, q, m)
	if err != nil {
		return nil, err
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT s.shop_id FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(aliases)+` AND e.occurred > `+args.Add(db.Micros(now.AddDate(-1, 0, 0)))+
		` AND s.shop_id <> 0 GROUP BY s.shop_id HAVING COUNT(*) >= `+args.Add(known)+` ORDER BY s.shop_id`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("reading where somebody buys: %w", err)
	}
	return list, nil
}
