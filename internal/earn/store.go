package earn

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "earn", Files: files}

// History is a rule with its versions, the latest first.
type History struct {
	Rule
	Versions []Version
}

// Draft returns the version that is being written, or nil.
func (h *History) Draft() *Version { return h.in(Draft) }

// Published returns the version that is in force, or nil.
func (h *History) Published() *Version { return h.in(Published) }

func (h *History) in(s State) *Version {
	for i := range h.Versions {
		if h.Versions[i].State == s {
			return &h.Versions[i]
		}
	}
	return nil
}

// LoadRuleset returns every version of the programme's rules that was ever
// published, compiled. It does not change with later publications: whoever
// keeps it watches the programme's version.
func LoadRuleset(ctx context.Context, q db.Queryer, programme id.ID) (*Ruleset, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	versions, err := selectVersions(ctx, q, `v.programme_id = $1 AND v.state <> 'draft'`, programme)
	if err != nil {
		return nil, err
	}
	return NewRuleset(p.Zone, versions)
}

// Histories returns the programme's rules in the order in which they were
// made.
func Histories(ctx context.Context, q db.Queryer, programme id.ID) ([]History, error) {
	versions, err := selectVersions(ctx, q, `v.programme_id = $1`, programme)
	if err != nil {
		return nil, err
	}
	var list []History
	for _, v := range versions {
		if n := len(list); n == 0 || list[n-1].ID != v.Rule.ID {
			list = append(list, History{Rule: v.Rule})
		}
		last := &list[len(list)-1]
		last.Versions = append(last.Versions, v)
	}
	return list, nil
}

// LoadHistory returns one rule of the programme; fault "unknown_rule" when
// there is none.
func LoadHistory(ctx context.Context, q db.Queryer, programme, rule id.ID) (History, error) {
	versions, err := selectVersions(ctx, q, `v.programme_id = $1 AND v.rule_id = $2`, programme, rule)
	if err != nil {
		return History{}, err
	}
	if len(versions) == 0 {
		return History{}, fault.Missing("unknown_rule", "there is no rule %s", rule.In(id.Rule)).With("rule", rule.In(id.Rule))
	}
	return History{Rule: versions[0].Rule, Versions: versions}, nil
}

func selectVersions(ctx context.Context, q db.Queryer, where string, args ...any) ([]Version, error) {
	rows, err := q.Query(ctx, `SELECT v.id, v.number, v.state, v.begins, v.ends, v.decimals, v.spec, r.id, r.programme_id, r.name, r.event_kind
		FROM earn_version AS v JOIN earn_rule AS r ON r.id = v.rule_id
		WHERE `+where+` ORDER BY v.rule_id, v.number DESC`, args...)
	versions, err := db.Collect(rows, err, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	return versions, nil
}

func scanVersion(r *sql.Rows) (Version, error) {
	var v Version
	var begins, ends int64
	var spec string
	err := r.Scan(&v.ID, &v.Number, &v.State, &begins, &ends, &v.Decimals, &spec, &v.Rule.ID, &v.Rule.ProgrammeID, &v.Rule.Name, &v.Rule.Trigger)
	if err != nil {
		return Version{}, err
	}
	v.From, v.To = db.Time(begins), db.Time(ends)
	if err := json.Unmarshal([]byte(spec), &v.Spec); err != nil {
		return Version{}, fmt.Errorf("reading version %s of rule %s: %w", v.ID.In(id.Version), v.Rule.ID.In(id.Rule), err)
	}
	return v, nil
}

func insertRule(ctx context.Context, tx *db.Tx, r Rule) error {
	_, err := tx.Exec(ctx, `INSERT INTO earn_rule (id, programme_id, name, event_kind) VALUES ($1, $2, $3, $4)`,
		r.ID, r.ProgrammeID, r.Name, string(r.Trigger))
	if err != nil {
		return fmt.Errorf("writing a rule: %w", err)
	}
	return nil
}

func renameRule(ctx context.Context, tx *db.Tx, rule id.ID, name string) error {
	if _, err := tx.Exec(ctx, `UPDATE earn_rule SET name = $2 WHERE id = $1`, rule, name); err != nil {
		return fmt.Errorf("renaming a rule: %w", err)
	}
	return nil
}

// nameTaken reports whether another rule of the programme has the name. The
// programme must be locked.
func nameTaken(ctx context.Context, tx *db.Tx, programme, but id.ID, name string) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM earn_rule WHERE programme_id = $1 AND name = $2 AND id <> $3`, programme, name, but).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for a rule of the same name: %w", err)
	}
	return n > 0, nil
}

func insertDraft(ctx context.Context, tx *db.Tx, v Version) error {
	spec, err := json.Marshal(v.Spec)
	if err != nil {
		return fmt.Errorf("writing a draft: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO earn_version (id, rule_id, programme_id, number, state, begins, ends, decimals, spec)
		VALUES ($1, $2, $3, $4, 'draft', 0, 0, $5, $6)`,
		v.ID, v.Rule.ID, v.Rule.ProgrammeID, v.Number, v.Decimals, string(spec))
	if err != nil {
		return fmt.Errorf("writing a draft: %w", err)
	}
	return nil
}

func updateDraft(ctx context.Context, tx *db.Tx, v Version) error {
	spec, err := json.Marshal(v.Spec)
	if err != nil {
		return fmt.Errorf("writing a draft: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE earn_version SET decimals = $2, spec = $3 WHERE id = $1 AND state = 'draft'`, v.ID, v.Decimals, string(spec))
	if err != nil {
		return fmt.Errorf("writing a draft: %w", err)
	}
	return nil
}

// deleteDraft removes a draft, and with the last version its rule.
func deleteDraft(ctx context.Context, tx *db.Tx, v *Version, last bool) error {
	if _, err := tx.Exec(ctx, `DELETE FROM earn_version WHERE id = $1 AND state = 'draft'`, v.ID); err != nil {
		return fmt.Errorf("removing a draft: %w", err)
	}
	if !last {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM earn_rule WHERE id = $1`, v.Rule.ID); err != nil {
		return fmt.Errorf("removing a rule: %w", err)
	}
	return nil
}

// retire ends the version in force and returns how many there were.
func retire(ctx context.Context, tx *db.Tx, rule id.ID, at int64) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE earn_version SET state = 'retired', ends = $2 WHERE rule_id = $1 AND state = 'published'`, rule, at)
	if err != nil {
		return 0, fmt.Errorf("retiring a version: %w", err)
	}
	return n, nil
}

func publish(ctx context.Context, tx *db.Tx, v *Version, from int64) error {
	_, err := tx.Exec(ctx, `UPDATE earn_version SET state = 'published', begins = $2, ends = $3, decimals = $4 WHERE id = $1 AND state = 'draft'`,
		v.ID, from, int64(db.Never), v.Decimals)
	if err != nil {
		return fmt.Errorf("publishing a version: %w", err)
	}
	return nil
}
