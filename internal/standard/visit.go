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
	"regulars/internal/link"
)

// Kind says whether the shop knew.
type Kind string

// The kinds of visits.
const (
	Mystery Kind = "mystery" // unannounced
	Audit   Kind = "audit"   // announced
)

// Kinds returns both kinds, in the order in which they are offered.
func Kinds() []Kind { return []Kind{Mystery, Audit} }

// Text names the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "standard.kind." + string(k)} }

// State says how far a visit is.
type State string

// The states of a visit. One that is planned and whose time is over was missed.
const (
	Planned   State = "planned"
	Sent      State = "sent"
	Missed    State = "missed"
	Cancelled State = "cancelled"
)

// States returns every state, in the order in which they are offered.
func States() []State { return []State{Planned, Sent, Missed, Cancelled} }

// Text names the state in words.
func (n State) Text() i18n.Text { return i18n.Text{Key: "standard.state." + string(n)} }

// graceDays is how long after its day a sheet may still be sent.
const graceDays = 3

// Visit is one look at one shop, with what was found.
type Visit struct {
	ID, ProgrammeID id.ID
	Kind            Kind
	// RoundID and ScenarioID are of mystery visits.
	RoundID, ScenarioID id.ID
	StandardID          id.ID
	Version             int64
	ShopID              id.ID
	// VisitorID is who makes a mystery visit, AuditorID who of the staff announced
	// an audit.
	VisitorID, AuditorID id.ID
	// PairID is the visit that this one rates as well, 0 for none.
	PairID id.ID
	// Day is when it is to be, as 2026-05-31. The sheet may be sent from Opens,
	// its beginning where the shop is, until Closes.
	Day           string
	Opens, Closes time.Time
	State         State
	Sheet
	// Score is per 10,000, or Unjudged; Failed says that something critical was
	// not kept. Both are of a sheet that was sent.
	Score  int64
	Failed bool
	Sent   time.Time
	// Reply is what the shop says to it.
	Reply     string
	Replied   time.Time
	RepliedBy string
	Made      time.Time

	token string
}

// At returns the state at a moment.
func (n *Visit) At(now time.Time) State {
	if n.State == Planned && !now.Before(n.Closes) {
		return Missed
	}
	return n.State
}

// UnknownVisit is the fault of an id that is no visit's, or of one that is hidden
// from who asks: "unknown_visit".
func UnknownVisit(n id.ID) *fault.Error {
	return fault.Missing("unknown_visit", "the programme has no visit %s", n.In(id.Visit)).With("visit", n.In(id.Visit))
}

const visitColumns = `v.programme_id, v.id, v.kind, v.round_id, v.scenario_id, v.standard_id, v.version, v.shop_id, v.visitor_id, v.auditor_id, v.pair_id, v.day,
	v.opens, v.closes, v.state, v.token, v.answers, v.arrived, v.served, v.departed, v.reference, v.sale_id, v.remark, v.lang, v.score, v.failed, v.sent,
	v.reply, v.replied, v.replied_by, v.made`

