package program

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "program", Files: files}

const programmeColumns = `id, slug, name, currency, zone, languages, hue, salt, settings, version, created`

// Touch bumps the version of a programme, so that every process drops what it
// has cached of it. Whoever changes rules, ladders, wallets or shops calls it
// in the same transaction; it also locks the programme until then.
func Touch(ctx context.Context, tx *db.Tx, programme id.ID) error {
	n, err := tx.Exec(ctx, `UPDATE programme SET version = version + 1 WHERE id = $1`, programme)
	if err != nil {
		return fmt.Errorf("bumping the version of a programme: %w", err)
	}
	if n == 0 {
		return unknown(programme)
	}
	return nil
}

// Versions returns the version of each programme that exists, in one
// statement.
func Versions(ctx context.Context, q db.Queryer, ids []id.ID) (map[id.ID]int64, error) {
	versions := make(map[id.ID]int64, len(ids))
	if len(ids) == 0 {
		return versions, nil
	}
	var args db.Args
	query := `SELECT id, version FROM programme WHERE id IN ` + args.In(ids)
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var programme id.ID
		var version int64
		err := r.Scan(&programme, &version)
		versions[programme] = version
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading programme versions: %w", err)
	}
	return versions, nil
}

// Load returns a programme; fault "unknown_programme" when there is none.
func Load(ctx context.Context, q db.Queryer, programme id.ID) (Programme, error) {
	p, err := scanProgramme(q.QueryRow(ctx, `SELECT `+programmeColumns+` FROM programme WHERE id = $1`, programme))
	if errors.Is(err, sql.ErrNoRows) {
		return Programme{}, unknown(programme)
	}
	return p, db.Fault(err)
}

// List returns every programme of the installation by name.
func List(ctx context.Context, q db.Queryer) ([]Programme, error) {
	rows, err := q.Query(ctx, `SELECT `+programmeColumns+` FROM programme ORDER BY name, id`)
	return db.Collect(rows, err, func(r *sql.Rows) (Programme, error) { return scanProgramme(r) })
}

// Shops returns the shops of a programme by code, the closed ones included.
func Shops(ctx context.Context, q db.Queryer, programme id.ID) ([]Shop, error) {
	rows, err := q.Query(ctx, `SELECT id, programme_id, code, name, zone, closed FROM shop WHERE programme_id = $1 ORDER BY code`, programme)
	return db.Collect(rows, err, func(r *sql.Rows) (Shop, error) { return scanShop(r) })
}

type scanner interface{ Scan(dest ...any) error }

func scanProgramme(r scanner) (Programme, error) {
	var p Programme
	var zone, languages, settings string
	var created int64
	err := r.Scan(&p.ID, &p.Slug, &p.Name, &p.Currency, &zone, &languages, &p.Hue, &p.Salt, &settings, &p.Version, &created)
	if err != nil {
		return Programme{}, fmt.Errorf("reading a programme: %w", err)
	}
	if p.Zone, err = time.LoadLocation(zone); err != nil {
		return Programme{}, fmt.Errorf("reading the zone of programme %s: %w", p.ID.In(id.Programme), err)
	}
	p.Settings = DefaultSettings()
	if err := json.Unmarshal([]byte(settings), &p.Settings); err != nil {
		return Programme{}, fmt.Errorf("reading the settings of programme %s: %w", p.ID.In(id.Programme), err)
	}
	p.Languages = strings.Fields(languages)
	p.Created = db.Time(created)
	return p, nil
}

// ShopOf finds a programme's shop by its code; 0 for none, "unknown_shop" for a code
// that no shop has.
func ShopOf(ctx context.Context, q db.Queryer, programme id.ID, code string) (id.ID, error) {
	if code == "" {
		return 0, nil
	}
	shops, err := Shops(ctx, q, programme)
	if err != nil {
		return 0, err
	}
	for _, s := range shops {
		if s.Code == code {
			return s.ID, nil
		}
	}
	return 0, fault.Missing("unknown_shop", "the programme has no shop %q", code).At("/shop").With("shop", code)
}

// ShopCode returns the code of a programme's shop; empty for none.
func ShopCode(ctx context.Context, q db.Queryer, programme, shop id.ID) (string, error) {
	if shop == 0 {
		return "", nil
	}
	shops, err := Shops(ctx, q, programme)
	for _, s := range shops {
		if s.ID == shop {
			return s.Code, err
		}
	}
	return "", err
}

