package trust

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/photo"
	"regulars/internal/program"
)

// Photo is a photo as evidence.
type Photo struct {
	Width, Height int
	// Removed is when it was taken away, zero where it is there.
	Removed time.Time
}

// Shown reports whether there is a photo to be looked at.
func (n *Attestation) Shown() bool { return n.Photo != nil && n.Photo.Removed.IsZero() }

var photoTable = db.NewTable("trust_photo", []string{"programme_id", "attestation_id"},
	join(ints("programme_id", "attestation_id", "width", "height"), columns(db.Bytes, []string{"picture"}), ints("removed"), texts("removed_by"))...)

// redrawn draws what was sent as a photo anew; nothing where nothing was sent.
func redrawn(upload []byte) (*photo.Photo, error) {
	if len(upload) == 0 {
		return nil, nil //nolint:nilnil // no photo and no failure
	}
	p, err := photo.Redraw(upload)
	return &p, fault.At("/photo", err)
}

func insertPhoto(ctx context.Context, tx *db.Tx, n *Attestation, p *photo.Photo) error {
	if p == nil {
		return nil
	}
	if err := tx.Insert(ctx, photoTable, [][]any{{n.ProgrammeID, n.ID, int64(p.Width), int64(p.Height), p.JPEG, int64(0), ""}}); err != nil {
		return fmt.Errorf("keeping a photo: %w", err)
	}
	return nil
}

// photosOf returns the photos of a programme's attestations, without the
// pictures.
func photosOf(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]*Photo, error) {
	found := map[id.ID]*Photo{}
	type pair struct {
		of id.ID
		p  *Photo
	}
	rows, err := q.Query(ctx, `SELECT attestation_id, width, height, removed FROM trust_photo WHERE programme_id = $1`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (pair, error) {
		n := pair{p: &Photo{}}
		var removed int64
		err := r.Scan(&n.of, &n.p.Width, &n.p.Height, &removed)
		n.p.Removed = db.Time(removed)
		return n, err
	}, func(n pair) error {
		found[n.of] = n.p
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading photos of attestations: %w", err)
	}
	return found, nil
}

// pictureOf returns the JPEG of an attestation's photo, or nil for none and for
// one that was taken away.
func pictureOf(ctx context.Context, q db.Queryer, programme, attestation id.ID, lock string) ([]byte, error) {
	rows, err := q.Query(ctx, `SELECT picture FROM trust_photo WHERE programme_id = $1 AND attestation_id = $2 AND removed = 0`+lock, programme, attestation)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b []byte, err error) { return b, r.Scan(&b) })
	if err != nil {
		return nil, fmt.Errorf("reading a photo: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list[0], nil
}

func noPhoto() error {
	return fault.Missing("unknown_trust_photo", "there is no such photo, or it was taken away")
}

// Picture returns the photo of an attestation, as JPEG. It needs trust.read.
func (s *Service) Picture(ctx context.Context, a auth.Actor, programme, attestation id.ID) ([]byte, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	b, err := pictureOf(ctx, s.DB.Reader(), programme, attestation, "")
	if err == nil && b == nil {
		err = noPhoto()
	}
	return b, err
}

// RemovePhoto takes the photo of an attestation away, as when it shows somebody
// who does not want it; that there was one stays. It needs trust.write.
func (s *Service) RemovePhoto(ctx context.Context, a auth.Actor, programme, attestation id.ID) error {
	if err := a.Can(programme, auth.TrustWrite); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		b, err := pictureOf(ctx, tx, programme, attestation, tx.ForUpdate())
		if err != nil {
			return err
		}
		if b == nil {
			return noPhoto()
		}
		_, err = tx.Exec(ctx, `UPDATE trust_photo SET picture = $1, removed = $2, removed_by = $3 WHERE programme_id = $4 AND attestation_id = $5`,
			[]byte{}, db.Micros(s.clock()), a.String(), programme, attestation)
		if err != nil {
			return fmt.Errorf("taking a photo away: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "trust.photo_remove", Subject: attestation.In(id.Attestation)})
	})
}

// checkPhotos notes photos of nothing, and those that are empty though nobody took
// them away or are there though somebody did.
func checkPhotos(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	rows, err := q.Query(ctx, `SELECT p.attestation_id FROM trust_photo AS p
		LEFT JOIN trust_attestation AS a ON a.programme_id = p.programme_id AND a.id = p.attestation_id
		WHERE p.programme_id = $1 AND (a.id IS NULL OR (LENGTH(p.picture) = 0) <> (p.removed > 0) OR (p.removed > 0) <> (p.removed_by <> '')) ORDER BY 1 LIMIT 100`, programme)
	err = db.Each(rows, err, scanID, func(n id.ID) error {
		note(n.In(id.Attestation) + " has a photo that is not what it should be")
		return nil
	})
	if err != nil {
		return fmt.Errorf("checking photos of attestations: %w", err)
	}
	return nil
}