func selectVisits(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Visit, error) {
	rows, err := q.Query(ctx, `SELECT `+visitColumns+` FROM standard_visit AS v WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanVisit)
	if err != nil {
		return nil, fmt.Errorf("reading visits: %w", err)
	}
	return list, nil
}

func scanVisit(r *sql.Rows) (*Visit, error) {
	n := &Visit{}
	var opens, closes, sent, replied, made int64
	var answers string
	err := r.Scan(&n.ProgrammeID, &n.ID, &n.Kind, &n.RoundID, &n.ScenarioID, &n.StandardID, &n.Version, &n.ShopID, &n.VisitorID, &n.AuditorID, &n.PairID, &n.Day,
		&opens, &closes, &n.State, &n.token, &answers, &n.Arrived, &n.Served, &n.Departed, &n.Reference, &n.SaleID, &n.Remark, &n.Lang, &n.Score, &n.Failed, &sent,
		&n.Reply, &replied, &n.RepliedBy, &made)
	if err != nil {
		return nil, err
	}
	n.Opens, n.Closes, n.Sent, n.Replied, n.Made = db.Time(opens), db.Time(closes), db.Time(sent), db.Time(replied), db.Time(made)
	return n, unpacked(answers, &n.Answers)
}

func (n *Visit) row() ([]any, error) {
	answers, err := packed(n.Answers)
	return []any{
		n.ProgrammeID, n.ID, string(n.Kind), n.RoundID, n.ScenarioID, n.StandardID, n.Version, n.ShopID, n.VisitorID, n.AuditorID, n.PairID, n.Day,
		db.Micros(n.Opens), db.Micros(n.Closes), string(n.State), n.token, answers, int64(n.Arrived), int64(n.Served), int64(n.Departed), n.Reference, n.SaleID,
		n.Remark, n.Lang, n.Score, n.Failed, db.Micros(n.Sent), n.Reply, db.Micros(n.Replied), n.RepliedBy, db.Micros(n.Made),
	}, err
}

func saveVisit(ctx context.Context, tx *db.Tx, n *Visit) error {
	row, err := n.row()
	if err != nil {
		return err
	}
	if err := tx.Update(ctx, visitTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a visit: %w", err)
	}
	return nil
}

// loadVisit returns a visit; lock is the suffix that keeps others from it.
func loadVisit(ctx context.Context, q db.Queryer, programme, n id.ID, lock string) (*Visit, error) {
	list, err := selectVisits(ctx, q, `v.programme_id = $1 AND v.id = $2`+lock, programme, n)
	if err == nil && len(list) == 0 {
		err = UnknownVisit(n)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Path begins the address of a sheet; the secret follows. Scheme begins a
// contact's path that stands for it, followed by the visit.
const (
	Path   = "/visit/"
	Scheme = "visit"
)

// links are those of visits' sheets.
var links = link.Kind{Name: "visit", Path: Path, Opens: id.Visit, Bytes: 15}

// Token returns the secret of a visit's link.
func Token(salt string, visit id.ID) string { return links.Secret(salt, visit) }

// LinkPath returns the path of a visit's page, for messages; subject is the
// visit's shown id.
func LinkPath(salt, subject string) string { return links.To(salt, subject) }

// sight is which visits an actor may see.
type sight struct {
	plans bool    // mystery visits that are to come
	own   []id.ID // shops of which they may not
	// rates are sheets that another has sent of a visit which they are to rate
	// too: what the other found would sway them.
	rates []id.ID
}

// sees returns what an actor may see. Whoever plans sees mystery visits that are
// to come, but of the shops where they work; the others see what was sent, and
// audits.
func (s *Service) sees(ctx context.Context, q db.Queryer, a auth.Actor, programme id.ID) (n sight, err error) {
	if err := a.Can(programme, auth.StandardsRead); err != nil {
		return n, err
	}
	n.plans = a.Can(programme, auth.VisitsPlan) == nil
	if a.Kind != auth.KindStaff {
		return n, nil
	}
	if n.plans {
		if n.own, err = s.homes(ctx, q, programme, a.ID); err != nil {
			return n, err
		}
	}
	n.rates, err = s.toRate(ctx, q, programme, a.ID)
	return n, err
}

// toRate returns the sheets that others have sent of visits which somebody of the
// staff is to rate as well, and has not yet.
func (s *Service) toRate(ctx context.Context, q db.Queryer, programme, staff id.ID) ([]id.ID, error) {
	rows, err := q.Query(ctx, `SELECT o.id FROM standard_visitor AS w JOIN standard_visit AS v ON v.programme_id = w.programme_id AND v.visitor_id = w.id AND v.state = 'planned' AND v.closes > $3
		JOIN standard_visit AS o ON o.programme_id = v.programme_id AND o.state = 'sent' AND (o.id = v.pair_id OR o.pair_id = v.id)
		WHERE w.programme_id = $1 AND w.staff_id = $2`, programme, staff, db.Micros(s.clock()))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return nil, fmt.Errorf("reading what somebody is to rate: %w", err)
	}
	return list, nil
}

// homes are the shops where somebody of the staff works: at whose tills they
// worked, and those that they have said as a visitor.
func (s *Service) homes(ctx context.Context, q db.Queryer, programme, staff id.ID) ([]id.ID, error) {
	shops, err := workplaces(ctx, q, programme, staff)
	if err != nil {
		return nil, err
	}
	list, err := selectVisitors(ctx, q, `programme_id = $1 AND staff_id = $2`, programme, staff)
	for _, n := range list {
		shops = append(shops, n.Avoid...)
	}
	return shops, err
}

// hides reports whether a visit is kept from who looks.
func (n *sight) hides(v *Visit) bool {
	return slices.Contains(n.rates, v.ID) || v.Kind == Mystery && v.State != Sent && (!n.plans || slices.Contains(n.own, v.ShopID))
}

// veil takes off what only those may know who plan: who came, and the receipt,
// which leads to them and to who served them.
func (n *sight) veil(v *Visit) {
	if v.Kind == Mystery && (!n.plans || slices.Contains(n.own, v.ShopID)) {
		v.VisitorID, v.SaleID, v.Reference = 0, 0, ""
	}
	if v.State != Sent && v.Kind == Mystery {
		v.Sheet = Blank() // what somebody has not sent is theirs
	}
}