func scanShop(r scanner) (Shop, error) {
	var s Shop
	if err := r.Scan(&s.ID, &s.ProgrammeID, &s.Code, &s.Name, &s.Zone, &s.Closed); err != nil {
		return Shop{}, fmt.Errorf("reading a shop: %w", err)
	}
	return s, nil
}

func slugTaken(ctx context.Context, q db.Queryer, slug string, but id.ID) (bool, error) {
	return exists(ctx, q, `SELECT COUNT(*) FROM programme WHERE slug = $1 AND id <> $2`, slug, but)
}

func codeTaken(ctx context.Context, q db.Queryer, s Shop) (bool, error) {
	return exists(ctx, q, `SELECT COUNT(*) FROM shop WHERE programme_id = $1 AND code = $2 AND id <> $3`, s.ProgrammeID, s.Code, s.ID)
}

func exists(ctx context.Context, q db.Queryer, query string, args ...any) (bool, error) {
	var n int64
	if err := q.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for the same name: %w", err)
	}
	return n > 0, nil
}

func insertProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	settings, err := json.Marshal(p.Settings)
	if err != nil {
		return fmt.Errorf("writing programme settings: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO programme (`+programmeColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (slug) DO NOTHING`,
		p.ID, p.Slug, p.Name, string(p.Currency), p.Zone.String(), strings.Join(p.Languages, " "), p.Hue, p.Salt,
		string(settings), p.Version, db.Micros(p.Created))
	if err != nil {
		return fmt.Errorf("writing a programme: %w", err)
	}
	if n == 0 {
		return takenSlug(p.Slug)
	}
	return nil
}

func updateProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	settings, err := json.Marshal(p.Settings)
	if err != nil {
		return fmt.Errorf("writing programme settings: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE programme SET slug = $2, name = $3, zone = $4, languages = $5, hue = $6, settings = $7 WHERE id = $1`,
		p.ID, p.Slug, p.Name, p.Zone.String(), strings.Join(p.Languages, " "), p.Hue, string(settings))
	if err != nil {
		return fmt.Errorf("writing a programme: %w", err)
	}
	return nil
}

func loadShop(ctx context.Context, q db.Queryer, programme, shop id.ID) (Shop, error) {
	s, err := scanShop(q.QueryRow(ctx, `SELECT id, programme_id, code, name, zone, closed FROM shop WHERE id = $1 AND programme_id = $2`, shop, programme))
	if errors.Is(err, sql.ErrNoRows) {
		return Shop{}, fault.Missing("unknown_shop", "there is no shop %s", shop.In(id.Shop)).With("shop", shop.In(id.Shop))
	}
	return s, err
}

func insertShop(ctx context.Context, tx *db.Tx, s Shop) error {
	n, err := tx.Exec(ctx, `INSERT INTO shop (id, programme_id, code, name, zone, closed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (programme_id, code) DO NOTHING`, s.ID, s.ProgrammeID, s.Code, s.Name, s.Zone, s.Closed)
	if err != nil {
		return fmt.Errorf("writing a shop: %w", err)
	}
	if n == 0 {
		return takenCode(s.Code)
	}
	return nil
}

func updateShop(ctx context.Context, tx *db.Tx, s Shop) error {
	_, err := tx.Exec(ctx, `UPDATE shop SET code = $2, name = $3, zone = $4, closed = $5 WHERE id = $1`, s.ID, s.Code, s.Name, s.Zone, s.Closed)
	if err != nil {
		return fmt.Errorf("writing a shop: %w", err)
	}
	return nil
}

func unknown(programme id.ID) error {
	shown := programme.In(id.Programme)
	return fault.Missing("unknown_programme", "there is no programme %s", shown).With("programme", shown)
}

func takenSlug(slug string) error {
	return fault.Conflict("slug_taken", "another programme already uses the short name %q; choose another", slug).
		At("/slug").With("slug", slug)
}

func takenCode(code string) error {
	return fault.Conflict("shop_code_taken", "another shop of this programme already uses the code %q; choose another", code).
		At("/code").With("code", code)
}
