package member

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "member", Files: files}

// ErrTaken says that somebody else gave one of the identities to a member
// since they were asked for: recognise again.
var ErrTaken = errors.New("an identity was taken meanwhile")

const memberColumns = `id, programme_id, status, given_name, family_name, language, zone, birth_day, birth_month, birth_year,
	bucket, created, enrolled, merged_into, tags, attributes, version`

var memberTable = db.NewTable("member", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "status", Kind: db.Text},
	db.Column{Name: "given_name", Kind: db.Text}, db.Column{Name: "family_name", Kind: db.Text},
	db.Column{Name: "language", Kind: db.Text}, db.Column{Name: "zone", Kind: db.Text},
	db.Column{Name: "birth_day", Kind: db.Int}, db.Column{Name: "birth_month", Kind: db.Int}, db.Column{Name: "birth_year", Kind: db.Int},
	db.Column{Name: "bucket", Kind: db.Int}, db.Column{Name: "created", Kind: db.Int}, db.Column{Name: "enrolled", Kind: db.Int},
	db.Column{Name: "merged_into", Kind: db.Int}, db.Column{Name: "tags", Kind: db.Text}, db.Column{Name: "attributes", Kind: db.Text},
	db.Column{Name: "version", Kind: db.Int})

// Newcomer is a member who is written for the first time.
type Newcomer struct {
	Member     *Member
	Identities []Identity
}

// Insert writes new members with their identities, giving an id to those that
// have none. It sends at most six statements whatever the number of members,
// and ErrTaken if an identity belongs to somebody. The profile is taken as
// Check has passed it.
func Insert(ctx context.Context, tx *db.Tx, newcomers []Newcomer) error {
	members, owned := make([]*Member, len(newcomers)), make([]Owned, len(newcomers))
	rows := make([][]any, len(newcomers))
	for i, n := range newcomers {
		m := n.Member
		if m.ID == 0 {
			m.ID = tx.IDs().New()
		}
		m.Version = 1
		row, err := m.row()
		if err != nil {
			return err
		}
		rows[i], members[i] = row, m
		owned[i] = Owned{ProgrammeID: m.ProgrammeID, MemberID: m.ID, Identities: n.Identities}
	}
	if err := tx.Insert(ctx, memberTable, rows); err != nil {
		return fmt.Errorf("writing members: %w", err)
	}
	if err := Attach(ctx, tx, owned); err != nil {
		return err
	}
	return index(ctx, tx, members, nil)
}

// Load returns the members with these ids by the id asked for, following
// merges: a loser's id gives the survivor. An id that does not exist is left
// out. With lock the rows are held, in the order of their ids, until the
// transaction ends. It sends one statement, and one more for survivors.
func Load(ctx context.Context, tx *db.Tx, ids []id.ID, lock bool) (map[id.ID]*Member, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	return load(ctx, tx, ids, suffix)
}

// LoadThemselves returns the members with these ids in the order of their ids,
// locked, without following merges: a loser comes as itself. An id that does
// not exist is left out.
func LoadThemselves(ctx context.Context, tx *db.Tx, ids []id.ID) ([]*Member, error) {
	return selectMembers(ctx, tx, ids, tx.ForUpdate())
}

// Read is Load without a transaction.
func Read(ctx context.Context, q db.Queryer, ids []id.ID) (map[id.ID]*Member, error) {
	return load(ctx, q, ids, "")
}

func load(ctx context.Context, q db.Queryer, ids []id.ID, suffix string) (map[id.ID]*Member, error) {
	rows := make(map[id.ID]*Member, len(ids))
	for wanted := ids; len(wanted) > 0; {
		list, err := selectMembers(ctx, q, wanted, suffix)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			rows[m.ID] = m
		}
		wanted = nil
		for _, m := range list {
			if m.MergedInto != 0 && rows[m.MergedInto] == nil && !slices.Contains(wanted, m.MergedInto) {
				wanted = append(wanted, m.MergedInto)
			}
		}
	}
	found := make(map[id.ID]*Member, len(ids))
	for _, asked := range ids {
		m := rows[asked]
		for m != nil && m.MergedInto != 0 {
			m = rows[m.MergedInto]
		}
		if m != nil {
			found[asked] = m
		}
	}
	return found, nil
}

func selectMembers(ctx context.Context, q db.Queryer, ids []id.ID, suffix string) ([]*Member, error) {
	var args db.Args
	query := `SELECT ` + memberColumns + ` FROM member WHERE id IN ` + args.In(ids) + ` ORDER BY id` + suffix
	rows, err := q.Query(ctx, query, args.Values()...)
	return db.Collect(rows, err, scanMember)
}

// Save writes changed members and raises their versions. It sends one
// statement for the rows and nine more when names or tags changed, whatever
// the number of members. They must have been loaded with lock in this
// transaction.
func Save(ctx context.Context, tx *db.Tx, members []*Member) error {
	if len(members) == 0 {
		return nil
	}
	if err := write(ctx, tx, members); err != nil {
		return err
	}
	var renamed []*Member
	for _, m := range members {
		if m.GivenName != m.kept.given || m.FamilyName != m.kept.family || !slices.Equal(m.Tags, m.kept.tags) {
			renamed = append(renamed, m)
		}
	}
	return reindex(ctx, tx, renamed)
}

// write writes the rows of members and raises their versions.
func write(ctx context.Context, tx *db.Tx, members []*Member) error {
	rows := make([][]any, len(members))
	for i, m := range members {
		m.Version++
		row, err := m.row()
		if err != nil {
			return err
		}
		rows[i] = row
	}
	if err := tx.Update(ctx, memberTable, rows); err != nil {
		return fmt.Errorf("writing members: %w", err)
	}
	return nil
}

// row returns the member as memberTable writes it.
func (m *Member) row() ([]any, error) {
	tags, err := stored(m.Tags, len(m.Tags))
	if err != nil {
		return nil, err
	}
	attributes, err := stored(m.Attributes, len(m.Attributes))
	if err != nil {
		return nil, err
	}
	return []any{m.ID, m.ProgrammeID, string(m.Status), m.GivenName, m.FamilyName, m.Language, m.Zone,
		m.Birth.Day, m.Birth.Month, m.Birth.Year, m.Bucket, db.Micros(m.Created), db.Micros(m.Enrolled),
		m.MergedInto, tags, attributes, m.Version}, nil
}

// stored returns a value as JSON, empty when it has no elements.
func stored(v any, elements int) (string, error) {
	if elements == 0 {
		return "", nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing a member: %w", err)
	}
	return string(text), nil
}

func scanMember(r *sql.Rows) (*Member, error) {
	m := &Member{}
	var created, enrolled int64
	var tags, attributes string
	err := r.Scan(&m.ID, &m.ProgrammeID, &m.Status, &m.GivenName, &m.FamilyName, &m.Language, &m.Zone,
		&m.Birth.Day, &m.Birth.Month, &m.Birth.Year, &m.Bucket, &created, &enrolled, &m.MergedInto, &tags, &attributes, &m.Version)
	if err != nil {
		return nil, fmt.Errorf("reading a member: %w", err)
	}
	m.Created, m.Enrolled = db.Time(created), db.Time(enrolled)
	if err := errors.Join(restored(tags, &m.Tags), restored(attributes, &m.Attributes)); err != nil {
		return nil, fmt.Errorf("reading member %s: %w", m.ID.In(id.Member), err)
	}
	m.keep()
	return m, nil
}

func restored(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

// keep remembers what the search tables hold now.
func (m *Member) keep() { m.kept = kept{m.GivenName, m.FamilyName, slices.Clone(m.Tags)} }
