package promo

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "promo", Files: files}

// History is an offer with its versions, the latest first.
type History struct {
	Offer
	Versions []Version
}

// Draft returns the version that is being written, or nil.
func (h *History) Draft() *Version { return h.in(Draft) }

// Published returns the version that was published last and not withdrawn, or
// nil. It may begin later or have ended.
func (h *History) Published() *Version { return h.in(Published) }

func (h *History) in(s State) *Version {
	for i := range h.Versions {
		if h.Versions[i].State == s {
			return &h.Versions[i]
		}
	}
	return nil
}

// Histories returns the programme's offers in the order in which they were
// made.
func Histories(ctx context.Context, q db.Queryer, programme id.ID) ([]History, error) {
	versions, err := selectVersions(ctx, q, `v.programme_id = $1`, programme)
	if err != nil {
		return nil, err
	}
	var list []History
	for _, v := range versions {
		if n := len(list); n == 0 || list[n-1].ID != v.OfferID {
			list = append(list, History{Offer: v.Offer()})
		}
		last := &list[len(list)-1]
		last.Versions = append(last.Versions, v)
	}
	return list, nil
}

// LoadHistory returns one offer of the programme; fault "unknown_offer" when
// there is none.
func LoadHistory(ctx context.Context, q db.Queryer, programme, offer id.ID) (History, error) {
	versions, err := selectVersions(ctx, q, `v.programme_id = $1 AND v.offer_id = $2`, programme, offer)
	if err != nil {
		return History{}, err
	}
	if len(versions) == 0 {
		return History{}, fault.Missing("unknown_offer", "there is no offer %s", offer.In(id.Offer)).With("offer", offer.In(id.Offer))
	}
	return History{Offer: versions[0].Offer(), Versions: versions}, nil
}

func selectVersions(ctx context.Context, q db.Queryer, where string, args ...any) ([]Version, error) {
	rows, err := q.Query(ctx, `SELECT v.id, v.number, v.state, v.begins, v.ends, v.spec, o.id, o.programme_id, o.name
		FROM promo_version AS v JOIN promo_offer AS o ON o.id = v.offer_id
		WHERE `+where+` ORDER BY v.offer_id, v.number DESC`, args...)
	versions, err := db.Collect(rows, err, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("reading offers: %w", err)
	}
	return versions, nil
}

func scanVersion(r *sql.Rows) (Version, error) {
	var v Version
	var begins, ends int64
	var spec string
	if err := r.Scan(&v.ID, &v.Number, &v.State, &begins, &ends, &spec, &v.OfferID, &v.ProgrammeID, &v.Name); err != nil {
		return Version{}, err
	}
	v.Begins, v.Ends = db.Time(begins), db.Time(ends)
	if err := json.Unmarshal([]byte(spec), &v.Spec); err != nil {
		return Version{}, fmt.Errorf("reading version %s of offer %s: %w", v.ID.In(id.Terms), v.OfferID.In(id.Offer), err)
	}
	return v, nil
}

func insertOffer(ctx context.Context, tx *db.Tx, o Offer) error {
	_, err := tx.Exec(ctx, `INSERT INTO promo_offer (id, programme_id, name) VALUES ($1, $2, $3)`, o.ID, o.ProgrammeID, o.Name)
	if err != nil {
		return fmt.Errorf("writing an offer: %w", err)
	}
	return nil
}

func renameOffer(ctx context.Context, tx *db.Tx, offer id.ID, name string) error {
	if _, err := tx.Exec(ctx, `UPDATE promo_offer SET name = $2 WHERE id = $1`, offer, name); err != nil {
		return fmt.Errorf("renaming an offer: %w", err)
	}
	return nil
}

// nameTaken reports whether another offer of the programme has the name. The
// programme must be locked.
func nameTaken(ctx context.Context, tx *db.Tx, programme, but id.ID, name string) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM promo_offer WHERE programme_id = $1 AND name = $2 AND id <> $3`, programme, name, but).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking for an offer of the same name: %w", err)
	}
	return n > 0, nil
}

func insertDraft(ctx context.Context, tx *db.Tx, v Version) error {
	spec, err := json.Marshal(v.Spec)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO promo_version (id, offer_id, programme_id, number, state, begins, ends, spec)
			VALUES ($1, $2, $3, $4, 'draft', 0, 0, $5)`, v.ID, v.OfferID, v.ProgrammeID, v.Number, string(spec))
	}
	if err != nil {
		return fmt.Errorf("writing a draft: %w", err)
	}
	return nil
}

func updateDraft(ctx context.Context, tx *db.Tx, v Version) error {
	spec, err := json.Marshal(v.Spec)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE promo_version SET spec = $2 WHERE id = $1 AND state = 'draft'`, v.ID, string(spec))
	}
	if err != nil {
		return fmt.Errorf("writing a draft: %w", err)
	}
	return nil
}

// deleteDraft removes a draft, and with the last version its offer.
func deleteDraft(ctx context.Context, tx *db.Tx, v *Version, last bool) error {
	if _, err := tx.Exec(ctx, `DELETE FROM promo_version WHERE id = $1 AND state = 'draft'`, v.ID); err != nil {
		return fmt.Errorf("removing a draft: %w", err)
	}
	if !last {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM promo_offer WHERE id = $1`, v.OfferID); err != nil {
		return fmt.Errorf("removing an offer: %w", err)
	}
	return nil
}

// withdraw ends all versions that would be in force at the moment or later, and
// returns how many they were. One that would only have begun then never does.
func withdraw(ctx context.Context, tx *db.Tx, offer id.ID, at int64) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE promo_version SET state = 'withdrawn', ends = CASE WHEN begins > $2 THEN begins ELSE $2 END
		WHERE offer_id = $1 AND state <> 'draft' AND ends > $2 AND begins < ends`, offer, at)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE promo_version SET state = 'withdrawn' WHERE offer_id = $1 AND state = 'published'`, offer)
	}
	if err != nil {
		return 0, fmt.Errorf("withdrawing an offer: %w", err)
	}
	return n, nil
}

func publish(ctx context.Context, tx *db.Tx, v *Version) error {
	ends := int64(db.Never)
	if !v.Ends.IsZero() {
		ends = db.Micros(v.Ends)
	}
	_, err := tx.Exec(ctx, `UPDATE promo_version SET state = 'published', begins = $2, ends = $3 WHERE id = $1 AND state = 'draft'`,
		v.ID, db.Micros(v.Begins), ends)
	if err != nil {
		return fmt.Errorf("publishing a version: %w", err)
	}
	return nil
}
