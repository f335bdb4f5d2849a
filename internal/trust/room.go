package trust

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "trust" }

// Erase forgets of what a person was told; nothing else here is of anybody.
func (room) Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	_, err := tx.Exec(ctx, `DELETE FROM trust_told WHERE programme_id = `+args.Add(programme)+` AND member_id IN `+args.In(members), args.Values()...)
	if err != nil {
		return fmt.Errorf("erasing who was told of a known issue: %w", err)
	}
	return nil
}

// Told is that a person was told of a known issue that is mended.
type Told struct {
	Issue string    `json:"issue"`
	At    time.Time `json:"at"`
}

// Export returns of which issues a person was told.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT issue_id, at FROM trust_told WHERE programme_id = `+args.Add(programme)+` AND member_id IN `+args.In(members)+` ORDER BY issue_id, at`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (t Told, err error) {
		var n id.ID
		var at int64
		err = r.Scan(&n, &at)
		t.Issue, t.At = n.In(id.KnownIssue), db.Time(at)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading of what somebody was told: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

// IssueRecord is a version of a known issue in exports.
type IssueRecord struct {
	Issue   string    `json:"issue"`
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Spec    Spec      `json:"spec"`
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string {
	return []string{"known_issues", "trust_reports", "trust_attestations", "trust_readings"}
}

// Dump gives every version of every known issue, all that was published, and
// what people stand for.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectIssues(ctx, q, `i.programme_id = $1 ORDER BY i.id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		versions, err := versionsOf(ctx, q, programme, n.ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if err := to("known_issues", IssueRecord{n.ID.In(id.KnownIssue), v.no, db.Time(v.at), v.actor, v.spec}); err != nil {
				return err
			}
		}
	}
	if err := dumpReports(ctx, q, programme, to); err != nil {
		return err
	}
	if err := dumpAttestations(ctx, q, programme, to); err != nil {
		return err
	}
	return dumpReadings(ctx, q, programme, to)
}

// Check notes published figures that do not hold, and issues that are not what their latest version says, that were
// taken back after they were published, or whose products are others.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectIssues(ctx, q, `i.programme_id = $1 ORDER BY i.id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		if err := n.audit(ctx, q, note); err != nil {
			return err
		}
	}
	if err := checkReports(ctx, q, programme, note); err != nil {
		return err
	}
	if err := checkAttestations(ctx, q, programme, note); err != nil {
		return err
	}
	if err := checkPhotos(ctx, q, programme, note); err != nil {
		return err
	}
	return checkTold(ctx, q, programme, note)
}

func (n *Issue) audit(ctx context.Context, q db.Queryer, note func(string)) error {
	name := n.ID.In(id.KnownIssue)
	versions, err := versionsOf(ctx, q, n.ProgrammeID, n.ID)
	if err != nil {
		return err
	}
	published := false
	for i, v := range versions {
		if v.no != int64(i+1) {
			note(name + " lacks a version of its history")
			break
		}
		if published && !v.spec.Published {
			note(name + " was published and taken back")
		}
		published = v.spec.Published
	}
	if last := len(versions); int64(last) != n.Version || last > 0 && !reflect.DeepEqual(versions[last-1].spec, n.Spec) {
		note(name + " is not what its latest version says")
	}
	rows, err := q.Query(ctx, `SELECT sku FROM trust_issue_product WHERE programme_id = $1 AND issue_id = $2`, n.ProgrammeID, n.ID)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (sku string, err error) { return sku, r.Scan(&sku) })
	if err != nil {
		return fmt.Errorf("checking the products of a known issue: %w", err)
	}
	named := map[string]bool{}
	for _, sku := range n.Products {
		named[sku] = true
	}
	for _, sku := range found {
		if !named[sku] {
			note(name + " is found by a product that it does not name")
		}
		delete(named, sku)
	}
	if len(named) > 0 {
		note(name + " names a product by which it is not found")
	}
	return nil
}

// checkTold notes people who were told of what was never there.
func checkTold(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	rows, err := q.Query(ctx, `SELECT t.issue_id FROM trust_told AS t LEFT JOIN trust_issue AS i ON i.programme_id = t.programme_id AND i.id = t.issue_id
		WHERE t.programme_id = $1 AND i.id IS NULL ORDER BY t.issue_id LIMIT 100`, programme)
	err = db.Each(rows, err, scanID, func(n id.ID) error {
		note(n.In(id.KnownIssue) + " was told of and is not there")
		return nil
	})
	if err != nil {
		return fmt.Errorf("checking who was told: %w", err)
	}
	return nil
}
