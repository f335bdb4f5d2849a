package reward

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

var pictureTable = db.NewTable("reward_picture", []string{"reward_id"},
	db.Column{Name: "reward_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "hash", Kind: db.Text},
	db.Column{Name: "width", Kind: db.Int}, db.Column{Name: "height", Kind: db.Int}, db.Column{Name: "alts", Kind: db.Text},
	db.Column{Name: "jpeg", Kind: db.Bytes}, db.Column{Name: "made", Kind: db.Int})

func upsertPicture(ctx context.Context, tx *db.Tx, w *Reward, jpeg []byte, now time.Time) error {
	alts, err := json.Marshal(w.Picture.Alts)
	if err != nil {
		return fmt.Errorf("writing the words of a picture: %w", err)
	}
	p := &w.Picture
	row := []any{w.ID, w.ProgrammeID, p.Hash, int64(p.Width), int64(p.Height), string(alts), jpeg, db.Micros(now)}
	if err := tx.Upsert(ctx, pictureTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing the picture of a reward: %w", err)
	}
	return nil
}

func updateAlts(ctx context.Context, tx *db.Tx, w *Reward) error {
	alts, err := json.Marshal(w.Picture.Alts)
	if err != nil {
		return fmt.Errorf("writing the words of a picture: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE reward_picture SET alts = $2 WHERE reward_id = $1`, w.ID, string(alts)); err != nil {
		return fmt.Errorf("writing the words of a picture: %w", err)
	}
	return nil
}

func deletePicture(ctx context.Context, tx *db.Tx, reward id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM reward_picture WHERE reward_id = $1`, reward); err != nil {
		return fmt.Errorf("deleting the picture of a reward: %w", err)
	}
	return nil
}

// jpegOf returns the picture with this hash, nil when there is none.
func jpegOf(ctx context.Context, q db.Queryer, hash string) ([]byte, error) {
	var jpeg []byte
	err := q.QueryRow(ctx, `SELECT jpeg FROM reward_picture WHERE hash = $1 LIMIT 1`, hash).Scan(&jpeg)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the picture of a reward: %w", err)
	}
	return jpeg, nil
}

// File is a picture with its bytes.
type File struct {
	RewardID id.ID
	Picture
	JPEG []byte
}

// EachPicture calls fn with every picture of the programme, by reward. It
// streams them, so fn must not use q.
func EachPicture(ctx context.Context, q db.Queryer, programme id.ID, fn func(File) error) error {
	rows, err := q.Query(ctx, `SELECT reward_id, hash, width, height, alts, jpeg FROM reward_picture WHERE programme_id = $1 ORDER BY reward_id`, programme)
	if err := db.Each(rows, err, scanFile, fn); err != nil {
		return fmt.Errorf("reading every picture: %w", err)
	}
	return nil
}

func scanFile(r *sql.Rows) (File, error) {
	var f File
	var alts string
	if err := r.Scan(&f.RewardID, &f.Hash, &f.Width, &f.Height, &alts, &f.JPEG); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(alts), &f.Alts)
}
