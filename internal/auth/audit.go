package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Entry is what a verb leaves in the audit trail.
type Entry struct {
	// ProgrammeID is 0 for what concerns the whole installation.
	ProgrammeID id.ID
	// Action is what was done, as "member.merge"; its words stand under
	// audit.<action> in the texts of the room that did it.
	Action string
	// Subject is the shown id of what was changed, as "mem_…".
	Subject string
	// Detail holds ids, codes and figures, never personal data.
	Detail map[string]any
}

// AuditRow is one kept entry.
type AuditRow struct {
	ID id.ID
	At time.Time
	// Actor is the text of Actor.String.
	Actor string
	Entry
}

// AuditFilter chooses rows of the audit trail; empty fields choose all.
type AuditFilter struct {
	ProgrammeID id.ID
	Actor       string
	Action      string
	Subject     string
	// From and To bound the time: From ≤ at < To.
	From, To time.Time
	// Before is the id of the last row of the page before; 0 begins with the
	// latest.
	Before id.ID
	Limit  int
}

const (
	auditPage    = 50
	maxAuditPage = 500
)

// Record writes the entries into the audit trail as part of the caller's
// transaction, so that neither a change nor its trace stands alone. It sends
// one statement.
func Record(ctx context.Context, tx *db.Tx, a Actor, entries ...Entry) error {
	rows := make([][]any, len(entries))
	for i, e := range entries {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("writing the audit detail of %s: %w", e.Action, err)
		}
		n := tx.IDs().New()
		rows[i] = []any{int64(n), int64(e.ProgrammeID), db.Micros(n.Time()), a.String(), e.Action, e.Subject, string(detail)}
	}
	if err := tx.Insert(ctx, auditTable, rows); err != nil {
		return fmt.Errorf("writing the audit trail: %w", err)
	}
	return nil
}

// Audit returns a page of the audit trail, the latest first. A filter without
// a programme reads every programme's and needs the permission over the whole
// installation.
func (s *Service) Audit(ctx context.Context, a Actor, f AuditFilter) ([]AuditRow, error) {
	if err := a.Can(f.ProgrammeID, AuditRead); err != nil {
		return nil, err
	}
	if f.Limit <= 0 {
		f.Limit = auditPage
	}
	f.Limit = min(f.Limit, maxAuditPage)
	return selectAudit(ctx, s.d.Reader(), f)
}
