package standard

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "visits" }

func visitorsOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]*Visitor, error) {
	var args db.Args
	return selectVisitors(ctx, q, `programme_id = `+args.Add(programme)+` AND member_id IN `+args.In(members)+` ORDER BY id`, args.Values()...)
}

func visitsOf(ctx context.Context, q db.Queryer, programme id.ID, visitor id.ID) ([]*Visit, error) {
	return selectVisits(ctx, q, `v.programme_id = $1 AND v.visitor_id = $2 ORDER BY v.id`, programme, visitor)
}

// Erase calls off what a person was to visit, and takes out of their sheets what
// they wrote and showed; what they found stays, for the counts.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	list, err := visitorsOf(ctx, tx, programme, members)
	if err != nil {
		return err
	}
	if err := forget(ctx, tx, tx.IDs().New().Time(), list); err != nil {
		return err
	}
	for _, who := range list {
		visits, err := visitsOf(ctx, tx, programme, who.ID)
		if err != nil {
			return err
		}
		for _, v := range visits {
			if err := v.hush(ctx, tx); err != nil {
				return err
			}
		}
	}
	return nil
}

// hush takes out of a sheet what somebody wrote and showed.
func (n *Visit) hush(ctx context.Context, tx *db.Tx) error {
	n.Remark, n.Reference, n.SaleID = "", "", 0
	n.Answers = hushed(n.Answers)
	if err := saveVisit(ctx, tx, n); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM standard_photo WHERE programme_id = $1 AND visit_id = $2`, n.ProgrammeID, n.ID); err != nil {
		return fmt.Errorf("forgetting photos: %w", err)
	}
	// What stood there before a correction goes; that there was one stays.
	if _, err := tx.Exec(ctx, `UPDATE standard_correction SET before = '{}' WHERE programme_id = $1 AND visit_id = $2`, n.ProgrammeID, n.ID); err != nil {
		return fmt.Errorf("forgetting corrections: %w", err)
	}
	return nil
}

func hushed(answers map[string]Answer) map[string]Answer {
	n := map[string]Answer{}
	for code, a := range answers {
		n[code] = Answer{Value: a.Value, None: a.None}
	}
	return n
}

// VisitorRecord is somebody who is sent, in exports.
type VisitorRecord struct {
	Visitor string        `json:"visitor"`
	Kind    VisitorKind   `json:"kind"`
	Staff   string        `json:"staff,omitempty"`
	Member  string        `json:"member,omitempty"`
	Name    string        `json:"name,omitempty"`
	Contact string        `json:"contact,omitempty"`
	Since   time.Time     `json:"since"`
	Until   *time.Time    `json:"until,omitempty"`
	Visits  []VisitRecord `json:"visits,omitempty"`
}

// VisitRecord is a visit in exports.
type VisitRecord struct {
	Visit     string            `json:"visit"`
	Kind      Kind              `json:"kind"`
	Round     string            `json:"round,omitempty"`
	Standard  string            `json:"standard"`
	Version   int64             `json:"version"`
	Shop      string            `json:"shop"`
	Visitor   string            `json:"visitor,omitempty"`
	Seconds   string            `json:"second_rater_of,omitempty"`
	Day       string            `json:"day"`
	State     State             `json:"state"`
	Answers   map[string]Answer `json:"answers"`
	Arrived   string            `json:"arrived,omitempty"`
	Served    string            `json:"served,omitempty"`
	Left      string            `json:"left,omitempty"`
	Reference string            `json:"reference,omitempty"`
	Sale      string            `json:"sale,omitempty"`
	Remark    string            `json:"remark,omitempty"`
	Score     int64             `json:"score"`
	Failed    bool              `json:"failed"`
	Sent      *time.Time        `json:"sent,omitempty"`
	Reply     string            `json:"reply,omitempty"`
	Photos    [][]byte          `json:"photos,omitempty"`
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func shown(n id.ID, p id.Prefix) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

func (n *Visitor) record() VisitorRecord {
	return VisitorRecord{n.ID.In(id.Visitor), n.Kind, shown(n.StaffID, id.Staff), shown(n.MemberID, id.Member), n.Name, n.Contact, n.Made, when(n.Gone), nil}
}

func (n *Visit) record(ctx context.Context, q db.Queryer) (VisitRecord, error) {
	r := VisitRecord{
		n.ID.In(id.Visit), n.Kind, shown(n.RoundID, id.VisitRound), n.StandardID.In(id.Standard), n.Version, n.ShopID.In(id.Shop), shown(n.VisitorID, id.Visitor),
		shown(n.PairID, id.Visit), n.Day, n.State, n.Answers, n.Arrived.String(), n.Served.String(), n.Departed.String(), n.Reference, shown(n.SaleID, id.Sale), n.Remark,
		n.Score, n.Failed, when(n.Sent), n.Reply, nil,
	}
	photos, err := photosOf(ctx, q, n.ProgrammeID, n.ID)
	if err != nil {
		return r, err
	}
	for _, p := range photos {
		b, err := picture(ctx, q, n.ProgrammeID, n.ID, p.ID)
		if err != nil {
			return r, err
		}
		r.Photos = append(r.Photos, b)
	}
	return r, nil
}

// Export returns what a person was sent to do, and what they found.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	list, err := visitorsOf(ctx, q, programme, members)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var all []VisitorRecord
	for _, who := range list {
		r := who.record()
		visits, err := visitsOf(ctx, q, programme, who.ID)
		if err != nil {
			return nil, err
		}
		for _, v := range visits {
			n, err := v.record(ctx, q)
			if err != nil {
				return nil, err
			}
			n.Reply = "" // that is the shop's
			r.Visits = append(r.Visits, n)
		}
		all = append(all, r)
	}
	return all, nil
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"standards", "visit_scenarios", "visitors", "visits"} }

type standardRecord struct {
	Standard  string    `json:"standard"`
	Version   int64     `json:"version"`
	Published time.Time `json:"published"`
	Spec      *Spec     `json:"spec"`
}

type scenarioRecord struct {
	Scenario string `json:"scenario"`
	Plot
	Standard string     `json:"standard"`
	Retired  *time.Time `json:"retired,omitempty"`
}

// Dump gives standards in every version, scenarios, visitors, and visits with
// their sheets.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	versions, err := versionsOf(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, n := range versions {
		if err := to("standards", n); err != nil {
			return err
		}
	}
	scenarios, err := selectScenarios(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, n := range scenarios {
		if err := to("visit_scenarios", scenarioRecord{n.ID.In(id.Scenario), n.Plot, n.StandardID.In(id.Standard), when(n.Retired)}); err != nil {
			return err
		}
	}
	people, err := selectVisitors(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	if err != nil {
		return err
	}
	for _, n := range people {
		if err := to("visitors", n.record()); err != nil {
			return err
		}
	}
	return everyVisit(ctx, q, programme, func(v *Visit) error {
		r, err := v.record(ctx, q)
		if err != nil {
			return err
		}
		return to("visits", r)
	})
}

// everyVisit calls fn with each visit of a programme, read in pages.
func everyVisit(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Visit) error) error {
	for after := id.ID(0); ; {
		list, err := selectVisits(ctx, q, `v.programme_id = $1 AND v.id > $2 ORDER BY v.id LIMIT 500`, programme, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, v := range list {
			if err := fn(v); err != nil {
				return err
			}
		}
		after = list[len(list)-1].ID
	}
}
