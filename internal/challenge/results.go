package challenge

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// Results is what became of a challenge. Members are counted by the ids that
// they had then.
type Results struct {
	ChallengeID id.ID
	// Joined took part: they joined, or did something that counts where nobody
	// has to. Completed of them were given something.
	Joined, Completed int64
	// Rewards were given or are about to be, Unfunded came when the budget was
	// used up, Refused could not be given, Reversed were taken back.
	Rewards, Unfunded, Refused, Reversed int64
	// Points were given, in the smallest unit of the wallet of each; Cost is
	// what the programme owes for them, in minor units.
	Points, Cost int64
}

// Share returns how many of 10,000 who took part were given something.
func (r *Results) Share() int64 {
	if r.Joined == 0 {
		return 0
	}
	return r.Completed * 10_000 / r.Joined
}

// Results returns what became of each challenge that had begun. It needs
// challenges.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme id.ID) (map[id.ID]*Results, error) {
	if err := a.Can(programme, auth.ChallengesRead); err != nil {
		return nil, err
	}
	var results map[id.ID]*Results
	err := s.d.View(ctx, func(q db.Queryer) (err error) {
		results, err = loadResults(ctx, q, programme)
		return err
	})
	return results, err
}

func loadResults(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID]*Results, error) {
	list, err := begun(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	results := map[id.ID]*Results{}
	for i := range list {
		results[list[i].ID] = &Results{ChallengeID: list[i].ID}
	}
	takers, err := countBy(ctx, q, `SELECT challenge_id, COUNT(DISTINCT member_id) FROM challenge_mark WHERE programme_id = $1 GROUP BY challenge_id`, programme)
	if err != nil {
		return nil, err
	}
	joined, err := countBy(ctx, q, `SELECT challenge_id, COUNT(*) FROM challenge_join WHERE programme_id = $1 GROUP BY challenge_id`, programme)
	if err != nil {
		return nil, err
	}
	done, err := countBy(ctx, q, `SELECT challenge_id, COUNT(DISTINCT member_id) FROM challenge_award
		WHERE programme_id = $1 AND state IN ('due', 'paid') GROUP BY challenge_id`, programme)
	if err != nil {
		return nil, err
	}
	for i := range list {
		r := results[list[i].ID]
		if r.Joined, r.Completed = takers[r.ChallengeID], done[r.ChallengeID]; list[i].OptIn {
			r.Joined = joined[r.ChallengeID]
		}
	}
	return results, addAwards(ctx, q, programme, results)
}

func countBy(ctx context.Context, q db.Queryer, query string, programme id.ID) (map[id.ID]int64, error) {
	counts := map[id.ID]int64{}
	rows, err := q.Query(ctx, query, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var c id.ID
		var n int64
		err := r.Scan(&c, &n)
		counts[c] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting who takes part in challenges: %w", err)
	}
	return counts, nil
}

// addAwards adds up what was given.
func addAwards(ctx context.Context, q db.Queryer, programme id.ID, results map[id.ID]*Results) error {
	wallets, err := ledger.Wallets(ctx, q, programme)
	if err != nil {
		return err
	}
	units := map[id.ID]money.Rate{}
	for _, w := range wallets {
		units[w.ID] = w.Unit
	}
	rows, err := q.Query(ctx, `SELECT challenge_id, state, wallet_id, COUNT(*), CAST(SUM(points) AS BIGINT) FROM challenge_award
		WHERE programme_id = $1 GROUP BY challenge_id, state, wallet_id`, programme)
	_, err = db.Collect(rows, err, func(row *sql.Rows) (struct{}, error) {
		var c, wallet id.ID
		var state AwardState
		var n, points int64
		if err := row.Scan(&c, &state, &wallet, &n, &points); err != nil || results[c] == nil {
			return struct{}{}, err
		}
		return struct{}{}, results[c].add(state, n, points, units[wallet])
	})
	if err != nil {
		return fmt.Errorf("adding up what challenges gave: %w", err)
	}
	return nil
}

func (r *Results) add(state AwardState, n, points int64, unit money.Rate) error {
	switch state {
	case Unfunded:
		r.Unfunded += n
	case Refused:
		r.Refused += n
	case Reversing, Reversed:
		r.Reversed += n
	default:
		cost, err := unit.Apply(points, money.Floor)
		if err != nil {
			return err
		}
		r.Rewards, r.Points, r.Cost = r.Rewards+n, r.Points+points, r.Cost+cost
	}
	return nil
}
