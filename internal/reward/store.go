package reward

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "reward", Files: files}

var (
	rewardTable = db.NewTable("reward", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text},
		db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "spec", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int})
	stockTable = db.NewTable("reward_stock", []string{"reward_id"},
		db.Column{Name: "reward_id", Kind: db.Int}, db.Column{Name: "stock", Kind: db.Int}, db.Column{Name: "taken", Kind: db.Int})
)

// Load returns one reward of the programme; fault "unknown_reward" when there
// is none.
func Load(ctx context.Context, q db.Queryer, programme, reward id.ID) (Reward, error) {
	list, err := selectRewards(ctx, q, `r.programme_id = $1 AND r.id = $2`, programme, reward)
	if err != nil {
		return Reward{}, err
	}
	if len(list) == 0 {
		return Reward{}, Unknown(reward)
	}
	return list[0], nil
}

// Unknown is the fault of an id that is no reward's, "unknown_reward".
func Unknown(reward id.ID) *fault.Error {
	return fault.Missing("unknown_reward", "the programme has no reward %s", reward.In(id.Reward)).With("reward", reward.In(id.Reward))
}

// All returns every reward of a programme, those first that were made first.
func All(ctx context.Context, q db.Queryer, programme id.ID) ([]Reward, error) {
	return selectRewards(ctx, q, `r.programme_id = $1`, programme)
}

func selectRewards(ctx context.Context, q db.Queryer, where string, args ...any) ([]Reward, error) {
	rows, err := q.Query(ctx, `SELECT r.id, r.programme_id, r.state, r.spec, r.made,
		COALESCE(p.hash, ''), COALESCE(p.width, 0), COALESCE(p.height, 0), COALESCE(p.alts, '{}')
		FROM reward AS r LEFT JOIN reward_picture AS p ON p.reward_id = r.id WHERE `+where+` ORDER BY r.id`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Reward, error) {
		var w Reward
		var spec, alts string
		var made int64
		p := &w.Picture
		if err := r.Scan(&w.ID, &w.ProgrammeID, &w.State, &spec, &made, &p.Hash, &p.Width, &p.Height, &alts); err != nil {
			return w, err
		}
		w.Made = db.Time(made)
		return w, errors.Join(json.Unmarshal([]byte(spec), &w.Spec), json.Unmarshal([]byte(alts), &p.Alts))
	})
	if err != nil {
		return nil, fmt.Errorf("reading rewards: %w", err)
	}
	return list, nil
}

// freeName refuses a name that another reward of the programme has.
func freeName(ctx context.Context, q db.Queryer, w *Reward) error {
	var n int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM reward WHERE programme_id = $1 AND name = $2 AND id <> $3`, w.ProgrammeID, w.Name, w.ID).Scan(&n); err != nil {
		return fmt.Errorf("looking for the name of a reward: %w", db.Fault(err))
	}
	if n > 0 {
		return fault.Conflict("reward_name_taken", "the programme has a reward of this name already; choose another").At("/name")
	}
	return nil
}

func upsertReward(ctx context.Context, tx *db.Tx, w *Reward) error {
	spec, err := json.Marshal(w.Spec)
	if err != nil {
		return fmt.Errorf("writing a reward: %w", err)
	}
	if err := tx.Upsert(ctx, rewardTable, [][]any{{w.ID, w.ProgrammeID, w.Name, string(w.State), string(spec), db.Micros(w.Made)}}); err != nil {
		return fmt.Errorf("writing a reward: %w", err)
	}
	return nil
}

// setStock says how many there are, unless more than that are out.
func setStock(ctx context.Context, tx *db.Tx, w *Reward) error {
	if _, err := tx.InsertNew(ctx, stockTable, [][]any{{w.ID, w.stock(), int64(0)}}); err != nil {
		return fmt.Errorf("writing the stock of a reward: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE reward_stock SET stock = $2 WHERE reward_id = $1 AND taken <= $2`, w.ID, w.stock())
	if err != nil {
		return fmt.Errorf("writing the stock of a reward: %w", err)
	}
	if n == 0 {
		return fault.Conflict("reward_stock_taken", "more than %d of this reward are out already; give a higher stock", w.Stock).At("/stock").With("stock", w.Stock)
	}
	return nil
}

// stock is the stock as it is compared.
func (s *Spec) stock() int64 {
	if s.Stock == 0 {
		return db.Never
	}
	return s.Stock
}

func deleteReward(ctx context.Context, tx *db.Tx, reward id.ID) error {
	for _, query := range []string{`DELETE FROM reward_picture WHERE reward_id = $1`, `DELETE FROM reward_stock WHERE reward_id = $1`, `DELETE FROM reward WHERE id = $1`} {
		if _, err := tx.Exec(ctx, query, reward); err != nil {
			return fmt.Errorf("deleting a reward: %w", err)
		}
	}
	return nil
}

// LoadStocks returns the stocks of rewards, in one statement; in none for none.
// Nothing is locked: Reserve finds out whether others were faster.
func LoadStocks(ctx context.Context, q db.Queryer, rewards []id.ID) (Stocks, error) {
	stocks := make(Stocks, len(rewards))
	if len(rewards) == 0 {
		return stocks, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT reward_id, stock, taken FROM reward_stock WHERE reward_id IN `+args.In(rewards), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var reward id.ID
		s := &Stock{}
		err = r.Scan(&reward, &s.Of, &s.Taken)
		stocks[reward] = s
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the stock of rewards: %w", err)
	}
	return stocks, nil
}
